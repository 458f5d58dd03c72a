"""A real FakeAI process."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
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


def _written(log: IO[str]) -> str:
    log.seek(0)
    return log.read()
