"""Make an example value of a JSON Schema: small, plausible, always valid."""

import re
from collections.abc import Callable
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from .references import SCHEMAS, unescape

TRIES = 24  # shapes tried before a schema is said to have no example
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
    "uuid": "00000000-0000-4000-8000-000000000000",
    "byte": "AA==",
    "base64": "AA==",
    "binary": "",
    "json-pointer": "",
    "regex": ".*",
}
EPOCH = 1_767_225_600  # 2026-01-01, for integers that are times

# Strings for the shapes of `pattern` that specs use: the first that fits is taken.
SAMPLES = ("example", "example_1", "ex-1", "a", "A", "1", "12:00", "#ffffff", "2026-01-01", "user@example.com", "")


class NoExample(Exception):
    """No valid example was found; the message says why the last try failed."""


def make(schema: Any, schemas: dict[str, Any]) -> Any:
    """Return a value that is valid against *schema*, whose references lead into *schemas*.

    Optional properties that the schema names are left out when the value is valid without them.

    Raises:
        NoExample: none was found; the schema may contradict itself.
    """
    root = {"$ref": "#/$defs/root", "$defs": {"root": schema}, "components": {"schemas": schemas}}
    validator = Draft202012Validator(root, format_checker=FormatChecker())
    reason = "nothing fits it"
    for attempt in range(TRIES):
        try:
            value = _Maker(schemas, attempt).value(schema, 0)
        except (NoExample, RecursionError) as error:
            reason = str(error) or reason
            continue
        problem = next(iter(validator.iter_errors(value)), None)
        if problem is None:
            return value
        where = ".".join(map(str, problem.absolute_path))
        reason = f"{where}: {problem.message}" if where else problem.message
    raise NoExample(reason[:200])


class _Maker:
    """One try. The try's number picks other branches of `anyOf` and `oneOf` than the tries before it."""

    def __init__(self, schemas: dict[str, Any], attempt: int) -> None:
        self.schemas, self.attempt = schemas, attempt

    def value(self, schema: Any, depth: int) -> Any:
        if schema is True or schema == {}:
            return {} if depth == 0 else "example"
        if schema is False:
            raise NoExample("a schema is false")
        if depth > 4 * DEPTH:
            raise NoExample("the schema requires itself without end")
        schema = self.flat(schema, depth)
        for word in ("const", "default"):
            if word in schema and (word == "const" or depth < DEPTH) and schema[word] is not None:
                return schema[word]
        if schema.get("enum"):
            return next((item for item in schema["enum"] if item is not None), None)
        kind = schema.get("type") or _kind(schema)
        if isinstance(kind, list):
            kind = next((k for k in kind if k != "null"), "null") if depth < DEPTH or "null" not in kind else "null"
        build: Callable[[dict[str, Any], int], Any] = {
            "object": self.object, "array": self.array, "string": self.string,
            "integer": self.number, "number": self.number,
        }.get(kind, lambda _s, _d: {"boolean": True, "null": None}.get(kind, "example"))  # fmt: skip
        return build(schema, depth)

    def flat(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        """*schema* with its references, `allOf` and one branch of `anyOf` or `oneOf` merged into one mapping."""
        for _ in range(64):
            if "$ref" in schema:
                name = unescape(str(schema["$ref"]).removeprefix(SCHEMAS))
                if name not in self.schemas:
                    raise NoExample(f"the reference {schema['$ref']!r} leads nowhere")
                schema = _merged(_without(schema, "$ref"), self.schemas[name])
            elif schema.get("allOf"):
                parts = schema["allOf"]
                schema = _without(schema, "allOf")
                for part in parts:
                    schema = _merged(schema, self.flat(part, depth) if isinstance(part, dict) else {})
            elif "anyOf" in schema or "oneOf" in schema:
                word = "anyOf" if "anyOf" in schema else "oneOf"
                branches = schema[word]
                branch = branches[self.attempt % len(branches)]
                schema = _merged(_without(schema, word), branch if isinstance(branch, dict) else {})
            else:
                return schema
        raise NoExample("references lead in a circle")

    def object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        properties = schema.get("properties", {})
        made = {name: self.value(properties.get(name, {}), depth + 1) for name in schema.get("required", ())}
        extra = schema.get("additionalProperties")
        for number in range(max(0, schema.get("minProperties", 0) - len(made))):
            made[f"key_{number + 1}"] = self.value(extra if isinstance(extra, dict) else {}, depth + 1)
        return {name: made[name] for name in (*properties, *made) if name in made}

    def array(self, schema: dict[str, Any], depth: int) -> list[Any]:
        first = [self.value(item, depth + 1) for item in schema.get("prefixItems", ())]
        least = max(schema.get("minItems", 0) - len(first), 0)
        if not least and (depth >= 2 or schema.get("maxItems") == 0 or "items" not in schema):
            return first
        try:
            item = self.value(schema.get("items", {}), depth + 1)
        except NoExample:
            if least:
                raise
            return first
        return first + [item] * max(least, 1)

    def string(self, schema: dict[str, Any], depth: int) -> str:
        text = FORMATS.get(schema.get("format", ""), "example")
        if "pattern" in schema:
            fit = (s for s in SAMPLES if re.search(schema["pattern"], s) and len(s) >= schema.get("minLength", 0))
            text = next(fit, text)
        text = text.ljust(schema.get("minLength", 0), "x")
        return text[: schema["maxLength"]] if "maxLength" in schema else text

    def number(self, schema: dict[str, Any], depth: int) -> float:
        whole = schema.get("type") == "integer" or "integer" in schema.get("type", ())
        step = schema.get("multipleOf", 1 if whole else 0.5)
        value = EPOCH if schema.get("format") in ("unixtime", "unix-time") else step
        value = max(value, schema.get("minimum", value), schema.get("exclusiveMinimum", value - step) + step)
        value = min(value, schema.get("maximum", value), schema.get("exclusiveMaximum", value + step) - step)
        return int(value) if whole else value


def _kind(schema: dict[str, Any]) -> str:
    """The type a schema means that does not say it."""
    signs = {
        "object": ("properties", "required", "additionalProperties"),
        "array": ("items", "prefixItems", "minItems"),
        "number": ("minimum", "maximum"),
    }
    return next((kind for kind, words in signs.items() if any(word in schema for word in words)), "string")


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
