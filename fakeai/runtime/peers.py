"""The processes of one server: each answers the others at a socket of its own, in a folder that all of them know.

A question is a name and some bytes; the answer comes in parts, so that nobody holds his loop for long. The folder is
open to nobody but the user who started the server. What a process leaves there is found by the one that replaces it.
"""

import asyncio
import logging
import os
import struct
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 3.0  # seconds that an answer may take: who is gone is known at once, so only one that hangs takes them
LONGEST = 100  # bytes of a path that a socket may have: some systems take 104
SIZE = struct.Struct("<I")
END = SIZE.pack(0xFFFFFFFF)  # stands where another part would begin

log = logging.getLogger("fakeai")

Answering = Callable[[bytes], AsyncIterator[bytes]]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a process answered: its parts; None when it is gone, or *late*."""

    parts: list[bytes] | None
    late: bool = False


class Peers:
    """The processes of a server, of which this one has *number*, from 0 to *count* - 1; whoever replaces it has it too.

    *since* is the monotonic moment at which the server began. What is to be done before this process can be asked
    stands in `before`, what after that in `after`; what is to be done when it ends in `last`.
    """

    def __init__(self, folder: Path, number: int, count: int, since: float) -> None:
        self.folder, self.number, self.count, self.since = folder, number, count, since
        self.answers: dict[str, Answering] = {}
        self.before: list[Callable[[], Awaitable[None]]] = []
        self.after: list[Callable[[], Awaitable[None]]] = []
        self.last: list[Callable[[], None]] = []
        self._server: asyncio.Server | None = None
        self._short: int | None = None

    async def open(self) -> None:
        """Listen, once."""
        if self._server is not None:
            return
        for step in self.before:
            await step()
        place = self._place(self.number)
        (self.folder / str(self.number)).unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, place)
        for step in self.after:
            await step()

    async def close(self) -> None:
        """Listen no longer."""
        for step in self.last:
            step()
        if self._server is not None:
            self._server.close()
        if self._short is not None:
            os.close(self._short)
            self._short = None

    async def ask(self, what: str, said: bytes = b"", patience: float = PATIENCE) -> dict[int, Heard]:
        """What each of the others answers, by its number."""
        others = [number for number in range(self.count) if number != self.number]
        heard = await asyncio.gather(*(self._ask(number, what, said, patience) for number in others))
        return dict(zip(others, heard, strict=True))

    async def _ask(self, number: int, what: str, said: bytes, patience: float) -> Heard:
        try:
            async with asyncio.timeout(patience):
                reader, writer = await asyncio.open_unix_connection(self._place(number))
                try:
                    writer.write(framed(what.encode()) + framed(said))
                    parts = []
                    while (part := await _read(reader)) is not None:
                        parts.append(part)
                    return Heard(parts)
                finally:
                    writer.close()
        except TimeoutError:
            return Heard(None, late=True)
        except (OSError, asyncio.IncompleteReadError):
            return Heard(None)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            what, said = await _read(reader), await _read(reader)
            assert what is not None
            assert said is not None
            async for part in self.answers[what.decode()](said):
                writer.write(framed(part))
                await writer.drain()
            writer.write(END)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):  # it is gone, or no longer wants to know
            pass
        except Exception:
            log.exception("A question of another process could not be answered.")
        finally:
            writer.close()

    def _place(self, number: int) -> str:
        """The path of a socket; Linux knows a shorter one for a folder that lies deep."""
        place = str(self.folder / str(number))
        if len(place.encode()) <= LONGEST or sys.platform != "linux":
            return place
        if self._short is None:
            self._short = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        return f"/proc/self/fd/{self._short}/{number}"


async def _read(reader: asyncio.StreamReader) -> bytes | None:
    """The next part; None when there is none."""
    size = await reader.readexactly(SIZE.size)
    return None if size == END else await reader.readexactly(SIZE.unpack(size)[0])


def framed(part: bytes) -> bytes:
    """*part* as it stands among others, on its way and in files."""
    return SIZE.pack(len(part)) + part


def unframed(data: bytes) -> list[bytes]:
    """The parts that stand in *data*; not the last, when it is still being written."""
    parts, at = [], 0
    while at + SIZE.size <= len(data):
        stop = at + SIZE.size + SIZE.unpack_from(data, at)[0]
        if stop > len(data):
            break
        parts.append(data[at + SIZE.size : stop])
        at = stop
    return parts


def keep(file: Path, parts: list[bytes]) -> None:
    """Write *parts* to *file*, which has either all of them or what it had."""
    made = file.with_suffix(".new")
    with open(made, "wb") as out:
        out.writelines(framed(part) for part in parts)
    os.replace(made, file)


def kept(file: Path) -> list[bytes]:
    """The parts that were written to *file*; none when there is none."""
    try:
        return unframed(file.read_bytes())
    except FileNotFoundError:
        return []
