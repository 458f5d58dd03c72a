"""Who in this process is moving a thing on, so that two readers do not both do its work.

Several processes agree by compare-and-set; this only saves them from doing what would be thrown away.
"""

import asyncio
from weakref import WeakValueDictionary

from ..world import World


class Locks:
    """A lock for each thing that somebody works on, by its id."""

    def __init__(self, world: World) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, id: str) -> asyncio.Lock:
        lock = self._locks.get(id)
        if lock is None:
            lock = self._locks[id] = asyncio.Lock()
        return lock
