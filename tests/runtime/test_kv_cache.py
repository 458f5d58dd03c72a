"""The KV caches and the index over them: what is kept, what goes first, and that nothing is lost or left behind."""

import random
import subprocess
import sys
from array import array
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest

from fakeai.runtime.cluster.batch import BatchWorker
from fakeai.runtime.cluster.blocks import chained, own_hashes
from fakeai.runtime.cluster.cache import BlockCache
from fakeai.runtime.cluster.fleet import Fleet
from fakeai.runtime.cluster.latency import INSTANT
from fakeai.runtime.cluster.prefixes import Prefixes
from fakeai.runtime.cluster.request import Request
from tests.inprocess import ROOT
from tests.runtime.machine import Ids, Tokens, blocks_of, fleet, serve

IDS = Ids()


class Log:
    """A listener that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def stored(self, worker: int, hashes: Sequence[int], parent: int | None, source: Any, place: int) -> None:
        self.told.append(("stored", list(hashes), parent, place))

    def removed(self, worker: int, hashes: Sequence[int]) -> None:
        self.told.append(("removed", list(hashes)))

    def cleared(self, worker: int) -> None:
        self.told.append(("cleared",))


def test_what_was_let_go_first_makes_room_and_the_end_of_a_prompt_before_its_start() -> None:
    log = Log()
    cache = BlockCache(0, 6, log)
    cache.hold(IDS, [1, 2, 3])
    cache.hold(IDS, [1, 2, 4])
    cache.release([1, 2, 4])
    cache.release([1, 2, 3])
    assert (cache.used, cache.kept, cache.free) == (0, 4, 6)
    cache.hold(IDS, [5, 6, 7], open=1)
    assert log.told == [
        ("stored", [1, 2, 3], None, 0),
        ("stored", [4], 2, 2),
        ("removed", [4, 3]),
        ("stored", [5, 6, 7], None, 0),
    ]
    assert (cache.used, cache.kept, cache.free, cache.evicted) == (4, 6, 2, 2)
    assert (cache.depth([1, 2, 3]), cache.depth([5, 6, 7, 8]), cache.depth([9])) == (2, 3, 0)


def test_what_is_used_again_stays_longer() -> None:
    log = Log()
    cache = BlockCache(0, 4, log)
    for blocks in ([1, 2], [3, 4], [1]):
        cache.hold(IDS, blocks)
        cache.release(blocks)
    cache.hold(IDS, [5, 6])
    assert log.told[-2:] == [("removed", [2, 4]), ("stored", [5, 6], None, 0)]
    cache.touch(IDS, [3])
    cache.hold(IDS, [7], before=[5, 6])
    assert log.told[-2:] == [("removed", [1]), ("stored", [7], 6, 2)]


def test_what_is_held_stays_even_when_there_is_too_much_of_it() -> None:
    log = Log()
    cache = BlockCache(0, 3, log)
    cache.hold(IDS, [1, 2])
    cache.hold(IDS, [3, 4], open=2)
    assert (cache.used, cache.free) == (6, -3)
    cache.release([3, 4], open=2)
    assert log.told[2:] == [("removed", [4])]
    assert blocks(cache) == {1, 2, 3}


def test_blocks_without_a_hash_become_blocks_of_the_answer() -> None:
    log = Log()
    cache = BlockCache(0, 8, log)
    cache.hold(IDS, [1], open=1)
    cache.grow(2)
    cache.fill(IDS, [2, 3], 3, [1])
    assert (cache.open, cache.used) == (0, 3)
    assert log.told == [("stored", [1], None, 0), ("stored", [2, 3], 1, 1)]


def test_a_cache_that_nobody_uses_is_cleared_and_one_in_use_loses_the_rest() -> None:
    log = Log()
    cache = BlockCache(0, 8, log)
    cache.hold(IDS, [1, 2])
    cache.hold(IDS, [3])
    cache.release([3])
    cache.clear()
    assert log.told[2:] == [("removed", [3])]
    cache.release([1, 2])
    cache.clear()
    assert log.told[3:] == [("cleared",)]
    assert cache.kept == 0


def blocks(cache: BlockCache) -> set[int]:
    return cache._held.keys() | cache._idle.keys()


class Sets:
    """Who has which blocks, said plainly: a set for each worker, whoever loses a block loses what follows it."""

    def __init__(self) -> None:
        self.have: dict[int, set[int]] = {worker: set() for worker in range(4)}
        self.parents: dict[int, int | None] = {}

    def stored(self, worker: int, hashes: Sequence[int], parent: int | None) -> None:
        if parent is None or parent in self.have[worker]:
            for before, block in pairwise([parent, *hashes]):
                assert block is not None
                self.parents[block] = before
            self.have[worker].update(hashes)

    def removed(self, worker: int, hashes: Sequence[int]) -> None:
        have, gone = self.have[worker], set(hashes)
        while gone & have:
            have -= gone
            gone = {block for block in have if self.parents[block] in gone}

    def overlaps(self, hashes: Sequence[int]) -> dict[int, int]:
        found = {}
        for worker, have in self.have.items():
            depth = next((at for at, block in enumerate(hashes) if block not in have), len(hashes))
            if depth:
                found[worker] = depth
        return found


def expect_sound(prefixes: Prefixes) -> None:
    """Each run holds its place in the tree, and every block belongs to somebody."""
    for run in set(prefixes._runs.values()):
        assert run.hashes
        assert {block for block, other in prefixes._runs.items() if other is run} == set(run.hashes)
        assert run.all or run.some
        for worker, count in run.some.items():
            assert 0 < count < len(run.hashes)
            assert not run.all >> worker & 1
        if run.before is not None:
            assert run in (run.before.after or {})
            assert all(run.before.all >> worker & 1 for worker in range(4) if run.count(worker))
        assert all(following.before is run for following in run.after or {})


@pytest.mark.parametrize("seed", range(60))
def test_the_index_says_what_sets_of_blocks_say(seed: int) -> None:
    draw, prefixes, sets = random.Random(seed), Prefixes(), Sets()
    prompts: list[list[int]] = []
    for number in range(8):
        shared = draw.choice(prompts) if prompts and draw.random() < 0.8 else []
        shared = shared[: draw.randint(0, len(shared))]
        prompts.append(shared + [100 * number + at for at in range(draw.randint(1, 9))])
    for _ in range(120):
        worker, prompt, kind = draw.randrange(4), draw.choice(prompts), draw.random()
        if kind < 0.5:
            start = draw.randrange(len(prompt)) if draw.random() < 0.4 else 0
            some, parent = prompt[start : draw.randint(start + 1, len(prompt))], prompt[start - 1] if start else None
            prefixes.stored(worker, some, parent)
            sets.stored(worker, some, parent)
        elif kind < 0.95:
            end = prompt[draw.randrange(len(prompt)) :][::-1]
            some = draw.choice([end, draw.sample(prompt, draw.randint(1, len(prompt)))])
            prefixes.removed(worker, some)
            sets.removed(worker, some)
        else:
            prefixes.cleared(worker)
            sets.have[worker].clear()
        expect_sound(prefixes)
        assert set(prefixes) == set().union(*sets.have.values())
        for each in prompts:
            assert prefixes.overlaps(each) == sets.overlaps(each)


def test_a_run_that_follows_something_else_is_not_mistaken() -> None:
    prefixes = Prefixes()
    prefixes.stored(0, [1, 2, 3])
    prefixes.stored(1, [2, 3])
    assert prefixes.overlaps([2, 3]) == {}
    assert prefixes.overlaps([1, 2, 3]) == {0: 3}


MACHINES: list[dict[str, Any]] = [
    {"latency": latency, "workers": workers, "block_size": size, "blocks": blocks, **more}
    for latency, more in [
        ("constant", {}),
        ("mocker", {}),
        ("mocker", {"sequences": 3, "batched_tokens": 48}),
        ("mocker", {"sequences": 8, "batched_tokens": 256, "chunked": False}),
        ("mocker", {"prefill_workers": 1}),
    ]
    for workers, size, blocks in [(2, 4, 60), (3, 16, 30), (3, 16, 400)]
]


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: "-".join(str(each) for each in machine.values()))
@pytest.mark.parametrize("seed", range(3))
def test_whatever_comes_and_goes_nothing_is_lost_and_nothing_stays(machine: dict[str, Any], seed: int) -> None:
    """Planned and batched requests, one to three answers, some that are not looked up, clients that leave."""
    draw = random.Random(f"{seed} {machine}")
    machine = {**machine, "router": draw.choice(["kv", "kv", "random", "power-of-two"])}
    run = fleet(variance=draw.choice([0.0, 0.3]), **machine)
    parents: dict[int, int | None] = {}
    prompts: list[Tokens] = []
    requests: list[Request] = []
    now, pause = 0.0, draw.choice([0.01, 0.05, 0.3])
    for _ in range(120):
        now += draw.expovariate(1 / pause)
        prompt = a_prompt(draw, prompts, run.block_size)
        whole = chained(own_hashes(prompt.ids() + prompt.answer_ids(), run.block_size))
        parents |= {block: parent for parent, block in pairwise([None, *whole]) if block is not None}
        served = serve(
            run,
            now,
            prompt,
            [len(prompt.answer_ids())] * draw.choice([1, 1, 1, 2, 3]),
            INSTANT if draw.random() < 0.1 else None,
            planned=draw.random() < 0.2,
            openais=draw.random() < 0.1,
            looked_up=draw.random() < 0.9,
        )
        requests.append(served.request)
        expect_whole(run, parents, requests)
        if draw.random() < 0.3:
            left = draw.choice(requests)
            run.advance(now)
            if not left.over:
                run.left(left, draw.randint(0, 3), now)
                assert left.over
            expect_whole(run, parents, requests)
    run.advance(now + 10_000)
    expect_whole(run, parents, requests)
    for worker in run.workers:
        left_over = (worker.cache.used, worker.cache.open, worker.requests, worker.waiting)
        assert (*left_over, worker.prefill_tokens, worker.blocks, worker.usage) == (0, 0, 0, 0, 0, 0, 0.0)
    assert all(request.over for request in requests)


def a_prompt(draw: random.Random, prompts: list[Tokens], size: int) -> Tokens:
    """One that was there before, or one that begins like it."""
    before = draw.choice(prompts) if prompts and draw.random() < 0.7 else None
    if before and draw.random() < 0.2:
        return before
    ids = list(before.ids() + before.answer_ids()) if before else []
    ids = ids[: draw.randint(0, len(ids))]
    ids += [draw.randrange(1000) for _ in range(draw.randint(1, size * 8))]
    prompts.append(Tokens(ids[: size * 25], [draw.randrange(1000) for _ in range(draw.randint(0, 60))]))
    return prompts[-1]


def expect_whole(run: Fleet, parents: dict[int, int | None], requests: list[Request]) -> None:
    """What holds at every moment."""
    for worker in run.workers:
        cache, here = worker.cache, blocks_of(worker)
        assert all(parents[block] is None or parents[block] in here for block in here)
        assert {block for block in run.prefixes if has(run.prefixes, worker.number, block)} == here
        assert cache.open >= 0
        assert cache.kept <= max(cache.capacity, cache.used)
        assert min(worker.prefill_tokens, worker.requests, worker.waiting) >= 0
        held: dict[int, int] = {}
        for request in requests:
            if not request.over and request.worker == worker.number:
                for block in held_by(worker, request):
                    held[block] = held.get(block, 0) + 1
        assert cache._held == held


def has(prefixes: Prefixes, worker: int, block: int) -> bool:
    run = prefixes._runs[block]
    return run.hashes.index(block) < run.count(worker)


def held_by(worker: Any, request: Request) -> Sequence[int]:
    """The blocks that *request* holds: while it waits, those that were found."""
    if isinstance(worker, BatchWorker):
        if request in worker._coming:
            return ()
        if request in worker._queue:
            return request.hashes[: request.have // worker.block_size]
    return request.hashes


def test_the_last_token_of_an_answer_is_never_in_a_cache() -> None:
    run = fleet(block_size=4, workers=1)
    first = serve(run, 0.0, Tokens([1, 2, 3], [4, 5]))
    run.advance(10.0)
    assert blocks_of(run.workers[0]) == set(chained(own_hashes(array("I", [1, 2, 3, 4]), 4)))
    assert first.request.made == 2
    serve(run, 20.0, Tokens([9, 2, 3], [4, 5]), [1])
    run.advance(30.0)
    assert len(blocks_of(run.workers[0])) == 1
    serve(run, 40.0, Tokens([7, 2, 3], [4, 5]), [1, 1])
    run.advance(50.0)
    assert len(blocks_of(run.workers[0])) == 1


FULL = """
import xxhash
from fakeai.runtime.cluster.cache import BlockCache
from fakeai.runtime.cluster.prefixes import Prefixes

class Ids:
    adapter = ""

def used():
    return int(open("/proc/self/status").read().partition("VmRSS:")[2].split()[0]) / 1000

before, prefixes = used(), Prefixes()
cache = BlockCache(0, 1_000_000, prefixes)
for prompt in range({prompts} + 10):
    hashes = [xxhash.xxh3_64_intdigest(b"%d.%d" % (prompt, block)) for block in range({blocks})]
    cache.hold(Ids(), hashes)
    cache.release(hashes)
assert len(prefixes) == cache.kept == 1_000_000
print(used() - before)
"""


@pytest.mark.parametrize("blocks", [2, 10, 5000])
def test_a_million_blocks_fit_in_300_megabytes(blocks: int) -> None:
    if not sys.platform.startswith("linux"):
        pytest.skip("memory in use is read from /proc")
    program = FULL.format(blocks=blocks, prompts=1_000_000 // blocks)
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert float(ran.stdout) < 300
