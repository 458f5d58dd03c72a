"""The KV cache of one worker: blocks that are in use, blocks that are kept for whoever has the same prefix."""

from array import array
from collections import OrderedDict
from collections.abc import Callable, Container, Sequence
from itertools import repeat
from typing import Protocol


class Source(Protocol):
    """Where blocks come from: tokens that were computed with an *adapter*, or, when it is empty, without one."""

    adapter: str

    def ids(self, start: int, stop: int) -> "array[int]":
        """The ids of tokens *start* to *stop* - 1, as unsigned 32-bit integers."""
        ...


class Listener(Protocol):
    """Whoever wants to know what a cache keeps: KV events."""

    def stored(self, worker: int, hashes: Sequence[int], parent: int | None, source: Source, place: int) -> None:
        """Blocks were added that follow each other and *parent*; the first is block number *place* of *source*."""
        ...

    def removed(self, worker: int, hashes: Sequence[int]) -> None:
        """Blocks were dropped, and whatever followed them before."""
        ...

    def cleared(self, worker: int) -> None:
        """All blocks were dropped."""
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
        self._idle: OrderedDict[int, None] = OrderedDict()  # held by nobody, in the order in which they were let go

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

    def hold(self, source: Source, hashes: Sequence[int], open: int = 0, before: Sequence[int] = ()) -> None:
        """Hold the blocks *hashes* of *source*, which follow *before*, new ones too, and *open* without a hash."""
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
            self._tell(source, new, hashes, before)

    def grow(self, open: int) -> None:
        """Hold *open* more blocks without a hash."""
        self.open += open
        self._make_room()

    def fill(self, source: Source, hashes: Sequence[int], open: int, before: Sequence[int]) -> None:
        """Of the blocks without a hash that a request holds, *open* are let go or become *hashes*, after *before*."""
        self.open -= open
        self.hold(source, hashes, 0, before)

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

    def touch(self, source: Source, hashes: Sequence[int]) -> None:
        """Keep the blocks *hashes* of *source*, as if they were held and released at once."""
        held, idle = self._held, self._idle
        known = count(hashes, lambda each: each in idle or each in held)  # who has a block has those before it
        new = hashes[known:]
        idle.update(zip(reversed(new), repeat(None)))  # the first ones are dropped last
        for each in reversed(hashes[:known]):
            if each in idle:
                idle.move_to_end(each)
        if new:
            self._tell(source, new, hashes, ())
            self._make_room()

    def clear(self) -> None:
        """Drop what nobody holds."""
        dropped = list(self._idle)
        self._idle.clear()
        if not self._held:
            self._listener.cleared(self._worker)
        elif dropped:
            self._listener.removed(self._worker, dropped)

    def _tell(self, source: Source, new: Sequence[int], hashes: Sequence[int], before: Sequence[int]) -> None:
        """The blocks *new* were added, with which *hashes* ends: whoever has a block has those before it."""
        known = len(hashes) - len(new)
        parent = hashes[known - 1] if known else before[-1] if before else None
        self._listener.stored(self._worker, new, parent, source, len(before) + known)

    def _make_room(self) -> None:
        over = self.kept - self.capacity
        if over <= 0 or not self._idle:
            return
        idle = self._idle
        dropped = [idle.popitem(last=False)[0] for _ in range(min(over, len(idle)))]
        self.evicted += len(dropped)
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
