"""Blocks have the hashes that Dynamo gives them."""

import itertools
import random
from array import array
from collections.abc import Callable
from typing import Any

from fakeai.runtime.cluster.blocks import own_hashes, seed_of


def test_blocks_have_dynamos_hashes(ask_nvidia: Callable[..., Any]) -> None:
    oracle, draw = ask_nvidia(), random.Random(1)
    for size, adapter in itertools.product([1, 16, 32, 64, 128], ["", "adapter", "Ünïcode/with:signs"]):
        for length in [0, 1, size - 1, size, size + 1, 7 * size, 20 * size + size // 2]:
            tokens = [draw.choice([draw.randrange(200_000), 0, 2**32 - 1]) for _ in range(length)]
            theirs = oracle.ask("own_hashes", tokens=tokens, size=size, adapter=adapter or None)
            assert own_hashes(array("I", tokens), size, seed_of(adapter)) == theirs
            assert len(theirs) == length // size
