"""Moving pictures without a model: bands of colour that a text decides, as MP4 and as single images."""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..clock import give_way
from ..world import World

if TYPE_CHECKING:
    import numpy

RATE = 4  # frames a second
SHEET = 4  # frames in a row and in a column of a sheet
THUMBNAIL = 320  # pixels of its longer side
SPEED = 0.35  # turns of the bands a second


@dataclass(frozen=True)
class Film:
    """*width* by *height* pixels, *seconds* long; *text* decides the colours."""

    text: str
    width: int
    height: int
    seconds: int

    @property
    def frames(self) -> int:
        return self.seconds * RATE

    def frame(self, world: World, number: int, step: int = 1) -> "numpy.ndarray[Any, Any]":
        """Frame *number*, `(height, width, 3)` bytes of RGB; of every *step*th pixel."""
        import numpy as np

        draws = world.chance(b"film", self.text.encode()).draw(256, 256, 256, 256, 256, 256, 7)
        first, second = np.array(draws[:3]), np.array(draws[3:6])
        x = np.arange(0, self.width, step) / self.width * (2 + draws[6])
        y = np.arange(0, self.height, step)[:, None] / self.height
        wave = (np.sin(2 * np.pi * (x + y + SPEED * number / RATE)) + 1) / 2
        return np.asarray(first + (second - first) * wave[..., None], dtype=np.uint8)

    async def mp4(self, world: World) -> bytes:
        """The whole film in H.264; others have a turn between its frames."""
        import av

        made = io.BytesIO()
        with av.open(made, "w", format="mp4") as container:
            stream = container.add_stream("libx264", rate=RATE)
            stream.width, stream.height, stream.pix_fmt = self.width, self.height, "yuv420p"
            stream.options = {"preset": "ultrafast", "threads": "1", "x264-params": "threads=1"}
            for number in range(self.frames):
                picture = av.VideoFrame.from_ndarray(self.frame(world, number), format="rgb24")
                container.mux(stream.encode(picture))
                await give_way()
            container.mux(stream.encode(None))
        return made.getvalue()

    def thumbnail(self, world: World) -> bytes:
        """The first frame, small, as WebP."""
        from PIL import Image

        step = max(self.width, self.height) // THUMBNAIL
        return _webp(Image.fromarray(self.frame(world, 0, step)))

    def spritesheet(self, world: World) -> bytes:
        """Frames from all of the film in one WebP image."""
        from PIL import Image

        step = max(self.width, self.height) // (THUMBNAIL // 2)
        cells = [self.frame(world, at * self.frames // SHEET**2, step) for at in range(SHEET**2)]
        height, width = cells[0].shape[:2]
        sheet = Image.new("RGB", (width * SHEET, height * SHEET))
        for at, cell in enumerate(cells):
            sheet.paste(Image.fromarray(cell), (at % SHEET * width, at // SHEET * height))
        return _webp(sheet)


def _webp(image: Any) -> bytes:
    made = io.BytesIO()
    image.save(made, "WEBP", quality=70)
    return made.getvalue()
