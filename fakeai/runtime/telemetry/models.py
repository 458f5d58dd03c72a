"""What each model did and would have cost, model against model, and by endpoint, user and hour: FakeAI's own JSON."""

from typing import Any

from ..answer import Reply
from ..call import Call
from ..cluster.records import HOUR, ModelRecord
from ..ledger.ledger import Ledger
from ..ledger.prices import TOOLS, dollars
from . import exposition, families
from .costs import cost
from .paths import spread
from .portions import Portions
from .reading import Reading, read

BETTER = {"latency": "avg_latency_ms", "error_rate": "error_rate_percent", "cost_efficiency": "cost_per_request_usd"}
FALLING = frozenset({"request_count", "cost", "tokens"})  # of which more ranks higher


async def by_model(call: Call) -> Reply:
    """Every model, by name."""
    return call.reply({each["model"]: each for each in await _all(call)})


async def one(call: Call, model: str) -> Reply:
    """One model; of one that was never asked, that."""
    reading = await read(call.world)
    record = reading.records.models.get(model)
    if record is None:
        return call.reply({"model": model, "request_count": 0, "error": "Model not found"})
    return call.reply(stats(reading, model, record))


async def prometheus(call: Call) -> Reply:
    """Every model, as Prometheus reads it."""
    return await exposition.reply(call, await read(call.world), families.MODELS)


async def compare(call: Call, query: dict[str, Any]) -> Reply:
    """The query's `model2` against `model1`."""
    reading = await read(call.world)
    names = [str(query.get(name) or "") for name in ("model1", "model2")]
    if any(name not in reading.records.models for name in names):
        return call.reply({"error": "One or both models not found", "model1": names[0], "model2": names[1]})
    first, second = [stats(reading, name, reading.records.models[name]) for name in names]
    values = {
        "request_count": (first["request_count"], second["request_count"]),
        "avg_latency_ms": (first["latency"]["avg_ms"], second["latency"]["avg_ms"]),
        "error_rate_percent": (first["errors"]["rate_percent"], second["errors"]["rate_percent"]),
        "total_cost_usd": (first["cost"]["total_usd"], second["cost"]["total_usd"]),
        "cost_per_request_usd": (first["cost"]["per_request_usd"], second["cost"]["per_request_usd"]),
        "total_tokens": (first["tokens"]["total"], second["tokens"]["total"]),
    }
    return call.reply(
        {
            "model1": names[0],
            "model2": names[1],
            "comparison": {name: _delta(*pair) for name, pair in values.items()},
            "winner": {name: names[values[of][1] < values[of][0]] for name, of in BETTER.items()},
        }
    )


async def ranking(call: Call, query: dict[str, Any]) -> Reply:
    """Models by the query's `metric`, the best first: most requests, tokens, cost; least latency and errors."""
    metric, most = query["metric"], query["limit"]

    def rank(stats: dict[str, Any]) -> float:
        values: dict[str, float] = {
            "request_count": stats["request_count"],
            "latency": stats["latency"]["avg_ms"],
            "error_rate": stats["errors"]["rate_percent"],
            "cost": stats["cost"]["total_usd"],
            "tokens": stats["tokens"]["total"],
        }
        return values[metric]

    return call.reply(sorted(await _all(call), key=rank, reverse=metric in FALLING)[:most])


async def costs(call: Call) -> Reply:
    """What the ledger says that each model has cost, by the prices of the catalog; tools beside them."""
    ledger = call.world.engine(Ledger)
    await read(call.world)
    await ledger.refresh()
    spent: dict[str, int] = {}
    tools: dict[str, int] = {}
    for use, amounts in ledger.whole():
        sums, name = (tools, use.kind) if use.kind in TOOLS else (spent, use.model)
        sums[name] = sums.get(name, 0) + ledger.prices.cost(use, amounts)
    unpriced = [model for model in spent if not ledger.prices.is_priced(model)]
    return call.reply(
        {
            "costs_by_model": {model: dollars(money) for model, money in spent.items()},
            "costs_by_tool": {tool: dollars(money) for tool, money in tools.items()},
            "total_cost_usd": dollars(sum(spent.values()) + sum(tools.values())),
            "models_without_price": unpriced,
        }
    )


async def dimensions(call: Call) -> Reply:
    """Requests of each model by endpoint, by user (the beginning of a key), and by hour of the last day."""
    reading, portions = await read(call.world), Portions(call.world.clock)
    places, users, hours = {}, {}, {}
    last = int(call.now) // HOUR
    for model, record in reading.models:
        places[model] = dict(record.places)
        if record.users:
            users[model] = dict(record.users)
        hours[model] = [
            {"timestamp": hour * HOUR, "count": count}
            for hour, count in sorted(record.hours.items())
            if hour > last - call.world.options.metrics_hours
        ]
        await portions.pause()
    return call.reply({"model_by_endpoint": places, "model_by_user": users, "model_by_time_24h": hours})


async def _all(call: Call) -> list[dict[str, Any]]:
    reading, portions = await read(call.world), Portions(call.world.clock)
    found = []
    for model, record in reading.models:
        found.append(stats(reading, model, record))
        await portions.pause()
    return found


def stats(reading: Reading, model: str, record: ModelRecord) -> dict[str, Any]:
    """All about one model. Latencies are in milliseconds."""
    p50, p90, p95, p99 = record.duration.percentiles((50, 90, 95, 99))
    errors = record.cut + reading.refused[model]
    asked = record.started + reading.refused[model]
    spent = cost(reading, model, record) or 0.0
    since = reading.records.since_1970
    return {
        "model": model,
        "request_count": record.started,
        "tokens": {
            "prompt": record.prompt_tokens,
            "completion": record.made_tokens,
            "total": record.prompt_tokens + record.made_tokens,
            "cached": record.cached_tokens,
        },
        "latency": {
            "avg_ms": record.duration.mean * 1000,
            "p50": p50 * 1000,
            "p90": p90 * 1000,
            "p95": p95 * 1000,
            "p99": p99 * 1000,
        },
        "ttft": {name: value * 1000 for name, value in spread(record.ttft).items()},
        "itl": {name: value * 1000 for name, value in spread(record.itl).items()},
        "errors": {"count": errors, "rate_percent": errors / asked * 100 if asked else 0.0},
        "cost": {"total_usd": spent, "per_request_usd": spent / record.started if record.started else 0.0},
        "endpoints": dict(record.places),
        "users": dict(record.users),
        "active_requests": reading.load(model).running,
        "uptime_seconds": reading.now - record.first,
        "first_request": record.first + since,
        "last_request": record.last + since,
    }


def _delta(first: float, second: float) -> dict[str, float]:
    percent = (second - first) / first * 100 if first else 0.0
    return {"model1": first, "model2": second, "delta": second - first, "percent_change": percent}
