"""Generated text in an answer of any shape: for endpoints that are not OpenAI's."""

from dataclasses import dataclass
from typing import Any

import orjson

from ..answer import Answer, Reply, Stream
from ..call import Call
from ..cluster.fleet import Fleet
from ..cluster.latency import INSTANT, Timing
from ..sse import DONE, TokenEvents
from .generation import Limits, identity, writer_for
from .messages import text_of
from .reading import Texts
from .speaking import go_on


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
    model = body.get("model")
    model = model if isinstance(model, str) else ""
    engine = await writer_for(call.world, model)
    (said,) = await go_on(call, engine, model, [prompt], key, limits)
    text, late = said.text, said.delay
    exchange = Texts(engine.tokens, engine.tokens.read(prompt), prompt, str(text))
    served = call.world.engine(Fleet).serve(
        call, timing, model, exchange, [text.size], key, late=late, finish=said.finish_reason
    )
    if body.get(fields.stream_when) is not True:
        made = {**orjson.loads(shape.body), fields.answer: str(text)}
        due, schedule = served.whole()
        return Reply(orjson.dumps(made), due, status=shape.status, content_type=shape.content_type, schedule=schedule)
    frame = b'data: {%b:"' % orjson.dumps(fields.answer), b'"}\n\n'
    events = TokenEvents(b"", [frame], text.tokens, None, DONE, engine.escapes)
    return Stream(events, served.stream())
