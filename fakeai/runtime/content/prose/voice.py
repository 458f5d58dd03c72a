"""A voice: the prose of one language, sentence by sentence, each cut into tokens once."""

import re

from ...chance import Chance
from ...tokens import Tokens
from .languages.language import Language
from .parts import Frame, Part

REMEMBERED_TOPICS = 4096
LEAD = re.compile(r"[\s«„“‘「]+$")  # the space and the mark before a topic, which are of one token with it


class Voice:
    """The tokens of what is said often in one language: sentences and topics."""

    def __init__(self, tokens: Tokens, language: Language) -> None:
        self._tokens, self.language = tokens, language
        stop = language.stop
        between = stop + language.gap
        self.end, self.paragraph_end = self._part(stop), self._part(f"{stop}\n\n")
        self._lead = LEAD.search(language.openings[0].partition("{}")[0])[0]  # type: ignore[index]
        self._openings = [self._frame(sentence) for sentence in language.openings]
        self._sentences = [self._part(between + sentence) for sentence in language.sentences]
        self._remarks = [self._frame(between + sentence) for sentence in language.remarks]
        self._closings = [self._frame(between + sentence) for sentence in language.closings]
        self._limits = (
            len(self._openings), len(self._sentences), len(self._sentences) - 1, 2,
            len(self._remarks), len(self._closings), 4,
        )  # fmt: skip
        self._first = [self._part(f"{stop}\n\n- {sentence}") for sentence in language.sentences]
        self._bullets = [self._part(f"{stop}\n- {sentence}") for sentence in language.sentences]
        self._fresh = [self._frame(sentence) for sentence in language.remarks]  # that begin a paragraph
        self._topics: dict[str, Part] = {}

    def topic(self, text: str) -> Part:
        """The tokens of a topic."""
        topic = self._topics.get(text)
        if topic is None:
            if len(self._topics) >= REMEMBERED_TOPICS:
                self._topics.clear()
            topic = self._topics[text] = self._part(self._lead + text)
        return topic

    def paragraph(self, parts: list[Part], topic: Part, chance: Chance) -> int:
        """Add an opening, some sentences, a remark and a closing without its full stop; how many tokens that is.

        One time in four the sentences are a list, and one time in four the remark begins a paragraph.
        """
        opening, at, stride, more, remark, closing, shape = chance.draw(*self._limits)
        head, tail = self._openings[opening]
        parts += (head, topic, tail) if tail else (head,)
        size = head.size + (topic.size + tail.size if tail else 0)
        size += self._run(parts, at, stride + 1, 3 + more, not shape)
        if shape > 1:
            remarks = self._remarks
        else:
            remarks = self._fresh
            parts.append(self.paragraph_end)
            size += self.paragraph_end.size
        for head, tail in (remarks[remark], self._closings[closing]):
            parts.append(head)
            if tail:
                parts += (topic, tail)
                size += topic.size + tail.size
            size += head.size
        return size

    def brief(self, parts: list[Part], topic: Part, chance: Chance) -> int:
        """Add an opening and one or two sentences, without their full stop; how many tokens that is."""
        opening, at, stride, more, *_ = chance.draw(*self._limits)
        head, tail = self._openings[opening]
        made = (head, topic, tail) if tail else (head,)
        parts += made
        return sum([part.size for part in made]) + self._run(parts, at, stride + 1, 1 + more)

    def _run(self, parts: list[Part], at: int, stride: int, count: int, listed: bool = False) -> int:
        """Add *count* different sentences, from the one *at* on, each *stride* further; how many tokens that is."""
        table, size = self._sentences, 0
        for number in range(count):
            if listed:
                table = self._bullets if number else self._first
            part = table[at]
            parts.append(part)
            size += part.size
            at = (at + stride) % len(table)
        return size

    def _frame(self, sentence: str) -> Frame:
        head, slot, tail = sentence.partition(self._lead + "{}")
        return self._part(head), self._part(tail) if slot else None

    def _part(self, text: str) -> Part:
        return Part(self._tokens.pieces(text))
