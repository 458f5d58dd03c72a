"""Counting: up, down and in steps, as digits or as words of a language."""

import re

from ..ask import Ask
from ..bounds import NUMBERS
from ..cues import Cue
from ..facts.phrases import NUMERALS
from ..languages.detection import NAMED

CUES: tuple[Cue, ...] = (
    (
        "to until till through bis jusqu jusqu'à jusqu'a hasta fino até tot down backwards from von de da van",
        "count zähle zähl compte compter comptez cuenta conta conte tel",
    ),
)
NUMBER = r"(-?\d{1,7}|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + ")"
UP = re.compile(
    rf"\b(?:count|zähle?|compte[rz]?|cuenta|conta|conte|tel)\s{{1,9}}(?:\w+\s{{1,9}})?(?P<down>down\s{{1,9}}|"
    rf"backwards?\s{{1,9}}|rückwärts\s{{1,9}})?(?:numbers\s{{1,9}})?"
    rf"(?:by (?P<early>\w+) )?(?:(?:from|von|de|da|van)\s{{1,9}}{NUMBER}\s{{1,9}})?(?:(?:down|all "
    rf"the way|back|up)\s{{1,9}})?"
    rf"(?:to|until|till|through|bis|jusqu'à|jusqu'a|hasta|fino a|até|tot)\s{{1,9}}{NUMBER}"
    rf"(?:\s{{1,9}}by (?P<late>\w+))?",
    re.I,
)
DOWN = re.compile(
    rf"\bcount\s{{1,9}}(?:down|backwards?)\s{{1,9}}from\s{{1,9}}{NUMBER}(?:\s{{1,9}}to\s{{1,9}}{NUMBER})?", re.I
)
TENS = {"twos": 2, "threes": 3, "fours": 4, "fives": 5, "tens": 10, "hundreds": 100}
IN_LANGUAGE = re.compile(r"\b(?:in|en|auf|em) (\w+)[.!?]*$", re.I)
MOST = 2000  # numbers that are said


def answer(ask: Ask) -> str | None:
    """The numbers that are counted."""
    first = ask.lead[:300]
    down = DOWN.search(first)
    if down:
        begin, end, step = _number(down[1]), _number(down[2] or "1"), 1
    else:
        found = UP.search(first)
        if not found or found.start() > 40:
            return None
        begin, end = _number(found[3] or "1"), _number(found[4])
        by = found["early"] or found["late"] or "1"
        step = TENS.get(by) or (int(by.rstrip("s")) if by.rstrip("s").isdigit() else NUMBERS.get(by, 1)) or 1
        if step > 1 and not found[3]:
            begin = step
        if found["down"] and begin < end:
            begin, end = end, begin
    way = step if end >= begin else -step
    numbers = range(begin, end + (1 if way > 0 else -1), way)
    language = IN_LANGUAGE.search(first.strip())
    code = NAMED.get(language[1].lower(), "") if language else ""
    said = [_word(code, number) for number in numbers[:MOST]]
    if len(numbers) > MOST:
        return ", ".join(said) + f", and so on up to {end}"
    lines = "line" in ask.words or "lines" in ask.words
    return ("\n" if lines else ", ").join(said)


def _number(text: str) -> int:
    return int(text) if text.lstrip("-").isdigit() else NUMBERS[text.lower()]


def _word(code: str, number: int) -> str:
    words = NUMERALS.get(code, ())
    return words[number - 1] if 0 < number <= len(words) else str(number)
