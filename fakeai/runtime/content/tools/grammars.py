"""Sentences of a language that a grammar of Lark describes."""

import asyncio
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ...chance import Chance
from ..structured.hints import Hints
from ..structured.patterns import Pattern

if TYPE_CHECKING:
    from lark import Lark

# What may have an arrow in it that is none, an arrow, and a regular expression.
TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"i?|//[^\n]*|->\s*\w+|/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+/[imslux]*')
KEPT = 20  # languages
TRIES = 24
SIZE = 60  # rules that are applied before only the shortest way out is taken
MOST_RULES = 4000
ENDLESS = 1_000_000


class WrongGrammar(ValueError):
    """The grammar is none; the message says why."""


class Grammars:
    """Writes sentences of languages, and keeps what it has worked out of those that were used last."""

    def __init__(self) -> None:
        self._languages: dict[str, _Language | str] = {}  # or what is wrong with a grammar

    def sentence(self, definition: str, hints: Hints, chance: Chance) -> str:
        """A text of the language, with words of the prompt where it takes some.

        Raises:
            WrongGrammar: the *definition* is no grammar.
        """
        language = self._language(definition)
        writer, last = _Writer(language, hints, chance), ""
        for attempt in range(TRIES):
            last = writer.write(attempt)
            if language.takes(last):
                break
        return last

    async def ready(self, definition: str) -> None:
        """Work out the language of a grammar in a thread, unless it is known; a wrong one is told of by `sentence`."""
        if definition not in self._languages:
            with suppress(WrongGrammar):
                await asyncio.to_thread(self.sentence, definition, Hints(), Chance(b""))

    def _language(self, definition: str) -> "_Language":
        language = self._languages.get(definition)
        if language is None:
            try:
                language = _Language(parser_of(definition))
            except WrongGrammar as wrong:
                language = str(wrong)
            if len(self._languages) >= KEPT:
                self._languages.pop(next(iter(self._languages)), None)  # which a thread may have done
            self._languages[definition] = language
        if isinstance(language, str):
            raise WrongGrammar(language)
        return language


def parser_of(definition: str) -> "Lark":
    """The parser of a grammar.

    Raises:
        WrongGrammar: the *definition* is none.
    """
    from lark import Lark
    from lark.exceptions import LarkError

    try:
        return Lark(TOKEN.sub(_plain, definition), parser="earley", start="start")
    except (LarkError, ValueError, RecursionError, AssertionError, KeyError, TypeError) as wrong:
        raise WrongGrammar(str(wrong).split("\n", maxsplit=1)[0]) from None


def _plain(token: re.Match[str]) -> str:
    """A *token* without what Lark takes otherwise than OpenAI does: names of branches, expressions for nothing."""
    text = token[0]
    if text.startswith("->"):
        return ""
    body, slash, flags = text[1:].rpartition("/")
    if text.startswith("/") and slash and body.rstrip(")").endswith("*") and _takes_nothing(body):
        at = body.rindex("*")
        return f"/{body[:at]}+{body[at + 1 :]}/{flags}?"
    return text


def _takes_nothing(expression: str) -> bool:
    try:
        return re.fullmatch(expression, "") is not None
    except (re.error, OverflowError, RecursionError):
        return False


class _Language:
    """What is known of the language of one grammar."""

    def __init__(self, parser: "Lark") -> None:
        self._parser = parser
        self.rules: dict[str, list[list[Any]]] = {}
        for rule in parser.rules:
            self.rules.setdefault(rule.origin.name, []).append(list(rule.expansion))
        self._patterns = {each.name: f"^(?:{each.pattern.to_regexp()})$" for each in parser.terminals}
        self._made: dict[str, Pattern] = {}
        self.blank = any(self.pattern(name).matches(" ") for name in parser.ignore_tokens)
        self._sizes: dict[str, int] = {}
        self._work_out_sizes()

    def takes(self, text: str) -> bool:
        """Whether *text* is of the language: a terminal may take what belongs to another."""
        from lark.exceptions import LarkError

        try:
            self._parser.parse(text)
        except LarkError:
            return False
        return True

    def pattern(self, name: str) -> Pattern:
        """What a terminal matches."""
        if name not in self._made:
            self._made[name] = Pattern(self._patterns.get(name, ""))
        return self._made[name]

    def size(self, option: list[Any]) -> int:
        """How many rules the shortest text of *option* takes."""
        return sum(0 if symbol.is_term else self._sizes.get(symbol.name, 0) for symbol in option)

    def _work_out_sizes(self) -> None:
        sizes = self._sizes = dict.fromkeys(self.rules, ENDLESS)
        changed = True
        while changed:
            changed = False
            for name, options in self.rules.items():
                least = 1 + min(self.size(option) for option in options)
                if least < sizes[name]:
                    sizes[name] = least
                    changed = True


class _Writer:
    """Writes sentences by taking rules at random, the shortest ones when it has written much."""

    def __init__(self, language: _Language, hints: Hints, chance: Chance) -> None:
        self._language, self._hints, self._chance = language, hints, chance

    def write(self, attempt: int) -> str:
        """A sentence; later attempts use less of the prompt."""
        language, left = self._language, SIZE // (1 + attempt % 4)
        written: list[str] = []
        todo: list[tuple[str, bool]] = [("start", False)]
        taken = 0
        while todo and taken < MOST_RULES:
            name, is_terminal = todo.pop()
            if is_terminal:
                written.append(self._text(name, attempt))
                continue
            taken += 1
            options = language.rules.get(name, [[]])
            if taken > left:
                options = [min(options, key=language.size)]
            chosen = options[self._chance.below(len(options))]
            todo += [(symbol.name, symbol.is_term) for symbol in reversed(chosen)]
        return self._joined(written)

    def _joined(self, written: list[str]) -> str:
        if not self._language.blank:
            return "".join(written)
        made = ""
        for text in written:
            touches = made[-1:].isalnum() and text[:1].isalnum()
            made += f" {text}" if touches else text
        return made

    def _text(self, name: str, attempt: int) -> str:
        """A text of a terminal: a word of the prompt, or any."""
        pattern = self._language.pattern(name)
        if attempt < TRIES // 2:
            said = [
                word
                for word in (*self._hints.quoted, *self._hints.tokens, *(str(n.value) for n in self._hints.numbers))
                if pattern.matches(word)
            ]
            if said:
                return said[self._chance.below(len(said))]
        return next(iter(pattern.texts(self._chance)), "")
