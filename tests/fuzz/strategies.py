"""Requests for Hypothesis: made from a schema, or a valid one with something wrong in it."""

import copy
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st
from hypothesis_jsonschema import from_schema

from fakeai_generator.references import SCHEMAS, unescape
from tests.fuzz.surface import components, example

DEEPEST = 5  # references that are followed into one another
MOST = 4  # alternatives that are tried of one choice, below the first level
ODD: list[Any] = [
    None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63), 10**30, 0.5, -1e308, 1e308, "", " ", "a", "\0", "😀" * 50,
    "\ud800", "x" * 5000, [], [None], [[]], {}, {"": None}, {"a": {"b": [1]}}, ["a"] * 600, "null", "2026-01-01",
]  # fmt: skip


def valid(schema: Any) -> st.SearchStrategy[Any]:
    """Values of *schema*, whose references are followed as deep as DEEPEST."""
    return from_schema(_flat(schema, 0))


def _flat(schema: Any, depth: int) -> Any:
    """*schema* without references, and with fewer alternatives the deeper they stand."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        if depth >= DEEPEST:
            return {}
        name = unescape(schema["$ref"].removeprefix(SCHEMAS))
        rest = {word: value for word, value in schema.items() if word != "$ref"}
        found = _flat(components()[name], depth + 1)
        return {"allOf": [found, _flat(rest, depth)]} if rest else found
    made: dict[str, Any] = {}
    for word, value in schema.items():
        if word in ("anyOf", "oneOf", "allOf"):
            parts = value if word == "allOf" or depth == 0 else value[:MOST]
            made["anyOf" if word == "oneOf" else word] = [_flat(part, depth) for part in parts]
        elif word in ("properties", "patternProperties"):
            required = schema.get("required", ())
            made[word] = {
                name: _flat(part, depth) for name, part in value.items() if depth < DEEPEST - 2 or name in required
            }
        elif word in ("items", "additionalProperties", "not"):
            made[word] = _flat(value, depth)
        elif word not in ("format", "discriminator", "default", "example", "examples", "deprecated", "title"):
            made[word] = value
    return made


@st.composite
def nearly(draw: st.DrawFn, schema: Any) -> Any:
    """A valid value with one part left out, of another kind, or added."""
    value = copy.deepcopy(example(schema))
    places = list(_places(value))
    holder, key = draw(st.sampled_from(places)) if places else (None, None)
    what = draw(st.sampled_from(("leave out", "replace", "add")))
    if holder is None:
        return draw(st.sampled_from(ODD))
    if what == "leave out":
        del holder[key]
    elif what == "replace":
        holder[key] = draw(st.sampled_from(ODD))
    elif isinstance(holder, dict):
        names = _names(schema) or ["added"]
        holder[draw(st.sampled_from(names))] = draw(st.sampled_from(ODD))
    else:
        holder.append(draw(st.sampled_from(ODD)))
    return value


def _places(value: Any) -> Any:
    """Every (holder, key) below *value*."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        yield value, key
        yield from _places(part)


def _names(schema: Any) -> list[str]:
    flat = _flat(schema, DEEPEST - 1)
    return sorted(flat.get("properties", {}))


@st.composite
def nearly_form(draw: st.DrawFn, schema: Any) -> dict[str, Any]:
    """The fields of a valid form with files, one of them odd or missing."""
    value = example(schema)
    form = {name: b"bytes of a file\n" if part == "" else part for name, part in value.items()}
    name = draw(st.sampled_from([*form, "added", "file[]", "a[b][c]", "", "]["]))
    odd = draw(st.sampled_from([None, b"", b"\xff\x00", "", "😀", "[]", "{}", "x" * 5000, ["a", "b"]]))
    if odd is None:
        form.pop(name, None)
    else:
        form[name] = odd
    return form


@st.composite
def query(draw: st.DrawFn, parameters: dict[str, Any]) -> str:
    """A query that names some of *parameters*, with values of all kinds."""
    texts = st.sampled_from(
        [
            "",
            "1",
            "0",
            "-1",
            "100",
            "101",
            "1e9",
            "9" * 30,
            "asc",
            "desc",
            "true",
            "none",
            "%FF",
            "%00",
            "a,b",
            "[]",
            "{}",
        ]
    )
    names = draw(st.lists(st.sampled_from(sorted(parameters)), max_size=3))
    parts = []
    for name in names:
        suffix = draw(st.sampled_from(["", "", "", "[]", "[0]", "[a]", "[a][b]", "["]))
        text = draw(texts)
        parts.append(f"{quote(name + suffix)}={text if text.startswith('%') else quote(text)}")
    return "&".join(parts)
