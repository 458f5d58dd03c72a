"""Text completions, the older form: prompts in, continuations out."""

from typing import Any

import orjson

from ..answer import Answer, Stream
from ..call import Call
from ..cluster.latency import INSTANT, Timing
from ..errors import ApiError
from ..sse import DONE, TokenEvents
from ..tokens import Tokens
from .generation import Limits, Text, due, generate, identity, interleave, usage, writer
from .prose import Part

DEFAULT_MAX_TOKENS = 16


async def complete(call: Call, body: dict[str, Any], stream_when: str, timing: Timing = INSTANT) -> Answer:
    """Continue each prompt `n` times; as a stream of chunks when the body's field *stream_when* is true."""
    engine = await writer(call.world)
    tokens = call.world.tokens
    most = body.get("max_tokens")
    limits = Limits.of(body, DEFAULT_MAX_TOKENS if most is None else most)
    copies = body.get("n") or 1
    if (body.get("best_of") or copies) < copies:
        raise ApiError(400, "You requested that the server return more choices than it generates: best_of must be at "
                       "least n.", code="invalid_value", param="best_of")  # fmt: skip
    prompts = [text_of(prompt, tokens, at) for at, prompt in enumerate(prompts_of(body.get("prompt")))]
    key = identity(body)
    echo, made = body.get("echo") is True, 0
    texts: list[Text] = []
    for prompt in prompts:
        for _ in range(copies):
            chance = call.world.chance(key, b"%d" % len(texts))
            text = generate(engine, prompt, chance, limits) if limits.most else Text([], "length")
            made += text.size
            texts.append(Text([Part(tokens.pieces(prompt)), *text.parts], text.finish_reason) if echo else text)
    spent = usage(sum(tokens.count(prompt) for prompt in prompts), made)
    pace = call.world.chance(key, b"pace")
    longest = max(text.size for text in texts)
    head = {
        "id": call.world.new_id("cmpl-"),
        "object": "text_completion",
        "created": int(call.now),
        "model": body["model"],
        "system_fingerprint": engine.fingerprint,
    }
    if body.get(stream_when) is not True:
        choices = [
            {"index": i, "text": str(text), "logprobs": None, "finish_reason": text.finish_reason}
            for i, text in enumerate(texts)
        ]
        return call.reply({**head, "choices": choices, "usage": spent}, timing.end(longest, pace))
    options = body.get("stream_options") or {}
    with_usage = options.get("include_usage") is True
    start = b"data: " + orjson.dumps(head)[:-1] + b',"choices":[{"index":%d,"text":"'
    end = b',"usage":null}\n\n' if with_usage else b"}\n\n"
    frames = [(start % i, b'","logprobs":null,"finish_reason":null}]' + end) for i in range(len(texts))]
    closing = b"".join(
        start % i + b'","logprobs":null,"finish_reason":"%b"}]' % text.finish_reason.encode() + end
        for i, text in enumerate(texts)
    )
    if with_usage:
        closing += b"data: " + orjson.dumps({**head, "choices": [], "usage": spent}) + b"\n\n"
    stream, order, steps = interleave(texts)
    events = TokenEvents(b"", frames, stream, order, closing + DONE, engine.escapes)
    return Stream(events, due(timing, longest, pace, steps))


def prompts_of(prompt: Any) -> list[Any]:
    """The prompts of a request: a string, token ids, or a list of either."""
    if prompt is None:
        return ["<|endoftext|>"]
    if isinstance(prompt, str) or (prompt and isinstance(prompt[0], int)):
        return [prompt]
    return list(prompt) or [""]


def text_of(prompt: Any, tokens: Tokens, at: int, param: str = "prompt") -> str:
    """The text of one prompt.

    Raises:
        ApiError: 400, a token id is not in the vocabulary.
    """
    if isinstance(prompt, str):
        return prompt
    try:
        return tokens.decode(prompt)
    except (KeyError, ValueError, OverflowError, TypeError):
        raise ApiError(400, f"Invalid '{param}[{at}]': a token id is not in the vocabulary.",
                       code="invalid_value", param=f"{param}[{at}]") from None  # fmt: skip
