"""Tenants: what a project of the organization keeps is its own, and no other project sees it.

A tenant is the world as a project sees it: all is shared but the store, where its collections and blobs have names of
their own. The default project is the world itself.
"""

from collections.abc import Callable, Sequence

from .caller import PROJECT
from .store import Change, Record, Store
from .world import Engine, World

# What all projects of an organization have in common, by the first word of a collection's name.
COMMON = frozenset(
    "admin_api_key api_key_hash audit_log ban certificate data_retention group invite misdeed project rate "
    "realtime_secret role spend_alert spend_limit usage user".split()
)


class Tenant(World):
    """The *world* as *project* sees it."""

    def __init__(self, world: World, project: str) -> None:
        self.__dict__.update(world.__dict__)
        self._whole = world
        self.store = _OwnStore(world.store, f"tenant/{project}/")

    def new_id(self, prefix: str) -> str:
        return self._whole.new_id(prefix)

    def engine(self, make: Callable[[World], Engine]) -> Engine:
        return self._whole.engine(make)


class Tenants:
    """The tenants of one world, made when they are first seen."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tenants: dict[str, World] = {PROJECT: world}

    def of(self, project: str) -> World:
        """The world as *project* sees it."""
        found = self._tenants.get(project)
        if found is None:
            found = self._tenants[project] = Tenant(self._world, project)
        return found


class _OwnStore:
    """A part of *store*: the names of what is kept there begin with *own*, but for what is common."""

    def __init__(self, store: Store, own: str) -> None:
        self._store, self._own = store, own

    def _name(self, collection: str) -> str:
        return collection if collection.partition("/")[0] in COMMON else self._own + collection

    async def open(self) -> None:
        """The store is open."""

    async def close(self) -> None:
        """The world closes it."""

    async def clear(self) -> None:
        """The world clears it."""

    async def get(self, collection: str, id: str) -> Record | None:
        return await self._store.get(self._name(collection), id)

    async def page(
        self, collection: str, limit: int, *, after: int | None = None, descending: bool = False
    ) -> list[Record]:
        return await self._store.page(self._name(collection), limit, after=after, descending=descending)

    async def write(self, *changes: Change, clear: Sequence[str] = ()) -> bool:
        named = [Change(self._name(each.collection), each.id, each.data, each.revision) for each in changes]
        return await self._store.write(*named, clear=[self._name(each) for each in clear])

    async def add(self, counter: str, step: int = 1) -> int:
        return await self._store.add(self._name(counter), step)

    async def append(self, blob: str, data: bytes) -> int:
        return await self._store.append(self._own + blob, data)

    async def read(self, blob: str, start: int = 0, size: int = -1) -> bytes:
        return await self._store.read(self._own + blob, start, size)

    async def forget(self, *blobs: str) -> None:
        await self._store.forget(*(self._own + blob for blob in blobs))
