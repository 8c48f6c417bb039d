"""Step: teach only the reader, on walls full of signs: many strips for little work. `vision.train --reader` begins with it.

One thread, bf16, resumable; says losses and the share of letters and of whole texts it gets right.
"""

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import torch

from . import losses as asked, targets
from .model import Eyes, Heads

PARTS = ("strips.", "letter.", "column.", "early_symbol.")
PEAK, WARM_UP, TAUGHT_STEPS = 2e-3, 60, 250


def parts(net, heads):
    """The reader's own parameters and buffers by name."""
    named = {**net.state_dict(), **heads.state_dict()}
    return {name: value for name, value in named.items() if name.startswith(PARTS)}


def main(argv=None):
    """Entry of `run.py vision.train_reader`: trains or goes on training."""
    options = argparse.ArgumentParser(prog="run.py vision.train_reader", description=__doc__)
    options.add_argument("--out", type=Path, default=Path("build/vision/reader.pt"))
    options.add_argument("--steps", type=int, default=1500)
    options.add_argument("--boards", type=int, default=8)
    options.add_argument("--seed", type=int, default=1)
    args = options.parse_args(argv)
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    net, heads, step = Eyes(), Heads(), 0
    learning = [p for module in (net.strips, net.letter, heads.column, heads.early_symbol) for p in module.parameters()]
    optimiser = torch.optim.AdamW(learning, lr=PEAK, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    if args.out.exists():
        saved = torch.load(args.out)
        net.load_state_dict(saved["parts"], strict=False)
        heads.load_state_dict(saved["parts"], strict=False)
        optimiser.load_state_dict(saved["optimiser"])
        step = saved["step"]
    stream = torch.utils.data.DataLoader(targets.Boards(args.seed * 7919 + step, args.boards), batch_size=None, num_workers=1, prefetch_factor=4)
    recent = []
    for batch in stream:
        share = min(1.0, (step + 1) / WARM_UP, max(0.02, (args.steps - step) / (0.5 * args.steps)))
        losses, letters, texts = asked.read_boards(net, heads, batch, torch.rand(len(batch["picture"])) < max(0.1, 1 - step / TAUGHT_STEPS))
        optimiser.zero_grad()
        sum(asked.WEIGHTS[name] * loss for name, loss in losses.items()).backward()
        torch.nn.utils.clip_grad_norm_(learning, 2.0)
        for group in optimiser.param_groups:
            group["lr"] = share * PEAK
        optimiser.step()
        step += 1
        recent.append([*(float(loss.detach()) for loss in losses.values()), letters, texts])
        if step % 25 == 0 or step >= args.steps:
            names = [*losses, "letters", "texts"]
            print(json.dumps({"step": step, "at": time.strftime("%H:%M"), "cpu_s": round(time.process_time())}
                             | dict(zip(names, np.mean(recent, 0).round(3).tolist()))), flush=True)
            recent = []
        if step % 100 == 0 or step >= args.steps:
            torch.save({"parts": parts(net, heads), "optimiser": optimiser.state_dict(), "step": step}, args.out.with_suffix(".tmp"))
            os.replace(args.out.with_suffix(".tmp"), args.out)
        if step >= args.steps:
            return


if __name__ == "__main__":
    main()
