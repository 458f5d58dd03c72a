"""How the processors of Qwen's vision models count, which NVIDIA's Cosmos Reason models share.

Qwen2.5-VL (Cosmos-Reason1) samples and scales as `qwen-vl-utils` does, a budget for each frame; Qwen3-VL
(Cosmos-Reason2) as Hugging Face's processor does, which the engines run: a budget for the whole clip.
"""

import math
import re
from typing import NamedTuple, Protocol

from .clips import Clip
from .pictures import Size

RATE = 2.0  # frames a second that are looked at
FEWEST, MOST = 4, 768  # of them
PAIR = 2  # frames that share their tokens
RATIO = 200  # of the edges, at most
MARKERS = 2  # tokens around what is seen

THIRD = re.compile(r"qwen3(\.\d+)?-(vl|omni)|cosmos-reason[2-9]|cosmos-?3")
SECOND = re.compile(r"qwen2(\.\d+)?-(vl|omni)|qwen-vl|qvq|cosmos-reason")


class Processor(Protocol):
    """What counts for one family."""

    def picture(self, size: Size) -> int:
        """The tokens of a picture."""
        ...

    def clip(self, clip: Clip, rate: float = RATE) -> int:
        """The tokens of a film of which *rate* frames a second are looked at."""
        ...


def processor(name: str) -> Processor | None:
    """What counts for the model *name*; None when it is none of Qwen's kind."""
    if THIRD.search(name):
        return Third()
    return Second() if SECOND.search(name) else None


class Second(NamedTuple):
    """Qwen2.5-VL: patches of 14 pixels, four of them a token."""

    factor: int = 28

    def picture(self, size: Size) -> int:
        factor = self.factor
        width, height = _scaled(size, factor, 4 * factor**2, 16_384 * factor**2)
        return width * height // factor**2 + MARKERS

    def clip(self, clip: Clip, rate: float = RATE) -> int:
        factor, count = self.factor, frames(clip, rate)
        least = 128 * factor**2
        budget = 128_000 * factor**2 * 0.9
        most = max(min(768 * factor**2, budget / count * PAIR), int(least * 1.05))
        width, height = _scaled(clip.size, factor, least, most)
        return count // PAIR * (width * height // factor**2) + MARKERS


class Third(NamedTuple):
    """Qwen3-VL: patches of 16 pixels, four of them a token; each pair of frames says its second."""

    factor: int = 32
    least: int = 4_096
    most: int = 25_165_824

    def picture(self, size: Size) -> int:
        width, height = _scaled(size, self.factor, 65_536, 16_777_216)
        return width * height // self.factor**2 + MARKERS

    def clip(self, clip: Clip, rate: float = RATE) -> int:
        count, factor = frames(clip, rate), self.factor
        width, height = map(float, clip.size)
        if min(width, height) < factor:
            scale = max(factor / width, factor / height)
            width, height = int(width * scale), int(height * scale)
        across, down = round(width / factor) * factor, round(height / factor) * factor
        whole = round(count / PAIR) * PAIR * across * down
        if whole > self.most:
            scale = math.sqrt(count * width * height / self.most)
            across = max(factor, math.floor(width / scale / factor) * factor)
            down = max(factor, math.floor(height / scale / factor) * factor)
        elif whole < self.least:
            scale = math.sqrt(self.least / (count * width * height))
            across, down = math.ceil(width * scale / factor) * factor, math.ceil(height * scale / factor) * factor
        pairs = -(-count // PAIR)
        each = across * down // factor**2
        return sum(each + MARKERS + _second(clip.seconds * (pair + 0.5) / pairs) for pair in range(pairs))


def frames(clip: Clip, rate: float = RATE) -> int:
    """How many frames of *clip* are looked at: an even number, no more than it has."""
    total = max(PAIR, int(clip.seconds * clip.rate))
    most = min(MOST, total) // PAIR * PAIR
    wanted = min(max(clip.seconds * rate, FEWEST), most)
    return max(PAIR, math.floor(wanted / PAIR) * PAIR)


def _second(moment: float) -> int:
    """The tokens of `<3.5 seconds>`: each digit is one, and so are the point, the word and the brackets."""
    return len(f"{moment:.1f}") + 3


def _scaled(size: Size, factor: int, least: float, most: float) -> tuple[int, int]:
    """Edges that are multiples of *factor*, with an area from *least* to *most* and about the same shape."""
    width, height = size
    width, height = min(width, height * RATIO), min(height, width * RATIO)
    across, down = max(factor, round(width / factor) * factor), max(factor, round(height / factor) * factor)
    if across * down > most:
        scale = math.sqrt(width * height / most)
        across = max(factor, math.floor(width / scale / factor) * factor)
        down = max(factor, math.floor(height / scale / factor) * factor)
    elif across * down < least:
        scale = math.sqrt(least / (width * height))
        across, down = math.ceil(width * scale / factor) * factor, math.ceil(height * scale / factor) * factor
    return across, down
