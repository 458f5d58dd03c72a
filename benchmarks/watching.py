"""What it costs streams that somebody reads all metrics meanwhile: metrics, GPUs, health and dashboards.

    .venv/bin/python benchmarks/watching.py [--quick] [--check]

500 streams run alone and watched, in turns, in the same run. Whoever watches reads every path of these APIs once a
second, as Prometheus and an open dashboard do; with --hard without a pause, one path after another. An error is what a
gap between two tokens is off; what watching adds to it is told as a share of the ITL, and as a ratio. The reader is a
process of its own with the lowest priority, so that it takes no CPU from the client that measures; where other
processes do, the quiet figures leave that out, as in streams.py. On a busy machine, `chrt -f 5` before the command
gives server and client the CPU that they need.
"""

import argparse
import gc
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep

sys.path.pop(0)  # this folder, whose http.py would hide Python's own
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.arrivals import Run, listen
from benchmarks.load import fetch
from benchmarks.measure import CLIENT_CORE, ROOT, Server, Target, spread, verdict
from benchmarks.streams import ITL, TTFT, gap_errors, percentile, tail

COUNT, TOKENS = 500, 160
TAGS = ("Dashboards", "Health", "Metrics", "Telemetry")
MODEL = "gpt-4o"  # for which a path or a query asks
EACH = 1.0  # seconds in which every path is read once
LARGEST = 10  # percent of the ITL
REQUEST = "GET {} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"


def paths() -> Iterator[str]:
    """Every path of the APIs that tell what the server does, with what it asks for filled in."""
    document = json.loads((ROOT / "generated" / "openapi.json").read_text())
    for path, item in document["paths"].items():
        operation = item.get("get")
        if operation is None or not set(TAGS).intersection(operation["tags"]):
            continue
        query = [
            each["name"] for each in operation.get("parameters", ()) if each["in"] == "query" and each.get("required")
        ]
        if path.endswith("/events"):
            query.append("count")
        filled = "&".join(f"{name}={1 if name == 'count' else MODEL}" for name in query)
        named = "/".join(MODEL if part.startswith("{") else part for part in path.split("/"))
        yield f"{named}?{filled}" if filled else named


def read(port: int, pause: bool) -> None:
    """Read all paths again and again; print how many were read and how long it took, after each round."""
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    os.nice(19)
    every = list(paths())
    while True:
        began = monotonic()
        for path in every:
            fetch(port, REQUEST.format(path).encode())
            if pause:
                sleep(EACH / len(every))
        print(len(every), monotonic() - began, flush=True)


class Kind:
    """The streams of all rounds, alone or watched, and what reading took."""

    def __init__(self, name: str, server: Server, port: int, reader: Sequence[str] | None) -> None:
        self.name, self._server, self._port, self._reader = name, server, port, reader
        self._runs: list[Run] = []
        self._cpu: list[float] = []
        self._read, self._rounds = 0, list[float]()

    def round(self) -> None:
        before = self._server.cpu()
        if self._reader is None:
            self._runs.append(listen(self._port, self._server.pid, COUNT, TOKENS))
        else:
            command = [sys.executable, __file__, "--read", str(self._port), *self._reader]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                assert process.stdout
                process.stdout.readline()  # it has read all once
                self._runs.append(listen(self._port, self._server.pid, COUNT, TOKENS))
                process.terminate()
                for line in process.stdout:
                    count, seconds = line.split()
                    self._read += int(count)
                    self._rounds.append(float(seconds))
        self._cpu.append((self._server.cpu() - before) / (COUNT * TOKENS) * 1e6)

    @property
    def errors(self) -> list[float]:
        """Milliseconds by which the gaps between tokens are off."""
        return [abs(e) for run in self._runs for stream in run.streams for e in gap_errors(stream.arrivals)]

    @property
    def quiet(self) -> list[float]:
        """The same where nobody else took CPU."""
        found = []
        for run in self._runs:
            for stream in run.streams:
                calm = [run.is_quiet(at) for at in stream.arrivals]
                errors = gap_errors(stream.arrivals)
                found += [abs(e) for k, e in enumerate(errors, 1) if calm[k] and calm[k - 1]]
        return found

    @property
    def mean_errors(self) -> list[float]:
        """Milliseconds by which the mean gap of each stream is off."""
        return [
            abs(stream.arrivals[-1] - stream.arrivals[0] - ITL * (TOKENS - 1)) / (TOKENS - 1) * 1e3
            for run in self._runs
            for stream in run.streams
        ]

    @property
    def finished(self) -> int:
        return sum(len(run.streams) for run in self._runs)

    def show(self) -> None:
        print(f"{self.name}: {COUNT} streams at {ITL * 1e3:g} ms, {len(self._runs)} rounds, {self.finished} finished")
        print(f"  error of ITL    {tail(self.errors)}; quiet: {tail(self.quiet)}")
        print(f"  of its mean     {tail(self.mean_errors)}")
        if self._rounds:
            print(f"  read            {self._read} answers, all paths in {spread(self._rounds, 's', 2)}")
        print(f"  server          {spread(self._cpu, 'us CPU per token', 1)}", flush=True)


def main() -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    parser.add_argument("--hard", action="store_true", help="read without a pause")
    parser.add_argument("--read", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read is not None:
        read(options.read, not options.hard)
        return 0
    os.sched_setaffinity(0, {CLIENT_CORE})
    gc.disable()
    with ExitStack() as stack:
        server = stack.enter_context(Server.fakeai("--ttft", f"{TTFT * 1e3:g}:0", "--itl", f"{ITL * 1e3:g}:0"))
        port = server.port()
        listen(port, server.pid, 20, 5)  # compiles schemas, fills caches
        for path in paths():
            fetch(port, REQUEST.format(path).encode())
        alone = Kind("Alone", server, port, None)
        watched = Kind("Watched", server, port, ["--hard"] if options.hard else [])
        rounds = 1 if options.quick else 4
        for _ in range(rounds):
            for each in (alone, watched):
                each.round()
    for each in (alone, watched):
        each.show()
    ratios = [percentile(watched.errors, share) / percentile(alone.errors, share) for share in (0.5, 0.99)]
    print(f"Watched to alone: error of ITL {ratios[0]:.2f} times at the median, {ratios[1]:.2f} times at p99")
    added = [
        max(percentile(watched.quiet, share) - percentile(alone.quiet, share), 0.0) / (ITL * 1e3) * 100
        if alone.quiet and watched.quiet
        else None
        for share in (0.5, 0.99)
    ]
    return verdict(
        [
            Target("error that watching adds, median, quiet", added[0], LARGEST, " % of the ITL"),
            Target("error that watching adds, p99, quiet", added[1], LARGEST, " % of the ITL"),
            Target("unfinished", 2 * COUNT * rounds - alone.finished - watched.finished, 0),
        ],
        options.check,
    )


if __name__ == "__main__":
    sys.exit(main())
