"""What a route function returns: bytes, or pieces of bytes, and the moments they are due."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from .socket import Socket

Header = tuple[bytes, bytes]

JSON: Header = (b"content-type", b"application/json")
EVENTS: Header = (b"content-type", b"text/event-stream; charset=utf-8")


@dataclass(slots=True)
class Reply:
    """One body that leaves whole, *due* seconds after its call arrived."""

    body: bytes
    due: float = 0.0
    status: int = 200
    content_type: Header = JSON
    headers: tuple[Header, ...] = ()


class Pieces(Protocol):
    """The events of a stream, written when they are sent so that a waiting stream holds no bytes."""

    def write(self, start: int, stop: int) -> bytes:
        """The bytes of pieces *start* to *stop* - 1."""
        ...


@dataclass(slots=True)
class Stream:
    """Pieces that leave one after another: piece k is due `due[k]` seconds after the call arrived.

    *due* never falls.
    """

    pieces: Pieces
    due: Sequence[float]
    content_type: Header = EVENTS


@dataclass(slots=True)
class Content:
    """Bytes that are read while they are sent: *read* takes a start and a size."""

    size: int
    read: Callable[[int, int], Awaitable[bytes]]
    content_type: Header
    headers: tuple[Header, ...] = ()


@dataclass(slots=True)
class Talk:
    """A WebSocket is open from here on: *talk* is called with it, and when that returns it is closed.

    *subprotocol* is one of those that the client offers.
    """

    talk: Callable[[Socket], Awaitable[None]]
    subprotocol: str | None = None


Answer = Reply | Stream | Content | Talk
