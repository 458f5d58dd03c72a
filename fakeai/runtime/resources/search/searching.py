"""Search in vector stores: the chunks that fit a query, the best first."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...call import Call
from ...clock import give_way
from ...ledger.ledger import Ledger
from ...ledger.rows import FILE_SEARCHES, Amounts
from ...store import Change
from ...world import World
from ..files import files as uploaded
from ..kinds import kind_of
from ..things import Thing, record
from . import terms
from .filters import fits
from .index import Index, unpack
from .indexing import settled
from .writes import BLOBS, STORE, VERSION, expect_usable, files

if TYPE_CHECKING:
    from .index import Floats

LIMIT = 10  # results
MOST_BYTES = 268_435_456  # of indexes that a process keeps
READ = 100  # files that are read at once


@dataclass(frozen=True)
class Hit:
    """A chunk that was found; *score* is from 0 to 1."""

    store_id: str
    file_id: str
    filename: str
    score: float
    attributes: dict[str, Any]
    text: str


@dataclass(frozen=True)
class Shelf:
    """The searchable files of one version of a store, and their chunks."""

    version: int
    files: list[Thing]
    index: Index


class Shelves:
    """The shelves that were searched last, by store."""

    def __init__(self, world: World) -> None:
        self._kept: OrderedDict[str, Shelf] = OrderedDict()

    def get(self, store: Thing) -> Shelf | None:
        """The shelf of *store* as it stands."""
        shelf = self._kept.get(store["id"])
        if shelf is None or shelf.version != store[VERSION]:
            return None
        self._kept.move_to_end(store["id"])
        return shelf

    def keep(self, store: Thing, shelf: Shelf) -> None:
        """Keep the shelf of *store*, and forget those that were not searched for longest."""
        self._kept[store["id"]] = shelf
        self._kept.move_to_end(store["id"])
        while len(self._kept) > 1 and sum(kept.index.bytes for kept in self._kept.values()) > MOST_BYTES:
            self._kept.popitem(last=False)


async def search(
    call: Call,
    store_ids: list[str],
    queries: list[str],
    filters: dict[str, Any] | None = None,
    limit: int = LIMIT,
    ranking: dict[str, Any] | None = None,
) -> list[Hit]:
    """At most *limit* chunks of the stores that fit one of *queries*, the best first.

    *filters* and *ranking* are as the search endpoint takes them. A file that was deleted is not found.

    Raises:
        ApiError: 404, there is no such store; 400, it is expired.
    """
    ranking = ranking or {}
    least, rerank = ranking.get("score_threshold", 0.0), ranking.get("ranker", "auto") != "none"
    hits: list[Hit] = []
    for store_id in dict.fromkeys(store_ids):
        store = await settled(call, store_id)
        expect_usable(store, call.now)
        shelf = await _shelf(call, store)
        if shelf.index.rows:
            hits += await _hits(call, store_id, shelf, _scores(shelf, queries, filters, rerank), least, limit)
        await _touch(call, store_id)
    call.world.engine(Ledger).add(call, FILE_SEARCHES, Amounts(calls=1), store=store_ids[0] if store_ids else "")
    return sorted(hits, key=lambda hit: -hit.score)[:limit]


def _scores(shelf: Shelf, queries: list[str], filters: dict[str, Any] | None, rerank: bool) -> "Floats":
    """The best score of each chunk for any query; -1 where the filters exclude it."""
    import numpy as np

    scores = shelf.index.scores(queries[0], rerank)
    for query in queries[1:]:
        scores = np.maximum(scores, shelf.index.scores(query, rerank))
    if filters is not None:
        taken = np.array([fits(file.get("attributes") or {}, filters) for file in shelf.files])
        scores = np.where(taken[shelf.index.owners], scores, np.float32(-1.0))
    return scores


async def _hits(call: Call, store_id: str, shelf: Shelf, scores: "Floats", least: float, limit: int) -> list[Hit]:
    hits: list[Hit] = []
    names: dict[str, str | None] = {}
    for row in shelf.index.ranked(scores):
        score = round(float(scores[row]), 6)
        if score < least or len(hits) == limit:
            break
        file = shelf.files[shelf.index.owners[row]]
        id = file["id"]
        if id not in names:
            names[id] = await _name(call, id)
        name = names[id]
        if name is not None:
            start, end = map(int, shelf.index.spans[row])
            text = await call.world.store.read(file[BLOBS][0], start, end - start)
            hits.append(Hit(store_id, id, name, score, file.get("attributes") or {}, text.decode()))
    return hits


async def _name(call: Call, file_id: str) -> str | None:
    """The name of a file that is still there."""
    found = await call.world.store.get(uploaded.FILE, file_id)
    return found.data["filename"] if found and uploaded.lasts(found.data, call.now) else None


async def _shelf(call: Call, store: Thing) -> Shelf:
    """The shelf of *store*, from memory or from its files' blobs."""
    shelves = call.world.engine(Shelves)
    if shelf := shelves.get(store):
        return shelf
    shelved: list[Thing] = []
    parts = []
    place: int | None = None
    while records := await call.world.store.page(files(store["id"]), READ, after=place):
        place = records[-1].place
        for file in [found.data for found in records]:
            if file["status"] == "completed" and (blob := await call.world.store.read(file[BLOBS][1])):
                shelved.append(file)
                parts.append(unpack(blob))
        await give_way()
    shelf = Shelf(store[VERSION], shelved, Index(parts))
    shelves.keep(store, shelf)
    return shelf


async def _touch(call: Call, store_id: str) -> None:
    """Note that a store was active; when another changes it at this moment, that one notes it."""
    kind = kind_of(call.world, STORE)
    found = await record(call, kind, (store_id,))
    if found.data["last_active_at"] < int(call.now):
        found.data["last_active_at"] = int(call.now)
        await call.world.store.write(Change(kind.collection(()), store_id, found.data, revision=found.revision))


def rewritten(queries: list[str]) -> list[str]:
    """The queries without what is not searched for."""
    return [terms.rewritten(query) for query in queries]
