"""What the dashboards are told, of requests whose every token has a moment that can be worked out by hand."""

import asyncio
import json
from typing import Any

import pytest

from fakeai.runtime.options import Delay, Machine, Options
from tests.inprocess import Answer, Client, chat, run

CHAT = "/v1/chat/completions"
LONG = "Tell me about queues in detail. " * 12  # 92 tokens: 5 full blocks
LASTING = {"max_tokens": 101, "min_tokens": 101, "ignore_eos": True}
JOURNAL = Options(ttft=Delay(0.2), itl=Delay(0.01), journal=100)
BATCHED = Options(machine=Machine(latency="profile", workers=1), journal=100)


async def data(client: Client, query: str = "") -> Any:
    answer = await client.get(f"/dashboard/data?{query}")
    assert answer.status == 200, answer.body
    return answer.json


def events(answer: Answer) -> list[tuple[float, Any]]:
    return [(at, json.loads(body.removeprefix(b"data: "))) for at, body in answer.sends]


def test_each_second_tells_what_was_in_it() -> None:
    async def scenario(client: Client) -> None:
        await client.wait(10.5)
        first = asyncio.ensure_future(client.post(CHAT, chat("One", stream=True, **LASTING)))  # 10.7 to 11.7
        await client.wait(1.0)
        await client.post("/v1/embeddings", {})
        await first
        await client.wait(1.0)
        told = (await data(client))["seconds"]
        assert told["first"] == 0
        answers, errors = [0.0] * 12, [0.0] * 12
        answers[11], errors[11] = 2.0, 1.0
        nothing = [0.0] * 10
        assert told == {
            "first": 0,
            "answers": answers,
            "errors": errors,
            "arrived": [*nothing, 1, 0],
            "cut": [0.0] * 12,
            "prompt": [*nothing, pytest.approx(8), 0],
            "cached": [0.0] * 12,
            "made": [*nothing, pytest.approx(30.3), pytest.approx(70.7)],
            "cost": [0.0] * 12,
            "running": [*nothing, 0.5, pytest.approx(0.7)],
            "waiting": [0.0] * 12,
            **{f"ttft_p{percent}": [*[None] * 10, 200.0, None] for percent in (50, 90, 99)},
            **{f"itl_p{percent}": [*[None] * 10, 10.0, 10.0] for percent in (50, 90, 99)},
        }
        later = (await data(client, "since=11"))["seconds"]
        assert (later["first"], later["running"]) == (11, told["running"][11:])

    run(scenario, JOURNAL)


def test_each_second_prices_tokens_by_their_tier() -> None:
    async def scenario(client: Client) -> None:
        for tier in ("flex", "priority"):
            await client.post(CHAT, chat("Hi", max_tokens=1, model="gpt-5", service_tier=tier))
        told, costs = await data(client), (await client.get("/metrics/costs")).json
        assert sum(told["seconds"]["cost"]) == 0  # a second that is not over is not told
        await client.wait(2)
        assert sum((await data(client))["seconds"]["cost"]) == pytest.approx(costs["total_cost_usd"], abs=1e-8)

    run(scenario, JOURNAL)


def test_the_overview_tells_what_the_metrics_tell() -> None:
    async def scenario(client: Client) -> None:
        for number in range(3):
            await client.post(CHAT, chat(LONG + str(number), max_tokens=5, model="gpt-4o"))
        await client.post(CHAT, chat("Other", max_tokens=2))
        await client.post(CHAT, {"model": "gpt-4o"})
        told = await data(client)
        metrics = (await client.get("/metrics")).json
        models = (await client.get("/metrics/by-model")).json
        costs = (await client.get("/metrics/costs")).json
        summary = told["summary"]
        assert summary["requests"] == metrics["requests"][CHAT]["total"] == 5
        assert summary["errors"] == metrics["errors"][CHAT]["total"] == 1
        assert summary["requests_rate"] == metrics["requests"][CHAT]["rate"]
        assert summary["cost"] == pytest.approx(costs["total_cost_usd"])
        assert summary["ttft"]["p50"] == metrics["streaming_stats"]["ttft"]["p50"] * 1000
        assert [row["model"] for row in told["models"]] == sorted(models)
        for row in told["models"]:
            model = models[row["model"]]
            assert row["requests"] == model["request_count"]
            assert row["errors"] == model["errors"]["count"]
            assert row["made_tokens"] == model["tokens"]["completion"]
            assert row["prompt_tokens"] == model["tokens"]["prompt"]
            assert row["ttft"] == {name: model["ttft"][name] for name in ("p50", "p90", "p99")}
            assert row["itl"] == {name: model["itl"][name] for name in ("p50", "p90", "p99")}
            has_price = row["model"] not in costs["models_without_price"]
            assert row["cost"] == (model["cost"]["total_usd"] if has_price else None)
        assert [row["model"] for row in told["models"] if row["cost"] is not None] == ["gpt-4o"]
        assert [(row["path"], row["statuses"]) for row in told["paths"]] == [(CHAT, {"200": 4, "400": 1})]
        one = (await data(client, "model=gpt-4o"))["summary"]
        assert (one["requests"], one["made_tokens"], one["cost"]) == (4, 15, costs["costs_by_model"]["gpt-4o"])

    run(scenario, JOURNAL)


def test_the_fleet_is_told_as_the_metrics_tell_it() -> None:
    async def scenario(client: Client) -> None:
        for _ in range(2):
            await client.post(CHAT, chat(LONG, max_tokens=5))
        told = await data(client, "view=dynamo")
        workers = (await client.get("/kv-cache/metrics")).json["smart_router"]["workers"]
        gpus = (await client.get("/dcgm/metrics/json")).json
        for worker in told["workers"]:
            shown = workers[worker["name"]]
            assert worker["routed"] == shown["total_requests"]
            assert worker["blocks"] == {
                "held": shown["used_blocks"],
                "kept": shown["cached_blocks"],
                "of": shown["capacity_blocks"],
            }
            assert worker["prompt_tokens"] + worker["made_tokens"] == shown["tokens_processed"]
        for gpu in told["gpus"]:
            shown = gpus[f"gpu_{gpu['gpu']}"]
            assert gpu["power"] == pytest.approx(shown["power_usage_w"], abs=1e-6)
            assert (gpu["temperature"], gpu["memory_used"]) == (shown["temperature_c"], shown["memory_used_mib"])
        latest, before = told["router"]["latest"]
        chosen = before["worker"]
        assert (before["costs"], before["loads"], before["overlaps"]) == ([92 / 16 + 5] * 4, [5] * 4, [0] * 4)
        assert latest["overlaps"] == [5 * (worker == chosen) for worker in latest["workers"]]
        assert latest["costs"] == [92 / 16 + 5 - overlap for overlap in latest["overlaps"]]
        assert (latest["worker"], latest["overlap"], latest["best"], latest["blocks"]) == (chosen, 5, 5, 92 / 16)
        assert told["gpu_seconds"]["first"] == told["worker_seconds"]["first"] == told["seconds"]["first"]

    run(scenario, JOURNAL)


@pytest.mark.parametrize("options", [JOURNAL, Options(ttft=Delay(0.2), itl=Delay(0.01))], ids=["journal", "no journal"])
def test_a_request_tells_where_its_time_went(options: Options) -> None:
    async def scenario(client: Client) -> None:
        await client.post(CHAT, chat("One", max_tokens=11, stream=True))
        later = asyncio.ensure_future(client.post(CHAT, chat("Two", max_tokens=11, stream=True)))
        await client.wait(0.255)
        running, done = (await data(client))["requests"]
        assert (done["status"], done["ended"], done["made"], done["worker"] in range(4)) == (200, "whole", 11, True)
        assert (done["queue"], done["prefill"], done["decode"], done["itl"], done["total"]) == (0, 200, 100, 10, 300)
        assert (running["ended"], running["made"], running["total"]) == ("waiting", 6, 255)
        one = (await client.get(f"/dashboard/requests/{running['number']}")).json
        assert one["tokens"] == [200, 210, 220, 230, 240, 250]
        await later
        one = (await client.get(f"/dashboard/requests/{done['number']}")).json
        moments = [200.0 + 10 * token for token in range(11)]
        assert one["tokens"] == (pytest.approx(moments) if options.journal else [])
        assert (one["asked"], one["every"], len(one["decision"]["costs"])) == (11, 1, 4)
        assert (await client.get("/dashboard/requests/99")).error["code"] == "request_not_found"

    run(scenario, options)


def test_requests_that_share_steps_tell_each_token_too() -> None:
    async def scenario(client: Client) -> None:
        answers = [client.post(CHAT, chat(LONG, max_tokens=30, stream=True, model="gpt-4o")) for _ in range(3)]
        for answer, row in zip(await asyncio.gather(*answers), (await data(client))["requests"][::-1], strict=True):
            one = (await client.get(f"/dashboard/requests/{row['number']}")).json
            sent = [round(at * 1000, 3) for at, body in answer.sends if b'"content":"' in body]
            assert one["tokens"][-29:] == pytest.approx(sent[-29:], abs=0.01)
            assert one["queue"] + one["prefill"] == pytest.approx(one["tokens"][0], abs=0.01)

    run(scenario, BATCHED)


def test_events_come_each_interval_with_the_seconds_that_are_new_and_end() -> None:
    async def scenario(client: Client) -> None:
        await client.wait(5.0)
        told = events(await client.get("/dashboard/events?interval=2&count=3"))
        assert [round(at, 1) for at, _ in told] == [0.0, 2.0, 4.0]
        spans = [(each["seconds"]["first"], len(each["seconds"]["answers"])) for _, each in told]
        assert spans == [(0, 5), (5, 2), (7, 2)]
        assert told[0][1]["summary"]["requests"] == 0  # who looks does not count

    run(scenario, JOURNAL)


def test_data_ask_for_a_key_when_metrics_do_and_pages_never() -> None:
    async def scenario(client: Client) -> None:
        for path in ("/dashboard/data", "/dashboard/events?count=1", "/dashboard/requests/1"):
            assert (await client.get(path)).status == 401
            with_key = await client.get(path, headers={"authorization": "Bearer sk-good-enough"})
            assert with_key.status in (200, 404)
        for path in ("/dashboard", "/dashboard/dynamo"):
            assert (await client.get(path)).headers["content-type"] == "text/html; charset=utf-8"

    run(scenario, Options(require_api_key=True, telemetry_keys=True, api_keys=frozenset({"sk-good-enough"})))
