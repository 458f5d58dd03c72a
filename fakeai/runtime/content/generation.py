"""What all generated text has in common: how it is asked for, cut and counted."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
import xxhash

from ..chance import Chance
from ..errors import ApiError
from ..sse import Escapes
from ..tokens import Tokens
from ..world import World
from .messages import last_user_text, text_of
from .prose.followups import SHORT, followed
from .prose.memory import recalled
from .prose.prose import Part, Prose

UNLIMITED = 16_384  # tokens of an answer whose request names no limit
LONGEST = 1_048_576  # tokens that a request may ask for, in all its answers
LONGEST_KEY = 4096  # bytes of what identifies a request; what is longer is hashed
RECALLED = 400  # messages that a few words may refer to
EXACTLY = "Reply with exactly this text: "
TURN = 16_384  # tokens that are generated before other calls have a turn

# Parts of a request that say how an answer is delivered or cut, not what it says.
DELIVERY = frozenset(
    "stream stream_options max_tokens max_completion_tokens max_output_tokens min_tokens ignore_eos n best_of stop "
    "user store metadata logprobs top_logprobs service_tier safety_identifier prompt_cache_key prompt_cache_retention "
    "prompt_cache_options echo background include audio modalities nvext include_stop_str_in_output no_stop_trim "
    "skip_special_tokens return_tokens_as_token_ids prompt_logprobs guided_decoding_backend structured_outputs".split()
)


class Writer:
    """The content engine of one world, or of the models in it that have *tokens* of their own."""

    def __init__(self, world: World, tokens: Tokens | None = None) -> None:
        self.world, self.tokens = world, tokens or world.tokens
        self.prose = Prose(self.tokens)
        answers = world.options.answers  # told: what every answer is, "" for the prompt, None for prose
        self.told = None if answers == "prose" else answers.removeprefix("echo").removeprefix("text:")
        self.escapes = Escapes()
        fingerprint = world.chance(b"fingerprint")
        self.fingerprint = b"fp_%04x%04x" % (fingerprint.below(1 << 16), fingerprint.below(1 << 16))


async def writer(world: World) -> Writer:
    """The content engine of *world*, ready to count tokens."""
    if not world.tokens.loaded:
        await world.tokens.ready()
    return world.engine(Writer)


class Writers:
    """The content engines of one world, one for each encoding."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._of: dict[Tokens, Writer] = {}

    def of(self, tokens: Tokens) -> Writer:
        """The engine that writes in *tokens*, which are loaded."""
        if tokens is self._world.tokens:
            return self._world.engine(Writer)
        found = self._of.get(tokens)
        if found is None:
            found = self._of[tokens] = Writer(self._world, tokens)
        return found


async def writer_for(world: World, model: str) -> Writer:
    """The content engine that writes in the tokens of *model*, ready to count them."""
    tokens = world.tokens_for(model)
    if not tokens.loaded:
        await tokens.ready()
    return world.engine(Writers).of(tokens)


class Limits(NamedTuple):
    """How an answer is cut. *least* and *most* are tokens; *name* is the body's field for *most*.

    An *endless* answer (`ignore_eos`) goes on until *most*. What stops an answer is part of it when *kept*.
    """

    most: int
    least: int
    stop: tuple[str, ...]
    endless: bool
    name: str
    kept: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether the request names a limit, or text beyond the natural end."""
        return self.most != UNLIMITED or self.endless or self.least > 0

    @classmethod
    def of(cls, body: dict[str, Any], *names: str, default: int = UNLIMITED, floor: int = 1) -> "Limits":
        """The limits that *body* asks for; *names* are its fields for the most tokens, the first that is there counts.

        Raises:
            ApiError: 400, they cannot be kept.
        """
        for name in names:
            most = body.get(name)
            if type(most) is int:
                break
        else:
            name, most = names[0], default
        least = body.get("min_tokens")
        least = least if type(least) is int and least > 0 else 0
        if most < floor:
            raise ApiError(400, f"Invalid '{name}': integer below minimum value. Expected a value >= {floor}, but got "
                           f"{most} instead.", code="integer_below_min_value", param=name)  # fmt: skip
        if most > LONGEST:
            raise ApiError(400, f"{name} is too large: {most}. The server generates at most {LONGEST} tokens.",
                           code="invalid_value", param=name)  # fmt: skip
        if least > most:
            raise ApiError(400, f"min_tokens ({least}) is larger than {name} ({most}).",
                           code="invalid_value", param="min_tokens")  # fmt: skip
        kept = True in (body.get("include_stop_str_in_output"), body.get("no_stop_trim"))
        return cls(most, least, _stops(body.get("stop")), body.get("ignore_eos") is True, name, kept)


def _stops(stop: Any) -> tuple[str, ...]:
    stops = [stop] if isinstance(stop, str) else stop if isinstance(stop, list) else ()
    return tuple(text for text in stops if isinstance(text, str) and text)


class Text:
    """One generated text: its parts, how many tokens they have, and why it ended."""

    __slots__ = ("finish_reason", "parts", "size")

    def __init__(self, parts: list[Part], finish_reason: str) -> None:
        self.parts, self.finish_reason = parts, finish_reason
        self.size = sum([part.size for part in parts])

    @classmethod
    def of(cls, tokens: list[str], finish_reason: str = "stop") -> "Text":
        """The text whose tokens are *tokens*."""
        return cls([Part(tokens)] if tokens else [], finish_reason)

    @property
    def tokens(self) -> list[str]:
        """The tokens, which joined are the text."""
        return [token for part in self.parts for token in part.tokens]

    def __str__(self) -> str:
        return "".join([part.text for part in self.parts])


def identity(body: dict[str, Any]) -> bytes:
    """The parts of *body* that decide what the answer says, in one order whatever order they were sent in.

    Raises:
        ApiError: 400, the body is nested too deeply.
    """
    parts = {key: value for key, value in body.items() if key not in DELIVERY}
    try:
        made = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        raise ApiError(400, "The body of your request is nested too deeply: more than 250 levels.") from None
    return made if len(made) <= LONGEST_KEY else xxhash.xxh3_128_digest(made)


def expect_bounded(limits: Limits, answers: int) -> None:
    """Let a request pass for so many *answers* within *limits*.

    Raises:
        ApiError: 400, that is more text than one request may ask for.
    """
    together = answers * limits.most
    if together > LONGEST and limits.is_asked:
        raise ApiError(400, f"{limits.name} is too large: {together} tokens in all answers together. The server "
                       f"generates at most {LONGEST}.", code="invalid_value", param=limits.name)  # fmt: skip


def prompt_of(engine: Writer, messages: Sequence[dict[str, Any]]) -> str:
    """What *messages* ask for: the last of a user, with the turns before where it refers to them in a few words."""
    text = last_user_text(messages)
    if len(messages) < 3 or len(text) > SHORT or engine.told is not None:
        return text
    turns: list[tuple[str, str]] = []
    for message in messages if len(messages) <= RECALLED else (*messages[: RECALLED // 10], *messages[-RECALLED:]):
        if message.get("role") == "user":
            turns.append((text_of(message.get("content")), ""))
        elif message.get("role") == "assistant" and turns:
            turns[-1] = turns[-1][0], text_of(message.get("content"))
    known = recalled(text.strip(), [asked for asked, _ in turns[:-1]])
    return followed(text.strip(), turns[:-1]) if known is None else EXACTLY + known


def generate(
    engine: Writer,
    prompt: str,
    chance: Chance,
    limits: Limits,
    system: str = "",
    verbosity: str = "medium",
    seen: str = "",
    model: str = "",
) -> Text:
    """Answer *prompt* within *limits*: as the message *system* wants it, as *model*, who has *seen* a picture."""
    if engine.told is not None:
        return _repeated(engine.tokens.pieces(engine.told or prompt), limits)
    least = limits.most + 1 if limits.endless else limits.least
    parts, ended = engine.prose.write(
        prompt, chance, least, limits.most, system=system, verbosity=verbosity, seen=seen, model=model
    )
    text = Text(parts, "stop" if ended else "length")
    return stopped(text, limits) if limits.stop else text


def stopped(text: Text, limits: Limits) -> Text:
    """*text* up to the first of the stops of *limits*, which count once the least tokens are there."""
    whole = str(text)
    after = len("".join(text.tokens[: limits.least])) if limits.least else 0
    found = [(at, len(stop)) for at, stop in ((whole.find(stop, after), stop) for stop in limits.stop) if at >= 0]
    if not found:
        return text
    at, size = min(found)
    return Text.of(_cut(text.tokens, at + size if limits.kept else at))


def _repeated(said: list[str], limits: Limits) -> Text:
    """The tokens *said* within *limits*, over and over when they must be more."""
    least = limits.most if limits.endless else limits.least
    whole = said * max(-(-least // len(said)), 1) if said else said
    return stopped(Text.of(whole[: limits.most], "stop" if len(whole) <= limits.most else "length"), limits)


def _cut(tokens: list[str], length: int) -> list[str]:
    """The *tokens* of the first *length* characters."""
    kept = []
    for token in tokens:
        if length <= 0:
            break
        kept.append(token[:length])
        length -= len(token)
    return kept
