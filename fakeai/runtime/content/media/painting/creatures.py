"""Creatures: animals, people, robots and what is only told of. Each stands on a point, or flies around it.

*size* is the height, in units of the canvas.
"""

import math

from .canvas import Canvas, Colour, darker, lighter

EYE: Colour = (30, 28, 34)


def cat(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, light = size, lighter(colour, 0.45)
    canvas.line([(x + 0.2 * s, y - 0.1 * s), (x + 0.42 * s, y - 0.18 * s), (x + 0.4 * s, y - 0.42 * s),
                 (x + 0.48 * s, y - 0.52 * s)], darker(colour, 0.1), 0.07 * s)  # fmt: skip
    canvas.oval(x, y - 0.28 * s, 0.24 * s, 0.29 * s, colour)
    canvas.oval(x, y - 0.22 * s, 0.13 * s, 0.2 * s, light)
    for side in (-1, 1):
        canvas.oval(x + side * 0.12 * s, y - 0.03 * s, 0.085 * s, 0.045 * s, lighter(colour, 0.15))
        tip = (x + side * 0.2 * s, y - 0.98 * s)
        canvas.polygon([(x + side * 0.04 * s, y - 0.84 * s), tip, (x + side * 0.23 * s, y - 0.68 * s)], colour)
        canvas.polygon([(x + side * 0.09 * s, y - 0.82 * s), (x + side * 0.18 * s, y - 0.91 * s),
                        (x + side * 0.2 * s, y - 0.74 * s)], (236, 170, 170))  # fmt: skip
    canvas.oval(x, y - 0.67 * s, 0.235 * s, 0.2 * s, colour)
    canvas.oval(x, y - 0.6 * s, 0.12 * s, 0.085 * s, light)
    for side in (-1, 1):
        canvas.oval(x + side * 0.095 * s, y - 0.7 * s, 0.048 * s, 0.055 * s, (206, 224, 120))
        canvas.oval(x + side * 0.095 * s, y - 0.7 * s, 0.018 * s, 0.048 * s, EYE)
        for tilt in (-0.02, 0.02):
            canvas.line([(x + side * 0.08 * s, y - 0.6 * s), (x + side * 0.3 * s, y + (-0.61 + tilt * 2) * s)],
                        lighter(colour, 0.6), 0.008 * s)  # fmt: skip
    canvas.polygon([(x - 0.03 * s, y - 0.635 * s), (x + 0.03 * s, y - 0.635 * s), (x, y - 0.6 * s)], (220, 120, 130))


def dog(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, dark = size, darker(colour, 0.25)
    canvas.line([(x - 0.24 * s, y - 0.3 * s), (x - 0.4 * s, y - 0.5 * s)], colour, 0.07 * s)
    canvas.oval(x - 0.02 * s, y - 0.28 * s, 0.25 * s, 0.29 * s, colour)
    canvas.oval(x + 0.03 * s, y - 0.24 * s, 0.13 * s, 0.2 * s, lighter(colour, 0.5))
    for side in (-1, 1):
        canvas.box(x + (side * 0.13 - 0.06) * s, y - 0.26 * s, x + (side * 0.13 + 0.06) * s, y, colour, 0.05 * s)
    canvas.oval(x, y - 0.7 * s, 0.23 * s, 0.22 * s, colour)
    for side in (-1, 1):
        canvas.oval(x + side * 0.25 * s, y - 0.66 * s, 0.075 * s, 0.17 * s, dark)
        canvas.disc(x + side * 0.09 * s, y - 0.74 * s, 0.032 * s, EYE)
        canvas.disc(x + side * 0.09 * s + 0.01 * s, y - 0.75 * s, 0.01 * s, (250, 250, 250))
    canvas.oval(x, y - 0.6 * s, 0.125 * s, 0.1 * s, lighter(colour, 0.5))
    canvas.oval(x, y - 0.645 * s, 0.05 * s, 0.035 * s, EYE)
    canvas.oval(x, y - 0.53 * s, 0.035 * s, 0.05 * s, (226, 110, 120))


def fox(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, white = size, (248, 242, 234)
    canvas.oval(x + 0.34 * s, y - 0.18 * s, 0.24 * s, 0.12 * s, colour)
    canvas.oval(x + 0.5 * s, y - 0.2 * s, 0.09 * s, 0.075 * s, white)
    canvas.polygon([(x - 0.2 * s, y), (x - 0.13 * s, y - 0.56 * s), (x + 0.13 * s, y - 0.56 * s), (x + 0.26 * s, y)],
                   colour)  # fmt: skip
    canvas.polygon([(x - 0.09 * s, y - 0.04 * s), (x, y - 0.56 * s), (x + 0.1 * s, y - 0.04 * s)], white)
    for side in (-1, 1):
        canvas.box(x + (side * 0.11 - 0.055) * s, y - 0.12 * s, x + (side * 0.11 + 0.055) * s, y, darker(colour, 0.45),
                   0.04 * s)  # fmt: skip
        canvas.polygon([(x + side * 0.04 * s, y - 0.82 * s), (x + side * 0.21 * s, y - 1.0 * s),
                        (x + side * 0.25 * s, y - 0.68 * s)], darker(colour, 0.3))  # fmt: skip
    canvas.polygon([(x - 0.27 * s, y - 0.7 * s), (x - 0.12 * s, y - 0.86 * s), (x + 0.12 * s, y - 0.86 * s),
                    (x + 0.27 * s, y - 0.7 * s), (x, y - 0.44 * s)], colour)  # fmt: skip
    for side in (-1, 1):
        canvas.polygon([(x + side * 0.27 * s, y - 0.7 * s), (x + side * 0.09 * s, y - 0.66 * s), (x, y - 0.44 * s)],
                       white)  # fmt: skip
        canvas.oval(x + side * 0.105 * s, y - 0.715 * s, 0.028 * s, 0.034 * s, EYE)
    canvas.disc(x, y - 0.455 * s, 0.034 * s, EYE)


def rabbit(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    for side in (-1, 1):
        canvas.oval(x + side * 0.09 * s, y - 0.8 * s, 0.055 * s, 0.2 * s, colour)
        canvas.oval(x + side * 0.09 * s, y - 0.78 * s, 0.028 * s, 0.15 * s, (240, 184, 188))
    canvas.oval(x, y - 0.22 * s, 0.22 * s, 0.23 * s, colour)
    canvas.oval(x, y - 0.19 * s, 0.12 * s, 0.16 * s, lighter(colour, 0.5))
    canvas.oval(x, y - 0.53 * s, 0.18 * s, 0.16 * s, colour)
    for side in (-1, 1):
        canvas.disc(x + side * 0.08 * s, y - 0.56 * s, 0.026 * s, EYE)
        canvas.oval(x + side * 0.12 * s, y - 0.03 * s, 0.085 * s, 0.04 * s, lighter(colour, 0.2))
    canvas.disc(x, y - 0.5 * s, 0.022 * s, (226, 120, 130))


def bear(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, light = size, lighter(colour, 0.35)
    canvas.oval(x, y - 0.3 * s, 0.3 * s, 0.31 * s, colour)
    canvas.oval(x, y - 0.26 * s, 0.18 * s, 0.21 * s, light)
    for side in (-1, 1):
        canvas.disc(x + side * 0.18 * s, y - 0.91 * s, 0.085 * s, colour)
        canvas.disc(x + side * 0.18 * s, y - 0.91 * s, 0.045 * s, light)
        canvas.oval(x + side * 0.27 * s, y - 0.4 * s, 0.09 * s, 0.16 * s, darker(colour, 0.1))
        canvas.oval(x + side * 0.17 * s, y - 0.04 * s, 0.13 * s, 0.065 * s, darker(colour, 0.1))
    canvas.disc(x, y - 0.75 * s, 0.235 * s, colour)
    canvas.oval(x, y - 0.68 * s, 0.11 * s, 0.09 * s, light)
    canvas.oval(x, y - 0.71 * s, 0.042 * s, 0.03 * s, EYE)
    for side in (-1, 1):
        canvas.disc(x + side * 0.09 * s, y - 0.8 * s, 0.028 * s, EYE)


def panda(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    bear(canvas, x, y, size, (40, 40, 46))
    canvas.disc(x, y - 0.75 * size, 0.235 * size, (248, 248, 246))
    for side in (-1, 1):
        canvas.oval(x + side * 0.1 * size, y - 0.78 * size, 0.062 * size, 0.075 * size, (40, 40, 46))
        canvas.disc(x + side * 0.095 * size, y - 0.79 * size, 0.024 * size, (250, 250, 250))
    canvas.oval(x, y - 0.69 * size, 0.045 * size, 0.032 * size, EYE)
    canvas.oval(x, y - 0.26 * size, 0.19 * size, 0.21 * size, (248, 248, 246))


def horse(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, dark = size, darker(colour, 0.35)
    canvas.line(
        [(x - 0.34 * s, y - 0.56 * s), (x - 0.47 * s, y - 0.4 * s), (x - 0.44 * s, y - 0.18 * s)], dark, 0.07 * s
    )
    for dx, shade in ((-0.25, 0.2), (0.2, 0.2), (-0.33, 0.0), (0.27, 0.0)):
        leg = darker(colour, shade)
        canvas.polygon([(x + (dx - 0.05) * s, y - 0.42 * s), (x + (dx + 0.05) * s, y - 0.42 * s),
                        (x + (dx + 0.03) * s, y), (x + (dx - 0.03) * s, y)], leg)  # fmt: skip
        canvas.box(x + (dx - 0.035) * s, y - 0.04 * s, x + (dx + 0.035) * s, y, EYE)
    canvas.oval(x - 0.02 * s, y - 0.5 * s, 0.38 * s, 0.18 * s, colour)
    canvas.polygon([(x + 0.16 * s, y - 0.58 * s), (x + 0.34 * s, y - 0.92 * s), (x + 0.46 * s, y - 0.84 * s),
                    (x + 0.37 * s, y - 0.45 * s)], colour)  # fmt: skip
    canvas.polygon([(x + 0.33 * s, y - 0.95 * s), (x + 0.45 * s, y - 0.93 * s), (x + 0.62 * s, y - 0.74 * s),
                    (x + 0.56 * s, y - 0.67 * s), (x + 0.38 * s, y - 0.78 * s)], colour)  # fmt: skip
    canvas.polygon([(x + 0.35 * s, y - 0.93 * s), (x + 0.38 * s, y - 1.03 * s), (x + 0.43 * s, y - 0.92 * s)], colour)
    canvas.line(
        [(x + 0.34 * s, y - 0.96 * s), (x + 0.24 * s, y - 0.78 * s), (x + 0.14 * s, y - 0.6 * s)], dark, 0.07 * s
    )
    canvas.disc(x + 0.45 * s, y - 0.85 * s, 0.018 * s, EYE)


def elephant(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, dark = size, darker(colour, 0.15)
    for dx in (-0.3, -0.1, 0.08, 0.24):
        canvas.box(x + (dx - 0.07) * s, y - 0.4 * s, x + (dx + 0.07) * s, y, dark if dx in (-0.1, 0.24) else colour,
                   0.03 * s)  # fmt: skip
    canvas.oval(x - 0.05 * s, y - 0.55 * s, 0.42 * s, 0.3 * s, colour)
    canvas.line([(x + 0.5 * s, y - 0.66 * s), (x + 0.6 * s, y - 0.4 * s), (x + 0.56 * s, y - 0.14 * s),
                 (x + 0.64 * s, y - 0.06 * s)], colour, 0.09 * s)  # fmt: skip
    canvas.disc(x + 0.38 * s, y - 0.72 * s, 0.21 * s, colour)
    canvas.oval(x + 0.24 * s, y - 0.7 * s, 0.15 * s, 0.2 * s, dark)
    canvas.disc(x + 0.46 * s, y - 0.76 * s, 0.02 * s, EYE)
    canvas.polygon([(x + 0.42 * s, y - 0.6 * s), (x + 0.5 * s, y - 0.58 * s), (x + 0.58 * s, y - 0.46 * s)],
                   (250, 246, 232))  # fmt: skip


def cow(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    for dx in (-0.3, -0.18, 0.14, 0.26):
        canvas.box(x + (dx - 0.045) * s, y - 0.36 * s, x + (dx + 0.045) * s, y, darker(colour, 0.12))
    canvas.box(x - 0.4 * s, y - 0.72 * s, x + 0.34 * s, y - 0.26 * s, colour, 0.14 * s)
    for dx, dy, radius in ((-0.24, -0.55, 0.1), (0.02, -0.4, 0.08), (0.16, -0.6, 0.07)):
        canvas.oval(x + dx * s, y + dy * s, radius * s, radius * 0.8 * s, (52, 44, 42))
    canvas.oval(x + 0.43 * s, y - 0.74 * s, 0.15 * s, 0.17 * s, colour)
    canvas.oval(x + 0.47 * s, y - 0.64 * s, 0.11 * s, 0.08 * s, (238, 178, 172))
    for side in (-1, 1):
        canvas.oval(x + (0.42 + side * 0.18) * s, y - 0.84 * s, 0.07 * s, 0.035 * s, darker(colour, 0.3))
        canvas.disc(x + (0.43 + side * 0.06) * s, y - 0.79 * s, 0.02 * s, EYE)


def bird(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.polygon([(x - 0.3 * s, y), (x - 0.62 * s, y - 0.14 * s), (x - 0.58 * s, y + 0.1 * s)], darker(colour, 0.2))
    canvas.oval(x, y, 0.36 * s, 0.2 * s, colour)
    canvas.oval(x + 0.04 * s, y + 0.07 * s, 0.25 * s, 0.12 * s, lighter(colour, 0.5))
    canvas.disc(x + 0.34 * s, y - 0.14 * s, 0.15 * s, colour)
    canvas.polygon([(x + 0.46 * s, y - 0.18 * s), (x + 0.64 * s, y - 0.12 * s), (x + 0.46 * s, y - 0.07 * s)],
                   (240, 170, 60))  # fmt: skip
    canvas.disc(x + 0.38 * s, y - 0.17 * s, 0.026 * s, EYE)
    canvas.polygon([(x - 0.16 * s, y - 0.04 * s), (x + 0.16 * s, y - 0.04 * s), (x - 0.14 * s, y - 0.55 * s)],
                   darker(colour, 0.15))  # fmt: skip


def owl(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.oval(x, y - 0.4 * s, 0.3 * s, 0.4 * s, colour)
    canvas.oval(x, y - 0.3 * s, 0.19 * s, 0.26 * s, lighter(colour, 0.45))
    for side in (-1, 1):
        canvas.polygon([(x + side * 0.08 * s, y - 0.76 * s), (x + side * 0.26 * s, y - 0.94 * s),
                        (x + side * 0.26 * s, y - 0.62 * s)], darker(colour, 0.2))  # fmt: skip
        canvas.oval(x + side * 0.28 * s, y - 0.36 * s, 0.08 * s, 0.26 * s, darker(colour, 0.2))
        canvas.disc(x + side * 0.12 * s, y - 0.6 * s, 0.12 * s, (250, 244, 226))
        canvas.disc(x + side * 0.12 * s, y - 0.6 * s, 0.07 * s, (240, 180, 50))
        canvas.disc(x + side * 0.12 * s, y - 0.6 * s, 0.04 * s, EYE)
    canvas.polygon([(x - 0.04 * s, y - 0.56 * s), (x + 0.04 * s, y - 0.56 * s), (x, y - 0.45 * s)], (226, 150, 60))


def penguin(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    for side in (-1, 1):
        canvas.oval(x + side * 0.12 * s, y - 0.03 * s, 0.11 * s, 0.04 * s, (240, 160, 60))
        canvas.oval(x + side * 0.28 * s, y - 0.42 * s, 0.07 * s, 0.24 * s, darker(colour, 0.1))
    canvas.oval(x, y - 0.46 * s, 0.27 * s, 0.45 * s, colour)
    canvas.oval(x, y - 0.38 * s, 0.18 * s, 0.35 * s, (250, 250, 248))
    canvas.disc(x, y - 0.8 * s, 0.19 * s, colour)
    for side in (-1, 1):
        canvas.disc(x + side * 0.07 * s, y - 0.83 * s, 0.045 * s, (250, 250, 250))
        canvas.disc(x + side * 0.065 * s, y - 0.83 * s, 0.022 * s, EYE)
    canvas.polygon([(x - 0.06 * s, y - 0.78 * s), (x + 0.06 * s, y - 0.78 * s), (x, y - 0.7 * s)], (240, 160, 60))


def fish(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.polygon([(x - 0.34 * s, y), (x - 0.66 * s, y - 0.26 * s), (x - 0.58 * s, y), (x - 0.66 * s, y + 0.26 * s)],
                   darker(colour, 0.15))  # fmt: skip
    canvas.polygon([(x - 0.1 * s, y - 0.2 * s), (x + 0.1 * s, y - 0.46 * s), (x + 0.2 * s, y - 0.18 * s)],
                   darker(colour, 0.15))  # fmt: skip
    canvas.oval(x, y, 0.45 * s, 0.27 * s, colour)
    for dx in (-0.14, 0.02):
        canvas.arc(x + dx * s, y, 0.2 * s, -50, 50, lighter(colour, 0.5), 0.035 * s)
    canvas.disc(x + 0.28 * s, y - 0.06 * s, 0.055 * s, (250, 250, 250))
    canvas.disc(x + 0.29 * s, y - 0.06 * s, 0.028 * s, EYE)


def whale(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.polygon([(x - 0.5 * s, y - 0.06 * s), (x - 0.86 * s, y - 0.34 * s), (x - 0.72 * s, y - 0.06 * s),
                    (x - 0.9 * s, y + 0.08 * s)], colour)  # fmt: skip
    canvas.oval(x, y, 0.6 * s, 0.3 * s, colour)
    canvas.oval(x + 0.1 * s, y + 0.14 * s, 0.42 * s, 0.14 * s, lighter(colour, 0.6))
    canvas.disc(x + 0.38 * s, y - 0.05 * s, 0.03 * s, EYE)
    for dx in (-0.12, 0.0, 0.12):
        canvas.line([(x + 0.2 * s, y - 0.28 * s), (x + (0.2 + dx) * s, y - 0.55 * s)], (206, 234, 248), 0.03 * s)


def butterfly(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    for side in (-1, 1):
        canvas.oval(x + side * 0.24 * s, y - 0.16 * s, 0.24 * s, 0.22 * s, colour)
        canvas.oval(x + side * 0.19 * s, y + 0.16 * s, 0.17 * s, 0.17 * s, darker(colour, 0.15))
        canvas.disc(x + side * 0.28 * s, y - 0.17 * s, 0.09 * s, lighter(colour, 0.5))
        canvas.line([(x, y - 0.25 * s), (x + side * 0.12 * s, y - 0.46 * s)], EYE, 0.018 * s)
    canvas.oval(x, y, 0.04 * s, 0.28 * s, EYE)


def person(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, skin, trousers = size, (226, 180, 146), (58, 66, 92)
    for side in (-1, 1):
        canvas.box(x + (side * 0.065 - 0.05) * s, y - 0.42 * s, x + (side * 0.065 + 0.05) * s, y - 0.02 * s, trousers)
        canvas.oval(x + (side * 0.075) * s, y - 0.015 * s, 0.075 * s, 0.028 * s, (44, 38, 38))
        canvas.line(
            [(x + side * 0.13 * s, y - 0.7 * s), (x + side * 0.22 * s, y - 0.42 * s)], darker(colour, 0.1), 0.07 * s
        )
        canvas.disc(x + side * 0.22 * s, y - 0.4 * s, 0.036 * s, skin)
    canvas.box(x - 0.14 * s, y - 0.76 * s, x + 0.14 * s, y - 0.38 * s, colour, 0.05 * s)
    canvas.box(x - 0.04 * s, y - 0.82 * s, x + 0.04 * s, y - 0.74 * s, skin)
    canvas.disc(x, y - 0.91 * s, 0.105 * s, (72, 50, 40))
    canvas.oval(x, y - 0.885 * s, 0.085 * s, 0.09 * s, skin)
    for side in (-1, 1):
        canvas.disc(x + side * 0.033 * s, y - 0.89 * s, 0.011 * s, EYE)


def astronaut(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, suit, shade = size, (240, 242, 246), (200, 206, 216)
    canvas.box(x - 0.2 * s, y - 0.74 * s, x + 0.2 * s, y - 0.36 * s, shade, 0.05 * s)
    for side in (-1, 1):
        canvas.box(x + (side * 0.1 - 0.075) * s, y - 0.36 * s, x + (side * 0.1 + 0.075) * s, y, suit, 0.05 * s)
        canvas.line([(x + side * 0.14 * s, y - 0.64 * s), (x + side * 0.32 * s, y - 0.46 * s)], suit, 0.12 * s)
        canvas.disc(x + side * 0.33 * s, y - 0.44 * s, 0.06 * s, colour)
    canvas.box(x - 0.16 * s, y - 0.72 * s, x + 0.16 * s, y - 0.3 * s, suit, 0.06 * s)
    canvas.box(x - 0.08 * s, y - 0.6 * s, x + 0.08 * s, y - 0.48 * s, colour, 0.02 * s)
    canvas.disc(x, y - 0.84 * s, 0.17 * s, suit)
    canvas.oval(x, y - 0.83 * s, 0.13 * s, 0.105 * s, (40, 60, 100))
    canvas.oval(x - 0.04 * s, y - 0.87 * s, 0.04 * s, 0.028 * s, (150, 180, 226))


def robot(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, dark, light = size, darker(colour, 0.3), lighter(colour, 0.4)
    for side in (-1, 1):
        canvas.box(x + (side * 0.11 - 0.05) * s, y - 0.24 * s, x + (side * 0.11 + 0.05) * s, y - 0.03 * s, dark)
        canvas.box(x + (side * 0.11 - 0.08) * s, y - 0.05 * s, x + (side * 0.11 + 0.08) * s, y, dark, 0.02 * s)
        canvas.line([(x + side * 0.22 * s, y - 0.54 * s), (x + side * 0.33 * s, y - 0.36 * s)], dark, 0.06 * s)
        canvas.disc(x + side * 0.34 * s, y - 0.33 * s, 0.055 * s, light)
    canvas.box(x - 0.22 * s, y - 0.6 * s, x + 0.22 * s, y - 0.2 * s, colour, 0.05 * s)
    canvas.box(x - 0.13 * s, y - 0.5 * s, x + 0.13 * s, y - 0.32 * s, light, 0.02 * s)
    for number, lamp in enumerate(((230, 90, 80), (246, 210, 90), (100, 200, 120))):
        canvas.disc(x + (-0.07 + 0.07 * number) * s, y - 0.41 * s, 0.022 * s, lamp)
    canvas.line([(x, y - 0.9 * s), (x, y - 0.99 * s)], dark, 0.022 * s)
    canvas.disc(x, y - 1.0 * s, 0.035 * s, (236, 96, 86))
    canvas.box(x - 0.19 * s, y - 0.92 * s, x + 0.19 * s, y - 0.63 * s, colour, 0.06 * s)
    for side in (-1, 1):
        canvas.disc(x + side * 0.085 * s, y - 0.79 * s, 0.055 * s, (244, 250, 252))
        canvas.disc(x + side * 0.085 * s, y - 0.79 * s, 0.028 * s, (30, 120, 190))
    canvas.box(x - 0.08 * s, y - 0.71 * s, x + 0.08 * s, y - 0.685 * s, dark)


def dragon(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, dark, belly = size, darker(colour, 0.25), (238, 214, 150)
    for side in (-1, 1):
        edge = ((0.1, -0.56), (0.68, -0.92), (0.6, -0.6), (0.46, -0.66), (0.38, -0.44), (0.25, -0.52))
        canvas.polygon([(x + side * dx * s, y + dy * s) for dx, dy in edge], dark)
    canvas.line(
        [(x + 0.1 * s, y - 0.12 * s), (x + 0.4 * s, y - 0.06 * s), (x + 0.56 * s, y - 0.2 * s)], colour, 0.09 * s
    )
    canvas.polygon([(x + 0.52 * s, y - 0.28 * s), (x + 0.68 * s, y - 0.3 * s), (x + 0.58 * s, y - 0.14 * s)], dark)
    canvas.oval(x, y - 0.3 * s, 0.23 * s, 0.3 * s, colour)
    canvas.oval(x, y - 0.26 * s, 0.13 * s, 0.23 * s, belly)
    for side in (-1, 1):
        canvas.oval(x + side * 0.15 * s, y - 0.04 * s, 0.11 * s, 0.05 * s, dark)
        canvas.polygon([(x + side * 0.07 * s, y - 0.86 * s), (x + side * 0.17 * s, y - 1.06 * s),
                        (x + side * 0.17 * s, y - 0.8 * s)], belly)  # fmt: skip
    canvas.oval(x, y - 0.74 * s, 0.19 * s, 0.17 * s, colour)
    canvas.oval(x, y - 0.64 * s, 0.14 * s, 0.09 * s, lighter(colour, 0.2))
    for side in (-1, 1):
        canvas.oval(x + side * 0.085 * s, y - 0.79 * s, 0.04 * s, 0.045 * s, (250, 230, 110))
        canvas.oval(x + side * 0.085 * s, y - 0.79 * s, 0.014 * s, 0.04 * s, EYE)
        canvas.disc(x + side * 0.04 * s, y - 0.64 * s, 0.014 * s, dark)


def unicorn(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    horse(canvas, x, y, size, colour)
    s = size
    canvas.polygon([(x + 0.43 * s, y - 0.93 * s), (x + 0.48 * s, y - 0.9 * s), (x + 0.6 * s, y - 1.16 * s)],
                   (244, 206, 96))  # fmt: skip
    for number, hair in enumerate(((240, 130, 170), (150, 130, 230), (110, 200, 220))):
        canvas.line([(x + (0.33 - 0.03 * number) * s, y - 0.98 * s), (x + (0.22 - 0.04 * number) * s, y - 0.78 * s),
                     (x + (0.14 - 0.05 * number) * s, y - 0.58 * s)], hair, 0.035 * s)  # fmt: skip


def snowman(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, white = size, (250, 251, 253)
    for dy, radius in ((-0.2, 0.23), (-0.52, 0.17), (-0.77, 0.125)):
        canvas.disc(x, y + dy * s, radius * s, (214, 224, 236))
        canvas.disc(x - 0.012 * s, y + (dy - 0.01) * s, radius * 0.95 * s, white)
    canvas.box(x - 0.15 * s, y - 0.9 * s, x + 0.15 * s, y - 0.865 * s, EYE)
    canvas.box(x - 0.09 * s, y - 1.03 * s, x + 0.09 * s, y - 0.87 * s, EYE)
    canvas.box(x - 0.13 * s, y - 0.68 * s, x + 0.13 * s, y - 0.63 * s, colour, 0.02 * s)
    for side in (-1, 1):
        canvas.disc(x + side * 0.045 * s, y - 0.8 * s, 0.016 * s, EYE)
        canvas.line([(x + side * 0.15 * s, y - 0.54 * s), (x + side * 0.36 * s, y - 0.7 * s)], (110, 78, 52), 0.018 * s)
    canvas.polygon([(x, y - 0.78 * s), (x, y - 0.745 * s), (x + 0.13 * s, y - 0.75 * s)], (240, 140, 50))


def bee(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    for side in (-1, 1):
        canvas.oval(x + side * 0.12 * s, y - 0.26 * s, 0.12 * s, 0.2 * s, (226, 238, 248), 210)
    canvas.oval(x, y, 0.34 * s, 0.22 * s, (246, 200, 66))
    for dx in (-0.12, 0.02, 0.16):
        half = 0.22 * math.sqrt(max(0.0, 1 - (dx / 0.34) ** 2))
        canvas.box(x + (dx - 0.035) * s, y - half * s, x + (dx + 0.035) * s, y + half * s, EYE)
    canvas.disc(x + 0.3 * s, y - 0.05 * s, 0.1 * s, EYE)
