"""File search: what is found in real vector stores, quoted and cited."""

import re

from ...search.searching import Hit, search
from ..sayings import Saying
from .task import Json, Task, Used

MOST, QUOTED = 20, 2  # results that are looked at when the tool says no other number; that are quoted
LONGEST_QUERY, LONGEST_QUOTE = 512, 320  # characters
WORD = re.compile(r"\w{3,}")
SENTENCE = re.compile(r"(?<=[.?!])\s+|\n+")


async def use(task: Task, tool: Json) -> Used:
    """Look the prompt up in the stores of *tool*.

    Raises:
        ApiError: 404, there is no such store; 400, it is expired.
    """
    query = task.prompt[:LONGEST_QUERY].strip() or task.topic
    hits = await search(
        task.call,
        tool["vector_store_ids"],
        [query],
        tool.get("filters"),
        tool.get("max_num_results") or MOST,
        tool.get("ranking_options"),
    )
    results = [
        {"file_id": hit.file_id, "filename": hit.filename, "score": hit.score, "attributes": hit.attributes,
         "text": hit.text}
        for hit in hits
    ]  # fmt: skip
    said = task.saying({"type": "file_search_call", "queries": [query], "results": results}, query)
    return _found([said], hits, query) if hits else Used([said], f"The files say nothing about {task.topic}.")


def _found(sayings: list[Saying], hits: list[Hit], query: str) -> Used:
    quotes: dict[str, Hit] = {}
    for hit in hits:
        quotes.setdefault(f'{hit.filename} says: "{_excerpt(hit.text, query)}"', hit)
        if len(quotes) == QUOTED:
            break
    citations = [
        (quote, {"type": "file_citation", "file_id": hit.file_id, "filename": hit.filename})
        for quote, hit in quotes.items()
    ]
    return Used(sayings, "\n\n".join(quotes), citations)


def _excerpt(text: str, query: str) -> str:
    """The sentence of *text* that has most words of *query*."""
    wanted = set(WORD.findall(query.lower()))
    sentences = [sentence for sentence in SENTENCE.split(text) if sentence.strip()] or [text]
    best = max(sentences, key=lambda sentence: len(wanted & set(WORD.findall(sentence.lower()))))
    return best.strip()[:LONGEST_QUOTE]
