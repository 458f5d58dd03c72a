"""Answers that are said aloud: the sound of a choice, and what a request must say to get it."""

import asyncio
import base64
from typing import Any, NamedTuple

from ...call import Call
from ...errors import ApiError
from ..media import sound, utterance
from ..media.booth import Booth

LASTS = 3_600  # seconds that the server knows a sound by its id
TOKENS_A_SECOND = 20  # of sound
SLICE = 200  # milliseconds of sound in one chunk of a stream


class Wanted(NamedTuple):
    """What kind of sound is asked for."""

    voice: str
    format: str


class Spoken(NamedTuple):
    """The sound of one answer: *data* is of the format that was asked for, *tokens* what it costs."""

    id: str
    expires_at: int
    data: bytes
    tokens: int

    def whole(self, transcript: str) -> dict[str, Any]:
        """The sound as a message has it."""
        data = base64.b64encode(self.data).decode()
        return {"id": self.id, "expires_at": self.expires_at, "data": data, "transcript": transcript}

    def slices(self) -> list[str]:
        """The sound, which is pcm16, in pieces for a stream, as base64."""
        return [base64.b64encode(piece).decode() for piece in utterance.slices(self.data, "pcm16", milliseconds=SLICE)]


def wanted(body: dict[str, Any], streams: bool) -> Wanted | None:
    """The sound that *body* asks for; None when it asks for text alone.

    Raises:
        ApiError: 400, it does not say enough, or a format that cannot be streamed.
    """
    if "audio" not in (body.get("modalities") or ()):
        return None
    asked = body.get("audio")
    if not asked:
        raise ApiError(400, "Missing required parameter: 'audio'. It is needed when 'modalities' has 'audio'.",
                       code="missing_required_parameter", param="audio")  # fmt: skip
    if streams and asked["format"] != "pcm16":
        raise ApiError(400, f"Unsupported value: 'audio.format' does not support '{asked['format']}' when stream=true. "
                       "Supported values are: 'pcm16'.", code="unsupported_value", param="audio.format")  # fmt: skip
    voice = asked["voice"]
    return Wanted(voice if isinstance(voice, str) else str(voice.get("id")), asked["format"])


def expect_silence(body: dict[str, Any]) -> None:
    """See that *body* neither brings sound nor asks for it.

    Raises:
        ApiError: 400, it does.
    """
    if "audio" in (body.get("modalities") or ()):
        raise ApiError(400, "Unsupported value: 'modalities' does not support 'audio' on this server.",
                       code="unsupported_value", param="modalities")  # fmt: skip
    for number, message in enumerate(body["messages"]):
        content = message.get("content")
        if type(content) is list and any(part.get("type") == "input_audio" for part in content):
            raise ApiError(400, "This server takes no audio: a part of the content has the type 'input_audio'.",
                           code="unsupported_value", param=f"messages[{number}].content")  # fmt: skip


async def speak(call: Call, text: str, asked: Wanted) -> Spoken:
    """*text* as sound; the loop goes on meanwhile."""
    made = await call.world.engine(Booth).speak(text, asked.voice)
    data = made.pcm
    if asked.format != "pcm16":
        data = await asyncio.to_thread(sound.encoded, made.pcm, asked.format, made.message.pack())
    return Spoken(call.new_id("audio_"), int(call.now) + LASTS, data, round(made.seconds * TOKENS_A_SECOND))
