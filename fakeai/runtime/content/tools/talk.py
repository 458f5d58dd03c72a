"""What was said and done since the user last spoke."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from ..messages import text_of

RESULTS = ("tool", "function")  # roles


class Made(NamedTuple):
    """A call of a tool that a model made: its *arguments* as text."""

    name: str
    arguments: str

    @property
    def given(self) -> dict[str, Any]:
        """The arguments, where they are an object."""
        try:
            found = orjson.loads(self.arguments)
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}


class Result(NamedTuple):
    """What a call gave."""

    call: Made
    text: str


class Talk(NamedTuple):
    """The last *text* of a user and what came *after* it: calls, their results, and how many rounds of such.

    *before* has the calls of the turn before, *ends* whether the last message is a result.
    """

    text: str
    calls: tuple[Made, ...]
    results: tuple[Result, ...]
    rounds: int
    before: tuple[Made, ...]
    ends: bool

    @classmethod
    def of(cls, messages: Sequence[dict[str, Any]]) -> "Talk":
        """What *messages* (of chat) have."""
        at = next((at for at in range(len(messages) - 1, -1, -1) if messages[at].get("role") == "user"), -1)
        text = text_of(messages[at].get("content")) if at >= 0 else ""
        calls: list[Made] = []
        by_id: dict[Any, Made] = {}
        results: list[Result] = []
        rounds = 0
        for message in messages[at + 1 :]:
            made = _calls(message)
            calls += [call for _, call in made]
            by_id.update(made)
            rounds += bool(made)
            if message.get("role") in RESULTS:
                call = by_id.get(message.get("tool_call_id")) or _named(message, calls)
                results.append(Result(call, text_of(message.get("content"))))
        before: list[Made] = []
        for message in reversed(messages[: max(at, 0)]):
            if message.get("role") == "user":
                break
            before = [call for _, call in _calls(message)] + before
        ends = bool(messages) and messages[-1].get("role") in RESULTS
        return cls(text, tuple(calls), tuple(results), rounds, tuple(before), ends)


def _calls(message: dict[str, Any]) -> list[tuple[Any, Made]]:
    """The calls that a message makes, with their ids."""
    made = []
    for call in message.get("tool_calls") or ():
        inside = call.get(call.get("type") or "function") or {}
        given = inside.get("arguments", inside.get("input"))
        made.append((call.get("id"), Made(str(inside.get("name")), given if isinstance(given, str) else "")))
    legacy = message.get("function_call")
    if isinstance(legacy, dict) and legacy.get("name"):
        made.append((None, Made(str(legacy["name"]), str(legacy.get("arguments") or ""))))
    return made


def _named(message: dict[str, Any], calls: list[Made]) -> Made:
    """The call that a result without a known id belongs to."""
    name = message.get("name")
    return next((call for call in reversed(calls) if call.name == name), Made(str(name or ""), ""))
