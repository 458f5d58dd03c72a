"""Time: real, standing still, or virtual. The only place that reads a clock."""

import asyncio
import selectors
import time
from collections.abc import Callable, Mapping
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


class RealClock:
    """The machine's own time, *speed* times as fast; it can be moved ahead.

    Whoever waits for a moment of it is in `moved`, to be called when that comes sooner than it seemed.
    """

    now: Callable[[], float]
    monotonic: Callable[[], float]

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self.moved: list[Callable[[], None]] = []
        self._machine = self._shown = time.monotonic()  # the same moment by the machine and here
        self._least = 0.0  # it never shows less
        self._epoch = time.time() - time.monotonic()
        self._set()

    def ahead(self, seconds: float) -> None:
        """Let it be so much later at once."""
        self._turn(seconds, self.speed)

    def run(self, speed: float) -> None:
        """Go on *speed* times as fast as the machine's time."""
        self._turn(0.0, speed)

    @property
    def state(self) -> dict[str, float]:
        """What another clock of the same machine takes to show the same."""
        return {"machine": self._machine, "shown": self._shown, "speed": self.speed}

    def take(self, state: Mapping[str, float]) -> None:
        """Show what a clock shows that has this *state*; where that would be earlier, stand still until it is not."""
        self._least = self.monotonic()
        self._machine, self._shown, self.speed = state["machine"], state["shown"], state["speed"]
        self._set()
        for look in self.moved:
            look()

    def machine(self, moment: float) -> float:
        """When it is *moment*, by the machine's monotonic time."""
        return self._machine + (moment - self._shown) / self.speed

    def _turn(self, seconds: float, speed: float) -> None:
        self._machine, self._shown = time.monotonic(), self.monotonic() + seconds
        self.speed = speed
        self._set()
        for look in self.moved:
            look()

    def _set(self) -> None:
        machine, shown, speed, epoch, least = self._machine, self._shown, self.speed, self._epoch, self._least
        if machine == shown and speed == 1.0 and least <= time.monotonic():
            self.monotonic, self.now = time.monotonic, time.time
            return
        self.monotonic = lambda: max(least, shown + (time.monotonic() - machine) * speed)
        self.now = lambda: epoch + max(least, shown + (time.monotonic() - machine) * speed)

    def wall(self) -> float:
        return self._epoch + self.monotonic()


class FixedClock(RealClock):
    """Time that stands still at *at* for what clients see, while streams keep their real pace."""

    def __init__(self, at: float, speed: float = 1.0) -> None:
        self.at = at
        super().__init__(speed)

    def ahead(self, seconds: float) -> None:
        self.at += seconds
        super().ahead(seconds)

    @property
    def state(self) -> dict[str, float]:
        return super().state | {"at": self.at}

    def take(self, state: Mapping[str, float]) -> None:
        self.at = state["at"]
        super().take(state)

    def _set(self) -> None:
        super()._set()
        self.now = lambda: self.at


@dataclass(frozen=True)
class VirtualClock:
    """The time of a `VirtualLoop`, which starts at *epoch* (seconds since 1970)."""

    epoch: float = 1_767_225_600.0

    def now(self) -> float:
        return self.epoch + asyncio.get_running_loop().time()

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    def ahead(self, seconds: float) -> None:
        """Let it be so much later at once."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        loop.jump(seconds)

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

    def jump(self, seconds: float) -> None:
        """Let it be so much later at once."""
        self._virtual.now += seconds

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
