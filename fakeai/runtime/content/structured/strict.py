"""What strict mode allows in a schema, in OpenAI's words.

A message says what the schema is for (`response_format 'x'`, `function 'x'`) and where in it the mistake is: the steps
of the path as a Python tuple.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import jsonschema_rs

from ...errors import ApiError

MOST_LEVELS, MOST_PROPERTIES, MOST_ENUM_VALUES, MOST_NAMES = 10, 5000, 1000, 120_000
MANY_ENUM_VALUES, LONGEST_LARGE_ENUM = 250, 15_000  # an enum of more strings than that has at most so many characters
FORBIDDEN = (
    "allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "dependencies",
    "patternProperties", "propertyNames", "minProperties", "maxProperties", "unevaluatedProperties",
    "unevaluatedItems", "contains", "minContains", "maxContains", "prefixItems", "uniqueItems",
)  # fmt: skip
TYPES = ("string", "number", "integer", "boolean", "object", "array", "null")
FORMATS = ("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid")
BESIDE_REFERENCES = frozenset(("$ref", "$defs", "definitions", "description", "title", "default", "$schema", "$id"))
DEFINITIONS = ("$defs", "definitions")
DEEPEST = 200  # dicts and lists in one another, of any schema


class Place(NamedTuple):
    """What a schema is for, as a refusal says it: *what* (`function 'x'`), the body's *param* and the *code*."""

    what: str
    param: str
    code: str | None

    def refusal(self, problem: str) -> ApiError:
        """The refusal of the schema because of *problem*."""
        return ApiError(400, f"Invalid schema for {self.what}: {problem}", code=self.code, param=self.param)


def expect_valid(schema: Any, place: Place) -> None:
    """Pass a *schema* that is a JSON Schema of an object.

    Raises:
        ApiError: 400, it is none, or one of its patterns is no regular expression.
    """
    if not isinstance(schema, dict) or schema.get("type") != "object":
        found = schema.get("type") if isinstance(schema, dict) else None
        raise place.refusal(f"schema must be a JSON Schema of 'type: \"object\"', got 'type: \"{found}\"'.")
    for part, path in _schemas(schema, place):
        if isinstance(part.get("pattern"), str):
            try:
                re.compile(part["pattern"])
            except (re.error, OverflowError, RecursionError):
                raise place.refusal(f"'{part['pattern']}' is not a 'regex'.") from None
        if part.get("type") == "array" and "items" not in part and "prefixItems" not in part:
            raise place.refusal(f"In context={_context(path)}, array schema missing items.")
    wrong = next(iter(_rules(str(schema.get("$schema"))).iter_errors(schema)), None)
    if wrong is not None:
        raise place.refusal(f"{_shown(wrong.instance)} {_wanted(wrong)}.")


def expect_strict(schema: Any, place: Place) -> None:
    """Pass a *schema* that strict mode takes.

    Raises:
        ApiError: 400, it does not; the first mistake, from the root down.
    """
    if isinstance(schema, dict) and "anyOf" in schema:
        raise place.refusal("schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the "
                            "top level.")  # fmt: skip
    expect_valid(schema, place)
    _Judge(schema, place).check()


@cache
def _compiled(version: type[Any], url: str) -> Any:
    return version({"$ref": url}, offline=True)


def _rules(said: str) -> Any:
    """What holds a schema to the version of JSON Schema that it says it is of."""
    if any(number in said for number in ("draft-04", "draft-06", "draft-07")):
        return _compiled(jsonschema_rs.Draft7Validator, "http://json-schema.org/draft-07/schema#")
    return _compiled(jsonschema_rs.Draft202012Validator, "https://json-schema.org/draft/2020-12/schema")


class _Judge:
    """Walks one schema."""

    def __init__(self, root: dict[str, Any], place: Place) -> None:
        self._root, self._place = root, place
        self._properties = self._choices = self._letters = 0

    def check(self) -> None:
        for part, path in _schemas(self._root, self._place):
            problem = self._problem(part)
            if problem:
                raise self._place.refusal(f"In context={_context(path)}, {problem}")
            self._count(part)
        levels = _levels(self._root, self._root, frozenset(), 0)
        if levels > MOST_LEVELS:
            raise self._place.refusal(f"{levels} levels of nesting exceeds limit of {MOST_LEVELS}.")
        if self._properties > MOST_PROPERTIES:
            raise self._place.refusal(f"{self._properties} parameters exceeds limit of {MOST_PROPERTIES}.")
        if self._choices > MOST_ENUM_VALUES:
            raise self._place.refusal(f"Expected at most {MOST_ENUM_VALUES} enum values in total within a single "
                                      "schema when using structured outputs, but received "
                                      f"{self._choices}.")  # fmt: skip
        if self._letters > MOST_NAMES:
            raise self._place.refusal(f"Expected at most {MOST_NAMES} characters in names and enum values within a "
                                      f"single schema when using structured outputs, but received "
                                      f"{self._letters}.")  # fmt: skip

    def _count(self, part: dict[str, Any]) -> None:
        names = [name for word in ("properties", *DEFINITIONS) for name in part.get(word) or ()]
        values = [value for value in part.get("enum") or () if isinstance(value, str)]
        values += [part["const"]] if isinstance(part.get("const"), str) else []
        self._properties += len(part.get("properties") or ())
        self._choices += len(part.get("enum") or ())
        self._letters += sum(map(len, names)) + sum(map(len, values))
        size = sum(map(len, values))
        if len(values) > MANY_ENUM_VALUES and size > LONGEST_LARGE_ENUM:
            raise self._place.refusal(f"Expected at most {LONGEST_LARGE_ENUM} characters in the values of an enum of "
                                      f"more than {MANY_ENUM_VALUES} values, but received {size}.")  # fmt: skip

    def _problem(self, part: dict[str, Any]) -> str | None:
        """What is wrong with *part* itself, if anything."""
        for word in FORBIDDEN:
            if word in part:
                return f"'{word}' is not permitted."
        if "$ref" in part:
            return self._reference(part)
        type = part.get("type")
        if type is None and not any(word in part for word in ("anyOf", "enum", "const")):
            return "schema must have a 'type' key."
        types = type if isinstance(type, list) else [type]
        if "object" in types:
            return self._object(part)
        known = part.get("format")
        if "string" in types and known is not None and known not in FORMATS:
            return f"'{known}' is not a valid format."
        return None

    def _object(self, part: dict[str, Any]) -> str | None:
        properties, required = part.get("properties"), part.get("required")
        if part.get("additionalProperties") is not False:
            return "'additionalProperties' is required to be supplied and to be false."
        listed = "'required' is required to be supplied and to be an array including every key in properties."
        missing = [name for name in properties or () if name not in (required or ())]
        if missing:
            return f"{listed} Missing '{missing[0]}'."
        extra = [name for name in required or () if name not in (properties or ())]
        return f"{listed} Extra required key '{extra[0]}' supplied." if extra else None

    def _reference(self, part: dict[str, Any]) -> str | None:
        beside = sorted(word for word in part if word not in BESIDE_REFERENCES)
        if beside:
            return f"$ref cannot have keywords {_python_set(beside)}."
        reference = part["$ref"]
        if reference == "#":
            return None
        steps = reference.split("/")
        if steps[0] != "#" or len(steps) != 3 or steps[1] not in DEFINITIONS:
            return "reference can only point to definitions defined at the top level of the schema."
        if referred(self._root, reference) is None:
            return f"reference to component '{reference}' which was not found in the schema."
        return None


def referred(root: dict[str, Any], reference: str) -> Any:
    """What the JSON pointer *reference* (`#/$defs/x`) means within *root*, or None."""
    found: Any = root
    for step in reference.removeprefix("#").split("/")[1:]:
        found = found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    return found


def _schemas(root: dict[str, Any], place: Place) -> Iterator[tuple[dict[str, Any], tuple[Any, ...]]]:
    """Every schema within *root* and its path, from the outside in."""
    todo: list[tuple[Any, tuple[Any, ...]]] = [(root, ())]
    while todo:
        part, path = todo.pop()
        if not isinstance(part, dict):
            continue
        if len(path) > DEEPEST:
            raise place.refusal("it is nested too deeply.")
        yield part, path
        below: list[tuple[Any, tuple[Any, ...]]] = []
        for word in ("properties", "patternProperties", *DEFINITIONS):
            if isinstance(part.get(word), dict):
                below += [(value, (*path, word, name)) for name, value in part[word].items()]
        for word in ("items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames"):
            if isinstance(part.get(word), dict):
                below.append((part[word], (*path, word)))
        for word in ("anyOf", "oneOf", "allOf", "prefixItems"):
            if isinstance(part.get(word), list):
                below += [(value, (*path, word, str(at))) for at, value in enumerate(part[word])]
        todo += reversed(below)


def _levels(root: dict[str, Any], part: Any, above: frozenset[str], depth: int) -> int:
    """How many objects and arrays stand in one another; a reference to what stands around it adds none."""
    if not isinstance(part, dict) or depth > 4 * MOST_LEVELS:
        return 0
    reference = part.get("$ref")
    if isinstance(reference, str):
        if reference == "#" or reference in above:
            return 0
        return _levels(root, referred(root, reference), above | {reference}, depth + 1)
    below = [*(part.get("properties") or {}).values(), part.get("items")]
    inside = max((_levels(root, value, above, depth + 1) for value in below if value is not None), default=0)
    beside = max((_levels(root, value, above, depth + 1) for value in part.get("anyOf") or ()), default=0)
    own = 1 if "properties" in part or "items" in part else 0
    return max(inside + own, beside)


def _context(path: tuple[Any, ...]) -> str:
    return repr(path)


def _python_set(words: list[str]) -> str:
    return "{" + ", ".join(f"'{word}'" for word in words) + "}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 200 else f"{text[:200]}..."


def _wanted(problem: Any) -> str:
    kind = problem.kind
    if kind.name == "type":
        return f"is not of type {', '.join(repr(name) for name in kind.types)}"
    if kind.name in ("anyOf", "oneOf"):
        return "is not valid under any of the given schemas"
    if kind.name == "enum":
        return f"is not one of {list(kind.options)}"
    return f"is not valid under the rule '{kind.name}' of JSON Schema"
