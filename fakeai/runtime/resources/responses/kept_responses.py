"""Kept responses: read as they stand, streamed again, cancelled, deleted; and the items of their input."""

from typing import Any

from ...answer import Answer, Reply
from ...call import Call
from ...store import Change, Record
from .. import pages, things
from ..kinds import kind_of
from . import history, items, lives
from .responses import replay, shown

RESPONSE = lives.RESPONSE


async def retrieve(call: Call, id: str, query: dict[str, Any]) -> Answer:
    """The response as it stands now, or the events of its stream from now on.

    Raises:
        ApiError: 404, there is none.
    """
    record = await _find(call, id)
    if query.get("stream") is True:
        after = query.get("starting_after")
        obfuscated = query.get("include_obfuscation") is not False
        return await replay(call, record.data, -1 if after is None else after, obfuscated, query.get("include") or [])
    return call.reply(shown(lives.settled(record.data, call.now), query.get("include") or []))


async def cancel(call: Call, id: str) -> Reply:
    """Cancel a response that is made in the background; one that has ended stays as it is.

    Raises:
        ApiError: 404, there is none; 400, it is not made in the background.
    """
    store = call.world.store
    for _ in range(things.TRIES):
        record = await _find(call, id)
        response, said, conversation = record.data, record.data["output"], record.data["conversation"]
        if not lives.cancel(response, call.now):
            break
        changes = [Change(RESPONSE, id, response, record.revision)]
        if conversation:  # it does not say what it would have said
            changes += [Change(history.items_of(conversation["id"]), item["id"], None) for item in said]
        if await store.write(*changes):
            break
    return call.reply(lives.settled(response, call.now))


async def delete(call: Call, id: str) -> Reply:
    """Delete the response.

    Raises:
        ApiError: 404, there is none.
    """
    await things.remove(call, RESPONSE, id)
    return call.reply({"id": id, "object": "response", "deleted": True})


async def input_items(call: Call, id: str, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of the items that the response answers, with those of the responses that it continues.

    Raises:
        ApiError: 404, there is none; 400, a cursor names nothing.
    """
    record = await _find(call, id)
    found, more = pages.cut(await history.context(call, record.data), query)
    include = query.get("include") or []
    return call.reply(pages.answer([items.shown(item, include) for item in found], more, shape))


async def _find(call: Call, id: str) -> Record:
    """The response as the store has it.

    Raises:
        ApiError: 404, there is none.
    """
    return await things.record(call, kind_of(call.world, RESPONSE), (id,))
