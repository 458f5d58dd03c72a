"""What schemas do not say, read from `hints.yaml`: which things must exist, and how one comes by them."""

import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from fakeai_generator import source

Row = TypeVar("Row", "Thing", "Hint")

FILE = Path(__file__).with_name("hints.yaml")


@dataclass(frozen=True)
class Thing:
    """Something that requests refer to: made *by* an operation, or taken *from* the answer of one.

    *id* leads to its id in the answer; *takes* to the values of several path parameters. *body* changes the request.
    *before* are operations that come first. *until* says what an operation must answer before the thing is ready;
    what is not *shared* is made at each use. *same* is the path whose instance it is, when that is all.
    """

    by: str = ""
    same: str = ""
    id: str = ""
    takes: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    until: dict[str, Any] = field(default_factory=dict)
    shared: bool = True


@dataclass(frozen=True)
class Hint:
    """What one operation's requests need besides their schema.

    *names* are values of properties of that name, where they stand. *body* and *query* are for every request, *full*
    only for the full one, *stream* for the streamed one; keys are paths such as `tools.0.type`. *without* names
    properties and parameters left out of the full one. *new* changes how the instance in the path is made, and *own*
    asks for one that no other request has used. *before* are operations on the same instance that come first, *until*
    is what one must answer. *events* names the schema of a streamed event where no answer documents it, *named* says
    that it is {event, data}, *done* that `[DONE]` ends the stream. *path* gives path parameters things of their own.
    """

    names: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    full: dict[str, Any] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    stream: dict[str, Any] = field(default_factory=dict)
    new: dict[str, Any] = field(default_factory=dict)
    path: dict[str, str] = field(default_factory=dict)
    own: bool | None = None
    before: tuple[str, ...] = ()
    until: dict[str, Any] = field(default_factory=dict)
    events: str = ""
    named: bool = False
    done: bool = False


@dataclass(frozen=True)
class Departure:
    """A place where a real server departs from the document on purpose, with the reason.

    An answer's *place* is a pattern of steps joined with dots, `*` for any; *kind* is a kind of fault.
    """

    operation: str
    kind: str
    reason: str
    place: str = "*"
    says: str = "*"


@dataclass(frozen=True)
class Hints:
    """The whole table."""

    names: dict[str, Any] = field(default_factory=dict)
    cursors: tuple[str, ...] = ()
    things: dict[str, Thing] = field(default_factory=dict)
    paths: dict[str, Thing] = field(default_factory=dict)
    operations: dict[str, Hint] = field(default_factory=dict)
    departures: tuple[Departure, ...] = ()

    def of(self, operation: str) -> Hint:
        return self.operations.get(operation, Hint())


def load(file: Path = FILE) -> Hints:
    """The table in *file*.

    Raises:
        SpecError: it cannot be read.
        TypeError: it has a word that is not of the table.
    """
    mistakes: list[str] = []
    read = source.read(file.parent, Path(file.name), mistakes).data
    if mistakes:
        raise source.SpecError(mistakes)
    data = json.loads(json.dumps(read))
    return Hints(
        names=data["names"],
        cursors=tuple(data["cursors"]),
        things={name: _made(Thing, said) for name, said in data["things"].items()},
        paths={path: _made(Thing, said) for path, said in data["paths"].items()},
        operations={id: _made(Hint, said) for id, said in data["operations"].items()},
        departures=tuple(Departure(**said) for said in data["departures"]),
    )


def _made(kind: type[Row], said: dict[str, Any]) -> Row:
    """One row, whose lists are tuples."""
    tuples = {f.name for f in fields(kind) if str(f.type).startswith("tuple")}
    words: dict[str, Any] = {key: tuple(value) if key in tuples else value for key, value in said.items()}
    return kind(**words)
