"""Filters of a search: which files' attributes fit."""

from collections.abc import Callable
from typing import Any

Attributes = dict[str, Any]

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
}


def fits(attributes: Attributes, said: dict[str, Any] | None) -> bool:
    """Whether *attributes* fit a comparison or a compound of filters; all fit none.

    An attribute that is not there differs from everything and compares with nothing.
    """
    if said is None:
        return True
    kind = said["type"]
    if kind == "and":
        return all(fits(attributes, part) for part in said["filters"])
    if kind == "or":
        return any(fits(attributes, part) for part in said["filters"])
    return _compares(kind, attributes.get(said["key"]), said["value"])


def _compares(kind: str, value: Any, wanted: Any) -> bool:
    if kind in ("in", "nin"):
        listed = wanted if isinstance(wanted, list) else [wanted]
        return any(_same(value, one) for one in listed) == (kind == "in")
    if kind in ("eq", "ne"):
        return _same(value, wanted) == (kind == "eq")
    return _kind(value) == _kind(wanted) and _kind(value) in ("text", "number") and COMPARISONS[kind](value, wanted)


def _same(value: Any, wanted: Any) -> bool:
    return _kind(value) == _kind(wanted) and bool(value == wanted)


def _kind(value: Any) -> str:
    """What a value is compared as; true is no number."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else type(value).__name__
