"""Decide what each operation does: match annotations with behaviors, check everything, note every mistake."""

import json
import keyword
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import examples
from .behaviors import STAGES, Behavior, check, nearest
from .overlay import apply
from .references import SCHEMAS, closure, names_in, unescape
from .source import Document, Map, Mark, Pointer, one_line, read

METHODS = ("get", "put", "post", "delete", "patch")
OPERATION_ID = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,119}")
PATH = re.compile(
    r"(/([A-Za-z0-9_.~:@-]+|\{[A-Za-z_][A-Za-z0-9_]*\}))*/?(\?[a-z_]+=[A-Za-z0-9_]+(&[a-z_]+=[A-Za-z0-9_]+)*)?"
)
MODULE_NAME = re.compile(r"[a-z][a-z0-9_]*")
RESERVED = {"table", "catalog"}
EXAMPLE = "example"  # the behavior of an operation that nobody annotated

USES = {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "object", "maxProperties": 1}]}}
ANNOTATION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "use": {"type": "string"},
        "with": {"type": "object"},
        "plus": USES,
        "without": {"type": "array", "items": {"type": "string"}},
    },
}
API = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "bases": {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": r"^(/[A-Za-z0-9_.~-]+)*$"}},
        "headers": {
            "type": "object",
            "propertyNames": {"pattern": "^[a-z0-9-]+$"},
            "additionalProperties": {"type": "string", "pattern": "^[ -~]*$"},
        },
        "envelope": {"enum": ["openai"]},
    },
}
API_FILE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"x-fakeai-api": API, "x-fakeai-defaults": USES},
}


@dataclass(frozen=True)
class Step:
    """One behavior at work in one operation, with its checked parameters."""

    behavior: Behavior
    params: dict[str, Any]
    document: Document
    at: Pointer


@dataclass(frozen=True)
class Operation:
    """All that the template needs to write one route function."""

    id: str
    name: str
    method: str
    path: str
    route: str
    summary: str
    path_args: tuple[str, ...]
    body: str | None
    body_required: bool
    steps: tuple[Step, ...]
    place: Mark


@dataclass(frozen=True)
class Api:
    """What the operations of one folder of specs share."""

    name: str
    bases: tuple[str, ...] = ("",)
    headers: tuple[tuple[str, str], ...] = ()
    envelope: str = "openai"


@dataclass
class Module:
    """One spec file on its way to one generated module."""

    name: str
    source: str
    api: Api
    operations: list[Operation] = field(default_factory=list)
    schemas: dict[str, Any] = field(default_factory=dict)
    examples: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """The whole route layer, decided."""

    modules: list[Module]
    apis: list[Api]
    catalog: dict[str, Any]


def plan(root: Path, behaviors: dict[str, Behavior], mistakes: list[str]) -> Plan:
    """Read every spec below *root*/specs and decide what its operations do; note what is wrong in *mistakes*."""
    specs = root / "specs"
    modules: list[Module] = []
    apis: dict[str, Api] = {}
    for folder in (specs, *sorted(path for path in specs.iterdir() if path.is_dir())):
        if folder.name == "catalog":
            continue
        files = sorted(p for p in folder.glob("*.yaml") if not p.name.endswith(".overlay.yaml"))
        shared = next((path for path in files if path.name == "api.yaml"), None)
        settings = read(root, shared.relative_to(root), mistakes) if shared else Document("", Map(), mistakes)
        if settings.data is None or not check(settings, (), settings.data, API_FILE, "api.yaml"):
            settings = Document("", Map(), mistakes)
        corrections = folder / "corrections.overlay.yaml"
        mended = read(root, corrections.relative_to(root), mistakes) if corrections.exists() else None
        for path in files:
            if path == shared:
                continue
            document = read(root, path.relative_to(root), mistakes)
            if document.data is None:
                continue
            if mended:
                apply(document, mended, strict=False)
            beside = path.with_suffix("").with_suffix(".overlay.yaml")
            if beside.exists():
                apply(document, read(root, beside.relative_to(root), mistakes), strict=True)
            name = path.stem if folder == specs else f"{folder.name}.{path.stem}"
            if not isinstance(document.data, dict) or not isinstance(document.data.get("paths"), dict):
                document.wrong((), "a spec needs a mapping of paths")
                continue
            if any(not MODULE_NAME.fullmatch(n) or keyword.iskeyword(n) or n in RESERVED for n in name.split(".")):
                document.wrong((), f"{name!r} cannot be a module: use small letters, digits and _")
                continue
            api = _api(document, settings, name.split(".")[0])
            apis.setdefault(api.name, api)
            modules.append(_Planner(document, settings, behaviors, name, api).module())
    _no_clashes(modules, mistakes)
    return Plan(modules, list(apis.values()), _catalog(root, mistakes))


def _api(document: Document, settings: Document, name: str) -> Api:
    said = document.data.get("x-fakeai-api") or settings.data.get("x-fakeai-api") or {}
    if not check(document, ("x-fakeai-api",), said, API, "x-fakeai-api") or not isinstance(said, dict):
        return Api(name)
    headers = tuple(sorted(said.get("headers", {}).items()))
    return Api(name, tuple(said.get("bases", ("",))), headers, said.get("envelope", "openai"))


def _catalog(root: Path, mistakes: list[str]) -> dict[str, Any]:
    tables = sorted((root / "specs" / "catalog").glob("*.yaml"))
    return {path.stem: read(root, path.relative_to(root), mistakes).data for path in tables}


def _no_clashes(modules: Iterable[Module], mistakes: list[str]) -> None:
    """Note every route that two operations claim."""
    seen: dict[tuple[str, str], str] = {}
    for module in modules:
        for operation in module.operations:
            for base in module.api.bases:
                key = operation.method, re.sub(r"\{[^}]*\}", "{}", base + operation.path)
                if key in seen:
                    where = f"{operation.method} {base}{operation.path}"
                    mistakes.append(f"{operation.place[0]}:{operation.place[1]}: {where} is also {seen[key]}")
                seen.setdefault(key, f"{operation.id} in {module.source}")


class _Planner:
    """Plans the operations of one spec file."""

    def __init__(
        self, document: Document, settings: Document, behaviors: dict[str, Behavior], name: str, api: Api
    ) -> None:
        self.document, self.settings, self.behaviors = document, settings, behaviors
        self.result = Module(name, document.path, api)
        self.components: dict[str, Any] = (document.data.get("components") or {}).get("schemas") or {}
        self.roots: list[Any] = []

    def module(self) -> Module:
        for path, item in self.document.data["paths"].items():
            if not isinstance(item, dict):
                self.document.wrong(("paths", path), "a path needs a mapping of methods")
                continue
            for method in (m for m in METHODS if m in item):
                operation = self.operation(str(path), method, item[method])
                if operation:
                    self.result.operations.append(operation)
        self.unique_names()
        self.result.schemas = closure(self.roots, self.components)
        return self.result

    def unique_names(self) -> None:
        seen: dict[str, Operation] = {}
        for operation in self.result.operations:
            if operation.name in seen:
                at = ("paths", operation.path, operation.method.lower(), "operationId")
                self.document.wrong(at, f"operationId {operation.id!r} is {seen[operation.name].id!r} again")
            seen[operation.name] = operation

    def operation(self, path: str, method: str, spec: Any) -> Operation | None:
        at: Pointer = ("paths", path, method)
        if not isinstance(spec, dict):
            self.document.wrong(at, "an operation needs a mapping")
            return None
        if not PATH.fullmatch(path) or len(path) > 200 or {".", ".."} & set(path.split("/")):
            self.document.wrong(("paths", path), f"{path!r} is not a path that can be served")
            return None
        id = spec.get("operationId")
        if not isinstance(id, str) or not OPERATION_ID.fullmatch(id):
            self.document.wrong(
                (*at, "operationId"), f"an operation needs an operationId of letters, digits, _ - . ({id!r})"
            )
            return None
        name = _snake(id)
        args = tuple(re.findall(r"\{(\w+)\}", path))
        body, required = self.body(id, spec, at)
        steps = self.steps(spec, at, method, args, body)
        if any("example" in step.behavior.emit for step in steps):
            self.example(id, spec, at)
        summary = spec.get("summary") or f"{name.replace('_', ' ').strip().capitalize()}."
        return Operation(
            id=id,
            name=name,
            method=method.upper(),
            path=path,
            route=self.route(path, spec, at),
            summary=one_line(str(summary)),
            path_args=args,
            body=body,
            body_required=required,
            steps=steps,
            place=self.document.mark(at),
        )

    def route(self, path: str, spec: dict[str, Any], at: Pointer) -> str:
        """The path as the route table has it: `{name:path}` for a parameter whose value may hold slashes."""
        for i, parameter in enumerate(spec.get("parameters") or ()):
            if isinstance(parameter, dict) and parameter.get("x-fakeai-slashes") is True:
                name = f"{{{parameter.get('name')}}}"
                if parameter.get("in") != "path" or name not in path:
                    self.document.wrong((*at, "parameters", i), "x-fakeai-slashes is for a parameter of the path")
                path = path.replace(name, f"{name[:-1]}:path}}")
        return path

    def body(self, id: str, spec: dict[str, Any], at: Pointer) -> tuple[str | None, bool]:
        """The name of the JSON body's schema, and whether there must be a body."""
        request = spec.get("requestBody") or {}
        content = request.get("content") or {}
        if "application/json" not in content:
            return None, False
        schema = (content["application/json"] or {}).get("schema", {})
        self.known_references(schema, (*at, "requestBody", "content", "application/json", "schema"))
        reference = schema.get("$ref") if isinstance(schema, dict) and len(schema) == 1 else None
        if isinstance(reference, str) and reference.startswith(SCHEMAS):
            name = unescape(reference.removeprefix(SCHEMAS))
        else:
            name = f"{id}.body"
            self.components[name] = schema
        self.roots.append({"$ref": SCHEMAS + name.replace("~", "~0").replace("/", "~1")})
        return name, request.get("required") is True

    def known_references(self, value: Any, at: Pointer) -> None:
        for name in sorted(names_in(value) - set(self.components)):
            self.document.wrong(at, f"there is no schema {name!r}{nearest(name, self.components)}")

    def steps(
        self, spec: dict[str, Any], at: Pointer, method: str, args: tuple[str, ...], body: str | None
    ) -> tuple[Step, ...]:
        """The operation's behaviors in the order they run, without those that are wrong."""
        said = spec.get("x-fakeai", {})
        at = (*at, "x-fakeai")
        if not check(self.document, at, said, ANNOTATION, "x-fakeai"):
            return ()
        found: dict[str, Step | None] = {}
        for document, place, uses in (
            (self.settings, ("x-fakeai-defaults",), self.settings.data.get("x-fakeai-defaults") or []),
            (self.document, ("x-fakeai-defaults",), self.document.data.get("x-fakeai-defaults") or []),
            (self.document, (*at, "plus"), said.get("plus", [])),
        ):
            for i, use in enumerate(uses):
                name, params = (use, {}) if isinstance(use, str) else next(iter(use.items()), ("", {}))
                found[name] = self.step(document, (*place, i), name, params or {})
        for i, name in enumerate(said.get("without", [])):
            if name in found:
                del found[name]
            else:
                self.document.wrong((*at, "without", i), f"{name!r} is not a default{nearest(name, found)}")
        use = said.get("use", EXAMPLE)
        params = said.get("with", {})
        found[use] = self.step(self.document, (*at, "use") if "use" in said else at, use, params, (*at, "with"))
        steps = sorted((s for s in found.values() if s), key=lambda step: STAGES.index(step.behavior.stage))
        self.fit(steps, at, method, args, body, complete=None not in found.values())
        return tuple(steps)

    def step(self, document: Document, at: Pointer, name: str, params: Any, params_at: Pointer = ()) -> Step | None:
        behavior = self.behaviors.get(name)
        if behavior is None:
            document.wrong(at, f"there is no behavior {name!r}{nearest(name, self.behaviors)}")
            return None
        params_at = params_at or (*at, name)
        if not check(document, params_at, params, behavior.parameters, name):
            return None
        return Step(behavior, {**behavior.defaults, **params}, document, at)

    def fit(
        self, steps: list[Step], at: Pointer, method: str, args: tuple[str, ...], body: str | None, complete: bool
    ) -> None:
        """Check that the behaviors may stand here and, when all are known, that what one gives another takes."""
        answers = [step.behavior.name for step in steps if step.behavior.stage == "answer"]
        if complete and len(answers) != 1:
            self.document.wrong(at, f"an operation has one answer, not {len(answers)} ({', '.join(answers)})")
        for i, step in enumerate(steps):
            behavior, on = step.behavior, step.behavior.on
            if on.get("method", method) != method:
                step.document.wrong(step.at, f"{behavior.name} stands on {on['method']}, not on {method}")
            if on.get("body") == "required" and body is None:
                step.document.wrong(step.at, f"{behavior.name} needs a JSON body, and this operation has none")
            if on.get("path", len(args)) > len(args):
                step.document.wrong(
                    step.at, f"{behavior.name} needs {on['path']} parameters in the path, not {len(args)}"
                )
            taken = {name for later in steps[i + 1 :] for name in later.behavior.takes}
            if complete and behavior.gives and behavior.gives not in taken:
                step.document.wrong(step.at, f"{behavior.name} gives {behavior.gives!r}, which nobody here takes")

    def example(self, id: str, spec: dict[str, Any], at: Pointer) -> None:
        """Make the operation's example answer from its success response."""
        responses = spec.get("responses") or {}
        good = sorted(str(status) for status in responses if re.fullmatch(r"2\d\d", str(status)))
        status = good[0] if good else "default"
        response = responses.get(status) or {}
        content = response.get("content") or {}
        kind = "application/json" if "application/json" in content else next(iter(content), None)
        body = None
        if kind == "application/json":
            schema = (content[kind] or {}).get("schema", {})
            place = (*at, "responses", status)
            self.known_references(schema, place)
            try:
                body = examples.make(json.loads(json.dumps(schema)), self.components)
            except examples.NoExample as error:
                self.document.wrong(place, f"no example fits the schema: {error}")
        self.result.examples[id] = {"status": int(status) if good else 200, "type": kind, "body": body}


def _snake(id: str) -> str:
    """A Python name for an operationId: createChatCompletion -> create_chat_completion."""
    words = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3_\2\4", id)
    name = re.sub(r"[^A-Za-z0-9]+", "_", words).strip("_").lower()
    return f"{name}_" if keyword.iskeyword(name) or name in BUSY else name


# Names that a generated module uses itself.
BUSY = {"call", "body", "routes", "schemas", "examples", "answer"}
