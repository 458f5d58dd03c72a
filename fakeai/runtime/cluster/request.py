"""One request that a worker computes: what it needs, and when what happens to it."""

from array import array
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from ..admission import Admission
from ..caller import Caller
from ..ledger.rows import DEFAULT, Extra
from . import blocks


class Exchange(Protocol):
    """A prompt and the answers to it, as tokens."""

    @property
    def size(self) -> int:
        """How many tokens the prompt has."""
        ...

    def ids(self) -> "array[int]":
        """The prompt's token ids, as unsigned 32-bit integers."""
        ...

    def answer_ids(self) -> "array[int]":
        """Those of the first answer."""
        ...


class Request:
    """An exchange that a worker computes. Moments are monotonic seconds; -1 is a moment that has not come.

    *prompt* is how many tokens the prompt has, *sizes* how many each answer has; *passes* is how many forward passes
    make the longest one, which are fewer when some tokens are accepted from a prediction.
    """

    begun = first = end = -1.0  # when its prefill begins, its first and its last token come
    counted = 0  # tokens of the prompt that the router expects the worker to compute
    cached = 0  # tokens of the prompt that were found in the worker's cache
    have = 0  # tokens of the prompt that are at its worker before it computes
    is_transferred = False  # its prompt was computed by another worker
    computed = 0  # tokens of it that were computed so far, cached ones included
    open = 0  # blocks without a hash that it holds
    made = 0  # tokens of all answers, once it is over
    over = False
    origin = 0  # the number of the worker's step that makes its first token
    banked = 0  # passes that were made before it was preempted
    heat = 0.0  # how much longer its temperature makes a step, as a share of it
    preemptions = 0
    paused = -1.0  # when it was preempted the last time
    passes_made = 0  # once it is over
    is_noted = False  # by the records, which know of so many passes and tokens:
    noted = noted_tokens = 0
    admission: Admission | None = None  # which is given back what is never said
    adapter = ""  # the name that its blocks' seed is made of
    lora = base = ""  # the LoRA adapter that its worker needs, and the model that this changes
    drafted: Sequence[int] = ()  # the pass that makes each token, where drafts are checked
    costs: Sequence[float] = ()  # what each worker would have cost; infinite, when it was too busy
    overlaps: Mapping[int, int] = MappingProxyType({})  # blocks of its prompt that each of them had
    moments: Sequence[float] = ()  # of each pass after the arrival, when they are planned
    overlap = best = 0  # blocks of its prompt that its worker had, and the one that had most
    saved = 0.0  # seconds by which its first token comes earlier for what was cached
    streams = False  # its client reads it token by token
    finish = "stop"  # why its answers end, as chat says it
    headers: Sequence[tuple[bytes, bytes]] = ()  # of its call
    caller: Caller | None = None  # of its call
    since_1970: float | None = None  # what a monotonic moment lacks by the clock of its call; None without one
    tier: str = DEFAULT  # of service
    extra: Extra | None = None  # what it uses beside its tokens

    def __init__(
        self,
        number: int,
        model: str,
        exchange: Exchange,
        hashes: Sequence[int],
        sizes: Sequence[int],
        passes: int,
        arrived: float,
        place: str,
        key: bytes,
        seed: int = blocks.SEED,
    ) -> None:
        self.number, self.model, self.exchange, self.prompt = number, model, exchange, exchange.size
        self.hashes, self.sizes, self.passes, self.arrived = hashes, sizes, passes, arrived
        self.place, self.key, self.seed = place, key, seed
        self.worker = 0

    @property
    def weights(self) -> str:
        """The model whose weights compute it."""
        return self.base or self.model

    @property
    def is_batch(self) -> bool:
        """Whether it is a line of a batch."""
        return self.admission is not None and self.admission.is_batch

    @property
    def width(self) -> int:
        """How many answers are made side by side."""
        return len(self.sizes) or 1

    @property
    def asked(self) -> int:
        """How many tokens all its answers have when nobody cuts them."""
        return sum(self.sizes)

    @property
    def last_pass(self) -> float | None:
        """When the last of the passes that are made was, where that is planned."""
        moments, made = self.moments, self.passes_made
        return self.arrived + moments[min(made, len(moments)) - 1] if moments and made else None

    def forget(self) -> None:
        """Let go of what only a request needs that is not over."""
        del self.exchange
        self.hashes = self.moments = self.drafted = ()
        self.headers = ()

    def tokens_by(self, passes: int) -> int:
        """How many tokens there are after so many passes."""
        if passes >= self.passes:
            return self.asked
        return sum([size * passes // self.passes for size in self.sizes])

    def ids(self, start: int, stop: int) -> "array[int]":
        """The ids of tokens *start* to *stop* - 1 of its prompt and its first answer."""
        ids = self.exchange.ids()
        return ids[start:stop] if stop <= len(ids) else (ids + self.exchange.answer_ids())[start:stop]

    def answer_hashes(self, size: int) -> list[int]:
        """The sequence hashes of the full blocks of *size* tokens that its first answer adds to the prompt's.

        The keys and values of its last token are never computed.
        """
        known = len(self.hashes)
        ids = self.exchange.ids()[known * size :]
        made = self.made if len(self.sizes) == 1 else min(self.sizes[0], -(-self.made // self.width))
        ids += self.exchange.answer_ids()[: max(made - 1, 0)]
        return blocks.chained(blocks.own_hashes(ids, size, self.seed), self.hashes[-1] if known else None)
