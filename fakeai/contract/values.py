"""Values for requests: the least that a schema takes, and all that it can hold."""

from collections.abc import Iterator
from typing import Any

from fakeai_generator import examples

from .upstream import Upstream

FULL_DEPTH = 3  # nesting below which only what is required is made
MOST_SHAPES = 40  # branches of unions in unions that are tried
UNIONS = ("anyOf", "oneOf")


class Values:
    """Makes values of the schemas of one document."""

    def __init__(self, document: Upstream) -> None:
        self.document = document

    def least(self, schema: Any) -> Any:
        """A valid value with nothing that is optional.

        Raises:
            NoExample: there is none.
        """
        return examples.make(schema, self.document.components)

    def full(self, schema: Any, depth: int = 0) -> Any:
        """A valid value with every optional property that can stand beside the others.

        Left out is what is deprecated or only the server's to say. Of alternatives the first that takes a value
        other than null is made.
        """
        for tried, shape in enumerate(self.shapes(schema)):
            if tried == MOST_SHAPES:
                break
            try:
                value = self.of_shape(shape, depth)
            except examples.NoExample:
                continue
            if value is not None and self.fits(value, schema):
                return value
        return self.least(schema)

    def fits(self, value: Any, schema: Any) -> bool:
        return self.document.validator(schema).is_valid(value)

    def of_shape(self, shape: dict[str, Any], depth: int) -> Any:
        if depth <= FULL_DEPTH and shape.get("properties"):
            return self.object(shape, depth)
        if depth <= FULL_DEPTH and isinstance(shape.get("items"), dict):
            number = max(1, shape.get("minItems", 0))
            return [self.full(shape["items"], depth + 1)] * number
        return self.least(shape)

    def object(self, shape: dict[str, Any], depth: int) -> dict[str, Any]:
        """Each property in turn, where it can stand beside what is there."""
        required = shape.get("required", ())
        made = {name: self.full(shape["properties"].get(name, {}), depth + 1) for name in required}
        alone = self.fits(made, shape)  # else an optional property is needed
        for name, schema in shape["properties"].items():
            if name in made or not self.is_wanted(schema):
                continue
            try:
                value = self.full(schema, depth + 1)
            except examples.NoExample:
                continue
            if not alone or self.fits({**made, name: value}, shape):
                made[name] = value
                alone = alone or self.fits(made, shape)
        return made

    def is_wanted(self, schema: Any) -> bool:
        schema = {**self.document.resolved(schema), **schema} if isinstance(schema, dict) else {}
        return not schema.get("deprecated") and not schema.get("readOnly")

    def shapes(self, schema: Any) -> Iterator[dict[str, Any]]:
        """*schema* without references, `allOf` and unions: one mapping for each way through its unions, null last."""
        schema = schema if isinstance(schema, dict) else {}
        if "$ref" in schema:
            rest = {word: value for word, value in schema.items() if word != "$ref"}
            yield from self.shapes(merged(rest, self.document.resolved({"$ref": schema["$ref"]})))
        elif schema.get("allOf"):
            rest = {word: value for word, value in schema.items() if word != "allOf"}
            for part in schema["allOf"]:
                rest = merged(rest, next(self.shapes(part), {}))
            yield from self.shapes(rest)
        elif any(word in schema for word in UNIONS):
            word = next(word for word in UNIONS if word in schema)
            rest = {key: value for key, value in schema.items() if key != word}
            for branch in sorted(schema[word], key=lambda branch: branch.get("type") == "null"):
                yield from self.shapes(merged(rest, branch))
        else:
            yield schema

    def properties(self, schema: Any) -> dict[str, Any]:
        """The properties that an object of *schema* can have, in its first shape."""
        found = next(self.shapes(schema), {}).get("properties")
        return found if isinstance(found, dict) else {}


def merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """What says both: properties and required names of both, otherwise the words of *one*."""
    made = {**other, **one}
    for word in ("properties", "$defs"):
        if word in one and word in other:
            made[word] = {**other[word], **one[word]}
    if "required" in one and "required" in other:
        made["required"] = list(dict.fromkeys([*other["required"], *one["required"]]))
    if "allOf" in one and "allOf" in other:
        made["allOf"] = [*other["allOf"], *one["allOf"]]
    return made
