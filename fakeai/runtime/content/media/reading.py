"""A text as a mouth can read it: its sentences, in letters and signs that a synthesizer knows."""

import re
import unicodedata
from typing import NamedTuple

# A sentence ends after its mark, where a space or nothing follows, or where a line does; one that goes on for long is
# cut at a comma or a space.
SENTENCE = re.compile(
    r"(?:[^.!?…。！？;:\n]|[.!?…;:]++(?![\s\"')\]»”’]|$))*+(?:[.!?…;:]+[\"')\]»”’]*|[。！？\n]+|$)\s*"
)
CUT = re.compile(r".{40,160}(?:[,،、，]\s*|\s)|.{1,200}", re.DOTALL)
LONG = 240  # characters
SIGNS = {"<": " less than ", ">": " greater than ", "&": " and ", "\\": " ", "_": " ", "`": " ", "*": " ", "#": " "}
KINDS = frozenset(  # words in the name of a letter that tell no sound
    "LETTER LIGATURE SYLLABLE SIGN SMALL CAPITAL WITH FINAL MEDIAL INITIAL ISOLATED FORM VOWEL SHORT".split()
)
STRIPPED = frozenset(("CYRILLIC",))  # scripts in which a letter sounds as the consonants of its name
FIRST = frozenset(("GREEK", "ARABIC", "HEBREW"))  # as the beginning of it
DOUBLE = ("th", "ph", "ch", "ps", "sh", "kh", "dh", "gh")
VOICED, OPEN = "bdfghjklmnprstvwyz", "aeiou"  # letters of a syllable for a sign whose name tells no sound
COMMON = {  # words that tell a language from others
    "de-DE": "der die das und ist nicht ein eine ich sie wir mit auf für zu wie den von es",
    "es-ES": "el los las que y es una por con para como está del al lo muy más su",
    "fr-FR": "le les des et est une je vous nous avec pour dans que qui au du ce pas sur",
    "it-IT": "il gli che è una per con non sono di della come più anche del nel questo",
    "en-US": "the and is of to a in that it you for with on this are be not have i an",
}


class Sentence(NamedTuple):
    """A stretch of a text, from *start* to *end* (characters), and how it is read."""

    start: int
    end: int
    spoken: str


def sentences(text: str) -> list[Sentence]:
    """The sentences of *text*, which together are all of it."""
    made: list[Sentence] = []
    at = 0
    while at < len(text):
        match = SENTENCE.match(text, at)
        end = match.end() if match is not None and match.end() > at else len(text)
        while at < end:
            cut = CUT.match(text, at, end) if end - at > LONG else None
            stop = cut.end() if cut is not None else end
            made.append(Sentence(at, stop, readable(text[at:stop])))
            at = stop
    return made


def readable(text: str) -> str:
    """*text* in Latin letters; a letter of another alphabet is read by its name."""
    return " ".join("".join(map(_read, unicodedata.normalize("NFC", text))).split())


def language(text: str) -> str:
    """Which of the languages of COMMON *text* is in; English when nothing tells."""
    words = re.findall(r"[^\W\d_]+", text.lower())[:400]
    found = {name: sum(word in known for word in words) for name, known in _common().items()}
    best = max(found, key=lambda name: (found[name], name == "en-US"))
    return best


def _common() -> dict[str, frozenset[str]]:
    return {name: frozenset(words.split()) for name, words in COMMON.items()}


def _read(sign: str) -> str:
    if sign in SIGNS:
        return SIGNS[sign]
    if sign < "ɐ" or unicodedata.category(sign)[0] in "PZ":
        return _plain(sign)
    name = unicodedata.name(sign, "")
    if name.startswith(("CJK ", "HANGUL")) and not name.startswith("HANGUL SYLLABLE"):
        code = ord(sign)
        return VOICED[code % len(VOICED)] + OPEN[code // 7 % len(OPEN)] + ("n " if code % 3 == 0 else " ")
    if unicodedata.category(sign)[0] == "M":
        return ""
    if unicodedata.category(sign)[0] == "S":
        return f" {name.lower()} "
    return _sound(name.split())


def _sound(name: list[str]) -> str:
    """How a letter is read that is called *name*, of which the first word is its script."""
    if not name:
        return ""
    sounds = [part for part in name[1:] if part not in KINDS]
    said = sounds[0].lower() if sounds else ""
    if name[0] in FIRST:
        return said[:2] if said.startswith(DOUBLE) else said[:1]
    if name[0] in STRIPPED:
        return "" if said in ("hard", "soft") else said.strip("aeiou") or said.replace("ie", "ye")
    return said


def _plain(sign: str) -> str:
    """*sign* as it stands in Latin text; punctuation of other scripts as its like."""
    if unicodedata.category(sign) == "Cc":
        return " "
    return {"。": ". ", "、": ", ", "，": ", ", "！": "! ", "？": "? ", "’": "'", "…": ". ", "—": ", "}.get(sign, sign)
