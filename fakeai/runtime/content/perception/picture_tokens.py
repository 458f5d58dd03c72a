"""How many tokens a picture has for a model: by tiles of 512 pixels, by patches of 32, or as other families count.

The rules for OpenAI's models are those of its guide to vision.
"""

import math
import re
from typing import NamedTuple

from . import qwen
from .pictures import Size

TILE, FITS, SHORT = 512, 2048, 768  # pixels: of a tile's edge, of the largest picture, of its shorter edge
PATCH, MOST, ORIGINAL = 32, 1536, 10_000  # pixels of a patch's edge; patches of a picture, and of one in its own size
SMALL = 512  # pixels of both edges up to which `auto` is low


class Tiles(NamedTuple):
    """*base* tokens and *each* for a tile; the shorter edge is made *short* first."""

    base: int
    each: int
    short: int = SHORT


USUAL = Tiles(85, 170)
# The longest name that a model begins with counts; a number is the factor of a model that counts patches.
RULES: dict[str, Tiles | float] = {
    "gpt-4o": USUAL,
    "gpt-4.1": USUAL,
    "gpt-4.5": USUAL,
    "gpt-4o-mini": Tiles(2833, 5667),
    "gpt-5": Tiles(70, 140),
    "o1": Tiles(75, 150),
    "o3": Tiles(75, 150),
    "computer-use": Tiles(65, 129),
    "gpt-image": Tiles(65, 129, 512),
    "chatgpt-image": Tiles(65, 129, 512),
    "gpt-4.1-mini": 1.62,
    "gpt-4.1-nano": 2.46,
    "gpt-5-mini": 1.62,
    "gpt-5-nano": 2.46,
    "o4-mini": 1.72,
    "codex-mini": 1.72,
    "gpt-realtime": USUAL,
}
LATER = re.compile(r"gpt-([5-9])\.\d+")  # gpt-5.2-mini counts as gpt-5-mini does


def tokens(size: Size, model: str, detail: str = "auto") -> int:
    """The tokens of a picture of *size* for *model*."""
    name = family(model)
    if name.startswith("claude"):
        return _claude(size)
    if name.startswith("gemini"):
        return _gemini(size)
    processor = qwen.processor(name)
    if processor is not None:
        return processor.picture(size)
    low = detail == "low" or (detail == "auto" and max(size) <= SMALL)
    rule = _rule(name)
    if isinstance(rule, Tiles):
        return rule.base if low else rule.base + rule.each * tiles(size, rule.short)
    if detail == "low":
        size = _within(size, SMALL)
    return math.ceil(round(patches(size, ORIGINAL if detail == "original" else MOST) * rule, 6))


def family(model: str) -> str:
    """*model* in small letters without what stands before its name: an organization, or that it is a tuned one."""
    name = model.lower()
    if name.startswith("ft:"):
        name = name.split(":")[1]
    return name.rpartition("/")[2]


def _rule(name: str) -> Tiles | float:
    plain = LATER.sub(r"gpt-\1", name)
    begins = [known for known in RULES if plain.startswith(known)]
    return RULES[max(begins, key=len)] if begins else USUAL


def tiles(size: Size, short: int = SHORT) -> int:
    """How many tiles a picture has when it is made to fit; it is never made larger."""
    width, height = _within(size, FITS)
    scale = min(1.0, short / min(width, height))
    return math.ceil(round(width * scale, 6) / TILE) * math.ceil(round(height * scale, 6) / TILE)


def patches(size: Size, most: int = MOST) -> int:
    """How many patches a picture has when it is made smaller until it has no more than *most*."""
    width, height = size
    count = math.ceil(width / PATCH) * math.ceil(height / PATCH)
    if count <= most:
        return count
    scale = math.sqrt(PATCH * PATCH * most / (width * height))
    across, down = width * scale / PATCH, height * scale / PATCH
    scale *= min(max(1, math.floor(across)) / across, max(1, math.floor(down)) / down)
    count = math.ceil(round(width * scale / PATCH, 6)) * math.ceil(round(height * scale / PATCH, 6))
    return min(count, most)


def _within(size: Size, most: int) -> Size:
    scale = min(1.0, most / max(size))
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def _claude(size: Size) -> int:
    """A token for 750 pixels of a picture that has no edge over 1,568 and no more than 1.2 megapixels."""
    width, height = _within(size, 1568)
    return min(math.ceil(width * height / 750), 1600)


def _gemini(size: Size) -> int:
    """258 tokens for a small picture, and for each tile of 768 pixels of a larger one."""
    if max(size) <= 384:
        return 258
    return 258 * math.ceil(size.width / 768) * math.ceil(size.height / 768)
