"""Exports the three graphs of the voice to ONNX with named streaming states, checks them, writes ``config.json``.

Every state is an input ``state_<name>`` and an output ``next_state_<name>``, batch axis first, zeros at the start.
"""

import json
import shutil
import sys
import time
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from common.half import halve

from . import acoustic, features, tables, vocoder
from .paths import work
from .teacher import ENDINGS, LEAD_FRAMES, PHONES, WORD_KINDS

CHUNK = 8
# Loudness of clauses as they are served, in dBFS.
LOUDNESS_DB = -20.0
LEVEL_CLAUSES = 24
NOTICES = {
    "The lexicon and the letter-to-sound trees are made from festlex-cmu": "festlex-cmu",
    "The voice pearl was taught by the voice of festvox-us-slt-hts": "festvox-us-slt-hts",
    "The voice flint was taught by the voice rms of flite": "libflite1",
}
# What clients read of each speaker, and the names of other voices that it stands in for.
TOLD = {
    "pearl": ("American English, female, calm", "alloy coral nova sage shimmer marin".split()),
    "flint": ("American English, male, low and even", "ash ballad cedar echo fable onyx verse".split()),
}
FILES = ("acoustic_encoder.onnx", "acoustic_decoder.onnx", "vocoder.onnx")


class EncoderGraph(nn.Module):
    """`phones` i64 [B, N, 6] to `hidden` f32 [B, N, 192] and `durations` f32 [B, N] in frames."""

    def __init__(self, model: acoustic.Encoder):
        super().__init__()
        self.model = model

    def forward(self, phones):
        ones = torch.ones_like(phones[..., :1]).float()
        index = torch.cumsum(ones, 1) - 1
        count = ones.sum(1, keepdim=True)
        left = count - 1 - index
        ramp = [torch.clamp(index, 0.0, 40.0) / 40, torch.clamp(left, 0.0, 40.0) / 40]
        ramp.append(torch.clamp(count, 0.0, 80.0) / 80 * ones)
        hidden, durations = self.model(phones, torch.cat(ramp, -1), ones)
        return hidden, torch.exp(durations)


class DecoderGraph(nn.Module):
    """`hidden`, `place` and states to `frames` f32 [B, T, 82] and next states."""

    def __init__(self, model: acoustic.Decoder):
        super().__init__()
        self.model = model
        self.names = list(model.start(1))

    def forward(self, hidden, place, *states):
        made, after = self.model(hidden, place, dict(zip(self.names, states, strict=True)))
        return self.model.frames(made), *(after[name] for name in self.names)


class VocoderGraph(nn.Module):
    """`frames` and states to `samples` f32 [B, T * 240] and next states."""

    def __init__(self, model: vocoder.Vocoder):
        super().__init__()
        self.model = model
        self.model.matmul_dft = True
        self.names = list(model.start(1))

    def forward(self, frames, *states):
        made, after = self.model(frames, dict(zip(self.names, states, strict=True)))
        return made, *(after[name] for name in self.names)


def save(graph: nn.Module, path: Path, inputs: dict, outputs: list[str], states: dict, time_axes: list[str]) -> None:
    """Trace and write one graph; batch and time axes stay free."""
    names = [f"state_{name}" for name in states]
    axes = {name: {0: "batch", 1: "time"} for name in [*time_axes]}
    axes |= {name: {0: "batch"} for name in [*names, *(f"next_{name}" for name in names)]}
    torch.onnx.export(
        graph.eval(),
        (*inputs.values(), *states.values()),
        str(path),
        input_names=[*inputs, *names],
        output_names=[*outputs, *(f"next_{name}" for name in names)],
        dynamic_axes=axes,
        opset_version=17,
        do_constant_folding=False,
        dynamo=False,
    )
    onnx.checker.check_model(str(path))


def session(path: Path) -> onnxruntime.InferenceSession:
    """A one-thread session."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run_chunks(graph, inputs: dict[str, np.ndarray], chunk: int) -> tuple[np.ndarray, float]:
    """Run a streaming graph over [1, T, ...] inputs in chunks: the joined first output, and ms per chunk (median)."""
    state = {i.name: np.zeros([1, *i.shape[1:]], np.float32) for i in graph.get_inputs() if i.name.startswith("state_")}
    names = [o.name for o in graph.get_outputs()]
    parts, spent = [], []
    for start in range(0, next(iter(inputs.values())).shape[1], chunk):
        began = time.perf_counter()
        out = graph.run(None, {k: v[:, start : start + chunk] for k, v in inputs.items()} | state)
        spent.append(1000 * (time.perf_counter() - began))
        state = {name[5:]: value for name, value in zip(names[1:], out[1:], strict=True)}
        parts.append(out[0])
    return np.concatenate(parts, 1), float(np.median(spent))


def check(out: Path) -> dict:
    """Chunked against whole for decoder and vocoder on a held-out clause; the figures of the card."""
    phones, _, _ = max(held_out(acoustic.SPEAKERS[0]), key=lambda row: len(row[2]))
    encoder, decoder, voice = (session(out / name) for name in FILES)
    began = time.perf_counter()
    hidden, durations = encoder.run(None, {"phones": phones[None].astype(np.int64)})
    figures = {"encoder_ms": round(1000 * (time.perf_counter() - began), 2), "phones": len(phones)}
    counts = np.maximum(1, np.rint(durations[0])).astype(int)
    rows = {"hidden": np.repeat(hidden, counts, 1), "place": acoustic.place(counts.tolist())[None].numpy()}
    whole, _ = run_chunks(decoder, rows, 100_000)
    frames, figures["decoder_chunk_ms"] = run_chunks(decoder, rows, CHUNK)
    figures["decoder_chunk_error"] = float(np.abs(whole - frames).max())
    sound, _ = run_chunks(voice, {"frames": whole}, 100_000)
    pieces, figures["vocoder_chunk_ms"] = run_chunks(voice, {"frames": frames}, CHUNK)
    figures["sound_chunk_error"] = float(np.abs(sound - pieces).max())
    figures["sound_peak"] = float(np.abs(sound).max())
    return {name: round(value, 7) for name, value in figures.items()}


def held_out(speaker: str) -> list:
    """Clauses of a speaker that were not trained on: (phones [N, 6], durations [N], frames [T, 82])."""
    from .train_acoustic import HELD_OUT, SHARDS, Shelf

    shards = sorted(work().glob(f"{SHARDS[acoustic.SPEAKERS.index(speaker)]}-[0-9]*.npz"))
    return Shelf(shards[-HELD_OUT:]).rows


def speaker(name: str, voice: onnxruntime.InferenceSession) -> dict:
    """A speaker with the middle of its pitch and the gain that brings it to the wanted loudness."""
    rows = [row[2].astype(np.float32) for row in held_out(name)[:LEVEL_CLAUSES]]
    frames = np.concatenate(rows)
    sound, _ = run_chunks(voice, {"frames": frames[None]}, 100_000)
    hop = sound[0][: len(sound[0]) // 240 * 240].reshape(-1, 240)
    power = (hop**2).mean(1)
    loud = power[power > 1e-3 * power.max()].mean()
    pitch = float(np.exp(np.median(frames[frames[:, 81] > 0.5, 80])))
    description, also = TOLD[name]
    gain = float(np.sqrt(10 ** (LOUDNESS_DB / 10) / loud))
    return {"name": name, "description": description, "also": also, "gain": round(gain, 2), "pitch_hz": round(pitch, 1)}


def config(voice: onnxruntime.InferenceSession) -> dict:
    """What the reader of the graphs must know."""
    speakers = [speaker(name, voice) for name in acoustic.SPEAKERS]
    return {
        "name": speakers[0]["name"],
        "description": speakers[0]["description"],
        "speakers": speakers,
        "sample_rate": features.RATE,
        "hop": features.HOP,
        "gain": speakers[0]["gain"],
        "phones": PHONES,
        "word_kinds": WORD_KINDS,
        "endings": ENDINGS,
        "lead_frames": LEAD_FRAMES,
        "look_ahead_frames": acoustic.LOOK_AHEAD,
        "vocoder_delay_samples": vocoder.DELAY_SAMPLES,
    }


def notice() -> str:
    """The notices that must travel with what is made from these packages."""
    parts = [
        f"{told} of Debian, which carries this notice:\n\n{Path(f'/usr/share/doc/{name}/copyright').read_text()}"
        for told, name in NOTICES.items()
    ]
    return "\n\n----------\n\n".join(parts)


def main() -> None:
    """Write ``out/`` from the newest checkpoints and say so in ``EXPORT_READY``."""
    torch.set_num_threads(1)
    out = work() / "out"
    out.mkdir(exist_ok=True)
    speech, voice = acoustic.Acoustic(), vocoder.Vocoder()
    speech.load_state_dict(torch.load(work() / "acoustic.pt")["model"])
    voice.load_state_dict(torch.load(work() / "vocoder.pt")["model"])
    phones = torch.ones(1, 7, acoustic.COLUMNS, dtype=torch.long)
    free = ["phones", "hidden", "durations"]
    save(EncoderGraph(speech.encoder), out / FILES[0], {"phones": phones}, ["hidden", "durations"], {}, free)
    rows = {"hidden": torch.zeros(1, CHUNK, acoustic.WIDTH), "place": torch.zeros(1, CHUNK, 3)}
    axes = ["hidden", "place", "frames"]
    save(DecoderGraph(speech.decoder), out / FILES[1], rows, ["frames"], speech.decoder.start(1), axes)
    frames = {"frames": torch.zeros(1, CHUNK, features.FEATURES)}
    save(VocoderGraph(voice), out / FILES[2], frames, ["samples"], voice.start(1), ["frames", "samples"])
    tables.shrink(str(out / FILES[2]))
    for name in FILES:
        halve(out / name, out / name)
    (out / "config.json").write_text(json.dumps(config(session(out / FILES[2])), indent=1) + "\n")
    (out / "NOTICE").write_text(notice())
    figures = check(out)
    (work() / "export.json").write_text(json.dumps(figures))
    print(json.dumps(figures))
    for target in map(Path, sys.argv[1:]):
        target.mkdir(parents=True, exist_ok=True)
        for file in out.iterdir():
            shutil.copy(file, target / file.name)
    (work() / "EXPORT_READY").write_text("acoustic_encoder, acoustic_decoder, vocoder, config in out/\n")


if __name__ == "__main__":
    main()
