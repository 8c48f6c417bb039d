"""Step: what the tokens of unseen scenes hold: heads read them back into facts, and facts answer questions as the core should.

Prints, by category, exact answers of all questions with a 95 % interval. This is what is in the embeddings, not what a core says.
"""

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch

from . import embed, questions, settle
from .export import session
from .reading import facts_of
from .train import load

QUESTIONS = 12


def interval(right, total):
    """Wilson's 95 % interval of a share, in per cent."""
    if not total:
        return 0.0, 100.0
    share, z = right / total, 1.96
    middle, half = share + z * z / (2 * total), z * ((share * (1 - share) + z * z / (4 * total)) / total) ** 0.5
    return 100 * (middle - half) / (1 + z * z / total), 100 * (middle + half) / (1 + z * z / total)


def tokens_of(pictures, ran=None, eyes=None):
    """Tokens [n, 32, 192] of u8 squares, by a graph or by PyTorch."""
    found = []
    for start in range(0, len(pictures), embed.BATCH):
        batch = np.stack(pictures[start : start + embed.BATCH])
        if ran:
            found.append(ran.run(None, {"picture": batch.astype(np.float32)})[0])
        else:
            with torch.no_grad():
                found.append(eyes(torch.from_numpy(batch).permute(0, 3, 1, 2).float() / 255).numpy())
    return np.concatenate(found)


def scenes_right(heads, lines, tokens, rng, tally):
    """Counts right answers about single pictures by category, form, and whether a printed word was ever seen in training."""
    for number, (facts, found) in enumerate(zip(lines, facts_of(heads, tokens))):
        asked = [questions.draw(rng, facts, held=None) for _ in range(QUESTIONS)]
        asked += [questions.draw(rng, facts, None, text["kind"]) for text in facts["texts"]]
        for question, answer in {question.text: (question, answer) for question, answer in asked}.values():
            said = settle.settle(question, found)
            kinds = [question.category] + ([f"word, {'never' if number % 2 == 0 else 'may have been'} seen in training"] if question.category == "word" else [])
            for kind in kinds + [f"  {question.form}"] * (question.category not in ("word", "number", "lamp", "time")):
                tally[kind].append(said == answer.key)


def pairs_right(heads, lines, tokens, tally):
    """Likewise about what changed."""
    befores, afters = facts_of(heads, tokens[0::2]), facts_of(heads, tokens[1::2])
    for line, before, after in zip(lines, befores, afters):
        right = settle.settle_change(before, after) == questions.change_key(line["change"])
        tally["change"].append(right)
        tally[f"  change: {line['change']['what']}"].append(right)


def main(argv=None):
    """Entry of `run.py vision.evaluate`."""
    options = argparse.ArgumentParser(prog="run.py vision.evaluate", description=__doc__)
    options.add_argument("--checkpoint", type=Path, required=True)
    options.add_argument("--eyes", type=Path, help="folder of the exported encoder; without it the checkpoint itself looks")
    options.add_argument("--scenes", type=int, default=600)
    options.add_argument("--pairs", type=int, default=300)
    options.add_argument("--out", type=Path)
    args = options.parse_args(argv)
    torch.set_num_threads(1)
    eyes, heads = load(args.checkpoint)
    ran = session(args.eyes / "encoder.onnx") if args.eyes else None
    tally, rng = defaultdict(list), random.Random(5)
    lines = list(embed.scene_lines("test", 900, args.scenes))
    scenes_right(heads, [facts for facts, _ in lines], tokens_of([p[0] for _, p in lines], ran, eyes), rng, tally)
    lines = list(embed.pair_lines("test", 900, args.pairs))
    pairs_right(heads, [told for told, _ in lines], tokens_of([p for _, both in lines for p in both], ran, eyes), tally)
    figures = {}
    for kind in sorted(tally, key=lambda name: (name.startswith("  "), name)):
        right, total = sum(tally[kind]), len(tally[kind])
        low, high = interval(right, total)
        figures[kind.strip()] = {"right": right, "of": total}
        print(f"{kind:44} {100 * right / total:5.1f} %  ({right} of {total}; {low:.1f} to {high:.1f})")
    if args.out:
        args.out.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
