"""All that a dashboard shows, at one moment."""

from typing import Any

from ...answer import Reply
from ...call import Call
from ...clock import RealClock
from ...errors import ApiError
from ...world import World
from ..reading import Reading, priced, read, read_own
from . import calls, machine, peers, seconds, totals
from .history import History
from .remembered import remembered

Query = dict[str, Any]


async def report(call: Call, query: Query) -> Reply:
    """What the dashboard of the query's `view` shows now."""
    return call.reply(await snapshot(call.world, query))


async def request(call: Call, number: str) -> Reply:
    """The request of that *number* in detail, whichever process had it.

    Raises:
        ApiError: 404, there is none.
    """
    try:
        return call.reply(await calls.one(await read_own(call.world), number))
    except ApiError:
        found = await peers.one(call.world, number)
        if found is None:
            raise
        return call.reply(found)


async def snapshot(world: World, query: Query) -> dict[str, Any]:
    """What *query* asks for: a `view`, of one `model` or of all, with the seconds from `since` on."""
    at = world.clock.monotonic()
    reading = await priced(await read(world, requests=True))
    reading.now = min(reading.now, at) if world.peers is not None else reading.now  # all have told what was until then
    model, known = query.get("model"), query.get("since")
    first, requests = seconds.since(reading, known), await remembered(reading)
    columns = await world.engine(History).calls(reading, requests, first, model)
    each = await peers.shown(world, query["view"], columns["first"], len(columns["answers"]), known is None)
    told = {
        "now": reading.now + reading.records.since_1970,
        "offset": reading.records.since_1970,
        "uptime": reading.now - world.started,
        "server": _server(reading),
        "model_names": [name for name, _ in reading.models],
        "summary": await totals.summary(reading, requests, model),
        "seconds": columns,
        "requests": peers.latest([one["requests"] for one in each], calls.SHOWN),
    }
    if query["view"] == "overview":
        return told | {
            "models": await totals.models(reading),
            "paths": await totals.by_path(reading),
            "limits": await totals.limits(reading),
        }
    chosen = peers.latest([one["decisions"] for one in each], machine.DECISIONS)
    return told | {
        "workers": [worker for one in each for worker in one["workers"]],
        "worker_seconds": peers.together([one["worker_seconds"] for one in each], "workers"),
        "router": machine.router(reading) | {"latest": chosen},
        "gpus": [gpu for one in each for gpu in one["gpus"]],
        "gpu_seconds": peers.together([one["gpu_seconds"] for one in each], "gpus") if known is None else None,
    }


def _server(reading: Reading) -> dict[str, Any]:
    options, clock = reading.world.options, reading.world.clock
    return {
        "latency": options.machine.latency,
        "seed": options.seed,
        "workers": options.machine.workers * reading.world.processes,
        "ranks": options.machine.ranks,
        "router": reading.fleet.router.mode,
        "gpus": options.gpus * reading.world.processes,
        "gpu_model": options.gpu_model,
        "speed": clock.speed if isinstance(clock, RealClock) else 1.0,
        "journal": options.journal > 0,
    }
