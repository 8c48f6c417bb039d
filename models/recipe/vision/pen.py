"""A pen on a canvas: fills and strokes in a unit square that lies on a box of the picture."""

import skia


def shade(rgb, factor):
    """A lighter (above 1) or darker colour."""
    return tuple(max(0, min(255, value * factor if factor <= 1 else 255 - (255 - value) / factor)) for value in rgb)


def mixed(a, b, share):
    """`share` of b in a."""
    return tuple(x + (y - x) * share for x, y in zip(a, b))


def argb(rgb, alpha=1.0):
    """A colour as the canvas takes it."""
    return skia.Color(*(round(value) for value in rgb), round(alpha * 255))


class Pen:
    """Draws into a box; coordinates are shares of it, from the upper left. `rng` is the thing's own source of chance."""

    def __init__(self, canvas, box, rng, mirror=False):
        self.canvas, self.rng, self.box = canvas, rng, box
        self.matrix = skia.Matrix()
        self.matrix.setScaleTranslate(box[2] - box[0], box[3] - box[1], box[0], box[1])
        if mirror:
            self.matrix.preScale(-1, 1, 0.5, 0)
        self.unit = min(box[2] - box[0], box[3] - box[1])

    def _fill(self, shape, colour, alpha=1.0, gradient=None):
        shape.transform(self.matrix)
        paint = skia.Paint(AntiAlias=True, Color=argb(colour, alpha))
        if gradient:
            ends = [self.matrix.mapXY(*gradient[0]), self.matrix.mapXY(*gradient[1])]
            paint.setShader(skia.GradientShader.MakeLinear(points=ends, colors=[argb(colour, alpha), argb(gradient[2], alpha)]))
        self.canvas.drawPath(shape, paint)

    def poly(self, points, colour, **style):
        """A closed polygon."""
        path = skia.Path()
        path.addPoly([skia.Point(*point) for point in points], True)
        self._fill(path, colour, **style)

    def rect(self, left, top, right, bottom, colour, round=0.0, **style):
        """A rectangle, its corners rounded by shares of the box."""
        path = skia.Path()
        path.addRoundRect(skia.Rect.MakeLTRB(left, top, right, bottom), round, round)
        self._fill(path, colour, **style)

    def oval(self, left, top, right, bottom, colour, **style):
        """An ellipse in a box."""
        path = skia.Path()
        path.addOval(skia.Rect.MakeLTRB(left, top, right, bottom))
        self._fill(path, colour, **style)

    def curve(self, start, pieces, colour, **style):
        """A closed shape of quadratic pieces [(control, end), ...]."""
        path = skia.Path()
        path.moveTo(*start)
        for control, end in pieces:
            path.quadTo(*control, *end)
        path.close()
        self._fill(path, colour, **style)

    def line(self, points, colour, width, alpha=1.0):
        """A line with round ends; width in shares of the box's shorter side."""
        path = skia.Path()
        path.addPoly([skia.Point(*point) for point in points], False)
        self._stroke(path, colour, width, alpha)

    def bow(self, start, control, end, colour, width):
        """A bent line."""
        path = skia.Path()
        path.moveTo(*start)
        path.quadTo(*control, *end)
        self._stroke(path, colour, width)

    def ring(self, left, top, right, bottom, colour, width):
        """The rim of an ellipse."""
        path = skia.Path()
        path.addOval(skia.Rect.MakeLTRB(left, top, right, bottom))
        self._stroke(path, colour, width)

    def _stroke(self, path, colour, width, alpha=1.0):
        path.transform(self.matrix)
        paint = skia.Paint(AntiAlias=True, Color=argb(colour, alpha), Style=skia.Paint.kStroke_Style, StrokeWidth=max(0.8, width * self.unit))
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        self.canvas.drawPath(path, paint)

    def glow(self, x, y, radius, colour, alpha):
        """Light around a point; radius in shares of the box's height."""
        centre, reach = self.matrix.mapXY(x, y), radius * (self.box[3] - self.box[1])
        shader = skia.GradientShader.MakeRadial(center=centre, radius=reach, colors=[argb(colour, alpha), argb(colour, 0)])
        self.canvas.drawCircle(centre, reach, skia.Paint(Shader=shader, BlendMode=skia.BlendMode.kPlus, AntiAlias=True))
