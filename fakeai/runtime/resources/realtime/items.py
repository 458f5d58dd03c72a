"""Items of the conversation, as clients create, retrieve, truncate and delete them."""

from typing import Any

from ...errors import ApiError
from .conversation import ROOT, Item
from .session import Session
from .sounds import Sound, received

Json = dict[str, Any]

# What a content part of each type keeps of what a client sends.
KEPT = {
    "input_text": ("text",),
    "output_text": ("text",),
    "input_audio": ("transcript",),
    "output_audio": ("transcript",),
    "input_image": ("image_url", "detail"),
}


async def create(session: Session, event: Json) -> None:
    """`conversation.item.create`.

    Raises:
        ApiError: 400, there is an item with its id, or none with that of the one before it, or no such call.
    """
    after = event.get("previous_item_id")
    if after is not None and after != ROOT and session.items.get(after) is None:
        raise ApiError(
            400,
            f"Error adding item: the previous item with id '{after}' does not exist.",
            code="item_create_invalid_previous_item_id",
            param="previous_item_id",
        )
    item = made(session, event["item"])
    if session.items.get(item.id):
        raise ApiError(
            400, f"Error adding item: an item with id '{item.id}' already exists.", code="item_create_duplicate_id",
            param="item.id",
        )  # fmt: skip
    if item.data["type"] == "function_call_output" and not session.items.has_call(item.data["call_id"]):
        raise ApiError(
            400,
            f"Tool call ID '{item.data['call_id']}' not found in conversation.",
            code="invalid_tool_call_id",
            param="item.call_id",
        )
    add(session, item, after)


def add(session: Session, item: Item, after: str | None = None) -> None:
    """Put *item* into the conversation and say so."""
    session.items.add(item, after)
    before = session.items.before(item)
    session.say("conversation.item.added", previous_item_id=before, item=item.shown)
    session.say("conversation.item.done", previous_item_id=before, item=item.shown)


def made(session: Session, said: Json) -> Item:
    """The item that a client describes, or the one that it refers to.

    Raises:
        ApiError: 400, its sound is none, or it refers to nothing.
    """
    if said["type"] == "item_reference":
        return found(session, said["id"], "retrieving", "item_retrieve_invalid_item_id")
    id = said.get("id") or session.new_id("item_")
    data: Json = {**said, "id": id, "object": "realtime.item", "status": "completed"}
    if said["type"] == "function_call" and not said.get("call_id"):
        data["call_id"] = session.new_id("call_")
    item = Item(data)
    if "content" not in said:
        return item
    data["content"] = []
    for index, part in enumerate(said["content"]):
        type = part.get("type") or ("output_text" if said["role"] == "assistant" else "input_text")
        data["content"].append(
            {"type": type, **{name: part[name] for name in KEPT[type] if part.get(name) is not None}}
        )
        if type in ("input_audio", "output_audio") and part.get("audio"):
            form = session.buffer.form
            sound = received(part["audio"], form, f"item.content[{index}].audio")
            item.sounds[index] = Sound(form, sound)
    return item


async def retrieve(session: Session, event: Json) -> None:
    """`conversation.item.retrieve`.

    Raises:
        ApiError: 400, there is no such item.
    """
    item = found(session, event["item_id"], "retrieving", "item_retrieve_invalid_item_id")
    session.say("conversation.item.retrieved", item=item.with_sound)


async def delete(session: Session, event: Json) -> None:
    """`conversation.item.delete`.

    Raises:
        ApiError: 400, there is no such item.
    """
    item = found(session, event["item_id"], "deleting", "item_delete_invalid_item_id")
    session.items.remove(item)
    session.say("conversation.item.deleted", item_id=item.id)


async def truncate(session: Session, event: Json) -> None:
    """`conversation.item.truncate`: a message of the assistant was heard up to a moment only.

    Raises:
        ApiError: 400, there is no such item, or no such sound in it.
    """
    item = found(session, event["item_id"], "truncating", "item_truncate_invalid_item_id")
    index, end = event["content_index"], event["audio_end_ms"]
    if item.data.get("role") != "assistant":
        raise ApiError(400, "Only assistant messages can be truncated.", code="invalid_value", param="item_id")
    sound = item.sounds.get(index)
    if sound is None:
        raise ApiError(
            400, f"There is no audio content at index {index} of item '{item.id}'.", code="invalid_value",
            param="content_index",
        )  # fmt: skip
    if not 0 <= end <= sound.ms:
        raise ApiError(
            400,
            f"Audio content of {sound.ms:.0f}ms is already shorter than {end}ms"
            if end > 0
            else f"Invalid 'audio_end_ms': integer below minimum value. Expected a value >= 0, but got {end} instead.",
            code="invalid_value",
            param="audio_end_ms",
        )
    part = item.data["content"][index]
    said = part.pop("transcript", "") or item.heard.get(index, "")
    item.heard[index] = said[: int(len(said) * end / sound.ms)] if sound.ms else ""
    item.sounds[index] = Sound(sound.form, sound.data[: sound.form.size(end)])
    session.say("conversation.item.truncated", item_id=item.id, content_index=index, audio_end_ms=end)


def found(session: Session, id: str, doing: str, code: str) -> Item:
    """The item with that *id*.

    Raises:
        ApiError: 400, there is none.
    """
    item = session.items.get(id)
    if item is None:
        raise ApiError(400, f"Error {doing} item: the item with id '{id}' does not exist.", code=code, param="item_id")
    return item
