"""What most operations on kept things do: create, retrieve, list, update, delete and act.

The values of the path's parameters are the ids of a thing and of those that it belongs to, the outermost first.
"""

from typing import Any

import orjson

from ..answer import Reply
from ..call import Call
from ..errors import ApiError
from ..schemas import Validator
from . import pages, things
from .kinds import Kind, kind_of

SINGLE = "one"  # the id of what there is one of


async def create(
    call: Call, name: str, body: dict[str, Any], schema: Validator | None, answer: dict[str, Any] | None = None
) -> Reply:
    """Keep a thing that says what *body* says of it; *answer* is what is said then, else the thing itself.

    What *schema* does not declare says nothing.

    Raises:
        ApiError: 404, what it belongs to or what the body names is not there; 400, there is one with its id.
    """
    kind = kind_of(call.world, name)
    body = schema.fields.known(body) if schema else body
    values = {**_values(kind, body), **await _referred(call, kind, body)}
    if kind.id_from is not None:
        values[kind.key] = await _named(call, kind, body)
        if kind.of is not None:
            found = await things.find(call, kind.of, *_above(call, kind.of), values[kind.key])
            shared = {field: found.get(theirs) for field, theirs in kind.shares.items()}
            values = {**(shared if kind.follows else _values(kind, found)), **values}
    thing = await things.add(call, name, *call.args.values(), **values)
    for below, field in kind.adds.items():
        if (id := body.get(field)) is not None:
            key = kind_of(call.world, below).key
            await things.add(call, below, *call.args.values(), things.id_of(thing), **{key: id})
    return call.reply(await _wrapped(call, answer, body) if answer else things.shown(thing))


async def retrieve(call: Call, name: str) -> Reply:
    """The thing as it stands now.

    Raises:
        ApiError: 404, it is not there.
    """
    return call.reply(things.shown(await things.find(call, name, *_ids(call, name))))


async def listing(
    call: Call,
    name: str,
    query: dict[str, Any],
    shape: dict[str, Any],
    filters: dict[str, str],
    order: str,
    *,
    every: str | None = None,
    unless: dict[str, dict[str, Any]] | None = None,
) -> Reply:
    """A page of the things. *shape* is an empty page; for the rest see `pages.matching`.

    Raises:
        ApiError: 404, what they belong to is not there; 400, a cursor names nothing.
    """
    keep = pages.matching(kind_of(call.world, name), query, filters, every, unless)
    found, more = await pages.page(call, name, tuple(call.args.values()), query, keep, order)
    return call.reply(pages.answer(found, more, shape))


async def update(call: Call, name: str, body: dict[str, Any], schema: Validator) -> Reply:
    """Change what *body* says of the thing; what there is one of is made when it is not there.

    What *schema* does not declare changes nothing.

    Raises:
        ApiError: 404, it or what the body names is not there; 400, it is locked.
    """
    kind, ids = kind_of(call.world, name), _ids(call, name)
    body = schema.fields.known(body)
    values = {**_values(kind, body), **await _referred(call, kind, body)}
    empty = {name for name, value in body.items() if value is None and name in kind.fields}
    if kind.single and not kind.given and not await call.world.store.get(kind.collection(ids[:-1]), ids[-1]):
        return call.reply(things.shown(await things.add(call, name, *ids[:-1], **values, **{kind.key: ids[-1]})))

    def say(thing: things.Thing) -> None:
        for field in empty:  # null ends what was said: it is as in a new one
            thing.pop(field, None)
        thing.update({field: kind.new[field] for field in empty & kind.new.keys()})
        thing.update(values)

    return call.reply(things.shown(await things.change(call, name, *ids, by=say)))


async def delete(call: Call, name: str, example: Reply) -> Reply:
    """Delete the thing and all that belongs to it; *example* is the answer, but for the id.

    Raises:
        ApiError: 404, it is not there; 400, it is locked.
    """
    gone = await things.remove(call, name, *_ids(call, name))
    if not example.body:
        return example
    answer = orjson.loads(example.body)
    return call.reply({**answer, "id": things.id_of(gone)} if "id" in answer else answer)


async def act(call: Call, name: str, action: str) -> Reply:
    """Do *action* of the thing's life.

    Raises:
        ApiError: 404, it is not there; 400, unless declared otherwise: it is in no state for that.
    """
    kind = kind_of(call.world, name)
    thing = await things.change(
        call, name, *_ids(call, name), by=lambda thing: things.act(kind, thing, action, call.now), event=action
    )
    return call.reply(things.shown(thing))


def _ids(call: Call, name: str) -> tuple[str, ...]:
    """The id of the thing that the path is about, after those of the things it belongs to."""
    args = tuple(call.args.values())
    return (*args, SINGLE) if kind_of(call.world, name).single else args


def _above(call: Call, name: str) -> tuple[str, ...]:
    """The ids of the things that a thing of the kind *name*, which the body names, belongs to."""
    return tuple(call.args.values())[: len(kind_of(call.world, name).under)]


def _values(kind: Kind, said: dict[str, Any]) -> dict[str, Any]:
    """What *said* says of a thing; null says nothing."""
    named = {kind.takes.get(name, name): value for name, value in said.items() if value is not None}
    return {name: value for name, value in named.items() if name in kind.fields}


async def _named(call: Call, kind: Kind, body: dict[str, Any]) -> str:
    """The id of the thing that *body* names, by its id or by another of its fields.

    Raises:
        ApiError: 400, it names none; 404, there is none with such a field.
    """
    if (id := body.get(str(kind.id_from))) is not None:
        return str(id)
    for name, field in kind.or_by.items():
        if kind.of is not None and (value := body.get(name)) is not None:
            found = await things.find_by(call, kind.of, _above(call, kind.of), field, value)
            if found is None:
                title = kind_of(call.world, kind.of).title
                raise ApiError(404, f"No {title} found with {field} '{value}'.", param=name)
            return things.id_of(found)
    raise ApiError(
        400, f"Missing required parameter: '{kind.id_from}'.", code="missing_required_parameter", param=kind.id_from
    )


async def _referred(call: Call, kind: Kind, body: dict[str, Any]) -> dict[str, Any]:
    """What the things that *body* refers to set, all of which are there.

    Raises:
        ApiError: 404, one is not.
    """
    values: dict[str, Any] = {}
    for place, (name, sets) in kind.refers.items():
        for id in _at(body, place.split(".")):
            found = await things.find(call, name, *_above(call, name), id)
            values |= {field: found.get(theirs) for field, theirs in sets.items()}
    return values


def _at(value: Any, steps: list[str]) -> list[Any]:
    """What stands at *steps* of *value*, in every item of a list on the way; null stands nowhere."""
    if isinstance(value, list):
        return [found for item in value for found in _at(item, steps)]
    if not steps or value is None:
        return [] if value is None else [value]
    return _at(value.get(steps[0]), steps[1:])


async def _wrapped(call: Call, answer: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    """*answer* with its words filled in: {$from: NAME} is a parameter of the path or a field of the body, and with
    `$thing` the thing of that kind which has it for its id, with the values that stand beside."""
    made = {}
    for field, said in answer.items():
        if not isinstance(said, dict) or "$from" not in said:
            made[field] = said
            continue
        value = call.args.get(said["$from"]) or body.get(said["$from"])
        if "$thing" in said:
            found = await things.find(call, said["$thing"], *_above(call, said["$thing"]), str(value))
            value = {**things.shown(found), **{name: it for name, it in said.items() if name[:1] != "$"}}
        made[field] = value
    return made
