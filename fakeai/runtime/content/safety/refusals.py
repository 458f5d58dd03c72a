"""Refusals: what a model says instead of helping with harm, on servers that are told to refuse."""

from ...chance import Chance
from . import harms

LOOKED_AT = 16_384  # characters of a prompt
TEXTS = (
    "I'm sorry, but I can't help with that.",
    "I can't assist with that request.",
    "Sorry, that is something that I won't help with.",
)


def harm(text: str) -> float:
    """How sure *text* makes one that it asks for harm of some category, 0 to below 1."""
    found: dict[str, dict[str, float]] = {}
    for start in range(0, min(len(text), LOOKED_AT), harms.SLICE):
        harms.find(text, start, found)
    return max(harms.scores(found).values()) if found else 0.0


def is_harmful(text: str, threshold: float) -> bool:
    """Whether *text* asks for harm of some category, with a score of at least *threshold*."""
    found = harm(text)
    return found > 0.0 and found >= threshold


def refusal(chance: Chance) -> str:
    """A sentence that declines."""
    return TEXTS[chance.below(len(TEXTS))]
