"""What a search over 10,000 chunks costs, against nothing but their matrix times a vector.

    .venv/bin/python benchmarks/search.py [--quick] [--check]

The chunks are made up: unit vectors, and 100 terms each of a vocabulary of 20,000, common ones more often.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.pop(0)  # this folder, whose http.py would hide Python's own
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from benchmarks.measure import Target, spread, verdict
from fakeai.runtime.resources.search import terms
from fakeai.runtime.resources.search.index import DIMENSIONS, Index, Part, vector

CHUNKS, PER_CHUNK, VOCABULARY = 10_000, 100, 20_000
RESULTS = 10
QUERY = "how do word7 and word1234 change when word19999 is returned"


def make() -> tuple[Index, "np.ndarray[tuple[int, int], np.dtype[np.float32]]"]:
    """An index of one part, and its matrix."""
    draw = np.random.default_rng(1)
    vectors = draw.standard_normal((CHUNKS, DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    words = np.array([next(iter(terms.counts(f"word{n}"))) for n in range(VOCABULARY)], np.uint32)
    chosen = (VOCABULARY * draw.random((CHUNKS, PER_CHUNK)) ** 3).astype(int)
    found = [np.unique(row) for row in chosen]
    sizes = np.array([len(row) for row in found], np.uint32)
    listed = words[np.concatenate(found)]
    spans = np.zeros((CHUNKS, 2), np.uint32)
    return Index([Part(spans, vectors, sizes, listed, np.ones(len(listed), np.uint32))]), vectors


def times(work: Callable[[], object], runs: int) -> list[float]:
    """Milliseconds that each of *runs* of *work* takes."""
    measured = []
    for _ in range(runs):
        begun = perf_counter()
        work()
        measured.append((perf_counter() - begun) * 1e3)
    return measured


def main() -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer searches")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    options = parser.parse_args()
    runs = 50 if options.quick else 500
    index, vectors = make()
    wanted = vector(QUERY)

    def search() -> list[int]:
        ranked = index.ranked(index.scores(QUERY))
        return [next(ranked) for _ in range(RESULTS)]

    search()
    bare, subject = times(lambda: vectors @ wanted, runs), times(search, runs)
    print(f"{RESULTS} of {CHUNKS} chunks, {runs} searches, median (fastest to slowest)")
    print(f"  matrix times vector   {spread(bare, 'ms', 2)}")
    print(f"  search                {spread(subject, 'ms', 2)}")
    ratio = median(subject) / median(bare)
    return verdict(
        [Target("search against the product alone", ratio, 8, "x"), Target("a search", median(subject), 5, " ms")],
        options.check,
    )


if __name__ == "__main__":
    sys.exit(main())
