"""Files in a prompt: the text that they have, and the sizes of a PDF's pages, which are looked at, too."""

import io
import logging
from typing import NamedTuple

from .pictures import Size

SHARP = 2  # pixels of a point of a page
MOST_PAGES = 1000


class Document(NamedTuple):
    """What a file says. *pages* are the sizes of a PDF's pages in pixels."""

    text: str
    pages: tuple[Size, ...]


class Unreadable(ValueError):
    """A file that is no PDF although it begins as one."""


def read(data: bytes) -> Document:
    """The document that *data* is; bytes that are no text have none. A PDF takes some ms for a page.

    Raises:
        Unreadable: it is a broken PDF.
    """
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    try:
        return Document(data.decode(), ())
    except UnicodeDecodeError:
        return Document("", ())


def _pdf(data: bytes) -> Document:
    from pypdf import PdfReader  # it takes 0.2 s to import, and few servers see a PDF

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with a file stands in the answer
    texts, sizes = [], []
    try:
        for page in PdfReader(io.BytesIO(data)).pages[:MOST_PAGES]:
            texts.append(page.extract_text())
            box = page.mediabox
            sizes.append(Size(max(1, round(float(box.width) * SHARP)), max(1, round(float(box.height) * SHARP))))
    except Exception as error:  # a broken PDF breaks its reader in many ways
        raise Unreadable(str(error)) from None
    return Document("\n\n".join(texts), tuple(sizes))
