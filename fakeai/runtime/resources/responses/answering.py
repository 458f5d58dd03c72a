"""What a model does about the items of a request: its turns, each with what it says in it."""

from typing import Any, NamedTuple

from ...call import Call
from ...catalog import Catalog
from ...content import speaking
from ...content.asking import Asked
from ...content.generation import Limits, Writer
from ...content.sampling import PLAIN, Sampling, is_greedy
from ...content.structured.formats import Format
from ...content.tools.toolbox import Toolbox
from .items import Item
from .sayings import Saying, sayings_of
from .transcript import messages_of

LOGPROBS = "message.output_text.logprobs"


class Answered(NamedTuple):
    """All that is said: *turns* has how many tokens each call of the model takes, *reasoning* how many are thought.

    *finish_reason* is that of the last turn; all begins *delay* seconds late.
    """

    sayings: list[Saying]
    turns: list[int]
    reasoning: int
    finish_reason: str
    delay: float = 0.0

    @property
    def size(self) -> int:
        """How many tokens it has."""
        return sum(self.turns)


async def answer(
    call: Call, engine: Writer, body: dict[str, Any], given: list[Item], key: bytes, limits: Limits
) -> Answered:
    """What the request *body* with the items *given* is answered.

    Raises:
        ApiError: 400 or 404, it asks for what cannot be given.
    """
    asked = Asked(
        body["model"],
        messages_of(given, body.get("instructions")),
        key,
        limits,
        Toolbox.of_responses(body),
        Format.of_responses(body),
        (body.get("reasoning") or {}).get("effort"),
        sampling=_sampling(body),
    )
    model = call.world.engine(Catalog).look_up(asked.model)
    said = await speaking.answer(call, engine, asked)
    sayings = sayings_of(call, asked, body, said, model)
    return Answered(sayings, [said.size], said.reasoning.size, said.finish_reason, said.delay)


def _sampling(body: dict[str, Any]) -> Sampling:
    told = LOGPROBS in (body.get("include") or ())
    sampled = Sampling(is_greedy(body), alternatives=int(body.get("top_logprobs") or 0) if told else None)
    return PLAIN if sampled == PLAIN else sampled
