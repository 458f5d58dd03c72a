"""What a realtime session says of itself: the settings of a request, with OpenAI's defaults for what it leaves out."""

from typing import Any

from ...errors import ApiError

MODEL, TRANSCRIBER = "gpt-realtime", "gpt-4o-transcribe"
VOICE = "alloy"
PCM: dict[str, Any] = {"type": "audio/pcm", "rate": 24_000}
FORMATS: dict[str, dict[str, Any]] = {
    "pcm16": PCM,
    "g711_ulaw": {"type": "audio/pcmu"},
    "g711_alaw": {"type": "audio/pcma"},
}
LISTENS = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 500}
SECRETS = ("authorization", "headers")  # of an MCP tool, which are not shown again

Settings = dict[str, Any]


def conversation(said: Settings) -> Settings:
    """A session that talks, from a request of today's form."""
    audio = _said(said.get("audio"))
    output = _said(audio.get("output"))
    tools = [{name: value for name, value in tool.items() if name not in SECRETS} for tool in said.get("tools") or ()]
    return {
        "type": "realtime",
        "object": "realtime.session",
        "model": MODEL,
        "output_modalities": ["audio"],
        "instructions": "",
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "truncation": "auto",
        "tracing": None,
        "prompt": None,
        **_said(said),
        "tools": tools,
        "audio": {
            "input": _input(audio.get("input")),
            "output": {"format": PCM, "speed": 1.0, **output, "voice": voice_of(output.get("voice"))},
        },
    }


def with_voice(said: Settings, voice: str) -> Settings:
    """*said*, a request of today's form, with this *voice* when it names none."""
    audio = _said(said.get("audio"))
    return {**said, "audio": {**audio, "output": {"voice": voice, **_said(audio.get("output"))}}}


def transcription(said: Settings) -> Settings:
    """A session that writes down what it hears, from a request of today's form."""
    audio = _said(said.get("audio"))
    return {
        "type": "transcription",
        "object": "realtime.transcription_session",
        **_said(said),
        "audio": {"input": _input(audio.get("input"))},
    }


def translation(said: Settings) -> Settings:
    """A session that says in another language what it hears."""
    audio = _said(said.get("audio"))
    return {
        "type": "translation",
        "model": said["model"],
        "audio": {
            "input": {"transcription": None, "noise_reduction": None, **_said(audio.get("input"))},
            "output": {"language": "en", **_said(audio.get("output"))},
        },
    }


def older_conversation(said: Settings) -> Settings:
    """A session that talks, from a request of the beta's form.

    Raises:
        ApiError: 400, there is no such audio format.
    """
    listens = {**LISTENS, **_said(said.get("turn_detection"))}
    heard: Settings = {"format": audio_format(said, "input_audio_format"), "turn_detection": listens}
    if said.get("input_audio_transcription") is not None:
        heard["transcription"] = said["input_audio_transcription"]
    made: Settings = {
        "object": "realtime.session",
        "model": said.get("model") or MODEL,
        "output_modalities": said.get("modalities") or ["text", "audio"],
        "instructions": said.get("instructions") or "",
        "audio": {
            "input": heard,
            "output": {
                "format": audio_format(said, "output_audio_format"),
                "voice": voice_of(said.get("voice")),
                "speed": said.get("speed", 1.0),
            },
        },
        "turn_detection": listens,
        "tools": said.get("tools") or [],
        "tool_choice": said.get("tool_choice") or "auto",
        "max_output_tokens": said.get("max_response_output_tokens") or "inf",
    }
    return {**made, "tracing": said["tracing"]} if said.get("tracing") is not None else made


def older_transcription(said: Settings) -> Settings:
    """A session that writes down what it hears, from a request of the beta's form."""
    return {
        "object": "realtime.transcription_session",
        "modalities": ["text"],
        "input_audio_format": said.get("input_audio_format") or "pcm16",
        "input_audio_transcription": {"model": TRANSCRIBER, **_said(said.get("input_audio_transcription"))},
        "turn_detection": {**LISTENS, **_said(said.get("turn_detection"))},
    }


def audio_format(said: Settings, field: str, prefix: str = "") -> Settings:
    """What the format is called today that *field* names; errors name it after *prefix*.

    Raises:
        ApiError: 400, there is none.
    """
    name = said.get(field) or "pcm16"
    if name not in FORMATS:
        known = ", ".join(f"'{format}'" for format in FORMATS)
        raise ApiError(
            400, f"Invalid value: '{name}'. Supported values are: {known}.", code="invalid_value", param=prefix + field
        )
    return FORMATS[name]


def _input(said: Settings | None) -> Settings:
    """What a session hears; an explicit null turns the detection of turns off."""
    given = said or {}
    detects = given.get("turn_detection", LISTENS)
    if detects is not None and detects["type"] == "server_vad":
        detects = {"create_response": True, "interrupt_response": True, **LISTENS, **detects}
    elif detects is not None:
        detects = {"eagerness": "auto", "create_response": True, "interrupt_response": True, **detects}
    return {"format": PCM, **_said(given), "turn_detection": detects}


def voice_of(voice: str | Settings | None) -> str:
    """The name of a voice that comes with the API, or the id of one's own."""
    return str(voice["id"]) if isinstance(voice, dict) else voice or VOICE


def _said(settings: Settings | None) -> Settings:
    """*settings* without what is null."""
    return {name: value for name, value in (settings or {}).items() if value is not None}
