"""Behaviors: what an operation can be told to do, read from YAML."""

import difflib
import importlib.metadata
import importlib.util
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from .source import Document, Map, read

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
                "method": {"enum": ["get", "put", "post", "delete", "patch"]},
                "body": {"enum": ["required", "none"]},
                "path": {"type": "integer", "minimum": 0},
            },
        },
        "gives": {"type": "string", "pattern": WORD},
        "takes": {"type": "array", "items": {"type": "string", "pattern": WORD}, "uniqueItems": True},
        "calls": {"type": "string", "pattern": MODULE},
        "with": {"type": "object"},
        "emit": {"type": "string", "minLength": 1},
    },
}

# Kinds of parameter that any behavior's `with` may refer to as {$ref: '#/$defs/duration'}.
DEFS = {
    "duration": {
        "type": "string",
        "pattern": r"^\d+(\.\d+)?(ms|s|m|h|d)$",
        "title": "a duration such as 300ms, 1.5s or 24h",
    }
}


@dataclass(frozen=True)
class Behavior:
    """One behavior file. `parameters` is the JSON Schema of what an annotation may say with it."""

    name: str
    summary: str
    stage: str
    calls: str
    emit: str
    parameters: dict[str, Any]
    on: dict[str, Any]
    takes: tuple[str, ...]
    gives: str | None
    document: Document

    @property
    def defaults(self) -> dict[str, Any]:
        """What each optional parameter is when an annotation does not say; None where there is no default."""
        return {name: schema.get("default") for name, schema in self.parameters.get("properties", {}).items()}


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
        for path in sorted(place.glob("*.yaml")):
            document = read(place.parent, path.relative_to(place.parent), mistakes)
            behavior = _behavior(document)
            if behavior and behavior.name in here:
                document.wrong(("behavior",), f"the behavior {behavior.name!r} is defined twice in this folder")
            elif behavior:
                here[behavior.name] = behavior
        known |= here
    return known


def _behavior(document: Document) -> Behavior | None:
    data = document.data
    if data is None:
        return None
    problems = list(Draft202012Validator(SCHEMA).iter_errors(data))
    for problem in problems:
        document.wrong(tuple(problem.path), _sentence(problem, SCHEMA))
    if problems:
        return None
    if len(data["emit"].strip().splitlines()) > LONGEST_EMIT:
        document.wrong(("emit",), f"emit has more than {LONGEST_EMIT} lines: move work into the engine")
        return None
    if data["stage"] == "answer" and "gives" in data:
        document.wrong(("gives",), "an answer gives no value")
    parameters = data.get("with") or {"type": "object", "additionalProperties": False}
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
        document=document,
    )


def check(document: Document, at: tuple[str | int, ...], value: Any, schema: dict[str, Any], what: str) -> bool:
    """Note a mistake for everything in *value* (at *at* in *document*) that does not fit *schema*."""
    problems = list(Draft202012Validator({**schema, "$defs": DEFS}).iter_errors(value))
    for problem in problems:
        document.wrong((*at, *problem.path), f"{what}: {_sentence(problem, schema)}")
    return not problems


def _sentence(problem: Any, schema: dict[str, Any]) -> str:
    """What is wrong, with the nearest good name where a name is wrong."""
    if problem.validator == "additionalProperties" and isinstance(problem.instance, dict):
        good = list(problem.schema.get("properties", {}))
        bad = [name for name in problem.instance if name not in good]
        return "; ".join(f"there is no {name!r} here" + nearest(name, good) for name in bad)
    if problem.validator == "enum" and isinstance(problem.instance, str):
        return f"{problem.message}{nearest(problem.instance, problem.validator_value)}"
    if "title" in problem.schema:
        return f"{problem.instance!r} is not {problem.schema['title']}"
    return str(problem.message)


def nearest(name: str, good: Iterable[Any]) -> str:
    """', did you mean ...?' when one of *good* is near to *name*."""
    words = [str(word) for word in good]
    close = difflib.get_close_matches(name, words, n=1)
    if not close:  # the same words in another order or case
        key = sorted(re.findall(r"[a-z0-9]+", name.lower()))
        close = [word for word in words if sorted(re.findall(r"[a-z0-9]+", word.lower())) == key][:1]
    return f", did you mean {close[0]!r}?" if close else ""


__all__ = ["DEFS", "STAGES", "Behavior", "Map", "check", "folders", "load", "nearest"]
