"""How exactly timed streams keep their pace, and what a token costs, beside streams that sleep token by token.

    .venv/bin/python benchmarks/streams.py [--quick] [--check] [--spin]

The server runs on one core, this client on another. A stream's phase is the median of what is left of its tokens'
arrivals when the time that was asked for is taken away; a token's error is what it is off that phase. How late the
phase itself is, the first token tells; how it moves, the drift. Where other processes take CPU from the two, the tail
of the errors is theirs: so the quiet figures leave out all 50 ms windows in which server and client together waited
1.5 ms or more for a CPU.

On a virtual machine a write that wakes a sleeping client on another core can cost the server as much as all the rest
of a token. --spin keeps the client awake; it needs a core that nobody else uses.
"""

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path
from statistics import median

sys.path.pop(0)  # this folder, whose http.py would hide Python's own
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.arrivals import Run, listen
from benchmarks.measure import CLIENT_CORE, Server, Target, spread, verdict
from benchmarks.yardsticks import TTFT

ITL = 0.02  # seconds
TOKENS = 80


class Subject:
    """A server with *count* streams at once; everything that arrived in all rounds. Printed in milliseconds."""

    def __init__(self, name: str, server: Server, port: int, count: int, spin: bool) -> None:
        self.name, self._server, self._port, self._count, self._spin = name, server, port, count, spin
        self.runs: list[Run] = []
        self.cpu: list[float] = []  # microseconds for each token

    def round(self) -> None:
        before = self._server.cpu()
        self.runs.append(listen(self._port, self._server.pid, self._count, TOKENS, self._spin))
        self.cpu.append((self._server.cpu() - before) / (self._count * TOKENS) * 1e6)

    def measure(self) -> None:
        """Work out and print the figures."""
        self.finished = sum(len(run.streams) for run in self.runs)
        self.errors = self._errors(pace_errors, quiet=False)
        quiet = self._errors(pace_errors, quiet=True)
        self.quiet_p99 = percentile(quiet, 0.99) if quiet else None
        self.drift = median([median(e[-10:]) - median(e[:10]) for e in self._each(pace_errors)])
        itl, quiet_itl = self._errors(gap_errors, quiet=False), self._errors(gap_errors, quiet=True)
        late = [1e3 * (s.arrivals[0] - s.sent - TTFT) for run in self.runs for s in run.streams]
        share = sum(run.quiet_share for run in self.runs) / len(self.runs)
        print(f"{self.name}: {self._count} streams at {ITL * 1e3:g} ms, {len(self.runs)} rounds")
        print(f"  finished        {self.finished} of {self._count * len(self.runs)}")
        print(f"  error           {tail(self.errors)}; quiet: {tail(quiet)}")
        print(f"  error of ITL    {tail(itl)}; quiet: {tail(quiet_itl)}")
        print(f"  drift           {self.drift:.3f} ms from the first ten tokens to the last ten, median over streams")
        print(f"  first token     {tail(late)} after its TTFT")
        print(f"  quiet windows   {share:.0%}; tokens in them: {share_of(quiet, self.errors)}")
        print(f"  server          {spread(self.cpu, 'us CPU per token', 1)}", flush=True)

    def _each(self, errors: Callable[[Sequence[float]], list[float]]) -> list[list[float]]:
        return [errors(stream.arrivals) for run in self.runs for stream in run.streams]

    def _errors(self, errors: Callable[[Sequence[float]], list[float]], quiet: bool) -> list[float]:
        """Absolute errors of all tokens but the first; with *quiet*, those whose arrivals were in quiet."""
        kept = []
        for run in self.runs:
            for stream in run.streams:
                calm = [run.is_quiet(at) for at in stream.arrivals] if quiet else []
                for k, error in enumerate(errors(stream.arrivals), start=1):
                    before = k if errors is pace_errors else k - 1
                    if not quiet or (calm[k] and calm[before]):
                        kept.append(abs(error))
        return kept


def pace_errors(arrivals: Sequence[float]) -> list[float]:
    """Milliseconds by which each token but the first is off its moment."""
    phases = [at - k * ITL for k, at in enumerate(arrivals)]
    phase = median(phases)
    return [1e3 * (each - phase) for each in phases[1:]]


def gap_errors(arrivals: Sequence[float]) -> list[float]:
    """Milliseconds by which each gap between tokens is off."""
    return [1e3 * (after - before - ITL) for before, after in pairwise(arrivals)]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that *share* of *values* do not exceed."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def tail(values: Sequence[float]) -> str:
    """Median and 99th percentile in print."""
    return f"median {median(values):.3f}, p99 {percentile(values, 0.99):.3f} ms" if values else "none"


def share_of(part: Sequence[float], whole: Sequence[float]) -> str:
    return f"{len(part) / len(whole):.0%}"


def main() -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    parser.add_argument("--spin", action="store_true", help="a client that never sleeps")
    options = parser.parse_args()
    rounds = 1 if options.quick else 4
    os.sched_setaffinity(0, {CLIENT_CORE})
    gc.disable()
    with ExitStack() as stack:
        fakeai = stack.enter_context(Server.fakeai("--ttft", f"{TTFT * 1e3:g}:0", "--itl", f"{ITL * 1e3:g}:0"))
        sleeper = stack.enter_context(Server.yardstick("timed", TOKENS, ITL))
        port, sleeper_port = fakeai.port(), sleeper.port()
        for server, at in ((fakeai, port), (sleeper, sleeper_port)):
            listen(at, server.pid, 20, 5)  # compiles schemas, fills caches
        subject = Subject("FakeAI", fakeai, port, 500, options.spin)
        yardstick = Subject("Starlette, sleep after sleep", sleeper, sleeper_port, 500, options.spin)
        crowd = Subject("FakeAI", fakeai, port, 1000, options.spin)
        for _ in range(rounds):
            for each in (subject, yardstick, crowd):
                each.round()
    for each in (subject, crowd, yardstick):
        each.measure()
    unfinished = 1000 * rounds - crowd.finished
    return verdict(
        [
            Target("500 streams, median error", median(subject.errors), 0.1, " ms"),
            Target("500 streams, p99 error in quiet windows", subject.quiet_p99, 1, " ms"),
            Target("500 streams, drift", abs(subject.drift), 1, " ms"),
            Target("1,000 streams, drift", abs(crowd.drift), 1, " ms"),
            Target("1,000 streams, unfinished", unfinished, 0),
        ],
        options.check,
    )


if __name__ == "__main__":
    sys.exit(main())
