"""Step: checkpoint -> `encoder.onnx` (opset 17, weights stored as fp16) and `config.json`; checks the graph against PyTorch."""

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from torch import nn

from common.half import halve

from . import camera, facts as scenes, render
from .model import SIDE, TOKENS, WIDTH
from .train import load

OPSET = 17


class Served(nn.Module):
    """The encoder as the server calls it: rows of pixels 0..255 in, embeddings out."""

    def __init__(self, eyes):
        super().__init__()
        self.eyes = eyes

    def forward(self, picture):
        """f32 [B, 256, 256, 3] -> f32 [B, 32, 192]."""
        return self.eyes(picture.permute(0, 3, 1, 2) / 255)


def session(path):
    """One thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def export(eyes, path):
    """Writes the graph with a dynamic batch axis, its large weights as fp16."""
    whole = path.with_suffix(".fp32.onnx")
    torch.onnx.export(Served(eyes).eval(), (torch.zeros(2, SIDE, SIDE, 3),), str(whole), input_names=["picture"], output_names=["embeddings"],
                      dynamic_axes={"picture": {0: "batch"}, "embeddings": {0: "batch"}}, opset_version=OPSET, dynamo=False)
    halve(whole, path)
    whole.unlink()


def pictures(count, seed):
    """u8 [count, 256, 256, 3] of random scenes."""
    rng = random.Random(seed)
    return np.stack([camera.square(render.picture(scenes.draw(rng))) for _ in range(count)])


@torch.no_grad()
def difference(eyes, path, seen):
    """(mean, greatest) difference of embeddings between graph and PyTorch, in shares of their spread; and of one row alone against the batch."""
    batch = seen.astype(np.float32)
    ran = session(path)
    served = ran.run(None, {"picture": batch})[0]
    alone = np.concatenate([ran.run(None, {"picture": row[None]})[0] for row in batch])
    exact = Served(eyes).eval()(torch.from_numpy(batch)).numpy()
    off = np.abs(served - exact) / exact.std()
    return float(off.mean()), float(off.max()), float(np.abs(served - alone).max())


def milliseconds(path, seen, runs=40):
    """CPU milliseconds per picture, one thread: (median, worst)."""
    ran, taken = session(path), []
    for n in range(runs):
        row = seen[n % len(seen)][None].astype(np.float32)
        began = time.process_time()
        ran.run(None, {"picture": row})
        taken.append((time.process_time() - began) * 1000)
    return float(np.median(taken[5:])), float(np.max(taken[5:]))


def main(argv=None):
    """Entry of `run.py vision.export`."""
    options = argparse.ArgumentParser(prog="run.py vision.export", description=__doc__)
    options.add_argument("--checkpoint", type=Path, required=True)
    options.add_argument("--out", type=Path, required=True)
    args = options.parse_args(argv)
    torch.set_num_threads(1)
    args.out.mkdir(parents=True, exist_ok=True)
    eyes, _ = load(args.checkpoint)
    path = args.out / "encoder.onnx"
    export(eyes, path)
    seen = pictures(12, 99)
    mean, most, batch = difference(eyes, path, seen)
    median, worst = milliseconds(path, seen)
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, {sum(p.numel() for p in eyes.parameters()) / 1e6:.2f} M parameters")
    print(f"graph against PyTorch: mean {mean:.5f}, greatest {most:.4f} of the spread; row alone against batch {batch:.2e}")
    print(f"CPU ms per picture on one thread: median {median:.1f}, worst {worst:.1f}")
    if mean > 5e-3 or batch > 1e-3:
        raise SystemExit("the graph is not the encoder")
    config = {"side": SIDE, "fill": camera.GREY, "tokens": TOKENS, "embedding": WIDTH}
    (args.out / "config.json").write_text(json.dumps(config) + "\n")


if __name__ == "__main__":
    main()
