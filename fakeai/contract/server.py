"""A FakeAI of the project in the working directory, in a process of its own, for as long as it is judged."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from .transport import Unreachable

COMMAND = ("serve", "--host", "127.0.0.1", "--port", "0", "--ttft", "0", "--itl", "0")
STOPS_WITHIN = 10  # seconds


@contextmanager
def running() -> Iterator[str]:
    """The base URL of a server on a free port, without simulated delays and with no settings from the environment.

    Raises:
        Unreachable: it does not start.
    """
    environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("FAKEAI_")}
    command = [sys.executable, "-m", "fakeai", *COMMAND]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = re.match(r"FakeAI \S+ at (http://\S+:\d+) serves ", process.stdout.readline())
            if not found:
                raise Unreachable("the server did not start")
            yield f"{found[1].replace('localhost', '127.0.0.1')}/v1"
        finally:
            process.terminate()
            try:
                process.communicate(timeout=STOPS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
