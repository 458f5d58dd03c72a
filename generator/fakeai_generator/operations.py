"""Decide what each operation of one spec file does; every mistake in the file is noted."""

import re
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from . import examples, media, schemas
from .behaviors import STAGES, Behavior
from .names import OPERATION_ID, nearest, snake
from .parameters import query_schema
from .references import SCHEMAS, check_references, closure, escape, follow, properties_in, unescape
from .resources import Resources
from .shape import OPENAPI
from .source import Document, Mark, Pointer, one_line

METHODS = ("get", "put", "post", "delete", "patch")
SOCKET = "x-fakeai-websocket"  # stands where a method stands: what is said over a WebSocket of this path
WEBSOCKET = "WEBSOCKET"  # its method in the route table
LONGEST_PATH = 200
SEGMENT = re.compile(r"[A-Za-z0-9_.~:@-]+|\{[A-Za-z_][A-Za-z0-9_-]*\}")
QUERY = re.compile(r"[a-z_]+=[A-Za-z0-9_]+(&[a-z_]+=[A-Za-z0-9_]+)*")
EXAMPLE = "example"  # the behavior of an operation that nobody annotated
CURSORS = ("first_id", "last_id", "next", "has_more")  # what a page of a list says besides its data

USES = {"type": "array", "items": {"type": ["string", "object"], "minProperties": 1, "maxProperties": 1}}
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


@dataclass(frozen=True)
class Step:
    """One behavior at work in one operation, with its checked parameters and where those that are *said* stand."""

    behavior: Behavior
    params: dict[str, Any]
    document: Document
    at: Pointer
    said: dict[str, Any]
    said_at: Pointer


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
    body: "Body | None"
    query: str | None
    page: dict[str, Any] | None
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
class Body:
    """What an operation takes: the names of its schemas in the module, as JSON, as a form or as both.

    *schema* is that of the JSON, else of the form; *raw* are the media types that are neither.
    """

    json: str | None
    form: str | None
    raw: tuple[str, ...]
    schema: Any
    required: bool

    @property
    def name(self) -> str:
        return self.json or self.form or ""


@dataclass(frozen=True)
class Success:
    """The success response of an operation: *schema* is None when it is not JSON or has a mistake."""

    status: int
    kind: str | None
    schema: Any
    given: tuple[Any, ...]  # examples
    at: Pointer


class Planner:
    """Plans the operations of one spec file."""

    def __init__(
        self,
        document: Document,
        settings: Document,
        behaviors: dict[str, Behavior],
        resources: Resources,
        name: str,
        api: Api,
    ) -> None:
        self.document, self.settings, self.behaviors, self.resources = document, settings, behaviors, resources
        self.result = Module(name, document.path, api)
        self.faulty: set[Pointer] = set()  # paths and operations whose shape is wrong
        self.broken: set[str] = set()  # component schemas with a mistake
        self.bodies: dict[str, Any] = {}

    def module(self) -> Module:
        self.check_shape()
        self.components: dict[str, Any] = (self.document.data.get("components") or {}).get("schemas") or {}
        self.broken = {name for name in self.components if not self.is_sound_component(name)}
        for path, item in (self.document.data.get("paths") or {}).items():
            if ("paths", path) not in self.faulty and item and self.is_path(path, item):
                for method in (m for m in (*METHODS, SOCKET) if m in item and ("paths", path, m) not in self.faulty):
                    operation = self.operation(path, method, item)
                    if operation:
                        self.result.operations.append(operation)
        self.unique_names()
        bodies = {name: _lenient(self.components.get(name, schema)) for name, schema in self.bodies.items()}
        self.result.schemas = dict(sorted({**closure(self.body_references(), self.components), **bodies}.items()))
        return self.result

    def body_references(self) -> list[Any]:
        return [{"$ref": SCHEMAS + escape(name)} for name in self.bodies] + list(self.bodies.values())

    def check_shape(self) -> None:
        """Note what is of the wrong kind, and set it aside so that the rest can be checked."""
        data = self.document.data
        uses = data.get("x-fakeai-defaults") or []
        if not schemas.check(self.document, ("x-fakeai-defaults",), uses, USES, "x-fakeai-defaults"):
            data["x-fakeai-defaults"] = []
        for pointer, sentence in schemas.faults(data, OPENAPI):
            self.document.wrong(pointer, sentence)
            if pointer[0] == "paths":
                whole = len(pointer) > 2 and pointer[2] == "parameters"
                self.faulty.add(pointer[: 2 if whole else 3])
            elif len(pointer) > 2:
                data["components"][pointer[1]][pointer[2]] = {}
            elif len(pointer) == 2:
                data[pointer[0]][pointer[1]] = {}
            else:
                data[pointer[0]] = {}

    def is_sound_component(self, name: str) -> bool:
        return self.is_schema(self.components[name], ("components", "schemas", name))

    def is_schema(self, schema: Any, at: Pointer) -> bool:
        """Note what is wrong with a schema itself."""
        good = schemas.check_schema(self.document, at, schema)
        return check_references(self.document, at, schema, self.components) and good

    def is_sound(self, schema: Any, at: Pointer) -> bool:
        """Note what is wrong with an operation's schema; whether it and all it refers to can be used."""
        return self.is_schema(schema, at) and not self.broken & set(closure([schema], self.components))

    def is_path(self, path: str, item: dict[str, Any]) -> bool:
        problem = "a path cannot be a reference: write its methods here" if "$ref" in item else _path_problem(path)
        if problem and any(method in item for method in (*METHODS, SOCKET, "$ref")):
            self.document.wrong(("paths", path), problem)
        return not problem

    def unique_names(self) -> None:
        """Note names that stand twice, and keep functions from hiding the modules that they call."""
        seen: dict[str, Operation] = {}
        for operation in self.result.operations:
            if operation.name in seen:
                method = SOCKET if operation.method == WEBSOCKET else operation.method.lower()
                at = ("paths", operation.path, method, "operationId")
                self.document.wrong(at, f"operationId {operation.id!r} is {seen[operation.name].id!r} again")
            seen[operation.name] = operation
        called = {step.behavior.engine for operation in self.result.operations for step in operation.steps}
        self.result.operations = [
            replace(operation, name=f"{operation.name}_") if operation.name in called else operation
            for operation in self.result.operations
        ]

    def operation(self, path: str, method: str, item: dict[str, Any]) -> Operation | None:
        at: Pointer = ("paths", path, method)
        spec = item[method]
        id = spec.get("operationId")
        if not isinstance(id, str) or not OPERATION_ID.fullmatch(id):
            self.document.wrong(
                (*at, "operationId"), f"an operation needs an operationId of letters, digits, _ - . ({id!r})"
            )
            return None
        name = snake(id)
        args = tuple(re.findall(r"\{([^}]*)\}", path))
        body = self.body(id, spec, at)
        success = self.success(spec, at)
        steps = self.steps(spec, at, method, args, body)
        example = self.example(steps, success)
        if any("example" in step.behavior.emit for step in steps):
            self.result.examples[id] = {"status": success.status, "type": success.kind, "body": example}
        for step in steps:
            self.check_names(step, body, success, example)
        summary = spec.get("summary") or f"{name.replace('_', ' ').strip().capitalize()}."
        return Operation(
            id=id,
            name=name,
            method=WEBSOCKET if method == SOCKET else method.upper(),
            path=path,
            route=self.route(path, method, item),
            summary=one_line(str(summary)),
            path_args=args,
            body=body,
            query=self.query(id, path, method, item),
            page=self.page(steps, success),
            steps=steps,
            place=self.document.mark((*at, "operationId")),
        )

    def route(self, path: str, method: str, item: dict[str, Any]) -> str:
        """The path as the route table has it: `{name:path}` for a parameter whose value may hold slashes."""
        for at, holder in ((("paths", path), item), (("paths", path, method), item[method])):
            for i, said in enumerate(holder.get("parameters") or ()):
                parameter, place = follow(self.document, said, "parameters", (*at, "parameters", i))
                if "schema" in parameter:
                    self.is_schema(parameter["schema"], (*place, "schema"))
                if not (said.get("x-fakeai-slashes") or parameter.get("x-fakeai-slashes")):
                    continue
                name = f"{{{parameter.get('name')}}}"
                if parameter.get("in") != "path" or name not in path:
                    self.document.wrong((*at, "parameters", i), "x-fakeai-slashes is for a parameter of the path")
                path = path.replace(name, f"{name[:-1]}:path}}")
        return path

    def content(self, holder: dict[str, Any], at: Pointer) -> dict[str, Any]:
        """The media types of a body or a response, each of which could stand in a header."""
        content: dict[str, Any] = holder.get("content") or {}
        for kind in content:
            if not media.is_legal(kind):
                self.document.wrong((*at, "content", kind), f"{kind!r} is not a media type that a header can hold")
        return content

    def body(self, id: str, spec: dict[str, Any], at: Pointer) -> Body | None:
        """What the operation takes as JSON or as a form; None when it takes neither."""
        request, at = follow(self.document, spec.get("requestBody"), "requestBodies", (*at, "requestBody"))
        content = self.content(request, at)
        kinds = {"body": media.json_of(content), "form": media.FORM if media.FORM in content else None}
        if not any(kinds.values()):
            return None
        names: dict[str, str] = {}
        found: list[Any] = []
        for word, kind in kinds.items():
            if kind is not None:
                schema = (content[kind] or {}).get("schema", {})
                names[word] = self.named(f"{id}.{word}", schema, (*at, "content", kind, "schema"))
                found.append(schema)
        raw = tuple(sorted(kind for kind in content if kind not in kinds.values()))
        return Body(names.get("body"), names.get("form"), raw, found[0], request.get("required") is True)

    def query(self, id: str, path: str, method: str, item: dict[str, Any]) -> str | None:
        """The name of the schema of the operation's query; None when it has no parameters there."""
        at: Pointer = ("paths", path)
        schema = query_schema(self.document, [(at, item), ((*at, method), item[method])])
        return self.named(f"{id}.query", schema, (*at, method)) if schema else None

    def named(self, name: str, schema: Any, at: Pointer) -> str:
        """The name in the module of a request's schema, which is checked: its component's, else *name*."""
        reference = schema.get("$ref") if isinstance(schema, dict) and len(schema) == 1 else None
        if isinstance(reference, str) and reference.startswith(SCHEMAS):
            name = unescape(reference.removeprefix(SCHEMAS))
        else:
            while name in self.components:
                name += "_"
        if self.is_sound(schema, at):
            self.bodies.setdefault(name, schema)
            self.check_use(schema, at)
        return name

    def check_use(self, schema: Any, at: Pointer) -> None:
        """Note why nothing can be checked against *schema*, if so."""
        needed = closure([schema], self.components)
        try:
            schemas.compiled({"allOf": [schema], "components": {"schemas": needed}})
        except schemas.Unusable as error:
            self.document.wrong(at, str(error))

    def success(self, spec: dict[str, Any], at: Pointer) -> Success:
        """The operation's success response; the schemas of all its responses are checked."""
        responses = spec.get("responses") or {}
        found: dict[str, Success] = {}
        for status, said in responses.items():
            response, place = follow(self.document, said, "responses", (*at, "responses", status))
            content = self.content(response, place)
            json_kind = media.json_of(content)
            kind = json_kind or next(iter(content), None)
            number = int(status) if re.fullmatch(r"[1-5]\d\d", status, re.ASCII) else 200
            success = Success(number, kind, None, (), place)
            if json_kind is not None:
                schema = (content[json_kind] or {}).get("schema", {})
                place = (*place, "content", json_kind)
                sound = self.is_sound(schema, (*place, "schema"))
                given = self.given(content[json_kind], place)
                success = Success(number, kind, schema if sound else None, given, (*place, "schema"))
            found[status] = success
        good = sorted(status for status in found if re.fullmatch(r"2(\d\d|XX)", status, re.ASCII))
        return found.get(good[0] if good else "default") or Success(200, None, None, (), (*at, "responses"))

    def given(self, medium: Any, at: Pointer) -> tuple[Any, ...]:
        """The example that a media type gives: `example`, or the first of its named `examples`."""
        medium = medium or {}
        for name, said in (medium.get("examples") or {}).items():
            example, _ = follow(self.document, said, "examples", (*at, "examples", name))
            if "value" in example:
                return (example["value"],)
        return (medium["example"],) if "example" in medium else ()

    def example(self, steps: tuple[Step, ...], success: Success) -> Any:
        """An answer that fits the success response, when one of *steps* needs it; None when it is not JSON."""
        needed = any("example" in step.behavior.emit or step.behavior.names("answer") for step in steps)
        if not needed or success.schema is None:
            return None
        try:
            return examples.make(success.schema, self.components, success.given)
        except examples.NoExample as error:
            self.document.wrong(success.at, f"no example fits the schema: {error}")
            return None

    def page(self, steps: tuple[Step, ...], success: Success) -> dict[str, Any] | None:
        """What a page of the list that is answered says besides its data, when it has none; None when nobody asks."""
        if success.schema is None or not any(re.search(r"\bpage\b", step.behavior.emit) for step in steps):
            return None
        names = properties_in(success.schema, self.components)
        cursors = [name for name in CURSORS if name in names]
        problem = ""
        for empty, kind in product((None, ""), ("list", None)):  # the first id of no data is null, where it may be
            sure: dict[str, Any] = {"data": [], **{name: False if name == "has_more" else empty for name in cursors}}
            if kind and "object" in names:
                sure["object"] = kind
            try:
                page = examples.make(success.schema, self.components, sure=sure, bare=True)
            except examples.NoExample as error:
                problem = str(error)
            else:
                return {name: value for name, value in page.items() if name != "data"}
        self.document.wrong(success.at, f"this is no list in pages: {problem}")
        return None

    def steps(
        self, spec: dict[str, Any], at: Pointer, method: str, args: tuple[str, ...], body: Body | None
    ) -> tuple[Step, ...]:
        """The operation's behaviors in the order they run, without those that are wrong."""
        said = spec.get("x-fakeai", {})
        at = (*at, "x-fakeai")
        if not schemas.check(self.document, at, said, ANNOTATION, "x-fakeai"):
            return ()
        found: dict[str, Step | None] = {}
        for document, place, uses in (
            (self.settings, ("x-fakeai-defaults",), self.settings.data.get("x-fakeai-defaults") or []),
            (self.document, ("x-fakeai-defaults",), self.document.data.get("x-fakeai-defaults") or []),
            (self.document, (*at, "plus"), said.get("plus", [])),
        ):
            for i, use in enumerate(uses):
                name, params = (use, None) if isinstance(use, str) else next(iter(use.items()))
                params = {} if params is None else params
                found[name] = self.step(document, (*place, i), name, params, (*place, i, name))
        for i, name in enumerate(said.get("without", [])):
            if name in found:
                del found[name]
            else:
                self.document.wrong((*at, "without", i), f"{name!r} is not a default{nearest(name, found)}")
        use = said.get("use", EXAMPLE)
        found[use] = self.step(self.document, (*at, "use"), use, said.get("with", {}), (*at, "with"))
        steps = sorted((s for s in found.values() if s), key=lambda step: STAGES.index(step.behavior.stage))
        self.fit(steps, at, method, args, body, complete=None not in found.values())
        return tuple(steps)

    def step(self, document: Document, at: Pointer, name: str, params: Any, params_at: Pointer) -> Step | None:
        behavior = self.behaviors.get(name)
        if behavior is None:
            document.wrong(at, f"there is no behavior {name!r}{nearest(name, self.behaviors)}")
            return None
        if not schemas.check(document, params_at, params, behavior.parameters, name):
            return None
        return Step(behavior, {**behavior.defaults, **params}, document, at, params, params_at)

    def fit(
        self, steps: list[Step], at: Pointer, method: str, args: tuple[str, ...], body: Body | None, complete: bool
    ) -> None:
        """Check that the behaviors may stand here and, when all are known, that what one gives another takes."""
        answers = [step.behavior.name for step in steps if step.behavior.stage == "answer"]
        if complete and len(answers) != 1:
            self.document.wrong(at, f"an operation has one answer, not {len(answers)} ({', '.join(answers)})")
        word = WEBSOCKET.lower() if method == SOCKET else method
        for i, step in enumerate(steps):
            behavior, on = step.behavior, step.behavior.on
            if on.get("method", word) != word:
                step.document.wrong(step.at, f"{behavior.name} stands on {on['method']}, not on {word}")
            elif method == SOCKET and behavior.stage == "answer" and "method" not in on:
                step.document.wrong(step.at, f"{behavior.name} does not answer a WebSocket")
            if on.get("body") == "required" and body is None:
                step.document.wrong(step.at, f"{behavior.name} needs a body, and this operation has none")
            if on.get("path", len(args)) > len(args):
                step.document.wrong(
                    step.at, f"{behavior.name} needs {on['path']} parameters in the path, not {len(args)}"
                )
            taken = {name for later in steps[i + 1 :] for name in later.behavior.takes}
            if complete and behavior.gives and behavior.gives not in taken:
                step.document.wrong(step.at, f"{behavior.name} gives {behavior.gives!r}, which nobody here takes")

    def check_names(self, step: Step, body: Body | None, success: Success, example: Any) -> None:
        """Check that what names a property of the body or of the answer names one that is there."""
        for parameter in step.behavior.names("resource"):
            value = step.params.get(parameter)
            if value is not None and value not in self.resources.known:
                sentence = f"there is no resource {value!r}{nearest(str(value), self.resources.known)}"
                step.document.wrong((*step.said_at, parameter), sentence)
        of_answer, of_body = step.behavior.names("answer"), step.behavior.names("body")
        is_json = success.kind is not None and media.is_json(success.kind)
        if of_answer and (not is_json or (example is not None and not isinstance(example, dict))):
            step.document.wrong(step.at, f"{step.behavior.name} needs a success response that is a JSON object")
        elif success.schema is not None:
            self.check_properties(step, of_answer, success.schema, "the success response")
        if body is not None and body.name in self.bodies:
            self.check_properties(step, of_body, body.schema, "the body")

    def check_properties(self, step: Step, parameters: list[str], schema: Any, what: str) -> None:
        good = sorted(properties_in(schema, self.components))
        for name in parameters:
            value = step.said.get(name)
            if isinstance(value, str) and value not in good:
                sentence = f"{step.behavior.name}: {what} has no property {value!r}{nearest(value, good)}"
                step.document.wrong((*step.said_at, name), sentence)


def _lenient(schema: Any) -> Any:
    """*schema* of a request, which takes properties that it does not know: clients send what other servers take."""
    if isinstance(schema, dict) and schema.get("additionalProperties") is False:
        return {word: value for word, value in schema.items() if word != "additionalProperties"}
    return schema


def _path_problem(path: str) -> str | None:
    """Why *path* cannot be served; None when it can."""
    plain, mark, query = path.partition("?")
    segments = plain.split("/")
    bad = next((s for s in segments if s and not SEGMENT.fullmatch(s)), None)
    args = re.findall(r"\{([^}]*)\}", plain)
    if segments[0] or len(path) > LONGEST_PATH or "" in segments[1:-1]:
        return f"{path!r} is not a path that can be served: it starts with one / and has at most {LONGEST_PATH} letters"
    if {".", ".."} & set(segments):
        return f"{path!r} is not a path that can be served: clients resolve . and .. before they send it"
    if bad and re.search(r"\{[A-Za-z_][A-Za-z0-9_-]*\}", bad):
        return f"{path!r} is not a path that can be served: a parameter is a whole segment, and {bad!r} is more"
    if bad:
        return f"{path!r} is not a path that can be served: {bad!r} is neither a word nor a {{parameter}}"
    if len(set(args)) < len(args):
        return f"{path!r} is not a path that can be served: it has a parameter twice"
    if mark and not QUERY.fullmatch(query):
        return f"{path!r} is not a path that can be served: after the ? stand name=value pairs of plain words"
    return None
