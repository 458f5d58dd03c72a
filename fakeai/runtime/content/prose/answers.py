"""Which form an answer has: cues in the prompt name forms that are worth a look, and the first that answers is it."""

from collections.abc import Callable, Sequence
from types import ModuleType

from . import bounds
from .ask import Ask
from .code import programs
from .cues import Cue, Cues, Places
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
    ratings,
    regexes,
    repetition,
    rewriting,
    stories,
    summaries,
    tables,
    titles,
    translation,
    verse,
    yes_no,
)
from .languages.detection import ASKED

# Who comes first answers first: what is said of the whole answer (an agent's format, JSON) before what is said in it.
FORMS: tuple[ModuleType, ...] = (
    images, agents, titles, commits, context, repetition, translation, json_objects, choices, ratings, classification,
    regexes, programs, summaries,
    extraction, rewriting, counting, arithmetic, tables, lists, verse, stories, letters, essays, manners, facts, yes_no,
)  # fmt: skip
# Those that a system message may order for every message.
RULED: tuple[ModuleType, ...] = (
    context, translation, json_objects, classification, summaries, extraction, rewriting, commits, titles, verse,
    yes_no,
)  # fmt: skip
# Those that a prompt asks for where it begins.
IN_HEAD = (programs, counting, arithmetic, verse, stories, letters, essays, manners, facts, yes_no)
ANSWERS: tuple[Callable[[Ask], str | None], ...] = tuple(form.answer for form in FORMS)
BIT = {form: 1 << at for at, form in enumerate(FORMS)}
LANGUAGE, BOUNDED = 1 << len(FORMS), 2 << len(FORMS)  # the prompt may say in which language the answer is, how long
ALL_CUES: dict[int, Sequence[Cue]] = {BIT[form]: form.CUES for form in FORMS} | {LANGUAGE: ASKED, BOUNDED: bounds.CUES}
IN_BRIEF = (manners, facts)  # of prompts of at most BRIEF characters
BRIEF = max(manners.LONGEST, facts.LONGEST)
CUES = Cues(
    {form: cues for form, cues in ALL_CUES.items() if form not in [BIT[form] for form in IN_BRIEF]},
    sum(BIT[form] for form in IN_HEAD),
)
BRIEF_CUES = Cues({BIT[form]: form.CUES for form in IN_BRIEF})
# In languages whose words are not divided: what stands in a prompt that is worth a look.
UNSPACED: tuple[tuple[str, int], ...] = (
    ("总结 概括 摘要 要約 まとめ 요약", BIT[summaries]),
    ("翻译 译成 翻譯 翻訳 訳", BIT[translation]),
    ("吗 か 요 까 니", BIT[yes_no]),
    ("首都 수도", BIT[facts]),
)


def undivided(look: str, short: bool) -> Places:
    """The forms that *look*, whose words are not divided, may ask for; manners when the prompt is *short*."""
    found: Places = {form: None for words, form in UNSPACED if any(map(look.__contains__, words.split()))}
    if short:
        found[BIT[manners]] = None
    return found


def answer(ask: Ask, places: Places) -> str | None:
    """What the first of the forms answers whose cues stand at *places*; None when none does."""
    if ask.seen:
        places[BIT[images]] = None
    for form in sorted(places):
        ask.at(places[form])
        text = ANSWERS[form.bit_length() - 1](ask)
        if text:
            return text
    return None


def ruled_answer(ask: Ask, forms: Sequence[ModuleType]) -> str | None:
    """What the first of *forms*, which the system message orders, answers."""
    for form in forms:
        text: str | None = form.answer(ask)
        if text:
            return text
    return None
