"""Whether a model is ready: which workers it has."""

from ...answer import Reply
from ...call import Call
from ...cluster.instances import NAMESPACE, TYPE, instances
from .. import models


async def report(call: Call, model: str) -> Reply:
    """The workers of a model; all workers have every model.

    Raises:
        ApiError: 404, there is no such model.
    """
    await models.find(call, model)
    types = {TYPE: {"workers": len(instances(call.world)), "needs": []}}
    there = {"ready": True, "worker_types": types, "present": [TYPE], "missing_worker_types": []}
    return call.reply({"model": model, "ready": True, "namespaces": {NAMESPACE: there}})
