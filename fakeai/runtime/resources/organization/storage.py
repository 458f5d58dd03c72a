"""What vector stores take up, by project: worked out from those that are there, each from when it was made."""

from collections.abc import Awaitable, Callable
from typing import Any

from ...call import Call
from ...caller import PROJECT
from ...tenants import Tenants
from ..search.indexing import settled
from ..search.writes import STORE, is_expired

BATCH = 100  # things that are read at once


async def teller(
    call: Call, by: list[str], wanted: list[str] | None
) -> Callable[[float, float], Awaitable[list[dict[str, Any]]]]:
    """What tells the results of a bucket from one moment up to another, of the projects that are *wanted*."""
    stores = [(project, store) for project in await _projects(call, wanted) for store in await _stores(call, project)]

    async def tell(start: float, end: float) -> list[dict[str, Any]]:
        sums: dict[str | None, int] = {}
        for project, store in stores:
            if store["created_at"] < end and not is_expired(store, start):
                name = project if "project_id" in by else None
                sums[name] = sums.get(name, 0) + store["usage_bytes"]
        return [
            {"object": "organization.usage.vector_stores.result", "usage_bytes": size, "project_id": name}
            for name, size in sums.items()
        ]

    return tell


async def _projects(call: Call, wanted: list[str] | None) -> list[str]:
    found, place = [PROJECT], None
    while records := await call.world.store.page("project", BATCH, after=place):
        found += [record.id for record in records if record.id != PROJECT]
        place = records[-1].place
    return [project for project in found if wanted is None or project in wanted]


async def _stores(call: Call, project: str) -> list[dict[str, Any]]:
    """The vector stores of *project* as they stand at this moment."""
    world = call.world.engine(Tenants).of(project)
    inner = Call(world, call.method, call.path, {}, b"", call.headers, b"")
    inner.now, found, place = call.now, [], None
    while records := await world.store.page(STORE, BATCH, after=place):
        found += [await settled(inner, record.id) for record in records]
        place = records[-1].place
    return found
