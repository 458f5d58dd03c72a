"""Fits a latency to measured requests: a level for each concurrency, by least squares of what is off in proportion."""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from ..runtime.cluster.fitted import EVEN, PERCENTILES, Fitted, Level
from .exports import Measured, Run

LEAST_SPREAD = 0.03  # of prompts about their mean, from which it can be told what a token adds
STEADY = 0.5  # of a run's median of requests under way: with fewer, the run only begins or ends
LEAST_SHARE = 0.05  # of a TTFT that is the server's, whatever the client adds
MOST_GAPS = 200_000
SLOPES = ("prompt", "ahead")


def levels_of(runs: Sequence[Run]) -> list[list[Run]]:
    """*runs* by how many requests were under way, from few to many."""
    found: dict[int, list[Run]] = {}
    for run in runs:
        found.setdefault(round(usual(run)), []).append(run)
    return [found[others] for others in sorted(found)]


def usual(run: Run) -> float:
    """How many others were under way when a request of *run* came: the median."""
    return sorted(each.others for each in run.requests)[len(run.requests) // 2]


def fit(levels: Sequence[Sequence[Run]], slopes: Sequence[str] = SLOPES, client: float = 0.0) -> Fitted:
    """The latency of the server that *levels* measured; its TTFT depends on *slopes* alone.

    *client* are the seconds of each TTFT that are not the server's.
    """
    return Fitted(tuple(_level(runs, slopes, client) for runs in levels))


def unknown(levels: Sequence[Sequence[Run]]) -> list[str]:
    """What cannot be told from *levels*, as sentences."""
    notes = []
    if not any(_varies(runs) for runs in levels):
        notes.append("Prompts have one length at each concurrency, so what a token adds to the TTFT is not known.")
    if len(levels) == 1:
        notes.append("There is one concurrency, so what other requests add to the ITL is not known.")
    return notes


def spread(ratios: Sequence[float]) -> tuple[float, ...]:
    """*ratios* at `PERCENTILES`; without any, nothing varies."""
    import numpy as np

    return tuple(float(each) for each in np.percentile(ratios, PERCENTILES)) if len(ratios) else EVEN


def _level(runs: Sequence[Run], slopes: Sequence[str], client: float) -> Level:
    import numpy as np

    steady = [each for run in runs for each in _steady(run)]
    columns = {}
    if "prompt" in slopes and _varies(runs):
        columns["prompt"] = np.array([each.prompt for each in steady], dtype=float)
    if "ahead" in slopes and any(each.ahead for each in steady):
        columns["ahead"] = np.array([each.ahead for each in steady], dtype=float)
    ttft = [max(each.ttft - client, each.ttft * LEAST_SHARE) for each in steady]
    first, per_prompt, per_ahead = _least_squares(columns, np.array(ttft))
    several = [each for each in steady if each.itl]
    itl = sum(each.itl for each in several) / len(several) if several else 0.0
    expected = [max(first + per_prompt * each.prompt + per_ahead * each.ahead, 1e-6) for each in steady]
    gaps = [gap / each.itl for each in several if len(each.gaps) == each.answer - 1 for gap in each.gaps]
    return Level(
        others=float(round(sum(usual(run) for run in runs) / len(runs))),
        first=first,
        per_prompt_token=per_prompt,
        per_token_ahead=per_ahead,
        ttft_spread=spread([real / fitted for real, fitted in zip(ttft, expected, strict=True)]),
        itl=itl,
        itl_spread=spread([each.itl / itl for each in several]),
        gaps=spread(gaps[:MOST_GAPS]),
    )


def _steady(run: Run) -> list[Measured]:
    """The requests that came while the run was at its height."""
    least = STEADY * usual(run)
    return [each for each in run.requests if each.others >= least]


def _varies(runs: Sequence[Run]) -> bool:
    sizes = [each.prompt for run in runs for each in run.requests]
    mean = sum(sizes) / len(sizes)
    return sum([(size - mean) ** 2 for size in sizes]) / len(sizes) > (LEAST_SPREAD * mean) ** 2


def _least_squares(columns: dict[str, Any], values: Any) -> tuple[float, float, float]:
    """A fixed part of *values*, and factors of the *columns* prompt and ahead; none is below zero.

    The squares are of what is off in proportion to *values*, so that short times count like long ones.
    """
    import numpy as np

    best = (float("inf"), (0.0, 0.0, 0.0))
    for count in range(len(columns) + 1):
        for names in combinations(columns, count):
            matrix = np.stack([np.ones(len(values)), *(columns[name] for name in names)], axis=1) / values[:, None]
            found, *_ = np.linalg.lstsq(matrix, np.ones(len(values)), rcond=None)
            off = float(((matrix @ found - 1) ** 2).sum())
            if found.min() >= 0 and off < best[0]:
                factors = dict(zip(names, map(float, found[1:]), strict=True))
                best = off, (float(found[0]), factors.get("prompt", 0.0), factors.get("ahead", 0.0))
    return best[1]
