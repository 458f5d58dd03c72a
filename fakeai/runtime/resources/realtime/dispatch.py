"""What a client says: each of its events is checked against its schema and goes where it is done."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import orjson

from ...errors import ApiError, insufficient_storage, internal
from ...store import Full, Unusable
from . import beta, hearing, items, responding, updating
from .session import Session

Json = dict[str, Any]

log = logging.getLogger("fakeai")


class Kind(NamedTuple):
    """How an event is done, and the last part of its schema's name."""

    do: Callable[[Session, Json], Awaitable[None]]
    schema: str


KINDS = {
    "session.update": Kind(updating.update, "SessionUpdate"),
    "input_audio_buffer.append": Kind(hearing.append, "InputAudioBufferAppend"),
    "input_audio_buffer.commit": Kind(hearing.commit, "InputAudioBufferCommit"),
    "input_audio_buffer.clear": Kind(hearing.clear, "InputAudioBufferClear"),
    "conversation.item.create": Kind(items.create, "ConversationItemCreate"),
    "conversation.item.truncate": Kind(items.truncate, "ConversationItemTruncate"),
    "conversation.item.delete": Kind(items.delete, "ConversationItemDelete"),
    "conversation.item.retrieve": Kind(items.retrieve, "ConversationItemRetrieve"),
    "response.create": Kind(responding.create, "ResponseCreate"),
    "response.cancel": Kind(responding.stop, "ResponseCancel"),
}
OLDER = {"transcription_session.update": Kind(updating.update, "TranscriptionSessionUpdate")}
CLEARED = ("transcription", "noise_reduction")  # settings of the input that null turns off, as it does with turns


async def take(session: Session, message: str | bytes) -> None:
    """Do what *message* says; what is wrong with it, and a fault of ours, is an event that ends nothing."""
    event_id: str | None = None
    try:
        event = _read(message)
        given = event.get("event_id")
        event_id = given if isinstance(given, str) else None
        kind = _kind(session, event)
        await kind.do(session, _checked(session, kind, event))
    except ApiError as error:
        session.complain(error, event_id)
    except (Full, Unusable) as error:
        log.error("An event of a realtime session found no room in the store: %s", error)
        session.complain(insufficient_storage(), event_id)
    except Exception:  # a session goes on whatever we do wrong
        log.exception("An event of a realtime session failed")
        session.complain(internal(), event_id)


def _read(message: str | bytes) -> Json:
    """The event that *message* is.

    Raises:
        ApiError: 400, it is none.
    """
    try:
        event = orjson.loads(message) if isinstance(message, str) else None
    except orjson.JSONDecodeError as error:
        raise ApiError(400, f"The event is not valid JSON: {error}.", code="invalid_json") from None
    if not isinstance(event, dict):
        raise ApiError(400, "An event is a JSON object in a text message.", code="invalid_event")
    return event


def _kind(session: Session, event: Json) -> Kind:
    """What the event's type stands for.

    Raises:
        ApiError: 400, for nothing.
    """
    known = KINDS | OLDER if session.is_beta else KINDS
    type = event.get("type")
    if type is None:
        raise ApiError(400, "Missing required parameter: 'type'.", code="missing_required_parameter", param="type")
    if not isinstance(type, str) or type not in known:
        listed = ", ".join(f"'{name}'" for name in known)
        shown = type[:100] if isinstance(type, str) else orjson.dumps(type).decode()[:100]
        raise ApiError(
            400, f"Invalid value: '{shown}'. Supported values are: {listed}.", code="invalid_value", param="type"
        )
    return known[type]


def _checked(session: Session, kind: Kind, event: Json) -> Json:
    """*event* in today's form.

    Raises:
        ApiError: 400, it does not fit its schema.
    """
    if session.is_beta:
        event = {**event, "item": beta.item(event["item"], beta.WRITTEN)} if "item" in event else event
        session.messages[f"RealtimeBetaClientEvent{kind.schema}"].check(event)
        if kind.do is updating.update:
            return {**event, "session": beta.update(event["session"], session.settings["type"])}
        if event.get("response") is not None:
            return {**event, "response": beta.response(event["response"])}
        return event
    plain = event
    if kind.do is updating.update:
        plain = _without_nulls(event)
    elif kind.do is responding.create:
        plain = _without_references(session, event)
    session.messages[f"RealtimeClientEvent{kind.schema}"].check(plain)
    return event


def _without_nulls(event: Json) -> Json:
    """*event* without the nulls that turn settings of the input off, which its schema does not know."""
    said = event.get("session")
    audio = said.get("audio") if isinstance(said, dict) else None
    heard = audio.get("input") if isinstance(audio, dict) else None
    if not isinstance(said, dict) or not isinstance(audio, dict) or not isinstance(heard, dict):
        return event
    kept = {name: value for name, value in heard.items() if value is not None or name not in CLEARED}
    return {**event, "session": {**said, "audio": {**audio, "input": kept}}}


def _without_references(session: Session, event: Json) -> Json:
    """*event* without references to items, which its schema does not know.

    Raises:
        ApiError: 400, one leads nowhere.
    """
    said = event.get("response")
    listed = said.get("input") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(listed, list):
        return event
    plain = []
    for number, item in enumerate(listed):
        if not isinstance(item, dict) or item.get("type") != "item_reference":
            plain.append(item)
        elif session.items.get(str(item.get("id"))) is None:
            raise ApiError(
                400, f"Item with id '{item.get('id')}' not found.", code="invalid_value",
                param=f"response.input[{number}].id",
            )  # fmt: skip
    return {**event, "response": {**said, "input": plain}}
