"""What a cluster tells of one answer: which workers made it."""

from collections.abc import Mapping
from typing import Any

from ..world import World
from .fleet import Fleet, Served
from .instances import instance


def facts(world: World, served: Served, now: float) -> Mapping[str, Any]:
    """What `nvext.extra_fields` can ask for, by the names of these; the request came at *now* (seconds since 1970).

    Of a prompt that is computed apart, the worker that makes the tokens is chosen later, and not told; nor is the
    timing of a request that shares steps, which others may still change.
    """
    fleet = world.engine(Fleet)
    worker = fleet.workers[served.request.worker]
    id, rank = instance(world, worker.instance), worker.rank
    told = {"prefill_worker_id": id, "prefill_dp_rank": rank}
    if not fleet.hands_over(worker.number):
        told |= {"decode_worker_id": id, "decode_dp_rank": rank}
    return {"worker_id": told, **({"timing": _timing(served, now)} if served.moments else {})}


def _timing(served: Served, now: float) -> Mapping[str, float]:
    """When what happens to a planned request, in milliseconds, by Dynamo's names."""
    request, first, last = served.request, served.moments[0], served.moments[-1]
    waits = max(request.begun - request.arrived, 0.0)
    return {
        "request_received_ms": round(now * 1000),
        "prefill_wait_time_ms": waits * 1000,
        "prefill_time_ms": (first - waits) * 1000,
        "ttft_ms": first * 1000,
        "total_time_ms": last * 1000,
        "kv_hit_rate": request.cached / request.prompt if request.prompt else 0.0,
    }
