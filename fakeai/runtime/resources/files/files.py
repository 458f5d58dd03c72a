"""Files: their bytes are blobs of the store, their lives end when they expire."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import suppress
from functools import partial
from typing import Any

from ...answer import Content, Reply
from ...call import Call
from ...errors import ApiError
from ...forms import File
from ...kept_files import FILE as FILE
from ...kept_files import PARTS as PARTS
from ...kept_files import PIECE as PIECE
from ...kept_files import lasts as lasts
from ...kept_files import read as read
from ...kept_files import whole as whole
from ...store import Change
from .. import pages, things
from ..kinds import kind_of
from ..things import Thing

TYPE = "_type"  # of a file: the media type it came with
USERS = "file_user/"  # and the id of a file: the collection of those that need its bytes

UPLOADS = ("assistants", "batch", "fine-tune", "vision", "user_data", "evals")  # purposes of a file that is uploaded
SECRET = ("assistants", "vision", "user_data")  # purposes of files that only the API's own tools read
LINES = ("batch", "fine-tune")  # purposes of files of JSON lines
LARGEST = {"batch": 209_715_200}  # bytes, by purpose; others may be as large as a form's file
LASTS = {"batch": 2_592_000}  # seconds, by purpose, when the request does not say; others stay


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Keep the file of a form.

    Raises:
        ApiError: 400, the form has no file, or one that its purpose does not take.
    """
    file, purpose = body["file"], body["purpose"]
    if not isinstance(file, File):
        raise ApiError(400, "'file' is not a file: send it with a filename.", param="file", code="invalid_type")
    check(file.name, purpose, file.size)
    file.kept = True
    thing = await keep(call, file.name, purpose, [[file.blob, file.size]], file.content_type, body.get("expires_after"))
    return call.reply(things.shown(thing))


def check(name: str, purpose: str, size: int) -> None:
    """See that a file may have this purpose.

    Raises:
        ApiError: 400, it may not.
    """
    if purpose not in UPLOADS:
        listed = ", ".join(f"'{value}'" for value in UPLOADS)
        raise ApiError(
            400, f"Invalid value: '{purpose}'. Supported values are: {listed}.", code="invalid_value", param="purpose"
        )
    if not name:
        raise ApiError(400, "The file has no name.", param="file")
    if not size:
        raise ApiError(400, f"The file '{name}' is empty.", param="file", code="empty_file")
    if purpose in LINES and not name.lower().endswith(".jsonl"):
        raise ApiError(
            400,
            f"Invalid file format: '{name}'. A file for {purpose} must be .jsonl.",
            param="file",
            code="invalid_file_format",
        )
    largest = LARGEST.get(purpose)
    if largest is not None and size > largest:
        raise ApiError(
            400,
            f"The file '{name}' is too large for {purpose}: at most {largest} bytes.",
            param="file",
            code="file_too_large",
        )


async def keep(
    call: Call,
    name: str,
    purpose: str,
    parts: list[list[Any]],
    kind: str = "application/octet-stream",
    expires_after: dict[str, Any] | None = None,
) -> Thing:
    """A file whose bytes are the blobs *parts*, [[blob, bytes], ...]."""
    lasts = expires_after["seconds"] if expires_after else LASTS.get(purpose, call.world.options.file_seconds)
    return await things.add(call, FILE, **said(call.now, name, purpose, parts, kind, lasts))


def said(now: float, name: str, purpose: str, parts: list[list[Any]], kind: str, lasts: int | None = None) -> Thing:
    """What a file says of itself that is made at the moment *now* and *lasts* so many seconds; None is for ever."""
    values: Thing = {"filename": name, "purpose": purpose, "bytes": sum(bytes for _, bytes in parts)}
    if lasts is not None:
        values["expires_at"] = int(now) + lasts
    return {**values, PARTS: parts, TYPE: kind}


async def find(call: Call, id: str, param: str = "id") -> Thing:
    """The file *id*; *param* is where the request names it.

    Raises:
        ApiError: 404, there is none, or it is expired.
    """
    try:
        file = await things.find(call, FILE, id)
    except ApiError as error:
        raise _missing(error, param) from None
    if not lasts(file, call.now):
        await _end(call, file)
        raise _missing(kind_of(call.world, FILE).not_found(id), param)
    return file


async def _end(call: Call, file: Thing) -> None:
    """Delete an expired *file* and its bytes, unless another call does."""
    with suppress(ApiError):
        await things.remove(call, FILE, file["id"])
        await forget(call, file)


def _missing(error: ApiError, param: str) -> ApiError:
    return ApiError(error.status, error.message, type=error.type, code=error.code, param=param)


async def retrieve(call: Call, id: str) -> Reply:
    """The file.

    Raises:
        ApiError: 404, there is none.
    """
    return call.reply(things.shown(await find(call, id)))


async def listing(call: Call, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of the files that are not expired."""
    purpose = query.get("purpose")
    ended: list[Thing] = []

    def keep(file: Thing) -> bool:
        if not lasts(file, call.now):
            ended.append(file)
        return lasts(file, call.now) and purpose in (None, file["purpose"])

    found, more = await pages.page(call, FILE, (), query, keep)
    for file in ended:
        await _end(call, file)
    return call.reply(pages.answer(found, more, shape))


async def delete(call: Call, id: str) -> Reply:
    """Delete the file and its bytes.

    Raises:
        ApiError: 404, there is none.
    """
    file = await find(call, id)
    await things.remove(call, FILE, id)
    await forget(call, file)
    return call.reply({"id": id, "object": "file", "deleted": True})


async def forget(call: Call, file: Thing) -> None:
    """Delete the bytes of *file* when nobody needs them: it is deleted, and has no `user` any more."""
    store, id = call.world.store, file["id"]
    if await store.get(FILE, id) is None and not await store.page(USERS + id, 1):
        await store.forget(*(blob for blob, _ in file[PARTS]))


def user(file: Thing, id: str, begins: bool) -> Change:
    """What makes the thing *id* one that needs the bytes of *file*, whatever happens to the file, or ends that."""
    return Change(USERS + file["id"], id, {} if begins else None)


async def content(call: Call, id: str) -> Content:
    """The file's bytes.

    Raises:
        ApiError: 404, there is none; 400, its purpose is not one of files that are given back.
    """
    file = await find(call, id)
    if file["purpose"] in SECRET:
        raise ApiError(400, f"Not allowed to download files of purpose: {file['purpose']}")
    name = file["filename"].encode("ascii", "replace").decode().replace('"', "'")
    disposition = (b"content-disposition", f'attachment; filename="{name}"'.encode())
    kind = (b"content-type", b"application/octet-stream")
    return Content(file["bytes"], partial(read, call, file), kind, (disposition,))


async def lines(call: Call, file: Thing) -> AsyncIterator[bytes]:
    """The lines of *file* without their ends; what is empty is a line, too."""
    async for _, line in lines_from(call, file, 0):
        yield line


async def lines_from(call: Call, file: Thing, start: int) -> AsyncGenerator[tuple[int, bytes], None]:
    """The lines of *file* from its byte *start*, each after the byte at which the next one begins."""
    begun: list[bytes] = []  # pieces of a line that has not ended
    at = after = start
    while piece := await read(call, file, at, PIECE):
        at += len(piece)
        *whole, rest = piece.split(b"\n")
        for end in whole:
            line = b"".join((*begun, end))
            begun.clear()
            after += len(line) + 1
            yield after, line.removesuffix(b"\r")
        begun.append(rest)
    if rest := b"".join(begun):
        yield after + len(rest), rest.removesuffix(b"\r")
