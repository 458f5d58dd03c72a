"""Snapshots as server-sent events: one at once, then one each interval, each worked out in turns with other calls."""

import asyncio
from typing import Any

import orjson

from ...answer import Stream
from ...call import Call
from ...clock import RealClock
from ...world import World
from .snapshot import snapshot
from .watchers import Watchers

INTERVAL = 1.0  # seconds of the machine's time between two events
PAUSE = 0.004  # after which it is looked again whether an event is there
LONGEST = 1.0  # after which it is looked again whether the server stops
FAREWELL = b": the server stops\n\n"


class Events:
    """The pieces of a stream of *count* events and their schedule: a piece is due once its snapshot is there."""

    def __init__(self, world: World, query: dict[str, Any]) -> None:
        self._world, self._query, self._count = world, query, query["count"]
        self._due = 0.0
        self._watchers = world.lasting(Watchers)
        self._watchers.count += 1
        self._task: asyncio.Task[bytes] | None = None
        self._event = b""
        self._is_over = False

    def __len__(self) -> int:
        return int(self._count)

    @property
    def first(self) -> float:
        return 0.0

    def due(self, start: int, elapsed: float, most: int) -> tuple[int, float]:
        clock = self._world.clock
        speed = clock.speed if isinstance(clock, RealClock) else 1.0
        if self._watchers.stopping:
            self._end()
            return self._count, elapsed
        if self._task is None:
            if elapsed < self._due:
                return start, min(self._due, elapsed + LONGEST * speed)
            self._task = asyncio.ensure_future(self._next())
        if not self._task.done():
            return start, elapsed + PAUSE * speed
        task, self._task = self._task, None
        self._event = task.result()
        self._due = max(self._due + self._query["interval"] * speed, elapsed)
        if start + 1 == self._count:
            self._end()
        return start + 1, min(self._due, elapsed + LONGEST * speed)

    def write(self, start: int, stop: int) -> bytes:
        """The event that has become due."""
        return FAREWELL if self._watchers.stopping else self._event

    def left(self, sent: int, elapsed: float) -> None:
        if self._task is not None:
            self._task.cancel()
        self._end()

    async def _next(self) -> bytes:
        told = await snapshot(self._world, self._query)
        self._query["since"] = told["seconds"]["first"] + len(told["seconds"]["answers"])
        return b"data: %b\n\n" % orjson.dumps(told)

    def _end(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._watchers.count -= 1


async def stream(call: Call, query: dict[str, Any]) -> Stream:
    """What a dashboard shows, again and again, so many times as the query's `count` says."""
    events = Events(call.world, dict(query))
    return Stream(events, events)
