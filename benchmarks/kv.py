"""What a prompt of 100,000 tokens costs on its way through KV cache and router, against XXH3 over its ids alone.

    .venv/bin/python benchmarks/kv.py [--quick] [--check]

Each run has a prompt of its own, a quarter of which a worker has, and the caches are full, so that as many blocks go.
"""

import argparse
import sys
from array import array
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
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
CAPACITY = 4 * BLOCKS


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
    draw, prefixes = Random(1), Prefixes()
    caches = [BlockCache(worker, CAPACITY, prefixes) for worker in range(WORKERS)]
    steps: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], Result]) -> Result:
        begun = perf_counter()
        result = work()
        steps.setdefault(name, []).append((perf_counter() - begun) * 1e3)
        return result

    def run(shared: "array[int]", source: Ids) -> "array[int]":
        ids = shared[: TOKENS // 4]
        ids.extend(draw.randrange(200_000) for _ in range(TOKENS - len(ids)))
        timed("XXH3 over the ids", lambda: xxhash.xxh3_64_intdigest(ids.tobytes()))
        own = timed("own hashes", lambda: own_hashes(ids, SIZE))
        hashes = timed("sequence hashes", lambda: chained(own))
        timed("overlaps", lambda: prefixes.overlaps(hashes))
        cache = caches[draw.randrange(WORKERS)]
        timed("hold", lambda: cache.hold(source, hashes))
        timed("release", lambda: cache.release(hashes))
        return ids

    ids = array("I", range(TOKENS))
    for _ in range(WORKERS * 5):
        ids = run(ids, Ids())
    steps.clear()
    for _ in range(runs):
        ids = run(ids, Ids())
    print(f"a prompt of {TOKENS} tokens in blocks of {SIZE}, {runs} runs, median (fastest to slowest)")
    for name, measured in steps.items():
        print(f"  {name:20} {spread(measured, 'ms', 3)}")
    bare = median(steps.pop("XXH3 over the ids"))
    steps.pop("release")
    whole = sum(median(measured) for measured in steps.values())
    return verdict(
        [
            Target("from ids to held blocks against XXH3 alone", whole / bare, 400, "x"),
            Target("from ids to held blocks", whole, 5, " ms"),
            Target("the longest step of it", max(median(measured) for measured in steps.values()), 2, " ms"),
        ],
        options.check,
    )


if __name__ == "__main__":
    sys.exit(main())
