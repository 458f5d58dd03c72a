"""Where things are kept: documents in collections, counters, and blobs of bytes.

A collection's name is a path: `file`, or `vector_store/vs_1/file` for the files of one vector store, so that what
belongs to a thing goes with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Record:
    """A document as it was read. *place* orders its collection: what was created later has a greater one."""

    id: str
    data: dict[str, Any]
    place: int
    revision: int  # 1 when created, one more with every change


@dataclass(frozen=True, slots=True)
class Change:
    """What a write does to one document: *data* becomes its content; None deletes it.

    *revision* is what the document must have at that moment, 0 when there must be none; None takes any.
    """

    collection: str
    id: str
    data: dict[str, Any] | None
    revision: int | None = None


class Full(Exception):
    """There is no room for what was to be written; nothing of it was."""


class Unusable(Exception):
    """A place where nothing can be kept; the message names it and says why, in one line."""


class Store(Protocol):
    """One place for the documents, counters and blobs of one server or of several.

    What a method acknowledged by returning survives the death of the process, where the store outlives it at all.
    Any write may raise `Full`, and any method `Unusable` when the place is elsewhere and cannot be reached.
    """

    async def open(self) -> None:
        """Make ready; called once, before anything else, in the event loop that serves.

        Raises:
            Unusable: nothing can be kept there.
        """
        ...

    async def close(self) -> None: ...

    async def clear(self) -> None:
        """Forget everything: documents, counters and blobs."""
        ...

    async def get(self, collection: str, id: str) -> Record | None: ...

    async def page(
        self, collection: str, limit: int, *, after: int | None = None, descending: bool = False
    ) -> list[Record]:
        """Up to *limit* documents in the order of their places, from the one that follows the place *after*."""
        ...

    async def write(self, *changes: Change, clear: Sequence[str] = ()) -> bool:
        """Empty the collections whose names start with one of *clear*, and make all *changes* in their order.

        Everything happens at once, or nothing and the answer is False: a document did not have its revision.
        """
        ...

    async def add(self, counter: str, step: int = 1) -> int:
        """The counter's value after *step* is added; it starts at 0."""
        ...

    async def append(self, blob: str, data: bytes) -> int:
        """Add *data* to the end of a blob, which is made when there is none; return its size after that."""
        ...

    async def read(self, blob: str, start: int = 0, size: int = -1) -> bytes:
        """Up to *size* bytes of a blob from *start*, all the rest when -1; none when there is no such blob."""
        ...

    async def forget(self, *blobs: str) -> None:
        """Delete blobs; those that are not there are no mistake."""
        ...
