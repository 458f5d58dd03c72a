"""Batches: files of requests that are answered while time passes.

Nothing runs in the background: whoever reads a batch moves it on to this moment. Each move is kept before the next
begins, and only when nobody else has moved the batch since, so that no request is answered twice or not at all.
"""

from dataclasses import dataclass, field
from typing import Any

from ...answer import Reply
from ...call import Call
from ...errors import ApiError
from ...store import Change, Record
from .. import pages, things
from ..files import files
from ..kinds import Kind, kind_of
from ..locks import Locks
from ..things import SINCE, Thing
from . import batch_input, batch_lines, batch_queue
from .batch_lines import AT, DONE, ERRORS, INPUT, OUTPUT, RATE

BATCH = "batch"
EXPIRES_AFTER = "_expires_after"  # of a batch: what its request says of the files it makes
ENDS = ("completed", "failed", "expired", "cancelled")
RESULTS = ((OUTPUT, "output"), (ERRORS, "error"))


@dataclass
class Move:
    """What is written with a batch that moved, and the *blobs* that are nobody's when it was not written."""

    changes: list[Change] = field(default_factory=list)
    blobs: list[str] = field(default_factory=list)


async def create(call: Call, body: dict[str, Any], rate: float) -> Reply:
    """Begin a batch that answers *rate* requests in a second.

    Raises:
        ApiError: 404, there is no such file; 400, it is not one for batches.
    """
    file = await files.find(call, body["input_file_id"], "input_file_id")
    if file["purpose"] != "batch":
        raise ApiError(
            400,
            f"Invalid file purpose: the file '{file['id']}' was uploaded with purpose '{file['purpose']}', but a batch "
            "takes files with purpose 'batch'.",
            code="invalid_file_purpose",
            param="input_file_id",
        )
    kind = kind_of(call.world, BATCH)
    batch = things.made(call, kind)
    for name in ("input_file_id", "endpoint", "completion_window", "metadata"):
        if name in body:
            batch[name] = body[name]
    batch[INPUT] = {"id": file["id"], files.PARTS: file[files.PARTS]}
    batch[EXPIRES_AFTER] = body.get("output_expires_after")
    batch |= {RATE: rate, DONE: 0, AT: 0, OUTPUT: [], ERRORS: []}
    needs = files.user(file, batch["id"], begins=True)
    await call.world.store.write(Change(kind.collection(()), batch["id"], batch, revision=0), needs)
    return call.reply(things.shown(batch))


async def retrieve(call: Call, id: str) -> Reply:
    """The batch as it stands at this moment.

    Raises:
        ApiError: 404, there is none.
    """
    return call.reply(things.shown((await find(call, id)).data))


async def listing(call: Call, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of batches as they stand at this moment."""
    found, more = await pages.page(call, BATCH, (), query)
    moved = [(await find(call, batch["id"])).data for batch in found]
    return call.reply(pages.answer(moved, more, shape))


async def cancel(call: Call, id: str) -> Reply:
    """End a batch with what is done of it; one that was cancelled before stays as it is.

    Raises:
        ApiError: 404, there is none; 409, it has ended otherwise.
    """
    kind = kind_of(call.world, BATCH)
    while True:
        found = await find(call, id)
        batch = found.data
        if batch["status"] not in ("cancelling", "cancelled"):
            things.act(kind, batch, "cancel", call.now)
            if not await call.world.store.write(Change(kind.collection(()), id, batch, revision=found.revision)):
                continue
        return call.reply(things.shown(batch))


async def find(call: Call, id: str) -> Record:
    """The batch, moved on to the moment of *call*.

    Raises:
        ApiError: 404, there is none.
    """
    kind, store = kind_of(call.world, BATCH), call.world.store
    found = await things.record(call, kind, (id,))
    if found.data["status"] in ENDS:
        return found
    async with call.world.engine(Locks).of(id):
        while True:
            found = await things.record(call, kind, (id,))
            batch = found.data
            move = await _move(call, kind, found)
            if move is None:
                return found
            change = Change(kind.collection(()), id, batch, revision=found.revision)
            if not await store.write(change, *move.changes):
                await store.forget(*move.blobs)
            elif batch["status"] in ENDS:
                await _clear(call, batch)


async def _move(call: Call, kind: Kind, found: Record) -> Move | None:
    """Move a batch on by one step, if one is due."""
    batch = found.data
    status = batch["status"]
    if status == "in_progress":
        return await _proceed(call, kind, batch)
    if status not in kind.steps:
        return None
    target, after = kind.steps[status]
    at = batch[SINCE] + after
    if at > call.now:
        return None
    if status == "validating":
        checked = await batch_input.check(call, batch[INPUT], batch["endpoint"])
        if checked.model is not None and not checked.errors:
            checked.errors += await _without_room(call, kind, found, checked.model, checked.tokens, at)
            batch[batch_queue.TOKENS] = checked.tokens
        if checked.errors:
            batch["errors"] = {"object": "list", "data": checked.errors}
            things.act(kind, batch, "fail", at)
            return _end(call, batch, at)
        if checked.model is not None:
            batch["model"] = checked.model
        batch["request_counts"]["total"] = checked.requests
    things.enter(kind, batch, target, at)
    return _end(call, batch, at) if target in ENDS else Move()


async def _without_room(call: Call, kind: Kind, found: Record, model: str, tokens: int, at: float) -> list[Thing]:
    """Why a batch finds no room in the queue at the moment *at*; nothing when it does. Who came earlier goes first."""
    limit = await batch_queue.limit(call, model)
    if limit is None:
        return []
    batches = [record.data for record in await batch_queue.earlier(call, kind, found.place)]
    for number, batch in enumerate(batches):
        if batch["status"] == "validating":
            batches[number] = (await find(call, batch["id"])).data
    return [] if batch_queue.waiting(batches, model, at) + tokens <= limit else [batch_queue.full(model, limit)]


async def _proceed(call: Call, kind: Kind, batch: Thing) -> Move | None:
    """Answer a slice of what is due, or leave the state when nothing is open."""
    total, expires = batch["request_counts"]["total"], batch["expires_at"]
    late = batch_lines.due(batch, expires)  # the first request that would be answered too late
    upto = total if call.now >= expires else batch_lines.due(batch, call.now)
    if batch[DONE] < upto:
        return Move(blobs=await batch_lines.proceed(call, batch, upto, late))
    if batch[DONE] < total:
        return None
    if late < total:
        things.act(kind, batch, "expire", expires)
        return _end(call, batch, expires)
    things.act(kind, batch, "finalize", batch_lines.moment(batch, total))
    return Move()


def _end(call: Call, batch: Thing, at: float) -> Move:
    """Make files of the results of *batch*, which ended at the moment *at*, and let its input file go."""
    kind, id = kind_of(call.world, files.FILE), batch["id"]
    move = Move([files.user(batch[INPUT], id, begins=False)])
    for name, word in RESULTS:
        if batch[name]:
            lasts = batch[EXPIRES_AFTER] and batch[EXPIRES_AFTER]["seconds"]
            said = files.said(at, f"{id}_{word}.jsonl", "batch_output", batch[name], "application/jsonl", lasts)
            made = call.world.fixed_id("file-", id.encode(), word.encode())
            file = things.made(call, kind, **{**said, "id": made, "created_at": int(at)})
            batch[f"{word}_file_id"] = made
            move.changes.append(Change(kind.collection(()), made, file))
    return move


async def _clear(call: Call, batch: Thing) -> None:
    """Delete the bytes that nobody needs after the end of *batch*."""
    kept = {blob for name, _ in RESULTS for blob, _ in batch[name]}
    first = {batch_lines.first_blob(batch, name) for name, _ in RESULTS}
    await call.world.store.forget(*(first - kept))
    await files.forget(call, batch[INPUT])
