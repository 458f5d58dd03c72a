"""Whether the server is well."""

from datetime import UTC, datetime

from .answer import Reply
from .call import Call


def report(call: Call) -> Reply:
    """That the server answers, and the time by its clock."""
    at = datetime.fromtimestamp(call.now, UTC).isoformat()
    return call.reply({"status": "healthy", "ready": True, "timestamp": at})
