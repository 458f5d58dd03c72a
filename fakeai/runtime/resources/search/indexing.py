"""Work on files that are due: their text is cut into chunks, and these are made searchable.

It is done by the first call that reads what depends on it. Two processes that do it at once both do it; the first to
write wins, and the other's blobs are forgotten.
"""

from typing import Any

from ...call import Call
from ...clock import give_way
from ...errors import ApiError
from .. import things
from ..files import files as uploaded
from ..kinds import kind_of
from ..locks import Locks
from ..things import Thing
from . import index, terms
from .chunking import chunks
from .parsing import LARGEST, Unreadable, text_of
from .writes import BLOBS, DUE, STORE, TICKET, Ledger, is_expired, queue

LATENCY = 0.5  # seconds until a file that nothing stands before is ready
EACH = 0.002  # seconds for each file, while others wait
RATE = 4_000_000  # bytes a second
BATCH = 50  # files that are looked for at once


def due(now: float, free: float, size: int) -> float:
    """When a file of *size* bytes is ready that comes at *now* to a store that is busy until *free*."""
    return max(now + LATENCY, free) + EACH + size / RATE


async def settled(call: Call, store_id: str) -> Thing:
    """The store, after all work that is due at this moment.

    Raises:
        ApiError: 404, there is no such store.
    """
    kind = kind_of(call.world, STORE)
    store = (await things.record(call, kind, (store_id,))).data
    if not await _waiting(call, store):
        return store
    async with call.world.engine(Locks).of(store_id):
        while found := await _waiting(call, store):
            for file_id in found:
                await _work(call, store_id, file_id)
    return (await things.record(call, kind, (store_id,))).data


async def _waiting(call: Call, store: Thing) -> list[str]:
    """Files of *store* that are due, the first ones first."""
    if not store["file_counts"]["in_progress"] or is_expired(store, call.now):
        return []
    found = await call.world.store.page(queue(store["id"]), BATCH)
    return [record.id for record in found if record.data[DUE] <= call.now]


async def _work(call: Call, store_id: str, file_id: str) -> None:
    """Work on one file, unless another does so first."""
    outcome: dict[str, Any] = {}
    ticket, done = "", False
    try:
        for _ in range(things.TRIES):
            ledger = await Ledger.open(call, store_id, active=False)
            old = await ledger.get(file_id)
            if old is None or old.data["status"] != "in_progress" or ticket not in ("", old.data[TICKET]):
                break
            if not outcome:
                ticket, outcome = old.data[TICKET], await _outcome(call, old.data)
            await ledger.put(file_id, old, {**old.data, **outcome})
            if done := await ledger.write():
                break
    finally:
        if not done:
            await call.world.store.forget(*outcome.get(BLOBS, ()))


async def _outcome(call: Call, file: Thing) -> dict[str, Any]:
    """What becomes of a file: blobs and their bytes, or an error."""
    try:
        text, part = await _read(call, file)
    except Unreadable as error:
        return {"status": "failed", "last_error": {"code": error.code, "message": error.message}}
    made = [call.world.new_id("vst_"), call.world.new_id("vsi_")]
    usage = 0
    for blob, data in zip(made, (text, part), strict=True):
        usage += await call.world.store.append(blob, data)
    return {"status": "completed", "usage_bytes": usage, BLOBS: made}


async def _read(call: Call, file: Thing) -> tuple[bytes, bytes]:
    """The text of a file, and its part of the index.

    Raises:
        Unreadable: there is no text in it.
    """
    try:
        source = await uploaded.find(call, file["id"])
    except ApiError:
        raise Unreadable("invalid_file", "The file was deleted before it could be parsed.") from None
    if source["bytes"] > LARGEST:
        raise Unreadable("invalid_file", f"The file has more than {LARGEST} bytes.")
    text = await text_of(source["filename"], await uploaded.whole(call, source))
    chosen = file["chunking_strategy"]["static"]
    spans = await chunks(call.world.tokens, text, chosen["max_chunk_size_tokens"], chosen["chunk_overlap_tokens"])
    places = _places(text, spans)
    vectors, counts = [], []
    for start, end in spans:
        vectors.append(index.vector(text[start:end]))
        counts.append(terms.counts(text[start:end]))
        await give_way()
    return text.encode(), index.part(places, vectors, counts).pack()


def _places(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """*spans* of characters as bytes of UTF-8."""
    ends = sorted({place for span in spans for place in span})
    bytes_at, at, before = {}, 0, 0
    for place in ends:
        at += len(text[before:place].encode())
        bytes_at[place] = at
        before = place
    return [(bytes_at[start], bytes_at[end]) for start, end in spans]
