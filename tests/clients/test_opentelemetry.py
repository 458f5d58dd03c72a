"""OpenTelemetry: a collector gets spans and metrics of what the OpenAI SDK asked for, over OTLP."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openai import BadRequestError, OpenAI

from tests.clients.collector import Collector, attributes, collecting
from tests.process import running

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
MODEL = "gpt-4o"
MILLISECOND = 1_000_000
NEAR = 2000  # nanoseconds that times may differ, which are sums of floats
OPTIONS = ("--ttft", "50:0", "--itl", "10:0", "--fixed-clock", "2026-01-01T00:00:00Z")
START = 1_767_225_600 * 1_000_000_000


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Collector, dict[str, str]]]:
    """What a collector was told of: a chat with a trace, a stream without, an embedding, a refusal; their headers."""
    headers = {}
    with collecting() as collector:
        folder = tmp_path_factory.mktemp("otel")
        with running(folder, *OPTIONS, "--otel-endpoint", collector.address) as server:
            client = OpenAI(base_url=f"{server.address}/v1", api_key="any", max_retries=0)
            messages: Any = [{"role": "user", "content": "Why cache prefixes?"}]
            parent = {"traceparent": f"00-{TRACE}-{PARENT}-01", "tracestate": "vendor=1"}
            chat = client.chat.completions.with_raw_response.create(
                model=MODEL, messages=messages, max_tokens=20, temperature=0.5, extra_headers=parent
            )
            headers["chat"] = chat.headers["traceresponse"]
            with client.chat.completions.with_streaming_response.create(
                model=MODEL, messages=messages, max_tokens=10, stream=True, extra_body={"ignore_eos": True}
            ) as stream:
                headers["stream"] = stream.headers["traceresponse"]
                list(stream.iter_lines())
            client.embeddings.create(model="text-embedding-3-small", input="Hello")
            unsampled = {"traceparent": f"00-{'a' * 32}-{PARENT}-00"}
            client.chat.completions.create(model=MODEL, messages=messages, max_tokens=5, extra_headers=unsampled)
            with pytest.raises(BadRequestError):
                client.chat.completions.create(model=MODEL, messages=[])
        yield collector, headers  # the server's end has sent what was left


def length(span: Any) -> float:
    return (span.end_time_unix_nano - span.start_time_unix_nano) / MILLISECOND


def test_a_span_is_in_its_callers_trace_and_has_the_stages_of_the_schedule_below_it(
    told: tuple[Collector, dict[str, str]],
) -> None:
    collector, headers = told
    server, queue, prefill, decode = collector.trace(TRACE)
    assert (server.name, server.kind, server.trace_state) == ("POST /v1/chat/completions", 2, "vendor=1")
    assert server.parent_span_id.hex() == PARENT
    assert headers["chat"] == f"00-{TRACE}-{server.span_id.hex()}-01"
    assert server.start_time_unix_nano == START
    assert [(span.name, span.parent_span_id) for span in (queue, prefill, decode)] == [
        ("queue", server.span_id), ("prefill", server.span_id), ("decode", server.span_id)
    ]  # fmt: skip
    assert [round(length(span), 2) for span in (queue, prefill, decode)] == [0, 50, 190]
    assert length(server) >= 240
    assert abs(prefill.start_time_unix_nano - queue.end_time_unix_nano) < NEAR
    assert abs(decode.start_time_unix_nano - prefill.end_time_unix_nano) < NEAR
    said = attributes(server)
    request_id, agent = said.pop("fakeai.request.id"), said.pop("user_agent.original")
    assert re.fullmatch(r"req_[0-9a-f]{32}", request_id)
    assert agent.startswith("OpenAI/Python")
    assert said == {
        "http.request.method": "POST",
        "url.path": "/v1/chat/completions",
        "url.scheme": "http",
        "http.route": "/v1/chat/completions",
        "http.response.status_code": 200,
        "client.address": "127.0.0.1",
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": MODEL,
        "gen_ai.response.model": MODEL,
        "gen_ai.request.max_tokens": 20,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.usage.input_tokens": 11,
        "gen_ai.usage.output_tokens": 20,
        "gen_ai.usage.cache_read.input_tokens": 0,
        "gen_ai.response.finish_reasons": ["length"],
        "fakeai.worker": 0,
    }
    resource = collector.resources[0]
    assert (resource["service.name"], resource["telemetry.sdk.language"]) == ("fakeai", "python")


def test_a_stream_without_a_trace_begins_its_own(told: tuple[Collector, dict[str, str]]) -> None:
    collector, headers = told
    _, trace, span, _ = headers["stream"].split("-")
    server, _, prefill, decode = collector.trace(trace)
    assert (server.span_id.hex(), server.parent_span_id) == (span, b"")
    assert (round(length(prefill), 2), round(length(decode), 2)) == (50, 90)
    assert attributes(server)["gen_ai.usage.output_tokens"] == 10


def test_what_its_caller_does_not_sample_is_not_sent(told: tuple[Collector, dict[str, str]]) -> None:
    collector, _ = told
    assert collector.trace("a" * 32) == []


def test_a_refusal_names_its_error(told: tuple[Collector, dict[str, str]]) -> None:
    collector, _ = told
    (refused,) = [span for span in collector.spans if attributes(span).get("error.type") == "400"]
    assert (refused.status.code, attributes(refused)["gen_ai.request.model"]) == (0, MODEL)


def test_metrics_are_those_of_the_conventions(told: tuple[Collector, dict[str, str]]) -> None:
    collector, _ = told

    def points(name: str, key: str = "", value: str = "") -> Any:
        return [p for p in collector.metrics[name].histogram.data_points if not key or attributes(p).get(key) == value]

    assert sorted(collector.metrics) == [
        "gen_ai.client.operation.duration",
        "gen_ai.client.token.usage",
        "gen_ai.server.request.duration",
        "gen_ai.server.time_per_output_token",
        "gen_ai.server.time_to_first_token",
        "http.server.request.duration",
    ]
    (made,) = points("gen_ai.client.token.usage", "gen_ai.token.type", "output")
    assert (made.count, made.sum) == (3, 35)
    assert sum(point.count for point in points("gen_ai.client.token.usage", "gen_ai.token.type", "input")) == 4
    (first,) = points("gen_ai.server.time_to_first_token", "gen_ai.operation.name", "chat")
    assert (first.count, round(first.sum, 6)) == (3, 0.15)
    (each,) = points("gen_ai.server.time_per_output_token", "gen_ai.operation.name", "chat")
    assert (each.count, round(each.sum, 6)) == (3, 0.03)
    (failed,) = points("gen_ai.server.request.duration", "error.type", "400")
    assert failed.count == 1
    assert sum(point.count for point in points("http.server.request.duration")) == 5


def test_a_collector_that_is_not_there_hinders_nobody(tmp_path: Path) -> None:
    with running(tmp_path, "--ttft", "0", "--itl", "0", "--otel-endpoint", "http://127.0.0.1:9") as server:
        client = OpenAI(base_url=f"{server.address}/v1", api_key="any")
        answer = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "Hi"}])
        assert answer.choices[0].message.content
