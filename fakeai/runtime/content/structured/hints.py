"""What a prompt gives to fill values with: its words, names, numbers and quotations."""

import re
from typing import NamedTuple

from ..prose.prose import FILLERS, WORD, topic_of

NUMBER = re.compile(r"(?<![\w.,-])-?\d{1,15}(?:\.\d{1,9})?(?![\w]|[.,]\d)")
QUOTED = re.compile(r"[\"“”«]([^\"“”«»]{1,200})[\"”“»]|(?<!\w)'([^']{1,200})'(?!\w)")
NAME = re.compile(r"[^\W\d_][\w'’-]*")
LOOKED_AT = 4000  # characters of the prompt


class Hints(NamedTuple):
    """What stands in a prompt, each in the order in which it stands there. *now* is in seconds since 1970."""

    text: str = ""
    words: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    numbers: tuple[int | float, ...] = ()
    quoted: tuple[str, ...] = ()
    topic: str = "this"
    now: float = 0.0

    @classmethod
    def of(cls, text: str, now: float = 0.0) -> "Hints":
        """The hints of *text*."""
        text = text[:LOOKED_AT]
        words = tuple(word for word in WORD.findall(text) if word.lower() not in FILLERS)
        names = tuple(word for word in words if word[0].isupper())
        numbers = tuple(float(found) if "." in found else int(found) for found in NUMBER.findall(text))
        quoted = tuple(one or other for one, other in QUOTED.findall(text))
        return cls(text, words, names, numbers, quoted, topic_of(text), now)
