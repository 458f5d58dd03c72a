"""What prompts found in the workers' caches, and what the workers keep: FakeAI's own JSON."""

from typing import Any

from ..answer import Reply
from ..call import Call
from ..cluster.worker import Worker
from .reading import Reading, read


async def report(call: Call) -> Reply:
    """Hits, reuse and speedup since the start, and each worker at this moment."""
    reading = await read(call.world)
    return call.reply({"cache_performance": _performance(reading), "smart_router": _router(reading)})


def _performance(reading: Reading) -> dict[str, Any]:
    records, savings = [record for _, record in reading.models], reading.records.savings
    looked_up, hits = sum([each.looked_up for each in records]), sum([each.hits for each in records])
    tokens, cached = sum([each.prompt_tokens for each in records]), sum([each.cached_tokens for each in records])
    saved = max(savings.requests, 1)
    return {
        "cache_hit_rate": percent(hits, looked_up),
        "token_reuse_rate": percent(cached, tokens),
        "total_cache_hits": hits,
        "total_cache_misses": looked_up - hits,
        "total_tokens_processed": tokens,
        "cached_tokens_reused": cached,
        "average_prefix_length": round(cached / hits, 2) if hits else 0.0,
        "endpoint_stats": {
            place: {"hits": record.hits, "misses": record.looked_up - record.hits}
            for place, record in list(reading.records.places.items())
            if record.looked_up
        },
        "speedup_stats": {
            "avg_baseline_ttft_ms": round(savings.ttft_without / saved * 1000, 3),
            "avg_actual_ttft_ms": round(savings.ttft / saved * 1000, 3),
            "avg_speedup_ratio": round(savings.ratios / saved, 3),
            "avg_cache_hit_ratio": round(savings.shares / saved * 100, 2),
            "total_speedup_records": savings.requests,
        },
    }


def _router(reading: Reading) -> dict[str, Any]:
    fleet, machine = reading.fleet, reading.world.options.machine
    return {
        "workers": {f"worker-{worker.number}": _worker(reading, worker) for worker in fleet.workers},
        "radix_tree": {
            "total_nodes": len(fleet.prefixes),
            "total_cached_blocks": sum([worker.cache.kept - worker.cache.open for worker in fleet.workers]),
        },
        "config": {
            "kv_overlap_weight": machine.prefill_load_scale,
            "load_balance_weight": machine.decode_active_request_weight,
            "block_size": machine.block_size,
            "num_workers": len(fleet.workers),
            "router_mode": fleet.router.mode,
        },
    }


def _worker(reading: Reading, worker: Worker) -> dict[str, Any]:
    record = reading.records.by(worker.number)
    return {
        "active_requests": worker.requests,
        "waiting_requests": worker.waiting,
        "total_requests": worker.routed,
        "cached_blocks": worker.cache.kept,
        "used_blocks": worker.cache.used,
        "capacity_blocks": worker.cache.capacity,
        "evicted_blocks": worker.cache.evicted,
        "tokens_processed": record.prompt_tokens + record.made_tokens,
    }


def percent(part: int, whole: int) -> float:
    """*part* of *whole* in percent, to two places."""
    return round(part / whole * 100, 2) if whole else 0.0
