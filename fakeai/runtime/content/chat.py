"""Chat completions: one conversation in, one or more answers out, whole or streamed."""

from typing import Any, NamedTuple

import orjson

from ..answer import Answer, Reply
from ..call import Call
from ..cluster.latency import INSTANT, Timing
from ..tokens import Tokens
from .chunks import CHAT, stream
from .generation import Limits, Writer, generate, generate_all, identity, usage

# How OpenAI's chat format counts: a few tokens around each message, and the start of the answer.
PER_MESSAGE, PER_NAME, PER_ANSWER = 3, 1, 3
PER_IMAGE = 85

# What is the same in every answer, written once: an answer costs two of orjson's calls, for the model and the text.
HEAD = (
    b'{"id":"%b","object":"chat.completion%b","created":%d,"model":%b,"service_tier":"default",'
    b'"system_fingerprint":"%b"'
)
CHOICE = (
    b'{"index":%d,"message":{"role":"assistant","content":%b,"refusal":null,"annotations":[]},"logprobs":null,'
    b'"finish_reason":"%b"}'
)


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
    world = call.world
    if not world.tokens.loaded:
        await world.tokens.ready()
    engine = world.engine(Writer)
    request = Request.parse(body)
    key = identity(body)
    prompt = last_user_text(request.messages)
    if request.choices == 1:
        texts = [generate(engine, prompt, world.chance(key, b"0"), request.limits)]
    else:
        texts = await generate_all(world, key, [prompt], request.choices, request.limits)
    spent = usage(prompt_tokens(world.tokens, body), sum([text.size for text in texts]))
    pace = world.chance(key, b"pace")
    streams = body.get(stream_when) is True
    head = HEAD % (
        call.new_id("chatcmpl-").encode(),
        b".chunk" if streams else b"",
        call.now,
        orjson.dumps(request.model),
        engine.fingerprint,
    )
    if streams:
        return stream(head, CHAT, texts, spent if request.include_usage else None, timing, pace, engine.escapes)
    choices = [CHOICE % (i, orjson.dumps(str(text)), text.finish_reason.encode()) for i, text in enumerate(texts)]
    whole = b'%b,"choices":[%b],"usage":%b}' % (head, b",".join(choices), spent)
    return Reply(whole, timing.end(max([text.size for text in texts]), pace))


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
