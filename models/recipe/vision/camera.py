"""What cameras do to pictures: white balance, exposure, blur, noise, JPEG, few pixels; and the fixed square the encoder reads."""

import io

import numpy as np
from PIL import Image, ImageFilter

SIDE = 256
GREY = 114  # what fills the square beside the picture
_GRAINS = [np.rint(np.random.default_rng(5).standard_normal(1 << 19, dtype=np.float32) * sigma).astype(np.int16) for sigma in (1, 2, 3, 5, 7)]


def take(picture, rng, strength=1.0):
    """A u8 picture [h, w, 3] as a camera of some kind gives it; `rng` is random.Random, strength 0 leaves it alone."""
    if strength <= 0:
        return picture
    picture = _lens(picture, rng, strength)
    picture = _light(picture, rng, strength)
    if rng.random() < 0.35 * strength:
        picture = _jpeg(picture, rng.randrange(38, 92))
    return picture


def _lens(picture, rng, strength):
    height, width = picture.shape[:2]
    chance = rng.random()
    if chance < 0.22 * strength:
        image = Image.fromarray(picture).filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.15)))
        return np.asarray(image)
    if chance < 0.34 * strength:
        share = rng.uniform(0.6, 0.95)
        small = Image.fromarray(picture).resize((max(8, round(width * share)), max(8, round(height * share))), Image.Resampling.BILINEAR)
        return np.asarray(small.resize((width, height), Image.Resampling.BILINEAR))
    return picture


def _light(picture, rng, strength):
    values = np.arange(256, dtype=np.float32) / 255
    gamma, gain = np.exp(rng.gauss(0, 0.14) * strength), np.exp(rng.gauss(0, 0.1) * strength)
    contrast, lift = 1 + rng.gauss(0, 0.07) * strength, rng.uniform(0, 0.04) * strength
    curve = ((values**gamma * gain - 0.5) * contrast + 0.5) * (1 - lift) + lift
    balance = [np.exp(rng.gauss(0, 0.045) * strength) for _ in range(3)]
    table = np.clip(np.concatenate([curve * share for share in balance]) * 255, 0, 255).astype(np.uint8)
    lit = np.asarray(Image.fromarray(picture).point(table.tolist()))
    if rng.random() < 0.6:
        grain = _GRAINS[rng.randrange(len(_GRAINS))]
        start = rng.randrange(len(grain) - lit.size) if lit.size < len(grain) else 0
        grain = np.resize(grain[start : start + lit.size], lit.shape)
        lit = np.clip(lit.astype(np.int16) + grain, 0, 255).astype(np.uint8)
    return lit


def _jpeg(picture, quality):
    held = io.BytesIO()
    Image.fromarray(picture).save(held, "jpeg", quality=quality)
    return np.asarray(Image.open(held).convert("RGB"))


def fitted(width, height, side=SIDE):
    """(left, top, width, height) of a picture of any size inside the square: as large as fits, in the middle."""
    longest = max(width, height)
    wide, high = (max(1, (one * side + longest // 2) // longest) for one in (width, height))
    return (side - wide) // 2, (side - high) // 2, wide, high


def square(picture, side=SIDE):
    """u8 [h, w, 3] of any size -> u8 [side, side, 3]: resized (Catmull-Rom, averaging) and letterboxed with grey."""
    height, width = picture.shape[:2]
    left, top, wide, high = fitted(width, height, side)
    if (wide, high) != (width, height):
        # Columns before rows, as the server does: each pass rounds and clips.
        turned = Image.fromarray(np.ascontiguousarray(picture.transpose(1, 0, 2)))
        picture = np.asarray(turned.resize((high, wide), Image.Resampling.BICUBIC)).transpose(1, 0, 2)
    framed = np.full((side, side, 3), GREY, np.uint8)
    framed[top : top + high, left : left + wide] = picture
    return framed
