"""The ledger in a store that several servers share: a blob of rows for each process, added up by minutes."""

import asyncio
import logging
from collections.abc import Sequence

from ..store import Change, Full, Unusable
from ..world import World
from .book import Row, line, rows_of
from .rows import Use, packed, unpacked

BOOKS = "usage/book"  # collection of those that write; the blob of each has the same name
BATCH = 100  # books that are looked for at once
MINUTE = 60

log = logging.getLogger("fakeai")


class StoreBook:
    """What one process writes, and what it read of others."""

    at_once, often = 4, 0.25

    def __init__(self, world: World) -> None:
        self._world = world
        self._blob = ""
        self._waiting: dict[tuple[int, Use], int] = {}
        self._writing: asyncio.Task[None] | None = None
        self._known: dict[str, int] = {}  # how far each book was read

    def add(self, at: int, use: Use, amounts: Sequence[int]) -> None:
        """Let a row be written the next time."""
        key = (at, use)
        self._waiting[key] = self._waiting.get(key, 0) + packed(amounts)

    def write(self) -> bool:
        """Begin to write the rows that wait; whether there is nothing more to be written then."""
        if self._writing is not None and not self._writing.done():
            return not self._waiting
        if self._waiting:
            waiting, self._waiting = self._waiting, {}
            self._writing = asyncio.get_running_loop().create_task(self._append(waiting))
        return True

    async def read(self) -> list[Row]:
        """The rows that others have written since the last time, and at the first those of all before."""
        store, place, found = self._world.store, None, []
        while records := await store.page(BOOKS, BATCH, after=place):
            for record in records:
                if record.id != self._blob:
                    start = self._known.get(record.id, 0)
                    data = await store.read(record.id, start)
                    end = data.rfind(b"\n") + 1
                    self._known[record.id] = start + end
                    found += rows_of(data[:end])
            place = records[-1].place
        return found

    async def close(self) -> None:
        """Wait until what is being written is written, and what waits for it."""
        for _ in range(2):
            self.write()
            if self._writing is not None:
                await self._writing

    async def _append(self, waiting: dict[tuple[int, Use], int]) -> None:
        store = self._world.store
        data = b"".join([line(at, use, unpacked(amounts)) for (at, use), amounts in waiting.items()])
        try:
            if not self._blob:
                blob = f"{BOOKS}/{await store.add(BOOKS)}"
                await store.write(Change(BOOKS, blob, {}, revision=0))
                self._blob = blob
            await store.append(self._blob, data)
        except (Full, Unusable) as error:
            log.error("What is used cannot be written down: %s", error)
            for key, amounts in waiting.items():
                self._waiting[key] = self._waiting.get(key, 0) + amounts
