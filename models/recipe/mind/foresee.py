"""Measure the multi-token prediction layer: how many of its guesses the core would have written itself.

For every token of an answer that the core writes as wanted, the layer guesses the one after it, from the core's hidden state
and that token; the guess is accepted when it is the core's own next choice. One accepted guess saves one step of the core.
"""

import argparse
import json
from pathlib import Path

import torch
from tokenizers import Tokenizer

from . import train
from .pack import pack_session
from .cases import ROWS, lines, whole_talk
from .tree import plant


@torch.no_grad()
def acceptance(model, session, marks):
    """(guesses accepted, guesses) of one packed session."""
    tree = plant([session], marks, model.core.shape.sliding_window)
    hidden, beyond = model.core(tree, ahead=model.ahead)
    rows = torch.nonzero((tree.weights >= 1) & (tree.weights[tree.following] >= 1)).flatten()
    own = model.core.logits(hidden).argmax(-1)
    rows = rows[own[rows] == tree.ids[rows + 1]]
    guessed = model.core.logits(beyond[rows]).argmax(-1)
    return int((guessed == own[rows + 1]).sum()), len(rows)


def main(argv=None):
    """Entry of `run.py mind.foresee`."""
    options = argparse.ArgumentParser(prog="run.py mind.foresee", description=__doc__)
    options.add_argument("--checkpoint", type=Path, required=True)
    options.add_argument("--average", action="store_true", help="take the running mean of the weights")
    options.add_argument("--tokenizer", type=Path, default=Path("build/mind/tokenizer.json"))
    options.add_argument("--each", type=int, default=40, help="cases per row")
    args = options.parse_args(argv)
    torch.set_num_threads(1)
    tokenizer, model = Tokenizer.from_file(str(args.tokenizer)), train.Model().eval()
    stored = torch.load(args.checkpoint, weights_only=True)
    stored = stored["average"] if args.average else stored
    for name, part in model.parts.items():
        part.load_state_dict(stored[name])
    marks, found = train.markers(tokenizer), {row: [0, 0] for row in ROWS}
    for line in lines(args.each, 31):
        packed = pack_session({"tools": line["tools"], "instructions": line["instructions"], "talks": [whole_talk(line)]}, tokenizer)
        if packed:
            for place, count in enumerate(acceptance(model, packed, marks)):
                found[line["row"]][place] += count
    total = [sum(count) for count in zip(*found.values())]
    print(json.dumps({name: f"{right}/{count} = {100 * right / max(1, count):.1f} %" for name, (right, count) in {**found, "all": total}.items()}, indent=1))


if __name__ == "__main__":
    main()
