"""Dynamo's own router, fed with our KV events and told of our requests, chooses as we do."""

import asyncio
import copy
import random
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from fakeai.runtime.clock import VirtualClock, VirtualLoop
from fakeai.runtime.cluster.blocks import chained, own_hashes, seed_of
from fakeai.runtime.cluster.fleet import Fleet, Served
from fakeai.runtime.cluster.latency import Server
from fakeai.runtime.cluster.router import Router, Weights
from fakeai.runtime.options import Delay, Events, Machine, Options
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World

DECISIONS = 4  # of each state of the workers, the last of which becomes real
STATES = 300


@dataclass(frozen=True)
class Case:
    """A fleet, Dynamo's variables for the same one, and prompts."""

    machine: Machine
    variables: dict[str, str] = field(default_factory=dict)
    longest: int = 40  # blocks
    pause: float = 0.15  # seconds between requests, on average


BASE, ADAPTERS = "some-model", ["", "", "", "an-adapter"]
SCALE, CREDIT = "DYN_ROUTER_PREFILL_LOAD_SCALE", "DYN_ROUTER_KV_OVERLAP_SCORE_CREDIT"
DECAY, WEIGHT = "DYN_ROUTER_KV_OVERLAP_SCORE_CREDIT_DECAY", "DYN_ROUTER_DECODE_ACTIVE_REQUEST_WEIGHT"
CASES = {
    "as it comes": Case(Machine(workers=4, blocks=500)),
    "two large workers": Case(Machine(workers=2, block_size=32, blocks=4000), longest=80),
    "small caches": Case(Machine(workers=8, block_size=64, blocks=60), longest=20),
    "little credit": Case(Machine(workers=5, blocks=300, overlap_score_credit=0.4), {CREDIT: "0.4"}),
    "prompts count more": Case(Machine(workers=3, blocks=400, prefill_load_scale=2.5), {SCALE: "2.5"}),
    "prompts count nothing": Case(Machine(workers=6, blocks=400, prefill_load_scale=0.0), {SCALE: "0"}),
    "requests count": Case(Machine(workers=4, blocks=400, decode_active_request_weight=3.5), {WEIGHT: "3.5"}),
    "credit falls": Case(
        Machine(
            workers=4, blocks=400, overlap_score_credit=0.9, overlap_score_credit_decay=1.5, prefill_load_scale=0.7
        ),
        {CREDIT: "0.9", DECAY: "1.5", SCALE: "0.7"},
    ),
    "two ranks": Case(Machine(workers=3, ranks=2, blocks=400)),
    "four ranks with small caches": Case(Machine(workers=2, ranks=4, block_size=64, blocks=60), longest=20),
    "ranks that batch": Case(Machine(latency="mocker", workers=2, ranks=3, blocks=500), pause=0.03),
    "batches": Case(Machine(latency="mocker", workers=4, blocks=600), pause=0.03),
    "batches that preempt": Case(
        Machine(latency="mocker", workers=2, block_size=16, blocks=70, sequences=8, batched_tokens=512), pause=0.05
    ),
}


class Tokens:
    """A prompt of made-up ids, and an answer."""

    def __init__(self, number: int, ids: Sequence[int], answer: Sequence[int], adapter: str) -> None:
        self.adapter = adapter
        self.key, self.size = b"%d" % number, len(ids)
        self._ids, self._answer = array("I", ids), array("I", answer)

    def ids(self) -> "array[int]":
        return self._ids

    def answer_ids(self) -> "array[int]":
        return self._answer


class Mark:
    """A block of its own, by which is known how far somebody has heard."""

    adapter = ""

    def __init__(self, number: int, size: int) -> None:
        self.tokens = array("I", [2**32 - 1 - number] * size)
        self.hashes = chained(own_hashes(self.tokens, size))

    def ids(self, start: int, stop: int) -> "array[int]":
        return self.tokens[start:stop]


class Game:
    """Requests in our fleet, of which the oracle is told."""

    def __init__(self, oracle: Any, fleet: Fleet, case: Case, seed: str) -> None:
        self.oracle, self.fleet, self.case, self.draw = oracle, fleet, case, random.Random(seed)
        self.events = fleet.events
        self.now = 0.0
        self.prompts: list[Tokens] = []
        self.open: dict[str, Served] = {}
        self.prefilled: set[str] = set()
        self.ties = self.decisions = self.marks = 0
        self.costs: dict[str, float] = {}
        self.mark: Mark | None = None
        self.seen = {"cached": 0, "evicted": 0, "preempted": 0}

    def prompt(self) -> Tokens:
        """One that was there before, or one that begins like it."""
        draw, size = self.draw, self.fleet.block_size
        before = draw.choice(self.prompts) if self.prompts and draw.random() < 0.8 else None
        if before and draw.random() < 0.3:
            return before
        ids = list(before.ids() + before.answer_ids()) if before else []
        if draw.random() < 0.7:
            ids = ids[: draw.randint(0, len(ids))]
        length = int(size * self.case.longest * draw.random() ** 2) + 1
        ids = [*ids[: size * self.case.longest], *(draw.randrange(200_000) for _ in range(length))]
        answer = [draw.randrange(200_000) for _ in range(draw.randint(1, 90))]
        self.prompts.append(Tokens(len(self.prompts), ids, answer, draw.choice(ADAPTERS)))
        return self.prompts[-1]

    def tell(self) -> None:
        """Tell the oracle what happened until now."""
        prefilled, over = [], []
        for name, served in list(self.open.items()):
            request = served.request
            if 0 <= request.first <= self.now and name not in self.prefilled:
                self.prefilled.add(name)
                prefilled.append(name)
            if request.over:
                over.append(name)
                del self.open[name]
        self.oracle.ask("note", prefilled=prefilled, grown=[], over=over)
        assert self.unheard() == []

    def begin(self) -> None:
        """Wait until the oracle hears all workers: it asks to have again what they said before it listened."""
        for _ in range(100):
            if not self.unheard(patience=50):
                return
        raise AssertionError(self.unheard())

    def unheard(self, **patience: int) -> list[int]:
        """Workers of which the oracle has not heard all."""
        everyone = list(range(len(self.fleet.workers)))
        past, self.mark = self.mark, Mark(self.marks, self.fleet.block_size)
        self.marks += 1
        for worker in everyone:
            if past:
                self.events.removed(worker, past.hashes)
            self.events.stored(worker, self.mark.hashes, None, self.mark, 0)
        silent: list[int] = self.oracle.ask("hear", marker=self.mark.tokens.tolist(), workers=everyone, **patience)
        return silent

    def turn(self, number: int) -> None:
        """Let some time pass, decide about some prompts, and give the last one to a worker."""
        self.now += self.draw.expovariate(1 / self.case.pause)
        self.fleet.advance(self.now)
        if self.open and self.draw.random() < 0.1:
            self.leave()
        self.tell()
        prompts = [self.prompt() for _ in range(DECISIONS)]
        names = [f"{number}.{each}" for each in range(DECISIONS)]
        ids, adapters = [each.ids().tolist() for each in prompts], [each.adapter for each in prompts]
        answers = self.oracle.ask("decide", prompts=ids, names=names, adapters=adapters)
        for name, prompt, answer in zip(names, prompts, answers, strict=True):
            chosen = self.judge(name, prompt, answer)
        computes, hashes = self.oracle.ask(
            "reserve", tokens=ids[-1], name=f"{number}", worker=chosen, adapter=prompt.adapter
        )
        served = self.serve(prompt)
        request = served.request
        hashes = list(request.hashes) if hashes is None else hashes
        assert (request.worker, request.counted, list(request.hashes)) == (chosen, computes, hashes)
        self.seen["cached"] += request.cached > 0
        self.open[f"{number}"] = served

    def judge(self, name: str, prompt: Tokens, answer: Any) -> int:
        """Hold a decision of the oracle to ours; our worker."""
        workers, size = self.fleet.workers, self.fleet.block_size
        hashes = chained(own_hashes(prompt.ids(), size, seed_of(prompt.adapter)))
        overlaps = self.fleet.prefixes.overlaps(hashes)
        loads = []
        for worker in workers:
            computes = worker.prefill_tokens + prompt.size - overlaps.get(worker.number, 0) * size
            loads.append([computes, worker.blocks_with(hashes), worker.requests])
        assert answer["loads"] == loads, name
        chosen, costs = copy.copy(self.fleet.router).choose(workers, prompt.size, hashes, overlaps)
        least = min(costs)
        cheapest = [worker for worker, cost in enumerate(costs) if cost == least]
        self.decisions += 1
        self.ties += len(cheapest) > 1
        self.costs[name] = least
        assert chosen in cheapest
        assert answer["worker"] in cheapest, (name, costs)
        return chosen

    def serve(self, prompt: Tokens) -> Served:
        call: Any = SimpleNamespace(admission=None, arrived=self.now, endpoint="/v1/chat/completions", headers=[])
        timing = self.fleet._world.engine(Server).timing
        size = len(prompt.answer_ids())
        return self.fleet.serve(call, timing, prompt.adapter or BASE, prompt, [size], prompt.key, booked=False)

    def leave(self) -> None:
        """The client of some request leaves."""
        served = self.draw.choice(list(self.open.values()))
        served.left_whole(0, self.now - served.request.arrived)

    def end(self) -> None:
        """Nothing is left when all requests are over."""
        self.now += 1000
        self.fleet.advance(self.now)
        self.tell()
        assert self.open == {}
        (idle,) = self.oracle.ask("decide", prompts=[[1]], names=["end"], adapters=[""])
        assert idle["loads"] == [[1, 0, 0]] * len(self.fleet.workers)


def play(oracle: Any, case: Case, name: str) -> Game:
    told = Events("tcp://127.0.0.1:0", "tcp://127.0.0.1:0", form=random.Random(name).choice(["map", "array"]))
    options = Options(
        ttft=Delay(0.3, 0.5), itl=Delay(0.02, 0.5), machine=replace(case.machine, model=BASE, events=told)
    )

    async def main() -> Game:
        fleet = Fleet(World(options, VirtualClock(), store=SqliteStore(None)))
        try:
            assert fleet.events
            lines = fleet.events.lines
            endpoints, replays = [line.endpoint for line in lines], [line.replay_endpoint for line in lines]
            oracle.ask(
                "start", endpoints=endpoints, replays=replays, block_size=fleet.block_size, ranks=case.machine.ranks
            )
            game = Game(oracle, fleet, case, name)
            game.begin()
            for number in range(STATES):
                game.turn(number)
            game.seen["evicted"] = sum(worker.cache.evicted for worker in fleet.workers)
            game.seen["preempted"] = sum(getattr(worker, "preemptions", 0) for worker in fleet.workers)
            game.end()
            oracle.ask("stop")
            return game
        finally:
            fleet.close()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main())


@pytest.mark.parametrize("name", CASES)
def test_dynamo_chooses_one_of_our_cheapest_workers_at_the_same_cost(ask_nvidia: Callable[..., Any], name: str) -> None:
    """To the bit: who wins a tie, which Dynamo draws, is all that may differ."""
    oracle = ask_nvidia(**CASES[name].variables)
    game = play(oracle, CASES[name], name)
    theirs = oracle.costs
    assert {each: theirs[each] for each in game.costs} == game.costs
    print(f"{name}: {game.decisions} decisions, {game.ties} ties, {game.seen}")
    assert len(game.costs) == game.decisions == STATES * DECISIONS
    assert game.seen["cached"] > STATES / 10
    assert game.seen["evicted"] > 100
    if name == "batches that preempt":
        assert game.seen["preempted"]


class Booked:
    """A worker as a router knows it: prompts that are computed, and blocks."""

    usage, waiting = 0.0, 0

    def __init__(self) -> None:
        self.prefill_tokens = self.requests = self.grown = 0
        self.held: Counter[int] = Counter()

    @property
    def blocks(self) -> int:
        return len(+self.held) + self.grown

    def blocks_with(self, hashes: Sequence[int]) -> int:
        return len(set(+self.held) | set(hashes)) + self.grown


def test_blocks_of_answers_count_where_a_router_is_told_of_them(ask_nvidia: Callable[..., Any]) -> None:
    oracle, draw = ask_nvidia(), random.Random(1)
    router = Router("kv", Weights(), "1.x", 16, 0)
    loads = [Booked() for _ in range(4)]
    oracle.ask("start", endpoints=["tcp://127.0.0.1:1"] * 4, replays=["tcp://127.0.0.1:1"] * 4, block_size=16)
    prompts: list[list[int]] = [[]]
    running: dict[str, tuple[int, int, list[int], int]] = {}  # worker, prompt tokens, hashes, blocks of the answer
    costs: dict[str, float] = {}
    for number in range(500):
        start = draw.choice(prompts)
        prompts.append(start[: draw.randint(0, len(start))] + [draw.randrange(99) for _ in range(draw.randint(1, 300))])
        hashes = chained(own_hashes(array("I", prompts[-1]), 16))
        (answer,) = oracle.ask("decide", prompts=[prompts[-1]], names=[f"{number}"], adapters=[""])
        assert answer["loads"] == [
            [load.prefill_tokens + len(prompts[-1]), load.blocks_with(hashes), load.requests] for load in loads
        ]
        worker, found = router.choose(loads, len(prompts[-1]), hashes, {})
        costs[f"{number}"] = min(found)
        assert found[answer["worker"]] == min(found)
        oracle.ask("reserve", tokens=prompts[-1], name=f"r{number}", worker=worker, adapter="")
        running[f"r{number}"] = worker, len(prompts[-1]), hashes, 0
        loads[worker].prefill_tokens += len(prompts[-1])
        loads[worker].requests += 1
        loads[worker].held.update(hashes)
        prefilled = [name for name, (*_, tokens, _, _) in running.items() if tokens and draw.random() < 0.3]
        grown = [name for name in running if draw.random() < 0.3]
        over = [name for name in running if draw.random() < 0.1]
        oracle.ask("note", prefilled=prefilled, grown=grown, over=over)
        for name in prefilled:
            worker, tokens, hashes, blocks = running[name]
            loads[worker].prefill_tokens -= tokens
            running[name] = worker, 0, hashes, blocks
        for name in grown:
            worker, tokens, hashes, blocks = running[name]
            loads[worker].grown += 1
            running[name] = worker, tokens, hashes, blocks + 1
        for name in over:
            worker, tokens, hashes, blocks = running.pop(name)
            loads[worker].prefill_tokens -= tokens
            loads[worker].requests -= 1
            loads[worker].grown -= blocks
            loads[worker].held.subtract(hashes)
    theirs = oracle.costs
    assert {name: theirs[name] for name in costs} == costs


def test_temperature_softens_the_choice_as_much(ask_nvidia: Callable[..., Any]) -> None:
    oracle = ask_nvidia(DYN_ROUTER_TEMPERATURE="0.4")
    router = Router("kv", Weights(temperature=0.4), "1.x", 16, 0)
    loads = [Booked() for _ in range(4)]
    oracle.ask("start", endpoints=["tcp://127.0.0.1:1"] * 4, replays=["tcp://127.0.0.1:1"] * 4, block_size=16)
    for worker, tokens in enumerate((0, 160, 320, 800)):
        if tokens:
            hashes = chained(own_hashes(array("I", range(1, tokens + 1)), 16))
            oracle.ask("reserve", tokens=list(range(1, tokens + 1)), name=f"r{worker}", worker=worker, adapter="")
            loads[worker].prefill_tokens, loads[worker].requests = tokens, 1
            loads[worker].held.update(hashes)
    draws = 4000
    answers = oracle.ask(
        "decide", prompts=[[7] * 15] * draws, names=[f"{number}" for number in range(draws)], adapters=[""] * draws
    )
    theirs = Counter(answer["worker"] for answer in answers)
    ours = Counter(router.choose(loads, 15, [], {})[0] for _ in range(draws))
    for worker in range(4):
        assert abs(theirs[worker] - ours[worker]) < 4 * (2 * draws * 0.25) ** 0.5, (theirs, ours)
    assert len(ours) == 4
