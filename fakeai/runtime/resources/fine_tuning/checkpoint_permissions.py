"""Which projects may use a checkpoint of a tuned model."""

from typing import Any

from ...answer import Reply
from ...call import Call
from .. import pages, things
from ..kinds import kind_of

PERMISSION = "checkpoint_permission"
CHECKPOINT = "_checkpoint"  # of a permission: the model that it is about


async def create(call: Call, checkpoint: str, body: dict[str, Any]) -> Reply:
    """Let projects use *checkpoint*; the permissions, as a list."""
    made = [
        await things.add(call, PERMISSION, project_id=project, **{CHECKPOINT: checkpoint})
        for project in dict.fromkeys(body["project_ids"])
    ]
    shape = {"object": "list", "first_id": None, "last_id": None, "has_more": False}
    return call.reply(pages.answer(made, False, shape))


async def listing(call: Call, checkpoint: str, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of the permissions of *checkpoint*."""
    order = {"ascending": "asc", "descending": "desc"}
    query = {**query, "order": order.get(query.get("order", ""), "desc")}
    project = query.get("project_id")
    found, more = await pages.page(
        call, PERMISSION, (), query, lambda t: t[CHECKPOINT] == checkpoint and project in (None, t["project_id"])
    )
    return call.reply(pages.answer(found, more, shape))


async def delete(call: Call, checkpoint: str, id: str) -> Reply:
    """Delete a permission.

    Raises:
        ApiError: 404, *checkpoint* has no such permission.
    """
    if (await things.find(call, PERMISSION, id))[CHECKPOINT] != checkpoint:
        raise kind_of(call.world, PERMISSION).not_found(id)
    await things.remove(call, PERMISSION, id)
    return call.reply({"id": id, "object": "checkpoint.permission", "deleted": True})
