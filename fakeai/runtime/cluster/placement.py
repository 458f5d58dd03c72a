"""What a cluster tells of one answer: which workers made it."""

from collections.abc import Mapping
from typing import Any

from ..world import World
from .fleet import Served
from .instances import instance


def facts(world: World, served: Served) -> Mapping[str, Any]:
    """What `nvext.extra_fields` can ask for, by the names of these.

    Dynamo has `timing`, too: {request_received_ms, prefill_wait_time_ms, prefill_time_ms, ttft_ms, total_time_ms,
    kv_hit_rate, router_queue_depth}, in the last chunk of a stream. Nothing here tells it yet.
    """
    id = instance(world, served.request.worker)
    worker = {"prefill_worker_id": id, "prefill_dp_rank": 0, "decode_worker_id": id, "decode_dp_rank": 0}
    return {"worker_id": worker}
