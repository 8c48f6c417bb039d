"""Small helpers to write an ONNX graph by hand."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CONTRIB, HOUSE = "com.microsoft", "hearth"
_ONNX_TYPE = {"F32": TensorProto.FLOAT, "BF16": TensorProto.BFLOAT16, "F16": TensorProto.FLOAT16}


class Graph:
    """Nodes and weights in the making; every method returns the name of what it made."""

    def __init__(self):
        self.nodes, self.weights, self.made = [], [], 0

    def node(self, op, *inputs, out=None, domain="", outputs=1, **attributes):
        """Append a node; `outputs` > 1 returns a list of names."""
        self.made += 1
        names = [out] if out else [f"{op}_{self.made}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=f"{op}_{self.made}", domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, name, array):
        """A weight stored in the graph's own file."""
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array) if np.ndim(array) else np.asarray(array), name))
        return name

    def borrowed(self, name, file, kind, shape, offset, size):
        """A weight that lies in another file at an offset; 16-bit ones are cast to float32."""
        tensor = TensorProto(name=name, data_type=_ONNX_TYPE[kind], dims=shape, data_location=TensorProto.EXTERNAL)
        for key, value in (("location", file), ("offset", offset), ("length", size)):
            tensor.external_data.add(key=key, value=str(value))
        self.weights.append(tensor)
        return name if kind == "F32" else self.node("Cast", name, out=f"{name}.f32", to=TensorProto.FLOAT)

    def model(self, name, inputs, outputs):
        """The finished model; inputs and outputs are (name, type, dims)."""
        values = [[helper.make_tensor_value_info(n, t, d) for n, t, d in part] for part in (inputs, outputs)]
        graph = helper.make_graph(self.nodes, name, *values, initializer=self.weights)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(CONTRIB, 1), helper.make_opsetid(HOUSE, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="hearth-recipe")


def int8_blocks(weight, block=32):
    """(u8 [N, K / block, block] around 128, scales [N, K / block]) of a weight [N, K]."""
    blocks = weight.reshape(len(weight), -1, block)
    scale = np.abs(blocks).max(-1, keepdims=True) / 127
    scale[scale == 0] = 1
    return (np.clip(np.rint(blocks / scale), -127, 127) + 128).astype(np.uint8), scale[..., 0].astype(np.float32)


def int8_rows(weight):
    """(u8 like the weight around 128, one scale per row) of a weight [..., N, K]."""
    scale = np.abs(weight).max(-1, keepdims=True) / 127
    scale[scale == 0] = 1
    return (np.clip(np.rint(weight / scale), -127, 127) + 128).astype(np.uint8), scale[..., 0].astype(np.float32)


def save(model, path):
    """Checked for size only: the checker does not know the house's own op."""
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))
