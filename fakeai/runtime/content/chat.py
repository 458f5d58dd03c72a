"""Chat completions: one conversation in, one or more answers out, whole or streamed."""

from typing import Any, NamedTuple

import orjson

from ..answer import Answer
from ..call import Call
from ..cluster.latency import INSTANT, Timing
from ..tokens import Tokens
from .chunks import CHAT, stream
from .generation import Limits, Text, Writer, generate_all, identity, usage

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
    return stream(head, CHAT, texts, spent if request.include_usage else None, timing, pace, engine.escapes)


def _choice(index: int, text: Text) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": str(text), "refusal": None, "annotations": []}
    return {"index": index, "message": message, "logprobs": None, "finish_reason": text.finish_reason}


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
    texts = (part.get("text") if isinstance(part, dict) else part for part in content)
    return "\n".join(text for text in texts if isinstance(text, str))


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
    for name in ("tools", "functions"):
        if body.get(name):
            total += tokens.count(orjson.dumps(body[name]).decode())
    return total


def _parts(tokens: Tokens, content: Any) -> int:
    images = sum(1 for part in content or () if part.get("type") == "image_url")
    text = text_of(content)
    return PER_IMAGE * images + (tokens.count(text) if text else 0)
