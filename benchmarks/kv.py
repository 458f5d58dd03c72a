"""What a prompt of 100,000 tokens costs on its way through KV cache and router, against XXH3 over its ids alone.

    .venv/bin/python benchmarks/kv.py [--quick] [--check]

Each run has a prompt of its own, a quarter of which a worker has. Caches have room for the rest of it, or they are
full, so that as many blocks go as come.
"""

import argparse
import sys
from array import array
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from time import thread_time
from typing import TypeVar

sys.path.pop(0)  # this folder, whose http.py would hide Python's own
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import xxhash

from benchmarks.measure import Target, spread, verdict
from fakeai.runtime.cluster.blocks import chained, own_hashes
from fakeai.runtime.cluster.cache import BlockCache
from fakeai.runtime.cluster.prefixes import Prefixes

Result = TypeVar("Result")

TOKENS, SIZE, WORKERS = 100_000, 16, 4
BLOCKS = TOKENS // SIZE


class Ids:
    """Where the blocks come from; nobody asks."""

    adapter = ""

    def ids(self, start: int, stop: int) -> "array[int]":
        raise AssertionError


def main() -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer runs")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    options = parser.parse_args()
    runs = 30 if options.quick else 200
    print(f"a prompt of {TOKENS} tokens in blocks of {SIZE}, {runs} runs, time of the processor, median (range)")
    ratio, roomy = measure("with room", runs * BLOCKS, runs)
    _, full = measure("full", 4 * BLOCKS, runs)
    return verdict(
        [
            Target("from ids to held blocks against XXH3 alone", ratio, 200, "x"),
            Target("from ids to held blocks", roomy, 5, " ms"),
            Target("the same when as many blocks go", full, 8, " ms"),
        ],
        options.check,
    )


def measure(caches: str, capacity: int, runs: int) -> tuple[float, float]:
    """What a prompt costs against XXH3 alone, and in milliseconds, when a cache has *capacity* blocks."""
    draw, prefixes, steps = Random(1), Prefixes(), dict[str, list[float]]()
    workers = [BlockCache(worker, capacity, prefixes) for worker in range(WORKERS)]

    def timed(name: str, work: Callable[[], Result]) -> Result:
        begun = thread_time()
        result = work()
        steps.setdefault(name, []).append((thread_time() - begun) * 1e3)
        return result

    ids = array("I", range(TOKENS))
    for number in range(-5 * WORKERS, runs):
        if not number:
            steps.clear()
        ids = ids[: TOKENS // 4]
        ids.extend([draw.randrange(200_000) for _ in range(TOKENS - len(ids))])
        timed("XXH3 over the ids", partial(lambda ids: xxhash.xxh3_64_intdigest(ids.tobytes()), ids))
        own = timed("own hashes", partial(own_hashes, ids, SIZE))
        hashes = timed("sequence hashes", partial(chained, own))
        timed("overlaps", partial(prefixes.overlaps, hashes))
        worker = workers[draw.randrange(WORKERS)]
        timed("hold", partial(worker.hold, Ids(), hashes))
        worker.release(hashes)
    print(f"  caches {caches}")
    for name, measured in steps.items():
        print(f"    {name:20} {spread(measured, 'ms', 3)}")
    bare = median(steps.pop("XXH3 over the ids"))
    whole = sum(median(measured) for measured in steps.values())
    return whole / bare, whole


if __name__ == "__main__":
    sys.exit(main())
