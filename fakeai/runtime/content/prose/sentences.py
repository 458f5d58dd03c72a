"""Sentences of a given text."""

import re

BOUNDARY = re.compile(r"(?<=[.!?])[\"'”)]*\s+(?=[\"'“(\[A-ZÀ-ÞА-ЯЁ0-9])|(?<=[。！？।])|\n\s{0,9}")
SHORTENED = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e|No|Inc|Ltd|Jr|Sr|U\.S)\.|\b[A-Z]\.)$")
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
READ = 20_000  # characters of a text that are read, so that nobody waits


def sentences(text: str) -> list[str]:
    """The sentences of *text*, as far as it is read."""
    found: list[str] = []
    for piece in BOUNDARY.split(text[:READ]):
        piece = piece.strip()
        if not piece:
            continue
        if found and SHORTENED.search(found[-1]):
            found[-1] += " " + piece
        else:
            found.append(piece)
    return found
