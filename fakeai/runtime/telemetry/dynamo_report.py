"""Latency, throughput, queues and batches of the fleet: FakeAI's own JSON."""

from collections.abc import Callable
from typing import Any

from ..answer import Reply
from ..call import Call
from ..cluster.records import CACHED, ENDED, MADE, PROMPT, ModelRecord
from ..cluster.request import Request
from ..distribution import Distribution
from ..window import SECONDS
from .kv_cache import percent
from .portions import Portions
from .reading import Reading, read

FOREVER = float("inf")
TOGETHER = 512  # requests that are looked at in one turn


async def report(call: Call) -> Reply:
    """Counts and latencies since the start, throughput, queue and batch of the last minute."""
    reading, portions = await read(call.world, requests=True), Portions(call.world.clock)
    records = [record for _, record in reading.models]
    requests = [*reading.records.recent, *(each for worker in reading.fleet.workers for each, _, _ in worker.running())]
    await portions.pause()
    queue = await _depths(reading.now, requests, portions, waiting=True)
    batch = await _depths(reading.now, requests, portions, waiting=False)
    await portions.pause()
    looked_up = sum([each.looked_up for each in records])
    begun = sum([each.ttft.count for each in records])
    cached = sum([each.cached_tokens for each in records])
    shares = sum([each.hit_shares.sum for each in records])
    return call.reply(
        {
            "summary": {
                "total_requests": sum([each.started for each in records]),
                "successful_requests": sum([each.complete for each in records]),
                "failed_requests": sum([each.cut for each in records]),
                "active_requests": sum([load.running for load in reading.loads.values()]),
            },
            "latency": {
                "ttft": await _latency(records, lambda record: record.ttft, portions),
                "itl": await _latency(records, lambda record: record.itl, portions),
                "total": await _latency(records, lambda record: record.duration, portions),
                "queue": await _latency(records, lambda record: record.queue, portions),
                "prefill": await _latency(records, lambda record: record.prefill, portions),
                "decode": await _latency(records, lambda record: record.decode, portions),
            },
            "throughput": await _throughput(records, reading, portions),
            "queue": {"current_depth": queue["now"], "max_depth": queue["most"], "avg_depth": queue["mean"]},
            "batch": {"current_size": batch["now"], "avg_size": batch["mean"], "max_size": batch["most"]},
            "cache": {
                "hit_rate": percent(sum([each.hits for each in records]), looked_up),
                "avg_overlap_score": shares / looked_up if looked_up else 0.0,
                "avg_blocks_matched": cached / reading.fleet.block_size / looked_up if looked_up else 0.0,
                "total_cached_tokens": cached,
            },
            "disaggregation": {  # a request counts in both, whether one worker does both or two share it
                "prefill_requests": begun,
                "decode_requests": begun,
                "prefill_ratio": 0.5 if begun else 0.0,
                "decode_ratio": 0.5 if begun else 0.0,
                "kv_transfer_bytes": reading.fleet.transferred,
                "kv_transfer_time_ms": reading.fleet.transferring * 1000,
            },
            "per_model": {model: _model(record) for model, record in reading.models},
        }
    )


async def _latency(
    records: list[ModelRecord], show: Callable[[ModelRecord], Distribution], portions: Portions
) -> dict[str, float]:
    """Mean and percentiles of all models together, in milliseconds."""
    if not records:
        return {"avg": 0.0, "p50": 0.0, "p90": 0.0, "p99": 0.0}
    together = show(records[0]).copy()
    for record in records[1:]:
        together.merge(show(record))
        await portions.pause()
    p50, p90, p99 = together.percentiles((50, 90, 99))
    return {"avg": together.mean * 1000, "p50": p50 * 1000, "p90": p90 * 1000, "p99": p99 * 1000}


async def _throughput(records: list[ModelRecord], reading: Reading, portions: Portions) -> dict[str, float]:
    sums = [0] * 4
    for record in records:
        sums = [total + more for total, more in zip(sums, record.window.sums(reading.now), strict=True)]
        await portions.pause()
    rates = [total / reading.span for total in sums]
    return {
        "requests_per_second": rates[ENDED],
        "tokens_per_second": rates[PROMPT] + rates[MADE],
        "input_tokens_per_second": rates[PROMPT],
        "output_tokens_per_second": rates[MADE],
        "cached_tokens_per_second": rates[CACHED],
    }


async def _depths(now: float, requests: list[Request], portions: Portions, *, waiting: bool) -> dict[str, float]:
    """How many of *requests* wait, or are computed; how many did in the last minute on average, and at most."""
    start = now - SECONDS
    begins, ends, seconds, current = [], [], 0.0, 0
    for part in range(0, len(requests), TOGETHER):
        for each in requests[part : part + TOGETHER]:
            is_begun = 0 <= each.begun <= now
            end = each.begun if waiting and is_begun else each.end if each.over else FOREVER
            begin = each.arrived if waiting else each.begun
            if end > start and end > begin and (waiting or is_begun):
                begins.append(max(begin, start))
                seconds += min(end, now) - begins[-1]
                if end == FOREVER:
                    current += 1
                else:
                    ends.append(end)
        await portions.pause()
    begins.sort()
    await portions.pause()
    ends.sort()
    await portions.pause()
    ended = most = 0
    for number, moment in enumerate(begins, 1):
        while ended < len(ends) and ends[ended] <= moment:
            ended += 1
        most = max(most, number - ended)
        if not number % TOGETHER:
            await portions.pause()
    return {"now": current, "mean": seconds / SECONDS, "most": most}


def _model(record: ModelRecord) -> dict[str, Any]:
    return {
        "requests": record.started,
        "total_tokens": record.prompt_tokens + record.made_tokens,
        "avg_ttft_ms": record.ttft.mean * 1000,
        "avg_itl_ms": record.itl.mean * 1000,
    }
