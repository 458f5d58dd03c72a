"""Which tools a model calls, and with what."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from ...chance import Chance
from ..structured.hints import Hints
from . import custom
from .hearing import heard
from .kept import Kept
from .relevance import best, matches
from .splitting import parts, regions
from .talk import RESULTS, Talk
from .toolbox import Tool, Toolbox

__all__ = ("RESULTS", "Use", "arguments", "choose", "heard")

MOST_ROUNDS, MOST_TRIES = 8, 3  # of calls since the user spoke; of a call that failed
MOST_USES = 16
LATER = re.compile(
    r"\bthen\b|\bafter (?:that|this|which)\b|\bonce (?:you|that|it)\b|\buse (?:the|its|that|this) result", re.I
)
GOING_ON = re.compile(r"^\s*(?:and|what about|how about|same for|also|now|or)\b", re.I)
AGAIN = re.compile(
    r"try again|fix the error|retry|validation error|invalid argument|correct the|missing required", re.I
)
ENDING = re.compile(r"final|answer|finish|submit|respond|complete|done|output|result", re.I)
CLASS = re.compile(r"[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)*")  # the name of a class: what a framework wants an answer to be
SHORT = 60  # characters of a prompt that goes on with what was asked before


class Use(NamedTuple):
    """A call of *tool*, to be made with what *hints* say."""

    tool: Tool
    hints: Hints


def choose(toolbox: Toolbox, messages: Sequence[dict[str, Any]], chance: Chance, kept: Kept | None = None) -> list[Use]:
    """The calls that a model makes in answer to *messages* (of chat); none when it answers with text.

    What the user's last words ask for is planned as a whole, and what was called since is taken off the plan, so that
    every loop of an agent ends. *kept* is what is known of tools.
    """
    tools = toolbox.offered
    talk = Talk.of(messages)
    if not tools or talk.rounds >= MOST_ROUNDS:
        return []
    chooser = _Chooser(messages, talk, chance, kept or Kept())
    uses = chooser.required(tools) if toolbox.choice == "required" else chooser.wanted(tools)
    return uses[:MOST_USES] if toolbox.parallel and not toolbox.legacy else uses[:1]


def arguments(use: Use, chance: Chance, now: float, kept: Kept | None = None) -> str:
    """What the call of *use* gives to its tool: compact JSON that fits its parameters, or the text of a custom tool.

    Raises:
        ApiError: 400, the grammar of a custom tool is none.
    """
    kept = kept or Kept()
    hints = use.hints.at(now)
    if use.tool.custom:
        return custom.text(use.tool, hints, chance, kept.grammars)
    if not use.tool.parameters:
        return "{}"
    sparing = not _is_ending(use.tool)
    made = kept.instances.instance(use.tool.parameters, hints, chance, name=use.tool.name, sparing=sparing)
    return orjson.dumps(made).decode() if isinstance(made, dict) else "{}"


class _Chooser:
    """Chooses calls in one conversation."""

    def __init__(self, messages: Sequence[dict[str, Any]], talk: Talk, chance: Chance, kept: Kept) -> None:
        self._messages, self._talk, self._chance, self._kept = messages, talk, chance, kept

    def wanted(self, tools: list[Tool]) -> list[Use]:
        """The calls that the user's words ask for and that were not made."""
        talk = self._talk
        if talk.ends and talk.results and AGAIN.search(talk.results[-1].text):
            return self._again(tools)
        plan = self._plan(tools)
        made = Counter(call.name for call in talk.calls)
        left = []
        for use in plan:
            if made[use.tool.name] > 0:
                made[use.tool.name] -= 1
            else:
                left.append(use)
        if len({use.tool.name for use in plan}) > 1 and LATER.search(talk.text):
            left = [use for use in left if use.tool is left[0].tool]
        return [self._informed(use) for use in left]

    def required(self, tools: list[Tool]) -> list[Use]:
        """The calls that are made because one must be."""
        talk = self._talk
        if talk.ends and talk.results:
            wanted = self.wanted(tools)
            if wanted:
                return wanted[:1] if len(tools) == 1 else wanted
            called = {call.name for call in talk.calls}
            ends = [tool for tool in tools if tool.name not in called and _is_ending(tool)]
            return [Use(ends[0], Hints.of(talk.text).told(heard(self._messages)))] if ends else []
        if len(tools) == 1:
            return [Use(tools[0], Hints.of_messages(self._messages))]
        wanted = self.wanted([tool for tool in tools if not _is_ending(tool)])
        if wanted:
            return wanted
        ending = next((tool for tool in tools if _is_ending(tool)), None)
        tool = best(tools, talk.text, self._kept.profiles) or ending or tools[0]
        return [Use(tool, Hints.of_messages(self._messages))]

    def _plan(self, tools: list[Tool]) -> list[Use]:
        """The calls that the user's last words ask for, in their order."""
        talk = self._talk
        found = matches(tools, talk.text, self._kept.profiles)
        if not found and talk.before and len(talk.text) < SHORT and GOING_ON.search(talk.text):
            names = {call.name for call in talk.before}
            again = [tool for tool in tools if tool.name in names]
            return [Use(tool, Hints.of(part)) for tool in again for part in parts(tool, talk.text)]
        uses = []
        for match, region in zip(found, regions(talk.text, found), strict=True):
            for piece in parts(match.tool, region) if match.tool.parameters else (region,):
                hints = Hints.of(piece)
                if region is not talk.text and not (hints.names or hints.places or hints.numbers or hints.quoted):
                    hints = Hints.of(f"{piece}. {talk.text}")  # what it is about stands elsewhere
                uses.append(Use(match.tool, hints))
        return uses

    def _informed(self, use: Use) -> Use:
        """*use* with what earlier calls gave, which comes first where its own words name nothing."""
        if not self._talk.results:
            return use
        hints = use.hints
        told = " ".join(result.text for result in self._talk.results)
        if hints.places or hints.numbers or hints.quoted or hints.emails:
            return use._replace(hints=Hints.of(f"{hints.text}\n{told}"))
        return use._replace(hints=Hints.of(f"{told}\n{hints.text}"))

    def _again(self, tools: list[Tool]) -> list[Use]:
        """The call whose result asks for another try, with other arguments; none when it was tried often enough."""
        talk = self._talk
        name = talk.results[-1].call.name
        tool = next((tool for tool in tools if tool.name == name), None)
        tries = sum(call.name == name for call in talk.calls)
        if tool is None or tries >= MOST_TRIES:
            return []
        planned = [use for use in self._plan(tools) if use.tool is tool]
        for use in (*planned, Use(tool, Hints.of_messages(self._messages))):
            given = arguments(use, self._chance, 0.0, self._kept)
            if all(call.arguments != given for call in talk.calls):
                return [use]
        return []


def _is_ending(tool: Tool) -> bool:
    """Whether a tool takes the answer itself."""
    return not tool.custom and (CLASS.fullmatch(tool.name) is not None or ENDING.search(tool.name) is not None)
