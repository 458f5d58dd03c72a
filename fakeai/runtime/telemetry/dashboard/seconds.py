"""What happened in each of the last seconds, column by column.

All is worked out from what is there: the requests that are remembered, the calls counted in windows, and what workers
did in slices of time. A second in which some requests are remembered no more tells tokens only, from the windows.
"""

from typing import Any

from ...cluster.activity import SLICE
from ...cluster.records import CACHED, MADE, PROMPT
from ...cluster.worker import Worker
from ...looks import is_look
from ...tally import FAILED, LEFT
from ...window import SECONDS
from ..costs import spent
from ..portions import Portions
from ..reading import Reading
from .column import Column
from .remembered import Remembered, percentiles

TOGETHER = 32  # requests that are looked at in one turn
SLICES = round(1 / SLICE)  # of a second
PERCENTS = (50, 90, 99)
Values = list[float]


def since(reading: Reading, known: int | None) -> int:
    """The first second to tell to somebody who knows those before *known*: a minute ago at most, or the start."""
    return max(min(known or 0, int(reading.now)), int(reading.now) - SECONDS, int(reading.tally.since))


async def columns(reading: Reading, requests: Remembered, first: int, model: str | None) -> dict[str, Any]:
    """Calls, tokens and latencies in each whole second from *first* on, of one *model* or of all."""
    portions, now, end = Portions(reading.world.clock), reading.now, int(reading.now)
    count = max(end - first, 0)
    names = ("arrived", "cut", "prompt", "cached", "made", "cost", "running", "waiting")
    all_columns = {name: Column(first, count) for name in names}
    arrived, cut, prompt, cached, made, cost, running, waiting = all_columns.values()
    prices = Prices(reading)
    ttfts: list[list[float]] = [[] for _ in range(count)]
    itls: list[list[float]] = [[] for _ in range(count)]
    for number, each in enumerate(await requests.since(first, model)):
        stop, came = each.end if each.over else now, each.first
        whole, found, token = prices.of(each.model)
        arrived.add(1, each.arrived)
        begun = each.begun if 0 <= each.begun <= stop else stop
        if begun > each.arrived:
            waiting.spread(begun - each.arrived, each.arrived, begun)
        running.spread(stop - begun, begun, stop)
        if begun < stop or each.over:
            computed = each.prompt - each.cached
            cached.add(each.cached, begun)
            cost.add(computed * whole + each.cached * found, begun)
            prompt.spread(computed, begun, came if begun <= came <= stop else stop)
        if each.over and each.made < each.asked:
            cut.add(1, stop)
        if 0 <= came <= stop:
            made.spread(each.made, came, stop)
            cost.spread(each.made * token, came, stop)
            if 0 <= (at := int(came) - first) < count:
                ttfts[at].append(came - each.arrived)
            itl = requests.itl(each)
            if itl is not None:
                for values in itls[max(int(came) - first, 0) : int(stop) + 1 - first]:
                    values.append(itl)
        if number % TOGETHER == TOGETHER - 1:
            await portions.pause()
    for at in range(min(requests.complete_from - first, count)):
        for column, amount in zip(
            (prompt, cached, made, cost), _counted(reading, first + at, model, prices), strict=True
        ):
            column.set(at, amount)
        await portions.pause()
    answers, errors = await _calls(reading, first, count, portions)
    told: dict[str, Any] = {"first": first, "answers": answers, "errors": errors}
    told |= {name: column.values(9 if name == "cost" else 3) for name, column in all_columns.items()}
    return told | await _percentiles("ttft", ttfts, portions) | await _percentiles("itl", itls, portions)


async def workers(reading: Reading, requests: Remembered, first: int) -> dict[str, Any]:
    """Batch, queue, KV cache and work of each worker in each whole second from *first* on."""
    portions, count = Portions(reading.world.clock), max(int(reading.now) - first, 0)
    numbers = [each.number for each in reading.fleet.workers]
    running, waiting = ({number: Column(first, count) for number in numbers} for _ in range(2))
    for number, each in enumerate(await requests.since(first)):
        stop = requests.stop(each)
        begun = each.begun if 0 <= each.begun <= stop else stop
        if begun > each.arrived:
            waiting[each.worker].spread(begun - each.arrived, each.arrived, begun)
        running[each.worker].spread(stop - begun, begun, stop)
        if number % TOGETHER == TOGETHER - 1:
            await portions.pause()
    found = []
    for worker in reading.fleet.workers:
        found.append(
            {
                "name": worker.name,
                "running": running[worker.number].values(3),
                "waiting": waiting[worker.number].values(3),
                **_work(worker, first, count),
            }
        )
        await portions.pause()
    return {"first": first, "workers": found}


def _work(worker: Worker, first: int, count: int) -> dict[str, Values]:
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


async def _calls(reading: Reading, first: int, count: int, portions: Portions) -> tuple[Values, Values]:
    """Answers that left, and errors among them; how the server is looked at does not count."""
    answers, errors = [0.0] * count, [0.0] * count
    for name, path in list(reading.tally.paths.items()):
        if not is_look(name):
            for at in range(count):
                answers[at] += path.window.at(first + at, LEFT)
                errors[at] += path.window.at(first + at, FAILED)
            await portions.pause()
    return answers, errors


def _counted(reading: Reading, second: int, model: str | None, prices: "Prices") -> tuple[float, float, float, float]:
    """Tokens computed, found and made, and their cost, as the windows of models have them of a *second*."""
    prompt = cached = made = cost = 0.0
    for name, record in reading.models:
        if model is None or name == model:
            sums = [record.window.at(second, kind) for kind in range(4)]
            computed, (whole, found, token) = sums[PROMPT] - sums[CACHED], prices.of(name)
            prompt += computed
            cached += sums[CACHED]
            made += sums[MADE]
            cost += computed * whole + sums[CACHED] * found + sums[MADE] * token
    return prompt, cached, made, cost


class Prices:
    """What a token of each model costs in US dollars, looked up once; 0 where there is no price."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._each: dict[str, tuple[float, float, float]] = {}

    def of(self, model: str) -> tuple[float, float, float]:
        """A token of a prompt, one that was found in a cache, and one of an answer."""
        prices = self._each.get(model)
        if prices is None:
            whole, found, made = (
                spent(self._reading, model, *kind) or 0.0 for kind in ((1, 0, 0), (1, 1, 0), (0, 0, 1))
            )
            prices = self._each[model] = whole, found, made
        return prices


async def _percentiles(name: str, seconds: list[list[float]], portions: Portions) -> dict[str, list[float | None]]:
    """A column for each percentile, in milliseconds; None where there is nothing."""
    found: dict[str, list[float | None]] = {f"{name}_p{percent}": [] for percent in PERCENTS}
    for values in seconds:
        values.sort()
        for column, value in zip(found.values(), percentiles(values, PERCENTS), strict=True):
            column.append(None if value is None else round(value * 1000, 4))
        await portions.pause()
    return found


def _rounded(column: Values) -> Values:
    return [round(each, 3) for each in column]
