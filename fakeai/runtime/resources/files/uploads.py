"""Uploads: a file that comes in parts."""

import hashlib
from typing import Any

from ...answer import Reply
from ...call import Call
from ...clock import give_way
from ...errors import ApiError
from ...forms import File
from .. import things
from ..kinds import kind_of
from ..things import Thing
from . import files

UPLOAD, PART = "upload", "upload.part"
LARGEST = 8_589_934_592  # bytes of an upload
LARGEST_PART = 67_108_864  # bytes


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Begin an upload.

    Raises:
        ApiError: 400, its file could not have its purpose or size.
    """
    size = body["bytes"]
    if not 0 < size <= LARGEST:
        raise ApiError(
            400,
            f"Invalid 'bytes': expected a value from 1 to {LARGEST}, but got {size} instead.",
            code="invalid_value",
            param="bytes",
        )
    files.check(body["filename"], body["purpose"], size)
    values = {name: body[name] for name in ("filename", "purpose", "bytes")}
    kept = {"_type": body["mime_type"], "_expires_after": body.get("expires_after")}
    return call.reply(things.shown(await things.add(call, UPLOAD, **values, **kept)))


async def add_part(call: Call, id: str, body: dict[str, Any]) -> Reply:
    """Take a part of an upload.

    Raises:
        ApiError: 404, there is no such upload; 400, it takes no more parts, or the part is none.
    """
    upload, data = await things.find(call, UPLOAD, id), body["data"]
    _expect_pending(upload, "add a part to")
    if not isinstance(data, File):
        raise ApiError(400, "'data' is not a file: send it with a filename.", param="data", code="invalid_type")
    if data.size > LARGEST_PART:
        raise ApiError(400, f"A part has at most {LARGEST_PART} bytes; this one has {data.size}.", param="data")
    part = await things.add(call, PART, id, upload_id=id, _blob=data.blob, _size=data.size)
    data.kept = True
    return call.reply(things.shown(part))


async def complete(call: Call, id: str, body: dict[str, Any]) -> Reply:
    """Make a file of the parts of an upload, in the order in which they are named.

    Raises:
        ApiError: 404, there is no such upload or part; 400, sizes or checksums differ.
    """
    upload = await things.find(call, UPLOAD, id)
    _expect_pending(upload, "complete")
    names = body["part_ids"]
    if len(set(names)) < len(names):
        raise ApiError(400, "'part_ids' names a part twice.", param="part_ids")
    found = [await things.find(call, PART, id, name) for name in names]
    parts = [[part["_blob"], part["_size"]] for part in found]
    size = sum(bytes for _, bytes in parts)
    if size != upload["bytes"]:
        raise ApiError(
            400, f"The parts have {size} bytes, but the upload was announced with {upload['bytes']}.", param="part_ids"
        )
    if body.get("md5") and (md5 := await _md5(call, parts)) != body["md5"].lower():
        raise ApiError(400, f"The md5 checksum of the parts is {md5}, not {body['md5']}.", param="md5")
    kind = kind_of(call.world, UPLOAD)

    def end(thing: Thing) -> None:
        _expect_pending(thing, "complete")
        things.act(kind, thing, "complete", call.now)

    done = await things.change(call, UPLOAD, id, by=end)
    file = await files.keep(
        call, upload["filename"], upload["purpose"], parts, upload["_type"], upload["_expires_after"]
    )
    await _forget(call, id, used={blob for blob, _ in parts})
    done = await things.change(call, UPLOAD, id, by=lambda thing: thing.update(file=things.shown(file)))
    return call.reply(things.shown(done))


async def cancel(call: Call, id: str) -> Reply:
    """End an upload without a file.

    Raises:
        ApiError: 404, there is no such upload; 400, it ended already.
    """
    kind = kind_of(call.world, UPLOAD)

    def end(thing: Thing) -> None:
        _expect_pending(thing, "cancel")
        things.act(kind, thing, "cancel", call.now)

    done = await things.change(call, UPLOAD, id, by=end)
    await _forget(call, id, used=set())
    return call.reply(things.shown(done))


def _expect_pending(upload: Thing, what: str) -> None:
    if upload["status"] != "pending":
        raise ApiError(400, f"Cannot {what} the upload {upload['id']}: it is {upload['status']}.")


async def _forget(call: Call, id: str, used: set[str]) -> None:
    """Delete the parts of an upload, and their bytes where they are not *used*."""
    store, collection, unused = call.world.store, kind_of(call.world, PART).collection((id,)), []
    at: int | None = None
    while records := await store.page(collection, 100, after=at):
        unused += [record.data["_blob"] for record in records if record.data["_blob"] not in used]
        at = records[-1].place
    await store.write(clear=[f"upload/{id}/"])
    await store.forget(*unused)


async def _md5(call: Call, parts: list[list[Any]]) -> str:
    """The checksum of all *parts* together."""
    made = hashlib.md5(usedforsecurity=False)
    for blob, size in parts:
        for start in range(0, size, files.PIECE):
            made.update(await call.world.store.read(blob, start, min(files.PIECE, size - start)))
            await give_way()
    return made.hexdigest()
