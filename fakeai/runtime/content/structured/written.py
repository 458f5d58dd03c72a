"""The JSON Schema that a prompt has in its text, as clients write it there that ask for `json_object`."""

import json
import re
from collections.abc import Iterable
from typing import Any

import orjson

from ...errors import ApiError
from .strict import Place, expect_valid

START = re.compile(r'\{\s*"')
MOST_STARTS = 8  # looked at
LONGEST = 20_000  # characters looked at
SOME_PLACE = Place("a schema in a prompt", "messages", None)

_decoder = json.JSONDecoder()


def written_schema(texts: Iterable[str]) -> dict[str, Any] | None:
    """The last schema of an object that stands in *texts*: examples come before what is meant."""
    text = "\n".join(texts)[-LONGEST:]
    found = None
    at = 0
    for _ in range(MOST_STARTS):
        start = START.search(text, at)
        if start is None:
            break
        try:
            _, at = _decoder.raw_decode(text, start.start())  # says where it ends, which orjson does not
            value = orjson.loads(text[start.start() : at])
        except (ValueError, RecursionError):
            at = max(at, start.end())
            continue
        found = _as_schema(value) or found
    return found


def _as_schema(value: dict[str, Any]) -> dict[str, Any] | None:
    """*value* if it is the schema of an object with properties, whether or not it says that it is one."""
    if not isinstance(value.get("properties"), dict):
        return None
    schema = {"type": "object", **value}
    try:
        expect_valid(schema, SOME_PLACE)
    except ApiError:
        return None
    return schema
