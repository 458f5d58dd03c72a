"""Wake many waiters, each at its own moment, without drift and without starving the rest of the loop."""

import asyncio
import heapq
from collections.abc import Callable

from ..clock import Clock, VirtualClock
from .timerfd import Alarm, LoopAlarm, best_alarm

BATCH = 64  # waiters woken in one turn of the loop: about 2 ms of their work, then reading and accepting go on
SLOPPY = 256  # abandoned entries that may lie in the heap before they are swept out
BUCKETS = 24  # of the lateness histogram: bucket b counts wakes less than 2**b microseconds late

Waiter = asyncio.Future[bool]


class Pacer:
    """All waiting of one server: a heap of moments behind one alarm."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Waiter]] = []
        self._alarm: Alarm | None = None
        self._set_for = float("inf")
        self._count = self._abandoned = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self.lateness = [0] * BUCKETS

    @property
    def waiting(self) -> int:
        """How many waiters have a moment to come."""
        return len(self._heap) - self._abandoned

    def until(self, moment: float) -> Waiter:
        """A future that is True at *moment* (monotonic seconds), or False when `abandon` comes first."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._open(loop)
        waiter = loop.create_future()
        self._count += 1
        heapq.heappush(self._heap, (moment, self._count, waiter))
        if moment < self._set_for:
            self._set(moment)
        return waiter

    def abandon(self, waiter: Waiter) -> None:
        """End a wait early: its future becomes False."""
        if not waiter.done():
            waiter.set_result(False)
            self._abandoned += 1
            if self._abandoned > SLOPPY and self._abandoned > len(self._heap) // 2:
                self._heap = [entry for entry in self._heap if not entry[2].done()]
                heapq.heapify(self._heap)
                self._abandoned = 0

    def close(self) -> None:
        """Let go of the alarm."""
        if self._alarm:
            self._alarm.close()
        self._alarm, self._loop, self._set_for = None, None, float("inf")

    def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        self.close()
        now: Callable[[], float] = self._clock.monotonic
        virtual = isinstance(self._clock, VirtualClock)
        self._alarm = LoopAlarm(loop, self._ring, now) if virtual else best_alarm(loop, self._ring, now)
        self._loop = loop

    def _set(self, moment: float) -> None:
        self._set_for = moment
        if self._alarm:
            self._alarm.set(moment)

    def _ring(self) -> None:
        now, heap, woken = self._clock.monotonic(), self._heap, 0
        self._set_for = float("inf")
        while heap and heap[0][0] <= now and woken < BATCH:
            moment, _, waiter = heapq.heappop(heap)
            if waiter.done():
                self._abandoned -= not waiter.cancelled()
                continue
            waiter.set_result(True)
            self.lateness[min(int((now - moment) * 1e6).bit_length(), BUCKETS - 1)] += 1
            woken += 1
        if heap and self._loop:
            if heap[0][0] <= now:
                self._set_for = heap[0][0]
                self._loop.call_soon(self._ring)
            else:
                self._set(heap[0][0])
