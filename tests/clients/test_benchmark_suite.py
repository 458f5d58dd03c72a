"""The suite of AIPerf runs, started as the README says it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TIMES = ("ttft_ms", "itl_ms", "latency_ms")


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="AIPerf 0.13.0 needs a Python below 3.14")
def test_the_suite_reports_models_against_one_another_and_against_an_earlier_report(tmp_path: Path) -> None:
    command = [sys.executable, "run_aiperf_benchmarks.py", "--quick", "--models", "gpt-4o", "openai/gpt-oss-20b"]
    command += [
        "--concurrency",
        "4",
        "--requests",
        "8",
        "--prompt",
        "50",
        "--answer",
        "5",
        "--output",
        str(tmp_path / "one"),
    ]
    serve = ["--", "--ttft", "100:0", "--itl", "10:0"]
    report, shown = suite([*command, *serve], tmp_path / "one")
    assert [(run["model"], run["concurrency"], run["requests"], run["errors"]) for run in report["runs"]] == [
        ("gpt-4o", 4, 8, 0),
        ("openai/gpt-oss-20b", 4, 8, 0),
    ]
    for run in report["runs"]:
        assert run["prompt_tokens"]["p50"] == 50
        assert run["output_tokens"]["p50"] == 5
        assert run["ttft_ms"]["p50"] >= 100
        assert run["tpot_ms"] == run["itl_ms"]["avg"]
        assert all(run[key]["p50"] <= run[key]["p99"] for key in TIMES)
        assert all(run[rate] > 0 for rate in ("requests_per_second", "output_tokens_per_second"))
    assert "| gpt-4o | 4 | 8 | 0 |" in shown
    assert "## Models compared" in shown

    (old,) = (tmp_path / "one").glob("*/report.json")
    old.write_text(json.dumps({**report, "runs": [{**run, "requests_per_second": 1e9} for run in report["runs"]]}))
    command.remove("openai/gpt-oss-20b")
    command[command.index(str(tmp_path / "one"))] = str(tmp_path / "two")
    _, shown = suite([*command, "--against", str(old), *serve], tmp_path / "two")
    assert f"## Against {report['at']}" in shown
    assert shown.endswith("| -100.0% |\n")
    assert "## Models compared" not in shown


def suite(command: list[str], output: Path) -> tuple[dict[str, list[dict[str, float]]], str]:
    """The report of the suite, as JSON and as Markdown."""
    ran = subprocess.run(command, cwd=ROOT / "benchmarks", env=os.environ, capture_output=True, text=True, timeout=200)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (folder,) = output.iterdir()
    assert {path.name for path in folder.iterdir()} >= {"report.json", "report.md", "ttft.png", "itl.png"}
    return json.loads((folder / "report.json").read_text()), (folder / "report.md").read_text()
