"""Ranking: how well each of some passages fits a query, whatever the others say."""

import asyncio
import math
import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...answer import Reply
from ...call import Call
from ...catalog import Catalog
from ...clock import give_way
from ...cluster.latency import INSTANT, Timing
from ...content.generation import identity
from ...content.messages import content_tokens
from ...content.perception.describing import describe
from ...content.usage import of_reading
from ...errors import ApiError
from .index import vector
from .terms import counts

if TYPE_CHECKING:
    from .index import Floats

WINDOW = 8192  # tokens of query and passage together, of a model that the catalog does not know
LONG = 4096  # characters of a passage from which others have their turns while it is compared
TERMS_WEIGHT = 0.9  # how much of the way to certainty a passage comes that has every term of the query
SUREST = 0.999
HALF = struct.Struct("<e")  # the precision of a model's logits

Passage = dict[str, Any]  # a `text`, an `image`, or both


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


class Reader:
    """A model that compares passages with one query; *used* is how many tokens it read.

    What it is too much for is refused, or loses its end when it *cuts*. *name* is what the body calls the query.

    Raises:
        ApiError: 400, the query alone is too much.
    """

    def __init__(self, call: Call, model: str, query: str, cuts: bool, name: str = "query") -> None:
        self._call, self._model, self._cuts = call, model, cuts
        self._tokens = call.world.tokens_for(model)
        self._window = call.world.engine(Catalog).look_up(model).context_window or WINDOW
        self._taken = self._tokens.count(query)
        if self._taken >= self._window:
            raise self._too_long(name, self._taken)
        self._query = Query(query)
        self.used = 0

    async def relevance(self, passage: Passage, place: str) -> float:
        """How well *passage*, which stands at *place* in the body, fits the query, 0 to 1.

        Raises:
            ApiError: 400, it is too long, or its image is none.
        """
        text: str = passage.get("text") or ""
        size = self._taken + (self._tokens.count(text) if text else 0)
        if "image" in passage:
            part = {"type": "image_url", "image_url": {"url": passage["image"]}}
            size += content_tokens(self._tokens, [part], self._model, place)
            seen = await asyncio.to_thread(describe, part)
            text = f"{text}\n{seen}" if text else seen
        if size > self._window:
            if not self._cuts:
                raise self._too_long(f"{place}.text", size)
            text = "".join(self._tokens.pieces(text)[: self._window - self._taken])
            size = self._window
        self.used += size
        if len(text) > LONG:
            return await asyncio.to_thread(self._query.relevance, text)
        return self._query.relevance(text)

    def _too_long(self, place: str, size: int) -> ApiError:
        if self._call.world.options.dialect == "nim":
            message = f"Input length {size} exceeds maximum allowed token size {self._window}"
        else:
            message = f"Invalid '{place}': at most {self._window} tokens of query and passage together are read, but "
            message += f"got {size}."
        return ApiError(400, message, code="context_length_exceeded", param=place)


async def rank(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Reply:
    """The body's `passages` by their logits, the best first; or the best `top_n` of its `documents`, with their texts.

    Raises:
        ApiError: 400, the query is too long, or a passage is and `truncate` is not END.
    """
    asked = body["query"]
    await call.world.tokens_for(body["model"]).ready()
    plain = isinstance(asked, str)
    name, query, place = ("documents", asked, "query") if plain else ("passages", asked["text"], "query.text")
    reader = Reader(call, body["model"], query, body.get("truncate") == "END", place)
    logits = [_logit(each) for each in await _compared(reader, body[name], name)]
    order = _best(logits, body.get("top_n") if plain else None)
    rankings: list[dict[str, Any]] = [{"index": index, "logit": logits[index]} for index in order]
    if plain:
        for ranking in rankings:
            ranking["document"] = {"text": body[name][ranking["index"]]["text"]}
    due = timing.end(1, call.world.chance(identity(body), b"pace"))
    return call.reply({"rankings": rankings, "usage": of_reading(reader.used)}, due)


async def rerank(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Reply:
    """The best `top_n` of the body's `documents`, the best first, each with its score.

    Dynamo's frontend gives them as an array, all others as `results` of an object.

    Raises:
        ApiError: 400, the query or a document is empty or too long.
    """
    documents = [{"text": each} if isinstance(each, str) else each for each in body["documents"]]
    for place, text in (("query", body["query"]), *((f"documents[{at}]", d["text"]) for at, d in enumerate(documents))):
        if not text.strip():
            raise ApiError(400, f"Invalid '{place}': it has nothing but spaces.", code="invalid_value", param=place)
    await call.world.tokens_for(body["model"]).ready()
    reader = Reader(call, body["model"], body["query"], cuts="truncate_prompt_tokens" in body)
    scores = await _compared(reader, documents, "documents")
    order = _best(scores, body.get("top_n"))
    shown = body.get("return_documents") is not False
    due = timing.end(1, call.world.chance(identity(body), b"pace"))
    if call.world.options.dialect == "dynamo":
        ranked: list[dict[str, Any]] = [{"score": scores[index], "index": index} for index in order]
        for each in ranked if shown else ():
            each["document"] = documents[each["index"]]["text"]
        return call.reply(ranked, due)
    results: list[dict[str, Any]] = [{"index": index, "relevance_score": scores[index]} for index in order]
    for each in results if shown else ():
        each["document"] = {"text": documents[each["index"]]["text"]}
    used = of_reading(reader.used)
    return call.reply({"id": call.new_id("rerank-"), "model": body["model"], "usage": used, "results": results}, due)


async def _compared(reader: Reader, passages: Sequence[Passage], name: str) -> list[float]:
    """How well each of *passages* fits, which the body calls *name*."""
    found = []
    for at, passage in enumerate(passages):
        found.append(await reader.relevance(passage, f"{name}[{at}]"))
        await give_way()
    return found


def _best(scores: Sequence[float], most: int | None) -> list[int]:
    """Where the best *most* of *scores* are, the best first."""
    return sorted(range(len(scores)), key=lambda index: -scores[index])[:most]


def _logit(relevance: float) -> float:
    sure = min(SUREST, max(1.0 - SUREST, relevance))
    rounded: float = HALF.unpack(HALF.pack(math.log(sure / (1.0 - sure))))[0]
    return rounded
