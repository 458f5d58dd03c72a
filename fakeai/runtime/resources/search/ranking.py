"""Ranking: how well each of some passages fits a query, whatever the others say."""

import math
import struct
from typing import TYPE_CHECKING, Any

from ...answer import Reply
from ...call import Call
from ...clock import give_way
from ...cluster.latency import INSTANT, Timing
from ...content.generation import identity, writer
from ...errors import ApiError
from .index import vector
from .terms import counts

if TYPE_CHECKING:
    from .index import Floats

WINDOW = 8192  # tokens of query and passage together, for a model of which the catalog does not tell it
TERMS_WEIGHT = 0.9  # how much of the way to certainty a passage comes that has every term of the query
SUREST = 0.999
HALF = struct.Struct("<e")  # the precision of a model's logits


class Query:
    """What passages are compared with."""

    def __init__(self, text: str) -> None:
        self._vector: Floats = vector(text)
        self._terms = counts(text)

    def relevance(self, text: str) -> float:
        """How well *text* fits, 0 to 1: the cosine of the vectors, raised by the share of the query's terms in it."""
        near = min(1.0, max(0.0, float(self._vector @ vector(text))))
        found = counts(text)
        share = sum(term in found for term in self._terms) / max(1, len(self._terms))
        return 1.0 - (1.0 - near) * (1.0 - TERMS_WEIGHT * share)


async def rank(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Reply:
    """The body's `passages` by their logits, the best first; or the best `top_n` of its `documents`, with their texts.

    Raises:
        ApiError: 400, a passage is too long and `truncate` is not END.
    """
    await writer(call.world)
    asked = body["query"]
    plain = isinstance(asked, str)
    texts = [passage["text"] for passage in body["documents" if plain else "passages"]]
    wanted = asked if plain else asked["text"]
    texts, used = _cut(call, body, wanted, texts)
    query = Query(wanted)
    logits = []
    for text in texts:
        logits.append(_logit(query.relevance(text)))
        await give_way()
    order = sorted(range(len(logits)), key=lambda index: -logits[index])[: body.get("top_n") if plain else None]
    rankings: list[dict[str, Any]] = [{"index": index, "logit": logits[index]} for index in order]
    if plain:
        for ranking in rankings:
            ranking["document"] = {"text": body["documents"][ranking["index"]]["text"]}
    due = timing.end(1, call.world.chance(identity(body), b"pace"))
    return call.reply({"rankings": rankings, "usage": {"prompt_tokens": used, "total_tokens": used}}, due)


def _cut(call: Call, body: dict[str, Any], query: str, texts: list[str]) -> tuple[list[str], int]:
    """*texts* as the model reads them, each after the query, and how many tokens that is."""
    tokens, model, ends = call.world.tokens, body["model"], body.get("truncate") == "END"
    rows = {row["id"]: row for row in call.world.catalog.get("models", [])}
    window: int = rows.get(model, {}).get("context_window", WINDOW)
    asked = tokens.count(query)
    if asked >= window:
        raise _too_long(model, window, "query", asked)
    read, used = [], 0
    for at, text in enumerate(texts):
        size = asked + tokens.count(text)
        if size > window:
            if not ends:
                param = f"documents[{at}].text" if "documents" in body else f"passages[{at}].text"
                raise _too_long(model, window, param, size)
            text, size = "".join(tokens.pieces(text)[: window - asked]), window
        read.append(text)
        used += size
    return read, used


def _too_long(model: str, window: int, param: str, size: int) -> ApiError:
    return ApiError(
        400,
        f"Invalid '{param}': {model} takes at most {window} tokens of query and passage together, but got {size}.",
        code="context_length_exceeded",
        param=param,
    )


def _logit(relevance: float) -> float:
    sure = min(SUREST, max(1.0 - SUREST, relevance))
    rounded: float = HALF.unpack(HALF.pack(math.log(sure / (1.0 - sure))))[0]
    return rounded
