"""What is in a scene, drawn at random before anything is painted: so what is asked about it is true by construction.

Facts are plain values (they survive JSON):
- `size`: [width, height] of the picture in pixels; all boxes are [left, top, right, bottom] in shares of it, 0 to 1.
- `place`: one of `words.PLACES`; `time`: `day` or `night`; `tells_time`: whether window or sky show it.
- `things`: [{`id`, `kind`, `colour`, `box`, `at`: floor | table | shelf | wall | air, `seed`, and for lamps `lit`}], far to near.
- `texts`: [{`text`, `kind`: word | number, `on`: sign | display | label | card, `colour`, `ink`, `box`, `tilt` (degrees), `font`, `seed`}].
- `table`, `shelf`, `window`: boxes of furniture or null; `floor`: where the wall ends; `seed`: for what nobody asks about.
"""

import copy
import random

from . import words

THINGS_MAX = 9
OVERLAP_MAX = 0.22
TRIES_MAX = 24
BOARD_SIGNS, BOARD_TRIES = 7, 24


def draw(rng, held_words=False):
    """Facts of a random scene. `held_words`: signs show only words that training never shows, otherwise never those."""
    long_side = 256
    aspect = rng.choice([1.0, 1.0, 4 / 3, 4 / 3, 3 / 2, 16 / 9, 3 / 4, rng.uniform(0.55, 1.9)])
    size = [long_side, round(long_side / aspect)] if aspect >= 1 else [round(long_side * aspect), long_side]
    place = rng.choice(words.PLACES + ("plain",) * 2)
    facts = {"size": size, "place": place, "time": rng.choice(words.TIMES), "things": [], "texts": [], "table": None, "shelf": None,
             "window": None, "floor": rng.uniform(0.5, 0.78), "seed": rng.randrange(1 << 30)}
    _furnish(facts, rng)
    facts["tells_time"] = place in words.OUTSIDE or facts["window"] is not None
    for _ in range(rng.choice([0, 0, 1, 1, 1, 2])):
        add_text(facts, rng, held_words)
    _inhabit(facts, rng)
    _in_order(facts)
    return facts


def _furnish(facts, rng):
    if facts["place"] in ("desk", "plain"):
        facts["floor"] = 0.0 if facts["place"] == "plain" else rng.uniform(0.0, 0.3)
        return
    floor = facts["floor"]
    if facts["place"] not in words.OUTSIDE and rng.random() < 0.6:
        left, width = rng.uniform(0.03, 0.6), rng.uniform(0.2, 0.34)
        facts["window"] = [left, 0.05, min(0.97, left + width), rng.uniform(0.3, 0.42)]
    if rng.random() < 0.45:
        left, width = rng.uniform(0.0, 0.4), rng.uniform(0.4, 0.65)
        top = floor + rng.uniform(-0.12, 0.04)
        facts["table"] = [left, top, min(1.0, left + width), min(0.98, top + rng.uniform(0.2, 0.3))]
    if facts["place"] not in words.OUTSIDE and rng.random() < 0.3:
        left, width = rng.uniform(0.0, 0.5), rng.uniform(0.3, 0.5)
        facts["shelf"] = [left, 0.40 + rng.uniform(0, 0.06), min(1.0, left + width), 0.0]
        facts["shelf"][3] = facts["shelf"][1] + 0.025


def _inhabit(facts, rng):
    """Things: one kind several times, others once or twice, perhaps somebody, perhaps a lamp."""
    plain = facts["place"] == "plain"
    pool = list(words.SHAPES + words.HANDY if plain else words.HANDY + ("chair", "clock"))
    main = rng.choice(pool)
    wanted = [main] * rng.choice([0, 1, 1, 2, 2, 3, 3, 4, 5])
    wanted += rng.choices([kind for kind in pool if kind != main], k=rng.randrange(0, 5))
    if not plain and rng.random() < 0.45:
        wanted += ["person"] * rng.choice([1, 1, 1, 2, 2, 3])
    if not plain and rng.random() < 0.35:
        wanted += [rng.choice(words.LIVING[1:])] * rng.choice([1, 1, 2, 3])
    if not plain and facts["place"] != "street" and rng.random() < 0.5:
        wanted.insert(0, "lamp")
    big = {"person": 0, "chair": 1, "lamp": 1}
    wanted = sorted(wanted[:THINGS_MAX], key=lambda kind: big.get(kind, 2))
    same = rng.choice(words.COLOUR_NAMES) if rng.random() < 0.2 else None
    for kind in wanted:
        add_thing(facts, rng, kind, same)


def _free(facts, box):
    """Whether a box covers nothing that must stay visible."""
    for other in facts["texts"]:
        if _covered(box, other["box"]) > 0 or _covered(other["box"], box) > 0:
            return False
    return all(max(_covered(box, one["box"]), _covered(one["box"], box)) <= OVERLAP_MAX and _apart(box, one["box"]) for one in facts["things"])


def _apart(a, b):
    """Centres are far enough from each other to be told apart."""
    return abs(a[0] + a[2] - b[0] - b[2]) / 2 > 0.07 or abs(a[1] + a[3] - b[1] - b[3]) / 2 > 0.07


def _covered(a, b):
    """Share of `b` that lies in `a`."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    area = (b[2] - b[0]) * (b[3] - b[1])
    return max(0.0, width) * max(0.0, height) / area if width > 0 and height > 0 else 0.0


def _sides(facts, rng, kind, smaller=1.0):
    """Width and height of a thing, in shares of the picture."""
    _, (least, most), (narrow, broad) = words.KINDS[kind]
    side, ratio = rng.uniform(least, least + (most - least) * smaller) * min(facts["size"]), rng.uniform(narrow, broad)
    width, height = (side, side / ratio) if ratio > 1 else (side * ratio, side)
    return width / facts["size"][0], height / facts["size"][1]


def _spot(facts, rng, kind, width, height):
    """A place for a thing: (left, bottom, at); not yet known to be free."""
    if facts["place"] == "plain":
        return rng.uniform(0.01, 0.99 - width), rng.uniform(0.01 + height, 0.99), "air"
    if kind in words.ON_WALL and facts["place"] != "desk":
        return rng.uniform(0.01, 0.99 - width), rng.uniform(0.03 + height, max(0.04 + height, facts["floor"] - 0.05)), "wall"
    tops = [name for name in ("table", "shelf") if facts[name] and kind in words.HANDY and rng.random() < 0.5]
    for name in tops:
        left, top, right, bottom = facts[name]
        if right - left > width and top > height:
            deep = 0.06 if name == "table" else 0.0
            return rng.uniform(left, right - width), top + rng.uniform(0, deep), name
    if kind == "bird" and facts["place"] in words.OUTSIDE and rng.random() < 0.5:
        return rng.uniform(0.01, 0.99 - width), rng.uniform(0.03 + height, 0.5), "air"
    lowest = max(facts["floor"] + 0.04, height + 0.01)
    return rng.uniform(0.01, 0.99 - width), rng.uniform(min(lowest, 0.98), 0.985), "floor"


def add_thing(facts, rng, kind, colour=None):
    """Puts one more thing where there is room for it; returns it, or None when there is none."""
    for attempt in range(TRIES_MAX):
        width, height = _sides(facts, rng, kind, 1.0 - attempt / TRIES_MAX)
        if width > 0.9 or height > 0.93:
            continue
        left, bottom, at = _spot(facts, rng, kind, width, height)
        box = [left, bottom - height, left + width, bottom]
        if box[1] < 0.005 or not _free(facts, box):
            continue
        colours = words.ANIMAL_COLOURS if kind in ("dog", "cat") else words.COLOUR_NAMES
        chosen = words.ONE_COLOUR.get(kind) or (colour if colour in colours else rng.choice(colours))
        thing = {"id": 1 + max((one["id"] for one in facts["things"]), default=0), "kind": kind, "colour": chosen,
                 "box": [round(side, 4) for side in box], "at": at, "seed": rng.randrange(1 << 30)}
        if kind == "lamp":
            thing["lit"] = rng.random() < 0.5
        facts["things"].append(thing)
        return thing
    return None


def _in_order(facts):
    """Far things first: what stands lower in the picture is nearer."""
    facts["things"].sort(key=lambda one: (one["at"] in ("floor",), one["box"][3]))


def _printed(facts, rng, held_words):
    """(text, kind) that is not of a kind already there."""
    taken = {one["kind"] for one in facts["texts"]}
    kind = rng.choice([kind for kind in ("word", "number") if kind not in taken])
    if kind == "word":
        word = rng.choice([word for word in words.PRINTED if words.held_word(word) == held_words])
        if not held_words and rng.random() < 0.35:
            word = "".join(rng.choice("aeiou" if n % 2 else "bcdfghjklmnpqrstvwxyz") if rng.random() < 0.8 else rng.choice("abcdefghijklmnopqrstuvwxyz")
                           for n in range(rng.randrange(2, 9)))
        return rng.choice([word.upper(), word.upper(), word, word.capitalize()]), kind
    digits = rng.randrange(1, 6)
    return str(rng.randrange(10 ** (digits - 1) if digits > 1 else 0, 10**digits)), kind


def add_text(facts, rng, held_words=False):
    """Puts up a sign with a word or a number where there is room for it; returns it, or None."""
    if len(facts["texts"]) >= 2:
        return None
    text, kind = _printed(facts, rng, held_words)
    width_px, height_px = facts["size"]
    for _ in range(TRIES_MAX):
        cap = rng.choice([rng.uniform(11, 18), rng.uniform(14, 30), rng.uniform(18, 44)])
        height = cap * rng.uniform(1.7, 2.6) / height_px
        # A capital is about .72 of its height wide, fonts differ: the painter makes the letters fit the box.
        width = (len(text) * cap * rng.uniform(0.78, 0.95) + cap * rng.uniform(0.8, 2.0)) / width_px
        if width > 0.95 or height > 0.9:
            continue
        left, top = rng.uniform(0.015, 0.985 - width), rng.uniform(0.015, 0.985 - height)
        box = [round(side, 4) for side in (left, top, left + width, top + height)]
        if any(_covered(box, other["box"]) + _covered(other["box"], box) > 0 for other in facts["texts"]):
            continue
        sign, ink = _contrast(rng)
        made = {"text": text, "kind": kind, "on": rng.choice(["sign", "sign", "display", "label", "card"]), "colour": sign, "ink": ink,
                "box": box, "tilt": rng.choice([0.0, 0.0, rng.uniform(-7, 7)]), "font": rng.randrange(1 << 16), "seed": rng.randrange(1 << 30)}
        facts["texts"].append(made)
        return made
    return None


def board(rng):
    """Facts of a wall full of signs and nothing else: for whoever only learns to read."""
    facts = {"size": [256, 256], "place": "plain", "time": "day", "tells_time": False, "things": [], "texts": [], "table": None, "shelf": None,
             "window": None, "floor": 0.0, "seed": rng.randrange(1 << 30)}
    made = []
    for _ in range(BOARD_TRIES):
        facts["texts"] = []
        one = add_text(facts, rng)
        if one and not any(_covered(one["box"], other["box"]) + _covered(other["box"], one["box"]) > 0 for other in made):
            made.append(one)
    facts["texts"] = made[:BOARD_SIGNS]
    return facts


def _contrast(rng):
    """Two colours that can be read on each other."""
    light, dark = ("white", "yellow", "pink", "turquoise", "orange"), ("black", "blue", "red", "green", "purple", "brown")
    pair = [rng.choice(light + ("white",) * 4), rng.choice(dark + ("black",) * 4)]
    if set(pair) <= {"orange", "pink", "red", "green", "turquoise", "brown"}:
        pair[0] = "white"
    rng.shuffle(pair)
    return pair


CHANGES = ("came", "went", "moved", "lit", "unlit", "colour", "nothing")


def change(rng, facts, wanted=None):
    """(facts of the same scene a little later, what changed): one change of `wanted` (one of CHANGES, or any that fits).

    What changed is {`what`, `kind`, `colour`, and `to`: the new colour, or left | right for what moved}.
    """
    order = [wanted] if wanted else rng.sample(CHANGES, len(CHANGES))
    for what in order:
        later = copy.deepcopy(facts)
        told = _CHANGE[what](later, rng)
        if told is not None:
            later["shaken"] = rng.randrange(1 << 30)
            _in_order(later)
            return later, {"what": what, **told}
    return copy.deepcopy(facts), {"what": "nothing"}


def _alone(facts, moving=False):
    """Things that are the only one of kind and colour."""
    seen = [(one["kind"], one["colour"]) for one in facts["things"]]
    return [one for one in facts["things"] if seen.count((one["kind"], one["colour"])) == 1 and not (moving and one["kind"] in ("lamp", "clock"))]


def _came(facts, rng):
    plain = facts["place"] == "plain"
    pool = words.SHAPES + words.HANDY if plain else words.HANDY + ("chair", "person", "person", "person", "dog", "cat")
    if len(facts["things"]) >= THINGS_MAX:
        return None
    before = {(one["kind"], one["colour"]) for one in facts["things"]}
    thing = add_thing(facts, rng, rng.choice(pool))
    if thing is None or (thing["kind"], thing["colour"]) in before:
        return None
    return {"kind": thing["kind"], "colour": thing["colour"]}


def _went(facts, rng):
    pool = [one for one in _alone(facts) if one["kind"] != "lamp"]
    if not pool:
        return None
    thing = rng.choice(pool)
    facts["things"].remove(thing)
    return {"kind": thing["kind"], "colour": thing["colour"]}


def _moved(facts, rng):
    pool = _alone(facts, moving=True)
    if not pool:
        return None
    thing = rng.choice(pool)
    others = {**facts, "things": [one for one in facts["things"] if one is not thing]}
    width, height = thing["box"][2] - thing["box"][0], thing["box"][3] - thing["box"][1]
    for _ in range(TRIES_MAX):
        left, bottom, at = _spot(facts, rng, thing["kind"], width, height)
        box = [round(side, 4) for side in (left, bottom - height, left + width, bottom)]
        if abs(left - thing["box"][0]) > 0.22 and box[1] > 0.005 and _free(others, box):
            to = "right" if left > thing["box"][0] else "left"
            thing["box"], thing["at"] = box, at
            return {"kind": thing["kind"], "colour": thing["colour"], "to": to}
    return None


def _switch(facts, on):
    lamps = [one for one in facts["things"] if one["kind"] == "lamp" and one["lit"] != on]
    if not lamps:
        return None
    lamps[0]["lit"] = on
    return {"kind": "lamp", "colour": lamps[0]["colour"]}


def _recolour(facts, rng):
    pool = [one for one in _alone(facts) if one["kind"] not in words.ONE_COLOUR and one["kind"] not in words.LIVING and not one.get("lit")]
    if not pool:
        return None
    thing, taken = rng.choice(pool), [(one["kind"], one["colour"]) for one in facts["things"]]
    fresh = [colour for colour in words.COLOUR_NAMES if (thing["kind"], colour) not in taken]
    was, thing["colour"] = thing["colour"], rng.choice(fresh)
    return {"kind": thing["kind"], "colour": was, "to": thing["colour"]}


_CHANGE = {
    "came": _came, "went": _went, "moved": _moved, "lit": lambda facts, rng: _switch(facts, True),
    "unlit": lambda facts, rng: _switch(facts, False), "colour": _recolour, "nothing": lambda facts, rng: {},
}


def seeded(seed):
    """A random source of its own."""
    return random.Random(seed)
