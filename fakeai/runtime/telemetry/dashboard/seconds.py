"""What happened in each of the last seconds, column by column.

All is worked out from what is there: the requests that are remembered, the calls counted in windows, and what workers
did in slices of time. A second in which some requests are remembered no more tells tokens only, from the windows.
"""

from collections.abc import Iterable
from typing import Any

from ...cluster.activity import SLICE
from ...cluster.records import CACHED, MADE, PROMPT, ModelRecord
from ...cluster.worker import Worker
from ...tally import FAILED, LEFT
from ...window import SECONDS
from ..costs import spent
from ..reading import Reading
from ..turns import Turns
from .looks import is_look
from .remembered import Remembered, percentiles

TOGETHER = 32  # requests that are looked at in one turn
SLICES = round(1 / SLICE)  # of a second
PERCENTS = (50, 90, 99)
Column = list[float]


def since(reading: Reading, known: int | None) -> int:
    """The first second to tell to somebody who knows those before *known*: a minute ago at most, or the start."""
    return max(known or 0, int(reading.now) - SECONDS, int(reading.tally.since))


async def columns(reading: Reading, requests: Remembered, first: int, model: str | None) -> dict[str, Any]:
    """Calls, tokens and latencies in each whole second from *first* on, of one *model* or of all."""
    turns, end = Turns(reading.world.clock), int(reading.now)
    count = max(end - first, 0)
    arrived, cut, prompt, cached, made, cost, running, waiting = ([0.0] * count for _ in range(8))
    prices = Prices(reading)
    ttfts: list[list[float]] = [[] for _ in range(count)]
    itls: list[list[float]] = [[] for _ in range(count)]
    for number, each in enumerate(await requests.since(first, model)):
        stop, ttft, itl = requests.stop(each), requests.ttft(each), requests.itl(each)
        _count(arrived, first, each.arrived)
        begun = each.begun if 0 <= each.begun <= stop else stop
        spread(waiting, first, begun - each.arrived, each.arrived, begun)
        spread(running, first, stop - begun, begun, stop)
        if begun < stop or each.over:
            _count(cached, first, begun, each.cached)
            _count(cost, first, begun, prices.read(each.model, each.prompt, each.cached))
            computed = each.first if ttft is not None else stop
            spread(prompt, first, each.prompt - each.cached, begun, computed)
        if each.over and each.made < each.asked:
            _count(cut, first, stop)
        if ttft is not None:
            spread(made, first, each.made, each.first, stop)
            spread(cost, first, prices.made(each.model, each.made), each.first, stop)
            if 0 <= (at := int(each.first) - first) < count:
                ttfts[at].append(ttft)
        if itl is not None:
            for second in range(max(int(each.first), first), min(int(stop) + 1, end)):
                itls[second - first].append(itl)
        if number % TOGETHER == TOGETHER - 1:
            await turns.pause()
    for at in range(min(requests.complete_from - first, count)):
        prompt[at] = cached[at] = made[at] = cost[at] = 0.0
        for name, record in _chosen(reading, model):
            sums = [record.window.at(first + at, kind) for kind in range(4)]
            prompt[at] += sums[PROMPT] - sums[CACHED]
            cached[at] += sums[CACHED]
            made[at] += sums[MADE]
            cost[at] += prices.read(name, sums[PROMPT], sums[CACHED]) + prices.made(name, sums[MADE])
        await turns.pause()
    answers, errors = await _calls(reading, first, count, turns)
    told = {
        "first": first,
        "answers": answers,
        "errors": errors,
        "arrived": arrived,
        "cut": cut,
        "prompt": prompt,
        "cached": cached,
        "made": made,
        "cost": [round(each, 9) for each in cost],
        "running": running,
        "waiting": waiting,
    }
    for name in ("prompt", "made", "running", "waiting"):
        told[name] = _rounded(told[name])  # type: ignore[arg-type]
    return told | await _percentiles("ttft", ttfts, turns) | await _percentiles("itl", itls, turns)


async def workers(reading: Reading, requests: Remembered, first: int) -> dict[str, Any]:
    """Batch, queue, KV cache and work of each worker in each whole second from *first* on."""
    turns, count = Turns(reading.world.clock), max(int(reading.now) - first, 0)
    running, waiting = ({each.number: [0.0] * count for each in reading.fleet.workers} for _ in range(2))
    for number, each in enumerate(await requests.since(first)):
        stop = requests.stop(each)
        begun = each.begun if 0 <= each.begun <= stop else stop
        spread(waiting[each.worker], first, begun - each.arrived, each.arrived, begun)
        spread(running[each.worker], first, stop - begun, begun, stop)
        if number % TOGETHER == TOGETHER - 1:
            await turns.pause()
    found = []
    for worker in reading.fleet.workers:
        found.append(
            {
                "worker": worker.number,
                "running": _rounded(running[worker.number]),
                "waiting": _rounded(waiting[worker.number]),
                **_work(worker, first, count),
            }
        )
        await turns.pause()
    return {"first": first, "workers": found}


def _work(worker: Worker, first: int, count: int) -> dict[str, Column]:
    """What a worker's slices tell: percent of time with prompts and with tokens, and of the KV blocks that it keeps."""
    activity = worker.activity
    prefill, decode, made, kept = ([0.0] * count for _ in range(4))
    held, at = activity.held(first * SLICES - 1), 0
    for number, done in activity.between(first * SLICES, (first + count) * SLICES):
        second = number // SLICES - first
        while at < second:
            kept[at] = held
            at += 1
        held = done.blocks
        prefill[second] += done.prefill
        decode[second] += done.decode
        made[second] += done.made_tokens
    kept[at:] = [held] * (count - at)
    return {
        "prefill": _rounded([100 * each for each in prefill]),
        "decode": _rounded([100 * each for each in decode]),
        "made": _rounded(made),
        "kept": _rounded([100 * each / worker.cache.capacity for each in kept]),
    }


def spread(column: Column, first: int, amount: float, start: float, stop: float) -> None:
    """Add an *amount* that came evenly from *start* to *stop* to a *column* whose seconds begin at *first*."""
    if stop <= start:
        _count(column, first, start, amount)
        return
    rate = amount / (stop - start)
    low, high = max(start, first), min(stop, first + len(column))
    second = int(low)
    while second < high:
        column[second - first] += rate * (min(high, second + 1) - max(low, second))
        second += 1


def _count(column: Column, first: int, moment: float, amount: float = 1) -> None:
    at = int(moment) - first
    if 0 <= at < len(column):
        column[at] += amount


async def _calls(reading: Reading, first: int, count: int, turns: Turns) -> tuple[Column, Column]:
    """Answers that left, and errors among them; how the server is looked at does not count."""
    answers, errors = [0.0] * count, [0.0] * count
    for name, path in list(reading.tally.paths.items()):
        if not is_look(name):
            for at in range(count):
                answers[at] += path.window.at(first + at, LEFT)
                errors[at] += path.window.at(first + at, FAILED)
            await turns.pause()
    return answers, errors


def _chosen(reading: Reading, model: str | None) -> Iterable[tuple[str, ModelRecord]]:
    return [(name, record) for name, record in reading.models if model is None or name == model]


class Prices:
    """What the tokens of models cost in US dollars, each looked up once; 0 where there is no price."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._each: dict[str, tuple[float, float, float]] = {}

    def read(self, model: str, prompt: int, cached: int) -> float:
        """So many tokens of prompts, *cached* ones among them."""
        whole, found, _ = self._of(model)
        return (prompt - cached) * whole + cached * found

    def made(self, model: str, tokens: int) -> float:
        """So many tokens of answers."""
        return tokens * self._of(model)[2]

    def _of(self, model: str) -> tuple[float, float, float]:
        if model not in self._each:
            kinds = ((1, 0, 0), (1, 1, 0), (0, 0, 1))
            whole, found, made = (spent(self._reading, model, *kind) or 0.0 for kind in kinds)
            self._each[model] = (whole, found, made)
        return self._each[model]


async def _percentiles(name: str, seconds: list[list[float]], turns: Turns) -> dict[str, list[float | None]]:
    """A column for each percentile, in milliseconds; None where there is nothing."""
    found: dict[str, list[float | None]] = {f"{name}_p{percent}": [] for percent in PERCENTS}
    for values in seconds:
        values.sort()
        for column, value in zip(found.values(), percentiles(values, PERCENTS), strict=True):
            column.append(None if value is None else round(value * 1000, 4))
        await turns.pause()
    return found


def _rounded(column: Column) -> Column:
    return [round(each, 3) for each in column]
