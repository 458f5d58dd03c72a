"""Pictures of a simulated trace, drawn with matplotlib where it is installed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .tally import SLICE, Tally

MISSING = "--plots needs matplotlib: pip install 'fakeai[plots]'"
POINTS = 400  # at most, along an axis of time
SIZE = (8.0, 4.5)  # inches


class NoPlots(Exception):
    """matplotlib is not installed."""


def check() -> None:
    """Find matplotlib.

    Raises:
        NoPlots: it is not installed.
    """
    _figure()


def draw(tally: Tally, capacity: int, folder: Path, kind: str) -> list[Path]:
    """Draw into *folder*, in files of *kind* (png or svg); the same tally gives the same bytes.

    Raises:
        NoPlots: matplotlib is not installed.
    """
    figure = _figure()
    folder.mkdir(parents=True, exist_ok=True)
    made = []

    def save(name: str, title: str, across: str, up: str, lines: Sequence[tuple[Any, Any, str]], **how: Any) -> None:
        drawn = figure(figsize=SIZE, layout="constrained")
        axes = drawn.add_subplot()
        for x, y, label in lines:
            axes.plot(x, y, label=label, linewidth=1.2)
        axes.set(title=title, xlabel=across, ylabel=up, **how)
        axes.grid(alpha=0.3)
        if len(lines) > 1:
            axes.legend()
        path = folder / f"{name}.{kind}"
        drawn.savefig(path, dpi=120, metadata={"Date": None} if kind == "svg" else {"Software": None})
        made.append(path)

    save("latency", "Latency", "milliseconds", "percent of requests", _shares(tally), xscale="log", ylim=(0, 100))
    edges = {f"worker {number}": did.busy_by_slice for number, did in enumerate(tally.workers)}
    busy = [(*_over_time(slices, 100 / SLICE, sum), name) for name, slices in edges.items()]
    save("busy", "Workers", "seconds", "percent of time busy", busy, ylim=(0, 105))
    held = [
        (*_over_time(did.held_by_slice, 100 / capacity, max), f"worker {number}")
        for number, did in enumerate(tally.workers)
    ]
    save("kv_cache", "KV caches", "seconds", "percent of blocks held by requests", held, ylim=(0, None))
    save("requests", "Requests", "seconds", "requests that wait or run", [_in_flight(tally)], ylim=(0, None))
    return made


def _figure() -> Any:
    try:
        import matplotlib
        from matplotlib.figure import Figure
    except ImportError:
        raise NoPlots(MISSING) from None
    matplotlib.rcParams["svg.hashsalt"] = "fakeai"  # else the ids in the file are drawn anew
    return Figure


def _shares(tally: Tally) -> list[tuple[Any, Any, str]]:
    """Of each time, the share of requests that had it or less."""
    import numpy as np

    arrived, begun, first, end = (np.frombuffer(each) for each in (tally.arrived, tally.begun, tally.first, tally.end))
    made = np.frombuffer(tally.made, dtype=np.int64)
    percents = np.linspace(0, 100, POINTS)
    times = {
        "queue": begun - arrived,
        "TTFT": first - arrived,
        "ITL": ((end - first) / np.maximum(made - 1, 1))[made > 1],
        "last token": end - arrived,
    }
    return [
        (np.maximum(np.percentile(values, percents) * 1000, 1e-3), percents, name)
        for name, values in times.items()
        if len(values) and values.max() > 0
    ]


def _over_time(
    slices: dict[int, float] | dict[int, int], scale: float, together: Any
) -> tuple[list[float], list[float]]:
    """Values of slices as (seconds, values), several slices to a point where there are many."""
    last = max(slices, default=0)
    width = -(-(last + 1) // POINTS)
    seconds, values = [], []
    for start in range(0, last + 1, width):
        found = [slices.get(number, 0) for number in range(start, start + width)]
        seconds.append(start * SLICE)
        values.append(together(found) * scale / (width if together is sum else 1))
    return seconds, values


def _in_flight(tally: Tally) -> tuple[Any, Any, str]:
    import numpy as np

    arrived, end = np.sort(np.frombuffer(tally.arrived)), np.sort(np.frombuffer(tally.end))
    moments = np.linspace(0, end[-1], POINTS)
    alive = np.searchsorted(arrived, moments, "right") - np.searchsorted(end, moments, "right")
    return moments, alive, "requests"
