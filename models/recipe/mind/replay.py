"""Runs an exported packed graph from Python: ONNX Runtime between the attention nodes, SlotAttention in numpy."""

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

from .graph import HOUSE


class Replay:
    """The graph of `core.onnx` or `core.fp32.onnx`, with caches per slot."""

    def __init__(self, path):
        model = onnx.load(str(path), load_external_data=True)
        self.attention = [n for n in model.graph.node if n.domain == HOUSE]
        self.parts, self.caches = _cut(model, self.attention), {}
        self.optional = {i.name: _nothing(i) for i in model.graph.input if i.name.startswith("image_")}
        self.weights = {w.name: numpy_helper.to_array(w) for w in model.graph.initializer if w.name in {i for n in self.attention for i in n.input}}

    def run(self, **inputs):
        """Logits [R, V] of one packed batch; the inputs are those of the graph (numpy), pictures may be left out."""
        known = {**self.weights, **self.optional, **inputs}
        for index, part in enumerate(self.parts):
            wanted = [o.name for o in part.get_outputs()]
            known.update(zip(wanted, part.run(wanted, {i.name: known[i.name] for i in part.get_inputs()})))
            if index < len(self.attention):
                node = self.attention[index]
                known[node.output[0]] = self._attend(node, known)
        return known["logits"]

    def _attend(self, node, known):
        has = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        q, k, v = (known[name].reshape(-1, heads, width) for name, heads, width in zip(
            node.input, (has["num_heads"], has["kv_heads"], has["kv_heads"]), (has["head_dim"], has["head_dim"], has["v_head_dim"])))
        sinks = known[node.input[5]] if len(node.input) > 5 and node.input[5] else None
        q, k = (_turn(x, known["position"], has["rotary_dim"], has["rope_theta"]) for x in (q, k))
        out = np.zeros((len(q), has["num_heads"], has["v_head_dim"]), np.float32)
        for row, (slot, position) in enumerate(zip(known["slot"].tolist(), known["position"].tolist())):
            keys, values = self.caches.setdefault((has["layer"], slot), ([], []))
            del keys[position:], values[position:]
            keys.append(k[row])
            values.append(v[row])
            first = max(0, position + 1 - has["window"]) if has["window"] else 0
            out[row] = _one(q[row], np.stack(keys[first:]), np.stack(values[first:]), sinks, has["scale"])
        return out.reshape(len(q), -1)


def _nothing(value):
    """An input of no rows."""
    dims = [d.dim_value for d in value.type.tensor_type.shape.dim]
    return np.zeros(dims, np.int64 if value.type.tensor_type.elem_type == onnx.TensorProto.INT64 else np.float32)


def _one(q, keys, values, sinks, scale):
    """q [h, D], keys [M, kv, D], values [M, kv, Dv] -> [h, Dv]."""
    groups = len(q) // keys.shape[1]
    scores = np.einsum("hd,mhd->hm", q, keys.repeat(groups, 1)) * scale
    top = scores.max(-1) if sinks is None else np.maximum(scores.max(-1), sinks)
    share = np.exp(scores - top[:, None])
    total = share.sum(-1) + (0 if sinks is None else np.exp(sinks - top))
    return np.einsum("hm,mhd->hd", share / total[:, None], values.repeat(groups, 1))


def _turn(x, position, dim, theta):
    angle = position[:, None, None] * theta ** -(np.arange(0, dim, 2) / dim)
    cos, sin, half = np.cos(angle), np.sin(angle), dim // 2
    a, b = x[..., :half], x[..., half:dim]
    return np.concatenate([a * cos - b * sin, b * cos + a * sin, x[..., dim:]], -1).astype(np.float32)


def _cut(model, attention):
    """ONNX Runtime sessions of the stretches between attention nodes."""
    stretches, stretch = [], []
    for node in model.graph.node:
        if node in attention:
            stretches.append(stretch)
            stretch = []
        else:
            stretch.append(node)
    stretches.append(stretch)
    weights = {w.name: w for w in model.graph.initializer}
    types = {i.name: i for i in model.graph.input}
    sessions = []
    for index, nodes in enumerate(stretches):
        made = {o for n in nodes for o in n.output}
        used = {i for n in nodes for i in n.input if i}
        later = {i for part in stretches[index + 1:] for n in part for i in n.input} | {i for n in attention for i in n.input} | {"logits"}
        inputs = [types.get(name) or helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in sorted(used - made - set(weights))]
        kept = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in sorted(made & later)]
        graph = helper.make_graph(nodes, f"part_{index}", inputs, kept, [weights[name] for name in sorted(used & set(weights))])
        part = helper.make_model(graph, opset_imports=model.opset_import, ir_version=model.ir_version)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = 1, 3
        sessions.append(onnxruntime.InferenceSession(part.SerializeToString(), options, providers=["CPUExecutionProvider"]))
    return sessions
