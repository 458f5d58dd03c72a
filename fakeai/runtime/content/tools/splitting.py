"""One call or several: the parts of a prompt that each call of a tool is about."""

import re
from collections.abc import Sequence
from typing import Any

from ..structured import texts
from ..structured.hints import Hints
from ..structured.kinds import PART, SPANS, TEXTS, known
from ..structured.lexicon import TICKERS
from .relevance import Match
from .toolbox import Tool

CLAUSE = re.compile(
    r"(?<=[.!?;])\s+|\n+|,\s*(?:and\s+)?then\s+|\s+(?:and\s+then|then|after that)\s+|,?\s+and\s+(?:also\s+)?|,\s+", re.I
)
MOST_CALLS = 16
PLACES = (texts.city, texts.place, texts.country, texts.address, texts.state)
PEOPLE = (texts.person, texts.name, texts.recipient, texts.email, texts.username, texts.first_name)
THINGS = (texts.thing, texts.query, texts.topic, texts.word, texts.company, texts.name, texts.file, texts.title)
FREE = (texts.query, texts.topic, texts.word, texts.thing, texts.any_text)


def regions(text: str, matches: Sequence[Match]) -> list[str]:
    """The part of *text* that is about each of *matches*: the clauses with its words, and those that follow them."""
    if len(matches) < 2:
        return [text for _ in matches]
    clauses = _clauses(text)
    parts: list[list[str]] = [[] for _ in matches]
    before: list[str] = []
    owner = -1
    for start, clause in clauses:
        found = {at for at, match in enumerate(matches) if start <= match.at < start + len(clause)}
        if found:
            owner = max(found)
        if owner < 0:
            before.append(clause)
        for at in found or ({owner} if owner >= 0 else ()):
            parts[at].append(clause)
    return [", ".join([*before, *part]) if part else text for part in parts]


def _clauses(text: str) -> list[tuple[int, str]]:
    """The clauses of *text* and where they begin."""
    found, start = [], 0
    for cut in CLAUSE.finditer(text):
        if cut.start() > start:
            found.append((start, text[start : cut.start()]))
        start = cut.end()
    if start < len(text):
        found.append((start, text[start:]))
    return found


def parts(tool: Tool, text: str) -> list[str]:
    """*text* once for each of the things of its first list, if *tool* takes one such thing at a time."""
    hints = Hints.of(text)
    listing = hints.listing
    if listing is None or not _takes_one(tool, listing.items, hints):
        return [text]
    before, after = text[: listing.start], text[listing.end :]
    return [f"{before}{item}{after}" for item in listing.items[:MOST_CALLS]]


def _takes_one(tool: Tool, items: tuple[str, ...], hints: Hints) -> bool:
    """Whether *tool* has one parameter for a thing like those of *items*, and none for several of them."""
    properties = (tool.parameters or {}).get("properties")
    if not isinstance(properties, dict):
        return False
    required = (tool.parameters or {}).get("required") or list(properties)
    numeric = all(item.replace(".", "").isdigit() for item in items)
    takers = [name for name, schema in properties.items() if _takes(name, schema, items, hints, numeric)]
    if any(_is_list(properties[name]) for name in takers):
        return False
    first = [name for name in takers if name in required] or takers
    return len(first) == 1


def _takes(name: str, schema: Any, items: tuple[str, ...], hints: Hints, numeric: bool) -> bool:
    """Whether the parameter *name* takes such things, one or several."""
    types = _types(schema)
    inside = schema.get("items") if isinstance(schema, dict) and "array" in types else schema
    if isinstance(inside, dict) and inside.get("enum"):
        return all(any(item.lower() == str(value).lower() for value in inside["enum"]) for item in items)
    inner = _types(inside)
    words = tuple(part.lower() for part in PART.findall(name))
    if numeric:
        return bool(inner & {"integer", "number"})
    if inner and "string" not in inner:
        return False
    kind = known(words, TEXTS)
    if kind is None and known(words, SPANS) is not None:
        return False
    if set(items) <= set(hints.places):
        return kind in PLACES or kind in FREE or kind is None
    if all(item.isupper() and len(item) < 6 for item in items) or all(item.lower() in TICKERS for item in items):
        return kind in (texts.ticker, texts.company, texts.currency, texts.word, texts.query) or kind is None
    if set(items) <= set(hints.people):
        return kind in PEOPLE or kind in FREE or kind is None
    return kind in THINGS or kind in (texts.person, texts.city, texts.place) or kind is None


def _is_list(schema: Any) -> bool:
    return "array" in _types(schema)


def _types(schema: Any) -> set[str]:
    if not isinstance(schema, dict):
        return set()
    type = schema.get("type")
    found = {type} if isinstance(type, str) else set(type) if isinstance(type, list) else set()
    for branch in schema.get("anyOf") or ():
        found |= _types(branch)
    return found - {"null"}
