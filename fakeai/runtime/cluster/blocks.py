"""Blocks of tokens and their hashes, as Dynamo makes them.

A block's own hash is XXH3-64 of its token ids (little-endian, 32 bits each); its sequence hash is XXH3-64 of the
sequence hash before it and its own (64 bits each), the first one's is its own. The seed is 1337; for a LoRA adapter the
XXH3-64 of its name is added.
"""

from array import array
from collections.abc import Iterable
from struct import Struct

import xxhash

SEED = 1337
PAIR = Struct("<QQ").pack
WIDTH = 4  # bytes of a token id


def seed_of(adapter: str) -> int:
    """The seed of the blocks that are computed with *adapter*; empty for none."""
    return SEED if not adapter else (SEED + xxhash.xxh3_64_intdigest(adapter.encode())) & (1 << 64) - 1


def own_hashes(ids: "array[int]", size: int, seed: int = SEED) -> list[int]:
    """The hash of each full block of *size* tokens of *ids* (an array of unsigned 32-bit integers)."""
    data, width, digest = ids.tobytes(), size * WIDTH, xxhash.xxh3_64_intdigest
    return [digest(data[at : at + width], seed) for at in range(0, len(data) // width * width, width)]


def chained(own: Iterable[int], parent: int | None = None) -> list[int]:
    """The sequence hashes of blocks whose own hashes are *own* and that follow the block *parent*."""
    pair, digest, hashes = PAIR, xxhash.xxh3_64_intdigest, []
    for each in own:
        parent = each if parent is None else digest(pair(parent, each), SEED)
        hashes.append(parent)
    return hashes
