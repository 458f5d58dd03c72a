"""A real Prometheus, and what it answers."""

import json
import shutil
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PROMETHEUS = shutil.which("prometheus")
PROMTOOL = shutil.which("promtool")
READY_WITHIN = 30.0  # seconds


def ask(address: str, path: str, **query: str) -> Any:
    """The data of an answer of its API."""
    url = f"{address}/api/v1/{path}?{urllib.parse.urlencode(query)}"
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)["data"]


@contextmanager
def scraping(config: Path, directory: Path) -> Iterator[str]:
    """A Prometheus that does what *config* says, and keeps what it finds in *directory*; its address."""
    command = [str(PROMETHEUS), f"--config.file={config}", f"--storage.tsdb.path={directory / 'data'}",
               "--web.listen-address=127.0.0.1:0"]  # fmt: skip
    with (directory / "log").open("w+") as log, subprocess.Popen(command, stderr=log) as process:
        try:
            address = _address(directory / "log")
            _wait_for(address)
            yield address
        finally:
            process.terminate()
            process.wait(20)


def _wait_for(address: str) -> None:
    """Wait until it answers queries: it listens before its storage is open, and says 503 until then."""
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{address}/-/ready", timeout=10).close()
            return
        except urllib.error.HTTPError as error:
            error.close()
            time.sleep(0.1)
    raise AssertionError("Prometheus is not ready")


def _address(log: Path) -> str:
    """Where it listens, which it writes down itself."""
    end = time.monotonic() + READY_WITHIN
    while time.monotonic() < end:
        for line in log.read_text().splitlines():
            if "Listening on" in line and "address=" in line:
                return "http://" + line.split("address=")[1].split()[0]
        time.sleep(0.1)
    raise AssertionError(log.read_text())
