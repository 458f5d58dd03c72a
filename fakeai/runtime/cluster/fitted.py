"""A latency that was fitted to a real server: what was measured, by the prompt and by what else is under way.

A level is how the server answers with so many requests under way; between two levels it is in between. At one, the
time to first token is a fixed one and what the prompt's tokens, and those that wait before them, add; the time between
tokens is a fixed one. Both are multiplied with a draw from how the measured ones lay around that. `fakeai calibrate`
writes such profiles.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from ..chance import Chance

PERCENTILES = (0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98, 99, 100)  # of which spreads are told
SHORTEST = 1e-6  # seconds to a first token
STEPS = (0.6180339887498949, 0.41421356237309515)  # irrational: the golden ratio, and the root of 2, less 1
EVEN = (1.0,) * len(PERCENTILES)


class BadProfile(ValueError):
    """A profile that cannot be used; the message says why."""


@dataclass(frozen=True)
class Level:
    """How a server answers with *others* requests under way. Times in seconds.

    Spreads are ratios at `PERCENTILES`: of single requests to what is fitted, and *gaps* of single gaps between tokens
    to their mean in the answer.
    """

    others: float
    first: float
    per_prompt_token: float  # that is not cached
    per_token_ahead: float  # of prompts that are not computed yet
    ttft_spread: tuple[float, ...]
    itl: float
    itl_spread: tuple[float, ...]
    gaps: tuple[float, ...]

    def ttft(self, prompt: float, ahead: float) -> float:
        """The fitted time to first token."""
        return self.first + self.per_prompt_token * prompt + self.per_token_ahead * ahead


@dataclass(frozen=True)
class Fitted:
    """The levels of a server, from few requests to many."""

    levels: tuple[Level, ...]

    def moments(self, tokens: int, prompt: int, ahead: int, others: int, number: int, chance: Chance) -> list[float]:
        """When each of *tokens* tokens of an answer leaves, after its arrival.

        *prompt* tokens are to be computed, behind *ahead* of others; *others* is how many requests are under way.
        Requests in a row, whose *number* rises, are spread evenly over what was measured, so that few of them have the
        same percentiles as many.
        """
        low, high, share = self._around(others)
        place, pace = (number * step % 1.0 for step in STEPS)
        first = _mixed(share, *(each.ttft(prompt, ahead) * _at(each.ttft_spread, place) for each in (low, high)))
        if tokens < 2:
            return [max(first, SHORTEST)]
        gap = _mixed(share, *(each.itl * _at(each.itl_spread, pace) for each in (low, high)))
        gaps = low.gaps if share < 0.5 else high.gaps
        draws = [] if gaps == EVEN else [(draw + 1) / 2 for draw in chance.spread(tokens - 1)]
        ratios = [_at(gaps, draw) for draw in draws] or [1.0] * (tokens - 1)
        scale = gap * (tokens - 1) / (sum(ratios) or 1.0)
        return list(accumulate((ratio * scale for ratio in ratios), initial=max(first, SHORTEST)))

    def _around(self, others: float) -> tuple[Level, Level, float]:
        """The levels below and above, and how far it is from the one to the other, from 0 to 1."""
        levels = self.levels
        place = next((k for k, level in enumerate(levels) if level.others >= others), len(levels) - 1)
        low, high = levels[max(place - 1, 0)], levels[place]
        if low is high or others >= high.others:
            return high, high, 0.0
        return low, high, max((others - low.others) / (high.others - low.others), 0.0)

    @classmethod
    def parse(cls, said: Any) -> "Fitted":
        """The profile that a file says.

        Raises:
            BadProfile: it says something else.
        """
        levels = said.get("levels") if isinstance(said, Mapping) else None
        if not isinstance(levels, list) or not levels:
            raise BadProfile("levels is missing: this is not what `fakeai calibrate` writes")
        found = [_level(level, f"levels.{number}") for number, level in enumerate(levels)]
        return cls(tuple(sorted(found, key=lambda level: level.others)))


def _level(said: Any, name: str) -> Level:
    ttft, itl = _part(said, "ttft", name), _part(said, "itl", name)
    others = said.get("requests")
    if type(others) not in (int, float) or not 0 <= others < 1e9:
        raise BadProfile(f"{name}.requests: {others!r} is not a number of requests under way")
    return Level(
        others=float(others),
        first=_milliseconds(ttft, "fixed", f"{name}.ttft"),
        per_prompt_token=_milliseconds(ttft, "per_prompt_token", f"{name}.ttft"),
        per_token_ahead=_milliseconds(ttft, "per_token_ahead", f"{name}.ttft"),
        ttft_spread=_spread(ttft, "spread", f"{name}.ttft"),
        itl=_milliseconds(itl, "fixed", f"{name}.itl"),
        itl_spread=_spread(itl, "spread", f"{name}.itl"),
        gaps=_spread(itl, "gaps", f"{name}.itl"),
    )


def _mixed(share: float, low: float, high: float) -> float:
    return low + (high - low) * share


def _at(spread: Sequence[float], share: float) -> float:
    """The ratio that *share* (0 to 1) of all are not above."""
    percent = share * 100
    place = min(bisect_right(PERCENTILES, percent), len(PERCENTILES) - 1)
    low, high = PERCENTILES[place - 1], PERCENTILES[place]
    return spread[place - 1] + (spread[place] - spread[place - 1]) * (percent - low) / (high - low)


def _part(said: Any, key: str, name: str) -> Mapping[str, Any]:
    part = said.get(key) if isinstance(said, Mapping) else None
    if not isinstance(part, Mapping):
        raise BadProfile(f"{name}.{key} is missing")
    return part


def _milliseconds(part: Mapping[str, Any], key: str, name: str) -> float:
    said = str(part.get(key, "0ms"))
    try:
        value = float(said.removesuffix("ms")) if said.endswith("ms") else -1.0
    except ValueError:
        value = -1.0
    if not 0 <= value < 1e9:
        raise BadProfile(f"{name}.{key}: {said!r} is not a time such as 20ms")
    return value / 1000


def _spread(part: Mapping[str, Any], key: str, name: str) -> tuple[float, ...]:
    said = part.get(key, EVEN)
    good = isinstance(said, list | tuple) and len(said) == len(PERCENTILES)
    if not good or not all(type(each) in (int, float) and each >= 0 for each in said) or sorted(said) != list(said):
        raise BadProfile(f"{name}.{key} is not {len(PERCENTILES)} rising ratios, at the percentiles {PERCENTILES}")
    return tuple(float(each) for each in said)
