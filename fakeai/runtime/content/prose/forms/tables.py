"""Tables in Markdown, with the columns and the rows that are asked for."""

import re

from ..ask import Ask
from ..bounds import NUMBERS
from ..cues import Cue
from ..facts.categories import CATEGORIES
from ..values import COUNTRIES, PEOPLE, value_of
from .lists import NUMBER, SPLIT, enough

CUES: tuple[Cue, ...] = (
    (
        "as in into using with make create write generate give show format markdown",
        "table tabelle tabla tableau tabella",
    ),
    ("^table",),
)
LONGEST = 4000  # characters of a prompt
TABLE = re.compile(r"\b(?:markdown table|(?:as|in|into|using|with|make|create|write|generate|give me|show|"
r"format)\b[^.\n]{0,60}\b(?:table|tabelle|tabla|tableau|tabella)\b|"
                   r"^table (?:of|with|comparing|showing))", re.I)  # fmt: skip
COLUMNS = re.compile(
    r"\b(?:columns?|headers?|headings?|spalten)\s{0,9}(?:are|being|named|called|for|of|:|"
    r"=)?\s{0,9}[:(]?\s{0,9}([^\n.?!;)]{2,160})",
    re.I,
)
AMONG = re.compile(
    r"\b(?:compar\w+|difference[s]? between|versus)\s{1,9}(?:of |between )?(.{1,60}?)\s{1,9}(?:and|vs\.?|"
    r"versus|to|with|,)\s{1,9}(.{1,60}?)(?=\s{1,9}(?:in|as|using|with|on)\b|[.?!\n,]|$)",
    re.I,
)
LISTED = re.compile(r"\b(?:table|list)\s{1,9}(?:of|with|for|listing|showing)\s{1,9}(?:the )?([^\n.?!:;]{2,120})", re.I)


def answer(ask: Ask) -> str | None:
    """The table."""
    if len(ask.prompt) > LONGEST or not ask.find(TABLE):
        return None
    among = AMONG.search(ask.look)
    if among:
        return _comparison(ask, among[1].strip(), among[2].strip())
    listed = LISTED.search(ask.look)
    counted = re.search(rf"\b(?!an?\b){NUMBER}\s{{1,9}}(?:rows?\b|(?!columns?)([a-z][a-z ]{{2,60}}))", ask.lower)
    noun = (counted[2] if counted and counted[2] else None) or (listed[1] if listed else "") or ""
    count = 3
    if counted:
        count = max(1, min(int(counted[1]) if counted[1].isdigit() else NUMBERS[counted[1].lower()], 200))
        if counted[1].lower() in ("a", "an", "ein", "una", "une", "um"):
            count = 3
    columns = COLUMNS.search(ask.look)
    if columns:
        names = [name.strip(" `\"'*") for name in SPLIT.split(columns[1]) if name.strip(" `\"'*")]
        names = [re.sub(r"^(?:and|the|for|called|named)\s{1,9}", "", name) for name in names]
    else:
        names = [
            name.strip()
            for name in SPLIT.split(re.sub(r"\b(?:their|its|the|with|as|in a|table|markdown|format|of)\b", ",", noun))
            if name.strip()
        ]
        names = [re.sub(rf"^{NUMBER}\s{{1,9}}", "", name) for name in names][:5]
    if len(names) < 2:
        names = [names[0] if names else "item", "description"]
    return "\n".join(_rows(ask, names[:8], count))


def _rows(ask: Ask, names: list[str], count: int) -> list[str]:
    rows = ["| " + " | ".join(name[0].upper() + name[1:] for name in names) + " |", "|" + " --- |" * len(names)]
    singular = [re.sub(r"ies$", "y", name) if name.endswith("ies") else name.removesuffix("s") for name in names]
    about_countries = any(name.lower() == "country" for name in singular)
    for row in range(count):
        country = COUNTRIES[row % len(COUNTRIES)] if about_countries else ""
        cells = []
        for number, name in enumerate(singular):
            things = CATEGORIES.get(names[number].lower()) if number == 0 and not country else None
            if things and name.lower() not in ("name",):
                cells.append(enough(things, count)[row])
            elif number == 0 and name.lower() == "name":
                cells.append(PEOPLE[row % len(PEOPLE)])
            else:
                value = value_of(name, ask.chance, row, country, cells[0] if number and cells else "")
                cells.append(", ".join(map(str, value)) if isinstance(value, list) else str(value))
        rows.append("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |")
    return rows


ASPECTS = (
    ("Learning curve", "Gentle", "Steeper"), ("Cost", "Low", "Moderate"), ("Speed", "Good", "Very good"),
    ("Community", "Large", "Growing"), ("Best for", "Getting started", "Larger projects"), ("Flexibility", "High",
    "Medium"),
)  # fmt: skip


def _comparison(ask: Ask, left: str, right: str) -> str:
    counted = re.search(rf"\b{NUMBER}\s{{1,9}}(?:rows?|aspects?|criteria|points?|differences)\b", ask.lower)
    count = min(len(ASPECTS), max(1, int(counted[1]) if counted and counted[1].isdigit() else 4))
    start = ask.chance.below(len(ASPECTS))
    chosen = [ASPECTS[(start + number) % len(ASPECTS)] for number in range(count)]
    left, right = left.removeprefix("a ").removeprefix("the "), right.removeprefix("a ").removeprefix("the ")
    head = [f"| Aspect | {left[0].upper()}{left[1:]} | {right[0].upper()}{right[1:]} |", "| --- | --- | --- |"]
    return "\n".join(head + [f"| {aspect} | {one} | {two} |" for aspect, one, two in chosen])
