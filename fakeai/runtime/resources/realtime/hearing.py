"""What a session hears: the input buffer, turns that begin and end in it, and silence that lasts too long."""

from typing import Any

from ...clock import give_way
from ...errors import ApiError
from . import responding, transcribing
from .agenda import Errand
from .answering import transcript
from .conversation import Item
from .input_buffer import LARGEST, InputBuffer
from .items import add
from .session import Session
from .sounds import Sound, received, samples
from .turns import Paused, Started

LEAST = 100.0  # milliseconds that can be committed
SLICE = 2000  # milliseconds that are listened to before others have a turn
ENDS = (".", "!", "?", "。", "！", "？")  # of a sentence

Json = dict[str, Any]


async def append(session: Session, event: Json) -> None:
    """`input_audio_buffer.append`.

    Raises:
        ApiError: 400, it is no sound in the session's format, or there is too much of it.
    """
    buffer = session.buffer
    data = received(event["audio"], buffer.form, "audio")
    if len(buffer) + len(data) > LARGEST:
        raise ApiError(
            400, f"The input audio buffer holds at most {LARGEST} bytes: commit or clear it.",
            code="input_audio_buffer_full", param="audio",
        )  # fmt: skip
    buffer.append(data)
    if buffer.ear is None:
        return
    heard = samples(data, buffer.form)
    step = buffer.form.rate * SLICE // 1000
    for start in range(0, len(heard), step):
        if start:
            await give_way()
        for happening in buffer.ear.listen(heard[start : start + step]):
            if isinstance(happening, Started):
                _start(session, happening.at)
            elif isinstance(happening, Paused):
                if not await _is_complete(session, happening.at):
                    buffer.ear.wait_longer()
            else:
                await _stop(session, happening.at)
    buffer.trim()


async def commit(session: Session, event: Json) -> None:
    """`input_audio_buffer.commit`.

    Raises:
        ApiError: 400, there is too little to commit.
    """
    buffer = session.buffer
    if buffer.ms < LEAST:
        raise ApiError(
            400,
            "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only "
            f"has {buffer.ms:.2f}ms of audio.",
            code="input_audio_buffer_commit_empty",
        )
    id = buffer.item_id or session.new_id("item_")
    sound = buffer.take(buffer.start, buffer.end)
    if buffer.ear:
        buffer.ear.rest()
    await _keep(session, id, sound)


async def clear(session: Session, event: Json) -> None:
    """`input_audio_buffer.clear`."""
    session.buffer.clear()
    session.say("input_audio_buffer.cleared")


def _start(session: Session, at: int) -> None:
    """A turn of the user begins: whoever speaks is interrupted."""
    buffer = session.buffer
    buffer.item_id, buffer.turn = session.new_id("item_"), at
    _no_more_idling(session)
    session.say("input_audio_buffer.speech_started", audio_start_ms=at, item_id=buffer.item_id)
    if session.active and _detection(session).get("interrupt_response", True):
        responding.cancel(session, "turn_detected")


async def _stop(session: Session, at: int) -> None:
    """A turn of the user ends: it is committed and answered."""
    buffer = session.buffer
    assert buffer.item_id
    id = buffer.item_id
    session.say("input_audio_buffer.speech_stopped", audio_end_ms=at, item_id=id)
    await _keep(session, id, buffer.take(buffer.turn, at))
    if session.talks and _detection(session).get("create_response", True):
        await responding.begin(session, {})


async def _keep(session: Session, id: str, sound: Sound) -> None:
    """Make an item of *sound*."""
    session.say("input_audio_buffer.committed", previous_item_id=session.items.last, item_id=id)
    item = Item(
        {
            "id": id,
            "object": "realtime.item",
            "type": "message",
            "status": "completed",
            "role": "user",
            "content": [{"type": "input_audio"}],
        },
        {0: sound},
    )
    add(session, item)
    await transcribing.start(session, item)


async def _is_complete(session: Session, at: int) -> bool:
    """Whether the user's turn up to *at* ends a sentence."""
    buffer: InputBuffer = session.buffer
    sound = buffer.look(buffer.turn, at)
    said = "".join(await transcript(session.world, sound, {})).strip()
    return said.endswith(ENDS)


def _detection(session: Session) -> Json:
    return session.settings["audio"]["input"].get("turn_detection") or {}


def idle_after(session: Session, seconds: float) -> None:
    """Ask the user to go on, when nobody speaks for `idle_timeout_ms` after *seconds* in which the answer is played."""
    _no_more_idling(session)
    patience = _detection(session).get("idle_timeout_ms")
    if patience is None or session.buffer.item_id or session.active:
        return
    begins = session.now + seconds
    start = session.buffer.end + seconds * 1000

    async def fire() -> None:
        session.idling = None
        buffer = session.buffer
        at = min(start, buffer.end)
        id = session.new_id("item_")
        place = {"audio_start_ms": int(at), "audio_end_ms": int(buffer.end), "item_id": id}
        session.say("input_audio_buffer.timeout_triggered", **place)
        await _keep(session, id, buffer.take(at, buffer.end))
        await responding.begin(session, {})

    session.idling = session.agenda.add(begins + patience / 1000, fire)


def _no_more_idling(session: Session) -> None:
    errand: Errand | None = session.idling
    if errand:
        errand.gone = True
        session.idling = None
