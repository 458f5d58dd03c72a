"""Whether a model is ready: which workers it has."""

from ...answer import Reply
from ...call import Call
from ...cluster.instances import DECODE, NAMESPACE, PREFILL, types
from .. import models


async def report(call: Call, model: str) -> Reply:
    """The workers of a model; all workers have every model.

    Raises:
        ApiError: 404, there is no such model.
    """
    await models.find(call, model)
    needs = {PREFILL: [DECODE], DECODE: [PREFILL]}
    workers = {kind: {"workers": count, "needs": needs.get(kind, [])} for kind, count in types(call.world).items()}
    there = {"ready": True, "worker_types": workers, "present": list(workers), "missing_worker_types": []}
    return call.reply({"model": model, "ready": True, "namespaces": {NAMESPACE: there}})
