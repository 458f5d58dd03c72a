"""Spend limits, and whether they are being enforced: from when they are reached until the month ends."""

from typing import Any

import orjson

from ...answer import Reply
from ...call import Call
from ...ledger.ledger import Ledger
from ...schemas import Validator
from .. import resource


async def retrieve(call: Call, name: str) -> Reply:
    """The limit of the organization, or of the project that the path names.

    Raises:
        ApiError: 404, there is none.
    """
    return await _enforced(call, await resource.retrieve(call, name))


async def update(call: Call, name: str, body: dict[str, Any], schema: Validator) -> Reply:
    """Set the limit.

    Raises:
        ApiError: 404, there is no such project.
    """
    return await _enforced(call, await resource.update(call, name, body, schema))


async def _enforced(call: Call, reply: Reply) -> Reply:
    """*reply*, a limit, with its state at this moment."""
    ledger = call.world.engine(Ledger)
    await ledger.refresh()
    limit = orjson.loads(reply.body)
    is_reached = ledger.has_spent(limit["threshold_amount"], call.now, call.args.get("project_id"))
    return call.reply({**limit, "enforcement": {"status": "enforcing" if is_reached else "inactive"}})
