"""The overview in numbers: all calls, each model, each path, and the keys whose limits are used most."""

from typing import Any

from ...cluster.records import CACHED, ENDED, ITL, MADE, PROMPT, TTFT
from ...distribution import Distribution
from ...looks import is_look
from ...throttles import ASKED, TOKENS
from ..costs import cost, spent
from ..paths import Path, paths
from ..portions import Portions
from ..reading import Reading
from ..together import throttles
from .remembered import Remembered, percentiles

PERCENTS = (50, 90, 99)
MOST_KEYS = 12  # keys that are shown, those that ask most
TOGETHER = 256  # keys that are looked at in one turn
HOUR = 3600


async def summary(reading: Reading, requests: Remembered, model: str | None) -> dict[str, Any]:
    """All calls of the API, or those of one *model*: since the start, and in the last minute. Latencies in ms."""
    portions, found = Portions(reading.world.clock), await _paths(reading)
    records = [(name, record) for name, record in reading.models if model is None or name == model]
    ttft, itl = Distribution(TTFT), Distribution(ITL)
    sums, total, hourly = [0] * 4, 0.0, 0.0
    for name, record in records:
        ttft.merge(record.ttft)
        itl.merge(record.itl)
        window = record.window.sums(reading.now)
        sums = [one + more for one, more in zip(sums, window, strict=True)]
        total += cost(reading, name, record) or 0.0
        hourly += (spent(reading, name, window[PROMPT], window[CACHED], window[MADE]) or 0.0) / reading.span * HOUR
        await portions.pause()
    called = sum([path.requests for path in found.values()])
    errors = sum([path.tally.errors for path in found.values()])
    requests_rate = sum([path.requests_rate for path in found.values()])
    errors_rate = sum([path.errors_rate for path in found.values()])
    if model is not None:
        called = sum([record.started for _, record in records]) + reading.refused[model]
        errors = sum([record.cut for _, record in records]) + reading.refused[model]
        requests_rate, errors_rate = sums[ENDED] / reading.span, 0.0
    prompt, cached = (
        sum([getattr(record, f"{kind}_tokens") for _, record in records]) for kind in ("prompt", "cached")
    )
    loads = [reading.load(name) for name, _ in records]
    return {
        "requests": called,
        "errors": errors,
        "requests_rate": requests_rate,
        "errors_rate": errors_rate,
        "active": sum([load.running for load in loads]),
        "waiting": sum([load.waiting for load in loads]),
        "prompt_tokens": prompt,
        "cached_tokens": cached,
        "made_tokens": sum([record.made_tokens for _, record in records]),
        "prompt_rate": sums[PROMPT] / reading.span,
        "cached_rate": sums[CACHED] / reading.span,
        "made_rate": sums[MADE] / reading.span,
        "cost": total,
        "cost_an_hour": hourly,
        "ttft": _spread(ttft),
        "itl": _spread(itl),
        "minute": await _minute(reading, requests, model, portions),
    }


async def _minute(reading: Reading, requests: Remembered, model: str | None, portions: Portions) -> dict[str, Any]:
    """Latencies of the requests of the last minute, as far as they are remembered."""
    latest = await requests.since(reading.now - reading.span, model)
    told: dict[str, Any] = {}
    for name, show in (("ttft", requests.ttft), ("itl", requests.itl)):
        values = []
        for number, each in enumerate(latest):
            if (value := show(each)) is not None:
                values.append(value * 1000)
            if number % TOGETHER == TOGETHER - 1:
                await portions.pause()
        values.sort()
        told[name] = dict(zip(("p50", "p90", "p99"), percentiles(values, PERCENTS), strict=True))
        await portions.pause()
    return told


async def models(reading: Reading) -> list[dict[str, Any]]:
    """Each model since the start, latencies in milliseconds, and its rates in the last minute."""
    portions, found = Portions(reading.world.clock), []
    for name, record in reading.models:
        window, load = record.window.sums(reading.now), reading.load(name)
        found.append(
            {
                "model": name,
                "requests": record.started,
                "active": load.running,
                "errors": record.cut + reading.refused[name],
                "rate": window[ENDED] / reading.span,
                "made_rate": window[MADE] / reading.span,
                "prompt_tokens": record.prompt_tokens,
                "cached_tokens": record.cached_tokens,
                "made_tokens": record.made_tokens,
                "ttft": _spread(record.ttft),
                "itl": _spread(record.itl),
                "duration": _spread(record.duration),
                "cost": cost(reading, name, record),
            }
        )
        await portions.pause()
    return found


async def by_path(reading: Reading) -> list[dict[str, Any]]:
    """Each path of the API that was called, the busiest first."""
    portions, found = Portions(reading.world.clock), []
    for name, path in (await _paths(reading)).items():
        found.append(
            {
                "path": name,
                "requests": path.requests,
                "waiting": path.waiting,
                "errors": path.tally.errors,
                "rate": path.requests_rate,
                "errors_rate": path.errors_rate,
                "statuses": _statuses(path),
                "duration": _spread(path.tally.durations),
            }
        )
        await portions.pause()
    return found


async def limits(reading: Reading) -> dict[str, Any]:
    """What rate limits did, and how far the keys that asked most in the last minute have used theirs up."""
    portions, keys = Portions(reading.world.clock), await throttles(reading.world)
    found = []
    for number, (name, key) in enumerate(list(keys.items())):
        asked = key.window.sums(reading.now)
        found.append((asked[ASKED], key.attempted, name, asked[TOKENS]))
        if number % TOGETHER == TOGETHER - 1:
            await portions.pause()
    shown = []
    for requests, attempted, name, tokens in sorted(found, reverse=True)[:MOST_KEYS]:
        key = keys[name]
        shown.append(
            {
                "key": name,
                "tier": key.tier,
                "attempted": attempted,
                "throttled": key.throttled,
                "requests": requests,
                "requests_limit": key.requests_limit,
                "tokens": tokens,
                "tokens_limit": key.tokens_limit,
            }
        )
    every = list(keys.values())
    return {
        "enabled": reading.world.options.rate_limits.enabled,
        "keys": len(every),
        "attempted": sum([key.attempted for key in every]),
        "throttled": sum([key.throttled for key in every]),
        "busiest": shown,
    }


async def _paths(reading: Reading) -> dict[str, Path]:
    return {name: path for name, path in (await paths(reading)).items() if not is_look(name)}


def _statuses(path: Path) -> dict[str, int]:
    """How many answers there were with each status."""
    counts: dict[str, int] = {}
    for (_, status), count in sorted(path.tally.ends.items(), key=lambda each: each[0][1]):
        counts[str(status)] = counts.get(str(status), 0) + count
    return counts


def _spread(value: Distribution) -> dict[str, float | None]:
    """Percentiles of times, in milliseconds; None when there are none."""
    if not value.count:
        return {"p50": None, "p90": None, "p99": None}
    return {f"p{percent}": each * 1000 for percent, each in zip(PERCENTS, value.percentiles(PERCENTS), strict=True)}
