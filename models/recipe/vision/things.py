"""How each kind of thing looks: a function per kind that fills its box with a pen, in its colour, in some variety."""

import math

from .pen import mixed, shade

BLACK, WHITE, WOOD = (25, 25, 28), (245, 245, 242), (150, 104, 62)
_SKIN = ((246, 214, 188), (228, 184, 148), (196, 142, 104), (142, 94, 62), (92, 60, 42))
_HAIR = ((34, 26, 22), (86, 56, 34), (196, 160, 92), (150, 150, 150), (150, 70, 30))
_TROUSERS = ((40, 44, 60), (70, 70, 74), (92, 84, 70), (30, 30, 32), (60, 72, 104))


def cup(pen, rgb):
    """A mug or a glass-like cup with a handle."""
    rng, narrow = pen.rng, pen.rng.uniform(0.0, 0.1)
    right = rng.uniform(0.7, 0.78)
    if rng.random() < 0.85:
        pen.ring(right - 0.14, 0.28, 0.97, rng.uniform(0.62, 0.76), shade(rgb, 0.85), 0.09)
    else:
        right = 1.0
    pen.curve((0.0, 0.1), [((0.0, 0.5), (narrow, 0.93)), ((right / 2, 1.06), (right - narrow, 0.93)), ((right, 0.5), (right, 0.1))], rgb, gradient=((0, 0.5), (right, 0.5), shade(rgb, 0.66)))
    pen.oval(0.0, 0.0, right, 0.2, shade(rgb, 1.35))
    pen.oval(0.05, 0.03, right - 0.05, 0.18, rng.choice([shade(rgb, 0.5), (70, 44, 26), (120, 80, 40), (225, 225, 220)]))


def bottle(pen, rgb):
    """A bottle with neck, cap and often a label."""
    rng, neck = pen.rng, pen.rng.uniform(0.3, 0.38)
    shoulder = rng.uniform(0.3, 0.42)
    outline = [((neck, shoulder * 0.8), (0.0, shoulder + 0.06)), ((0.0, 0.7), (0.0, 0.95)), ((0.03, 1.0), (0.5, 1.0)), ((0.97, 1.0), (1.0, 0.95)), ((1.0, 0.7), (1.0, shoulder + 0.06)), ((1 - neck, shoulder * 0.8), (1 - neck, 0.06))]
    pen.curve((neck, 0.06), outline, shade(rgb, 1.1), gradient=((0, 0.5), (1, 0.5), shade(rgb, 0.66)))
    pen.rect(neck - 0.06, 0.0, 1.06 - neck, 0.1, rng.choice([shade(rgb, 0.6), BLACK, WHITE, (190, 160, 60)]), round=0.02)
    if rng.random() < 0.6:
        top = rng.uniform(0.5, 0.6)
        pen.rect(0.04, top, 0.96, top + rng.uniform(0.16, 0.24), rng.choice([WHITE, mixed(WHITE, rgb, 0.3), (230, 220, 190)]))
    pen.rect(0.1, shoulder + 0.08, 0.2, 0.9, WHITE, round=0.04, alpha=0.28)


def book(pen, rgb):
    """A closed book from the front, or standing with a thick block of pages."""
    rng, spine = pen.rng, pen.rng.uniform(0.12, 0.2)
    pen.rect(0.02, 0.02, 1.0, 1.0, (236, 230, 214), round=0.02)
    pen.rect(0.0, 0.0, 0.95, 0.965, rgb, round=0.03, gradient=((0, 0), (1, 1), shade(rgb, 0.8)))
    pen.rect(0.0, 0.0, spine, 0.965, shade(rgb, 0.6), round=0.02)
    light = mixed(rgb, WHITE, 0.75) if sum(rgb) < 480 else shade(rgb, 0.35)
    for n in range(rng.randrange(1, 4)):
        pen.rect(spine + 0.14, 0.16 + n * 0.12, 0.95 - rng.uniform(0.12, 0.3), 0.21 + n * 0.12, light)
    if rng.random() < 0.5:
        pen.oval(spine + 0.2, 0.58, 0.85, 0.86, light, alpha=0.8)


def ball(pen, rgb):
    """A shaded ball: plain, striped or patched."""
    rng = pen.rng
    pen.oval(0, 0, 1, 1, shade(rgb, 1.25), gradient=((0.2, 0.1), (0.85, 0.95), shade(rgb, 0.6)))
    style = rng.randrange(4)
    mark = mixed(rgb, WHITE, 0.7) if sum(rgb) < 560 else shade(rgb, 0.55)
    if style == 1:
        pen.bow((0.04, 0.42), (0.5, rng.uniform(0.5, 0.72)), (0.96, 0.42), mark, 0.07)
    if style == 2:
        pen.bow((0.28, 0.06), (rng.uniform(0.3, 0.6), 0.5), (0.28, 0.94), mark, 0.05)
        pen.bow((0.72, 0.06), (rng.uniform(0.4, 0.7), 0.5), (0.72, 0.94), mark, 0.05)
    pen.oval(0.2, 0.12, 0.42, 0.3, WHITE, alpha=0.45)


def box(pen, rgb):
    """A box with front, top and side."""
    rng, deep = pen.rng, pen.rng.uniform(0.14, 0.26)
    top = rng.uniform(0.16, 0.3)
    pen.poly([(0, top), (deep, 0), (1, 0), (1 - deep, top)], shade(rgb, 1.4))
    pen.poly([(1 - deep, top), (1, 0), (1, 1 - top), (1 - deep, 1)], shade(rgb, 0.6))
    pen.rect(0, top, 1 - deep, 1, rgb, gradient=((0, top), (0, 1), shade(rgb, 0.86)))
    if rng.random() < 0.6:
        pen.rect(0, top, 1 - deep, top + rng.uniform(0.12, 0.2), shade(rgb, 0.76))


def package(pen, rgb):
    """A parcel: cardboard with tape and a white label."""
    rng, deep = pen.rng, pen.rng.uniform(0.0, 0.16)
    card = mixed((190, 146, 94), rgb, rng.uniform(0.0, 0.35))
    top = 0.2 if deep else 0.0
    if deep:
        pen.poly([(0, top), (deep, 0), (1, 0), (1 - deep, top)], shade(card, 1.25))
        pen.poly([(1 - deep, top), (1, 0), (1, 1 - top), (1 - deep, 1)], shade(card, 0.66))
    pen.rect(0, top, 1 - deep, 1, card)
    middle, tape = (1 - deep) / 2, rng.choice([(226, 208, 160), (150, 112, 64), (236, 232, 222)])
    pen.rect(middle - 0.06, top, middle + 0.06, 1, tape)
    if deep:
        pen.poly([(middle - 0.06, top), (middle + deep - 0.06, 0), (middle + deep + 0.06, 0), (middle + 0.06, top)], tape)
    left = rng.choice([0.05, middle + 0.1])
    pen.rect(left, 0.45, left + 0.3, 0.45 + rng.uniform(0.22, 0.36), WHITE)
    pen.line([(left + 0.04, 0.54), (left + 0.24, 0.54)], BLACK, 0.03)
    pen.line([(left + 0.04, 0.62), (left + 0.2, 0.62)], BLACK, 0.03)


def chair(pen, rgb):
    """A chair half from the side: back, seat, four legs."""
    rng, seat = pen.rng, pen.rng.uniform(0.5, 0.58)
    dark = shade(rgb, 0.62)
    legs = rng.choice([dark, WOOD, BLACK, rgb])
    for x, foot in ((0.06, 1.0), (0.9, 1.0), (0.24, 0.9), (0.76, 0.9)):
        pen.line([(x, seat), (x, foot - 0.02)], legs, 0.09)
    if rng.random() < 0.5:
        pen.rect(0.02, 0.0, 0.22, seat + 0.04, rgb, round=0.04, gradient=((0, 0), (0.22, 0), dark))
        pen.poly([(0.02, seat), (0.8, seat), (1.0, seat + 0.1), (0.04, seat + 0.12)], rgb)
    else:
        pen.rect(0.06, 0.0, 0.94, seat - 0.12, rgb, round=0.06)
        if rng.random() < 0.6:
            pen.rect(0.2, 0.1, 0.8, seat - 0.2, dark, round=0.03)
        pen.poly([(0.08, seat - 0.04), (0.92, seat - 0.04), (1.0, seat + 0.12), (0.0, seat + 0.12)], rgb)
    pen.rect(0.0, seat + 0.08, 1.0, seat + 0.14, dark)


def plant(pen, rgb):
    """A pot with leaves or a bush on a stem; sometimes small flowers."""
    rng = pen.rng
    green = mixed(rgb, (90, 170, 60), rng.uniform(0, 0.5))
    pot = rng.choice([(196, 110, 70), (150, 148, 144), (232, 230, 224), (88, 60, 44), (60, 62, 70)])
    if rng.random() < 0.55:
        for n in range(rng.randrange(6, 11)):
            angle = math.pi * (0.12 + 0.76 * (n + rng.random() * 0.5) / 10)
            tip = (0.5 - 0.5 * math.cos(angle) * rng.uniform(0.75, 1.0), 0.66 - 0.66 * math.sin(angle) * rng.uniform(0.8, 1.0))
            middle = ((tip[0] + 0.5) / 2, (tip[1] + 0.66) / 2)
            side = (0.09 * math.sin(angle), 0.07 * math.cos(angle))
            colour = shade(green, rng.uniform(0.7, 1.2))
            pen.curve((0.5, 0.7), [((middle[0] - side[0], middle[1] - side[1]), tip), ((middle[0] + side[0], middle[1] + side[1]), (0.5, 0.7))], colour)
    else:
        pen.line([(0.5, 0.75), (0.5, 0.4)], WOOD, 0.07)
        for _ in range(9):
            x, y, r = rng.uniform(0.18, 0.82), rng.uniform(0.14, 0.44), rng.uniform(0.12, 0.18)
            pen.oval(x - r, max(0.0, y - r * 0.8), x + r, y + r * 0.8, shade(green, rng.uniform(0.7, 1.2)))
    pen.poly([(0.22, 0.7), (0.78, 0.7), (0.7, 1.0), (0.3, 1.0)], pot, gradient=((0.2, 0.8), (0.8, 0.8), shade(pot, 0.7)))
    pen.rect(0.18, 0.67, 0.82, 0.75, shade(pot, 0.85))


def bag(pen, rgb):
    """A shopping bag or a hand bag with handles."""
    rng, top = pen.rng, pen.rng.uniform(0.28, 0.4)
    dark = shade(rgb, 0.6)
    pen.bow((0.28, top + 0.02), (0.5, -top * 0.95), (0.72, top + 0.02), dark, 0.07)
    if rng.random() < 0.5:
        pen.poly([(0.08, top), (0.92, top), (1.0, 1.0), (0.0, 1.0)], rgb, gradient=((0, 0.5), (1, 0.8), shade(rgb, 0.75)))
        pen.poly([(0.08, top), (0.92, top), (0.93, top + 0.08), (0.07, top + 0.08)], dark)
    else:
        pen.rect(0.0, top, 1.0, 1.0, rgb, round=0.14, gradient=((0, top), (0, 1), shade(rgb, 0.78)))
        pen.curve((0.0, top + 0.1), [((0.5, top + 0.62), (1.0, top + 0.1)), ((0.9, top - 0.02), (0.5, top)), ((0.1, top - 0.02), (0.0, top + 0.1))], dark)
        pen.oval(0.45, top + 0.3, 0.55, top + 0.4, (210, 190, 110))


def umbrella(pen, rgb):
    """An open umbrella with its stick."""
    rng, low = pen.rng, pen.rng.uniform(0.46, 0.54)
    pen.line([(0.5, 0.02), (0.5, 0.92)], rng.choice([BLACK, WOOD]), 0.05)
    pen.bow((0.5, 0.92), (0.56, 1.04), (0.64, 0.9), rng.choice([BLACK, WOOD]), 0.05)
    pieces = [((0.02, 0.06), (0.5, 0.05)), ((0.98, 0.06), (1.0, low))]
    pieces += [((x + 0.125, low - 0.11), (x, low)) for x in (0.75, 0.5, 0.25, 0.0)]
    pen.curve((0.0, low), pieces, rgb, gradient=((0, 0.3), (1, 0.4), shade(rgb, 0.72)))
    for x in (0.25, 0.75):
        pen.bow((0.5, 0.05), ((0.5 + x) / 2 + (x - 0.5) * 0.5, 0.16), (x, low), shade(rgb, 0.62), 0.025)


def key(pen, rgb):
    """A key lying flat: bow, shaft, two or three teeth."""
    rng = pen.rng
    pen.ring(0.05, 0.11, 0.36, 0.89, rgb, 0.22)
    pen.rect(0.38, 0.4, 1.0, 0.6, rgb)
    for n in range(rng.randrange(2, 4)):
        x = 0.97 - n * rng.uniform(0.12, 0.15)
        pen.rect(x - 0.07, 0.5, x, rng.uniform(0.78, 0.98), rgb)


def clock(pen, rgb):
    """A wall clock with a coloured rim and two hands."""
    rng = pen.rng
    pen.oval(0, 0, 1, 1, rgb, gradient=((0, 0), (1, 1), shade(rgb, 0.75)))
    pen.oval(0.17, 0.17, 0.83, 0.83, (250, 248, 240))
    for n in range(12):
        x, y = math.sin(n * math.pi / 6), math.cos(n * math.pi / 6)
        pen.line([(0.5 + 0.28 * x, 0.5 + 0.28 * y), (0.5 + 0.3 * x, 0.5 + 0.3 * y)], BLACK, 0.02)
    for length, width in ((0.16, 0.05), (0.25, 0.035)):
        angle = rng.uniform(0, 2 * math.pi)
        pen.line([(0.5, 0.5), (0.5 + length * math.sin(angle), 0.5 + length * math.cos(angle))], BLACK, width)


def lamp(pen, rgb, lit=False):
    """A floor or table lamp; its shade glows when it is lit."""
    rng, low = pen.rng, pen.rng.uniform(0.34, 0.46)
    stand, slope = rng.choice([BLACK, WOOD, (120, 120, 124), (190, 165, 90)]), rng.uniform(0.1, 0.28)
    pen.rect(0.46, low, 0.54, 0.95, stand)
    pen.oval(0.2, 0.9, 0.8, 1.0, stand)
    if rng.random() < 0.3:
        pen.oval(0.32, 0.55, 0.68, 0.94, stand)
    glowing = mixed(rgb, (255, 238, 170), 0.45) if lit else rgb
    pen.poly([(slope, 0), (1 - slope, 0), (1, low), (0, low)], glowing, gradient=None if lit else ((0, 0), (1, 0), shade(rgb, 0.72)))
    if lit:
        pen.oval(0.28, low * 0.3, 0.72, low * 1.05, (255, 252, 226), alpha=0.7)
        pen.glow(0.5, low * 0.6, rng.uniform(0.75, 1.1), (255, 220, 130), 0.62)


def person(pen, rgb):
    """Somebody standing or walking: head, hair, clothes in the colour, legs, arms."""
    rng = pen.rng
    skin, hair, trousers = rng.choice(_SKIN), rng.choice(_HAIR), rng.choice(_TROUSERS)
    wide = rng.uniform(0.2, 0.27)
    left, right = 0.5 - wide, 0.5 + wide
    head, hips = rng.uniform(0.15, 0.18), rng.uniform(0.5, 0.56)
    step = rng.choice([0.0, rng.uniform(0.05, 0.2)])
    dress = rng.random() < 0.25
    for side, x in ((-1, 0.5 - wide * 0.5), (1, 0.5 + wide * 0.5)):
        foot = x + side * step
        pen.line([(x, hips), (foot, 0.94)], skin if dress else trousers, 0.26)
        pen.oval(foot - 0.15, 0.93, foot + 0.15, 1.0, BLACK)
    _arms(pen, rng, rgb, skin, (left, right), head)
    pen.rect(left, head + 0.04, right, hips + 0.02, rgb, round=0.1, gradient=((left, 0.3), (right, 0.3), shade(rgb, 0.78)))
    if dress:
        pen.poly([(left + 0.04, hips - 0.1), (right - 0.04, hips - 0.1), (right + 0.12, hips + 0.22), (left - 0.12, hips + 0.22)], rgb)
    pen.rect(0.43, head - 0.03, 0.57, head + 0.06, skin)
    across = min(0.24, head / 2 * (pen.box[3] - pen.box[1]) / (pen.box[2] - pen.box[0]) * 0.95)
    if rng.random() < 0.35:
        pen.oval(0.5 - across * 1.25, 0.0, 0.5 + across * 1.25, head * 1.5, hair)
    pen.oval(0.5 - across, 0.01, 0.5 + across, head, skin)
    if rng.random() < 0.9:
        pen.curve((0.5 - across, head * 0.5), [((0.5 - across, -0.02), (0.5, 0.0)), ((0.5 + across, -0.02), (0.5 + across, head * 0.5)), ((0.5, head * rng.uniform(0.05, 0.35)), (0.5 - across, head * 0.5))], hair)


def _arms(pen, rng, rgb, skin, sides, head):
    for side, x in zip((-1, 1), sides):
        raised = rng.random() < 0.15
        elbow = (x + side * rng.uniform(0.06, 0.16), head + (0.1 if raised else 0.2))
        hand = (min(0.95, max(0.05, x + side * rng.uniform(0.0, 0.2))), 0.08 if raised else rng.uniform(0.46, 0.54))
        pen.line([(x - side * 0.06, head + 0.09), elbow, hand], shade(rgb, 0.86), 0.2)
        pen.oval(hand[0] - 0.08, hand[1] - 0.025, hand[0] + 0.08, hand[1] + 0.025, skin)


def dog(pen, rgb):
    """A dog from the side: long nose, hanging ear, tail up."""
    rng, dark = pen.rng, shade(rgb, 0.7)
    for x, colour in ((0.24, dark), (0.66, dark), (0.18, rgb), (0.6, rgb)):
        pen.rect(x, 0.55, x + 0.09, 1.0, colour, round=0.03)
    pen.bow((0.14, 0.46), (0.0, rng.uniform(0.1, 0.4)), (0.04, rng.uniform(0.08, 0.3)), rgb, 0.09)
    pen.rect(0.1, 0.36, 0.74, 0.7, rgb, round=0.14, gradient=((0.4, 0.3), (0.4, 0.7), dark))
    pen.poly([(0.58, 0.5), (0.62, 0.2), (0.82, 0.2), (0.76, 0.56)], rgb)
    pen.oval(0.6, 0.04, 0.86, 0.36, rgb)
    pen.rect(0.74, 0.16, 1.0, 0.33, rgb, round=0.06)
    pen.oval(0.94, 0.15, 1.0, 0.23, BLACK)
    pen.oval(0.61, 0.06, 0.71, rng.uniform(0.34, 0.42), shade(rgb, 0.52))
    pen.oval(0.765, 0.12, 0.8, 0.17, BLACK if sum(rgb) > 150 else WHITE)


def cat(pen, rgb):
    """A cat, sitting or walking: pointed ears, long tail, round head."""
    rng, dark = pen.rng, shade(rgb, 0.7)
    pen.bow((0.12, 0.75), (-0.02, 0.5), (rng.uniform(0.05, 0.16), 0.06), rgb, 0.1)
    for x, colour in ((0.24, dark), (0.66, dark), (0.16, rgb), (0.58, rgb)):
        pen.rect(x, 0.6, x + 0.09, 1.0, colour, round=0.04)
    pen.oval(0.08, 0.42, 0.76, 0.82, rgb, gradient=((0.4, 0.4), (0.4, 0.8), dark))
    pen.poly([(0.63, 0.3), (0.64, 0.02), (0.78, 0.2)], dark)
    pen.poly([(0.82, 0.2), (0.95, 0.02), (0.97, 0.3)], dark)
    pen.oval(0.6, 0.13, 1.0, 0.55, rgb)
    eye = (210, 200, 60) if sum(rgb) < 500 else (50, 110, 60)
    for x in (0.73, 0.87):
        pen.oval(x - 0.035, 0.26, x + 0.035, 0.36, eye)
        pen.oval(x - 0.012, 0.27, x + 0.012, 0.35, BLACK)
    pen.poly([(0.78, 0.4), (0.83, 0.4), (0.805, 0.44)], (220, 130, 130))


def bird(pen, rgb):
    """A small bird from the side, with a beak and thin legs."""
    rng, dark = pen.rng, shade(rgb, 0.62)
    for x in (0.42, 0.52):
        pen.line([(x, 0.75), (x + 0.02, 0.98)], (190, 130, 40), 0.05)
    pen.poly([(0.0, rng.uniform(0.34, 0.62)), (0.3, 0.45), (0.26, 0.68)], dark)
    pen.oval(0.16, 0.28, 0.78, 0.82, rgb, gradient=((0.4, 0.3), (0.5, 0.8), shade(rgb, 1.3)))
    pen.oval(0.56, 0.04, 0.88, 0.48, rgb)
    pen.poly([(0.85, 0.2), (1.0, 0.28), (0.85, 0.34)], (236, 160, 40))
    pen.curve((0.26, 0.46), [((0.5, 0.3), (0.6, 0.5)), ((0.45, 0.75), (0.26, 0.46))], dark)
    pen.oval(0.7, 0.16, 0.77, 0.25, BLACK if sum(rgb) > 150 else WHITE)


def square(pen, rgb):
    """A flat square."""
    pen.rect(0, 0, 1, 1, rgb)


def triangle(pen, rgb):
    """A flat triangle, upright or pointing down."""
    down = pen.rng.random() < 0.3
    pen.poly([(0, 0), (1, 0), (0.5, 1)] if down else [(0, 1), (1, 1), (0.5, 0)], rgb)


def star(pen, rgb):
    """A flat star with five points."""
    points = []
    for n in range(10):
        radius, angle = (0.52, n * math.pi / 5) if n % 2 == 0 else (pen.rng.uniform(0.19, 0.23), n * math.pi / 5)
        points.append((0.5 + radius * math.sin(angle), 0.52 - radius * math.cos(angle)))
    pen.poly(points, rgb)


def heart(pen, rgb):
    """A flat heart."""
    pen.curve((0.5, 1.0), [((-0.08, 0.55), (0.0, 0.26)), ((0.03, 0.0), (0.27, 0.0)), ((0.45, 0.0), (0.5, 0.22)), ((0.55, 0.0), (0.73, 0.0)), ((0.97, 0.0), (1.0, 0.26)), ((1.08, 0.55), (0.5, 1.0))], rgb)


DRAWN = {one.__name__: one for one in (cup, bottle, book, ball, box, package, chair, plant, bag, umbrella, key, clock, person, dog, cat, bird, square, triangle, star, heart)}
