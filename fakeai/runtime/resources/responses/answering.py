"""What a model answers to the items of a request: what a script says, what comes of tools, or what it says itself."""

from typing import Any

from ...call import Call
from ...catalog import Catalog
from ...content.asking import Asked
from ...content.generation import Limits, Writer
from ...content.perception.sight import look
from ...content.sampling import PLAIN, Sampling, is_greedy
from ...content.scripts import Script
from ...content.speaking import speak
from ...content.structured.formats import Format
from ...content.structured.instances import Instances
from ...content.tools.kept import Kept
from ...content.tools.toolbox import Toolbox
from .calling import turns_of
from .items import Item
from .loading import offering
from .sayings import Answered
from .tool_turns import use_tools
from .transcript import messages_of

LOGPROBS = "message.output_text.logprobs"


async def answer(
    call: Call, engine: Writer, body: dict[str, Any], given: list[Item], key: bytes, limits: Limits
) -> Answered:
    """What the request *body* with the items *given* is answered.

    Raises:
        ApiError: 400 or 404, it asks for what cannot be given.
    """
    model = call.world.engine(Catalog).look_up(body["model"])
    body = offering(body, given)
    messages = messages_of(given, body.get("instructions"))
    seen, material = await look(call.world, messages)
    asked = Asked(
        body["model"],
        messages,
        key,
        limits,
        Toolbox.of_responses(body, model.is_openais),
        Format.of_responses(body, model.is_openais),
        (body.get("reasoning") or {}).get("effort"),
        sampling=_sampling(body),
        verbosity=(body.get("text") or {}).get("verbosity") or "medium",
        seen=seen,
        material=material,
    )
    script = call.world.engine(Script)
    said = await script.answer(call, asked) if script else None
    if said is None and asked.format is not None:
        await call.world.engine(Instances).ready(asked.format.schema)
    if said is None and asked.tools is not None:
        await call.world.engine(Kept).ready(asked.tools.tools)
    if said is None and "tools" in body:
        used = await use_tools(call, engine, asked, body, given, model)
        if used is not None:
            return used
    said = said or speak(engine, asked, 0, call.now)
    turns, reason = turns_of(call, asked, body, said, model, engine.tokens, given)
    sizes = [sum(saying.size for saying in turn) for turn in turns]
    sayings = [saying for turn in turns for saying in turn]
    return Answered(sayings, sizes, said.reasoning.size, reason, said.delay)


def _sampling(body: dict[str, Any]) -> Sampling:
    told = LOGPROBS in (body.get("include") or ())
    sampled = Sampling(is_greedy(body), alternatives=int(body.get("top_logprobs") or 0) if told else None)
    return PLAIN if sampled == PLAIN else sampled
