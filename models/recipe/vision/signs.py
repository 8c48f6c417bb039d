"""Signs, displays, labels and cards with printed words and numbers, in the fonts of Debian's fonts-dejavu and fonts-liberation."""

import random
from functools import lru_cache
from pathlib import Path

import skia

from . import words
from .pen import Pen, argb, mixed, shade

FONTS = Path("/usr/share/fonts/truetype")
_STROKES = ("Bold", "Regular", "Sans", "Mono", "Serif", "Condensed", "BoldOblique", "BoldItalic", "Oblique", "Italic")


@lru_cache
def font_files():
    """All font files, in a fixed order."""
    found = sorted([*FONTS.glob("dejavu/*.ttf"), *FONTS.glob("liberation/*.ttf")])
    if not found:
        raise FileNotFoundError("no fonts: install fonts-dejavu and fonts-liberation")
    return [path for path in found if "Math" not in path.name and "ExtraLight" not in path.name]


@lru_cache
def _typeface(number):
    return skia.Typeface.MakeFromFile(str(font_files()[number % len(font_files())]))


def stray(rgb, rng, far=0.09):
    """A colour near a named one."""
    factor = rng.uniform(1 - far, 1 + far)
    return tuple(max(0, min(255, shaded + rng.uniform(-12, 12))) for shaded in shade(rgb, factor))


def fitted(text, wide, high, number):
    """(font, width of the text) so that the text fits into wide x high pixels."""
    font = skia.Font(_typeface(number), 100)
    advance = font.measureText(text) / 100
    size = min(wide / advance, high / 0.74)
    font.setSize(size)
    font.setSubpixel(True)
    font.setEdging(skia.Font.Edging.kAntiAlias)
    return font, advance * size


def draw(canvas, text, size):
    """Draws one of a scene's texts; returns where its letters are, in pixels of the untilted canvas:
    {`centre`, `width`, `height` (of the em square), `tilt` in degrees, `edges`: where letters end, in shares of the width}."""
    rng = random.Random(text["seed"])
    left, top, right, bottom = (side * size[axis % 2] for axis, side in enumerate(text["box"]))
    sheet, ink = stray(words.COLOURS[text["colour"]], rng), stray(words.COLOURS[text["ink"]], rng)
    centre = (left + right) / 2, (top + bottom) / 2
    canvas.save()
    canvas.rotate(text["tilt"], *centre)
    pen = Pen(canvas, (left, top, right, bottom), rng)
    _sheet(pen, text["on"], sheet, ink)
    high = bottom - top
    font, width = fitted(text["text"], (right - left) - 0.36 * high, 0.66 * high, text["font"])
    em = font.getSize()
    start = centre[0] - width / 2 + rng.uniform(-0.05, 0.05) * high
    baseline = centre[1] + 0.36 * em * (1.0 if rng.random() < 0.7 else rng.uniform(0.9, 1.1))
    paint = skia.Paint(AntiAlias=True, Color=argb(ink))
    canvas.drawString(text["text"], start, baseline, font, paint)
    canvas.restore()
    edges, total = [], 0.0
    for advance in font.getWidths(font.textToGlyphs(text["text"])):
        total += advance
        edges.append(total)
    middle = start + width / 2 - centre[0], baseline - 0.36 * em - centre[1]
    turned = skia.Matrix.RotateDeg(text["tilt"]).mapXY(*middle)
    return {"centre": (centre[0] + turned.x(), centre[1] + turned.y()), "width": width, "height": em, "tilt": text["tilt"],
            "edges": [edge / total for edge in edges]}


def _sheet(pen, on, sheet, ink):
    rng = pen.rng
    if on == "display":
        pen.rect(-0.02, -0.06, 1.02, 1.06, rng.choice([(40, 40, 44), (180, 182, 186), (90, 94, 100)]), round=0.05)
        pen.rect(0, 0, 1, 1, sheet)
    elif on == "label":
        pen.rect(0, 0, 1, 1, sheet, round=0.06)
        pen.rect(0.03, 0.06, 0.97, 0.1, mixed(sheet, ink, 0.5))
    elif on == "card":
        pen.rect(0.015, 0.04, 1.02, 1.06, (40, 40, 40), alpha=0.3)
        pen.rect(0, 0, 1, 1, sheet)
    else:
        pen.rect(0, 0, 1, 1, sheet, round=rng.choice([0.0, 0.1]))
        if rng.random() < 0.6:
            pen.rect(0, 0, 1, 0.05, ink)
            pen.rect(0, 0.95, 1, 1, ink)
