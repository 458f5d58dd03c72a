"""Which worker has which blocks: the router's view, made of the workers' KV events.

A radix tree of token blocks. A node is a run of blocks that follow each other; a block's sequence hash names its whole
prefix, so runs are found by any of their blocks, and two prompts agree up to a block when they agree in that one.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

NOBODY: Mapping[int, int] = MappingProxyType({})


class Run:
    """Blocks in a row, and who has them: *all* of them (bits of an integer), or the first *some* of them, at least one.

    Runs that follow another are kept with it in the order in which they came. Whoever has a block of one has the whole
    run before it.
    """

    __slots__ = ("after", "all", "before", "hashes", "some")

    def __init__(self, hashes: list[int], holders: int, before: "Run | None") -> None:
        self.hashes, self.all, self.before = hashes, holders, before
        self.some = NOBODY
        self.after: dict[Run, None] | None = None
        if before is not None:
            if before.after is None:
                before.after = {}
            before.after[self] = None

    def count(self, worker: int) -> int:
        """How many of its blocks *worker* has."""
        return len(self.hashes) if self.all >> worker & 1 else self.some.get(worker, 0)

    def give(self, worker: int, count: int) -> None:
        """*worker* has at least the first *count*."""
        if self.all >> worker & 1:
            return
        if count == len(self.hashes):
            self.all |= 1 << worker
            self.forget(worker)
        elif count > self.some.get(worker, 0):
            self.some = {**self.some, worker: count}

    def forget(self, worker: int) -> None:
        """*worker* has not just some of its blocks."""
        if worker in self.some:
            self.some = {other: count for other, count in self.some.items() if other != worker} or NOBODY

    def followed(self, worker: int) -> list["Run"]:
        """The runs after it of which *worker* has something."""
        return [each for each in self.after or () if each.count(worker)]

    def agrees(self, start: int, hashes: Sequence[int], at: int) -> int:
        """How many blocks from *start* on are those of *hashes* from *at* on."""
        own, low, high = self.hashes, 0, min(len(self.hashes) - start, len(hashes) - at)
        if high and own[start + high - 1] == hashes[at + high - 1]:
            return high
        while low < high:
            middle = (low + high) // 2
            if own[start + middle] == hashes[at + middle]:
                low = middle + 1
            else:
                high = middle
        return low


class Prefixes:
    """The blocks of all workers. A worker is a number."""

    def __init__(self) -> None:
        self._runs: dict[int, Run] = {}  # the run of each block
        self.stores = self.removals = 0  # events

    def __len__(self) -> int:
        return len(self._runs)

    def __iter__(self) -> Iterator[int]:
        return iter(self._runs)

    def stored(
        self, worker: int, hashes: Sequence[int], parent: int | None = None, source: object = None, place: int = 0
    ) -> None:
        """*worker* has the blocks *hashes*, which follow each other and *parent*, unless it does not have *parent*."""
        self.stores += 1
        run: Run | None = None
        start = 0  # so many blocks of the run come before what is next
        if parent is not None:
            run = self._runs.get(parent)
            if run is None:
                return
            start = _end(run, run.count(worker), parent)
            if run.count(worker) < start:
                return
        at, total = 0, len(hashes)
        while at < total:
            if run is None or start == len(run.hashes):
                following = self._runs.get(hashes[at])
                if following is None:
                    self._append(run, worker, list(hashes[at:]))
                    return
                if following.before is not run or following.hashes[0] != hashes[at]:
                    return  # it is known as what follows something else
                run, start = following, 0
            agreed = run.agrees(start, hashes, at)
            run.give(worker, start + agreed)
            start, at = start + agreed, at + agreed
            if at < total and start < len(run.hashes):
                self._split(run, start)

    def removed(self, worker: int, hashes: Sequence[int]) -> None:
        """*worker* has the blocks *hashes* no longer, nor what follows them."""
        self.removals += 1
        at, total, runs = 0, len(hashes), self._runs
        while at < total:
            run = runs.get(hashes[at])
            at += 1
            if run is None:
                continue
            count = run.count(worker)
            keep = _end(run, count, hashes[at - 1]) - 1
            if keep >= count:
                continue
            own = run.hashes
            most = min(keep, total - at)
            if most and hashes[at : at + most] == own[keep - most : keep][::-1]:  # as a rule the last ones go first
                keep, at = keep - most, at + most
            while keep and at < total and hashes[at] == own[keep - 1]:
                keep, at = keep - 1, at + 1
            if run.all == 1 << worker and not run.some and not run.after:
                self._shorten(run, keep)  # nobody else has it: as a rule
            else:
                self._cut(run, worker, keep)

    def cleared(self, worker: int) -> None:
        """*worker* has no block any more."""
        firsts = {id(run): run for run in self._runs.values() if run.before is None and run.count(worker)}
        for run in firsts.values():
            self._cut(run, worker, 0)

    def overlaps(self, hashes: Sequence[int]) -> dict[int, int]:
        """How many of the first blocks of *hashes* each worker has in a row; workers that have none are left out."""
        found: dict[int, int] = {}
        having, at, total = -1, 0, len(hashes)
        while at < total:
            run = self._runs.get(hashes[at])
            if run is None:
                break
            agreed = run.agrees(0, hashes, at)
            if at:
                _note(found, having & ~run.all, at)
            for worker, count in run.some.items():
                found[worker] = at + min(count, agreed)
            having, at = run.all, at + agreed
            if not having or agreed < len(run.hashes):
                break
        if at:
            _note(found, having, at)
        return found

    def _append(self, run: Run | None, worker: int, hashes: list[int]) -> None:
        """*hashes* follow *run*, and only *worker* has them."""
        if run is not None and not run.after and not run.some and run.all == 1 << worker:
            run.hashes += hashes
        else:
            run = Run(hashes, 1 << worker, run)
        self._runs.update(dict.fromkeys(hashes, run))

    def _split(self, run: Run, at: int) -> None:
        """Make two runs of *run*: the first *at* blocks, and the others."""
        rest = Run(run.hashes[at:], run.all, None)
        rest.before, rest.after, run.after = run, run.after, {rest: None}
        for following in rest.after or ():
            following.before = rest
        del run.hashes[at:]
        some, run.some = run.some, NOBODY
        for worker, count in some.items():
            run.give(worker, min(count, at))
            if count > at:
                rest.give(worker, count - at)
        self._runs.update(dict.fromkeys(rest.hashes, rest))

    def _cut(self, run: Run, worker: int, keep: int) -> None:
        """*worker* has only the first *keep* blocks of *run* now, and nothing after them."""
        if run.all >> worker & 1:
            lost = run.followed(worker)
            for each in lost:
                lost += each.followed(worker)
            for each in reversed(lost):
                self._take(each, worker, 0)
        self._take(run, worker, keep)

    def _take(self, run: Run, worker: int, keep: int) -> None:
        """The same, when *worker* has nothing of the runs after it; blocks that nobody has are forgotten."""
        run.all &= ~(1 << worker)
        run.forget(worker)
        if keep:
            run.some = {**run.some, worker: keep}
        if run.all:
            return
        longest = max(run.some.values(), default=0)
        self._shorten(run, longest)
        for other in [other for other, count in run.some.items() if count == longest]:
            run.give(other, longest)

    def _shorten(self, run: Run, keep: int) -> None:
        """Forget the blocks of *run* after the first *keep*, which nobody has."""
        runs = self._runs
        for each in run.hashes[keep:]:
            del runs[each]
        del run.hashes[keep:]
        if not keep and run.before is not None and run.before.after is not None:
            del run.before.after[run]


def _end(run: Run, count: int, block: int) -> int:
    """How many blocks of *run* there are up to *block*; whoever looks for it has *count* of them."""
    return count if count and run.hashes[count - 1] == block else run.hashes.index(block) + 1


def _note(found: dict[int, int], workers: int, depth: int) -> None:
    while workers:
        lowest = workers & -workers
        found[lowest.bit_length() - 1] = depth
        workers ^= lowest
