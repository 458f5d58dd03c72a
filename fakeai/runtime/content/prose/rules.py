"""Rules: what a system message says about every answer."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import ModuleType

from .answers import BOUNDED, CUES, LANGUAGE, RULED
from .bounds import KNOWN, Bounds
from .cues import spaced
from .forms import (
    classification,
    commits,
    context,
    extraction,
    json_objects,
    repetition,
    rewriting,
    summaries,
    titles,
    translation,
    verse,
    yes_no,
)
from .languages.detection import asked_language
from .languages.language import Language

READ = 6000  # characters of a system message in which rules are looked for
ORDERS = 2500  # characters of one that orders a form; a longer one describes an agent
WORK = (
    r"(?:^|[.!:\n]\s{0,9}|\bthat |\bwho |\bto |\bwill |\bshould |\bmust |^you )(?:always |please |only |simply |you )*"
)
WORKS = {
    translation: re.compile(
        rf"{WORK}translat\w+|\btranslator\b|\btranslation (?:assistant|engine|bot|tool)", re.I | re.M
    ),
    summaries: re.compile(rf"{WORK}summari[sz]e\w*|\bsummari[sz]er\b|\bsummari[sz]ation\b", re.I | re.M),
    classification: re.compile(
        rf"{WORK}(?:classif\w+|categori[sz]e\w*|label|detect|determine|respond|reply|answer|output)\b|"
        rf"\bclassifier\b|\bsentiment\b",
        re.I | re.M,
    ),
    extraction: re.compile(rf"{WORK}(?:extract\w*|identif\w+)\b|\bextractor\b", re.I | re.M),
    rewriting: re.compile(
        rf"{WORK}(?:rewrites?|corrects?|proofreads?|rephrases?|paraphrases?|reverses?|converts?)\b|"
        rf"\b(?:proofreader|copy ?editor|corrector)\b",
        re.I | re.M,
    ),
    commits: re.compile(r"\bcommit messages?\b", re.I),
    titles: re.compile(r"\btitle\b", re.I),
    verse: verse.RULE,
    yes_no: yes_no.ONLY,
    context: context.SAYS,
    json_objects: re.compile(
        r"\b(?:respond|reply|answer|return|output|format|produce|always|only|"
        r"must)\b[^.\n]{0,80}\bjson\b|\bjson (?:only|object|format)\b",
        re.I,
    ),
}
BEFORE = re.compile(
    r"\b(?:start|begin|prefix|open)\b[^.\n\"'“]{0,60}\bwith\b[^\"'“\n]{0,30}[\"'“](.+?)[\"'”](?:[\s.,!]|$)", re.I
)
AFTER = re.compile(
    r"\b(?:end|finish|conclude|close|append|sign off|"
    r"add)\b[^.\n\"'“]{0,60}?(?:\bwith\b[^\"'“\n]{0,30})?[\"'“](.+?)[\"'”](?:[\s.,!]|$)",
    re.I,
)
FIXED = re.compile(
    r"\b(?:always|only|must)\s{1,9}(?:respond|reply|answer|say|return|output)\s{1,9}(?:only |exactly |"
    r"just )*(?:with )?(?:only |exactly |just |the (?:word|text|phrase) )*[\"'“](.+?)[\"'”]",
    re.I,
)
CAPITALS = re.compile(r"\b(?:in|use|using) (?:all )?(?:caps|capitals|uppercase|capital letters|upper case)\b", re.I)
SMALL = re.compile(r"\b(?:in|use|using|only) (?:all )?(?:lowercase|lower case)\b", re.I)
PERSONAS = tuple(
    (re.compile(rf"\b(?:you(?:'re| are)|act|talk|speak|behave|respond|answer|pretend|like|"
rf"as)\b[^.\n]{{0,60}}\b(?:{words})\b", re.I), before, after)
    for words, before, after in (
        ("pirates?", "Arr, matey! ", " Fair winds to ye!"), ("shakespeare\\w*|bard", "Hark! ", " Fare thee well."),
        ("yoda", "Hmm. ", " Patient, you must be."), ("cowboy", "Howdy, partner! ", ""),
        ("robot", "Beep boop. ", ""), ("cats?|kitten", "Meow! ", " Purr."), ("dogs?|puppy", "Woof! ", ""),
        ("wizard|gandalf", "By my staff! ", ""), ("santa(?: claus)?", "Ho ho ho! ", ""),
        ("surfer", "Dude! ", ""), ("butler", "Very good. ", ""), ("drill sergeant", "Listen up! ", ""),
        ("sarcastic|marv", "Oh, what a fresh question. ", ""), ("ninja", "Silently, then: ", ""),
        ("sherlock(?: holmes)?|detective", "Elementary. ", ""), ("vampire|dracula", "Good evening. ", ""),
        ("grumpy\\b.*", "If I must. ", ""), ("kindergarten teacher", "Hello, friends! ", ""),
    )
)  # fmt: skip

# Words without one of which nothing of this is said: a long message is searched for what it may say alone.
BEFORE_WORDS = frozenset(b"start begin prefix open".split())
AFTER_WORDS = frozenset(b"end finish conclude close append sign add".split())
FIXED_WORDS = frozenset(b"always only must".split())
CASE_WORDS = frozenset(b"caps capitals capital uppercase upper lowercase lower".split())
PERSONA_WORDS = frozenset(
    b"pirate pirates pirate's shakespeare shakespearean shakespeare's bard yoda cowboy robot cat cats kitten dog dogs "
    b"puppy wizard gandalf santa surfer butler drill sarcastic marv ninja sherlock detective vampire dracula grumpy "
    b"kindergarten".split()
)


@dataclass(frozen=True, slots=True)
class Rules:
    """What stands *before* and *after* every answer, what it is made with, and how it is measured."""

    before: str = ""
    after: str = ""
    fixed: str = ""
    case: str = ""
    forms: tuple[ModuleType, ...] = ()
    language: Language | None = None
    bounds: Bounds | None = None

    @property
    def says_something(self) -> bool:
        return bool(self.before or self.after or self.case or self.fixed or self.forms or self.bounds or self.language)

    def dress(self, text: str) -> str:
        """*text* as the message wants every answer."""
        if self.before and not text.startswith(self.before.strip()):
            text = self.before + text
        if self.after and not text.endswith(self.after.strip()):
            text += self.after
        return text.upper() if self.case == "upper" else text.lower() if self.case == "lower" else text


def rules_of(system: str) -> Rules:
    """The rules that a system message sets."""
    text = system[:READ]
    data = spaced(text)
    present = set(data.split())
    cues = CUES.forms(data, present)
    before = None if BEFORE_WORDS.isdisjoint(present) else BEFORE.search(text)
    after = None if AFTER_WORDS.isdisjoint(present) else AFTER.search(text)
    persona = ("", "")
    if not PERSONA_WORDS.isdisjoint(present):
        persona = next(((start, end) for pattern, start, end in PERSONAS if pattern.search(text)), persona)
    fixed = None if FIXED_WORDS.isdisjoint(present) else FIXED.search(text)
    case = ""
    if not CASE_WORDS.isdisjoint(present):
        case = "upper" if CAPITALS.search(text) else "lower" if SMALL.search(text) else ""
    forms = tuple(form for form in RULED if WORKS[form].search(text)) if len(system) <= ORDERS else ()
    if len(system) > ORDERS and context.TAG.search(system):
        forms = (context,)
    if not fixed and len(system) < 200 and cues:
        exact = repetition.EXACTLY.search(text)
        fixed = re.match(r"[\"'“](.+?)[\"'”]", text[exact.end() :]) if exact else None
    return Rules(
        before[1] + " " if before else persona[0],
        " " + after[1] if after else persona[1],
        fixed[1] if fixed else "",
        case,
        forms,
        asked_language(text) if LANGUAGE in cues and translation not in forms else None,
        _bounds(text.lower(), KNOWN & present) if BOUNDED in cues and len(system) <= ORDERS else None,
    )


def _bounds(text: str, present: AbstractSet[bytes]) -> Bounds | None:
    """What *text* says about length; None when that is nothing."""
    bounds = Bounds()
    bounds.read(text, present)
    return bounds if bounds.says_something else None
