"""Step: train the encoder on scenes rendered as it goes. One thread, bf16, resumable; says losses and what it gets right."""

import argparse
import json
import os
import time
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from common.muon import Muon

from . import losses as asked, targets
from .model import Eyes, Heads

PEAK_MATRICES, PEAK_OTHERS, WARM_UP, EMA = 0.02, 1.5e-3, 60, 0.997
TAUGHT_STEPS = (500, 1500)  # the second look is told where to look, then less and less
TAUGHT_LEAST = 0.15
POOL = 3000


class Pool:
    """Pictures seen lately, to be seen once more: rendering costs a fifth of a step."""

    def __init__(self, size):
        self.size, self.batches = size, []

    def more(self, fresh, rng):
        """The fresh batch with as many older pictures."""
        self.batches.append(fresh)
        if len(self.batches) * len(fresh["picture"]) > self.size:
            older = self.batches.pop(int(rng.integers(len(self.batches) // 2)))
        else:
            older = self.batches[int(rng.integers(len(self.batches)))]
        return {name: torch.cat([fresh[name], older[name]]) for name in fresh}


class Trainer:
    """Model, averaged model, optimiser and what is needed to go on after an interruption."""

    def __init__(self, folder, steps):
        self.folder, self.steps, self.step, self.cpu_s = folder, steps, 0, 0.0
        self.net, self.heads = Eyes().to(memory_format=torch.channels_last), Heads()
        self.both = torch.nn.ModuleList([self.net, self.heads])
        self.average = {name: value.detach().clone() for name, value in self.both.state_dict().items()}
        outer = ("place", "slots", "unused", "heat.", "thing_shape.", "text_shape.")
        named = [(name, p, p.dim() > 1 and not any(part in name for part in outer)) for name, p in self.net.named_parameters()]
        matrices = [p for _, p, inner in named if inner]
        others = [p for _, p, inner in named if not inner] + list(self.heads.parameters())
        self.optimiser = Muon([{"params": matrices, "peak": PEAK_MATRICES}, {"params": others, "peak": PEAK_OTHERS, "adam": True, "decay": 0.0}])

    def resume(self):
        """Goes on from the last checkpoint."""
        path = self.folder / "checkpoint.pt"
        if path.exists():
            saved = torch.load(path)
            self.both.load_state_dict(saved["both"])
            if "optimiser" in saved:
                self.optimiser.load_state_dict(saved["optimiser"])
            self.average, self.step, self.cpu_s = saved["average"], saved["step"], saved["cpu_s"]

    def take_reader(self, parts):
        """Puts a reader taught by itself in the place of the present one."""
        for module in (self.net, self.heads):
            module.load_state_dict(parts, strict=False)
        for number, module in enumerate((self.net, self.heads)):
            own = module.state_dict()
            self.average |= {f"{number}.{name}": value.clone() for name, value in parts.items() if name in own}

    def save(self):
        """Writes the checkpoint in one move."""
        state = {"both": self.both.state_dict(), "average": self.average, "optimiser": self.optimiser.state_dict(), "step": self.step, "cpu_s": self.cpu_s}
        torch.save(state, self.folder / "checkpoint.tmp")
        os.replace(self.folder / "checkpoint.tmp", self.folder / "checkpoint.pt")

    def rate(self):
        """Share of the peak learning rates: warm-up, plateau, one linear decay over the last 45 %."""
        return min(1.0, (self.step + 1) / WARM_UP, max(0.01, (self.steps - self.step) / (0.45 * self.steps)))

    def learn(self, batch):
        """One step of the optimiser; its losses as numbers."""
        early, late = TAUGHT_STEPS
        share = 1.0 if self.step < early else max(TAUGHT_LEAST, 1 - (self.step - early) / (late - early))
        found = asked.all_of(self.net, self.heads, batch, torch.rand(len(batch["picture"])) < share)
        self.optimiser.zero_grad()
        sum(asked.WEIGHTS[name] * loss for name, loss in found.items()).backward()
        torch.nn.utils.clip_grad_norm_(self.both.parameters(), 4.0)
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate() * group["peak"]
        self.optimiser.step()
        self.step += 1
        keep = min(EMA, self.step / (self.step + 20))
        for name, value in self.both.state_dict().items():
            if value.is_floating_point():
                self.average[name].lerp_(value, 1 - keep)
            else:
                self.average[name].copy_(value)
        return {name: float(loss.detach()) for name, loss in found.items()}


def load(path):
    """(Eyes, Heads) of a checkpoint: the averaged weights, for inference."""
    both = torch.nn.ModuleList([Eyes(), Heads()])
    both.load_state_dict(torch.load(path, map_location="cpu")["average"])
    return both[0].eval(), both[1].eval()


def train(trainer, batch, seed, every):
    """Trains to the end; a line of losses every `every` steps, a checkpoint every two of them."""
    rng = np.random.default_rng(seed + trainer.step)
    stream = torch.utils.data.DataLoader(targets.Stream(seed * 1000 + trainer.step, batch // 2), batch_size=None, num_workers=1, prefetch_factor=6)
    pool, recent, spent = Pool(POOL), [], time.process_time()
    with open(trainer.folder / "train.jsonl", "a") as log:
        for fresh in tqdm(stream, total=trainer.steps, initial=trainer.step, mininterval=20):
            recent.append(trainer.learn(pool.more(fresh, rng)))
            done = trainer.step >= trainer.steps
            if trainer.step % every == 0 or done:
                now = time.process_time()
                trainer.cpu_s, spent = trainer.cpu_s + now - spent, now
                line = {"step": trainer.step, "cpu_s": round(trainer.cpu_s), "at": time.strftime("%H:%M")}
                log.write(json.dumps(line | {name: round(float(np.mean([one[name] for one in recent])), 3) for name in recent[0]}) + "\n")
                log.flush()
                recent = []
            if trainer.step % (2 * every) == 0 or done:
                trainer.save()
            if done:
                return


def main(argv=None):
    """Entry of `run.py vision.train`: trains or goes on training."""
    options = argparse.ArgumentParser(prog="run.py vision.train", description=__doc__)
    options.add_argument("--out", type=Path, default=Path("build/vision"))
    options.add_argument("--steps", type=int, default=4500)
    options.add_argument("--batch", type=int, default=16)
    options.add_argument("--every", type=int, default=50)
    options.add_argument("--reader", type=Path, help="begin with what vision.train_reader taught")
    options.add_argument("--seed", type=int, default=1)
    args = options.parse_args(argv)
    torch.set_num_threads(1)
    torch.manual_seed(args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(args.out, args.steps)
    trainer.resume()
    if args.reader:
        trainer.take_reader(torch.load(args.reader)["parts"])
    train(trainer, args.batch, args.seed, args.every)


if __name__ == "__main__":
    main()
