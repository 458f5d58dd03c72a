"""Wake many sleepers, each at its own moments, without drift and without starving the rest of the loop."""

import asyncio
import heapq
import logging
from collections.abc import Callable, Generator
from typing import Any, Protocol

from ..clock import Clock, RealClock, VirtualClock
from .timerfd import Alarm, LoopAlarm, best_alarm

SLACK = 50e-6  # seconds that a sleeper may be woken early, to share the alarm of another
log = logging.getLogger("fakeai")

BATCH = 64  # sleepers woken in one turn of the loop: about 1 ms of work, then reading and accepting go on
SLOPPY = 256  # abandoned entries that may lie in the heap before they are swept out
BUCKETS = 64  # of the lateness histogram: bucket b counts wakes less than 2**b microseconds late


class Sleeper(Protocol):
    """Something that does a little work at a moment and may want to be woken again."""

    gone: bool

    def wake(self, now: float) -> float | None:
        """Work, at *now* (monotonic seconds); the next moment to be woken, or None."""
        ...

    def fail(self) -> None:
        """Give up: the work raised an error."""
        ...


class Waiter:
    """A sleeper that is awaited: True at its moment, False when it was abandoned before."""

    __slots__ = ("_future", "gone")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._future: asyncio.Future[bool] = loop.create_future()
        self.gone = False

    def wake(self, now: float) -> float | None:
        self.settle(True)
        return None

    def fail(self) -> None:
        self.settle(False)

    def settle(self, woke: bool) -> None:
        """Let whoever awaits this go on."""
        self.gone = True
        if not self._future.done():
            self._future.set_result(woke)

    def __await__(self) -> Generator[Any, None, bool]:
        return self._future.__await__()


class Pacer:
    """All waiting of one server: a heap of moments behind one alarm."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._heap: list[tuple[float, int, Sleeper]] = []
        self._alarm: Alarm | None = None
        self._slack = 0.0
        self._set_for = float("inf")
        self._count = self._abandoned = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self.lateness = [0] * BUCKETS

    @property
    def waiting(self) -> int:
        """How many sleepers have a moment to come."""
        return len(self._heap) - self._abandoned

    def until(self, moment: float) -> Waiter:
        """To be awaited: True at *moment* (monotonic seconds), or False when `abandon` comes first."""
        waiter = Waiter(asyncio.get_running_loop())
        self.add(moment, waiter)
        return waiter

    def add(self, moment: float, sleeper: Sleeper) -> None:
        """Wake *sleeper* at *moment*."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._open(loop)
        self._count += 1
        heapq.heappush(self._heap, (moment, self._count, sleeper))
        if moment < self._set_for:
            self._set(moment)

    def abandon(self, sleeper: Sleeper) -> None:
        """Let go of *sleeper*, which has a moment to come; one that is awaited becomes False."""
        if sleeper.gone:
            return
        sleeper.gone = True
        if isinstance(sleeper, Waiter):
            sleeper.settle(False)
        self._abandoned += 1
        if self._abandoned > SLOPPY and self._abandoned > len(self._heap) // 2:
            self._heap[:] = [entry for entry in self._heap if not entry[2].gone]
            heapq.heapify(self._heap)
            self._abandoned = 0

    def close(self) -> None:
        """Let go of the alarm."""
        if self._alarm:
            self._alarm.close()
        self._alarm, self._loop, self._set_for = None, None, float("inf")
        if isinstance(self._clock, RealClock) and self._look in self._clock.moved:
            self._clock.moved.remove(self._look)

    def _open(self, loop: asyncio.AbstractEventLoop) -> None:
        self.close()
        clock = self._clock
        now: Callable[[], float] = clock.monotonic
        if isinstance(clock, RealClock):
            real = clock
            now = lambda: real.machine(real.monotonic())  # noqa: E731  # alarms ring by the machine's time
            clock.moved.append(self._look)
        virtual = isinstance(clock, VirtualClock)
        self._alarm = LoopAlarm(loop, self._ring, now) if virtual else best_alarm(loop, self._ring, now)
        self._slack = 0.0 if virtual else SLACK
        self._loop = loop

    def _set(self, moment: float) -> None:
        self._set_for = moment
        if self._alarm:
            self._alarm.set(self._clock.machine(moment) if isinstance(self._clock, RealClock) else moment)

    def _look(self) -> None:
        """The clock was moved: what is due may have become so."""
        if self._heap:
            self._set(self._heap[0][0])

    def _ring(self) -> None:
        monotonic, heap, lateness, slack = self._clock.monotonic, self._heap, self.lateness, self._slack
        self._set_for = float("-inf")  # while this goes on, nobody else sets the alarm
        now = monotonic()
        for _ in range(BATCH):
            if not heap or heap[0][0] > now + slack:
                break
            moment, _, sleeper = heapq.heappop(heap)
            if sleeper.gone:
                self._abandoned -= 1
                continue
            if now < moment:
                now = moment  # early by less than the slack
            lateness[int((now - moment) * 1e6).bit_length()] += 1
            try:
                again = sleeper.wake(now)
            except Exception:
                log.exception("A sleeper failed")
                sleeper.gone = True
                sleeper.fail()
                again = None
            if again is not None:
                self._count += 1
                heapq.heappush(heap, (again, self._count, sleeper))
            now = monotonic()
        self._set_for = float("inf")
        if heap and self._loop:
            if heap[0][0] <= now:
                self._set_for = heap[0][0]
                self._loop.call_soon(self._ring)
            else:
                self._set(heap[0][0])
