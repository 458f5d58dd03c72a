"""The schemas of what evals grade: their clients write them."""

from typing import Any

import jsonschema_rs

from ...errors import ApiError

PARAM = "data_source_config.item_schema"


def validator(schema: Any) -> jsonschema_rs.Draft202012Validator:
    """What checks items by *schema*, which nothing beyond itself is read for.

    Raises:
        ApiError: 400, it is no schema.
    """
    try:
        return jsonschema_rs.Draft202012Validator(schema, retriever=_refuse)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        message = getattr(error, "message", str(error))
        raise ApiError(400, f"Invalid schema for '{PARAM}': {message}.", code="invalid_schema", param=PARAM) from None


def problem(validator: jsonschema_rs.Draft202012Validator, value: Any) -> str | None:
    """Why *value* does not fit, in a sentence."""
    if validator.is_valid(value):
        return None
    error = next(validator.iter_errors(value))
    place = ".".join(str(step) for step in error.instance_path)
    return f"The item does not fit the eval's schema{f' at {place!r}' if place else ''}: {error.message}."


def around(item: Any, has_sample: bool) -> dict[str, Any]:
    """The schema of what templates name, when *item* is that of an item."""
    properties: dict[str, Any] = {"item": item}
    if has_sample:
        texts = {"model": {"type": "string"}, "output_text": {"type": "string"}, "output_json": {"type": "object"}}
        properties["sample"] = {"type": "object", "properties": texts, "required": ["model", "output_text"]}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _refuse(uri: str) -> Any:
    raise ValueError(f"'{uri}' is not part of the schema")
