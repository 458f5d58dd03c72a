"""The catalog: facts as tables, each a file of specs/catalog or all the files of one of its folders."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import schemas
from .names import nearest
from .source import Document, Map, Sequence, read

LIKE = "like"  # the row whose columns a row has where it says nothing else
OWN = ("id", "created", "aliases", "shutdown_date")  # columns that no row has of another

EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
MONEY = {"type": "number", "minimum": 0}
PRICES = (
    "input_per_million", "cached_input_per_million", "output_per_million",
    "audio_input_per_million", "cached_audio_input_per_million", "audio_output_per_million",
    "image_input_per_million", "cached_image_input_per_million", "image_output_per_million",
    "priority_input_per_million", "priority_cached_input_per_million", "priority_output_per_million",
    "training_per_million", "per_million_characters", "per_minute", "per_second", "batch_factor", "flex_factor",
)  # fmt: skip


def _some_of(*words: str) -> dict[str, Any]:
    return {"type": "array", "items": {"enum": list(words)}, "uniqueItems": True}


# The tables whose rows are known.
TABLES = {
    "models": {
        "type": "array",
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": ["id", "created", "owned_by"],
            "properties": {
                "id": {"type": "string", "minLength": 1},
                "created": {"type": "integer"},
                "owned_by": {"type": "string"},
                "aliases": {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": True},
                "shutdown_date": {"type": "string", "format": "date"},
                "context_window": {"type": "integer", "minimum": 1},
                "max_output_tokens": {"type": "integer", "minimum": 0},
                "training_cutoff": {"type": "string", "pattern": r"^\d{4}-\d{2}$"},
                "dimensions": {"type": "integer", "minimum": 1},
                "tokenizer": {"type": "string", "minLength": 1},
                "input": _some_of("text", "image", "audio", "video"),
                "output": _some_of("text", "image", "audio", "video", "embedding", "score"),
                "features": _some_of(
                    "streaming", "tools", "parallel_tools", "structured_outputs", "json_mode", "predictions",
                    "web_search", "computer_use", "fine_tuning", "batch",
                ),
                "reasoning": {"enum": ["none", "hidden", "visible"]},
                "efforts": _some_of(*EFFORTS),
                "default_effort": {"enum": list(EFFORTS)},
                "endpoints": _some_of(
                    "chat", "responses", "completions", "embeddings", "images", "speech", "transcription",
                    "translation", "realtime", "moderation", "ranking", "videos",
                ),
                "pricing": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        **dict.fromkeys(PRICES, MONEY),
                        "per_image": {"type": "object", "additionalProperties": MONEY},
                    },
                },
            },
        },
    }
}  # fmt: skip


def tables(root: Path, mistakes: list[str]) -> dict[str, Any]:
    """The tables of specs/catalog by name, each row whole, and checked where rows are known."""
    found: dict[str, Document] = {}
    for name, document in _documents(root, mistakes):
        if document.data is None:
            continue
        if name in TABLES and isinstance(document.data, Sequence):
            _dates(document)
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
