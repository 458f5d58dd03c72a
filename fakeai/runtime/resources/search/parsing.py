"""The text of a file: of plain text as it is, of PDF and DOCX as their readers find it."""

import asyncio
import codecs
import io
import re
import zipfile
import zlib
from xml.etree import ElementTree

from ...content.perception import pdf

LARGEST = 134_217_728  # bytes of a file; more text than that has more tokens than a file may have
LARGEST_XML = 67_108_864  # bytes of a DOCX's document when it is unpacked
TEXTS = frozenset(
    "bat c cfg conf cpp cs css csv go h hpp htm html ini java js json jsonl kt log lua md php pl py r rb rs rst scala "
    "sh sql swift tex toml ts tsv txt xml yaml yml".split()
)
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # no text has them, but terminals' colours (\x1b)
WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Unreadable(Exception):
    """A file that gives no text; *code* is that of a vector store file's last error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


async def text_of(name: str, data: bytes) -> str:
    """The text of the file called *name* whose bytes are *data*.

    Raises:
        Unreadable: it has none, or is of a format that nothing here reads.
    """
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension == "pdf" or data.startswith(b"%PDF-"):
        text = await _pdf(data)
    elif extension == "docx":
        text = _docx(data)
    else:
        text = _plain(data, extension)
    if not text.strip():
        raise Unreadable("invalid_file", "The file has no text in it.")
    return text


def _plain(data: bytes, extension: str) -> str:
    encoding = next((encoding for mark, encoding in MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if not CONTROLS.search(text):
        return text
    if extension in TEXTS or not extension:
        raise Unreadable("invalid_file", "The file could not be parsed because its encoding is not UTF-8 or UTF-16.")
    raise Unreadable("unsupported_file", f"The file type '.{extension}' is not supported for file search.")


async def _pdf(data: bytes) -> str:
    try:
        pages = await asyncio.to_thread(pdf.pages, data)
    except pdf.Unreadable as error:
        raise Unreadable("invalid_file", f"The file could not be parsed as PDF: {error}") from None
    return "\n\n".join([page.text for page in pages])


def _docx(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("word/document.xml") as document:
            xml = document.read(LARGEST_XML + 1)
        if len(xml) > LARGEST_XML:
            raise Unreadable("invalid_file", "The file is too large when it is unpacked.")
        paragraphs = ElementTree.fromstring(xml).iter(f"{WORDS}p")
        return "\n".join("".join(run.text or "" for run in paragraph.iter(f"{WORDS}t")) for paragraph in paragraphs)
    except (
        zipfile.BadZipFile, zlib.error, EOFError, KeyError, ElementTree.ParseError, NotImplementedError, RuntimeError,
        OSError,
    ) as error:  # fmt: skip
        raise Unreadable("invalid_file", f"The file could not be parsed as DOCX: {error}") from None
