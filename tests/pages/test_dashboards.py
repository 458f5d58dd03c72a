"""The dashboards in a real browser that has no internet, while the server is under load: what watch.mjs saw."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI, BadRequestError

from tests.process import Server, running

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LONGEST_VISIT = 120  # seconds
MODELS = [f"acme/team-{number:03d}" for number in range(99)] + ["gpt-4o"]
ROUNDS, REFUSED = 2, 3
ASKED = len(MODELS) * ROUNDS + REFUSED
TOKENS = 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("server"), "--ttft", "40:0", "--itl", "10:0") as server:
        yield server


@pytest.fixture(scope="module")
def seen(server: Server) -> Any:
    """What the browser saw on each page; SCREENSHOTS names a folder that keeps the screenshots."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert browser, "there is no browser: install the Debian package chromium"
    assert (ROOT / "tests" / "clients" / "node_modules" / "playwright-core").is_dir(), "run `make clients` first"
    shots = os.environ.get("SCREENSHOTS", "")
    command = ["node", str(HERE / "watch.mjs"), server.address, browser, shots, str(ASKED)]
    load = threading.Thread(target=lambda: asyncio.run(ask(server.address)))
    load.start()
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_VISIT)
    load.join()
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def ask(address: str) -> None:
    """Stream answers of every model, with long prompts that begin alike, and be refused now and then."""
    async with AsyncOpenAI(base_url=f"{address}/v1", api_key="sk-of-somebody-0001", max_retries=0) as client:
        system = {"role": "system", "content": "You are a patient teacher. " * 30}

        async def one(model: str) -> None:
            question = {"role": "user", "content": f"What does {model} mean?"}
            stream = await client.chat.completions.create(
                model=model,
                messages=[system, question],  # type: ignore[list-item]
                stream=True,
                max_tokens=TOKENS,
                extra_body={"min_tokens": TOKENS, "ignore_eos": True},
            )
            async for _ in stream:
                pass

        for _ in range(ROUNDS):
            for part in range(0, len(MODELS), 20):
                await asyncio.gather(*(one(model) for model in MODELS[part : part + 20]))
        for _ in range(REFUSED):
            with pytest.raises(BadRequestError):
                await client.chat.completions.create(model="gpt-4o", messages=[{"role": "robot"}])  # type: ignore[list-item]


def tell(server: Server, path: str) -> Any:
    with urllib.request.urlopen(server.address + path, timeout=10) as answer:
        return json.load(answer)


def number(text: str) -> float:
    """The first number of *text*: `$1,234.5 an hour` is 1234.5."""
    found = re.search(r"[\d,]+(\.\d+)?", text)
    assert found, text
    return float(found[0].replace(",", ""))


@pytest.mark.parametrize(("page", "title"), [("overview", "Overview · FakeAI"), ("dynamo", "Dynamo · FakeAI")])
def test_a_dashboard_shows_without_errors_and_without_another_host(
    seen: Any, server: Server, page: str, title: str
) -> None:
    assert seen[page]["errors"] == []
    assert seen[page]["title"] == title
    assert [url for url in seen[page]["requests"] if not url.startswith(f"{server.address}/")] == []
    assert any("/dashboard/events?" in url for url in seen[page]["requests"])


@pytest.mark.parametrize("page", ["overview", "dynamo"])
def test_it_fits_a_phone_and_a_wall_in_dark_and_light(seen: Any, page: str) -> None:
    assert len(seen[page]["sizes"]) == 6
    assert {size: widths for size, widths in seen[page]["sizes"].items() if widths[0] > widths[1]} == {}


def test_numbers_at_a_glance_are_those_of_the_metrics(seen: Any, server: Server) -> None:
    metrics, costs = tell(server, "/metrics"), tell(server, "/metrics/costs")
    chat = "/v1/chat/completions"
    tiles = seen["overview"]["tiles"]
    assert number(tiles["Requests"][1]) == metrics["requests"][chat]["total"] == ASKED
    assert number(tiles["Errors"][1]) == metrics["errors"][chat]["total"] == REFUSED
    assert number(tiles["Cost"][0]) == pytest.approx(costs["total_cost_usd"], rel=0.01)
    assert number(tiles["TTFT p50"][0]) == pytest.approx(metrics["streaming_stats"]["ttft"]["p50"] * 1000, rel=0.02)
    assert tiles["ITL p50"][0] == "10.0 ms"
    assert tiles["Output tokens"][1].startswith(f"{len(MODELS) * ROUNDS * TOKENS / 1000:g}K out")


def test_every_model_has_its_row_with_the_numbers_of_the_metrics(seen: Any, server: Server) -> None:
    models = tell(server, "/metrics/by-model")
    shown = {name: dict(row) for name, row in seen["overview"]["models"].items()}
    assert sorted(shown) == sorted(MODELS)
    for name, row in shown.items():
        model = models[name]
        assert number(row["Requests"]) == model["request_count"] == ROUNDS
        assert number(row["Errors"]) == model["errors"]["count"]
        assert number(row["Output"]) == model["tokens"]["completion"] == ROUNDS * TOKENS
        assert number(row["TTFT p50"]) == pytest.approx(model["ttft"]["p50"], rel=0.01)
        assert number(row["ITL p50"]) == pytest.approx(model["itl"]["p50"], rel=0.01)
    (path,) = seen["overview"]["paths"].values()
    assert dict(path)["Statuses"] == f"200 × {len(MODELS) * ROUNDS}400 × {REFUSED}"


def test_it_can_be_used_with_the_keyboard_alone(seen: Any) -> None:
    overview = seen["overview"]
    assert re.fullmatch(r"\d\d:\d\d:\d\d: p50 .+, p90 .+, p99 .+", overview["said"])
    assert overview["table"] == ["Time", "p50", "p90", "p99"]
    assert overview["seconds"] > 1
    assert (overview["order"], overview["sorted"]) == ("ascending", sorted(MODELS))
    assert overview["filtered"] == [f"acme/team-01{digit}" for digit in range(10)]
    assert (overview["closed"], overview["back"], overview["theme"]) == (True, True, "dark")


def test_a_request_shows_when_each_of_its_tokens_came(seen: Any) -> None:
    overview = seen["overview"]
    assert overview["request"] == [f"Request {ASKED - REFUSED} · POST /v1/chat/completions"]
    assert (overview["count"], overview["plots"]) == (TOKENS, 2)
    first, *others = map(number, overview["tokens"])
    assert others == [first + 10, first + 20]
    assert overview["lane"].endswith("Decode 190 ms")


def test_one_model_can_be_looked_at_alone(seen: Any) -> None:
    assert number(seen["overview"]["one"]["Requests"][1]) == ROUNDS
    assert seen["overview"]["one"]["Output tokens"][1].startswith(f"{ROUNDS * TOKENS} out")


def test_workers_and_gpus_show_the_numbers_of_the_metrics(seen: Any, server: Server) -> None:
    workers, gpus = tell(server, "/kv-cache/metrics")["smart_router"]["workers"], tell(server, "/dcgm/metrics/json")
    dynamo = seen["dynamo"]
    assert [number(card["Routed"]) for card in dynamo["workers"]] == [
        each["total_requests"] for each in workers.values()
    ]
    for card, worker in zip(dynamo["workers"], workers.values(), strict=True):
        kept = 100 * worker["cached_blocks"] / worker["capacity_blocks"]
        assert number(card["KV cache"].partition("held")[2]) == pytest.approx(kept, abs=0.06)
    for card, gpu in zip(dynamo["gpus"], gpus.values(), strict=True):
        assert number(card["Power"]) == pytest.approx(gpu["power_usage_w"], abs=1)
        assert number(card["Temperature"]) == pytest.approx(gpu["temperature_c"], abs=1)
        assert number(card["Memory"]) == pytest.approx(gpu["memory_used_mib"] / 1024, abs=0.06)
    assert dynamo["decisions"] == dynamo["chosen"] == 24
    assert dynamo["series"] == ["W0", "W1", "W2", "W3"]
