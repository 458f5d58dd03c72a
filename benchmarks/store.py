"""Gets and writes of each store, beside the least that its database could do: a get by key.

.venv/bin/python benchmarks/store.py [--quick] [--check]
"""

import argparse
import asyncio
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

sys.path.pop(0)  # this folder, whose http.py would hide Python's own
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.measure import Target, spread, verdict
from fakeai.app import create_store
from fakeai.runtime.store import Change, Store

DOCUMENTS = 2000  # there are
DATA = {"id": "file-0123456789", "object": "file", "bytes": 120_000, "filename": "a.jsonl", "purpose": "batch"}
PLAIN = b'{"id":"file-0123456789","object":"file","bytes":120000,"filename":"a.jsonl","purpose":"batch"}'

Action = Callable[[int], Awaitable[object]]


class Subject:
    """Something done many times: seconds for each time, one figure a round."""

    def __init__(self, name: str, action: Action, yardstick: "Subject | None" = None, limit: float = 0.0) -> None:
        self.name, self.yardstick, self.limit = name, yardstick, limit
        self._action, self._done = action, 0
        self.seconds: list[float] = []

    async def round(self, seconds: float) -> None:
        action, number, started = self._action, self._done, perf_counter()
        while (passed := perf_counter() - started) < seconds:
            for _ in range(20):
                await action(number)
                number += 1
        self.seconds.append(passed / (number - self._done))
        self._done = number

    @property
    def ratios(self) -> list[float]:
        assert self.yardstick
        return [a / b for a, b in zip(self.seconds, self.yardstick.seconds, strict=True)]

    def __str__(self) -> str:
        line = f"  {self.name:<36} {spread([1e6 * s for s in self.seconds], 'us', 1):<30}"
        line += f" [{1 / median(self.seconds):,.0f} a second]"
        return line + (f"  {spread(self.ratios, 'times', 2)}" if self.yardstick else "")


async def subjects(name: str, store: Store, yardstick: Subject, limits: tuple[float, float]) -> list[Subject]:
    """Gets and changes of one document among many."""
    for number in range(DOCUMENTS):
        await store.write(Change("file", f"file-{number}", DATA, revision=0))

    async def get(number: int) -> object:
        return await store.get("file", f"file-{number % DOCUMENTS}")

    async def write(number: int) -> object:
        return await store.write(Change("file", f"file-{number % DOCUMENTS}", DATA))

    actions = (("get", get), ("write", write))
    return [
        Subject(f"{name}, {kind}", act, yardstick, limit) for (kind, act), limit in zip(actions, limits, strict=True)
    ]


def raw_sqlite(folder: Path) -> Subject:
    """A get by key in a table of two columns."""
    db = sqlite3.connect(folder / "raw.sqlite", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE t (key TEXT PRIMARY KEY, value BLOB)")
    db.executemany("INSERT INTO t VALUES (?, ?)", [(f"file-{number}", PLAIN) for number in range(DOCUMENTS)])

    async def get(number: int) -> object:
        return db.execute("SELECT value FROM t WHERE key = ?", (f"file-{number % DOCUMENTS}",)).fetchone()

    return Subject("raw sqlite3, get by key", get)


async def raw_redis(url: str) -> Subject:
    """GET with the same client."""
    from redis.asyncio import Redis

    client: Any = Redis.from_url(url)
    for number in range(DOCUMENTS):
        await client.set(f"raw:{number}", PLAIN)

    async def get(number: int) -> object:
        return await client.get(f"raw:{number % DOCUMENTS}")

    return Subject("raw redis, GET", get)


async def measure(rounds: int, seconds: float, folder: Path, url: str | None) -> list[Subject]:
    stores = {"sqlite in memory": create_store(None), "sqlite in a directory": create_store(f"sqlite:{folder}/data")}
    every = [raw_sqlite(folder)]
    for name, store in stores.items():
        await store.open()
        every += await subjects(name, store, every[0], (1.5, 3.0) if "memory" in name else (2.5, 10.0))
    if url:
        stores["redis"] = create_store(url)
        await stores["redis"].open()
        yardstick = await raw_redis(url)
        every += [yardstick, *await subjects("redis", stores["redis"], yardstick, (1.5, 2.5))]
    for _ in range(rounds):
        for subject in every:
            await subject.round(seconds)
    for store in stores.values():
        await store.close()
    return every


def main() -> int:
    """Measure and print; the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds")
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    options = parser.parse_args()
    rounds, seconds = (3, 0.1) if options.quick else (9, 0.4)
    program = shutil.which("redis-server")
    with tempfile.TemporaryDirectory() as folder:
        url, server = None, None
        if program:
            url = f"unix://{folder}/redis.sock"
            command = [program, "--port", "0", "--unixsocket", f"{folder}/redis.sock", "--save", "", "--dir", folder]
            server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
            while not Path(folder, "redis.sock").exists():
                assert server.poll() is None, "redis-server does not start"
        try:
            every = asyncio.run(measure(rounds, seconds, Path(folder), url))
        finally:
            if server:
                server.terminate()
                server.wait()
    print(f"Time of one after the other, median of {rounds} rounds (lowest to highest); then beside the yardstick")
    print(*every, sep="\n")
    targets = [Target(f"{s.name} : {s.yardstick.name}", median(s.ratios), s.limit) for s in every if s.yardstick]
    if not program:
        targets.append(Target("redis (there is no redis-server)", None, 1.5))
    return verdict(targets, options.check)


if __name__ == "__main__":
    sys.exit(main())
