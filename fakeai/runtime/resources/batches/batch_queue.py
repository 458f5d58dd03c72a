"""The queue of batches: how many tokens of a model may wait to be answered, under --rate-limit-enabled."""

from typing import Any

from ...call import Call
from ...caller import ORGANIZATION, PROJECT
from ...store import Record
from ..kinds import Kind
from ..things import Thing
from . import batch_lines

TOKENS = "_tokens"  # of a batch: how many its requests seem to read
MOST = 1000  # batches that are looked at


async def limit(call: Call, model: str) -> int | None:
    """How many tokens of *model* may be in the queue: what the project says, the settings, or the tier."""
    options = call.world.options.rate_limits
    if not options.enabled:
        return None
    project = call.caller.project if call.caller else PROJECT
    said = await call.world.store.get(f"project/{project}/rate_limit", f"rl-{model}")
    if said is not None and said.revision > 1 and said.data.get("batch_1_day_max_input_tokens") is not None:
        return int(said.data["batch_1_day_max_input_tokens"])
    if options.batch_queue is not None:
        return options.batch_queue
    for row in call.world.catalog.get("tiers", []):
        if row["id"] == options.tier:
            return None if row.get("tbq") is None else int(row["tbq"])
    return None


async def earlier(call: Call, kind: Kind, place: int) -> list[Record]:
    """The batches that were made before the one at *place*, the latest first."""
    return await call.world.store.page(kind.collection(()), MOST, after=place, descending=True)


def waiting(batches: list[Thing], model: str, at: float) -> int:
    """How many tokens of *model* were in the queue at the moment *at*."""
    return sum(
        batch.get(TOKENS, 0)
        for batch in batches
        if batch.get("model") == model
        and batch["status"] == "in_progress"
        and batch_lines.moment(batch, batch["request_counts"]["total"]) > at
    )


def full(model: str, limit: int) -> dict[str, Any]:
    """What a batch says that finds no room."""
    message = (
        f"Enqueued token limit reached for {model} in organization {ORGANIZATION}. Limit: {limit:,} enqueued tokens. "
        "Please try again once some in_progress batches have been completed."
    )
    return {"code": "token_limit_exceeded", "message": message, "param": None, "line": None}
