"""Make an example value of a JSON Schema: small, plausible, always valid."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from . import patterns, schemas
from .references import SCHEMAS, closure, unescape

TRIES = 24  # shapes tried before a schema is said to have no example
LARGEST = 10_000  # items, properties or letters of an example
LONGEST_REASON = 200  # characters
DEPTH = 24  # nesting after which only what is required is made

FORMATS = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "time": "00:00:00Z",
    "duration": "PT1S",
    "email": "user@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "url": "https://example.com/",
    "uri-reference": "/",
    "uri-template": "/{id}",
    "iri": "https://example.com/",
    "iri-reference": "/",
    "idn-email": "user@example.com",
    "idn-hostname": "example.com",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "byte": "AA==",
    "base64": "AA==",
    "binary": "",
    "json-pointer": "",
    "relative-json-pointer": "0",
    "regex": ".*",
}
EPOCH = 1_767_225_600  # 2026-01-01, for integers that are times

# Strings for the shapes of `pattern` that specs use: the first that fits is taken.
SAMPLES = ("example", "example_1", "ex-1", "a", "A", "1", "12:00", "#ffffff", "2026-01-01", "user@example.com", "")


class NoExample(Exception):
    """No valid example was found; the message says why and what can be done."""


def make(
    schema: Any,
    components: dict[str, Any],
    given: tuple[Any, ...] = (),
    *,
    sure: dict[str, Any] | None = None,
    bare: bool = False,
) -> Any:
    """Return a value that is valid against *schema*, whose references lead into *components*.

    The first of the *given* values that is valid is taken. Optional properties that the schema names are left out
    when the value is valid without them; those of an object that are *sure* are in it. A *bare* value has null
    wherever it may, and no items where it need not.

    Raises:
        NoExample: none was found; the schema may contradict itself.
    """
    if sure:
        known = {name: {"const": value} for name, value in sure.items()}
        schema = {"allOf": [schema], "properties": known, "required": list(sure)}
    document = _closed(schema, components)
    try:
        validator = schemas.compiled(document)
    except schemas.Unusable as error:
        raise NoExample(str(error)) from None
    reasons: list[str] = []
    for value in _tries(schema, components, given, bare, reasons):
        value = json.loads(json.dumps(value))  # no part of it is part of a spec
        if validator.is_valid(value):
            return value
        where, sentence = schemas.faults(value, document)[0]
        reasons.append(f"{'.'.join(map(str, where))}: {sentence}" if where else sentence)
    reason = reasons[0 if given else -1][:LONGEST_REASON]
    raise NoExample(f"{reason}; give the schema an `example` that fits")


def _tries(
    schema: Any, components: dict[str, Any], given: tuple[Any, ...], bare: bool, reasons: list[str]
) -> Iterator[Any]:
    """Values that may be valid, the likeliest first; why one cannot be made is added to *reasons*."""
    yield from given
    for attempt in range(TRIES):
        try:
            yield _Maker(components, attempt, bare=bare).value(schema, 0)
        except (NoExample, RecursionError) as error:
            reasons.append(str(error) or "the schema is nested too deeply")


def _closed(schema: Any, components: dict[str, Any]) -> dict[str, Any]:
    """*schema* with all that it refers to."""
    needed = closure([schema], components)
    return {"$ref": "#/$defs/root", "$defs": {"root": schema}, "components": {"schemas": needed}}


class _Maker:
    """One try. The try's number picks other branches of `anyOf` and `oneOf` than the tries before it.

    In a sequence whose items must differ, *turn* is the place of the item. What is *bare* has nulls and no items.
    """

    def __init__(self, components: dict[str, Any], attempt: int, turn: int = 0, bare: bool = False) -> None:
        self.components, self.attempt, self.turn, self.bare = components, attempt, turn, bare

    def value(self, schema: Any, depth: int) -> Any:
        if schema is True or schema == {}:
            return {} if depth == 0 else "example"
        if schema is False:
            raise NoExample("a schema is false")
        if depth > 4 * DEPTH:
            raise NoExample("the schema requires itself without end")
        whole, schema = schema, self.flat(schema, depth)
        if "const" in schema:
            return schema["const"]
        if not self.turn:
            for example in said_by(schema):
                if schemas.is_valid(example, _closed(whole, self.components)):
                    return example
            if depth < DEPTH and schema.get("default") is not None:
                return schema["default"]
        if schema.get("enum"):
            if self.bare and None in schema["enum"]:
                return None
            items = [item for item in schema["enum"] if item is not None] or [None]
            return items[self.turn % len(items)]
        kind = schema.get("type") or _kind(schema)
        if isinstance(kind, list):
            is_null = "null" in kind and (depth >= DEPTH or self.bare)
            kind = "null" if is_null else next((k for k in kind if k != "null"), "null")
        build: Callable[[dict[str, Any], int], Any] = {
            "object": self.object, "array": self.array, "string": self.string,
            "integer": self.number, "number": self.number,
        }.get(kind, lambda _s, _d: {"boolean": self.turn == 1, "null": None}.get(kind, "example"))  # fmt: skip
        return build(schema, depth)

    def flat(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        """*schema* with its references, `allOf` and one branch of `anyOf` or `oneOf` merged into one mapping."""
        for _ in range(64):
            if "$ref" in schema:
                name = unescape(str(schema["$ref"]).removeprefix(SCHEMAS))
                if name not in self.components:
                    raise NoExample(f"the reference {schema['$ref']!r} leads nowhere")
                schema = _merged(_without(schema, "$ref"), _as_mapping(self.components[name]))
            elif schema.get("allOf"):
                parts = schema["allOf"]
                schema = _without(schema, "allOf")
                for part in parts:
                    schema = _merged(schema, self.flat(_as_mapping(part), depth))
            elif "anyOf" in schema or "oneOf" in schema:
                word = "anyOf" if "anyOf" in schema else "oneOf"
                branches = schema[word]
                if self.bare:
                    branches = sorted(branches, key=lambda branch: branch != {"type": "null"})
                branch = branches[(self.attempt + self.turn) % len(branches)]
                schema = _merged(_without(schema, word), _as_mapping(branch))
            else:
                return schema
        raise NoExample("references lead in a circle")

    def object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        properties = schema.get("properties", {})
        made = {name: self.value(properties.get(name, {}), depth + 1) for name in schema.get("required", ())}
        extra = schema.get("additionalProperties")
        for number in range(max(0, _least(schema, "minProperties") - len(made))):
            made[f"key_{number + 1}"] = self.value(extra if isinstance(extra, dict) else {}, depth + 1)
        return {name: made[name] for name in (*properties, *made) if name in made}

    def array(self, schema: dict[str, Any], depth: int) -> list[Any]:
        first = [self.value(item, depth + 1) for item in schema.get("prefixItems", ())]
        least = max(_least(schema, "minItems") - len(first), 0)
        if not least and (depth >= 2 or self.bare or schema.get("maxItems") == 0 or "items" not in schema):
            return first
        try:
            return first + self.items(schema, max(least, 1), depth + 1)
        except NoExample:
            if least:
                raise
            return first

    def items(self, schema: dict[str, Any], number: int, depth: int) -> list[Any]:
        """The same item *number* times, or other ones when they must differ."""
        item = schema.get("items", {})
        if schema.get("uniqueItems") is True:
            return [_Maker(self.components, self.attempt, turn, self.bare).value(item, depth) for turn in range(number)]
        return [self.value(item, depth)] * number

    def string(self, schema: dict[str, Any], depth: int) -> str:
        least, most = _least(schema, "minLength"), schema.get("maxLength")
        if "pattern" in schema:
            words: dict[str, Any] = {
                word: schema[word] for word in ("pattern", "minLength", "maxLength", "format") if word in schema
            }
            samples = SAMPLES[self.turn :]
            fit = (
                s for s in (*samples, *patterns.matching(schema["pattern"], self.turn)) if schemas.is_valid(s, words)
            )
            return next(fit, samples[0] if samples else "")
        text = FORMATS.get(schema.get("format", ""), "example")
        text = (_varied(text, self.turn) if self.turn else text).ljust(least, "x")
        if most is None or len(text) <= most:
            return text
        return text[-most:] if self.turn and most else text[:most]

    def number(self, schema: dict[str, Any], depth: int) -> float:
        whole = schema.get("type") == "integer" or "integer" in schema.get("type", ())
        step = schema.get("multipleOf", 1 if whole else 0.5)
        value = EPOCH if schema.get("format") in ("unixtime", "unix-time") else step
        value = max(value, schema.get("minimum", value), schema.get("exclusiveMinimum", value - step) + step)
        value = min(value, schema.get("maximum", value), schema.get("exclusiveMaximum", value + step) - step)
        value += step * self.turn
        return int(value) if whole else value


def said_by(holder: Any) -> list[Any]:
    """The example that a schema or a media type gives itself: `example`, or the first of `examples`."""
    if not isinstance(holder, dict):
        return []
    several = holder.get("examples")
    first = several[:1] if isinstance(several, list) else []
    return [holder["example"]] if "example" in holder else first


def _varied(text: str, turn: int) -> str:
    """Another text of the same kind."""
    return text[:-1] + str((int(text[-1]) + turn) % 10) if text[-1:].isdigit() else f"{text}{turn + 1}"


def _kind(schema: dict[str, Any]) -> str:
    """The type a schema means that does not say it."""
    signs = {
        "object": ("properties", "required", "additionalProperties"),
        "array": ("items", "prefixItems", "minItems"),
        "number": ("minimum", "maximum"),
    }
    return next((kind for kind, words in signs.items() if any(word in schema for word in words)), "string")


def _least(schema: dict[str, Any], word: str) -> int:
    """The least size that *schema* asks for."""
    least = int(schema.get(word, 0))
    if least > LARGEST:
        raise NoExample(f"{word} is {least}, which is more than {LARGEST}")
    return least


def _as_mapping(schema: Any) -> dict[str, Any]:
    """A schema that may be true or false as one that is not."""
    if isinstance(schema, dict):
        return schema
    return {} if schema is True else {"not": {}}


def _without(schema: dict[str, Any], word: str) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != word}


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What satisfies both: properties of both, required of both, the words of *one* where both speak."""
    made = {**other, **one}
    if "properties" in one and "properties" in other:
        made["properties"] = {**other["properties"], **one["properties"]}
    if "required" in one and "required" in other:
        made["required"] = list(dict.fromkeys([*one["required"], *other["required"]]))
    if "allOf" in one and "allOf" in other:
        made["allOf"] = [*one["allOf"], *other["allOf"]]
    if "enum" in one and "enum" in other:
        made["enum"] = [item for item in one["enum"] if item in other["enum"]] or one["enum"]
    return made
