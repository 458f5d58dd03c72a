"""Follow `$ref` from schema to schema."""

from collections.abc import Iterable
from typing import Any

from .source import walk

SCHEMAS = "#/components/schemas/"


def names_in(value: Any) -> set[str]:
    """The names of component schemas that *value* refers to."""
    found = set()
    for _, part in walk(value):
        if isinstance(part, dict) and isinstance(part.get("$ref"), str) and part["$ref"].startswith(SCHEMAS):
            found.add(unescape(part["$ref"].removeprefix(SCHEMAS)))
    return found


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


def unescape(token: str) -> str:
    """One step of a JSON pointer as the key it stands for."""
    return token.replace("~1", "/").replace("~0", "~")


def escape(key: str) -> str:
    """*key* as one step of a JSON pointer."""
    return key.replace("~", "~0").replace("/", "~1")
