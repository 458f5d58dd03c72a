"""Clocks of several processes that show the same."""

from fakeai.runtime.clock import FixedClock, RealClock


def test_a_clock_takes_what_another_shows() -> None:
    one, other = RealClock(), RealClock()
    one.ahead(3600)
    one.run(1000)
    other.take(one.state)
    first, second, third = one.monotonic(), other.monotonic(), one.monotonic()
    assert first <= second <= third
    assert other.state == one.state
    other.take(one.state)
    assert other.monotonic() >= third


def test_a_clock_never_falls_when_it_takes_what_is_earlier() -> None:
    slow, fast = RealClock(), RealClock()
    fast.ahead(60)
    before = fast.monotonic()
    fast.take(slow.state)
    stands = fast.monotonic()
    assert before <= stands == fast.monotonic()
    slow.ahead(3600)
    fast.take(slow.state)
    assert fast.monotonic() > before + 3500


def test_who_waits_is_called_when_a_clock_takes_another_time() -> None:
    clock = RealClock()
    calls: list[float] = []
    clock.moved.append(lambda: calls.append(clock.speed))
    clock.take(RealClock(60).state)
    assert calls == [60]


def test_a_clock_that_stands_still_takes_where_another_stands() -> None:
    one, other = FixedClock(1000.0), FixedClock(0.0)
    one.ahead(5)
    other.take(one.state)
    assert (one.now(), other.now()) == (1005.0, 1005.0)
