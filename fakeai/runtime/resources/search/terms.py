"""Search terms: the words of a text that carry meaning, as numbers."""

import re
from collections import Counter

import xxhash

from ...content.prose.prose import FILLERS, WORD

UNSPACED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")  # scripts whose words have no spaces between them


def words(text: str) -> list[str]:
    """The words of *text* in small letters and without a plural's s; without fillers, unless there is nothing else."""
    found = [word.lower() for word in WORD.findall(text)]
    meant = [_stem(part) for word in found if word not in FILLERS for part in _parts(word)]
    return meant or found


def counts(text: str) -> dict[int, int]:
    """How often each term of *text* is in it: {32-bit number of the term: times}."""
    return Counter(xxhash.xxh32_intdigest(word.encode()) for word in words(text))


def rewritten(query: str) -> str:
    """*query* without what is not searched for."""
    return " ".join(word for word in WORD.findall(query) if word.lower() not in FILLERS) or query


def _parts(word: str) -> list[str]:
    """*word*, or its pairs of characters when it is written without spaces."""
    if len(word) < 3 or not UNSPACED.search(word):
        return [word]
    return [word[at : at + 2] for at in range(len(word) - 1)]


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
