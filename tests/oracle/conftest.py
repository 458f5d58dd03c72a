"""NVIDIA's code in a process of its own."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-oracle" / "bin" / "python"
PROGRAM = Path(__file__).parent / "nvidia.py"
SELECTED = re.compile(r'Selected worker .*request_id="([^"]+)".*logit=(\S+)')


class Oracle:
    """Asks `nvidia.py`, which runs with the variables *environment* and logs to *log*."""

    def __init__(self, log: Path, environment: dict[str, str]) -> None:
        self._log = log
        quiet = {"DYN_LOG": "error,dynamo_kv_router::scheduling::selector=info", "DYN_SDK_DISABLE_ANSI_LOGGING": "1"}
        with log.open("w") as errors:
            self._process = subprocess.Popen(
                [str(PYTHON), str(PROGRAM)],
                env=os.environ | quiet | environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def ask(self, function: str, **arguments: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps([function, arguments]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, self._log.read_text()[-4000:]
        return json.loads(line)

    @property
    def costs(self) -> dict[str, float]:
        """What each selection would have cost, by name, as it logged."""
        return {name: float(cost) for name, cost in SELECTED.findall(self._log.read_text())}

    def close(self) -> None:
        self._process.communicate(timeout=10)


@pytest.fixture
def ask_nvidia(tmp_path: Path) -> Iterator[Callable[..., Oracle]]:
    """Starts NVIDIA's code with the variables it is given."""
    if not PYTHON.is_file():
        pytest.skip(f"{PYTHON} is missing: `make clients` builds it where ai-dynamo-runtime has a wheel")
    started: list[Oracle] = []

    def start(**environment: str) -> Oracle:
        started.append(Oracle(tmp_path / f"{len(started)}.log", environment))
        return started[-1]

    yield start
    for each in started:
        each.close()
