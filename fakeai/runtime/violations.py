"""Say what is wrong with a body the way OpenAI's API says it: one sentence, a code and the parameter's name."""

from collections.abc import Iterable
from typing import Any

import orjson

from .errors import ApiError

TYPES = {
    "string": "a string", "integer": "an integer", "number": "a decimal", "boolean": "a boolean",
    "array": "an array", "object": "an object", "null": "null",
}  # fmt: skip
LONGEST_SHOWN = 100  # characters of a wrong value
MOST_CHOICES = 40  # values that an enum's sentence names

# kind of violation -> (code for each type of value, what is expected)
BOUNDS = {
    "maximum": ("above_max_value", "<="),
    "exclusiveMaximum": ("above_max_value", "<"),
    "minimum": ("below_min_value", ">="),
    "exclusiveMinimum": ("below_min_value", ">"),
}
LENGTHS = {
    "maxLength": ("string_above_max_length", "string too long", "maximum length"),
    "minLength": ("string_below_min_length", "string too short", "minimum length"),
    "maxItems": ("array_above_max_length", "array too long", "maximum length"),
    "minItems": ("array_below_min_length", "array too short", "minimum length"),
    "maxProperties": ("object_above_max_properties", "too many properties", "at most"),
    "minProperties": ("object_below_min_properties", "not enough properties", "at least"),
}


def refuse(problems: Iterable[Any], document: dict[str, Any]) -> ApiError:
    """The refusal for the first of *problems* (jsonschema_rs validation errors) against the schema *document*."""
    return _refusal(_deepest(next(iter(problems))), document)


def _deepest(problem: Any) -> list[Any]:
    """The violations that explain *problem*: of `anyOf` and `oneOf`, those of the branch that was meant.

    The branch that was meant is the one whose discriminating values (`const` and `enum` at its own level) fit, and of
    those the one that fails deepest in the value.
    """
    branches = [branch for branch in getattr(problem.kind, "context", None) or [] if branch]
    if not branches:
        return [problem]
    level = len(problem.instance_path)
    meant = [branch for branch in branches if not any(_tells_apart(problem, level) for problem in branch)]
    if not meant:
        choices = [p for branch in branches for p in branch if _tells_apart(p, level)]
        return [p for p in choices if list(p.instance_path) == list(choices[0].instance_path)]
    typed = [b for b in meant if not any(_is_type(p) and len(p.instance_path) == level for p in b)]
    if not typed:  # none takes a value of this type
        return [p for branch in meant for p in branch if _is_type(p)]
    explained = [_deepest(branch[0]) for branch in typed]
    return max(explained, key=lambda found: len(found[0].instance_path))


def _tells_apart(problem: Any, level: int) -> bool:
    """Whether *problem* is about a property that tells the branches at *level* apart, and no item of a list."""
    path = problem.instance_path
    return _is_choice(problem) and len(path) == level + 1 and isinstance(path[-1], str)


def _is_choice(problem: Any) -> bool:
    return problem.kind.name in ("enum", "const")


def _is_type(problem: Any) -> bool:
    return bool(problem.kind.name == "type")


def _refusal(problems: list[Any], document: dict[str, Any]) -> ApiError:
    """The refusal for violations of one value: of its choices or types taken together, else of the first."""
    problem = problems[0]
    kind, value = problem.kind.name, problem.instance
    param = _param(problem.instance_path)
    shown = param or "body"
    if kind == "required":
        missing = f"{param}.{problem.kind.property}" if param else problem.kind.property
        return _no(f"Missing required parameter: '{missing}'.", "missing_required_parameter", missing)
    if _is_choice(problem):
        choices = list(dict.fromkeys(choice for p in problems for choice in _choices(p)))
        more = f" and {len(choices) - MOST_CHOICES} more" if len(choices) > MOST_CHOICES else ""
        listed = ", ".join(choices[:MOST_CHOICES]) + more
        return _no(f"Invalid value: {_quoted(value)}. Supported values are: {listed}.", "invalid_value", param)
    if kind == "type":
        names = [TYPES.get(name, name) for p in problems for name in p.kind.types]
        wanted = " or ".join(dict.fromkeys(name for name in names if name != "null" or len(set(names)) == 1))
        return _no(
            f"Invalid type for '{shown}': expected {wanted}, but got {_kind_of(value)} instead.", "invalid_type", param
        )
    if kind in BOUNDS:
        code, sign = BOUNDS[kind]
        noun = "integer" if "integer" in _declared_type(problem, document) else "decimal"
        word = code.split("_", maxsplit=1)[0]
        side = "maximum" if word == "above" else "minimum"
        return _no(
            f"Invalid '{shown}': {noun} {word} {side} value. "
            f"Expected a value {sign} {problem.kind.limit}, but got {value} instead.",
            f"{noun}_{code}",
            param,
        )
    if kind in LENGTHS:
        code, what, side = LENGTHS[kind]
        if kind == "minItems" and not value:
            code, what = "empty_array", "empty array"
        return _no(
            f"Invalid '{shown}': {what}. Expected {side} {problem.kind.limit}, but got {len(value)} instead.",
            code,
            param,
        )
    if kind == "pattern":
        return _no(
            f"Invalid '{shown}': string does not match pattern. Expected a string that matches "
            f"'{problem.kind.pattern}'.",
            "invalid_value",
            param,
        )
    if kind == "falseSchema":
        return _no(f"Unknown parameter: '{shown}'.", "unknown_parameter", param)
    if kind == "additionalProperties":
        unexpected = problem.kind.unexpected[0]
        name = f"{param}.{unexpected}" if param else unexpected
        return _no(f"Unknown parameter: '{name}'.", "unknown_parameter", name)
    return _no(f"Invalid '{shown}': {problem.message}.", "invalid_value", param)


def _declared_type(problem: Any, document: Any) -> str | list[str]:
    """The type that the violated schema names."""
    for step in list(problem.schema_path)[:-1]:
        document = document[step]
    declared: str | list[str] = document.get("type", "number")
    return declared


def _no(message: str, code: str, param: str | None) -> ApiError:
    return ApiError(400, message, code=code, param=param)


def _param(path: Iterable[str | int]) -> str | None:
    name = ""
    for step in path:
        name += f"[{step}]" if isinstance(step, int) else f".{step}"
    return name.removeprefix(".") or None


def _choices(problem: Any) -> list[str]:
    if problem.kind.name == "const":
        return [_quoted(problem.kind.expected_value)]
    return [_quoted(option) for option in problem.kind.options]


def _quoted(value: Any) -> str:
    if isinstance(value, str):
        return f"'{value}'" if len(value) <= LONGEST_SHOWN else f"'{value[:LONGEST_SHOWN]}...'"
    text = orjson.dumps(value).decode()
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _kind_of(value: Any) -> str:
    names: dict[type, str] = {
        str: "a string", bool: "a boolean", int: "an integer", float: "a decimal", list: "an array", dict: "an object",
    }  # fmt: skip
    return names.get(type(value), "null")
