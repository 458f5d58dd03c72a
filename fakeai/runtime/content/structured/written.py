"""The JSON Schema that a prompt has in its text, as clients write it there that ask for `json_object`."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import orjson

from ...errors import ApiError
from .strict import Place, expect_valid

START = re.compile(r'\{\s{0,80}"')
MOST_STARTS = 8  # places where a schema may begin that are looked at
LONGEST = 20_000  # characters of a schema
SOME_PLACE = Place("a schema in a prompt", "messages", None)

_decoder = json.JSONDecoder()


def written_schema(texts: Iterable[str]) -> dict[str, Any] | None:
    """The last schema of an object that stands in *texts*: examples come before what is meant."""
    found = [value for value in islice(_objects(texts), MOST_STARTS) if _describes_properties(value)]
    if not found:
        return None
    schema = {"type": "object", **found[-1]}
    try:
        expect_valid(schema, SOME_PLACE)
    except ApiError:
        return None
    return schema


def _objects(texts: Iterable[str]) -> Iterator[Any]:
    """What each `{` of *texts* begins that is not part of an object before it; None for what is no JSON."""
    for text in texts:
        start = START.search(text)
        while start is not None:
            piece, value = text[start.start() : start.start() + LONGEST], None
            end = len(start[0])
            try:
                _, end = _decoder.raw_decode(piece)  # says where it ends, which orjson does not
                value = orjson.loads(piece[:end])
            except (ValueError, RecursionError):
                pass
            yield value
            start = START.search(text, start.start() + end)


def _describes_properties(value: Any) -> bool:
    """Whether *value* looks like the schema of an object, whether or not it says that it is one."""
    return isinstance(value, dict) and isinstance(value.get("properties"), dict)
