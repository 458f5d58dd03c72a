"""How a frontend of Dynamo is: whether it is well, and lives."""

from datetime import UTC, datetime

from ...answer import Reply
from ...call import Call
from ...cluster.instances import COMPONENT, ENDPOINT, NAMESPACE, instances


def health(call: Call) -> Reply:
    """That the server answers: in Dynamo's dialect with the workers behind it, else with the time by its clock."""
    if call.world.options.dialect != "dynamo":
        at = datetime.fromtimestamp(call.now, UTC).isoformat()
        return call.reply({"status": "healthy", "ready": True, "timestamp": at})
    names = {"component": COMPONENT, "endpoint": ENDPOINT, "namespace": NAMESPACE}
    there = [{**names, "instance_id": id} for id in instances(call.world)]
    endpoints = [f"dyn://{NAMESPACE}.{COMPONENT}.{ENDPOINT}"]
    return call.reply({"status": "healthy", "endpoints": endpoints, "instances": there})


def live(call: Call) -> Reply:
    """That the server lives."""
    return call.reply({"status": "live", "message": "Service is live"})
