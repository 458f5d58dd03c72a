"""Files of vector stores: attached, listed, described and detached."""

from dataclasses import dataclass
from typing import Any

from ...answer import Reply
from ...call import Call
from ...errors import ApiError
from .. import pages, things
from ..files import files as uploaded
from ..kinds import kind_of
from ..search.chunking import OVERLAP, SIZE
from ..search.indexing import due, settled
from ..search.writes import BLOBS, DUE, FILE, OWN_BATCH, TICKET, Ledger, busy
from ..search.writes import files as collection
from ..things import Thing

MOST_FILES = 10_000  # of a store


@dataclass(frozen=True)
class Wanted:
    """A file that is to be attached; *size* is in bytes."""

    id: str
    size: int
    chunking: dict[str, Any]
    attributes: dict[str, Any]


async def wanted(
    call: Call, id: str, strategy: dict[str, Any] | None, attributes: dict[str, Any] | None, param: str
) -> Wanted:
    """The file *id* as a request wants it attached, which names it in *param*.

    Raises:
        ApiError: 404, there is no such file; 400, the chunking strategy contradicts itself.
    """
    file = await uploaded.find(call, id, param)
    static = {"max_chunk_size_tokens": SIZE, "chunk_overlap_tokens": OVERLAP}
    if strategy and strategy["type"] == "static":
        static = strategy["static"]
        size, overlap = static["max_chunk_size_tokens"], static["chunk_overlap_tokens"]
        if 2 * overlap > size:
            where = "chunking_strategy.static.chunk_overlap_tokens"
            raise ApiError(
                400,
                f"Invalid '{where}': {overlap} is more than half of max_chunk_size_tokens, which is {size}.",
                code="invalid_value",
                param=where,
            )
    return Wanted(id, file["bytes"], {"type": "static", "static": static}, attributes or {})


async def attach(call: Call, store_id: str, found: list[Wanted], batch: Thing | None = None) -> list[Thing]:
    """The files, attached; one that is attached already is worked on again. *batch* is one that is made of them.

    Raises:
        ApiError: 404, there is no such store; 400, it is expired, or would have too many files.
    """
    kind = kind_of(call.world, FILE)
    for _ in range(things.TRIES):
        ledger, made = await Ledger.open(call, store_id), []
        if batch is not None:
            ledger.begin({**batch, "file_counts": dict(batch["file_counts"])})
        for file in found:
            ready = due(call.now, ledger.store["_free"], file.size)
            ledger.store["_free"] = ready
            values = {
                "id": file.id, "vector_store_id": store_id, "usage_bytes": 0, "last_error": None,
                "chunking_strategy": file.chunking, "attributes": file.attributes,
            }  # fmt: skip
            kept = {DUE: ready, TICKET: call.world.new_id("t"), OWN_BATCH: batch["id"] if batch else None}
            thing = things.made(call, kind, **values, **kept)
            await ledger.put(file.id, await ledger.get(file.id), thing)
            made.append(thing)
        if ledger.store["file_counts"]["total"] > MOST_FILES:
            raise ApiError(400, f"A vector store has at most {MOST_FILES} files.", param="file_ids" if batch else None)
        if await ledger.write():
            return made
    raise busy(store_id)


async def create(call: Call, store_id: str, body: dict[str, Any]) -> Reply:
    """Attach a file.

    Raises:
        ApiError: 404, there is no such store or file; 400, the store takes none.
    """
    await Ledger.open(call, store_id)
    file = await wanted(call, body["file_id"], body.get("chunking_strategy"), body.get("attributes"), "file_id")
    (made,) = await attach(call, store_id, [file])
    return call.reply(things.shown(made))


async def listing(
    call: Call, store_id: str, query: dict[str, Any], shape: dict[str, Any], batch_id: str | None = None
) -> Reply:
    """A page of the store's files, or of those that came with a batch.

    Raises:
        ApiError: 404, there is no such store; 400, a cursor names nothing.
    """
    await settled(call, store_id)
    status = query.get("filter")

    def keep(file: Thing) -> bool:
        return status in (None, file["status"]) and batch_id in (None, file[OWN_BATCH])

    found, more = await pages.page(call, FILE, (store_id,), query, keep if status or batch_id else None)
    return call.reply(pages.answer(found, more, shape))


async def retrieve(call: Call, store_id: str, file_id: str) -> Reply:
    """A file of the store as it stands now.

    Raises:
        ApiError: 404, there is no such store, or the file is not in it.
    """
    return call.reply(things.shown(await _find(call, store_id, file_id)))


async def update(call: Call, store_id: str, file_id: str, body: dict[str, Any]) -> Reply:
    """Change a file's attributes.

    Raises:
        ApiError: 404, there is no such store, or the file is not in it; 400, the store is expired.
    """
    file = await _change(call, store_id, file_id, {"attributes": body["attributes"] or {}})
    assert file is not None
    return call.reply(things.shown(file))


async def delete(call: Call, store_id: str, file_id: str) -> Reply:
    """Detach a file; it stays among the files.

    Raises:
        ApiError: 404, there is no such store, or the file is not in it; 400, the store is expired.
    """
    await _change(call, store_id, file_id, None)
    return call.reply({"id": file_id, "object": "vector_store.file.deleted", "deleted": True})


async def content(call: Call, store_id: str, file_id: str) -> Reply:
    """The text that was found in a file; none before it is parsed.

    Raises:
        ApiError: 404, there is no such store, or the file is not in it.
    """
    file = await _find(call, store_id, file_id)
    texts = [(await call.world.store.read(blob)).decode() for blob in file.get(BLOBS, ())[:1]]
    data = [{"type": "text", "text": text} for text in texts]
    return call.reply({"object": "vector_store.file_content.page", "data": data, "has_more": False, "next_page": None})


async def _find(call: Call, store_id: str, file_id: str) -> Thing:
    """A file of the store, after all work that is due."""
    store = await settled(call, store_id)
    found = await call.world.store.get(collection(store["id"]), file_id)
    if found is None:
        raise _missing(store_id, file_id)
    return found.data


async def _change(call: Call, store_id: str, file_id: str, values: dict[str, Any] | None) -> Thing | None:
    """Let a file say *values*, or detach it when they are None."""
    await settled(call, store_id)
    for _ in range(things.TRIES):
        ledger = await Ledger.open(call, store_id)
        old = await ledger.get(file_id)
        if old is None:
            raise _missing(store_id, file_id)
        new = None if values is None else {**old.data, **values}
        await ledger.put(file_id, old, new)
        if await ledger.write():
            return new
    raise busy(store_id)


def _missing(store_id: str, file_id: str) -> ApiError:
    return ApiError(404, f"No file found with id '{file_id}' in vector store '{store_id}'.")
