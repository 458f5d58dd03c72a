"""Topics: the words of a prompt that say what it is about, as a phrase that can stand in a sentence."""

import re

from .languages.english import FILLERS, POLAR
from .languages.language import Language

WORD = re.compile(r"[^\W_][\w'’+#-]*")
MARKS = ".,;:!?\"'()[]{}<>«»“”„*_`|/\\"  # that stand around words
ENDS = tuple('.,;:!?)]}"”»')  # of a word after which a topic does not go on
LOOKED_AT = 200  # characters of the prompt in which its topic is looked for
LONGEST_TOPIC = 8  # words
LONGEST_TOPIC_TEXT = 80  # characters

LEADS = FILLERS | frozenset(
    "hi hello hey thanks explain describe discuss define introduce talk help write show briefly kindly want think i'm "
    "i'd i've what's who's where's how's let's there's it's that's don't me summary overview detail details short "
    "simple terms question answer following give understand understanding tell generate create "
    "compose draft produce suggest "
    "provide outline name continue complete repeat add erzähl".split()
)
DETERMINERS = frozenset("a an the this these that those my our your all some any".split())
NOUNS = frozenset(("list", "test", "word"))  # of the fillers, that are topics unless they begin a request
PLAIN_LEADS = LEADS - NOUNS
STOPPERS = frozenset(
    "please so that which when while because but if as briefly not i i'm we you too always never step using like "
    "considering given assuming then within under".split()
)
ABBREVIATIONS = frozenset("vs. e.g. i.e. dr. mr. mrs. st. etc. u.s. no. jr.".split())
TRIMMED = frozenset("work works function functions operate happen matter mean exist important".split())
VERBS = frozenset(
    "add affect answer ask bake balance become begin boil bring build buy cache calculate call "
    "carry catch cause change "
    "check choose clean clear collect combine compare compile compress compute configure connect control convert cook "
    "copy count create cut debug decide delete deploy design detect digest draw drive enable "
    "encode encrypt enter evaluate "
    "exchange execute explore export extract fall feel fetch fight filter find fit fix fly follow format generate grow "
    "handle hide hold implement import improve influence insert install join jump keep learn load lose lower manage "
    "measure merge migrate monitor move negotiate open optimize order organize paint parse pay plan play pick predict "
    "prepare prevent print produce profile promote protect prove query raise reach read reduce relate remove rename "
    "repair replace resize restart restore reverse roll rotate run save scale schedule search "
    "secure see sell send serve "
    "set sleep solve sort speak speed split start stay stop store stream structure study swap "
    "teach track train transform "
    "trim tune turn update upgrade upload validate verify visualize wait walk warm wash win".split()
)
DOUBLED = frozenset("begin cut debug fit plan put run set split stop swap trim win".split())

JAPANESE_TOPIC = re.compile(
    r"^(.{1,40}?)(?:について|に関して|とは|って|を(?:説明|教え|紹介)|の(?:仕組み|説明)|は(?:何|なに|なぜ|どう|いつ|どこ|どの))"
)
CHINESE_LEAD = re.compile(
    r"^(?:用[一二两三四五六七八九十\d]+(?:句话|句|个字|字)|请|麻烦|帮我|给我|能不能|可以|你能|为我|向我|用中文|简单|详细|什么是|解释|介绍|告诉我|谈谈|说说|"
    r"说明|讲讲|描述|为什么|如何|怎么|怎样|一下|关于)+"
)
CHINESE_TAIL = re.compile(r"(?:是什么意思|是什么|怎么样|为什么|的原理|吗|呢|吧)?[？?。！!\s]*$")
SENTENCE_END = re.compile(r"[。！？!?\n，,、]")
PARTICLE = re.compile(r"(?:이란|란|에서|에|의|은|는|을|를)$")

SUBJECT = re.compile(r"[이가]\s{1,9}(?:무엇|뭐|뭔|왜|어떻게)")
WRITTEN = re.compile(
    r"^\s{0,9}(?:(?:can|could|would) you |please )*(?:write|give|tell|create|compose|draft|generate|"
    r"make|produce|i need|provide|share|say)\b[^.?!\n]{0,60}?\b"
    r"(?:about|on the (?:topic|subject) of|regarding)\s{1,9}",
    re.I,
)
# What LIMIT finds has one of these, by the word with which it begins; or one of UNITS, after one of BEFORE_UNITS.
LIMITS = (
    (" in ", (
        " in detail", " in depth", " in short", " in brief", " in general", " in simple ", " in plain ",
        " in layman", " in great ", " in full ", " in more ", " in other ", " in your own ",
    )),
    (" for ", (
        " for me", " for a five", " for a 5", " for a six", " for a 10", " for a ten", " for beginners", " for kids",
        " for children",
    )),
    (" to ", (" to me", " to a child", " to a five", " to a 5", " to a kid", " to a beginner", " to beginners")),
)  # fmt: skip
UNITS = ("word", "sentence", "line", "paragraph", "character", "bullet", "nutshell", "minute")
BEFORE_UNITS = ("in ", "with ", "using ", "within ", "under ")
LIMIT = re.compile(
    r"(?:^|\s{1,9})(?:in|with|using|within|under)\s{1,9}(?:(?:at most|less than|fewer than|no more than|"
    r"about|around|exactly|only|just|up to|under|the form of)\s{1,9})*"
    r"(?:\d+|one|two|three|four|five|ten|a few|an?|a single|a couple of)[ -](?:short |long |"
    r"simple )?(?:words?|sentences?|lines?|paragraphs?|characters?|bullet points?|nutshell|"
    r"minute)\b"
    r"|\s{1,9}in (?:detail|depth|short|brief|general)\b|\s{1,9}in (?:simple|plain|layman's|short|great|"
    r"full|more|other|your own) \w+"
    r"|\s{1,9}(?:for (?:me|a (?:five|5|six|10|ten)|beginners|kids|children)|to (?:me|a (?:child|five|"
    r"5|kid|beginner)|beginners))\b.*$",
    re.I | re.S,
)


def gerund(verb: str) -> str:
    """The form of *verb* that ends in -ing."""
    if verb in DOUBLED:
        return verb + verb[-1] + "ing"
    return (verb[:-1] if verb.endswith("e") and not verb.endswith(("ee", "ye", "oe")) else verb) + "ing"


def third_person(verb: str) -> str:
    """The form of *verb* that goes with "it"."""
    if verb == "have":
        return "has"
    if verb.endswith(("s", "x", "ch", "sh", "o")):
        return verb + "es"
    return verb[:-1] + "ies" if verb.endswith("y") and verb[-2] not in "aeou" else verb + "s"


def topic_of(prompt: str) -> str:
    """What an English *prompt* is about: "the capital of France", "caching prefixes"; "this" when nothing says it."""
    text = prompt[:LOOKED_AT]
    if " about " in text or " subject of" in text or " topic of" in text or "regarding" in text:
        text = WRITTEN.sub("", text, count=1)
    if _is_limited(text.lower()):
        text = LIMIT.sub("", text)
    words = text.split()
    count, led = len(words), []
    for at, word in enumerate(words):
        if word in PLAIN_LEADS:
            led.append(word)
            continue
        bare = word.strip(MARKS)
        if not (bare.isascii() or any(map(str.isalnum, bare))):  # a picture
            continue
        lower = bare.lower()
        if bare and (lower not in LEADS or (bare.isupper() and len(bare) > 1)) and not bare.isdigit():
            break
        if (
            at
            and lower in NOUNS
            and at + 1 < count
            and words[at + 1].lower() not in ("of", "that", "which", "the", "a")
        ):
            break
        led.append(lower)
    else:
        return _one_word(prompt) or "this"
    lead = led[-1] if led else ""
    if not led and at + 2 < count and words[at].lower() in VERBS and words[at + 1].lower() in DETERMINERS:
        at, lead = at + 2, words[at + 1].lower()  # "Run a command"
    chosen: list[str] = []
    for word in words[at : at + LONGEST_TOPIC]:
        lower = word.lower()
        if chosen and lower in STOPPERS:
            break
        chosen.append(word)
        if not word[-1].isalnum() and word.endswith(ENDS) and lower not in ABBREVIATIONS:
            break
    chosen[0], chosen[-1] = chosen[0].lstrip(MARKS), chosen[-1].strip(MARKS)
    while len(chosen) > 1 and (chosen[-1].lower() in FILLERS or chosen[-1].lower() in TRIMMED or not chosen[-1]):
        chosen.pop()
    asked = next((at for at, word in enumerate(led) if word in WH), None)
    article = [lead] if lead in ("the", "a", "an") else []
    if asked is not None:
        chosen = _clause(led[asked:], article, chosen)
    elif lead == "to" and chosen[0] in VERBS:
        chosen[0] = gerund(chosen[0])
    elif led and led[0] in POLAR and "you" not in led and "me" not in led and len(chosen) > 1 and "?" in text:
        chosen = article + chosen[:-1]
    else:
        chosen = article + chosen
    return " ".join(chosen)[:LONGEST_TOPIC_TEXT].strip(MARKS + " ") or "this"


def _is_limited(text: str) -> bool:
    """Whether LIMIT may find something in *text*, in small letters."""
    inside = text.__contains__
    if any(map(inside, BEFORE_UNITS)) and any(map(inside, UNITS)):
        return True
    for begins, limits in LIMITS:  # noqa: SIM110 - a generator would cost more than the loop
        if begins in text and any(map(inside, limits)):
            return True
    return False


WH = frozenset(("how", "why", "when", "where", "what", "who", "which"))


def _clause(led: list[str], article: list[str], chosen: list[str]) -> list[str]:
    """*chosen*, the rest of a question that began with the words *led*, as a noun phrase."""
    first, second, last = led[0], led[1] if len(led) > 1 else "", led[-1]
    if chosen[0] in VERBS and last in ("to", "i", "we", "you", "one", "how", "why", "should"):
        return [gerund(chosen[0]), *chosen[1:]]
    whole = article + chosen
    if len(chosen) == 1:
        return whole
    bare = len(led) == 1 + len(article)
    if first == "who" and bare:
        return ["who", *whole]
    if first == "what" and bare and not article and chosen[0].endswith("s") and chosen[0].islower():
        return ["what", *whole]
    if first in ("how", "why") and (bare or (second == "do" and len(led) == 2 + len(article) and len(chosen) <= 5)):
        return [first, *whole]
    if first in ("how", "why") and second == "does":
        for at in range(1, len(chosen)):
            if chosen[at] in VERBS or chosen[at] == "have":
                return [first, *article, *chosen[:at], third_person(chosen[at]), *chosen[at + 1 :]]
        return whole
    if first in ("why", "when", "where") and second in ("is", "are", "was", "were", "did", "do", "does"):
        return article + chosen[:-1]
    return whole


def _one_word(prompt: str) -> str:
    """The longest word of a prompt that has only small ones."""
    words = [word.strip(MARKS) for word in prompt[:LOOKED_AT].split()]
    found = [word for word in words if word and not word.isdigit() and word.lower() not in FILLERS]
    return max(found, key=len, default="")[:LONGEST_TOPIC_TEXT]


def topic_in(prompt: str, language: Language) -> str:
    """What *prompt* is about, which is written in *language*."""
    if language.code == "en":
        topic = topic_of(prompt)
        return language.it if topic == "this" else topic
    text = prompt.strip()[:LOOKED_AT]
    if language.code == "ja":
        found = JAPANESE_TOPIC.match(text)
        topic = found[1] if found else SENTENCE_END.split(text, maxsplit=1)[0][:20]
    elif language.code == "zh":
        topic = CHINESE_TAIL.sub("", SENTENCE_END.split(CHINESE_LEAD.sub("", text), maxsplit=1)[0])[:20]
    else:
        topic = _phrase(text, language)
    topic = topic.strip(MARKS + " 。、，？！「」『』“”‘’«»„…¿¡")
    if not topic or (language.marks_topic and not topic[-1].isalnum()):
        return language.it
    return topic[:LONGEST_TOPIC_TEXT]


KEPT = frozenset("le la les l' el los las il lo i gli o a os as het de the der die das un une una".split())


def _phrase(text: str, language: Language) -> str:
    """The first words of *text* that are not among the small ones of its language, with those between them."""
    fillers, before = language.fillers, ""
    chosen: list[str] = []
    for word in text.split():
        bare = word.strip(MARKS + "¿¡،؟।")
        lower = bare.lower()
        if not chosen and (lower in fillers or not bare or bare.isdigit()):
            before = lower
            continue
        chosen.append(bare)
        if len(chosen) >= LONGEST_TOPIC - 2 or bare != word.lstrip("\"'«“„¿¡([") or len(bare) == 0:
            break
    while len(chosen) > 1 and chosen[-1].lower() in fillers:
        chosen.pop()
    if language.code == "ko" and chosen:
        chosen[-1] = PARTICLE.sub("", chosen[-1]) or chosen[-1]
        if SUBJECT.search(text):
            chosen[-1] = chosen[-1].rstrip("이가") or chosen[-1]
    if chosen and before in KEPT and language.code in ("fr", "es", "it", "pt", "nl"):
        chosen.insert(0, before)
    return " ".join(word for word in chosen if word)
