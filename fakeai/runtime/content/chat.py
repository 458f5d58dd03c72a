"""Chat completions: one conversation in, one or more answers out, whole or streamed."""

from typing import Any, NamedTuple

import orjson

from ..answer import Answer, Stream
from ..call import Call
from ..cluster.latency import INSTANT, Timing
from ..sse import DONE, TokenEvents
from ..tokens import Tokens
from .generation import Limits, Text, Writer, due, generate_all, identity, interleave, usage

# How OpenAI's chat format counts: a few tokens around each message, and the start of the answer.
PER_MESSAGE, PER_NAME, PER_ANSWER = 3, 1, 3
PER_IMAGE = 85


class Request(NamedTuple):
    """The parts of a chat request that decide its answer."""

    model: str
    messages: list[dict[str, Any]]
    choices: int
    limits: Limits
    include_usage: bool

    @classmethod
    def parse(cls, body: dict[str, Any]) -> "Request":
        options = body.get("stream_options")
        return cls(
            body["model"],
            body["messages"],
            body.get("n") or 1,
            Limits.of(body, "max_completion_tokens", "max_tokens"),
            options is not None and options.get("include_usage") is True,
        )


async def complete(call: Call, body: dict[str, Any], stream_when: str, timing: Timing = INSTANT) -> Answer:
    """Answer a conversation; as a stream of chunks when the body's field *stream_when* is true."""
    request = Request.parse(body)
    key = identity(body)
    texts = await generate_all(call.world, key, [last_user_text(request.messages)], request.choices, request.limits)
    engine = call.world.engine(Writer)
    spent = usage(prompt_tokens(call.world.tokens, body), sum([text.size for text in texts]))
    pace = call.world.chance(key, b"pace")
    longest = max([text.size for text in texts])
    head = {
        "id": call.world.new_id("chatcmpl-"),
        "object": "chat.completion",
        "created": int(call.now),
        "model": request.model,
        "service_tier": "default",
        "system_fingerprint": engine.fingerprint,
    }
    if body.get(stream_when) is not True:
        whole = {**head, "choices": [_choice(i, text) for i, text in enumerate(texts)], "usage": spent}
        return call.reply(whole, timing.end(longest, pace))
    head["object"] = "chat.completion.chunk"
    chunks = _Chunks(head, request.include_usage)
    opening = b"".join(chunks.opening(i) for i in range(len(texts)))
    closing = (
        b"".join(chunks.finish(i, text.finish_reason) for i, text in enumerate(texts)) + chunks.total(spent) + DONE
    )
    frames = [chunks.frame(i) for i in range(len(texts))]
    if len(texts) == 1:
        events = TokenEvents(opening, frames, texts[0].tokens, None, closing, engine.escapes)
        return Stream(events, due(timing, longest, pace))
    tokens, order, steps = interleave(texts)
    events = TokenEvents(opening, frames, tokens, order, closing, engine.escapes)
    return Stream(events, due(timing, longest, pace, steps))


def _choice(index: int, text: Text) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": str(text), "refusal": None, "annotations": []}
    return {"index": index, "message": message, "logprobs": None, "finish_reason": text.finish_reason}


class _Chunks:
    """The events of one stream. Under `include_usage` every chunk says null until the last says what was used."""

    def __init__(self, head: dict[str, Any], include_usage: bool) -> None:
        self._head = b"data: " + orjson.dumps(head)[:-1]
        self._include_usage = include_usage
        self._tail = b',"usage":null}\n\n' if include_usage else b"}\n\n"

    def opening(self, index: int) -> bytes:
        return self._chunk(index, b'{"role":"assistant","content":"","refusal":null}', b"null")

    def frame(self, index: int) -> tuple[bytes, bytes]:
        """What stands before and after a token's escaped text."""
        before, after = self._chunk(index, b'{"content":"\n"}', b"null").split(b"\n", 1)
        return before, after

    def finish(self, index: int, reason: str) -> bytes:
        return self._chunk(index, b"{}", b'"%b"' % reason.encode())

    def total(self, spent: dict[str, Any]) -> bytes:
        if not self._include_usage:
            return b""
        return self._head + b',"choices":[],"usage":' + orjson.dumps(spent) + b"}\n\n"

    def _chunk(self, index: int, delta: bytes, reason: bytes) -> bytes:
        return (
            b'%b,"choices":[{"index":%d,"delta":%b,"logprobs":null,"finish_reason":%b}]'
            % (self._head, index, delta, reason)
            + self._tail
        )


def last_user_text(messages: list[dict[str, Any]]) -> str:
    """The text of the last message of a user, or of the last message."""
    for message in reversed(messages):
        if message.get("role") == "user":
            return text_of(message.get("content"))
    return text_of(messages[-1].get("content")) if messages else ""


def text_of(content: Any) -> str:
    """The text of a message's content, which is a string or a list of parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return "\n".join(part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str))


def prompt_tokens(tokens: Tokens, body: dict[str, Any]) -> int:
    """How many tokens the conversation and its tools have."""
    total = PER_ANSWER
    for message in body["messages"]:
        content = message.get("content")
        total += PER_MESSAGE + 1  # the role is one token
        total += tokens.count(content) if isinstance(content, str) else _parts(tokens, content)
        if message.get("name"):
            total += PER_NAME + tokens.count(message["name"])
        if message.get("tool_calls"):
            total += tokens.count(orjson.dumps(message["tool_calls"]).decode())
    if body.get("tools"):
        total += tokens.count(orjson.dumps(body["tools"]).decode())
    return total


def _parts(tokens: Tokens, content: Any) -> int:
    images = sum(1 for part in content or () if part.get("type") == "image_url")
    text = text_of(content)
    return PER_IMAGE * images + (tokens.count(text) if text else 0)
