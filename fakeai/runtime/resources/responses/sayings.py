"""What a model says in a response, item by item: each as it is in the end, and how its tokens come."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from ...call import Call
from ...catalog import Model
from ...content.asking import Asked
from ...content.generation import Text
from ...content.messages import last_user_text
from ...content.prose.prose import topic_of
from ...content.said import Said
from ...content.sampling import probabilities
from ...tokens import Tokens
from . import items
from .item_kinds import kind_of
from .items import Item

SENTENCE = re.compile(r"(?<=[.?!]) ")
BRIEF = 2  # sentences of a summary that is not to be detailed


class Saying(NamedTuple):
    """One *item* of the output, as it is in the end.

    It takes *size* tokens of the model. After *lead* of them come those that are told, *tokens*; None when they were
    not kept. *pictures* are what an image looks like before it is done, as base64.
    """

    item: Item
    size: int
    tokens: Sequence[str] | None = ()
    lead: int = 0
    pictures: Sequence[str] = ()

    def kept(self, with_tokens: bool) -> list[Any]:
        """It as the store has it, beside its item."""
        return [self.size, list(self.tokens or ()) if with_tokens else None, self.lead, list(self.pictures)]

    def told(self, tokens: Tokens) -> Sequence[str]:
        """The tokens that are told."""
        return tokens.pieces(shown_text(self.item)) if self.tokens is None else self.tokens


class Answered(NamedTuple):
    """All that is said: *turns* has how many tokens each call of the model takes, *reasoning* how many are thought.

    *finish_reason* is that of the last turn; all begins *delay* seconds late.
    """

    sayings: list[Saying]
    turns: list[int]
    reasoning: int
    finish_reason: str
    delay: float = 0.0

    @property
    def size(self) -> int:
        """How many tokens it has."""
        return sum(self.turns)


def shown_text(item: Item) -> str:
    """The text of *item* that is told token by token."""
    kind = item["type"]
    if kind == "message":
        part = item["content"][0]
        return str(part["refusal"] if part["type"] == "refusal" else part["text"])
    if kind == "reasoning":
        return str(item["content"][0]["text"]) if item.get("content") else ""
    told = kind_of(kind).told
    return str(item[told]) if told else ""


def sayings_of(call: Call, asked: Asked, body: dict[str, Any], said: Said, model: Model) -> list[Saying]:
    """The items in which *said* stands in the output."""
    found = reasoned(body, asked, said.reasoning, model)
    for each in said.calls:
        kind = "custom_tool_call" if each.custom else "function_call"
        item = {
            "type": kind,
            "call_id": call.new_id("call_"),
            "name": each.name,
            kind_of(kind).told: str(each.arguments),
        }
        if each.namespace:
            item["namespace"] = each.namespace
        found.append(Saying(item, each.size, each.arguments.tokens, each.lead))
    if said.text.parts or not (said.calls or said.finish_reason == "length"):
        found.append(message(call, asked, said))
    return found


def message(call: Call, asked: Asked, said: Said) -> Saying:
    """The message that says the text of *said*, or refuses."""
    text, tokens = str(said.text), said.text.tokens
    if said.is_refusal:
        part: dict[str, Any] = {"type": "refusal", "refusal": text}
    else:
        part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
        if asked.sampling.alternatives is not None:
            chance = call.world.chance(asked.key, b"logprobs")
            part["logprobs"] = probabilities(tokens, asked.sampling.alternatives, asked.sampling.greedy, chance)
    return Saying({"type": "message", "role": "assistant", "content": [part]}, said.text.size, tokens)


def reasoned(body: dict[str, Any], asked: Asked, thought: Text, model: Model) -> list[Saying]:
    """The item of what is thought, if anything is."""
    if not thought.parts:
        return []
    text, visible = str(thought), model.reasoning == "visible"
    wanted = body.get("reasoning") or {}
    summary = wanted.get("summary") or wanted.get("generate_summary")
    item: Item = {"type": "reasoning", "summary": []}
    if summary:
        told = text
        if summary != "detailed":
            told = " ".join(SENTENCE.split(text)[:BRIEF])
        topic = topic_of(last_user_text(asked.messages))
        item["summary"] = [{"type": "summary_text", "text": f"**Thinking about {topic}**\n\n{told}"}]
    if visible:
        item["content"] = [{"type": "reasoning_text", "text": text}]
    if "reasoning.encrypted_content" in (body.get("include") or ()):
        item["encrypted_content"] = items.sealed(text)
    return [Saying(item, thought.size, thought.tokens if visible else ())]
