"""The pacer on a real loop: order, abandoned waits and clean-up. How exact it is, benchmarks/streams.py measures."""

import asyncio
import sys

import pytest

from fakeai.runtime.clock import RealClock
from fakeai.runtime.wire.pacing import BATCH, SLOPPY, Pacer
from fakeai.runtime.wire.timerfd import LoopAlarm, TimerfdAlarm


def test_waiters_wake_in_the_order_of_their_moments() -> None:
    async def main() -> None:
        pacer, clock, woken = Pacer(RealClock()), RealClock(), []
        now = clock.monotonic()

        async def wait(number: int) -> None:
            assert await pacer.until(now + number / 1000)
            assert clock.monotonic() >= now + number / 1000
            woken.append(number)

        await asyncio.gather(*[wait(number) for number in (30, 10, -5, 20, 0)])
        assert woken == [-5, 0, 10, 20, 30]
        assert sum(pacer.lateness) == 5
        assert pacer.waiting == 0
        pacer.close()

    asyncio.run(main())


def test_more_waiters_than_a_batch_all_wake() -> None:
    async def main() -> None:
        pacer, now = Pacer(RealClock()), RealClock().monotonic()
        assert await asyncio.gather(*[pacer.until(now) for _ in range(3 * BATCH)]) == [True] * 3 * BATCH
        pacer.close()

    asyncio.run(main())


def test_abandoned_waits_end_at_once_and_leave_nothing() -> None:
    async def main() -> None:
        pacer, later = Pacer(RealClock()), RealClock().monotonic() + 3600
        waiters = [pacer.until(later) for _ in range(4 * SLOPPY)]
        for waiter in waiters:
            pacer.abandon(waiter)
            pacer.abandon(waiter)
        assert await asyncio.gather(*waiters) == [False] * len(waiters)
        assert pacer.waiting == 0
        assert len(pacer._heap) <= SLOPPY
        pacer.close()

    asyncio.run(main())


def test_a_sleeper_that_fails_stops_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    class Broken:
        gone = failed = False

        def wake(self, now: float) -> float | None:
            raise ValueError("broken")

        def fail(self) -> None:
            self.failed = True

    async def main() -> None:
        pacer, now, broken = Pacer(RealClock()), RealClock().monotonic(), Broken()
        pacer.add(now, broken)
        assert await asyncio.wait_for(pacer.until(now + 0.01), 5)
        assert broken.failed
        assert pacer.waiting == 0
        pacer.close()

    asyncio.run(main())
    assert "broken" in caplog.text


@pytest.mark.skipif(sys.platform != "linux", reason="timerfd is of Linux")
def test_linux_has_a_timerfd_that_is_closed() -> None:
    async def main() -> None:
        loop, rang = asyncio.get_running_loop(), asyncio.Event()
        alarm = TimerfdAlarm(loop, rang.set)
        alarm.set(0)  # in the past: at once
        await asyncio.wait_for(rang.wait(), 5)
        alarm.close()
        with pytest.raises(OSError, match="Bad file descriptor"):
            alarm.close()

    asyncio.run(main())


def test_elsewhere_the_loops_timer_rings() -> None:
    async def main() -> None:
        loop, rang = asyncio.get_running_loop(), asyncio.Event()
        alarm = LoopAlarm(loop, rang.set, RealClock().monotonic)
        alarm.set(RealClock().monotonic() + 3600)
        alarm.set(RealClock().monotonic())
        await asyncio.wait_for(rang.wait(), 5)
        alarm.close()

    asyncio.run(main())
