"""Whether a model is ready: which workers it has."""

from typing import Any

from ...answer import Reply
from ...call import Call
from ...cluster.workers import NAMESPACE, Workers
from .. import models


async def report(call: Call, model: str) -> Reply:
    """The workers of a model; all workers have every model.

    Raises:
        ApiError: 404, there is no such model.
    """
    await models.find(call, model)
    types: dict[str, dict[str, Any]] = {}
    for worker in call.world.engine(Workers).all:
        for name in worker.types:
            types.setdefault(name, {"workers": 0, "needs": []})["workers"] += 1
    there = {"ready": True, "worker_types": types, "present": sorted(types), "missing_worker_types": []}
    return call.reply({"model": model, "ready": True, "namespaces": {NAMESPACE: there}})
