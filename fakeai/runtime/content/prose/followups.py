"""Follow-ups: a few words that mean nothing without what was said before, put as a prompt that says it all."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .code.programs import NAMED as CODES
from .languages.detection import NAMED
from .sentences import sentences
from .topics import topic_of

SHORT = 60  # characters of what may refer back
HANDED = 6000  # characters of an answer that is worked on
MOST_POINTS = 9
USUAL = "Spanish"  # into which is translated when nobody says into which language

_POLITE = r"(?:please|pls|ok|okay|now|and|but|so|then|can you|could you|would you|thanks|[,. ])*\b"
_END = r"(?:,? (?:please|now|again|instead|for me|then))*[\s.?!]*"
_IT = r"(?:it|that|this|them|(?:your|the|that|this) (?:answer|text|response|reply|code|function|program|script))"
_MAKE = rf"(?:(?:(?:re)?write|make|keep|say|put|rephrase) {_IT} |be )?(?:(?:an? )?(?:bit|little|much|even|way|far) )?"
_CODES = (
    r"python|javascript|js|typescript|ts|java|golang|go|rust|ruby|php|swift|kotlin|c#|c\+\+|c|sql|bash|perl|lua|scala"
)


class Before(NamedTuple):
    """What was said before: what the user *asked*, and the answer that was *said*."""

    asked: str
    said: str


Says = Callable[[str, Before], str | None]


def _handed(request: str) -> Says:
    """To do as the *request* says with what was said."""
    return lambda word, before: f"{request}:\n{before.said[:HANDED]}"


def _points(word: str, before: Before) -> str:
    count = min(max(len(sentences(before.said[:HANDED])), 2), MOST_POINTS)
    return f"Summarize this text in {count} bullet points:\n{before.said[:HANDED]}"


def _translated(language: str, before: Before) -> str | None:
    if language and language.lower() not in NAMED:
        return None
    return f"Translate this into {language or USUAL}:\n{before.said[:HANDED]}"


def _in_language(language: str, before: Before) -> str | None:
    return f"{before.asked.rstrip()}\nAnswer in {language.capitalize()}." if language.lower() in NAMED else None


def _in_code(code: str, before: Before) -> str:
    """What was asked, in another programming language."""
    for _, named in CODES:
        was = named.search(before.asked.lower())
        if was:
            word = f"in {code}" if was[0].startswith("in ") else code
            return f"{before.asked[: was.start()]}{word}{before.asked[was.end() :]}"
    return f"{before.asked.rstrip(' .!?')} in {code}"


# What refers back, where one word of it may be a group, and the prompt that it stands for.
RULES: tuple[tuple[str, Says], ...] = (
    (
        rf"{_MAKE}(?:shorter|briefer|more concise|concise|brief|more briefly)|(?:shorten|condense) {_IT}|"
        r"(?:that is |that's |it's )?too long",
        _handed("Make this shorter"),
    ),
    (
        rf"summari[sz]e(?: {_IT})?|(?:in )?(?:a )?(?:short )?summary|tl;?dr|in short|in a nutshell",
        _handed("Summarize this text"),
    ),
    (rf"translate(?: {_IT})?(?: (?:in)?to (\w+))?", _translated),
    (rf"(?:say|write|put) {_IT} in ((?!{_CODES})\w+)", _translated),
    (rf"(?:(?:what|how) about |(?:the )?same |answer )?in ((?!{_CODES})\w+)", _in_language),
    (
        rf"(?:(?:what|how) about (?:in )?|(?:(?:the )?same |(?:(?:re)?write|do|make|show) {_IT} )?(?:in|into|with) )"
        rf"({_CODES})",
        _in_code,
    ),
    (
        rf"(?:(?:make|turn|(?:re)?write|put|show) {_IT} |give me )?(?:as |in |into )?(?:an? )?"
        r"(?:bullet(?:ed)? |numbered )?(?:list|bullets|points)",
        _points,
    ),
    (rf"{_MAKE}more (?:formal|professional|polite)", _handed("Rewrite this in a formal tone")),
    (rf"{_MAKE}(?:more (?:casual|informal|friendly)|friendlier)", _handed("Rewrite this in a casual tone")),
    (
        rf"{_MAKE}(?:simpler|clearer|in (?:simpler|simple|other|different) words)|"
        rf"(?:rephrase|reword|rewrite|simplify) {_IT}",
        _handed("Rewrite this in other words"),
    ),
    (
        rf"{_MAKE}(?:longer|more detailed|in more detail)|(?:give me |tell me |with )?more(?: details?)?|"
        rf"(?:elaborate|expand)(?: (?:on )?{_IT})?|tell me more(?: about {_IT})?|go on|continue",
        lambda word, before: f"{before.asked.rstrip()}\nAnswer in detail.",
    ),
    (
        r"why(?: (?:is|was) (?:that|this|it)(?: so)?|not)?|how so|how come|what for|what do you mean|really|"
        rf"explain(?: {_IT})?|are you sure",
        lambda word, before: f"Explain the reasons behind {topic_of(before.asked)}.",
    ),
    (
        r"(?:(?:try|do it|once|say it) )?again|another(?: one)?|one more|retry|(?:give me )?a different one",
        lambda word, before: before.asked,
    ),
)
REFERRING = re.compile(f"{_POLITE}(?:{'|'.join(f'({pattern})' for pattern, _ in RULES)}){_END}", re.I)


def _groups() -> dict[int, tuple[int, Says]]:
    """By the group of each rule: that of its word (0 for none), and what it stands for."""
    found, at = {}, 1
    for pattern, says in RULES:
        inner = re.compile(pattern).groups
        found[at] = (at + 1 if inner else 0), says
        at += 1 + inner
    return found


GROUPS = _groups()


def refers(text: str) -> bool:
    """Whether *text* means nothing without what was said before."""
    return len(text) <= SHORT and REFERRING.fullmatch(text) is not None


def followed(text: str, turns: Sequence[tuple[str, str]]) -> str:
    """The prompt that *text* stands for, after *turns*: what a user asked and what was answered, the last one last."""
    found = REFERRING.fullmatch(text)
    if found is None or not turns or not turns[-1][1].strip():
        return text
    asked = next((asked for asked, _ in reversed(turns) if not refers(asked)), turns[0][0])
    before = Before(asked, turns[-1][1].strip())
    for group, (inner, says) in GROUPS.items():
        if found[group] is not None:
            return says((found[inner] or "") if inner else "", before) or text
    return text
