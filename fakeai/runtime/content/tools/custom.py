"""What a custom tool is given: text, of the language of its grammar where it has one."""

import re

from ...chance import Chance
from ...errors import ApiError
from ..structured import requests, texts
from ..structured.draws import Draws
from ..structured.hints import Hints
from ..structured.patterns import Pattern
from .grammars import Grammars, WrongGrammar
from .toolbox import Tool

CODE = re.compile(r"code|python|script|program|exec|interpreter|repl", re.I)
SHELL = re.compile(r"shell|bash|terminal|command", re.I)
SQL = re.compile(r"sql|query_db|database", re.I)
PATCH = re.compile(r"patch|diff", re.I)
TRIES = 8  # texts of a pattern


class _Name:
    """What a text is for, where there is no schema."""

    name, words, sample = "input", ("input",), None


def text(tool: Tool, hints: Hints, chance: Chance, grammars: Grammars) -> str:
    """The input of a call of *tool*: code for a tool that runs some, else what the prompt asks for.

    Raises:
        ApiError: 400, its grammar is none.
    """
    if tool.grammar is not None:
        try:
            return _of_grammar(tool.grammar, hints, chance, grammars)
        except WrongGrammar as wrong:
            raise ApiError(400, f"Invalid grammar for custom tool '{tool.name}': {wrong}", code="invalid_value",
                           param="tools") from None  # fmt: skip
    about = f"{tool.name} {tool.description}"
    draws = Draws(hints, chance, 1, sparing=True)
    if SQL.search(about):
        return texts.sql(draws, _Name())
    if CODE.search(tool.name) or (CODE.search(about) and not SHELL.search(tool.name)):
        return texts.program(draws, _Name())
    if SHELL.search(about):
        return texts.command(draws, _Name())
    if PATCH.search(tool.name):
        return _patch(hints)
    return requests.request(hints)


def _of_grammar(grammar: dict[str, str], hints: Hints, chance: Chance, grammars: Grammars) -> str:
    if grammar["syntax"] == "lark":
        return grammars.sentence(grammar["definition"], hints, chance)
    pattern = Pattern(f"^(?:{grammar['definition']})$")
    for said in (*hints.quoted, *hints.tokens, requests.request(hints)):
        if pattern.matches(said):
            return said
    return next((made for made, _ in zip(pattern.texts(chance), range(TRIES), strict=False)), "")


def _patch(hints: Hints) -> str:
    file = hints.files[0] if hints.files else "notes.txt"
    return f"*** Begin Patch\n*** Add File: {file}\n+{requests.request(hints)}\n*** End Patch"
