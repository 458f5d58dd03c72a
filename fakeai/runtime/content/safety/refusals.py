"""Refusals: what a model says instead of helping with harm, on servers that are told to refuse."""

import re

from ...chance import Chance
from ...errors import ApiError
from . import harms

LOOKED_AT = 16_384  # characters of a prompt
TEXTS = (
    "I'm sorry, but I can't help with that.",
    "I can't assist with that request.",
    "Sorry, that is something that I won't help with.",
)
# How prompts try to free a model of its rules: by ending them, by another self that has none, by asking for them.
JAILBREAK = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\s+(?:all\s+|any\s+)?(?:of\s+)?(?:the\s+|your\s+|my\s+|these\s+)?"
    r"(?:previous|prior|above|earlier|preceding|system|safety)\s+(?:instructions?|prompts?|rules|guidelines|messages?)"
    r"|\byou\s+are\s+(?:now\s+)?(?:DAN\b|in\s+developer\s+mode|jailbroken|an?\s+(?:unrestricted|unfiltered|uncensored)\s+(?:AI|model))"
    r"|\b(?:pretend|act\s+as\s+if)\s+you\s+have\s+no\s+(?:restrictions|rules|limits|guidelines|filters)"
    r"|\bdo\s+anything\s+now\b"
    r"|\b(?:reveal|print|repeat|show)\s+(?:me\s+)?(?:your|the)\s+(?:hidden\s+|initial\s+|secret\s+)?system\s+prompt",
    re.IGNORECASE,
)


def is_jailbreak(text: str) -> bool:
    """Whether *text* tries to free a model of its rules."""
    return JAILBREAK.search(text, 0, LOOKED_AT) is not None


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


def expect_moderate(text: str, threshold: float | None) -> None:
    """Let a prompt pass whose harm is below *threshold*.

    Raises:
        ApiError: 400, it is not.
    """
    if threshold is not None and is_harmful(text, threshold):
        raise ApiError(
            400,
            "Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with "
            "a different prompt.",
            code="invalid_prompt",
        )


def refusal(chance: Chance) -> str:
    """A sentence that declines."""
    return TEXTS[chance.below(len(TEXTS))]
