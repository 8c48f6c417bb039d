"""Step: checkpoint -> `encoder.onnx` (raw samples in, state in and out; int8 weights in the trunk) and `config.json`; checks chunked against whole."""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import Tensor, nn

from common.half import halve

from . import features
from .beam import BeamSettings
from .model import SUB_FRAMES, VOCABULARY, Encoder, Shape

OPSET, TOLERANCE, BLOCK = 17, 1e-4, 32
TRUNK_LAYERS = ("mix", "query", "memory", "out", "widen", "narrow")
OVERLAP = features.WINDOW - features.HOP
# Logistic regression on 3,795 words of the development sets, a quarter of them in noise: right or wrong? AUC 0.895 across halves.
CONFIDENCE = {"bias": 4.073, "letters": 0.392, "worst": 0.257, "text": 0.816, "share": 3.235}


class Streaming(nn.Module):
    """One 80 ms chunk of samples: log-mel inside, every state an argument and a result."""

    def __init__(self, encoder: Encoder):
        super().__init__()
        self.encoder = encoder
        starts = np.arange(features.CHUNK // features.HOP)[:, None] * features.HOP
        self.register_buffer("frames", torch.from_numpy(starts + np.arange(features.WINDOW)[None]))
        self.register_buffer("dft", torch.from_numpy(features.dft_matrix()))
        self.register_buffer("mel", torch.from_numpy(features.mel_matrix()))

    def forward(self, samples: Tensor, overlap: Tensor, *states: Tensor) -> tuple[Tensor, ...]:
        """samples [B, 1280], overlap [B, 240] -> embedding [B, E], log_probs [B, 3, V], next states."""
        heard = torch.cat([overlap, samples], 1)
        spectrum = heard[:, self.frames] @ self.dft
        squares = spectrum * spectrum
        power = squares[..., : features.BINS] + squares[..., features.BINS :]
        mel = (torch.log(power @ self.mel + features.FLOOR) - features.CENTRE) / features.SCALE
        embedding, _, following = self.encoder(mel, list(states))
        log_probs = self.encoder.log_probs(embedding)
        return embedding[:, 0], log_probs, heard[:, features.CHUNK :], *following


def load(checkpoint: Path) -> Encoder:
    """The averaged encoder of a checkpoint, fp32, for inference."""
    saved = torch.load(checkpoint, map_location="cpu")
    encoder = Encoder(Shape(**saved["shape"]))
    encoder.load_state_dict(saved["average"])
    return encoder.eval()


def state_names(encoder: Encoder) -> list[str]:
    """Names of all states in the order of the graph's arguments."""
    return ["overlap", *encoder.state_shapes()]


def export(encoder: Encoder, path: Path) -> None:
    """Writes the fp32 graph with a dynamic batch axis."""
    streaming, batch = Streaming(encoder).eval(), 2
    names = state_names(encoder)
    arguments = (torch.zeros(batch, features.CHUNK), torch.zeros(batch, OVERLAP), *encoder.start(batch))
    inputs = ["samples"] + [f"state_{name}" for name in names]
    outputs = ["embedding", "log_probs"] + [f"next_state_{name}" for name in names]
    axes = {name: {0: "batch"} for name in inputs + outputs}
    torch.onnx.export(
        streaming, arguments, str(path), input_names=inputs, output_names=outputs, dynamic_axes=axes, opset_version=OPSET, dynamo=False
    )


def in_blocks(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """[K, N] -> (u8 [N, K / 32, 32] around 128, f32 scales [N, K / 32]), as MatMulNBits reads them."""
    blocks = weights.T.reshape(weights.shape[1], -1, BLOCK)
    scales = np.maximum(np.abs(blocks).max(2), 1e-8) / 127
    return (np.rint(blocks / scales[..., None]) + 128).astype(np.uint8), scales.astype(np.float32)


def quantise(source: Path, target: Path) -> None:
    """int8 weights in blocks for the products of the trunk; each row rounds its activations by itself, so streams that
    share a batch do not change each other (as they would with dynamic quantisation of whole tensors)."""
    model = onnx.load(source)
    graph = model.graph
    tensors = {tensor.name: tensor for tensor in graph.initializer}
    for number, node in enumerate(graph.node):
        layer = node.name.split("/")[-2] if node.op_type == "MatMul" else ""
        if layer not in TRUNK_LAYERS or node.input[1] not in tensors:
            continue
        name = node.input[1]
        weights = onnx.numpy_helper.to_array(tensors[name])
        for part, kind in zip(in_blocks(weights), ("blocks", "scales")):
            graph.initializer.append(onnx.numpy_helper.from_array(part, f"{name}_{kind}"))
        sizes = {"K": weights.shape[0], "N": weights.shape[1], "bits": 8, "block_size": BLOCK, "accuracy_level": 4}
        inputs = [node.input[0], f"{name}_blocks", f"{name}_scales"]
        product = onnx.helper.make_node("MatMulNBits", inputs, node.output, node.name, domain="com.microsoft", **sizes)
        graph.node.remove(node)
        graph.node.insert(number, product)
        graph.initializer.remove(tensors.pop(name))
    model.opset_import.append(onnx.helper.make_opsetid("com.microsoft", 1))
    onnx.save(model, target)


def session(path: Path) -> onnxruntime.InferenceSession:
    """One thread, no spinning."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class Stream:
    """Runs an exported encoder chunk by chunk over a batch of streams."""

    def __init__(self, onnx_session: onnxruntime.InferenceSession, batch: int):
        self._session = onnx_session
        self._states = {
            put.name: np.zeros((batch, *put.shape[1:]), np.float32) for put in onnx_session.get_inputs() if put.name != "samples"
        }
        self._outputs = [put.name for put in onnx_session.get_outputs()]

    def push(self, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """[B, 1280] -> (embedding [B, E], log_probs [B, 3, V])."""
        embedding, log_probs, *following = self._session.run(None, {"samples": samples, **self._states})
        for name, state in zip(self._outputs[2:], following):
            self._states[name.removeprefix("next_")] = state
        return embedding, log_probs

    def whole(self, samples: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """[B, n * 1280] -> (embeddings [B, n, E], log_probs [B, 3 n, V])."""
        pushed = [self.push(part) for part in np.split(samples, samples.shape[1] // features.CHUNK, 1)]
        return np.stack([e for e, _ in pushed], 1), np.concatenate([p for _, p in pushed], 1)


@torch.no_grad()
def chunked_error(encoder: Encoder, path: Path, samples: np.ndarray) -> float:
    """Greatest difference of embeddings between the graph, chunk by chunk, and PyTorch over the whole."""
    mel = np.stack([features.log_mel(row) for row in samples])
    whole, _, _ = encoder(torch.from_numpy(mel), encoder.start(len(mel)))
    embeddings, _ = Stream(session(path), len(samples)).whole(samples)
    return float(np.abs(whole.numpy() - embeddings).max())


def chunk_ms(path: Path, batch: int, runs: int = 200) -> float:
    """CPU milliseconds of one push of `batch` streams."""
    stream, samples = Stream(session(path), batch), np.random.default_rng(0).normal(0, 0.05, (batch, features.CHUNK)).astype(np.float32)
    for _ in range(20):
        stream.push(samples)
    started = time.process_time()
    for _ in range(runs):
        stream.push(samples)
    return (time.process_time() - started) / runs * 1e3


def config(encoder: Encoder, settings: BeamSettings) -> dict:
    """What the server must know about the encoder and the search."""
    return {
        "sample_rate": features.RATE,
        "chunk": features.CHUNK,
        "embedding": encoder.shape.width,
        "sub_frames": SUB_FRAMES,
        "vocabulary": VOCABULARY,
        "delay_ms": 150,  # first letter of a word after its sound begins, measured against the synthesisers' phone times
        "end_delay_ms": 53,  # end of its last letter's sub-frame after the word ends
        "states": {"overlap": [OVERLAP], **{name: list(shape) for name, shape in encoder.state_shapes().items()}},
        "beam": dict(vars(settings)),
        "lm": "lm.bin",
        "confidence": CONFIDENCE,
    }


def main(arguments: list[str] | None = None) -> None:
    """Exports, checks, quantises and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    torch.set_num_threads(1)
    chosen.out.mkdir(parents=True, exist_ok=True)
    encoder = load(chosen.checkpoint)
    work = chosen.checkpoint.parent
    plain, half, small = work / "encoder.fp32.onnx", work / "encoder.f16.onnx", chosen.out / "encoder.onnx"
    export(encoder, plain)
    halve(plain, half)
    quantise(plain, small)
    (chosen.out / "config.json").write_text(json.dumps(config(encoder, BeamSettings()), indent=1))
    samples = np.random.default_rng(1).normal(0, 0.1, (3, 40 * features.CHUNK)).astype(np.float32)
    for path in (plain, half, small):
        error = chunked_error(encoder, path, samples)
        times = {batch: round(chunk_ms(path, batch), 3) for batch in (1, 4, 16)}
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, chunked - whole {error:.1e}, cpu ms per push by batch {times}")
        assert path is not plain or error < TOLERANCE, "the exported graph is not the trained one"


if __name__ == "__main__":
    main()
