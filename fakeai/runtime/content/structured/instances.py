"""Values that are valid against a JSON Schema and use what the prompt says."""

from typing import Any

from ...chance import Chance
from .hints import Hints

DEEPEST = 16  # schemas within schemas
LONGEST_LIST = 16  # items of a list that must have some
BUDGET = 400  # values, after which an instance has only what it must have


def instance(schema: Any, hints: Hints, chance: Chance, budget: int = BUDGET) -> Any:
    """A value that is valid against *schema*; it has about *budget* values within it, or more if it must."""
    return _Filler(schema, hints, chance).value(schema, 0)


class _Filler:
    """Values for the parts of one schema; texts are words of the prompt, one after the other."""

    def __init__(self, root: Any, hints: Hints, chance: Chance) -> None:
        self._root, self._words, self._chance, self._next = root, hints.words or ("example",), chance, 0

    def value(self, schema: Any, depth: int) -> Any:
        """A value that fits *schema*; null where that goes too deep."""
        if depth > DEEPEST or schema is False:
            return None
        schema = self._flat(schema, depth)
        if "const" in schema:
            return schema["const"]
        if schema.get("enum"):
            return self._enumerated(schema["enum"])
        if "default" in schema:
            return schema["default"]
        type = schema.get("type")
        if isinstance(type, list):
            type = next((name for name in type if name != "null"), "null")
        if type == "object" or (type is None and ("properties" in schema or depth == 0)):
            properties = schema.get("properties") or {}
            return {name: self.value(properties.get(name, {}), depth + 1) for name in schema.get("required") or ()}
        if type == "array":
            size = min(max(schema.get("minItems", 1), 1), schema.get("maxItems", LONGEST_LIST))
            return [self.value(schema.get("items", {}), depth + 1) for _ in range(size)]
        if type == "boolean":
            return self._chance.below(2) == 1
        if type in ("integer", "number"):
            return self._number(schema, type == "integer")
        return None if type == "null" else self._text(schema)

    def _flat(self, schema: Any, depth: int) -> dict[str, Any]:
        """*schema* with its reference, the parts of its `allOf` and the first of its alternatives in it."""
        if not isinstance(schema, dict):
            return {}
        flat = {name: value for name, value in schema.items() if name not in ("$ref", "allOf", "anyOf", "oneOf")}
        parts = list(schema.get("allOf") or ())
        for word in ("anyOf", "oneOf"):
            real = [part for part in schema.get(word) or () if part != {"type": "null"}]
            parts += real[:1]
        if isinstance(schema.get("$ref"), str):
            parts.append(self._referred(schema["$ref"]))
        for part in parts if depth <= DEEPEST else ():
            below = self._flat(part, depth + 1)
            properties = {**below.get("properties", {}), **flat.get("properties", {})}
            required = [*flat.get("required", ()), *below.get("required", ())]
            flat = {**below, **flat}
            if properties:
                flat["properties"] = properties
            if required:
                flat["required"] = list(dict.fromkeys(required))
        return flat

    def _referred(self, reference: str) -> Any:
        found: Any = self._root
        for step in reference.removeprefix("#").split("/")[1:]:
            found = found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
        return found

    def _enumerated(self, values: list[Any]) -> Any:
        """The value that is a word of the text, or any."""
        for word in self._words:
            for value in values:
                if isinstance(value, str) and value.lower() == word.lower():
                    return value
        return values[self._chance.below(len(values))]

    def _number(self, schema: dict[str, Any], whole: bool) -> float | int:
        """The first number of the text within the bounds, or one near the lowest."""
        least, most = schema.get("minimum"), schema.get("maximum")
        step = schema.get("multipleOf") or (1 if whole else None)
        above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
        if isinstance(above, int | float) and not isinstance(above, bool):
            least = above + (step or 0.5)
        if isinstance(below, int | float) and not isinstance(below, bool):
            most = below - (step or 0.5)
        for word in self._words:
            if word.isdecimal() and len(word) < 16:
                number = int(word)
                fits = (least is None or number >= least) and (most is None or number <= most)
                if fits and (not step or number % step == 0):
                    return number
        low = least if least is not None else most - 1 if most is not None and most < 1 else 1
        if step:
            low = -(-low // step) * step
        return int(low) if whole else low

    def _text(self, schema: dict[str, Any]) -> str:
        word = FORMATS.get(schema.get("format", ""))
        if word is None:
            word = self._words[self._next % len(self._words)]
            self._next += 1
        least = schema.get("minLength", 0)
        if len(word) < least:
            word = (word + " ") * (least // (len(word) + 1) + 1)
            word = word[:least]
        return word[: schema.get("maxLength", len(word))]


FORMATS = {
    "date": "2026-01-01",
    "date-time": "2026-01-01T00:00:00Z",
    "time": "12:00:00Z",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
