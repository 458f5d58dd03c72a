"""Which worker has which blocks: the router's view, made of the workers' KV events.

A radix tree of token blocks, kept flat: a block's sequence hash names its whole prefix, so a path through the tree is a
walk over hashes, and a node is the set of workers that have it.
"""

from collections.abc import Iterable, Sequence


class Prefixes:
    """The blocks of all workers. A worker is a number; sets of them are bits of an integer."""

    def __init__(self) -> None:
        self._holders: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._holders)

    def stored(self, worker: int, hashes: Iterable[int]) -> None:
        """*worker* has the blocks *hashes* now."""
        holders, bit = self._holders, 1 << worker
        for each in hashes:
            holders[each] = holders.get(each, 0) | bit

    def removed(self, worker: int, hashes: Iterable[int]) -> None:
        """*worker* has them no longer."""
        holders, bit = self._holders, 1 << worker
        for each in hashes:
            had = holders.pop(each, bit)
            if had != bit and (left := had & ~bit):
                holders[each] = left

    def cleared(self, worker: int) -> None:
        """*worker* has no block any more."""
        self.removed(worker, [each for each, holders in self._holders.items() if holders >> worker & 1])

    def overlaps(self, hashes: Sequence[int]) -> dict[int, int]:
        """How many of the first blocks of *hashes* each worker has in a row; workers that have none are left out."""
        holders = self._holders
        found: dict[int, int] = {}
        having = -1
        for depth, each in enumerate(hashes):
            still = holders.get(each, 0) & having
            if still != having:
                if having != -1:
                    _note(found, having & ~still, depth)
                if not still:
                    return found
                having = still
        if having != -1:
            _note(found, having, len(hashes))
        return found


def _note(found: dict[int, int], workers: int, depth: int) -> None:
    while workers:
        lowest = workers & -workers
        found[lowest.bit_length() - 1] = depth
        workers ^= lowest
