"""Things: plants, buildings, vehicles and objects. Each stands on a point, or flies around it.

*size* is the height, in units of the canvas.
"""

import math

from .canvas import Canvas, Colour, darker, lighter

DARK: Colour = (44, 40, 44)
GLASS: Colour = (176, 214, 232)
WOOD: Colour = (126, 86, 54)


def tree(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.polygon([(x - 0.06 * s, y), (x - 0.035 * s, y - 0.45 * s), (x + 0.035 * s, y - 0.45 * s), (x + 0.06 * s, y)],
                   WOOD)  # fmt: skip
    for dx, dy, radius, share in (
        (-0.18, -0.5, 0.2, 0.15), (0.18, -0.52, 0.2, 0.1), (0.0, -0.58, 0.25, 0.0), (-0.09, -0.76, 0.19, -0.1),
        (0.1, -0.78, 0.17, -0.18),
    ):  # fmt: skip
        shade = darker(colour, share) if share >= 0 else lighter(colour, -share)
        canvas.disc(x + dx * s, y + dy * s, radius * s, shade)


def pine(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.box(x - 0.04 * s, y - 0.16 * s, x + 0.04 * s, y, WOOD)
    for part in range(4):
        top, half = y - s + 0.2 * s * part, (0.13 + 0.075 * part) * s
        canvas.polygon(
            [(x, top), (x - half, top + 0.3 * s), (x + half, top + 0.3 * s)], darker(colour, 0.08 * (3 - part))
        )


def christmas(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    pine(canvas, x, y, size, (44, 112, 70))
    s = size
    for number in range(12):
        level = number // 3
        dx = (-0.6 + 0.6 * (number % 3)) * (0.13 + 0.07 * level)
        lamp = ((226, 70, 66), (248, 206, 80), (90, 160, 230))[number % 3]
        canvas.disc(x + dx * s, y - s + (0.24 + 0.2 * level) * s, 0.026 * s, lamp)
    star(canvas, x, y - s, 0.2 * s, (252, 214, 90))


def palm(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    top = (x + 0.12 * s, y - 0.82 * s)
    canvas.line([(x, y), (x + 0.03 * s, y - 0.4 * s), top], WOOD, 0.07 * s)
    for turn in (200, 235, 275, 310, 345, 20):
        angle = math.radians(turn)
        tip = (top[0] + 0.44 * s * math.cos(angle), top[1] + 0.3 * s * math.sin(angle) + 0.1 * s)
        middle = (top[0] + 0.26 * s * math.cos(angle), top[1] + 0.26 * s * math.sin(angle) - 0.02 * s)
        canvas.line([top, middle, tip], colour, 0.055 * s)
    for dx in (-0.04, 0.04):
        canvas.disc(top[0] + dx * s, top[1] + 0.05 * s, 0.045 * s, (98, 66, 42))


def cactus(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.box(x - 0.09 * s, y - 0.95 * s, x + 0.09 * s, y, colour, 0.09 * s)
    for side, low, high in ((-1, 0.4, 0.72), (1, 0.5, 0.84)):
        canvas.line([(x, y - low * s), (x + side * 0.27 * s, y - low * s)], colour, 0.12 * s)
        left = x + (side * 0.27 - 0.06) * s
        canvas.box(left, y - high * s, left + 0.12 * s, y - (low - 0.06) * s, colour, 0.06 * s)
    for dx in (-0.03, 0.03):
        canvas.line([(x + dx * s, y - 0.88 * s), (x + dx * s, y - 0.04 * s)], darker(colour, 0.15), 0.012 * s)


def flower(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, green = size, (82, 148, 76)
    canvas.line([(x, y), (x + 0.02 * s, y - 0.35 * s), (x, y - 0.7 * s)], green, 0.045 * s)
    canvas.polygon([(x, y - 0.22 * s), (x + 0.22 * s, y - 0.38 * s), (x + 0.06 * s, y - 0.16 * s)], green)
    canvas.polygon([(x, y - 0.14 * s), (x - 0.22 * s, y - 0.3 * s), (x - 0.06 * s, y - 0.08 * s)], green)
    for petal in range(8):
        turn = math.tau * petal / 8
        canvas.disc(x + 0.16 * s * math.cos(turn), y - 0.76 * s + 0.16 * s * math.sin(turn), 0.1 * s,
                    colour if petal % 2 else lighter(colour, 0.15))  # fmt: skip
    canvas.disc(x, y - 0.76 * s, 0.1 * s, (246, 204, 76))


def sunflower(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    flower(canvas, x, y, size, (246, 196, 50))
    canvas.disc(x, y - 0.76 * size, 0.13 * size, (98, 62, 36))


def mushroom(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.polygon([(x - 0.14 * s, y), (x - 0.1 * s, y - 0.5 * s), (x + 0.1 * s, y - 0.5 * s), (x + 0.14 * s, y)],
                   (244, 234, 214))  # fmt: skip
    canvas.polygon([(x + 0.42 * s * math.cos(math.pi * at / 20), y - 0.45 * s - 0.45 * s * math.sin(math.pi * at / 20))
                    for at in range(21)], colour)  # fmt: skip
    for dx, dy, radius in ((-0.18, -0.6, 0.06), (0.05, -0.74, 0.07), (0.22, -0.56, 0.05)):
        canvas.disc(x + dx * s, y + dy * s, radius * s, (250, 246, 238))


def house(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.box(x + 0.2 * s, y - 0.98 * s, x + 0.3 * s, y - 0.7 * s, darker(WOOD, 0.1))
    canvas.box(x - 0.42 * s, y - 0.56 * s, x + 0.42 * s, y, colour)
    canvas.polygon([(x - 0.54 * s, y - 0.54 * s), (x, y - s), (x + 0.54 * s, y - 0.54 * s)], (166, 74, 58))
    canvas.box(x - 0.1 * s, y - 0.32 * s, x + 0.1 * s, y, WOOD, 0.01 * s)
    canvas.disc(x + 0.06 * s, y - 0.15 * s, 0.015 * s, (240, 206, 110))
    for side in (-1, 1):
        left = x + side * 0.26 * s
        canvas.box(left - 0.09 * s, y - 0.42 * s, left + 0.09 * s, y - 0.24 * s, (252, 236, 176))
        canvas.line([(left, y - 0.42 * s), (left, y - 0.24 * s)], WOOD, 0.014 * s)
        canvas.line([(left - 0.09 * s, y - 0.33 * s), (left + 0.09 * s, y - 0.33 * s)], WOOD, 0.014 * s)


def castle(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, dark = size, darker(colour, 0.18)
    canvas.box(x - 0.45 * s, y - 0.45 * s, x + 0.45 * s, y, colour)
    for step in range(6):
        left = x + (-0.45 + 0.165 * step) * s
        canvas.box(left, y - 0.52 * s, left + 0.085 * s, y - 0.44 * s, colour)
    for dx, top in ((-0.45, 0.72), (0.45, 0.72), (0.0, 0.86)):
        canvas.box(x + (dx - 0.11) * s, y - top * s, x + (dx + 0.11) * s, y, dark)
        canvas.polygon([(x + (dx - 0.14) * s, y - top * s), (x + dx * s, y - (top + 0.24) * s),
                        (x + (dx + 0.14) * s, y - top * s)], (92, 98, 152))  # fmt: skip
        canvas.box(
            x + (dx - 0.025) * s, y - (top - 0.1) * s, x + (dx + 0.025) * s, y - (top - 0.22) * s, DARK, 0.02 * s
        )
        canvas.line([(x + dx * s, y - (top + 0.23) * s), (x + dx * s, y - (top + 0.34) * s)], DARK, 0.01 * s)
        canvas.polygon([(x + dx * s, y - (top + 0.34) * s), (x + (dx + 0.12) * s, y - (top + 0.31) * s),
                        (x + dx * s, y - (top + 0.27) * s)], (212, 64, 60))  # fmt: skip
    canvas.box(x - 0.08 * s, y - 0.24 * s, x + 0.08 * s, y, WOOD, 0.07 * s)


def lighthouse(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, white = size, (248, 246, 240)

    def half(height: float) -> float:
        return (0.16 - 0.07 * height) * s

    canvas.glow(x, y - 0.88 * s, 0.5 * s, (255, 240, 170), 0.7)
    for stripe in range(5):
        low, high = 0.16 * stripe, 0.16 * (stripe + 1)
        canvas.polygon([(x - half(low), y - low * s), (x - half(high), y - high * s), (x + half(high), y - high * s),
                        (x + half(low), y - low * s)], colour if stripe % 2 == 0 else white)  # fmt: skip
    canvas.box(x - 0.14 * s, y - 0.83 * s, x + 0.14 * s, y - 0.79 * s, DARK)
    canvas.box(x - 0.08 * s, y - 0.95 * s, x + 0.08 * s, y - 0.82 * s, (255, 240, 170))
    canvas.polygon([(x - 0.12 * s, y - 0.94 * s), (x, y - 1.06 * s), (x + 0.12 * s, y - 0.94 * s)], darker(colour, 0.2))
    canvas.box(x - 0.035 * s, y - 0.1 * s, x + 0.035 * s, y, DARK, 0.03 * s)


def pyramid(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.polygon([(x - 0.7 * s, y), (x, y - 0.9 * s), (x + 0.7 * s, y)], colour)
    canvas.polygon([(x + 0.12 * s, y), (x, y - 0.9 * s), (x + 0.7 * s, y)], darker(colour, 0.2))
    for level in range(1, 6):
        half = 0.7 * (1 - level / 6)
        canvas.line([(x - half * s, y - 0.15 * level * s), (x + half * s, y - 0.15 * level * s)], darker(colour, 0.1),
                    0.007 * s)  # fmt: skip


def bridge(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.box(x - 1.2 * s, y - 0.26 * s, x + 1.2 * s, y - 0.19 * s, darker(colour, 0.15))
    for dx in (-0.55, 0.55):
        canvas.box(x + (dx - 0.045) * s, y - 0.95 * s, x + (dx + 0.045) * s, y, colour)
    for left, right, low in ((-1.2, -0.55, 0.9), (-0.55, 0.55, 0.32), (0.55, 1.2, 0.9)):
        points = []
        for step in range(13):
            share = step / 12
            if low < 0.5:
                height = low + (0.92 - low) * (2 * share - 1) ** 2
            else:
                height = 0.26 + (0.92 - 0.26) * (share if left < -1 else 1 - share) ** 1.5
            points.append((x + (left + (right - left) * share) * s, y - height * s))
        canvas.line(points, colour, 0.022 * s)
        for at in points[1:-1]:
            canvas.line([at, (at[0], y - 0.24 * s)], colour, 0.009 * s)


def windmill(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.polygon([(x - 0.2 * s, y), (x - 0.12 * s, y - 0.62 * s), (x + 0.12 * s, y - 0.62 * s), (x + 0.2 * s, y)],
                   colour)  # fmt: skip
    canvas.polygon([(x - 0.15 * s, y - 0.61 * s), (x, y - 0.78 * s), (x + 0.15 * s, y - 0.61 * s)], (160, 80, 60))
    for turn in (25, 115, 205, 295):
        angle = math.radians(turn)
        tip = (x + 0.48 * s * math.cos(angle), y - 0.64 * s + 0.48 * s * math.sin(angle))
        canvas.line([(x, y - 0.64 * s), tip], WOOD, 0.03 * s)
        side = (-0.06 * s * math.sin(angle), 0.06 * s * math.cos(angle))
        inner = (x + 0.12 * s * math.cos(angle), y - 0.64 * s + 0.12 * s * math.sin(angle))
        canvas.polygon([inner, tip, (tip[0] + side[0], tip[1] + side[1]), (inner[0] + side[0], inner[1] + side[1])],
                       (244, 238, 224))  # fmt: skip
    canvas.box(x - 0.05 * s, y - 0.18 * s, x + 0.05 * s, y, WOOD, 0.03 * s)


def tent(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.polygon([(x - 0.7 * s, y), (x, y - 0.85 * s), (x + 0.7 * s, y)], colour)
    canvas.polygon([(x - 0.18 * s, y), (x, y - 0.85 * s), (x + 0.18 * s, y)], darker(colour, 0.5))
    canvas.line([(x - 0.06 * s, y - 0.92 * s), (x, y - 0.84 * s), (x + 0.06 * s, y - 0.92 * s)], WOOD, 0.02 * s)


def boat(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.line([(x, y - 0.1 * s), (x, y - 0.98 * s)], WOOD, 0.025 * s)
    canvas.polygon([(x + 0.03 * s, y - 0.94 * s), (x + 0.03 * s, y - 0.22 * s), (x + 0.46 * s, y - 0.22 * s)],
                   (250, 246, 238))  # fmt: skip
    canvas.polygon([(x - 0.03 * s, y - 0.82 * s), (x - 0.03 * s, y - 0.22 * s), (x - 0.34 * s, y - 0.22 * s)],
                   (226, 222, 214))  # fmt: skip
    canvas.polygon([(x - 0.52 * s, y - 0.15 * s), (x + 0.56 * s, y - 0.15 * s), (x + 0.38 * s, y + 0.06 * s),
                    (x - 0.38 * s, y + 0.06 * s)], colour)  # fmt: skip
    canvas.box(x - 0.5 * s, y - 0.15 * s, x + 0.54 * s, y - 0.11 * s, lighter(colour, 0.4))


def ship(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.polygon([(x - 0.85 * s, y - 0.3 * s), (x + 0.9 * s, y - 0.3 * s), (x + 0.68 * s, y + 0.05 * s),
                    (x - 0.72 * s, y + 0.05 * s)], colour)  # fmt: skip
    canvas.box(x - 0.5 * s, y - 0.55 * s, x + 0.45 * s, y - 0.29 * s, (246, 244, 238))
    canvas.box(x - 0.38 * s, y - 0.72 * s, x + 0.25 * s, y - 0.54 * s, (232, 230, 226))
    for dx in (-0.25, -0.02):
        canvas.box(x + (dx - 0.06) * s, y - 0.96 * s, x + (dx + 0.06) * s, y - 0.71 * s, (206, 72, 62))
        canvas.box(x + (dx - 0.06) * s, y - 0.96 * s, x + (dx + 0.06) * s, y - 0.9 * s, DARK)
    for step in range(8):
        canvas.disc(x + (-0.42 + 0.115 * step) * s, y - 0.42 * s, 0.028 * s, GLASS)


def car(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.polygon([(x - 0.52 * s, y - 0.52 * s), (x - 0.34 * s, y - 0.86 * s), (x + 0.28 * s, y - 0.86 * s),
                    (x + 0.54 * s, y - 0.52 * s)], darker(colour, 0.1))  # fmt: skip
    for points in (
        ((-0.43, -0.54), (-0.3, -0.79), (-0.05, -0.79), (-0.05, -0.54)),
        ((0.01, -0.54), (0.01, -0.79), (0.25, -0.79), (0.43, -0.54)),
    ):  # fmt: skip
        canvas.polygon([(x + dx * s, y + dy * s) for dx, dy in points], GLASS)
    canvas.box(x - 0.95 * s, y - 0.55 * s, x + 0.95 * s, y - 0.14 * s, colour, 0.12 * s)
    canvas.box(x - 0.95 * s, y - 0.27 * s, x + 0.95 * s, y - 0.2 * s, darker(colour, 0.25))
    canvas.oval(x + 0.89 * s, y - 0.42 * s, 0.055 * s, 0.06 * s, (255, 240, 180))
    canvas.oval(x - 0.9 * s, y - 0.42 * s, 0.045 * s, 0.06 * s, (226, 70, 60))
    for dx in (-0.55, 0.55):
        canvas.disc(x + dx * s, y - 0.16 * s, 0.2 * s, DARK)
        canvas.disc(x + dx * s, y - 0.16 * s, 0.1 * s, (186, 190, 196))


def bus(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.box(x - 0.9 * s, y - 0.95 * s, x + 0.9 * s, y - 0.12 * s, colour, 0.08 * s)
    for step in range(5):
        left = x + (-0.8 + 0.33 * step) * s
        canvas.box(left, y - 0.82 * s, left + 0.26 * s, y - 0.52 * s, GLASS, 0.02 * s)
    canvas.box(x - 0.9 * s, y - 0.42 * s, x + 0.9 * s, y - 0.36 * s, lighter(colour, 0.5))
    for dx in (-0.5, 0.52):
        canvas.disc(x + dx * s, y - 0.13 * s, 0.15 * s, DARK)
        canvas.disc(x + dx * s, y - 0.13 * s, 0.07 * s, (186, 190, 196))


def bicycle(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    for dx in (-0.5, 0.5):
        canvas.arc(x + dx * s, y - 0.3 * s, 0.29 * s, 0, 360, DARK, 0.04 * s)
        for spoke in range(6):
            turn = math.tau * spoke / 6
            canvas.line([(x + dx * s, y - 0.3 * s), (x + (dx + 0.28 * math.cos(turn)) * s,
                         y + (-0.3 + 0.28 * math.sin(turn)) * s)], (150, 150, 156), 0.008 * s)  # fmt: skip
    frame = ((-0.5, -0.3), (-0.2, -0.72), (0.34, -0.72), (0.0, -0.3), (-0.5, -0.3))
    canvas.line([(x + dx * s, y + dy * s) for dx, dy in frame], colour, 0.05 * s)
    for points in (((-0.2, -0.72), (0.0, -0.3)), ((0.3, -0.9), (0.5, -0.3)), ((-0.24, -0.84), (-0.2, -0.72))):
        canvas.line([(x + dx * s, y + dy * s) for dx, dy in points], colour, 0.05 * s)
    canvas.box(x - 0.34 * s, y - 0.89 * s, x - 0.12 * s, y - 0.83 * s, DARK, 0.03 * s)
    canvas.line([(x + 0.3 * s, y - 0.9 * s), (x + 0.44 * s, y - 0.94 * s)], DARK, 0.05 * s)


def train(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.line([(x - 1.4 * s, y), (x + 1.4 * s, y)], (96, 92, 92), 0.04 * s)
    for dx in (-1.0, -0.1):
        canvas.box(x + (dx - 0.4) * s, y - 0.7 * s, x + (dx + 0.4) * s, y - 0.14 * s, lighter(colour, 0.12), 0.04 * s)
        for step in range(3):
            left = x + (dx - 0.31 + 0.22 * step) * s
            canvas.box(left, y - 0.58 * s, left + 0.16 * s, y - 0.36 * s, GLASS, 0.02 * s)
    canvas.box(x + 0.4 * s, y - 0.6 * s, x + 1.15 * s, y - 0.14 * s, colour, 0.1 * s)
    canvas.box(x + 0.4 * s, y - 0.88 * s, x + 0.72 * s, y - 0.14 * s, darker(colour, 0.15), 0.03 * s)
    canvas.box(x + 0.47 * s, y - 0.78 * s, x + 0.65 * s, y - 0.58 * s, GLASS)
    canvas.box(x + 0.92 * s, y - 0.84 * s, x + 1.04 * s, y - 0.58 * s, DARK)
    for dx, dy, radius in ((0.98, -0.95, 0.08), (0.86, -1.06, 0.1), (0.68, -1.16, 0.12)):
        canvas.disc(x + dx * s, y + dy * s, radius * s, (226, 228, 232), 220)
    for dx in (-1.2, -0.8, -0.3, 0.1, 0.56, 0.96):
        canvas.disc(x + dx * s, y - 0.11 * s, 0.1 * s, DARK)


def plane(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.polygon([(x - 0.86 * s, y - 0.04 * s), (x - 1.02 * s, y - 0.42 * s), (x - 0.82 * s, y - 0.42 * s),
                    (x - 0.56 * s, y - 0.08 * s)], darker(colour, 0.15))  # fmt: skip
    canvas.oval(x, y, 0.95 * s, 0.15 * s, colour)
    canvas.polygon([(x - 0.12 * s, y), (x - 0.52 * s, y + 0.5 * s), (x - 0.3 * s, y + 0.5 * s), (x + 0.22 * s, y)],
                   darker(colour, 0.2))  # fmt: skip
    canvas.polygon([(x - 0.06 * s, y - 0.1 * s), (x - 0.36 * s, y - 0.44 * s), (x - 0.2 * s, y - 0.44 * s),
                    (x + 0.2 * s, y - 0.1 * s)], lighter(colour, 0.15))  # fmt: skip
    for step in range(8):
        canvas.disc(x + (-0.42 + 0.13 * step) * s, y - 0.04 * s, 0.026 * s, (70, 110, 160))
    pane = ((0.7, -0.09), (0.82, -0.09), (0.86, -0.02), (0.7, -0.02))
    canvas.polygon([(x + dx * s, y + dy * s) for dx, dy in pane], (70, 110, 160))


def rocket(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, white = size, (244, 244, 248)
    canvas.glow(x, y + 0.62 * s, 0.4 * s, (255, 170, 70), 0.8)
    canvas.polygon([(x - 0.1 * s, y + 0.42 * s), (x, y + 0.86 * s), (x + 0.1 * s, y + 0.42 * s)], (250, 150, 50))
    canvas.polygon([(x - 0.05 * s, y + 0.42 * s), (x, y + 0.66 * s), (x + 0.05 * s, y + 0.42 * s)], (255, 232, 130))
    for side in (-1, 1):
        canvas.polygon([(x + side * 0.12 * s, y + 0.1 * s), (x + side * 0.32 * s, y + 0.46 * s),
                        (x + side * 0.1 * s, y + 0.4 * s)], colour)  # fmt: skip
    body = [(-0.14, 0.42), (-0.17, 0.1), (-0.13, -0.25), (0.0, -0.55), (0.13, -0.25), (0.17, 0.1), (0.14, 0.42)]
    canvas.polygon([(x + dx * s, y + dy * s) for dx, dy in body], white)
    canvas.polygon([(x - 0.11 * s, y - 0.3 * s), (x, y - 0.55 * s), (x + 0.11 * s, y - 0.3 * s)], colour)
    canvas.disc(x, y - 0.06 * s, 0.085 * s, colour)
    canvas.disc(x, y - 0.06 * s, 0.06 * s, GLASS)


def balloon(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    for side in (-1, 1):
        canvas.line([(x + side * 0.26 * s, y + 0.1 * s), (x + side * 0.08 * s, y + 0.44 * s)], WOOD, 0.012 * s)
    canvas.disc(x, y - 0.14 * s, 0.38 * s, colour)
    canvas.polygon([(x - 0.35 * s, y), (x - 0.12 * s, y + 0.34 * s), (x + 0.12 * s, y + 0.34 * s), (x + 0.35 * s, y)],
                   colour)  # fmt: skip
    canvas.oval(x, y - 0.14 * s, 0.22 * s, 0.38 * s, lighter(colour, 0.35))
    canvas.oval(x, y - 0.14 * s, 0.09 * s, 0.38 * s, colour)
    canvas.box(x - 0.1 * s, y + 0.42 * s, x + 0.1 * s, y + 0.58 * s, WOOD, 0.02 * s)


def kite(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.line([(x, y + 0.36 * s), (x - 0.08 * s, y + 0.6 * s), (x + 0.06 * s, y + 0.8 * s)], DARK, 0.012 * s)
    canvas.polygon([(x, y - 0.4 * s), (x + 0.28 * s, y - 0.06 * s), (x, y + 0.38 * s), (x - 0.28 * s, y - 0.06 * s)],
                   colour)  # fmt: skip
    canvas.polygon([(x, y - 0.4 * s), (x + 0.28 * s, y - 0.06 * s), (x, y - 0.06 * s)], lighter(colour, 0.4))
    canvas.polygon([(x, y - 0.06 * s), (x, y + 0.38 * s), (x - 0.28 * s, y - 0.06 * s)], darker(colour, 0.2))


def book(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    cover = ((-0.75, -0.62), (0.0, -0.5), (0.75, -0.62), (0.75, -0.02), (0.0, 0.06), (-0.75, -0.02))
    canvas.polygon([(x + dx * s, y + dy * s) for dx, dy in cover], colour)
    for side in (-1, 1):
        page = ((0.0, -0.54), (0.68, -0.68), (0.68, -0.1), (0.0, 0.0))
        paper: Colour = (250, 246, 234) if side < 0 else (238, 232, 216)
        canvas.polygon([(x + side * dx * s, y + dy * s) for dx, dy in page], paper)
        for row in range(5):
            canvas.line([(x + side * 0.1 * s, y + (-0.46 + 0.085 * row) * s), (x + side * 0.58 * s,
                         y + (-0.56 + 0.085 * row) * s)], (160, 154, 146), 0.014 * s)  # fmt: skip


def cup(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.arc(x + 0.36 * s, y - 0.32 * s, 0.16 * s, -90, 90, darker(colour, 0.1), 0.07 * s)
    canvas.oval(x, y - 0.02 * s, 0.52 * s, 0.07 * s, lighter(colour, 0.5))
    canvas.polygon([(x - 0.38 * s, y - 0.56 * s), (x + 0.38 * s, y - 0.56 * s), (x + 0.26 * s, y - 0.04 * s),
                    (x - 0.26 * s, y - 0.04 * s)], colour)  # fmt: skip
    canvas.oval(x, y - 0.56 * s, 0.38 * s, 0.09 * s, lighter(colour, 0.35))
    canvas.oval(x, y - 0.55 * s, 0.32 * s, 0.065 * s, (92, 58, 38))
    for dx in (-0.14, 0.02, 0.18):
        points = [(x + (dx + 0.04 * math.sin(step)) * s, y + (-0.68 - 0.055 * step) * s) for step in range(6)]
        canvas.line(points, (244, 244, 244), 0.022 * s, 200)


def apple(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.line([(x, y - 0.7 * s), (x + 0.05 * s, y - 0.94 * s)], WOOD, 0.045 * s)
    canvas.polygon(
        [(x + 0.04 * s, y - 0.8 * s), (x + 0.3 * s, y - 0.96 * s), (x + 0.26 * s, y - 0.72 * s)], (92, 158, 76)
    )
    for side in (-1, 1):
        canvas.oval(x + side * 0.16 * s, y - 0.38 * s, 0.27 * s, 0.38 * s, colour)
    canvas.oval(x - 0.2 * s, y - 0.5 * s, 0.06 * s, 0.12 * s, lighter(colour, 0.5))


def cake(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s, cream = size, (250, 240, 228)
    canvas.oval(x, y - 0.02 * s, 0.62 * s, 0.07 * s, (206, 210, 218))
    canvas.box(x - 0.48 * s, y - 0.34 * s, x + 0.48 * s, y - 0.02 * s, colour, 0.03 * s)
    canvas.box(x - 0.48 * s, y - 0.38 * s, x + 0.48 * s, y - 0.27 * s, cream, 0.05 * s)
    canvas.box(x - 0.32 * s, y - 0.62 * s, x + 0.32 * s, y - 0.36 * s, lighter(colour, 0.2), 0.03 * s)
    canvas.box(x - 0.32 * s, y - 0.66 * s, x + 0.32 * s, y - 0.56 * s, cream, 0.05 * s)
    for dx in (-0.18, 0.0, 0.18):
        canvas.box(x + (dx - 0.02) * s, y - 0.86 * s, x + (dx + 0.02) * s, y - 0.64 * s, (120, 170, 226))
        canvas.oval(x + dx * s, y - 0.91 * s, 0.026 * s, 0.05 * s, (255, 206, 90))


def heart(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    points = []
    for step in range(60):
        t = math.tau * step / 60
        across = 16 * math.sin(t) ** 3
        up = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        points.append((x + across * 0.03 * s, y - 0.5 * s - up * 0.03 * s))
    canvas.polygon(points, colour)
    canvas.oval(x - 0.22 * s, y - 0.68 * s, 0.08 * s, 0.06 * s, lighter(colour, 0.5))


def star(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    points = []
    for step in range(10):
        turn, radius = math.tau * step / 10 - math.pi / 2, 0.5 if step % 2 == 0 else 0.21
        points.append((x + radius * size * math.cos(turn), y + radius * size * math.sin(turn)))
    canvas.polygon(points, colour)


def computer(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.polygon([(x - 0.1 * s, y - 0.16 * s), (x + 0.1 * s, y - 0.16 * s), (x + 0.16 * s, y), (x - 0.16 * s, y)],
                   (150, 154, 162))  # fmt: skip
    canvas.box(x - 0.62 * s, y - 0.98 * s, x + 0.62 * s, y - 0.15 * s, DARK, 0.04 * s)
    canvas.box(x - 0.57 * s, y - 0.93 * s, x + 0.57 * s, y - 0.21 * s, darker(colour, 0.55), 0.02 * s)
    for row, length in enumerate((0.5, 0.75, 0.35, 0.62, 0.45)):
        ink = (lighter(colour, 0.3), (130, 210, 150), (240, 200, 120))[row % 3]
        left = x + (-0.5 + 0.06 * (row % 2)) * s
        canvas.box(left, y + (-0.86 + 0.125 * row) * s, left + length * s, y + (-0.81 + 0.125 * row) * s, ink, 0.02 * s)


def guitar(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.box(x - 0.035 * s, y - 0.96 * s, x + 0.035 * s, y - 0.4 * s, darker(WOOD, 0.3))
    canvas.box(x - 0.06 * s, y - 1.04 * s, x + 0.06 * s, y - 0.92 * s, DARK, 0.02 * s)
    canvas.oval(x, y - 0.46 * s, 0.17 * s, 0.15 * s, colour)
    canvas.oval(x, y - 0.2 * s, 0.24 * s, 0.21 * s, colour)
    canvas.disc(x, y - 0.34 * s, 0.075 * s, DARK)
    canvas.box(x - 0.08 * s, y - 0.15 * s, x + 0.08 * s, y - 0.12 * s, DARK)
    for dx in (-0.018, 0.0, 0.018):
        canvas.line([(x + dx * s, y - 0.96 * s), (x + dx * s, y - 0.13 * s)], (226, 222, 210), 0.006 * s)


def lamp(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.glow(x, y - 0.7 * s, 0.7 * s, (255, 232, 160), 0.6)
    canvas.oval(x, y - 0.02 * s, 0.22 * s, 0.035 * s, DARK)
    canvas.line([(x, y), (x, y - 0.6 * s)], DARK, 0.03 * s)
    canvas.polygon([(x - 0.14 * s, y - 0.95 * s), (x + 0.14 * s, y - 0.95 * s), (x + 0.28 * s, y - 0.55 * s),
                    (x - 0.28 * s, y - 0.55 * s)], colour)  # fmt: skip


def ball(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.disc(x, y - 0.4 * s, 0.4 * s, darker(colour, 0.2))
    canvas.disc(x - 0.02 * s, y - 0.42 * s, 0.37 * s, colour)
    canvas.disc(x - 0.14 * s, y - 0.55 * s, 0.1 * s, lighter(colour, 0.5))


def umbrella(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    s = size
    canvas.line([(x, y - 0.9 * s), (x, y - 0.06 * s)], WOOD, 0.03 * s)
    canvas.arc(x - 0.07 * s, y - 0.07 * s, 0.07 * s, 0, 180, WOOD, 0.03 * s)
    dome = [(x + 0.56 * s * math.cos(math.pi * at / 24), y - 0.52 * s - 0.42 * s * math.sin(math.pi * at / 24))
            for at in range(25)]  # fmt: skip
    canvas.polygon(dome, colour)
    for part in range(4):
        left = x + (-0.42 + 0.28 * part) * s
        canvas.oval(left, y - 0.52 * s, 0.14 * s, 0.06 * s, darker(colour, 0.12 if part % 2 else 0.0))


def crystal(canvas: Canvas, x: float, y: float, size: float, colour: Colour) -> None:
    """What stands for a thing that nothing here can paint: a cut stone of its colour."""
    s = size
    canvas.glow(x, y - 0.45 * s, 0.75 * s, lighter(colour, 0.4), 0.55)
    top, left, right, low = (
        (x, y - 0.95 * s),
        (x - 0.34 * s, y - 0.58 * s),
        (x + 0.34 * s, y - 0.58 * s),
        (x, y - 0.02 * s),
    )
    middle = (x - 0.05 * s, y - 0.5 * s)
    for points, share in (
        ((top, left, middle), 0.45), ((top, right, middle), 0.2), ((left, low, middle), 0.05),
        ((right, low, middle), -0.2),
    ):  # fmt: skip
        canvas.polygon(points, lighter(colour, share) if share >= 0 else darker(colour, -share))
