"""What a model answers to the items of a request: what a script says, what comes of tools, or what it says itself."""

from typing import Any

from ...call import Call
from ...catalog import Catalog
from ...content.asking import Asked
from ...content.generation import Limits, Writer
from ...content.sampling import PLAIN, Sampling, is_greedy
from ...content.scripts import Script
from ...content.speaking import speak
from ...content.structured.formats import Format
from ...content.tools.toolbox import Toolbox
from .items import Item
from .sayings import Answered, sayings_of
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
    asked = Asked(
        body["model"],
        messages_of(given, body.get("instructions")),
        key,
        limits,
        Toolbox.of_responses(body, model.is_openais),
        Format.of_responses(body, model.is_openais),
        (body.get("reasoning") or {}).get("effort"),
        sampling=_sampling(body),
        verbosity=(body.get("text") or {}).get("verbosity") or "medium",
    )
    script = call.world.engine(Script)
    said = await script.answer(call, asked) if script else None
    if said is None and "tools" in body:
        used = await use_tools(call, engine, asked, body, given, model)
        if used is not None:
            return used
    said = said or speak(engine, asked, 0, call.now)
    sayings = sayings_of(call, asked, body, said, model)
    return Answered(sayings, [said.size], said.reasoning.size, said.finish_reason, said.delay)


def _sampling(body: dict[str, Any]) -> Sampling:
    told = LOGPROBS in (body.get("include") or ())
    sampled = Sampling(is_greedy(body), alternatives=int(body.get("top_logprobs") or 0) if told else None)
    return PLAIN if sampled == PLAIN else sampled
