"""Store the weights of ONNX graphs as fp16: half the file, fp32 arithmetic."""

import argparse
from pathlib import Path

import numpy as np
import onnx


def halve(source: Path, target: Path) -> None:
    """Stores large weights as fp16 behind a Cast, which ONNX Runtime folds when it loads: half the file, fp32 arithmetic."""
    model = onnx.load(source)
    graph, casts = model.graph, []
    for tensor in graph.initializer:
        weights = onnx.numpy_helper.to_array(tensor)
        if weights.dtype == np.float32 and weights.size > 1000:
            name = tensor.name
            tensor.CopyFrom(onnx.numpy_helper.from_array(weights.astype(np.float16), f"{name}_f16"))
            casts.append(onnx.helper.make_node("Cast", [f"{name}_f16"], [name], to=onnx.TensorProto.FLOAT))
    for cast in reversed(casts):
        graph.node.insert(0, cast)
    onnx.checker.check_model(model)
    onnx.save(model, target)


def main(argv=None) -> None:
    """Entry of `run.py common.half`: halves the named files in place."""
    options = argparse.ArgumentParser(prog="run.py common.half", description=__doc__)
    options.add_argument("graphs", type=Path, nargs="+")
    for graph in options.parse_args(argv).graphs:
        before = graph.stat().st_size
        halve(graph, graph)
        print(f"{graph}: {before} -> {graph.stat().st_size} bytes")


if __name__ == "__main__":
    main()
