"""Bounds: how many words, sentences or paragraphs an answer is asked to have, and whether it stands alone."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from .cues import NUMERALS, Cue
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
BEFORE, AFTER, MOST_UNITS = 48, 16, 8  # characters around a unit, and units, that are looked at
BETWEEN = 4  # words before a unit among which its number is
COUNTING = frozenset(word for name in NUMBERS for word in name.split())
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
ONE_WORDS = (
    "one word", "one-word", "single word", "single-word", "1 word", "1-word", "in a word", "word only", "ein wort",
    "einem wort", "un mot", "un seul mot",
)  # fmt: skip
ALONE = re.compile(
    r"\b(?:only|just|solely|nothing (?:else|but|more)|no (?:other|extra|additional|explanations?|"
    r"preamble|commentary|prose)|"
    r"without (?:any )?(?:explanation|explaining|commentary|comments|additional|other|extra)|"
    r"do(?:n't| not) (?:explain|add|include (?:any )?(?:explanation|other|additional)|"
    r"say anything else)|nur|uniquement|"
    r"seulement|solo|apenas|alleen)\b"
)
UNSPACED = re.compile(r"(\d{1,2}|[一二两三四五六七八九十한두세])\s{0,9}(?:句话|句|文で|つの文|문장)")
UNSPACED_UNITS = ("句", "文", "문장")
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


def _bytes(words: str) -> frozenset[bytes]:
    return frozenset(word.encode() for word in words.split())


MEASURES = _bytes(
    "word words sentence sentences character characters chars paragraph paragraphs wort wörter wörtern worte worten "
    "satz sätze sätzen mot mots phrase phrases palabra palabras frase frases oración oraciones oracion parole parola "
    "palavra palavras woord woorden zin zinnen"
)
ALONE_WORDS = _bytes("only just solely nur uniquement seulement solo apenas alleen")  # say it alone
NEGATIONS = _bytes("nothing no without don't not")  # say it with one of
NEGATED = _bytes(
    "else but more other extra additional explanation explanations preamble commentary prose explaining comments "
    "explain add include say"
)
SHORT_WORDS = _bytes("brief briefly concise concisely succinct succinctly short tldr tl terse tersely")
LONG_WORDS = _bytes(
    "detailed comprehensive comprehensively thorough thoroughly extensive extensively elaborate exhaustive"
)
LONG_PHRASES = (  # that begin what LONG finds besides
    "in detail", "in depth", "at length", "long answer", "long response", "long explanation", "long article", "longer ",
    "everything about", "complete guide", "full guide", "deep dive",
)  # fmt: skip
LONGER = _bytes("detail depth length long longer everything complete full deep")
KNOWN = MEASURES | ALONE_WORDS | NEGATIONS | NEGATED | SHORT_WORDS | LONG_WORDS | LONGER


def _words(known: frozenset[bytes]) -> str:
    return b" ".join(sorted(known)).decode()


# That a prompt may say how long the answer is.
CUES: tuple[Cue, ...] = (
    (" ".join([NUMERALS, "only", *{word for name in NUMBERS for word in name.split()}]), _words(MEASURES)),
    (_words(ALONE_WORDS | LONG_WORDS | SHORT_WORDS),),
    ("else but more", "nothing"),
    ("no without", "other extra additional explanation explanations preamble commentary prose explaining comments"),
    ("not don't", "explain add include say"),
    ("in at", "detail depth length"),
    ("answer response explanation article", "long longer"),
    ("about", "everything"),
    ("complete full", "guide"),
    ("deep", "dive"),
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
    def says_something(self) -> bool:
        """Whether it differs from what an answer is when nothing is said."""
        return self.are_set or self.alone or self.verbosity != "medium"

    @property
    def is_brief(self) -> bool:
        """Whether the bare fact is enough."""
        return self.alone or (self.most_words is not None and self.most_words <= 6)

    def read(self, text: str, present: AbstractSet[bytes]) -> None:
        """Take up what *text* says, in lower case, in which these of the `KNOWN` words are *present*."""
        units = MEASURES & present
        if units:
            self._measure(text, units)
        if not present.isdisjoint(ALONE_WORDS) or (
            not present.isdisjoint(NEGATIONS) and not present.isdisjoint(NEGATED) and ALONE.search(text)
        ):
            self.alone = True
        if not present.isdisjoint(LONG_WORDS) or (
            not present.isdisjoint(LONGER) and any(map(text.__contains__, LONG_PHRASES)) and LONG.search(text)
        ):
            self.verbosity = "high"
        elif not present.isdisjoint(SHORT_WORDS) and SHORT.search(text):
            self.verbosity = "low"

    def read_undivided(self, text: str) -> None:
        """Take up what *text* says in a language whose words are not divided."""
        found = UNSPACED.search(text) if any(map(text.__contains__, UNSPACED_UNITS)) else None
        if found:
            self.sentences = int(found[1]) if found[1].isdigit() else UNSPACED_DIGITS[found[1]]

    def _measure(self, text: str, units: AbstractSet[bytes]) -> None:
        if any(map(text.__contains__, ONE_WORDS)) and ONE_WORD.search(text):
            self.least_words = self.most_words = 1
        places: list[tuple[int, int]] = []
        for word in units:
            unit, at = word.decode(), -1
            for _ in range(MOST_UNITS):
                at = text.find(unit, at + 1)
                if at < 0:
                    break
                places.append((at, at + len(unit)))
        taken = -1
        for start, end in sorted(places)[:MOST_UNITS]:
            before = text[max(0, start - BEFORE) : start].replace("-", " ").split()[-BETWEEN:]
            if not any(word.lstrip("(") in COUNTING or word[-1].isdigit() for word in before):
                continue
            found = BOUND.search(text, max(taken + 1, start - BEFORE, 0), min(len(text), end + AFTER))
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
