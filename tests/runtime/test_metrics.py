"""What the metrics tell of requests whose every token has a moment that can be worked out by hand."""

import asyncio
import random
from typing import Any

import pytest

from fakeai.runtime.distribution import Distribution, Scale
from fakeai.runtime.options import Delay, Machine, Options
from tests.expositions import samples
from tests.inprocess import Client, chat, run

CHAT = "/v1/chat/completions"
LONG = "Tell me about queues in detail. " * 12  # 92 tokens with the frame of a message: 5 full blocks
TEXT = {"accept": "text/plain"}
MODEL = 'model="some-model"'


def later(client: Client, body: dict[str, Any], path: str = CHAT, **options: Any) -> "asyncio.Task[Any]":
    return asyncio.ensure_future(client.post(path, body, **options))


async def scrape(client: Client, path: str = "/dynamo/metrics", accept: str = "text/plain") -> dict[str, Any]:
    answer = await client.get(path, headers={"accept": accept})
    assert answer.status == 200, answer.body
    return samples(answer.body.decode())


def test_requests_under_way_are_counted_up_to_the_moment_and_all_of_them_at_the_end() -> None:
    async def scenario(client: Client) -> None:
        first = later(client, chat("One", max_tokens=11, stream=True))
        second = later(client, chat("Two", max_tokens=21))
        await client.wait(0.25)  # tokens came at 0.20, 0.21 ... 0.25
        found = await scrape(client)
        assert found["dynamo_frontend_active_requests"] == {MODEL: 2}
        assert found["dynamo_frontend_queued_requests"] == {MODEL: 0}
        assert found["dynamo_frontend_output_tokens_total"] == {MODEL: 12}
        assert found["dynamo_frontend_time_to_first_token_seconds_count"] == {MODEL: 2}
        assert found["dynamo_frontend_inter_token_latency_seconds_count"] == {MODEL: 10}
        assert found["dynamo_frontend_request_duration_seconds_count"] == {MODEL: 0}
        assert "dynamo_frontend_requests_total" not in found
        started = 'endpoint="chat_completions",model="some-model",request_type="{}"'
        assert found["dynamo_frontend_requests_started_total"] == {
            started.format("stream"): 1,
            started.format("unary"): 1,
        }
        usage = (await second).json["usage"]
        await first
        found = await scrape(client)
        assert found["dynamo_frontend_active_requests"] == {MODEL: 0}
        assert found["dynamo_frontend_output_tokens_total"] == {MODEL: 11 + 21}
        assert found["dynamo_frontend_inter_token_latency_seconds_count"] == {MODEL: 10 + 20}
        assert found["dynamo_frontend_inter_token_latency_seconds_sum"][MODEL] == pytest.approx(0.3)
        assert found["dynamo_frontend_time_to_first_token_seconds_sum"][MODEL] == pytest.approx(0.4)
        assert found["dynamo_frontend_request_duration_seconds_sum"][MODEL] == pytest.approx(0.3 + 0.4)
        assert found["dynamo_frontend_input_sequence_tokens_sum"] == {MODEL: 2 * usage["prompt_tokens"]}
        assert found["dynamo_frontend_output_sequence_tokens_sum"] == {MODEL: 32}
        ended = 'endpoint="chat_completions",error_type="",model="some-model",request_type="{}",status="success"'
        assert found["dynamo_frontend_requests_total"] == {ended.format("stream"): 1, ended.format("unary"): 1}

    run(scenario)


def test_a_client_that_leaves_is_cancelled_with_the_tokens_that_it_got() -> None:
    async def scenario(client: Client) -> None:
        cut = await client.post(CHAT, chat("One", max_tokens=100, stream=True), leave_after=0.255)
        got = cut.body.count(b'"content":"') - 1  # the opening says nothing
        assert got == 6
        whole = later(client, chat("Two", max_tokens=100), leave_after=0.1)
        await whole
        found = await scrape(client)
        assert found["dynamo_frontend_output_tokens_total"] == {MODEL: got}
        said = 'endpoint="chat_completions",error_type="cancelled",model="some-model",request_type="{}",status="error"'
        assert found["dynamo_frontend_requests_total"] == {said.format("stream"): 1, said.format("unary"): 1}
        assert found["dynamo_frontend_time_to_first_token_seconds_count"] == {MODEL: 1}

    run(scenario)


def test_buckets_hold_the_times_that_were_configured() -> None:
    async def scenario(client: Client) -> None:
        await client.post(CHAT, chat("One", max_tokens=11))
        found = await scrape(client)

        def below(name: str) -> dict[str, float]:
            return {
                said.rpartition('le="')[2][:-1]: value
                for said, value in found[f"dynamo_frontend_{name}_seconds_bucket"].items()
            }

        ttft = below("time_to_first_token")
        assert list(ttft) == (
            "0 0.0022 0.0047 0.01 0.022 0.047 0.1 0.22 0.47 1 2.2 4.7 10 22 48 100 220 480 +Inf".split()
        )
        assert [ttft["0.1"], ttft["0.22"], ttft["480"]] == [0, 1, 1]
        gaps = below("inter_token_latency")
        assert [gaps["0.0059"], gaps["0.011"], gaps["+Inf"]] == [0, 10, 10]
        vllm = await scrape(client, "/metrics")  # which has an edge where the gaps are, whatever sums of floats lose
        said = 'model_name="some-model",engine="0",le="{}"'
        assert [vllm["vllm:inter_token_latency_seconds_bucket"][said.format(edge)] for edge in ("0.01", "+Inf")] == [
            10,
            10,
        ]

    run(scenario)


def test_the_kv_cache_tells_hits_reuse_and_what_they_saved() -> None:
    async def scenario(client: Client) -> None:
        for _ in range(2):
            usage = (await client.post(CHAT, chat(LONG, max_tokens=2))).json["usage"]
        await client.post(CHAT, chat("short", max_tokens=2))  # no full block: not looked up
        prompt, cached = usage["prompt_tokens"], usage["prompt_tokens_details"]["cached_tokens"]
        assert (prompt, cached) == (92, 80)
        told = (await client.get("/kv-cache/metrics")).json
        performance = told["cache_performance"]
        all_prompts = performance["total_tokens_processed"]
        saved = 0.2 * 0.8 * cached / prompt
        assert performance == {
            "cache_hit_rate": 50.0,
            "token_reuse_rate": round(cached / all_prompts * 100, 2),
            "total_cache_hits": 1,
            "total_cache_misses": 1,
            "total_tokens_processed": all_prompts,
            "cached_tokens_reused": cached,
            "average_prefix_length": cached,
            "endpoint_stats": {CHAT: {"hits": 1, "misses": 1}},
            "speedup_stats": {
                "avg_baseline_ttft_ms": 200.0,
                "avg_actual_ttft_ms": round((0.2 - saved) * 1000, 3),
                "avg_speedup_ratio": round(0.2 / (0.2 - saved), 3),
                "avg_cache_hit_ratio": round(cached / prompt * 100, 2),
                "total_speedup_records": 1,
            },
        }
        assert 2 * prompt < all_prompts < 2 * prompt + 20
        router = told["smart_router"]
        assert sum(worker["total_requests"] for worker in router["workers"].values()) == 3
        assert sum(worker["tokens_processed"] for worker in router["workers"].values()) == all_prompts + 6
        assert router["radix_tree"] == {"total_nodes": 5, "total_cached_blocks": 5}
        assert router["config"] == {
            "kv_overlap_weight": 1.0,
            "load_balance_weight": 0.0,
            "block_size": 16,
            "num_workers": 4,
            "data_parallel_size": 1,
            "router_mode": "kv",
        }

    run(scenario)


def test_the_report_has_latencies_of_all_and_rates_of_the_last_minute() -> None:
    async def scenario(client: Client) -> None:
        await client.post(CHAT, chat("One", max_tokens=11))
        told = (await client.get("/dynamo/metrics/json")).json
        assert told["summary"] == {
            "total_requests": 1,
            "successful_requests": 1,
            "failed_requests": 0,
            "active_requests": 0,
        }
        assert told["latency"]["ttft"] == pytest.approx({"avg": 200, "p50": 200, "p90": 200, "p99": 200})
        assert told["latency"]["itl"] == pytest.approx({"avg": 10, "p50": 10, "p90": 10, "p99": 10})
        assert told["latency"]["total"] == pytest.approx({"avg": 300, "p50": 300, "p90": 300, "p99": 300})
        assert told["latency"]["decode"]["avg"] == pytest.approx(100)
        assert told["throughput"]["output_tokens_per_second"] == 11  # in the first second of the server
        assert told["throughput"]["requests_per_second"] == 1
        await client.wait(3.7)
        told = (await client.get("/dynamo/metrics/json")).json
        assert told["throughput"]["output_tokens_per_second"] == pytest.approx(11 / 4)
        assert told["batch"] == {"current_size": 0, "avg_size": pytest.approx(0.3 / 60), "max_size": 1}
        assert told["per_model"]["some-model"]["avg_ttft_ms"] == pytest.approx(200)
        await client.wait(61)
        told = (await client.get("/dynamo/metrics/json")).json
        assert set(told["throughput"].values()) == {0}
        assert told["batch"]["max_size"] == 0
        assert told["latency"]["total"]["p50"] == pytest.approx(300)

    run(scenario)


def test_a_full_batch_makes_requests_wait_and_the_queue_tells_how_long() -> None:
    options = Options(machine=Machine(latency="mocker", workers=1, sequences=1))

    async def scenario(client: Client) -> None:
        tasks = [later(client, chat(f"Number {number}", max_tokens=20)) for number in range(3)]
        await client.wait(0.05)
        told = (await client.get("/dynamo/metrics/json")).json
        assert (told["batch"]["current_size"], told["queue"]["current_depth"]) == (1, 2)
        found = await scrape(client)
        assert found["dynamo_frontend_queued_requests"] == {MODEL: 2}
        ends = [(await task).sends[0][0] for task in tasks]
        told = (await client.get("/dynamo/metrics/json")).json
        waited = ends[0] + ends[1]  # the second waits for the first, the third for both
        assert told["queue"] == {"current_depth": 0, "max_depth": 2, "avg_depth": pytest.approx(waited / 60, rel=0.05)}
        assert told["latency"]["queue"]["avg"] == pytest.approx(waited / 3 * 1000, rel=0.05)
        assert told["batch"]["avg_size"] == pytest.approx(ends[2] / 60, rel=0.01)

    run(scenario, options)


def test_before_the_first_request_there_is_nothing_to_tell() -> None:
    async def scenario(client: Client) -> None:
        found = await scrape(client)
        assert set(found["dynamo_frontend_worker_active_decode_blocks"].values()) == {0}
        assert "dynamo_frontend_output_tokens_total" not in found
        told = (await client.get("/dynamo/metrics/json")).json
        assert told["summary"]["total_requests"] == 0
        assert told["per_model"] == {}
        assert (await client.get("/kv-cache/metrics")).json["cache_performance"]["cache_hit_rate"] == 0

    run(scenario)


def test_openmetrics_is_written_for_who_asks_for_it() -> None:
    async def scenario(client: Client) -> None:
        await client.post(CHAT, chat('A "model"\nof one', model='odd "name"\\', max_tokens=3))
        accept = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
        answer = await client.get("/dynamo/metrics", headers={"accept": accept})
        assert answer.headers["content-type"].startswith("application/openmetrics-text")
        found = samples(answer.body.decode())
        assert found["dynamo_frontend_output_tokens_total"] == {'model="odd "name"\\"': 3}
        plain = await scrape(client)
        odd = "dynamo_component_kv_cache_events_applied"  # a counter whose name OpenMetrics does not allow
        counted = [name for name in found if not name.endswith("_bucket") and name != odd]  # edges are written longer
        assert {name: plain[name] for name in counted} == {name: found[name] for name in counted}

    run(scenario, Options(ttft=Delay(0.2), itl=Delay(0.01)))


@pytest.mark.parametrize(
    "machine", [Machine(), Machine(latency="mocker", workers=2, sequences=32)], ids=["steady", "mocker"]
)
def test_tokens_are_conserved_when_a_thousand_clients_leave_at_any_moment(machine: Machine) -> None:
    """Tokens in the metrics are those in the streams, in the usage of what was complete, and what the rest had made."""
    options = Options(ttft=Delay(0.2), itl=Delay(0.01), machine=machine)
    draws = random.Random(7)

    async def scenario(client: Client) -> None:
        told = {"made": 0, "prompts": 0, "complete": 0, "cut": 0}

        async def one(number: int) -> None:
            await client.wait(draws.random() * 10)
            size, streams, leaves = draws.randrange(1, 60), draws.random() < 0.7, draws.random() < 0.6
            after = draws.randrange(1, 80) / 100 + 0.005 if leaves else None
            body = chat(f"Number {number}", max_tokens=size, stream=streams, ignore_eos=True)
            if streams:
                body["stream_options"] = {"include_usage": True}
            answer = await client.post(CHAT, body, leave_after=after)
            if streams and b"[DONE]" in answer.body:
                usage = answer.events[-1]["usage"]
                assert usage["completion_tokens"] == size == answer.body.count(b'"content":"') - 1
            elif not streams and answer.body:
                usage = answer.json["usage"]
            else:
                got = max(answer.body.count(b'"content":"') - 1, 0)
                told["cut"] += 1
                told["made"] += got if streams else 0
                if not streams:
                    unseen.append((size, after or 0.0))
                return
            told["complete"] += 1
            told["made"] += usage["completion_tokens"]
            told["prompts"] += usage["prompt_tokens"]

        unseen: list[tuple[int, float]] = []
        tasks = [asyncio.ensure_future(one(number)) for number in range(1000)]
        while not all(task.done() for task in tasks):
            await client.wait(0.7)
            await client.get("/dynamo/metrics")  # whoever reads meanwhile changes nothing
        found, summary = await scrape(client), (await client.get("/dynamo/metrics/json")).json["summary"]
        assert summary == {
            "total_requests": 1000,
            "successful_requests": told["complete"],
            "failed_requests": told["cut"],
            "active_requests": 0,
        }
        made = found["dynamo_frontend_output_tokens_total"][MODEL]
        if machine.latency == "constant":  # what nobody saw follows from the moments
            told["made"] += sum(
                min(size, max(0, int((after - 0.2) / 0.01) + 1)) for size, after in unseen if after > 0.2
            )
            assert made == told["made"]
        else:
            assert told["made"] <= made <= told["made"] + sum(size for size, _ in unseen)
        assert found["dynamo_frontend_output_sequence_tokens_sum"] == {MODEL: made}
        vllm = await scrape(client, "/metrics")
        assert vllm["vllm:generation_tokens_total"] == {'model_name="some-model",engine="0"': made}
        model = (await client.get("/metrics/by-model/some-model")).json
        assert (model["tokens"]["completion"], model["errors"]["count"]) == (made, told["cut"])
        workers = (await client.get("/kv-cache/metrics")).json["smart_router"]["workers"].values()
        assert sum(worker["tokens_processed"] for worker in workers) == model["tokens"]["total"]
        assert sum(worker["active_requests"] + worker["used_blocks"] for worker in workers) == 0
        calls = vllm["fakeai_requests_total"]
        assert calls[f'endpoint="{CHAT}",method="POST",status="499"'] == told["cut"]
        assert vllm["fakeai_active_streams"] == {"": 0}

    run(scenario, options)


def test_values_beyond_a_scale_are_counted_in_its_last_bucket_whether_many_are_equal_or_none() -> None:
    scale = Scale((1, 2), 0.1, 10)
    for values in ([0.5, 3.0, 1e6, 2e6], [1e6] * 5 + [0.5], [5e5]):
        counted = Distribution(scale)
        counted.extend(values)
        assert (counted.count, counted.sum, counted.largest) == (len(values), sum(values), max(values))
        assert counted.cumulative([1, 2]) == [sum(value <= edge for value in values) for edge in (1, 2)]
