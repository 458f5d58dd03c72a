"""Pictures: what a prompt says, painted and written on it, in the size and format that is asked for.

Everything here may take some hundred ms: call it in a thread.
"""

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from ...chance import Chance
from . import lettering
from .marks import exif
from .painting import scenes, words
from .painting.canvas import Canvas, Colour

if TYPE_CHECKING:
    from PIL import Image

EDGES = {"low": 448, "medium": 640, "high": 896}  # pixels of the shorter edge on which is painted, by quality
LARGEST = 40_000_000  # pixels of an image that is taken
BAND = 128  # rows that are laid over others at once
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


class NoImage(ValueError):
    """Bytes that are no image."""


@dataclass(frozen=True)
class Picture:
    """What is drawn, and how it is stored: *width* and *height* in pixels, *compression* from 0 to 100.

    *made* is the moment that its mark says, in seconds since 1970. What it is made of are files: *sources*, and a
    *mask* that is transparent where something may change. *varies* says that it is a source in another way. What
    *is_plain* has one colour.
    """

    width: int
    height: int
    model: str
    prompt: str
    made: float
    format: str = "png"
    compression: int = 100
    quality: str = "medium"
    transparent: bool = False
    sources: tuple[bytes, ...] = ()
    mask: bytes | None = None
    varies: bool = False
    is_plain: bool = False


def draw(picture: Picture, chance: Chance, partial: int = 0) -> list[bytes]:
    """The bytes of *picture*: as many *partial* views, each sharper than the one before, and the whole.

    Raises:
        NoImage: a source is none.
    """
    whole = _image(picture, chance)
    views = [_blurred(whole, (number + 1) / (partial + 1)) for number in range(partial)]
    return [stored(view, picture) for view in (*views, whole)]


def opened(data: bytes) -> "Image.Image":
    """The image of a file, with its transparency.

    Raises:
        NoImage: it is none.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > LARGEST:
                raise NoImage(f"{image.width}x{image.height}")
            return image.convert("RGBA")
    except (
        UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:  # fmt: skip
        raise NoImage(str(error)) from None


def stored(image: "Image.Image", picture: Picture) -> bytes:
    """*image* as a file of the format of *picture*."""
    buffer = BytesIO()
    mark = exif(picture.model, picture.made, picture.prompt)
    if picture.format == "png":
        image.save(buffer, "PNG", exif=mark, compress_level=1)
    elif picture.format == "webp":
        image.save(buffer, "WEBP", exif=mark, quality=max(1, picture.compression), method=0)
    else:
        image.convert("RGB").save(buffer, "JPEG", exif=mark, quality=min(95, max(1, picture.compression)))
    return buffer.getvalue()


def _image(picture: Picture, chance: Chance) -> "Image.Image":
    if picture.is_plain:
        return _one_colour(picture, chance)
    if picture.varies:
        return _varied(picture, chance)
    if picture.sources:
        return _edited(picture, chance)
    return _painted(picture, chance)


def _one_colour(picture: Picture, chance: Chance) -> "Image.Image":
    from PIL import Image

    return Image.new("RGBA", (picture.width, picture.height), (*_colour(chance), 255))


def _painted(picture: Picture, chance: Chance) -> "Image.Image":
    from PIL import Image

    scene = words.read(picture.prompt, _colour(chance))
    scale = min(1.0, EDGES.get(picture.quality, 640) / min(picture.width, picture.height))
    size = max(8, round(picture.width * scale)), max(8, round(picture.height * scale))
    if picture.transparent:
        image = Image.new("RGBA", size, (0, 0, 0, 0))
        scenes.subjects(Canvas(image), _with_subject(scene, chance), chance, alone=True)
    else:
        image = Image.new("RGB", size)
        scenes.paint(Canvas(image), scene, chance)
    image = scenes.styled(image, scene.styles) if scene.styles else image
    if image.size != (picture.width, picture.height):
        image = image.resize((picture.width, picture.height), Image.Resampling.BICUBIC)
    return captioned(image, picture.prompt)


def _with_subject(scene: words.Scene, chance: Chance) -> words.Scene:
    """*scene* with something in it that stands alone."""
    if scene.subjects:
        return scene
    return scene._replace(subjects=(words.Subject(words.STONE, 1, scene.tint or _colour(chance)),))


def _edited(picture: Picture, chance: Chance) -> "Image.Image":
    """The first source with what the prompt says: where the mask lets it, or in front of all."""
    from PIL import Image, ImageChops

    size = (picture.width, picture.height)
    given = opened(picture.sources[0])
    first = _fitted(given, size)
    if picture.mask is not None:
        hole = ImageChops.invert(_fitted(opened(picture.mask), size).getchannel("A"))
    else:
        hole = ImageChops.invert(first.getchannel("A")) if picture.model == "dall-e-2" else Image.new("L", size, 0)
    if hole.getbbox() is not None:
        drawn = _painted(_plain(picture), chance).convert("RGBA")
        made = Image.composite(drawn, first, hole)
        least, _ = made.getchannel("A").getextrema()
        return made.convert("RGB") if least == 255 and not picture.transparent else made
    front = Image.new("RGBA", size, (0, 0, 0, 0))
    scene = _with_subject(words.read(picture.prompt, _colour(chance)), chance)
    scenes.subjects(Canvas(front), scene, chance)
    ground = first if picture.transparent else _flat(first)
    made = _over(scenes.styled(ground, scene.styles) if scene.styles else ground, front)
    _insets(made, picture.sources[1:])
    return captioned(made if picture.transparent else made.convert("RGB"), picture.prompt, 255)


def _plain(picture: Picture) -> Picture:
    return Picture(picture.width, picture.height, picture.model, picture.prompt, picture.made, quality=picture.quality)


def _insets(image: "Image.Image", sources: Sequence[bytes]) -> None:
    """Show *sources* as small pictures along the upper edge of *image*."""
    edge = min(image.size) // 5
    for number, data in enumerate(sources[:8]):
        small = _fitted(opened(data), (edge, edge))
        image.alpha_composite(small, (edge // 5 + number * (edge + edge // 5), edge // 5)) if (
            number + 1
        ) * edge * 1.2 < image.width else None


def _varied(picture: Picture, chance: Chance) -> "Image.Image":
    """The source seen a little nearer or from the other side, in other colours."""
    from PIL import Image, ImageChops, ImageEnhance

    given = _flat(opened(picture.sources[0])).convert("RGB")
    near, turn, bright, side = chance.draw(16, 60, 30, 2)
    margin = 0.02 + near / 100
    left, top = given.width * margin, given.height * margin
    box = (left, top, given.width - left * 0.5, given.height - top * 0.5)
    made = given.resize((picture.width, picture.height), Image.Resampling.BICUBIC, box)
    if side:
        made = made.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    hue, saturation, value = made.convert("HSV").split()
    shift = Image.new("L", hue.size, (turn - 30) % 256)
    hue = ImageChops.add_modulo(hue, shift)
    made = Image.merge("HSV", (hue, saturation, value)).convert("RGB")
    return ImageEnhance.Brightness(made).enhance(0.88 + bright / 125)


def _fitted(image: "Image.Image", size: tuple[int, int]) -> "Image.Image":
    from PIL import Image

    return image if image.size == size else image.resize(size, Image.Resampling.BICUBIC)


def _flat(image: "Image.Image") -> "Image.Image":
    """*image* on white."""
    from PIL import Image

    return _over(Image.new("RGBA", image.size, (255, 255, 255, 255)), image)


def _over(ground: "Image.Image", front: "Image.Image") -> "Image.Image":
    """*front* on *ground*, in bands: Pillow holds the interpreter's lock for each."""
    for top in range(0, ground.height, BAND):
        box = (0, top, ground.width, min(ground.height, top + BAND))
        ground.alpha_composite(front, (0, top), box)
    return ground


def _blurred(image: "Image.Image", share: float) -> "Image.Image":
    """*image* as far as it is drawn: a *share* from 0 to 1."""
    from PIL import Image

    edge = max(6, round(64 * share**2))
    small = image.resize((edge, max(4, edge * image.height // image.width)), Image.Resampling.BOX)
    return small.resize(image.size, Image.Resampling.BICUBIC)


def captioned(image: "Image.Image", prompt: str, alpha: int = 168) -> "Image.Image":
    """*image* with the prompt written along its lower edge, in one line or two, on a strip as dense as *alpha*."""
    from PIL import Image, ImageDraw

    unit = min(image.size)
    size = max(10, round(unit * 0.036))
    text, font = lettering.lettered(prompt, size)
    if not text or unit < 64:
        return image
    margin = round(unit * 0.035)
    lines = lettering.lines(text, lambda line: font.getlength(line) <= image.width - 2 * margin)
    height = round(size * 1.35)
    tall = height * len(lines) + round(size * 0.7)
    top = image.height - tall
    strip = Image.new("RGBA", (image.width, tall), (12, 16, 24, alpha))
    pen = ImageDraw.Draw(strip)
    for number, line in enumerate(lines):
        pen.text((margin, round(size * 0.3) + number * height), line, font=font, fill=(250, 250, 248, 255))
    if image.mode == "RGBA":
        image.alpha_composite(strip, (0, top))
    else:
        image.paste(strip, (0, top), strip)
    return image


def _colour(chance: Chance) -> Colour:
    """A strong colour."""
    red, green, blue = (round(255 * part) for part in colorsys.hsv_to_rgb(chance.below(360) / 360, 0.62, 0.86))
    return red, green, blue
