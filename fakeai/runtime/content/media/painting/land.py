"""Lands: what lies before the sky, far and near."""

import math

from ....chance import Chance
from .canvas import Canvas, Colour, darker, lighter, mixed

GROUNDS: dict[str, tuple[Colour, Colour]] = {  # at the horizon and in front
    "grass": ((132, 180, 96), (74, 128, 62)),
    "snow": ((236, 242, 248), (206, 220, 234)),
    "sand": ((240, 216, 160), (214, 178, 116)),
    "street": ((116, 118, 126), (74, 76, 84)),
    "floor": ((168, 122, 84), (126, 86, 58)),
    "moon": ((150, 150, 158), (98, 98, 108)),
    "seabed": ((28, 80, 120), (60, 92, 96)),
}


def shaded(colour: Colour, time: str) -> Colour:
    """*colour* in the light of *time*."""
    if time in ("night", "space"):
        return mixed(colour, (14, 20, 48), 0.62)
    if time == "sunset":
        return mixed(colour, (96, 48, 60), 0.32)
    if time in ("storm", "fog"):
        return mixed(colour, (110, 118, 126), 0.4)
    return colour


def ground(canvas: Canvas, kind: str, horizon: float, time: str, chance: Chance) -> None:
    upper, lower = (shaded(colour, time) for colour in GROUNDS[kind])
    canvas.rows(horizon, canvas.high, upper, lower)
    if kind == "grass":
        for _ in range(90):
            x, y = chance.draw(1000, 1000)
            left, top = x / 1000 * canvas.wide, horizon + 0.03 + (canvas.high - horizon) * y / 1000
            canvas.line([(left, top), (left + 0.004, top - 0.016)], darker(lower, 0.12), 0.003)
    elif kind == "street":
        middle = canvas.wide / 2
        for number in range(5):
            start = horizon + (canvas.high - horizon) * (number / 5) ** 1.3
            canvas.box(middle - 0.008 - 0.006 * number, start, middle + 0.008 + 0.006 * number,
                       start + 0.02 + 0.012 * number, (226, 216, 160))  # fmt: skip
    elif kind == "sand":
        for number in range(3):
            crest = horizon + 0.05 + 0.11 * number
            wave = [(canvas.wide * step / 20, crest + 0.018 * math.sin(step * 0.7 + number * 2)) for step in range(21)]
            canvas.line(wave, darker(lower, 0.08), 0.004)
    elif kind == "moon":
        for _ in range(9):
            x, y, size = chance.draw(1000, 1000, 1000)
            radius = 0.02 + size / 1000 * 0.04
            left, top = x / 1000 * canvas.wide, horizon + 0.04 + (canvas.high - horizon) * y / 1100
            canvas.oval(left, top, radius, radius * 0.4, darker(lower, 0.2))
            canvas.oval(left, top + 0.004, radius * 0.9, radius * 0.33, lighter(lower, 0.06))


def sea(canvas: Canvas, horizon: float, bottom: float, time: str, light: float | None, chance: Chance) -> None:
    """Water down to *bottom*; *light* is where the sun or the moon stands above it."""
    upper, lower = shaded((86, 158, 196), time), shaded((24, 88, 142), time)
    canvas.rows(horizon, bottom, upper, lower)
    for _ in range(60):
        x, y, size = chance.draw(1000, 1000, 100)
        share = y / 1000
        left, top = x / 1000 * canvas.wide, horizon + 0.008 + (bottom - horizon) * share
        length = 0.015 + 0.05 * share * size / 100
        canvas.line([(left, top), (left + length, top)], lighter(upper, 0.35), 0.003 + 0.003 * share)
    if light is not None:
        for number in range(16):
            share = number / 16
            top = horizon + 0.01 + (bottom - horizon) * share
            half = 0.03 + 0.05 * share + 0.02 * (number % 3)
            colour: Colour = (255, 226, 166) if time not in ("night", "space") else (220, 226, 244)
            canvas.line([(light - half, top), (light + half, top)], mixed(colour, upper, 0.25), 0.006)


def mountains(canvas: Canvas, horizon: float, time: str, colour: Colour | None, chance: Chance) -> None:
    near = colour or (96, 108, 132)
    for layer, (height, share) in enumerate(((0.36, 0.35), (0.27, 0.0))):
        base = shaded(mixed(near, (200, 214, 230), share), time)
        x = -0.15 - 0.1 * layer
        while x < canvas.wide + 0.1:
            step, rise = chance.draw(1000, 1000)
            width = 0.34 + step / 1000 * 0.22
            peak = horizon - height * (0.62 + rise / 1000 * 0.38)
            middle = x + width * 0.5
            canvas.polygon([(x, horizon + 0.01), (middle, peak), (x + width, horizon + 0.01)], base)
            canvas.polygon([(middle, peak), (x + width, horizon + 0.01), (middle + 0.02, horizon + 0.01)],
                           darker(base, 0.13))  # fmt: skip
            cap = (horizon - peak) * 0.26
            half = width * 0.5 * 0.26
            canvas.polygon(
                [(middle, peak), (middle - half, peak + cap), (middle - half * 0.35, peak + cap * 0.72), (middle,
                 peak + cap * 1.05), (middle + half * 0.4, peak + cap * 0.7), (middle + half, peak + cap)],
                shaded((246, 248, 252), time),
            )  # fmt: skip
            x += width * 0.62


def hills(canvas: Canvas, horizon: float, time: str, chance: Chance) -> None:
    for number, colour in enumerate(((126, 166, 110), (98, 146, 88))):
        shade = shaded(colour, time)
        phase = chance.below(628) / 100
        top = horizon - 0.11 + 0.06 * number
        points = [(canvas.wide * step / 40, top + 0.045 * math.sin(step * 0.28 + phase)) for step in range(41)]
        canvas.polygon([*points, (canvas.wide, horizon + 0.02), (0, horizon + 0.02)], shade)


def city(canvas: Canvas, horizon: float, time: str, chance: Chance) -> None:
    """Towers, whose windows are lit when it is dark."""
    dark = time in ("night", "space", "sunset", "storm")
    for layer in range(2):
        x = -0.02
        while x < canvas.wide:
            width, height, tone = chance.draw(1000, 1000, 1000)
            across, tall = 0.07 + width / 1000 * 0.07, (0.16 + height / 1000 * 0.3) * (1.1 - 0.3 * layer)
            base = shaded(mixed((112, 126, 150), (170, 158, 150), tone / 1000), time)
            base = mixed(base, (150, 170, 200), 0.25) if layer == 0 and not dark else darker(base, 0.1 * layer)
            top = horizon - tall
            canvas.box(x, top, x + across, horizon + 0.01, base)
            if tone % 3 == 0:
                canvas.line([(x + across / 2, top), (x + across / 2, top - 0.05)], base, 0.006)
            rows, columns = int(tall / 0.033), max(1, int(across / 0.026))
            for row in range(rows):
                lit = chance.below(1 << columns)
                for column in range(columns):
                    left = x + 0.009 + column * (across - 0.012) / columns
                    bright = lit >> column & 1
                    if dark and bright:
                        window: Colour = (252, 218, 130)
                    else:
                        window = darker(base, 0.22) if dark else lighter(base, 0.28 if bright else 0.16)
                    canvas.box(left, top + 0.012 + row * 0.033, left + 0.011, top + 0.029 + row * 0.033, window)
            x += across + 0.006 + (tone % 7) / 500


def forest(canvas: Canvas, horizon: float, time: str, chance: Chance) -> None:
    for layer in range(2):
        colour = shaded(((92, 132, 104), (52, 100, 70))[layer], time)
        x = -0.05
        while x < canvas.wide + 0.05:
            step, rise = chance.draw(1000, 1000)
            tall = 0.2 + rise / 1000 * 0.14 - 0.03 * layer
            base = horizon + 0.012 + 0.02 * layer
            for part in range(3):
                top, half = base - tall + tall * 0.26 * part, 0.028 + 0.014 * part
                canvas.polygon([(x, top), (x - half, top + tall * 0.42), (x + half, top + tall * 0.42)], colour)
            x += 0.045 + step / 1000 * 0.05


def dunes(canvas: Canvas, horizon: float, time: str, chance: Chance) -> None:
    for number, colour in enumerate(((232, 196, 132), (220, 176, 108))):
        phase = chance.below(628) / 100
        top = horizon - 0.09 + 0.05 * number
        points = [(canvas.wide * step / 40, top + 0.05 * math.sin(step * 0.2 + phase)) for step in range(41)]
        canvas.polygon([*points, (canvas.wide, horizon + 0.02), (0, horizon + 0.02)], shaded(colour, time))


def river(canvas: Canvas, horizon: float, time: str) -> None:
    middle = canvas.wide * 0.5
    colour = shaded((96, 168, 206), time)
    left, right = [], []
    for step in range(21):
        share = step / 20
        y = horizon + (canvas.high - horizon) * share
        x = middle + 0.12 * math.sin(share * 5) * (0.4 + share)
        half = 0.012 + 0.16 * share**1.4
        left.append((x - half, y))
        right.append((x + half, y))
    canvas.polygon([*left, *reversed(right)], colour)
    for step in range(3, 20, 4):
        (x1, y), (x2, _) = left[step], right[step]
        canvas.line([(x1 + (x2 - x1) * 0.3, y), (x1 + (x2 - x1) * 0.6, y)], lighter(colour, 0.4), 0.004)


def volcano(canvas: Canvas, horizon: float, time: str) -> None:
    middle, colour = canvas.wide * 0.5, shaded((92, 78, 78), time)
    canvas.polygon([(middle - 0.42, horizon + 0.01), (middle - 0.08, horizon - 0.36), (middle + 0.08, horizon - 0.36),
                    (middle + 0.42, horizon + 0.01)], colour)  # fmt: skip
    canvas.glow(middle, horizon - 0.38, 0.26, (255, 120, 50), 0.8)
    for dx, length in ((-0.035, 0.24), (0.0, 0.32), (0.04, 0.18)):
        canvas.line([(middle + dx, horizon - 0.35), (middle + dx * 2, horizon - 0.35 + length / 2),
                     (middle + dx * 2.8, horizon - 0.35 + length)], (250, 110, 40), 0.014)  # fmt: skip
