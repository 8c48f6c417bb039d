"""Checkpoint (Hugging Face layout) -> packed ONNX graphs `core.onnx` (int8) and `core.fp32.onnx` (reads model.safetensors in place).

Inputs: input_ids, slot, position i64 [T], logit_rows i64 [R], audio_rows i64 [A], audio_embeddings f32 [A, E * stack].
A core that sees has image_rows i64 [I] and image_embeddings f32 [I, E] too (sight.safetensors lies beside it then).
Output: logits f32 [R, vocabulary]; with a multi-token prediction layer also hidden f32 [T, H], which ahead.onnx reads. Attention is the custom op hearth.SlotAttention, which owns the caches (see core.json).
"""

import argparse
import json
from pathlib import Path

import numpy as np
from onnx import TensorProto

from .graph import CONTRIB, HOUSE, Graph, int8_blocks, int8_rows, save

AHEAD, SIGHT = "model.mtp.layers.0.", "sight.safetensors"
_INT64, _FLOAT = TensorProto.INT64, TensorProto.FLOAT


class Stored:
    """Tensors of a safetensors file, with where each lies in it."""

    def __init__(self, path):
        raw = path.read_bytes()
        size = int.from_bytes(raw[:8], "little")
        self.header, self.start, self.raw = json.loads(raw[8:8 + size]), 8 + size, raw

    def place(self, name):
        """(type, shape, offset in the file, bytes)."""
        entry = self.header[name]
        first, last = entry["data_offsets"]
        return entry["dtype"], entry["shape"], self.start + first, last - first

    def array(self, name):
        """The tensor as float32."""
        kind, shape, offset, size = self.place(name)
        part = self.raw[offset:offset + size]
        if kind == "BF16":
            return (np.frombuffer(part, np.uint16).astype(np.uint32) << 16).view(np.float32).reshape(shape)
        return np.frombuffer(part, np.float32 if kind == "F32" else np.float16).reshape(shape).astype(np.float32)

    def __contains__(self, name):
        return name in self.header


class Plain:
    """float32 weights that stay in model.safetensors and projector.safetensors."""

    def __init__(self, graph, checkpoint, projector, sight=None):
        self.graph, self.files = graph, {"model.safetensors": checkpoint, "projector.safetensors": projector}
        self.sees = sight is not None
        if sight:
            self.files[SIGHT] = sight

    def weight(self, name):
        """Graph name of a tensor."""
        file = next(f for f, stored in self.files.items() if name in stored)
        kind, shape, offset, size = self.files[file].place(name)
        return self.graph.borrowed(name, file, kind, shape, offset, size)

    def linear(self, x, name):
        """x [T, K] times the weight [N, K] transposed."""
        return self.graph.node("Gemm", x, self.weight(name), transB=1)

    def embed(self, ids):
        """Token embeddings [T, H]."""
        return self.graph.node("Gather", self.weight("model.embed_tokens.weight"), ids)

    def experts(self, x, stem, config, scores, choice):
        """All experts, weighted; weights of those not chosen are zero."""
        g, top = self.graph, config["num_experts_per_tok"]
        count = g.constant(f"{stem}.top", np.array([top], np.int64))
        _, chosen = g.node("TopK", choice, count, outputs=2, axis=-1)
        picked = g.node("GatherElements", scores, chosen, axis=1)
        mix = g.node("Div", picked, g.node("ReduceSum", picked, g.constant(f"{stem}.axis", np.array([1], np.int64)), keepdims=1))
        mix = g.node("ScatterElements", g.node("Mul", scores, g.constant(f"{stem}.zero", np.float32(0))), chosen, mix, axis=1)
        total = None
        for index, weight in enumerate(g.node("Split", mix, outputs=config["n_routed_experts"], axis=1)):
            own = f"{stem}.experts.{index}."
            gate = self.linear(x, own + "gate_proj.weight")
            inner = g.node("Mul", g.node("Mul", gate, g.node("Sigmoid", gate)), self.linear(x, own + "up_proj.weight"))
            part = g.node("Mul", self.linear(inner, own + "down_proj.weight"), weight)
            total = part if total is None else g.node("Add", total, part)
        return total


class Int8(Plain):
    """Weights in the graph: 8-bit blocks for dense layers, 8-bit rows for experts and embeddings, the rest float32."""

    def weight(self, name):
        """A float32 weight inside the graph."""
        stored = next(s for s in self.files.values() if name in s)
        return self.graph.constant(name, stored.array(name))

    def linear(self, x, name):
        """MatMulNBits."""
        weight = next(stored for stored in self.files.values() if name in stored).array(name)
        packed, scales = int8_blocks(weight)
        inputs = self.graph.constant(name, packed), self.graph.constant(f"{name}.scales", scales)
        return self.graph.node("MatMulNBits", x, *inputs, domain=CONTRIB, K=weight.shape[1], N=weight.shape[0], bits=8, block_size=32, accuracy_level=4)

    def embed(self, ids):
        """Rows of int8, scaled after they are gathered."""
        g = self.graph
        packed, scales = int8_rows(self.files["model.safetensors"].array("model.embed_tokens.weight"))
        rows = g.node("Gather", g.constant("embed", (packed.astype(np.int16) - 128).astype(np.int8)), ids)
        return g.node("Mul", g.node("Cast", rows, to=_FLOAT), g.node("Gather", g.constant("embed.scales", scales[:, None]), ids))

    def experts(self, x, stem, config, scores, choice):
        """QMoE with gate and up rows interleaved."""
        stored, g = self.files["model.safetensors"], self.graph
        parts = [[stored.array(f"{stem}.experts.{e}.{n}_proj.weight") for e in range(config["n_routed_experts"])] for n in ("gate", "up", "down")]
        gate, up, down = map(np.stack, parts)
        both = np.stack([gate, up], 2).reshape(len(gate), -1, gate.shape[-1])
        (first, first_scales), (second, second_scales) = int8_rows(both), int8_rows(down)
        inputs = [g.constant(f"{stem}.fc1", first), g.constant(f"{stem}.fc1s", first_scales), "",
                  g.constant(f"{stem}.fc2", second), g.constant(f"{stem}.fc2s", second_scales)]
        return g.node("QMoE", x, choice, *inputs, *[""] * 7, scores, domain=CONTRIB, k=config["num_experts_per_tok"], activation_type="swiglu",
                      swiglu_fusion=1, activation_alpha=1.0, activation_beta=0.0, normalize_routing_weights=1, expert_weight_bits=8)


def build(folder, flavour):
    """The packed graph of the checkpoint in `folder`; flavour is Plain or Int8."""
    config = json.loads((folder / "config.json").read_text())
    g = Graph()
    sight = Stored(folder / SIGHT) if (folder / SIGHT).exists() else None
    w = flavour(g, Stored(folder / "model.safetensors"), Stored(folder / "projector.safetensors"), sight)
    x = _inputs(g, w, config)
    for index, kind in enumerate(config["layer_types"]):
        stem = f"model.layers.{index}"
        x = g.node("Add", x, _attention(g, w, config, index, kind, _norm(g, w, config, x, f"{stem}.input_layernorm.weight")), out=f"residual_{index}")
        normed = _norm(g, w, config, x, f"{stem}.post_attention_layernorm.weight")
        x = g.node("Add", x, _feed_forward(g, w, config, index, normed))
    outputs = [("logits", _FLOAT, ["R", config["vocab_size"]])]
    if AHEAD + "eh_proj.weight" in w.files["model.safetensors"]:  # what ahead.onnx reads, of all rows
        hidden = _norm(g, w, config, x, "model.norm.weight", out="hidden")
        x = g.node("Gather", hidden, "logit_rows")
        outputs.append(("hidden", _FLOAT, ["T", config["hidden_size"]]))
    else:
        x = _norm(g, w, config, g.node("Gather", x, "logit_rows"), "model.norm.weight")
    g.node("Identity", w.linear(x, "lm_head.weight"), out="logits")
    width = w.files["projector.safetensors"].place("norm.weight")[1][0]
    inputs = [("input_ids", _INT64, ["T"]), ("slot", _INT64, ["T"]), ("position", _INT64, ["T"]), ("logit_rows", _INT64, ["R"]),
              ("audio_rows", _INT64, ["A"]), ("audio_embeddings", _FLOAT, ["A", width])]
    if w.sees:
        inputs += [("image_rows", _INT64, ["I"]), ("image_embeddings", _FLOAT, ["I", w.files[SIGHT].place("sight.norm.weight")[1][0]])]
    return g.model("core", inputs, outputs)


def build_ahead(folder, flavour):
    """The multi-token prediction layer as a graph of its own.

    Inputs: following_ids, slot, position i64 [T], hidden f32 [T, H] (of the core's graph), logit_rows i64 [R]. Output: logits f32 [R, vocabulary]
    of the token after the following one. Its attention keeps a cache of its own, under the layer number after the core's last.
    """
    config = json.loads((folder / "config.json").read_text())
    g = Graph()
    w = flavour(g, Stored(folder / "model.safetensors"), Stored(folder / "projector.safetensors"))
    stem = AHEAD.rstrip(".")
    both = g.node("Concat", _norm(g, w, config, w.embed("following_ids"), AHEAD + "enorm.weight"), _norm(g, w, config, "hidden", AHEAD + "hnorm.weight"), axis=-1)
    x = w.linear(both, AHEAD + "eh_proj.weight")
    normed = _norm(g, w, config, x, AHEAD + "input_layernorm.weight")
    x = g.node("Add", x, _attention(g, w, config, len(config["layer_types"]), "sliding_attention", normed, stem))
    x = g.node("Add", x, _dense(g, w, f"{stem}.mlp", _norm(g, w, config, x, AHEAD + "pre_mlp_layernorm.weight")))
    x = _norm(g, w, config, g.node("Gather", x, "logit_rows"), AHEAD + "final_layernorm.weight")
    g.node("Identity", w.linear(x, "lm_head.weight"), out="logits")
    inputs = [("following_ids", _INT64, ["T"]), ("slot", _INT64, ["T"]), ("position", _INT64, ["T"]), ("hidden", _FLOAT, ["T", config["hidden_size"]]),
              ("logit_rows", _INT64, ["R"])]
    return g.model("ahead", inputs, [("logits", _FLOAT, ["R", config["vocab_size"]])])


def _inputs(g, w, config):
    x = _heard(g, w, w.embed("input_ids"))
    return _seen(g, w, x) if w.sees else x


def _seen(g, w, x):
    """Pictures at their positions (Sight of projector.py)."""
    x_in = g.node("LayerNormalization", "image_embeddings", w.weight("sight.norm.weight"), w.weight("sight.norm.bias"), epsilon=1e-5)
    first = g.node("Add", w.linear(x_in, "sight.first.weight"), w.weight("sight.first.bias"))
    first = g.node("Mul", first, g.node("Sigmoid", first))
    seen = g.node("Add", w.linear(first, "sight.second.weight"), w.weight("sight.second.bias"))
    return g.node("ScatterND", x, g.node("Unsqueeze", "image_rows", g.constant("image_last", np.array([1], np.int64))), seen)


def _heard(g, w, x):
    pieces = g.node("Softmax", g.node("Add", w.linear("audio_embeddings", "pieces.weight"), w.weight("pieces.bias")), axis=-1)
    heard = g.node("LayerNormalization", "audio_embeddings", w.weight("norm.weight"), w.weight("norm.bias"), epsilon=1e-5)
    heard = g.node("Add", w.linear(heard, "first.weight"), w.weight("first.bias"))
    heard = g.node("Mul", heard, g.node("Sigmoid", heard))
    heard = g.node("Add", w.linear(heard, "second.weight"), w.weight("second.bias"))
    heard = g.node("Add", heard, w.linear(pieces, "table"))
    rows = g.node("Unsqueeze", "audio_rows", g.constant("last", np.array([1], np.int64)))
    return g.node("ScatterND", x, rows, heard)


def _norm(g, w, config, x, name, out=None):
    return g.node("SimplifiedLayerNormalization", x, w.weight(name), axis=-1, epsilon=config["rms_norm_eps"], stash_type=1, out=out)


def _attention(g, w, config, index, kind, x, layer=None):
    stem, windowed = f"{layer or f'model.layers.{index}'}.self_attn", kind == "sliding_attention"
    kv = config["num_key_value_heads"] * (2 if windowed else 1)
    q, k, v = (w.linear(x, f"{stem}.{part}_proj.weight") for part in "qkv")
    v = g.node("Mul", v, g.constant(f"{stem}.scale", np.float32(config["attention_value_scale"])))
    sinks = w.weight(f"{stem}.attention_sink_bias") if windowed else ""
    rope = config["rope_parameters"][kind]
    out = g.node("SlotAttention", q, k, v, "slot", "position", sinks, domain=HOUSE, layer=index, num_heads=config["num_attention_heads"], kv_heads=kv,
                 head_dim=config["head_dim"], v_head_dim=config["v_head_dim"], rotary_dim=int(config["head_dim"] * rope["partial_rotary_factor"]),
                 rope_theta=float(rope["rope_theta"]), window=config["sliding_window"] if windowed else 0, scale=config["head_dim"] ** -0.5)
    return w.linear(out, f"{stem}.o_proj.weight")


def _feed_forward(g, w, config, index, x):
    stem = f"model.layers.{index}.mlp"
    if config["mlp_layer_types"][index] == "dense":
        return _dense(g, w, stem, x)
    scores = g.node("Sigmoid", g.node("Gemm", x, w.weight(f"{stem}.gate.weight"), transB=1))
    choice = g.node("Add", scores, w.weight(f"{stem}.gate.e_score_correction_bias"))
    return w.experts(x, stem, config, scores, choice)


def _dense(g, w, stem, x):
    gate = w.linear(x, f"{stem}.gate_proj.weight")
    inner = g.node("Mul", g.node("Mul", gate, g.node("Sigmoid", gate)), w.linear(x, f"{stem}.up_proj.weight"))
    return w.linear(inner, f"{stem}.down_proj.weight")


def main(argv=None):
    """Entry of `run.py mind.export`."""
    options = argparse.ArgumentParser(prog="run.py mind.export", description=__doc__)
    options.add_argument("--folder", type=Path, required=True, help="holds config.json, model.safetensors, projector.safetensors")
    args = options.parse_args(argv)
    for name, flavour in (("core.fp32.onnx", Plain), ("core.onnx", Int8)):
        save(build(args.folder, flavour), args.folder / name)
        print(f"{args.folder / name}: {(args.folder / name).stat().st_size / 1e6:.2f} MB")
    if AHEAD + "eh_proj.weight" in Stored(args.folder / "model.safetensors"):
        save(build_ahead(args.folder, Int8), args.folder / "ahead.onnx")


if __name__ == "__main__":
    main()
