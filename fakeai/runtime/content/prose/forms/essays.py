"""Essays, articles, guides and long explanations, in Markdown as a model writes them."""

import re

from ..ask import Ask
from ..cues import Cue
from ..measured import Sentences, prose_of
from .verse import _subject

CUES: tuple[Cue, ...] = (
    (
        "write draft compose create generate give prepare produce need make schreib schreibe schreiben écris "
        "escribe scrivi rédige redacta send help craft tell",
        "description essay article blog report guide tutorial overview documentation readme speech review "
        "aufsatz ensayo essai",
    ),
    ("markdown",),
    ("with", "headings sections"),
)
ASKS = re.compile(
    r"\b(?:write|draft|compose|create|generate|give|prepare|produce|i need|make|schreib\w*|écris|"
    r"escribe|scrivi)\b[^.\n]{0,80}\b(?:essay|article|blog post|report|guide|tutorial|overview|"
    r"documentation|readme|speech|review|aufsatz|ensayo|essai|product description)\b",
    re.I,
)
MARKED = re.compile(
    r"\b(?:in|using|with|as) markdown\b|\bmarkdown (?:format|headings?|document)\b|\bwith (?:headings|sections)\b", re.I
)
ABOUT = re.compile(r"\b(?:about|on|of|for|to|covering|regarding|über|sur|sobre|su)\s{1,9}([^\n.?!;:]{2,80})", re.I)
HEADINGS = {
    "en": ("Why it matters", "How it works", "In practice", "Common mistakes", "What to do next"),
    "de": ("Warum es wichtig ist", "Wie es funktioniert", "In der Praxis", "Häufige Fehler", "Wie es weitergeht"),
    "fr": ("Pourquoi c'est important", "Comment cela fonctionne", "En pratique", "Erreurs fréquentes", "Et ensuite"),
    "es": ("Por qué importa", "Cómo funciona", "En la práctica", "Errores comunes", "Qué hacer después"),
    "it": ("Perché è importante", "Come funziona", "In pratica", "Errori comuni", "Che cosa fare dopo"),
    "pt": ("Por que importa", "Como funciona", "Na prática", "Erros comuns", "O que fazer depois"),
    "nl": ("Waarom het telt", "Hoe het werkt", "In de praktijk", "Veelgemaakte fouten", "Wat nu"),
}


def answer(ask: Ask) -> str | None:
    """A text with sections."""
    found = ask.find(ASKS)
    wants_long = ask.bounds.verbosity == "high" and not ask.ruled
    if not found and not wants_long and not MARKED.search(ask.look[:500]):
        return None
    if ask.ruled:
        return None
    if (
        re.match(r"^(?:what|how|why|when|who|is|are) ", ask.lead)
        and not wants_long
        and not MARKED.search(ask.look[:500])
    ):
        return None
    about = ABOUT.search(ask.look, found.end()) if found else None
    if found and "description" in found[0].lower() and not ask.bounds.are_set:
        made = Sentences(ask.language, _subject(about[1]) if about else ask.topic, ask.chance)
        return made.join([made.opening, made.next(), made.next(), made.closing])
    topic = _subject(about[1]) if about else ask.topic
    if ask.bounds.are_set:
        return prose_of(ask.language, topic, ask.bounds, ask.chance)
    return sections(ask, topic)


def sections(ask: Ask, topic: str) -> str:
    """A heading, a beginning, three or more sections of which one is a list, and an end."""
    language = ask.language
    headings = HEADINGS.get(language.code)
    stop = language.stop
    made = Sentences(language, topic, ask.chance)
    text = [f"# {topic[0].upper()}{topic[1:]}", made.join([made.opening, made.next(), made.next()])]
    count = 5 if ask.bounds.verbosity == "high" else 3
    for at in range(count):
        if headings:
            text.append(f"## {headings[at]}")
        elif at:
            text.append("---")
        if at % 2:
            text.append("\n".join(f"- {made.next()}{stop}" for _ in range(3)))
        else:
            part = Sentences(language, topic, ask.chance)
            text.append(made.join([part.remark if at else made.next(), made.next(), made.next()]))
    text.append(f"{made.closing}{stop}")
    return "\n\n".join(text)
