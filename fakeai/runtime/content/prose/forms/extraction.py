"""Extraction: the addresses, dates, names and numbers that really stand in a text, and how often a letter does."""

import re

from ..ask import Ask
from ..cues import Cue
from ..languages.english import FILLERS
from ..sentences import READ, WORD

KINDS_OF = (
    "mail email emails e url urls link links website websites web date dates phone telephone name names people "
    "person persons entity entities keyword keywords keyphrase keyphrases phrases hashtag hashtags mentions number "
    "numbers price prices amount amounts ip ips place places location locations city cities companies organizations "
    "organisations time times year years money adressen fechas nombres noms daten namen correos zip capitalized "
    "capitalised noun nouns"
)
CUES: tuple[Cue, ...] = (
    ("extract pull find list identify retrieve locate extrahiere extrae extraire estrai extrais", KINDS_OF),
    ("from in of mentioned text below following", "give return get output show what which", KINDS_OF),
    ("how", "many"),
    ("number words letters characters vowels sentences", "^^count"),
)
ASKS = re.compile(
    r"\b(?:extract|pull out|pull|find|list|get|identify|retrieve|locate|give me|return|show|what|"
    r"which|extrahiere|extrae|extraire|estrai|extrais|output)\b[^\n:]{0,80}?"
    r"(?<!\w)(?P<what>e-?mail(?: address(?:es)?)?s?|urls?|links?|web ?sites?|dates?|"
    r"phone numbers?|telephone numbers?|names?|people|persons?|"
    r"(?:named )?entit(?:y|ies)|keywords?|key ?phrases?|hashtags?|mentions|numbers?|prices?|"
    r"amounts?|ip addresses|ips?|places?|locations?|cit(?:y|ies)|"
    r"companies|organi[sz]ations|times?|years?|money|e-mail-adressen|fechas|nombres|noms|daten|"
    r"namen|correos|zip codes?|capitali[sz]ed words|nouns?)\b",
    re.I,
)
FROM = re.compile(
    r"\b(?:extract|pull|from|in (?:the|this)|of (?:the|this)|mentioned|text|below|following|aus|de|du|del|dal)\b", re.I
)
EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
URL = re.compile(r"https?://[^\s)>\]\"',]+[^\s)>\]\"',.;!?]|\bwww\.[\w./-]+\w")
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|"
    r"Januar|Februar|März|Mai|Juni|Juli|Oktober|Dezember|janvier|février|mars|avril|juin|juillet|"
    r"août|septembre|octobre|novembre|décembre|enero|"
    r"febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)"
)
DATE = re.compile(
    rf"\b\d{{4}}-\d\d?-\d\d?\b|\b\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}\b|\b{_MONTH}\.? "
    rf"\d{{1,2}}(?:st|nd|rd|th)?(?:,? \d{{4}})?\b|"
    rf"\b\d{{1,2}}(?:st|nd|rd|th|\.)?(?: of| de)? {_MONTH}(?:,?(?: de)? \d{{4}})?\b|\b{_MONTH} \d{{4}}\b"
)
PHONE = re.compile(r"(?<![\w.])\+?\(?\d[\d\s().-]{6,18}\d(?![\w])")
MONEY = re.compile(
    r"[$€£¥]\s?\d[\d,]*(?:\.\d+)?(?:\s?(?:million|billion|k|m|bn))?\b|"
    r"\b\d[\d,]*(?:\.\d+)?\s?(?:USD|EUR|GBP|dollars|euros|pounds|€)(?!\w)"
)
NUMERAL = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?!\w)")
HASHTAG = re.compile(r"(?<!\w)#\w+")
MENTION = re.compile(r"(?<![\w.])@\w+")
IP = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b")
TIME = re.compile(r"\b\d{1,2}(?::\d\d)?\s?(?:am|pm|AM|PM|a\.m\.|p\.m\.)(?!\w)|\b\d{1,2}:\d\d(?::\d\d)?\b")
YEAR = re.compile(r"\b(?:1[0-9]|20)\d\d\b")
ZIP = re.compile(r"\b\d{5}(?:-\d{4})?\b")
NAME = re.compile(
    r"\b(?:(?:Mr|Mrs|Ms|Dr|Prof)\.? )?[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ'’]+(?:-[A-Z][a-z]+)?(?: (?:(?:van|von|"
    r"de|da|di|la|bin|al) ){0,2}[A-ZÀ-ÖØ-Þ](?:\.|[a-zà-öø-ÿ'’]+(?:-[A-Z][a-z]+)?)){0,3}"
)
PLACE = re.compile(
    r"\b(?:in|from|to|at|near|of|visited|via|between|and)\s{1,9}([A-ZÀ-Þ][\w'’-]+(?: (?:de |do |"
    r"of )?[A-ZÀ-Þ][\w'’-]+)*)"
)
COMPANY = re.compile(
    r"\b[A-Z][\w&.-]*(?: [A-Z][\w&.-]*){0,4} (?:Inc|Corp|Corporation|Ltd|LLC|GmbH|AG|Company|Group|"
    r"Technologies|Labs|Bank|University)\b\.?|\b(?:Google|Microsoft|Apple|Amazon|NVIDIA|OpenAI|"
    r"IBM|Intel|Meta|Tesla|Samsung|Sony)\b"
)
NOT_NAMES = frozenset(
    "The A An I In On At It He She We They You This That These Those There Here My Our Your His "
    "Her Their Its If When While "
    "After Before And But Or So For From To With By As Is Are Was Were Please Contact Call Meet "
    "Monday Tuesday Wednesday Thursday "
    "Friday Saturday Sunday January February March April May June July August September October "
    "November December Hello Hi Dear "
    "Thanks Thank Regards Yesterday Today Tomorrow Email Phone Name Meeting Both Also Then Later "
    "Since During What Who Where Why "
    "How Der Die Das Und Le La Les El Los Las Il Lo Not No Yes Mr Mrs Ms Dr Send Reach Write Ask "
    "Visit Best Sincerely Extract".split()
)
SEARCHED = 12_000  # characters of a text
KINDS = (
    (("mail", "correo"), EMAIL, "email addresses"), (("url", "link", "web"), URL, "URLs"), (("date", "fecha", "daten"),
    DATE, "dates"),
    (("phone",), PHONE, "phone numbers"), (("hashtag",), HASHTAG, "hashtags"), (("mention",), MENTION, "mentions"),
    (("price", "amount", "money"), MONEY, "amounts"), (("ip",), IP, "IP addresses"), (("time",), TIME, "times"),
    (("year",), YEAR, "years"),
    (("zip",), ZIP, "zip codes"), (("number",), NUMERAL, "numbers"),
)  # fmt: skip
LETTERS = re.compile(
    r"\bhow many (?:times does (?:the )?(?:letter )?[\"'“]?(?P<one>[a-z])[\"'”]?(?:'s)? (?:appear|occur)s? in|"
    r"(?:letters? )?[\"'“]?(?P<two>[a-z])[\"'”]?(?:'?s)? (?:are|is)(?: there)? in|"
    r"(?P<vowels>vowels|consonants|letters|characters|words|syllables|sentences) (?:are |"
    r"is )?(?:there )?(?:in|does|do))\s{0,9}"
    r"(?:the (?:word|text|sentence|phrase|string|name|"
    r"following(?: \w+)?))?\s{0,9}:?\s{0,9}[\"'“]?(?P<text>[^\"”?\n]{1,2000})",
    re.I,
)
COUNT = re.compile(
    r"^count (?:the )?(?:number of )?(?P<what>words|letters|characters|vowels|"
    r"sentences) in\s{0,9}(?:the (?:following )?\w+|"
    r"this(?: \w+)?)?\s{0,9}:?\s{0,9}[\"'“]?(?P<text>[^\"”\n]{1,4000})",
    re.I,
)


def answer(ask: Ask) -> str | None:
    """What is asked for, one on each line."""
    counted = _counted(ask)
    if counted:
        return counted
    if not ask.ruled and not ask.find(ASKS):
        return None
    instruction, body = ask.parts
    found = ASKS.search(instruction[:600])
    if not found or not body:
        return None
    if not FROM.search(instruction) and "extract" not in instruction.lower() and len(body) < 20:
        return None
    wanted = [
        what.lower()
        for what in re.findall(
            r"e-?mails?|urls?|links?|dates?|phone|names?|numbers?|hashtags?|prices?|keywords?|people|"
            r"locations?|places?|cities",
            instruction[:600],
            re.I,
        )
    ]
    kinds = list(dict.fromkeys(what.rstrip("s") for what in wanted if what != "numbers" or "phone" not in wanted))
    if len(kinds) > 1 and "extract" in instruction.lower():
        lines = []
        for kind in kinds[:8]:
            values, title = find(kind, body)
            lines.append(f"**{title[0].upper()}{title[1:]}:** {', '.join(values) if values else 'none'}")
        return "\n".join(lines)
    values, title = find(found["what"].lower(), body)
    if not values:
        return f"There are no {title} in the text."
    if re.search(r"comma[- ]separated|separated by commas", ask.lower):
        return ", ".join(values)
    if re.search(r"\bbullet", ask.lower):
        return "\n".join(f"- {value}" for value in values)
    return "\n".join(values)


def find(what: str, text: str) -> tuple[list[str], str]:
    """All of *what* in *text*, each once, and what they are called."""
    text = text[:SEARCHED]
    for words, pattern, title in KINDS:
        if what.startswith(words) or any(word in what for word in words if len(word) > 4):
            return list(dict.fromkeys(found.group(0).strip() for found in pattern.finditer(text))), title
    if "mail" in what:
        return list(dict.fromkeys(EMAIL.findall(text))), "email addresses"
    if what.startswith(("keyword", "key", "noun")):
        return keywords_in(text, 8), "keywords"
    if what.startswith(("place", "location", "cit")):
        return list(dict.fromkeys(place for place in PLACE.findall(text) if place not in NOT_NAMES)), "places"
    if what.startswith(("compan", "organi")):
        return list(dict.fromkeys(COMPANY.findall(text))), "organizations"
    return names_in(text), "names" if "entit" not in what else "entities"


def names_in(text: str) -> list[str]:
    """The names in *text*: words with capitals that do not merely begin a sentence; full names before single ones."""
    found: list[str] = []
    for match in NAME.finditer(text[:READ]):
        words = match[0].split()
        while words and words[0].rstrip(".") in NOT_NAMES and not words[0].endswith("."):
            words.pop(0)
        while words and words[-1] in NOT_NAMES:
            words.pop()
        before = text[: match.start()].rstrip()
        if before.endswith((" in", " at", "In")) and len(words) < 2:
            continue
        starts = not before or before[-1] in ".!?:\n"
        after = text[match.end() : match.end() + 2]
        if not words or (
            len(words) == 1
            and starts
            and (words[0].lower() in FILLERS or (after[:1].isspace() and after[1:2].islower() and len(words[0]) < 3))
        ):
            continue
        name = " ".join(words).removesuffix("'s").removesuffix("’s")
        if name not in NOT_NAMES and len(name) > 1:
            found.append(name)
    full = {word for name in found if " " in name for word in name.split()}
    return list(dict.fromkeys(name for name in found if " " in name or name not in full))


def keywords_in(text: str, count: int) -> list[str]:
    """The words of *text* that say most, by how often they stand there and how long they are."""
    counts: dict[str, int] = {}
    for word in WORD.findall(text[:READ]):
        lower = word.lower()
        if len(lower) > 3 and lower not in FILLERS:
            counts[lower] = counts.get(lower, 0) + 1
    return sorted(counts, key=lambda word: (-counts[word], -len(word), word))[:count]


def _counted(ask: Ask) -> str | None:
    """How often letters or words stand in a text."""
    found = LETTERS.search(ask.look[:3000]) if "how many" in ask.lower else None
    letter = None
    if found:
        letter, what, text = found["one"] or found["two"], found["vowels"], found["text"]
    else:
        found = COUNT.match(ask.lead)
        if not found:
            return None
        what, text = found["what"], found["text"]
    text = re.sub(r"\s{1,9}(?:have|contain|has|there)$", "", text.strip().rstrip("\"'”? "))
    text = (
        re.sub(r"^(?:the |this )?(?:word|sentence|following \w+)\s{0,9}:?\s{0,9}", "", text)
        if len(text.split()) > 1
        else text
    )
    if letter:
        count = text.lower().count(letter.lower())
        sentence = (
            f'There {"is" if count == 1 else "are"} {count} "{letter.lower()}"{"" if count == 1 else "s"} in "{text}".'
        )
    else:
        letters = [char for char in text.lower() if char.isalpha()]
        vowels = sum(char in "aeiou" for char in letters)
        what = (what or "").lower()
        count = {
            "words": len(text.split()), "characters": len(text), "letters": len(letters), "vowels": vowels,
            "consonants": len(letters) - vowels, "syllables": len(re.findall(r"[aeiouy]+", text.lower())),
            "sentences": len(re.findall(r"[^.!?]+", text)),
        }.get(what, len(text))  # fmt: skip
        sentence = f'There are {count} {what} in "{text}".' if count != 1 else f'There is 1 {what[:-1]} in "{text}".'
    return str(count) if ask.bounds.is_brief else sentence
