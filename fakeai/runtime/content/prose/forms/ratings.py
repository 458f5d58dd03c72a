"""Ratings: a number on the scale that the prompt names, as judges of answers are asked for it."""

import re

from ..ask import Ask
from ..cues import Cue
from .classification import label_of

CUES: tuple[Cue, ...] = (("rate rating score scale grade evaluate judge assess",),)
_ASKED = (
    r"(?:(?:^|[.!?:\n]\s{0,9}|\b(?:please|and|to|should|must|will|then) )"
    r"(?:rate|score|grade|evaluate|judge|assess)\b|"
    r"\bscale\b|\b(?:score|rating|grade) (?:from|between|of|on|in the range|out)\b)"
)
SCALE = re.compile(
    rf"{_ASKED}[^\n]{{0,200}}?\b(?P<low>\d{{1,3}}) ?(?:to|-|–|and|through) ?(?P<high>\d{{1,4}})\b", re.I | re.M
)
OUT_OF = re.compile(rf"{_ASKED}[^\n]{{0,200}}?\b(?:out )?of (?P<high>\d{{1,3}})\b", re.I | re.M)
ONLY = re.compile(
    r"\b(?:only|just|single|nothing (?:else|but))\b[^.\n]{0,40}\b(?:number|score|rating|digit|integer|value)\b", re.I
)
WIDEST = 1000
GOOD, BAD = "positive", "negative"


def answer(ask: Ask) -> str | None:
    """The number, and what it is of: high for what is praised, low for what is blamed."""
    found = SCALE.search(ask.look) or OUT_OF.search(ask.look)
    if found is None:
        return None
    low, high = int(found.groupdict().get("low") or 1), int(found["high"])
    if not low < high <= WIDEST:
        return None
    _, body = ask.parts
    steps = high - low
    good = label_of([GOOD, BAD], body or ask.prompt) == GOOD
    near = max(1, steps // 4)
    number = high - ask.chance.below(near + 1) if good else low + ask.chance.below(near)
    if ask.bounds.is_brief or ask.ruled or ONLY.search(ask.look):
        return str(number)
    return ask.bounds.clip(f"{number}/{high}")
