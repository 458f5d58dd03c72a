"""Values counted by size: exact counts, sums and declared buckets; percentiles within one percent."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate

PENDING = 1024  # values that are kept before they are sorted into buckets
ROUNDING = 1e-9  # what a value may be above an edge and still counts as not above it: what sums of moments lose
FINE = 1.01  # ratio between two neighbouring edges, beside the declared ones


class Scale:
    """The buckets of like distributions: *declared* upper bounds, which are exact, and fine ones *least* to *most*."""

    def __init__(self, declared: Iterable[float], least: float, most: float) -> None:
        self._declared, self._least, self._most = set(map(float, declared)), least, most
        self._slots: dict[tuple[float, ...], bytes] = {}

    @cached_property
    def edges(self) -> list[float]:
        """The upper bounds of all buckets but the last, which has none."""
        fine, edge = [], self._least
        while edge < self._most:
            fine.append(edge)
            edge *= FINE
        return sorted({*self._declared, *fine})

    @cached_property
    def limits(self) -> list[float]:
        """The edges, and what values lose by rounding."""
        return [edge + ROUNDING for edge in self.edges]

    def slots(self, bounds: tuple[float, ...]) -> bytes:
        """For each bucket, which of *bounds* is the first that is not below it; the last has a slot of its own."""
        found = self._slots.get(bounds)
        if found is None:
            places = [bisect_left(self.edges, bound) for bound in bounds]
            found = self._slots[bounds] = bytes([bisect_left(places, place) for place in range(len(self.edges) + 1)])
        return found


class Distribution:
    """Values on a scale, in their unit."""

    __slots__ = ("_counts", "_pending", "_scale", "count", "largest", "least", "sum")

    def __init__(self, scale: Scale) -> None:
        self.count, self.sum, self.largest, self.least = 0, 0.0, 0.0, float("inf")
        self._scale = scale
        self._counts: Counter[int] = Counter()  # by the place of the bucket's upper bound
        self._pending: list[float] = []

    def add(self, value: float, times: int = 1) -> None:
        """*value* was seen *times* times."""
        self.count += times
        self.sum += value * times
        self.largest, self.least = max(self.largest, value), min(self.least, value)
        if times == 1:
            self._pending.append(value)
            if len(self._pending) >= PENDING:
                self._sort()
        else:
            self._counts[bisect_left(self._scale.limits, value)] += times

    def extend(self, values: Sequence[float]) -> None:
        """Each of *values* was seen once."""
        if not values:
            return
        self.count += len(values)
        self.sum += sum(values)
        self.largest, self.least = max(self.largest, max(values)), min(self.least, min(values))
        self._pending += values
        if len(self._pending) >= PENDING:
            self._sort()

    def copy(self) -> "Distribution":
        """One that has counted the same so far."""
        made = Distribution(self._scale)
        made.merge(self)
        return made

    def merge(self, other: "Distribution") -> None:
        """Add what *other* counted, which has the same scale."""
        other._sort()
        self.count += other.count
        self.sum += other.sum
        self.largest, self.least = max(self.largest, other.largest), min(self.least, other.least)
        self._counts.update(other._counts)

    def below(self, edge: float) -> int:
        """How many values are *edge* or less; exact for declared edges."""
        return self.cumulative([edge])[0]

    def cumulative(self, edges: Sequence[float]) -> list[int]:
        """`below` for each of *edges*, which rise, at most 255."""
        self._sort()
        slots, sums = self._scale.slots(tuple(edges)), [0] * (len(edges) + 1)
        for place, count in self._counts.items():
            sums[slots[place]] += count
        return list(accumulate(sums[:-1]))

    def percentile(self, percent: float) -> float:
        """The value that *percent* of all values are not above; 0 when there are none."""
        return self.percentiles([percent])[0]

    def percentiles(self, percents: Sequence[float]) -> list[float]:
        """`percentile` for each of *percents*, which rise."""
        if not self.count:
            return [0.0] * len(percents)
        self._sort()
        counts, places, edges = self._counts, iter(sorted(self._counts)), self._scale.edges
        found: list[float] = []
        value, total = 0.0, 0
        for percent in percents:
            wanted = max(self.count * percent / 100, 1e-9)
            while total < wanted:
                place = next(places)
                value, total = edges[place] if place < len(edges) else self.largest, total + counts[place]
            found.append(max(min(value, self.largest), self.least))
        return found

    @property
    def mean(self) -> float:
        return self.sum / self.count if self.count else 0.0

    @property
    def smallest(self) -> float:
        """The least value; 0 when there are none."""
        return self.least if self.count else 0.0

    def _sort(self) -> None:
        """Put what is pending into buckets."""
        if self._pending:
            limits = self._scale.limits
            self._counts.update([bisect_left(limits, value) for value in self._pending])
            self._pending = []
