"""Hypothesis strategies for JSON Schemas: those that strict mode takes, and what others write."""

from typing import Any

from hypothesis import strategies as st

NAMES = st.sampled_from(
    "name age email city date summary score items tags next value kind x total is_done createdAt answer steps".split()
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
PATTERNS = st.sampled_from(
    (
        "^[A-Z]{2,4}$", r"^\d{3}-\d{4}$", "^#[0-9a-f]{6}$", "^(a|b)+c?$", "x", r"^\S+@\S+$", "^[a-z]+(-[a-z]+)*$",
        r"^(?=.*\d)[a-z0-9]{6,}$", "^v[0-9]+$", "^$|^yes$", r"^\+?[0-9 ]{7,15}$", "[^a-z]", r"\bcat\b",
    )
)  # fmt: skip
FORMATS = st.sampled_from("date-time time date duration email hostname ipv4 ipv6 uuid".split())


@st.composite
def strings(draw: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    kind = draw(st.integers(0, 5))
    if kind == 0:
        schema["pattern"] = draw(PATTERNS)
    elif kind == 1:
        schema["format"] = draw(FORMATS)
    elif kind == 2:
        schema["minLength"] = draw(st.integers(0, 60))
        schema["maxLength"] = schema["minLength"] + draw(st.integers(0, 30))
    elif kind == 3:
        return {"type": "string", "enum": draw(st.lists(TEXTS, min_size=1, max_size=4, unique=True))}
    elif kind == 4:
        return {"type": "string", "const": draw(TEXTS)}
    return schema


@st.composite
def numbers(draw: Any) -> dict[str, Any]:
    whole = draw(st.booleans())
    schema: dict[str, Any] = {"type": "integer" if whole else "number"}
    low = draw(st.integers(-1000, 1000)) if whole else draw(st.integers(-1000, 1000)) / 8
    width = draw(st.integers(1, 50))
    if draw(st.booleans()):
        schema[draw(st.sampled_from(("minimum", "exclusiveMinimum")))] = low
    if draw(st.booleans()):
        schema[draw(st.sampled_from(("maximum", "exclusiveMaximum")))] = low + width + 1
    if draw(st.integers(0, 3)) == 0:
        schema["multipleOf"] = draw(st.sampled_from((1, 2, 3) if whole else (0.5, 0.25, 0.1, 1)))
        if {"minimum", "exclusiveMinimum"} & set(schema) and {"maximum", "exclusiveMaximum"} & set(schema):
            del schema["multipleOf"]
    return schema


def strict(definitions: tuple[str, ...] = ()) -> Any:
    """Schemas that stand within a strict one, which has the *definitions*."""
    leaves = strings() | numbers() | st.sampled_from(({"type": "boolean"}, {"type": "null"}, {"enum": [1, "a", None]}))
    references = [st.builds(nullable_reference, st.sampled_from(definitions))] if definitions else []
    leaves = st.one_of(leaves, *references)
    return st.recursive(
        leaves, lambda inner: objects(inner) | arrays(inner) | unions(inner) | nullable(inner), max_leaves=8
    )


def nullable_reference(name: str) -> dict[str, Any]:
    return {"anyOf": [{"$ref": f"#/$defs/{name}"}, {"type": "null"}]}


@st.composite
def objects(draw: Any, inner: Any) -> dict[str, Any]:
    properties = draw(st.dictionaries(NAMES, inner, min_size=1, max_size=4))
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


@st.composite
def arrays(draw: Any, inner: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "array", "items": draw(inner)}
    if draw(st.booleans()):
        schema["minItems"] = draw(st.integers(0, 3))
        schema["maxItems"] = schema["minItems"] + draw(st.integers(0, 3))
    return schema


def unions(inner: Any) -> Any:
    return st.builds(lambda parts: {"anyOf": parts}, st.lists(inner, min_size=1, max_size=3))


@st.composite
def nullable(draw: Any, inner: Any) -> dict[str, Any]:
    schema = draw(inner)
    if (
        schema.get("type") not in (None, "null")
        and isinstance(schema["type"], str)
        and not {"enum", "const"} & set(schema)
    ):
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


@st.composite
def strict_schemas(draw: Any) -> dict[str, Any]:
    """A schema that strict mode takes, perhaps with definitions that refer to themselves and to one another."""
    names = tuple(draw(st.lists(st.sampled_from(("Node", "Tree", "Person")), max_size=2, unique=True)))
    inner = strict(names)
    root = draw(objects(inner))
    definitions = {name: draw(objects(inner)) for name in names}
    return {**root, "$defs": definitions} if definitions else root


def free(depth: int = 3) -> Any:
    """Schemas with what strict mode does not take."""
    leaves = strings() | numbers() | st.sampled_from(({}, True, {"type": "boolean"}, {"enum": [1, "a", None, [2]]}))
    return st.recursive(leaves, _free, max_leaves=8)


def _free(inner: Any) -> Any:
    return st.one_of(objects(inner), arrays(inner), unions(inner), loose(inner), tuples(inner), merged(inner))


@st.composite
def loose(draw: Any, inner: Any) -> dict[str, Any]:
    properties = draw(st.dictionaries(NAMES, inner, max_size=4))
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    names = sorted(properties)
    if names:
        schema["required"] = draw(st.lists(st.sampled_from(names), max_size=3, unique=True))
    if draw(st.booleans()):
        schema["additionalProperties"] = draw(st.sampled_from((False, True)) | inner)
    if len(names) > 1 and draw(st.booleans()):
        schema["dependentRequired"] = {names[0]: [names[1]]}
    if draw(st.booleans()):
        schema["patternProperties"] = {"^x_": draw(inner)}
    if draw(st.booleans()) and schema.get("additionalProperties", True) is True:
        schema["minProperties"] = draw(st.integers(0, 4))
    if names and draw(st.booleans()):
        then = {"required": [names[-1]]}
        schema["if"], schema["then"] = {"required": [names[0]]}, then
    return schema


@st.composite
def tuples(draw: Any, inner: Any) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "array", "prefixItems": draw(st.lists(inner, min_size=1, max_size=3))}
    if draw(st.booleans()):
        schema["items"] = False
    return schema


@st.composite
def merged(draw: Any, inner: Any) -> dict[str, Any]:
    """Parts with other properties each, so that they do not contradict one another."""
    one, other = draw(st.permutations(("name", "age", "city", "total")))[:2]
    parts = [{"type": "object", "properties": {name: draw(inner)}, "required": [name]} for name in (one, other)]
    word = draw(st.sampled_from(("allOf", "oneOf", "anyOf")))
    if word == "oneOf":
        for part, kind in zip(parts, ("a", "b"), strict=True):
            part["properties"] = {**part["properties"], "kind": {"const": kind}}
            part["required"] = [*part["required"], "kind"]
    return {word: parts}
