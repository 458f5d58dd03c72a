"""One choice of a chat completion that is more than a text: as an object, and as the events of a stream."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ...chance import Chance
from ..said import Said
from ..sampling import Sampling, probabilities
from ..web import annotations
from .spoken import Spoken

Delta = dict[str, Any]

TOKEN = "\0"  # stands where a token's text goes


class Choice(NamedTuple):
    """Choice *number*: what is *said*, and the *ids* of its calls. *legacy* tells calls as `function_call`.

    One that is *spoken* has its text as a transcript. Reasoning is shown when it *thinks_aloud*, else only counted.
    One that *cites* has links of its text as annotations.
    """

    number: int
    said: Said
    ids: Sequence[str]
    legacy: bool
    sampling: Sampling
    chance: Chance
    spoken: Spoken | None = None
    thinks_aloud: bool = True
    cites: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it streams as a text and nothing else."""
        return self.said.is_plain and self.sampling.alternatives is None and self.spoken is None and not self.cites

    @property
    def annotations(self) -> list[dict[str, Any]]:
        """The links that its text has."""
        return annotations(str(self.said.text)) if self.cites and not self.said.is_refusal else []

    @property
    def finish_reason(self) -> str:
        reason = self.said.finish_reason
        return "function_call" if self.legacy and reason == "tool_calls" else reason

    def whole(self) -> dict[str, Any]:
        """The choice as it stands in an answer that is not streamed."""
        said = self.said
        text = str(said.text)
        message: dict[str, Any] = {
            "role": "assistant",
            "content": None if said.is_refusal or said.calls else text,
            "refusal": text if said.is_refusal else None,
        }
        if said.reasoning.parts and self.thinks_aloud:
            message["reasoning_content"] = str(said.reasoning)
        if said.calls and self.legacy:
            call = said.calls[0]
            message["function_call"] = {"name": call.name, "arguments": str(call.arguments)}
        elif said.calls:
            message["tool_calls"] = [self._call(at) for at in range(len(said.calls))]
        message["annotations"] = self.annotations
        if self.spoken is not None:
            message |= {"content": None, "audio": self.spoken.whole(text)}
        return {
            "index": self.number,
            "message": message,
            "logprobs": self.logprobs(),
            "finish_reason": self.finish_reason,
        }

    def _call(self, at: int) -> dict[str, Any]:
        call = self.said.calls[at]
        if call.custom:
            return {"id": self.ids[at], "type": "custom", "custom": {"name": call.name, "input": str(call.arguments)}}
        function = {"name": call.name, "arguments": str(call.arguments)}
        return {"id": self.ids[at], "type": "function", "function": function}

    def logprobs(self) -> dict[str, Any] | None:
        """How probable the tokens of its text were, if that is asked for."""
        if self.sampling.alternatives is None or self.said.calls:
            return None
        told = probabilities(self.said.text.tokens, self.sampling.alternatives, self.sampling.greedy, self.chance)
        refused = self.said.is_refusal
        return {"content": None if refused else told, "refusal": told if refused else None}

    def opening(self) -> Delta:
        """What the first chunk says."""
        content = None if self.said.calls or self.said.is_refusal or self.spoken else ""
        return {"role": "assistant", "content": content, "refusal": None}

    def lanes(self) -> Iterator[tuple[Delta | None, Sequence[str]]]:
        """What its tokens add, in runs: a delta that has TOKEN where the text of each token stands.

        A delta without TOKEN is said once; None says nothing: hidden reasoning, and a call's
        name before its last token.
        """
        said = self.said
        yield {"reasoning_content": TOKEN} if self.thinks_aloud else None, said.reasoning.tokens
        if self.spoken is not None:
            yield from _aloud(self.spoken, said.text.tokens)
        else:
            yield {"refusal" if said.is_refusal else "content": TOKEN}, said.text.tokens
        if self.annotations:
            yield {"annotations": self.annotations}, [""]
        for at, call in enumerate(said.calls):
            if call.lead:
                yield None, [""] * (call.lead - 1)
                yield self._begins(at), [""]
            yield self._goes_on(at, TOKEN), call.arguments.tokens

    def logprobs_of(self, number: int, told: dict[str, Any]) -> dict[str, Any] | None:
        """What the chunk of token *number* of all says of the probabilities *told*: nothing of reasoning."""
        at = number - self.said.reasoning.size
        return {name: each and [each[at]] for name, each in told.items()} if at >= 0 else None

    def _begins(self, at: int) -> Delta:
        call = self.said.calls[at]
        if self.legacy:
            return {"function_call": {"name": call.name, "arguments": ""}}
        kind, given = ("custom", "input") if call.custom else ("function", "arguments")
        return {"tool_calls": [{"index": at, "id": self.ids[at], "type": kind, kind: {"name": call.name, given: ""}}]}

    def _goes_on(self, at: int, token: str) -> Delta:
        if self.legacy:
            return {"function_call": {"arguments": token}}
        kind, given = ("custom", "input") if self.said.calls[at].custom else ("function", "arguments")
        return {"tool_calls": [{"index": at, kind: {given: token}}]}


def _aloud(spoken: Spoken, tokens: Sequence[str]) -> Iterator[tuple[Delta, Sequence[str]]]:
    """The transcript and the pieces of the sound, each after the tokens that are said in it."""
    slices = spoken.slices()
    told = 0
    for number, piece in enumerate(slices, 1):
        upto = len(tokens) * number // len(slices)
        yield {"audio": {"id": spoken.id, "transcript": TOKEN}}, tokens[told:upto]
        yield {"audio": {"id": spoken.id, "data": piece}}, [""]
        told = upto
    yield {"audio": {"id": spoken.id, "expires_at": spoken.expires_at}}, [""]
