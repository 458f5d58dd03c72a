"""Pictures: shapes in flat colors that depend on a key alone, drawn quickly and stored small."""

from dataclasses import dataclass
from io import BytesIO

from ...chance import Chance
from .marks import exif

SHAPES = 12  # of a whole picture
CORNERS = 5  # of a polygon


@dataclass(frozen=True)
class Picture:
    """What is drawn, and how it is stored: *width* and *height* in pixels, *quality* from 0 to 100.

    *made* is the moment that its mark says, in seconds since 1970.
    """

    width: int
    height: int
    model: str
    made: float
    format: str = "png"
    quality: int = 100
    transparent: bool = False


def draw(picture: Picture, chance: Chance, shapes: int = SHAPES) -> bytes:
    """The bytes of *picture* with the first *shapes* of what *chance* draws."""
    from PIL import Image, ImageDraw

    mode = "RGBA" if picture.transparent else "RGB"
    ground = (0, 0, 0, 0) if picture.transparent else _color(chance)
    image = Image.new(mode, (picture.width, picture.height), ground)
    pen = ImageDraw.Draw(image)
    for _ in range(shapes):
        color, kind = _color(chance), chance.below(3)
        points = [(chance.below(picture.width), chance.below(picture.height)) for _ in range(CORNERS)]
        if kind == 0:
            pen.polygon(points, fill=color)
        else:
            (left, right), (top, bottom) = (sorted(axis[:2]) for axis in zip(*points, strict=True))
            (pen.ellipse if kind == 1 else pen.rectangle)((left, top, right, bottom), fill=color)
    buffer = BytesIO()
    mark = exif(picture.model, picture.made)
    if picture.format == "png":
        image.save(buffer, "PNG", exif=mark, compress_level=1)
    else:
        image.save(buffer, picture.format.upper(), exif=mark, quality=picture.quality)
    return buffer.getvalue()


def _color(chance: Chance) -> tuple[int, ...]:
    """A color without transparency."""
    return (*chance.draw(256, 256, 256), 255)
