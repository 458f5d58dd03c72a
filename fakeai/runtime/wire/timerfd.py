"""An alarm that rings within microseconds of its moment: Linux's timerfd, watched by the event loop."""

import asyncio
import ctypes
import os
import sys
from collections.abc import Callable
from typing import Protocol

CLOCK_MONOTONIC = 1
TFD_NONBLOCK, TFD_CLOEXEC = os.O_NONBLOCK, os.O_CLOEXEC if hasattr(os, "O_CLOEXEC") else 0
TFD_TIMER_ABSTIME = 1


class Alarm(Protocol):
    """Calls back once at the moment that was set last."""

    def set(self, moment: float) -> None:
        """Ring at *moment*, in seconds of the clock's monotonic time; at once when it has passed."""
        ...

    def close(self) -> None: ...


class LoopAlarm:
    """The event loop's own timer: exact in virtual time, within about 1 ms on a real loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None], now: Callable[[], float]) -> None:
        self._loop, self._ring, self._now = loop, ring, now
        self._handle: asyncio.TimerHandle | None = None

    def set(self, moment: float) -> None:
        self.close()
        self._handle = self._loop.call_later(max(0.0, moment - self._now()), self._ring)

    def close(self) -> None:
        if self._handle:
            self._handle.cancel()
            self._handle = None


class _Timespec(ctypes.Structure):
    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class _Itimerspec(ctypes.Structure):
    _fields_ = (("interval", _Timespec), ("value", _Timespec))


class TimerfdAlarm:
    """A timerfd on the machine's monotonic clock. Python has it as os.timerfd_create only since 3.13."""

    def __init__(self, loop: asyncio.AbstractEventLoop, ring: Callable[[], None]) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = self._libc.timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")
        self._loop, self._ring, self._spec = loop, ring, _Itimerspec()
        self._pointer = ctypes.byref(self._spec)
        loop.add_reader(self._fd, self._wake)

    def set(self, moment: float) -> None:
        nanoseconds = max(1, int(moment * 1e9))  # zero would disarm the timer
        self._spec.value.seconds, self._spec.value.nanoseconds = divmod(nanoseconds, 1_000_000_000)
        self._libc.timerfd_settime(self._fd, TFD_TIMER_ABSTIME, self._pointer, None)

    def close(self) -> None:
        self._loop.remove_reader(self._fd)
        os.close(self._fd)

    def _wake(self) -> None:
        try:
            os.read(self._fd, 8)
        except BlockingIOError:
            return
        self._ring()


def best_alarm(loop: asyncio.AbstractEventLoop, ring: Callable[[], None], now: Callable[[], float]) -> Alarm:
    """A timerfd where the system has it and *loop* can watch it, else the loop's timer."""
    if sys.platform == "linux":
        try:
            return TimerfdAlarm(loop, ring)
        except (OSError, AttributeError, NotImplementedError):
            pass  # no descriptors left, another libc, or a loop that watches no descriptors: its own timer serves
    return LoopAlarm(loop, ring, now)
