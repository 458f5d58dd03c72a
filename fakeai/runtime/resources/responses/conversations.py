"""Conversations: items that are kept in their order, put there by hand or by the responses that belong to it."""

from typing import Any

from ...answer import Reply
from ...call import Call
from ...errors import ApiError
from .. import pages, things
from . import history, items
from .items import Item

CONVERSATION, ITEM = history.CONVERSATION, "conversation.item"


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Begin a conversation, with some items.

    Raises:
        ApiError: 404, an item is a reference to one that is not there.
    """
    given = await history.resolved(call, body.get("items") or [], [])
    made = await things.add(call, CONVERSATION, metadata=body.get("metadata") or {})
    await _append(call, made["id"], given)
    return call.reply(things.shown(made))


async def add_items(call: Call, id: str, body: dict[str, Any], query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """Append items to a conversation.

    Raises:
        ApiError: 404, there is no such conversation, or no item that one refers to; 400, one is in it already.
    """
    await things.find(call, CONVERSATION, id)
    added = await _append(call, id, await history.resolved(call, body["items"], []))
    include = query.get("include") or []
    return call.reply(pages.answer([items.shown(item, include) for item in added], False, shape))


async def _append(call: Call, id: str, given: list[Item]) -> list[Item]:
    """The items *given* as they are kept.

    Raises:
        ApiError: 400, one is in the conversation already, or of a type that none keeps.
    """
    if not given:
        return []
    for number, item in enumerate(given):
        if not items.is_kept(item):
            raise ApiError(400, f"Invalid value: '{item['type']}'. No conversation keeps items of this type.",
                           code="invalid_value", param=f"items[{number}].type")  # fmt: skip
    added = items.numbered(given, call.new_id(""))
    if not await call.world.store.write(*history.appended(id, added, [])):
        names = [item["id"] for item in added]
        taken = [name for name in names if names.count(name) > 1 or await _is_kept(call, id, name)]
        raise ApiError(400, f"The item '{taken[0]}' is in the conversation already.", code="already_exists",
                       param="items")  # fmt: skip
    return added


async def _is_kept(call: Call, id: str, item: str) -> bool:
    return await call.world.store.get(history.items_of(id), item) is not None


async def listing(call: Call, id: str, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of the items of a conversation.

    Raises:
        ApiError: 404, there is no such conversation; 400, a cursor names nothing.
    """
    found, more = await pages.page(call, ITEM, (id,), query)
    include = query.get("include") or []
    return call.reply(pages.answer([items.shown(item, include) for item in found], more, shape))


async def retrieve_item(call: Call, id: str, item: str, query: dict[str, Any]) -> Reply:
    """One item of a conversation.

    Raises:
        ApiError: 404, it or the conversation is not there.
    """
    return call.reply(items.shown(await things.find(call, ITEM, id, item), query.get("include") or []))


async def delete_item(call: Call, id: str, item: str) -> Reply:
    """Take an item out of a conversation; the answer is the conversation.

    Raises:
        ApiError: 404, it or the conversation is not there.
    """
    await things.remove(call, ITEM, id, item)
    return call.reply(things.shown(await things.find(call, CONVERSATION, id)))
