"""Make a document's schemas loadable: words of other versions become those of JSON Schema 2020-12, no more.

OpenAI's document is OpenAPI 3.1 that still speaks 3.0 in places. A validator would ignore such a word (and refuse null
where null is meant) or refuse the whole schema. Every change is counted with its reason, and the report shows both.
"""

from collections import Counter
from typing import Any

NULL = {"type": "null"}
NULLABLE = "`nullable` is a word of OpenAPI 3.0: 3.1 says null with the type, the enum or one more alternative"
EXCLUSIVE = "a boolean `exclusiveMinimum` or `exclusiveMaximum` is of OpenAPI 3.0: 3.1 wants the number"
RECURSIVE = "`$recursiveRef` and `$recursiveAnchor` are of JSON Schema 2019-09: 2020-12 refers to the schema by name"
TWICE = "`required` names a property twice, which makes the whole schema invalid"


def make_loadable(components: dict[str, Any]) -> tuple[dict[str, Any], Counter[str]]:
    """The schemas of *components* in the words of 2020-12, and how often each reason made a change."""
    reasons: Counter[str] = Counter()
    return {name: loadable(schema, name, reasons) for name, schema in components.items()}, reasons


def loadable(schema: Any, name: str, reasons: Counter[str]) -> Any:
    """*schema*, which is part of the component *name*, in the words of JSON Schema 2020-12."""
    if isinstance(schema, list):
        return [loadable(item, name, reasons) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {word: loadable(value, name, reasons) for word, value in schema.items()}
    if isinstance(made.get("required"), list) and len(set(made["required"])) < len(made["required"]):
        made["required"] = list(dict.fromkeys(made["required"]))
        reasons[TWICE] += 1
    for bound in ("minimum", "maximum"):
        exclusive = f"exclusive{bound.capitalize()}"
        if isinstance(made.get(exclusive), bool):
            reasons[EXCLUSIVE] += 1
            if made.pop(exclusive) and bound in made:
                made[exclusive] = made.pop(bound)
    if made.get("$recursiveRef") == "#":
        del made["$recursiveRef"]
        made["$ref"] = f"#/components/schemas/{name}"
        reasons[RECURSIVE] += 1
    made.pop("$recursiveAnchor", None)
    if isinstance(made.get("nullable"), bool):
        if made.pop("nullable"):
            reasons[NULLABLE] += 1
            return _or_null(made)
    elif {"nullable": True} in _bare(schema.get("allOf")):
        made["allOf"] = [part for part in made["allOf"] if set(part) & WORDS]
        return _or_null(made)
    return made


WORDS = {"$ref", "type", "properties", "required", "allOf", "anyOf", "oneOf", "enum", "const", "items"}


def _bare(parts: Any) -> list[Any]:
    """The members of an `allOf` that say nothing but that null is allowed."""
    found = [part for part in parts or () if isinstance(part, dict) and not set(part) & WORDS]
    return [{"nullable": part["nullable"]} for part in found if "nullable" in part]


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """*schema*, which also takes null."""
    made = dict(schema)
    if isinstance(made.get("enum"), list) and None not in made["enum"]:
        made["enum"] = [*made["enum"], None]
    if isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
    elif isinstance(made.get("type"), list):
        made["type"] = list(dict.fromkeys([*made["type"], "null"]))
    if "$ref" in made or "allOf" in made:
        return {"anyOf": [made, dict(NULL)]}
    for word in ("anyOf", "oneOf"):
        if word in made and not any(_takes_null(branch) for branch in made[word]):
            made[word] = [*made[word], dict(NULL)]
    return made


def _takes_null(schema: Any) -> bool:
    kinds = schema.get("type") if isinstance(schema, dict) else None
    return kinds == "null" or (isinstance(kinds, list) and "null" in kinds)
