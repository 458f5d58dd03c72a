"""Carry a WebSocket over ASGI: refuse it as HTTP, or let its route talk until one side closes it."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from ..answer import Header, Reply, Talk
from ..clock import Clock
from ..socket import FAULT, NORMAL, TOO_LARGE, Closed
from .pacing import Pacer, Waiter
from .turns import Turns

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LARGEST = 16 * 1024 * 1024  # bytes of a message: 15 MiB of sound, and what is written around it
AHEAD = 64  # messages that are taken from the client before it has to wait
REFUSAL = "websocket.http.response"  # the extension of ASGI by which a handshake is refused with an answer of HTTP

log = logging.getLogger("fakeai")


async def refuse(scope: MutableMapping[str, Any], send: Send, answer: Reply, head: list[Header]) -> None:
    """Answer a handshake with *answer*, where the server can say more than no."""
    if REFUSAL in (scope.get("extensions") or {}):
        await send({"type": f"{REFUSAL}.start", "status": answer.status, "headers": head})
        await send({"type": f"{REFUSAL}.body", "body": answer.body})
    else:
        await send({"type": "websocket.close", "code": 1008})


async def talk(
    receive: Receive, send: Send, answer: Talk, head: list[Header], clock: Clock, pacer: Pacer, turns: Turns
) -> None:
    """Take the handshake, and let *answer* talk."""
    await send({"type": "websocket.accept", "subprotocol": answer.subprotocol, "headers": head})
    socket = AsgiSocket(receive, send, clock, pacer, turns)
    try:
        await turns.take()
        await answer.talk(socket)
    except Closed:
        pass
    except Exception:
        log.exception("A WebSocket failed")
        await socket.close(FAULT, "The server had an error.")
    else:
        await socket.close()
    finally:
        socket.leave()


class AsgiSocket:
    """A `Socket` over ASGI. A task of its own listens, so that a client that goes is noticed at once."""

    def __init__(self, receive: Receive, send: Send, clock: Clock, pacer: Pacer, turns: Turns) -> None:
        self._receive, self._send, self._clock, self._pacer, self._turns = receive, send, clock, pacer, turns
        self._held: deque[str | bytes] = deque()
        self._waiter: Waiter | None = None
        self._is_timed = False  # whether the waiter has a moment
        self._room: asyncio.Future[None] | None = None  # what the listener waits for while much is held
        self._loop = asyncio.get_running_loop()
        self._is_closed = False
        self._task = self._loop.create_task(self._listen())

    async def receive(self, until: float | None = None) -> str | bytes | None:
        while True:
            if self._is_closed:
                raise Closed
            if until is not None and until <= self._clock.monotonic():
                await self._turns.take()
                return None
            if self._held:
                message = self._held.popleft()
                if self._room and not self._room.done():
                    self._room.set_result(None)
                await self._turns.take()
                return message
            await self._wait(until)

    async def send(self, text: str) -> None:
        if self._is_closed:
            raise Closed
        try:
            await self._send({"type": "websocket.send", "text": text})
        except OSError:  # what servers raise when the connection is lost
            self._is_closed = True
            raise Closed from None

    async def close(self, code: int = NORMAL, reason: str = "") -> None:
        if not self._is_closed:
            self._is_closed = True
            with suppress(OSError):  # it is closed
                await self._send({"type": "websocket.close", "code": code, "reason": reason})

    def leave(self) -> None:
        """Stop listening."""
        self._task.cancel()

    async def _listen(self) -> None:
        while not self._is_closed:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                self._is_closed = True
            else:
                text, data = message.get("text"), message.get("bytes")
                said = text if text is not None else data or b""
                if len(said) > LARGEST:
                    await self.close(TOO_LARGE, f"A message has at most {LARGEST} bytes.")
                else:
                    self._held.append(said)
            self._wake()
            if len(self._held) >= AHEAD:
                self._room = self._loop.create_future()
                await self._room

    async def _wait(self, until: float | None) -> None:
        """Wait until something was heard, or until the moment *until*."""
        self._is_timed = until is not None
        self._waiter = Waiter(self._loop) if until is None else self._pacer.until(until)
        try:
            await self._waiter
        finally:
            self._wake()
            self._waiter = None

    def _wake(self) -> None:
        """Let whoever waits look again."""
        if self._waiter and self._is_timed:
            self._pacer.abandon(self._waiter)
        elif self._waiter:
            self._waiter.settle(True)
