"""Multiple choice: the letter of an option, the right one where it is known or can be worked out."""

import re

import xxhash

from ...words import stem
from ..ask import Ask
from ..cues import Cue
from ..languages.english import FILLERS
from ..sentences import WORD
from .arithmetic import NotArithmetic, evaluate, shown_number
from .facts import fact

OPTION = re.compile(
    r"(?:^|\n|(?<=\s))\s{0,9}\(?([A-Ha-h])[).:]\s{1,9}([^\n]{1,400}?)(?=\s{1,9}\(?[A-Ha-h][).:]\s|\n|$)"
)
LETTER_ONLY = re.compile(r"\b(?:letter|option|only|just)\b|\banswer\s{0,9}:?\s{0,9}$", re.I)
CUES: tuple[Cue, ...] = (("option options choice choices b",),)
FIRST, SECOND = ("A)", "A.", "A:", "a)", "a.", "a:"), ("B)", "B.", "B:", "b)", "b.", "b:")  # options
READ = 3000  # characters at the end of a prompt
ASKS = re.compile(
    r"\b(?:multiple[- ]choice|choose|select|correct|options?|answer|which|what|who|where|how|letter)\b|\?", re.I
)
LEAD = re.compile(r"^.*?\b(?:what(?:'s| is)|calculate|compute|evaluate)\s{1,9}", re.I | re.S)


def answer(ask: Ask) -> str | None:
    """One of the options."""
    text = ask.prompt[-READ:]
    if not any(map(text.__contains__, FIRST)) or not any(map(text.__contains__, SECOND)):
        return None
    options = _options(text)
    if len(options) < 2:
        return None
    first = text.find(options[0][1])
    question = text[:first]
    if not ASKS.search(question) and not ASKS.search(text[-200:]):
        return None
    after = text[text.rfind(options[-1][1]) + len(options[-1][1]) :]
    question = after if "?" in after else question
    letter, chosen = options[_best(question, [option for _, option in options])]
    letter = letter.upper()
    if LETTER_ONLY.search(after) or LETTER_ONLY.search(question[:300]) or ask.bounds.is_brief:
        return letter
    return f"{letter}) {chosen}"


def _options(text: str) -> list[tuple[str, str]]:
    """The letters and texts of the last list of options."""
    found = [(letter, option.strip(" ,;")) for letter, option in OPTION.findall(text)]
    for at in range(len(found) - 1, -1, -1):  # the last A begins the list that counts
        if found[at][0].lower() == "a":
            run = [found[at]]
            for letter, option in found[at + 1 :]:
                if ord(letter.lower()) != ord(run[-1][0].lower()) + 1:
                    break
                run.append((letter, option))
            return run
    return []


def _best(question: str, options: list[str]) -> int:
    last = question.strip().split("\n\n")[-1]
    words = [word.lower() for word in WORD.findall(last)]
    known = fact(last.lower(), words)
    if known:
        wanted = {stem(word) for word in WORD.findall(known[0].lower())}
        for at, option in enumerate(options):
            have = {stem(word) for word in WORD.findall(option.lower())}
            if have and (have == wanted or (have <= wanted and not have <= FILLERS) or wanted <= have):
                return at
    try:
        value = shown_number(evaluate(LEAD.sub("", last).strip(" ?:\n")))
        for at, option in enumerate(options):
            if option.strip(" .") == value:
                return at
    except NotArithmetic:
        pass
    return int(xxhash.xxh3_64_intdigest((last + "|".join(options)).encode()) % len(options))
