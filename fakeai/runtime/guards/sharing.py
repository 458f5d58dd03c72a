"""Buckets that several processes share: what is left stands in the store, and every change is made once.

What is asked of them while a change is being written waits and is written together, so that a flood of calls costs few
ways to the store, and calls of one process never get in one another's way.
"""

import asyncio
from collections.abc import Sequence

from ..store import Change
from ..world import World
from .buckets import Allowance, Bucket, Cost, take

BEHIND = 1.0  # seconds that another process may be behind in what it knows
RATE = "rate"  # collection of what is left


class _Ask:
    """A *cost* to be taken of *allowances*: only if there is as much, or in any case."""

    __slots__ = ("allowances", "cost", "error", "is_done", "missing", "must")

    def __init__(self, allowances: list[Allowance], cost: Cost, must: bool) -> None:
        self.allowances, self.cost, self.must = allowances, cost, must
        self.is_done = False
        self.missing: tuple[Bucket, float] | None = None
        self.error: Exception | None = None


class Sharing:
    """The shared buckets of one world, as this process asks for them."""

    def __init__(self, world: World) -> None:
        self._store, self._now = world.store, world.clock.wall
        self._turn = asyncio.Lock()
        self._asks: list[_Ask] = []

    async def take(self, allowances: list[Allowance], cost: Cost) -> tuple[Bucket, float] | None:
        """As `buckets.take`, with what all processes share."""
        return await self._ask(_Ask(allowances, cost, must=True))

    async def spend(self, allowances: list[Allowance], tokens: int) -> None:
        """Take so many *tokens*, whether there are as many or not; or put them back where that is negative."""
        await self._ask(_Ask(allowances, Cost(0, tokens), must=False))

    async def _ask(self, ask: _Ask) -> tuple[Bucket, float] | None:
        self._asks.append(ask)
        async with self._turn:
            if not ask.is_done:
                await self._answer_all()
        if ask.error is not None:
            raise ask.error
        return ask.missing

    async def _answer_all(self) -> None:
        """Answer what was asked until now."""
        asks, self._asks = self._asks, []
        try:
            while not await self._write(asks):
                pass
        except Exception as error:
            for ask in asks:
                ask.error = error
        except BaseException:  # whoever asks last was told to stop; the others are answered by the next
            self._asks = asks + self._asks
            raise
        for ask in asks:
            ask.is_done = True

    async def _write(self, asks: list[_Ask]) -> bool:
        """Answer *asks* in their order; False when another process was faster and nothing was written."""
        known = {each.id: each for ask in asks for each in ask.allowances}
        allowances = list(known.values())
        revisions = await self._load(allowances)
        now = self._now()
        owed = [each.owed for each in allowances]
        for each in allowances:
            each.refill(now)
            each.spend(-each.owed)
        changed = {each.id for each in allowances if each.owed}
        for ask in asks:
            asked, ask.missing = [known[each.id] for each in ask.allowances], None
            if ask.must:
                ask.missing = take(asked, now, ask.cost)
            else:
                for each in asked:
                    each.charge(ask.cost)
            if ask.missing is None:
                changed.update([each.id for each in asked])
        changes = [
            Change(RATE, each.id, each.dump(), revision)
            for each, revision in zip(allowances, revisions, strict=True)
            if each.id in changed
        ]
        if changes and not await self._store.write(*changes):
            return False
        for each, amount in zip(allowances, owed, strict=True):
            each.owed -= amount
        return True

    async def _load(self, allowances: Sequence[Allowance]) -> list[int]:
        """Let *allowances* be as they are kept; their revisions."""
        if len(allowances) == 1:
            records = [await self._store.get(RATE, allowances[0].id)]
        else:
            records = await asyncio.gather(*(self._store.get(RATE, each.id) for each in allowances))
        for each, record in zip(allowances, records, strict=True):
            each.load(record.data if record else {})
        return [record.revision if record else 0 for record in records]
