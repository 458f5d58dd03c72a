"""One run of NVIDIA's AIPerf, and what it measured."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT

HOME = ROOT / ".venv-aiperf"  # where `make clients` puts it
LONGEST = 3600  # seconds of one run
TIMES = {"ttft_ms": "time_to_first_token", "itl_ms": "inter_token_latency", "latency_ms": "request_latency"}
SIZES = {"prompt_tokens": "input_sequence_length", "output_tokens": "output_sequence_length"}
RATES = {
    "requests_per_second": "request_throughput",
    "output_tokens_per_second": "output_token_throughput",
    "prompt_tokens_per_second": "input_token_throughput",
}
SPREAD = ("avg", "min", "p50", "p90", "p99", "max")


class Failed(Exception):
    """Why a run gave nothing."""


@dataclass(frozen=True)
class Run:
    """What one run asks for: prompts and answers of so many tokens, as many at a time as *concurrency*."""

    url: str
    model: str
    concurrency: int
    requests: int
    prompt: int = 550
    answer: int = 128
    prompt_spread: int = 0  # standard deviation of the prompts' tokens
    seed: int = 1

    def measure(self, folder: Path) -> dict[str, Any]:
        """Run AIPerf with its files in *folder*, and give what it measured: `figures`.

        Raises:
            Failed: AIPerf is not installed, or ends with an error.
        """
        folder.mkdir(parents=True, exist_ok=True)
        program, environ = _program()
        options = {
            "url": self.url, "model": self.model, "endpoint-type": "chat", "tokenizer": "builtin",
            "isl": self.prompt, "isl-stddev": self.prompt_spread, "osl": self.answer, "concurrency": self.concurrency,
            "request-count": self.requests, "random-seed": self.seed, "ui": "none", "artifact-dir": folder,
        }  # fmt: skip
        command = [program, "profile", "--streaming", *(f"--{name}={value}" for name, value in options.items())]
        command += ["--extra-inputs", "ignore_eos:true", "--extra-inputs", f"min_tokens:{self.answer}"]
        done = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=LONGEST)
        found = folder / "profile_export_aiperf.json"
        if done.returncode or not found.is_file():
            raise Failed(f"AIPerf ended with {done.returncode}: {(done.stdout + done.stderr)[-2000:]}")
        return figures(json.loads(found.read_text()))


def figures(export: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of an export (`profile_export_aiperf.json`): times in ms, sizes in tokens, rates in a second."""
    said: dict[str, Any] = {
        "requests": int(export["request_count"]["avg"]),
        "errors": sum(each.get("count", 1) for each in export.get("error_summary") or []),
        "seconds": export["benchmark_duration"]["avg"],
    }
    for name, theirs in RATES.items():
        said[name] = export[theirs]["avg"]
    for name, theirs in {**TIMES, **SIZES}.items():
        said[name] = {each: export[theirs][each] for each in SPREAD if each in export.get(theirs, {})}
    said["tpot_ms"] = said["itl_ms"].get("avg")  # of an answer's tokens after the first: the mean of the ITL
    return said


def _program() -> tuple[str, dict[str, str]]:
    """The program of AIPerf, and an environment in which it needs no internet."""
    own = HOME / "bin" / "aiperf"
    if own.is_file():
        return str(own), {**os.environ, "TIKTOKEN_CACHE_DIR": str(HOME / "tiktoken"), "HF_HUB_OFFLINE": "1"}
    found = shutil.which("aiperf")
    if found is None:
        raise Failed("AIPerf is not installed: `make clients` puts it into .venv-aiperf, or `pip install aiperf`")
    return found, dict(os.environ)
