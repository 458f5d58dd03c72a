"""Make one OpenAPI document of all specs of a project, for tools and pages that read a single file.

Every operation stands at its whole path, below the first base of its API: two APIs may say the same path at different
bases, and a document has each path once. What only the generator reads (`x-fakeai...`) is gone, and so are components
that no operation needs.

A variant such as `/responses?beta=true` is left out. A path of OpenAPI has no query, so tools either refuse the
document, or take the variant for a second `/responses` whose requests and answers contradict the first. WebSockets are
named in the description: OpenAPI has no words for them.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from typing import Any

from . import examples, media
from .operations import WEBSOCKET, Module, Operation
from .references import SCHEMAS, escape, follow, unescape
from .source import Document

OPENAPI = "3.1.0"
INFO = {"title": "FakeAI", "version": "1.0.0"}
COMPONENT = re.compile(r"#/components/([A-Za-z]+)/([^/]+)")
SECURITY = "securitySchemes"

Part = tuple[str, str, str]  # a component: the module of its file, its section, its name there


def write(modules: Sequence[Module], documents: Sequence[Document]) -> str:
    """The text of `openapi.json`, where *documents* are the specs of *modules* with their overlays applied."""
    return json.dumps(bundle(modules, documents), indent=1, ensure_ascii=False) + "\n"


def bundle(modules: Sequence[Module], documents: Sequence[Document]) -> dict[str, Any]:
    """One document of the operations of *modules*, whose specs are *documents*."""
    components = Components(modules, documents)
    paths: dict[str, dict[str, Any]] = {}
    tags: dict[str, str] = {}
    shapes: dict[str, str] = {}  # the same path whatever its parameters are called, and what it is called here
    ids: set[str] = set()
    for module, document in zip(modules, documents, strict=True):
        said = {tag["name"]: tag for tag in document.data.get("tags") or () if isinstance(tag.get("name"), str)}
        for operation in filter(_is_shown, module.operations):
            made = _operation(operation, module, document, components)
            made["operationId"] = _free(operation.id, module, ids)
            for tag in made["tags"]:
                tags.setdefault(tag, said.get(tag, {}).get("description") or f"From {module.source}.")
            path = module.api.bases[0] + operation.path
            here = shapes.setdefault(re.sub(r"\{[^}]*\}", "{}", path), path)
            _rename(made["parameters"], operation.path_args, re.findall(r"\{([^}]*)\}", here))
            paths.setdefault(here, {})[operation.method.lower()] = made
    return {
        "openapi": OPENAPI,
        "info": {**INFO, "description": _description(modules)},
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": description} for name, description in tags.items()],
        "paths": paths,
        "components": components.written(),
    }


def _is_shown(operation: Operation) -> bool:
    """Whether a document of OpenAPI can say where *operation* is: by a path without a query, and by HTTP."""
    return "?" not in operation.path and operation.method != WEBSOCKET


def _description(modules: Iterable[Module]) -> str:
    """Where the operations are found besides the paths of the document."""
    sentences = ["Every operation that this server answers."]
    for first, *others in dict.fromkeys(module.api.bases for module in modules if len(module.api.bases) > 1):
        elsewhere = " and ".join(f"below `{base}`" if base else "at the bare host" for base in others)
        sentences.append(f"What stands below `{first}` is found {elsewhere}, too.")
    sockets = [
        f"`{module.api.bases[0]}{operation.path}`"
        for module in modules
        for operation in module.operations
        if operation.method == WEBSOCKET
    ]
    if sockets:
        sentences.append(f"Besides them there are WebSockets, which OpenAPI has no words for: {', '.join(sockets)}.")
    return " ".join(sentences)


def _operation(operation: Operation, module: Module, document: Document, components: "Components") -> dict[str, Any]:
    """One operation as the document has it."""
    item = document.data["paths"][operation.path]
    spec = {key: value for key, value in item[operation.method.lower()].items() if value is not None}
    responses = {status: _response(said, status) for status, said in (spec.get("responses") or {}).items()}
    made = {
        "operationId": operation.id,
        "tags": spec.get("tags") or [module.name.split(".")[-1]],
        "summary": operation.summary,
        **{key: value for key, value in spec.items() if key not in ("operationId", "tags", "summary")},
        "parameters": _parameters(operation, item, spec, document),
        "responses": responses or {"200": {"description": "OK"}},
    }
    if "requestBody" in spec:
        made["requestBody"] = _body(spec["requestBody"], document)
    security = spec.get("security", document.data.get("security"))
    if security is not None:
        made["security"] = [components.requirement(module, needed) for needed in security]
    elif _schemes(operation):
        # An empty requirement stands beside them: the server's settings decide whether any is asked for.
        made["security"] = [{}, *({name: []} for name in _schemes(operation))]
    copied: dict[str, Any] = components.copied(made, module)
    return copied


def _schemes(operation: Operation) -> dict[str, Any]:
    """The security schemes of the behaviors of *operation*."""
    return {name: scheme for step in operation.steps for name, scheme in step.behavior.security.items()}


def _parameters(
    operation: Operation, item: dict[str, Any], spec: dict[str, Any], document: Document
) -> list[dict[str, Any]]:
    """The parameters of the path and of the operation, of which the latter win, written out."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for said in (*(item.get("parameters") or ()), *(spec.get("parameters") or ())):
        parameter, _ = follow(document, said, "parameters", ())
        found[parameter["in"], parameter["name"]] = parameter
    for name in operation.path_args:
        given = found.get(("path", name), {"name": name, "in": "path", "schema": {"type": "string"}})
        found["path", name] = {**given, "required": True}
    return [
        parameter if "content" in parameter or "schema" in parameter else {**parameter, "schema": {}}
        for parameter in found.values()
    ]


def _rename(parameters: list[dict[str, Any]], args: Iterable[str], names: Iterable[str]) -> None:
    """Call the parameters *args* of a path by *names*."""
    called = dict(zip(args, names, strict=True))
    for parameter in parameters:
        if parameter["in"] == "path":
            parameter["name"] = called.get(parameter["name"], parameter["name"])


def _response(said: Any, status: str = "") -> dict[str, Any]:
    """A response with the description that OpenAPI asks for."""
    said = said or {}
    if "$ref" in said:
        return dict(said)
    phrase = HTTPStatus(int(status)).phrase if status.isdecimal() and int(status) in set(HTTPStatus) else "A response"
    return _content({**said, "description": said.get("description") or phrase})


def _content(holder: dict[str, Any]) -> dict[str, Any]:
    """A body or a response whose media types are all mappings."""
    if not holder.get("content"):
        return holder
    return {**holder, "content": {kind: medium or {} for kind, medium in holder["content"].items()}}


def _body(said: dict[str, Any], document: Document) -> dict[str, Any]:
    """A request body with an example that fits its schema: what a page offers to send."""
    body, _ = follow(document, said, "requestBodies", ())
    kind = media.json_of(body.get("content") or {})
    medium = ((body.get("content") or {}).get(kind) if kind else None) or {}
    if kind is None or "example" in medium or "examples" in medium:
        return _content(body)
    schemas = (document.data.get("components") or {}).get("schemas") or {}
    try:
        example = examples.make(medium.get("schema", {}), schemas)
    except examples.NoExample:
        return _content(body)
    return _content({**body, "content": {**body["content"], kind: {**medium, "example": example}}})


class Components:
    """The components of all files: equal ones of one name are one, others of that name are called after their file."""

    def __init__(self, modules: Sequence[Module], documents: Sequence[Document]) -> None:
        self.modules = {module.name: module for module in modules}
        self.parts: dict[Part, Any] = {
            (module.name, section, name): _response(value) if section == "responses" else value
            for module, document in zip(modules, documents, strict=True)
            for section, named in (document.data.get("components") or {}).items()
            if isinstance(named, dict)
            for name, value in named.items()
        }
        self._groups = self._grouped()
        self._named: dict[tuple[str, str, bytes], str] = {}
        self._todo: list[tuple[str, Part]] = []  # what is named, but not written
        self.schemes = {
            name: scheme
            for module in modules
            for operation in module.operations
            for name, scheme in _schemes(operation).items()
        }
        self._taken: dict[str, set[str]] = {SECURITY: set(self.schemes)}

    def _grouped(self) -> dict[Part, bytes]:
        """Equal for two components that are equal and whose references lead to equal ones, however far."""
        needs: dict[Part, list[Part]] = {}
        groups: dict[Part, bytes] = {}
        for part, value in self.parts.items():
            needs[part] = self._needs(value, part[0])
            groups[part] = _digest(part[1:], json.dumps(value, sort_keys=True))
        while True:
            finer = {part: _digest(group, *(groups[need] for need in needs[part])) for part, group in groups.items()}
            if len(set(finer.values())) == len(set(groups.values())):
                return groups
            groups = finer

    def _needs(self, value: Any, module: str) -> list[Part]:
        """The components that *value* refers to."""
        found: list[Part] = []

        def note(reference: str) -> str:
            part = self._part(reference, module)
            if part:
                found.append(part)
            return reference

        _copy(value, note)
        return found

    def _part(self, reference: str, module: str) -> Part | None:
        match = COMPONENT.fullmatch(reference)
        part = (module, match[1], unescape(match[2])) if match else None
        return part if part in self.parts else None

    def copied(self, value: Any, module: Module) -> Any:
        """*value* of a file, as it stands in the document: what it refers to is taken in."""

        def lead(reference: str) -> str:
            part = self._part(reference, module.name)
            return f"#/components/{part[1]}/{escape(self._name(part))}" if part else reference

        return _copy(value, lead)

    def requirement(self, module: Module, needed: dict[str, Any]) -> dict[str, Any]:
        """A security requirement, with the names that the schemes have in the document."""
        parts = {name: (module.name, SECURITY, name) for name in needed}
        return {self._name(parts[name]) if parts[name] in self.parts else name: needed[name] for name in needed}

    def _name(self, part: Part) -> str:
        """What *part* is called in the document, which takes it in with all that it needs."""
        module, section, name = part
        group = (section, name, self._groups[part])
        if group not in self._named:
            legal = re.sub(r"[^A-Za-z0-9._-]+", "_", name) or "_"
            self._named[group] = _free(legal, self.modules[module], self._taken.setdefault(section, set()))
            self._todo.append((self._named[group], part))
        return self._named[group]

    def written(self) -> dict[str, Any]:
        """All that was taken in, in the order of the names."""
        made: dict[str, dict[str, Any]] = {SECURITY: self.schemes} if self.schemes else {}
        for name, part in self._todo:  # which grows meanwhile
            made.setdefault(part[1], {})[name] = self.copied(self.parts[part], self.modules[part[0]])
        return {section: dict(sorted(made[section].items())) for section in sorted(made)}


def _digest(*parts: Any) -> bytes:
    return hashlib.sha256(repr(parts).encode()).digest()


def _copy(value: Any, lead: Callable[[str], str]) -> Any:
    """*value* without what only the generator reads, its references led elsewhere."""
    if isinstance(value, list):
        return [_copy(item, lead) for item in value]
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    for key, part in value.items():
        if key == "$ref" and isinstance(part, str):
            made[key] = lead(part)
        elif key == "mapping" and isinstance(part, dict) and isinstance(value.get("propertyName"), str):
            made[key] = {word: lead(to if "/" in to else SCHEMAS + escape(to)) for word, to in part.items()}
        elif not key.startswith("x-fakeai"):
            made[key] = _copy(part, lead)
    return made


def _free(wanted: str, module: Module, taken: set[str]) -> str:
    """*wanted*, after its module where another has that name, and noted as taken."""
    name = wanted
    if name in taken:
        name = f"{module.name.replace('.', '_')}_{wanted}"
    while name in taken:
        name += "_"
    taken.add(name)
    return name
