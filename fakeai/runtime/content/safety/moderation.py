"""Moderations: how sure texts and images make one of each category of harm.

A text is scored by the phrases in it (`harms.py`), an image by the words of its address; what says nothing has a low
score of its own.
"""

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from ...answer import Reply
from ...call import Call
from ...clock import give_way
from ...cluster.latency import INSTANT, Timing
from ...errors import ApiError
from ...ledger.ledger import Ledger
from ...ledger.rows import MODERATIONS, Amounts
from ..generation import identity
from . import harms

FLAGGED = 0.5  # the score from which on content is flagged
NOISE = 0.004  # the greatest score of what says nothing
SUREST = 0.9995
SEEN = frozenset(("self-harm", "self-harm/intent", "self-harm/instructions", "sexual", "violence", "violence/graphic"))
LEGACY = "text-moderation"  # models that know no images, and neither of these categories
LATER = ("illicit", "illicit/violent")
MOST_INPUTS = 2_048


async def moderate(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Reply:
    """Score each text of a list, or one text, or texts and images together.

    Raises:
        ApiError: 400, there are too many inputs, or an image for a model that reads texts alone.
    """
    model, given = body.get("model") or "omni-moderation-latest", body["input"]
    inputs = given if isinstance(given, list) else [given]
    if len(inputs) > MOST_INPUTS:
        raise ApiError(
            400,
            f"Invalid 'input': array too long. Expected an array with maximum length {MOST_INPUTS}, but got an array "
            f"with length {len(inputs)} instead.",
            code="array_above_max_length",
            param="input",
        )
    if inputs and isinstance(inputs[0], dict):
        results = [await _result(call, model, inputs)]
    else:
        results = [await _result(call, model, [{"type": "text", "text": text}]) for text in inputs]
    tokens = call.world.tokens_for(model)
    await tokens.ready()
    texts = [part if isinstance(part, str) else part.get("text") or "" for part in inputs]
    used = Amounts(1, sum([tokens.count(text) for text in texts]))
    call.world.engine(Ledger).add(call, MODERATIONS, used, model)
    due = timing.end(1, call.world.chance(identity(body), b"pace"))
    return call.reply({"id": call.new_id("modr-"), "model": model, "results": results}, due)


async def _result(call: Call, model: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """What is said of texts and images together."""
    legacy = model.startswith(LEGACY)
    sure, types = dict.fromkeys(harms.HARMS, 0.0), set[str]()
    for at, part in enumerate(parts):
        image = part["type"] == "image_url"
        if image and legacy:
            raise ApiError(
                400, f"The model '{model}' takes no images.", code="invalid_value", param=f"input[{at}].type"
            )
        types.add("image" if image else "text")
        for category, score in (await _scores(call, part, image)).items():
            if category in SEEN or not image:
                sure[category] = max(sure[category], score)
    scores = {category: 0.0 if legacy and category in LATER else min(score, SUREST) for category, score in sure.items()}
    flags: dict[str, bool | None] = {category: score >= FLAGGED for category, score in scores.items()}
    if legacy:
        flags |= dict.fromkeys(LATER)
    applied = {
        category: [kind for kind in ("text", "image") if kind in types and (kind == "text" or category in SEEN)]
        for category in scores
    }
    return {
        "flagged": any(flags.values()),
        "categories": flags,
        "category_scores": scores,
        "category_applied_input_types": applied,
    }


async def _scores(call: Call, part: dict[str, Any], image: bool) -> dict[str, float]:
    """The score of every category for one text or image."""
    said = part["image_url"]["url"] if image else part["text"]
    text = _words(said) if image else said
    found: dict[str, dict[str, float]] = {}
    for start in range(0, len(text), harms.SLICE):
        harms.find(text, start, found)
        await give_way()
    haze = call.world.chance(b"moderation", said.encode("utf-8", "replace"))
    return {
        category: round(score * (1 - NOISE) + NOISE * (haze.below(65_535) + 1) / 65_536, 8)
        for category, score in harms.scores(found).items()
    }


def _words(url: str) -> str:
    """The words of an image's address; one that holds its bytes has none."""
    parts = urlsplit(url)
    return "" if parts.scheme == "data" else " ".join(re.findall(r"[^\W_]+", unquote(parts.path)))
