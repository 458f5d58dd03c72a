"""KV events over ZeroMQ, as vLLM publishes them: what each worker's cache stores, drops and clears.

A batch is three frames: a topic, its number (8 bytes, big-endian, from 0 on), and MessagePack of
`[seconds since 1970, [event], data-parallel rank]`. Who missed some asks the replay socket: an empty frame and the
first number wanted bring these batches again, as far as they are kept, and an end marker.
"""

import threading
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, NamedTuple

import msgpack
import zmq

from ..options import Events
from .cache import Listener, Source

STORED, REMOVED, CLEARED = "BlockStored", "BlockRemoved", "AllBlocksCleared"
MEDIUM = "GPU"
AT_ONCE = 512  # blocks of one event at most
END = b"\xff" * 8
WAITING = 100_000  # batches that wait for a slow subscriber before it misses some
KEPT_BYTES = 32 * 1024 * 1024  # of a worker's batches, for those who missed them
LINGER = 200  # milliseconds in which the last batches may still leave


class Event(NamedTuple):
    """What happened in a cache. *ids* are the tokens of the blocks *hashes*, which follow *parent*.

    Blocks of a model that is not the one whose weights the workers hold are those of an *adapter* by its name.
    """

    kind: str
    hashes: Sequence[int] = ()
    parent: int | None = None
    ids: "array[int] | None" = None
    adapter: str = ""


class Line:
    """What leaves for one rank of a worker: its sockets, and the batches that can be had again."""

    def __init__(self, number: int, ranks: int, options: Events, context: "zmq.Context[zmq.Socket[bytes]]") -> None:
        worker, self.rank = divmod(number, ranks)
        self.topic = options.topic.replace("{worker}", str(worker)).replace("{rank}", str(self.rank)).encode()
        self.sent = 0
        self.kept: deque[tuple[int, bytes]] = deque(maxlen=options.buffer)
        self._size = 0
        self.publisher = context.socket(zmq.PUB)
        self.publisher.sndhwm = WAITING
        self.endpoint = _open(self.publisher, options.endpoint, number)
        self.replay: zmq.Socket[bytes] | None = None
        self.replay_endpoint = ""
        if options.replay:
            self.replay = context.socket(zmq.ROUTER)
            self.replay.sndhwm = 0  # a replay is never cut
            self.replay_endpoint = _open(self.replay, options.replay, number, binds=True)

    def send(self, batch: bytes) -> None:
        """Publish *batch*; who is too slow misses it."""
        self.publisher.send_multipart((self.topic, self.sent.to_bytes(8, "big"), batch))
        if len(self.kept) == self.kept.maxlen:
            self._size -= len(self.kept[0][1])
        self.kept.append((self.sent, batch))
        self.sent += 1
        self._size += len(batch)
        while self._size > KEPT_BYTES:
            self._size -= len(self.kept.popleft()[1])

    def send_again(self, frames: Sequence[bytes]) -> None:
        """Answer what came at the replay socket."""
        if self.replay is None or len(frames) != 3 or len(frames[2]) != 8:
            return
        client, start = frames[0], int.from_bytes(frames[2], "big")
        for number, batch in list(self.kept):
            if number >= start:
                self.replay.send_multipart((client, b"", self.topic, number.to_bytes(8, "big"), batch))
        self.replay.send_multipart((client, b"", b"", END, b""))


class KvEvents:
    """A listener that tells another one first, and then the world. The loop only puts events in a queue."""

    def __init__(
        self, options: Events, workers: int, ranks: int, block_size: int, first: Listener, now: Callable[[], float]
    ) -> None:
        """Tell *first* of the caches of so many *workers*, each of which has so many *ranks*, and open their sockets.

        Raises:
            OSError: an address cannot be used.
        """
        self._first, self._size, self._now = first, block_size, now
        self._write = _as_map if options.form == "map" else _as_array
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._queue: SimpleQueue[tuple[int, float, Event] | None] = SimpleQueue()
        self.lines: list[Line] = []
        try:
            for number in range(workers * ranks):
                self.lines.append(Line(number, ranks, options, self._context))
        except (zmq.ZMQError, ValueError) as error:
            self._context.destroy(linger=0)
            raise OSError(f"{options.endpoint}{f' or {options.replay}' if options.replay else ''}: {error}") from None
        self._threads = [threading.Thread(target=self._send, name="kv-events", daemon=True)]
        if options.replay:
            self._threads.append(threading.Thread(target=self._replay, name="kv-events-replay", daemon=True))
        for thread in self._threads:
            thread.start()

    def stored(self, worker: int, hashes: Sequence[int], parent: int | None, source: Source, place: int) -> None:
        self._first.stored(worker, hashes, parent, source, place)
        size, moment = self._size, self._now()
        ids = source.ids(place * size, (place + len(hashes)) * size)
        for at in range(0, len(hashes), AT_ONCE):
            some = hashes[at : at + AT_ONCE]
            event = Event(STORED, some, parent, ids[at * size : (at + len(some)) * size], source.adapter)
            self._queue.put((worker, moment, event))
            parent = some[-1]

    def removed(self, worker: int, hashes: Sequence[int]) -> None:
        self._first.removed(worker, hashes)
        self._queue.put((worker, self._now(), Event(REMOVED, hashes)))

    def cleared(self, worker: int) -> None:
        self._first.cleared(worker)
        self._queue.put((worker, self._now(), Event(CLEARED)))

    def close(self) -> None:
        """Send what is left, and end."""
        self._queue.put(None)
        self._threads[0].join()
        self._context.term()
        for thread in self._threads:
            thread.join()

    def _send(self) -> None:
        while (found := self._queue.get()) is not None:
            worker, moment, event = found
            line = self.lines[worker]
            line.send(msgpack.packb([moment, [self._write(event, self._size)], line.rank]))
        for line in self.lines:
            line.publisher.close(linger=LINGER)

    def _replay(self) -> None:
        """Answer at the replay sockets until the context ends."""
        poller = zmq.Poller()
        lines = {line.replay: line for line in self.lines if line.replay is not None}
        for socket in lines:
            poller.register(socket, zmq.POLLIN)
        with suppress(zmq.ContextTerminated):
            while True:
                for socket, _ in poller.poll():
                    lines[socket].send_again(socket.recv_multipart())
        for socket in lines:
            socket.close(linger=0)


def _as_map(event: Event, block_size: int) -> dict[str, Any]:
    """An event as vLLM writes it."""
    written: dict[str, Any] = {"type": event.kind}
    if event.kind != CLEARED:
        written["block_hashes"] = event.hashes
    if event.ids is not None:
        written |= {"parent_block_hash": event.parent, "token_ids": event.ids.tolist(), "block_size": block_size}
        written["lora_id"] = None
    if event.kind != CLEARED:
        written["medium"] = MEDIUM
    if event.kind == STORED:
        written["lora_name"] = event.adapter or None
    return written


def _as_array(event: Event, block_size: int) -> list[Any]:
    """An event as older versions of vLLM write it: its fields in their order."""
    return [*_as_map(event, block_size).values()]


def _open(socket: "zmq.Socket[bytes]", address: str, number: int, *, binds: bool = False) -> str:
    """Bind *socket* for worker *number*, or connect it, as vLLM does, when *address* names somebody; where it is.

    Each worker has a port or a path of its own; port 0 is any that is free. All connect to the same address.
    """
    base, _, port = address.rpartition(":")
    is_tcp = address.startswith("tcp://")
    if is_tcp and not port.isdigit():
        raise ValueError("a port is missing, as in tcp://*:5557")
    if not (binds or "*" in address or "::" in address or not is_tcp or port == "0"):
        socket.connect(address)
        return address
    if not is_tcp:
        address = f"{address}.{number}" if number else address
    elif int(port):
        address = f"{base}:{int(port) + number}"
    if "::" in address:
        socket.ipv6 = True
    socket.bind(address)
    return socket.getsockopt_string(zmq.LAST_ENDPOINT).rstrip("\0")
