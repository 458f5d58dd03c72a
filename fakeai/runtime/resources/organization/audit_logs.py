"""The list of what happened in the organization, by the filters of its query."""

from typing import Any

from ...answer import Reply
from ...call import Call
from .. import pages
from ..things import Thing
from .audit import LOG

BOUNDS = {
    "gt": lambda at, bound: at > bound,
    "gte": lambda at, bound: at >= bound,
    "lt": lambda at, bound: at < bound,
    "lte": lambda at, bound: at <= bound,
}


async def listing(call: Call, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of the log, the latest event first.

    Raises:
        ApiError: 400, a cursor names nothing.
    """

    def keep(log: Thing) -> bool:
        actor = log["actor"]["api_key"]
        person = actor.get("user") or actor["service_account"]
        said = log[log["type"]]
        return (
            all(BOUNDS[name](log["effective_at"], bound) for name, bound in query.get("effective_at", {}).items())
            and _among(query, "event_types", log["type"])
            and _among(query, "project_ids", log.get("project", {}).get("id"))
            and _among(query, "actor_ids", actor["id"], person["id"])
            and _among(query, "actor_emails", person.get("email"))
            and _among(query, "resource_ids", said.get("id"), *(part["id"] for part in said.get("certificates", ())))
            and (not query.get("tenant_only") or log["type"].startswith("tenant."))
        )

    found, more = await pages.page(call, LOG, (), query, keep)
    return call.reply(pages.answer(found, more, shape))


def _among(query: dict[str, Any], name: str, *values: Any) -> bool:
    """Whether one of *values* is among those that the query asks for, when it asks."""
    wanted = query.get(name)
    return wanted is None or any(value in wanted for value in values)
