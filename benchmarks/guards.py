"""CPU that the server spends on a chat request with all guards on, beside a server without any.

.venv/bin/python benchmarks/guards.py [--quick] [--check]
"""

import argparse
import gc
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median

sys.path.pop(0)  # this folder, whose http.py would hide Python's own
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.load import Load, chat_requests
from benchmarks.measure import CLIENT_CORE, Server, Target, spread, verdict

TOKENS = 64
CONNECTIONS = 24
KEY = "sk-benchmark"  # as `Load` says it
PLENTY = "1000000000"
LIMITS = [part for name in ("rpm", "tpm", "rpd", "tpd") for part in (f"--rate-limit-{name}", PLENTY)]
SERVERS = {
    "no guards": (),
    "API keys": ("--api-keys", KEY),
    "rate limits": ("--rate-limit-enabled", *LIMITS),
    "careful: abuse, inputs, injections": ("--enable-security",),
    "all of them": ("--api-keys", KEY, "--rate-limit-enabled", *LIMITS, "--enable-security"),
}


class Subject:
    """A server under load: its CPU for each request, in seconds, one figure a round."""

    def __init__(self, name: str, server: Server) -> None:
        self.name, self._server = name, server
        self._load = Load(server.port(), chat_requests(TOKENS, stream=False), CONNECTIONS)
        self.cpu: list[float] = []
        self._load.drive(0.3)  # compiles schemas, fills caches

    def round(self, seconds: float) -> None:
        before = self._server.cpu()
        answers = self._load.drive(seconds)
        self.cpu.append((self._server.cpu() - before) / answers)


def main() -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    options = parser.parse_args()
    rounds, seconds = (9, 0.1) if options.quick else (31, 0.2)
    os.sched_setaffinity(0, {CLIENT_CORE})
    with ExitStack() as stack:
        subjects = [
            Subject(name, stack.enter_context(Server.fakeai("--ttft", "0", "--itl", "0", *said)))
            for name, said in SERVERS.items()
        ]
        gc.collect()
        gc.disable()
        for _ in range(rounds):
            for subject in subjects:
                subject.round(seconds)
    print(f"CPU of the server process per request, median of {rounds} rounds (lowest to highest)")
    plain, ratios = subjects[0], []
    for subject in subjects:
        ratios = [a / b for a, b in zip(subject.cpu, plain.cpu, strict=True)]
        cpu = spread([1e6 * value for value in subject.cpu], "us")
        print(f"  {subject.name:<36} {cpu:<24} {spread(ratios, 'times', 2)}")
    return verdict([Target("all guards : none", median(ratios), 1.25)], options.check)


if __name__ == "__main__":
    sys.exit(main())
