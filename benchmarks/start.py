"""How long a start takes until the first answers, and how much memory an idle server holds.

    .venv/bin/python benchmarks/start.py [--quick] [--check]

Requests are tried every millisecond from the moment that the process is made: GET /health, then GET /v1/models, then
a chat completion, which waits for the vocabulary.
"""

import argparse
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import monotonic, sleep

sys.path.pop(0)  # this folder, whose http.py would hide Python's own
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.load import chat_requests, fetch
from benchmarks.measure import Server, Target, spread, verdict

GET = "GET {} HTTP/1.1\r\nhost: localhost\r\n\r\n"
REQUESTS = {
    "GET /health": GET.format("/health").encode(),
    "GET /v1/models": GET.format("/v1/models").encode(),
    "a chat completion": next(chat_requests(64, stream=False)),
}


def start(make: Callable[[int], Server], rest: float = 0.0) -> tuple[list[float], float]:
    """Seconds to the first answer to each request, and megabytes held *rest* seconds later."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    begun = monotonic()
    with make(port) as server:
        answered = []
        for request in REQUESTS.values():
            while monotonic() < begun + 20:
                try:
                    answer = fetch(port, request)
                    break
                except ConnectionError:
                    sleep(0.001)
            else:
                raise RuntimeError("no answer in 20 s")
            answered.append(monotonic() - begun)
            assert answer.startswith(b"HTTP/1.1 200"), answer
        sleep(rest)
        return answered, server.resident()


def main() -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer starts")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    options = parser.parse_args()
    runs = 3 if options.quick else 11

    def fakeai(port: int) -> Server:
        return Server.fakeai("--ttft", "0", "--itl", "0", port=port, core=None)

    def bare(port: int) -> Server:
        return Server.yardstick("fixed", 900, port=port, core=None)

    start(fakeai)  # fills the file cache
    start(bare)
    subject: list[list[float]] = []
    yardstick: list[list[float]] = []
    for _ in range(runs):
        subject.append(start(fakeai)[0])
        yardstick.append(start(bare)[0])
    resident, bare_resident = start(fakeai, 2)[1], start(bare, 2)[1]
    print(f"From the start of the process, median of {runs} starts (fastest to slowest)")
    for at, name in enumerate(REQUESTS):
        print(f"  FakeAI, first answer to {name:<18} {spread([times[at] * 1e3 for times in subject], 'ms')}")
    print(f"  bare ASGI, first answer of any kind       {spread([times[0] * 1e3 for times in yardstick], 'ms')}")
    print(f"Memory when idle, vocabulary loaded: {resident:.0f} MB; bare ASGI: {bare_resident:.0f} MB")
    ready = median(times[0] for times in subject)
    return verdict(
        [Target("ready", ready, 0.35, " s"), Target("memory when idle", resident, 160, " MB")], options.check
    )


if __name__ == "__main__":
    sys.exit(main())
