"""Texts with places for values: `{{item.question}}` and `{{sample.output_text}}`."""

import re
from typing import Any

import orjson

PLACE = re.compile(r"\{\{(.*?)\}\}", re.S)
PATH = re.compile(r"\s*((?:item|sample)(?:\.\w+|\[\d+\])*)\s*")
STEP = re.compile(r"\w+")


class BadTemplate(Exception):
    """A place that names nothing which can be there, or values that have nothing there; *flag* is the API's word."""

    def __init__(self, message: str, flag: str = "invalid_variable_error") -> None:
        super().__init__(message)
        self.flag = flag


def check(template: str) -> None:
    """See that every place of *template* names an item's or a sample's value.

    Raises:
        BadTemplate: one does not.
    """
    for match in PLACE.finditer(template):
        if not PATH.fullmatch(match[1]):
            raise BadTemplate(f"'{match[0]}' names no value of 'item' or 'sample'.")


def fill(template: str, values: dict[str, Any]) -> str:
    """*template* with *values* {item, sample} in their places; what is no text stands there as JSON.

    Raises:
        BadTemplate: there is no such value.
    """

    def value(match: re.Match[str]) -> str:
        path = PATH.fullmatch(match[1])
        if path is None:
            raise BadTemplate(f"'{match[0]}' names no value of 'item' or 'sample'.")
        found = look_up(path[1], values)
        return found if isinstance(found, str) else orjson.dumps(found).decode()

    return PLACE.sub(value, template)


def look_up(path: str, values: Any) -> Any:
    """What stands at *path*, such as `item.messages[0].content`.

    Raises:
        BadTemplate: nothing does.
    """
    for step in STEP.findall(path):
        if isinstance(values, list) and step.isdecimal() and int(step) < len(values):
            values = values[int(step)]
        elif isinstance(values, dict) and step in values:
            values = values[step]
        else:
            flag = "sample_parse_error" if path.startswith("sample.output_json") else "invalid_variable_error"
            raise BadTemplate(f"There is no '{path}'.", flag)
    return values
