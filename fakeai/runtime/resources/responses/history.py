"""What stands before the input of a response: the responses it continues, or a conversation; and what it refers to."""

from typing import Any

from ...call import Call
from ...clock import give_way
from ...errors import ApiError
from ...store import Change, Record
from .items import Item, is_kept, listed, numbered, owner, type_of
from .lives import INPUT, RESPONSE, settled

CONVERSATION = "conversation"
FROM = "_from"  # of an item of a conversation, as of everything kept: when it is there, seconds since 1970
BATCH = 100  # items that are read at once
TURNS_AT_ONCE = 50  # responses that are read before others have a turn


def items_of(conversation: str) -> str:
    """Where the items of a conversation are kept."""
    return f"{CONVERSATION}/{conversation}/item"


def conversation_of(body: dict[str, Any]) -> str | None:
    """The id of the conversation that a request names."""
    named = body.get("conversation")
    id: str | None = named["id"] if isinstance(named, dict) else named
    return id


async def before(call: Call, body: dict[str, Any]) -> list[Item]:
    """The items that come before the input of the request *body*, complete, the oldest first.

    Raises:
        ApiError: 400 or 404, what it names is not there, or cannot be continued.
    """
    previous, conversation = body.get("previous_response_id"), conversation_of(body)
    if previous is None and conversation is None:
        return []
    if previous is not None and conversation is not None:
        raise ApiError(400, "Mutually exclusive parameters: ['conversation', 'previous_response_id']. Ensure you are "
                       "only providing one of them.", code="mutually_exclusive_parameters")  # fmt: skip
    if conversation is not None:
        return await conversed(call, conversation)
    record = await call.world.store.get(RESPONSE, str(previous))
    if record is None:
        raise ApiError(400, f"Previous response with id '{previous}' not found.", code="previous_response_not_found",
                       param="previous_response_id")  # fmt: skip
    status = settled(record.data, call.now)["status"]
    if status not in ("completed", "incomplete"):
        raise ApiError(400, f"Previous response with id '{previous}' cannot be continued: its status is '{status}'.",
                       param="previous_response_id")  # fmt: skip
    return [*await context(call, record.data), *record.data["output"]]


async def context(call: Call, response: dict[str, Any]) -> list[Item]:
    """The input of a kept response and all that came before it, complete, the oldest first."""
    turns = [own_input(response)]  # the latest first
    while previous := response["previous_response_id"]:
        record = await call.world.store.get(RESPONSE, previous)
        if record is None:  # deleted since
            break
        response = record.data
        turns.append([*own_input(response), *response["output"]])
        if len(turns) % TURNS_AT_ONCE == 0:
            await give_way()
    return [item for turn in reversed(turns) for item in turn]


def own_input(response: dict[str, Any]) -> list[Item]:
    """The input of a kept response, complete."""
    return [item for item in numbered(listed(response[INPUT]), response["id"]) if is_kept(item)]


async def conversed(call: Call, conversation: str) -> list[Item]:
    """The items of a conversation as it stands at this moment.

    Raises:
        ApiError: 404, there is no such conversation.
    """
    store = call.world.store
    if await store.get(CONVERSATION, conversation) is None:
        raise no_conversation(conversation)
    found: list[Record] = []
    batch = await store.page(items_of(conversation), BATCH)
    while batch:
        found += batch
        batch = await store.page(items_of(conversation), BATCH, after=batch[-1].place) if len(batch) == BATCH else []
    return [record.data for record in found if record.data.get(FROM, 0.0) <= call.now]


def no_conversation(id: str) -> ApiError:
    """The refusal of a conversation that is not there."""
    return ApiError(404, f"Conversation with id '{id}' not found.")


async def resolved(call: Call, given: list[Item], past: list[Item]) -> list[Item]:
    """*given* with what its references refer to: an item of the *past*, or of a kept response.

    Raises:
        ApiError: 404, there is no such item.
    """
    known = {item.get("id"): item for item in reversed(past)}
    return [await _referred(call, item, known) if type_of(item) == "item_reference" else item for item in given]


async def _referred(call: Call, reference: Item, known: dict[Any, Item]) -> Item:
    id = reference["id"]
    if id in known:
        return known[id]
    record = await call.world.store.get(RESPONSE, f"resp_{owner(id)}")
    if record is not None:
        for item in (*settled(record.data, call.now)["output"], *own_input(record.data)):
            if item["id"] == id:
                found: Item = item
                return found
    raise ApiError(404, f"Item with id '{id}' not found. Items are not persisted when `store` is set to false.",
                   param="input")  # fmt: skip


def appended(conversation: str, items: list[Item], past: list[Item], shown_at: float | None = None) -> list[Change]:
    """What the store must write to append *items* to a conversation, but for those that it has already.

    With *shown_at*, they are there from that moment on (seconds since 1970).
    """
    known = {item["id"] for item in past}
    late = {} if shown_at is None else {FROM: shown_at}
    return [
        Change(items_of(conversation), item["id"], {**item, **late}, revision=0)
        for item in items
        if item["id"] not in known and is_kept(item)
    ]
