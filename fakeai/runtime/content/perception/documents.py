"""Files in a prompt: the text that they have, and the sizes of a PDF's pages, which are looked at, too."""

from typing import NamedTuple

from . import pdf
from .pictures import Size

SHARP = 2  # pixels of a point of a page
MOST_PAGES = 1000


class Document(NamedTuple):
    """What a file says. *pages* are the sizes of a PDF's pages in pixels."""

    text: str
    pages: tuple[Size, ...]


def read(data: bytes) -> Document:
    """The document that *data* is; bytes that are no text have none. A PDF takes some ms for a page.

    Raises:
        pdf.Unreadable: it is a broken PDF.
    """
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    try:
        return Document(data.decode(), ())
    except UnicodeDecodeError:
        return Document("", ())


def _pdf(data: bytes) -> Document:
    pages = pdf.pages(data, MOST_PAGES)
    sizes = [Size(max(1, round(page.width * SHARP)), max(1, round(page.height * SHARP))) for page in pages]
    return Document("\n\n".join([page.text for page in pages]), tuple(sizes))
