"""PDFs: the text and the size of each page, read by a process of its own when there is much to read.

A reader of PDFs holds the interpreter's lock for a long time at once, and so would keep all else waiting. This file is
that process when it is run as a script: it reads a PDF from its standard input and writes JSON to its standard output.
"""

import importlib
import io
import json
import logging
import os
import subprocess
import sys
from importlib.util import find_spec
from typing import NamedTuple

LARGE = 65_536  # bytes of a PDF that is read by a process: a smaller one costs less than its start
LONGEST = 120  # seconds after which a process that says nothing is given up
PACKAGE = "pypdf"


class Page(NamedTuple):
    """What a page says; *width* and *height* are in points."""

    text: str
    width: float
    height: float


class Unreadable(ValueError):
    """A file that is no PDF although it begins as one."""


def pages(data: bytes, most: int | None = None) -> list[Page]:
    """The pages of the PDF *data*, at most *most*. It takes some ms for each: call it in a thread.

    Raises:
        Unreadable: it is a broken PDF.
    """
    if len(data) < LARGE:
        return _read(data, most)
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise RuntimeError(f"PDFs need the package {PACKAGE}")
    folder = os.path.dirname(os.path.dirname(found.origin))
    command = [sys.executable, "-I", "-S", __file__, folder, "" if most is None else str(most)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=LONGEST, check=True)
    except subprocess.SubprocessError as error:
        raise Unreadable(f"it cannot be read: {error}") from None
    told = json.loads(done.stdout)
    if isinstance(told, str):
        raise Unreadable(told)
    return [Page(*page) for page in told]


def _read(data: bytes, most: int | None) -> list[Page]:
    reader = importlib.import_module(PACKAGE).PdfReader  # it takes 0.2 s to import, and few servers see a PDF
    logging.getLogger(PACKAGE).setLevel(logging.CRITICAL)  # what is wrong with a file stands in the answer
    found = []
    try:
        for page in reader(io.BytesIO(data)).pages[:most]:
            box = page.mediabox
            found.append(Page(page.extract_text(), float(box.width), float(box.height)))
    except Exception as error:  # a broken PDF breaks its reader in many ways
        raise Unreadable(str(error)) from None
    return found


def _main(folder: str, most: str) -> None:
    sys.path.insert(0, folder)
    try:
        told: list[Page] | str = _read(sys.stdin.buffer.read(), int(most) if most else None)
    except Unreadable as error:
        told = str(error)
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    _main(*sys.argv[1:])
