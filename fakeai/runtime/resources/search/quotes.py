"""Quotes: of the chunks that a search found, the sentences that an answer repeats."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from .searching import Hit

MOST, LONGEST = 2, 320  # quotes, and characters of one
WORD = re.compile(r"\w{3,}")
SENTENCE = re.compile(r"(?<=[.?!])\s+|\n+")


class Quote(NamedTuple):
    """A sentence of what was found."""

    hit: Hit
    text: str


def quotes(hits: Sequence[Hit], query: str) -> list[Quote]:
    """What an answer to *query* quotes of *hits*: sentences of the best, none of them twice."""
    found: dict[tuple[str, str], Quote] = {}
    for hit in hits:
        text = excerpt(hit.text, query)
        found.setdefault((hit.filename, text), Quote(hit, text))
        if len(found) == MOST:
            break
    return list(found.values())


def excerpt(text: str, query: str) -> str:
    """The sentence of *text* that has most words of *query*."""
    wanted = set(WORD.findall(query.lower()))
    sentences = [sentence for sentence in SENTENCE.split(text) if sentence.strip()] or [text]
    best = max(sentences, key=lambda sentence: len(wanted & set(WORD.findall(sentence.lower()))))
    return best.strip()[:LONGEST]
