"""What is behind the things: walls, floors, skies, streets, furniture."""

from .pen import Pen, mixed, shade
from .things import WOOD

_WALLS = ((232, 224, 206), (206, 218, 226), (222, 206, 198), (200, 212, 192), (240, 240, 238), (186, 178, 168), (170, 186, 206), (226, 212, 170))
_FLOORS = ((150, 112, 76), (118, 92, 70), (186, 178, 168), (130, 132, 136), (206, 190, 160), (92, 80, 74))
_SHARED = {"kitchen": (244, 244, 240), "hall": (200, 194, 186), "office": (214, 220, 226), "bedroom": (214, 200, 214), "living room": (226, 214, 190)}


def background(canvas, facts, rng, size):
    """Everything behind and under the things; may be larger than the picture so that a shaken camera sees no edge."""
    width, height = size
    pen = Pen(canvas, (0, 0, width, height), rng)
    place = facts["place"]
    {"plain": _plain, "desk": _desk, "garden": _garden, "street": _street}.get(place, _room)(pen, facts, rng)
    if facts["window"]:
        _window(pen, facts, rng)
    if facts["shelf"]:
        left, top, right, bottom = facts["shelf"]
        colour = rng.choice([WOOD, (238, 238, 236), (90, 70, 56)])
        pen.rect(left - 0.01, top, right + 0.01, bottom, colour)
        pen.rect(left - 0.01, bottom, right + 0.01, bottom + 0.012, shade(colour, 0.55))
    if facts["table"]:
        _table(pen, facts["table"], rng)


def _plain(pen, facts, rng):
    top = rng.choice([(236, 236, 234), (250, 250, 250), (206, 206, 210), (228, 220, 200), (60, 62, 68), (190, 204, 214), (214, 200, 206)])
    shown = {thing["colour"] for thing in facts["things"]}
    if shown & {"white", "black", "grey"}:  # nothing may vanish before its background
        top = rng.choice([(190, 204, 214), (222, 204, 160), (176, 196, 170)])
    pen.rect(-0.1, -0.1, 1.1, 1.1, top, gradient=((0, 0), (rng.random(), 1), shade(top, rng.uniform(0.82, 1.1))))


def _desk(pen, facts, rng):
    wall, desk = rng.choice(_WALLS), rng.choice([WOOD, (226, 222, 214), (96, 74, 58), (180, 150, 112), (70, 72, 78)])
    pen.rect(-0.1, -0.1, 1.1, 1.1, wall)
    edge = facts["floor"]
    pen.rect(-0.1, edge, 1.1, 1.1, desk, gradient=((0, edge), (0, 1), shade(desk, 0.8)))
    for _ in range(rng.choice([0, 0, 5, 9])):
        y = rng.uniform(edge + 0.02, 1.1)
        pen.line([(-0.1, y), (1.1, y + rng.uniform(-0.02, 0.02))], shade(desk, 0.86), 0.006)


def _room(pen, facts, rng):
    wall = mixed(rng.choice(_WALLS), _SHARED[facts["place"]], 0.4)
    floor, edge = rng.choice(_FLOORS), facts["floor"]
    pen.rect(-0.1, -0.1, 1.1, edge, wall, gradient=((0, 0), (rng.random(), edge), shade(wall, rng.uniform(0.85, 1.05))))
    style = rng.randrange(4)
    if style == 0 or facts["place"] == "kitchen":
        for n in range(-1, 12):
            pen.line([(n / 10, -0.1), (n / 10, edge)], shade(wall, 0.9), 0.006)
            pen.line([(-0.1, n / 10 * edge), (1.1, n / 10 * edge)], shade(wall, 0.9), 0.006)
    elif style == 1:
        for n in range(0, 24, 2):
            pen.rect(n / 20 - 0.1, -0.1, n / 20 - 0.05, edge, shade(wall, 0.94))
    pen.rect(-0.1, edge, 1.1, 1.1, floor, gradient=((0, edge), (0, 1), shade(floor, 0.78)))
    if rng.random() < 0.5:
        for n in range(-6, 17):
            pen.line([(0.5 + (n / 10 - 0.5) * 0.9, edge), (0.5 + (n / 10 - 0.5) * 2.2, 1.1)], shade(floor, 0.84), 0.006)
    pen.rect(-0.1, edge - 0.022, 1.1, edge, shade(wall, 0.72))
    if rng.random() < 0.3:
        left = rng.uniform(0, 0.5)
        pen.oval(left, edge + 0.07, left + 0.5, min(1.05, edge + 0.3), rng.choice([(170, 120, 110), (120, 130, 150), (200, 190, 170), (110, 130, 110)]))


def _sky(pen, facts, rng, edge):
    if facts["time"] == "night":
        pen.rect(-0.1, -0.1, 1.1, edge, (18, 22, 48), gradient=((0, 0), (0, edge), (38, 42, 78)))
        for _ in range(14):
            x, y = rng.random(), rng.uniform(0, edge)
            pen.oval(x - 0.003, y - 0.004, x + 0.003, y + 0.004, (250, 250, 230))
        if rng.random() < 0.6:
            x, y = rng.uniform(0.1, 0.9), rng.uniform(0.07, 0.2)
            pen.oval(x - 0.035, y - 0.04, x + 0.035, y + 0.04, (240, 238, 214))
        return
    sky = rng.choice([(150, 196, 236), (176, 210, 238), (200, 214, 226), (120, 176, 232)])
    pen.rect(-0.1, -0.1, 1.1, edge, sky, gradient=((0, 0), (0, edge), shade(sky, 1.5)))
    for _ in range(rng.randrange(0, 4)):
        x, y = rng.random(), rng.uniform(0.03, max(0.05, edge - 0.2))
        for n in range(3):
            pen.oval(x + n * 0.04, y - 0.02 * (n % 2), x + n * 0.04 + 0.09, y + 0.06, (250, 250, 252), alpha=0.85)


def _garden(pen, facts, rng):
    edge = facts["floor"]
    _sky(pen, facts, rng, edge + 0.01)
    for _ in range(rng.randrange(0, 4)):
        x, radius, dark = rng.uniform(-0.05, 1.05), rng.uniform(0.08, 0.16), (40, rng.randrange(84, 120), 48)
        pen.rect(x - 0.012, edge - 0.15, x + 0.012, edge + 0.02, (90, 64, 42))
        pen.oval(x - radius, edge - 0.2 - radius, x + radius, edge - 0.06, dark)
    grass = (rng.randrange(84, 126), rng.randrange(140, 176), rng.randrange(62, 92))
    pen.rect(-0.1, edge, 1.1, 1.1, grass, gradient=((0, edge), (0, 1), shade(grass, 0.75)))
    if rng.random() < 0.4:
        for n in range(-2, 24):
            pen.rect(n / 20, edge - 0.14, n / 20 + 0.03, edge + 0.03, (198, 176, 144))


def _street(pen, facts, rng):
    edge = facts["floor"]
    _sky(pen, facts, rng, edge + 0.01)
    night, x = facts["time"] == "night", -0.08
    while x < 1.05:
        wide, top = rng.uniform(0.16, 0.34), rng.uniform(0.02, edge - 0.2)
        house = rng.choice([(176, 120, 100), (196, 184, 164), (150, 150, 156), (204, 170, 130), (132, 118, 112)])
        pen.rect(x, top, x + wide, edge + 0.01, house)
        for row in range(int((edge - top) / 0.12)):
            for column in range(int(wide / 0.075)):
                lit = (250, 220, 130) if night and rng.random() < 0.35 else (60, 70, 86)
                pen.rect(x + 0.02 + column * 0.075, top + 0.03 + row * 0.12, x + 0.06 + column * 0.075, top + 0.1 + row * 0.12, lit)
        x += wide + rng.choice([0.0, 0.02])
    pen.rect(-0.1, edge, 1.1, 1.1, (150, 148, 144), gradient=((0, edge), (0, 1), (110, 110, 112)))
    if rng.random() < 0.6:
        pen.rect(-0.1, edge + 0.12, 1.1, 1.1, (84, 86, 90))
        for n in range(6):
            pen.rect(n / 5 - 0.1, edge + 0.22, n / 5, edge + 0.24, (224, 222, 210))


def _window(pen, facts, rng):
    left, top, right, bottom = facts["window"]
    frame = rng.choice([(246, 246, 244), WOOD, (110, 112, 118)])
    pen.rect(left - 0.015, top - 0.015, right + 0.015, bottom + 0.015, frame)
    if facts["time"] == "night":
        pen.rect(left, top, right, bottom, (20, 26, 54), gradient=((0, top), (0, bottom), (44, 50, 86)))
        for _ in range(5):
            x, y = rng.uniform(left, right - 0.01), rng.uniform(top, bottom - 0.01)
            pen.oval(x, y, x + 0.007, y + 0.009, (246, 244, 214))
    else:
        sky = rng.choice([(150, 200, 240), (186, 218, 242), (214, 228, 236)])
        pen.rect(left, top, right, bottom, sky, gradient=((0, top), (0, bottom), (236, 244, 250)))
        if rng.random() < 0.6:
            pen.rect(left, bottom - 0.07, right, bottom, (110, 160, 90))
    middle = (left + right) / 2
    pen.rect(middle - 0.006, top, middle + 0.006, bottom, frame)
    if rng.random() < 0.6:
        pen.rect(left, (top + bottom) / 2 - 0.006, right, (top + bottom) / 2 + 0.006, frame)


def _table(pen, box, rng):
    left, top, right, bottom = box
    colour = rng.choice([WOOD, (112, 78, 50), (222, 214, 200), (84, 86, 92), (186, 150, 104)])
    for x in (left + 0.03, right - 0.05):
        pen.rect(x, top + 0.08, x + 0.025, bottom + 0.05, shade(colour, 0.62))
    pen.poly([(left + 0.03, top - 0.02), (right - 0.03, top - 0.02), (right, top + 0.08), (left, top + 0.08)], colour)
    pen.rect(left, top + 0.08, right, top + 0.115, shade(colour, 0.7))
