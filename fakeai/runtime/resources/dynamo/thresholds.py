"""Busy thresholds: how much work makes the workers of a model too busy for more.

They are kept in the store, for servers that begin later. All processes of a server heed them before one answers that
they are set.
"""

from collections.abc import Mapping
from typing import Any

from ...answer import Reply
from ...call import Call
from ...catalog import Catalog
from ...errors import ApiError
from ...store import Change
from ...thresholds import KEPT, MOST, NAMES, Thresholds

READ = "read_thresholds"  # the order to all processes


async def change(call: Call, body: dict[str, Any]) -> Reply:
    """Set those thresholds of a model that the body has, and tell them all.

    Raises:
        ApiError: 404, thresholds are to be set and there is no such model.
    """
    model: str = body["model"]
    given = {name: body[name] for name in NAMES if body.get(name) is not None}
    if given and call.world.engine(Catalog).find(model) is None:
        raise ApiError(404, f"Model '{model}' not found. Thresholds can only be set for discovered models.")
    found = await call.world.store.get(KEPT, model)
    now = _thresholds(found.data if found else {}) | given
    if given:
        await call.world.store.write(Change(KEPT, model, {"model": model, **now}))
        await (call.world.order or _do)(call, READ, {})
    return call.reply({"model": model, **now})


async def listing(call: Call) -> Reply:
    """The thresholds of all models that have some."""
    found = await call.world.store.page(KEPT, MOST)
    return call.reply({"thresholds": [{"model": each.id, **_thresholds(each.data)} for each in found]})


async def _read(call: Call, _: Mapping[str, Any]) -> None:
    """Heed what the store has."""
    await call.world.engine(Thresholds).restore(call.world.store)


async def _do(call: Call, what: str, said: Mapping[str, Any]) -> None:
    await DOINGS[what](call, said)


def _thresholds(said: dict[str, Any]) -> dict[str, float | int | None]:
    return {name: said.get(name) for name in NAMES}


DOINGS = {READ: _read}
