"""A WebSocket as a route sees it: messages in, messages out, and a moment until which to wait."""

from typing import Protocol

NORMAL, GOING_AWAY, TOO_LARGE, FAULT = 1000, 1001, 1009, 1011  # close codes of RFC 6455


class Closed(Exception):
    """The WebSocket is closed. Whoever talks over it lets this pass: there is nobody left to talk to."""


class Socket(Protocol):
    """An open WebSocket."""

    async def receive(self, until: float | None = None) -> str | bytes | None:
        """The next message: text, or the bytes of a binary one; None when the moment *until* comes first.

        *until* is in seconds of the clock's monotonic time. What is due goes first: None at once when it has passed.

        Raises:
            Closed: the client has gone.
        """
        ...

    async def send(self, text: str) -> None:
        """Send a message of text; this waits while the client does not read.

        Raises:
            Closed: the client has gone.
        """
        ...

    async def close(self, code: int = NORMAL, reason: str = "") -> None:
        """Close it; *reason* has at most 123 bytes."""
        ...
