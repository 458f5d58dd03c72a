"""Lettering: in which font a text is written on a picture, and where its lines end.

Pillow's own font has Latin letters alone. With the extra `cjk`, Chinese, Japanese, Korean, Cyrillic and Greek are
written as they are; all other text, and all of it without that, stands in Latin letters.
"""

import os
import re
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING

from . import reading

if TYPE_CHECKING:
    from PIL import ImageFont

    Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

Fits = Callable[[str], bool]

PACKAGE, FILE = "paperang_p2_fonts_cjk", "fonts/wqy-microhei.ttc"  # WenQuanYi Micro Hei
WRITTEN, WORD, LINES = 260, 80, 2  # characters that are written, and of a word of them; lines
# What the font has, Latin letters, and signs.
KNOWN = re.compile("[\u0020-\u024f\u0370-\u052f\u2010-\u2027\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff00-\uffef\\s]*")
OTHER = re.compile("[\u0370-\u052f\u3000-\u30ff\u3400-\u9fff\uac00-\ud7a3]")  # what Pillow's own does not have
PIECE = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]|[^\\s\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]+|\\s+")


def lettered(text: str, size: int) -> "tuple[str, Font]":
    """*text* as it is written, and a font of so many pixels that has its letters."""
    from PIL import ImageFont

    said = text[: 2 * WRITTEN]
    if OTHER.search(said) and KNOWN.fullmatch(said) and (found := path()) is not None:
        return " ".join(said.split()), ImageFont.truetype(found, size)
    return reading.readable(said), ImageFont.load_default(size)


def path() -> str | None:
    """Where the font is that has more than Latin letters; None where it is not installed."""
    found = find_spec(PACKAGE)
    place = os.path.join(os.path.dirname(found.origin), FILE) if found is not None and found.origin else ""
    return place if os.path.exists(place) else None


def lines(text: str, fits: Fits) -> list[str]:
    """At most two lines of *text*, cut at spaces, and between characters where words are not divided."""
    made: list[str] = []
    rest = [piece[:WORD] for piece in PIECE.findall(text[:WRITTEN])]
    while rest and len(made) < LINES:
        count = len(rest)
        while count > 1 and not fits("".join(rest[:count]).rstrip()):
            count -= 1
        line, rest = "".join(rest[:count]).strip(), rest[count:]
        while rest and rest[0].isspace():
            rest.pop(0)
        if rest and len(made) == LINES - 1:
            line += " …"
        while len(line) > 1 and not fits(line):
            line = line[:-2] + "…"
        made.append(line)
    return made
