"""What a route function returns: bytes, or pieces of bytes, and the moments they are due."""

from bisect import bisect_right
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from .socket import Socket

Header = tuple[bytes, bytes]

JSON: Header = (b"content-type", b"application/json")
EVENTS: Header = (b"content-type", b"text/event-stream; charset=utf-8")


class Schedule(Protocol):
    """When the pieces of an answer are due, as far as that is known; all times are seconds after its call arrived."""

    def __len__(self) -> int:
        """How many pieces there are."""
        ...

    @property
    def first(self) -> float:
        """When the first piece is due; asked once it is."""
        ...

    def due(self, start: int, elapsed: float, most: int) -> tuple[int, float]:
        """(stop, moment): pieces *start* to *stop* - 1, at most *most*, are due at *elapsed*.

        *moment* is when piece *stop* is due, or a moment before that at which more is known; when none are left, any.
        """
        ...

    def left(self, sent: int, elapsed: float) -> None:
        """The client left at *elapsed*, when *sent* pieces were."""
        ...


class Planned:
    """A schedule that is known from the beginning: piece k is due at `moments[k]`, which never falls."""

    __slots__ = ("_leave", "moments")

    def __init__(self, moments: Sequence[float], leave: Callable[[int, float], None] | None = None) -> None:
        self.moments, self._leave = moments, leave

    def __len__(self) -> int:
        return len(self.moments)

    @property
    def first(self) -> float:
        return self.moments[0]

    def due(self, start: int, elapsed: float, most: int) -> tuple[int, float]:
        moments = self.moments
        total = len(moments)
        if moments[start] > elapsed:
            return start, moments[start]
        stop = start + 1
        if stop < total and moments[stop] <= elapsed:
            stop = bisect_right(moments, elapsed, stop, min(start + most, total))
        return stop, moments[stop] if stop < total else elapsed

    def left(self, sent: int, elapsed: float) -> None:
        if self._leave is not None:
            self._leave(sent, elapsed)


@dataclass(slots=True)
class Reply:
    """One body that leaves whole, *due* seconds after its call arrived, or when its *schedule* of one piece says."""

    body: bytes
    due: float = 0.0
    status: int = 200
    content_type: Header = JSON
    headers: tuple[Header, ...] = ()
    schedule: Schedule | None = None


class Pieces(Protocol):
    """The events of a stream, written when they are sent so that a waiting stream holds no bytes."""

    def write(self, start: int, stop: int) -> bytes:
        """The bytes of pieces *start* to *stop* - 1."""
        ...


@dataclass(slots=True)
class Stream:
    """Pieces that leave one after another, each when the *schedule* says."""

    pieces: Pieces
    schedule: Schedule
    content_type: Header = EVENTS
    headers: tuple[Header, ...] = ()


@dataclass(slots=True)
class Content:
    """Bytes that are read while they are sent: *read* takes a start and a size."""

    size: int
    read: Callable[[int, int], Awaitable[bytes]]
    content_type: Header
    headers: tuple[Header, ...] = ()


@dataclass(slots=True)
class Talk:
    """A WebSocket is open from here on: *talk* is called with it, and when that returns it is closed.

    *subprotocol* is one of those that the client offers.
    """

    talk: Callable[[Socket], Awaitable[None]]
    subprotocol: str | None = None


WHOLE, CLOSED, RESET, GARBLED = "whole", "closed", "reset", "garbled"


@dataclass(slots=True)
class Broken:
    """An answer that leaves otherwise than it should: the head of *answer*, then *pieces* by a *schedule*, then *end*.

    The end is one of those above: whole, the connection closed or reset, or a chunk that is none and then closed.
    Without an answer nothing leaves before that.
    """

    answer: Reply | Stream | None
    pieces: Pieces
    schedule: Schedule
    end: str


Answer = Reply | Stream | Content | Talk | Broken
