"""Sentences of a language that a grammar of Lark describes."""

import re
from typing import TYPE_CHECKING, Any

from ...chance import Chance
from ..structured.hints import Hints
from ..structured.patterns import Pattern

if TYPE_CHECKING:
    from lark import Lark

# What may have an arrow in it that is none, an arrow, and a regular expression.
TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"i?|//[^\n]*|->\s*\w+|/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+/[imslux]*')
KEPT = 20  # parsers
TRIES = 24
SIZE = 60  # rules that are applied before only the shortest way out is taken
MOST_RULES = 4000
ENDLESS = 1_000_000


class WrongGrammar(ValueError):
    """The grammar is none; the message says why."""


class Grammars:
    """Writes sentences of languages, and keeps the parsers of those that were used last."""

    def __init__(self) -> None:
        self._parsers: dict[str, Lark] = {}

    def sentence(self, definition: str, hints: Hints, chance: Chance) -> str:
        """A text of the language, with words of the prompt where it takes some.

        Raises:
            WrongGrammar: the *definition* is no grammar.
        """
        from lark.exceptions import LarkError

        parser = self._parsers.get(definition)
        if parser is None:
            if len(self._parsers) >= KEPT:
                del self._parsers[next(iter(self._parsers))]
            parser = self._parsers[definition] = parser_of(definition)
        writer, last = _Writer(parser, hints, chance), ""
        for attempt in range(TRIES):
            last = writer.write(attempt)
            try:
                parser.parse(last)
            except LarkError:  # a terminal takes what belongs to another
                continue
            return last
        return last


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


class _Writer:
    """Writes sentences by taking rules at random, the shortest ones when it has written much."""

    def __init__(self, parser: "Lark", hints: Hints, chance: Chance) -> None:
        self._chance, self._hints = chance, hints
        self._rules: dict[str, list[list[Any]]] = {}
        for rule in parser.rules:
            self._rules.setdefault(rule.origin.name, []).append(list(rule.expansion))
        self._patterns = {each.name: f"^(?:{each.pattern.to_regexp()})$" for each in parser.terminals}
        self._made: dict[str, Pattern] = {}
        self._blank = any(self._pattern(name).matches(" ") for name in parser.ignore_tokens)
        self._sizes = self._least()

    def write(self, attempt: int) -> str:
        """A sentence; later attempts use less of the prompt."""
        left = SIZE // (1 + attempt % 4)
        written: list[str] = []
        todo: list[tuple[str, bool]] = [("start", False)]
        taken = 0
        while todo and taken < MOST_RULES:
            name, is_terminal = todo.pop()
            if is_terminal:
                written.append(self._text(name, attempt))
                continue
            taken += 1
            options = self._rules.get(name, [[]])
            if taken > left:
                options = [min(options, key=self._size)]
            chosen = options[self._chance.below(len(options))]
            todo += [(symbol.name, symbol.is_term) for symbol in reversed(chosen)]
        return self._joined(written)

    def _joined(self, written: list[str]) -> str:
        if not self._blank:
            return "".join(written)
        made = ""
        for text in written:
            touches = made[-1:].isalnum() and text[:1].isalnum()
            made += f" {text}" if touches else text
        return made

    def _text(self, name: str, attempt: int) -> str:
        """A text of a terminal: a word of the prompt, or any."""
        pattern = self._pattern(name)
        if attempt < TRIES // 2:
            said = [
                word
                for word in (*self._hints.quoted, *self._hints.tokens, *(str(n.value) for n in self._hints.numbers))
                if pattern.matches(word)
            ]
            if said:
                return said[self._chance.below(len(said))]
        return next(iter(pattern.texts(self._chance)), "")

    def _pattern(self, name: str) -> Pattern:
        if name not in self._made:
            self._made[name] = Pattern(self._patterns.get(name, ""))
        return self._made[name]

    def _least(self) -> dict[str, int]:
        """How many rules the shortest text of each rule takes."""
        sizes = dict.fromkeys(self._rules, ENDLESS)
        self._sizes = sizes
        changed = True
        while changed:
            changed = False
            for name, options in self._rules.items():
                least = 1 + min(self._size(option) for option in options)
                if least < sizes[name]:
                    sizes[name] = least
                    changed = True
        return sizes

    def _size(self, option: list[Any]) -> int:
        return sum(0 if symbol.is_term else self._sizes.get(symbol.name, 0) for symbol in option)
