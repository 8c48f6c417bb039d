"""What the encoder should find in a picture, as arrays; and batches of them, rendered in a process beside the training."""

import random

import numpy as np
import torch

from . import camera, facts as scenes, render
from .model import COLOURS, COUNTS, GRID, KINDS, NOTHING, PLACES, SIGNS, SYMBOLS, TEXTS, THINGS

_ROWS, _COLUMNS = np.mgrid[0:GRID, 0:GRID] + 0.5
LAMPS = ("none", "off", "on")


def _spread(heat, centre, sigma):
    """A soft peak, exactly 1 in the centre's cell."""
    x, y = centre[0] * GRID, centre[1] * GRID
    column, row = min(GRID - 1, max(0, int(x))), min(GRID - 1, max(0, int(y)))
    np.maximum(heat, np.exp(-((_COLUMNS - x) ** 2 + (_ROWS - y) ** 2) / (2 * sigma**2)) * 0.95, out=heat)
    heat[row, column] = 1.0
    return row * GRID + column


def _label(labels, cell, number):
    """The cells around a centre belong to it unless they are another's centre."""
    row, column = divmod(cell, GRID)
    around = labels[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
    around[around == 0] = number
    labels[row, column] = number


def of(facts, marks):
    """Arrays for one picture; see the names below. Unused rows of things have kind -1."""
    heat, labels = np.zeros((2, GRID, GRID), np.float32), np.zeros((2, GRID, GRID), np.int64)
    things = {"kind": np.full(THINGS, -1), "colour": np.full(THINGS, -1), "lit": np.full(THINGS, -1), "cell": np.zeros(THINGS, np.int64)}
    boxes = np.zeros((THINGS, 4), np.float32)
    for n, (thing, box) in enumerate(zip(facts["things"], marks["things"])):
        things["kind"][n], things["colour"][n] = KINDS.index(thing["kind"]), COLOURS.index(thing["colour"])
        things["lit"][n] = int(thing["lit"]) if "lit" in thing else -1
        boxes[n], things["cell"][n] = box, _spread(heat[0], box[:2], 0.6)
        _label(labels[0], things["cell"][n], n + 1)
        if thing.get("lit"):
            things["colour"][n] = -1  # its light hides it
    text_cells = np.zeros(TEXTS, np.int64)
    for n, mark in enumerate(marks["texts"]):
        text_cells[n] = _spread(heat[1], mark["centre"], 0.8)
        _label(labels[1], text_cells[n], n + 1)
    return {"heat": heat, "labels": labels, **things, "box": boxes, "seen": _seen(facts, boxes), "text_cell": text_cells, **_texts(facts, marks, TEXTS), **_scene(facts)}


def _texts(facts, marks, count):
    """Symbols, lines and ends of letters of up to `count` texts; unused rows have symbol -1."""
    symbols, lines, edges = np.full((count, SIGNS), -1), np.zeros((count, 5), np.float32), np.zeros((count, SIGNS + 1), np.float32)
    for n, (text, mark) in enumerate(zip(facts["texts"], marks["texts"])):
        known = [SYMBOLS.index(symbol) for symbol in text["text"].lower()]
        symbols[n] = known + [NOTHING] * (SIGNS - len(known))
        lines[n] = *mark["centre"], mark["width"], mark["height"], mark["angle"]
        edges[n] = [0.0, *mark["edges"]] + [2.0] * (SIGNS - len(known))
    return {"symbols": symbols, "line": lines, "edges": edges}


def _seen(facts, boxes):
    """Boxes (x, y, width, height) in shares of the square -> in shares of the picture, whatever its shape."""
    left, top, wide, high = (side / camera.SIDE for side in camera.fitted(*facts["size"]))
    return ((boxes - np.array([left, top, 0, 0])) / np.array([wide, high, wide, high])).astype(np.float32)


def _scene(facts):
    counts, colours = np.zeros(len(KINDS), np.int64), np.zeros(len(COLOURS), np.int64)
    lamp = 0
    for thing in facts["things"]:
        counts[KINDS.index(thing["kind"])] += 1
        colours[COLOURS.index(thing["colour"])] += 1
        if "lit" in thing:
            lamp = LAMPS.index("on" if thing["lit"] else "off")
    return {"place": np.int64(PLACES.index(facts["place"])), "time": np.int64(scenes.words.TIMES.index(facts["time"]) if facts["tells_time"] else -1),
            "tells": np.int64(facts["tells_time"]), "lamp": np.int64(lamp), "counts": counts.clip(max=COUNTS - 1), "colours": colours.clip(max=COUNTS - 1)}


def example(rng, strength=1.0, held_words=False):
    """(facts, u8 picture [256, 256, 3], arrays) of a random scene; a third of them are a little later in a changed scene."""
    facts = scenes.draw(rng, held_words)
    if rng.random() < 0.25:
        facts, _ = scenes.change(rng, facts)
    picture, marks = render.squares(facts, rng.randrange(1 << 30), strength)
    return facts, picture, of(facts, marks)


def stacked(examples):
    """Tensors of several (facts, picture, arrays)."""
    batch = {name: torch.from_numpy(np.stack([arrays[name] for _, _, arrays in examples])) for name in examples[0][2]}
    batch["picture"] = torch.from_numpy(np.stack([picture for _, picture, _ in examples]))
    return batch


class Boards(torch.utils.data.IterableDataset):
    """Endless batches of walls full of signs: `picture`, `symbols`, `line`, `edges`."""

    def __init__(self, seed, count):
        self.seed, self.count = seed, count

    def __iter__(self):
        rng = random.Random(self.seed)
        while True:
            examples = []
            for _ in range(self.count):
                facts = scenes.board(rng)
                picture, marks = render.squares(facts, rng.randrange(1 << 30), rng.choice([0.5, 1.0]))
                examples.append((facts, picture, _texts(facts, marks, scenes.BOARD_SIGNS)))
            yield stacked(examples)


class Stream(torch.utils.data.IterableDataset):
    """Endless batches of new pictures; `strength` of the camera's faults."""

    def __init__(self, seed, count, strength=1.0):
        self.seed, self.count, self.strength = seed, count, strength

    def __iter__(self):
        rng = random.Random(self.seed)
        while True:
            yield stacked([example(rng, self.strength * rng.choice([0.0, 0.5, 1.0, 1.0])) for _ in range(self.count)])
