"""The kinds of things that the API keeps, as `x-fakeai-resources` declares them."""

from dataclasses import dataclass
from typing import Any

import orjson

from ..errors import ApiError
from ..world import World


@dataclass(frozen=True)
class Action:
    """What an action turns a thing into, and in which states it may be done."""

    sources: tuple[str, ...]
    target: str
    refusal: dict[str, Any]


@dataclass(frozen=True)
class Lock:
    """What keeps a thing, and all that belongs to it, from being changed: fields and the values that they have then."""

    when: dict[str, Any]
    refusal: dict[str, Any]


@dataclass(frozen=True)
class Given:
    """What is there from the beginning: *row*, below the *parents* alone when those are said.

    With *each* it is there for every row of that table of the catalog, whose columns `{column}` in its texts name.
    """

    row: dict[str, Any]
    parents: list[str] | None
    each: str | None


@dataclass(frozen=True)
class Kind:
    """One kind of thing: its ids, what a new one says, and its life.

    *key* is the field that has the id. *under* are the kinds that it belongs to, the outermost first; it is *loose*
    when one of those can go without taking it along. *of* is the kind that `id_from` (or *or_by*, {field of the body:
    field of that kind}) names; a thing that *follows* the one it names has that one's fields *shares* and goes with it.
    *single* is what there is one of. *takes* {field of a request: field}, *refers* {place in a request: (kind, {field:
    field of that kind})}, *adds* {kind that is added below: field of the request that has its id}.
    *steps* happen by themselves: {state: (next state, seconds)}. *stamps* are the fields that say when a state was
    entered (seconds since 1970).
    """

    name: str
    id: str
    key: str
    id_from: str | None
    or_by: dict[str, str]
    of: str | None
    follows: bool
    shares: dict[str, str]
    under: tuple[str, ...]
    loose: bool
    single: bool
    given: tuple[Given, ...]
    takes: dict[str, str]
    refers: dict[str, tuple[str, dict[str, str]]]
    adds: dict[str, str]
    locked: Lock | None
    audit: dict[str, dict[str, Any]]
    new: dict[str, Any]
    words: dict[str, dict[str, Any]]
    fields: frozenset[str]
    created: tuple[str, ...]
    state: str
    initial: str | None
    steps: dict[str, tuple[str, float]]
    actions: dict[str, Action]
    stamps: dict[str, str]
    missing: dict[str, Any]

    def collection(self, parents: tuple[str, ...]) -> str:
        """Where the things of this kind are kept that belong to *parents*."""
        steps = [f"{kind.rpartition('.')[2]}/{id}" for kind, id in zip(self.under, parents, strict=True)]
        return "/".join([*steps, self.noun])

    @property
    def noun(self) -> str:
        """The last word of the name."""
        return self.name.rpartition(".")[2]

    def not_found(self, id: str) -> ApiError:
        """The refusal of an id that is not there: 404."""
        return refusal(self.missing, 404, f"No {self.title} found with id '{{id}}'.", id=id)

    def expect_open(self, thing: dict[str, Any]) -> None:
        """See that *thing*, and what belongs to it, can be changed.

        Raises:
            ApiError: 400, unless declared otherwise: it is locked.
        """
        lock, id = self.locked, str(thing.get(self.key))
        if lock is not None and all(thing.get(field) == value for field, value in lock.when.items()):
            raise refusal(lock.refusal, 400, f"The {self.title} '{{id}}' cannot be changed.", id=id)

    @property
    def title(self) -> str:
        """What messages call it."""
        return self.noun.replace("_", " ")


def refusal(said: dict[str, Any], status: int, message: str, **words: str) -> ApiError:
    """The refusal that a declaration has *said*, or else *status* and *message*, with *words* in their places."""
    text = str(said.get("message", message))
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return ApiError(
        said.get("status", status),
        text,
        type=said.get("type", "invalid_request_error"),
        code=said.get("code"),
        param=said.get("param"),
    )


class Kinds(dict[str, Kind]):
    """All kinds of one project, by name."""

    def __init__(self, world: World) -> None:
        super().__init__()
        assert world.data is not None
        for name, said in orjson.loads((world.data / "resources.json").read_bytes()).items():
            self[name] = _kind(name, said)


def kind_of(world: World, name: str) -> Kind:
    """The kind called *name*; the generator saw to it that there is one."""
    return world.engine(Kinds)[name]


def _kind(name: str, said: dict[str, Any]) -> Kind:
    return Kind(
        name=name,
        id=said["id"],
        key=said["key"],
        id_from=said["id_from"],
        or_by=said["or_by"],
        of=said["of"],
        follows=said["follows"],
        shares=said["shares"],
        under=tuple(said["under"]),
        loose=said["loose"],
        single=said["single"],
        given=tuple(Given(**row) for row in said["given"]),
        takes=said["takes"],
        refers={place: (what[0], what[1]) for place, what in said["refers"].items()},
        adds=said["adds"],
        locked=Lock(**said["locked"]) if said["locked"] else None,
        audit=said["audit"],
        new=said["new"],
        words=said["words"],
        fields=frozenset(said["fields"]),
        created=tuple(said["created"]),
        state=said["state"],
        initial=said["initial"],
        steps={state: (step[0], step[1]) for state, step in said["steps"].items()},
        actions={
            action: Action(tuple(rule["from"]), rule["to"], rule.get("refusal", {}))
            for action, rule in said["actions"].items()
        },
        stamps=said["stamps"],
        missing=said["missing"],
    )
