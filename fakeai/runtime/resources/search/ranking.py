"""Ranking: how well each of some passages fits a query, whatever the others say."""

import math
import struct
from typing import TYPE_CHECKING, Any

from ...answer import Reply
from ...call import Call
from ...clock import give_way
from ...cluster.latency import INSTANT, Timing
from ...content.generation import identity
from ...errors import ApiError
from .index import vector
from .terms import counts

if TYPE_CHECKING:
    from .index import Floats

WINDOW = 8192  # tokens of query and passage together
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
        ApiError: 400, the query is too long, or a passage is and `truncate` is not END.
    """
    tokens, asked = call.world.tokens_for(body.get("model") or ""), body["query"]
    await tokens.ready()
    plain = isinstance(asked, str)
    name, wanted = ("documents", asked) if plain else ("passages", asked["text"])
    taken = tokens.count(wanted)
    if taken >= WINDOW:
        raise _too_long("query" if plain else "query.text", taken)
    query = Query(wanted)
    logits, used = [], 0
    for at, passage in enumerate(body[name]):
        text = passage["text"]
        size = taken + tokens.count(text)
        if size > WINDOW:
            if body.get("truncate") != "END":
                raise _too_long(f"{name}[{at}].text", size)
            text, size = "".join(tokens.pieces(text)[: WINDOW - taken]), WINDOW
        used += size
        logits.append(_logit(query.relevance(text)))
        await give_way()
    order = sorted(range(len(logits)), key=lambda index: -logits[index])[: body.get("top_n") if plain else None]
    rankings: list[dict[str, Any]] = [{"index": index, "logit": logits[index]} for index in order]
    if plain:
        for ranking in rankings:
            ranking["document"] = {"text": body[name][ranking["index"]]["text"]}
    due = timing.end(1, call.world.chance(identity(body), b"pace"))
    return call.reply({"rankings": rankings, "usage": {"prompt_tokens": used, "total_tokens": used}}, due)


def _too_long(param: str, size: int) -> ApiError:
    return ApiError(
        400,
        f"Invalid '{param}': at most {WINDOW} tokens of query and passage together are read, but got {size}.",
        code="context_length_exceeded",
        param=param,
    )


def _logit(relevance: float) -> float:
    sure = min(SUREST, max(1.0 - SUREST, relevance))
    rounded: float = HALF.unpack(HALF.pack(math.log(sure / (1.0 - sure))))[0]
    return rounded
