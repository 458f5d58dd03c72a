"""How long OpenAI's own models find a prompt again, which is less than the cache may keep it."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

REMEMBERED = 65_536  # places in prompts
DAY = 86_400.0  # seconds


def asked(body: Mapping[str, Any]) -> float | None:
    """For how many seconds the request *body* wants its prompt to be found; None when it does not say."""
    return DAY if body.get("prompt_cache_retention") == "24h" else None


class Retention:
    """The places in prompts, *step* blocks apart, at which they are found, and until when (monotonic seconds).

    A prompt is found for *seconds* after it was last used, or as long as its request says.
    """

    def __init__(self, step: int, seconds: float) -> None:
        self._step, self._seconds = step, seconds
        self._until: OrderedDict[int, float] = OrderedDict()

    def found(self, hashes: Sequence[int], count: int, now: float) -> int:
        """How many of the first *count* blocks of *hashes* are found at *now*."""
        until, step = self._until, self._step
        for at in range(step - 1, count, step):
            if until.get(hashes[at], now) < now:
                return at + 1 - step
        return count

    def use(self, hashes: Sequence[int], now: float, seconds: float | None = None) -> None:
        """The prompt with the blocks *hashes* is used at *now*; another may not make it be found for less time."""
        until, end = self._until, now + (self._seconds if seconds is None else seconds)
        for at in range(self._step - 1, len(hashes), self._step):
            block = hashes[at]
            until[block] = max(end, until.pop(block, end))
        while len(until) > REMEMBERED:
            until.popitem(last=False)
