"""Bounds: how many words, sentences or paragraphs an answer is asked to have, and whether it stands alone."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .sentences import sentences

SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
NUMBERS = {word: number for number, word in enumerate(SMALL)} | {
    "a": 1, "an": 1, "single": 1, "a single": 1, "fifteen": 15, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100,
    "a hundred": 100, "a couple of": 2, "a few": 3, "several": 4, "a dozen": 12,
}  # fmt: skip
# How many in other languages.
NUMBERS |= {
    "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10,
    "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "dix": 10, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "diez": 10,
    "due": 2, "tre": 3, "quattro": 4, "cinque": 5, "dieci": 10, "dois": 2, "três": 3, "quatro": 4, "dez": 10,
    "twee": 2, "drie": 3, "vijf": 5, "tien": 10, "einem": 1, "ein": 1, "une": 1, "una": 1, "um": 1, "una sola": 1,
}  # fmt: skip
_NUMBER = "|".join(sorted(map(re.escape, NUMBERS), key=len, reverse=True))
BOUND = re.compile(
    rf"\b(?P<how>at most|no more than|not more than|no longer than|fewer than|less than|under|"
    rf"below|max(?:imum)?(?: of)?|"
    rf"up to|within|exactly|precisely|about|around|approximately|roughly|at least|minimum(?: of)?|"
    rf"more than|over|in|with|"
    rf"using|to|of|an?|only|just|use|auf|en|em|mit)?\s{{0,9}}(?P<only>only|just|exactly|about|"
    rf"around|at most|under|max)?\s{{0,9}}"
    rf"\(?(?P<number>\d{{1,5}}|{_NUMBER})(?:\s{{0,9}}(?:-|–|to|or)\s{{0,9}}(?P<upper>\d{{1,5}}|{_NUMBER}))?[- ]?\s?"
    rf"(?:short |long |complete |simple |brief |concise )?"
    rf"(?P<unit>words?|sentences?|characters?|chars|paragraphs?|wörtern?|worten?|wort|sätzen?|satz|"
    rf"mots?|phrases?|palabras?|"
    rf"frases?|oraci[oó]n(?:es)?|parole|palavras?|woorden|zin(?:nen)?)\b(?P<after> (?:or less|"
    rf"or fewer|max(?:imum)?|at most|or more))?",
    re.I,
)
UNIT = re.compile(
    r"\b(?:words?|sentences?|characters?|chars|paragraphs?|wörter|wörtern|worte?n?|wort|satz|sätzen?|mots?|phrases?|"
    r"palabras?|frases?|oraci[oó]n|parol|palavra|woord|zin(?:nen)?\b)"
)
BEFORE, AFTER, MOST_UNITS = 48, 16, 8  # characters around a unit, and units, that are looked at
WORDY = ("word", "wort", "wört", "mot", "palabra", "parol", "palavra", "woord")
LETTERED = ("char",)
PARAGRAPHED = ("paragraph",)
LESS = frozenset("at most|no more than|not more than|no longer than|fewer than|less than|under|below|up to|within|max|"
                 "maximum|max of|maximum of|or less|or fewer".split("|"))  # fmt: skip
STRICT = frozenset(("fewer than", "less than", "under", "below"))
MORE = frozenset("at least|minimum|minimum of|more than|over|or more".split("|"))
ONE_WORD = re.compile(
    r"\b(?:one|single|1)[- ]word\b|\bin a word\b|\bword only\b|\bein(?:em)? wort\b|\bun(?: seul)? mot\b"
)
ALONE = re.compile(
    r"\b(?:only|just|solely|nothing (?:else|but|more)|no (?:other|extra|additional|explanations?|"
    r"preamble|commentary|prose)|"
    r"without (?:any )?(?:explanation|explaining|commentary|comments|additional|other|extra)|"
    r"do(?:n't| not) (?:explain|add|include (?:any )?(?:explanation|other|additional)|"
    r"say anything else)|nur|uniquement|"
    r"seulement|solo|apenas|alleen)\b"
)
UNSPACED = re.compile(r"(\d{1,2}|[一二两三四五六七八九十한두세])\s{0,9}(?:句话|句|文で|つの文|문장)")
UNSPACED_DIGITS = {digit: at for at, digit in enumerate("〇一二三四五六七八九十")} | {
    "两": 2,
    "한": 1,
    "두": 2,
    "세": 3,
}
SHORT = re.compile(
    r"\b(?:brief(?:ly)?|concise(?:ly)?|succinct(?:ly)?|short(?: answer)?|tl;?dr|in short|keep it short|terse(?:ly)?)\b"
)
LONG = re.compile(
    r"\b(?:in detail|in depth|detailed|comprehensive(?:ly)?|thorough(?:ly)?|extensive(?:ly)?|at length|long(?:er)? "
    r"(?:answer|response|explanation|article)|elaborate|exhaustive|everything about|"
    r"complete guide|full guide|deep dive)\b"
)


def number(text: str) -> int:
    """The number that *text* writes as digits or as a word."""
    return int(text) if text.isdigit() else NUMBERS[text.lower()]


MEASURES = frozenset(
    "word words sentence sentences character characters chars paragraph paragraphs wort wörter "
    "wörtern worten satz sätze sätzen mot mots phrase phrases palabra "
    "palabras frase frases oración oraciones parole parola palavra palavras woord woorden zin zinnen".split()
)
ALONE_WORDS = frozenset(
    "only just solely nothing no without explanation nur uniquement seulement solo apenas alleen don't not".split()
)
SHORT_WORDS = frozenset("brief briefly concise concisely succinct succinctly short tldr tl terse tersely".split())
LONG_WORDS = frozenset(
    "detail detailed depth comprehensive comprehensively thorough thoroughly extensive "
    "extensively length long longer elaborate exhaustive everything "
    "complete full deep".split()
)


@dataclass(slots=True)
class Bounds:
    """What an answer must keep; None where nothing is said. *alone* means without a word around it."""

    least_words: int | None = None
    most_words: int | None = None
    sentences: int | None = None
    characters: int | None = None
    paragraphs: int | None = None
    alone: bool = False
    verbosity: str = "medium"

    @property
    def one_word(self) -> bool:
        return self.most_words == 1

    @property
    def are_set(self) -> bool:
        """Whether something is to be measured."""
        return not (self.most_words is self.least_words is self.sentences is self.characters is self.paragraphs is None)

    @property
    def is_brief(self) -> bool:
        """Whether the bare fact is enough."""
        return self.alone or (self.most_words is not None and self.most_words <= 6)

    def read(self, text: str, words: Iterable[str]) -> None:
        """Take up what *text* says, which has *words*, both in lower case."""
        present = set(words)
        if not present.isdisjoint(MEASURES):
            self._measure(text)
        if not text.isascii():
            found = UNSPACED.search(text)
            if found:
                self.sentences = int(found[1]) if found[1].isdigit() else UNSPACED_DIGITS[found[1]]
        if not present.isdisjoint(ALONE_WORDS) and ALONE.search(text):
            self.alone = True
        if not present.isdisjoint(LONG_WORDS) and LONG.search(text):
            self.verbosity = "high"
        elif not present.isdisjoint(SHORT_WORDS) and SHORT.search(text):
            self.verbosity = "low"

    def _measure(self, text: str) -> None:
        if ONE_WORD.search(text):
            self.least_words = self.most_words = 1
        taken = -1
        for unit, _ in zip(UNIT.finditer(text), range(MOST_UNITS), strict=False):
            found = BOUND.search(text, max(taken + 1, unit.start() - BEFORE, 0), min(len(text), unit.end() + AFTER))
            if found:
                taken = found.end()
                self._take(found)

    def _take(self, found: "re.Match[str]") -> None:
        how = (found["only"] or found["how"] or "").strip()
        after = (found["after"] or "").strip()
        unit, least = found["unit"], number(found["number"])
        most = number(found["upper"]) if found["upper"] else least
        if not most or (found["number"] in ("a", "an") and how not in ("in", "with")):
            return
        if unit.startswith(LETTERED):
            if how or after:
                self.characters = most - 1 if how in STRICT else most
        elif unit.startswith(WORDY):
            hyphened = found[0].rstrip(" ").rfind("-") > 0 and not found["upper"]
            if not (how or after or hyphened) or most < 1:
                return
            if how in MORE or after in MORE:
                self.least_words = least
            elif how in LESS or after in LESS:
                self.most_words = max(1, most - 1 if how in STRICT else most)
            else:
                self.least_words, self.most_words = least, most
        elif unit.startswith(PARAGRAPHED):
            self.paragraphs = min(most, 200)
        else:
            self.sentences = min(most, 500)

    def clip(self, text: str) -> str:
        """*text* within the upper bounds."""
        if self.sentences is not None:
            kept = sentences(text)[: self.sentences]
            text = "".join([each if each.endswith(("。", "！", "？")) else f"{each} " for each in kept]).rstrip()
        if self.most_words is not None:
            words = text.split()
            if len(words) > self.most_words:
                text = closed(" ".join(words[: self.most_words]), ".")
                if self.most_words == 1:
                    text = text.rstrip(".")
        if self.characters is not None and len(text) > self.characters:
            cut = text[: self.characters]
            if " " in cut and not text[self.characters].isspace():
                cut = cut[: cut.rindex(" ")]
            text = closed(cut, ".")
            if len(text) > self.characters:
                text = text[: self.characters]
        return text


def closed(text: str, stop: str) -> str:
    """*text* with one mark at its end."""
    return text.rstrip(" ,;:-–.") + stop if not text.endswith(("!", "?", "。")) else text
