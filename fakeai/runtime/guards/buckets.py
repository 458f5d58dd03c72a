"""Token buckets: what is left of a limit at a moment, worked out when it is asked for."""

import math
from typing import Any, NamedTuple

ROUNDING = 1e-6  # units that sums of fractions may lose
MINUTE, DAY, EVER = 60.0, 86_400.0, math.inf  # seconds in which an empty bucket is full again


class Cost(NamedTuple):
    """What a call takes out of buckets."""

    requests: int = 0
    tokens: int = 0
    images: int = 0


class Bucket:
    """A limit of *limit* units, called *name*, of which as many come back in *period* seconds, at an even pace.

    *counts* is the place in a `Cost` of what it limits. More may be taken than there is, when the cost was not known.
    """

    __slots__ = ("at", "counts", "level", "limit", "name", "period", "rate", "told")

    def __init__(self, name: str, counts: int, limit: int, period: float) -> None:
        self.name, self.counts, self.limit, self.period = name, counts, limit, period
        self.rate = limit / period  # units a second
        self.level, self.at = float(limit), -math.inf
        self.told = b"%d" % limit

    def refill(self, now: float) -> None:
        """Bring it to *now*, in seconds of a clock."""
        if now > self.at:
            if self.level < self.limit:
                self.level = min(float(self.limit), self.level + (now - self.at) * self.rate)
            self.at = now

    def wait(self, amount: int) -> float:
        """Seconds until *amount* is there; infinite when it never is."""
        missing = amount - self.level
        if missing <= ROUNDING:
            return 0.0
        return math.inf if amount > self.limit else missing * self.period / self.limit

    @property
    def left(self) -> int:
        """Whole units that can be taken."""
        return max(0, math.floor(self.level + ROUNDING))

    @property
    def reset(self) -> float:
        """Seconds until it is full."""
        missing = self.limit - self.level
        return missing * self.period / self.limit if missing > ROUNDING else 0.0


class Allowance:
    """All buckets of one caller and one model; *id* names them in the store."""

    __slots__ = ("buckets", "id", "kinds", "owed", "shown")

    def __init__(self, id: str, buckets: list[Bucket]) -> None:
        self.id, self.buckets = id, buckets
        self.kinds = [[bucket for bucket in buckets if bucket.counts == counts] for counts in range(len(Cost._fields))]
        self.shown = [[bucket for bucket in kind if bucket.period is not EVER] for kind in self.kinds]  # in headers
        self.owed = 0  # tokens that were given back and are not written yet

    def refill(self, now: float) -> None:
        for bucket in self.buckets:
            bucket.refill(now)

    def missing(self, cost: Cost) -> tuple[Bucket, float] | None:
        """The bucket that keeps a call of that *cost* waiting longest, and for how many seconds; None without one."""
        worst, longest = None, 0.0
        for bucket in self.buckets:
            amount = cost[bucket.counts]
            if bucket.level < amount:
                wait = bucket.wait(amount)
                if wait > longest:
                    worst, longest = bucket, wait
        return None if worst is None else (worst, longest)

    def charge(self, cost: Cost) -> None:
        """Take *cost* out, or put it back where it is negative."""
        for amount, buckets in zip(cost, self.kinds, strict=True):
            if amount:
                for bucket in buckets:
                    level = bucket.level - amount
                    bucket.level = level if level < bucket.limit else float(bucket.limit)

    def load(self, data: dict[str, Any]) -> None:
        """Be as it was kept."""
        for bucket in self.buckets:
            level, at = data.get(bucket.name, (bucket.limit, -math.inf))
            bucket.level, bucket.at = min(level, float(bucket.limit)), at

    def dump(self) -> dict[str, Any]:
        """As it is kept."""
        return {bucket.name: [bucket.level, bucket.at] for bucket in self.buckets}
