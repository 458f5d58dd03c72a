"""NVIDIA's AIPerf measures a served app and finds the latency that was configured."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2] / ".venv-aiperf"

TTFT, ITL = 100, 10  # milliseconds
REQUESTS, CONCURRENCY = 50, 10
PROMPT, ANSWER = 100, 32  # tokens
AROUND_A_PROMPT = 7  # tokens that OpenAI's chat format puts around the only message


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="AIPerf 0.13.0 needs a Python below 3.14")
def test_aiperf_finds_the_configured_latency(serve: Callable[..., str], tmp_path: Path) -> None:
    program = HOME / "bin" / "aiperf"
    assert program.is_file(), "run `make clients` first"
    address = serve("--ttft", f"{TTFT}:0", "--itl", f"{ITL}:0")
    options = {
        "url": address,
        "model": "gpt-4o",
        "endpoint-type": "chat",
        "tokenizer": "builtin",
        "isl": PROMPT,
        "osl": ANSWER,
        "concurrency": CONCURRENCY,
        "request-count": REQUESTS,
        "random-seed": 1,
        "ui": "none",
        "artifact-dir": tmp_path,
    }
    command = [str(program), "profile", "--streaming"]
    command += [f"--{name}={value}" for name, value in options.items()]
    command += ["--extra-inputs", "ignore_eos:true", "--extra-inputs", f"min_tokens:{ANSWER}"]
    command += ["--server-metrics", f"{address}/dynamo/metrics", f"{address}/v1/metrics"]  # and /metrics, by itself
    command += ["--gpu-telemetry", f"{address}/dcgm/metrics"]
    offline = {"TIKTOKEN_CACHE_DIR": str(HOME / "tiktoken"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **offline}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr

    found = json.loads((tmp_path / "profile_export_aiperf.json").read_text())
    assert found["error_summary"] == []
    assert found["request_count"]["avg"] == REQUESTS
    assert found["request_error_rate"]["avg"] == 0
    counts = {
        "input_sequence_length": PROMPT,  # by AIPerf's tokenizer
        "usage_prompt_tokens": PROMPT + AROUND_A_PROMPT,  # as the server says
        "output_sequence_length": ANSWER,  # by AIPerf's tokenizer
        "usage_completion_tokens": ANSWER,
    }
    for name, tokens in counts.items():
        assert (name, found[name]["min"], found[name]["max"]) == (name, tokens, tokens)
    assert TTFT <= found["time_to_first_token"]["p50"] < TTFT + 40
    assert ITL - 1 < found["inter_token_latency"]["p50"] < ITL + 3

    seen = json.loads((tmp_path / "server_metrics_export.json").read_text())
    assert seen["summary"]["endpoints_successful"] == [
        f"{address}{path}" for path in ("/metrics", "/dynamo/metrics", "/v1/metrics")
    ]
    metrics = seen["metrics"]
    for name in (
        "dynamo_frontend_time_to_first_token_seconds",
        "vllm:time_to_first_token_seconds",
        "time_to_first_token_seconds",
    ):
        (series,) = metrics[name]["series"]
        assert series["stats"]["avg"] == pytest.approx(TTFT / 1000), name
    for name in ("dynamo_frontend_output_tokens", "vllm:generation_tokens", "generation_tokens", "fakeai_requests"):
        assert metrics[name]["type"] == "counter", name

    rows = [json.loads(line) for line in (tmp_path / "gpu_telemetry_export.jsonl").read_text().splitlines()]
    assert {row["gpu_index"] for row in rows} == {0, 1, 2, 3}
    assert {row["gpu_model_name"] for row in rows} == {"NVIDIA H100 80GB HBM3"}
    for gpu in range(4):
        told = [row["telemetry_data"] for row in rows if row["gpu_index"] == gpu]
        assert max(each["nvidia_gpu_utilization"] for each in told) > 50 > told[0]["nvidia_gpu_utilization"]
        assert max(each["nvidia_power_usage"] for each in told) > told[0]["nvidia_power_usage"] == 70
        energies = [each["nvidia_energy_consumption"] for each in told]
        assert energies == sorted(energies)
