"""Read all specs of a project, plan what each does, and check what only all of them together can get wrong."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import catalog, schemas
from .behaviors import Behavior
from .names import is_module, nearest
from .operations import USES, Api, Module, Planner
from .overlay import apply
from .resources import Resources
from .source import Document, Map, read

CORRECTIONS = "corrections.overlay.yaml"  # for all files of a folder
CATALOG = "catalog"  # the folder of specs that has tables
READING = 0.7  # of the time of planning, about

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
        "envelope": {"enum": ["openai", "dynamo", "nim", "sentence", "dialect"]},
    },
}
API_FILE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {"x-fakeai-api": API, "x-fakeai-defaults": USES},
}


@dataclass(frozen=True)
class Plan:
    """The whole route layer, decided."""

    modules: list[Module]
    documents: list[Document]  # the spec of each module, with its overlays applied
    apis: list[Api]
    catalog: dict[str, Any]
    resources: dict[str, Any]


def plan(
    root: Path, behaviors: dict[str, Behavior], mistakes: list[str], done: Callable[[float], None] = lambda share: None
) -> Plan:
    """Read every spec below *root*/specs and decide what its operations do; note what is wrong in *mistakes*.

    *done* is told, now and then, what share of it is done.
    """
    specs = root / "specs"
    files = sum(1 for path in specs.rglob("*.yaml") if CATALOG not in path.parts and _is_spec(path))
    found: list[tuple[Document, Document, str]] = []
    resources = Resources()
    _nothing_is_ignored(specs, mistakes)
    for folder in (specs, *sorted(path for path in specs.iterdir() if path.is_dir())):
        if folder.name == CATALOG:
            continue
        settings = settings_of(root, folder, mistakes)
        for document in documents(root, folder, mistakes):
            name = module_name(document)
            if name is not None:
                found.append((document, settings, name))
                resources.gather(document)
                done(READING * min(len(found) / files, 1.0))
    modules: list[Module] = []
    apis: dict[str, Api] = {}
    for document, settings, name in found:
        own = "x-fakeai-api" in document.data  # a file with settings of its own is an API of its own
        api = api_of(document, settings, name if own else name.split(".")[0])
        apis.setdefault(api.name, api)
        modules.append(Planner(document, settings, behaviors, resources, name, api).module())
        done(READING + (1 - READING) * len(modules) / len(found))
    _no_clashes(modules, mistakes)
    for module in modules:
        if any(other.name.startswith(f"{module.name}.") for other in modules):
            mistakes.append(f"{module.source}:1: there is also a folder specs/{module.name}: rename one of them")
    tables = catalog.tables(root, mistakes)
    return Plan(
        modules, [document for document, _, _ in found], list(apis.values()), tables, resources.compiled(tables)
    )


def _nothing_is_ignored(specs: Path, mistakes: list[str]) -> None:
    """Note every file below *specs* that looks like a spec and that nobody reads."""
    for path in sorted(p for p in specs.rglob("*") if p.suffix in (".yaml", ".yml", ".json") and p.is_file()):
        beside = path.with_name(path.name.removesuffix(".overlay.yaml") + ".yaml")
        problem = None
        if path.suffix == ".yml":
            problem = "a spec's file ends in .yaml"
        elif path.suffix == ".json":
            problem = "a spec is YAML: `fakeai import` makes one of an OpenAPI document in JSON"
        elif len(path.relative_to(specs).parts) > 2 + (path.relative_to(specs).parts[0] == CATALOG):
            problem = "specs stand in specs/ or in a folder of it, no deeper"
        elif path.name == "api.overlay.yaml":
            problem = "api.yaml is yours and takes no overlay: change it"
        elif path.name.endswith(".overlay.yaml") and path.name != CORRECTIONS and not beside.is_file():
            near = nearest(beside.name, (p.name for p in path.parent.glob("*.yaml") if p != path))
            problem = f"there is no {beside.name} to overlay{near}"
        if problem:
            mistakes.append(f"specs/{path.relative_to(specs).as_posix()}:1: {problem}")


def settings_of(root: Path, folder: Path, mistakes: list[str]) -> Document:
    """What `api.yaml` says for all specs of *folder*; nothing when there is none or it is wrong."""
    path = folder / "api.yaml"
    document = read(root, path.relative_to(root), mistakes) if path.exists() else Document("", Map(), mistakes)
    if document.data is None or not schemas.check(document, (), document.data, API_FILE, "api.yaml"):
        return Document("", Map(), mistakes)
    return document


def _is_spec(path: Path) -> bool:
    return path.name != "api.yaml" and not path.name.endswith(".overlay.yaml")


def documents(
    root: Path, folder: Path, mistakes: list[str], is_wanted: Callable[[Path], bool] = lambda path: True
) -> Iterator[Document]:
    """The specs of *folder* that can be read, with the corrections of the folder and their own overlays applied."""
    corrections = folder / CORRECTIONS
    mended = read(root, corrections.relative_to(root), mistakes) if corrections.exists() else None
    for path in sorted(folder.glob("*.yaml")):
        if not _is_spec(path) or not is_wanted(path):
            continue
        document = read(root, path.relative_to(root), mistakes)
        if document.data is None:
            continue
        if mended:
            apply(document, mended, strict=False)
        beside = path.with_name(f"{path.stem}.overlay.yaml")
        if beside.exists() and beside != corrections:
            apply(document, read(root, beside.relative_to(root), mistakes), strict=True)
        yield document


def module_name(document: Document) -> str | None:
    """The generated module's name below generated/, with the folder's before it; None when there can be none."""
    if not isinstance(document.data, dict) or not isinstance(document.data.get("paths"), dict):
        document.wrong((), "a spec needs a mapping of paths")
        return None
    names = document.path.removesuffix(".yaml").split("/")[1:]
    if all(map(is_module, names)):
        return ".".join(names)
    document.wrong((), f"{'.'.join(names)!r} cannot be a module: use small letters, digits and _")
    return None


def api_of(document: Document, settings: Document, name: str) -> Api:
    said = document.data.get("x-fakeai-api") or settings.data.get("x-fakeai-api") or {}
    if not schemas.check(document, ("x-fakeai-api",), said, API, "x-fakeai-api") or not isinstance(said, dict):
        return Api(name)
    headers = tuple(sorted(said.get("headers", {}).items()))
    return Api(name, tuple(said.get("bases", ("",))), headers, said.get("envelope", "openai"))


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
