"""A pristine OpenAPI document: its operations, and validators for its schemas."""

import json
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator

from fakeai_generator import schemas
from fakeai_generator.references import SCHEMAS, closure, unescape
from fakeai_generator.source import SpecError, read, read_json

from .loadable import loadable, make_loadable

METHODS = ("get", "put", "post", "delete", "patch")
EVENTS = "text/event-stream"


@dataclass(frozen=True)
class Parameter:
    """A query or header parameter."""

    name: str
    place: str
    required: bool
    schema: Any
    style: str


@dataclass(frozen=True)
class Operation:
    """One operation: *bodies* by media type, *answers* by status (2xx only) and media type.

    *encodings* are the media types of multipart fields. *tag* is the path's first word where there is none.
    """

    id: str
    method: str
    path: str
    tag: str
    parameters: tuple[Parameter, ...]
    bodies: dict[str, Any]
    body_required: bool
    encodings: dict[str, str]
    answers: dict[int, dict[str, Any]]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def plain_path(self) -> str:
        """The path without the query that tells a variant."""
        return self.path.partition("?")[0]

    @cached_property
    def events(self) -> Any:
        """The schema of one event of a streamed answer, where one is documented."""
        return next((media[EVENTS] for media in self.answers.values() if EVENTS in media), None)


@dataclass
class Upstream:
    """A document. *mended* says how often each reason made a schema loadable."""

    title: str
    version: str
    operations: list[Operation]
    components: dict[str, Any]
    mended: Counter[str]
    raw: dict[str, Any]
    _validators: dict[str, Draft202012Validator] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> dict[str, Operation]:
        return {operation.id: operation for operation in self.operations}

    @cached_property
    def by_name(self) -> dict[str, Operation]:
        """Operations by `METHOD /path`."""
        return {operation.name: operation for operation in self.operations}

    def validator(self, schema: Any) -> Draft202012Validator:
        """The validator of *schema* with all that it refers to, compiled once."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            needed = closure([schema], self.components)
            self._validators[key] = schemas.compiled({"allOf": [schema], "components": {"schemas": needed}})
        return self._validators[key]

    def resolved(self, schema: Any) -> Any:
        """*schema*, or what it refers to."""
        while isinstance(schema, dict) and set(schema) >= {"$ref"}:
            schema = self.components[unescape(schema["$ref"].removeprefix(SCHEMAS))]
        return schema


def load(file: Path) -> Upstream:
    """Read the document *file* (YAML or JSON).

    Raises:
        SpecError: it cannot be read, or has no paths.
    """
    mistakes: list[str] = []
    parse = read_json if file.suffix == ".json" else read
    data = parse(file.parent, Path(file.name), mistakes).data
    if mistakes or not isinstance(data, dict) or not data.get("paths"):
        raise SpecError(mistakes or [f"{file}:1: not an OpenAPI document with paths"])
    return upstream(data)


def upstream(data: dict[str, Any]) -> Upstream:
    """The operations and schemas of the document *data*."""
    components, mended = make_loadable((data.get("components") or {}).get("schemas") or {})
    reader = _Reader(data, mended)
    info = data.get("info") or {}
    found = [
        reader.operation(path, method, item)
        for path, item in data["paths"].items()
        for method in METHODS
        if method in (item or {})
    ]
    return Upstream(str(info.get("title", "")), str(info.get("version", "")), found, components, mended, data)


class _Reader:
    def __init__(self, data: dict[str, Any], mended: Counter[str]) -> None:
        self.data, self.mended = data, mended

    def operation(self, path: str, method: str, item: dict[str, Any]) -> Operation:
        spec = item[method]
        said = [self.followed(p) for p in (*(item.get("parameters") or ()), *(spec.get("parameters") or ()))]
        parameters = {(p["name"], p["in"]): self.parameter(p) for p in said if p["in"] != "path"}
        body = self.followed(spec.get("requestBody") or {})
        parts = [media.get("encoding") or {} for media in (body.get("content") or {}).values()]
        answers = {str(s): self.followed(answer) for s, answer in (spec.get("responses") or {}).items()}
        return Operation(
            id=str(spec.get("operationId") or f"{method} {path}"),
            method=method.upper(),
            path=path,
            tag=(spec.get("tags") or [path.strip("/").split("/")[0]])[0],
            parameters=tuple(parameters.values()),
            bodies=self.content(body),
            body_required=bool(body.get("required")),
            encodings={n: e["contentType"] for part in parts for n, e in part.items() if "contentType" in e},
            answers={int(s): self.content(answer) for s, answer in answers.items() if s[0] == "2" and s.isdigit()},
        )

    def parameter(self, said: dict[str, Any]) -> Parameter:
        schema = loadable(said.get("schema") or {}, "", self.mended)
        return Parameter(said["name"], said["in"], bool(said.get("required")), schema, said.get("style", ""))

    def content(self, holder: dict[str, Any]) -> dict[str, Any]:
        """{media type: schema}; a media type without a schema takes anything."""
        content = holder.get("content") or {}
        return {kind: loadable((media or {}).get("schema", True), "", self.mended) for kind, media in content.items()}

    def followed(self, value: Any) -> Any:
        while isinstance(value, dict) and "$ref" in value:
            target: Any = self.data
            for step in value["$ref"].removeprefix("#/").split("/"):
                target = target[unescape(step)]
            value = target
        return value
