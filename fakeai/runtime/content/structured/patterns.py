"""Texts that match a regular expression, of any length that is asked for."""

import importlib
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from ...chance import Chance

PARSER: Any = importlib.import_module("re._parser")
DIGITS, LOWER = "0123456789", "abcdefghijklmnopqrstuvwxyz"
LETTERS = LOWER + LOWER.upper()
MARKS = "-. ,/:@#+*=!?()&%$;'\"<>[]{}|~^`\\_"
SORTS = (LOWER, LOWER.upper(), DIGITS, "!@#$%&*?-_.")
EVERY = LOWER + LOWER.upper() + DIGITS + " " + MARKS
CATEGORIES = {
    "CATEGORY_DIGIT": DIGITS,
    "CATEGORY_NOT_DIGIT": LETTERS,
    "CATEGORY_WORD": LETTERS + DIGITS + "_",
    "CATEGORY_NOT_WORD": " -.",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_SPACE": LETTERS + DIGITS,
}
# What expressions of other languages write, and how Python writes it.
FOREIGN = (
    (re.compile(r"\\p\{(?:L|Letter|Alphabetic)\}"), "[A-Za-z]"),
    (re.compile(r"\\p\{(?:Lu|Uppercase)\}"), "[A-Z]"),
    (re.compile(r"\\p\{(?:Ll|Lowercase)\}"), "[a-z]"),
    (re.compile(r"\\p\{(?:N|Nd|Number)\}"), "[0-9]"),
    (re.compile(r"\\[pP]\{[^}]*\}"), "[A-Za-z0-9]"),
    (re.compile(r"\(\?<(?![=!])"), "(?P<"),
    (re.compile(r"\\k<(\w+)>"), r"(?P=\1)"),
    (re.compile(r"\\u\{([0-9a-fA-F]{1,4})\}"), lambda match: "\\u" + match[1].zfill(4)),
    (re.compile(r"\\z"), r"\\Z"),
)
PATIENCE = jsonschema_rs.FancyRegexOptions(backtrack_limit=5_000)
LONGEST = 10_000  # parts of one text
TRIES = 60


class NotWritten(Exception):
    """Nothing is written for a part of the expression."""


class Pattern:
    """One regular expression. What matches is judged by jsonschema-rs, which gives up on those that take very long."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._parsed: Any = None
        self._hopeless: set[tuple[int, int | None]] = set()
        try:
            self._parsed = PARSER.parse(_python(source))
            self._fits = jsonschema_rs.Draft202012Validator(
                {"pattern": source}, offline=True, pattern_options=PATIENCE
            ).is_valid
        except (re.error, ValueError, OverflowError, RecursionError):  # a schema's mistake is a ValueError
            self._parsed = None
        shown = "" if self._parsed is None else str(self._parsed)
        self._looks, self._loops = "ASSERT" in shown, max(1, shown.count("_REPEAT"))

    @property
    def is_good(self) -> bool:
        """Whether it is one that is understood."""
        return self._parsed is not None

    def matches(self, text: str) -> bool:
        """Whether *text* has a match."""
        return self._parsed is not None and self._fits(text)

    def texts(self, chance: Chance, least: int = 0, most: int | None = None) -> Iterator[str]:
        """Texts that match, of *least* to *most* characters, as many as the caller wants, as long as there are any."""
        if self._parsed is None or (least, most) in self._hopeless:
            return
        extra, made, found = 1, "", False
        for attempt in range(TRIES):
            try:
                made = _Writer(chance, extra, attempt % 3 == 2, self._looks and attempt > 0).text(self._parsed)
            except (NotWritten, RecursionError):
                return
            if len(made) >= least and (most is None or len(made) <= most):
                if self._fits(made):
                    found = True
                    yield made
                elif self._looks:
                    extra += attempt % 2
            elif attempt % 3 == 2:
                continue
            elif len(made) < least:
                extra += 1 + (least - len(made) - 1) // self._loops
            elif most is not None:
                extra = max(0, extra - 1 - (len(made) - most - 1) // self._loops)
        made = self._lengthened(made, least)
        if len(made) >= least and (most is None or len(made) <= most) and self._fits(made):
            yield made
        elif not found:
            self._hopeless.add((least, most))

    def _lengthened(self, text: str, least: int) -> str:
        """*text* with letters before or after it, where the expression lets any stand there."""
        missing = least - len(text)
        if missing <= 0 or missing > LONGEST:
            return text
        for longer in (text + "x" * missing, "x" * missing + text):
            if self._fits(longer):
                return longer
        return text


def _python(pattern: str) -> str:
    for foreign, ours in FOREIGN:
        pattern = foreign.sub(ours, pattern)
    return pattern


class _Writer:
    """Writes one text; a repetition has *extra* more parts than it must have, or *fewer*.

    A *wide* one takes all sorts of characters where any will do.
    """

    def __init__(self, chance: Chance, extra: int, fewer: bool, wide: bool) -> None:
        self._chance, self._extra, self._size, self._wide = chance, extra, 0, wide
        self._fewer = fewer or extra < 4
        self._groups: dict[int, str] = {}

    def text(self, parts: Any) -> str:
        return "".join([self._part(str(kind), value) for kind, value in parts])

    def _part(self, kind: str, value: Any) -> str:
        self._size += 1
        if self._size > LONGEST:
            raise NotWritten(kind)
        if kind == "LITERAL":
            return chr(value)
        if kind == "IN":
            if self._wide:  # each sort of characters is as likely as another
                everything = _everything([(str(kind), what) for kind, what in value])
                sort = SORTS[self._chance.below(len(SORTS))]
                return self._pick("".join(letter for letter in sort if letter in everything) or _members(value))
            return self._pick(_members(value))
        if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, parts = value
            room = min(int(most) - least, self._extra)
            times = least + (self._chance.below(min(room, 60_000) + 1) if self._fewer and room > 0 else room)
            if times == 0 and self._extra and room:
                times = 1
            if times > LONGEST:
                raise NotWritten(kind)
            one = str(parts[0][0]) if len(parts) == 1 else ""
            if one == "IN" and not self._wide:
                self._size += times
                members = _members(parts[0][1])
                return "".join([self._pick(members) for _ in range(times)])
            return "".join([self.text(parts) for _ in range(times)])
        if kind == "SUBPATTERN":
            self._groups[value[0]] = made = self.text(value[3])
            return made
        if kind == "BRANCH":
            return self.text(value[1][self._chance.below(len(value[1]))])
        if kind == "ANY":
            return self._pick(SORTS[self._chance.below(len(SORTS))] if self._wide else LOWER)
        if kind == "NOT_LITERAL":
            return self._pick("".join(letter for letter in EVERY if ord(letter) != value))
        if kind == "ATOMIC_GROUP":
            return self.text(value)
        if kind == "GROUPREF":
            return self._groups.get(value, "")
        if kind == "GROUPREF_EXISTS":
            group, yes, no = value
            return self.text(yes if group in self._groups else no or [])
        if kind in ("AT", "ASSERT", "ASSERT_NOT"):  # whether they hold is seen when the text is there
            return ""
        raise NotWritten(kind)

    def _pick(self, members: str) -> str:
        if not members:
            raise NotWritten("an empty set")
        return members[self._chance.below(len(members))]


def _members(value: Any) -> str:
    """Some characters of a set such as [a-z_]; the likeliest ones, where it has many."""
    parts = [(str(kind), what) for kind, what in value]
    if parts and parts[0][0] == "NEGATE":
        refused = _everything(parts[1:])
        for likely in (LOWER, EVERY, "".join(map(chr, range(0xA1, 0x400)))):
            left = "".join(letter for letter in likely if letter not in refused)
            if left:
                return left
        return ""
    found = []
    for kind, what in parts:
        if kind == "LITERAL":
            found.append(chr(what))
        elif kind == "RANGE":
            found.append("".join(map(chr, range(what[0], min(what[1], what[0] + 99) + 1))))
        else:
            found.append(CATEGORIES.get(str(what), ""))
    members = "".join(found)
    readable = "".join(letter for letter in members if letter.isalnum())
    shown = readable or "".join(letter for letter in members if letter.isprintable()) or members
    return "".join(letter for letter in shown if not "\ud800" <= letter <= "\udfff")


def _everything(parts: list[tuple[str, Any]]) -> frozenset[str]:
    """All characters below 1,024 that are in a set."""
    if parts and parts[0][0] == "NEGATE":
        return frozenset(map(chr, range(0x400))) - _everything(parts[1:])
    found: set[str] = set()
    for kind, what in parts:
        if kind == "LITERAL":
            found.add(chr(what))
        elif kind == "RANGE":
            found.update(map(chr, range(what[0], min(what[1], 0x400) + 1)))
        elif str(what) == "CATEGORY_SPACE":
            found.update(" \t\n\r\v\f\xa0")
        else:
            name = str(what)
            digit, word = name.endswith("DIGIT"), name.endswith("WORD")
            for code in range(0x400):
                letter = chr(code)
                inside = (
                    letter.isdecimal() if digit else letter.isalnum() or letter == "_" if word else letter.isspace()
                )
                if inside != ("_NOT_" in name):
                    found.add(letter)
    return frozenset(found)
