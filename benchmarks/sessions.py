"""How late the tokens of many realtime sessions in step are, and how long they keep others waiting.

    .venv/bin/python benchmarks/sessions.py [--quick] [--check]

All sessions ask at the same moment, so that the same token of each is due at once: a burst. A token's lateness is what
its arrival is off the moment that was asked for, counted from the request of its session. Meanwhile a plain request
every 5 ms tells how long the server does nothing else. Beside it, Starlette sockets that sleep token by token.
"""

import argparse
import gc
import os
import select
import socket
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import monotonic

sys.path.pop(0)  # this folder, whose http.py would hide Python's own
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.load import connect
from benchmarks.measure import CLIENT_CORE, Server, Target, verdict
from benchmarks.yardsticks import DELTA, TTFT

COUNT, TOKENS, ITL = 200, 40, 0.1
EVERY = 0.005  # seconds between two plain requests
PATIENCE = 15.0  # seconds after which a session that has not ended is an error
HANDSHAKE = (
    b"GET /v1/realtime?model=gpt-realtime HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: Upgrade\r\n"
    b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-version: 13\r\n\r\n"
)
PROBE = b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n"
ASK = b'{"type":"response.create","response":{"output_modalities":["text"]}}'
DONE = b'{"type":"response.done"'


class Subject:
    """A server, and what was seen of it in all rounds, in milliseconds."""

    def __init__(self, name: str, server: Server, port: int) -> None:
        self.name, self._server, self._port = name, server, port
        self.late: list[float] = []
        self.held: list[float] = []
        self.cpu: list[float] = []  # microseconds for each token

    def warm_up(self) -> None:
        """Let it compile schemas and fill caches."""
        _listen([_opened(self._port)], connect(self._port))

    def round(self) -> None:
        sockets = [_opened(self._port) for _ in range(COUNT)]
        before = self._server.cpu()
        late, held = _listen(sockets, connect(self._port))
        self.late += late
        self.held += held
        self.cpu.append((self._server.cpu() - before) / (COUNT * TOKENS) * 1e6)

    def measure(self) -> None:
        print(f"{self.name}: {COUNT} sessions in step, a token each every {ITL * 1e3:g} ms")
        print(f"  lateness        {_tail(self.late)}")
        print(f"  others wait     {_tail(self.held)}")
        print(f"  server          {median(self.cpu):.0f} us CPU per token", flush=True)


def _opened(port: int) -> int:
    """A socket whose session has begun."""
    connection = connect(port)
    os.write(connection.fileno(), HANDSHAKE)
    connection.setblocking(True)
    answer = b""
    while b"\r\n\r\n" not in answer or len(answer.partition(b"\r\n\r\n")[2]) < 2:
        answer += connection.recv(1 << 16)
    connection.setblocking(False)
    return connection.detach()


def _listen(sockets: list[int], probing: socket.socket) -> tuple[list[float], list[float]]:
    """Ask in all *sockets* and read to the end: how late tokens were, and how long plain requests took."""
    probe = probing.fileno()
    poller = select.epoll()
    for fd in (*sockets, probe):
        poller.register(fd, select.EPOLLIN)
    frame = _masked(ASK)
    received: dict[int, list[tuple[float, bytes]]] = {fd: [] for fd in sockets}
    sent: dict[int, float] = {}
    held: list[float] = []
    for fd in sockets:
        sent[fd] = monotonic()
        os.write(fd, frame)
    open_, started = len(sockets), monotonic()
    asked, due = 0.0, started
    while open_:
        now = monotonic()
        if now - started > PATIENCE:
            raise RuntimeError(f"{open_} sessions have not ended")
        if not asked and now >= due:
            asked, due = now, now + EVERY
            os.write(probe, PROBE)
        for fd, _ in poller.poll(EVERY / 4, 64):
            now = monotonic()
            data = os.read(fd, 1 << 18)
            if fd == probe:
                if data and asked:
                    held.append((now - asked) * 1e3)
                    asked = 0.0
                continue
            before = received[fd][-1][1][-len(DONE) :] if received[fd] else b""
            received[fd].append((now, data))
            if not data:
                raise RuntimeError("the server closed a session")
            if DONE in before + data:
                poller.unregister(fd)
                open_ -= 1
    for fd in sockets:
        os.close(fd)
    poller.close()
    late = []
    for fd, parts in received.items():
        moments = _moments(parts)
        assert len(moments) == TOKENS, len(moments)
        late += [(at - sent[fd] - TTFT - k * ITL) * 1e3 for k, at in enumerate(moments)]
    return late, held


def _masked(text: bytes) -> bytes:
    """A frame with *text*, masked with zeros."""
    return bytes([0x81, 0x80 | len(text)]) + bytes(4) + text


def _moments(parts: list[tuple[float, bytes]]) -> list[float]:
    """When each token of a session was there whole."""
    moments: list[float] = []
    rest = b""
    for moment, data in parts:
        rest += data
        while len(rest) >= 2:
            size, head = rest[1], 2
            if size == 126:
                size, head = int.from_bytes(rest[2:4], "big"), 4
            elif size == 127:
                size, head = int.from_bytes(rest[2:10], "big"), 10
            if len(rest) < head + size:
                break
            if rest.startswith(DELTA, head):
                moments.append(moment)
            rest = rest[head + size :]
    return moments


def _percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def _tail(values: list[float]) -> str:
    return f"median {median(values):.2f}, p99 {_percentile(values, 0.99):.2f}, worst {max(values):.2f} ms"


def main() -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    options = parser.parse_args()
    os.sched_setaffinity(0, {CLIENT_CORE})
    gc.disable()
    with ExitStack() as stack:
        pace = ("--ttft", f"{TTFT * 1e3:g}:0", "--itl", f"{ITL * 1e3:g}:0")
        fakeai = stack.enter_context(Server.fakeai(*pace, "--answers", "text:" + " so" * TOKENS))
        sleeper = stack.enter_context(Server.yardstick("talk", TOKENS, ITL))
        subject = Subject("FakeAI", fakeai, fakeai.port())
        yardstick = Subject("Starlette, sleep after sleep", sleeper, sleeper.port())
        for each in (subject, yardstick):
            each.warm_up()
        for _ in range(1 if options.quick else 3):
            subject.round()
            yardstick.round()
    subject.measure()
    yardstick.measure()
    late, held = _percentile(subject.late, 0.99), _percentile(subject.held, 0.99)
    print(f"p99 lateness: {late / _percentile(yardstick.late, 0.99):.2f} of Starlette's")
    share = held / _percentile(yardstick.held, 0.99)
    print(f"p99 wait of others: {share:.2f} of Starlette's")
    return verdict([Target("p99 wait of others, as a share of Starlette's", share, 1)], options.check)


if __name__ == "__main__":
    sys.exit(main())
