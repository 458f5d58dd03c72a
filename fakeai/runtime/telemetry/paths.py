"""What goes on at each path: calls, answers, tokens and errors, since the start and in the last minute."""

from dataclasses import dataclass
from typing import Any

from ..cluster.records import MADE, PROMPT
from ..distribution import Distribution
from ..tally import CAME, FAILED, LEFT, PathTally
from .portions import Portions
from .reading import Reading

PERCENTILES = {"p50": 50, "p90": 90, "p99": 99}


@dataclass(slots=True)
class Path:
    """One path. Rates are per second, in the last minute; *waiting* answers are on their way."""

    tally: PathTally
    requests: int
    tokens: int
    waiting: int
    requests_rate: float
    responses_rate: float
    tokens_rate: float
    errors_rate: float


async def paths(reading: Reading) -> dict[str, Path]:
    """Every path that was called, by name, with the busiest first."""
    tally, records, now = reading.tally, reading.records, reading.now
    waiting, came, portions = tally.waiting(), tally.came(now), Portions(reading.world.clock)
    found: dict[str, Path] = {}
    for name in {**tally.paths, **waiting, **records.places}:
        calls, tokens = tally.paths.get(name) or PathTally(), records.places.get(name)
        sums = calls.window.sums(now)
        used = tokens.window.sums(now) if tokens else [0] * 4
        found[name] = Path(
            calls,
            calls.calls + waiting[name],
            tokens.tokens if tokens else 0,
            waiting[name],
            (sums[CAME] + came[name]) / reading.span,
            sums[LEFT] / reading.span,
            (used[PROMPT] + used[MADE]) / reading.span,
            sums[FAILED] / reading.span,
        )
        await portions.pause()
    return dict(sorted(found.items(), key=lambda item: (-item[1].requests, item[0])))


def spread(value: Distribution) -> dict[str, Any]:
    """Mean, extremes and percentiles of *value*, in its unit."""
    percentiles = dict(zip(PERCENTILES, value.percentiles(tuple(PERCENTILES.values())), strict=True))
    return {"avg": value.mean, "min": value.smallest, "max": value.largest, **percentiles}
