"""What a worker did, by slices of time: from this follow the gauges of its GPUs."""

from collections.abc import Iterator
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
    """The slices of one worker in which it did something, in order; a slice is numbered by its start / `SLICE`."""

    def __init__(self) -> None:
        self._slices: dict[int, Slice] = {}

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
                    del self._slices[next(iter(self._slices))]
            found.prefill += prefill * part
            found.decode += (1 - prefill) * part
            found.steps += steps * share
            found.prompt_tokens += prompt_tokens * share
            found.made_tokens += made_tokens * share
            found.read_tokens += read_tokens * share
            found.blocks = blocks
            if length <= 0:
                break

    def since(self, number: int) -> Iterator[tuple[int, Slice]]:
        """The slices with work in them from *number* on, in order."""
        return ((at, found) for at, found in self._slices.items() if at >= number)
