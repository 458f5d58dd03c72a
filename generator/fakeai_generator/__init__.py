"""The compiler: specs and behaviors in, a route layer in plain Python out."""

from collections.abc import Callable
from pathlib import Path

from . import behaviors, emit, plan
from .importer import import_openapi
from .source import SpecError

__all__ = ["SpecError", "generate", "import_openapi", "stale", "write"]


PLANNING = 0.8  # of the time of generating, about


def generate(root: Path, builtin: Path, done: Callable[[float], None] = lambda share: None) -> dict[str, str]:
    """Return {path below generated/: text} for the project at *root*; write nothing.

    *builtin* is the folder of built-in behaviors. *done* is told, now and then, what share of it is done.

    Raises:
        SpecError: with every mistake found, each as `file:line: sentence`.
    """
    mistakes: list[str] = []
    if not (root / "specs").is_dir():
        raise SpecError([f"{root}:1: there is no folder specs here"])
    known = behaviors.load(behaviors.folders(root, builtin), mistakes)
    for behavior in known.values():
        emit.check(behavior)
    planned = plan.plan(root, known, mistakes, lambda share: done(PLANNING * share))
    if mistakes:
        raise SpecError(mistakes)
    files = emit.emit(planned)
    if mistakes:
        raise SpecError(mistakes)
    done(1.0)
    return files


def stale(out: Path, files: dict[str, str]) -> list[str]:
    """The paths below *out* that differ from *files*: to write, to change or to delete."""
    present = {
        path.relative_to(out).as_posix()
        for path in out.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    changed = {name for name, text in files.items() if name not in present or _text(out / name) != text}
    return sorted(changed | (present - set(files)))


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def write(out: Path, files: dict[str, str]) -> list[str]:
    """Make *out* hold exactly *files*; return the paths that changed."""
    changed = stale(out, files)
    for name in changed:
        path = out / name
        if name in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[name], encoding="utf-8")
        else:
            path.unlink()
    return changed
