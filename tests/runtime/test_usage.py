"""Usage and costs: what answers say is what the organization is told, and every sum of parts is the whole."""

import asyncio
import itertools
import json
import random
from dataclasses import replace
from typing import Any

import pytest

from fakeai.runtime.cluster.fleet import Fleet
from fakeai.runtime.options import Delay
from tests.expositions import samples
from tests.inprocess import EPOCH, STEADY, Client, run

DAY = 86_400
BASE = "/v1/organization"
CHAT = "/v1/chat/completions"
QUICK = replace(STEADY, ttft=Delay(0), itl=Delay(0))
LONG = "What do caches keep, and for how long, and what is thrown away first? " * 100


def chat(content: str = "Say something about caches.", **more: Any) -> dict[str, Any]:
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": content}], "max_completion_tokens": 20, **more}


async def told(client: Client, kind: str = "completions", query: str = "", start: float = EPOCH) -> list[Any]:
    """All results of a kind of usage, or of costs."""
    path = f"{BASE}/costs" if kind == "costs" else f"{BASE}/usage/{kind}"
    answer = await client.get(f"{path}?start_time={int(start)}&end_time={int(start) + DAY}{query}")
    assert answer.status == 200, answer.body
    return [result for bucket in answer.json["data"] for result in bucket["results"]]


async def one(client: Client, kind: str = "completions", query: str = "") -> Any:
    (result,) = await told(client, kind, query)
    return result


def tokens(result: Any) -> tuple[int, int, int, int]:
    return tuple(
        result[name] for name in ("num_model_requests", "input_tokens", "input_cached_tokens", "output_tokens")
    )  # type: ignore[return-value]


async def cost(client: Client, query: str = "") -> float:
    """What everything cost in US dollars."""
    return sum(result["amount"]["value"] for result in await told(client, "costs", query))


async def bill(client: Client) -> dict[str, tuple[float, float, str | None]]:
    """The lines of the bill: dollars, quantity and unit."""
    return {
        line["line_item"]: (line["amount"]["value"], line["quantity"], line["quantity_unit"])
        for line in await told(client, "costs", "&group_by[]=line_item")
    }


def test_one_answer_is_told_with_all_its_tokens() -> None:
    async def scenario(client: Client) -> None:
        used = (await client.post(CHAT, chat(), headers={"authorization": "Bearer sk-one"})).json["usage"]
        read, made = used["prompt_tokens"], used["completion_tokens"]
        by = "".join(f"&group_by[]={name}" for name in ("project_id", "user_id", "api_key_id", "model", "batch"))
        result = await one(client, query=f"{by}&group_by[]=service_tier")
        key = result["api_key_id"]
        assert key.startswith("key_")
        assert "sk-one" not in key
        assert result == {
            "object": "organization.usage.completions.result",
            "input_tokens": read, "input_cached_tokens": 0, "input_cache_write_tokens": 0,
            "input_uncached_tokens": read, "output_tokens": made,
            "input_text_tokens": read, "output_text_tokens": made, "input_cached_text_tokens": 0,
            "input_audio_tokens": 0, "input_cached_audio_tokens": 0, "output_audio_tokens": 0,
            "input_image_tokens": 0, "input_cached_image_tokens": 0, "output_image_tokens": 0,
            "num_model_requests": 1, "project_id": "proj_default", "user_id": "user-owner", "api_key_id": key,
            "model": "gpt-4o", "batch": False, "service_tier": "default",
        }  # fmt: skip
        plain = await one(client)
        assert [plain[name] for name in ("project_id", "user_id", "api_key_id", "model")] == [None] * 4
        assert "batch" not in plain

    run(scenario)


def test_answers_the_ledger_and_the_fleet_agree_under_cuts_and_concurrency() -> None:
    """Of 300 requests at once, whole and streamed, many are cut; every token stands in all three books."""
    draws = random.Random(7)

    async def scenario(client: Client) -> None:
        models, keys = ("gpt-4o", "gpt-4o-mini", "openai/gpt-oss-120b", "nobody-knows"), ("a", "b", "c")
        whole: list[tuple[str, str, Any]] = []

        async def ask(number: int) -> None:
            model, key = draws.choice(models), draws.choice(keys)
            streams, cut = draws.random() < 0.6, draws.random() < 0.4
            prompt = LONG if draws.random() < 0.3 else f"Question {number % 9}"
            body = chat(prompt, model=model, max_completion_tokens=draws.randint(1, 60), n=draws.choice((1, 1, 1, 3)))
            if streams:
                body |= {"stream": True, "stream_options": {"include_usage": True}}
            leaves = draws.random() * 0.9 if cut else None
            await asyncio.sleep(draws.random())
            answer = await client.post(CHAT, body, headers={"authorization": f"Bearer {key}"}, leave_after=leaves)
            if not cut:
                whole.append((model, key, answer.events[-1]["usage"] if streams else answer.json["usage"]))

        await asyncio.gather(*map(ask, range(300)))
        await client.wait(10)
        total = await one(client)
        records = client.app.world.engine(Fleet).records
        fleet = [
            sum(getattr(record, name) for record in records.models.values())
            for name in ("started", "prompt_tokens", "cached_tokens", "made_tokens")
        ]
        assert list(tokens(total)) == fleet
        assert total["num_model_requests"] == 300
        cuts = sum(record.cut for record in records.models.values())
        assert 50 < cuts < 200
        for model, record in records.models.items():
            result = await one(client, query=f"&models[]={model}")
            counted = record.started, record.prompt_tokens, record.cached_tokens, record.made_tokens
            assert tokens(result) == counted, model
        assert total["output_tokens"] > sum(used["completion_tokens"] for _, _, used in whole)
        assert sum(used["prompt_tokens_details"]["cached_tokens"] for _, _, used in whole) > 0

    run(scenario)


def test_whole_answers_say_what_the_ledger_says_key_by_key() -> None:
    async def scenario(client: Client) -> None:
        said: dict[str, list[int]] = {}
        for number in range(60):
            key = f"key-{number % 4}"
            body = chat(LONG if number % 3 else f"Question {number}", max_completion_tokens=number + 1)
            answer = await client.post(CHAT, body, headers={"authorization": f"Bearer {key}"})
            used = answer.json["usage"]
            sums = said.setdefault(key, [0, 0, 0, 0])
            sums[0] += 1
            sums[1] += used["prompt_tokens"]
            sums[2] += used["prompt_tokens_details"]["cached_tokens"]
            sums[3] += used["completion_tokens"]
        results = await told(client, query="&group_by[]=api_key_id")
        assert sorted(map(list, map(tokens, results))) == sorted(said.values())
        assert sum(sums[2] for sums in said.values()) > 0

    run(scenario)


def test_every_split_sums_up_to_the_whole() -> None:
    """However usage and costs are grouped, filtered and cut into buckets, the parts are the whole, to the unit."""
    draws = random.Random(11)
    fields = ("project_id", "user_id", "api_key_id", "model", "batch", "service_tier")

    async def scenario(client: Client) -> None:
        for number in range(120):
            tier = draws.choice(({}, {}, {"service_tier": "flex"}, {"service_tier": "priority"}))
            body = chat(f"Question {number % 17}", model=draws.choice(("gpt-5", "gpt-4o", "none")), **tier)
            await client.post(CHAT, body, headers={"authorization": f"Bearer key {draws.randint(0, 3)}"})
            await client.wait(draws.random() * 600)
        whole = await one(client)
        names = [name for name, value in whole.items() if isinstance(value, int)]
        total = {name: whole[name] for name in names}
        for size in range(len(fields) + 1):
            for by in itertools.combinations(fields, size):
                query = "".join(f"&group_by[]={name}" for name in by)
                results = await told(client, query=query)
                assert {name: sum(result[name] for result in results) for name in names} == total, by
                groups = [tuple(result[name] for name in by) for result in results]
                assert len(set(groups)) == len(groups)
        for width, most in (("1m", 1440), ("1h", 24)):
            results = await told(client, query=f"&bucket_width={width}&limit={most}&group_by[]=model")
            assert {name: sum(result[name] for result in results) for name in names} == total
        for model in ("gpt-5", "gpt-4o", "none"):
            (part,) = [r for r in await told(client, query="&group_by[]=model") if r["model"] == model]
            filtered = await one(client, query=f"&models[]={model}")
            assert {name: filtered[name] for name in names} == {name: part[name] for name in names}
        both = await one(client, query="&models[]=gpt-5&models[]=none")
        other = await one(client, query="&models[]=gpt-4o")
        assert both["input_tokens"] + other["input_tokens"] == total["input_tokens"]
        money = await cost(client)
        assert money > 0
        for by in ("project_id", "api_key_id", "line_item"):
            assert await cost(client, f"&group_by[]={by}") == pytest.approx(money, abs=1e-12)
        assert (await told(client, query="&batch=true")) == []

    run(scenario, QUICK)


def test_pages_of_buckets_hold_the_same_as_one_page() -> None:
    async def scenario(client: Client) -> None:
        for _ in range(12):
            await client.post(CHAT, chat())
            await client.wait(7 * 60)
        query = f"{BASE}/usage/completions?start_time={int(EPOCH)}&end_time={int(EPOCH) + 7200}&bucket_width=1m"
        whole = (await client.get(f"{query}&limit=1440")).json
        assert (len(whole["data"]), whole["has_more"], whole["next_page"]) == (120, False, None)
        assert [bucket["start_time"] for bucket in whole["data"] if bucket["results"]] == [
            int(EPOCH) + 420 * number for number in range(12)
        ]
        pages, page = [], ""
        while page is not None:
            found = (await client.get(f"{query}&limit=50{page}")).json
            pages += found["data"]
            page = f"&page={found['next_page']}" if found["has_more"] else None
        assert pages == whole["data"]

    run(scenario, QUICK)


def test_what_is_used_now_is_told_at_once_without_an_end() -> None:
    async def scenario(client: Client) -> None:
        await client.wait(90)
        await client.post(CHAT, chat())
        for width in ("1m", "1h", "1d"):
            found = (await client.get(f"{BASE}/usage/completions?start_time={int(EPOCH)}&bucket_width={width}")).json
            assert [tokens(each)[0] for bucket in found["data"] for each in bucket["results"]] == [1]

    run(scenario, QUICK)


def test_tiers_batches_and_cached_tokens_have_their_prices() -> None:
    """gpt-5 costs 1.25 dollars a million read, 0.125 cached, 10 made; priority 2.5, 0.25, 20; flex and batch half."""

    async def scenario(client: Client) -> None:
        async def spent(**more: Any) -> tuple[float, Any]:
            before = await cost(client)
            used = (await client.post(CHAT, chat(LONG, model="gpt-5", **more))).json["usage"]
            return await cost(client) - before, used

        def price(used: Any, fresh: float, cached: float, made: float) -> float:
            kept = used["prompt_tokens_details"]["cached_tokens"]
            return ((used["prompt_tokens"] - kept) * fresh + kept * cached + used["completion_tokens"] * made) / 1e6

        money, used = await spent()
        assert money == pytest.approx(price(used, 1.25, 0.125, 10), abs=1e-12)
        money, used = await spent()
        assert used["prompt_tokens_details"]["cached_tokens"] >= 1024
        assert money == pytest.approx(price(used, 1.25, 0.125, 10), abs=1e-12)
        money, used = await spent(service_tier="priority")
        assert money == pytest.approx(price(used, 2.5, 0.25, 20), abs=1e-12)
        money, used = await spent(service_tier="flex")
        assert money == pytest.approx(price(used, 0.625, 0.0625, 5), abs=1e-12)
        before = await cost(client)
        body = chat(LONG, model="gpt-5")
        lines = [{"custom_id": str(n), "method": "POST", "url": CHAT, "body": body} for n in range(2)]
        file = await client.upload("\n".join(map(json.dumps, lines)).encode())
        batch = {"input_file_id": file, "endpoint": CHAT, "completion_window": "24h"}
        id = (await client.post("/v1/batches", batch)).json["id"]
        await client.wait(300)
        made = (await client.get(f"/v1/batches/{id}")).json
        assert made["status"] == "completed"
        said, kept = made["usage"], made["usage"]["input_tokens_details"]["cached_tokens"]
        expected = ((said["input_tokens"] - kept) * 0.625 + kept * 0.0625 + said["output_tokens"] * 5) / 1e6
        assert await cost(client) - before == pytest.approx(expected, abs=1e-12)
        (live, other) = await told(client, query="&group_by[]=batch")
        assert (live["batch"], other["batch"]) == (False, True)
        assert tokens(other) == (2, said["input_tokens"], kept, said["output_tokens"])
        assert set(await bill(client)) == {
            f"gpt-5, {way}{name}"
            for way in ("", "priority ", "flex ", "batch ")
            for name in ("input", "cached input", "output")
        }
        await expect_one_cost(client, "gpt-5", requests=6)

    run(scenario, QUICK)


async def expect_one_cost(client: Client, model: str, requests: int) -> None:
    """All that tells what a model has cost tells the same: metrics, for people and Prometheus, and dashboards."""
    money = await cost(client)
    costs = (await client.get("/metrics/costs")).json
    assert costs["costs_by_model"][model] + sum(costs["costs_by_tool"].values()) == pytest.approx(money, abs=1e-12)
    assert costs["total_cost_usd"] == pytest.approx(money, abs=1e-12)
    stats = (await client.get(f"/metrics/by-model/{model}")).json
    ranked = (await client.get("/metrics/ranking?metric=cost")).json
    scraped = (await client.get("/metrics/prometheus")).body.decode()
    shown = (await client.get("/dashboard/data")).json
    alone = (await client.get(f"/dashboard/data?model={model}")).json
    assert {
        stats["cost"]["total_usd"],
        ranked[0]["cost"]["total_usd"],
        samples(scraped)["fakeai_model_cost_usd_total"][f'model="{model}"'],
        *[row["cost"] for row in shown["models"] if row["model"] == model],
        alone["summary"]["cost"],
    } == {costs["costs_by_model"][model]}
    assert stats["cost"]["per_request_usd"] == stats["cost"]["total_usd"] / requests
    assert shown["summary"]["cost"] == costs["total_cost_usd"]


def test_tools_and_pictures_are_in_the_costs_that_dashboards_show() -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "gpt-5", "input": "What is in the news?", "tools": [{"type": "web_search"}]}
        assert (await client.post("/v1/responses", {**body, "tool_choice": "required"})).status == 200
        await expect_one_cost(client, "gpt-5", requests=1)
        before = (await client.get("/metrics/costs")).json["costs_by_tool"]
        assert before["web_search_calls"] > 0
        await client.post("/v1/images/generations", {"model": "dall-e-3", "prompt": "A fox"})
        shown = (await client.get("/dashboard/data")).json["summary"]["cost"]
        assert shown == pytest.approx(await cost(client), abs=1e-12)
        found = samples((await client.get("/metrics/by-model/prometheus")).body.decode())["fakeai_model_cost_usd_total"]
        costs = (await client.get("/metrics/costs")).json["costs_by_model"]
        assert found['model="dall-e-3"'] == costs["dall-e-3"] > 0

    run(scenario, QUICK)


LIMITED = replace(QUICK, admin=True)
SESSION = {"type": "realtime", "model": "gpt-realtime"}
LIMIT = {"currency": "USD", "interval": "month"}
OVER = "You exceeded your current quota, please check your plan and billing details. For more information"


def test_a_spend_limit_refuses_who_comes_when_it_is_reached() -> None:
    """A cent is reached when a hundredth of a dollar was spent; the month after, calls pass again."""

    async def scenario(client: Client) -> None:
        limit = (await client.post(f"{BASE}/spend_limit", {**LIMIT, "threshold_amount": 1})).json
        assert limit["enforcement"] == {"status": "inactive"}
        passed = 0
        while (answer := await client.post(CHAT, chat(model="gpt-5", max_completion_tokens=60))).status == 200:
            passed += 1
        assert passed > 3
        money = await cost(client)
        each = money / passed
        assert 0.01 <= money < 0.01 + 2 * each
        assert answer.status == 429
        assert answer.error["message"].startswith(OVER)
        assert (answer.error["type"], answer.error["code"]) == ("insufficient_quota", "insufficient_quota")
        assert "retry-after" not in answer.headers
        assert (await client.post("/v1/embeddings", {"model": "text-embedding-3-small", "input": "a"})).status == 429
        limit = (await client.get(f"{BASE}/spend_limit")).json
        assert limit == {
            **LIMIT, "object": "organization.spend_limit", "threshold_amount": 1,
            "enforcement": {"status": "enforcing"},
        }  # fmt: skip
        assert await cost(client) == money
        limit = (await client.post(f"{BASE}/spend_limit", {**LIMIT, "threshold_amount": 2})).json
        assert limit["enforcement"] == {"status": "inactive"}
        assert (await client.post(CHAT, chat())).status == 200
        await client.post(f"{BASE}/spend_limit", {**LIMIT, "threshold_amount": 1})
        assert (await client.post(CHAT, chat())).status == 429
        await client.post("/_fakeai/clock", {"ahead": 31 * DAY})
        assert (await client.post(CHAT, chat())).status == 200
        assert (await client.get(f"{BASE}/spend_limit")).json["enforcement"] == {"status": "inactive"}
        await client.delete(f"{BASE}/spend_limit")

    run(scenario, LIMITED)


def test_a_session_is_used_by_its_key_wherever_that_stands() -> None:
    """In a header, in a browser's subprotocol, or where an ephemeral key was made; the audit log says the same."""

    async def scenario(client: Client) -> None:
        key = {"authorization": "Bearer sk-schön"}  # as some client might send it
        await client.post(CHAT, chat(), headers=key)
        secret = (await client.post("/v1/realtime/client_secrets", {"session": SESSION}, headers=key)).json["value"]
        for options in (
            {"headers": key},
            {"subprotocols": ("realtime", "openai-insecure-api-key.sk-schön")},
            {"headers": {"authorization": "Basic eDp5"}, "subprotocols": ("openai-insecure-api-key.sk-schön",)},
            {"headers": {"authorization": f"Bearer {secret}"}},
        ):
            async with client.socket("/v1/realtime?model=gpt-realtime", **options) as peer:
                peer.send({"type": "response.create", "response": {"output_modalities": ["text"]}})
                while (await peer.next())["type"] != "response.done":
                    pass
        result = await one(client, query="&group_by[]=api_key_id")
        assert result["num_model_requests"] == 5
        await client.post(f"{BASE}/projects", {"name": "logged"}, headers=key)
        (event,) = (await client.get(f"{BASE}/audit_logs")).json["data"]
        assert event["actor"]["api_key"]["id"] == result["api_key_id"]

    run(scenario)


def test_a_spend_limit_lets_runs_and_responses_of_a_socket_fail() -> None:
    async def scenario(client: Client) -> None:
        assistant = (await client.post("/v1/assistants", {"model": "gpt-5"})).json["id"]
        body = {"assistant_id": assistant, "thread": {"messages": [{"role": "user", "content": "Hello"}]}}
        ask = {"type": "response.create", "response": {"output_modalities": ["text"]}}

        async def answered() -> list[Any]:
            run = (await client.post("/v1/threads/runs", body)).json
            peer.send(ask)
            while (event := await peer.next())["type"] != "response.done":
                pass
            await client.wait(60)
            run = (await client.get(f"/v1/threads/{run['thread_id']}/runs/{run['id']}")).json
            return [
                (run["status"], run["last_error"]),
                (event["response"]["status"], event["response"].get("status_details")),
            ]

        async with client.socket("/v1/realtime?model=gpt-realtime") as peer:
            assert await answered() == [("completed", None), ("completed", None)]
            await client.post(f"{BASE}/spend_limit", {**LIMIT, "threshold_amount": 1})
            while (await client.post(CHAT, chat(model="gpt-5", max_completion_tokens=60))).status == 200:
                pass
            before = await cost(client)
            (run, failure), (response, details) = await answered()
            assert (run, failure["code"], response) == ("failed", "rate_limit_exceeded", "failed")
            assert failure["message"].startswith(OVER)
            assert details["error"]["message"].startswith(OVER)
            assert (details["error"]["type"], details["error"]["code"]) == ("insufficient_quota", "insufficient_quota")
            assert await cost(client) == before
            await client.post(f"{BASE}/spend_limit", {**LIMIT, "threshold_amount": 100})
            assert await answered() == [("completed", None), ("completed", None)]

    run(scenario, LIMITED)


def test_a_projects_limit_is_its_own() -> None:
    async def scenario(client: Client) -> None:
        project = (await client.post(f"{BASE}/projects", {"name": "spends"})).json["id"]
        account = (await client.post(f"{BASE}/projects/{project}/service_accounts", {"name": "bot"})).json
        key = {"authorization": f"Bearer {account['api_key']['value']}"}
        path = f"{BASE}/projects/{project}/spend_limit"
        assert (await client.post(path, {**LIMIT, "threshold_amount": 1})).status == 200
        while (await client.post(CHAT, chat(model="gpt-5", max_completion_tokens=60), headers=key)).status == 200:
            pass
        assert (await client.get(path)).json["enforcement"] == {"status": "enforcing"}
        assert (await client.post(CHAT, chat(model="gpt-5"))).status == 200
        (other, own) = sorted(
            await told(client, query="&group_by[]=project_id"), key=lambda each: each["output_tokens"]
        )
        assert (other["project_id"], own["project_id"]) == ("proj_default", project)
        (alone,) = await told(client, query=f"&project_ids[]={project}&group_by[]=user_id&group_by[]=api_key_id")
        assert tokens(alone) == tokens(own)
        assert (alone["user_id"], alone["api_key_id"]) == (account["id"], account["api_key"]["id"])

    run(scenario, LIMITED)


def test_spend_alerts_are_triggered_once_in_a_month(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(client: Client) -> None:
        channel = {"type": "email", "recipients": ["finance@example.com"]}
        body = {**LIMIT, "threshold_amount": 1, "notification_channel": channel}
        first = (await client.post(f"{BASE}/spend_alerts", body)).json
        own = (await client.post(f"{BASE}/projects/proj_default/spend_alerts", {**body, "threshold_amount": 3})).json
        assert (await client.get("/_fakeai/alerts")).json == {"alerts": []}
        for cents in (1, 3):
            while await cost(client) < cents / 100:
                assert (await client.post(CHAT, chat(model="gpt-5", max_completion_tokens=60))).status == 200
            found = (await client.get("/_fakeai/alerts")).json["alerts"]
            assert found[-1] == {
                "alert_id": (first if cents == 1 else own)["id"],
                "project_id": None if cents == 1 else "proj_default",
                "month": "2026-01", "threshold_amount": cents, "spent_amount": cents, "currency": "USD",
                "triggered_at": int(EPOCH), "notification_channel": channel,
            }  # fmt: skip
        await client.post(CHAT, chat())
        assert len((await client.get("/_fakeai/alerts")).json["alerts"]) == 2
        await client.post("/_fakeai/clock", {"ahead": 31 * DAY})
        assert len((await client.get("/_fakeai/alerts")).json["alerts"]) == 2
        assert [record.message for record in caplog.records if "Spend alert" in record.message] == [
            f"Spend alert {first['id']}: The organization has spent 0.01 of 0.01 dollars.",
            f"Spend alert {own['id']}: Project proj_default has spent 0.03 of 0.03 dollars.",
        ]

    run(scenario, LIMITED)


async def used(client: Client, kind: str, by: str = "") -> Any:
    """The one result of a kind, its amounts and what it is grouped by."""
    result = await one(client, kind, "".join(f"&group_by[]={name}" for name in by.split()))
    return {name: value for name, value in result.items() if value is not None and name != "object"}


def test_embeddings_and_moderations_count_what_they_read() -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "text-embedding-3-small", "input": ["one text", "and another"]}
        read = (await client.post("/v1/embeddings", body)).json["usage"]["prompt_tokens"]
        assert await used(client, "embeddings", "model") == {
            "input_tokens": read, "num_model_requests": 1, "model": "text-embedding-3-small",
        }  # fmt: skip
        await client.post("/v1/moderations", {"input": "Hello there"})
        assert await used(client, "moderations", "model") == {
            "input_tokens": 2, "num_model_requests": 1, "model": "omni-moderation-latest",
        }  # fmt: skip
        assert await bill(client) == {
            "omni-moderation-latest, input": (0, 2, "tokens"),
            "text-embedding-3-small, input": (pytest.approx(read * 0.02e-6, abs=1e-12), read, "tokens"),
        }
        assert await told(client) == []

    run(scenario)


def test_images_cost_by_piece_or_by_tokens() -> None:
    async def scenario(client: Client) -> None:
        path = "/v1/images/generations"
        await client.post(path, {"model": "dall-e-2", "prompt": "A cat", "n": 2, "size": "256x256"})
        await client.post(path, {"model": "dall-e-3", "prompt": "A cat", "quality": "hd", "size": "1024x1792"})
        usage = (await client.post(path, {"model": "gpt-image-1", "prompt": "A cat", "quality": "low"})).json["usage"]
        results = await told(client, "images", "".join(f"&group_by[]={name}" for name in ("model", "size", "source")))
        assert [(each["model"], each["size"], each["source"], each["images"]) for each in results] == [
            ("dall-e-2", "256x256", "image.generation", 2),
            ("dall-e-3", "1024x1792", "image.generation", 1),
            ("gpt-image-1", "1024x1024", "image.generation", 1),
        ]
        assert len(await told(client, "images", "&sizes[]=256x256&sources[]=image.generation")) == 1
        assert await told(client, "images", "&sources[]=image.edit") == []
        read, made = usage["input_tokens"], usage["output_tokens"]
        assert await bill(client) == {
            "dall-e-2, 256x256": (pytest.approx(0.032), 2, "images"),
            "dall-e-3, hd 1024x1792": (pytest.approx(0.12), 1, "images"),
            "gpt-image-1, input": (pytest.approx(read * 5e-6), read, "tokens"),
            "gpt-image-1, image output": (pytest.approx(made * 40e-6), made, "tokens"),
        }

    run(scenario)


def test_speech_counts_characters_and_transcription_seconds() -> None:
    async def scenario(client: Client) -> None:
        text = "Caches keep what was asked before."
        speech = {"model": "tts-1", "input": text, "voice": "alloy", "response_format": "wav"}
        sound = (await client.post("/v1/audio/speech", speech)).body
        assert await used(client, "audio_speeches", "model") == {
            "characters": len(text), "num_model_requests": 1, "model": "tts-1",
        }  # fmt: skip
        path = "/v1/audio/transcriptions"
        whisper = (await client.form(path, model="whisper-1", file=("a.wav", sound))).json["usage"]
        newer = (await client.form(path, model="gpt-4o-transcribe", file=("a.wav", sound))).json["usage"]
        seconds = whisper["seconds"]
        assert [each["seconds"] for each in await told(client, "audio_transcriptions", "&group_by[]=model")] == [
            seconds, seconds,
        ]  # fmt: skip
        heard, made = newer["input_token_details"]["audio_tokens"], newer["output_tokens"]
        assert await bill(client) == {
            "tts-1, characters": (pytest.approx(len(text) * 15e-6), len(text), "characters"),
            "whisper-1, audio": (pytest.approx(seconds * 0.006 / 60), seconds, "duration_seconds"),
            "gpt-4o-transcribe, audio input": (pytest.approx(heard * 6e-6), heard, "tokens"),
            "gpt-4o-transcribe, output": (pytest.approx(made * 10e-6), made, "tokens"),
        }

    run(scenario)


def test_a_chat_that_is_spoken_tells_text_and_sound_apart() -> None:
    async def scenario(client: Client) -> None:
        body = chat(
            model="gpt-4o-audio-preview", modalities=["text", "audio"], audio={"voice": "alloy", "format": "wav"}
        )
        usage = (await client.post(CHAT, body)).json["usage"]
        spoken = usage["completion_tokens_details"]["audio_tokens"]
        assert spoken > 0
        result = await one(client)
        assert tokens(result) == (1, usage["prompt_tokens"], 0, usage["completion_tokens"])
        assert (result["output_audio_tokens"], result["output_text_tokens"]) == (
            spoken,
            usage["completion_tokens"] - spoken,
        )

    run(scenario)


def test_rejected_tokens_of_a_prediction_are_paid_for() -> None:
    async def scenario(client: Client) -> None:
        guess = {"type": "content", "content": "const port = 8000;\nlisten(port);\n"}
        usage = (await client.post(CHAT, chat("Replace 8000 with 9000", prediction=guess))).json["usage"]
        assert usage["completion_tokens_details"]["rejected_prediction_tokens"] > 0
        assert tokens(await one(client)) == (1, usage["prompt_tokens"], 0, usage["completion_tokens"])

    run(scenario)


def test_completions_with_several_prompts_are_one_request() -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "gpt-3.5-turbo-instruct", "prompt": ["One", "Two", "Three"], "n": 2, "max_tokens": 5}
        usage = (await client.post("/v1/completions", body)).json["usage"]
        assert tokens(await one(client)) == (1, usage["prompt_tokens"], 0, usage["completion_tokens"])

    run(scenario)


def test_responses_tell_their_usage_once_and_their_tools_apart() -> None:
    """A response with tools has several turns; its prompt is paid for once, as its usage says."""

    async def scenario(client: Client) -> None:
        file = await client.upload(b"Caches keep prefixes of prompts.", "facts.txt", "assistants")
        store = (await client.post("/v1/vector_stores", {"file_ids": [file]})).json["id"]
        await client.wait(5)
        tools = [
            {"type": "web_search", "search_context_size": "high"},
            {"type": "file_search", "vector_store_ids": [store]},
            {"type": "code_interpreter", "container": {"type": "auto"}},
        ]
        sums = [0, 0, 0, 0]
        for tool in tools:
            body = {"model": "gpt-4o", "input": "What do caches keep?", "tools": [tool], "tool_choice": "required"}
            answer = (await client.post("/v1/responses", body)).json
            usage = answer["usage"]
            assert len(answer["output"]) > 1
            sums[0] += 1
            sums[1] += usage["input_tokens"]
            sums[2] += usage["input_tokens_details"]["cached_tokens"]
            sums[3] += usage["output_tokens"]
        assert list(tokens(await one(client))) == sums
        assert await used(client, "web_search_calls", "context_level model") == {
            "num_model_requests": 1, "num_requests": 1, "context_level": "high", "model": "gpt-4o",
        }  # fmt: skip
        assert await used(client, "file_search_calls", "vector_store_id") == {
            "num_requests": 1, "vector_store_id": store,
        }  # fmt: skip
        assert await used(client, "code_interpreter_sessions", "project_id") == {
            "num_sessions": 1, "project_id": "proj_default",
        }  # fmt: skip
        lines = await bill(client)
        assert (lines["web search"][0], lines["file search"][0], lines["code interpreter"][0]) == (0.01, 0.0025, 0.03)
        size = (await client.get(f"/v1/vector_stores/{store}")).json["usage_bytes"]
        assert await used(client, "vector_stores", "project_id") == {
            "usage_bytes": size, "project_id": "proj_default",
        }  # fmt: skip

    run(scenario)


def test_a_stream_of_a_response_that_is_cut_pays_for_what_was_made() -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "gpt-4o", "input": "Tell me a long story.", "max_output_tokens": 200, "stream": True}
        answer = await client.post("/v1/responses", body, leave_after=0.2 + 0.01 * 20 + 0.005)
        assert answer.body.count(b"response.output_text.delta") > 10
        result = await one(client)
        assert tokens(result) == (1, result["input_tokens"], 0, 21)

    run(scenario)


def test_assistants_pay_for_each_turn() -> None:
    async def scenario(client: Client) -> None:
        assistant = (await client.post("/v1/assistants", {"model": "gpt-4o"})).json["id"]
        thread = {"messages": [{"role": "user", "content": "What do caches keep?"}]}
        run_ = (await client.post("/v1/threads/runs", {"assistant_id": assistant, "thread": thread})).json
        await client.wait(60)
        usage = (await client.get(f"/v1/threads/{run_['thread_id']}/runs/{run_['id']}")).json["usage"]
        assert tokens(await one(client)) == (1, usage["prompt_tokens"], 0, usage["completion_tokens"])

    run(scenario)


def test_videos_cost_by_the_second_and_training_by_the_token() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.form("/v1/videos", prompt="A cat", model="sora-2", seconds="8")
        assert answer.status == 200
        line = json.dumps({"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]})
        file = await client.upload("\n".join([line] * 12).encode(), "train.jsonl", "fine-tune")
        job = (await client.post("/v1/fine_tuning/jobs", {"model": "gpt-4o-2024-08-06", "training_file": file})).json
        await client.wait(DAY / 4)
        for _ in range(2):
            trained = (await client.get(f"/v1/fine_tuning/jobs/{job['id']}")).json["trained_tokens"]
        assert await bill(client) == {
            "sora-2, video": (pytest.approx(0.8), 8, "duration_seconds"),
            "gpt-4o-2024-08-06, training": (pytest.approx(trained * 25e-6), trained, "tokens"),
        }

    run(scenario)


def test_realtime_tells_sound_and_text_and_what_a_client_heard_that_left() -> None:
    def say(text: str) -> dict[str, Any]:
        content = [{"type": "input_text", "text": text}]
        return {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": content}}

    async def scenario(client: Client) -> None:
        usages = []
        async with client.socket("/v1/realtime?model=gpt-realtime") as peer:
            for text in ("What do caches keep?", "And then?"):
                peer.send(say(text))
                peer.send({"type": "response.create"})
                usages.append((await peer.until("response.done"))[-1]["response"]["usage"])
        result = await one(client)
        assert tokens(result)[:2] == (2, sum(usage["input_tokens"] for usage in usages))
        assert result["output_tokens"] == sum(usage["output_tokens"] for usage in usages)
        spoken = sum(usage["output_token_details"]["audio_tokens"] for usage in usages)
        assert (result["output_audio_tokens"], spoken > 0) == (spoken, True)
        async with client.socket("/v1/realtime?model=gpt-realtime") as peer:
            peer.send(say("Tell me a long story about caches."))
            peer.send({"type": "response.create"})
            await peer.until("response.output_audio.delta")
        after = await one(client)
        assert after["num_model_requests"] == 3
        assert 0 < after["output_audio_tokens"] - spoken < 60
        assert client.app.world.engine(Fleet).workers[0].requests == 0

    run(scenario)
