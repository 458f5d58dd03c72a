"""The pacer on a real loop: order, abandoned waits and clean-up. How exact it is, benchmarks/streams.py measures."""

import asyncio
import sys
from types import SimpleNamespace

import pytest

from fakeai.runtime.answer import Planned, Stream
from fakeai.runtime.clock import RealClock
from fakeai.runtime.routes import Api, Route, Target
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.tally import Tally
from fakeai.runtime.wire.express import TimedStream
from fakeai.runtime.wire.pacing import BATCH, SLOPPY, Pacer
from fakeai.runtime.wire.timerfd import LoopAlarm, TimerfdAlarm
from fakeai.runtime.wire.turns import WORK, Turns
from fakeai.runtime.world import World


class Letters:
    def write(self, start: int, stop: int) -> bytes:
        return b"abc"[start:stop]


class FakeProtocol:
    """What `TimedStream` knows of a connection."""

    def __init__(self) -> None:
        tally = Tally(World(store=SqliteStore(None)))
        self.application = SimpleNamespace(tally=tally, silence=lambda answer: float("inf"))
        self.flow = SimpleNamespace(write_paused=False)
        self.written: list[bytes] = []
        self.completed = 0

    def head_of(self, answer: Stream, target: Target) -> bytes:
        return b"HEAD\r\n\r\n"

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def on_timed_response_complete(self) -> None:
        self.completed += 1


TARGET = Target(Route("POST", "/", "a", "m", "f"), Api(), lambda name: None, "openai")


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


def test_a_stream_whose_client_reads_slowly_keeps_its_moments() -> None:
    protocol = FakeProtocol()
    stream = TimedStream(protocol, Stream(Letters(), Planned([0.1, 1.0, 1.2])), TARGET, arrived=50.0)  # type: ignore[arg-type]
    protocol.flow.write_paused = True
    assert stream.wake(50.1) is None
    assert (stream.gone, stream.moment) == (True, 51.0)
    protocol.flow.write_paused, stream.gone = False, False
    assert stream.wake(51.1) == pytest.approx(51.2)
    assert stream.wake(51.2) is None
    assert protocol.written == [b"HEAD\r\n\r\n1\r\na\r\n", b"1\r\nb\r\n", b"1\r\nc\r\n0\r\n\r\n"]
    assert (protocol.application.tally.streams, protocol.completed) == (0, 1)


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


class Hands:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.moment = 0.0

    def monotonic(self) -> float:
        return self.moment

    def now(self) -> float:
        return self.moment


def test_work_that_comes_all_at_once_is_done_over_several_turns_in_its_order() -> None:
    async def main() -> None:
        hands = Hands()
        turns = Turns(hands)
        done: list[list[int]] = [[]]
        watching = True

        def next_turn() -> None:
            done.append([])
            if watching:
                asyncio.get_running_loop().call_soon(next_turn)

        async def work(number: int, seconds: float) -> None:
            await turns.take()
            hands.moment += seconds
            done[-1].append(number)

        next_turn()
        await asyncio.gather(*[work(number, 0.4 * WORK) for number in range(6)])
        first, *rest = [turn for turn in done if turn]
        assert (first, rest) == ([0, 1, 2], [[3], [4], [5]])
        tasks = [asyncio.ensure_future(work(number, 2 * WORK)) for number in range(10, 14)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert [number for turn in done for number in turn if number >= 10] == [10, 12, 13]
        await turns.take()
        watching = False

    asyncio.run(main())
