"""What a cluster tells of one answer: which workers made it."""

from collections.abc import Mapping
from typing import Any

from ..world import World
from .fleet import Fleet, Served
from .instances import instance


def facts(world: World, served: Served) -> Mapping[str, Any]:
    """What `nvext.extra_fields` can ask for, by the names of these.

    Of a prompt that is computed apart, the worker that makes the tokens is chosen later, and not told.
    """
    worker = served.request.worker
    id = instance(world, worker)
    told = {"prefill_worker_id": id, "prefill_dp_rank": 0}
    if not world.engine(Fleet).hands_over(worker):
        told |= {"decode_worker_id": id, "decode_dp_rank": 0}
    return {"worker_id": told}
