"""What a prompt gives to fill values with: its words, names, places, numbers, dates and quotations."""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from ..messages import last_user_text, text_of
from ..prose.prose import FILLERS, MARKS, topic_of
from .lexicon import CITIES, COUNTRIES, FIRST_NAMES, NUMERALS, STARTERS, STATES

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*(?:[-+#.][^\W_]+)*[+#]*")
NUMBER = re.compile(
    r"(?<![\w.,:/-])([$€£¥]?)(-?\d{1,3}(?:,\d{3})+(?:\.\d{1,9})?|-?\d{1,15}(?:\.\d{1,9})?)(?![\d:/-]|[.,]\d)"
    r"(?=(?:km|kg|g|cm|mm|m|h|min|s|ms|gb|mb|tb|c|f|k|am|pm|usd|eur)?(?!\w))"
)
QUOTED = re.compile(r"[\"“”«]([^\"“”«»\n]{1,200})[\"”“»]|(?<!\w)'([^'\n]{1,200})'(?!\w)|`([^`\n]{1,200})`")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
URL = re.compile(r"https?://[^\s\"'<>)\]]+[^\s\"'<>)\].,;:!?]")
PHONE = re.compile(r"(?<![\w.])\+?\(?\d[\d ()-]{6,16}\d(?!\w)")
FILE = re.compile(r"(?<![\w@])(?:[\w.~-]*/)*[\w-]+\.[a-z][a-z0-9]{0,4}(?![\w@])")
CODE_NAME = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*(?![\w-])")
NAME = re.compile(
    r"[^\W\d_a-zß-öø-ÿ][\w'’&]*(?:[.-][^\W\d_][\w'’]*)*(?: (?:(?:of|de|da|van|von|der|la|le|the|del) )?"
    r"[^\W\d_a-zß-öø-ÿ][\w'’&]*(?:-[^\W\d_][\w'’]*)*)*"
)
START = re.compile(r"(?:^|[.!?:;\n]|[\"“(])\s*$")
PLACE_AFTER = re.compile(
    r"\b(?:in|at|near|around|to|from|for|of)\s+((?:the\s+)?[^\W\d_]\w*(?: [^\W\d_A-Z]?[^\W\d_a-z]\w*)?)"
)
JOINED = re.compile(
    r"\s*(?:,\s*(?:and|or|&)?|and|or|&|/|vs\.?|versus|with|against)\s*(?:in |at |for |of |the |to )*", re.I
)
LOOKED_AT = 6000  # characters of the prompt
LONGEST_CONTEXT = 60_000
_LOWER_PLACES = {place.lower(): place for place in (*CITIES, *COUNTRIES) if len(place) > 3}
_AMBIGUOUS = frozenset(("nice", "bath", "reading", "mobile", "turkey", "phoenix", "cologne", "oxford", "sofia"))


class Number(NamedTuple):
    """A number of the prompt, the words around it in small letters, and the sign of its currency."""

    value: int | float
    near: tuple[str, ...]
    currency: str


class Listing(NamedTuple):
    """The *items* of a list, and the place of the text at which it starts and ends."""

    items: tuple[str, ...]
    start: int
    end: int


class Hints:
    """What stands in the *text* of a prompt, in the order in which it stands there; each is looked for when asked for.

    *context* is what was said before it and around it, *reply* an answer to it that is known; *now* is in seconds since
    1970. *focus*, if any, is what this
    value is to be about of several such things, and *aside* the others.
    """

    def __init__(
        self,
        text: str = "",
        now: float = 0.0,
        context: str = "",
        focus: tuple[str, ...] = (),
        aside: frozenset[str] = frozenset(),
        reply: str = "",
    ) -> None:
        self.text, self.now, self.context = text[:LOOKED_AT], now, context[:LONGEST_CONTEXT]
        self.focus, self.aside, self.reply = focus, aside, reply

    @classmethod
    def of(cls, text: str, now: float = 0.0) -> "Hints":
        """The hints of one *text*."""
        return cls(text, now)

    @classmethod
    def of_messages(cls, messages: Sequence[dict[str, Any]], now: float = 0.0) -> "Hints":
        """The hints of the last thing that a user says; all *messages* (of chat) are its context."""
        texts = (text_of(message.get("content")) for message in messages)
        return cls(last_user_text(list(messages)), now, "\n".join(text for text in texts if text))

    def about(self, text: str, focus: Iterable[str] = (), aside: Iterable[str] = ()) -> "Hints":
        """The hints of another *text* at the same moment in the same context."""
        return Hints(text, self.now, self.context, tuple(focus), frozenset(aside))

    def at(self, now: float) -> "Hints":
        """The same hints at the moment *now*."""
        return Hints(self.text, now, self.context, self.focus, self.aside, self.reply)

    def told(self, reply: str) -> "Hints":
        """The same hints, and what the answer is known to be."""
        return Hints(f"{reply}\n{self.text}", self.now, self.context, self.focus, self.aside, reply)

    @cached_property
    def lower(self) -> str:
        """The text in small letters."""
        return self.text.lower()

    @cached_property
    def said(self) -> frozenset[str]:
        """All words, in small letters."""
        return frozenset(word.lower() for word in WORD.findall(self.text))

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words that say something."""
        found = (word for word in WORD.findall(self.text) if not word.isdigit())
        return tuple(
            dict.fromkeys(word for word in found if word.lower() not in FILLERS and word.lower() not in STARTERS)
        )

    @cached_property
    def topic(self) -> str:
        """What the text is about, in one to three words."""
        if self.focus:
            return self.focus[0]
        found = _without_start(topic_of(self.text)).removesuffix("'s")
        while found and not found[0].isalpha() and " " in found:
            found = found.partition(" ")[2]
        if "@" in found or "/" in found or not found[:1].isalpha():
            found = next((word for word in (*self.phrases, *self.words) if "." not in word), "")
        return found or next(iter((*self.names, *self.words)), "this")

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """What stands between blanks, without the marks around it."""
        return tuple(dict.fromkeys(each for word in self.text.split() if (each := word.strip(".,;:!?\"'()"))))

    @cached_property
    def sayings(self) -> tuple[str, ...]:
        """What is said, the most telling first: quotations, names, words."""
        named = {word for name in self.names for word in name.split()}
        words = (word for word in self.words if word not in named)
        return self._sorted((*self.quoted, *self.names, *words))

    @cached_property
    def quoted(self) -> tuple[str, ...]:
        """What stands between quotation marks."""
        return tuple(one or other or third for one, other, third in QUOTED.findall(self.text))

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """The numbers, in figures or in words; not those of dates and times."""
        found: list[tuple[int, Number]] = []
        for match in NUMBER.finditer(self.text):
            figures = match[2].replace(",", "")
            value = float(figures) if "." in figures else int(figures)
            near = self._near(match.start(), match.end())
            if not self._is_of_a_moment(match, near):
                found.append((match.start(), Number(value, near, match[1])))
        if not self.said.isdisjoint(NUMERALS):
            for match in WORD.finditer(self.text):
                numeral = NUMERALS.get(match[0].lower())
                if numeral is not None:
                    found.append((match.start(), Number(numeral, self._near(match.start(), match.end()), "")))
        return tuple(number for _, number in sorted(found, key=lambda each: each[0]))

    def _near(self, start: int, end: int) -> tuple[str, ...]:
        before, after = self.text[max(0, start - 40) : start], self.text[end : end + 40]
        around = [*WORD.findall(after)[:2], *reversed(WORD.findall(before)[-3:])]
        return tuple(word.lower() for word in around)

    def _is_of_a_moment(self, match: re.Match[str], near: tuple[str, ...]) -> bool:
        """Whether a number is part of a date or of a time of day."""
        if near and near[0] in ("am", "pm") and self.text[match.end() : match.end() + 1] in " ap":
            return True
        before = _words_of(self.text[max(0, match.start() - 14) : match.start()])
        after = _words_of(self.text[match.end() : match.end() + 14])
        if before[-1:] and before[-1].title() in DAYS_AND_MONTHS | SHORT_MONTHS:
            return True
        if after[:1] and after[0].title() in DAYS_AND_MONTHS | SHORT_MONTHS:
            return True
        return len(before) > 1 and before[-1].isdigit() and before[-2].title() in DAYS_AND_MONTHS | SHORT_MONTHS

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Capitalised words and runs of such, but for those that are capitalised only where a sentence begins."""
        found: list[str] = []
        for match in NAME.finditer(self.text):
            name = match[0].removesuffix("'s").removesuffix("’s").strip(MARKS)
            if START.search(self.text, 0, match.start()):
                name = _without_start(name)
            if name and name.lower() not in FILLERS and name not in ("I", "JSON"):
                found.append(name)
        return self._sorted(found)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Cities and countries that are known, and names that stand where places stand."""
        found: list[tuple[int, str]] = []
        for name in self.names:
            if _is_place(name):
                found.append((self.text.find(name), name))
            elif any(part in CITIES for part in name.split(" ")):
                found += [(self.text.find(part), part) for part in name.split(" ") if part in CITIES]
        taken = {name.lower() for _, name in found}
        for match in PLACE_AFTER.finditer(self.text):
            name = match[1].removeprefix("the ").strip(MARKS)
            known = name.lower() in _LOWER_PLACES and name.lower() not in _AMBIGUOUS
            likely = name[:1].isupper() and match[0].split()[0].lower() in ("in", "at", "near", "around")
            if not known and " " in name and name.split()[0].lower() in _LOWER_PLACES:
                name, known = name.split()[0], True
            if (known or likely) and name.lower() not in taken and name.lower() not in FILLERS:
                whole = next((one for one in self.names if one.startswith(name)), name) if likely else name
                if whole not in DAYS_AND_MONTHS:
                    found.append((match.start(1), whole))
                    taken.add(whole.lower())
        if self.text.islower() or not found:
            for place in _LOWER_PLACES:
                at = self.lower.find(place)
                if at >= 0 and place not in taken and place not in _AMBIGUOUS and _stands_alone(self.lower, at, place):
                    found.append((at, self.text[at : at + len(place)]))
        ordered = sorted(found, key=lambda each: (not _is_place(each[1].title()) and not _is_place(each[1]), each[0]))
        return self._sorted(name for _, name in ordered)

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Names that are not known as places, days or abbreviations."""
        likely = [name for name in self.names if not _is_place(name) and name not in DAYS_AND_MONTHS]
        likely = [name for name in likely if not name.isupper() and name.split()[0] not in NOT_PEOPLE]
        known = [name for name in likely if name.split()[0] in FIRST_NAMES]
        return self._sorted(known or likely)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Words that are written in capitals (symbols, abbreviations), and identifiers with figures in them."""
        return tuple(
            dict.fromkeys(
                word
                for word in re.findall(r"(?<![\w-])[A-Z][A-Z0-9]{1,5}(?![\w-])", self.text)
                if word not in ("JSON", "AND", "THE", "OR", "NOT", "API", "OK")
            )
        )

    @cached_property
    def identifiers(self) -> tuple[str, ...]:
        """Words with letters and figures: order numbers and the like."""
        return tuple(dict.fromkeys(CODE_NAME.findall(self.text)))

    @cached_property
    def emails(self) -> tuple[str, ...]:
        """Addresses of mail."""
        return self._sorted(EMAIL.findall(self.text)) if "@" in self.text else ()

    @cached_property
    def urls(self) -> tuple[str, ...]:
        """Addresses of pages."""
        return self._sorted(URL.findall(self.text)) if "://" in self.text else ()

    @cached_property
    def phones(self) -> tuple[str, ...]:
        """Telephone numbers."""
        return tuple(PHONE.findall(self.text))

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Names of files."""
        return tuple(name for name in FILE.findall(self.text) if "://" not in name and not name[0].isdigit())

    @cached_property
    def series(self) -> tuple[str, ...]:
        """The things of the first list in the text: `Paris, Rome and Tokyo`."""
        return self.listing.items if self.listing else ()

    @cached_property
    def listing(self) -> "Listing | None":
        """The first list in the text, and where it stands."""
        names = sorted({*self.names, *self.places, *self.codes}, key=len, reverse=True)
        if len(names) > 1:
            found = _joined(self.text, names)
            if found:
                return found if len(found.items) > 1 else None
        match = LIST.search(self.text) or NUMBERS.search(self.text)
        if match is None:
            return None
        parts = [part for part in re.split(r",\s*(?:and |or )?|\s+(?:and|or)\s+", match[0]) if part]
        clean = [" ".join(w for w in part.split() if w.lower() not in FILLERS).strip(MARKS) for part in parts]
        items = tuple(dict.fromkeys(part for part in clean if part))
        start = self.text.find(items[0], match.start()) if items else 0
        return Listing(items, start, match.end()) if len(items) > 1 else None

    @cached_property
    def phrases(self) -> tuple[str, ...]:
        """What follows articles: `science fair` of `a science fair on Friday`."""
        found = []
        for match in PHRASE.finditer(self.text):
            kept = []
            for word in match[1].split():
                if word.lower() in FILLERS or word.strip(MARKS) in self.names:
                    break
                kept.append(word.strip(MARKS))
                if word[-1] in MARKS:
                    break
            if kept:
                found.append(" ".join(kept))
        return tuple(dict.fromkeys(found))

    @cached_property
    def counts(self) -> tuple[tuple[int, str], ...]:
        """How many of what the text speaks of: `three recipes`, `top 5 names`."""
        return tuple(
            (number.value, number.near[0])
            for number in self.numbers
            if isinstance(number.value, int) and 1 <= number.value <= 50 and not number.currency and number.near
        )

    def _sorted(self, found: Iterable[str]) -> tuple[str, ...]:
        """*found* without repetitions; what is in focus comes first, what is to be left aside not at all."""
        kept = [each for each in dict.fromkeys(found) if each not in self.aside]
        return tuple(sorted(kept, key=lambda each: each not in self.focus)) if self.focus else tuple(kept)


DAYS_AND_MONTHS = frozenset(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December Today Tomorrow".split()
)
SHORT_MONTHS = frozenset("Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec".split())
NOT_PEOPLE = frozenset("Celsius Fahrenheit Python JavaScript English French German Spanish Italian Markdown".split())
PHRASE = re.compile(
    r"\b(?:an?|the|my|our|your|this|some)\s+([^\W\d_][\w'’-]*[.,;:!?]?(?: [^\W\d_][\w'’-]*[.,;:!?]?){0,2})", re.I
)
_ITEM = r"[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*){0,2}"
LIST = re.compile(rf"[^\W\d_][\w'’-]*(?:, {_ITEM}){{1,20}},? (?:and|or) {_ITEM}|(?<=: ){_ITEM}(?:, {_ITEM}){{1,20}}")


def _words_of(text: str) -> list[str]:
    return WORD.findall(text)


NUMBERS = re.compile(r"(?<![\w.$€£])\d+(?:\.\d+)?(?:, \d+(?:\.\d+)?)*,? and \d+(?:\.\d+)?(?![\w.:%])")


def _without_start(name: str) -> str:
    """*name* without the words at its beginning that begin sentences."""
    words = name.split(" ")
    while words and (words[0].lower() in STARTERS or words[0].lower() in FILLERS):
        del words[0]
    return " ".join(words)


def _is_place(name: str) -> bool:
    return name in CITIES or name in COUNTRIES


def _stands_alone(text: str, at: int, place: str) -> bool:
    end = at + len(place)
    return not text[max(0, at - 1) : at].isalnum() and not text[end : end + 1].isalnum()


def _joined(text: str, names: list[str]) -> Listing | None:
    """The first run of two or more of *names* with nothing but a comma, `and` or the like between them."""
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(name) for name in names)})(?!\w)")
    run: list[str] = []
    start = end = -1
    for match in pattern.finditer(text):
        if run and not JOINED.fullmatch(text, end, match.start()):
            if len(run) > 1:
                break
            run = []
        start = start if run else match.start()
        run.append(match[0])
        end = match.end()
    if len(run) < 2:
        return None
    if run[0] in CITIES:  # a country or a state after a city says where that is
        run = [name for at, name in enumerate(run) if name not in COUNTRIES and not (at % 2 and name in STATES)]
    return Listing(tuple(dict.fromkeys(run)), start, end)
