"""File search: what is found in real vector stores, quoted and cited."""

from ...search.quotes import quotes
from ...search.searching import Hit, search
from ..sayings import Saying
from .task import Json, Task, Used

MOST = 20  # results that are looked at when the tool says no other number
LONGEST_QUERY = 512  # characters


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
    quoted = [(f'{quote.hit.filename} says: "{quote.text}"', quote.hit) for quote in quotes(hits, query)]
    citations = [
        (said, {"type": "file_citation", "file_id": hit.file_id, "filename": hit.filename}) for said, hit in quoted
    ]
    return Used(sayings, "\n\n".join(said for said, _ in quoted), citations)
