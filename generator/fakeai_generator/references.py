"""Follow `$ref` from schema to schema and from component to component."""

from collections.abc import Iterable, Iterator
from typing import Any

from .names import nearest
from .source import Document, Pointer, walk

SCHEMAS = "#/components/schemas/"


def references_in(value: Any) -> Iterator[tuple[Pointer, str]]:
    """Every `$ref` at and below *value*, with its pointer."""
    for pointer, part in walk(value):
        if isinstance(part, dict) and isinstance(part.get("$ref"), str):
            yield (*pointer, "$ref"), part["$ref"]


def names_in(value: Any) -> set[str]:
    """The names of component schemas that *value* refers to."""
    found = (reference for _, reference in references_in(value) if reference.startswith(SCHEMAS))
    return {unescape(reference.removeprefix(SCHEMAS)) for reference in found}


def closure(roots: Iterable[Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """The component schemas that *roots* need, directly or through one another, sorted by name."""
    needed: set[str] = set()
    todo = [name for root in roots for name in names_in(root)]
    while todo:
        name = todo.pop()
        if name not in needed and name in schemas:
            needed.add(name)
            todo.extend(names_in(schemas[name]))
    return {name: schemas[name] for name in sorted(needed)}


def check_references(document: Document, at: Pointer, schema: Any, schemas: dict[str, Any]) -> bool:
    """Note a mistake for every reference in *schema* (at *at* in *document*) that leads to none of *schemas*."""
    good = True
    for pointer, reference in references_in(schema):
        name = unescape(reference.removeprefix(SCHEMAS))
        if not reference.startswith(SCHEMAS):
            document.wrong((*at, *pointer), f"the reference {reference!r} does not lead to {SCHEMAS}NAME")
            good = False
        elif name not in schemas:
            document.wrong((*at, *pointer), f"there is no schema {name!r}{nearest(name, schemas)}")
            good = False
    return good


def follow(document: Document, value: Any, section: str, at: Pointer) -> tuple[dict[str, Any], Pointer]:
    """*value*, or the component of *section* that it refers to, if need be through others, and where that stands.

    A reference that leads nowhere is noted; the value is then empty.
    """
    prefix = f"#/components/{section}/"
    named = (document.data.get("components") or {}).get(section) or {}
    passed: set[str] = set()
    while isinstance(value, dict) and "$ref" in value:
        reference = str(value["$ref"])
        name = unescape(reference.removeprefix(prefix))
        if not reference.startswith(prefix) or name not in named:
            near = nearest(name, named)
            document.wrong((*at, "$ref"), f"the reference {reference!r} leads nowhere{near}")
            return {}, at
        if name in passed:
            document.wrong((*at, "$ref"), f"the reference {reference!r} leads in a circle")
            return {}, at
        passed.add(name)
        value, at = named[name], ("components", section, name)
    return value or {}, at


def properties_in(schema: Any, schemas: dict[str, Any]) -> set[str]:
    """The names of the properties that *schema* speaks of, through references and in every branch."""
    found: set[str] = set()
    passed: set[str] = set()
    todo = [schema]
    while todo:
        part = todo.pop()
        if not isinstance(part, dict):
            continue
        found |= set(part.get("properties", ()))
        todo.extend(branch for word in ("allOf", "anyOf", "oneOf") for branch in part.get(word, ()))
        name = unescape(str(part.get("$ref", "")).removeprefix(SCHEMAS))
        if name in schemas and name not in passed:
            passed.add(name)
            todo.append(schemas[name])
    return found


def unescape(token: str) -> str:
    """One step of a JSON pointer as the key it stands for."""
    return token.replace("~1", "/").replace("~0", "~")


def escape(key: str) -> str:
    """*key* as one step of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")
