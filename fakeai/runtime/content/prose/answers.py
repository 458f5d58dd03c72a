"""Which form an answer has: words of the prompt name forms that are worth a look, and the first that answers is it."""

import re
from collections.abc import Callable, Iterable, Sequence
from types import ModuleType

from .ask import Ask
from .bounds import ALONE_WORDS, LONG_WORDS, MEASURES, SHORT_WORDS
from .code import programs
from .forms import (
    agents,
    arithmetic,
    choices,
    classification,
    commits,
    context,
    counting,
    essays,
    extraction,
    facts,
    images,
    json_objects,
    letters,
    lists,
    manners,
    regexes,
    repetition,
    rewriting,
    stories,
    summaries,
    titles,
    translation,
    verse,
    yes_no,
)
from .languages.detection import NAMED

# Who comes first answers first: what is said of the whole answer (an agent's format, JSON) before what is said in it.
FORMS: tuple[ModuleType, ...] = (
    images, agents, titles, commits, context, repetition, translation, json_objects, choices, classification, regexes,
    programs, summaries,
    extraction, rewriting, counting, arithmetic, lists, verse, stories, letters, essays, manners, facts, yes_no,
)  # fmt: skip
# Those that a system message may order for every message.
RULED: tuple[ModuleType, ...] = (
    context, translation, json_objects, classification, summaries, extraction, rewriting, commits, titles, verse,
    yes_no,
)  # fmt: skip
ANSWERS: tuple[Callable[[Ask], str | None], ...] = tuple(form.answer for form in FORMS)
BIT = {form: 1 << at for at, form in enumerate(FORMS)}
BOUNDED, LANGUAGE = 1 << len(FORMS), 2 << len(FORMS)  # the prompt says how long the answer is, or in which language
TRIGGERS: dict[str, int] = {}
for _form in FORMS:
    for _word in _form.WORDS:
        TRIGGERS[_word.lower()] = TRIGGERS.get(_word.lower(), 0) | BIT[_form]
for _word in NAMED:
    TRIGGERS[_word] = TRIGGERS.get(_word, 0) | LANGUAGE
for _word in (
    *MEASURES,
    *ALONE_WORDS,
    *SHORT_WORDS,
    *LONG_WORDS,
    "markdown",
):
    TRIGGERS[_word] = TRIGGERS.get(_word, 0) | BOUNDED
TRIGGERS["markdown"] |= BIT[essays]
for _word in "detail detailed depth comprehensive thorough everything exhaustive extensive elaborate deep".split():
    TRIGGERS[_word] |= BIT[essays]
UNSPACED = (
    BOUNDED | BIT[manners] | BIT[facts] | BIT[yes_no] | BIT[translation] | BIT[summaries]
)  # of languages whose words are not divided
WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
ASCII_WORDS = re.compile(r"[a-z]+")


def mask_of(words: Iterable[str]) -> int:
    """The forms that *words* name, as bits."""
    mask, known = 0, TRIGGERS.get
    for word in words:
        found = known(word)
        if found:
            mask |= found
    return mask


def answer(ask: Ask, mask: int) -> str | None:
    """What the first of the forms in *mask* answers; None when none does."""
    if arithmetic.SIGNS.search(ask.look):
        mask |= BIT[arithmetic]
    if ask.seen:
        mask |= BIT[images]
    forms = mask & (BOUNDED - 1)
    while forms:
        lowest = forms & -forms
        text = ANSWERS[lowest.bit_length() - 1](ask)
        if text:
            return text
        forms ^= lowest
    return None


def ruled_answer(ask: Ask, forms: Sequence[ModuleType]) -> str | None:
    """What the first of *forms*, which the system message orders, answers."""
    for form in forms:
        text: str | None = form.answer(ask)
        if text:
            return text
    return None
