"""What all generated text has in common: how it is asked for, cut, counted and timed."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from ..chance import Chance
from ..cluster.latency import Timing
from ..errors import ApiError
from ..sse import Escapes
from ..world import World
from .prose import Part, Prose

UNLIMITED = 16_384  # tokens of an answer whose request names no limit
LONGEST = 1_000_000  # tokens that a request may ask for

# Parts of a request that say how an answer is delivered or cut, not what it says.
DELIVERY = frozenset(
    "stream stream_options max_tokens max_completion_tokens min_tokens ignore_eos n best_of stop user store metadata "
    "logprobs top_logprobs service_tier safety_identifier prompt_cache_key prompt_cache_retention echo".split()
)


class Writer:
    """The content engine of one world."""

    def __init__(self, world: World) -> None:
        self.prose = Prose(world.tokens)
        self.escapes = Escapes()
        fingerprint = world.chance(b"fingerprint")
        self.fingerprint = f"fp_{fingerprint.below(1 << 16):04x}{fingerprint.below(1 << 16):04x}"


async def writer(world: World) -> Writer:
    """The content engine of *world*, ready to count tokens."""
    if not world.tokens.loaded:
        await world.tokens.ready()
    return world.engine(Writer)


class Limits(NamedTuple):
    """How an answer is cut. *least* and *most* are tokens."""

    most: int
    least: int
    stop: tuple[str, ...]
    endless: bool  # ignore_eos: the answer does not end before *most*

    @classmethod
    def of(cls, body: dict[str, Any], most: int | None) -> "Limits":
        """The limits that *body* asks for; *most* is its own name for the highest number of tokens."""
        stop = body.get("stop")
        stops = (stop,) if isinstance(stop, str) else tuple(stop or ())
        least = body.get("min_tokens")
        least = least if isinstance(least, int) and not isinstance(least, bool) and least > 0 else 0
        if most is not None and most > LONGEST:
            raise ApiError(400, f"max_tokens is too large: {most}. The server generates at most {LONGEST} tokens.",
                           code="invalid_value", param="max_tokens")  # fmt: skip
        if most is not None and least > most:
            raise ApiError(400, f"min_tokens ({least}) is larger than max_tokens ({most}).",
                           code="invalid_value", param="min_tokens")  # fmt: skip
        endless = body.get("ignore_eos") is True and most is not None
        return cls(UNLIMITED if most is None else most, min(least, UNLIMITED), tuple(s for s in stops if s), endless)


class Text:
    """One generated text: its parts, how many tokens they have, and why it ended."""

    __slots__ = ("finish_reason", "parts", "size")

    def __init__(self, parts: list[Part], finish_reason: str) -> None:
        self.parts, self.finish_reason = parts, finish_reason
        self.size = sum([part.size for part in parts])

    @property
    def tokens(self) -> list[str]:
        """The tokens, which joined are the text."""
        return [token for part in self.parts for token in part.tokens]

    def __str__(self) -> str:
        return "".join([part.text for part in self.parts])


def identity(body: dict[str, Any]) -> bytes:
    """The parts of *body* that decide what the answer says, in one order whatever order they were sent in."""
    parts = {key: value for key, value in body.items() if key not in DELIVERY}
    return orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)


def generate(engine: Writer, prompt: str, chance: Chance, limits: Limits) -> Text:
    """Answer *prompt* within *limits*."""
    least = limits.most + 1 if limits.endless else limits.least
    parts, ended = engine.prose.write(prompt, chance, least, limits.most)
    text = Text(parts, "stop" if ended else "length")
    if limits.stop:
        whole = str(text)
        found = [at for at in (whole.find(stop) for stop in limits.stop) if at >= 0]
        if found:
            return Text([Part(_cut(text.tokens, min(found)))], "stop")
    return text


def _cut(tokens: list[str], length: int) -> list[str]:
    """The *tokens* of the first *length* characters."""
    kept = []
    for token in tokens:
        if length <= 0:
            break
        kept.append(token[:length])
        length -= len(token)
    return kept


def due(timing: Timing, longest: int, chance: Chance, order: Sequence[int] | None = None) -> list[float]:
    """When the pieces of a stream leave: its opening, its tokens, its closing.

    *longest* is the number of tokens of the longest choice; *order* the step at which each token is made, when there
    are several choices.
    """
    moments = timing.moments(longest, chance)
    tokens = moments[:longest] if order is None else [moments[step] for step in order]
    return [moments[0], *tokens, moments[-1]]


def usage(prompt: int, completion: int, cached: int = 0) -> dict[str, Any]:
    """The usage object of chat and text completions."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0},
        "completion_tokens_details": {
            "reasoning_tokens": 0,
            "audio_tokens": 0,
            "accepted_prediction_tokens": 0,
            "rejected_prediction_tokens": 0,
        },
    }


def interleave(texts: Sequence[Text]) -> tuple[list[str], list[int], list[int]]:
    """The tokens of several choices as they are made side by side: (tokens, choice of each, step of each)."""
    tokens, choices, steps = [], [], []
    columns = [text.tokens for text in texts]
    for step in range(max(map(len, columns))):
        for choice, column in enumerate(columns):
            if step < len(column):
                tokens.append(column[step])
                choices.append(choice)
                steps.append(step)
    return tokens, choices, steps
