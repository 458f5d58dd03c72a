"""Behaviors: what an operation can be told to do, read from YAML."""

import importlib.metadata
import importlib.util
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import schemas
from .names import nearest
from .source import Document, read

STAGES = ("identify", "admit", "parse", "disturb", "prepare", "answer")
MODULE = r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$"
NAME = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"
WORD = r"^[a-z][a-z0-9_]*$"
LONGEST_EMIT = 6  # lines; more belongs in an engine

SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["behavior", "summary", "stage", "calls", "emit"],
    "properties": {
        "behavior": {"type": "string", "pattern": NAME},
        "summary": {"type": "string", "minLength": 1},
        "stage": {"enum": list(STAGES)},
        "on": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "method": {"enum": ["get", "put", "post", "delete", "patch", "websocket"]},
                "body": {"enum": ["required", "none"]},
                "path": {"type": "integer", "minimum": 0},
            },
        },
        "gives": {"type": "string", "pattern": WORD},
        "takes": {"type": "array", "items": {"type": "string", "pattern": WORD}, "uniqueItems": True},
        "calls": {"type": "string", "pattern": MODULE},
        "security": {"type": "object", "minProperties": 1, "additionalProperties": {"type": "object"}},
        "with": {"type": "object"},
        "emit": {"type": "string", "minLength": 1},
    },
}

# What the value of a parameter can be the name of: a property of the body or of the JSON answer, or a resource.
NAMED = {"enum": ["body", "answer", "resource"]}

# Kinds of parameter that any behavior's `with` may refer to as {$ref: '#/$defs/duration'}.
DEFS = {
    "duration": {
        "type": "string",
        "pattern": r"^\d+(\.\d+)?(ms|s|m|h|d)$",
        "title": "a duration such as 300ms, 1.5s or 24h",
    }
}
UNITS = {"ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@dataclass(frozen=True)
class Behavior:
    """One behavior file. `parameters` is the JSON Schema of what an annotation may say with it.

    `security` has OpenAPI's security schemes by name, any of which it takes.
    """

    name: str
    summary: str
    stage: str
    calls: str
    emit: str
    parameters: dict[str, Any]
    on: dict[str, Any]
    takes: tuple[str, ...]
    gives: str | None
    security: dict[str, Any]
    document: Document

    @property
    def defaults(self) -> dict[str, Any]:
        """What each optional parameter is when an annotation does not say; None where there is no default."""
        return {
            name: schema.get("default") if isinstance(schema, dict) else None
            for name, schema in self.parameters.get("properties", {}).items()
        }

    @property
    def engine(self) -> str:
        """The name that the called module has in generated code."""
        return self.calls.rpartition(".")[2]

    def names(self, where: str) -> list[str]:
        """The parameters whose value is the name of a property of the `body` or the `answer`, or of a `resource`."""
        properties = self.parameters.get("properties", {}).items()
        return [name for name, schema in properties if isinstance(schema, dict) and schema.get("x-names") == where]


def duration(text: str) -> float:
    """'300ms' -> 0.3"""
    number, unit = re.fullmatch(r"([\d.]+)([a-z]+)", text).groups()  # type: ignore[union-attr]  # by DEFS
    return round(float(number) * UNITS[unit], 6)


def folders(root: Path, builtin: Path) -> list[Path]:
    """Where behaviors come from, the nearest last: built in, installed packages, the project's own."""
    installed = []
    for entry in importlib.metadata.entry_points(group="fakeai.behaviors"):
        found = importlib.util.find_spec(entry.value)
        if found and found.submodule_search_locations:
            installed.append(Path(next(iter(found.submodule_search_locations))))
    places = [builtin, *sorted(installed), root / "behaviors"]
    return list(dict.fromkeys(place.resolve() for place in places if place.is_dir()))


def load(places: Iterable[Path], mistakes: list[str]) -> dict[str, Behavior]:
    """Every behavior in *places*, by name; a later place replaces an earlier one's behavior of the same name."""
    known: dict[str, Behavior] = {}
    for place in places:
        here: dict[str, Behavior] = {}
        for path in sorted(place.glob("*.yml")):
            mistakes.append(f"{path.relative_to(place.parent).as_posix()}:1: a behavior's file ends in .yaml")
        for path in sorted(place.glob("*.yaml")):
            document = read(place.parent, path.relative_to(place.parent), mistakes)
            behavior = _behavior(document, sorted(engine.stem for engine in place.glob("*.py")))
            if behavior and behavior.name in here:
                document.wrong(("behavior",), f"the behavior {behavior.name!r} is defined twice in this folder")
            elif behavior:
                here[behavior.name] = behavior
        known |= here
    return known


def _behavior(document: Document, engines: list[str]) -> Behavior | None:
    """The behavior that *document* defines; *engines* are the modules that stand beside it."""
    data = document.data
    if data is None or not schemas.check(document, (), data, SCHEMA):
        return None
    if len(data["emit"].strip().splitlines()) > LONGEST_EMIT:
        document.wrong(("emit",), f"emit has more than {LONGEST_EMIT} lines: move work into the engine")
        return None
    if data["stage"] == "answer" and "gives" in data:
        document.wrong(("gives",), "an answer gives no value")
    if "." not in data["calls"] and data["calls"] not in engines:
        near = nearest(data["calls"], engines)
        document.wrong(("calls",), f"there is no {data['calls']}.py beside this file{near}")
    parameters = _parameters(document)
    if parameters is None:
        return None
    return Behavior(
        name=data["behavior"],
        summary=data["summary"],
        stage=data["stage"],
        calls=data["calls"],
        emit=data["emit"].strip("\n"),
        parameters=parameters,
        on=data.get("on", {}),
        takes=tuple(data.get("takes", ())),
        gives=data.get("gives"),
        security=data.get("security", {}),
        document=document,
    )


def _parameters(document: Document) -> dict[str, Any] | None:
    """The schema of a behavior's `with`: of an object, closed unless it says otherwise. None when it is wrong."""
    said = document.data.get("with", {})
    if not schemas.check_schema(document, ("with",), said):
        return None
    made = {"type": "object", **said, "$defs": {**DEFS, **said.get("$defs", {})}}
    if "unevaluatedProperties" not in said:
        made.setdefault("additionalProperties", False)
    try:
        schemas.compiled(made)
    except schemas.Unusable as error:
        document.wrong(("with",), str(error))
        return None
    good = [_is_good(document, name, made) for name in made.get("properties", {})]
    return made if all(good) else None


def _is_good(document: Document, name: str, parameters: dict[str, Any]) -> bool:
    """Note what is wrong with the default and the `x-names` of the parameter *name*."""
    schema, at = parameters["properties"][name], ("with", "properties", name)
    if not isinstance(schema, dict):
        return True
    found = []
    if "x-names" in schema:
        found = [("x-names", sentence) for _, sentence in schemas.faults(schema["x-names"], NAMED)]
    if schema.get("default") is not None:
        alone = {**parameters, "required": []}
        found += [("default", sentence) for _, sentence in schemas.faults({name: schema["default"]}, alone)]
    for word, sentence in found:
        document.wrong((*at, word), sentence)
    return not found
