"""What a cluster can tell of one answer: which workers made it, and how long each part took."""

from collections.abc import Mapping
from typing import Any

from .latency import Timing

NOTHING: Mapping[str, Any] = {}


def facts(timing: Timing) -> Mapping[str, Any]:
    """Of an answer with this *timing*, what `nvext.extra_fields` can ask for, by the names of these.

    Dynamo has `worker_id` {prefill_worker_id, prefill_dp_rank, decode_worker_id, decode_dp_rank} and `timing`
    {request_received_ms, prefill_wait_time_ms, prefill_time_ms, ttft_ms, total_time_ms, kv_hit_rate,
    router_queue_depth}. As long as no cluster is simulated, there is nothing to tell.
    """
    return NOTHING
