"""The library: documents that retrieval finds, read from a folder of Markdown, plain text and lines of JSON."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xxhash

BUNDLED = Path(__file__).parents[3] / "library"
KINDS = (".md", ".txt", ".jsonl")
FOLDERS = ("family", "tool")  # what the folders that a file lies in are called in its metadata
HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$")
FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
LONGEST = 4000  # characters of a document; longer texts are several


class BadLibrary(ValueError):
    """A library that cannot be read; the message says where and why."""


@dataclass(frozen=True)
class Document:
    """A piece of a file: its *content*, and where it is from; *metadata* is what filters look at."""

    id: str
    content: str
    source: str
    metadata: dict[str, Any]


def read(folder: Path) -> list[Document]:
    """The documents of the files below *folder*.

    Raises:
        BadLibrary: a file cannot be read, or there is none.
    """
    found: list[Document] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in KINDS or not path.is_file():
            continue
        shown = path.relative_to(folder).as_posix()
        metadata: dict[str, Any] = dict(zip(FOLDERS, path.relative_to(folder).parts[:-1], strict=False))
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeError) as error:
            raise BadLibrary(f"{shown}: cannot be read: {error}") from None
        if path.suffix.lower() == ".jsonl":
            found += _lines(text, shown, metadata)
        elif path.suffix.lower() == ".md":
            found += _sections(text, path.stem, metadata)
        else:
            found += [_document(part, path.name, metadata) for part in _parts(text)]
    if not found:
        raise BadLibrary(f"{folder} has no documents: files that end in {', '.join(KINDS)}")
    return found


def _sections(text: str, name: str, metadata: dict[str, Any]) -> Iterator[Document]:
    """A document for each section of a Markdown file, whose front matter may have `name: value` lines."""
    front = FRONT.match(text)
    if front:
        said = (line.partition(":") for line in front[1].splitlines() if ":" in line)
        metadata = metadata | {key.strip(): value.strip().strip("\"'") for key, _, value in said}
        text = text[front.end() :]
    book = re.sub(r"[^\w.-]+", "_", metadata.pop("title", name)).strip("_")
    heading, lines, page = "", list[str](), 1
    for line in [*text.splitlines(), "# end"]:
        begins = HEADING.match(line)
        if not begins:
            lines.append(line)
            continue
        for part in _parts("\n".join(lines)):
            content = f"{heading}: {part}" if heading else part
            section = {"section": heading} if heading else {}
            yield _document(content, f"{book}_p{page}", metadata | section)
            page += 1
        heading, lines = begins[1], []


def _lines(text: str, shown: str, metadata: dict[str, Any]) -> Iterator[Document]:
    """A document for each line of JSON: an object with a `text` or `content`, and perhaps `metadata` and a `source`."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
        except ValueError as error:
            raise BadLibrary(f"{shown}:{number}: is not JSON: {error}") from None
        content = said.get("text", said.get("content")) if isinstance(said, dict) else None
        extra = said.get("metadata", {}) if isinstance(said, dict) else None
        if not isinstance(content, str) or not content.strip() or not isinstance(extra, dict):
            raise BadLibrary(f"{shown}:{number}: is no object with a text, and metadata that are an object")
        yield _document(content, str(said.get("source", f"{shown}:{number}")), metadata | extra)


def _parts(text: str) -> Iterator[str]:
    """*text* in paragraphs, as many together as a document may hold."""
    held = ""
    for paragraph in re.split(r"\n\s*\n", text):
        paragraph = " ".join(paragraph.split())
        if held and len(held) + len(paragraph) > LONGEST:
            yield held
            held = ""
        held = f"{held} {paragraph}".strip()
    if held:
        yield held


def _document(content: str, source: str, metadata: dict[str, Any]) -> Document:
    digest = xxhash.xxh3_64_hexdigest(f"{source}\n{content}".encode("utf-8", "replace"))
    return Document(f"doc-{digest[:8]}", content, source, metadata)
