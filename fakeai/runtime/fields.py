"""Names and texts of a query or a form, as the JSON value that a schema means by them.

`a=1&a=2`, `a[]=1&a[]=2` and `a[0]=1` are lists, `a[b]=c` is an object, and a text is a number, a boolean or JSON where
the schema has no text.
"""

import math
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_plus

import orjson

NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
EXACT = 2**53  # below it, a float is the number that was written
DEEPEST = 16  # steps of a name such as a[b][c]
BOOLEANS = {"true": True, "True": True, "1": True, "false": False, "False": False, "0": False}
PREFIX = "#/components/schemas/"


def pairs(query: bytes) -> list[tuple[str, Any]]:
    """The names and values of a query string, in its order."""
    parts = (part.partition("=") for part in query.decode("utf-8", "replace").split("&") if part)
    return [(unquote_plus(name), unquote_plus(value)) for name, _, value in parts]


def whole(value: Any) -> Any:
    """*value* with integers for numbers such as 1.0, which a schema takes for integers, too."""
    if isinstance(value, dict):
        return {key: whole(part) for key, part in value.items()}
    if isinstance(value, list):
        return [whole(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < EXACT else value


def replace(value: Any, kind: type, by: Any) -> Any:
    """*value* with *by* in place of everything in it that is a *kind*."""
    if isinstance(value, dict):
        return {key: replace(part, kind, by) for key, part in value.items()}
    if isinstance(value, list):
        return [replace(part, kind, by) for part in value]
    return by if isinstance(value, kind) else value


def _put(tree: dict[str, Any], steps: list[str], value: Any) -> None:
    """Hang *value* into *tree*: a leaf is the list of values that were given there."""
    node = tree
    for step in steps[:-1]:
        below = node.setdefault(step, {})
        if not isinstance(below, dict):
            below = node[step] = {"": below}
        node = below
    leaf = node.setdefault(steps[-1], [])
    (leaf if isinstance(leaf, list) else leaf.setdefault("", [])).append(value)


class Fields:
    """What the schema *document* of an object means by names and texts."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._components = document.get("components", {}).get("schemas", {})
        self._known: dict[int, frozenset[str]] = {}  # by the schema's id: schemas live as long as this
        self._all = self._properties(document)
        self._defaults = dict(self._said_defaults())

    def known(self, data: dict[str, Any]) -> dict[str, Any]:
        """What *data* says under names that the schema declares."""
        return {name: value for name, value in data.items() if name in self._all}

    def assemble(self, given: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        """The object that *given* names and values make; what they do not name has its default.

        Values that are no texts stay as they are. What does not fit its schema stays a text, for the validator to
        refuse.
        """
        tree: dict[str, Any] = {}
        for name, value in given:
            match = NAME.fullmatch(name)
            steps = re.findall(r"\[([^\[\]]*)\]", match[2]) if match else []
            if match is None or len(steps) > DEEPEST:
                tree.setdefault(name, []).append(value)
            else:
                _put(tree, [match[1], *steps], value)
        made = {name: self._shape(node, self._all.get(name, True)) for name, node in tree.items()}
        return {**{name: default for name, default in self._defaults.items() if name not in made}, **made}

    def _parts(self, schema: Any) -> list[dict[str, Any]]:
        """The plain schemas that *schema* is made of or chooses from."""
        found: list[dict[str, Any]] = []
        todo, passed = [schema], set()
        while todo:
            part = todo.pop(0)
            if not isinstance(part, dict):
                continue
            found.append(part)
            reference = part.get("$ref")
            if isinstance(reference, str) and reference not in passed:
                passed.add(reference)
                name = reference.removeprefix(PREFIX).replace("~1", "/").replace("~0", "~")
                todo.append(self._components.get(name))
            todo += [branch for word in ("allOf", "anyOf", "oneOf") for branch in part.get(word, ())]
        return found

    def _properties(self, schema: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in self._parts(schema):
            for name, value in part.get("properties", {}).items():
                found.setdefault(name, value)
        return found

    def _said_defaults(self) -> Iterable[tuple[str, Any]]:
        for name, schema in self._all.items():
            for part in self._parts(schema):
                if part.get("default") is not None:
                    yield name, part["default"]
                    break

    def _types(self, schema: Any) -> frozenset[str]:
        known = self._known.get(id(schema))
        if known is None:
            known = self._known[id(schema)] = frozenset(self._said_types(schema))
        return known

    def _said_types(self, schema: Any) -> set[str]:
        types: set[str] = set()
        for part in self._parts(schema):
            said = part.get("type", ())
            types |= {said} if isinstance(said, str) else set(said)
            for value in part.get("enum", ()):
                types.add("string" if isinstance(value, str) else "integer" if isinstance(value, int) else "number")
        return types

    def _shape(self, node: Any, schema: Any) -> Any:
        """The value of *node* of a tree, by what *schema* wants there."""
        types = self._types(schema)
        if isinstance(node, list):
            is_list = "array" in types and (len(node) > 1 or "string" not in types)
            if is_list and not self._is_json(node, "["):
                items = self._items(schema)
                return [self._value(value, items) for value in node]
            return self._value(node[-1], schema)
        keys = list(node)
        if "array" in types and all(key == "" or key.isdecimal() for key in keys):
            items = self._items(schema)
            made: list[Any] = []
            for key in sorted(keys, key=lambda key: int(key) if key else -1):
                below = node[key]
                if key == "" and isinstance(below, list):
                    made += [self._value(value, items) for value in below]
                else:
                    made.append(self._shape(below, items))
            return made
        properties = self._properties(schema)
        extra = next((p["additionalProperties"] for p in self._parts(schema) if "additionalProperties" in p), True)
        return {key: self._shape(below, properties.get(key, extra)) for key, below in node.items()}

    def _items(self, schema: Any) -> Any:
        return next((part["items"] for part in self._parts(schema) if "items" in part), True)

    def _is_json(self, node: list[Any], bracket: str) -> bool:
        return len(node) == 1 and isinstance(node[0], str) and node[0].startswith(bracket)

    def _value(self, value: Any, schema: Any) -> Any:
        """A text as what *schema* wants, where it is that."""
        types = self._types(schema)
        if not isinstance(value, str) or "string" in types:
            return value
        if "boolean" in types and value in BOOLEANS:
            return BOOLEANS[value]
        if "integer" in types and re.fullmatch(r"[+-]?\d{1,18}", value, re.ASCII):
            return int(value)
        if "number" in types:
            return _number(value)
        if types & {"object", "array"} and value[:1] in ("{", "["):
            try:
                return orjson.loads(value)
            except orjson.JSONDecodeError:
                return value
        return value


def _number(value: str) -> Any:
    try:
        number = float(value)
    except ValueError:
        return value
    if not math.isfinite(number):
        return value
    return int(number) if number.is_integer() and "." not in value else number
