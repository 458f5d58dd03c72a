"""`fakeai calibrate`: what simulated servers did is exported as AIPerf does, fitted, simulated again, and compared."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from click.testing import CliRunner

from fakeai import cli
from fakeai.calibration import check, exports
from fakeai.runtime.cluster.fitted import Fitted
from fakeai.runtime.options import Delay, Machine, Options
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World
from fakeai.settings.sources import resolve
from fakeai.settings.table import SettingError
from fakeai.simulation.replay import replay
from fakeai.simulation.tally import Tally
from fakeai.simulation.trace import Turn
from tests.inprocess import ROOT, Client, run

DENSE = "meta-llama/Llama-3.1-8B-Instruct"
CONSTANT = Options(ttft=Delay(0.15, 0.2), itl=Delay(0.015, 0.2))
PER_TOKEN = Options(
    ttft=Delay(0.1, 0.1), itl=Delay(0.02, 0.1), machine=Machine(latency="per-token", seconds_per_prompt_token=0.0005)
)
MOCKER = Options(machine=Machine(latency="mocker", workers=1))
PROFILE = Options(machine=Machine(latency="profile", workers=1), gpus=1)
SERVERS = {"constant": CONSTANT, "per-token": PER_TOKEN, "mocker": MOCKER, "profile": PROFILE}
CLIENTS = {"profile": (2, 32)}  # and 2 and 8 of all others


def serve(options: Options, clients: int, requests: int = 300) -> Tally:
    """What a server does that so many *clients* ask, each again when it has its answer."""
    turns = [Turn(k + 1, None, 0.0, 100 + k * 7919 % 600, 20 + k * 104729 % 30, ()) for k in range(requests)]
    return replay(
        World(options, data=ROOT / "generated", store=SqliteStore(None)),
        [turns[k::clients] for k in range(clients)],
        DENSE,
        512,
        _quiet,
    )[1]


def _quiet(more: int) -> None:
    pass


def export(tally: Tally, folder: Path) -> Path:
    """The requests of *tally* as AIPerf exports them one by one."""
    folder.mkdir(parents=True)
    lines = []
    for k in range(len(tally)):
        gap = (tally.end[k] - tally.first[k]) / max(tally.made[k] - 1, 1) * 1000
        metrics = {
            "time_to_first_token": (tally.first[k] - tally.arrived[k]) * 1000,
            "inter_token_latency": gap,
            "inter_chunk_latency": [gap] * (tally.made[k] - 1),
            "input_sequence_length": tally.prompt[k],
            "output_sequence_length": tally.made[k],
        }
        said = {
            "metadata": {
                "request_start_ns": int(tally.arrived[k] * 1e9), "request_end_ns": int(tally.end[k] * 1e9),
                "benchmark_phase": "profiling",
            },
            "metrics": {name: {"value": value} for name, value in metrics.items()},
        }  # fmt: skip
        lines.append(json.dumps(said) + "\n")
    (folder / "profile_export.jsonl").write_text("".join(lines))
    return folder


def figures(tally: Tally) -> dict[str, list[float]]:
    arrived, first, end = (np.array(each) for each in (tally.arrived, tally.first, tally.end))
    itl = (end - first) / (np.array(tally.made) - 1)
    return {name: [float(values.mean()), *map(float, np.percentile(values, (50, 90, 99)))]
            for name, values in (("ttft", first - arrived), ("itl", itl))}  # fmt: skip


def calibrate(tmp_path: Path, *results: Path, client: Path | None = None) -> dict[str, Any]:
    out = tmp_path / "profile.yaml"
    more = ["--client", str(client), "--client-ttft", "200"] if client else []
    ran = CliRunner().invoke(cli.main, ["calibrate", *map(str, results), "-o", str(out), *more])
    assert ran.exit_code == 0, ran.output
    said: dict[str, Any] = yaml.safe_load(out.read_text())
    return said


@pytest.mark.parametrize("server", SERVERS)
def test_a_fitted_latency_gives_back_the_percentiles_of_each_concurrency(server: str, tmp_path: Path) -> None:
    tallies = {clients: serve(SERVERS[server], clients) for clients in CLIENTS.get(server, (2, 8))}
    said = calibrate(tmp_path, *(export(tally, tmp_path / str(clients)) for clients, tally in tallies.items()))
    fitted = Options(seed=7, machine=Machine(latency="fitted", fitted=said))
    for clients, tally in tallies.items():
        again = figures(serve(fitted, clients))
        for name, measured in figures(tally).items():
            assert again[name] == pytest.approx(measured, rel=0.1), (clients, name)


def test_what_a_prompt_token_and_one_ahead_of_it_add_is_found(tmp_path: Path) -> None:
    (level,) = calibrate(tmp_path, export(serve(PER_TOKEN, 4), tmp_path / "run"))["levels"]
    assert float(level["ttft"]["per_prompt_token"].removesuffix("ms")) == pytest.approx(0.5, rel=0.05)
    assert float(level["ttft"]["fixed"].removesuffix("ms")) == pytest.approx(100, rel=0.1)
    assert float(level["itl"]["fixed"].removesuffix("ms")) == pytest.approx(20, rel=0.02)
    assert level["requests"] == 3


def test_percentiles_alone_are_enough(tmp_path: Path) -> None:
    tally = serve(CONSTANT, 5)
    found = figures(tally)
    names = {"ttft": "Time to First Token (ms)", "itl": "Inter Token Latency (ms)"}
    arrays = {"ttft": np.array(tally.first) - np.array(tally.arrived)}
    arrays["itl"] = (np.array(tally.end) - np.array(tally.first)) / (np.array(tally.made) - 1)
    spreads = {
        name: {"avg": values.mean() * 1000, **{p: float(np.percentile(values, at)) * 1000
               for p, at in zip(exports.POINTS, exports.AT, strict=True)}} for name, values in arrays.items()
    }  # fmt: skip
    sizes = {
        "Input Sequence Length (tokens)": 300.0,
        "Output Sequence Length (tokens)": 30.0,
        "Effective Concurrency": 5.0,
    }
    in_csv = tmp_path / "profile_export_aiperf.csv"
    with in_csv.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Metric", "avg", *exports.POINTS])
        rows.writerows(
            [[names[name], values["avg"], *(values[p] for p in exports.POINTS)] for name, values in spreads.items()]
        )
        rows.writerows([[name, value, *[""] * len(exports.POINTS)] for name, value in sizes.items()])
    in_json = tmp_path / "profile_export_aiperf.json"
    in_json.write_text(json.dumps({
        "time_to_first_token": spreads["ttft"], "inter_token_latency": spreads["itl"],
        "input_sequence_length": {"avg": 300}, "output_sequence_length": {"avg": 30},
        "effective_concurrency": {"avg": 5},
    }))  # fmt: skip
    for file in (in_csv, in_json):
        fitted = Options(machine=Machine(latency="fitted", fitted=calibrate(tmp_path, file)))
        again = figures(serve(fitted, 5))
        for name, measured in found.items():
            assert again[name] == pytest.approx(measured, rel=0.1), (file.name, name)


def test_what_the_client_adds_is_taken_off(tmp_path: Path) -> None:
    tally, slow = serve(CONSTANT, 4), serve(CONSTANT, 4)
    slow.first = type(slow.first)("d", [each + 0.05 for each in slow.first])
    slow.end = type(slow.end)("d", [each + 0.05 for each in slow.end])
    client = serve(Options(ttft=Delay(0.25), itl=Delay(0.015)), 4, 20)
    said = calibrate(tmp_path, export(slow, tmp_path / "slow"), client=export(client, tmp_path / "client"))
    again = figures(serve(Options(machine=Machine(latency="fitted", fitted=said)), 4))
    assert again["ttft"] == pytest.approx(figures(tally)["ttft"], rel=0.1)


def test_a_server_answers_as_the_profile_says() -> None:
    level = {"ttft": {"fixed": "200ms", "per_prompt_token": "1ms"}, "itl": {"fixed": "30ms"}}
    said = {
        "levels": [{"requests": 0, **level}, {"requests": 4, "ttft": {"fixed": "1000ms"}, "itl": {"fixed": "70ms"}}]
    }
    Fitted.parse(said)

    async def scenario(client: Client) -> None:
        body = {"model": "openai/gpt-oss-20b", "messages": [{"role": "user", "content": "Hi"}], "stream": True,
                "max_tokens": 3, "stream_options": {"include_usage": True}}  # fmt: skip
        first = await client.call("POST", "/v1/chat/completions", body)
        prompt = first.events[-1]["usage"]["prompt_tokens"]
        at = 0.2 + prompt * 0.001
        assert [round(moment, 6) for moment, _ in first.sends][-1] == round(at + 0.06, 6)
        assert first.sends[0][0] == pytest.approx(at)

    run(scenario, Options(machine=Machine(latency="fitted", fitted=said)))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("levels: 3", "levels is missing"),
        ("levels: [{requests: 2, itl: {}}]", "levels.0.ttft is missing"),
        ("levels: [{requests: many, ttft: {}, itl: {}}]", "levels.0.requests: 'many' is not a number of requests"),
        ("levels: [{requests: 1, ttft: {fixed: 20}, itl: {}}]", "levels.0.ttft.fixed: '20' is not a time such as 20ms"),
        ("levels: [{requests: 1, ttft: {spread: [1, 2]}, itl: {}}]", "levels.0.ttft.spread is not 17 rising ratios"),
    ],
)  # fmt: skip
def test_a_profile_that_cannot_be_used_is_refused(said: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "profile.yaml").write_text(said)
    with pytest.raises(SettingError, match="--profile: ") as caught:
        resolve({"latency_profile": str(tmp_path / "profile.yaml")}, {}, tmp_path).runtime()
    assert sentence in str(caught.value)


def test_a_profile_counts_unless_another_latency_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "profile.yaml"
    file.write_text("levels: [{requests: 0, ttft: {fixed: 1ms}, itl: {fixed: 1ms}}]")
    flags = {"latency_profile": str(file)}
    assert resolve(flags, {}, tmp_path).runtime().machine.latency == "fitted"
    assert resolve({**flags, "latency": "profile"}, {}, tmp_path).runtime().machine.latency == "fitted"
    settings = resolve({**flags, "latency": "mocker"}, {}, tmp_path)
    assert (settings.runtime().machine.latency, settings.notes) == (
        "mocker", ("--profile changes nothing with --latency mocker.",),
    )  # fmt: skip
    assert resolve({**flags, "ttft_ms": "5"}, {}, tmp_path).runtime().machine.latency == "constant"


def test_results_that_are_none_are_refused(tmp_path: Path) -> None:
    ran = CliRunner().invoke(cli.main, ["calibrate", str(tmp_path)])
    assert (ran.exit_code, "there is no profile_export.jsonl" in ran.output) == (1, True)
    (tmp_path / "profile_export.jsonl").write_text('{"metadata": {}, "metrics": {"request_latency": {"value": 3}}}\n')
    ran = CliRunner().invoke(cli.main, ["calibrate", str(tmp_path)])
    assert (ran.exit_code, "was AIPerf run with --streaming?" in ran.output) == (1, True)


def test_what_is_off_is_the_farthest_percentile() -> None:
    found = check.Comparison(exports.Run(Path()), ((1.0, 1.1), (2.0, 2.0)), ((0.5, 0.4),))
    assert found.off == pytest.approx(0.2)
