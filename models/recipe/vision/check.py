"""Step: checks what training relies on: facts are true of the pictures, answers of the facts, and the server cuts the same square.

The squares are fixtures of `vision/tests/square.rs`; --write makes them anew.
"""

import argparse
import copy
import random
from pathlib import Path

import numpy as np

from . import camera, facts as scenes, questions, render, settle, words

SIDE, SIZES = 48, ((100, 60), (20, 30), (48, 48))
FIXTURES = Path(__file__).parents[3] / "vision" / "tests" / "fixtures"


def patterned(width, height):
    """A picture of fine patterns that the Rust test draws by the same rule."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return ((x * 7 + y * 13 + c * 40 + (x * y) % 31 * 3) % 256).astype(np.uint8)


def squares(write=False):
    """The fixtures are what the recipe makes."""
    for width, height in SIZES:
        made, file = camera.square(patterned(width, height), SIDE).tobytes(), FIXTURES / f"{width}x{height}.rgb"
        if write:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(made)
        if file.read_bytes() != made:
            raise SystemExit(f"{file} is not what the recipe makes")


def answers(count):
    """Answers drawn with a question are those that the facts give, for training and held-out phrasings, and no other's canonical form."""
    rng = random.Random(21)
    for _ in range(count):
        facts = scenes.draw(rng)
        for held in (False, True):
            question, answer = questions.draw(rng, facts, held=held)
            if question.held != held or settle.settle(question, facts) != answer.key or questions.canonical(question, answer.text) != answer.key:
                raise SystemExit(f"{question} {answer} {facts}")
        later, change = scenes.change(rng, facts)
        question, answer = questions.draw_change(rng, facts, later, change)
        if settle.settle_change(facts, later) != answer.key or questions.canonical(question, answer.text) != answer.key:
            raise SystemExit(f"{question} {answer} {change}")


def changed_share(before, after, box):
    """(share of the pixels in a box that differ, pixels that differ away from it)."""
    height, width = before.shape[:2]
    differs = np.abs(before.astype(int) - after).max(2) > 12
    left, top, right, bottom = (round(side * (width, height)[axis % 2]) for axis, side in enumerate(box))
    margin = 0.12 * np.array([width, height]) * [box[2] - box[0], box[3] - box[1]] + 0.03 * max(width, height)
    away = differs.copy()
    away[max(0, int(top - margin[1])) : int(bottom + margin[1]) + 1, max(0, int(left - margin[0])) : int(right + margin[0]) + 1] = False
    return differs[max(0, top) : bottom, max(0, left) : right].mean(), int(away.sum())


def pictures(count):
    """Every kind of thing is painted where its box is and nowhere else: taken out, only its box changes; and pictures come again."""
    rng, seen = random.Random(22), {}
    while len(seen) < len(words.KINDS) or min(seen.values()) < 3 or sum(seen.values()) < count:
        facts = scenes.draw(rng)
        alone = [one for one in facts["things"] if not one.get("lit")]
        if not alone:
            continue
        thing, without = rng.choice(alone), copy.deepcopy(facts)
        without["things"] = [one for one in facts["things"] if one["id"] != thing["id"]]
        if facts["place"] in ("plain", "desk"):
            facts["place"] = without["place"] = "office"  # plain backgrounds avoid the colours of what is shown
            facts["time"] = without["time"] = "day"
        before, after = render.paint(facts)[0], render.paint(without)[0]
        share, away = changed_share(before, after, thing["box"])
        hidden = thing["colour"] in ("white", "grey", "black", "brown", "green") or facts["time"] == "night"
        if away > 0 or share < (0.02 if hidden else 0.15):
            raise SystemExit(f"{thing} changes {share:.2f} of its box and {away} pixels elsewhere")
        if not np.array_equal(before, render.paint(facts)[0]):
            raise SystemExit("the same facts give another picture")
        seen[thing["kind"]] = seen.get(thing["kind"], 0) + 1


def prints():
    """Training never prints a word that is kept for testing."""
    rng = random.Random(23)
    for _ in range(1500):
        for text in scenes.draw(rng)["texts"]:
            if text["kind"] == "word" and words.held_word(text["text"].lower()) and text["text"].lower() in words.PRINTED:
                raise SystemExit(f"{text['text']} is kept for testing")
        for text in scenes.draw(rng, held_words=True)["texts"]:
            if text["kind"] == "word" and not words.held_word(text["text"].lower()):
                raise SystemExit(f"{text['text']} may be in training")


def main(argv=None):
    """Entry of `run.py vision.check`."""
    options = argparse.ArgumentParser(prog="run.py vision.check", description=__doc__)
    options.add_argument("--write", action="store_true")
    options.add_argument("--count", type=int, default=400)
    args = options.parse_args(argv)
    squares(args.write)
    answers(args.count * 5)
    prints()
    pictures(args.count)
    print("squares, answers, prints and pictures are as they should be")


if __name__ == "__main__":
    main()
