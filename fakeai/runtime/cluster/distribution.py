"""Values counted by size: exact counts, sums and declared buckets; percentiles within one percent."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate

PENDING = 4096  # values that are kept before they are sorted into buckets
FINE = 1.01  # ratio between two neighbouring edges, beside the declared ones


class Distribution:
    """Values from *least* to *most*, in their unit; *edges* are upper bounds of buckets that are counted exactly."""

    def __init__(self, edges: Iterable[float], least: float, most: float) -> None:
        self.count, self.sum, self.largest = 0, 0.0, 0.0
        self._declared, self._range = sorted(set(edges)), (least, most)
        self._edges: list[float] = []
        self._counts: list[int] = []
        self._pending: list[float] = []
        self._weights: list[int] = []

    def add(self, value: float, times: int = 1) -> None:
        """*value* was seen *times* times."""
        self.count += times
        self.sum += value * times
        if value > self.largest:
            self.largest = value
        self._pending.append(value)
        self._weights.append(times)
        if len(self._pending) >= PENDING:
            self._sort()

    def extend(self, values: Sequence[float]) -> None:
        """Each of *values* was seen once."""
        if not values:
            return
        self.count += len(values)
        self.sum += sum(values)
        self.largest = max(self.largest, max(values))
        self._pending += values
        self._weights += [1] * len(values)
        if len(self._pending) >= PENDING:
            self._sort()

    def below(self, edge: float) -> int:
        """How many values are *edge* or less; exact for declared edges."""
        return self.cumulative([edge])[0]

    def cumulative(self, edges: Sequence[float]) -> list[int]:
        """`below` for each of *edges*, which rise."""
        counts = self._sort()
        found, total, start = [], 0, 0
        for edge in edges:
            stop = bisect_left(self._edges, edge) + 1
            total += sum(counts[start:stop])
            start = max(start, stop)
            found.append(total)
        return found

    def percentile(self, percent: float) -> float:
        """The value that *percent* of all values are not above; 0 when there are none."""
        wanted = max(self.count * percent / 100, 1e-9)
        if self.count:
            counts = self._sort()
            for edge, total in zip(self._edges, accumulate(counts), strict=False):
                if total >= wanted:
                    return min(edge, self.largest)
        return self.largest

    @property
    def mean(self) -> float:
        return self.sum / self.count if self.count else 0.0

    def _sort(self) -> list[int]:
        if not self._counts:
            least, most = self._range
            fine, edge = [], least
            while edge < most:
                fine.append(edge)
                edge *= FINE
            self._edges = sorted({*self._declared, *fine})
            self._counts = [0] * (len(self._edges) + 1)
        edges, counts = self._edges, self._counts
        for value, times in zip(self._pending, self._weights, strict=True):
            counts[bisect_left(edges, value)] += times
        self._pending, self._weights = [], []
        return counts
