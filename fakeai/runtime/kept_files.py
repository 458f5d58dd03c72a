"""Files that clients uploaded, as the store keeps them: whether they last, and their bytes."""

from typing import Any

from .call import Call

FILE = "file"  # where they are kept
PARTS = "_parts"  # of a file: [[blob, bytes], ...] in their order
PIECE = 1_048_576  # bytes that are read at once


def lasts(file: dict[str, Any], now: float) -> bool:
    """Whether *file* is not expired at *now*."""
    expires = file.get("expires_at")
    return expires is None or expires > now


async def known(call: Call, id: str) -> dict[str, Any] | None:
    """The file *id*; None when there is none, or when it is expired."""
    record = await call.world.store.get(FILE, id)
    return record.data if record is not None and lasts(record.data, call.now) else None


async def read(call: Call, file: dict[str, Any], start: int, size: int) -> bytes:
    """Up to *size* bytes of *file* from *start*; fewer at the end of a part of it."""
    for blob, length in file[PARTS]:
        if start < length:
            return await call.world.store.read(blob, start, min(size, length - start))
        start -= length
    return b""


async def whole(call: Call, file: dict[str, Any]) -> bytes:
    """All bytes of *file*."""
    found, at = bytearray(), 0
    while piece := await read(call, file, at, PIECE):
        found += piece
        at += len(piece)
    return bytes(found)
