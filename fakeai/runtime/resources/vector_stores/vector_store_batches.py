"""File batches: files that are attached to a vector store together."""

from typing import Any

from ...answer import Reply
from ...call import Call
from ...errors import ApiError
from .. import pages, things
from ..kinds import kind_of
from ..search.indexing import settled
from ..search.writes import BATCH, OWN_BATCH, Ledger, busy, empty, queue
from ..things import Thing
from . import vector_store_files
from .vector_store_files import attach, wanted

READ = 100  # files that are read at once
CANCELLED = "_cancelled"  # of a batch: that a client did so


async def create(call: Call, store_id: str, body: dict[str, Any]) -> Reply:
    """Attach many files.

    Raises:
        ApiError: 404, there is no such store or file; 400, the store takes them not.
    """
    if "files" in body and "file_ids" in body:
        raise ApiError(400, "Only one of 'file_ids' and 'files' may be given.", param="files")
    await Ledger.open(call, store_id)
    listed = body.get("files")
    if listed is None:
        listed = [{**body, "file_id": id} for id in body["file_ids"]]
    found = {
        said["file_id"]: await wanted(
            call, said["file_id"], said.get("chunking_strategy"), said.get("attributes"),
            f"files[{at}].file_id" if "files" in body else "file_ids",
        )
        for at, said in enumerate(listed)
    }  # fmt: skip
    values: Thing = {"vector_store_id": store_id, "file_counts": empty()}
    batch = things.made(call, kind_of(call.world, BATCH), **values)
    await attach(call, store_id, list(found.values()), batch)
    return call.reply(view(await _find(call, store_id, batch["id"])))


async def retrieve(call: Call, store_id: str, id: str) -> Reply:
    """A batch as it stands now.

    Raises:
        ApiError: 404, there is no such store or batch.
    """
    return call.reply(view(await _find(call, store_id, id)))


async def listing(call: Call, store_id: str, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of the store's batches.

    Raises:
        ApiError: 404, there is no such store; 400, a cursor names nothing.
    """
    await settled(call, store_id)
    found, more = await pages.page(call, BATCH, (store_id,), query)
    return call.reply(pages.answer([view(batch) for batch in found], more, shape))


async def files(call: Call, store_id: str, id: str, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of the files that came with a batch.

    Raises:
        ApiError: 404, there is no such store or batch; 400, a cursor names nothing.
    """
    await _find(call, store_id, id)
    return await vector_store_files.listing(call, store_id, query, shape, id)


async def cancel(call: Call, store_id: str, id: str) -> Reply:
    """Cancel the files of a batch that are still in progress.

    Raises:
        ApiError: 404, there is no such store or batch; 400, none is in progress.
    """
    for _ in range(things.TRIES):
        status = view(await _find(call, store_id, id))["status"]
        if status != "in_progress":
            raise ApiError(400, f"Cannot cancel vector store file batch with status '{status}'.")
        ledger = await Ledger.open(call, store_id)
        batch = await ledger.edit_batch(id, **{CANCELLED: True})
        for file_id in await _waiting(call, store_id, id):
            old = await ledger.get(file_id)
            if old is not None:
                await ledger.put(file_id, old, {**old.data, "status": "cancelled"})
        if await ledger.write():
            return call.reply(view(batch))
    raise busy(store_id)


def view(batch: Thing) -> Thing:
    """What a client sees of *batch*."""
    counts = batch["file_counts"]
    status = "completed"
    if counts["in_progress"]:
        status = "in_progress"
    elif batch.get(CANCELLED):
        status = "cancelled"
    elif counts["failed"] == counts["total"]:
        status = "failed"
    return {**things.shown(batch), "status": status}


async def _find(call: Call, store_id: str, id: str) -> Thing:
    """A batch, after all work that is due."""
    await settled(call, store_id)
    return await things.find(call, BATCH, store_id, id)


async def _waiting(call: Call, store_id: str, id: str) -> list[str]:
    """The files of a batch that are in progress."""
    found: list[str] = []
    place: int | None = None
    while records := await call.world.store.page(queue(store_id), READ, after=place):
        place = records[-1].place
        found += [record.id for record in records if record.data[OWN_BATCH] == id]
    return found
