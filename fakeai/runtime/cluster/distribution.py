"""Values counted by size: exact counts, sums and declared buckets; percentiles within one percent."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

PENDING = 4096  # values that are kept before they are sorted into buckets
FINE = 1.01  # ratio between two neighbouring edges, beside the declared ones


class Distribution:
    """Values from *least* to *most*, in their unit; *edges* are upper bounds of buckets that are counted exactly."""

    def __init__(self, edges: Iterable[float], least: float, most: float) -> None:
        self.count, self.sum, self.largest = 0, 0.0, 0.0
        self._declared, self._range = sorted(set(edges)), (least, most)
        self._edges: list[float] = []
        self._counts: np.ndarray | None = None
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
        self.count += len(values)
        self.sum += sum(values)
        self.largest = max(self.largest, *values) if values else self.largest
        self._pending += values
        self._weights += [1] * len(values)
        if len(self._pending) >= PENDING:
            self._sort()

    def below(self, edge: float) -> int:
        """How many values are *edge* or less; exact for declared edges."""
        counts = self._sort()
        return int(counts[: bisect_left(self._edges, edge) + 1].sum())

    def cumulative(self, edges: Sequence[float]) -> list[int]:
        """`below` for each of *edges*, which rise."""
        totals = self._sort().cumsum()
        return [int(totals[bisect_left(self._edges, edge)]) for edge in edges]

    def percentile(self, percent: float) -> float:
        """The value that *percent* of all values are not above; 0 when there are none."""
        if not self.count:
            return 0.0
        totals = self._sort().cumsum()
        at = int(totals.searchsorted(max(self.count * percent / 100, 1e-9)))
        return min(self._edges[at] if at < len(self._edges) else self.largest, self.largest)

    @property
    def mean(self) -> float:
        return self.sum / self.count if self.count else 0.0

    def _sort(self) -> "np.ndarray":
        import numpy as np

        if self._counts is None:
            least, most = self._range
            fine, edge = [], least
            while edge < most:
                fine.append(edge)
                edge *= FINE
            self._edges = sorted({*self._declared, *fine})
            self._counts = np.zeros(len(self._edges) + 1, dtype=np.int64)
        if self._pending:
            places = np.searchsorted(self._edges, self._pending, side="left")
            np.add.at(self._counts, places, self._weights)
            self._pending, self._weights = [], []
        return self._counts
