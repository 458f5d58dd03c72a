"""Containers: rooms for code to work in, with files, that end when nobody has used them for a while."""

from functools import partial
from typing import Any

from ..answer import Content, Reply
from ..call import Call
from ..errors import ApiError
from ..forms import File
from ..ledger.ledger import Ledger
from ..ledger.rows import SESSIONS, Amounts
from . import pages, things
from .files import files
from .kinds import kind_of
from .things import Thing

CONTAINER, FILE = "container", "container.file"
FOLDER = "/mnt/data/"
MINUTES = 20  # of rest until a container ends, when the request does not say


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Make a container, with copies of the files that the request names.

    Raises:
        ApiError: 404, a file is not there.
    """
    return call.reply(shown(call, await opened(call, body)))


async def opened(call: Call, body: dict[str, Any]) -> Thing:
    """A new container, with copies of the files that *body* names.

    Raises:
        ApiError: 404, a file is not there.
    """
    found = [await files.find(call, id, "file_ids") for id in body.get("file_ids") or ()]
    policy = body.get("network_policy") or {"type": "disabled"}
    container = await things.add(
        call,
        CONTAINER,
        name=body["name"],
        last_active_at=int(call.now),
        expires_after=body.get("expires_after") or {"anchor": "last_active_at", "minutes": MINUTES},
        memory_limit=body.get("memory_limit") or "1g",
        network_policy={name: policy[name] for name in ("type", "allowed_domains") if name in policy},
    )
    for file in found:
        await _copy(call, container["id"], file)
    call.world.engine(Ledger).add(call, SESSIONS, Amounts(calls=1))
    return container


def shown(call: Call, container: Thing) -> Thing:
    """What a client sees of *container* at this moment."""
    status = "running" if _lasts(call, container) else "expired"
    return {**things.shown(container), "status": status}


def _lasts(call: Call, container: Thing) -> bool:
    return bool(call.now < container["last_active_at"] + 60 * container["expires_after"]["minutes"])


async def retrieve(call: Call, id: str) -> Reply:
    """The container as it stands.

    Raises:
        ApiError: 404, there is none.
    """
    return call.reply(shown(call, await things.find(call, CONTAINER, id)))


async def listing(call: Call, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of the containers, of one name when the query says so."""
    name = query.get("name")
    found, more = await pages.page(call, CONTAINER, (), query, lambda each: name in (None, each["name"]))
    return call.reply(pages.answer([shown(call, container) for container in found], more, shape))


async def delete(call: Call, id: str) -> Reply:
    """Delete the container and its files.

    Raises:
        ApiError: 404, there is none.
    """
    store, collection, place = call.world.store, kind_of(call.world, FILE).collection((id,)), None
    blobs: list[str] = []
    await things.find(call, CONTAINER, id)
    while records := await store.page(collection, things.BATCH, after=place):
        blobs += [blob for record in records for blob, _ in record.data[files.PARTS]]
        place = records[-1].place
    await things.remove(call, CONTAINER, id)
    await store.forget(*blobs)
    return call.reply({"id": id, "object": "container.deleted", "deleted": True})


async def add_file(call: Call, id: str, body: dict[str, Any]) -> Reply:
    """Put a file into the container: one that comes with the request, or a copy of one that was uploaded.

    Raises:
        ApiError: 404, the container or the file is not there; 400, the container has ended, or there is no file.
    """
    await _expect_running(call, id)
    file = body.get("file")
    if isinstance(file, File):
        path = FOLDER + (file.name.replace("\\", "/").rpartition("/")[2] or "file")
        made = await _keep(call, id, path, [[file.blob, file.size]])
        file.kept = True
    elif body.get("file_id"):
        made = await _copy(call, id, await files.find(call, body["file_id"], "file_id"))
    else:
        raise ApiError(400, "Send a 'file', or the 'file_id' of one.", param="file", code="missing_required_parameter")
    return call.reply(things.shown(made))


async def _expect_running(call: Call, id: str) -> None:
    """See that the container runs, and note that it is used.

    Raises:
        ApiError: 404, there is none; 400, it has ended.
    """

    def use(container: Thing) -> None:
        if not _lasts(call, container):
            raise ApiError(400, f"Container '{id}' is expired.", code="container_expired", param="container_id")
        container["last_active_at"] = int(call.now)

    await things.change(call, CONTAINER, id, by=use)


async def _copy(call: Call, id: str, file: Thing) -> Thing:
    """A copy of an uploaded *file* in the container."""
    blob, at = call.new_id("blob_"), 0
    while piece := await files.read(call, file, at, files.PIECE):
        await call.world.store.append(blob, piece)
        at += len(piece)
    return await _keep(call, id, FOLDER + file["filename"], [[blob, at]])


async def _keep(call: Call, id: str, path: str, parts: list[list[Any]]) -> Thing:
    size = sum(bytes for _, bytes in parts)
    values = {files.PARTS: parts, "path": path, "bytes": size, "source": "user"}
    return await things.add(call, FILE, id, container_id=id, **values)


async def content(call: Call, id: str, file_id: str) -> Content:
    """The bytes of a file.

    Raises:
        ApiError: 404, it is not there; 400, the container has ended.
    """
    file = await things.find(call, FILE, id, file_id)
    await _expect_running(call, id)
    kind = (b"content-type", b"application/octet-stream")
    return Content(file["bytes"], partial(files.read, call, file), kind)


async def delete_file(call: Call, id: str, file_id: str) -> Reply:
    """Delete a file of the container.

    Raises:
        ApiError: 404, it is not there; 400, the container has ended.
    """
    await things.find(call, FILE, id, file_id)
    await _expect_running(call, id)
    gone = await things.remove(call, FILE, id, file_id)
    await call.world.store.forget(*(blob for blob, _ in gone[files.PARTS]))
    return call.reply({"id": file_id, "object": "container.file.deleted", "deleted": True})
