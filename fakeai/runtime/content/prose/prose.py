"""Answers to prompts: seeded, readable, made of whole tokens, in the form and the language that a prompt asks for."""

from ...chance import Chance
from ...tokens import Tokens
from .answers import ASCII_WORDS, BOUNDED, LANGUAGE, UNSPACED, WORDS, answer, mask_of, ruled_answer
from .ask import SHOWN, Ask
from .bounds import Bounds
from .forms import essays
from .languages.detection import asked_language, language_of
from .languages.english import ENGLISH, FILLERS
from .languages.language import Language
from .measured import measured, prose_of
from .parts import Part, trimmed
from .rules import Rules, rules_of
from .topics import MARKS, WORD, topic_in, topic_of
from .voice import Voice

__all__ = ["FILLERS", "MARKS", "WORD", "Part", "Prose", "topic_of", "trimmed"]

REMEMBERED = 4096  # prompts whose answer is prose
LONGEST_REMEMBERED = 512  # characters of such a prompt
REMEMBERED_RULES = 256  # system messages
NO_RULES = Rules()


class Prose:
    """A writer of answers. It keeps the tokens of what it says often: sentences, runs of sentences, topics."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._voices = {"en": Voice(tokens, ENGLISH)}
        self._plain: dict[str, tuple[Voice, Part]] = {}
        self._rules: dict[str, Rules] = {}

    def write(
        self,
        prompt: str,
        chance: Chance,
        least: int,
        most: int,
        *,
        system: str = "",
        verbosity: str = "medium",
        seen: str = "",
        model: str = "",
    ) -> tuple[list[Part], bool]:
        """The parts of an answer to *prompt* and whether it came to its own end.

        They have at least *least* tokens and at most *most*. *system* is the system message, *seen* says what a
        picture in the prompt shows, *model* is who answers.
        """
        plain, rules = self._plain.get(prompt), NO_RULES
        if system:
            rules = self._ruled(system)
        if plain is None or seen or rules.says_something or verbosity != "medium":
            text, voice, topic = self._considered(prompt, chance, rules, system, verbosity, seen, model)
            if text is not None:
                return self._text(text, voice, topic, chance, least, most)
            plain = voice, topic
        voice, topic = plain
        parts: list[Part] = []
        return self._end(parts, 0, voice, topic, chance, least, most)

    def _end(
        self, parts: list[Part], size: int, voice: Voice, topic: Part, chance: Chance, least: int, most: int
    ) -> tuple[list[Part], bool]:
        """*parts*, which have *size* tokens, with as many paragraphs as are needed, at least one."""
        end, paragraph_end = voice.end, voice.paragraph_end
        while True:
            size += voice.paragraph(parts, topic, chance)
            if size >= most or size + end.size >= least:
                parts.append(end)
                return (parts, True) if size + end.size <= most else trimmed(parts, most)
            parts.append(paragraph_end)
            size += paragraph_end.size

    def _text(
        self, text: str, voice: Voice, topic: Part, chance: Chance, least: int, most: int
    ) -> tuple[list[Part], bool]:
        """The parts of *text*, and of paragraphs after it when it is too short."""
        whole = Part(self._tokens.pieces(text))
        if whole.size >= most or whole.size >= least:
            return trimmed([whole], most)
        first = Part(self._tokens.pieces(text.rstrip() + "\n\n"))
        return self._end([first], first.size, voice, topic, chance, least, most)

    def _considered(
        self, prompt: str, chance: Chance, rules: Rules, system: str, verbosity: str, seen: str, model: str
    ) -> tuple[str | None, Voice, Part]:
        """The text that answers *prompt*, or None when that is prose; the voice and the topic of what follows."""
        look = prompt if len(prompt) <= 2 * SHOWN + 100 else f"{prompt[:SHOWN]}\n{prompt[-SHOWN:]}"
        words = WORDS.findall(look.lower())
        mask = mask_of(words)
        language = written = language_of(look, words)
        if mask & LANGUAGE:
            language = asked_language(look) or language
        language = rules.language or language
        if not look.isascii() and language is not ENGLISH:
            mask |= UNSPACED | mask_of(ASCII_WORDS.findall(look.lower()))
        bounds = Bounds(verbosity=verbosity)
        rules.bound(bounds)
        if mask & BOUNDED:
            bounds.read(look.lower(), words)
        voice = self._voice(language)
        text = None
        ask = None
        if mask or rules.says_something or seen or bounds.verbosity != "medium" or any(map(str.isdigit, words)):
            ask = Ask(
                prompt, look, words, language, bounds, chance, system=system, seen=seen, model=model, written=written
            )
            text = self._answered(ask, mask, rules)
        subject = ask.topic if ask else topic_in(prompt, language)
        topic = voice.topic(subject)
        if text is None and ask is not None:
            text = self._measured(ask, voice, topic, rules)
        if (
            text is None
            and not (seen or rules.says_something)
            and verbosity == "medium"
            and len(prompt) <= LONGEST_REMEMBERED
        ):
            if len(self._plain) >= REMEMBERED:
                self._plain.clear()
            self._plain[prompt] = voice, topic
        return text, voice, topic

    def _answered(self, ask: Ask, mask: int, rules: Rules) -> str | None:
        """What the rules or a form answer."""
        if rules.fixed:
            return rules.fixed
        text = None
        if rules.forms:
            ruled = Ask(
                ask.prompt, ask.look, ask.words, ask.language, ask.bounds, ask.chance,
                system=ask.system, seen=ask.seen, model=ask.model, written=ask.written, ruled=True,
            )  # fmt: skip
            text = ruled_answer(ruled, rules.forms)
        if text is None:
            text = answer(ask, mask)
            if text is not None and (rules.before or rules.after or rules.case):
                text = rules.dress(text)
        return text

    def _measured(self, ask: Ask, voice: Voice, topic: Part, rules: Rules) -> str | None:
        """Prose that keeps bounds or rules; None when there are none."""
        bounds = ask.bounds
        dressed = bool(rules.before or rules.after or rules.case)
        if bounds.are_set:
            text = measured(ask)
        elif bounds.verbosity == "high":
            text = essays.sections(ask, ask.topic)
        elif bounds.verbosity == "low":
            parts: list[Part] = []
            voice.brief(parts, topic, ask.chance)
            text = "".join([part.text for part in parts]) + voice.language.stop
        elif dressed:
            text = prose_of(ask.language, ask.topic, bounds, ask.chance)
        else:
            return None
        return rules.dress(text) if dressed else text

    def _voice(self, language: Language) -> Voice:
        voice = self._voices.get(language.code)
        if voice is None:
            voice = self._voices[language.code] = Voice(self._tokens, language)
        return voice

    def _ruled(self, system: str) -> Rules:
        rules = self._rules.get(system)
        if rules is None:
            if len(self._rules) >= REMEMBERED_RULES:
                self._rules.clear()
            rules = self._rules[system] = rules_of(system)
        return rules
