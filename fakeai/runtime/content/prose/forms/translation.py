"""Translation: by a table of phrases and words; words that it lacks stay, in italics."""

import re
from functools import cache

from ..ask import QUOTED, Ask, unquoted
from ..cues import Cue
from ..facts.phrases import LANGUAGES, NUMERALS, TABLE
from ..languages.detection import NAMED, language_of

SPOKEN = " ".join(NAMED)
CUES: tuple[Cue, ...] = (
    (
        "translate translation translates translated translating translator translations übersetze übersetzen "
        "übersetz traduis traduire traduisez traduce traducir traduci traduza vertaal przetłumacz переведи "
        "переклади",
    ),
    ("say says", SPOKEN),
    (SPOKEN, "^^what what's"),
)
_NAMES = "|".join(sorted(map(re.escape, NAMED), key=len, reverse=True))
ASKS = re.compile(
    r"\b(?:translat\w+|übersetzen?|traduis|traduire|traduisez|traduce|traducir|traduci|traduza|"
    r"vertaal|przetłumacz|переведи|переклади)\b",
    re.I,
)
INTO = re.compile(
    rf"\b(?:to|into|in|ins|en|em|al|naar(?: het)?|auf|на|na|do) (?:the )?(?:formal |informal |"
    rf"simplified |brazilian |american |british )?({_NAMES})\b",
    re.I,
)
SAY = re.compile(
    rf"\bhow (?:do (?:you|i|we)|would (?:you|i)|to|can i) say\s{{1,9}}(?P<text>.{{1,300}}?)\s{{1,9}}in ("
    rf"{_NAMES})\b|^say\s{{1,9}}(?P<said>.{{1,300}}?)\s{{1,9}}in ({_NAMES})\b|"
    rf"^what(?:'s| is) (?:the ({_NAMES}) (?:word )?for\s{{1,9}}(?P<word>.{{1,80}}?)|(?P<what>.{{1,80}}?) "
    rf"in ({_NAMES}))[?.!]*$",
    re.I | re.S,
)
COMMAND = re.compile(
    rf"^.*?\b(?:translat\w+|übersetzen?|traduis|traduire|traduce|traducir|traduci|traduza|vertaal|"
    rf"przetłumacz|переведи|переклади)\b\s{{0,9}}"
    rf"(?:this|the following|these|following)?\s{{0,9}}(?:sentence|text|phrase|word|message|"
    rf"paragraph|words|sentences)?\s{{0,9}}"
    rf"(?:from (?:{_NAMES}) )?(?:(?:to|into|in|ins|en|em|al|naar(?: het)?|auf|на|na|do) (?:the "
    rf")?(?:{_NAMES}))?\s{{0,9}}[:,\-–]?\s{{0,9}}",
    re.I | re.S,
)
SUFFIX = re.compile(
    rf"\s{{1,9}}(?:from (?:{_NAMES}) )?(?:to|into|in|ins|en|em|al|naar(?: het)?|auf) (?:the )?(?:{_NAMES}"
    rf")\b[\s.?!]*(?:please)?[.?!]*$",
    re.I,
)
TOKEN = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]|\s{1,9}|_")
PIECE = re.compile(r"([.!?。！？…]+\s{0,9}|\n+)")
JOINED = ("ja", "zh")
ENDS = {".": "。", "!": "！", "?": "？", ",": "、"}
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
LONGEST_SENTENCES = 1200  # characters of a text that is translated phrase by phrase; a longer one is by words
READ = 5000  # characters that are translated; what is beyond them stays as it is


UNSPACED = re.compile(
    r"(?:翻译成|译成|翻譯成)(?P<zh>英文|英语|法语|法文|德语|德文|西班牙语|日语|日文|中文)\s{0,9}[：:]?\s{0,9}(?P<after>.+)$|"
    r"^(?P<before>.+?)\s{0,9}を(?P<ja>英語|フランス語|ドイツ語|スペイン語|中国語)に(?:翻訳|訳)",
    re.S,
)
ABROAD = {
    "英文": "en", "英语": "en", "法语": "fr", "法文": "fr", "德语": "de", "德文": "de", "西班牙语": "es",
    "日语": "ja", "日文": "ja",
    "中文": "zh", "英語": "en", "フランス語": "fr", "ドイツ語": "de",
    "スペイン語": "es", "中国語": "zh",
}  # fmt: skip


def answer(ask: Ask) -> str | None:
    """The translation."""
    abroad = None if ask.look.isascii() or ask.ruled else UNSPACED.search(ask.prompt[:2000])
    if abroad:
        return translate(unquoted(abroad["after"] or abroad["before"]), ABROAD[abroad["zh"] or abroad["ja"]])
    said = SAY.search(ask.look[:500].strip())
    if said and not ask.ruled:
        names = [group for group in said.groups() if group and group.lower() in NAMED]
        text = said["text"] or said["said"] or said["word"] or said["what"]
        known = NAMED[names[-1].lower()] if names else ""
        if not text or (said["what"] and unquoted(text).lower() not in TABLE and not QUOTED.fullmatch(text.strip())):
            return None
        return translate(unquoted(text), known)
    instruction = ask.system if ask.ruled else ask.look[:800] if len(ask.prompt) > 1500 else ask.prompt
    if not ASKS.search(instruction) or re.match(r"^(?:what|why|who|explain|when|how does)\b", ask.lead):
        return None
    target = INTO.search(instruction)
    if not target and not re.match(r"^(?:translat|übersetz|tradu|vertaal|przetł|перев|перекл)", ask.lead):
        return None
    text = ask.body if ask.ruled else _text(ask)
    if not text:
        return None
    code = NAMED[target[1].lower()] if target else "en"
    return translate(text[:READ], code) + text[READ:]


def _text(ask: Ask) -> str:
    """What is to be translated."""
    instruction, body = ask.parts
    if body and ASKS.search(instruction):
        return unquoted(body)
    found = COMMAND.match(ask.prompt[:2000])
    rest = ask.prompt[found.end() :].rstrip() if found else ask.prompt.rstrip()
    cut = SUFFIX.search(rest, max(0, len(rest) - 80))
    return unquoted(rest[: cut.start()] if cut else rest)


def translate(text: str, code: str) -> str:
    """*text* in the language *code*."""
    source = language_of(text, [word.lower() for word in TOKEN.findall(text)[:80]]).code
    if code == "en" and source == "en":
        source = _guessed(text)
    if code == source:
        return text
    if len(text) > LONGEST_SENTENCES:
        single = _single(source, code)
        return WORD.sub(lambda found: single.get(found[0], found[0]), text)
    pieces = PIECE.split(text)
    made = []
    for at, piece in enumerate(pieces):
        if at % 2:
            mark = piece.strip()
            made.append(
                ENDS.get(mark, mark) + ("" if piece.count("\n") == 0 else "\n" * piece.count("\n"))
                if code in JOINED and mark in ENDS
                else piece
            )
        elif piece.strip():
            made.append(_sentence(piece, source, code))
    return "".join(made).strip()


@cache
def _single(source: str, target: str) -> dict[str, str]:
    """The translations of single words, in small letters and with a capital."""
    known = TABLE if source == "en" else _reverse(source) if source in LANGUAGES else {}
    pairs = {word: _looked_up(word, source, target) for word in known if WORD.fullmatch(word)}
    small = {word: made for word, made in pairs.items() if made and made != "-"}
    return small | {word.capitalize(): made[0].upper() + made[1:] for word, made in small.items()}


def _guessed(text: str) -> str:
    """The language whose table knows *text*."""
    plain = _plain(text)
    return next((code for code in LANGUAGES if plain in _reverse(code)), "en")


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").strip(" .!?¡¿,").split())


@cache
def _reverse(code: str) -> dict[str, str]:
    """English for each phrase of a language; the first one counts."""
    found: dict[str, str] = {}
    for english, row in TABLE.items():
        if row[code] != "-":
            found.setdefault(row[code].lower(), english)
    return found


@cache
def _most_words(code: str) -> dict[str, int]:
    """How many words the longest phrase has that begins with a word."""
    found: dict[str, int] = {}
    for phrase in TABLE if code == "en" else _reverse(code) if code in LANGUAGES else ():
        words = TOKEN.findall(phrase)
        size = len([word for word in words if not word.isspace()])
        found[words[0]] = max(size, found.get(words[0], 1))
    return found


def _looked_up(phrase: str, source: str, target: str) -> str | None:
    english = phrase if source == "en" else _reverse(source).get(phrase) if source in LANGUAGES else None
    if english is None:
        return None
    if target == "en":
        return english
    row = TABLE.get(english)
    if row is not None:
        return row.get(target)
    numerals = NUMERALS["en"]
    if english in numerals and target in NUMERALS and numerals.index(english) < len(NUMERALS[target]):
        return NUMERALS[target][numerals.index(english)]
    return None


def _sentence(text: str, source: str, target: str) -> str:
    """One sentence, the longest known phrases first."""
    whole = _looked_up(_plain(text), source, target)
    if whole is not None and whole != "-":
        return _like(text, whole, target)
    tokens = [token for token in TOKEN.findall(text) if not token.isspace()]
    made: list[str] = []
    at = 0
    most = _most_words(source)
    while at < len(tokens):
        for size in range(min(most.get(tokens[at].lower(), 1), len(tokens) - at), 0, -1):
            if size > 1 and not tokens[at + size - 1][-1].isalnum():
                continue  # marks are no part of a phrase
            found = _looked_up(_plain(" ".join(tokens[at : at + size])), source, target)
            if found is not None:
                if found != "-":
                    made.append(found)
                at += size
                break
        else:
            made.append(_kept(tokens[at], at, target))
            at += 1
    joined = "".join(made) if target in JOINED else re.sub(r"\s{1,9}([,;:)\]”])", r"\1", " ".join(made))
    return _like(text, joined, target)


def _kept(token: str, at: int, target: str) -> str:
    """A word that the table lacks: in italics, unless it is a name, a number or a mark."""
    if not token[0].isalpha() or (token[0].isupper() and at):
        return ENDS.get(token, token) if target in JOINED else token
    return f"*{token}*"


def _like(text: str, made: str, target: str) -> str:
    """*made* with the capital that *text* begins with, where there are capitals, and "i" as English writes it."""
    if target == "en":
        made = re.sub(r"\bi\b(?='|\b)", "I", made)
    begins = text.lstrip()
    if made and begins and begins[0].isupper() and target not in JOINED:
        return made[0].upper() + made[1:]
    return made
