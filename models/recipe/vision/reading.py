"""Tokens read back into facts by the linear heads the encoder was trained with: what is in the tokens, before any core exists."""

import numpy as np
import torch

from .model import COLOURS, COUNTS, KINDS, NOTHING, PLACES, SCENES, SIGNS, SYMBOLS, TEXTS, THINGS
from .targets import LAMPS


def _best(logits):
    return logits.argmax(-1).tolist()


@torch.no_grad()
def facts_of(heads, tokens):
    """Facts (as `questions` reads them) of tokens [B, 32, 192] of a batch; boxes are in shares of the picture, as the tokens know them."""
    tokens = torch.as_tensor(np.asarray(tokens, dtype=np.float32))
    scene, things, letters = tokens[:, :SCENES], tokens[:, SCENES : SCENES + THINGS], tokens[:, SCENES + THINGS :]
    kinds, colours, boxes = _best(heads.kind(things)), _best(heads.colour(things)), torch.sigmoid(heads.box(things)).tolist()
    symbols = _best(heads.symbol(letters))
    named = {"place": _best(heads.place(scene[:, 0])), "time": _best(heads.time(scene[:, 0])), "tells": _best(heads.tells(scene[:, 0])),
             "lamp": _best(heads.lamp(scene[:, 0]))}
    counts = _best(heads.counts(scene[:, 1]).view(len(tokens), len(KINDS), COUNTS))
    found = []
    for row in range(len(tokens)):
        lamp = LAMPS[named["lamp"][row]]
        seen = [{"id": n, "kind": KINDS[kind], "colour": COLOURS[colour], "box": _corners(box), "at": "floor"}
                for n, (kind, colour, box) in enumerate(zip(kinds[row], colours[row], boxes[row])) if kind < len(KINDS)]
        for thing in seen:
            if thing["kind"] == "lamp":
                thing["lit"] = lamp == "on"
        texts = [_text(symbols[row][n * SIGNS : (n + 1) * SIGNS]) for n in range(TEXTS)]
        found.append({"place": PLACES[named["place"][row]], "time": ("day", "night")[named["time"][row]], "tells_time": bool(named["tells"][row]),
                      "things": seen, "texts": [one for one in texts if one], "counts": dict(zip(KINDS, counts[row])), "lamp": lamp})
    return found


def _corners(box):
    x, y, width, height = box
    return [x - width / 2, y - height / 2, x + width / 2, y + height / 2]


def _text(symbols):
    text = "".join(SYMBOLS[symbol] for symbol in symbols if symbol != NOTHING)
    if not text:
        return None
    digits = sum(symbol.isdigit() for symbol in text)
    return {"text": text, "kind": "number" if digits * 2 > len(text) else "word", "colour": "white"}
