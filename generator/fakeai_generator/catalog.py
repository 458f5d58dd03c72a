"""The catalog: facts as tables, each a file of specs/catalog or all the files of one of its folders."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import schemas
from .behaviors import duration
from .names import nearest
from .rows import TABLES
from .source import Document, Map, Sequence, read

LIKE = "like"  # the row whose columns a row has where it says nothing else
OWN = ("id", "created", "aliases", "shutdown_date", "match")  # columns that no row has of another


def tables(root: Path, mistakes: list[str]) -> dict[str, Any]:
    """The tables of specs/catalog by name, each row whole, and checked where rows are known."""
    found: dict[str, Document] = {}
    for name, document in _documents(root, mistakes):
        if document.data is None:
            continue
        if name in TABLES and isinstance(document.data, Sequence):
            _dates(document)
            _delays(document)
        if name not in found:
            found[name] = document
        elif isinstance(document.data, Sequence) and isinstance(found[name].data, Sequence):
            for row, mark in zip(document.data, document.data.marks, strict=True):
                found[name].data.adopt(row, mark)
        else:
            document.wrong((), f"the files of the table {name!r} are lists of rows")
    for name, document in found.items():
        if name in TABLES:
            _whole(document)
            if schemas.check(document, (), document.data, TABLES[name]):
                _names(document)
                _efforts(document)
    return {name: document.data for name, document in found.items()}


def _documents(root: Path, mistakes: list[str]) -> Iterator[tuple[str, Document]]:
    """Each file of the catalog, and the table that it belongs to: its own name, or that of its folder."""
    catalog = root / "specs" / "catalog"
    for path in sorted(catalog.glob("*.yaml")):
        yield path.stem, read(root, path.relative_to(root), mistakes)
    for path in sorted(catalog.glob("*/*.yaml")):
        yield path.parent.name, read(root, path.relative_to(root), mistakes)


def _dates(document: Document) -> None:
    """Write moments that are said as a day, `created: 2025-08-07`, as seconds since 1970."""
    for row in document.data:
        if isinstance(row, Map) and isinstance(row.get("created"), str):
            try:
                row["created"] = int(datetime.strptime(row["created"], "%Y-%m-%d").replace(tzinfo=UTC).timestamp())
            except ValueError:
                continue  # the schema says what is wrong


def _delays(document: Document) -> None:
    """Write times that are said with their unit, `hosted: {ttft: 300ms}`, as seconds."""
    for row in document.data:
        hosted = row.get("hosted") if isinstance(row, Map) else None
        for name in ("ttft", "itl"):
            said = hosted.get(name) if isinstance(hosted, Map) else None
            if isinstance(hosted, Map) and isinstance(said, str) and re.fullmatch(r"\d+(\.\d+)?(ms|s)", said):
                hosted[name] = duration(said)


def _whole(document: Document) -> None:
    """Give each row the columns of the row above it that it is like; a column that is null is left out."""
    above: dict[str, Map] = {}
    rows = [row for row in document.data if isinstance(row, Map)] if isinstance(document.data, list) else []
    for at, row in enumerate(rows):
        other = row.pop(LIKE, None)
        if other is not None and other not in above:
            document.wrong((at,), f"no row above this one has the id {other!r}{nearest(str(other), above)}")
        for name, value in above.get(other, Map()).items():
            if name not in OWN and name not in row:
                row.adopt(name, value, row.marks.get("id", document.mark((at,))))
        for name in [name for name, value in row.items() if value is None]:
            del row[name]
        if isinstance(row.get("id"), str):
            above.setdefault(row["id"], row)


def _names(document: Document) -> None:
    """Note every name that two rows have."""
    seen: dict[str, str] = {}
    for at, row in enumerate(document.data):
        for name in (row["id"], *row.get("aliases", ())):
            if name in seen:
                document.wrong((at, "id"), f"{name!r} is {seen[name]} already")
            seen[name] = f"a name of {row['id']!r}"


def _efforts(document: Document) -> None:
    """Note every default effort that is not among a row's efforts."""
    for at, row in enumerate(document.data):
        effort, efforts = row.get("default_effort"), row.get("efforts", [])
        if (effort or efforts) and effort not in efforts:
            document.wrong((at, "default_effort"), f"the default effort {effort!r} is not one of {list(efforts)}")
