"""Films: videos that show what a prompt says, moving a little, and pictures of them.

The bytes depend on the film alone. PyAV and Pillow are loaded by the first film or picture that needs them.
"""

import asyncio
import colorsys
import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...chance import Chance
from ...world import World
from .animation import Animation

if TYPE_CHECKING:
    from PIL import Image

RATE = 2  # frames a second
ENCODING = {"preset": "superfast", "tune": "zerolatency", "crf": "28"}  # of x264: small, cheap, nothing held back
KEPT = 8  # films and pictures whose bytes are remembered
SPRITES = 5  # frames of a spritesheet side by side
SPRITE = 160  # pixels of the longer side of one
KINDS = {"video": b"video/mp4", "thumbnail": b"image/webp", "spritesheet": b"image/webp"}  # by what is asked for


class Unreadable(Exception):
    """Bytes that are no film or no picture."""


@dataclass(frozen=True)
class Film:
    """What a film shows, and which *model* makes it. *width* and *height* are pixels, both even."""

    width: int
    height: int
    seconds: int
    model: str
    prompt: str

    def animation(self, chance: Chance) -> Animation:
        """What is seen in it."""
        red, green, blue = (round(255 * part) for part in colorsys.hsv_to_rgb(chance.below(360) / 360, 0.55, 0.8))
        return Animation(self.prompt, self.width, self.height, self.seconds, (red, green, blue), chance)


class Studio:
    """Makes the films of one world, one at a time in a thread, and remembers the last ones."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._made: dict[tuple[Film, str], bytes] = {}
        self._free = asyncio.Lock()

    async def make(self, film: Film, what: str) -> bytes:
        """The bytes of *film*, or of a picture of it: *what* is one of KINDS."""
        async with self._free:
            made = self._made.pop((film, what), None)
            if made is None:
                chance = self._world.chance(b"video", film.model.encode(), film.prompt.encode())
                made = await asyncio.to_thread(mp4 if what == "video" else PICTURES[what], film, chance)
            self._made[film, what] = made
            if len(self._made) > KEPT:
                del self._made[next(iter(self._made))]
            return made


def mp4(film: Film, chance: Chance) -> bytes:
    """The film as H.264 in MP4."""
    import av

    out, shown = io.BytesIO(), film.animation(chance)
    with av.open(out, "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=RATE, options=ENCODING)
        stream.width, stream.height, stream.pix_fmt = film.width, film.height, "yuv420p"
        stream.codec_context.thread_count = 1
        for number in range(film.seconds * RATE):
            seen = av.VideoFrame.from_image(shown.frame(number / RATE))  # type: ignore[no-untyped-call]
            frame = seen.reformat(film.width, film.height, "yuv420p")
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


def thumbnail(film: Film, chance: Chance) -> bytes:
    """The first frame of *film*, as WebP."""
    from PIL import Image

    first = film.animation(chance).frame(0.0)
    return _webp(first.resize((film.width, film.height), Image.Resampling.BICUBIC))


def spritesheet(film: Film, chance: Chance) -> bytes:
    """The frames of all seconds of *film* in rows, as WebP."""
    from PIL import Image

    shown, scale = film.animation(chance), SPRITE / max(film.width, film.height)
    width, height = round(film.width * scale), round(film.height * scale)
    made = Image.new("RGB", (width * SPRITES, height * math.ceil(film.seconds / SPRITES)))
    for second in range(film.seconds):
        row, column = divmod(second, SPRITES)
        made.paste(
            shown.frame(second).resize((width, height), Image.Resampling.BICUBIC), (column * width, row * height)
        )
    return _webp(made)


def _webp(image: "Image.Image") -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", method=0, quality=80)
    return out.getvalue()


PICTURES = {"thumbnail": thumbnail, "spritesheet": spritesheet}


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
