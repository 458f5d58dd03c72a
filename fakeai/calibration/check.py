"""Holds a fitted latency to the runs that it was fitted to: it simulates them, and mends what comes out otherwise.

What a request meets depends on how fast the others were, so times that are right one by one can be wrong together.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..runtime.cluster.fitted import PERCENTILES, Fitted, Level
from ..runtime.options import Machine, Options
from ..runtime.store.sqlite import SqliteStore
from ..runtime.world import World
from ..simulation.replay import replay
from ..simulation.trace import Turn
from .exports import Measured, Run
from .fit import fit, levels_of
from .profile import data

ROUNDS = 15  # of mending
GOOD = 0.04  # a share by which the farthest percentile may be off
AT_LEAST = 600  # simulated requests of each run: with several seeds, where it has fewer
STRIDE = 67  # a prime: with it, all of a list are met, in another order
COMPARED = (50, 90, 99)
IDLE = 0.1  # of a request's time that a client waits before it sends the next one; else it sends by a clock
DAMPED = 0.5  # exponent of what the first round mends, and the share of it in the next:
CALMING = 0.9


@dataclass(frozen=True)
class Comparison:
    """A run's TTFT and ITL in seconds, measured and simulated: the mean, and the percentiles `COMPARED`."""

    run: Run
    ttft: tuple[tuple[float, float], ...]
    itl: tuple[tuple[float, float], ...]

    @property
    def off(self) -> float:
        """By which share of what was measured the farthest of them is off."""
        pairs = [pair for pair in (*self.ttft, *self.itl) if pair[0] > 0]
        return max((abs(simulated / measured - 1) for measured, simulated in pairs), default=0.0)


def fitted(runs: Sequence[Run], client: Sequence[float] = ()) -> tuple[Fitted, list[Comparison]]:
    """The latency that brings *runs* back best, and how well it does.

    *client* are seconds that the client itself adds to times to first token.

    What the prompt adds is told apart from what waits before it, unless the runs come out much better without.
    """
    levels = levels_of(runs)
    best: tuple[float, Fitted, list[Comparison]] | None = None
    for slopes in (("prompt", "ahead"), ("prompt",), ()):
        latency = fit(levels, slopes, sorted(client)[len(client) // 2] if client else 0.0)
        closest = [(float("inf"), level) for level in latency.levels]
        for number in range(ROUNDS):
            made = [[simulated(latency, run, client) for run in level] for level in levels]
            compared = [
                [_compare(run, *times) for run, times in zip(level, found, strict=True)]
                for level, found in zip(levels, made, strict=True)
            ]
            offs = [max(each.off for each in found) for found in compared]
            if best is None or max(offs) < best[0]:
                best = max(offs), latency, [each for found in compared for each in found]
            tried = zip(offs, latency.levels, strict=True)
            closest = [min(pair, key=_off) for pair in zip(closest, tried, strict=True)]
            if number == ROUNDS - 2:  # a last try: each level as it was best by itself
                latency = Fitted(tuple([level for _, level in closest]))
            else:
                damped = DAMPED * CALMING**number
                mended = zip(latency.levels, levels, made, strict=True)
                latency = Fitted(tuple([_mend(*each, damped) for each in mended]))
        if best is not None and best[0] < GOOD:
            break
    assert best is not None
    return best[1], best[2]


def _off(tried: tuple[float, Level]) -> float:
    return tried[0]


def simulated(latency: Fitted, run: Run, client: Sequence[float] = ()) -> tuple[Any, Any]:
    """TTFT and ITL of the requests of *run*, simulated with *latency*: two arrays."""
    import numpy as np

    ttft, itl = [], []
    for seed in range(max(1, AT_LEAST // len(run.requests))):
        machine = Machine(latency="fitted", fitted=data(latency), cached=False, router="least-loaded")
        world = World(Options(seed=seed, machine=machine), store=SqliteStore(None))
        _, tally = replay(world, _sessions(run), "", 512, _ignore)
        arrived, first, end = (np.frombuffer(each) for each in (tally.arrived, tally.first, tally.end))
        made = np.frombuffer(tally.made, dtype=np.int64)
        added = [client[(seed + k) * STRIDE % len(client)] for k in range(len(first))] if client else 0.0
        ttft.append(first - arrived + added)
        itl.append(((end - first)[made > 1]) / (made[made > 1] - 1))
    return np.concatenate(ttft), np.concatenate(itl)


def _sessions(run: Run) -> list[list[Turn]]:
    """The requests of *run* as they were sent: each when another one ended, or all by the clock."""
    requests = run.requests
    if not run.whole:
        width = max(1, round(requests[0].others) + 1)
        shuffled = [requests[k * STRIDE % len(requests)] for k in range(len(requests))]
        return [[_turn(k, each, 0.0) for k, each in enumerate(shuffled)][start::width] for start in range(width)]
    clients: list[list[Turn]] = []
    ends: list[float] = []
    idle = 0.0
    for number, each in enumerate(requests):
        free = [client for client, end in enumerate(ends) if end <= each.start]
        if free:
            client = max(free, key=ends.__getitem__)
            clients[client].append(_turn(number, each, each.start - ends[client]))
            idle += each.start - ends[client]
            ends[client] = each.end
        else:
            clients.append([_turn(number, each, 0.0, each.start)])
            ends.append(each.end)
    if idle > IDLE * sum(each.end - each.start for each in requests):
        return [[_turn(number, each, 0.0, each.start)] for number, each in enumerate(requests)]
    return clients


def _turn(number: int, each: Measured, delay: float, at: float | None = None) -> Turn:
    return Turn(number + 1, at, delay, each.prompt, max(each.answer, 1), ())


def _compare(run: Run, ttft: Any, itl: Any) -> Comparison:
    measured = _times(run)
    return Comparison(run, _pairs(measured[0], ttft), _pairs(measured[1], itl))


def _times(run: Run) -> tuple[Any, Any]:
    import numpy as np

    return np.array([each.ttft for each in run.requests]), np.array([each.itl for each in run.requests if each.itl])


def _pairs(measured: Any, made: Any) -> tuple[tuple[float, float], ...]:
    import numpy as np

    if not len(measured) or not len(made):
        return ()
    return (
        (float(measured.mean()), float(made.mean())),
        *((float(np.percentile(measured, each)), float(np.percentile(made, each))) for each in COMPARED),
    )


def _mend(level: Level, runs: Sequence[Run], made: Sequence[tuple[Any, Any]], damped: float) -> Level:
    """*level*, closer to what was measured by how far the simulated times are off, to the power *damped*."""
    import numpy as np

    measured = [_times(run) for run in runs]
    (real, mine), (real_gap, mine_gap) = (
        tuple(np.concatenate([times[kind] for times in each]) for each in (measured, made)) for kind in (0, 1)
    )
    factor = _ratio(real.mean(), mine.mean(), damped)
    level = replace(
        level,
        first=level.first * factor,
        per_prompt_token=level.per_prompt_token * factor,
        per_token_ahead=level.per_token_ahead * factor,
        ttft_spread=_reshaped(level.ttft_spread, real, mine, damped),
    )
    if not len(real_gap) or not len(mine_gap):
        return level
    spread = _reshaped(level.itl_spread, real_gap, mine_gap, damped)
    return replace(level, itl=level.itl * _ratio(real_gap.mean(), mine_gap.mean(), damped), itl_spread=spread)


def _reshaped(spread: tuple[float, ...], real: Any, mine: Any, damped: float) -> tuple[float, ...]:
    import numpy as np

    wanted, got = (np.percentile(each / each.mean(), PERCENTILES) for each in (real, mine))
    found = [old * _ratio(a, b, damped) for old, a, b in zip(spread, wanted, got, strict=True)]
    return tuple(float(each) for each in np.maximum.accumulate(found))


def _ratio(real: float, mine: float, damped: float) -> float:
    return float((real / mine) ** damped) if real > 0 and mine > 0 else 1.0


def _ignore(more: int) -> None:
    """Nobody wants to know."""
