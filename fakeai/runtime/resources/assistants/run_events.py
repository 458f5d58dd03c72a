"""The stream of a run: what its steps and messages say, told as events at the moments from which they say it."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import orjson

from ...answer import Planned, Stream
from ...call import Call
from ...content.generation import Writer
from ...sse import Escapes, TokenEvents
from .. import things
from ..kinds import kind_of
from ..things import PLAN, SINCE, Thing
from .run_steps import STEP, Act
from .searches import annotations
from .threads import MESSAGE, RUN
from .turns import Leg, Turn

Facts = list[tuple[str, Thing]]  # events that tell of things as they are at the moment of the request

DONE = b"event: done\ndata: [DONE]\n\n"
TOKEN = "\u0000"  # stands where a token's text goes


class Chain:
    """The pieces of several streams, one after the other."""

    __slots__ = ("_parts", "_starts")

    def __init__(self, parts: Sequence[TokenEvents]) -> None:
        self._parts = parts
        self._starts = [0, *accumulate(len(part) for part in parts)]

    def write(self, start: int, stop: int) -> bytes:
        """The bytes of pieces *start* to *stop* - 1."""
        made = []
        at = bisect_right(self._starts, start) - 1
        while start < stop:
            first, end = self._starts[at], min(self._starts[at + 1], stop)
            made.append(self._parts[at].write(start - first, end - first))
            start, at = end, at + 1
        return b"".join(made)


def stream(call: Call, run: Thing, leg: Leg, acts: list[Act], before: Facts) -> Stream:
    """The events of *leg* of *run*, which begins to wait in the queue after the events *before*."""
    kind, escapes = kind_of(call.world, RUN), call.world.engine(Writer).escapes
    start = kind.steps["queued"][1]
    opening = b"".join(_event(name, things.shown(thing)) for name, thing in [*before, ("thread.run.queued", run)])
    working = {**run, PLAN: [step for step in run[PLAN] if "status" not in step[1]]}  # it may be over at once
    parts = [TokenEvents(opening, (), (), None, _told(call, RUN, working, run[SINCE] + start), escapes)]
    due = [0.0, start]
    for act in acts:
        parts.append(_turn(call, act, leg, run[SINCE], escapes))
        due += [
            act.turn.moments[0],
            *(act.turn.moments[: len(act.turn.tokens)] if _speaks(act) else ()),
            _end(act.turn, leg),
        ]
    parts.append(TokenEvents(_told(call, RUN, run, run[SINCE] + leg.end), (), (), None, DONE, escapes))
    due += [leg.end, leg.end]
    return Stream(Chain(parts), Planned(due))


def _turn(call: Call, act: Act, leg: Leg, since: float, escapes: Escapes) -> TokenEvents:
    """The events of one step and of its message, from their creation to their end."""
    turn, step, message = act.turn, act.step, act.message
    ended = since + _end(turn, leg)
    opening = _begun(STEP, step)
    if message is not None:
        opening += _begun(MESSAGE, message)
        content: list[dict[str, Any]] = [{"index": 0, "type": "text", "text": {"value": TOKEN, "annotations": []}}]
        if turn.refused:
            content = [{"index": 0, "type": "refusal", "refusal": TOKEN}]
        frames = [_frame("thread.message.delta", message["id"], {"content": content})]
        closing = _cited(act) + _told(call, MESSAGE, message, ended) + _told(call, STEP, step, ended)
        return TokenEvents(opening, frames, turn.tokens, None, closing, escapes)
    opening += _delta(step, [_first(each, at) for at, each in enumerate(turn.calls)])
    waits = leg.status == "requires_action" and act.turn is leg.turns[-1]
    closing = b"" if waits else _told(call, STEP, step, ended)
    kind = turn.calls[0]["type"]
    if kind == "code_interpreter" and turn.whole:
        logs = [{"index": at, **each} for at, each in enumerate(turn.calls[0][kind]["outputs"])]
        closing = _delta(step, [{"index": 0, "type": kind, kind: {"outputs": logs}}]) + closing
    if not _speaks(act):
        return TokenEvents(opening, (), (), None, closing, escapes)
    field = "input" if kind == "code_interpreter" else "arguments"
    frames = [
        _frame("thread.run.step.delta", step["id"], _details([{"index": at, "type": kind, kind: {field: TOKEN}}]))
        for at in range(len(turn.calls))
    ]
    return TokenEvents(opening, frames, turn.tokens, turn.order, closing, escapes)


def _cited(act: Act) -> bytes:
    """The delta that says which files a message cites, after its tokens; nothing when it cites none."""
    found = annotations("".join(act.turn.tokens), act.turn.cited)
    if not found or act.message is None:
        return b""
    told = [{"index": at, **each} for at, each in enumerate(found)]
    content = [{"index": 0, "type": "text", "text": {"value": "", "annotations": told}}]
    says = {"id": act.message["id"], "object": "thread.message.delta", "delta": {"content": content}}
    return _event("thread.message.delta", says)


def _end(turn: Turn, leg: Leg) -> float:
    """When *turn* ends, in seconds after the request: with its last token, or when the run expires."""
    return leg.end if leg.is_expired(turn) else turn.moments[-1]


def _speaks(act: Act) -> bool:
    """Whether the client sees the tokens of a turn; those of a file search it does not."""
    return not act.turn.calls or act.turn.calls[0]["type"] != "file_search"


def _first(used: dict[str, Any], at: int) -> dict[str, Any]:
    """The delta that says which tool is called, before the tokens of the call."""
    kind = used["type"]
    empty: dict[str, Any] = {}
    if kind == "function":
        empty = {"name": used[kind]["name"], "arguments": "", "output": None}
    elif kind == "code_interpreter":
        empty = {"input": "", "outputs": []}
    return {"index": at, "id": used["id"], "type": kind, kind: empty}


def _details(calls: list[dict[str, Any]]) -> dict[str, Any]:
    return {"step_details": {"type": "tool_calls", "tool_calls": calls}}


def _delta(step: Thing, calls: list[dict[str, Any]]) -> bytes:
    says = {"id": step["id"], "object": "thread.run.step.delta", "delta": _details(calls)}
    return _event("thread.run.step.delta", says)


def _frame(name: str, id: str, delta: dict[str, Any]) -> tuple[bytes, bytes]:
    """The bytes before and after a token's text."""
    before, after = _event(name, {"id": id, "object": name, "delta": delta}).split(b"\\u0000")
    return before, after


def _begun(name: str, thing: Thing) -> bytes:
    """The events that tell that *thing* is there."""
    return _event(f"{name}.created", things.shown(thing)) + _event(f"{name}.in_progress", things.shown(thing))


def _told(call: Call, name: str, thing: Thing, at: float) -> bytes:
    """The event that tells of the state of *thing* *at* that moment (seconds since 1970)."""
    settled = things.settle(kind_of(call.world, name), dict(thing), at)
    return _event(f"{name}.{settled['status']}", things.shown(settled))


def _event(name: str, data: dict[str, Any]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), orjson.dumps(data))
