"""Find operations of a project by their name or path, and what is said of each, without planning all the others."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .behaviors import Behavior
from .names import snake
from .operations import METHODS, SOCKET, WEBSOCKET, Planner, Step
from .plan import CATALOG, api_of, documents, module_name, settings_of
from .resources import Resources
from .source import Mark, one_line

ID = re.compile(r"\boperationId: *['\"]?([A-Za-z0-9_.-]+)")
PATH = re.compile(r"^ +['\"]?(/[^\s'\"]*?)['\"]?:(?:\s|$)", re.MULTILINE)


@dataclass(frozen=True)
class Found:
    """One operation, as its spec and overlays say it; *bases* is where its API is mounted."""

    id: str
    method: str
    path: str
    bases: tuple[str, ...]
    summary: str
    place: Mark
    module: str  # below generated/
    function: str
    steps: tuple[Step, ...]


def operations(root: Path, known: dict[str, Behavior], is_wanted: Callable[[Path], bool]) -> Iterator[Found]:
    """The operations of the spec files that are wanted. Mistakes in them are not told: `generate` does."""
    mistakes: list[str] = []
    specs = root / "specs"
    for folder in (specs, *sorted(path for path in specs.iterdir() if path.is_dir() and path.name != CATALOG)):
        settings = settings_of(root, folder, mistakes)
        for document in documents(root, folder, mistakes, is_wanted):
            name = module_name(document)
            if name is None:
                continue
            planner = Planner(document, settings, known, Resources(), name, api_of(document, settings, name))
            planner.check_shape()
            for path, item in document.data["paths"].items():
                for method in (each for each in (*METHODS, SOCKET) if isinstance(item, dict) and each in item):
                    spec, at = item[method], ("paths", path, method)
                    if not isinstance(spec, dict) or at in planner.faulty or not spec.get("operationId"):
                        continue
                    id = str(spec["operationId"])
                    yield Found(
                        id=id,
                        method=WEBSOCKET if method == SOCKET else method.upper(),
                        path=path,
                        bases=planner.result.api.bases,
                        summary=one_line(str(spec.get("summary") or "")),
                        place=document.mark((*at, "operationId")),
                        module=name,
                        function=snake(id),
                        steps=planner.steps(spec, at, method, tuple(re.findall(r"\{([^}]*)\}", path)), None),
                    )


def names(root: Path) -> tuple[list[str], list[str]]:
    """The operationIds and the paths that stand in the specs of the project, read as text."""
    ids, paths = [], []
    for file in sorted((root / "specs").rglob("*.yaml")):
        if CATALOG not in file.parts and not file.name.endswith(".overlay.yaml"):
            text = file.read_text(encoding="utf-8")
            ids += ID.findall(text)
            paths += PATH.findall(text)
    return ids, paths
