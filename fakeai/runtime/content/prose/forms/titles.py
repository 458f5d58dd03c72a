"""Titles, tags and follow-up questions for a conversation, as chat applications ask for them; slogans and names."""

import re

import orjson

from ..ask import Ask
from ..cues import Cue
from ..facts.categories import NAMES, QUESTIONS, TITLES
from ..languages.detection import language_of
from ..languages.english import FILLERS
from ..topics import topic_in
from ..values import count_in
from .extraction import keywords_in
from .lists import fill

CUES: tuple[Cue, ...] = (
    (
        "title titles tags follow follow_ups conversation chat slogan tagline headline titel título titre "
        "queries autocomplete emoji",
    ),
)
CONVERSATION = re.compile(
    r"<chat_history>|\bchat history\b|\bconversation\b|\bthis chat\b|\bdialog(?:ue)?\b|"
    r"\bthe following (?:messages?|exchange)\b|\bmessages\b",
    re.I,
)
TITLE = re.compile(
    r"\btitle\b|\btitel\b|\btítulo\b|\btitre\b|\b(?:name|summari[sz]e) (?:this|the) (?:conversation|chat)", re.I
)
TAGS = re.compile(r"\btags\b.{0,300}\b(?:categori|theme|topic)|\"tags\"\s{0,9}:", re.I | re.S)
FOLLOW = re.compile(r"\bfollow[- _]?ups?\b", re.I)
QUERIES = re.compile(r"\"queries\"\s{0,9}:|\bsearch quer(?:y|ies)\b.*\b(?:chat history|conversation)", re.I | re.S)
HISTORY = re.compile(
    r"<chat_history>(.*?)(?:</chat_history>|\Z)|(?:chat history|conversation|messages?|"
    r"dialog(?:ue)?)\s{0,9}:\s{0,9}(.*)\Z",
    re.I | re.S,
)
USER = re.compile(
    r"(?:^|\n)\s{0,9}(?:[#*> -]*)(?:user|human|you|me|q|"
    r"question)\s{0,9}(?:\*\*)?:\s{0,9}(.+?)(?=\n\s{0,9}[#*> -]*(?:assistant|ai|bot|gpt|model|user|human|a|"
    r"answer)\s{0,9}(?:\*\*)?:|\Z)",
    re.I | re.S,
)
FOR = re.compile(
    r"\b(?:title|headline|slogan|tagline|catchphrase|titel|titre|título)s?\b.{0,40}?\b(?:for|"
    r"about|of|für|über|pour|sobre|para)\s{1,9}(?:a |an |the |my |our |this )?(?:blog post |article |"
    r"essay |story |book |paper |video |post |company |brand |product |app |startup )*(?:about |"
    r"on |called |that |for )?\s{0,9}([^\n.?!]{0,100})",
    re.I,
)
EMOJI = re.compile(r"\bemoji\b", re.I)
EMOJIS = "💡🧭🔍📘🛠️🌱🧩📈"
READ = 4000  # characters of a history
SMALL = frozenset("a an and as at but by for in of on or the to vs with".split())


def answer(ask: Ask) -> str | None:
    """A title, tags, questions or queries."""
    look = ask.look if not ask.ruled else ask.system[:2000]
    if CONVERSATION.search(look) if ask.ruled else ask.find(CONVERSATION):
        found = _of_conversation(ask, look)
        if found:
            return found
    if ask.ruled:
        return None
    if (
        len(ask.prompt) < 600
        and re.match(
            r"^(?:write|give|suggest|generate|create|come up with|propose|make|what(?:'s| is) a good|"
            r"invent|think of|i need|catchy|title|slogan|headline)\b",
            ask.lead,
        )
        and "json" not in ask.words
    ):
        named = FOR.search(ask.look)
        if (
            named
            and not count_in(ask.look[: named.start(1)])
            and "titles" not in ask.words
            and "headlines" not in ask.words
        ):
            subject = named[1].strip() or ask.topic
            slogan = re.search(r"slogan|tagline|catchphrase", ask.lower)
            if slogan:
                return ask.pick(
                    ("{}, made simple.", "Better days begin with {}.", "{}: small steps, big difference.", "Simply {}.")
                ).replace("{}", _capital(subject))
            return fill(TITLES, title_case(subject), 1, ask.chance.below(len(TITLES)))[0]
    return None


def _of_conversation(ask: Ask, look: str) -> str | None:
    wants_json = re.search(r"json", look, re.I) is not None
    text = ask.prompt[: 4 * READ]
    found = HISTORY.search(text)
    history = (found[1] or found[2] if found else ask.body) or ""
    if not history.strip():
        return None
    history = history.strip()[:READ]
    said = USER.search(history)
    first = said[1].strip() if said else history
    language = language_of(first[:500], re.findall(r"\w+", first[:500].lower()))
    topic = topic_in(first, language)
    if TAGS.search(look) and not re.search(r"\btitle\b", look[:300], re.I):
        tags = [word.capitalize() for word in keywords_in(first, 3)] or ["General"]
        return orjson.dumps({"tags": tags}).decode() if wants_json else ", ".join(tags)
    if FOLLOW.search(look):
        lines = fill(QUESTIONS, topic, 3, ask.chance.below(len(QUESTIONS)))
        return orjson.dumps({"follow_ups": lines}).decode() if wants_json else "\n".join(lines)
    if QUERIES.search(look):
        return orjson.dumps({"queries": [topic]}).decode() if wants_json else topic
    if not TITLE.search(look):
        return None
    words = topic.split()[:5]
    while len(words) > 1 and words[-1].lower() in FILLERS:
        words.pop()
    title = title_case(" ".join(words)) if language.gap and language.code != "de" else _capital(" ".join(words))
    title = re.sub(r"^(?:The|A|An) ", "", title)
    if len(title.split()) == 1 and language.code == "en" and "word" in ask.lower:
        title += " Overview"
    if EMOJI.search(look) and not re.search(r"no emoji|without emoji|don't use emoji", look, re.I):
        title = f"{EMOJIS[ask.chance.below(2)]} {title}"
    return orjson.dumps({"title": title}).decode() if wants_json else title


def title_case(text: str) -> str:
    """*text* with capitals as titles have them."""
    words = text.split()
    return " ".join(
        word if (at and word.lower() in SMALL) or not word.islower() else _capital(word)
        for at, word in enumerate(words)
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def brand(subject: str, ask: Ask) -> str:
    """A name for something that has to do with *subject*."""
    return ask.pick(NAMES).replace("{}", _capital(subject.split()[-1]))
