"""Turns at work: many tasks that wake at the same moment do their work over several turns of the loop, not in one."""

import asyncio
from collections import deque

from ..clock import Clock

WORK = 0.0005  # seconds of work in one turn of the loop, after which who comes waits for the next


class Turns:
    """Who has work that takes a noticeable time awaits `take` before it.

    Work may begin at once while that of this turn of the loop has not taken long. Then who comes first goes first, one
    in each turn, so that between them all else is read, accepted and sent.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._since: float | None = None  # when the first work of this turn began

    async def take(self) -> None:
        """Wait until it is this task's turn."""
        now = self._clock.monotonic()
        if self._since is None:
            self._since = now
            asyncio.get_running_loop().call_soon(self._next)
        elif self._waiting or now - self._since > WORK:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn

    def _next(self) -> None:
        """A turn of the loop later: let go on who waits longest."""
        self._since = None
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # else whoever waited was cancelled
                self._since = self._clock.monotonic()
                turn.get_loop().call_soon(self._next)
                turn.set_result(None)
                break
