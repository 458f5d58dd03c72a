"""JSON Schema: values against schemas and schemas against the metaschema, with faults in plain sentences."""

import json
import reprlib
from collections.abc import Iterator
from typing import Any

from jsonschema_rs import Draft202012Validator, ReferencingError, ValidationError, ValidationErrorKind

from .names import nearest
from .source import Document, Pointer, one_line

TYPES = ("string", "integer", "number", "boolean", "object", "array", "null")
METASCHEMA = "https://json-schema.org/draft/2020-12/schema"
META = Draft202012Validator({"$ref": METASCHEMA}, validate_formats=True)

Fault = tuple[Pointer, str]


class Unusable(Exception):
    """A schema that nothing can be checked against; the message says why."""


def compiled(schema: Any) -> Draft202012Validator:
    """The validator of *schema*, formats included; it never looks for references beyond *schema*.

    Raises:
        Unusable: a reference leads nowhere, or a word has a value that it cannot have.
    """
    try:
        return Draft202012Validator(_plain(schema), validate_formats=True, offline=True)
    except ValidationError as error:
        raise Unusable(error.message) from None
    except (ValueError, ReferencingError, RecursionError) as error:
        raise Unusable(one_line(str(error))) from None


def faults(value: Any, schema: dict[str, Any]) -> list[Fault]:
    """(place, sentence) of everything in *value* that does not fit *schema*.

    Raises:
        Unusable: nothing can be checked against *schema*.
    """
    found = (fault for error in compiled(schema).iter_errors(_plain(value)) for fault in _faults(error, schema, value))
    return list(dict.fromkeys(found))


def is_valid(value: Any, schema: dict[str, Any]) -> bool:
    """Whether *value* fits *schema*; nothing fits a schema that cannot be used."""
    try:
        return compiled(schema).is_valid(_plain(value))
    except Unusable:
        return False


def faults_of_schema(schema: Any) -> list[Fault]:
    """(place, sentence) of everything that *schema* says and a JSON Schema cannot say."""
    return list(
        dict.fromkeys(fault for error in META.iter_errors(_plain(schema)) for fault in _faults(error, {}, schema))
    )


def check(document: Document, at: Pointer, value: Any, schema: dict[str, Any], what: str = "") -> bool:
    """Note a mistake for everything in *value* (at *at* in *document*) that does not fit *schema*."""
    found = faults(value, schema)
    for place, sentence in found:
        document.wrong((*at, *place), f"{what}: {sentence}" if what else sentence)
    return not found


def check_schema(document: Document, at: Pointer, schema: Any) -> bool:
    """Note a mistake for everything in *schema* (at *at* in *document*) that is not JSON Schema."""
    found = faults_of_schema(schema)
    for place, sentence in found:
        document.wrong((*at, *place), sentence)
    return not found


def _plain(value: Any) -> Any:
    """*value* in dicts and lists that are no subclasses, as the validator wants them."""
    return json.loads(json.dumps(value))


def _faults(error: ValidationError, schema: dict[str, Any], whole: Any) -> Iterator[Fault]:
    """What is wrong and where, with the nearest good name where a name is wrong."""
    at, value, kind = tuple[Any, ...](error.instance_path), error.instance, error.kind
    shown = SHORT.repr(value)
    if isinstance(kind, ValidationErrorKind.AdditionalProperties):
        good = _holder(schema, error).get("properties", {})
        for name in kind.unexpected:
            yield (*at, name), f"there is no {name!r} here{nearest(name, good)}"
    elif isinstance(kind, ValidationErrorKind.FalseSchema) and error.schema_path[-1:] == ["additionalProperties"]:
        for step in at:
            whole = whole[step]
        for name in whole:  # nothing is allowed here, so the error names no one
            yield (*at, name), f"there is no {name!r} here"
    elif isinstance(kind, ValidationErrorKind.PropertyNames):
        yield (*at, str(kind.error.instance)), next(_faults(kind.error, schema, whole))[1]
    elif isinstance(kind, ValidationErrorKind.Enum):
        near = nearest(value, kind.options) if isinstance(value, str) else ""
        yield at, f"{shown} is not one of {kind.options!r}{near}"
    elif isinstance(kind, ValidationErrorKind.Required):
        yield at, f"{kind.property!r} is a required property"
    elif isinstance(kind, ValidationErrorKind.Type):
        wanted = [kind for kind in kind.types if kind != "null"] or kind.types
        yield at, f"{shown} is not of type {' or '.join(wanted)}"
    elif isinstance(kind, ValidationErrorKind.Pattern):
        yield at, f"{shown} is not {_holder(schema, error).get('title') or f'a text that matches {kind.pattern!r}'}"
    elif isinstance(kind, ValidationErrorKind.Format):
        yield at, f"{shown} is not a {FORMATS.get(kind.format, kind.format)}"
    elif isinstance(kind, ValidationErrorKind.AnyOf) and not schema and at[-1:] == ("type",):
        bad = next((name for name in value if name not in TYPES), value) if isinstance(value, list) else value
        yield at, f"{SHORT.repr(bad)} is not a type{nearest(str(bad), TYPES)}"
    else:
        yield at, error.message if len(error.message) < LONGEST_MESSAGE else f"{error.message[:LONGEST_MESSAGE]} ..."


def _holder(schema: dict[str, Any], error: ValidationError) -> dict[str, Any]:
    """The part of *schema* that has the word *error* is about."""
    part: Any = schema
    for step in error.schema_path[:-1]:
        part = part.get(step, {}) if isinstance(part, dict) else part[step]
    return part if isinstance(part, dict) else {}


FORMATS = {"regex": "regular expression", "uri-reference": "reference"}
LONGEST_MESSAGE = 300

SHORT = reprlib.Repr()
SHORT.maxstring = SHORT.maxother = SHORT.maxlong = 120
