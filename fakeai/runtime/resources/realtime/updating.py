"""Changing a session's settings: `session.update`."""

from typing import Any

from ...errors import ApiError
from . import answering, realtime_settings
from .responding import expect_modalities, expect_most
from .session import Session

FIXED = ("model",)  # what a session keeps

Json = dict[str, Any]


async def update(session: Session, event: Json) -> None:
    """Take over what the event says; all else stays.

    Raises:
        ApiError: 400, it is of another type of session, or changes what cannot be changed.
    """
    said: Json = event["session"]
    settings = session.settings
    if said["type"] != settings["type"]:
        raise ApiError(
            400,
            f"Passing a {said['type']} session update event to a {settings['type']} session is not allowed.",
            code="invalid_value",
            param="session.type",
        )
    if session.talks:
        _expect_good(session, said)
    merged = {**settings, **{name: value for name, value in said.items() if name != "audio"}}
    sides = said.get("audio") or {}
    merged["audio"] = {side: {**settings["audio"][side], **(sides.get(side) or {})} for side in settings["audio"]}
    describe = realtime_settings.conversation if session.talks else realtime_settings.transcription
    before = settings["audio"]["input"]
    session.settings = describe(merged)
    after = session.settings["audio"]["input"]
    if (before["format"], before["turn_detection"]) != (after["format"], after["turn_detection"]):
        session.buffer.set_up(after)
    session.say("session.updated", session=session.settings)


def _expect_good(session: Session, said: Json) -> None:
    settings = session.settings
    for name in FIXED:
        if said.get(name) is not None and said[name] != settings[name]:
            raise ApiError(
                400, f"Cannot update a session's {name}.", code=f"cannot_update_{name}", param=f"session.{name}"
            )
    output = (said.get("audio") or {}).get("output") or {}
    voice = output.get("voice")
    is_another = voice is not None and realtime_settings.voice_of(voice) != settings["audio"]["output"]["voice"]
    if is_another and session.items.has_spoken:
        raise ApiError(
            400,
            "Cannot update a conversation's voice if assistant audio is present.",
            code="cannot_update_voice",
            param="session.audio.output.voice",
        )
    answering.expect_offer(said.get("tools") or [])
    if said.get("output_modalities") is not None:
        expect_modalities(said["output_modalities"], "session.output_modalities")
    if said.get("max_output_tokens") is not None:
        expect_most(said["max_output_tokens"], "session.max_output_tokens")
