"""`fakeai explain`: what an operation does, stage by stage, or what a behavior is and where it is used."""

import importlib.util
import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from fakeai_generator import behaviors, finding
from fakeai_generator.behaviors import STAGES, Behavior
from fakeai_generator.finding import Found
from fakeai_generator.names import nearest
from fakeai_generator.operations import Step
from fakeai_generator.plan import CORRECTIONS
from fakeai_generator.source import Mark

from ..project import Project
from .columns import columns
from .progress import share

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "WEBSOCKET", "WS")
MOST = 40  # operations of a behavior that are listed
UNSAID = "example"  # the behavior of operations of which nobody says anything


def explain(project: Project, builtin: Path, words: Sequence[str], everything: bool) -> None:
    """Explain what *words* name: a behavior, an operationId, `METHOD /path` or `/path`.

    Raises:
        ClickException: nothing has that name.
    """
    mistakes: list[str] = []
    known = behaviors.load(behaviors.folders(project.root, builtin), mistakes)
    name = " ".join(words)
    if name in known:
        _behavior(project, known, known[name], everything)
        return
    found = _operations(project, known, words)
    if found:
        for at, each in enumerate(found):
            click.echo("\n" * (at > 0) + _operation(project, each))
        return
    ids, paths = finding.names(project.root)
    good = paths if "/" in name else [*known, *ids]
    near = nearest(_path(words), paths) if "/" in name else nearest(name, good)
    raise click.ClickException(f"there is no behavior, operation or path {name!r}{near}")


def _path(words: Sequence[str]) -> str:
    return words[-1].partition("?")[0].removeprefix("/v1")


def _operations(project: Project, known: dict[str, Behavior], words: Sequence[str]) -> list[Found]:
    """Those of that id, or at that path, whose parameters may have values."""
    method = words[0].upper().replace("WS", "WEBSOCKET") if words[0].upper() in METHODS and len(words) == 2 else None
    if len(words) > 1 and method is None:
        return []
    wanted = words[-1]
    if not wanted.startswith("/"):
        found = finding.operations(project.root, known, _has(wanted)) if method is None else ()
        return [each for each in found if each.id == wanted]
    first = next((part for part in _path(words).split("/") if part), "")
    fitting = [
        (each, literal)
        for each in finding.operations(project.root, known, _has(f"/{first}"))
        if method in (None, each.method) and (literal := _fits(each, wanted)) is not None
    ]
    best = max((literal for _, literal in fitting), default=0)
    return [each for each, literal in fitting if literal == best]


def _has(text: str, *beside: str) -> Callable[[Path], bool]:
    """Whether *text* stands in a file, or in one of those *beside* it."""

    def is_there(file: Path) -> bool:
        others = (file.with_name(name.replace("*", file.stem)) for name in beside)
        return any(text in each.read_text(encoding="utf-8") for each in (file, *others) if each.is_file())

    return is_there


def _fits(each: Found, wanted: str) -> int | None:
    """How many segments of the path are as they are *wanted*, when it fits at one of its bases; else None."""
    if wanted in (each.path, *(base + each.path for base in each.bases)):
        return len(wanted)
    segments = wanted.partition("?")[0].split("/")
    for base in each.bases:
        own = (base + each.path).partition("?")[0].split("/")
        if len(own) == len(segments) and all(a == b or a.startswith("{") for a, b in zip(own, segments, strict=True)):
            return sum(a == b for a, b in zip(own, segments, strict=True))
    return None


def _operation(project: Project, each: Found) -> str:
    where = ", ".join(f"{base}{each.path}" for base in each.bases)
    lines = [f"{each.method} {where}", f"  {each.id}: {each.summary}", f"  {_mark(each.place)}", ""]
    rows = [
        (step.behavior.stage, step.behavior.name, _said(step), _mark(step.document.mark(step.at)))
        for step in each.steps
    ]
    lines.append(columns(("Stage", "Behavior", "With", "Said at"), rows))
    lines.append("")
    summaries = [
        (step.behavior.name, step.behavior.summary, _file(step.behavior), _engine(project, step.behavior))
        for step in each.steps
    ]
    lines.append(columns(("Behavior", "What it does", "Written in", "Done by"), summaries))
    written = _function(project, each)
    if written:
        lines += ["", written]
    return "\n".join(lines)


def _said(step: Step) -> str:
    """The parameters as YAML would say them, in a line."""
    return ", ".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in step.said.items())


def _mark(mark: tuple[str, int]) -> str:
    return f"{mark[0]}:{mark[1]}"


def _file(behavior: Behavior) -> str:
    return _mark(behavior.document.mark(("behavior",)))


def _engine(project: Project, behavior: Behavior) -> str:
    """File and line of the function that the behavior calls."""
    if "." in behavior.calls:
        found = importlib.util.find_spec(behavior.calls)
        file = Path(found.origin) if found and found.origin else None
        shown = behavior.calls.replace(".", "/") + (".py" if file and file.name != "__init__.py" else "/__init__.py")
    else:
        file = project.root / "behaviors" / f"{behavior.calls}.py"
        shown = f"behaviors/{file.name}"
    call = rf"\b{behavior.engine}\.(\w+)\("
    called = re.search(f"await {call}", behavior.emit) or re.search(call, behavior.emit)
    if file is None or not file.is_file() or called is None:
        return shown
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if re.match(rf"(async )?(def|class) {called[1]}\b", line):
            return f"{shown}:{number}"
    return shown


def _function(project: Project, each: Found) -> str:
    """What was generated of the operation, with its file and line; empty when nothing was."""
    name = f"{each.module.replace('.', '/')}.py"
    file = project.generated / name
    if not file.is_file():
        return ""
    lines = file.read_text(encoding="utf-8").splitlines()
    start = next((at for at, line in enumerate(lines) if re.match(rf"async def {each.function}_?\(", line)), None)
    if start is None:
        return ""
    stop = next((at for at in range(start + 1, len(lines)) if lines[at] and not lines[at].startswith(" ")), len(lines))
    while stop > start and (not lines[stop - 1].strip() or lines[stop - 1].startswith("@")):
        stop -= 1
    return "\n".join([f"generated/{name}:{start + 1}", *(f"  {line}".rstrip() for line in lines[start:stop])])


def _behavior(project: Project, known: dict[str, Behavior], behavior: Behavior, everything: bool) -> None:
    order = f"stage {STAGES.index(behavior.stage) + 1} of {len(STAGES)}"
    facts = [
        ("Stage", f"{behavior.stage} ({order})"),
        ("Written in", _file(behavior)),
        ("Done by", _engine(project, behavior)),
    ]
    facts += [("Stands on", ", ".join(f"{key}: {value}" for key, value in behavior.on.items()))] if behavior.on else []
    facts += [("Gives", behavior.gives)] if behavior.gives else []
    facts += [("Takes", ", ".join(behavior.takes))] if behavior.takes else []
    click.echo(f"{behavior.name}: {behavior.summary}\n\n{columns((), facts)}\n")
    rows = [
        (name, _kind(schema), _default(name, schema, behavior), schema.get("description", ""))
        for name, schema in behavior.parameters.get("properties", {}).items()
    ]
    if rows:
        click.echo(columns(("Parameter", "Kind", "Default", "Meaning"), rows) + "\n")
    click.echo("\n".join(["It writes", *(f"  {line}" for line in behavior.emit.splitlines())]) + "\n")
    with share("Looking where it is used") as done:
        uses = list(_uses(project, known, behavior.name, done))
    shown = uses if everything else uses[:MOST]
    count = f"{len(uses)} operation{'' if len(uses) == 1 else 's'}"
    click.echo(f"Used by {count}" + (":" if uses else "; annotate one with x-fakeai: {use: ...}."))
    if shown:
        click.echo(columns((), [(f"  {each.method}", each.path, each.id, _mark(at)) for each, at in shown]))
    if len(shown) < len(uses):
        click.echo(f"  ... and {len(uses) - len(shown)} more (--all).")


def _uses(
    project: Project, known: dict[str, Behavior], name: str, done: Callable[[float], None]
) -> Iterable[tuple[Found, Mark]]:
    """Each operation that has the behavior *name*, and the place that says so."""
    total = len(finding.names(project.root)[0]) or 1
    is_wanted = _has("") if name == UNSAID else _has(name, "*.overlay.yaml", CORRECTIONS, "api.yaml")
    for number, each in enumerate(finding.operations(project.root, known, is_wanted)):
        done(number / total)
        yield from ((each, step.document.mark(step.at)) for step in each.steps if step.behavior.name == name)


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    return str(schema.get("type") or str(schema.get("$ref", "")).rpartition("/")[2])


def _default(name: str, schema: dict[str, Any], behavior: Behavior) -> str:
    if "default" in schema:
        return json.dumps(schema["default"])
    return "required" if name in behavior.parameters.get("required", ()) else ""
