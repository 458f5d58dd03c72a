"""Scripted answers: rules that say what the model says, for tests of applications.

A rule has a `match` (all of it must hold) and an `answer`, or several `answers` that are given in turn, the last one
from then on. It answers every time, or `times` times. The first rule that matches and still answers is taken.
"""

import fnmatch
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import jsonschema_rs
import orjson

from ..call import Call
from ..errors import ApiError
from ..world import World
from .asking import Asked, Message
from .generation import Text, stopped
from .messages import last_user_text, text_of
from .said import NOTHING, Said, ToolCall, within
from .tools.choosing import RESULTS

DELAY = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m)?")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, None: 1.0}
SLOT = re.compile(r"\{\{\s*(\w+)\s*\}\}")  # {{user}}, {{model}}, {{1}}: a group of the regular expression `user`
SYSTEM = ("system", "developer")

_TEXT = {"type": "string"}
_ANSWER: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "minProperties": 1,
    "properties": {
        "text": _TEXT,
        "reasoning": _TEXT,
        "refusal": _TEXT,
        "calls": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name"],
                "properties": {"name": _TEXT, "arguments": {"type": ["object", "string"]}},
            },
        },
        "error": {
            "type": "object",
            "additionalProperties": False,
            "required": ["status"],
            "properties": {
                "status": {"type": "integer", "minimum": 400, "maximum": 599},
                "message": _TEXT,
                "type": _TEXT,
                "code": _TEXT,
                "param": _TEXT,
                "headers": {"type": "object", "additionalProperties": {"type": ["string", "integer"]}},
            },
        },
        "delay": {"type": ["string", "number"]},
        "finish_reason": {"enum": ["stop", "length", "tool_calls", "content_filter"]},
    },
}
SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["rules"],
    "properties": {
        "rules": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "match": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {
                            "model": _TEXT,
                            "user": _TEXT,
                            "system": _TEXT,
                            "tool_result": _TEXT,
                            "turn": {"type": "integer", "minimum": 1},
                            "headers": {"type": "object", "additionalProperties": _TEXT},
                        },
                    },
                    "answer": {"anyOf": [_TEXT, _ANSWER]},
                    "answers": {"type": "array", "minItems": 1, "items": {"anyOf": [_TEXT, _ANSWER]}},
                    "times": {"type": "integer", "minimum": 1},
                },
                "oneOf": [{"required": ["answer"]}, {"required": ["answers"]}],
            },
        }
    },
}


class BadScript(ValueError):
    """A script that cannot be used; the message says where and why."""


class Rule(NamedTuple):
    """One rule. *model* is a pattern of names (`gpt-4o*`); the texts are regular expressions, found anywhere."""

    answers: Sequence[dict[str, Any]]
    times: int | None
    model: str | None
    user: re.Pattern[str] | None
    system: re.Pattern[str] | None
    tool_result: re.Pattern[str] | None
    turn: int | None
    headers: Mapping[bytes, str]

    def matches(self, call: Call, asked: Asked) -> dict[str, str] | None:
        """What the slots of its texts stand for; None when it does not match."""
        messages = asked.messages
        if self.model is not None and not fnmatch.fnmatchcase(asked.model, self.model):
            return None
        if self.turn is not None and self.turn != sum(message.get("role") == "user" for message in messages):
            return None
        for name, value in self.headers.items():
            if (call.header(name) or b"").decode("latin-1") != value:
                return None
        if self.system and not self.system.search(_said_by(messages, SYSTEM)):
            return None
        if self.tool_result and not (
            messages[-1].get("role") in RESULTS and self.tool_result.search(text_of(messages[-1].get("content")))
        ):
            return None
        slots = {"user": last_user_text(messages), "model": asked.model}
        if self.user:
            found = self.user.search(slots["user"])
            if not found:
                return None
            slots |= {str(at): group or "" for at, group in enumerate(found.groups(), 1)}
        return slots


class Script:
    """The rules of one world. How often a rule answered is counted in the store, for all processes."""

    def __init__(self, world: World) -> None:
        self._world, self._counters = world, "script"
        self._take(world.options.script)

    def _take(self, script: Mapping[str, Any] | None) -> None:
        self.rules = parse(script or {"rules": []})
        self.said = (script or {"rules": []})["rules"]

    def put(self, script: Mapping[str, Any] | None, name: str) -> None:
        """Go on with the rules of *script* alone, whose answers are counted by a *name* that was never used.

        Raises:
            BadScript: it is none.
        """
        self._take(script)
        self._counters = name
        self._world.options = replace(self._world.options, script=script)

    def __bool__(self) -> bool:
        return bool(self.rules)

    async def answer(self, call: Call, asked: Asked) -> Said | None:
        """The answer of the first rule that has one to what is *asked*.

        Raises:
            ApiError: the rule's answer is an error.
        """
        for number, rule in enumerate(self.rules):
            slots = rule.matches(call, asked)
            if slots is None:
                continue
            turn = 0
            if rule.times is not None or len(rule.answers) > 1:
                turn = await call.world.store.add(f"{self._counters}/{number}") - 1
                if rule.times is not None and turn >= rule.times:
                    continue
            return _said(call, asked, rule.answers[min(turn, len(rule.answers) - 1)], slots)
        return None


def parse(script: Any) -> list[Rule]:
    """The rules of a *script* as a file has it.

    Raises:
        BadScript: it is none.
    """
    for error in jsonschema_rs.Draft202012Validator(SCHEMA).iter_errors(script):
        place = ".".join(str(step) for step in error.instance_path)
        raise BadScript(f"{place}: {error.message}" if place else error.message)
    rules = []
    for number, given in enumerate(script["rules"]):
        match = given.get("match", {})
        patterns = {}
        for name in ("user", "system", "tool_result"):
            try:
                patterns[name] = re.compile(match[name], re.IGNORECASE) if name in match else None
            except re.error as error:
                raise BadScript(
                    f"rules.{number}.match.{name}: {match[name]!r} is no regular expression: {error}"
                ) from None
        answers = [
            {"text": each} if isinstance(each, str) else each for each in given.get("answers", [given.get("answer")])
        ]
        for answer in answers:
            if "delay" in answer and not DELAY.fullmatch(str(answer["delay"])):
                raise BadScript(f"rules.{number}: {answer['delay']!r} is no delay such as 200ms or 2s")
        headers = {name.lower().encode(): value for name, value in match.get("headers", {}).items()}
        rules.append(
            Rule(answers, given.get("times"), match.get("model"), **patterns, turn=match.get("turn"), headers=headers)
        )
    return rules


def _said_by(messages: Sequence[Message], roles: tuple[str, ...]) -> str:
    return "\n".join(text_of(message.get("content")) for message in messages if message.get("role") in roles)


def _said(call: Call, asked: Asked, answer: dict[str, Any], slots: Mapping[str, str]) -> Said:
    tokens = call.world.tokens_for(asked.model)
    if "error" in answer:
        raise _error(answer["error"], slots)

    def text(name: str) -> Text:
        filled = _filled(answer.get(name) or "", slots)
        return stopped(Text.of(tokens.pieces(filled)), asked.limits) if filled else NOTHING

    custom = {tool.name for tool in asked.tools.tools if tool.custom} if asked.tools else set()
    calls = []
    for each in () if asked.text else answer.get("calls", ()):
        given = each.get("arguments", {})
        written = given if isinstance(given, str) else orjson.dumps(given).decode()
        pieces = Text.of(tokens.pieces(_filled(written, slots)))
        calls.append(ToolCall(each["name"], tokens.count(each["name"]), pieces, each["name"] in custom))
    called = asked.tools.ends_with if asked.tools else "tool_calls"
    reason = answer.get("finish_reason") or (called if calls else "stop")
    thought = NOTHING if asked.text else text("reasoning")
    refused = "refusal" in answer
    said = Said(thought, text("refusal" if refused else "text"), calls, reason, refused)
    return within(said, asked.limits.most)._replace(delay=_seconds(answer.get("delay", 0)))


def _error(error: dict[str, Any], slots: Mapping[str, str]) -> ApiError:
    status = error["status"]
    kind = "rate_limit_error" if status == 429 else "server_error" if status >= 500 else "invalid_request_error"
    headers = tuple(
        (name.lower().encode(), str(value).encode("latin-1", "replace"))
        for name, value in error.get("headers", {}).items()
    )
    return ApiError(
        status,
        _filled(error.get("message") or "The script says that this request fails.", slots),
        type=error.get("type") or kind,
        code=error.get("code"),
        param=error.get("param"),
        headers=headers,
    )


def _filled(text: str, slots: Mapping[str, str]) -> str:
    return SLOT.sub(lambda found: slots.get(found[1], found[0]), text)


def _seconds(delay: Any) -> float:
    found = DELAY.fullmatch(str(delay))
    return float(found[1]) * UNITS[found[2]] if found else 0.0
