"""Connections whose request does not come to its end are given up, so that nobody holds them all by sending slowly.

Nothing is measured while requests come as they should: a look at all connections, once in a while, finds those that
were in the middle of a request the last time, too. Such a time is told in seconds of the machine, whatever the speed.
"""

import asyncio
from collections.abc import Collection, Iterator
from typing import Protocol

RATE = 500  # bytes of a body that buy a second more
FRESH, NOTHING, HEAD, BODY = range(4)  # what is being read: nothing yet, nothing, a request's head, its body
OFTEN = 1.0  # seconds between two looks, at most
AT_ONCE = 2000  # connections that are looked at before others have a turn


class Reader(Protocol):
    """A connection as it is read. Its *since* is cleared whenever *reading* changes, and set by whoever looks."""

    reading: int
    since: float | None
    received: int  # bytes of the body

    @property
    def is_held(self) -> bool:
        """Whether it is not the client who is waited for."""
        ...

    def give_up(self) -> None:
        """End the connection, with a word to the client if that is possible."""
        ...


class Lookout:
    """How many seconds the *head* of a request may take, its *body*, and *idle* the first byte; None is for ever."""

    def __init__(self, head: float | None, body: float | None, idle: float) -> None:
        self._limits = {FRESH: idle, HEAD: head, BODY: body}
        self._often = min([OFTEN, *[limit / 4 for limit in (head, body) if limit is not None]])
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def watch(self, connections: Collection[object], loop: asyncio.AbstractEventLoop) -> None:
        """Look at *connections* from now on, for as long as there are any."""
        if self._timer is None or self._loop is not loop:
            self._loop = loop
            self._timer = loop.call_later(self._often, self._look, connections, loop)

    def _look(self, connections: Collection[object], loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        if connections:
            self.watch(connections, loop)
            self._go_on(iter(list(connections)), loop)

    def _go_on(self, left: Iterator[object], loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for count, each in enumerate(left, 1):
            if getattr(each, "reading", NOTHING) != NOTHING:
                self._judge(each, now)  # type: ignore[arg-type]  # what reads is a Reader
            if count == AT_ONCE:
                loop.call_soon(self._go_on, left, loop)
                return

    def _judge(self, reader: Reader, now: float) -> None:
        limit = self._limits[reader.reading]
        if limit is None:
            return
        if reader.since is None or reader.is_held:
            reader.since = now
            return
        if reader.reading == BODY:
            limit += reader.received / RATE
        if now - reader.since >= limit:
            reader.give_up()
