"""Which worker answers: Dynamo's routers, with its formulas and parameters.

The cost of a worker is the prompt that it would have to compute, less what it has in its cache, and the blocks that it
would hold: `prefill_load_scale * max(0, prefill - credit) + decode + active_request_weight * requests`, in blocks.
A worker may have data-parallel ranks, which follow each other and have costs of their own. Modes without costs choose a
worker, whose own balancing chooses the rank, as vLLM's does.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import xxhash

MODES = ("kv", "round-robin", "random", "power-of-two", "least-loaded")
FORMULAS = ("1.x", "0.4", "0.1")
WAITING = 4  # running requests that a waiting one weighs, to the balancing of vLLM


@dataclass(frozen=True, slots=True)
class Weights:
    """The parameters of the KV router, by Dynamo's names."""

    prefill_load_scale: float = 1.0
    overlap_score_credit: float = 1.0
    overlap_score_credit_decay: float = 0.0
    decode_active_request_weight: float = 0.0
    temperature: float = 0.0


class Load(Protocol):
    """What a router knows of a worker."""

    @property
    def prefill_tokens(self) -> int:
        """Tokens of prompts that wait to be computed or are being computed."""
        ...

    @property
    def requests(self) -> int:
        """Requests that wait or run."""
        ...

    @property
    def blocks(self) -> int:
        """Full blocks of the prompts of its requests, shared ones counted once."""
        ...

    def blocks_with(self, hashes: Sequence[int]) -> int:
        """The same with a request more, whose blocks are *hashes*."""
        ...

    @property
    def usage(self) -> float:
        """The share of its KV cache that is in use, from 0 to 1."""
        ...

    @property
    def waiting(self) -> int:
        """Requests that wait."""
        ...


class Router:
    """Routes the requests of one fleet. Draws depend on *seed* and on how many came before."""

    def __init__(self, mode: str, weights: Weights, formula: str, block_size: int, seed: int, ranks: int = 1) -> None:
        self.mode, self.weights, self._size, self._seed, self._ranks = mode, weights, block_size, seed, ranks
        self._routed = 0
        self._cost: Callable[[Sequence[Load], int, Sequence[int], Mapping[int, int]], list[float]] = {
            "1.x": self._costs,
            "0.4": self._costs_without_credit,
            "0.1": self._negated_scores,
        }[formula]

    def choose(
        self, loads: Sequence[Load], tokens: int, hashes: Sequence[int], overlaps: Mapping[int, int]
    ) -> tuple[int, Sequence[float]]:
        """The worker for a prompt of *tokens* tokens, and what each would have cost, when the mode has costs.

        *hashes* are the prompt's full blocks, *overlaps* how many of them workers have.
        """
        self._routed += 1
        mode, count = self.mode, len(loads)
        if count == 1:
            return 0, ()
        if mode == "kv":
            costs = self._cost(loads, tokens, hashes, overlaps)
            return self._pick(costs), costs
        ranks = self._ranks
        count //= ranks
        if count == 1:
            chosen = 0
        elif mode == "round-robin":
            chosen = (self._routed - 1) % count
        elif mode == "random":
            chosen = self._draw(count)
        elif mode == "power-of-two":
            first, step = divmod(self._draw(count * (count - 1)), count - 1)
            second = (first + 1 + step) % count
            chosen = min(first, second, key=lambda worker: _requests(loads, worker, ranks))
        elif mode == "least-loaded":
            chosen = self._least([_requests(loads, worker, ranks) for worker in range(count)])
        else:
            raise ValueError(f"{mode} is no router mode")
        if ranks > 1:
            own = range(chosen * ranks, (chosen + 1) * ranks)
            chosen = min(own, key=lambda rank: loads[rank].requests + (WAITING - 1) * loads[rank].waiting)
        return chosen, ()

    def costs(
        self, loads: Sequence[Load], tokens: int, hashes: Sequence[int], overlaps: Mapping[int, int]
    ) -> Sequence[float]:
        """What each worker would cost, also where there is one alone; nothing when the mode has no costs."""
        return self._cost(loads, tokens, hashes, overlaps) if self.mode == "kv" else ()

    def choose_decoder(self, loads: Sequence[Load], hashes: Sequence[int], overlaps: Mapping[int, int]) -> int:
        """The worker that makes the tokens of a prompt that another one computed."""
        if self.mode != "kv":
            return self.choose(loads, 0, hashes, overlaps)[0]
        self._routed += 1
        weights = self.weights
        return self._pick(
            [
                max(0.0, load.blocks_with(hashes) - weights.overlap_score_credit * overlaps.get(worker, 0))
                + weights.decode_active_request_weight * load.requests
                for worker, load in enumerate(loads)
            ]
        )

    def _costs(
        self, loads: Sequence[Load], tokens: int, hashes: Sequence[int], overlaps: Mapping[int, int]
    ) -> list[float]:
        weights, size = self.weights, self._size
        scale, weight = weights.prefill_load_scale, weights.decode_active_request_weight
        if not hashes:
            return [
                scale * ((load.prefill_tokens + tokens) / size) + load.blocks + weight * load.requests for load in loads
            ]
        credit = weights.overlap_score_credit if scale else 0.0
        fewest = min([load.prefill_tokens for load in loads]) if weights.overlap_score_credit_decay else 0
        costs = []
        for worker, load in enumerate(loads):
            overlap = overlaps.get(worker, 0)
            earned = credit * overlap
            if overlap and weights.overlap_score_credit_decay:
                ahead = (load.prefill_tokens - fewest) / size / -(-tokens // size)
                earned = credit * (1 / (1 + weights.overlap_score_credit_decay * ahead)) * overlap
            prefill = (load.prefill_tokens + tokens) / size - earned
            held = load.blocks_with(hashes) if load.blocks else len(hashes)
            costs.append((scale * prefill if prefill > 0 else 0.0) + held + weight * load.requests)
        return costs

    def _costs_without_credit(
        self, loads: Sequence[Load], tokens: int, hashes: Sequence[int], overlaps: Mapping[int, int]
    ) -> list[float]:
        """As Dynamo had it from 0.4: the blocks to compute, weighed, and the blocks to hold."""
        weight, size = self.weights.prefill_load_scale, self._size
        return [
            weight * (load.prefill_tokens + tokens - overlaps.get(worker, 0) * size) / size + load.blocks_with(hashes)
            for worker, load in enumerate(loads)
        ]

    def _negated_scores(
        self, loads: Sequence[Load], tokens: int, hashes: Sequence[int], overlaps: Mapping[int, int]
    ) -> list[float]:
        """As it was first: twice the share of the prompt that is cached, less cache usage and waiting requests."""
        most = max([load.waiting for load in loads]) or 1
        blocks = max(len(hashes), 1)
        return [
            load.usage + load.waiting / most - 2 * self.weights.prefill_load_scale * overlaps.get(worker, 0) / blocks
            for worker, load in enumerate(loads)
        ]

    def _pick(self, costs: Sequence[float]) -> int:
        temperature = self.weights.temperature
        if temperature <= 0:
            return self._least(costs)
        low, high = min(costs), max(costs)
        if low == high:
            return self._draw(len(costs))
        shares = [math.exp(-(cost - low) / ((high - low) * temperature)) for cost in costs]
        point = self._draw(1 << 53) / (1 << 53) * sum(shares)
        for worker, share in enumerate(shares):
            point -= share
            if point < 0:
                return worker
        return len(costs) - 1

    def _least(self, costs: Sequence[float]) -> int:
        """The worker with the least cost; of several, any."""
        least = min(costs)
        if costs.count(least) == 1:
            return costs.index(least)
        equal = [worker for worker, cost in enumerate(costs) if cost == least]
        return equal[self._draw(len(equal))]

    def _draw(self, limit: int) -> int:
        return xxhash.xxh3_64_intdigest(b"%d" % self._routed, self._seed) % limit


def _requests(loads: Sequence[Load], worker: int, ranks: int) -> int:
    return sum([load.requests for load in loads[worker * ranks : (worker + 1) * ranks]])
