"""How an answer leaves: noticed once, for whoever notes, logs or traces it."""

from collections.abc import Callable

from ..answer import Broken, Planned, Reply, Schedule, Stream


class Departure:
    """A schedule that remembers how much of it left, and when, and tells of its end."""

    __slots__ = ("_over", "_schedule", "gone", "last", "sent")

    def __init__(self, schedule: Schedule) -> None:
        self._schedule, self.sent, self.last = schedule, 0, 0.0
        self.gone = False  # the client left before the end
        self._over: Callable[[bool], None] | None = None

    def __len__(self) -> int:
        return len(self._schedule)

    @property
    def first(self) -> float:
        return self._schedule.first

    def due(self, start: int, elapsed: float, most: int) -> tuple[int, float]:
        found = self._schedule.due(start, elapsed, most)
        if found[0] > start:
            self.sent, self.last = found[0], elapsed
            if self._over is not None and found[0] == len(self._schedule):
                self._over(False)
        return found

    def left(self, sent: int, elapsed: float) -> None:
        self.gone, self.last = True, elapsed
        self._schedule.left(sent, elapsed)
        if self._over is not None:
            self._over(True)

    def tell(self, over: Callable[[bool], None]) -> None:
        """Call *over* when all has left, or, with True, when the client has."""
        self._over = over


def departure_of(answer: Reply | Stream | Broken) -> Departure | None:
    """How *answer* leaves; None when it does so at once."""
    schedule = answer.schedule
    if schedule is None:
        assert isinstance(answer, Reply)
        if answer.due <= 0:
            return None
        schedule = Planned((answer.due,))
    if not isinstance(schedule, Departure):
        schedule = answer.schedule = Departure(schedule)
    return schedule
