"""Realtime's events against the schemas of OpenAI's document."""

from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

SPEC = Path(__file__).parent.parent / "specs" / "openai" / "realtime_socket.yaml"
OLDER = {"text": "output_text", "audio": "output_audio"}  # types of content in the beta, as its own schemas do not say


@cache
def _schemas() -> dict[str, Any]:
    schemas: dict[str, Any] = yaml.load(SPEC.read_text(), yaml.CSafeLoader)["components"]["schemas"]
    return schemas


@cache
def _names(prefix: str) -> dict[str, str]:
    """{type of event: name of its schema}"""
    found = {name: schema for name, schema in _schemas().items() if name.startswith(prefix) and "properties" in schema}
    return {schema["properties"]["type"]["enum"][0]: name for name, schema in found.items()}


@cache
def _validator(name: str) -> Any:
    root = {"$ref": f"#/components/schemas/{name}", "components": {"schemas": _schemas()}}
    return jsonschema_rs.Draft202012Validator(root)


def check(event: dict[str, Any]) -> None:
    """See that *event* is one of today's server events, with all that its schema asks for."""
    _validator(_names("RealtimeServerEvent")[event["type"]]).validate(event)
    assert event["event_id"].startswith("event_")


def check_older(event: dict[str, Any]) -> None:
    """See that *event* is one of the beta's, whose schemas have today's names for what was renamed since."""
    type = event["type"]
    for older, newer in ((".text.", ".output_text."), (".audio.", ".output_audio."), (".audio_t", ".output_audio_t")):
        if type.startswith("response."):
            type = type.replace(older, newer)
    made = {**event, "type": type}
    if "item" in made:
        made["item"] = _today(made["item"])
    if "response" in made:
        made["response"] = {**made["response"], "output": [_today(item) for item in made["response"]["output"]]}
    name = _names("RealtimeBetaServerEvent")[type]
    if type.startswith("transcription_session"):  # its schema asks for the key, which only the REST side has
        made["session"] = {**made["session"], "client_secret": {"value": "", "expires_at": 0}}
    _validator(name).validate(made)


def _today(item: dict[str, Any]) -> dict[str, Any]:
    content = [{**part, "type": OLDER.get(part["type"], part["type"])} for part in item.get("content", ())]
    return {**item, "content": content} if "content" in item else item
