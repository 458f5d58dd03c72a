"""Predicted outputs: an answer that follows what the caller expects, and how many of its tokens that saved."""

import re
from collections.abc import Sequence

from ..cluster.drafts import DRAFT
from .messages import text_of

REPLACE = re.compile(
    r"(?:replace|rename|change|turn|convert)\s+(?:the\s+\w+\s+)?[`'\"]?([\w.$-]+)[`'\"]?\s+(?:to|with|by|into)\s+"
    r"[`'\"]?([\w.$-]+)[`'\"]?",
    re.IGNORECASE,
)
AHEAD = 32  # tokens of a prediction that are looked through for a place to go on


def predicted(body_prediction: object) -> str:
    """The text of a request's `prediction`."""
    return text_of(body_prediction.get("content")) if isinstance(body_prediction, dict) else ""


def revised(prediction: str, prompt: str) -> str:
    """*prediction* with the replacement that *prompt* asks for, if it asks for one."""
    found = REPLACE.search(prompt)
    return prediction.replace(found[1], found[2]) if found else prediction


def accepted(tokens: Sequence[str], prediction: Sequence[str]) -> list[bool]:
    """Which of *tokens* a model could take from *prediction* instead of making them.

    As in speculative decoding, it takes them in order; after one that differs it goes on where the prediction has the
    token that it made, if that is near.
    """
    at, taken = 0, []
    for token in tokens:
        places = range(at, min(at + AHEAD, len(prediction)))
        place = next((place for place in places if prediction[place] == token), None)
        taken.append(place is not None)
        at = at if place is None else place + 1
    return taken


def passes(before: int, taken: Sequence[bool]) -> list[int]:
    """The forward pass that makes each token: *before* tokens one by one, then those of which some are *taken*.

    As with EAGLE, a pass checks a draft of up to `DRAFT` tokens and makes one more.
    """
    made = list(range(before))
    number, draft = before, 0
    for token, is_taken in enumerate(taken):
        made.append(number)
        if is_taken and draft < DRAFT and before + token > 0:
            draft += 1
        else:
            number, draft = number + 1, 0
    return made
