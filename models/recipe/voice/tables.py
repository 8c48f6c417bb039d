"""Takes the DFT tables that the exporter wrote out as constants and has the graph make them when it is loaded.

A table is a slice of one of two tables [1024, 1024] of cosines and sines, so that the file keeps a few numbers of each.
"""

import numpy as np
import onnx
from onnx import helper, numpy_helper

SIZE = 1024
HALF = SIZE // 2 + 1


def _constant(name: str, value: np.ndarray) -> onnx.NodeProto:
    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value, name))


def _base() -> list[onnx.NodeProto]:
    """Nodes that make `dft_cos`, `dft_sin` [1024, 1024] and `dft_weight` [513, 1]."""
    weight = np.full((HALF, 1), 2 / SIZE, np.float32)
    weight[[0, -1]] = 1 / SIZE
    numbers = {"dft_zero": 0.0, "dft_one": 1.0, "dft_size": float(SIZE), "dft_turn": 2 * np.pi / SIZE}
    nodes = [_constant(name, np.array(value, np.float32)) for name, value in numbers.items()]
    nodes += [
        _constant("dft_weight", weight),
        _constant("dft_column", np.array([SIZE, 1], np.int64)),
        helper.make_node("Range", ["dft_zero", "dft_size", "dft_one"], ["dft_index"]),
        helper.make_node("Reshape", ["dft_index", "dft_column"], ["dft_rows"]),
        helper.make_node("Mul", ["dft_rows", "dft_index"], ["dft_product"]),
        helper.make_node("Mod", ["dft_product", "dft_size"], ["dft_step"], fmod=1),
        helper.make_node("Mul", ["dft_step", "dft_turn"], ["dft_angle"]),
        helper.make_node("Cos", ["dft_angle"], ["dft_cos"]),
        helper.make_node("Sin", ["dft_angle"], ["dft_sin"]),
    ]
    return nodes


def _recipe(table: np.ndarray) -> tuple[str, str | None] | None:
    """Which base table, and what is done to it, gives `table`; None when it is none of ours."""
    rows, columns = table.shape
    angle = (np.outer(np.arange(rows), np.arange(columns)) % SIZE) * (2 * np.pi / SIZE)
    weight = np.full((rows, 1), 2 / SIZE)
    weight[[0, -1]] = 1 / SIZE
    wanted = {
        ("dft_cos", None): np.cos(angle),
        ("dft_sin", "Neg"): -np.sin(angle),
        ("dft_cos", "Mul"): np.cos(angle) * weight,
        ("dft_sin", "Mul"): np.sin(angle) * weight,
    }
    return next((key for key, value in wanted.items() if np.abs(value - table).max() < 1e-5 * np.abs(value).max()), None)


def shrink(path: str) -> None:
    """Rewrite the ONNX file in place."""
    model = onnx.load(path)
    kept, made, known = [], _base(), {}
    for node in model.graph.node:
        tensor = node.attribute[0].t if node.op_type == "Constant" else None
        recipe = _recipe(numpy_helper.to_array(tensor)) if tensor is not None and np.prod(tensor.dims) > 50_000 else None
        if recipe is None:
            kept.append(node)
            continue
        key = (*recipe, *tensor.dims)
        if key not in known:
            known[key] = node.output[0]
            made += _derive(node.output[0], recipe, list(tensor.dims))
        else:
            made.append(helper.make_node("Identity", [known[key]], [node.output[0]]))
    del model.graph.node[:]
    model.graph.node.extend(made + kept)
    onnx.checker.check_model(model)
    onnx.save(model, path)


def _derive(name: str, recipe: tuple[str, str | None], shape: list[int]) -> list[onnx.NodeProto]:
    """Nodes that cut `name` of `shape` out of its base table and finish it."""
    base, finish = recipe
    cut = name if finish is None else f"{name}_cut"
    nodes = [
        _constant(f"{name}_from", np.array([0, 0], np.int64)),
        _constant(f"{name}_to", np.array(shape, np.int64)),
        helper.make_node("Slice", [base, f"{name}_from", f"{name}_to"], [cut]),
    ]
    if finish == "Neg":
        nodes.append(helper.make_node("Neg", [cut], [name]))
    elif finish == "Mul":
        nodes.append(helper.make_node("Mul", [cut, "dft_weight"], [name]))
    return nodes
