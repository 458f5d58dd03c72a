"""Make a string that matches a simple regular expression."""

import importlib
from collections.abc import Iterator
from typing import Any

PARSER: Any = importlib.import_module("re._parser")
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-. /"
CATEGORIES = {
    "CATEGORY_DIGIT": LETTERS[52:62],
    "CATEGORY_NOT_DIGIT": LETTERS[:52],
    "CATEGORY_WORD": LETTERS[:63],
    "CATEGORY_NOT_WORD": LETTERS[63:],
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_SPACE": LETTERS.replace(" ", ""),
}
MOST_REPEATS = 1000


def matching(pattern: str, shift: int) -> Iterator[str]:
    """Strings that match *pattern*, as far as it is simple: with the least of each repetition, then with more.

    Another *shift* takes other characters out of sets. The caller checks what it gets.
    """
    try:
        parsed = PARSER.parse(pattern)
    except (ValueError, ArithmeticError, RecursionError, PARSER.error):
        return
    for extra in (0, 1, 2, 4, 8, 16, 32, 64):
        try:
            yield _Writer(extra, shift).text(parsed)
        except (_NotSimple, RecursionError):
            return


class _NotSimple(Exception):
    """The pattern has a part that nothing is written for."""


class _Writer:
    """Writes one string; every repetition is *extra* longer than it must be, where it may be."""

    def __init__(self, extra: int, shift: int) -> None:
        self.extra, self.shift = extra, shift
        self.groups: dict[int, str] = {}

    def text(self, parts: Any) -> str:
        return "".join(self.part(str(kind), value) for kind, value in parts)

    def part(self, kind: str, value: Any) -> str:
        if kind == "LITERAL":
            return chr(value)
        if kind == "NOT_LITERAL":
            return self.pick(letter for letter in LETTERS if ord(letter) != value)
        if kind == "ANY":
            return self.pick(LETTERS)
        if kind == "IN":
            return self.pick(_members(value))
        if kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, parts = value
            times = min(least + self.extra, int(most), MOST_REPEATS)
            return "".join(self.text(parts) for _ in range(times))
        if kind == "SUBPATTERN":
            self.groups[value[0]] = self.text(value[3])
            return self.groups[value[0]]
        if kind == "ATOMIC_GROUP":
            return self.text(value)
        if kind == "BRANCH":
            return self.text(value[1][0])
        if kind == "GROUPREF":
            return self.groups.get(value, "")
        if kind in ("AT", "ASSERT", "ASSERT_NOT"):
            return ""
        raise _NotSimple(kind)

    def pick(self, members: Any) -> str:
        found = list(members)
        if not found:
            raise _NotSimple("an empty set")
        return str(found[self.shift % len(found)])


def _members(value: Any) -> list[str]:
    """Some characters of a set such as [a-z_]."""
    parts = [(str(kind), what) for kind, what in value]
    if parts and parts[0][0] == "NEGATE":
        refused = set("".join(_members(value[1:])))
        return [letter for letter in LETTERS if letter not in refused]
    found: list[str] = []
    for kind, what in parts:
        if kind == "LITERAL":
            found.append(chr(what))
        elif kind == "RANGE":
            found += [chr(code) for code in range(what[0], min(what[1], what[0] + 99) + 1)]
        elif str(what) in CATEGORIES:
            found += CATEGORIES[str(what)]
    return found
