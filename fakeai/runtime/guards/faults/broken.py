"""Answers that break on their way: their schedules and their pieces."""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import replace

from ...answer import CLOSED, GARBLED, RESET, WHOLE, Broken, Header, Pieces, Planned, Reply, Schedule, Stream
from ...errors import ApiError
from ..error_events import error_event
from .kinds import Fault

SLICES = 16  # of a whole body that drips out
HTML: Header = (b"content-type", b"text/html; charset=utf-8")
ENDS = {
    "connection_reset": RESET,
    "connection_closed": CLOSED,
    "truncated_stream": CLOSED,
    "malformed_chunk": GARBLED,
}


class Late:
    """A schedule each of whose pieces k is *delay(k)* seconds late; that never falls."""

    def __init__(self, schedule: Schedule, delay: Callable[[int], float]) -> None:
        self._schedule, self._delay = schedule, delay

    def __len__(self) -> int:
        return len(self._schedule)

    @property
    def first(self) -> float:
        return self._schedule.first + self._delay(0)

    def due(self, start: int, elapsed: float, most: int) -> tuple[int, float]:
        late = self._delay(start)
        stop, moment = self._schedule.due(start, elapsed - late, most)
        alike = start + bisect_right(range(start, stop), late, key=self._delay)
        if alike < stop:  # the others are later
            stop, moment = self._schedule.due(start, elapsed - late, alike - start)
        return stop, moment + self._delay(min(stop, len(self) - 1))

    def left(self, sent: int, elapsed: float) -> None:
        self._schedule.left(sent, max(elapsed - self._delay(min(sent, len(self) - 1)), 0.0))


class Sliced:
    """*count* pieces, all due when the one piece of a schedule is."""

    def __init__(self, schedule: Schedule, count: int) -> None:
        self._schedule, self._count, self._is_due = schedule, count, False

    def __len__(self) -> int:
        return self._count

    @property
    def first(self) -> float:
        return self._schedule.first

    def due(self, start: int, elapsed: float, most: int) -> tuple[int, float]:
        if not self._is_due:
            ready, moment = self._schedule.due(0, elapsed, 1)
            if not ready:
                return start, moment
            self._is_due = True
        if elapsed < self._schedule.first:
            return start, self._schedule.first
        return min(start + most, self._count), self._schedule.first

    def left(self, sent: int, elapsed: float) -> None:
        if not self._is_due:
            self._schedule.left(0, elapsed)


class Cut:
    """The first *at* pieces of a schedule, and one more when the next would be due; then the answer is left."""

    def __init__(self, schedule: Schedule, at: int) -> None:
        self._schedule, self._at = schedule, at

    def __len__(self) -> int:
        return self._at + 1

    @property
    def first(self) -> float:
        return self._schedule.first

    def due(self, start: int, elapsed: float, most: int) -> tuple[int, float]:
        at = self._at
        if start < at:
            return self._schedule.due(start, elapsed, min(most, at - start))
        stop, moment = self._schedule.due(at, elapsed, 1)
        if stop == at:
            return at, moment
        self._schedule.left(at, elapsed)
        return at + 1, elapsed

    def left(self, sent: int, elapsed: float) -> None:
        self._schedule.left(sent, elapsed)


class Slices:
    """A body in *count* pieces, of which the first *until* leave."""

    def __init__(self, body: bytes, count: int) -> None:
        self._body, self._count = body, count

    def write(self, start: int, stop: int) -> bytes:
        size = len(self._body)
        return self._body[size * start // self._count : size * stop // self._count]


class Altered:
    """Pieces of which that at *at* is what *alter* makes of it and of what was written before it."""

    def __init__(self, pieces: Pieces, at: int, alter: Callable[[bytes, bytes], bytes]) -> None:
        self._pieces, self._at, self._alter, self._before = pieces, at, alter, b""

    def write(self, start: int, stop: int) -> bytes:
        at = self._at
        if not start <= at < stop:
            self._before = self._pieces.write(start, stop)
            return self._before
        before = self._pieces.write(start, at) if at > start else b""
        after = self._pieces.write(at + 1, stop) if stop > at + 1 else b""
        return before + self._alter(self._pieces.write(at, at + 1), before or self._before) + after


def nothing(fault: Fault) -> Broken:
    """The connection ends before the first byte."""
    return Broken(None, Slices(b"", 1), Planned((fault.lasts,)), ENDS[fault.kind])


def broken(answer: Reply | Stream, fault: Fault, path: str, error: ApiError) -> Reply | Stream | Broken:
    """*answer* with a *fault* that is not an error; *error* is what an event in mid-stream says."""
    if fault.kind == "wrong_content_type":
        return replace(answer, content_type=HTML)
    if type(answer) is Reply:
        return _reply(answer, fault)
    assert type(answer) is Stream
    return _stream(answer, fault, path, error)


def _reply(reply: Reply, fault: Fault) -> Reply | Broken:
    kind, schedule = fault.kind, reply.schedule or Planned((reply.due,))
    if kind == "malformed_json":
        return replace(reply, body=reply.body[: len(reply.body) // 2])
    if kind in ("delay", "stalled_token"):
        return Broken(reply, Slices(reply.body, 1), Late(schedule, lambda _: fault.lasts), WHOLE)
    if kind == "slow_body":
        late = Late(Sliced(schedule, SLICES), lambda k: fault.lasts * (k + 1) / SLICES)
        return Broken(reply, Slices(reply.body, SLICES), late, WHOLE)
    half = Cut(Sliced(schedule, 2), 1)
    pieces = Altered(Slices(reply.body, 2), 1, lambda piece, before: b"")
    if kind == "malformed_chunk":  # only a body without a length comes in chunks
        return Broken(Stream(pieces, half, reply.content_type), pieces, half, GARBLED)
    return Broken(reply, pieces, half, ENDS.get(kind, CLOSED))


def _stream(stream: Stream, fault: Fault, path: str, error: ApiError) -> Stream | Broken:
    kind, schedule, pieces = fault.kind, stream.schedule, stream.pieces
    total = len(schedule)
    at = min(max(total // 2, 1) if fault.after is None else fault.after, total - 1)
    if kind == "malformed_json":
        return replace(stream, pieces=Altered(pieces, at, lambda piece, before: _halved(piece)))
    if kind == "delay":
        return replace(stream, schedule=Late(schedule, lambda _: fault.lasts))
    if kind == "stalled_token":
        return replace(stream, schedule=Late(schedule, lambda k: fault.lasts if k >= at else 0.0))
    if kind == "slow_body":
        return replace(stream, schedule=Late(schedule, lambda k: fault.lasts * k / max(total - 1, 1)))
    cut = Cut(schedule, at)
    if kind == "stream_error":
        return Stream(
            Altered(pieces, at, lambda piece, before: error_event(error, path, before)), cut, stream.content_type
        )
    ending = Altered(pieces, at, lambda piece, before: b"")
    if kind == "early_end":
        return Stream(ending, cut, stream.content_type)
    return Broken(stream, ending, cut, ENDS[kind])


def _halved(event: bytes) -> bytes:
    """The first event, its JSON cut in half, and those behind it."""
    first, mark, rest = event.partition(b"\n\n")
    return first[: (len(first) + first.find(b"{")) // 2] + mark + rest
