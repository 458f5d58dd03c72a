"""What a worker did, by slices of time: from this follow the gauges of its GPUs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

SLICE = 0.1  # seconds
KEPT = 6_000  # slices with work in them that are kept: at least the last ten minutes


@dataclass(slots=True)
class Slice:
    """What one worker did in one slice of time. Times in seconds, at most `SLICE` each."""

    prefill: float = 0.0  # computing prompts
    decode: float = 0.0  # making tokens and computing no prompt
    steps: float = 0.0  # forward passes, each of which reads all weights
    prompt_tokens: float = 0.0  # computed, not found in the cache
    made_tokens: float = 0.0
    read_tokens: float = 0.0  # tokens whose keys and values were read, added up over the steps
    blocks: int = 0  # of the KV cache that held something at its end


class Activity:
    """The slices of one worker in which it did something, in order; a slice is numbered by its start / `SLICE`.

    Times are of `world.clock.monotonic()`. Work is told before anybody looks, or at most ten seconds after its begin:
    what is older may have been added up. *before_loss* is called with the number of the first slice that stays, before
    one is forgotten.
    """

    def __init__(self) -> None:
        self._slices: dict[int, Slice] = {}
        self.before_loss: list[Callable[[int], None]] = []
        self.lost = Slice()  # the sum of what was forgotten before anybody wanted to know
        self.losses = 0  # slices of it

    def add(
        self,
        start: float,
        end: float,
        *,
        prefill: float = 0.0,
        steps: float = 1.0,
        prompt_tokens: float = 0.0,
        made_tokens: float = 0.0,
        read_tokens: float = 0.0,
        blocks: int = 0,
    ) -> None:
        """The worker was busy from *start* to *end*, the share *prefill* of that time with prompts, and did so much."""
        first, last = int(start / SLICE), int(end / SLICE)
        length = end - start
        for number in range(first, last + 1):
            part = min(end, (number + 1) * SLICE) - max(start, number * SLICE)
            if part <= 0 and length > 0:
                continue
            share = part / length if length > 0 else 1.0
            found = self._slices.get(number)
            if found is None:
                found = self._slices[number] = Slice()
                if len(self._slices) > KEPT:
                    self._forget(next(iter(self._slices)))
            found.prefill += prefill * part
            found.decode += (1 - prefill) * part
            found.steps += steps * share
            found.prompt_tokens += prompt_tokens * share
            found.made_tokens += made_tokens * share
            found.read_tokens += read_tokens * share
            found.blocks = blocks
            if length <= 0:
                break

    def between(self, first: int, end: int) -> list[tuple[int, Slice]]:
        """The slices with work in them from *first* to before *end*, in order."""
        if end - first <= len(self._slices):
            found = ((at, self._slices.get(at)) for at in range(first, end))
            return [(at, done) for at, done in found if done is not None]
        return sorted((at, done) for at, done in self._slices.items() if first <= at < end)

    def since(self, first: int) -> list[tuple[int, Slice]]:
        """Copies of the slices with work in them from *first* on, in order."""
        return sorted((at, times(done, 1)) for at, done in self._slices.items() if at >= first)

    def take(self, slices: Sequence[tuple[int, Slice]]) -> None:
        """Have done what these *slices* say, before anything else."""
        self._slices.update(slices)

    def held(self, number: int) -> int:
        """The blocks that held something at the end of the last slice with work up to *number*."""
        return next((done.blocks for at, done in reversed(self._slices.items()) if at <= number), 0)

    def _forget(self, number: int) -> None:
        for listener in self.before_loss:
            listener(number + 1)
        done = self._slices.pop(number)
        if not self.before_loss:
            self.losses += 1
            self.lost = together(self.lost, done)


def together(*slices: Slice) -> Slice:
    """The sum of *slices*."""
    total = Slice()
    for each in slices:
        total.prefill += each.prefill
        total.decode += each.decode
        total.steps += each.steps
        total.prompt_tokens += each.prompt_tokens
        total.made_tokens += each.made_tokens
        total.read_tokens += each.read_tokens
        total.blocks += each.blocks
    return total


def times(done: Slice, factor: float) -> Slice:
    """*factor* times as much."""
    return Slice(
        done.prefill * factor,
        done.decode * factor,
        done.steps * factor,
        done.prompt_tokens * factor,
        done.made_tokens * factor,
        done.read_tokens * factor,
        done.blocks,
    )
