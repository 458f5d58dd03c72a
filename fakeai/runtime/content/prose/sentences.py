"""Sentences and words of a given text."""

import re
from functools import lru_cache

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


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """*word* without an ending, so that forms of one word agree."""
    for ending in ("ing", "ies", "ied", "es", "ed", "ly", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word[:-1] if word.endswith("e") and len(word) > 4 else word
