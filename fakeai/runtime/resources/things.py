"""Things with a life: made, found as they stand at this moment, changed, and gone.

A thing is a JSON object of the store. Its fields whose names start with `_` are the server's own and never shown.
Its state is worked out when it is read, from the moment at which it entered the last state that was recorded, by the
steps of its kind and by a plan of its own, where it has one.
"""

import copy
import math
from collections.abc import Callable
from typing import Any

from ..call import Call
from ..errors import ApiError
from ..store import Change, Record
from .kinds import Kind, kind_of

Thing = dict[str, Any]

SINCE = "_since"  # when a thing entered its recorded state, seconds since 1970
FROM = "_from"  # when a thing that was planned is there, seconds since 1970
PLAN = "_plan"  # what a thing says from moments to come: [[seconds since 1970, {field: value}], ...] in their order
GONE = "/gone"  # where the places of deleted things are kept, for cursors that still name them
TRIES = 64  # of a change that others keep getting ahead of


def shown(thing: Thing) -> Thing:
    """What a client sees of *thing*."""
    return {name: value for name, value in thing.items() if name[0] != "_"}


def settle(kind: Kind, thing: Thing, now: float) -> Thing:
    """Move *thing* through every step that is due at *now*; its own plan comes after a step of the same moment."""
    plan = list(thing.pop(PLAN, ()))
    while True:
        step = kind.steps.get(thing[kind.state]) if kind.initial is not None else None
        due = thing[SINCE] + step[1] if step else math.inf
        if plan and plan[0][0] < due and plan[0][0] <= now:
            due, says = plan.pop(0)
            thing.update(says)
            if kind.initial is not None and kind.state in says:
                enter(kind, thing, says[kind.state], due)
        elif step and due <= now:
            enter(kind, thing, step[0], due)
        else:
            break
    if plan:
        thing[PLAN] = plan
    return thing


def enter(kind: Kind, thing: Thing, state: str, at: float) -> None:
    """Put *thing* into *state*, in which it is since *at*."""
    thing[kind.state], thing[SINCE] = state, at
    if state in kind.stamps:
        thing[kind.stamps[state]] = int(at)


async def find(call: Call, name: str, *ids: str) -> Thing:
    """The thing of the kind *name* whose id is the last of *ids*; those before it are the things it belongs to.

    Raises:
        ApiError: 404, it or one that it belongs to is not there.
    """
    kind = kind_of(call.world, name)
    return settle(kind, (await record(call, kind, ids)).data, call.now)


async def record(call: Call, kind: Kind, ids: tuple[str, ...]) -> Record:
    """The thing as the store has it.

    Raises:
        ApiError: 404, it or one that it belongs to is not there.
    """
    *parents, id = ids
    found = await call.world.store.get(kind.collection(tuple(parents)), id)
    if found is None or found.data.get(FROM, 0) > call.now:
        await expect_parents(call, kind, tuple(parents))
        raise kind.not_found(id)
    return found


async def expect_parents(call: Call, kind: Kind, parents: tuple[str, ...]) -> None:
    """See that what things of *kind* belong to is there.

    Raises:
        ApiError: 404, it is not.
    """
    if parents:
        await record(call, kind_of(call.world, kind.under[-1]), parents)


async def add(call: Call, name: str, /, *parents: str, **values: Any) -> Thing:
    """A thing of the kind *name*, kept: what a new one says, with *values*.

    Raises:
        ApiError: 404, what it belongs to is not there; 400, there is one with its id.
    """
    kind = kind_of(call.world, name)
    await expect_parents(call, kind, parents)
    thing = made(call, kind, **values)
    while not await call.world.store.write(Change(kind.collection(parents), thing["id"], thing, revision=0)):
        if not kind.id:
            raise ApiError(400, f"There is a {kind.noun} '{thing['id']}' already.", code="already_exists")
        thing["id"] = call.world.new_id(kind.id)
    return thing


def made(call: Call, kind: Kind, /, **values: Any) -> Thing:
    """A thing of *kind* that is not kept yet: what a new one says, with *values*."""
    return {**_new(call, kind, values), **values}


def _new(call: Call, kind: Kind, values: Thing) -> Thing:
    """What a thing of *kind* says when it is made."""
    thing = copy.deepcopy(kind.new)
    if kind.id:
        thing["id"] = call.world.new_id(kind.id)
    for field in kind.created:
        thing[field] = int(call.now)
    for field, word in kind.words.items():
        thing[field] = _said(call, values, word)
    if kind.initial is not None:
        enter(kind, thing, kind.initial, call.now)
    return thing


def _said(call: Call, values: Thing, word: dict[str, Any]) -> Any:
    """The value of a word of `new`, such as {"$later": 3600.0}."""
    (what, value), = word.items()  # fmt: skip
    if what == "$later":
        return int(call.now + value)
    if what == "$arg":
        return call.args.get(value)
    if what == "$id":
        return call.world.new_id(value)
    return values.get(value)


async def change(call: Call, name: str, *ids: str, by: Callable[[Thing], None]) -> Thing:
    """Let *by* change the thing, as `find` finds it; what *by* raises leaves it as it was.

    *by* runs again when another call changed the thing in between.
    """
    kind = kind_of(call.world, name)
    for _ in range(TRIES):
        found = await record(call, kind, ids)
        thing = settle(kind, found.data, call.now)
        by(thing)
        if await call.world.store.write(Change(kind.collection(ids[:-1]), ids[-1], thing, revision=found.revision)):
            return thing
    raise ApiError(409, f"The {kind.noun} '{ids[-1]}' is being changed by too many requests.", code="conflict")


def act(kind: Kind, thing: Thing, action: str, now: float) -> None:
    """Do *action* of the thing's life.

    Raises:
        ApiError: 400, unless declared otherwise: it is in no state for that.
    """
    rule = kind.actions[action]
    state = thing[kind.state]
    if state not in rule.sources:
        said = {"message": f"Cannot {action} {kind.noun.replace('_', ' ')} with status '{{state}}'.", **rule.refusal}
        raise ApiError(
            said.get("status", 400),
            said["message"].replace("{state}", str(state)).replace("{id}", str(thing["id"])),
            type=said.get("type", "invalid_request_error"),
            code=said.get("code"),
            param=said.get("param"),
        )
    enter(kind, thing, rule.target, now)


async def remove(call: Call, name: str, *ids: str) -> Thing:
    """Delete the thing and all that belongs to it; what it was.

    Raises:
        ApiError: 404, it is not there.
    """
    kind = kind_of(call.world, name)
    found = await record(call, kind, ids)
    collection, id = kind.collection(ids[:-1]), ids[-1]
    place = Change(collection + GONE, id, {"place": found.place})
    if not await call.world.store.write(
        Change(collection, id, None, revision=found.revision), place, clear=[f"{collection}/{id}/"]
    ):
        return await remove(call, name, *ids)
    return settle(kind, found.data, call.now)
