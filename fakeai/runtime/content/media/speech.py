"""Speech: a text as sound, in pieces as it is made, or as events."""

from base64 import b64encode
from typing import Any

from ...answer import Answer, Planned, Stream
from ...call import Call
from ...clock import give_way
from ...cluster.latency import INSTANT, Timing
from ...errors import ApiError
from ...ledger.ledger import Ledger
from ...ledger.rows import SPEECHES, Amounts
from ...sse import Events
from ..generation import identity
from ..usage import of_speech
from .booth import Booth
from .sound import FORMATS

AUDIO_TOKENS = 20  # of a second of sound
PIECE = 16_384  # bytes of sound in one event
SILENT = ("tts-1", "tts-1-hd")  # models that do not stream events


async def speak(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Answer:
    """The sound of a text; as events when the request asks for them.

    Raises:
        ApiError: 400, there is nothing to say, or the model has no events.
    """
    text, format, model = body["input"], body.get("response_format", call.world.options.audio_format), body["model"]
    if not text:
        raise ApiError(400, "Invalid 'input': there is nothing to say.", code="string_above_min_length", param="input")
    streams = body.get("stream_format") == "sse"
    if streams and model in SILENT:
        raise ApiError(
            400, f"The model '{model}' does not support the stream_format 'sse'.", code="unsupported_value",
            param="stream_format",
        )  # fmt: skip
    tokens = call.world.tokens_for(model)
    await tokens.ready()
    voice = body["voice"]
    voice = voice["id"] if isinstance(voice, dict) else voice
    booth = call.world.engine(Booth)
    speed = float(body.get("speed") or 1.0)
    seconds = (await booth.speak(text, voice, speed)).seconds
    sound = await booth.say(text, voice, format, speed)
    made = max(1, round(seconds * AUDIO_TOKENS))
    moments = timing.moments(made, call.world.chance(identity(body), b"pace"))
    heard = tokens.count(text) + tokens.count(body.get("instructions") or "")
    used = Amounts(1, heard, output_tokens=made, audio_output_tokens=made, characters=len(text))
    call.world.engine(Ledger).add(call, SPEECHES, used, model)
    events = Events()
    for start in range(0, len(sound), PIECE):
        piece = sound[start : start + PIECE]
        if streams:
            events.add({"type": "speech.audio.delta", "audio": b64encode(piece).decode()})
            await give_way()
        else:
            events.append(piece)
    if streams:
        events.add({"type": "speech.audio.done", "usage": of_speech(heard, made)})
    due = [moments[(len(moments) - 1) * number // max(1, len(events) - 1)] for number in range(len(events))]
    if streams:
        return Stream(events, Planned(due))
    return Stream(events, Planned(due), content_type=(b"content-type", FORMATS[format][0]))
