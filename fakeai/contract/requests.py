"""Write the requests of an operation from its schemas and the hints."""

import base64
import itertools
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode

from fakeai_generator import media
from fakeai_generator.examples import NoExample

from . import files
from .hints import Hint, Hints
from .transport import Request
from .upstream import Operation, Parameter
from .values import Values

MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"
FORMS = (MULTIPART, URLENCODED)
BOUNDARY = "fakeai-contract-7d1f3a5c"
STREAMS = {"stream": True, "stream_format": "sse"}  # the properties that ask for a stream, and how
ONLY_STREAMED = ("stream", "stream_format", "stream_options")

Resolve = Callable[[str], Any]  # from `$thing` to its id


class BadRequest(Exception):
    """The hints and the schema contradict each other; no valid request can be written."""


class Requests:
    """Writes requests. A *case* is minimal, full or stream."""

    def __init__(self, values: Values, hints: Hints) -> None:
        self.values, self.hints = values, hints
        self._numbers = itertools.count(1)

    def cases(self, operation: Operation) -> Iterator[tuple[str, str]]:
        """(case, media type of the body) of all requests that the operation takes."""
        for kind in operation.bodies or {"": None}:
            yield "minimal", kind
            yield "full", kind
        if self.stream_word(operation):
            yield "stream", next(iter(operation.bodies), "")

    def stream_word(self, operation: Operation) -> str | None:
        """The property or query parameter that asks for a streamed answer."""
        body = next(iter(operation.bodies.values()), None)
        names = {*self.values.properties(body), *(p.name for p in operation.parameters)}
        return next((name for name in STREAMS if name in names), None)

    def write(
        self,
        operation: Operation,
        case: str,
        kind: str,
        arguments: dict[str, str],
        resolve: Resolve,
        cursor: str | None = None,
        body: dict[str, Any] | None = None,
    ) -> Request:
        """The request of *case* with a body of the media type *kind*.

        *arguments* are the path's; *cursor* is the id of a listed item; *body* changes what the hints say of the body.

        Raises:
            BadRequest: there is no valid one.
        """
        hint = self.hints.of(operation.id)
        path = re.sub(r"\{([^}]*)\}", lambda match: quote(str(arguments[match[1]]), safe="/"), operation.path)
        query, headers = self.parameters(operation, case, hint, resolve, cursor)
        target = path + (f"{'&' if '?' in path else '?'}{urlencode(query)}" if query else "")
        if not operation.bodies:
            return Request(operation.method, target, headers)
        try:
            value = self.body(operation, case, kind, hint, resolve, body or {})
        except NoExample as error:
            raise BadRequest(f"no request body fits the schema: {error}") from None
        if value is None:
            return Request(operation.method, target, headers)
        raw, kind = self.encoded(value, kind, operation.encodings)
        return Request(operation.method, target, {**headers, "content-type": kind}, raw)

    def body(
        self, operation: Operation, case: str, kind: str, hint: Hint, resolve: Resolve, changes: dict[str, Any]
    ) -> Any:
        """The body as JSON data, in which `@name` stands for a file; None when there need be none."""
        schema = operation.bodies[kind]
        if not media.is_json(kind) and kind not in FORMS:
            return hint.names.get(kind) or self.values.least(schema)
        value = self.values.full(schema) if case == "full" else self.values.least(schema)
        forced = {**hint.body, **changes, **(hint.full if case == "full" else {})}
        if case == "stream":
            asked = self.stream_word(operation)
            properties = self.values.properties(schema)
            if "stream_options" in properties:
                forced["stream_options"] = self.values.full(properties["stream_options"])
            forced |= {**({asked: STREAMS[asked]} if asked in properties else {}), **hint.stream}
        if isinstance(value, dict):
            for place in (*hint.without, *ONLY_STREAMED) if case == "full" else ():
                remove(value, place.split("."))
            value = self.named(value, hint.names)
            for place, part in forced.items():
                put(value, place.split("."), part)
        value = self.resolved(value, resolve)
        error = next(self.values.document.validator(schema).iter_errors(value), None)
        if error is not None:
            raise BadRequest(f"the hints make a body that its schema refuses: {error.message[:300]}")
        if not value and not operation.body_required and case == "minimal":
            return None
        return value

    def parameters(
        self, operation: Operation, case: str, hint: Hint, resolve: Resolve, cursor: str | None
    ) -> tuple[list[tuple[str, str]], dict[str, str]]:
        """The query and the headers."""
        query: list[tuple[str, str]] = []
        headers: dict[str, str] = {}
        for parameter in operation.parameters:
            value = self.argument(parameter, case, hint, cursor)
            if value is not None:
                value = self.resolved(value, resolve)
                if parameter.place == "header":
                    headers[parameter.name] = ",".join(map(_text, value if isinstance(value, list) else [value]))
                elif parameter.place == "query":
                    query += _pairs(parameter, value)
        return query, headers

    def argument(self, parameter: Parameter, case: str, hint: Hint, cursor: str | None) -> Any:
        """The value of a parameter; None when it is left out."""
        if parameter.name in hint.query:
            return hint.query[parameter.name]
        if parameter.name in STREAMS:
            return True if case == "stream" else None
        if parameter.name == "after" and case == "full":
            return cursor
        if parameter.name in (*self.hints.cursors, *hint.without):
            return None
        if case == "full" or parameter.required:
            value = self.values.full(parameter.schema)
            return self.named({parameter.name: value}, hint.names)[parameter.name]
        return None

    def named(self, value: Any, own: dict[str, Any]) -> Any:
        """*value* with what the hints say of properties of certain names: those of the operation, and those of all.

        What is said of all operations holds where the type is the same.
        """
        if isinstance(value, list):
            return [self.named(item, own) for item in value]
        if not isinstance(value, dict):
            return value
        made = {}
        for name, part in value.items():
            common = self.hints.names.get(name)
            if name in own:
                made[name] = own[name]
            elif common is not None and type(common) is type(part):
                made[name] = common
            else:
                made[name] = self.named(part, own)
        return made

    def resolved(self, value: Any, resolve: Resolve) -> Any:
        """*value* with ids for `$thing` and a number of its own for `%n`."""
        if isinstance(value, dict):
            return {name: self.resolved(part, resolve) for name, part in value.items()}
        if isinstance(value, list):
            return [self.resolved(part, resolve) for part in value]
        if isinstance(value, str) and "%n" in value:
            return value.replace("%n", str(next(self._numbers)))
        return resolve(value[1:]) if isinstance(value, str) and value.startswith("$") else value

    def encoded(self, value: Any, kind: str, encodings: dict[str, str]) -> tuple[bytes, str]:
        """The body as bytes, and its content type."""
        if kind == MULTIPART:
            return _multipart(value, encodings), f"{MULTIPART}; boundary={BOUNDARY}"
        if media.is_json(kind):
            return json.dumps(_as_text(value)).encode(), kind
        if kind == URLENCODED:
            return urlencode([pair for name, part in value.items() for pair in _flat(name, part)]).encode(), kind
        return str(value).encode(), kind


def put(value: Any, place: list[str], part: Any) -> None:
    """Set what is at *place* in *value*."""
    for step in place[:-1]:
        value = value[int(step)] if isinstance(value, list) else value.setdefault(step, {})
    if isinstance(value, list):
        value[int(place[-1])] = part
    else:
        value[place[-1]] = part


def remove(value: Any, place: list[str]) -> None:
    """Take away what is at *place* in *value*, if there is something."""
    for step in place[:-1]:
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, dict):
        value.pop(place[-1], None)


def _as_text(value: Any) -> Any:
    """*value* with the files in it as text, or as base64 when they are none."""
    if isinstance(value, dict):
        return {name: _as_text(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_as_text(part) for part in value]
    if isinstance(value, str) and value[1:] in files.FILES and value[0] == "@":
        data, kind = files.content(value[1:])
        return data.decode() if kind.startswith("text/") else base64.b64encode(data).decode()
    return value


def _multipart(fields: dict[str, Any], encodings: dict[str, str]) -> bytes:
    """The fields of a form; nested values as `name[key]` and `name[]`, as OpenAI's own clients send them."""
    out = bytearray()
    for name, value in fields.items():
        kind = encodings.get(name)
        for place, part in [(name, value)] if kind else _flat(name, value):
            extra, data = "", (part if isinstance(part, str) else json.dumps(part)).encode()
            if isinstance(part, str) and part[1:] in files.FILES and part[0] == "@":
                data, file_kind = files.content(part[1:])
                extra = f'; filename="{part[1:]}"\r\ncontent-type: {file_kind}'
            elif kind:
                extra = f"\r\ncontent-type: {kind}"
            out += f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="{place}"{extra}\r\n\r\n'.encode()
            out += data + b"\r\n"
    return bytes(out) + f"--{BOUNDARY}--\r\n".encode()


def _flat(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _flat(f"{name}[{key}]", part)
    elif isinstance(value, list):
        for part in value:
            yield from _flat(f"{name}[]", part)
    else:
        yield name, value


def _pairs(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    """A query parameter as name and value: a list repeats the name, an object is `name[key]`."""
    if isinstance(value, dict):
        return [(f"{parameter.name}[{key}]", _text(part)) for key, part in value.items()]
    return [(parameter.name, _text(part)) for part in (value if isinstance(value, list) else [value])]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
