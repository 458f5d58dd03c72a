"""Vector stores: made, listed, changed, searched and deleted. `search/` has what makes them searchable."""

from typing import Any

from ...answer import Reply
from ...call import Call
from ...errors import ApiError
from ...store import Change
from .. import pages, things
from ..kinds import kind_of
from ..search.indexing import settled
from ..search.searching import LIMIT, rewritten, search
from ..search.writes import BLOBS, STORE, VERSION, busy, empty, expect_usable, expires_at, files, is_expired
from ..things import GONE, Thing
from .vector_store_files import attach, wanted

READ = 100  # files that are read at once


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Make a vector store of the files that the body names.

    Raises:
        ApiError: 404, there is no such file; 400, the chunking strategy contradicts itself.
    """
    return call.reply(view(await settled(call, await make(call, body, "file_ids")), call.now))


async def make(call: Call, body: dict[str, Any], param: str) -> str:
    """A vector store of the files that *body* names, which the request has at *param*; its id.

    Raises:
        ApiError: 404, there is no such file; 400, the chunking strategy contradicts itself.
    """
    found = [
        await wanted(call, id, body.get("chunking_strategy"), None, param)
        for id in dict.fromkeys(body.get("file_ids") or ())
    ]
    values = {
        "name": body.get("name") or "",
        "description": body.get("description"),
        "metadata": body.get("metadata") or {},
        "expires_after": body.get("expires_after"),
        "last_active_at": int(call.now),
    }
    kept = {"file_counts": empty(), "usage_bytes": 0, VERSION: 0, "_free": call.now}
    store = await things.add(call, STORE, **values, **kept)
    if found:
        await attach(call, store["id"], found)
    return str(store["id"])


async def retrieve(call: Call, id: str) -> Reply:
    """The store as it stands now.

    Raises:
        ApiError: 404, there is none.
    """
    return call.reply(view(await settled(call, id), call.now))


async def listing(call: Call, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of the stores."""
    found, more = await pages.page(call, STORE, (), query)
    return call.reply(pages.answer([view(await settled(call, store["id"]), call.now) for store in found], more, shape))


async def modify(call: Call, id: str, body: dict[str, Any]) -> Reply:
    """Change what the body says of a store; null ends its expiry.

    Raises:
        ApiError: 404, there is none; 400, it is expired.
    """
    values: dict[str, Any] = {name: body[name] for name in ("name", "metadata", "expires_after") if name in body}
    if "name" in values:
        values["name"] = values["name"] or ""
    if "metadata" in values:
        values["metadata"] = values["metadata"] or {}

    def edit(store: Thing) -> None:
        expect_usable(store, call.now)
        store.update(values, last_active_at=int(call.now))

    await things.change(call, STORE, id, by=edit)
    return call.reply(view(await settled(call, id), call.now))


async def delete(call: Call, id: str) -> Reply:
    """Delete a store and all that was made of its files, which stay.

    Raises:
        ApiError: 404, there is none; 409, it is being changed all the time.
    """
    kind = kind_of(call.world, STORE)
    collection = kind.collection(())
    for _ in range(things.TRIES):
        found, blobs = await things.record(call, kind, (id,)), await _blobs(call, id)
        gone = Change(collection, id, None, revision=found.revision)  # a file that is ready since then is a change, too
        place = Change(collection + GONE, id, {"place": found.place})
        if await call.world.store.write(gone, place, clear=[f"{collection}/{id}/"]):
            break
    else:
        raise busy(id)
    await call.world.store.forget(*blobs)
    return call.reply({"id": id, "object": "vector_store.deleted", "deleted": True})


async def find(call: Call, id: str, body: dict[str, Any]) -> Reply:
    """The chunks of a store that fit the body's query.

    Raises:
        ApiError: 404, there is no such store; 400, it is expired, or a query is empty.
    """
    said = body["query"]
    queries = said if isinstance(said, list) else [said]
    for at, query in enumerate(queries):
        if not query.strip():
            where = f"query[{at}]" if isinstance(said, list) else "query"
            raise ApiError(400, f"Invalid '{where}': a query is empty.", code="invalid_value", param=where)
    if body.get("rewrite_query"):
        queries = rewritten(queries)
    limit = body.get("max_num_results", LIMIT)
    hits = await search(call, [id], queries, body.get("filters"), limit, body.get("ranking_options"))
    data = [
        {
            "file_id": hit.file_id,
            "filename": hit.filename,
            "score": hit.score,
            "attributes": hit.attributes,
            "content": [{"type": "text", "text": hit.text}],
        }
        for hit in hits
    ]
    page = {"object": "vector_store.search_results.page", "search_query": queries, "data": data}
    return call.reply({**page, "has_more": False, "next_page": None})


def view(store: Thing, now: float) -> Thing:
    """What a client sees of *store* at *now*."""
    seen = things.shown(store)
    if seen["expires_after"] is None:
        del seen["expires_after"]
    working = store["file_counts"]["in_progress"]
    seen["status"] = "expired" if is_expired(store, now) else "in_progress" if working else "completed"
    seen["expires_at"] = expires_at(store)
    return seen


async def _blobs(call: Call, id: str) -> list[str]:
    """All that was made of the files of a store."""
    blobs: list[str] = []
    place: int | None = None
    while records := await call.world.store.page(files(id), READ, after=place):
        place = records[-1].place
        blobs += [blob for record in records for blob in record.data.get(BLOBS, ())]
    return blobs
