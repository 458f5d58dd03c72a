"""A client of many streams that notes when each token arrives, and when the machine was quiet."""

import os
import select
from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from time import monotonic

from .load import chat_requests, connect

WINDOW = 0.05  # seconds
QUIET = 0.0015  # seconds that server and client together may wait for a CPU in a quiet window
STARTING = 0.5  # seconds over which the streams start, out of step with one another
PATIENCE = 20  # seconds after which a stream that has not ended counts as unfinished


@dataclass(frozen=True)
class Stream:
    """When a request was sent and when each of its tokens arrived, in monotonic seconds."""

    sent: float
    arrivals: list[float]


@dataclass(frozen=True)
class Run:
    """The streams that finished, and the quietness of windows by their ends."""

    streams: list[Stream]
    ends: list[float]
    quiet: list[bool]

    @property
    def quiet_share(self) -> float:
        """The share of quiet windows."""
        return sum(self.quiet) / len(self.quiet)

    def is_quiet(self, moment: float) -> bool:
        at = bisect_right(self.ends, moment)
        return at < len(self.quiet) and self.quiet[at]


def listen(port: int, server: int, count: int, tokens: int, spin: bool = False) -> Run:
    """Start *count* streams within STARTING seconds and read them to their ends; *server* is the server's process id.

    With *spin* the client never sleeps, so that the server does not pay for waking it.

    The loop keeps moments and bytes only; they are read as events when all is over.
    """
    requests = chat_requests(tokens, stream=True)
    sockets = [connect(port) for _ in range(count)]
    poller = select.epoll()
    for connection in sockets:
        poller.register(connection, select.EPOLLIN)
    waits = [os.open(f"/proc/{process}/schedstat", os.O_RDONLY) for process in (server, os.getpid())]
    received: dict[int, list[tuple[float, bytes]]] = {connection.fileno(): [] for connection in sockets}
    sent: dict[int, float] = {}
    ends: list[float] = []
    waited = [sum(map(_waited, waits))]
    todo = [(connection.fileno(), next(requests)) for connection in reversed(sockets)]
    started = starting = monotonic()
    sampling = started + WINDOW
    open_ = count
    while open_ and starting < started + PATIENCE:
        starting = monotonic()
        while todo and starting >= started + STARTING * len(sent) / count:
            fd, request = todo.pop()
            sent[fd] = monotonic()
            os.write(fd, request)
        if starting >= sampling:
            ends.append(starting)
            waited.append(sum(map(_waited, waits)))
            sampling = starting + WINDOW
        for fd, _ in poller.poll(0 if todo or spin else max(0.0, sampling - starting), 64):
            now = monotonic()
            data = os.read(fd, 65536)
            received[fd].append((now, data))
            if not data or data.endswith(b"0\r\n\r\n"):
                poller.unregister(fd)
                open_ -= 1
    for connection in sockets:
        connection.close()
    for file in (*waits, poller.fileno()):
        os.close(file)
    quiet = [after - before < QUIET for before, after in pairwise(waited)]
    streams = [Stream(sent[fd], _token_moments(parts)) for fd, parts in received.items() if fd in sent]
    return Run([stream for stream in streams if len(stream.arrivals) == tokens], ends, quiet)


def _waited(file: int) -> float:
    """Seconds for which a process, of whose schedstat this is the *file*, had work and no CPU."""
    return int(os.pread(file, 100, 0).split()[1]) / 1e9


def _token_moments(parts: list[tuple[float, bytes]]) -> list[float]:
    """When each token was there whole. An event before the tokens opens a stream, two after them close it."""
    moments: list[float] = []
    rest = b""
    for moment, data in parts:
        *events, rest = (rest + data).split(b"\n\n")
        moments += [moment] * len(events)
    return moments[1:-2] if rest.endswith(b"\r\n0\r\n\r\n") else []
