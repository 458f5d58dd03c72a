"""Rules of faults: which requests fail, in which way.

The first rule that matches and fires decides. What a rule does not say holds for every request.
"""

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jsonschema_rs
import orjson

from ...call import Call
from ...credentials import key_of
from ...looks import is_look
from . import kinds
from .kinds import BadFault, Fault

_TEXT = {"type": "string"}
RULE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["fault"],
    "properties": {
        "match": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "path": _TEXT,
                "method": _TEXT,
                "model": _TEXT,
                "key": _TEXT,
                "stream": {"type": "boolean"},
                "headers": {"type": "object", "additionalProperties": _TEXT},
            },
        },
        "fault": {"anyOf": [kinds.SCHEMA, {"type": "array", "minItems": 1, "items": kinds.SCHEMA}]},
        "calls": {"type": ["string", "integer"], "pattern": r"^[1-9]\d*(-([1-9]\d*)?)?$", "minimum": 1},
        "every": {"type": "integer", "minimum": 1},
        "per": {"enum": ["server", "key", "model", "path"]},
        "probability": {"type": "number", "minimum": 0, "maximum": 1},
        "from": kinds.DURATIONS,
        "until": kinds.DURATIONS,
    },
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["rules"],
    "properties": {"rules": {"type": "array", "items": RULE}},
}
FOREVER = float("inf")


class Asked:
    """What rules look at in one call, each read when a rule wants it."""

    def __init__(self, call: Call) -> None:
        self.call = call

    @cached_property
    def key(self) -> str:
        return key_of(self.call)

    @cached_property
    def body(self) -> Mapping[str, Any]:
        """The JSON body; empty when there is none."""
        try:
            body = orjson.loads(self.call.body)
        except orjson.JSONDecodeError:
            return {}
        return body if isinstance(body, dict) else {}

    @property
    def model(self) -> str:
        return str(self.body.get("model") or self.call.args.get("model") or "")


@dataclass(frozen=True)
class Rule:
    """One rule. *path*, *model* and *key* are patterns (`gpt-4*`); the calls *first* to *last* of those that match,
    counted *per* server, key, model or path, fail, of these each *every*-th, of these as many as *probability* says;
    all that *begins* seconds after the server's start or later, before it *ends*.
    """

    name: str
    said: Mapping[str, Any]
    faults: Sequence[Fault]
    method: str | None = None
    path: str | None = None
    model: str | None = None
    key: str | None = None
    stream: bool | None = None
    headers: tuple[tuple[bytes, str], ...] = ()
    first: int = 1
    last: float = FOREVER
    every: int = 1
    per: str = "server"
    probability: float = 1.0
    begins: float = 0.0
    ends: float = FOREVER

    @property
    def counts(self) -> bool:
        """Whether it matters how many calls came before."""
        return self.first > 1 or self.last < FOREVER or self.every > 1

    def matches(self, asked: Asked, since: float) -> bool:
        """Whether it is about this call, which came *since* seconds after the server's start."""
        call = asked.call
        if not self.begins <= since < self.ends:
            return False
        if self.path is None:
            if is_look(call.path):
                return False
        elif not (fnmatch.fnmatchcase(call.path, self.path) or fnmatch.fnmatchcase(f"/v1{call.path}", self.path)):
            return False
        if self.method is not None and self.method != call.method:
            return False
        for name, value in self.headers:
            if (call.header(name) or b"").decode("latin-1") != value:
                return False
        if self.key is not None and not fnmatch.fnmatchcase(asked.key, self.key):
            return False
        if self.model is not None and not fnmatch.fnmatchcase(asked.model, self.model):
            return False
        return self.stream is None or self.stream == (asked.body.get("stream") is True)

    def subject(self, asked: Asked) -> str:
        """Whose calls are counted."""
        return {"key": asked.key, "model": asked.model, "path": asked.call.path}.get(self.per, "")

    def picks(self, count: int) -> bool:
        """Whether the *count*-th call is one that fails."""
        return self.first <= count <= self.last and (count - self.first + 1) % self.every == 0


def parse(said: Any, name: str = "file") -> list[Rule]:
    """The rules that a file or the admin API *said*; each is named after *name* and its number.

    Raises:
        BadFault: they are none.
    """
    for error in jsonschema_rs.Draft202012Validator(SCHEMA).iter_errors(said):
        place = ".".join(str(step) for step in error.instance_path)
        reason = next((inner for inner in _closest(error.instance)), error.message)
        raise BadFault(f"{place}: {reason}" if place else reason)
    rules = []
    for number, given in enumerate(said["rules"]):
        try:
            rules.append(_rule(given, f"{name}.{number}"))
        except BadFault as error:
            raise BadFault(f"rules.{number}: {error}") from None
    return rules


def _closest(instance: Any) -> Sequence[str]:
    """What is wrong with a fault of a kind that there is not."""
    kind = instance.get("type") if isinstance(instance, dict) else instance
    if isinstance(kind, str) and kind not in kinds.KINDS:
        return [f"{kind!r} is not one of {', '.join(kinds.KINDS)}"]
    return []


def _rule(given: Mapping[str, Any], name: str) -> Rule:
    match, fault = given.get("match", {}), given["fault"]
    first, mark, last = str(given.get("calls", "1-")).partition("-")
    if last and int(last) < int(first):
        raise BadFault(f"calls: {given['calls']} has no call in it")
    method = match.get("method")
    return Rule(
        name,
        given,
        [kinds.made(each) for each in (fault if isinstance(fault, list) else [fault])],
        method.upper() if method else None,
        match.get("path"),
        match.get("model"),
        match.get("key"),
        match.get("stream"),
        tuple((header.lower().encode(), value) for header, value in match.get("headers", {}).items()),
        int(first),
        FOREVER if mark and not last else int(last or first),
        given.get("every", 1),
        given.get("per", "server"),
        given.get("probability", 1.0),
        kinds.seconds(given.get("from", 0)),
        kinds.seconds(given["until"]) if "until" in given else FOREVER,
    )
