"""The beta's form of Realtime: other names of events and content, and sessions whose settings lie flat."""

from typing import Any

from . import realtime_settings

DROPPED = "conversation.item.done"
SPOKEN = {"output_text": "text", "output_audio": "audio"}
WRITTEN = {older: newer for newer, older in SPOKEN.items()}
FORMATS = {format["type"]: name for name, format in realtime_settings.FORMATS.items()}

Settings = dict[str, Any]


def name(type: str) -> str | None:
    """What the event *type* is called; None when the beta has none like it."""
    if type == DROPPED:
        return None
    if type == "conversation.item.added":
        return "conversation.item.created"
    return type.replace(".output_text.", ".text.").replace(".output_audio", ".audio")


def fields(type: str, said: Settings) -> tuple[str | None, Settings]:
    """What the event *type* is called, and what it says."""
    made = dict(said)
    if "item" in made:
        made["item"] = item(made["item"], SPOKEN)
    if "response" in made:
        made["response"] = _response(made["response"])
    if "session" in made:
        made["session"] = session(made["session"])
        if made["session"]["object"] == "realtime.transcription_session":
            return f"transcription_{type}", made
    return name(type), made


def item(said: Settings, names: dict[str, str]) -> Settings:
    """An item with the types of its content called by *names*."""
    if not isinstance(said, dict) or said.get("role") != "assistant" or not isinstance(said.get("content"), list):
        return said
    content = [
        {**part, "type": names.get(str(part.get("type")), part.get("type"))} if isinstance(part, dict) else part
        for part in said["content"]
    ]
    return {**said, "content": content}


def session(said: Settings) -> Settings:
    """A session's settings, laid flat."""
    heard = said["audio"]["input"]
    made: Settings = {
        "id": said["id"],
        "object": said["object"],
        "expires_at": said["expires_at"],
        "input_audio_format": FORMATS[heard["format"]["type"]],
        "turn_detection": heard["turn_detection"],
    }
    if heard.get("noise_reduction"):
        made["input_audio_noise_reduction"] = heard["noise_reduction"]
    if said.get("include"):
        made["include"] = said["include"]
    if said["type"] == "transcription":
        made["modalities"] = ["text"]
        if heard.get("transcription"):
            made["input_audio_transcription"] = heard["transcription"]
        return made
    spoken = said["audio"]["output"]
    return {
        **made,
        "input_audio_transcription": heard.get("transcription"),
        "model": said["model"],
        "modalities": _modalities(said["output_modalities"]),
        "instructions": said["instructions"],
        "voice": spoken["voice"],
        "output_audio_format": FORMATS[spoken["format"]["type"]],
        "speed": spoken["speed"],
        "tools": said["tools"],
        "tool_choice": said["tool_choice"],
        "temperature": said.get("temperature", 0.8),
        "max_response_output_tokens": said["max_output_tokens"],
        "tracing": said.get("tracing"),
    }


def update(said: Settings, type: str) -> Settings:
    """The settings of an update in the beta's form, as today's: of a session of *type*."""
    heard: Settings = {}
    for theirs, ours in (
        ("turn_detection", "turn_detection"),
        ("input_audio_transcription", "transcription"),
        ("input_audio_noise_reduction", "noise_reduction"),
    ):
        if theirs in said:
            heard[ours] = said[theirs]
    if said.get("input_audio_format") is not None:
        heard["format"] = realtime_settings.audio_format(said, "input_audio_format", "session.")
    made: Settings = {"type": type, "audio": {"input": heard}}
    if "include" in said:
        made["include"] = said["include"]
    if type == "transcription":
        return made
    for theirs, ours in (
        ("modalities", "output_modalities"),
        ("max_response_output_tokens", "max_output_tokens"),
        *(
            (name, name)
            for name in ("model instructions tools tool_choice temperature tracing truncation prompt".split())
        ),
    ):
        if said.get(theirs) is not None:
            made[ours] = said[theirs]
    made["audio"]["output"] = _spoken(said, "session.")
    if "output_modalities" in made:
        made["output_modalities"] = _today(made["output_modalities"])
    return made


def response(said: Settings) -> Settings:
    """The parameters of a response in the beta's form, as today's."""
    made = {name: value for name, value in said.items() if name not in ("modalities", "voice", "output_audio_format")}
    if said.get("modalities") is not None:
        made["output_modalities"] = _today(said["modalities"])
    if said.get("max_response_output_tokens") is not None:
        made["max_output_tokens"] = said["max_response_output_tokens"]
    spoken = _spoken(said, "response.")
    return {**made, "audio": {"output": spoken}} if spoken else made


def _spoken(said: Settings, prefix: str) -> Settings:
    made = {name: said[name] for name in ("voice", "speed") if said.get(name) is not None}
    if said.get("output_audio_format") is not None:
        made["format"] = realtime_settings.audio_format(said, "output_audio_format", prefix)
    return made


def _response(said: Settings) -> Settings:
    made = {name: value for name, value in said.items() if name not in ("output_modalities", "audio")}
    spoken = said["audio"]["output"]
    return {
        **made,
        "output": [item(each, SPOKEN) for each in said["output"]],
        "modalities": _modalities(said["output_modalities"]),
        "voice": spoken["voice"],
        "output_audio_format": FORMATS[spoken["format"]["type"]],
    }


def _modalities(today: list[str]) -> list[str]:
    """Who speaks also writes, in the beta."""
    return ["text", "audio"] if "audio" in today else ["text"]


def _today(modalities: list[str]) -> list[str]:
    """One modality: sound brings its transcript with it."""
    return ["audio"] if "audio" in modalities else ["text"]
