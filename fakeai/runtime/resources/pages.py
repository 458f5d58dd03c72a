"""Lists in pages, with cursors and filters."""

from collections.abc import Callable
from typing import Any

from ..call import Call
from ..clock import give_way
from ..errors import ApiError
from .kinds import Kind, kind_of
from .things import BATCH, GONE, Thing, expect_parents, id_of, plant, shown, stand

USUAL = 20  # things on a page
MOST_READ = 500  # things that are read before others have a turn
CURSORS = frozenset(("limit", "order", "after", "before"))

Filter = Callable[[Thing], bool]


async def page(
    call: Call,
    name: str,
    parents: tuple[str, ...],
    query: dict[str, Any],
    keep: Filter | None = None,
    order: str = "desc",
) -> tuple[list[Thing], bool]:
    """The things of the kind *name* that *query* asks for, as they stand now, and whether there are more.

    *keep* says which things are listed at all; *order* is that of a query which says none.

    Raises:
        ApiError: 404, what they belong to is not there; 400, a cursor names nothing.
    """
    kind = kind_of(call.world, name)
    await expect_parents(call, kind, parents)
    await plant(call, kind, parents)
    collection, limit = kind.collection(parents), query.get("limit", USUAL)
    descending = query.get("order", order) == "desc"
    backwards = query.get("before") is not None and query.get("after") is None
    cursor = query.get("before") if backwards else query.get("after")
    place = await _place(call, kind, collection, cursor, "before" if backwards else "after") if cursor else None
    stop = (
        await _place(call, kind, collection, query["before"], "before")
        if cursor and not backwards and query.get("before")
        else None
    )
    found: list[Thing] = []
    reads = min(limit + 1 if keep is None and not kind.follows else max(limit + 1, BATCH), MOST_READ)
    while len(found) <= limit:
        records = await call.world.store.page(collection, reads, after=place, descending=descending != backwards)
        for record in records:
            if record.place == stop:
                records = []
                break
            thing = await stand(call, kind, parents, record)
            if thing is not None and (keep is None or keep(thing)):
                found.append(thing)
        if len(records) < reads:
            break
        await give_way()
        place = records[-1].place
    listed = found[:limit]
    return listed[::-1] if backwards else listed, len(found) > limit


async def _place(call: Call, kind: Kind, collection: str, id: str, param: str) -> int:
    """The place of the thing that a cursor names, which may be gone since.

    Raises:
        ApiError: 400, there never was one.
    """
    found = await call.world.store.get(collection, id)
    if found is not None:
        return found.place
    gone = await call.world.store.get(collection + GONE, id)
    if gone is None:
        raise ApiError(400, f"There is no {kind.noun.replace('_', ' ')} '{id}' to list from.", param=param)
    place: int = gone.data["place"]
    return place


def cut(things: list[Thing], query: dict[str, Any], order: str = "desc") -> tuple[list[Thing], bool]:
    """The page of *things*, which are in the order of their making, that *query* asks for, and whether there are more.

    Raises:
        ApiError: 400, a cursor names nothing.
    """
    listed = things[::-1] if query.get("order", order) == "desc" else things
    ids = [thing["id"] for thing in listed]
    bounds = {"after": -1, "before": len(ids)}
    for word in bounds:
        if query.get(word) is not None:
            if query[word] not in ids:
                raise ApiError(400, f"There is no item '{query[word]}' to list from.", param=word)
            bounds[word] = ids.index(query[word])
    found = listed[bounds["after"] + 1 : bounds["before"]]
    limit = query.get("limit", USUAL)
    if query.get("before") is not None and query.get("after") is None:
        return found[-limit:], len(found) > limit
    return found[:limit], len(found) > limit


def matching(
    kind: Kind,
    query: dict[str, Any],
    filters: dict[str, str],
    every: str | None = None,
    unless: dict[str, dict[str, Any]] | None = None,
) -> Filter | None:
    """What keeps the things that fit the parameters of *query*: *filters* says which field a parameter is about.

    A parameter that is called as a field is about that field; its value *every* keeps all. *unless* says which things,
    by the values of their fields, are left out when a parameter is not true. None when nothing is asked for.
    """
    wanted = [
        (filters.get(name, name), value)
        for name, value in query.items()
        if name not in CURSORS and value != every and (name in filters or name in kind.fields or name == kind.state)
    ]
    hidden = [fields for name, fields in (unless or {}).items() if query.get(name) is not True]
    if not wanted and not hidden:
        return None
    return lambda thing: (
        all(_fits(thing.get(field), value) for field, value in wanted)
        and not any(all(thing.get(field) == value for field, value in fields.items()) for fields in hidden)
    )


def _fits(field: Any, wanted: Any) -> bool:
    """Whether a field says what is *wanted*: one of a list, all pairs of an object, or the value itself."""
    if isinstance(wanted, list):
        return field in wanted
    if isinstance(wanted, dict):
        return isinstance(field, dict) and all(field.get(key) == value for key, value in wanted.items())
    return bool(field == wanted)


def answer(things: list[Thing], more: bool, shape: dict[str, Any]) -> dict[str, Any]:
    """A page as JSON; *shape* is what one without things says."""
    data = [shown(thing) for thing in things]
    made = {**shape, "data": data}
    if data and "first_id" in shape:
        made["first_id"] = id_of(things[0])
    if data and "last_id" in shape:
        made["last_id"] = id_of(things[-1])
    if data and more and "next" in shape:
        made["next"] = id_of(things[-1])
    if "has_more" in shape:
        made["has_more"] = more
    return made
