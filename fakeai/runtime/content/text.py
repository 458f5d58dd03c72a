"""Generated text in an answer of any shape: for endpoints that are not OpenAI's."""

from dataclasses import dataclass
from typing import Any

import orjson

from ..answer import Answer, Planned, Reply, Stream
from ..call import Call
from ..cluster.latency import INSTANT, Timing
from ..sse import DONE, TokenEvents
from .generation import Limits, generate_all, identity, writer
from .messages import text_of


@dataclass(frozen=True, slots=True)
class Fields:
    """Where things stand: *prompt*, *max_tokens* and *stream_when* in the body, *answer* in the answer."""

    prompt: str
    answer: str
    max_tokens: str
    stream_when: str


async def answer(call: Call, body: dict[str, Any], shape: Reply, fields: Fields, timing: Timing = INSTANT) -> Answer:
    """The example answer *shape* with generated text in one of its fields.

    A stream is one event for each token, an object with that field alone, and then [DONE].
    """
    asked = body.get(fields.prompt)
    key = identity(body)
    limits = Limits.of(body, fields.max_tokens)
    prompt = asked if isinstance(asked, str) else text_of(asked)
    engine = await writer(call.world)
    (text,) = await generate_all(engine, key, [prompt], 1, limits)
    pace = call.world.chance(key, b"pace")
    if body.get(fields.stream_when) is not True:
        made = {**orjson.loads(shape.body), fields.answer: str(text)}
        moment = timing.end(text.size, pace)
        return Reply(orjson.dumps(made), moment, status=shape.status, content_type=shape.content_type)
    frame = b'data: {%b:"' % orjson.dumps(fields.answer), b'"}\n\n'
    events = TokenEvents(b"", [frame], text.tokens, None, DONE, engine.escapes)
    moments = timing.moments(text.size, pace)
    return Stream(events, Planned([moments[0], *moments[: text.size], moments[-1]]))
