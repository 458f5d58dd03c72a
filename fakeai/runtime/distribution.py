"""Values counted by size: exact counts, sums and declared buckets; percentiles within one percent."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate, repeat

PENDING = 256  # values that are kept before they are sorted into buckets
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

    __slots__ = ("_count", "_counts", "_largest", "_least", "_pending", "_scale", "_sum")

    def __init__(self, scale: Scale) -> None:
        self._count, self._sum, self._largest, self._least = 0, 0.0, 0.0, float("inf")
        self._scale = scale
        self._counts: Counter[int] = Counter()  # by the place of the bucket's upper bound
        self._pending: list[float] = []

    def add(self, value: float, times: int = 1) -> None:
        """*value* was seen *times* times."""
        if times == 1:
            self.extend((value,))
        else:
            self._take(value, times)

    def extend(self, values: Sequence[float]) -> None:
        """Each of *values* was seen once."""
        self._pending += values
        if len(self._pending) >= PENDING:
            self._sort()

    @property
    def count(self) -> int:
        """How many values there are."""
        return self._count + len(self._pending)

    @property
    def sum(self) -> float:
        """What all values add up to."""
        self._sort()
        return self._sum

    @property
    def largest(self) -> float:
        """The largest value; 0 when there are none."""
        self._sort()
        return self._largest

    @property
    def smallest(self) -> float:
        """The least value; 0 when there are none."""
        self._sort()
        return self._least if self._count else 0.0

    def copy(self) -> "Distribution":
        """One that has counted the same so far."""
        made = Distribution(self._scale)
        made.merge(self)
        return made

    def merge(self, other: "Distribution") -> None:
        """Add what *other* counted, which has the same scale."""
        self._sort()
        other._sort()
        self._count += other._count
        self._sum += other._sum
        self._largest, self._least = max(self._largest, other._largest), min(self._least, other._least)
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
        self._sort()
        if not self._count:
            return [0.0] * len(percents)
        counts, places, edges = self._counts, iter(sorted(self._counts)), self._scale.edges
        found: list[float] = []
        value, total = 0.0, 0
        for percent in percents:
            wanted = max(self._count * percent / 100, 1e-9)
            while total < wanted:
                place = next(places)
                value, total = edges[place] if place < len(edges) else self._largest, total + counts[place]
            found.append(max(min(value, self._largest), self._least))
        return found

    @property
    def mean(self) -> float:
        return self.sum / self.count if self.count else 0.0

    def _sort(self) -> None:
        """Put what is pending into buckets: equal values, of which there are many as a rule, together."""
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        limits, counts, total = self._scale.limits, self._counts, self._sum
        distinct = Counter(pending)
        least, largest = min(distinct), max(distinct)
        if 2 * len(distinct) > len(pending):
            low, high = bisect_left(limits, least), bisect_left(limits, largest)
            counts.update(map(bisect_left, repeat(limits), pending, repeat(low), repeat(high)))
            total += sum(pending)
        else:
            for value, times in distinct.items():
                counts[bisect_left(limits, value)] += times
                total += value * times
        self._sum, self._count = total, self._count + len(pending)
        self._largest, self._least = max(self._largest, largest), min(self._least, least)

    def _take(self, value: float, times: int) -> None:
        self._count += times
        self._sum += value * times
        self._largest, self._least = max(self._largest, value), min(self._least, value)
        self._counts[bisect_left(self._scale.limits, value)] += times
