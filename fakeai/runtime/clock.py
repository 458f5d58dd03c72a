"""Time: real, standing still, or virtual. The only place that reads a clock."""

import asyncio
import selectors
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol


class Clock(Protocol):
    """Readings of time, all seconds as float."""

    def now(self) -> float:
        """Seconds since 1970, for what clients see."""
        ...

    def monotonic(self) -> float:
        """Seconds since some moment, for durations and deadlines; never set back."""
        ...

    def wall(self) -> float:
        """Seconds since 1970, which pass whatever clients see: for what several processes measure together."""
        ...


@dataclass(frozen=True)
class RealClock:
    """The machine's own time."""

    now = staticmethod(time.time)
    wall = staticmethod(time.time)
    monotonic = staticmethod(time.monotonic)


@dataclass(frozen=True)
class FixedClock:
    """Time that stands still at *at* for what clients see, while streams keep their real pace."""

    at: float

    def now(self) -> float:
        return self.at

    monotonic = staticmethod(time.monotonic)
    wall = staticmethod(time.time)


@dataclass(frozen=True)
class VirtualClock:
    """The time of a `VirtualLoop`, which starts at *epoch* (seconds since 1970)."""

    epoch: float = 1_767_225_600.0

    def now(self) -> float:
        return self.epoch + asyncio.get_running_loop().time()

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def wall(self) -> float:
        return self.now()


async def give_way() -> None:
    """Let everything else that is ready have a turn."""
    await asyncio.sleep(0)


class _JumpingSelector(selectors.DefaultSelector):
    """Adds up the time that the loop wanted to wait, and does not wait."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0 if timeout else timeout)
        if not ready and timeout:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that jumps to its next timer; a day passes in a moment, always the same way."""

    def __init__(self) -> None:
        self._virtual = _JumpingSelector()
        super().__init__(self._virtual)

    def time(self) -> float:
        return self._virtual.now

    def run_in_executor(  # type: ignore[override]  # less is asked of the types here
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        """What a thread would do is done at once: it takes no virtual time, and nothing comes in between."""
        future = self.create_future()
        try:
            future.set_result(func(*args))
        except Exception as error:
            future.set_exception(error)
        return future
