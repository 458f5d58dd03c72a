"""How a frontend of Dynamo is: whether it is well, and lives."""

from datetime import UTC, datetime

from ...answer import Reply
from ...call import Call
from ...cluster.workers import COMPONENT, ENDPOINT, NAMESPACE, Workers


def health(call: Call) -> Reply:
    """That the server answers: in Dynamo's dialect with the workers behind it, else with the time by its clock."""
    if call.world.options.dialect != "dynamo":
        at = datetime.fromtimestamp(call.now, UTC).isoformat()
        return call.reply({"status": "healthy", "ready": True, "timestamp": at})
    names = {"component": COMPONENT, "endpoint": ENDPOINT, "namespace": NAMESPACE}
    instances = [{**names, "instance_id": worker.id} for worker in call.world.engine(Workers).all]
    endpoints = [f"dyn://{NAMESPACE}.{COMPONENT}.{ENDPOINT}"] if instances else []
    return call.reply({"status": "healthy", "endpoints": endpoints, "instances": instances})


def live(call: Call) -> Reply:
    """That the server lives."""
    return call.reply({"status": "live", "message": "Service is live"})
