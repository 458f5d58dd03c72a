"""`fakeai simulate`: traces of which every figure can be worked out by hand, and what is said of bad ones."""

import asyncio
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fakeai import cli
from fakeai.runtime.cluster.pace import MockerPace
from fakeai.runtime.options import Machine, Options
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World
from fakeai.simulation import plots
from fakeai.simulation.replay import replay
from fakeai.simulation.trace import Turn
from tests.inprocess import Client, run

FREE = {"mean": 0.0, "p50": 0.0, "p90": 0.0, "p99": 0.0, "max": 0.0}
MOCKER = ("--latency", "mocker", "--kv-cache-blocks", "16384")
CONSTANT = (
    "--kv-cache-blocks",
    "16384",
    "--latency",
    "constant",
    "--ttft",
    "100:0",
    "--itl",
    "10:0",
    "--kv-cache-ttft-saving",
    "0",
)


def line(timestamp: int | None, prompt: int, answer: int, *blocks: int, **more: Any) -> dict[str, Any]:
    said = {"timestamp": timestamp, "input_length": prompt, "output_length": answer, "hash_ids": list(blocks), **more}
    return {name: value for name, value in said.items() if value not in (None, [])}


def conversations(count: int) -> list[dict[str, Any]]:
    """A trace like Mooncake's: conversations that go on, each turn with all blocks of the one before it."""
    chance, lines, known, at, next_block = random.Random(1), [], [[0]], 0.0, 1
    for _ in range(count):
        at += chance.expovariate(1 / 200)
        blocks = list(chance.choice(known[-50:]))
        more = chance.randrange(1, 8)
        blocks += range(next_block, next_block + more)
        next_block += more
        known.append(blocks)
        lines.append(line(int(at), len(blocks) * 512 - chance.randrange(512), chance.randrange(1, 200), *blocks))
    return lines


def simulate(tmp_path: Path, lines: list[dict[str, Any]], *options: str) -> dict[str, Any]:
    trace, report = tmp_path / "trace.jsonl", tmp_path / "report.json"
    trace.write_text("".join(json.dumps(each) + "\n" for each in lines))
    ran = CliRunner().invoke(cli.main, ["simulate", str(trace), "--json", str(report), *options])
    assert ran.exit_code == 0, ran.output
    found: dict[str, Any] = json.loads(report.read_text())
    return found


def same(value: float) -> dict[str, float]:
    return dict.fromkeys(FREE, pytest.approx(value, rel=1e-5))


def test_every_figure_of_a_trace_at_a_constant_pace(tmp_path: Path) -> None:
    lines = [line(1000, 1024, 11, 1, 2), line(2000, 1024, 11, 1, 2), line(4800, 600, 11, 1, 3)]
    found = simulate(tmp_path, lines, *CONSTANT, "--model", "gpt-4o", "--kv-cache-num-workers", "1")
    prompt, cached = 1024 + 1024 + 600, 63 * 16 + 512  # the last token of a prompt is always computed
    cost = {"input": (prompt - cached) * 2.5e-6, "cached_input": cached * 1.25e-6, "output": 33 * 10e-6}
    assert found == {
        "model": "gpt-4o",
        "requests": 3,
        "seconds": 4.0,
        "machine": {
            "latency": "constant", "workers": 1, "data_parallel_size": 1, "prefill_workers": 0,
            "router": "kv", "block_size": 16,
            "blocks": 16384, "max_num_seqs": 256, "max_num_batched_tokens": 8192, "chunked_prefill": True,
            "gpus": 4, "gpu": "H100-80GB",
        },
        "ttft_ms": same(100),
        "itl_ms": same(10),
        "gap_ms": {"mean": 10.0, **{name: pytest.approx(10, rel=0.01) for name in ("p50", "p90", "p99", "max")}},
        "e2e_ms": same(200),
        "queue_ms": FREE,
        "tokens": {"prompt": prompt, "cached": cached, "output": 33},
        "throughput": {
            "requests_per_second": 0.75, "prompt_tokens_per_second": prompt / 4, "output_tokens_per_second": 33 / 4,
        },
        "cache_hits": {"tokens": pytest.approx(cached / prompt, rel=1e-5), "requests": pytest.approx(2 / 3, rel=1e-5)},
        "workers": [
            {
                "requests": 3, "busy": pytest.approx(0.15), "prefill": pytest.approx(0.075), "preemptions": 0,
                "kv_mean": pytest.approx((64 + 64 + 38) * 0.2 / 4 / 16384, rel=1e-5), "kv_peak": 64 / 16384,
                "evicted_blocks": 0,
            }
        ],
        "cost_usd": {
            **{name: pytest.approx(value, rel=1e-5) for name, value in cost.items()},
            "total": pytest.approx(sum(cost.values()), rel=1e-5),
        },
    }  # fmt: skip


def test_requests_share_the_steps_of_their_worker(tmp_path: Path) -> None:
    pace, capacity = MockerPace(), 16_384 * 16
    first = pace.prefill("", 1000)
    found = simulate(
        tmp_path,
        [line(0, 1000, 4), line(1, 500, 2)],
        *MOCKER,
        "--itl-variance-percent",
        "0",
        "--kv-cache-num-workers",
        "1",
    )
    ends = [first]  # of the steps
    ends.append(ends[-1] + pace.prefill("", 500) + pace.decode("", 1, 1001, capacity))
    ends.append(ends[-1] + pace.decode("", 2, 1002 + 501, capacity))
    ends.append(ends[-1] + pace.decode("", 1, 1003, capacity))
    assert found["seconds"] == pytest.approx(ends[3], rel=1e-5)
    assert found["ttft_ms"]["max"] == pytest.approx((ends[1] - 0.001) * 1000, rel=1e-5)
    assert found["queue_ms"]["max"] == pytest.approx((ends[0] - 0.001) * 1000, rel=1e-5)
    assert found["itl_ms"]["max"] == pytest.approx(max((ends[3] - ends[0]) / 3, ends[2] - ends[1]) * 1000, rel=1e-5)
    assert found["workers"][0]["busy"] == 1.0


def test_turns_of_a_session_wait_for_one_another(tmp_path: Path) -> None:
    turns = [line(None, 600, 11, 1, 2, session_id="a"), line(None, 1200, 11, 1, 2, 3, session_id="a", delay=300)]
    other = line(50, 600, 11, 7, 8)
    found = simulate(tmp_path, [turns[0], other, turns[1]], *CONSTANT)
    assert found["seconds"] == pytest.approx(0.2 + 0.3 + 0.2)
    assert found["tokens"] == {"prompt": 2400, "cached": 37 * 16, "output": 33}


def test_a_prompt_of_which_nobody_knows_what_it_says_is_like_no_other(tmp_path: Path) -> None:
    found = simulate(tmp_path, [line(0, 600, 5), line(5000, 600, 5), line(9000, 600, 5, 1), line(13000, 600, 5, 1)])
    assert found["tokens"]["cached"] == 512


def test_the_same_id_is_the_same_text_only_behind_the_same_text(tmp_path: Path) -> None:
    lines = [line(0, 1024, 5, 1, 2), line(5000, 1024, 5, 3, 2), line(9000, 1024, 5, 2, 1)]
    assert simulate(tmp_path, lines)["tokens"]["cached"] == 0


def test_the_same_trace_gives_the_same_bytes(tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    trace.write_text("".join(json.dumps(each) + "\n" for each in conversations(300)))
    said = []
    for name in ("one", "two"):
        command = [sys.executable, "-m", "fakeai", "simulate", str(trace), "--json", f"{name}.json", "--plots", name]
        command += ["--plot-format", "svg", "--prefill-workers", "2", "--kv-cache-blocks", "2000"]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
        pictures = {path.name: path.read_bytes() for path in sorted((tmp_path / name).iterdir())}
        said.append((ran.stdout, (tmp_path / f"{name}.json").read_bytes(), pictures))
    assert list(said[0][2]) == ["busy.svg", "kv_cache.svg", "latency.svg", "requests.svg"]
    assert said[0] == said[1]
    assert json.loads(said[0][1])["requests"] == 300


def test_a_better_router_finds_more_in_the_caches(tmp_path: Path) -> None:
    hits = {
        mode: simulate(tmp_path, conversations(400), "--router-mode", mode)["cache_hits"]["tokens"]
        for mode in ("kv", "round-robin")
    }
    assert hits["kv"] > hits["round-robin"] + 0.03


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "there is no request in it"),
        ("nonsense\n", "trace.jsonl:1: this is not a line of JSON"),
        ("[]\n", "trace.jsonl:1: this is not an object with timestamp, input_length and output_length"),
        ('{"timestamp": 0, "input_length": 5}\n', "trace.jsonl:1: output_length is missing"),
        ('{"input_length": 5, "output_length": 5}\n', "trace.jsonl:1: timestamp is missing"),
        ('\n{"timestamp": "soon", "input_length": 5, "output_length": 5}\n', "trace.jsonl:2: timestamp is 'soon'"),
        ('{"timestamp": 0, "input_length": 0, "output_length": 5}\n', "trace.jsonl:1: input_length is 0"),
        ('{"timestamp": 0, "input_length": 5, "output_length": 5, "hash_ids": 7}\n', "hash_ids is not a list"),
    ],
)  # fmt: skip
def test_a_bad_trace_is_refused_by_its_line(tmp_path: Path, text: str, says: str) -> None:
    trace = tmp_path / "trace.jsonl"
    trace.write_text(text)
    ran = CliRunner().invoke(cli.main, ["simulate", str(trace)])
    assert ran.exit_code == 1
    assert says in ran.output


def test_blocks_must_fit_into_those_of_the_trace(tmp_path: Path) -> None:
    trace = tmp_path / "trace.jsonl"
    trace.write_text(json.dumps(line(0, 5, 5)))
    ran = CliRunner().invoke(cli.main, ["simulate", str(trace), "--kv-cache-block-size", "48"])
    assert (ran.exit_code, ran.output) == (
        1, "Error: --trace-block-size 512 is not a multiple of --kv-cache-block-size 48\n",
    )  # fmt: skip


def test_pictures_without_matplotlib_are_refused_before_anything_is_simulated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    trace = tmp_path / "trace.jsonl"
    trace.write_text(json.dumps(line(0, 5, 5)))
    ran = CliRunner().invoke(cli.main, ["simulate", str(trace), "--plots", str(tmp_path / "plots")])
    assert (ran.exit_code, ran.output) == (1, f"Error: {plots.MISSING}\n")


def test_a_simulated_trace_has_the_moments_that_the_server_has() -> None:
    options = Options(machine=Machine(latency="mocker", workers=2, router="round-robin"))
    arrivals = (0.0, 0.02, 0.021, 0.3)
    served: list[tuple[int, float, float]] = []  # tokens of the prompt, times to first and to last token

    async def scenario(client: Client) -> None:
        async def ask(number: int, at: float) -> None:
            await asyncio.sleep(at)
            content = f"{number} " + f"This is line {number * 7} of a prompt. " * (20 + 30 * number)
            body = {"model": "openai/gpt-oss-20b", "messages": [{"role": "user", "content": content}], "max_tokens": 20,
                    "stream": True, "ignore_eos": True, "stream_options": {"include_usage": True}}  # fmt: skip
            found = await client.call("POST", "/v1/chat/completions", body)
            usage = found.events[-1]["usage"]
            assert usage["completion_tokens"] == 20
            assert usage["prompt_tokens_details"]["cached_tokens"] == 0
            served.append((usage["prompt_tokens"], found.sends[0][0], found.sends[-1][0]))

        await asyncio.gather(*(ask(number, at) for number, at in enumerate(arrivals)))

    run(scenario, options)
    served.sort()
    turns = [[Turn(k, at, 0.0, served[k][0], 20, ())] for k, at in enumerate(arrivals)]
    _, tally = replay(World(options, store=SqliteStore(None)), turns, "openai/gpt-oss-20b", 512, lambda more: None)
    found = sorted(zip(tally.prompt, tally.first, tally.end, tally.arrived, strict=True))
    assert [(prompt, first - at, end - at) for prompt, first, end, at in found] == [
        (prompt, pytest.approx(first, abs=1e-4), pytest.approx(end, abs=1e-4)) for prompt, first, end in served
    ]
