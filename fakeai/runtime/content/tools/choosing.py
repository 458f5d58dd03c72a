"""Which tools a model calls, with what, and what it says of their results."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from ...chance import Chance
from ..messages import last_user_text, text_of
from ..prose.prose import FILLERS, MARKS
from ..structured.hints import Hints
from ..structured.instances import instance
from .toolbox import Tool, Toolbox

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")  # in a tool's name: get_weather, getWeather
RESULTS = ("tool", "function")  # roles


class Use(NamedTuple):
    """A call of *tool*, to be made with what *hints* say."""

    tool: Tool
    hints: Hints


def choose(toolbox: Toolbox, messages: Sequence[dict[str, Any]], chance: Chance) -> list[Use]:
    """The calls that a model makes in answer to *messages* (of chat); none when it answers with text."""
    if messages and messages[-1].get("role") in RESULTS:
        return []
    text = last_user_text(list(messages))
    said = _words(text)
    used = [tool for tool in toolbox.offered if said & _about(tool)]
    if toolbox.choice == "required":
        used = toolbox.offered if toolbox.names is not None and len(toolbox.names) == 1 else used or toolbox.offered[:1]
    return [Use(tool, _hints(tool, text)) for tool in (used if toolbox.parallel else used[:1])]


def arguments(use: Use, chance: Chance, now: float) -> str:
    """What the call of *use* gives to its tool: compact JSON that fits its parameters, or the text of a custom tool."""
    if use.tool.custom:
        return use.hints.text
    schema = use.tool.parameters or {"type": "object"}
    return orjson.dumps(instance(schema, use.hints.at(now), chance)).decode()


def heard(messages: Sequence[dict[str, Any]]) -> str:
    """What a model says of the results at the end of *messages* (of chat)."""
    results: list[str] = []
    for message in reversed(messages):
        if message.get("role") not in RESULTS:
            break
        results.insert(0, text_of(message.get("content")))
    return "\n\n".join(results)


def _hints(tool: Tool, text: str) -> Hints:
    return Hints.of(text)


def _words(text: str) -> set[str]:
    words = {word.strip(MARKS).lower() for word in text.split()}
    return {word for word in words if len(word) > 1 and word not in FILLERS}


def _about(tool: Tool) -> set[str]:
    """The words of a tool's name and description."""
    return _words(f"{' '.join(WORD.findall(tool.name))} {tool.description}")
