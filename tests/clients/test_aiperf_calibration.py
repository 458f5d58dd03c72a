"""AIPerf measures a server, and then the one that was fitted to it: the percentiles come back."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.aiperf import Run

MODEL = "openai/gpt-oss-20b"
NAMES = ("ttft_ms", "itl_ms")
# Shares by which they may be off; one in a hundred tells of this machine, too (tests/test_calibrate.py has it exactly).
CLOSE = {"avg": 0.1, "p50": 0.1, "p90": 0.1, "p99": 0.25}


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="AIPerf 0.13.0 needs a Python below 3.14")
def test_a_fitted_server_gives_back_what_aiperf_measured(serve: Callable[..., str], tmp_path: Path) -> None:
    source = serve("--latency", "per-token", "--ttft", "400:20", "--itl", "20:20", "--ttft-per-prompt-token-ms", "0.5")
    measured = _run(source).measure(tmp_path / "source")
    command = [sys.executable, "-m", "fakeai", "calibrate", "source"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    again = _run(serve("--latency", "profile", "--profile", str(tmp_path / "profile.yaml"))).measure(tmp_path / "again")
    assert measured["errors"] == again["errors"] == 0
    for name in NAMES:
        for each, off in CLOSE.items():
            assert again[name][each] == pytest.approx(measured[name][each], rel=off), (name, each, ran.stdout)


def _run(address: str) -> Run:
    body = {"model": MODEL, "messages": [{"role": "user", "content": "Hello"}], "stream": True, "max_tokens": 2}
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"{address}/v1/chat/completions", json.dumps(body).encode(), headers)
    urllib.request.urlopen(request).read()  # what is loaded at the first request is loaded then
    return Run(address, MODEL, concurrency=16, requests=128, prompt=300, prompt_spread=60, answer=20)
