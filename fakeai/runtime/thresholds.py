"""How much work makes a worker too busy for more of a model, as Dynamo's frontend has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .store import Store

KEPT = "busy_threshold"  # the collection
NAMES = ("active_decode_blocks_threshold", "active_prefill_tokens_threshold", "active_prefill_tokens_threshold_frac")
MOST = 1000  # models that have some


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may have of each kind of work; None is no limit."""

    decode_blocks: float | None = None  # share of the blocks of its cache
    prefill_tokens: float | None = None  # of prompts that wait to be computed or are being computed
    prefill_batches: float | None = None  # the same, in batches as large as it takes

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Limits":
        """Those that *said* has by Dynamo's names."""
        return cls(*[said.get(name) for name in NAMES])

    def are_exceeded(self, blocks: int, capacity: int, prefill_tokens: int, batch: int) -> bool:
        """Whether a worker has too much that holds *blocks* of *capacity*, with *prefill_tokens* before it."""
        if self.prefill_tokens is not None and prefill_tokens > self.prefill_tokens:
            return True
        if self.prefill_batches is not None and prefill_tokens > int(self.prefill_batches * batch):
            return True
        return self.decode_blocks is not None and blocks > self.decode_blocks * capacity


class Thresholds:
    """The limits of a world's models: an engine, `world.engine(Thresholds)`."""

    def __init__(self, world: object) -> None:
        self.limits: dict[str, Limits] = {}

    def set(self, model: str, said: Mapping[str, Any]) -> None:
        """*model* has from now on the limits that *said* has by Dynamo's names."""
        self.limits[model] = Limits.of(said)

    async def restore(self, store: Store) -> None:
        """Have the limits that the *store* has."""
        for each in await store.page(KEPT, MOST):
            self.set(each.id, each.data)
