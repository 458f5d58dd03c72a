"""The query of an operation, as the schema of one object."""

from typing import Any

from .references import follow
from .source import Document, Pointer


def query_schema(document: Document, holders: list[tuple[Pointer, dict[str, Any]]]) -> dict[str, Any] | None:
    """What the query may say, by the parameters of *holders* (a path, then its operation); None when there are none.

    A parameter that is written `name[]` is a list called `name`.
    """
    properties: dict[str, Any] = {}
    required: dict[str, None] = {}
    for at, holder in holders:
        for i, said in enumerate(holder.get("parameters") or ()):
            parameter, _ = follow(document, said, "parameters", (*at, "parameters", i))
            if parameter.get("in") != "query":
                continue
            name = str(parameter.get("name", "")).removesuffix("[]")
            properties[name] = parameter.get("schema", {})
            if parameter.get("required") is True:
                required[name] = None
    if not properties:
        return None
    schema: dict[str, Any] = {"type": "object", "properties": properties}
    return {**schema, "required": list(required)} if required else schema
