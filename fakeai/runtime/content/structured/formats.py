"""Which form the answer must have: what `response_format` of chat and `text.format` of responses ask for."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from ...errors import ApiError
from ..messages import text_of
from .strict import Place, expect_strict, expect_valid

NAME = re.compile(r"[a-zA-Z0-9_-]+")
LONGEST_NAME = 64


class Format(NamedTuple):
    """A form of JSON: *schema* is None where any object will do."""

    schema: dict[str, Any] | None
    name: str
    strict: bool

    @classmethod
    def of_chat(cls, body: dict[str, Any], is_ruled: bool = True) -> "Format | None":
        """What the `response_format` of a chat request asks for; None for text.

        Models that are not *is_ruled* take any schema in strict mode, as servers of open models do.

        Raises:
            ApiError: 400, its schema or name is none, or breaks the rules of strict mode, or `json_object` is asked
                for and no message speaks of JSON.
        """
        form = body.get("response_format")
        if not isinstance(form, dict) or form.get("type") not in ("json_object", "json_schema"):
            return None
        if form["type"] == "json_object":
            texts = (text_of(message.get("content")) for message in body.get("messages") or ())
            if not _speak_of_json(texts):
                raise ApiError(400, "'messages' must contain the word 'json' in some form, to use 'response_format' "
                               "of type 'json_object'.", param="messages")  # fmt: skip
            return ANY_OBJECT
        return _described(form.get("json_schema"), "response_format.json_schema", "response_format", None, is_ruled)

    @classmethod
    def of_responses(cls, body: dict[str, Any], is_ruled: bool = True) -> "Format | None":
        """What the `text.format` of a response's request asks for; None for text.

        Raises:
            ApiError: 400, as for chat.
        """
        form = (body.get("text") or {}).get("format")
        if not isinstance(form, dict) or form.get("type") not in ("json_object", "json_schema"):
            return None
        if form["type"] == "json_object":
            given = body.get("input")
            items = given if isinstance(given, list) else [{"content": given}]
            texts = (text_of(item.get("content", item.get("output"))) for item in items if isinstance(item, dict))
            if not _speak_of_json(texts):
                raise ApiError(400, "Response input messages must contain the word 'json' in some form to use "
                               "'text.format' of type 'json_object'.", param="input")  # fmt: skip
            return ANY_OBJECT
        return _described(form, "text.format", "text.format.schema", "invalid_json_schema", is_ruled)


ANY_OBJECT = Format(None, "json_object", False)


def _speak_of_json(texts: Iterable[str]) -> bool:
    return any("json" in text.lower() for text in texts)


def _described(form: Any, where: str, param: str, code: str | None, is_ruled: bool) -> Format:
    """The form that an object with `name`, `schema` and `strict` describes."""
    form = form if isinstance(form, dict) else {}
    for word in ("name", "schema"):
        if form.get(word) is None:
            missing = f"{where}.{word}"
            raise ApiError(400, f"Missing required parameter: '{missing}'.", code="missing_required_parameter",
                           param=missing)  # fmt: skip
    name, schema, strict = form["name"], form["schema"], form.get("strict") is True
    expect_name(name, f"{where}.name")
    place = Place(f"response_format '{name}'", param, code)
    if strict and is_ruled:
        expect_strict(schema, place)
    else:
        expect_valid(schema, place)
    return Format(schema, name, strict)


def expect_name(name: str, param: str) -> None:
    """Pass the *name* of a schema or a function.

    Raises:
        ApiError: 400, it is empty or too long, or has other characters than it may.
    """
    if not name:
        raise ApiError(400, f"Invalid '{param}': empty string. Expected a string with minimum length 1, but got an "
                       "empty string instead.", code="empty_string", param=param)  # fmt: skip
    if len(name) > LONGEST_NAME:
        raise ApiError(400, f"Invalid '{param}': string too long. Expected a string with maximum length "
                       f"{LONGEST_NAME}, but got a string with length {len(name)} instead.",
                       code="string_above_max_length", param=param)  # fmt: skip
    if not NAME.fullmatch(name):
        raise ApiError(400, f"Invalid '{param}': string does not match pattern. Expected a string that matches the "
                       f"pattern '^{NAME.pattern}$'.", code="invalid_value", param=param)  # fmt: skip
