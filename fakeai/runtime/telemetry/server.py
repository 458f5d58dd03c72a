"""What the server does as a whole: FakeAI's own JSON, CSV and health, path by path."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from ..answer import Reply
from ..call import Call
from ..cluster.records import SPEEDS, TTFT
from ..distribution import Distribution
from . import exposition, families
from .paths import Path, paths, spread
from .portions import Portions
from .reading import Reading, read

CSV = (b"content-type", b"text/csv; charset=utf-8")
ATTACHED = (b"content-disposition", b"attachment; filename=metrics.csv")
COLUMNS = "metric_type endpoint rate avg_latency min_latency max_latency p50_latency p90_latency p99_latency".split()
NO_SPREAD = {"avg": 0.0, "min": 0.0, "max": 0.0, "p50": 0.0, "p90": 0.0, "p99": 0.0}
DEGRADED, UNHEALTHY = 5.0, 10.0  # percent of the answers of the last minute that are errors


async def report(call: Call) -> Reply:
    """All metrics: as JSON, or as Prometheus reads them when the client asks for that."""
    form = exposition.accepted(call)
    if form is not None:
        return await exposition.reply(call, await read(call.world), families.ALL, form)
    reading = await read(call.world)
    return call.reply(await overview(reading))


async def prometheus(call: Call) -> Reply:
    """All metrics, as Prometheus reads them."""
    return await exposition.reply(call, await read(call.world), families.ALL)


async def overview(reading: Reading) -> dict[str, Any]:
    """All metrics as JSON."""
    found, spreads = await paths(reading), await _spreads(reading)
    return {
        "requests": {name: _counted(path.requests_rate, path.requests) for name, path in found.items()},
        "responses": {
            name: {"rate": path.responses_rate, **spreads.get(name, NO_SPREAD), "total": path.tally.calls}
            for name, path in found.items()
        },
        "tokens": {name: _counted(path.tokens_rate, path.tokens) for name, path in found.items() if path.tokens},
        "errors": {name: _counted(path.errors_rate, path.tally.errors) for name, path in found.items()},
        "latency": {name: spreads[name] for name in found if name in spreads},
        "streaming": {
            name: {"completed": path.tally.streams, "failed": path.tally.broken}
            for name, path in found.items()
            if path.tally.streams or path.tally.broken
        },
        "streaming_stats": await streaming(reading, found.values()),
    }


async def _spreads(reading: Reading) -> dict[str, dict[str, Any]]:
    """The durations at each path."""
    portions, found = Portions(reading.world.clock), {}
    for name, tally in list(reading.tally.paths.items()):
        found[name] = spread(tally.durations)
        await portions.pause()
    return found


async def streaming(reading: Reading, found: Iterable[Path]) -> dict[str, Any]:
    """Streams: how many, and how fast their tokens come."""
    portions = Portions(reading.world.clock)
    ttft, speeds = Distribution(TTFT), Distribution(SPEEDS)
    for _, record in reading.models:
        ttft.merge(record.ttft)
        speeds.merge(record.speeds)
        await portions.pause()
    each = list(found)
    return {
        "active_streams": reading.tally.streams,
        "completed_streams": sum([path.tally.streams for path in each]),
        "failed_streams": sum([path.tally.broken for path in each]),
        "ttft": spread(ttft) if ttft.count else {},
        "tokens_per_second": spread(speeds) if speeds.count else {},
    }


async def table(call: Call) -> Reply:
    """Rates and latencies of each path as CSV."""
    reading = await read(call.world)
    found, spreads = await paths(reading), await _spreads(reading)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name, path in found.items():
        writer.writerow(["requests", name, path.requests_rate, *NO_SPREAD.values()])
    for name, path in found.items():
        writer.writerow(["responses", name, path.responses_rate, *spreads.get(name, NO_SPREAD).values()])
    for name, path in found.items():
        writer.writerow(["tokens", name, path.tokens_rate, *NO_SPREAD.values()])
    for name, path in found.items():
        writer.writerow(["errors", name, path.errors_rate, *NO_SPREAD.values()])
    return Reply(text.getvalue().encode(), content_type=CSV, headers=(ATTACHED,))


async def health(call: Call) -> Reply:
    """Whether the server is well, by the share of errors in the last minute, and what it is doing."""
    reading = await read(call.world)
    found = await paths(reading)
    answers = sum([path.responses_rate for path in found.values()])
    errors = sum([path.errors_rate for path in found.values()])
    share = errors / answers * 100 if answers else 0.0
    status = "unhealthy" if share > UNHEALTHY else "degraded" if share > DEGRADED else "healthy"
    portions, endpoints = Portions(call.world.clock), {}
    for name, path in found.items():
        endpoints[name] = _vitals(path)
        await portions.pause()
    count = sum([path.tally.durations.count for path in found.values()])
    seconds = sum([path.tally.durations.sum for path in found.values()])
    return call.reply(
        {
            "status": status,
            "timestamp": call.now,
            "uptime_seconds": reading.now - reading.tally.since,
            "metrics_summary": {
                "total_requests_per_second": sum([path.requests_rate for path in found.values()]),
                "total_errors_per_second": errors,
                "error_rate_percentage": round(share, 2),
                "average_latency_seconds": seconds / count if count else 0.0,
                "active_streams": reading.tally.streams,
            },
            "endpoints": endpoints,
        }
    )


def _vitals(path: Path) -> dict[str, float]:
    p50, p99 = path.tally.durations.percentiles((50, 99))
    return {"requests_per_second": path.requests_rate, "latency_p50_ms": p50 * 1000, "latency_p99_ms": p99 * 1000}


def _counted(rate: float, total: int) -> dict[str, float]:
    return {"rate": rate, **NO_SPREAD, "total": total}
