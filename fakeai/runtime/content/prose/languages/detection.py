"""Which language a prompt is written in: by its script, else by its small words."""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from ..cues import Cue
from .arabic import ARABIC
from .chinese import CHINESE
from .dutch import DUTCH
from .english import ENGLISH
from .french import FRENCH
from .german import GERMAN
from .hindi import HINDI
from .italian import ITALIAN
from .japanese import JAPANESE
from .korean import KOREAN
from .language import Language
from .polish import POLISH
from .portuguese import PORTUGUESE
from .russian import RUSSIAN
from .spanish import SPANISH
from .turkish import TURKISH
from .ukrainian import UKRAINIAN

LATIN = (GERMAN, FRENCH, SPANISH, ITALIAN, PORTUGUESE, DUTCH, POLISH, TURKISH)
LANGUAGES = {
    language.code: language
    for language in (ENGLISH, *LATIN, RUSSIAN, UKRAINIAN, ARABIC, HINDI, JAPANESE, CHINESE, KOREAN)
}
# How languages are called, in English and in themselves and in some others.
NAMES = {
    "en": "english englisch anglais inglés ingles inglese inglês engels angielsku английском англійською ingilizce",
    "de": "german deutsch allemand alemán aleman tedesco alemão duits niemiecku немецком німецькою almanca",
    "fr": "french französisch français francais francés frances francese francês frans francusku французском fransızca",
    "es": "spanish spanisch espagnol español espanol spagnolo espanhol spaans hiszpańsku испанском ispanyolca",
    "it": "italian italienisch italien italiano italiaans włosku итальянском italyanca",
    "pt": "portuguese portugiesisch portugais portugués portoghese português portugues portugees portekizce",
    "nl": "dutch niederländisch néerlandais holandés olandese holandês nederlands hollandaca",
    "pl": "polish polnisch polonais polaco polacco polonês pools polsku lehçe",
    "ru": "russian russisch russe ruso russo русском rusça",
    "uk": "ukrainian ukrainisch ukrainien ucraniano ucraino українською украинском",
    "tr": "turkish türkisch turc turco türkçe",
    "ar": "arabic arabisch arabe árabe arabo",
    "hi": "hindi",
    "ja": "japanese japanisch japonais japonés giapponese japonês",
    "zh": "chinese mandarin chinesisch chinois chino cinese chinês",
    "ko": "korean koreanisch coréen coreano",
}
NAMED = {name: code for code, names in NAMES.items() for name in names.split()}

GREETED = {
    "hallo": GERMAN, "guten": GERMAN, "danke": GERMAN, "tschüss": GERMAN, "bonjour": FRENCH, "salut": FRENCH,
    "bonsoir": FRENCH, "merci": FRENCH, "hola": SPANISH, "buenos": SPANISH, "buenas": SPANISH, "gracias": SPANISH,
    "ciao": ITALIAN, "buongiorno": ITALIAN, "salve": ITALIAN, "grazie": ITALIAN, "olá": PORTUGUESE, "ola": PORTUGUESE,
    "oi": PORTUGUESE, "obrigado": PORTUGUESE, "obrigada": PORTUGUESE, "hoi": DUTCH, "goedemorgen": DUTCH,
    "bedankt": DUTCH, "cześć": POLISH, "dzień": POLISH, "dziękuję": POLISH, "merhaba": TURKISH, "selam": TURKISH,
    "teşekkürler": TURKISH,
}  # fmt: skip
# Words of an English text, too: alone they decide nothing.
WEAK = frozenset(
    "also as bin come comment con dan de del den des die do door du en er es hat her hij la las "
    "le les los man mit no of "
    "on or over par per plus pod son sur tot tu van war was we ten ola oi".split()
)
STRONG: dict[str, int] = {}  # the languages of LATIN that have the word among their small ones, as bits
SHARED: dict[str, int] = {}  # the same for words that are English, too
for _bit, _language in enumerate(LATIN):
    for _word in _language.fillers | {word for word, language in GREETED.items() if language is _language}:
        _table = SHARED if _word in WEAK or _word in ENGLISH.fillers else STRONG
        _table[_word] = _table.get(_word, 0) | 1 << _bit

# Letters and marks that one of them has alone.
MARKED = {
    mark: 1 << LATIN.index(language)
    for marks, language in (
        ("ß", GERMAN), ("œ", FRENCH), ("¿¡ñ", SPANISH), ("ãõ", PORTUGUESE), ("łżśćęąź", POLISH), ("ğışİ", TURKISH),
    )
    for mark in marks
}  # fmt: skip
MARK = re.compile(f"[{''.join(MARKED)}]")
SCRIPTS = (
    (re.compile("[\u3040-\u30ff]"), JAPANESE),  # before Chinese: kana stand between the same characters
    (re.compile("[\uac00-\ud7af]"), KOREAN),
    (re.compile("[\u4e00-\u9fff]"), CHINESE),
    (re.compile("[іїєґІЇЄҐ]|\\b(?:[Щщ]о|[Чч]ому|[Яя]к|[Цц]е)\\b"), UKRAINIAN),
    (re.compile("[\u0400-\u04ff]"), RUSSIAN),
    (re.compile("[\u0600-\u06ff]"), ARABIC),
    (re.compile("[\u0900-\u097f]"), HINDI),
)
UNDIVIDED = (JAPANESE, CHINESE, KOREAN)  # words are not divided, or have endings
READ = 500  # characters in which the script is looked for
OTHER_SCRIPT = re.compile("[\u0400-\u04ff\u0600-\u06ff\u0900-\u097f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]+")
LETTERS = re.compile("[A-Za-z]+")

# What stands before the name of a language that is asked for, in the same sentence.
BEFORE_NAME = re.compile(
    r"\b(?:answer|answers|reply|respond|write|speak|explain|say|tell|describe|output|talk|response|antworte|antworten|"
    r"erkläre|schreibe?|réponds|répondez|responde|explique|explícame|rispondi|antwoord|odpowiedz|отвечай|ответь)\b"
    r"[^.\n]{0,60}$|^\s?in $",
    re.I,
)
PREPOSITION = re.compile(r"\b(?:in|auf|en|em|po|на) $", re.I)
AT_END = re.compile(r"(?: please)?[.!?]{0,3}\s{0,9}$", re.I)
LOOKED_BACK, LOOKED_AT, MOST_NAMES, MOST_PLACES = 80, 400, 5, 40  # characters, names, and places of all names


# That a prompt may ask for a language.
ASKED: tuple[Cue, ...] = (
    (
        "answer answers reply respond write speak explain say tell describe output talk response antworte antworten "
        "erkläre schreib schreibe réponds répondez responde explique explícame rispondi antwoord odpowiedz отвечай "
        "ответь in auf en em po на",
        " ".join(NAMED),
    ),
)
STRONG_WORDS = {word.encode(): mask for word, mask in STRONG.items()}
SHARED_WORDS = {word.encode(): mask for word, mask in SHARED.items()}
NAMED_WORDS = frozenset(name.encode() for name in NAMED)
STRONG_KNOWN, SHARED_KNOWN = frozenset(STRONG_WORDS), frozenset(SHARED_WORDS)
ENGLISH_WORDS = frozenset(word.encode() for word in ENGLISH.fillers)


def language_of(text: str, words: Iterable[str]) -> Language:
    """The language of *text*, whose *words* are in lower case; English when nothing says otherwise."""
    return script_of(text) or language_in(text, {word.encode("utf-8", "replace") for word in words})


def script_of(text: str) -> Language | None:
    """The language whose script *text* is written in; None when that is Latin, or nothing."""
    found = None if text.isascii() else OTHER_SCRIPT.findall(text[:READ])
    if not found or 2 * sum(map(len, found)) < sum(map(len, LETTERS.findall(text[:READ]))):
        return None
    return next(language for script, language in SCRIPTS if script.search(text[:READ]))


def language_in(text: str, present: AbstractSet[bytes]) -> Language:
    """The language of *text*, which is in Latin letters, and in which these words are *present*, as `cues.spaced` has them."""
    masks = [STRONG_WORDS[word] for word in STRONG_KNOWN & present]
    if not text.isascii():
        masks += [MARKED[mark] for mark in MARK.findall(text)[:3]]
    if not masks:
        return ENGLISH
    shared = [SHARED_WORDS[word] for word in SHARED_KNOWN & present]
    best, most = ENGLISH, len(ENGLISH_WORDS & present)
    if most >= len(masks) + len(shared):
        return ENGLISH
    for bit, language in enumerate(LATIN):
        sure = sum([mask >> bit & 1 for mask in masks])
        if sure:
            mine = sure + sum([mask >> bit & 1 for mask in shared])
            if mine > most:
                best, most = language, mine
    return best


def without_request(text: str) -> str:
    """*text* without the words at its beginning that ask for a language."""
    text = text.lstrip()
    found = _asked(text[:LOOKED_AT], NAMED)
    if found is None or not BEFORE_NAME.match(text[: found[0]]):
        return text
    return text[found[1] :].lstrip(" :,.-–") or text


def asked_language(text: str, present: AbstractSet[bytes] | None = None) -> Language | None:
    """The language that *text* asks for the answer to be in; *present* are its words, as `cues.spaced` has them."""
    found = _asked(text, NAMED if present is None else [word.decode() for word in NAMED_WORDS & present])
    return LANGUAGES[NAMED[text[found[0] : found[1]].lower()]] if found else None


def _asked(text: str, names: Iterable[str]) -> tuple[int, int] | None:
    """Where the name of the language begins and ends that *text* asks for."""
    places: list[tuple[int, int]] = []
    lower = (
        text.lower() if text.isascii() else "".join([char if len(char.lower()) > 1 else char.lower() for char in text])
    )
    for name in names:
        at = lower.find(name)
        while at >= 0 and len(places) < MOST_PLACES:
            end = at + len(name)
            if not (at and _is_of_word(lower[at - 1])) and not (end < len(lower) and _is_of_word(lower[end])):
                places.append((at, end))
            at = lower.find(name, end)
    for at, end in sorted(places)[:MOST_NAMES]:
        before = text[max(0, at - LOOKED_BACK) : at]
        if BEFORE_NAME.search(before) or (PREPOSITION.search(before) and AT_END.match(text, end)):
            return at, end
    return None


def _is_of_word(char: str) -> bool:
    return char.isalnum() or char == "_"
