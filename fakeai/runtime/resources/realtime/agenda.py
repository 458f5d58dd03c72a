"""What a session has to do at moments to come."""

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Run = Callable[[], Awaitable[float | None]]


@dataclass(eq=False)
class Errand:
    """Work at a moment; *run* gives the next moment, or None when all is done. One that is *gone* does not run."""

    run: Run
    gone: bool = False


class Agenda:
    """Errands in the order of their moments (monotonic seconds); of one moment, in the order they were made."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Errand]] = []
        self._count = 0

    @property
    def moment(self) -> float | None:
        """When the next errand is due."""
        while self._heap and self._heap[0][2].gone:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def add(self, moment: float, run: Run) -> Errand:
        """Let *run* be called at *moment*."""
        errand = Errand(run)
        self._push(moment, errand)
        return errand

    def _push(self, moment: float, errand: Errand) -> None:
        self._count += 1
        heapq.heappush(self._heap, (moment, self._count, errand))

    async def work(self, now: float) -> None:
        """Do the next errand, if it is due at *now*."""
        moment = self.moment
        if moment is None or moment > now:
            return
        errand = heapq.heappop(self._heap)[2]
        again = await errand.run()
        if again is not None and not errand.gone:
            self._push(again, errand)
