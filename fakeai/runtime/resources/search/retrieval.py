"""Retrieval-augmented generation: documents of the library that fit, and an answer in the words of these."""

import asyncio
import re
from pathlib import Path
from typing import Any

import orjson

from ...answer import Reply
from ...call import Call
from ...clock import give_way
from ...cluster.latency import INSTANT, Timing
from ...content.generation import identity, writer_for
from ...content.prose.prose import topic_of
from ...content.usage import usage
from ...world import World
from . import library
from .index import Index, part, vector
from .library import Document
from .ranking import Query
from .terms import counts

LIMIT = 5  # documents
MODEL = "meta-llama/Llama-3.1-70B-Instruct"
QUOTED, READ = 3, 5  # sentences that answer a query, and documents that they are looked for in
NEAR = 0.6  # share of the best sentence's relevance that another must have to be said as well
FITS = 0.2  # relevance from which a document has something to say
SENTENCE = re.compile(r"[^.!?]*[.!?]+(?=\s|$)|[^.!?]+$")

Found = list[tuple[float, Document]]  # the best first


class Shelf:
    """The library of a world, read and indexed at the first query."""

    def __init__(self, world: World) -> None:
        folder = world.options.rag_documents
        self._folder = Path(folder) if folder else library.BUNDLED
        self._read: tuple[list[Document], Index] | None = None

    async def find(self, queries: list[str], filters: dict[str, Any]) -> Found:
        """The documents that *filters* let pass, by how well they fit one of *queries*."""
        if self._read is None:
            self._read = await asyncio.to_thread(self._reading)
        documents, index = self._read
        scores = [0.0] * len(documents)
        for query in queries:
            scores = [max(pair) for pair in zip(scores, index.scores(query).tolist(), strict=True)]
            await give_way()
        kept = ((score, each) for score, each in zip(scores, documents, strict=True) if fits(each, filters))
        return sorted(kept, key=lambda found: -found[0])

    def _reading(self) -> tuple[list[Document], Index]:
        documents = library.read(self._folder)
        texts = [each.content for each in documents]
        spans = [(0, 0)] * len(texts)
        return documents, Index([part(spans, [vector(text) for text in texts], [counts(text) for text in texts])])


def fits(document: Document, filters: dict[str, Any]) -> bool:
    """Whether the metadata of *document* have each of *filters*: a value, or one of a list, whatever the case."""
    for name, wanted in filters.items():
        values = document.metadata.get(name)
        there = {_plain(value) for value in (values if isinstance(values, list) else [values]) if value is not None}
        if there.isdisjoint(_plain(value) for value in (wanted if isinstance(wanted, list) else [wanted])):
            return False
    return True


def _plain(value: Any) -> str:
    return str(value).strip().lower()


async def answer(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Reply:
    """Answer the body's `query`, one or a list, with the `top_k` documents that fit it best and its filters."""
    model = body.get("inference_model") or MODEL
    engine = await writer_for(call.world, model)
    asked, filters = body["query"], body.get("filters") or {}
    queries: list[str] = [asked] if isinstance(asked, str) else asked
    found = (await call.world.engine(Shelf).find(queries, filters))[: body.get("top_k", LIMIT)]
    if engine.told is not None:
        content = engine.told or "\n\n".join(queries)
    else:
        content = "\n\n".join([await _said(query, found, filters) for query in queries])
    count = engine.tokens.count
    read = sum(map(count, queries)) + sum(count(document.content) for _, document in found)
    made = count(content)
    retrieved = [
        {
            "id": document.id,
            "content": document.content,
            "score": round(score, 6),
            "metadata": document.metadata,
            "source": document.source,
        }
        for score, document in found
    ]
    said = {"content": content, "retrieved_docs": retrieved, "usage": orjson.loads(usage(read, made))}
    key = identity({"inference_model": MODEL, **body})
    return call.reply(said, timing.end(made, call.world.chance(key, b"pace")))


async def _said(query: str, found: Found, filters: dict[str, Any]) -> str:
    """What the documents say about *query*, in their own sentences, each with its source."""
    if not found:
        named = ", ".join(f"{name} {orjson.dumps(value).decode()}" for name, value in filters.items())
        return f"There is no document with {named}." if named else "There are no documents."
    compared, terms = Query(query), counts(query)
    rated: list[tuple[float, int, str, str]] = []
    for score, document in found[:READ]:
        body = document.content.removeprefix(f"{document.metadata.get('section')}: ")
        for sentence in SENTENCE.findall(body):
            if text := sentence.strip():
                rated.append((compared.relevance(text) + score / 2, len(rated), text, document.source))
        await give_way()
    best = sorted(rated, key=lambda each: -each[0])[:QUOTED]
    if best[0][0] < FITS or all(terms.keys().isdisjoint(counts(document.content)) for _, document in found[:READ]):
        return f"The documents say nothing about {topic_of(query)}."
    kept = sorted((each for each in best if each[0] >= NEAR * best[0][0]), key=lambda each: each[1])
    return " ".join(f"{text.rstrip('.')} ({source})." for _, _, text, source in kept)
