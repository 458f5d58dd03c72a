"""Predicted outputs: an answer that follows what the caller expects, and how many of its tokens that saved."""

import re
from collections.abc import Sequence

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


def accepted(tokens: Sequence[str], prediction: Sequence[str]) -> int:
    """How many of *tokens* a model could take from *prediction* instead of making them.

    As in speculative decoding, it takes them in order; after one that differs it goes on where the prediction has the
    token that it made, if that is near.
    """
    at = taken = 0
    for token in tokens:
        if at < len(prediction) and prediction[at] == token:
            at, taken = at + 1, taken + 1
            continue
        for place in range(at, min(at + AHEAD, len(prediction))):
            if prediction[place] == token:
                at, taken = place + 1, taken + 1
                break
    return taken
