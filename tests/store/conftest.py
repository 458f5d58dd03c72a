"""Stores to test, and a Redis of our own."""

import itertools
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.store.places import Place

MISSING = "redis-server is missing; get it with `apt-get install redis-server` or `brew install redis`"


class Redis:
    """A `redis-server` on a Unix socket; every place in it has a prefix of its own."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        assert program, MISSING
        self._socket, self._numbers = folder / "redis.sock", itertools.count(1)
        self._command = [program, "--port", "0", "--unixsocket", str(self._socket), "--dir", str(folder)]
        self._command += ["--save", "", "--appendonly", "yes", "--loglevel", "warning"]
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        ping = ["redis-cli", "-s", str(self._socket), "ping"]
        for _ in range(500):
            if subprocess.run(ping, capture_output=True, text=True).stdout.strip() == "PONG":
                return
            time.sleep(0.02)
        raise RuntimeError("redis-server does not answer")

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def place(self) -> Place:
        return Place(f"unix://{self._socket}?prefix=test{next(self._numbers)}")


@pytest.fixture(scope="session")
def redis() -> Iterator[Redis]:
    with tempfile.TemporaryDirectory(prefix="fakeai-redis-") as folder:  # short enough for a socket's path
        server = Redis(Path(folder))
        yield server
        server.stop()


@pytest.fixture(params=["sqlite-memory", "sqlite-directory", "redis"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A place where nothing is kept yet."""
    if request.param == "redis":
        return request.getfixturevalue("redis").place()  # type: ignore[no-any-return]
    return Place(f"sqlite:{tmp_path / 'data'}" if request.param == "sqlite-directory" else None)


@pytest.fixture(params=["sqlite-directory", "redis"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """The same, where several processes may keep things and find them again."""
    if request.param == "redis":
        return request.getfixturevalue("redis").place()  # type: ignore[no-any-return]
    return Place(f"sqlite:{tmp_path / 'data'}")
