"""Speech: a text as sound that is as long as somebody would take to say it."""

from base64 import b64encode
from typing import Any

from ...answer import Answer, Reply, Stream
from ...call import Call
from ...cluster.latency import INSTANT, Timing
from ...errors import ApiError
from ...sse import Events
from ..generation import identity
from .sound import FORMATS, encode, tones

SPOKEN = 0.3  # seconds that a token takes at speed 1
AUDIO_TOKENS = 20  # of a second of sound
PIECE = 16_384  # bytes of sound in one event
SILENT = ("tts-1", "tts-1-hd")  # models that do not stream events
SAID = frozenset(("response_format", "stream_format"))  # how it is delivered, not how it sounds


async def speak(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Answer:
    """The sound of a text; as events when the request asks for them.

    Raises:
        ApiError: 400, there is nothing to say, or the model has no events.
    """
    text, format, model = body["input"], body.get("response_format", "mp3"), body["model"]
    if not text:
        raise ApiError(400, "Invalid 'input': there is nothing to say.", code="string_above_min_length", param="input")
    streams = body.get("stream_format") == "sse"
    if streams and model in SILENT:
        raise ApiError(
            400, f"The model '{model}' does not support the stream_format 'sse'.", code="unsupported_value",
            param="stream_format",
        )  # fmt: skip
    await call.world.tokens.ready()
    said = call.world.tokens.count(text)
    each = SPOKEN / body.get("speed", 1.0)
    key = identity({name: value for name, value in body.items() if name not in SAID})
    sound = await encode(await tones(call.world.chance(b"speech", key), said, each), format)
    made = max(1, round(said * each * AUDIO_TOKENS))
    pace = call.world.chance(key, b"pace")
    if not streams:
        return Reply(sound, timing.end(made, pace), content_type=(b"content-type", FORMATS[format][0]))
    heard = said + call.world.tokens.count(body.get("instructions") or "")
    events = Events()
    for start in range(0, len(sound), PIECE):
        events.add({"type": "speech.audio.delta", "audio": b64encode(sound[start : start + PIECE]).decode()})
    usage = {"input_tokens": heard, "output_tokens": made, "total_tokens": heard + made}
    events.add({"type": "speech.audio.done", "usage": usage})
    moments = timing.moments(made, pace)
    return Stream(
        events, [moments[(len(moments) - 1) * number // max(1, len(events) - 1)] for number in range(len(events))]
    )
