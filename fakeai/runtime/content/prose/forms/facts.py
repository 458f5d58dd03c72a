"""Facts: questions whose answer stands in a table."""

import re
from collections.abc import Iterable

from ..ask import Ask
from ..cues import Cue
from ..facts.known import CAPITAL_SENTENCES, CAPITALS, FOREIGN_CAPITALS, INDEX, Fact

CUES: tuple[Cue, ...] = (
    (
        " ".join(INDEX)
        + " capital capitals hauptstadt capitale hoofdstad stolica stolicą stolicy столица столице столицу "
        "столицы столицей столиця столиці столицю",
    ),
)
CAPITAL = re.compile(r"\bcapital(?: city)? of (?:the country of |the nation of )?((?:the )?[a-zà-ÿ]+(?: [a-z]+){0,3})")
CAPITAL_OF = re.compile(r"\b([a-z]+(?: [a-z]+)?)'s capital\b")
EITHER = re.compile(r"\b(?:yes (?:or|/) ?no|yes/no|true or false|true/false)\b")
LONGEST = 240  # characters of a question
FOREIGN = {code: dict(pair.split(":", 1) for pair in table.split()) for code, table in FOREIGN_CAPITALS.items()}
CAPITAL_WORDS = re.compile(r"hauptstadt|capitale|capital|hoofdstad|stolic|столиц|首都|수도")


def answer(ask: Ask) -> str | None:
    """The sentence that answers the question, or the answer alone when that is asked for."""
    if len(ask.prompt) > LONGEST or EITHER.search(ask.lower):  # yes_no says which
        return None
    found = look_up(ask)
    if found is None:
        return None
    short, sentence = found
    if ask.bounds.is_brief:
        return ask.bounds.clip(short)
    return ask.bounds.clip(sentence) if ask.bounds.are_set else sentence


def look_up(ask: Ask) -> tuple[str, str] | None:
    """The answer to the question of *ask*, short and as a sentence."""
    if ask.language.code != "en":
        return _foreign(ask)
    question, mark, _ = ask.lower.partition("?")
    return fact(question + mark, ask.words)


def fact(question: str, words: Iterable[str]) -> tuple[str, str] | None:
    """The answer to *question*, in lower case, which has *words*."""
    found = CAPITAL.search(question) or CAPITAL_OF.search(question)
    if found:
        names = found[1].split()
        while names:
            known = CAPITALS.get(" ".join(names))
            if known:
                country, capital = known
                return capital, f"The capital of {country} is {capital}."
            names.pop()
    present = set(words)
    best: Fact | None = None
    for word in present:
        for each in INDEX.get(word, ()):
            if all(not present.isdisjoint(either) for either in each.words) and (
                best is None or (len(each.words), each.sentence) > (len(best.words), best.sentence)
            ):
                best = each
    return (best.short, best.sentence) if best else None


def _foreign(ask: Ask) -> tuple[str, str] | None:
    code = ask.language.code
    if code not in FOREIGN or not CAPITAL_WORDS.search(ask.lower):
        return None
    for country, capital in FOREIGN[code].items():
        if country in ask.lower:
            at = ask.lower.index(country)
            named = ask.look[at : at + len(country)]
            return capital, CAPITAL_SENTENCES[code].format(named, capital)
    return None
