"""Films: videos in which one colour turns slowly into others, and pictures of them.

The bytes depend on the film alone. PyAV and Pillow are loaded by the first film or picture that needs them.
"""

import asyncio
import colorsys
import io
import math
from dataclasses import dataclass

from ...clock import give_way
from ...world import World

RATE = 2  # frames a second
ENCODING = {"preset": "superfast", "tune": "zerolatency", "crf": "28"}  # of x264: small, cheap, nothing held back
TURN = 9.0  # degrees of the circle of colours that a second goes through
KEPT = 8  # films and pictures whose bytes are remembered
SPRITES = 5  # frames of a spritesheet side by side
SPRITE = 160  # pixels of the longer side of one
KINDS = {"video": b"video/mp4", "thumbnail": b"image/webp", "spritesheet": b"image/webp"}  # by what is asked for


class Unreadable(Exception):
    """Bytes that are no film or no picture."""


@dataclass(frozen=True)
class Film:
    """What a film shows: *hue* is its first colour, in degrees. *width* and *height* are pixels, both even."""

    width: int
    height: int
    seconds: int
    hue: int

    def colour(self, frame: int) -> tuple[int, int, int]:
        """Red, green and blue of a frame, 0 to 255 each."""
        hue = (self.hue + frame * TURN / RATE) / 360 % 1
        red, green, blue = (round(255 * part) for part in colorsys.hsv_to_rgb(hue, 0.55, 0.8))
        return red, green, blue


class Studio:
    """Makes the films of one world, one at a time, and remembers the last ones."""

    def __init__(self, world: World) -> None:
        self._made: dict[tuple[Film, str], bytes] = {}
        self._free = asyncio.Lock()

    async def make(self, film: Film, what: str) -> bytes:
        """The bytes of *film*, or of a picture of it: *what* is one of KINDS."""
        async with self._free:
            made = self._made.pop((film, what), None)
            if made is None:
                made = await mp4(film) if what == "video" else picture(film, what)
            self._made[film, what] = made
            if len(self._made) > KEPT:
                del self._made[next(iter(self._made))]
            return made


async def mp4(film: Film) -> bytes:
    """The film as H.264 in MP4; others have a turn between its frames."""
    import av

    out = io.BytesIO()
    with av.open(out, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=RATE, options=ENCODING)
        stream.width, stream.height, stream.pix_fmt = film.width, film.height, "yuv420p"
        stream.codec_context.thread_count = 1
        frame = av.VideoFrame(film.width, film.height, "yuv420p")
        for number in range(film.seconds * RATE):
            for plane, level in zip(frame.planes, _levels(*film.colour(number)), strict=True):
                plane.update(bytes([level]) * plane.buffer_size)
            frame.pts = number
            container.mux(stream.encode(frame))
            await give_way()
        container.mux(stream.encode(None))
    return out.getvalue()


def picture(film: Film, what: str) -> bytes:
    """The first frame of *film*, or the frames of all its seconds in rows, as WebP."""
    from PIL import Image

    if what == "thumbnail":
        made = Image.new("RGB", (film.width, film.height), film.colour(0))
    else:
        scale = SPRITE / max(film.width, film.height)
        width, height = round(film.width * scale), round(film.height * scale)
        made = Image.new("RGB", (width * SPRITES, height * math.ceil(film.seconds / SPRITES)))
        for second in range(film.seconds):
            row, column = divmod(second, SPRITES)
            box = (column * width, row * height, (column + 1) * width, (row + 1) * height)
            made.paste(film.colour(second * RATE), box)
    out = io.BytesIO()
    made.save(out, "WEBP", method=0, quality=80)
    return out.getvalue()


def shape(data: bytes) -> tuple[int, int, float]:
    """Width and height in pixels and the length in seconds of the MP4 *data*.

    Raises:
        Unreadable: it is none.
    """
    import av

    try:
        with av.open(io.BytesIO(data), "r", format="mp4") as container:
            stream = container.streams.video[0]
            return stream.width, stream.height, (container.duration or 0) / av.time_base
    except (av.FFmpegError, IndexError) as error:
        raise Unreadable(str(error)) from None


def dimensions(data: bytes) -> tuple[int, int]:
    """Width and height in pixels of the picture *data*, of which no more than the beginning is read.

    Raises:
        Unreadable: it is no JPEG, PNG or WebP.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
            return image.size
    except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unreadable(str(error)) from None


def _levels(red: int, green: int, blue: int) -> tuple[int, int, int]:
    """Brightness and the two colour differences as video has them (BT.601, 16 to 240)."""
    bright = 16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255
    first = 128 + (-37.797 * red - 74.203 * green + 112 * blue) / 255
    second = 128 + (112 * red - 93.786 * green - 18.214 * blue) / 255
    return round(bright), round(first), round(second)
