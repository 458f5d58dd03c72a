"""Answers to prompts: seeded, readable, made of whole tokens, in the form and the language that a prompt asks for."""

from collections import OrderedDict
from dataclasses import replace

import xxhash

from ...chance import Chance
from ...tokens import Tokens
from .answers import BIT, BOUNDED, BRIEF, BRIEF_CUES, CUES, LANGUAGE, answer, ruled_answer, undivided
from .ask import SHOWN, Ask
from .bounds import KNOWN, Bounds
from .cues import ASCII_TABLE, Places, spaced
from .forms import arithmetic, essays
from .languages.detection import UNDIVIDED, asked_language, language_in, script_of
from .languages.english import ENGLISH, FILLERS
from .languages.language import Language
from .measured import measured, prose_of
from .parts import Part, trimmed
from .rules import Rules, rules_of
from .topics import MARKS, WORD, topic_in, topic_of
from .voice import Voice

__all__ = ["FILLERS", "MARKS", "WORD", "Part", "Prose", "topic_of", "trimmed"]

REMEMBERED = 4096  # prompts whose answer is prose
LONG = 256  # characters from which on a prompt is remembered by its hash
REMEMBERED_TEXTS = 1024  # other answers
LONGEST_REMEMBERED = 8_000  # characters of such an answer
SHORT = 160  # characters of a prompt that may be a greeting
REMEMBERED_RULES = 256  # system messages
READ = 100_000  # characters of a prompt; of a longer one, its beginning and its end
PER_TOKEN = 16  # characters of an answer that are cut into tokens for each that is wanted
NO_RULES = Rules()


class Found:
    """What answers a prompt: a *text*, or None when that is prose; and the *voice* and the *topic* of what follows."""

    __slots__ = ("begun", "text", "topic", "voice", "whole")

    def __init__(self, text: str | None, voice: Voice, topic: Part) -> None:
        self.text, self.voice, self.topic = text, voice, topic
        self.whole: Part | None = None  # the text's tokens, once they are cut
        self.begun: Part | None = None  # the first of them


class Prose:
    """A writer of answers. It keeps the tokens of what it says often: sentences, topics, answers."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._voices = {"en": Voice(tokens, ENGLISH)}
        self._plain: dict[str | bytes, Found] = {}
        self._texts: OrderedDict[tuple[object, ...], Found] = OrderedDict()
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
        rules = self._ruled(system) if system else NO_RULES
        key = prompt if len(prompt) < LONG else xxhash.xxh3_128_digest(prompt.encode("utf-8", "replace"))
        is_plain = not seen and not rules.says_something and verbosity == "medium"
        found = self._plain.get(key) if is_plain else None
        if found is None:
            entry = key, chance.key, system, verbosity, seen, model
            found = self._texts.get(entry)
            if found is None:
                found = self._considered(prompt, chance, rules, system, verbosity, seen, model)
                self._remember(key if is_plain and found.text is None else None, entry, found)
                chance = chance.again()  # the same prose, whatever was drawn on the way to it
            if found.text is not None:
                return self._text(found, chance, least, most)
        return self._end([], 0, found, chance, least, most)

    def _remember(self, plain: str | bytes | None, entry: tuple[object, ...], found: Found) -> None:
        if plain is not None:
            if len(self._plain) >= REMEMBERED:
                self._plain.clear()
            self._plain[plain] = found
        elif found.text is None or len(found.text) <= LONGEST_REMEMBERED:
            if len(self._texts) >= REMEMBERED_TEXTS:
                self._texts.popitem(last=False)
            self._texts[entry] = found

    def _end(
        self, parts: list[Part], size: int, found: Found, chance: Chance, least: int, most: int
    ) -> tuple[list[Part], bool]:
        """*parts*, which have *size* tokens, with as many paragraphs as are needed, at least one."""
        voice, topic = found.voice, found.topic
        end, paragraph_end = voice.end, voice.paragraph_end
        while True:
            size += voice.paragraph(parts, topic, chance)
            if size >= most or size + end.size >= least:
                parts.append(end)
                return (parts, True) if size + end.size <= most else trimmed(parts, most)
            parts.append(paragraph_end)
            size += paragraph_end.size

    def _text(self, found: Found, chance: Chance, least: int, most: int) -> tuple[list[Part], bool]:
        """The parts of the text that was *found*, and of paragraphs after it when it is too short."""
        text, tokens = found.text or "", self._tokens
        if found.whole is None:
            cut = tokens.boundary(text, PER_TOKEN * most)
            if cut < len(text) and least <= most:  # the rest is not needed
                if found.begun is None or found.begun.size < most:
                    found.begun = Part(tokens.pieces(text[:cut]))
                if found.begun.size >= most:
                    return trimmed([found.begun], most)[0], False
            found.whole = Part(tokens.pieces(text))
        if found.whole.size >= most or found.whole.size >= least:
            return trimmed([found.whole], most)
        first = Part(tokens.pieces(text.rstrip() + "\n\n"))
        return self._end([first], first.size, found, chance, least, most)

    def _considered(
        self, prompt: str, chance: Chance, rules: Rules, system: str, verbosity: str, seen: str, model: str
    ) -> Found:
        """What answers *prompt*."""
        if len(prompt) > READ:
            prompt = f"{prompt[: READ // 2]}\n{prompt[-READ // 2 :]}"
        look = prompt if len(prompt) <= 2 * SHOWN + 100 else f"{prompt[:SHOWN]}\n{prompt[-SHOWN:]}"
        script = None if look.isascii() else script_of(look)
        data = look.encode().translate(ASCII_TABLE) if script in UNDIVIDED else spaced(look)
        present = set(data.split())
        places = CUES.forms(data, present)
        if len(prompt) <= BRIEF:
            places |= BRIEF_CUES.forms(data, present)
        if arithmetic.SIGNS.search(look):
            places[BIT[arithmetic]] = None
        language = written = script or language_in(look, present)
        if places.pop(LANGUAGE, None):
            language = asked_language(look, present) or language
        language = rules.language or language
        bounds = replace(rules.bounds) if rules.bounds else Bounds()
        if verbosity != "medium" and bounds.verbosity == "medium":
            bounds.verbosity = verbosity
        if written in UNDIVIDED:
            places |= undivided(look, len(prompt) <= SHORT)
            bounds.read_undivided(look)
        if places.pop(BOUNDED, None):
            bounds.read(look.lower(), KNOWN & present)
            if bounds.verbosity == "high":
                places[BIT[essays]] = None
        voice = self._voice(language)
        text = None
        ask = None
        if places or rules.says_something or seen or bounds.says_something or language is not written:
            ask = Ask(
                prompt, look, language, bounds, chance, present, system=system, seen=seen, model=model, written=written
            )
            text = self._answered(ask, places, rules)
        subject = ask.topic if ask else topic_in(prompt, language)
        topic = voice.topic(subject)
        if text is None and ask is not None:
            text = self._measured(ask, voice, topic, rules)
        return Found(text, voice, topic)

    def _answered(self, ask: Ask, places: Places, rules: Rules) -> str | None:
        """What the rules or a form answer."""
        if rules.fixed:
            return rules.fixed
        text = None
        if rules.forms:
            ruled = Ask(
                ask.prompt, ask.look, ask.language, ask.bounds, ask.chance, ask.present,
                system=ask.system, seen=ask.seen, model=ask.model, written=ask.written, ruled=True,
            )  # fmt: skip
            text = ruled_answer(ruled, rules.forms)
        if text is None:
            text = answer(ask, places)
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
