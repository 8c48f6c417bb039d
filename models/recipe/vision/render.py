"""Facts to pictures: `picture` paints a scene, `squares` gives what the encoder learns from, with marks of where everything is."""

import random
from pathlib import Path

import numpy as np
import skia

from . import camera, facts as scenes, rooms, signs, words
from .pen import Pen, shade
from .things import DRAWN, lamp


def _shaken(facts, rng):
    """How the camera is held: a matrix that turns, moves and enlarges a little."""
    width, height = facts["size"]
    matrix = skia.Matrix.Translate(width * rng.uniform(-0.012, 0.012), height * rng.uniform(-0.012, 0.012))
    matrix.preRotate(rng.uniform(-1.6, 1.6), width / 2, height / 2)
    scale = rng.uniform(0.985, 1.015)
    matrix.preScale(scale, scale, width / 2, height / 2)
    return matrix


def paint(facts):
    """(u8 [h, w, 3], matrix): the picture of a scene without any fault of a camera, and how it was held."""
    width, height = facts["size"]
    surface = skia.Surface(width, height)
    canvas, rng = surface.getCanvas(), random.Random(facts["seed"])
    canvas.clear(0xFF808080)
    matrix = _shaken(facts, random.Random(facts.get("shaken", facts["seed"] + 1)))
    canvas.concat(matrix)
    rooms.background(canvas, facts, rng, (width, height))
    for thing in facts["things"]:
        _thing(canvas, facts, thing)
    marks = [signs.draw(canvas, text, (width, height)) for text in facts["texts"]]
    _darken(canvas, facts, rng)
    return surface.toarray(colorType=skia.kRGBA_8888_ColorType)[..., :3], matrix, marks


def _thing(canvas, facts, thing):
    width, height = facts["size"]
    left, top, right, bottom = thing["box"]
    rng = random.Random(thing["seed"])
    box = (left * width, top * height, right * width, bottom * height)
    if thing["at"] in ("floor", "table", "shelf"):
        shadow = Pen(canvas, box, rng)
        shadow.oval(-0.05, 0.95, 1.08, 1.04, (20, 20, 20), alpha=0.25)
    pen = Pen(canvas, box, rng, mirror=thing["kind"] not in ("lamp", "clock") and rng.random() < 0.5)
    rgb = signs.stray(words.COLOURS[thing["colour"]], rng)
    if thing["kind"] == "lamp":
        lamp(pen, rgb)
    else:
        DRAWN[thing["kind"]](pen, rgb)


def _darken(canvas, facts, rng):
    """Night and dusk make everything darker, lit lamps come after that."""
    size, dim = facts["size"], None
    if facts["time"] == "night" and facts["place"] not in ("plain", "desk"):
        dim = shade((212, 214, 234), rng.uniform(0.8, 1.0))
    if dim:
        paint = skia.Paint(Color=skia.Color(*(round(value) for value in dim)), BlendMode=skia.BlendMode.kModulate)
        canvas.drawRect(skia.Rect.MakeLTRB(-size[0], -size[1], 2 * size[0], 2 * size[1]), paint)
    for thing in facts["things"]:
        if thing.get("lit"):
            left, top, right, bottom = thing["box"]
            pen = Pen(canvas, (left * size[0], top * size[1], right * size[0], bottom * size[1]), random.Random(thing["seed"]))
            lamp(pen, signs.stray(words.COLOURS[thing["colour"]], pen.rng), lit=True)


def picture(facts, seed=None, strength=1.0):
    """u8 [h, w, 3] of a scene as a camera takes it; the same seed gives the same picture. Strength 0: without faults."""
    rng = random.Random(facts["seed"] + 2 if seed is None else seed)
    return camera.take(paint(facts)[0], rng, strength)


def squares(facts, seed=None, strength=1.0):
    """(u8 [SIDE, SIDE, 3], marks): the square the encoder reads and where everything is in it, in shares of the square.

    Marks: `things` f32 [n, 4] as (x, y, width, height) in the order of the facts, `texts`: [{`centre`, `width`, `height`, `angle` in
    radians, `edges`}].
    """
    rng = random.Random(facts["seed"] + 2 if seed is None else seed)
    seen, matrix, letters = paint(facts)
    seen = camera.take(seen, rng, strength)
    width, height = facts["size"]
    left, top, wide, high = camera.fitted(width, height)
    scale = wide / width / camera.SIDE
    origin = np.array([left, top]) / camera.SIDE
    things = np.zeros((len(facts["things"]), 4), np.float32)
    for row, thing in zip(things, facts["things"]):
        x0, y0, x1, y1 = thing["box"]
        centre = matrix.mapXY((x0 + x1) / 2 * width, (y0 + y1) / 2 * height)
        row[:2] = np.array([centre.x(), centre.y()]) * scale + origin
        row[2:] = (x1 - x0) * width * scale, (y1 - y0) * height * scale
    turn = np.arctan2(matrix.getSkewY(), matrix.getScaleX())
    texts = []
    for one in letters:
        centre = matrix.mapXY(*one["centre"])
        texts.append({"centre": np.array([centre.x(), centre.y()]) * scale + origin, "width": one["width"] * scale,
                      "height": one["height"] * scale, "angle": np.deg2rad(one["tilt"]) + turn, "edges": one["edges"]})
    return camera.square(seen), {"things": things, "texts": texts}


def main(argv=None):
    """Entry of `run.py vision.render`: a sheet of example pictures with their facts beside."""
    import argparse
    import json

    from PIL import Image

    options = argparse.ArgumentParser(prog="run.py vision.render", description=__doc__)
    options.add_argument("--out", type=Path, default=Path("build/vision/examples"))
    options.add_argument("--count", type=int, default=24)
    options.add_argument("--seed", type=int, default=1)
    args = options.parse_args(argv)
    args.out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(args.seed)
    with open(args.out / "facts.jsonl", "w") as lines:
        for number in range(args.count):
            facts = scenes.draw(rng)
            Image.fromarray(picture(facts)).save(args.out / f"{number}.png")
            lines.write(json.dumps(facts) + "\n")


if __name__ == "__main__":
    main()
