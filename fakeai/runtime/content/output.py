"""Text generation in the form of Azure: an input, one output."""

from typing import Any

import orjson

from ..answer import Reply
from ..call import Call
from ..cluster.fleet import Fleet
from ..cluster.latency import INSTANT, Timing
from .generation import Limits, identity, writer_for
from .reading import Texts
from .speaking import go_on
from .usage import usage

DEFAULT_MAX_TOKENS = 100

ANSWER = b'{"id":"%b","created":%d,"output":%b,"usage":%b,"model":%b}'


async def generate(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Reply:
    """Answer the body's `input`.

    Raises:
        ApiError: 400, more tokens are asked for than the server generates; or the script says that the request fails.
    """
    engine = await writer_for(call.world, body["model"])
    limits = Limits.of(body, "max_output_tokens", default=DEFAULT_MAX_TOKENS)
    key = identity(body)
    (said,) = await go_on(call, engine, body["model"], [body["input"]], key, limits)
    size = engine.tokens.count(body["input"])
    exchange = Texts(engine.tokens, size, body["input"], str(said.text))
    served = call.world.engine(Fleet).serve(
        call, timing, body["model"], exchange, [said.size], key, late=said.delay, finish=said.finish_reason
    )
    spent = usage(size, said.size, served.cached)
    id = call.new_id("txtgen-").encode()
    whole = ANSWER % (id, call.now, orjson.dumps(str(said.text)), spent, orjson.dumps(body["model"]))
    due, schedule = served.whole()
    return Reply(whole, due, schedule=schedule)
