"""The KV cache of one worker: blocks that are in use, blocks that are kept for whoever has the same prefix."""

from collections.abc import Callable, Container, Sequence
from itertools import islice, repeat
from typing import Protocol

MOST_COMPACTED = 1 << 16  # blocks that are moved together in one go: about a millisecond


class Listener(Protocol):
    """Whoever wants to know what a cache keeps: KV events."""

    def stored(self, worker: int, hashes: Sequence[int]) -> None:
        """Blocks were added; each follows the one before it, the first one what the cache had already."""
        ...

    def removed(self, worker: int, hashes: Sequence[int]) -> None:
        """Blocks were dropped."""
        ...


class BlockCache:
    """*capacity* blocks. One that is held by a request stays; the others go when there is no room, oldest first.

    Of a request's blocks the last ones are let go first, so whoever has a block has those before it.
    """

    def __init__(self, worker: int, capacity: int, listener: Listener) -> None:
        self.capacity = capacity
        self.open = 0  # blocks of running requests that are not full yet: they have no hash
        self.evicted = 0  # blocks that were dropped since the start
        self._worker, self._listener = worker, listener
        self._held: dict[int, int] = {}  # how many requests hold the block
        self._gone = 0  # of `_idle`, since it was made
        self._idle: dict[int, None] = {}  # held by nobody, in the order in which they were let go

    @property
    def used(self) -> int:
        """Blocks that running requests hold."""
        return len(self._held) + self.open

    @property
    def kept(self) -> int:
        """Blocks that hold something, for a request or for a prefix to come."""
        return len(self._held) + len(self._idle) + self.open

    @property
    def free(self) -> int:
        """Blocks that a request can have; below zero when more is held than there is."""
        return self.capacity - self.used

    def depth(self, hashes: Sequence[int]) -> int:
        """How many of the first blocks of *hashes* are here."""
        held, idle = self._held, self._idle
        return count(hashes, lambda each: each in held or each in idle)

    def hold(self, hashes: Sequence[int], open: int = 0) -> None:
        """Hold the blocks *hashes*, new ones too, and *open* blocks without a hash."""
        held, idle = self._held, self._idle
        here = depth(held, hashes)
        known = self.depth(hashes) if here < len(hashes) else here
        for each in hashes[:here]:
            held[each] += 1
        for each in hashes[here:known]:
            del idle[each]
        new = hashes[known:]
        held.update(zip(hashes[here:], repeat(1)))
        self.open += open
        self._make_room()
        if new:
            self._listener.stored(self._worker, new)

    def grow(self, open: int) -> None:
        """Hold *open* more blocks without a hash."""
        self.open += open
        self._make_room()

    def fill(self, hashes: Sequence[int], open: int) -> None:
        """Of the blocks without a hash that a request holds, *open* are let go or become the blocks *hashes*."""
        self.open -= open
        self.hold(hashes)

    def release(self, hashes: Sequence[int], open: int = 0) -> None:
        """Let go of the blocks *hashes*, of which the last goes first, and of *open* blocks without a hash."""
        held = self._held
        shared = count(hashes, lambda each: held[each] > 1)  # who has a block has those before it
        for each in hashes[:shared]:
            held[each] -= 1
        last = hashes[shared:][::-1]
        for each in last:
            del held[each]
        self._idle.update(zip(last, repeat(None)))
        self.open -= open
        self._make_room()

    def touch(self, hashes: Sequence[int]) -> None:
        """Keep the blocks *hashes*, as if they were held and released at once."""
        held, idle, new = self._held, self._idle, []
        for each in reversed(hashes):
            if each in idle:
                del idle[each]
            elif each in held:
                continue
            else:
                new.append(each)
            idle[each] = None
        if new:
            self._listener.stored(self._worker, new[::-1])
            self._make_room()

    def clear(self) -> None:
        """Drop what nobody holds."""
        dropped = list(self._idle)
        self._idle.clear()
        if dropped:
            self._listener.removed(self._worker, dropped)

    def _make_room(self) -> None:
        over = self.kept - self.capacity
        if over <= 0 or not self._idle:
            return
        idle = self._idle
        dropped = list(islice(idle, over))
        for each in dropped:
            del idle[each]
        self.evicted += len(dropped)
        self._gone += len(dropped)
        if len(idle) // 8 + 64 < self._gone and len(idle) < MOST_COMPACTED:
            self._idle, self._gone = dict.fromkeys(idle), 0  # else what comes first is sought behind what is gone
        self._listener.removed(self._worker, dropped)


def depth(blocks: Container[int], hashes: Sequence[int]) -> int:
    """How many of the first of *hashes* are among *blocks*, in which no block is without those before it."""
    return count(hashes, blocks.__contains__)


def count(hashes: Sequence[int], holds: Callable[[int], bool]) -> int:
    """For how many of the first of *hashes* it *holds*; where it does not, it does not for those that follow."""
    low, high = 0, len(hashes)
    while low < high:
        middle = (low + high) // 2
        if holds(hashes[middle]):
            low = middle + 1
        else:
            high = middle
    return low
