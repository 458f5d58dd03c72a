"""Busy thresholds: how much work makes the workers of a model too busy for more.

They are kept for every server that shares the store. What they make of requests is up to the cluster.
"""

from typing import Any

from ...answer import Reply
from ...call import Call
from ...catalog import Catalog
from ...errors import ApiError
from ...store import Change
from ...world import World

KEPT = "busy_threshold"  # the collection
NAMES = ("active_decode_blocks_threshold", "active_prefill_tokens_threshold", "active_prefill_tokens_threshold_frac")
MOST = 1000  # thresholds that are listed

Thresholds = dict[str, float | int | None]


async def of(world: World, model: str) -> Thresholds:
    """The thresholds of *model*; None is none."""
    found = await world.store.get(KEPT, model)
    return _thresholds(found.data if found else {})


async def change(call: Call, body: dict[str, Any]) -> Reply:
    """Set those thresholds of a model that the body has, and tell them all.

    Raises:
        ApiError: 404, thresholds are to be set and there is no such model.
    """
    model: str = body["model"]
    given = {name: body[name] for name in NAMES if body.get(name) is not None}
    if given and call.world.engine(Catalog).find(model) is None:
        raise ApiError(404, f"Model '{model}' not found. Thresholds can only be set for discovered models.")
    now = await of(call.world, model)
    if given:
        now |= given
        await call.world.store.write(Change(KEPT, model, {"model": model, **now}))
    return call.reply({"model": model, **now})


async def listing(call: Call) -> Reply:
    """The thresholds of all models that have some."""
    found = await call.world.store.page(KEPT, MOST)
    return call.reply({"thresholds": [{"model": each.id, **_thresholds(each.data)} for each in found]})


def _thresholds(said: dict[str, Any]) -> Thresholds:
    return {name: said.get(name) for name in NAMES}
