"""One write to a vector store: changed files, and the counts of the store and its batches that follow from them."""

from typing import Any, Self

from ...call import Call
from ...errors import ApiError
from ...store import Change, Record
from .. import things
from ..kinds import kind_of
from ..things import GONE, Thing

STORE, FILE, BATCH = "vector_store", "vector_store.file", "vector_store.file_batch"
COUNTS = ("in_progress", "completed", "failed", "cancelled")
DAY = 86_400  # seconds

TICKET = "_ticket"  # of a file: which attaching made it; the same file may be attached again
OWN_BATCH = "_batch"  # of a file: the batch that it came with
DUE = "_due"  # of a file: when it is worked on, seconds since 1970
BLOBS = "_blobs"  # of a file: [its text, its part of the index]
VERSION = "_version"  # of a store: one more with every change of its files


def files(store_id: str) -> str:
    """The collection of a store's files."""
    return f"vector_store/{store_id}/file"


def queue(store_id: str) -> str:
    """The collection of those in progress, in the order in which they are due."""
    return f"vector_store/{store_id}/queue"


def empty() -> dict[str, int]:
    """The counts of no files."""
    return {**dict.fromkeys(COUNTS, 0), "total": 0}


def expires_at(store: Thing) -> int | None:
    """When a store expires, seconds since 1970."""
    policy = store.get("expires_after")
    return store["last_active_at"] + policy["days"] * DAY if policy else None


def is_expired(store: Thing, now: float) -> bool:
    """Whether a store is expired at *now*."""
    end = expires_at(store)
    return end is not None and end <= now


def expect_usable(store: Thing, now: float) -> None:
    """See that a store is not expired.

    Raises:
        ApiError: 400, it is.
    """
    if is_expired(store, now):
        raise ApiError(400, f"Vector store '{store['id']}' has expired.", code="vector_store_expired")


def busy(store_id: str) -> ApiError:
    """The refusal of a change that others keep getting ahead of: 409."""
    return ApiError(409, f"The vector store '{store_id}' is being changed by too many requests.", code="conflict")


class Ledger:
    """What one write does to the store *record*; nothing is done before `write`."""

    def __init__(self, call: Call, record: Record) -> None:
        self._call, self._record = call, record
        self.store = record.data
        self._batches: dict[str, Record] = {}
        self._changes: list[Change] = []
        self._unused: list[str] = []

    @classmethod
    async def open(cls, call: Call, store_id: str, active: bool = True) -> Self:
        """The ledger of a store as it stands; *active* when a client changes it.

        Raises:
            ApiError: 404, there is no such store; 400, it is expired and a client wants to change it.
        """
        ledger = cls(call, await things.record(call, kind_of(call.world, STORE), (store_id,)))
        if active:
            expect_usable(ledger.store, call.now)
            ledger.store["last_active_at"] = int(call.now)
        return ledger

    async def get(self, file_id: str) -> Record | None:
        """A file of the store."""
        return await self._call.world.store.get(files(self.store["id"]), file_id)

    def begin(self, batch: Thing) -> None:
        """Make a batch, for files that come with it."""
        self._batches[batch["id"]] = Record(batch["id"], batch, 0, 0)

    async def put(self, id: str, old: Record | None, new: Thing | None) -> None:
        """Let the file *id*, which was *old*, be *new*; None is no file."""
        place, before = files(self.store["id"]), old.data if old else None
        self._changes.append(Change(place, id, new, revision=old.revision if old else 0))
        if old and new is None:
            self._changes.append(Change(place + GONE, id, {"place": old.place}))
        _count(self.store["file_counts"], before, -1)
        _count(self.store["file_counts"], new, 1)
        self.store["usage_bytes"] += (new["usage_bytes"] if new else 0) - (before["usage_bytes"] if before else 0)
        self._queue(id, before, new)
        await self._count_batches(before, new)
        kept = new.get(BLOBS, ()) if new else ()
        self._unused += [blob for blob in (before or {}).get(BLOBS, ()) if blob not in kept]

    async def edit_batch(self, batch_id: str, **values: Any) -> Thing:
        """Let a batch say *values*."""
        record = await self._batch(batch_id)
        assert record is not None
        record.data.update(values)
        return record.data

    async def write(self) -> bool:
        """Do it all at once; False when another was faster, and nothing is done."""
        kind, id = kind_of(self._call.world, STORE), self.store["id"]
        self.store[VERSION] += 1
        collection = f"{kind.noun}/{id}/file_batch"
        done = await self._call.world.store.write(
            Change(kind.collection(()), id, self.store, revision=self._record.revision),
            *(Change(collection, id, batch.data, revision=batch.revision) for id, batch in self._batches.items()),
            *self._changes,
        )
        if done:
            await self._call.world.store.forget(*self._unused)
        return done

    def _queue(self, id: str, before: Thing | None, new: Thing | None) -> None:
        was, stays = _waits(before), _waits(new)
        if was and stays and before and new and before[TICKET] == new[TICKET]:
            return
        if was:
            self._changes.append(Change(queue(self.store["id"]), id, None))
        if stays and new:
            said = {DUE: new[DUE], OWN_BATCH: new.get(OWN_BATCH)}
            self._changes.append(Change(queue(self.store["id"]), id, said, revision=0))

    async def _count_batches(self, before: Thing | None, new: Thing | None) -> None:
        """A file that leaves before it is worked on is a cancelled one of its batch."""
        same = before is not None and new is not None and before[TICKET] == new[TICKET]
        if before and (same or _waits(before)) and (batch := await self._batch(before.get(OWN_BATCH))):
            _count(batch.data["file_counts"], before, -1)
            _count(batch.data["file_counts"], new if same else {"status": "cancelled"}, 1)
        if new and not same and (batch := await self._batch(new.get(OWN_BATCH))):
            _count(batch.data["file_counts"], new, 1)

    async def _batch(self, id: str | None) -> Record | None:
        if id is not None and id not in self._batches:
            record = await self._call.world.store.get(f"vector_store/{self.store['id']}/file_batch", id)
            if record is not None:
                self._batches[id] = record
        return self._batches.get(id or "")


def _waits(file: Thing | None) -> bool:
    return file is not None and file["status"] == "in_progress"


def _count(counts: dict[str, int], file: Thing | None, step: int) -> None:
    if file is not None:
        counts[file["status"]] += step
        counts["total"] += step
