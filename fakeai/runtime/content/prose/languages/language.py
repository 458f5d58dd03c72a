"""A language: the sentences that prose is made of in it, and the words that stand for it in a prompt."""

from dataclasses import dataclass
from typing import NamedTuple


class Small(NamedTuple):
    """What is said when little is to be said; `{}` is what it is about."""

    hello: tuple[str, ...]
    thanks: str  # answers thanks
    who: str  # answers "who are you?"
    yes: str
    no: str
    because: tuple[str, str]  # goes on after Yes and No


@dataclass(frozen=True, eq=False)
class Language:
    """The tables of one language.

    In sentences `{}` is the topic, as the prompt writes it; the character before it belongs to it: a space, or a
    quotation mark where words are not divided or their endings would have to change. Before that character and after
    `{}` stand no letters of other words, and sentences end with a letter, so that a token ends wherever they are cut.
    *sentences* are as many as a prime number, so that every stride through them meets each once.
    """

    code: str
    name: str  # in English
    stop: str  # ends a sentence
    gap: str  # stands between sentences
    openings: tuple[str, ...]
    sentences: tuple[str, ...]
    remarks: tuple[str, ...]
    closings: tuple[str, ...]
    small: Small
    fillers: frozenset[str]  # words that are no topic
    polar: frozenset[str]  # words that begin a question whose answer is yes or no
    it: str  # the topic of a prompt that has none

    @property
    def marks_topic(self) -> bool:
        """Whether the topic stands in quotation marks."""
        return " {}" not in self.openings[0]
