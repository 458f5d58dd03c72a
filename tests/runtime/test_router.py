"""Routers: whom each mode chooses, and what a worker costs by each formula, worked out by hand."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Any

import pytest

from fakeai.runtime.cluster.router import FORMULAS, MODES, Router, Weights
from tests.runtime.machine import Tokens, fleet, serve

PROMPT = [11, 12, 13, 14, 15, 16]  # six full blocks of 16 tokens, and four tokens more
TOKENS = 100


@dataclass
class Busy:
    """A worker as a router sees it. *held* are full blocks of prompts."""

    prefill_tokens: int = 0
    requests: int = 0
    held: Sequence[int] = ()
    usage: float = 0.0
    waiting: int = 0

    @property
    def blocks(self) -> int:
        return len(self.held)

    def blocks_with(self, hashes: Sequence[int]) -> int:
        return len({*self.held, *hashes})


LOADS = [
    Busy(prefill_tokens=320, requests=3, held=[11, 12, 13, 21, 22], usage=0.5, waiting=2),
    Busy(prefill_tokens=0, requests=4, held=[31, 32, 33, 34, 35, 36, 37], usage=0.9, waiting=4),
    Busy(),
]
OVERLAPS = {0: 3, 1: 6}


def router(mode: str = "kv", formula: str = "1.x", seed: int = 0, **weights: float) -> Router:
    return Router(mode, Weights(**weights), formula, 16, seed)


def costs(formula: str = "1.x", hashes: Sequence[int] = PROMPT, **weights: float) -> Sequence[float]:
    overlaps = OVERLAPS if hashes else {}
    return router(formula=formula, **weights).choose(LOADS, TOKENS, hashes, overlaps)[1]


def test_a_worker_costs_the_prompts_that_it_would_compute_and_the_blocks_that_it_would_hold() -> None:
    # (waiting tokens + 100) / 16, less cached blocks, and all full blocks of prompts
    assert costs() == [26.25 - 3 + 8, max(0, 6.25 - 6) + 13, 6.25 + 6]
    assert costs(hashes=()) == [26.25 + 5, 6.25 + 7, 6.25]


def test_weights_weigh_what_they_are_named_after() -> None:
    assert costs(prefill_load_scale=2.0) == [2 * 23.25 + 8, 2 * 0.25 + 13, 2 * 6.25 + 6]
    assert costs(prefill_load_scale=0.0) == [8, 13, 6]
    assert costs(overlap_score_credit=0.5) == [26.25 - 1.5 + 8, 6.25 - 3 + 13, 12.25]
    assert costs(overlap_score_credit=4.0) == [26.25 - 12 + 8, 0 + 13, 12.25]
    assert costs(decode_active_request_weight=2.0) == [31.25 + 6, 13.25 + 8, 12.25]
    # 320 tokens more than the least loaded worker are 20 blocks, of a request that has 7
    assert costs(overlap_score_credit_decay=0.7) == pytest.approx([26.25 - 3 / (1 + 0.7 * 20 / 7) + 8, 13.25, 12.25])


def test_the_older_formulas_are_as_they_were() -> None:
    assert costs("0.4") == [(320 + 100 - 48) / 16 + 8, (100 - 96) / 16 + 13, 100 / 16 + 6]
    assert costs("0.4", prefill_load_scale=0.5) == [23.25 / 2 + 8, 0.25 / 2 + 13, 6.25 / 2 + 6]
    assert costs("0.1") == pytest.approx([0.5 + 2 / 4 - 2 * 3 / 6, 0.9 + 1 - 2 * 6 / 6, 0])
    assert costs("0.1", prefill_load_scale=0.5) == pytest.approx([0.5 + 2 / 4 - 3 / 6, 0.9 + 1 - 1, 0])


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_cheapest_worker_is_taken(formula: str) -> None:
    chosen, found = router(formula=formula).choose(LOADS, TOKENS, PROMPT, OVERLAPS)
    assert found[chosen] == min(found)


def test_equally_cheap_workers_are_taken_equally_often() -> None:
    even = router()
    taken = Counter(even.choose([Busy(), Busy(prefill_tokens=16), Busy(), Busy()], 10, (), {})[0] for _ in range(3000))
    assert taken.keys() == {0, 2, 3}
    assert all(abs(count - 1000) < 120 for count in taken.values())


def test_temperature_takes_workers_by_the_softmax_of_their_costs() -> None:
    warm, draws = router(temperature=0.5), 20_000
    found = warm.choose(LOADS, TOKENS, PROMPT, OVERLAPS)[1]
    taken = Counter(warm.choose(LOADS, TOKENS, PROMPT, OVERLAPS)[0] for _ in range(draws))
    low, high = min(found), max(found)
    shares = [exp(-(cost - low) / (high - low) / 0.5) for cost in found]
    for worker, share in enumerate(shares):
        expected = draws * share / sum(shares)
        assert abs(taken[worker] - expected) < 4 * expected**0.5
    same = Counter(warm.choose([Busy(), Busy()], TOKENS, PROMPT, {})[0] for _ in range(2000))
    assert abs(same[0] - 1000) < 120


def test_round_robin_goes_round() -> None:
    turns = router("round-robin")
    assert [turns.choose(LOADS, 1, (), {}) for _ in range(5)] == [(0, ()), (1, ()), (2, ()), (0, ()), (1, ())]


def test_random_takes_everybody_equally_often() -> None:
    chance = router("random")
    taken = Counter(chance.choose(LOADS, 1, (), {})[0] for _ in range(3000))
    assert all(abs(taken[worker] - 1000) < 120 for worker in range(3))


def test_least_loaded_takes_who_has_the_fewest_requests() -> None:
    least = router("least-loaded")
    assert {least.choose(LOADS, 1, (), {})[0] for _ in range(50)} == {2}
    assert {least.choose([Busy(requests=1), Busy(), Busy()], 1, (), {})[0] for _ in range(50)} == {1, 2}


def test_power_of_two_takes_the_better_of_two_that_differ() -> None:
    two, draws = router("power-of-two"), 6000
    taken = Counter(two.choose(LOADS, 1, (), {})[0] for _ in range(draws))
    # of the three pairs, the idle worker is in two, and the busiest wins none
    assert taken.keys() == {0, 2}
    assert abs(taken[2] - draws * 2 / 3) < 160


@pytest.mark.parametrize("mode", MODES)
def test_the_same_requests_are_routed_the_same_way(mode: str) -> None:
    def ways(seed: int) -> list[int]:
        routed = router(mode, seed=seed)
        return [routed.choose([Busy()] * 5, 1, (), {})[0] for _ in range(40)]

    assert ways(1) == ways(1)
    assert (ways(1) == ways(2)) == (mode == "round-robin")


@pytest.mark.parametrize("mode", MODES)
def test_one_worker_takes_everything(mode: str) -> None:
    assert router(mode).choose([Busy(requests=9)], 5, (), {}) == (0, ())


def test_a_fleet_tells_its_router_what_its_workers_do() -> None:
    run = fleet(ttft=1.0, itl=0.5, workers=2, block_size=4, blocks=100)
    first = serve(run, 0.0, Tokens(range(1, 11), range(50, 56))).request
    worker, other = run.workers[first.worker], run.workers[1 - first.worker]
    assert (worker.prefill_tokens, worker.blocks, worker.requests) == (10, 2, 1)
    assert worker.blocks_with(first.hashes) == 2
    run.advance(1.0)
    assert (worker.prefill_tokens, worker.blocks, worker.requests) == (0, 2, 1)
    # 8 of 13 tokens are cached, and its two full blocks are held already: 1.25 + 3 blocks against 3.25 + 3
    second = serve(run, 1.0, Tokens([*range(1, 9), *range(90, 95)], [1, 2])).request
    assert (second.worker, second.costs[worker.number], second.costs[other.number]) == (worker.number, 4.25, 6.25)
    assert (second.counted, second.cached, worker.prefill_tokens, worker.blocks) == (5, 8, 5, 3)
    run.advance(100.0)
    # a prompt that is wholly cached is nothing to compute for the router; the worker computes the last token's block
    third = serve(run, 100.0, Tokens(range(1, 9), [1])).request
    assert (third.worker, third.counted, third.cached, worker.prefill_tokens) == (worker.number, 0, 4, 0)
    run.advance(200.0)
    assert [(each.prefill_tokens, each.blocks, each.requests) for each in run.workers] == [(0, 0, 0), (0, 0, 0)]


def test_who_reads_a_prompt_next_finds_it_where_it_was_read() -> None:
    run = fleet(workers=8, block_size=4, blocks=1000)
    served: dict[int, Any] = {}
    for turn in range(40):
        conversation = turn % 4
        before = served.get(conversation)
        ids = range(conversation * 1000, conversation * 1000 + 40 + 8 * (turn // 4))
        now = serve(run, float(turn * 10), Tokens(ids, [turn])).request
        if before is not None:
            assert (now.worker, now.cached) == (before.worker, before.prompt)
        served[conversation] = now
