"""Threads: messages in their order, and at most one run that is active."""

from typing import Any

from ...answer import Reply
from ...call import Call
from ...errors import ApiError
from .. import pages, things
from ..files import files
from ..kinds import kind_of
from ..things import Thing
from ..vector_stores import vector_store_files, vector_stores
from .assistants import resources

THREAD, MESSAGE, RUN = "thread", "thread.message", "thread.run"
LATEST = "_run"  # of a thread: the id of the run that was begun last
ACTIVE = ("queued", "in_progress", "requires_action", "cancelling")  # states of a run that has not ended
MOST_MESSAGES = 100_000  # of a thread that are read for a run


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Begin a thread.

    Raises:
        ApiError: 400, a message says nothing; 404, a vector store is to be made of a file that is not there.
    """
    return call.reply(things.shown(await begin(call, body, "")))


async def begin(call: Call, said: dict[str, Any], param: str) -> Thing:
    """A thread with the messages that it starts with; *param* is where the request says them, with a dot after it.

    Raises:
        ApiError: 400, a message says nothing; 404, a vector store is to be made of a file that is not there.
    """
    first = said.get("messages") or []
    check(first, f"{param}messages")
    reads = await resources(call, said, f"{param}tool_resources")
    reads = await _with_attached(call, reads, first)
    thread = await things.add(call, THREAD, tool_resources=reads, metadata=said.get("metadata") or {})
    for message in first:
        await things.add(call, MESSAGE, thread["id"], **written(call, thread["id"], message))
    return thread


async def add_message(call: Call, id: str, body: dict[str, Any]) -> Reply:
    """Add a message to the thread *id*.

    Raises:
        ApiError: 404, there is no such thread; 400, a run is active on it, or the message says nothing.
    """
    check([body], "")
    run = await active(call, await things.find(call, THREAD, id))
    if run is not None:
        raise ApiError(400, f"Can't add messages to {id} while a run {run} is active.")
    thread = await things.find(call, THREAD, id)
    reads = await _with_attached(call, thread["tool_resources"], [body])
    if reads != thread["tool_resources"]:
        await things.change(call, THREAD, id, by=lambda each: each.update(tool_resources=reads))
    return call.reply(things.shown(await things.add(call, MESSAGE, id, **written(call, id, body))))


async def _with_attached(call: Call, reads: dict[str, Any], messages: list[dict[str, Any]]) -> dict[str, Any]:
    """What a thread reads, with a vector store that has the files that *messages* attach to be searched."""
    wanted = [
        each["file_id"]
        for message in messages
        for each in message.get("attachments") or ()
        if any(tool["type"] == "file_search" for tool in each.get("tools") or ())
    ]
    there = []
    for id in dict.fromkeys(wanted):
        try:
            there.append((await files.find(call, id))["id"])
        except ApiError:  # the message may name it all the same
            continue
    if not there:
        return reads
    stores = (reads.get("file_search") or {}).get("vector_store_ids")
    if not stores:
        made = await vector_stores.make(call, {"file_ids": there}, "attachments")
        return {**reads, "file_search": {"vector_store_ids": [made]}}
    found = [await vector_store_files.wanted(call, id, None, None, "attachments") for id in there]
    await vector_store_files.attach(call, stores[0], found)
    return reads


async def active(call: Call, thread: Thing) -> str | None:
    """The id of the run that is active on *thread*."""
    if LATEST not in thread:
        return None
    run = await things.find(call, RUN, thread["id"], thread[LATEST])
    return str(run["id"]) if run["status"] in ACTIVE else None


def check(messages: list[dict[str, Any]], param: str) -> None:
    """See that each of *messages*, which the request has at *param*, says something.

    Raises:
        ApiError: 400, one does not.
    """
    for at, message in enumerate(messages):
        if not message["content"]:
            where = f"{param}[{at}].content" if param else "content"
            raise ApiError(400, "Message content must be non-empty.", param=where)


def written(call: Call, thread: str, said: dict[str, Any]) -> dict[str, Any]:
    """What a message of a client says."""
    content = said["content"]
    parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
    return {
        "thread_id": thread,
        "role": said["role"],
        "content": [_part(part) for part in parts],
        "attachments": said.get("attachments") or [],
        "metadata": said.get("metadata") or {},
        "status": "completed",
        "completed_at": int(call.now),
    }


def _part(part: dict[str, Any]) -> dict[str, Any]:
    kind = part["type"]
    if kind == "text":
        return {"type": "text", "text": {"value": part["text"], "annotations": []}}
    return {"type": kind, kind: {"detail": "auto", **part[kind]}}


async def conversation(call: Call, id: str) -> list[Thing]:
    """The messages of the thread *id*, the oldest first."""
    found, _ = await pages.page(call, MESSAGE, (id,), {"limit": MOST_MESSAGES, "order": "asc"})
    return found


def unkept(call: Call, thread: str, said: list[dict[str, Any]]) -> list[Thing]:
    """Messages of a client that are not kept yet."""
    return [things.made(call, kind_of(call.world, MESSAGE), **written(call, thread, message)) for message in said]


def as_chat(message: Thing) -> dict[str, Any]:
    """*message* in the form of chat completions."""
    parts = [
        {"type": "text", "text": part["text"]["value"]} if part["type"] == "text" else {**part, "type": "image_url"}
        for part in message["content"]
    ]
    return {"role": message["role"], "content": parts}


def image_files(message: Thing) -> list[str]:
    """The ids of the files that *message* shows."""
    return [part["image_file"]["file_id"] for part in message["content"] if part["type"] == "image_file"]
