"""Guided decoding: answers that are one of some choices, match an expression, or are sentences of a grammar."""

import asyncio
import re
import threading
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema_rs
import orjson

from ..chance import Chance
from ..errors import ApiError
from .prose.forms.classification import label_of
from .structured.formats import Format
from .structured.hints import Hints
from .structured.patterns import PATIENCE, Pattern
from .tools import gbnf
from .tools.grammars import Grammars, WrongGrammar
from .tools.kept import Kept

if TYPE_CHECKING:
    from ..world import World

NAMES = {"json": "guided_json", "regex": "guided_regex", "choice": "guided_choice", "grammar": "guided_grammar"}
MADE = 8  # texts of an expression that are tried
SENTENCE = re.compile(r"[^.!?]*[.!?]")
FIRST_WORD = re.compile(r"\W*(\w[\w'-]*)")


class Guide(NamedTuple):
    """What an answer must be: one of *choices*, or a text that *pattern* matches as a whole, or one of *grammar*."""

    choices: tuple[str, ...] = ()
    pattern: str = ""
    grammar: str = ""


def guided(body: dict[str, Any]) -> tuple[Guide | None, Format | None]:
    """What the fields `guided_*` of *body* ask for: a guide, or a form of JSON.

    Raises:
        ApiError: 400, they ask for several things, or for what is none.
    """
    asked = {kind: body[name] for kind, name in NAMES.items() if body.get(name) is not None}
    if len(asked) > 1:
        raise ApiError(400, f"Only one guided-decoding constraint can be set; received: {', '.join(asked)}",
                       code="invalid_value", param=NAMES[next(iter(asked))])  # fmt: skip
    if "json" in asked:
        return None, Format(_schema(asked["json"]), "guided_json", False)
    if "choice" in asked:
        return Guide(choices=tuple(asked["choice"])), None
    if "regex" in asked:
        if not Pattern(asked["regex"]).is_good:
            raise _wrong("regex", "it is not a regular expression that is understood")
        return Guide(pattern=asked["regex"]), None
    return (Guide(grammar=gbnf.lark_of(asked["grammar"])), None) if "grammar" in asked else (None, None)


class Guides:
    """Finds what guides let say, in threads where that takes long."""

    def __init__(self, world: "World | None" = None) -> None:
        self._grammars = Grammars() if world is None else world.engine(Kept).grammars
        self._lock = threading.Lock()  # of the threads: a grammar is worked out once

    async def settle(self, guide: Guide, prompt: str, plain: str, hints: Hints, chance: Chance) -> Guide:
        """The *guide* that lets say one text of all those that this *guide* does; *plain* is the answer without it.

        Raises:
            ApiError: 400, there is none, or none was found.
        """
        if guide.choices:
            return Guide((_chosen(guide.choices, prompt, plain),))
        return Guide((await asyncio.to_thread(self._found, guide, plain, hints, chance),))

    def _found(self, guide: Guide, plain: str, hints: Hints, chance: Chance) -> str:
        if not guide.grammar:
            return _matching(guide, plain, hints, chance)
        try:
            with self._lock:
                return self._grammars.sentence(guide.grammar, hints, chance)
        except WrongGrammar as wrong:
            raise _wrong("grammar", str(wrong)) from None


def _matching(guide: Guide, plain: str, hints: Hints, chance: Chance) -> str:
    """A text that the guide's pattern matches: a part of the *plain* answer, words of the prompt, or any."""
    pattern = Pattern(f"^(?:{guide.pattern})$")
    said = (*_parts(plain), *hints.quoted, *hints.tokens, *(str(number.value) for number in hints.numbers))
    for text in (*said, *islice(pattern.texts(chance), MADE)):
        if text and pattern.matches(text) and not text.endswith("\n"):
            return text
    if pattern.matches(""):
        return ""
    raise _wrong("regex", "no text was found that matches it")


def _chosen(choices: tuple[str, ...], prompt: str, plain: str) -> str:
    """The one of *choices* that the *plain* answer begins with, else the one that fits the prompt."""
    said = plain.strip().lower()
    for choice in sorted(choices, key=len, reverse=True):
        if choice and re.match(rf"{re.escape(choice.strip().lower())}(?!\w)", said):
            return choice
    return label_of(choices, prompt)


def _parts(text: str) -> Iterator[str]:
    """*text*, its first paragraph, its sentences, what is equal to something, and the first word of it."""
    yield text
    yield text.partition("\n")[0].strip()
    yield from (found[0].strip() for found in islice(SENTENCE.finditer(text), 4))
    if "=" in text:
        yield text.rpartition("=")[2].strip(" .")
    if word := FIRST_WORD.match(text):
        yield word[1]


def _schema(given: Any) -> dict[str, Any]:
    """The schema that `guided_json` is, or that its text is.

    Raises:
        ApiError: 400, it is none.
    """
    if isinstance(given, str):
        try:
            given = orjson.loads(given)
        except orjson.JSONDecodeError as error:
            raise _wrong("json", f"it is not valid JSON: {error}") from None
    if not isinstance(given, dict):
        raise _wrong("json", "it is not the schema of anything")
    try:
        jsonschema_rs.Draft202012Validator(given, offline=True, pattern_options=PATIENCE)
    except (ValueError, jsonschema_rs.ReferencingError, RecursionError) as error:
        raise _wrong("json", str(error).split("\n", maxsplit=1)[0]) from None
    return given


def _wrong(kind: str, reason: str) -> ApiError:
    return ApiError(400, f"Invalid '{NAMES[kind]}': {reason}.", code="invalid_value", param=NAMES[kind])
