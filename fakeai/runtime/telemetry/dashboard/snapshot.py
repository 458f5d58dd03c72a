"""All that a dashboard shows, at one moment."""

from typing import Any

from ...answer import Reply
from ...call import Call
from ...clock import RealClock
from ...world import World
from ..reading import Reading, priced, read_own
from . import calls, machine, seconds, totals
from .history import History
from .remembered import remembered

Query = dict[str, Any]


async def report(call: Call, query: Query) -> Reply:
    """What the dashboard of the query's `view` shows now."""
    return call.reply(await snapshot(call.world, query))


async def request(call: Call, number: str) -> Reply:
    """The request of that *number* in detail.

    Raises:
        ApiError: 404, there is none.
    """
    reading = await read_own(call.world)
    return call.reply(await calls.one(reading, number))


async def snapshot(world: World, query: Query) -> dict[str, Any]:
    """What *query* asks for: a `view`, of one `model` or of all, with the seconds from `since` on."""
    reading = await priced(await read_own(world))
    model, known = query.get("model"), query.get("since")
    first, requests = seconds.since(reading, known), await remembered(reading)
    history = world.engine(History)
    told = {
        "now": reading.now + reading.records.since_1970,
        "offset": reading.records.since_1970,
        "uptime": reading.now - world.started,
        "server": _server(reading),
        "model_names": [name for name, _ in reading.models],
        "summary": await totals.summary(reading, requests, model),
        "seconds": await history.calls(reading, requests, first, model),
        "requests": await calls.last(reading, requests),
    }
    if query["view"] == "overview":
        return told | {
            "models": await totals.models(reading),
            "paths": await totals.by_path(reading),
            "limits": await totals.limits(reading),
        }
    return told | {
        "workers": await machine.workers(reading),
        "worker_seconds": await history.workers(reading, requests, first),
        "router": machine.decisions(reading, requests),
        "gpus": await machine.gpus(reading),
        "gpu_seconds": await machine.gpu_seconds(reading, first) if known is None else None,
    }


def _server(reading: Reading) -> dict[str, Any]:
    options, clock = reading.world.options, reading.world.clock
    return {
        "latency": options.machine.latency,
        "seed": options.seed,
        "workers": len(reading.fleet.workers),
        "router": reading.fleet.router.mode,
        "gpus": options.gpus,
        "gpu_model": options.gpu_model,
        "speed": clock.speed if isinstance(clock, RealClock) else 1.0,
        "journal": options.journal > 0,
    }
