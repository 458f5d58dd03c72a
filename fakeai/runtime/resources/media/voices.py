"""Voices of one's own, and the recordings in which their speakers consent."""

import re
from typing import Any

from ...answer import Answer, Reply
from ...call import Call
from ...cluster.latency import INSTANT, Timing
from ...content.media import speech
from ...errors import ApiError
from ...forms import File
from .. import things

CONSENT, VOICE = "voice_consent", "voice"
BUILT_IN = "alloy ash ballad coral echo fable onyx nova sage shimmer verse marin cedar".split()
LARGEST = 10_485_760  # bytes of a recording
TYPES = frozenset("mpeg mp3 wav x-wav wave vnd.wave ogg aac flac x-flac webm mp4 m4a x-m4a".split())  # after audio/
ENDINGS = (".mp3", ".mpga", ".wav", ".ogg", ".oga", ".aac", ".flac", ".webm", ".mp4", ".m4a")
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?(-[A-Za-z0-9]{5,8})*")  # of BCP 47


async def create_consent(call: Call, body: dict[str, Any]) -> Reply:
    """Take a recording of consent.

    Raises:
        ApiError: 400, it is no recording, or there is no such language.
    """
    _expect_recording(body, "recording")
    language = body["language"]
    if LANGUAGE.fullmatch(language) is None:
        raise ApiError(
            400,
            f"Invalid 'language': '{language[:100]}' is not a BCP 47 language tag.",
            code="invalid_value",
            param="language",
        )
    return call.reply(things.shown(await things.add(call, CONSENT, name=body["name"], language=language)))


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Make a voice of a sample.

    Raises:
        ApiError: 400, the sample is no recording; 404, there is no such consent.
    """
    _expect_recording(body, "audio_sample")
    await things.find(call, CONSENT, body["consent"])
    return call.reply(things.shown(await things.add(call, VOICE, name=body["name"])))


async def speak(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Answer:
    """Say a text with a voice that comes with the API, or one of one's own.

    Raises:
        ApiError: 400, there is nothing to say, or no such voice; 404, there is no such voice of one's own.
    """
    voice = body["voice"]
    if isinstance(voice, dict):
        await things.find(call, VOICE, voice["id"])
    elif voice not in BUILT_IN:
        listed = ", ".join(f"'{name}'" for name in BUILT_IN)
        raise ApiError(
            400, f"Invalid value: '{voice[:100]}'. Supported values are: {listed}.", code="invalid_value", param="voice"
        )
    return await speech.speak(call, body, timing)


def _expect_recording(body: dict[str, Any], field: str) -> None:
    """See that a field of the form is a recording.

    Raises:
        ApiError: 400, it is not.
    """
    file = body[field]
    if not isinstance(file, File):
        raise ApiError(400, f"'{field}' is not a file: send it with a filename.", param=field, code="invalid_type")
    main, _, kind = file.content_type.partition(";")[0].strip().lower().partition("/")
    if not (main == "audio" and kind in TYPES) and not file.name.lower().endswith(ENDINGS):
        raise ApiError(
            400,
            f"Invalid file format: '{file.name}' ({file.content_type}) is no audio of a supported type.",
            param=field,
            code="invalid_file_format",
        )
    if not 0 < file.size <= LARGEST:
        raise ApiError(
            400, f"A recording has from 1 to {LARGEST} bytes; '{file.name}' has {file.size}.", param=field,
            code="invalid_file_size",
        )  # fmt: skip
