"""Servers as processes of their own, what the kernel says they used, and figures in print."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from types import TracebackType

ROOT = Path(__file__).resolve().parents[1]
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, CLIENT_CORE = CORES[0], CORES[-1]


class Server:
    """A server process. Its first line of output names its URL; it stops when the context ends."""

    def __init__(self, command: Sequence[str], folder: str | Path | None = None, core: int | None = None) -> None:
        self._empty = tempfile.TemporaryDirectory()
        self._process = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder or self._empty.name,
            env={name: value for name, value in os.environ.items() if not name.startswith("FAKEAI_")},
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=None if core is None else lambda: os.sched_setaffinity(0, {core}),
        )
        self.pid = self._process.pid

    @classmethod
    def fakeai(cls, *options: str, port: int = 0, core: int | None = SERVER_CORE) -> "Server":
        """FakeAI, run from an empty folder so that it serves its own project."""
        return cls(["-m", "fakeai", "serve", "--port", str(port), *options], core=core)

    @classmethod
    def yardstick(cls, name: str, *numbers: float, port: int = 0, core: int | None = SERVER_CORE) -> "Server":
        """One of the applications in `yardsticks.py`, with its *numbers*."""
        return cls(["-m", "benchmarks.yardsticks", str(port), name, *map(str, numbers)], ROOT, core)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
        self._empty.cleanup()

    def port(self) -> int:
        """The port in the server's first line, waited for."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        address = next((word for word in line.split() if word.startswith("http://")), None)
        if address is None:
            raise RuntimeError(f"the server said {line!r} and not where it is")
        return int(address.rpartition(":")[2])

    def cpu(self) -> float:
        """Seconds that its threads ran, exact while they sleep."""
        folder = f"/proc/{self.pid}/task"
        return sum(int(Path(folder, task, "schedstat").read_text().split()[0]) for task in os.listdir(folder)) / 1e9

    def resident(self) -> float:
        """Megabytes of memory that it holds."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1000


def spread(values: Sequence[float], unit: str, digits: int = 0) -> str:
    """Median, minimum and maximum in print."""
    return f"{median(values):.{digits}f} {unit} ({min(values):.{digits}f} to {max(values):.{digits}f})"


@dataclass(frozen=True)
class Target:
    """A figure that should be at most *limit*; None could not be measured and counts as missed."""

    name: str
    value: float | None
    limit: float
    unit: str = ""


def verdict(targets: Sequence[Target], check: bool) -> int:
    """Print what was reached; the exit code, which is 0 unless *check* and a target is missed."""
    missed = 0
    for target in targets:
        reached = target.value is not None and target.value <= target.limit
        missed += not reached
        value = "not measured" if target.value is None else f"{target.value:.3g}{target.unit}"
        print(f"{'reached' if reached else 'MISSED '}  {target.name}: {value}, target {target.limit:g}{target.unit}")
    return 1 if check and missed else 0
