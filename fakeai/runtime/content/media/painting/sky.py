"""Skies: times of the day, weather, and what is in them."""

import math

from ....chance import Chance
from .canvas import Canvas, Colour, lighter, mixed

SKIES: dict[str, tuple[Colour, Colour]] = {  # above and at the horizon
    "day": ((92, 158, 226), (206, 230, 246)),
    "sunset": ((74, 62, 122), (250, 158, 92)),
    "dawn": ((122, 138, 196), (252, 206, 178)),
    "night": ((12, 18, 46), (52, 66, 116)),
    "storm": ((60, 66, 80), (138, 146, 156)),
    "fog": ((176, 186, 194), (214, 220, 222)),
    "space": ((6, 6, 20), (26, 16, 52)),
    "underwater": ((46, 148, 190), (8, 46, 92)),
    "winter": ((150, 184, 216), (232, 240, 246)),
    "room": ((236, 222, 200), (222, 202, 174)),
}
STARLIT = ("night", "space")


def paint(canvas: Canvas, time: str, horizon: float, tint: Colour | None, chance: Chance) -> None:
    """The sky of *time* down to *horizon*, with a touch of *tint*."""
    upper, lower = SKIES[time]
    if tint is not None:
        upper, lower = mixed(upper, tint, 0.45), mixed(lower, lighter(tint, 0.4), 0.45)
    canvas.rows(0, canvas.high, upper, lower) if horizon >= canvas.high else canvas.rows(0, horizon, upper, lower)
    if time in STARLIT:
        stars(canvas, horizon, chance)


def stars(canvas: Canvas, horizon: float, chance: Chance) -> None:
    for _ in range(110):
        x, y, size = chance.draw(1000, 1000, 100)
        canvas.disc(
            x / 1000 * canvas.wide, y / 1000 * horizon, 0.0012 + size / 100 * 0.0026, (250, 246, 226), 120 + size
        )


def sun(canvas: Canvas, x: float, y: float, time: str) -> None:
    colour: Colour = (255, 186, 92) if time in ("sunset", "dawn") else (255, 232, 140)
    canvas.glow(x, y, 0.42, lighter(colour, 0.3), 0.75)
    canvas.disc(x, y, 0.095, lighter(colour, 0.55))
    canvas.disc(x, y, 0.085, colour)


def moon(canvas: Canvas, x: float, y: float) -> None:
    canvas.glow(x, y, 0.34, (226, 230, 250), 0.5)
    canvas.disc(x, y, 0.085, (242, 240, 226))
    for dx, dy, radius in ((-0.03, -0.02, 0.018), (0.03, 0.01, 0.024), (-0.01, 0.045, 0.013), (0.01, -0.05, 0.011)):
        canvas.disc(x + dx, y + dy, radius, (216, 214, 204))


def planet(canvas: Canvas, x: float, y: float, colour: Colour) -> None:
    canvas.glow(x, y, 0.3, colour, 0.35)
    canvas.disc(x, y, 0.13, colour)
    for dy, share in ((-0.05, 0.2), (0.0, 0.35), (0.05, 0.12)):
        half = math.sqrt(max(0.0, 0.0166 - dy * dy))
        canvas.oval(x, y + dy, half * 0.98, 0.014, lighter(colour, share))
    canvas.line([(x - 0.23, y + 0.05), (x - 0.1, y + 0.055), (x + 0.1, y - 0.005), (x + 0.23, y - 0.05)],
                lighter(colour, 0.6), 0.012)  # fmt: skip


def clouds(canvas: Canvas, count: int, horizon: float, colour: Colour, chance: Chance) -> None:
    for _ in range(count):
        x, y, size = chance.draw(1000, 1000, 1000)
        left, top = x / 1000 * canvas.wide, 0.06 + y / 1000 * horizon * 0.55
        scale = 0.6 + size / 1000 * 0.7
        for dx, dy, radius in ((-0.09, 0.0, 0.05), (-0.03, -0.032, 0.062), (0.045, -0.018, 0.056), (0.1, 0.006, 0.042)):
            canvas.disc(left + dx * scale, top + dy * scale, radius * scale, colour)
        canvas.box(left - 0.12 * scale, top, left + 0.13 * scale, top + 0.048 * scale, colour, 0.024 * scale)


def rain(canvas: Canvas, chance: Chance) -> None:
    for _ in range(160):
        x, y, length = chance.draw(1000, 1000, 100)
        left, top = x / 1000 * canvas.wide * 1.1, y / 1000 * canvas.high
        canvas.line([(left, top), (left - 0.012, top + 0.03 + length / 3000)], (206, 220, 236), 0.0025, 170)


def snow(canvas: Canvas, chance: Chance) -> None:
    for _ in range(170):
        x, y, size = chance.draw(1000, 1000, 100)
        canvas.disc(x / 1000 * canvas.wide, y / 1000 * canvas.high, 0.003 + size / 100 * 0.005, (252, 252, 255), 225)


def rainbow(canvas: Canvas, horizon: float) -> None:
    colours = ((214, 70, 66), (238, 150, 60), (246, 222, 90), (96, 178, 96), (78, 130, 214), (130, 84, 176))
    for number, colour in enumerate(colours):
        canvas.arc(canvas.wide / 2, horizon + 0.1, 0.58 - number * 0.02, 180, 360, colour, 0.021)


def lightning(canvas: Canvas, x: float, horizon: float) -> None:
    points = [(x, 0.02), (x - 0.05, horizon * 0.35), (x + 0.01, horizon * 0.4), (x - 0.07, horizon * 0.95)]
    canvas.glow(x - 0.03, horizon * 0.45, 0.4, (230, 230, 255), 0.5)
    canvas.line(points, (255, 252, 220), 0.014)


def aurora(canvas: Canvas, horizon: float, chance: Chance) -> None:
    for number in range(3):
        colour: Colour = ((90, 240, 170), (110, 200, 240), (170, 120, 230))[number]
        base = horizon * (0.28 + 0.16 * number)
        phase = chance.below(628) / 100
        for step in range(90):
            x = canvas.wide * step / 89
            y = base + 0.06 * math.sin(x * 5 + phase)
            canvas.line([(x, y - 0.16), (x, y)], mixed(colour, (20, 30, 70), 0.45), 0.012)


def fireworks(canvas: Canvas, horizon: float, chance: Chance) -> None:
    for number in range(4):
        x, y, hue = chance.draw(1000, 1000, 4)
        colour: Colour = ((255, 120, 110), (255, 220, 120), (130, 210, 255), (220, 150, 255))[hue]
        left, top = (0.12 + 0.76 * (number + x / 1000) / 4) * canvas.wide, 0.1 + y / 1000 * horizon * 0.5
        canvas.glow(left, top, 0.22, colour, 0.5)
        for ray in range(18):
            turn = math.tau * ray / 18
            inner, outer = 0.03, 0.09 + 0.03 * (ray % 2)
            canvas.line(
                [(left + inner * math.cos(turn), top + inner * math.sin(turn)),
                 (left + outer * math.cos(turn), top + outer * math.sin(turn))], colour, 0.005,
            )  # fmt: skip
