"""CPU that the server spends on a chat request and on a stream without delays, beside two yardsticks.

.venv/bin/python benchmarks/http.py [--quick] [--check]
"""

import argparse
import gc
import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import monotonic

sys.path.pop(0)  # this folder, whose http.py would hide Python's own
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.load import Load, chat_requests, fetch
from benchmarks.measure import CLIENT_CORE, Server, Target, spread, verdict

TOKENS = 64
CONNECTIONS = 24


class Subject:
    """A server under load: its CPU and its wall time for each request, in seconds, one figure a round."""

    def __init__(self, name: str, server: Server, port: int, stream: bool) -> None:
        self.name, self._server = name, server
        self._load = Load(port, chat_requests(TOKENS, stream), CONNECTIONS)
        self.cpu: list[float] = []
        self.wall: list[float] = []
        self._load.drive(0.2)  # compiles schemas, fills caches

    def round(self, seconds: float) -> None:
        before, started = self._server.cpu(), monotonic()
        answers = self._load.drive(seconds)
        self.wall.append((monotonic() - started) / answers)
        self.cpu.append((self._server.cpu() - before) / answers)

    def __str__(self) -> str:
        cpu = spread([1e6 * value for value in self.cpu], "us CPU")
        return f"  {self.name:<52} {cpu:<28} [{1 / median(self.wall):.0f} a second]"


def main() -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    options = parser.parse_args()
    rounds, seconds = (3, 0.3) if options.quick else (9, 0.8)
    os.sched_setaffinity(0, {CLIENT_CORE})
    with ExitStack() as stack:
        fakeai = stack.enter_context(Server.fakeai("--ttft", "0", "--itl", "0"))
        port = fakeai.port()
        head, _, body = fetch(port, next(chat_requests(TOKENS, stream=False))).partition(b"\r\n\r\n")
        assert json.loads(body)["usage"]["completion_tokens"] == TOKENS, head + body
        bare = stack.enter_context(Server.yardstick("fixed", len(body)))
        starlette = stack.enter_context(Server.yardstick("stream", TOKENS))
        bare_port, starlette_port = bare.port(), starlette.port()
        gc.collect()
        gc.disable()
        whole = Subject("FakeAI, chat completion", fakeai, port, stream=False)
        whole_yard = Subject(f"bare ASGI, {len(body)} fixed bytes", bare, bare_port, stream=False)
        stream = Subject(f"FakeAI, stream of {TOKENS} tokens without delay", fakeai, port, stream=True)
        stream_yard = Subject("Starlette StreamingResponse, a yield per token", starlette, starlette_port, stream=True)
        for _ in range(rounds):
            for subject in (whole, whole_yard, stream, stream_yard):
                subject.round(seconds)
    print(f"CPU of the server process per request, median of {rounds} rounds (lowest to highest)")
    targets = []
    for subject, yardstick, limit in ((whole, whole_yard, 9.0), (stream, stream_yard, 0.45)):
        ratios = [a / b for a, b in zip(subject.cpu, yardstick.cpu, strict=True)]
        print(subject, yardstick, f"  {'ratio, round by round':<52} {spread(ratios, 'times', 2)}", sep="\n")
        targets.append(Target(f"{subject.name} : {yardstick.name}", median(ratios), limit))
    return verdict(targets, options.check)


if __name__ == "__main__":
    sys.exit(main())
