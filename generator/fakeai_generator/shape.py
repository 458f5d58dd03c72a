"""The kinds of values that an OpenAPI document has where the generator and the importer look.

`null` counts as absent where something may be absent. Schemas are not looked into here: `schemas` checks them.
"""

from typing import Any

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def _mapping(properties: dict[str, Any], **words: Any) -> dict[str, Any]:
    return {"type": ["object", "null"], "properties": properties, **words}


def _mapping_of(values: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["object", "null"], "additionalProperties": values}


def _list_of(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["array", "null"], "items": items}


REFERENCE = {"type": "string"}
EXAMPLES = _mapping_of(_mapping({"$ref": REFERENCE}))
MEDIA_TYPE = _mapping({"examples": EXAMPLES, "encoding": _mapping_of({"type": "object"})})
CONTENT = _mapping_of(MEDIA_TYPE)
HEADER = _mapping({"$ref": REFERENCE})
BODY = _mapping({"$ref": REFERENCE, "required": {"type": "boolean"}, "content": CONTENT})
RESPONSE = _mapping({"$ref": REFERENCE, "headers": _mapping_of(HEADER), "content": CONTENT})
RESPONSES = _mapping_of(RESPONSE)
PARAMETER = {
    "type": "object",
    "properties": {
        "$ref": REFERENCE,
        "name": {"type": "string"},
        "in": {"type": "string"},
        "content": CONTENT,
        "x-fakeai-slashes": {"type": "boolean"},
    },
    "if": {"required": ["$ref"]},
    "else": {"required": ["name", "in"]},
}
PARAMETERS = _list_of(PARAMETER)
OPERATION = {
    "type": "object",
    "properties": {
        "tags": _list_of({"type": "string"}),
        "security": _list_of({"type": "object"}),
        "parameters": PARAMETERS,
        "requestBody": BODY,
        "responses": RESPONSES,
    },
}
PATH = _mapping({"parameters": PARAMETERS, **dict.fromkeys((*METHODS, "x-fakeai-websocket"), OPERATION)})
COMPONENTS = _mapping(
    {
        "schemas": _mapping_of({}),
        "parameters": _mapping_of(PARAMETER),
        "requestBodies": _mapping_of(BODY),
        "responses": _mapping_of(RESPONSE),
        "headers": _mapping_of(HEADER),
        "examples": EXAMPLES,
    }
)
OPENAPI = {
    "type": "object",
    "properties": {
        "info": _mapping({}),
        "servers": _list_of({"type": "object"}),
        "tags": _list_of({"type": "object"}),
        "security": _list_of({"type": "object"}),
        "paths": _mapping_of(PATH),
        "components": COMPONENTS,
    },
}
