"""A real FakeAI process."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

STOPS_WITHIN = 20  # seconds, of a server that has no open streams


@dataclass
class Server:
    """A running server: its process and its address, `http://localhost:PORT`."""

    process: subprocess.Popen[str]
    address: str

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])


@contextmanager
def running(directory: Path, *options: str, ends_with: int = 0) -> Iterator[Server]:
    """A server in *directory*, stopped as Ctrl-C stops it: it ends well, and nothing went wrong in it.

    One that the test kills *ends_with* that code.
    """
    command = [sys.executable, "-m", "fakeai", "serve", "--host", "127.0.0.1", "--port", "0", *options]
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("FAKEAI_")}
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(
            command, cwd=directory, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            banner = process.stdout.readline()
            found = re.match(r"FakeAI \S+ at (http://\S+:\d+) serves ", banner)
            assert found, banner + _written(log)
            yield Server(process, found[1])
            if not ends_with and process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=STOPS_WITHIN)
        finally:
            process.kill()
            process.wait()
        written = _written(log)
        assert process.returncode == ends_with, written
        assert "Traceback" not in written, written


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something to be so, 20 seconds at most."""
    for _ in range(1000):
        if is_so():
            return
        time.sleep(0.02)
    raise AssertionError("it never was so")


def is_open(server: Server) -> bool:
    """Whether anybody may still connect to *server*."""
    try:
        socket.create_connection(("127.0.0.1", server.port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


def has_read(server: Server, connection: socket.socket) -> bool:
    """Whether *server* has read all that was sent on *connection*."""
    ours, theirs = (f"{name[1]:04X}" for name in (connection.getsockname(), connection.getpeername()))
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if (fields[1].rpartition(":")[2], fields[2].rpartition(":")[2]) == (theirs, ours):
            return int(fields[4].rpartition(":")[2], 16) == 0
    return False


def _written(log: IO[str]) -> str:
    log.seek(0)
    return log.read()
