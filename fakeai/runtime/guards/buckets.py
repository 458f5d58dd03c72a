"""Token buckets: what is left of a limit at a moment, worked out when it is asked for."""

import math
from typing import Any, NamedTuple

ROUNDING = 1e-6  # units that sums of fractions may lose
MINUTE, DAY, EVER = 60.0, 86_400.0, math.inf  # seconds in which an empty bucket is full again
REQUESTS, TOKENS, IMAGES = 0, 1, 2  # places in a `Cost`


class Cost(NamedTuple):
    """What a call takes out of buckets."""

    requests: int = 0
    tokens: int = 0
    images: int = 0


class Bucket:
    """A limit of *limit* units, called *name*, of which as many come back in *period* seconds, at an even pace.

    *counts* is the place in a `Cost` of what it limits. More may be taken than there is, when the cost was not known.
    """

    __slots__ = ("counts", "full", "level", "limit", "name", "period", "rate", "told")

    def __init__(self, name: str, counts: int, limit: int, period: float) -> None:
        self.name, self.counts, self.limit, self.period = name, counts, limit, period
        self.rate = limit / period  # units a second
        self.level = self.full = float(limit)
        self.told = b"%d" % limit

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
        missing = self.full - self.level
        return missing * self.period / self.full if missing > ROUNDING else 0.0


class Allowance:
    """All buckets of one caller and one model, as they are at the moment *at*; *id* names them in the store."""

    __slots__ = ("at", "buckets", "id", "owed", "per_minute", "shown", "tokens")

    def __init__(self, id: str, buckets: list[Bucket]) -> None:
        self.id, self.buckets, self.at = id, buckets, -math.inf
        kinds = [[bucket for bucket in buckets if bucket.counts == counts] for counts in range(len(Cost._fields))]
        self.tokens = kinds[TOKENS]
        self.shown = [[bucket for bucket in kind if bucket.period is not EVER] for kind in kinds]  # in headers
        self.per_minute = [shown[0].limit if shown else 0 for shown in self.shown[:IMAGES]]  # requests and tokens
        self.owed = 0  # tokens that were given back and are not written yet

    def refill(self, now: float) -> None:
        """Bring it to *now*, in seconds of a clock."""
        passed = now - self.at
        if passed > 0:
            self.at = now
            for bucket in self.buckets:
                if bucket.level < bucket.full:
                    level = bucket.level + passed * bucket.rate
                    bucket.level = level if level < bucket.full else bucket.full

    def take(self, now: float, cost: Cost) -> tuple[Bucket, float] | None:
        """Take *cost* at the moment *now*, or nothing: then what is `missing`. In one what others do in three."""
        passed = now - self.at
        if passed > 0:
            self.at = now
        else:
            passed = 0.0
        is_short = False
        for bucket in self.buckets:
            level = bucket.level
            if level < bucket.full:
                level += passed * bucket.rate
                bucket.level = level if level < bucket.full else bucket.full
            if bucket.level < cost[bucket.counts]:
                is_short = True
        if is_short:
            missing = self.missing(cost)
            if missing is not None:
                return missing
        for bucket in self.buckets:
            bucket.level -= cost[bucket.counts]
        return None

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
        for bucket in self.buckets:
            level = bucket.level - cost[bucket.counts]
            bucket.level = level if level < bucket.full else bucket.full

    def spend(self, tokens: int) -> None:
        """Take so many more *tokens* out, or put them back where that is negative."""
        for bucket in self.tokens:
            level = bucket.level - tokens
            bucket.level = level if level < bucket.full else bucket.full

    def load(self, data: dict[str, Any]) -> None:
        """Be as it was kept."""
        self.at, levels = data.get("at", -math.inf), data.get("levels", {})
        for bucket in self.buckets:
            bucket.level = min(levels.get(bucket.name, bucket.full), bucket.full)

    def dump(self) -> dict[str, Any]:
        """As it is kept."""
        return {"at": self.at, "levels": {bucket.name: bucket.level for bucket in self.buckets}}

    def follow(self, before: "Allowance") -> None:
        """Take the place of *before*, whose limits were others: what was taken stays taken."""
        taken = {bucket.name: bucket.full - bucket.level for bucket in before.buckets}
        self.at, self.owed = before.at, before.owed
        for bucket in self.buckets:
            bucket.level = bucket.full - taken.get(bucket.name, 0.0)


def take(allowances: list[Allowance], now: float, cost: Cost) -> tuple[Bucket, float] | None:
    """Take *cost* out of all of them, or nothing: then the bucket that lacks it, and for how many seconds."""
    if len(allowances) == 1:
        return allowances[0].take(now, cost)
    worst: tuple[Bucket, float] | None = None
    for each in allowances:
        each.refill(now)
        missing = each.missing(cost)
        if missing is not None and (worst is None or missing[1] > worst[1]):
            worst = missing
    if worst is None:
        for each in allowances:
            each.charge(cost)
    return worst


def shown(allowances: list[Allowance]) -> list[list[Bucket]]:
    """The buckets of all of them that headers tell of, by what they count."""
    if len(allowances) == 1:
        return allowances[0].shown
    kinds = zip(*[each.shown for each in allowances], strict=True)
    return [[bucket for buckets in kind for bucket in buckets] for kind in kinds]
