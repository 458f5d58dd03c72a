"""`fakeai import`: make spec files out of an OpenAPI 3.0 or 3.1 document, structure without prose."""

import hashlib
import http
import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from . import schemas
from .names import legal_module, legal_operation_id, nearest, snake
from .references import SCHEMAS, closure, follow
from .shape import METHODS, OPENAPI
from .source import Document, Pointer, SpecError, read, read_json

NULLS = {"type": "null"}
READING = 0.5  # of the time of importing, about

# Words of a schema that say what a value may be. All others (description, title, examples, x-...) stay behind.
SCHEMA_VALUES = frozenset(
    "$ref $anchor $dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor type enum const default format pattern "
    "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems uniqueItems "
    "minContains maxContains minProperties maxProperties required dependentRequired contentEncoding contentMediaType "
    "discriminator deprecated readOnly writeOnly nullable".split()
)
SCHEMA_CHILD = frozenset(
    "items additionalProperties not if then else contains propertyNames unevaluatedItems unevaluatedProperties".split()
)
SCHEMA_LIST = frozenset("allOf anyOf oneOf prefixItems".split())
SCHEMA_MAP = frozenset("properties patternProperties dependentSchemas $defs".split())


def import_openapi(
    file: Path, into: Path, tags: Collection[str] = (), done: Callable[[float], None] = lambda share: None
) -> dict[Path, str]:
    """Return {path: text} of the spec files that *file* makes in the folder *into*; write nothing.

    One file per tag, limited to *tags* when given, each with all the schemas it refers to; `UPSTREAM` says what
    they were made from; `api.yaml` is made when the folder has none. *done* is told what share of it is done.

    Raises:
        SpecError: the document cannot be read or is not OpenAPI 3.
    """
    mistakes: list[str] = []
    parse = read_json if file.suffix == ".json" else read
    document = parse(file.parent, Path(file.name), mistakes)
    done(READING)
    version = _check(document)
    if mistakes:
        raise SpecError(mistakes)
    structure = _Structure(document, version)
    groups = structure.groups(frozenset(tags))
    for tag in sorted(set(tags) - structure.tags):
        document.wrong(("tags",), f"no operation has the tag {tag!r}{nearest(tag, structure.tags)}")
    if mistakes:
        raise SpecError(mistakes)
    info = {key: str((document.data.get("info") or {}).get(key, "")) for key in ("title", "version")}
    files: dict[Path, str] = {}
    for name, group in groups.items():
        files[into / f"{name}.yaml"] = _dump(group.spec(info, structure.schemas))
        done(READING + (1 - READING) * len(files) / len(groups))
    upstream = {
        **info,
        "openapi": version,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "operations": structure.operations,
        "imported": sum(len(group.names) for group in groups.values()),
    }
    files[into / "UPSTREAM"] = _dump(upstream)
    if not (into / "api.yaml").exists():
        servers = document.data.get("servers") or [{}]
        base = urlsplit(str(servers[0].get("url", ""))).path.rstrip("/")
        plain = base if re.fullmatch(r"(/[A-Za-z0-9_.~-]+)*", base) else ""
        files[into / "api.yaml"] = _dump({"x-fakeai-api": {"bases": [plain]}})
    return files


def _check(document: Document) -> str:
    """The version of OpenAPI that *document* is written in; what cannot be imported is noted."""
    if document.data is None:
        return ""
    version = str(document.data.get("openapi", "")) if isinstance(document.data, dict) else ""
    if not version.startswith(("3.0", "3.1")):
        document.wrong(("openapi",), f"not an OpenAPI 3.0 or 3.1 document (openapi: {version or 'missing'})")
    elif schemas.check(document, (), document.data, OPENAPI):
        for path, item in (document.data.get("paths") or {}).items():
            if item and "$ref" in item:
                document.wrong(("paths", path, "$ref"), "a path that is a reference cannot be imported")
    return version


class _Group:
    """The operations of one spec file."""

    def __init__(self) -> None:
        self.paths: dict[str, dict[str, Any]] = {}
        self.names: set[str] = set()  # of the functions that will be made

    def spec(self, info: dict[str, str], schemas: dict[str, Any]) -> dict[str, Any]:
        needed = closure([self.paths], schemas)
        document = {"openapi": "3.1.0", "info": info, "paths": self.paths}
        return {**document, "components": {"schemas": needed}} if needed else document


class _Structure:
    """What an OpenAPI document says, without what it explains."""

    def __init__(self, document: Document, version: str) -> None:
        self.document = document
        self.old = version.startswith("3.0")
        self.operations = 0
        self.tags: set[str] = set()
        raw = (document.data.get("components") or {}).get("schemas") or {}
        self.schemas = {name: self.schema(raw[name], ("components", "schemas", name)) for name in raw}

    def groups(self, wanted: frozenset[str]) -> dict[str, _Group]:
        """The operations that have a *wanted* tag, or all, by the name of their file: the first such tag."""
        groups: dict[str, _Group] = {}
        for path, item in (self.document.data.get("paths") or {}).items():
            shared = (item or {}).get("parameters") or []
            for method in (m for m in METHODS if m in (item or {})):
                at: Pointer = ("paths", path, method)
                tags = item[method].get("tags") or [""]
                self.operations += 1
                self.tags.update(tags)
                chosen = [tag for tag in tags if tag in wanted] if wanted else tags
                if chosen:
                    group = groups.setdefault(_file_name(chosen[0], path), _Group())
                    made = self.operation(item[method], shared, method, path, at)
                    made["operationId"] = legal_operation_id(made["operationId"], group.names)
                    group.names.add(snake(made["operationId"]))
                    group.paths.setdefault(path, {})[method] = made
        return groups

    def operation(self, operation: dict[str, Any], shared: list[Any], method: str, path: str, at: Pointer) -> Any:
        name = str(operation.get("operationId") or f"{method}_{re.sub(r'[^A-Za-z0-9]+', '_', path).strip('_')}")
        made: dict[str, Any] = {"operationId": name}
        if operation.get("tags"):
            made["tags"] = list(operation["tags"])
        if operation.get("deprecated"):
            made["deprecated"] = True
        parameters = [self.parameter(p, (*at, "parameters")) for p in (*shared, *(operation.get("parameters") or []))]
        if parameters:  # an operation's own parameter takes the place of a shared one
            made["parameters"] = list({(p["name"], p["in"]): p for p in parameters if p}.values())
        if "requestBody" in operation:
            body, _ = follow(self.document, operation["requestBody"], "requestBodies", (*at, "requestBody"))
            made["requestBody"] = {"required": bool(body.get("required", False)), **self.content(body, at)}
        made["responses"] = {
            str(status): self.response(answer, str(status), (*at, "responses", status))
            for status, answer in (operation.get("responses") or {}).items()
        }
        return made

    def parameter(self, parameter: dict[str, Any], at: Pointer) -> dict[str, Any]:
        parameter, at = follow(self.document, parameter, "parameters", at)
        kept = ("name", "in", "required", "deprecated", "style", "explode", "allowEmptyValue", "allowReserved")
        made = {key: parameter[key] for key in kept if key in parameter}
        if "schema" in parameter:
            made["schema"] = self.schema(parameter["schema"], (*at, "schema"))
        return {**made, **self.content(parameter, at)}

    def response(self, response: dict[str, Any], status: str, at: Pointer) -> dict[str, Any]:
        response, at = follow(self.document, response, "responses", at)
        made: dict[str, Any] = {"description": _phrase(status)}
        headers = {
            name: {"schema": self.schema(follow(self.document, header, "headers", at)[0].get("schema", {}), at)}
            for name, header in (response.get("headers") or {}).items()
        }
        return {**made, **({"headers": headers} if headers else {}), **self.content(response, at)}

    def content(self, holder: dict[str, Any], at: Pointer) -> dict[str, Any]:
        media: dict[str, Any] = {}
        for kind, value in (holder.get("content") or {}).items():
            media[kind], value = {}, value or {}
            if "schema" in value:
                media[kind]["schema"] = self.schema(value["schema"], (*at, "content", kind, "schema"))
            if "encoding" in value:
                media[kind]["encoding"] = {
                    name: {k: v for k, v in part.items() if k in ("contentType", "style", "explode", "allowReserved")}
                    for name, part in (value["encoding"] or {}).items()
                }
        return {"content": media} if media else {}

    def schema(self, schema: Any, at: Pointer) -> Any:
        """The structure of *schema*; that of an OpenAPI 3.0 document in the words of 3.1."""
        if not isinstance(schema, dict):
            return schema
        made: dict[str, Any] = {}
        for word, value in schema.items():
            if word in SCHEMA_VALUES:
                made[word] = value
            elif word in SCHEMA_CHILD:
                made[word] = self.schema(value, (*at, word))
            elif word in SCHEMA_LIST and isinstance(value, list):
                made[word] = [self.schema(item, (*at, word, i)) for i, item in enumerate(value)]
            elif word in SCHEMA_MAP and isinstance(value, dict):
                made[word] = {name: self.schema(item, (*at, word, name)) for name, item in value.items()}
            elif word in SCHEMA_LIST or word in SCHEMA_MAP:
                self.document.wrong((*at, word), f"{word} is not a {'sequence' if word in SCHEMA_LIST else 'mapping'}")
        if isinstance(made.get("discriminator"), dict):
            kept = ("propertyName", "mapping")
            made["discriminator"] = {key: made["discriminator"][key] for key in kept if key in made["discriminator"]}
        reference = made.get("$ref")
        if isinstance(reference, str) and not reference.startswith(SCHEMAS):
            self.document.wrong((*at, "$ref"), f"the reference {reference!r} leaves the document's schemas")
        return _modern(made) if self.old else made


def _modern(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema of OpenAPI 3.0 in the words of 3.1."""
    for bound in ("minimum", "maximum"):
        exclusive = f"exclusive{bound.capitalize()}"
        if schema.get(exclusive) is True and bound in schema:
            schema[exclusive] = schema.pop(bound)
        elif isinstance(schema.get(exclusive), bool):
            del schema[exclusive]
    if not schema.pop("nullable", False):
        return schema
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
        return schema
    return {"anyOf": [schema, dict(NULLS)]} if schema else schema


def _file_name(tag: str, path: str) -> str:
    """A module name for the operations of *tag*; those without a tag go by the first word of their path."""
    steps = [step for step in path.split("/") if step and not step.startswith("{")]
    return legal_module(tag or (steps[0] if steps else "root"), "tag")


def _phrase(status: str) -> str:
    try:
        return http.HTTPStatus(int(status)).phrase
    except ValueError:
        return "Any other answer" if status == "default" else f"{status} answer"


class _Dumper(yaml.SafeDumper):
    """Block style, no aliases, sequences indented under their key."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Dumper.add_multi_representer(dict, yaml.SafeDumper.represent_dict)
_Dumper.add_multi_representer(list, yaml.SafeDumper.represent_list)


def _dump(data: Any) -> str:
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=118)
