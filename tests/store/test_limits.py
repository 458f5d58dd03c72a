"""Rate limits of several processes: a flood of calls is counted to the unit, wherever each of them arrives."""

import json
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.inprocess import chat
from tests.process import Server, running
from tests.store.places import Place
from tests.test_workers import accepted, children

CONNECTIONS, CALLS = 40, 15  # each makes so many calls, one after another
REQUESTS, TOKENS = 400, 8_000  # a day: of so few none comes back within some seconds


@dataclass
class Caller:
    """A client with a connection of its own, and what came of its calls."""

    connection: socket.socket
    statuses: Counter[int] = field(default_factory=Counter)
    tokens: int = 0
    left: list[tuple[int, int]] = field(default_factory=list)  # requests and tokens, as each answer says

    def call(self) -> None:
        body = json.dumps(chat("Hello there", max_tokens=7)).encode()
        head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer one-key\r\n"
        self.connection.sendall(b"%bcontent-length: %d\r\n\r\n%b" % (head, len(body), body))
        received = b""
        while b"\r\n\r\n" not in received or not received.endswith(b"}"):
            part = self.connection.recv(65536)
            assert part, received
            received += part
        lines, _, answer = received.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in lines.decode().split("\r\n")[1:])
        status = int(lines.split()[1])
        assert status in (200, 429), received
        self.statuses[status] += 1
        if status == 200:
            self.tokens += json.loads(answer)["usage"]["total_tokens"]
        remaining = [int(headers[f"x-ratelimit-remaining-{of}"]) for of in ("requests", "tokens")]
        self.left.append((remaining[0], remaining[1]))

    def flood(self) -> None:
        for _ in range(CALLS):
            self.call()


@contextmanager
def callers(server: Server) -> Iterator[list[Caller]]:
    """Clients whose calls every process answers some of."""
    made = [Caller(socket.create_connection(("127.0.0.1", server.port))) for _ in range(CONNECTIONS)]
    try:
        _spread(server, made)
        yield made
    finally:
        for caller in made:
            caller.connection.close()


def _spread(server: Server, made: list[Caller]) -> None:
    """See that all processes have some of *made*, each of which calls once."""
    for caller in made:
        caller.call()
    assert {accepted(server, caller.connection) for caller in made} == children(server.process.pid)


def test_a_flood_is_counted_to_the_unit(kept: Place, tmp_path: Path) -> None:
    limits = ["--rate-limit-enabled"]
    for name, limit in (("rpm", 10**9), ("tpm", 10**12), ("rpd", REQUESTS), ("tpd", TOKENS)):
        limits += [f"--rate-limit-{name}", str(limit)]
    options = ("--workers", "2", "--store", str(kept.address), "--ttft", "0", "--itl", "0", *limits)
    with running(tmp_path, *options) as server, callers(server) as made:
        threads = [threading.Thread(target=caller.flood) for caller in made]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        statuses = sum((caller.statuses for caller in made), Counter[int]())
        assert statuses == {200: REQUESTS, 429: CONNECTIONS * (CALLS + 1) - REQUESTS}
        made[0].call()
        assert made[0].left[-1] == (0, TOKENS - sum(caller.tokens for caller in made))
