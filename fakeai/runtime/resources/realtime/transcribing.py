"""Input transcription: what was said to a session, written down token by token beside its responses."""

import math
from collections.abc import Iterator
from typing import Any

from ...content.media.transcription import book
from ...content.usage import of_transcript
from .conversation import Item
from .responding import hear
from .session import Session
from .sounds import Sound
from .spending import MS_IN

WHOLE = "whisper-1"  # writes all at once, and counts in seconds
LOGPROBS = "item.input_audio_transcription.logprobs"

Json = dict[str, Any]


async def start(session: Session, item: Item) -> None:
    """Write down what is said in the sound of *item*, if the session does that."""
    settings = session.settings["audio"]["input"].get("transcription")
    if settings is None or not item.sounds:
        return
    index, sound = next(iter(item.sounds.items()))
    began = session.now
    tokens = await hear(session, item, index, sound)
    pace = session.world.chance(b"realtime", b"hearing", session.id.encode(), item.id.encode())
    due = session.timing.moments(len(tokens), pace)
    steps = _steps(session, item, index, sound, tokens, [began + moment for moment in due], settings)
    await session.flush()

    async def go_on() -> float | None:
        return next(steps, None)

    session.agenda.add(next(steps), go_on)


def _steps(
    session: Session, item: Item, index: int, sound: Sound, tokens: list[str], due: list[float], settings: Json
) -> Iterator[float]:
    """Say each token at its moment, and the whole with the last; stop when the item is gone."""
    whole, place = "".join(tokens).strip(), {"item_id": item.id, "content_index": index}
    by_token = settings.get("model") != WHOLE
    probabilities = _logprobs(session, tokens) if LOGPROBS in (session.settings.get("include") or ()) else None
    for number, token in enumerate(tokens if by_token else ()):
        yield due[number]
        if session.items.get(item.id) is not item:
            return
        more = {} if probabilities is None else {"logprobs": [probabilities[number]]}
        session.say("conversation.item.input_audio_transcription.delta", **place, delta=token, **more)
    yield due[-1]
    if session.items.get(item.id) is not item:
        return
    if not by_token and whole:
        session.say("conversation.item.input_audio_transcription.delta", **place, delta=whole)
    item.data["content"][index]["transcript"] = whole
    more = {} if probabilities is None else {"logprobs": probabilities}
    usage = _usage(session, sound, settings, len(tokens))
    session.call.now = session.world.clock.now()
    book(session.call, settings.get("model") or "", usage, sound.ms / 1000)
    session.say(
        "conversation.item.input_audio_transcription.completed",
        **place,
        transcript=whole,
        usage=usage,
        **more,
    )


def _usage(session: Session, sound: Sound, settings: Json, made: int) -> Json:
    if settings.get("model") == WHOLE:
        return {"type": "duration", "seconds": math.ceil(sound.ms / 1000)}
    heard, read = max(1, round(sound.ms / MS_IN)), 0
    if settings.get("prompt"):
        read = session.world.tokens_for(settings.get("model") or "").count(settings["prompt"])
    return of_transcript(read, heard, made)


def _logprobs(session: Session, tokens: list[str]) -> list[Json]:
    drawn = session.world.chance(b"realtime", b"logprobs", "".join(tokens).encode()).spread(len(tokens))
    return [
        {"token": token, "logprob": round(-0.2 * abs(draw) ** 3, 6), "bytes": list(token.encode())}
        for token, draw in zip(tokens, drawn, strict=True)
    ]
