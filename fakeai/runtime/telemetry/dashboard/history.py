"""The seconds that are over, each worked out once, by the first who asks for it."""

from collections.abc import Awaitable, Callable
from typing import Any

from ...window import SECONDS
from ...world import World
from ..reading import Reading
from . import seconds
from .remembered import Remembered

Told = dict[str, Any]


class History:
    """The last minute of a world: an engine, `world.engine(History)`. It is not worked out while nobody looks."""

    def __init__(self, world: World) -> None:
        self._known: dict[str, Told] = {}

    async def calls(self, reading: Reading, requests: Remembered, first: int, model: str | None) -> Told:
        """`seconds.columns`; those of one *model* are worked out each time."""
        if model is not None:
            return await seconds.columns(reading, requests, first, model)
        return await self._since(
            "calls", reading, first, lambda start: seconds.columns(reading, requests, start, None), "answers"
        )

    async def workers(self, reading: Reading, requests: Remembered, first: int) -> Told:
        """`seconds.workers`."""
        return await self._since(
            "workers", reading, first, lambda start: seconds.workers(reading, requests, start), "running"
        )

    async def _since(
        self, kind: str, reading: Reading, first: int, tell: Callable[[int], Awaitable[Told]], column: str
    ) -> Told:
        """What is known of a *kind* from second *first* on, after *tell* told what is new; *column* is one of it."""
        known = self._known.get(kind)
        end = known["first"] + _length(known, column) if known else first
        if known is None or not known["first"] <= first <= end:
            known, end = None, first
        if known is None or end < int(reading.now):
            new = await tell(end)
            known = new if known is None else _joined(known, new)
            oldest = max(known["first"], int(reading.now) - SECONDS)
            self._known[kind] = known = _cut(known, oldest)
        return _cut(known, max(first, known["first"]))


def _length(told: Told, column: str) -> int:
    return len((told["workers"][0] if "workers" in told else told)[column])


def _joined(told: Any, more: Any) -> Any:
    """*told*, with *more* at the end of each of its columns."""
    if isinstance(told, dict):
        return {name: _joined(value, more[name]) for name, value in told.items()}
    if isinstance(told, list):
        if told and isinstance(told[0], dict):
            return [_joined(one, other) for one, other in zip(told, more, strict=True)]
        return told + more
    return told


def _cut(told: Told, first: int) -> Told:
    """*told* from second *first* on."""
    found: Told = _without(told, first - told["first"])
    return found | {"first": first}


def _without(told: Any, count: int) -> Any:
    if isinstance(told, dict):
        return {name: _without(value, count) for name, value in told.items()}
    if isinstance(told, list):
        return [_without(each, count) for each in told] if told and isinstance(told[0], dict) else told[count:]
    return told
