"""Animations: the scene that a prompt describes, in which the view wanders and what it is about moves a little.

It is painted once, the surroundings apart from what is in front of them; a frame is both, put together. Everything here
may take some ms: call it in a thread.
"""

import math
from typing import TYPE_CHECKING

from ...chance import Chance
from .drawing import captioned
from .painting import scenes, words
from .painting.canvas import Canvas, Colour

if TYPE_CHECKING:
    from PIL import Image

EDGE = 360  # pixels of the shorter edge on which is painted
WIDER = 1.14  # how much more of the surroundings there is than a frame shows
DRIFT, RISE = 0.05, 0.012  # parts of the edges by which what is in front moves across, and up and down
BEAT = 1.5  # seconds of one up and down


class Animation:
    """What a film of so many *seconds*, of this shape, shows of a *prompt*; *tint* colours what the prompt does not."""

    def __init__(self, prompt: str, width: int, height: int, seconds: float, tint: Colour, chance: Chance) -> None:
        from PIL import Image

        scale = EDGE / min(width, height)
        self.size = even(width * scale), even(height * scale)
        self._prompt, self._seconds, self._chance = prompt, max(seconds, 1.0), chance
        self._scene = scene = words.read(prompt, tint)
        self._back = Image.new("RGB", (round(self.size[0] * WIDER), round(self.size[1] * WIDER)))
        self._time = scenes.surroundings(Canvas(self._back), scene, chance)
        self._front = Image.new("RGBA", self.size, (0, 0, 0, 0))
        scenes.subjects(Canvas(self._front), scene, chance, self._time)
        self._right, self._up = (side == 1 for side in chance.draw(2, 2))

    def frame(self, second: float) -> "Image.Image":
        """What is seen at this *second*."""
        width, height = self.size
        share = min(max(second / self._seconds, 0.0), 1.0)
        across, down = (share if towards else 1 - share for towards in (self._right, self._up))
        left, top = round((self._back.width - width) * across), round((self._back.height - height) * down)
        made = self._back.crop((left, top, left + width, top + height))
        x = round(width * DRIFT * (2 * share - 1) * (1 if self._right else -1))
        y = round(height * RISE * math.sin(2 * math.pi * second / BEAT))
        made.paste(self._front, (x, y), self._front)
        scenes.weather(Canvas(made), self._scene, self._time, self._chance)
        if self._scene.styles:
            made = scenes.styled(made, self._scene.styles)
        return captioned(made, self._prompt)


def even(pixels: float) -> int:
    """The even number next to *pixels*."""
    return max(2, 2 * round(pixels / 2))
