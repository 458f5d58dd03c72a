"""Questions about a picture: what it shows is told by whoever has seen it."""

import re

from ..ask import Ask
from .yes_no import EITHER

WORDS = "image picture photo photograph screenshot see shown describe caption bild imagen foto immagine imagem".split()
ASKS = re.compile(
    r"\b(?:image|picture|photo|photograph|screenshot|drawing|diagram|bild|imagen|foto|immagine|"
    r"imagem)\b|\bwhat (?:do|can) you see\b|^(?:describe|caption) (?:this|it|what you see)\b",
    re.I,
)
QUESTION = re.compile(
    r"\b(?:what|describe|caption|tell|who|which|is|are|how many|explain|analy[sz]e|was|qué|quoi|"
    r"read|identify|detect|where|do you see|can you see|decris|décris|beschreib\w*)\b",
    re.I,
)
MAKE = re.compile(r"\b(?:generate|create|draw|make|paint|design|resize|crop|upload|compress|prompt for|edit|convert)\b")


def answer(ask: Ask) -> str | None:
    """What the picture shows."""
    if not ask.seen:
        return None
    if not (ask.says(ASKS) and ask.says(QUESTION)) and len(ask.prompt.split()) > 6:
        return None
    if MAKE.search(ask.first):
        return None
    seen = ask.seen.strip().rstrip(".")
    article = seen.split()[0].lower() if seen else ""
    sentence = (
        f"This is {seen[0].lower() + seen[1:] if article in ('a', 'an', 'the', 'two', 'three', 'some') else seen}."
    )
    if EITHER.search(ask.look):
        return "Yes" if ask.bounds.is_brief else f"Yes. {sentence}"
    if ask.bounds.one_word:
        return seen.split()[-1].capitalize()
    if ask.bounds.are_set or ask.bounds.verbosity == "low" or "caption" in ask.words:
        return ask.bounds.clip(sentence)
    return sentence + " The main subject stands out clearly from its background, and the light is even."
