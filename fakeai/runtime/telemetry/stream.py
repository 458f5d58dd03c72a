"""Metrics over a WebSocket: all at once when it opens, then every second, or as often as the client subscribes to."""

from typing import Any

import orjson

from ..answer import Talk
from ..call import Call
from ..socket import Socket
from .models import stats
from .paths import Path, paths, spread
from .reading import read
from .server import streaming

INTERVAL, LEAST, MOST = 1.0, 0.1, 3600.0  # seconds between two updates
PARTS = ("throughput", "latency", "errors", "streaming", "models", "fleet")  # metric types of a filter
ALL = "all"

Filters = dict[str, Any]


async def open(call: Call) -> Talk:
    """A WebSocket that tells."""

    async def talk(socket: Socket) -> None:
        filters: Filters = {"endpoints": [], "models": [], "metric_types": [ALL], "interval": INTERVAL}
        await _tell(call, socket, "historical_data", filters)
        monotonic = call.world.clock.monotonic
        due = monotonic() + filters["interval"]
        while True:
            said = await socket.receive(due)
            if said is None:
                await _tell(call, socket, "metrics_update", filters)
                due = max(due + filters["interval"], monotonic())
                continue
            answer = _answer(said, filters)
            await socket.send(orjson.dumps(answer).decode())
            due = monotonic() + filters["interval"]

    return Talk(talk)


def _answer(said: str | bytes, filters: Filters) -> dict[str, Any]:
    """What a message of the client is answered with; it may change *filters*."""
    try:
        message = orjson.loads(said)
    except orjson.JSONDecodeError:
        return _no("A message is a JSON object.")
    kind = message.get("type") if isinstance(message, dict) else None
    if kind == "ping":
        return {"type": "pong"}
    if kind == "unsubscribe":
        filters.update(endpoints=[], models=[], metric_types=[ALL], interval=INTERVAL)
        return {"type": "unsubscribed"}
    if kind != "subscribe":
        return _no("A message has a 'type': subscribe, unsubscribe or ping.")
    wanted = message.get("filters") or {}
    if not isinstance(wanted, dict):
        return _no("'filters' is an object.")
    interval = wanted.get("interval", INTERVAL)
    if not isinstance(interval, int | float) or not LEAST <= interval <= MOST:
        return _no(f"'interval' is a number of seconds from {LEAST:g} to {MOST:g}.")
    kinds = _names(wanted, "metric_type") or [ALL]
    unknown = [each for each in kinds if each not in (*PARTS, ALL)]
    if unknown:
        return _no(f"'metric_types' has some of {', '.join((ALL, *PARTS))}.")
    filters.update(
        endpoints=_names(wanted, "endpoint"), models=_names(wanted, "model"), metric_types=kinds, interval=interval
    )
    return {"type": "subscribed", "filters": filters}


def _names(wanted: dict[str, Any], name: str) -> list[str]:
    """The names that a filter has as `name`, one, or as `names`, several."""
    found = wanted.get(name) or wanted.get(f"{name}s") or []
    return [str(each) for each in (found if isinstance(found, list) else [found])]


def _no(message: str) -> dict[str, Any]:
    return {"type": "error", "message": message}


async def _tell(call: Call, socket: Socket, kind: str, filters: Filters) -> None:
    data = await _data(call, filters)
    told = {"type": kind, "timestamp": call.world.clock.now(), "data": data}
    await socket.send(orjson.dumps(told).decode())


async def _data(call: Call, filters: Filters) -> dict[str, Any]:
    """What *filters* let through."""
    reading = await read(call.world)
    wanted, models = filters["endpoints"], filters["models"]
    found = {name: path for name, path in (await paths(reading)).items() if not wanted or name in wanted}
    parts = PARTS if ALL in filters["metric_types"] else filters["metric_types"]
    data: dict[str, Any] = {}
    for part in parts:
        if part == "throughput":
            data[part] = _throughput(found)
        elif part == "latency":
            data[part] = {name: spread(path.tally.durations) for name, path in found.items() if path.tally.calls}
        elif part == "errors":
            data[part] = {
                "errors_per_sec": {name: path.errors_rate for name, path in found.items()},
                "total_errors": {name: path.tally.errors for name, path in found.items()},
            }
        elif part == "streaming":
            data[part] = await streaming(reading, found.values())
        elif part == "models":
            data[part] = {
                name: stats(reading, name, record) for name, record in reading.models if not models or name in models
            }
        else:
            data[part] = {
                worker.name: {
                    "requests": worker.requests,
                    "waiting": worker.waiting,
                    "kv_usage": worker.usage,
                }
                for worker in reading.fleet.workers
            }
    return data


def _throughput(found: dict[str, Path]) -> dict[str, Any]:
    return {
        "requests_per_sec": {name: path.requests_rate for name, path in found.items()},
        "responses_per_sec": {name: path.responses_rate for name, path in found.items()},
        "tokens_per_sec": {name: path.tokens_rate for name, path in found.items() if path.tokens},
        "total_requests_per_sec": sum([path.requests_rate for path in found.values()]),
        "total_tokens_per_sec": sum([path.tokens_rate for path in found.values()]),
    }
