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
class Kind:
    """One kind of thing: its ids, what a new one says, and its life.

    *under* are the kinds that it belongs to, the outermost first. *steps* happen by themselves: {state: (next state,
    seconds)}. *stamps* are the fields that say when a state was entered (seconds since 1970).
    """

    name: str
    id: str
    id_from: str | None
    of: str | None
    under: tuple[str, ...]
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
        shown = self.noun.replace("_", " ")
        said = {"message": f"No {shown} found with id '{{id}}'.", **self.missing}
        return ApiError(
            said.get("status", 404),
            said["message"].replace("{id}", id),
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
        id_from=said["id_from"],
        of=said["of"],
        under=tuple(said["under"]),
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
