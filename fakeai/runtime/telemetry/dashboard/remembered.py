"""The requests that the fleet has and those that it remembers, at one reading."""

import heapq
from itertools import chain, islice

from ...cluster.request import Request
from ..portions import Portions
from ..reading import DISORDER, Reading

TOGETHER = 64  # requests that are looked at in one turn


class Remembered:
    """Requests that are over, about in the order of their ends, and those under way, at the moment *now*.

    None is missing that was there at second *complete_from* or later.
    """

    def __init__(self, over: list[Request], under_way: list[Request], reading: Reading, complete_from: int) -> None:
        self.over, self.under_way, self.now, self.complete_from = over, under_way, reading.now, complete_from
        self._clock = reading.world.clock

    async def since(self, second: float, model: str | None = None) -> list[Request]:
        """Those that were there at a monotonic *second* or later, of one *model* or of all."""
        portions, found, older = Portions(self._clock), [], 0
        for number, each in enumerate(chain(self.under_way, reversed(self.over))):
            if each.over and each.end < second:
                older += 1
                if older > DISORDER:
                    break
            elif model is None or each.model == model:
                found.append(each)
            if number % TOGETHER == TOGETHER - 1:
                await portions.pause()
        return found

    def newest(self, most: int) -> list[Request]:
        """At most so many, those first that came last."""
        latest = [*self.under_way, *islice(reversed(self.over), DISORDER)]
        return heapq.nlargest(most, latest, key=lambda each: each.number)

    async def find(self, number: int) -> Request | None:
        """The request of that number."""
        portions = Portions(self._clock)
        for at, each in enumerate(chain(self.under_way, reversed(self.over))):
            if each.number == number:
                return each
            if at % TOGETHER == TOGETHER - 1:
                await portions.pause()
        return None

    def stop(self, request: Request) -> float:
        """When *request* ended, or the moment of the reading."""
        return request.end if request.over else self.now

    def ttft(self, request: Request) -> float | None:
        """Seconds to its first token, once that has come."""
        return request.first - request.arrived if 0 <= request.first <= self.stop(request) else None

    def itl(self, request: Request) -> float | None:
        """Its mean time between two tokens, once it has two."""
        passes = request.passes_made
        if passes < 2 or not 0 <= request.first <= self.stop(request):
            return None
        last = request.end if request.over else self.now
        if not request.over and request.last_pass is not None:
            last = request.last_pass
        return max(last - request.first, 0.0) / (passes - 1)


async def remembered(reading: Reading) -> Remembered:
    """All requests that are known one by one."""
    portions, recent = Portions(reading.world.clock), reading.records.recent
    under_way = [each for each in recent if not each.over]  # of other processes
    for worker in reading.fleet.workers:
        for number, (each, _, _) in enumerate(list(worker.running())):
            if not each.over:
                under_way.append(each)
            if number % TOGETHER == TOGETHER - 1:
                await portions.pause()
    over = [each for each in recent if each.over] if under_way else list(recent)
    return Remembered(over, under_way, reading, reading.complete_from)


def percentiles(values: list[float], percents: tuple[int, ...]) -> list[float | None]:
    """For each of *percents* the value that so many percent of *values*, which rise, are not above."""
    if not values:
        return [None] * len(percents)
    return [values[max(-(-len(values) * percent // 100), 1) - 1] for percent in percents]
