"""Step: frozen encoder + scenes -> embeddings for the core's training, with the facts of every picture beside them.

`NAME_PART.npz`: `embedding` f16 [n, 32, 192], of pairs [n, 2, 32, 192]; `NAME_PART.jsonl`: line i tells picture i: facts, or
{"before": facts, "after": facts, "change": what changed}. Names: scenes_train, pairs_train, scenes_test, pairs_test; the sources of chance
of training and test never meet, and half of the test scenes print only words that training never prints.
"""

import argparse
import json
import random
from pathlib import Path

import numpy as np
from tqdm import tqdm

from . import facts as scenes, render
from .export import session

BATCH = 16
SEEDS = {"train": 1 << 40, "test": 2 << 40}


def scene_lines(split, part, count):
    """(what a line tells, its pictures) of single scenes."""
    rng = random.Random(SEEDS[split] + part * 4 + 1)
    for number in range(count):
        facts = scenes.draw(rng, held_words=split == "test" and number % 2 == 0)
        yield facts, [render.squares(facts, rng.randrange(1 << 30), rng.choice([0.5, 1.0]))[0]]


def pair_lines(split, part, count):
    """Likewise of two pictures of a scene, one change between them, each kind of change as often."""
    rng = random.Random(SEEDS[split] + part * 4 + 2)
    for number in range(count):
        before = scenes.draw(rng)
        after, change = scenes.change(rng, before, scenes.CHANGES[number % len(scenes.CHANGES)])
        for _ in range(20):
            if change["what"] == scenes.CHANGES[number % len(scenes.CHANGES)]:
                break
            before = scenes.draw(rng)
            after, change = scenes.change(rng, before, scenes.CHANGES[number % len(scenes.CHANGES)])
        strength, seed = rng.choice([0.5, 1.0]), rng.randrange(1 << 30)
        pictures = [render.squares(one, seed if rng.random() < 0.7 else seed + 1, strength)[0] for one in (before, after)]
        yield {"before": before, "after": after, "change": change}, pictures


def write(ran, path, lines, total):
    """One part: embeddings of all pictures, facts of all lines."""
    told, found, waiting = [], [], []

    def look():
        found.extend(ran.run(None, {"picture": np.stack(waiting).astype(np.float32)})[0].astype(np.float16))
        waiting.clear()

    for facts, pictures in tqdm(lines, total=total, desc=path.name, mininterval=20):
        told.append(facts)
        waiting += pictures
        if len(waiting) >= BATCH:
            look()
    if waiting:
        look()
    found = np.stack(found)
    per_line = len(found) // len(told)
    path.with_suffix(".jsonl").write_text("".join(json.dumps(facts) + "\n" for facts in told))
    np.savez(path, embedding=found if per_line == 1 else found.reshape(len(told), per_line, *found.shape[1:]))


def main(argv=None):
    """Entry of `run.py vision.embed`; parts that exist are left alone."""
    options = argparse.ArgumentParser(prog="run.py vision.embed", description=__doc__)
    options.add_argument("--eyes", type=Path, required=True, help="folder with encoder.onnx")
    options.add_argument("--out", type=Path, required=True)
    options.add_argument("--scenes", type=int, default=20_000)
    options.add_argument("--pairs", type=int, default=8_000)
    options.add_argument("--test", type=int, default=1_000)
    options.add_argument("--part", type=int, default=2_000)
    args = options.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    ran = session(args.eyes / "encoder.onnx")
    jobs = [("scenes", "test", scene_lines, args.test), ("pairs", "test", pair_lines, args.test // 2)]
    jobs += [("scenes", "train", scene_lines, args.scenes), ("pairs", "train", pair_lines, args.pairs)]
    for kind, split, lines, count in jobs:
        for part in range(-(-count // args.part)):
            path, size = args.out / f"{kind}_{split}_{part}.npz", min(args.part, count - part * args.part)
            if not path.exists():
                write(ran, path, lines(split, part, size), size)


if __name__ == "__main__":
    main()
