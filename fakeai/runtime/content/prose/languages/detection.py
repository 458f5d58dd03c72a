"""Which language a prompt is written in: by its script, else by its small words."""

import re
from collections.abc import Sequence

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
OTHER_SCRIPT = re.compile("[\u0400-\u04ff\u0600-\u06ff\u0900-\u097f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
LETTER = re.compile("[A-Za-z]")

NAME = re.compile(rf"\b(?:{'|'.join(sorted(NAMED, key=len, reverse=True))})\b", re.I)
# What stands before the name of a language that is asked for, in the same sentence.
BEFORE_NAME = re.compile(
    r"\b(?:answer|answers|reply|respond|write|speak|explain|say|tell|describe|output|talk|response|antworte|antworten|"
    r"erkläre|schreibe?|réponds|répondez|responde|explique|explícame|rispondi|antwoord|odpowiedz|отвечай|ответь)\b"
    r"[^.\n]{0,60}$|^\s?in $",
    re.I,
)
PREPOSITION = re.compile(r"\b(?:in|auf|en|em|po|на) $", re.I)
AT_END = re.compile(r"(?: please)?[.!?]{0,3}\s{0,9}$", re.I)
LOOKED_BACK, LOOKED_AT, MOST_NAMES = 80, 400, 5  # characters, and names


def language_of(text: str, words: Sequence[str]) -> Language:
    """The language of *text*, whose *words* are in lower case; English when nothing says otherwise."""
    if not text.isascii():
        found = OTHER_SCRIPT.findall(text)
        if found and 2 * len(found) >= len(LETTER.findall(text)):
            return next(language for script, language in SCRIPTS if script.search(text))
    strong = [mask for word in words if (mask := STRONG.get(word))]
    if not text.isascii():
        strong += [MARKED[mark] for mark in MARK.findall(text)[:3]]
    if not strong:
        return ENGLISH
    shared = [mask for word in words if (mask := SHARED.get(word))]
    best, most = ENGLISH, sum([word in ENGLISH.fillers for word in words])
    for bit, language in enumerate(LATIN):
        sure = sum([mask >> bit & 1 for mask in strong])
        mine = sure + sum([mask >> bit & 1 for mask in shared])
        if sure and mine > most:
            best, most = language, mine
    return best


def without_request(text: str) -> str:
    """*text* without the words at its beginning that ask for a language."""
    text = text.lstrip()
    found = _asked(text[:LOOKED_AT])
    if found is None or not BEFORE_NAME.match(text[: found.start()]):
        return text
    return text[found.end() :].lstrip(" :,.-–") or text


def asked_language(text: str) -> Language | None:
    """The language that *text* asks for the answer to be in."""
    found = _asked(text)
    return LANGUAGES[NAMED[found[0].lower()]] if found else None


def _asked(text: str) -> "re.Match[str] | None":
    """Where the name of the language stands that *text* asks for."""
    for found, _ in zip(NAME.finditer(text), range(MOST_NAMES), strict=False):
        before = text[max(0, found.start() - LOOKED_BACK) : found.start()]
        if BEFORE_NAME.search(before) or (PREPOSITION.search(before) and AT_END.match(text, found.end())):
            return found
    return None
