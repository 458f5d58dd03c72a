"""Questions whose answer is yes or no, and questions that leave a choice between two."""

import re

from ..ask import Ask
from ..cues import Cue
from ..facts.known import CAPITALS
from ..languages.detection import LANGUAGES
from ..topics import third_person, topic_in
from .arithmetic import NotArithmetic, evaluate
from .classification import label_of

REQUEST = re.compile(
    r"^(?:can|could|would|will) (?:you|u)\b|^(?:may|can|could|shall) (?:i|we) (?:ask|have)\b|"
    r"^(?:do you have (?:any|some)|have you (?:any|some)|are there any|is there (?:a|an|"
    r"any) (?:way|list|example))"
)
REQUESTS = re.compile(
    r"^(?:(?:kannst|könntest) du|(?:können|könnten) sie|puedes|podr[íi]as|puede usted|peux-tu|"
    r"pouvez-vous|pourriez-vous|puoi|potresti|você pode|pode(?:ria)? |kun (?:je|u)|kan je|kunt u|"
    r"czy możesz|czy mógł|"
    r"можешь|можете|чи можеш|чи можете|هل يمكنك|क्या आप)"
)
EITHER = re.compile(
    r"\byes or no\b|\byes/no\b|\btrue or false\b|\b(?:yes|true)\b['\"]? or ['\"]?(?:no|false)\b|"
    r"\bja oder nein\b|\boui ou non\b|\bs[íi] o no\b",
    re.I,
)
TRUTH = re.compile(r"\btrue or false\b|\btrue/false\b|\b['\"]?true['\"]? or ['\"]?false\b", re.I)
ONLY = re.compile(
    r"\b(?:answer|reply|respond|say|output)\b[^.\n]{0,40}\b(?:yes or no|yes/no|true or false)|"
    r"\bonly\b[^.\n]{0,30}\byes\b|\byes or no\b[^.\n]{0,20}\bonly\b|\b(?:just|only|simply) (?:yes|"
    r"true)\b|[(,:] ?(?:yes or no|yes/no)",
    re.I,
)
COMPARED = re.compile(
    r"\bis (?P<left>[\d.,+\-*/ ()]{1,60}?) (?P<how>greater|more|larger|bigger|higher|less|smaller|"
    r"lower|equal|the same)(?: than| to| as)? (?P<right>[\d.,+\-*/ ()]+)|"
    r"\b(?:is|does) (?P<one>[\d.,+\-*/ ()]{1,60}?) ?(?:=|==|equals?|equal to) ?(?P<two>[\d.,+\-*/ ()]+)",
    re.I,
)
PROPERTY = re.compile(
    r"\bis (?:the number )?(?P<number>\d{1,12}) (?:an? )?(?P<what>prime|even|odd|"
    r"divisible by (?P<by>\d+)|a perfect square|perfect square)",
    re.I,
)
LEAP = re.compile(r"\bis (?:the year )?(\d{4}) a leap year", re.I)
CAPITAL = re.compile(r"\bis ([a-zà-ÿ .]{1,60}?) the capital(?: city)? of ((?:the )?[a-z ]+)", re.I)
SPECIES = {
    "whale": "mammal", "dolphin": "mammal", "bat": "mammal", "penguin": "bird", "spider": "arachnid",
    "tomato": "fruit", "shark": "fish", "cat": "animal", "dog": "animal", "elephant": "mammal",
    "frog": "amphibian", "python": "language", "eagle": "bird", "apple": "fruit", "banana": "fruit",
    "carrot": "vegetable", "salmon": "fish", "bee": "insect", "ant": "insect", "rose": "flower",
}  # fmt: skip
EITHERS = (
    "yes or",
    "yes/no",
    "yes'",
    'yes"',
    "true or",
    "true'",
    'true"',
    "ja oder",
    "oui ou",
    " o no",
)  # in any EITHER
MARKED = re.compile(r"[?？؟]")
TRUE = (
    "earth round", "sky blue", "water wet", "fire hot", "ice cold", "earth orbit sun", "earth revolve sun",
    "moon orbit earth", "sun star", "fish swim", "birds fly", "ice float", "grass green",
    "python language", "paris france", "tokyo japan", "berlin germany", "rome italy", "london england", "earth planet",
    "sugar sweet", "snow white", "humans mammals", "diamond carbon", "lemons sour",
)  # fmt: skip
FALSE = (
    "earth flat", "sun cold", "sun revolve earth", "sun orbit earth", "moon cheese", "pigs fly", "fish bicycle",
    "sun planet", "pluto planet", "humans fly", "earth square", "water dry", "paris germany",
    "sky green", "penguins fly", "fire cold",
)  # fmt: skip
OR = re.compile(
    r"^(?:which (?:is|one is|do you|would you|should i)[^,:?]*[,:]?\s{0,9}|(?:is|are|do|does|should|"
    r"would|will) .*?[,:]?\s)?(?P<left>[\w' -]{2,40}?) or (?P<right>[\w' -]{2,40})\?",
    re.I,
)
CHOICE_WORD = re.compile(
    r"^(?:is it|are you|do you prefer|would you rather|should i (?:use|choose|learn|pick|buy|get)|"
    r"which (?:is|one)|(?:what|who)(?:'s| is) (?:better|best|faster|bigger|larger))\b",
    re.I,
)
JUDGED = re.compile(r"\b(?:text|review|sentence|message|comment|email|statement)\b", re.I)
POLAR = " ".join(dict.fromkeys(word for language in LANGUAGES.values() for word in language.polar))
CUES: tuple[Cue, ...] = (
    (f"^^{POLAR} est peut faut sont dois puis as avez es y",),
    ("no false nein non", "yes true ja oui sí si"),
    ("or", "^^which what who what's who's"),
    (" ".join(LANGUAGES["tr"].polar),),
)


def answer(ask: Ask) -> str | None:
    """Yes or no, and a sentence about it unless one word is asked for."""
    language = ask.language
    lead = ask.lead.lstrip(" ¿¡'\"")
    either = EITHER.search(ask.look) if any(map(ask.lower.__contains__, EITHERS)) else None
    if either is None and "?" not in ask.look and ask.look.isascii():
        return None
    marked = MARKED.search(lead)
    question = lead[: marked.end()] if marked else lead
    first = re.match(r"[\w'’-]+", lead)
    word = first[0] if first else ""
    if language.code in ("ja", "zh", "ko"):
        if not re.search(
            r"(?:です|ます)か[？?。]?\s{0,9}$|吗[？?]?\s{0,9}$|(?:나요|까요|습니까|ㅂ니까|입니까)\??\s{0,9}$", lead
        ) or re.search(
            r"何|なぜ|どう|どの|どん|どれ|どち|いく|いつ|どこ|誰|什么|怎|哪|为何|무엇|왜|어떻게|언제|어디|누가", lead
        ):
            return None
        polar = True
    elif language.code in ("tr",):
        polar = "?" in question and any(each in language.polar for each in re.findall(r"\w+", question))
    elif language.code == "fr":
        polar = "?" in question and (
            bool(
                re.match(
                    r"est-ce qu|est-il|est-elle|peut-on|faut-il|y a-t-il|sont-ils|dois-je|puis-je|as-tu|avez-vous|"
                    r"es-tu",
                    lead,
                )
            )
            or word in language.polar
        )
    else:
        polar = word in language.polar and "?" in question and not REQUEST.match(lead) and not REQUESTS.match(lead)
    if not polar and not either and not (" or " in question and CHOICE_WORD.match(question)):
        return None
    if ask.ruled and not either and not polar:
        return None
    chosen = _choice(ask, question) if not either and " or " in question and language.code == "en" else None
    if chosen or not (polar or either):
        return chosen
    truth = _truth(ask)
    small = language.small
    words = ("True", "False") if TRUTH.search(ask.look) else (small.yes, small.no)
    said = words[0] if truth else words[1]
    if ask.bounds.is_brief or (either and (not polar or ONLY.search(ask.look))) or ask.ruled:
        return said
    stated = _stated(_statement(ask, question), truth) if language.code == "en" and words[0] == "Yes" else ""
    if stated:
        return ask.bounds.clip(f"{said}, {stated}.")
    topic = topic_in(_statement(ask, question), language)
    sentence = f"{said}, {small.because[not truth].replace('{}', topic)}{language.stop}"
    if language.code in ("ja", "zh"):
        sentence = f"{said}{'、' if language.code == 'ja' else '，'}{small.because[not truth].replace('{}', topic)}。"
    return ask.bounds.clip(sentence)


def _statement(ask: Ask, question: str) -> str:
    at = ask.lower.find(question.strip("?？ ")[:40])
    return ask.look[at:] if at >= 0 and question.strip("?？ ") else ask.prompt


SIMPLE = re.compile(
    r"^(?P<verb>is|are|was|were|does|do|did|can|has|have|will|should) (?P<subject>(?:the|a|"
    r"an) [a-z-]+|\d[\d.,]*(?: ?[+*/-] ?\d+)*|[A-Z][\w.]*(?: [A-Z][\w.]*)*|it|this|he|she|they|we|"
    r"[a-z]+s(?= (?!a\b|an\b|the\b)))\s{1,9}(?P<rest>[^?,]{2,80})\?",
    re.I,
)


def _stated(question: str, truth: bool) -> str:
    """The question as a statement, where its subject is plain: "17 is a prime number"."""
    found = SIMPLE.match(question.strip())
    if not found or not (
        found["subject"][0].isdigit()
        or found["subject"][:1].isupper()
        or found["subject"].split()[0] in ("the", "a", "an")
        or found["subject"].endswith("s")
    ):
        return ""
    verb, subject, rest = found["verb"].lower(), found["subject"], found["rest"].strip()
    if len(rest.split()) > 8 or (
        found["subject"].split()[0].lower() in ("the", "a", "an")
        and rest.split()[0] in ("of", "in", "for", "on", "with")
    ):
        return ""
    if verb in ("does", "do", "did"):
        return (
            f"{subject} {verb}{'' if truth else ' not'} {rest}" if not truth else f"{subject} {_inflected(verb, rest)}"
        )
    return f"{subject} {verb} {'' if truth else 'not '}{rest}".replace("can not", "cannot")


def _inflected(verb: str, rest: str) -> str:
    """*rest*, which began with a base verb, as the verb before it has it; as it is when that is not known."""
    first, _, more = rest.partition(" ")
    if verb == "does":
        first = third_person(first)
    elif verb == "did":
        return f"did {rest}"
    return f"{first} {more}".strip()


def _truth(ask: Ask) -> bool:
    """Whether the answer is yes: known, worked out, or drawn."""
    text = ask.look
    for pattern, decide in ((PROPERTY, _property), (COMPARED, _compared)):
        found = pattern.search(text)
        if found:
            decided = decide(found)
            if decided is not None:
                return decided
    leap = LEAP.search(text)
    if leap:
        year = int(leap[1])
        return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    capital = CAPITAL.search(text.lower())
    if capital and capital[2].strip() in CAPITALS:
        return CAPITALS[capital[2].strip()][1].lower() == capital[1].strip()
    kind = re.search(
        r"\b(?:is|are) (?:an? |the )?(\w+?)s? (?:an? )?(mammal|bird|fish|fruit|vegetable|insect|"
        r"animal|reptile|planet|language|amphibian|flower)s?\b",
        text.lower(),
    )
    if kind and kind[1] in SPECIES:
        return SPECIES[kind[1]] == kind[2] or (
            kind[2] == "animal" and SPECIES[kind[1]] in ("mammal", "bird", "fish", "insect", "amphibian", "animal")
        )
    words = set(ask.words)
    forms = words | {word + "s" for word in words} | {word.removesuffix("s") for word in words}
    negated = bool(words & {"not", "isn't", "never"})
    if any(set(line.split()) <= forms for line in FALSE):
        return negated
    if any(set(line.split()) <= forms for line in TRUE):
        return not negated
    instruction, body = ask.parts
    if body and JUDGED.search(instruction):
        if "positive" in words:
            return label_of(["positive", "negative"], body) == "positive"
        if "negative" in words:
            return label_of(["positive", "negative"], body) == "negative"
        if "spam" in words:
            return label_of(["spam", "ham"], body) == "spam"
    return ask.chance.below(3) > 0


def _property(found: "re.Match[str]") -> bool | None:
    number, what = int(found["number"]), found["what"].lower()
    if what == "even":
        return number % 2 == 0
    if what == "odd":
        return number % 2 == 1
    if found["by"]:
        return int(found["by"]) > 0 and number % int(found["by"]) == 0
    if "square" in what:
        root = int(number**0.5)
        return root * root == number or (root + 1) ** 2 == number
    if number > 10_000_000:
        return None
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


def _compared(found: "re.Match[str]") -> bool | None:
    left, right, how = found["left"] or found["one"], found["right"] or found["two"], (found["how"] or "equal").lower()
    try:
        one, two = evaluate(left.strip(" ,")), evaluate(right.strip(" ,."))
    except NotArithmetic:
        return None
    if how in ("equal", "the same"):
        return one == two
    return one > two if how in ("greater", "more", "larger", "bigger", "higher") else one < two


def _choice(ask: Ask, question: str) -> str | None:
    """One of two things that the question leaves."""
    if not CHOICE_WORD.match(question):
        return None
    found = re.search(
        r"(?:.*\b)?(?:rather|prefer|use|choose|learn|pick|buy|get|better|best|faster|bigger|larger|"
        r"[,:]|it)\s{1,9}(?:an? |the )?([\w' +#-]{1,40}?),? or (?:an? |the )?([\w' +#-]{1,40}?)(?: better|"
        r" faster| for .*)?\s{0,9}\?",
        question,
    )
    if not found:
        return None
    options = [found[1].strip(), found[2].strip()]
    shown = []
    for option in options:
        at = ask.lower.find(option)
        shown.append(ask.look[at : at + len(option)] if at >= 0 else option)
    chosen = ask.chance.below(2)
    first = shown[chosen][0].upper() + shown[chosen][1:]
    if ask.bounds.is_brief:
        return first
    return ask.bounds.clip(
        f"{first}. Both have their place, but {shown[chosen]} is the safer choice when you start, and "
        f"{shown[1 - chosen]} can follow when you know what you miss."
    )
