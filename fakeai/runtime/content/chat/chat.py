"""Chat completions: one conversation in, one or more answers out, whole or streamed."""

from typing import Any, NamedTuple

import orjson

from ...answer import Answer, Reply
from ...call import Call
from ...cluster.latency import INSTANT, Timing
from ...tokens import Tokens
from ..generation import Limits, Text, Writer, generate, generate_all, identity, usage
from ..messages import PER_ANSWER, PER_MESSAGE, PER_NAME, content_tokens, last_user_text
from .chunks import CHAT, stream
from .kept_chats import keep

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
            int(body.get("n") or 1),
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
    id = call.new_id("chatcmpl-").encode()
    model = orjson.dumps(request.model)
    if streams:
        head = HEAD % (id, b".chunk", call.now, model, engine.fingerprint)
        if body.get("store"):
            await keep(call, body, _whole(HEAD % (id, b"", call.now, model, engine.fingerprint), texts, spent))
        return stream(head, CHAT, texts, spent if request.include_usage else None, timing, pace, engine.escapes)
    whole = _whole(HEAD % (id, b"", call.now, model, engine.fingerprint), texts, spent)
    if body.get("store"):
        await keep(call, body, whole)
    return Reply(whole, timing.end(max([text.size for text in texts]), pace))


def _whole(head: bytes, texts: list[Text], spent: bytes) -> bytes:
    """The completion as one object."""
    choices = [CHOICE % (i, orjson.dumps(str(text)), text.finish_reason.encode()) for i, text in enumerate(texts)]
    return b'%b,"choices":[%b],"usage":%b}' % (head, b",".join(choices), spent)


def prompt_tokens(tokens: Tokens, body: dict[str, Any]) -> int:
    """How many tokens the conversation and its tools have."""
    total = PER_ANSWER
    for message in body["messages"]:
        content = message.get("content")
        total += PER_MESSAGE + 1  # the role is one token
        total += tokens.count(content) if isinstance(content, str) else content_tokens(tokens, content)
        if message.get("name"):
            total += PER_NAME + tokens.count(message["name"])
        if message.get("tool_calls"):
            total += tokens.count(orjson.dumps(message["tool_calls"]).decode())
    for name in ("tools", "functions"):
        if body.get(name):
            total += tokens.count(orjson.dumps(body[name]).decode())
    return total
