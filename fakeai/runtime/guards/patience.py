"""How long a stream may last, and how long its client waits for the next token, before it ends with an error event."""

from dataclasses import replace

from ..answer import EVENTS, Pieces, Schedule, Stream
from ..errors import ApiError
from ..options import Patience
from .error_events import error_event

KEPT = 4096  # bytes of what was written last, from which the error event goes on
NEVER = float("inf")


def limited(stream: Stream, patience: Patience, path: str) -> Stream:
    """*stream*, which ends with an error event at *path* when *patience* does; one of no events is as it was."""
    if stream.content_type != EVENTS:
        return stream
    schedule = Limited(stream.schedule, patience)
    return replace(stream, schedule=schedule, pieces=Ending(stream.pieces, schedule, path))


class Limited:
    """A schedule whose pieces are all due, as one ending, when the *patience* with it is at its end."""

    def __init__(self, schedule: Schedule, patience: Patience) -> None:
        self._schedule = schedule
        self._whole, self._between = patience.stream or NEVER, patience.token or NEVER
        self._limit = self._whole
        self.ended: int | None = None  # the piece in whose place the error stands
        self.error: ApiError | None = None

    def __len__(self) -> int:
        return len(self._schedule)

    @property
    def first(self) -> float:
        return self._schedule.first if self.ended != 0 else self._limit

    def due(self, start: int, elapsed: float, most: int) -> tuple[int, float]:
        total, limit = len(self._schedule), self._limit
        if self.ended is not None:
            return total, elapsed
        stop, moment = self._schedule.due(start, min(elapsed, limit), most)
        if stop > start:
            limit = self._limit = min(self._whole, elapsed + self._between)
        elif elapsed >= limit:
            self.ended = start
            whole = limit == self._whole
            seconds = self._whole if whole else self._between
            self.error = ApiError(
                504,
                f"The stream lasted longer than {seconds:g} seconds."
                if whole
                else f"The next token took longer than {seconds:g} seconds.",
                type="timeout",
                code="stream_timeout" if whole else "stream_token_timeout",
            )
            self._schedule.left(start, limit)
            return total, elapsed
        return stop, min(moment, limit)

    def left(self, sent: int, elapsed: float) -> None:
        if self.ended is None:
            self._schedule.left(sent, elapsed)


class Ending:
    """Pieces of which the last are an error event when their *schedule* was *ended*."""

    def __init__(self, pieces: Pieces, schedule: Limited, path: str) -> None:
        self._pieces, self._schedule, self._path, self._before = pieces, schedule, path, b""

    def write(self, start: int, stop: int) -> bytes:
        schedule = self._schedule
        if schedule.ended is None or start < schedule.ended or schedule.error is None:
            written = self._pieces.write(start, stop)
            self._before = written[-KEPT:]
            return written
        return error_event(schedule.error, self._path, self._before)
