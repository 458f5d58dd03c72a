"""Cues: which forms of answers are worth a look, from the words that stand together in a clause of the prompt.

Words are bytes of UTF-8 in small letters, so that one table of bytes makes them of any text: whatever is no part of a
word becomes a space, and what ends a clause a line.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple

Places = dict[int, tuple[int, int] | None]  # by form, where its cues stand: from, to; None: anywhere
Cue = tuple[
    str, ...
]  # groups of words: one of each stands in a clause; the last, the rarest, may begin it (^) or the prompt (^^)

NUMERALS = " ".join(map(str, range(1000)))
HEAD = 500  # characters of a prompt in which a request stands that is not about a text
SPACE = 32  # in TABLE, no byte of a word is less
BEGUN = 8  # words after a polite beginning, in which its request begins

_ENDS, _KEPT = b".!?\n\r", b"abcdefghijklmnopqrstuvwxyz0123456789'"
TABLE = bytes(
    10 if byte in _ENDS else byte + 32 if 65 <= byte <= 90 else byte if byte in _KEPT or byte > 127 else 32
    for byte in range(256)
)
ASCII_TABLE = bytes(32 if byte > 127 else byte for byte in TABLE)  # where words of other scripts are not divided
ENDS = tuple(mark.encode() for mark in "。！？؟।")
MARKS = tuple(mark.encode() for mark in "«»“”„‘…—–¿¡、，：；「」『』（）،\u00a0\u3000")
APOSTROPHE = "’".encode()
QUOTING = ((b" '", b"  "), (b"' ", b"  "), (b"\n'", b"\n "), (b"'\n", b" \n"))

# Words before a request that do not belong to it, and those that go on for some words: "can you help me to".
POLITE = frozenset(
    b"please kindly hi hello hey ok okay so now then thanks there assistant chatgpt gpt bitte por favor just simply "
    b"always".split()
)
GOING_ON = frozenset(b"can could would will i i'd your help let's you must s'il we".split())


def spaced(text: str) -> bytes:
    """*text* as words between spaces, and clauses between lines; what stands somewhere stays at its character."""
    if text.isascii():
        data = text.encode().translate(TABLE)
    else:
        data = text.lower().encode("utf-8", "replace")
        for mark in ENDS:
            if mark in data:
                data = data.replace(mark, b"\n")
        for mark in MARKS:
            if mark in data:
                data = data.replace(mark, b" ")
        data = data.replace(APOSTROPHE, b"'").translate(TABLE)
    if b"'" in data:  # within a word, or a quotation mark
        for quoted, bare in QUOTING:
            data = data.replace(quoted, bare)
        if data.startswith(b"'") or data.endswith(b"'"):
            data = b" " + data.strip(b"'") + b" "
    return data


class Rule(NamedTuple):
    """A word is a cue of *form* where one of each of *groups* stands in its clause, too; it may have to begin that."""

    form: int
    groups: tuple[frozenset[bytes], ...]
    begins: bool


class Cues:
    """The cues of many forms, each a bit: *of* has those of each, *in_head* are forms that stand in a prompt's head."""

    def __init__(self, of: Mapping[int, Iterable[Cue]], in_head: int = 0) -> None:
        self._in_head = in_head
        self._rules: dict[bytes, list[Rule]] = {}
        self._first: dict[bytes, list[Rule]] = {}  # by words that begin the prompt
        for form, cues in of.items():
            for *others, rarest in cues:
                groups = tuple(frozenset(group.encode().split()) for group in others)
                rule = Rule(form, groups, rarest.startswith("^"))
                table = self._first if rarest.startswith("^^") else self._rules
                for word in set(rarest.lstrip("^").encode().split()):
                    table.setdefault(word, []).append(rule)
        self._words = frozenset(self._rules)

    def forms(self, data: bytes, present: AbstractSet[bytes]) -> Places:
        """The forms whose cues stand in *data*, which is `spaced`, and in which characters; *present* are its words."""
        found: Places = {}
        if self._first:
            self._look_at_first(data, found)
        for word in self._words & present:
            rules = [rule for rule in self._rules[word] if _meet(rule.groups, present)]
            at = data.find(word) if rules else -1
            while at >= 0:
                end = at + len(word)
                if (not at or data[at - 1] <= SPACE) and (end == len(data) or data[end] <= SPACE):
                    start, end = data.rfind(b"\n", 0, at) + 1, data.find(b"\n", end)
                    if end < 0:
                        end = len(data)
                    listed = None
                    for form, groups, begins in rules:
                        if begins and not POLITE.issuperset(data[start:at].split()):
                            continue
                        if start > HEAD and form & self._in_head:
                            continue
                        if groups:
                            listed = listed or data[start:end].split()
                            if not _meet(groups, listed):
                                continue
                        place = found.get(form)
                        found[form] = (min(place[0], start), max(place[1], end)) if place else (start, end)
                at = data.find(word, end)
        if found and not data.isascii():
            for form, place in found.items():
                if place:
                    found[form] = _characters(data, place[0]), _characters(data, place[1])
        return found

    def _look_at_first(self, data: bytes, found: Places) -> None:
        """Note the forms that the words at the beginning name."""
        start = 0 if data[:1] > b" " else len(data) - len(data.lstrip())
        end = data.find(b"\n", start)
        if end < 0:
            end = len(data)
        listed = data[start:end].split()
        first = self._first
        for at, word in enumerate(listed[:BEGUN]):
            if word in first:
                for form, groups, _ in first[word]:
                    if _meet(groups, listed):
                        found[form] = start, end
            if word not in POLITE and (at > 3 or listed[0] not in GOING_ON):
                break


def _meet(groups: tuple[frozenset[bytes], ...], words: Iterable[bytes]) -> bool:
    """Whether one of each of *groups* is among *words*."""
    for group in groups:  # noqa: SIM110 - a generator would cost more than the loop
        if group.isdisjoint(words):
            return False
    return True


def _characters(data: bytes, size: int) -> int:
    return len(data[:size].decode("utf-8", "replace"))
