"""What the server tells of all its calls, path by path and model by model, in every form."""

import asyncio
import csv
import io
from typing import Any

import pytest

from fakeai.runtime.throttles import Throttles
from tests.expositions import samples
from tests.inprocess import EPOCH, Client, chat, run

CHAT = "/v1/chat/completions"
OSS = "openai/gpt-oss-120b"
KEY, MASKED = {"authorization": "Bearer sk-abcdefghijklmnopqrstuvwxyz"}, "sk-***wxyz"
GAP = {"avg": 0.0, "min": 0.0, "max": 0.0, "p50": 0.0, "p90": 0.0, "p99": 0.0}


async def traffic(client: Client) -> None:
    """An answer of 0.3 s, a stream of 0.3 s, one that is cut off after 0.255 s, a refusal, and no such path."""
    await client.post(CHAT, chat("One", max_tokens=11, model=OSS), headers=KEY)
    await client.post("/chat/completions", chat("Two", max_tokens=11, stream=True))
    await client.post(CHAT, chat("Three", max_tokens=-1))
    await client.post(CHAT, chat("Four", max_tokens=50, stream=True), leave_after=0.255)
    await client.get("/nowhere")


async def scrape(client: Client, path: str, accept: str = "text/plain") -> dict[str, Any]:
    answer = await client.get(path, headers={"accept": accept})
    assert answer.status == 200, answer.body
    return samples(answer.body.decode())


def test_each_path_has_its_calls_durations_errors_and_streams() -> None:
    async def scenario(client: Client) -> None:
        await traffic(client)
        await client.wait(9.145)  # ten seconds since the start
        told = (await client.get("/metrics")).json
        assert list(told["requests"]) == [CHAT, "unknown"]
        assert told["requests"][CHAT] == {"rate": 0.4, **GAP, "total": 4}
        durations = {"avg": (0.3 + 0.3 + 0.255) / 4, "min": 0, "max": 0.3, "p50": 0.255, "p90": 0.3, "p99": 0.3}
        assert told["latency"][CHAT] == pytest.approx(durations, rel=0.01)
        assert told["responses"][CHAT] == pytest.approx({"rate": 0.4, **durations, "total": 4}, rel=0.01)
        assert told["errors"][CHAT] == {"rate": 0.2, **GAP, "total": 2}
        assert told["errors"]["unknown"] == {"rate": 0.1, **GAP, "total": 1}
        assert told["streaming"] == {CHAT: {"completed": 1, "failed": 1}}
        stats = told["streaming_stats"]
        assert [stats[f"{state}_streams"] for state in ("active", "completed", "failed")] == [0, 1, 1]
        assert stats["ttft"] == pytest.approx({"avg": 0.2, "min": 0.2, "max": 0.2, "p50": 0.2, "p90": 0.2, "p99": 0.2})
        assert stats["tokens_per_second"]["max"] == pytest.approx(100)
        await client.wait(61)
        told = (await client.get("/metrics")).json
        assert (told["requests"][CHAT]["rate"], told["requests"][CHAT]["total"]) == (0, 4)

    run(scenario)


def test_streams_that_are_open_count_as_calls_that_came() -> None:
    async def scenario(client: Client) -> None:
        async with client.socket("/metrics/stream") as peer:
            await peer.next()
            task = asyncio.ensure_future(client.post(CHAT, chat("One", max_tokens=50, stream=True)))
            await client.wait(0.3)
            found = await scrape(client, "/metrics/prometheus")
            assert (found["fakeai_active_streams"], found["fakeai_websockets"]) == ({"": 1}, {"": 1})
            assert found["fakeai_requests_per_second"] == {f'endpoint="{CHAT}"': 1}
            assert "fakeai_requests_total" not in found
            await task
        found = await scrape(client, "/metrics/prometheus")
        assert (found["fakeai_active_streams"], found["fakeai_websockets"]) == ({"": 0}, {"": 0})
        assert found["fakeai_requests_total"] == {
            'endpoint="/metrics/prometheus",method="GET",status="200"': 1,
            f'endpoint="{CHAT}",method="POST",status="200"': 1,
            'endpoint="/metrics/stream",method="WEBSOCKET",status="101"': 1,
        }

    run(scenario)


def test_json_is_for_people_and_text_for_who_asks_for_it() -> None:
    async def scenario(client: Client) -> None:
        await traffic(client)
        for accept, kind in (
            ("*/*", "application/json"),
            ("text/html,application/xhtml+xml,*/*;q=0.8", "application/json"),
            ("text/plain", "text/plain; version=0.0.4; charset=utf-8"),
            (
                "application/openmetrics-text;version=1.0.0",
                "application/openmetrics-text; version=1.0.0; charset=utf-8",
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,text/plain;version=0.0.4;q=0.7",
                "text/plain; version=0.0.4; charset=utf-8",
            ),
        ):
            answer = await client.get("/metrics", headers={"accept": accept})
            assert answer.headers["content-type"] == kind, accept
        assert (await client.get("/metrics")).headers["content-type"] == "application/json"
        for path in ("/metrics/prometheus", "/prometheus/metrics"):
            assert (await client.get(path)).headers["content-type"].startswith("text/plain"), path

    run(scenario)


def test_vllm_and_nim_show_the_same_requests_by_their_own_names() -> None:
    async def scenario(client: Client) -> None:
        await traffic(client)
        found, nim = await scrape(client, "/metrics"), await scrape(client, "/v1/metrics")
        engine = 'engine="0"'
        oss, other = (f'model_name="{name}",{engine}' for name in (OSS, "some-model"))
        assert found["vllm:generation_tokens_total"] == {oss: 11, other: 11 + 6}
        assert found["vllm:num_requests_running"] == {oss: 0, other: 0}
        assert found["vllm:request_success_total"] == {
            f'{oss},finished_reason="length"': 1,
            f'{oss},finished_reason="abort"': 0,
            f'{other},finished_reason="length"': 1,
            f'{other},finished_reason="abort"': 1,
        }
        assert found["vllm:time_to_first_token_seconds_sum"][other] == pytest.approx(0.4)
        assert found["vllm:e2e_request_latency_seconds_count"] == {oss: 1, other: 2}
        assert found["vllm:kv_cache_usage_perc"] == {oss: 0, other: 0}
        oss, other = 'model_name="openai/gpt-oss-120b"', 'model_name="some-model"'
        assert nim["generation_tokens_total"] == {oss: 11, other: 17}
        assert nim["request_success_total"] == {oss: 1, other: 1}
        assert nim["request_failure_total"] == {oss: 0, other: 2}  # one was refused, one client left
        assert nim["num_request_max"] == {oss: 1024, other: 1024}
        dynamo = await scrape(client, "/dynamo/metrics")
        refused = 'endpoint="chat_completions",error_type="validation",model="some-model",request_type="unary"'
        assert dynamo["dynamo_frontend_requests_total"][f'{refused},status="error"'] == 1
        assert dynamo["dynamo_frontend_disconnected_clients"] == {"": 1}

    run(scenario)


def test_a_table_has_four_kinds_of_rows() -> None:
    async def scenario(client: Client) -> None:
        await traffic(client)
        answer = await client.get("/metrics/csv")
        assert answer.headers["content-disposition"] == "attachment; filename=metrics.csv"
        rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
        assert [(row["metric_type"], row["endpoint"]) for row in rows] == [
            (kind, path) for kind in ("requests", "responses", "tokens", "errors") for path in (CHAT, "unknown")
        ]
        assert float(rows[0]["rate"]) == 4
        assert float(rows[2]["max_latency"]) == pytest.approx(0.3)

    run(scenario)


def test_a_model_has_tokens_latency_errors_costs_endpoints_and_users() -> None:
    async def scenario(client: Client) -> None:
        await traffic(client)
        models = (await client.get("/metrics/by-model")).json
        assert list(models) == [OSS, "some-model"]
        oss = (await client.get(f"/metrics/by-model/{OSS}")).json
        assert oss == models[OSS]
        assert oss["tokens"] == {"prompt": 8, "completion": 11, "total": 19, "cached": 0}
        assert oss["latency"]["avg_ms"] == pytest.approx(300)
        assert oss["users"] == {MASKED: 1}
        assert (oss["first_request"], oss["endpoints"]) == (EPOCH, {CHAT: 1})
        assert models["some-model"]["errors"] == {"count": 2, "rate_percent": pytest.approx(200 / 3)}
        none = {"model": "none", "request_count": 0, "error": "Model not found"}
        assert (await client.get("/metrics/by-model/none")).json == none
        found = await scrape(client, "/metrics/by-model/prometheus")
        assert found["fakeai_model_tokens_total"][f'model="{OSS}",type="completion"'] == 11
        assert found["fakeai_model_latency_milliseconds"][f'model="{OSS}",quantile="0.9"'] == pytest.approx(300)
        assert found["fakeai_model_cost_usd_total"] == {f'model="{OSS}"': oss["cost"]["total_usd"]}
        costs = (await client.get("/metrics/costs")).json
        assert costs["costs_by_model"] == {OSS: oss["cost"]["total_usd"], "some-model": 0.0}
        assert costs["models_without_price"] == ["some-model"]
        prices = (await client.get(f"/v1/models/{OSS}/capabilities")).json["pricing"]
        spent = (8 * prices["input_per_million"] + 11 * prices["output_per_million"]) / 1e6
        assert costs["total_cost_usd"] == pytest.approx(spent)
        assert (await client.get("/metrics/multi-dimensional")).json == {
            "model_by_endpoint": {OSS: {CHAT: 1}, "some-model": {CHAT: 2}},
            "model_by_user": {OSS: {MASKED: 1}},
            "model_by_time_24h": {
                OSS: [{"timestamp": EPOCH, "count": 1}],
                "some-model": [{"timestamp": EPOCH, "count": 2}],
            },
        }

    run(scenario)


def test_models_are_compared_and_ranked() -> None:
    async def scenario(client: Client) -> None:
        await traffic(client)
        told = (await client.get(f"/metrics/compare?model1=some-model&model2={OSS}")).json
        change = {"model1": 2, "model2": 1, "delta": -1, "percent_change": -50.0}
        assert told["comparison"]["request_count"] == change
        assert told["winner"] == {"latency": "some-model", "error_rate": OSS, "cost_efficiency": "some-model"}
        missing = {"error": "One or both models not found", "model1": "a", "model2": OSS}
        assert (await client.get(f"/metrics/compare?model1=a&model2={OSS}")).json == missing
        assert (await client.get("/metrics/compare")).status == 400
        for metric, first in (
            ("request_count", "some-model"),
            ("error_rate", OSS),
            ("cost", OSS),
            ("tokens", "some-model"),
        ):
            ranked = (await client.get(f"/metrics/ranking?metric={metric}&limit=1")).json
            assert [each["model"] for each in ranked] == [first], metric
        assert (await client.get("/metrics/ranking?metric=beauty")).status == 400

    run(scenario)


def test_a_websocket_tells_at_once_then_as_often_as_asked_and_what_is_asked() -> None:
    async def scenario(client: Client) -> None:
        await traffic(client)
        async with client.socket("/metrics/stream") as peer:
            first = await peer.next()
            assert first["type"] == "historical_data"
            assert set(first["data"]["latency"]) == {CHAT, "unknown"}
            assert (await peer.next())["type"] == "metrics_update"
            wanted = {"endpoint": CHAT, "interval": 0.5, "metric_type": ["throughput", "models"], "model": OSS}
            peer.send({"type": "subscribe", "filters": wanted})
            filters = {"endpoints": [CHAT], "models": [OSS], "metric_types": ["throughput", "models"], "interval": 0.5}
            assert await peer.next() == {"type": "subscribed", "filters": filters}
            told = await peer.next()
            assert set(told["data"]) == {"throughput", "models"}
            assert set(told["data"]["throughput"]["requests_per_sec"]) == {CHAT}
            assert set(told["data"]["models"]) == {OSS}
            peer.send({"type": "ping"})
            assert await peer.next() == {"type": "pong"}
            peer.send("nonsense")
            assert (await peer.next())["type"] == "error"
            peer.send({"type": "subscribe", "filters": {"interval": 0}})
            assert (await peer.next())["type"] == "error"
            moments = [at for at, message in peer.heard if message["type"] == "metrics_update"]
            assert moments[1] - moments[0] == pytest.approx(0.5)

    run(scenario)


def test_health_follows_the_errors_of_the_last_minute() -> None:
    async def scenario(client: Client) -> None:
        for number in range(15):
            await client.post(CHAT, chat(f"Number {number}", max_tokens=1))
        told = (await client.get("/health/detailed")).json
        assert (told["status"], told["uptime_seconds"]) == ("healthy", pytest.approx(3))
        assert told["metrics_summary"]["average_latency_seconds"] == pytest.approx(0.2)
        assert told["endpoints"][CHAT]["latency_p50_ms"] == pytest.approx(200)
        await client.get("/nowhere")
        assert (await client.get("/health/detailed")).json["status"] == "degraded"
        await client.get("/nowhere")
        told = (await client.get("/health/detailed")).json
        assert (told["status"], told["metrics_summary"]["error_rate_percentage"]) == ("unhealthy", round(200 / 19, 2))
        await client.wait(61)
        assert (await client.get("/health/detailed")).json["status"] == "healthy"

    run(scenario)


def test_limits_that_nothing_sets_are_zero_and_those_that_are_told_are_shown() -> None:
    async def scenario(client: Client) -> None:
        told = (await client.get("/metrics/rate-limits")).json
        assert told == {
            "summary": {"total_keys": 0, "total_throttle_events": 0, "tiers": []},
            "tier_stats": {},
            "throttle_analytics": {
                "total_throttle_events": 0,
                "duration_histogram": {},
                "retry_after_distribution": {},
                "rpm_vs_tpm_exceeded": {"rpm_only": 0, "tpm_only": 0, "both": 0},
            },
            "abuse_patterns": [],
        }
        assert (await client.get("/metrics/rate-limits/key/sk-1")).status == 404
        throttles = client.app.world.engine(Throttles)
        throttle = throttles.of("sk-1", "tier-1", 3, 300)
        for _ in range(3):
            throttles.passed(throttle, 100)
        for _ in range(3):
            throttles.refused(throttle, 100, 20.0, by_requests=False, by_tokens=True)
        key = (await client.get("/metrics/rate-limits/key/sk-1")).json
        assert key["requests"] == {
            "total_attempted": 6,
            "total_allowed": 3,
            "total_throttled": 3,
            "throttle_rate": 0.5,
            "success_rate": 0.5,
        }
        assert key["throttling"]["total_throttle_time_ms"] == 60_000
        assert key["quota_utilization"]["tpm_utilization"] == 1
        tier = (await client.get("/metrics/rate-limits/tier")).json["tier-1"]
        assert (tier["key_count"], tier["total_requests_throttled"], tier["peak_burst_requests"]) == (1, 3, 6)
        analytics = (await client.get("/metrics/rate-limits/throttle-analytics")).json
        assert analytics["rpm_vs_tpm_exceeded"] == {"rpm_only": 0, "tpm_only": 3, "both": 0}
        assert analytics["duration_histogram"]["10-30s"] == 3
        abuse = (await client.get("/metrics/rate-limits/abuse-patterns")).json
        assert [each["issues"] for each in abuse] == [["quota_exhaustion"]]

    run(scenario)


PROMISED = """
/health /metrics /kv-cache/metrics /dcgm/metrics/json /dynamo/metrics/json /dcgm/metrics /dynamo/metrics
/health/detailed /metrics/prometheus /metrics/csv /metrics/by-model /metrics/by-model/prometheus
/metrics/by-model/openai/gpt-oss-120b /metrics/compare?model1=openai/gpt-oss-120b&model2=some-model /metrics/ranking
/metrics/costs /metrics/multi-dimensional /metrics/rate-limits /metrics/rate-limits/tier
/metrics/rate-limits/throttle-analytics /metrics/rate-limits/abuse-patterns
""".split()


@pytest.mark.parametrize("path", PROMISED)
def test_what_was_promised_answers_curl(path: str) -> None:
    """The paths of FakeAI 0.3's README, as curl asks for them; text is what Prometheus reads."""

    async def scenario(client: Client) -> None:
        await traffic(client)
        answer = await client.get(path, headers={"accept": "*/*", "user-agent": "curl/8.5.0"})
        assert answer.status == 200
        if answer.headers["content-type"].startswith("text/plain"):
            assert samples(answer.body.decode()) if "dcgm" not in path else answer.body.startswith(b"# HELP DCGM")
        elif not path.endswith("csv"):
            assert answer.json is not None

    run(scenario)
