"""Questions about a picture: what it shows is told by whoever has seen it."""

import re

from ...words import stem
from ..ask import Ask
from ..languages.english import FILLERS, POLAR
from ..sentences import WORD
from .yes_no import EITHER, ONLY

CUES = ()  # what was seen is cue enough
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
# What is seen, as those say it who look at a picture: what it is like, and what it shows.
SHOWS = re.compile(
    r"(?:(an? .*?\b(?:image|picture|photo)\b.*?) (?:that shows|showing|"
    r"of(?! \d)) )?((?!an? \w+ (?:\w+ )?(?:image|video|recording)\b|a (?:video|recording|file)|"
    r"the file|an image).+)",
    re.S,
)
ABOUT = re.compile(
    r"$|what(?:'s| is| are| do| does)? (?:this|that|it|these|those|in|here|shown|happening|going on|you see|"
    r"colou?r|kind|animal|object)\b|describe\b|caption\b|who(?:'s| is) (?:this|that|she|he)\b|is there\b|are there\b|"
    r"how many\b|where (?:is|was) this\b|tell me what\b|read (?:this|it|the)\b"
)
MAKE = re.compile(r"\b(?:generate|create|draw|make|paint|design|resize|crop|upload|compress|prompt for|edit|convert)\b")


def answer(ask: Ask) -> str | None:
    """What the picture shows."""
    if not ask.seen:
        return None
    if not (ask.says(ASKS) and ("?" in ask.look or ask.says(QUESTION))) and not (
        len(ask.prompt) < 60 and ABOUT.match(ask.lead)
    ):
        return None
    if MAKE.search(ask.first):
        return None
    seen = ask.seen.strip().rstrip(".")
    shows = SHOWS.fullmatch(seen)
    thing = shows[2] if shows else seen
    sentence = f"{'The image shows' if shows else 'This is'} {thing}."
    first = ask.words[0] if ask.words else ""
    if EITHER.search(ask.look) or (first in POLAR and first not in ("can", "could", "would", "will")):
        asked = {stem(word) for word in ask.words if word not in FILLERS and word not in WORDS}
        said = "Yes" if asked & {stem(word) for word in WORD.findall(thing.lower())} else "No"
        return said if ask.bounds.is_brief or ONLY.search(ask.look) else f"{said}. {sentence}"
    if ask.bounds.one_word:
        return thing.split()[-1].capitalize()
    if ask.bounds.are_set or ask.bounds.verbosity == "low" or "caption" in ask.words or not shows:
        return ask.bounds.clip(sentence)
    return f"{sentence} It is {shows[1]}." if shows[1] else sentence
