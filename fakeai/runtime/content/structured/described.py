"""The schema of an object that a prompt describes in words, by an example or by a schema in its text."""

import re
from typing import Any

import orjson

from ..words import singular
from .hints import Hints
from .shapes import Document, Field
from .written import written_schema

NAMED = re.compile(
    r"\b(?:keys?|fields?|propert(?:y|ies)|attributes?|format|object|json)\b[^\n:{]{0,60}?"
    r"(?:named|called|like|such as|with|of|are|:|as)?\s*:?\s*"
    r"((?:[`\"']?[a-zA-Z_]\w{0,40}[`\"']?(?:\s*\([^)]{0,60}\))?(?:\s*,\s*(?:and\s+)?|\s+and\s+))+[`\"']?[a-zA-Z_]\w{0,40}[`\"']?)"
)
ONE_KEY = re.compile(
    r"\b(?:keys?|fields?|property)\s+(?:named |called )?[`\"']([a-zA-Z_]\w{0,40})[`\"']|"
    r"[`\"']([a-zA-Z_]\w{0,40})[`\"'] (?:key|field|property)"
)
KEY = re.compile(r"[\"']([A-Za-z_][\w -]{0,40})[\"']\s*:")
WORDS_OF_TYPES = {"string": "string", "str": "string", "number": "number", "float": "number", "int": "integer",
                  "integer": "integer", "bool": "boolean", "boolean": "boolean", "true": "boolean",
                  "false": "boolean", "list": "array", "array": "array", "object": "object"}  # fmt: skip
MOST_KEYS, LOOKED_AT = 30, 20_000
NOT_KEYS = frozenset("the a an and with object json format keys fields as of in only valid response".split())


def described(hints: Hints) -> Any:
    """The schema of the object that the prompt, or what was said before it, asks for."""
    written = written_schema((hints.context or hints.text,))
    if written is not None:
        return written
    for text in (hints.text, hints.context[:LOOKED_AT]):
        for found in _objects(text):
            if found:
                return _like(found)
        for match in NAMED.finditer(text):
            names = re.findall(r"[a-zA-Z_]\w{0,40}", re.sub(r"\([^)]*\)", "", match[1]))
            names = [name for name in names if name.lower() not in NOT_KEYS]
            if len(names) > 1:
                return _named({name: {} for name in names[:MOST_KEYS]})
        keys = list(dict.fromkeys(KEY.findall(text)))
        if keys:  # something like JSON, with types or dots where values stand
            return _named({key: _told(text, key) for key in keys[:MOST_KEYS]})
        ones = [one or other for one, other in ONE_KEY.findall(text)]
        if ones:
            return _named({name: {} for name in dict.fromkeys(ones[:MOST_KEYS])})
    if hints.series:
        return _named({"topic": {"type": "string"}, "items": {"type": "array", "items": {"type": "string"}}})
    return _named({"topic": {"type": "string"}, "summary": {"type": "string"}, "answer": {"type": "string"}})


def _named(properties: dict[str, Any]) -> dict[str, Any]:
    named = {name: schema or _guess(name) for name, schema in properties.items()}
    return {"type": "object", "properties": named, "required": list(named)}


def _guess(name: str) -> dict[str, Any]:
    """What a property of that *name* is likely to be."""
    field = Field(name, Document({}).root)
    last = field.words[-1] if field.words else ""
    if len(last) > 3 and singular(last) != last and field.text is not None:
        return {"type": "array", "items": {"type": "string"}}
    if field.words[:1] in (("is",), ("has",)):
        return {"type": "boolean"}
    if field.span is not None and (field.text is None or field.name.lower() in ("year", "duration", "number")):
        return {"type": "number" if field.span.decimals else "integer"}
    return {"type": "string"}


def _objects(text: str) -> list[Any]:
    """The JSON objects in *text*, outermost ones only."""
    found: list[Any] = []
    at = text.find("{")
    tries = 0
    while at >= 0 and tries < 8:
        tries += 1
        depth, end, quoted = 0, -1, False
        for place in range(at, len(text)):
            letter = text[place]
            if letter == '"' and text[place - 1] != "\\":
                quoted = not quoted
            elif not quoted and letter in "{}":
                depth += 1 if letter == "{" else -1
                if depth == 0:
                    end = place + 1
                    break
        if end < 0:
            break
        try:
            value = orjson.loads(text[at:end])
            if isinstance(value, dict):
                found.append(value)
        except orjson.JSONDecodeError:
            pass
        at = text.find("{", end)
    return found


def _like(example: Any, depth: int = 0) -> dict[str, Any]:
    """A schema of values like *example*; a word for a type stands for a value of that type."""
    if isinstance(example, dict) and depth < 8:
        properties = {name: _like(value, depth + 1) for name, value in example.items()}
        return {"type": "object", "properties": properties, "required": list(properties)}
    if isinstance(example, list):
        return {"type": "array", "items": _like(example[0], depth + 1) if example else {"type": "string"}}
    if isinstance(example, bool):
        return {"type": "boolean"}
    if isinstance(example, int):
        return {"type": "integer"}
    if isinstance(example, float):
        return {"type": "number"}
    if isinstance(example, str):
        options = [part.strip() for part in example.split("|")]
        if len(options) > 1 and all(0 < len(part) < 40 for part in options):
            return {"enum": options}
        first = re.findall(r"[a-z]+", example.lower())[:1]
        type = WORDS_OF_TYPES.get(first[0], "string") if first else "string"
        return {"type": type, "items": {"type": "string"}} if type == "array" else {"type": type}
    return {"type": ["string", "null"]}


def _told(text: str, key: str) -> dict[str, Any]:
    """What the text says of the value of *key*, in something like JSON."""
    match = re.search(rf"[\"']{re.escape(key)}[\"']\s*:\s*(\[?)\s*[\"'<]?\s*([a-z]+)?", text)
    if match is None:
        return {}
    type = WORDS_OF_TYPES.get(match[2] or "")
    if match[1]:
        return {"type": "array", "items": {"type": type or "string"}}
    return {"type": type} if type and type not in ("array", "object") else {}
