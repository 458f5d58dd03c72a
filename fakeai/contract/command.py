"""What `fakeai contract` does: read, judge or compare, print, and say with the exit code how it went."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from fakeai_generator.names import nearest
from fakeai_generator.source import SpecError, read

from ..project import Project
from . import drift, hints, report, server, upstream
from .judge import judge
from .transport import Http, Unreachable


class CannotJudge(Exception):
    """Why nothing can be judged."""


def call(file: Path, url: str | None, tags: tuple[str, ...], out: Path | None, key: str, patience: float) -> int:
    """Judge the server at *url*, else one of our own; 1 when an operation fails.

    Raises:
        CannotJudge: the document cannot be read, a tag is unknown, or the server does not answer.
    """
    document = _read(file)
    known = {operation.tag for operation in document.operations}
    for tag in tags:
        if tag not in known:
            raise CannotJudge(f"no operation has the tag {tag!r}{nearest(tag, known)}")
    try:
        with _address(url) as address, closing(Http(address)) as transport:
            verdicts = judge(
                document,
                hints.load(),
                transport,
                key=key,
                patience=patience,
                wanted=lambda operation: not tags or operation.tag in tags,
            )
    except Unreachable as error:
        raise CannotJudge(f"{url or 'the server'} does not answer: {error}") from None
    shown = url or "a server of its own"
    _write(out, report.data(document, verdicts, shown))
    print(report.text(document, verdicts, shown))
    return 0 if all(verdict.passed for verdict in verdicts) else 1


def compare(file: Path, project: Project, out: Path | None) -> int:
    """Compare the specs that *project* has of the document with it; 1 when a difference is unexplained.

    Raises:
        CannotJudge: the project has none, or they cannot be read.
    """
    document = _read(file)
    for folder in sorted((project.root / "specs").iterdir()):
        if (folder / "UPSTREAM").exists() and _title(folder) == document.title:
            try:
                found = drift.drift(document.raw, folder)
            except SpecError as error:
                raise CannotJudge(str(error)) from None
            _write(out, drift.data(found))
            print(drift.text(found))
            return 1 if found.unexplained else 0
    raise CannotJudge(f"no folder of {project.root / 'specs'} was imported from {document.title!r}")


@contextmanager
def _address(url: str | None) -> Iterator[str]:
    if url:
        yield url
    else:
        with server.running() as address:
            yield address


def _read(file: Path) -> upstream.Upstream:
    try:
        return upstream.load(file)
    except SpecError as error:
        raise CannotJudge(str(error)) from None


def _title(folder: Path) -> Any:
    return (read(folder, Path("UPSTREAM"), []).data or {}).get("title")


def _write(out: Path | None, data: dict[str, Any]) -> None:
    if out is not None:
        out.write_text(json.dumps(data, indent=2) + "\n", encoding="utf-8")
