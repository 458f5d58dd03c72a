"""What most operations on kept things do: create, retrieve, list, update, delete and act.

The values of the path's parameters are the ids of a thing and of those that it belongs to, the outermost first.
"""

from typing import Any

import orjson

from ..answer import Reply
from ..call import Call
from . import pages, things
from .kinds import Kind, kind_of


async def create(call: Call, name: str, body: dict[str, Any]) -> Reply:
    """Keep a thing that says what *body* says of it.

    Raises:
        ApiError: 404, what it belongs to is not there; 400, there is one with its id.
    """
    kind = kind_of(call.world, name)
    values = _values(kind, body)
    if kind.id_from is not None:
        values["id"] = body[kind.id_from]
        if kind.of is not None:
            values = {**_values(kind, await things.find(call, kind.of, values["id"])), **values}
    return call.reply(things.shown(await things.add(call, name, *call.args.values(), **values)))


async def retrieve(call: Call, name: str) -> Reply:
    """The thing as it stands now.

    Raises:
        ApiError: 404, it is not there.
    """
    return call.reply(things.shown(await things.find(call, name, *call.args.values())))


async def listing(
    call: Call, name: str, query: dict[str, Any], shape: dict[str, Any], filters: dict[str, str], order: str
) -> Reply:
    """A page of the things. *shape* is an empty page, *filters* {parameter of the query: field of a thing}.

    Raises:
        ApiError: 404, what they belong to is not there; 400, a cursor names nothing.
    """
    keep = pages.matching(kind_of(call.world, name), query, filters)
    found, more = await pages.page(call, name, tuple(call.args.values()), query, keep, order)
    return call.reply(pages.answer(found, more, shape))


async def update(call: Call, name: str, body: dict[str, Any]) -> Reply:
    """Change what *body* says of the thing.

    Raises:
        ApiError: 404, it is not there.
    """
    values = _values(kind_of(call.world, name), body)
    return call.reply(things.shown(await things.change(call, name, *call.args.values(), by=lambda t: t.update(values))))


async def delete(call: Call, name: str, example: Reply) -> Reply:
    """Delete the thing and all that belongs to it; *example* is the answer, but for the id.

    Raises:
        ApiError: 404, it is not there.
    """
    gone = await things.remove(call, name, *call.args.values())
    if not example.body:
        return example
    answer = orjson.loads(example.body)
    return call.reply({**answer, "id": gone["id"]} if "id" in answer else answer)


async def act(call: Call, name: str, action: str) -> Reply:
    """Do *action* of the thing's life.

    Raises:
        ApiError: 404, it is not there; 400, unless declared otherwise: it is in no state for that.
    """
    kind = kind_of(call.world, name)
    thing = await things.change(
        call, name, *call.args.values(), by=lambda thing: things.act(kind, thing, action, call.now)
    )
    return call.reply(things.shown(thing))


def _values(kind: Kind, said: dict[str, Any]) -> dict[str, Any]:
    """What *said* says of a thing; null says nothing."""
    return {name: value for name, value in said.items() if name in kind.fields and value is not None}
