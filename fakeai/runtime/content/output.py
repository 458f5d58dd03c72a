"""Text generation in the form of Azure: an input, one output."""

from typing import Any

import orjson

from ..answer import Reply
from ..call import Call
from ..cluster.latency import INSTANT, Timing
from .generation import Limits, generate_all, identity, writer_for
from .usage import usage

DEFAULT_MAX_TOKENS = 100

ANSWER = b'{"id":"%b","created":%d,"output":%b,"usage":%b,"model":%b}'


async def generate(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Reply:
    """Answer the body's `input`.

    Raises:
        ApiError: 400, more tokens are asked for than the server generates.
    """
    engine = await writer_for(call.world, body["model"])
    limits = Limits.of(body, "max_output_tokens", default=DEFAULT_MAX_TOKENS)
    key = identity(body)
    (text,) = await generate_all(engine, key, [body["input"]], 1, limits)
    spent = usage(engine.tokens.count(body["input"]), text.size)
    id = call.new_id("txtgen-").encode()
    whole = ANSWER % (id, call.now, orjson.dumps(str(text)), spent, orjson.dumps(body["model"]))
    return Reply(whole, timing.end(text.size, call.world.chance(key, b"pace")))
