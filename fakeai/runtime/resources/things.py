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
from ..caller import BUDGETS, Organization
from ..errors import ApiError
from ..store import Change, Record
from . import given
from .kinds import Kind, kind_of, refusal
from .organization import audit

Thing = dict[str, Any]

SINCE = "_since"  # when a thing entered its recorded state, seconds since 1970
FROM = "_from"  # when a thing that was planned is there, seconds since 1970
PLAN = "_plan"  # what a thing says from moments to come: [[seconds since 1970, {field: value}], ...] in their order
GONE = "/gone"  # where the places of deleted things are kept, for cursors that still name them
PLANTED = "/planted"  # says of a collection that it has what is there from the beginning
LEADER = "_of"  # of a thing that follows another: the id of that one, when it is not its own
BATCH = 100  # things that are read at once when one is looked for
TRIES = 64  # of a change that others keep getting ahead of


def shown(thing: Thing) -> Thing:
    """What a client sees of *thing*."""
    return {name: value for name, value in thing.items() if name[:1] != "_"}


def id_of(thing: Thing) -> str:
    """The id of *thing*, which is the server's own when its schema has none."""
    return str(thing["id"] if "id" in thing else thing["_id"])


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
    _, thing = await _find(call, kind_of(call.world, name), ids)
    return thing


async def _find(call: Call, kind: Kind, ids: tuple[str, ...]) -> tuple[Record, Thing]:
    """The thing as the store has it, and as it stands now.

    Raises:
        ApiError: 404, it or one that it belongs to is not there.
    """
    found = await record(call, kind, ids)
    thing = await stand(call, kind, ids[:-1], found)
    if thing is None:
        raise kind.not_found(ids[-1])
    return found, thing


async def record(call: Call, kind: Kind, ids: tuple[str, ...]) -> Record:
    """The thing as the store has it.

    Raises:
        ApiError: 404, it or one that it belongs to is not there.
    """
    parents, id = ids[:-1], ids[-1]
    found = await call.world.store.get(kind.collection(parents), id)
    if found is None or kind.loose:
        await expect_parents(call, kind, parents)
    if found is None and kind.given:
        found = await _given(call, kind, parents, id)
    if found is None:
        raise kind.not_found(id)
    return found


async def _given(call: Call, kind: Kind, parents: tuple[str, ...], id: str) -> Record | None:
    """What has the *id* from the beginning, when nothing of *kind* was looked at before."""
    if kind.single:
        found = given.rows(call.world, kind, parents)
        return Record(id, {**found[0], kind.key: id}, 0, 0) if found else None
    await plant(call, kind, parents)
    return await call.world.store.get(kind.collection(parents), id)


async def plant(call: Call, kind: Kind, parents: tuple[str, ...]) -> None:
    """Keep what is there from the beginning, once: before anything else in its collection."""
    collection = kind.collection(parents)
    if not kind.given or kind.single or await call.world.store.get(collection + PLANTED, "all") is not None:
        return
    made = given.rows(call.world, kind, parents)
    for thing in made:
        if kind.initial is not None:
            enter(kind, thing, kind.initial, 0.0)
    changes = [Change(collection, thing[kind.key], thing, revision=0) for thing in made]
    await call.world.store.write(Change(collection + PLANTED, "all", {}, revision=0), *changes)


async def stand(call: Call, kind: Kind, parents: tuple[str, ...], record: Record) -> Thing | None:
    """A thing as it stands now; None when it is not there yet, or went with the one that it follows."""
    thing = settle(kind, record.data, call.now)
    if thing.get(FROM, 0) > call.now:
        return None
    if kind.follows and kind.of is not None:
        named = kind_of(call.world, kind.of)
        try:
            leader = await find(call, kind.of, *parents[: len(named.under)], thing.get(LEADER, record.id))
        except ApiError:
            return None
        thing.update({field: leader.get(theirs) for field, theirs in kind.shares.items()})
    return thing


async def find_by(call: Call, name: str, parents: tuple[str, ...], field: str, value: Any) -> Thing | None:
    """The first thing of the kind *name* whose *field* has that *value*."""
    kind, place = kind_of(call.world, name), None
    await plant(call, kind, parents)
    while records := await call.world.store.page(kind.collection(parents), BATCH, after=place):
        for record in records:
            thing = await stand(call, kind, parents, record)
            if thing is not None and thing.get(field) == value:
                return thing
        place = records[-1].place
    return None


async def expect_parents(call: Call, kind: Kind, parents: tuple[str, ...]) -> None:
    """See that what things of *kind* belong to is there.

    Raises:
        ApiError: 404, it is not.
    """
    if parents:
        await _find(call, kind_of(call.world, kind.under[-1]), parents)


async def expect_open(call: Call, kind: Kind, parents: tuple[str, ...]) -> None:
    """See that what things of *kind* belong to is there and can be changed.

    Raises:
        ApiError: 404, it is not there; 400, unless declared otherwise: it is locked.
    """
    await expect_parents(call, kind, parents)
    for depth, name in enumerate(kind.under, 1):
        above = kind_of(call.world, name)
        if above.locked is not None:
            above.expect_open(await find(call, name, *parents[:depth]))


async def add(call: Call, name: str, /, *parents: str, **values: Any) -> Thing:
    """A thing of the kind *name*, kept: what a new one says, with *values*.

    Raises:
        ApiError: 404, what it belongs to is not there; 400, that is locked, or there is one with its id.
    """
    kind = kind_of(call.world, name)
    await expect_open(call, kind, parents)
    await plant(call, kind, parents)
    thing = made(call, kind, **values)
    while True:
        events = await audit.events(call, kind, "created", (*parents, thing[kind.key]), thing)
        change = Change(kind.collection(parents), thing[kind.key], thing, revision=0)
        if await call.world.store.write(change, *events):
            _changed(call, kind)
            return thing
        if not kind.id:
            raise ApiError(400, f"There is a {kind.noun} '{thing[kind.key]}' already.", code="already_exists")
        thing[kind.key] = call.new_id(kind.id)


def made(call: Call, kind: Kind, /, **values: Any) -> Thing:
    """A thing of *kind* that is not kept yet: what a new one says, with *values*."""
    return {**_new(call, kind, values), **values}


def _new(call: Call, kind: Kind, values: Thing) -> Thing:
    """What a thing of *kind* says when it is made."""
    thing = copy.deepcopy(kind.new)
    if kind.id:
        thing[kind.key] = call.new_id(kind.id)
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
        return call.new_id(value)
    return values.get(value)


async def change(call: Call, name: str, *ids: str, by: Callable[[Thing], None], event: str = "updated") -> Thing:
    """Let *by* change the thing, as `find` finds it; what *by* raises leaves it as it was.

    *by* runs again when another call changed the thing in between. *event* is what the resource's `audit` calls it:
    `updated`, or the name of an action.

    Raises:
        ApiError: 404, it is not there; 400, it or what it belongs to is locked.
    """
    kind = kind_of(call.world, name)
    for _ in range(TRIES):
        found, thing = await _find(call, kind, ids)
        await expect_open(call, kind, ids[:-1])
        if event == "updated":
            kind.expect_open(thing)
        before = dict(thing)
        by(thing)
        events = await audit.events(call, kind, event, ids, thing, before)
        change = Change(kind.collection(ids[:-1]), ids[-1], thing, revision=found.revision)
        if await call.world.store.write(change, *events):
            _changed(call, kind)
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
        message = f"Cannot {action} {kind.title} with status '{{state}}'."
        raise refusal(rule.refusal, 400, message, state=str(state), id=str(thing[kind.key]))
    enter(kind, thing, rule.target, now)


async def remove(call: Call, name: str, *ids: str) -> Thing:
    """Delete the thing and all that belongs to it; what it was.

    Raises:
        ApiError: 404, it is not there; 400, it or what it belongs to is locked.
    """
    kind = kind_of(call.world, name)
    found, thing = await _find(call, kind, ids)
    await expect_open(call, kind, ids[:-1])
    kind.expect_open(thing)
    if found.revision == 0:  # what is there from the beginning, and nobody changed it
        return thing
    collection, id = kind.collection(ids[:-1]), ids[-1]
    changes = [
        Change(collection, id, None, revision=found.revision),
        Change(collection + GONE, id, {"place": found.place}),
        *await audit.events(call, kind, "deleted", ids, thing),
    ]
    if not await call.world.store.write(*changes, clear=[f"{collection}/{id}/"]):
        return await remove(call, name, *ids)
    _changed(call, kind)
    return thing


def _changed(call: Call, kind: Kind) -> None:
    """A thing of *kind* is another now: what is audited may decide who may call, and how often, as budgets do."""
    if kind.audit or kind.noun in BUDGETS:
        call.world.engine(Organization).count += 1
