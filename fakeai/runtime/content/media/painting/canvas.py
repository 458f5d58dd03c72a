"""A canvas that is painted on in units of its shorter edge, and colours with their shades."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

Colour = tuple[int, int, int]
Point = tuple[float, float]

NAMED: dict[str, Colour] = {
    "red": (206, 52, 48), "crimson": (170, 28, 52), "scarlet": (220, 45, 30), "orange": (238, 138, 42),
    "golden": (228, 178, 58), "gold": (228, 178, 58), "yellow": (246, 212, 72), "green": (74, 152, 82),
    "emerald": (36, 140, 100), "olive": (122, 128, 60), "teal": (38, 138, 140), "turquoise": (64, 190, 186),
    "cyan": (80, 200, 220), "blue": (58, 108, 206), "azure": (90, 160, 235), "navy": (28, 44, 96),
    "indigo": (72, 62, 150), "purple": (128, 74, 168), "violet": (146, 92, 190), "magenta": (200, 60, 150),
    "pink": (240, 150, 182), "rose": (226, 120, 140), "brown": (126, 84, 54), "tan": (202, 166, 120),
    "beige": (226, 206, 172), "white": (246, 246, 242), "silver": (188, 194, 202), "grey": (134, 140, 148),
    "gray": (134, 140, 148), "black": (34, 34, 40),
}  # fmt: skip


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """*one* with a *share* of *other* in it, from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def darker(colour: Colour, share: float = 0.25) -> Colour:
    return mixed(colour, (0, 0, 0), share)


def lighter(colour: Colour, share: float = 0.3) -> Colour:
    return mixed(colour, (255, 255, 255), share)


class Canvas:
    """Painted on with coordinates in units of its shorter edge: *wide* and *high* are what it measures in them."""

    def __init__(self, image: "Image.Image") -> None:
        from PIL import ImageDraw

        self.image = image
        self._unit = min(image.size)
        self._pen = ImageDraw.Draw(image, "RGBA")  # on a picture without transparency, it mixes what it paints
        self.wide, self.high = image.width / self._unit, image.height / self._unit

    def rows(self, top: float, bottom: float, upper: Colour, lower: Colour) -> None:
        """A surface over the whole width that goes from one colour to another."""
        first, last = self._pixels(top), self._pixels(bottom)
        for row in range(first, last):
            colour = mixed(upper, lower, (row - first) / max(1, last - first - 1))
            self._pen.line((0, row, self.image.width, row), fill=(*colour, 255))

    def polygon(self, points: Sequence[Point], colour: Colour, alpha: int = 255) -> None:
        self._pen.polygon([(x * self._unit, y * self._unit) for x, y in points], fill=self._ink(colour, alpha))

    def oval(self, x: float, y: float, across: float, down: float, colour: Colour, alpha: int = 255) -> None:
        """An ellipse around a point, with two radii."""
        box = ((x - across) * self._unit, (y - down) * self._unit, (x + across) * self._unit, (y + down) * self._unit)
        self._pen.ellipse(box, fill=self._ink(colour, alpha))

    def disc(self, x: float, y: float, radius: float, colour: Colour, alpha: int = 255) -> None:
        self.oval(x, y, radius, radius, colour, alpha)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour, round: float = 0.0) -> None:
        """A rectangle, whose corners are cut by a radius *round*."""
        place = (left * self._unit, top * self._unit, right * self._unit, bottom * self._unit)
        if place[2] <= place[0] or place[3] <= place[1]:
            return
        self._pen.rounded_rectangle(place, round * self._unit, fill=self._ink(colour))

    def line(self, points: Sequence[Point], colour: Colour, width: float, alpha: int = 255) -> None:
        pixels = [(x * self._unit, y * self._unit) for x, y in points]
        self._pen.line(pixels, fill=self._ink(colour, alpha), width=max(1, round(width * self._unit)), joint="curve")

    def arc(self, x: float, y: float, radius: float, start: float, end: float, colour: Colour, width: float) -> None:
        """A part of a circle, from one angle to another: degrees, clockwise from three o'clock."""
        turns = [start + (end - start) * step / 24 for step in range(25)]
        points = [(x + radius * math.cos(math.radians(at)), y + radius * math.sin(math.radians(at))) for at in turns]
        self.line(points, colour, width)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 0.6) -> None:
        """Light around a point that fades with the distance."""
        from PIL import Image

        size = max(2, self._pixels(2 * radius))
        light = Image.radial_gradient("L").resize((size, size))
        light = light.point([round(max(0.0, 1 - level / 181) ** 2 * 255 * strength) for level in range(256)])
        corner = (self._pixels(x - radius), self._pixels(y - radius))
        if self.image.mode == "RGBA":
            return  # nothing to shine on
        self.image.paste(Image.new("RGB", light.size, colour), corner, light)

    def _ink(self, colour: Colour, alpha: int = 255) -> tuple[int, int, int, int]:
        return (*colour, alpha)

    def _pixels(self, units: float) -> int:
        return round(units * self._unit)
