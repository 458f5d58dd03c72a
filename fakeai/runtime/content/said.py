"""What a model says: reasoning first, then a text, a refusal or calls of tools."""

from collections.abc import Sequence
from typing import NamedTuple

from .generation import Text

NOTHING = Text([], "stop")


class ToolCall(NamedTuple):
    """One call of a tool: *arguments* are JSON for a function, any text for a *custom* tool.

    The tokens of its name come before those of the arguments; *lead* is how many they are. It may stand in a
    *namespace*.
    """

    name: str
    lead: int
    arguments: Text
    custom: bool = False
    namespace: str = ""

    @property
    def size(self) -> int:
        return self.lead + self.arguments.size


class Said(NamedTuple):
    """One answer. Its tokens come in the order of the fields; an answer has a *text* or *calls*.

    *finish_reason* is `stop`, `length`, `tool_calls` or `content_filter`. Of a prediction, *accepted* tokens stand in
    the text and *rejected* ones do not; *passes* is then the forward pass that makes each token, instead of one each.
    *delay* is how many seconds it begins late.
    """

    reasoning: Text
    text: Text
    calls: Sequence[ToolCall]
    finish_reason: str
    is_refusal: bool = False
    accepted: int = 0
    rejected: int = 0
    delay: float = 0.0
    passes: Sequence[int] = ()

    @property
    def size(self) -> int:
        """How many tokens it has."""
        return self.reasoning.size + self.text.size + sum([call.size for call in self.calls])

    @property
    def is_plain(self) -> bool:
        """Whether it is a text and nothing else."""
        return not (self.reasoning.parts or self.calls or self.is_refusal)


def plain(text: Text) -> Said:
    """An answer that is *text* alone."""
    return Said(NOTHING, text, (), text.finish_reason)


def within(said: Said, most: int) -> Said:
    """*said*, cut after *most* tokens."""
    if said.size <= most:
        return said
    reasoning, most = _first(said.reasoning, most)
    text, most = _first(said.text, most)
    calls = []
    for call in said.calls:
        if most <= 0:
            break
        arguments, left = _first(call.arguments, max(most - call.lead, 0))
        calls.append(call._replace(lead=min(call.lead, most), arguments=arguments))
        most = left if most > call.lead else 0
    return said._replace(reasoning=reasoning, text=text, calls=calls, finish_reason="length")


def _first(text: Text, most: int) -> tuple[Text, int]:
    """The first *most* tokens of *text*, and how many are left for what comes after it."""
    if text.size <= most:
        return text, most - text.size
    return Text.of(text.tokens[:most], "length"), 0
