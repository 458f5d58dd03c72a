"""Keywords of JSON Schema: what several schemas together say with them, and how their values compare."""

from typing import Any

import orjson

TYPES = ("object", "array", "string", "integer", "number", "boolean", "null")
BY_KEYWORD = (
    ("object", ("properties", "required", "additionalProperties", "patternProperties", "minProperties")),
    ("array", ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains")),
    ("string", ("minLength", "maxLength", "pattern", "format")),
    ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
)

Part = dict[str, Any]


def values_of(parts: list[Part]) -> list[Any] | None:
    """The values that every `enum` and `const` allows; None when there are neither."""
    allowed: list[Any] | None = None
    for part in parts:
        given = [part["const"]] if "const" in part else None
        if isinstance(part.get("enum"), list):
            given = part["enum"] if given is None else [v for v in part["enum"] if same(v, given[0])]
        if given is not None:
            allowed = given if allowed is None else [v for v in allowed if any(same(v, other) for other in given)]
    return allowed


def refused_values(parts: list[Part]) -> list[Any]:
    """The values that simple forms of `not` rule out."""
    values: list[Any] = []
    for part in parts:
        refused = part.get("not")
        if isinstance(refused, dict) and set(refused) <= {"const", "enum", "type", "description", "title"}:
            values += [refused["const"]] if "const" in refused else list_of(refused.get("enum"))
    return values


def refused_names(parts: list[Part]) -> set[str]:
    """The properties that simple forms of `not` rule out."""
    names: set[str] = set()
    for part in parts:
        refused = part.get("not")
        if isinstance(refused, dict) and set(refused) == {"required"} and len(list_of(refused["required"])) == 1:
            names.add(refused["required"][0])
    return names


def types_of(parts: list[Part], has_values: bool) -> list[str]:
    """The types that are allowed, the likeliest first; all when there are *values* to choose from."""
    allowed: list[str] | None = None
    for part in parts:
        given = part.get("type")
        names = [given] if isinstance(given, str) else list_of(given)
        if names:
            allowed = list(names) if allowed is None else _narrowed(allowed, names)
        refused = part.get("not")
        if isinstance(refused, dict) and set(refused) == {"type"}:
            away = [refused["type"]] if isinstance(refused["type"], str) else list_of(refused["type"])
            kept = allowed or list(TYPES)
            allowed = [name for name in kept if name not in away and not (name == "integer" and "number" in away)]
    if allowed is not None:
        return allowed
    if has_values:
        return list(TYPES)
    meant = [type for type, words in BY_KEYWORD if any(word in part for part in parts for word in words)]
    return list(dict.fromkeys((*meant, "string", *TYPES)))


def limits(parts: list[Part], word: str) -> list[Any]:
    """The numbers that *parts* say with *word*."""
    return [part[word] for part in parts if type_of(part.get(word)) in ("integer", "number")]


def strings(parts: list[Part], word: str) -> list[str]:
    """The texts that *parts* say with *word*, each once."""
    return list(dict.fromkeys(part[word] for part in parts if isinstance(part.get(word), str)))


def _narrowed(allowed: list[str], names: list[str]) -> list[str]:
    """The types of *allowed* that are among *names*; an integer is a number."""
    kept = []
    for name in allowed:
        if name in names or (name == "integer" and "number" in names):
            kept.append(name)
        elif name == "number" and "integer" in names:
            kept.append("integer")
    return kept


def fixed_of(part: dict[str, Any]) -> list[Any]:
    return list_of(part.get("prefixItems")) or list_of(part.get("items"))


def list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def dict_of(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def type_of(value: Any) -> str:
    """The name of the type of a JSON value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, float) and value.is_integer():
        return "integer"
    return {int: "integer", float: "number", str: "string", list: "array", dict: "object"}.get(type(value), "")


def key_of(value: Any) -> bytes:
    """Bytes that are the same for JSON values that are equal."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer of more than 64 bits, half a character, or very many levels
        return repr(value).encode("utf-8", "backslashreplace")


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: 1 is 1.0, and true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict | list) and isinstance(other, dict | list):
        return key_of(one) == key_of(other)
    return bool(one == other)
