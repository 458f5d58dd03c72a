"""The requests that the fleet has and those that it remembers, at one reading."""

from itertools import islice
from math import ceil

from ...cluster.request import Request
from ..reading import Reading

DISORDER = 512  # requests that are remembered together, whatever the order of their ends


class Remembered:
    """Requests that were there at or after the monotonic second *since*, those of one *model* or of all."""

    def __init__(self, reading: Reading, since: int, model: str | None = None) -> None:
        self.now = reading.now
        recent = reading.records.recent
        ended = [each for each in recent if each.end >= since]
        under_way = [each for worker in reading.fleet.workers for each, _, _ in worker.running() if not each.over]
        self.all = ended + under_way
        if model is not None:
            self.all = [each for each in self.all if each.model == model]
        self.complete_from = 0  # the second from which on no request is missing
        if len(recent) == recent.maxlen:
            self.complete_from = ceil(max([each.end for each in islice(recent, DISORDER)]))

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
        if not request.over and request.moments:
            last = request.arrived + request.moments[min(passes, len(request.moments)) - 1]
        return max(last - request.first, 0.0) / (passes - 1)


def percentiles(values: list[float], percents: tuple[int, ...]) -> list[float | None]:
    """For each of *percents* the value that so many percent of *values*, which rise, are not above."""
    if not values:
        return [None] * len(percents)
    return [values[max(-(-len(values) * percent // 100), 1) - 1] for percent in percents]
