"""File search of a run: what the vector stores at hand have on the last message, and how the answer cites it."""

from collections.abc import Sequence
from copy import copy
from typing import Any, NamedTuple

from ...call import Call
from ..search.indexing import settled
from ..search.quotes import quotes
from ..search.searching import search
from ..things import Thing

STORES = "_stores"  # of a run: the ids of the vector stores of its assistant and its thread
RANKING = {"ranker": "default_2024_08_21", "score_threshold": 0.0}  # of a search that says nothing of it
MOST, LONGEST_QUERY = 20, 512  # results, where the tool says no other number; characters
PATIENCE = 60.0  # seconds that a run waits for a store's files
MARK = "【4:{number}†{name}】"  # how a message cites a file

Json = dict[str, Any]


class Found(NamedTuple):
    """What a search found: *results* as its step tells them, what the answer *says*, and what it cites by its marks."""

    results: list[Json]
    says: str
    cited: dict[str, str]


def stores_of(*resources: Json | None) -> list[str]:
    """The vector stores that *resources* of tools name, in their order."""
    named = [(each or {}).get("file_search") or {} for each in resources]
    return list(dict.fromkeys(id for each in named for id in each.get("vector_store_ids") or ()))


async def find(call: Call, run: Thing, tool: Json, query: str) -> Found:
    """What the stores of *run* have on *query*, as *tool* ranks it.

    Raises:
        ApiError: 404, a store is not there; 400, it is expired.
    """
    ahead = copy(call)
    ahead.now = call.now + PATIENCE  # a run waits for files that are being parsed
    for id in run.get(STORES) or ():
        await settled(ahead, id)
    said = tool.get("file_search") or {}
    ranking = {**RANKING, **said.get("ranking_options", {})}
    query = query[:LONGEST_QUERY].strip()
    most = said.get("max_num_results") or MOST
    hits = await search(
        call, run.get(STORES) or [], [query], None, most, {"score_threshold": ranking["score_threshold"]}
    )
    results = [
        {"file_id": hit.file_id, "file_name": hit.filename, "score": hit.score,
         "content": [{"type": "text", "text": hit.text}]}
        for hit in hits
    ]  # fmt: skip
    cited, says = {}, []
    for number, quote in enumerate(quotes(hits, query)):
        mark = MARK.format(number=number, name=quote.hit.filename)
        says.append(f"{quote.text} {mark}")
        cited[mark] = quote.hit.file_id
    return Found(results, "\n\n".join(says), cited)


def annotations(text: str, cited: dict[str, str]) -> list[Json]:
    """How a message that says *text* cites files, those that are *cited* by their marks."""
    found = []
    for mark, file in cited.items():
        at = text.find(mark)
        if at >= 0:
            place = {"start_index": at, "end_index": at + len(mark)}
            found.append({"type": "file_citation", "text": mark, **place, "file_citation": {"file_id": file}})
    return found


def stores(assistant: Thing, body: Json) -> Sequence[str]:
    """The stores that a run of *assistant* searches because of itself, unless the request *body* names others."""
    return stores_of(body.get("tool_resources") or assistant.get("tool_resources"))
