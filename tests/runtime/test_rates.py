"""Rate limits: how much a key may ask for, what its headers say, and when it may come again."""

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from fakeai.app import create_app
from fakeai.runtime.clock import VirtualClock, VirtualLoop
from fakeai.runtime.guards.refusals import duration
from fakeai.runtime.options import RateLimits
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World
from tests.inprocess import EPOCH, ROOT, STEADY, Answer, Client, chat, run

CHAT = "/v1/chat/completions"
ADMINISTRATION = "/v1/organization/projects/proj_default"


def limited(**limits: Any) -> Any:
    return dataclasses.replace(STEADY, rate_limits=RateLimits(enabled=True, **limits))


def key(name: str) -> dict[str, str]:
    return {"authorization": f"Bearer {name}"}


def left(answer: Answer, of: str) -> tuple[int, int, str]:
    headers = answer.headers
    return (
        int(headers[f"x-ratelimit-limit-{of}"]),
        int(headers[f"x-ratelimit-remaining-{of}"]),
        headers[f"x-ratelimit-reset-{of}"],
    )


def test_requests_are_limited_and_come_back_one_by_one() -> None:
    async def scenario(client: Client) -> None:
        answers = [await client.post(CHAT, chat(max_tokens=1), headers=key("a")) for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 200, 200]
        assert left(answers[0], "requests") == (3, 2, "20s")
        await client.wait(0.4)
        refused = await client.post(CHAT, chat(max_tokens=1), headers=key("a"))
        assert (refused.status, refused.headers["retry-after"], refused.headers["retry-after-ms"]) == (
            429, "19", "19000",
        )  # fmt: skip
        assert left(refused, "requests") == (3, 0, "59s")
        assert refused.json == {
            "error": {
                "message": "Rate limit reached for some-model in organization org-fakeai on requests per min (RPM): "
                "Limit 3, Used 3, Requested 1. Please try again in 19s. "
                "Visit https://platform.openai.com/account/rate-limits to learn more.",
                "type": "requests",
                "param": None,
                "code": "rate_limit_exceeded",
            }
        }
        await client.wait(18.999)
        assert (await client.post(CHAT, chat(max_tokens=1), headers=key("a"))).status == 429
        await client.wait(0.001)
        assert (await client.post(CHAT, chat(max_tokens=1), headers=key("a"))).status == 200

    run(scenario, limited(tier="free"))


def test_each_key_and_each_model_has_its_own_limits() -> None:
    async def scenario(client: Client) -> None:
        for name, model in (("a", "m"), ("b", "m"), ("a", "n")):
            body = {**chat(max_tokens=1), "model": model}
            assert (await client.post(CHAT, body, headers=key(name))).status == 200
            assert (await client.post(CHAT, body, headers=key(name))).status == 429
        assert (await client.post(CHAT, chat(max_tokens=1))).status == 200
        assert (await client.get("/v1/models", headers=key("a"))).status == 200

    run(scenario, limited(requests_per_minute=1))


def test_tokens_are_charged_as_they_are_used() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post(CHAT, chat(max_tokens=50))
        used = answer.json["usage"]["total_tokens"]
        assert left(answer, "tokens")[:2] == (1000, 1000 - used)
        await client.wait(60)
        answer = await client.post(CHAT, chat(max_tokens=50, stream=True, stream_options={"include_usage": True}))
        assert left(answer, "tokens")[:2] == (1000, 1000 - answer.events[-1]["usage"]["total_tokens"])

    run(scenario, limited(tokens_per_minute=1000))


def test_what_a_client_does_not_wait_for_is_given_back() -> None:
    async def scenario(client: Client) -> None:
        first = await client.post(CHAT, chat(max_tokens=100))
        prompt = first.json["usage"]["prompt_tokens"]
        await client.wait(86_400)
        await client.call("POST", CHAT, chat(max_tokens=100, stream=True), leave_after=0.2 + 0.0955)
        probe = await client.post(CHAT, chat(max_tokens=1))
        spent = 1000 - left(probe, "tokens")[1] - probe.json["usage"]["total_tokens"]
        assert spent == prompt + 10

    run(scenario, limited(tokens_per_minute=None, tier="", tokens_per_day=1000))


def test_a_refused_call_takes_nothing_and_a_mistaken_one_no_tokens() -> None:
    async def scenario(client: Client) -> None:
        wrong = await client.post(CHAT, chat(max_tokens=500, top_logprobs=3))
        assert wrong.status == 400
        assert left(wrong, "tokens")[:2] == (1000, 1000)
        for _ in range(5):
            refused = await client.post(CHAT, chat(max_tokens=995))
            assert refused.status == 429
            assert left(refused, "tokens")[1] == 1000

    run(scenario, limited(tokens_per_minute=1000))


def test_a_request_that_never_fits_is_told_so() -> None:
    async def scenario(client: Client) -> None:
        refused = await client.post(CHAT, chat("word" * 10, max_tokens=1000))
        assert refused.status == 429
        assert "retry-after" not in refused.headers
        assert refused.error == {
            "message": "Request too large for some-model in organization org-fakeai on tokens per min (TPM): Limit "
            "1000, Requested 1010. The input or output tokens must be reduced in order to run successfully. Visit "
            "https://platform.openai.com/account/rate-limits to learn more.",
            "type": "tokens",
            "param": None,
            "code": "rate_limit_exceeded",
        }

    run(scenario, limited(tokens_per_minute=1000))


@pytest.mark.parametrize(
    ("limits", "name", "wait"),
    [
        ({"requests_per_day": 2, "requests_per_minute": 100}, "requests per day (RPD)", "12h0m0s"),
        ({"requests_per_minute": 2}, "requests per min (RPM)", "30s"),
    ],
)
def test_a_day_has_limits_as_a_minute_has(limits: Any, name: str, wait: str) -> None:
    async def scenario(client: Client) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for _ in range(2):
            await client.post("/v1/embeddings", {"model": "m", "input": "x"})
        refused = await client.post("/v1/embeddings", {"model": "m", "input": "x"})
        assert loop.time() == began
        assert f"on {name}: Limit 2, Used 2, Requested 1. Please try again in {wait}." in refused.error["message"]

    run(scenario, dataclasses.replace(limited(**limits), ttft=dataclasses.replace(STEADY.ttft, seconds=0.0)))


def test_images_are_counted() -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "gpt-image-1", "prompt": "a cat", "size": "1024x1024"}
        answer, refused = await asyncio.gather(
            *(client.post("/v1/images/generations", {**body, "n": 2}) for _ in range(2))
        )
        assert left(answer, "images")[:2] == (3, 1)
        assert (refused.status, refused.error["type"]) == (429, "images")

    run(scenario, limited(images_per_minute=3))


def test_a_quota_ends() -> None:
    async def scenario(client: Client) -> None:
        assert (await client.post(CHAT, chat(max_tokens=20))).status == 200
        await client.wait(10 * 86_400)
        refused = await client.post(CHAT, chat(max_tokens=90))
        assert (refused.status, refused.error["type"], refused.error["code"]) == (
            429, "insufficient_quota", "insufficient_quota",
        )  # fmt: skip
        assert "retry-after" not in refused.headers

    run(scenario, limited(quota=100))


def test_limits_of_the_administration_hold_for_the_project() -> None:
    async def scenario(client: Client) -> None:
        assert left(await client.post(CHAT, {**chat(max_tokens=1), "model": "gpt-4o"}), "requests")[0] == 500
        path = f"{ADMINISTRATION}/rate_limits/rl-gpt-4o"
        assert (await client.post(path, {"max_requests_per_1_minute": 2})).status == 200
        for name, expected in (("a", 200), ("b", 200), ("c", 429)):
            answer = await client.post(CHAT, {**chat(max_tokens=1), "model": "gpt-4o"}, headers=key(name))
            assert answer.status == expected
            assert left(answer, "requests")[0] == 2
        assert (await client.post(CHAT, chat(max_tokens=1), headers=key("c"))).status == 200
        assert (await client.post(path, {"max_requests_per_1_minute": 9})).status == 200
        answer = await client.post(CHAT, {**chat(max_tokens=1), "model": "gpt-4o"}, headers=key("c"))
        assert (answer.status, left(answer, "requests")[0]) == (200, 9)

    run(scenario, limited())


def test_calls_at_the_same_moment_are_counted_to_the_unit() -> None:
    async def scenario(client: Client) -> None:
        answers = await asyncio.gather(*(client.post(CHAT, chat(max_tokens=1)) for _ in range(150)))
        assert sorted(answer.status for answer in answers) == [200] * 100 + [429] * 50

    run(scenario, limited(requests_per_minute=100))


def test_servers_that_share_a_store_share_its_limits(tmp_path: Path) -> None:
    options = dataclasses.replace(limited(requests_per_minute=30, tokens_per_minute=10_000), shared=True)

    async def main() -> None:
        worlds = [World(options, VirtualClock(EPOCH), store=SqliteStore(tmp_path)) for _ in range(2)]
        for world in worlds:
            await world.open()
            await world.tokens.ready()
        clients = [Client(create_app(ROOT, world)) for world in worlds]
        answers = await asyncio.gather(*(clients[i % 2].post(CHAT, chat(max_tokens=5)) for i in range(50)))
        good = [answer for answer in answers if answer.status == 200]
        assert len(good) == 30
        used = sum(answer.json["usage"]["total_tokens"] for answer in good)
        assert min(left(answer, "tokens")[1] for answer in good) == 10_000 - used
        await clients[0].wait(2)
        again = await asyncio.gather(*(client.post(CHAT, chat(max_tokens=5)) for client in clients))
        assert sorted(answer.status for answer in again) == [200, 429]
        for world in worlds:
            await world.store.close()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(main())


def test_a_run_fails_that_its_key_has_no_room_for() -> None:
    async def scenario(client: Client) -> None:
        assistant = (await client.post("/v1/assistants", {"model": "gpt-4o"})).json["id"]
        body = {"assistant_id": assistant, "thread": {"messages": [{"role": "user", "content": "Hello"}]}}
        first, second = [(await client.post("/v1/threads/runs", body)).json for _ in range(2)]
        await client.wait(30)
        runs = [(await client.get(f"/v1/threads/{run['thread_id']}/runs/{run['id']}")).json for run in (first, second)]
        assert [run["status"] for run in runs] == ["completed", "failed"]
        assert runs[1]["last_error"] == {
            "code": "rate_limit_exceeded",
            "message": "Rate limit reached for gpt-4o in organization org-fakeai on requests per min (RPM): Limit 1, "
            "Used 1, Requested 1. Please try again in 1m0s. Visit https://platform.openai.com/account/rate-limits to "
            "learn more.",
        }

    run(scenario, limited(requests_per_minute=1))


def test_responses_of_a_socket_take_of_the_same_buckets() -> None:
    async def scenario(client: Client) -> None:
        ask = {"type": "response.create", "response": {"output_modalities": ["text"], "max_output_tokens": 50}}
        async with client.socket("/v1/realtime?model=gpt-realtime", headers=key("a")) as peer:
            events = []
            for _ in range(3):
                peer.send(ask)
                while not events or events[-1]["type"] != "response.done":
                    events.append(await peer.next())
                events.append({"type": "between"})
        told = [event["rate_limits"] for event in events if event["type"] == "rate_limits.updated"]
        assert [(limits[0]["name"], limits[0]["limit"], limits[0]["remaining"]) for limits in told] == [
            ("requests", 2, 1), ("requests", 2, 0),
        ]  # fmt: skip
        done = [event["response"] for event in events if event["type"] == "response.done"]
        assert [response["status"] for response in done] == ["incomplete", "incomplete", "failed"]
        error = done[2]["status_details"]["error"]
        assert (error["type"], error["code"]) == ("requests", "rate_limit_exceeded")
        used = sum(response["usage"]["total_tokens"] for response in done)
        refused = await client.post(CHAT, {**chat(max_tokens=1), "model": "gpt-realtime"}, headers=key("a"))
        assert refused.status == 429
        assert left(refused, "tokens")[1] == 1000 - used

    run(scenario, limited(tier="", requests_per_minute=2, tokens_per_day=1000))


def test_a_session_of_an_ephemeral_key_takes_of_the_buckets_of_the_key_that_made_it() -> None:
    """Also where that is the key of a project with things of its own."""

    async def scenario(client: Client) -> None:
        project = (await client.post("/v1/organization/projects", {"name": "talks"})).json["id"]
        account = (await client.post(f"/v1/organization/projects/{project}/service_accounts", {"name": "bot"})).json
        for made_by in (key("a"), key(account["api_key"]["value"])):
            body = {"session": {"type": "realtime", "model": "gpt-realtime"}}
            secret = (await client.post("/v1/realtime/client_secrets", body, headers=made_by)).json["value"]
            told = []
            for options in (
                {"headers": key(secret)},
                {"subprotocols": ("realtime", f"openai-insecure-api-key.{secret}")},
            ):
                async with client.socket("/v1/realtime", **options) as peer:
                    peer.send({"type": "response.create", "response": {"output_modalities": ["text"]}})
                    while (event := await peer.next())["type"] != "response.done":
                        if event["type"] == "rate_limits.updated":
                            told.append(event["rate_limits"][0])
            assert [limit["remaining"] for limit in told] == [2, 1]
            answer = await client.post(CHAT, {**chat(max_tokens=1), "model": "gpt-realtime"}, headers=made_by)
            assert left(answer, "requests")[:2] == (3, 0)

    run(scenario, limited(tier="", requests_per_minute=3))


def test_batches_wait_only_as_the_queue_has_room() -> None:
    body = {"model": "gpt-4o", "input": "x" * 40}
    line = {"custom_id": "a", "method": "POST", "url": "/v1/embeddings", "body": body}
    lines = "\n".join(json.dumps({**line, "custom_id": str(n)}) for n in range(100)).encode()  # of 10 tokens each
    order = {"endpoint": "/v1/embeddings", "completion_window": "24h"}

    async def scenario(client: Client) -> None:
        async def begin() -> str:
            id = await client.upload(lines)
            return str((await client.post("/v1/batches", {**order, "input_file_id": id})).json["id"])

        async def read(id: str) -> Any:
            return (await client.get(f"/v1/batches/{id}")).json

        first, second, third = [await begin() for _ in range(3)]
        await client.wait(1.2)
        batches = [await read(id) for id in (third, second, first)]  # whoever is read first
        assert [batch["status"] for batch in batches] == ["failed", "in_progress", "in_progress"]
        assert batches[0]["errors"]["data"] == [
            {
                "code": "token_limit_exceeded",
                "message": "Enqueued token limit reached for gpt-4o in organization org-fakeai. Limit: 2,500 enqueued "
                "tokens. Please try again once some in_progress batches have been completed.",
                "param": None,
                "line": None,
            }
        ]
        await client.wait(10)
        again = await begin()
        await client.wait(1.2)
        assert (await read(again))["status"] == "in_progress"
        path = f"{ADMINISTRATION}/rate_limits/rl-gpt-4o"
        assert (await client.post(path, {"batch_1_day_max_input_tokens": 900})).status == 200
        smaller = await begin()
        await client.wait(10)
        assert (await read(smaller))["errors"]["data"][0]["code"] == "token_limit_exceeded"

    run(scenario, limited(batch_queue=2500))


def test_metrics_tell_what_limits_did() -> None:
    async def scenario(client: Client) -> None:
        answers = [await client.post(CHAT, chat(max_tokens=4), headers=key("secret-key-1")) for _ in range(3)]
        assert [answer.status for answer in answers] == [200, 429, 429]
        report = (await client.get("/metrics/rate-limits")).json
        assert report["summary"] == {"total_keys": 1, "total_throttle_events": 2, "tiers": ["tier-1"]}
        tier = report["tier_stats"]["tier-1"]
        assert tier["total_requests_attempted"] == 3
        assert tier["total_tokens_consumed"] == answers[0].json["usage"]["total_tokens"]
        assert report["throttle_analytics"]["rpm_vs_tpm_exceeded"] == {"rpm_only": 2, "tpm_only": 0, "both": 0}
        assert "secret" not in str(report)

    run(scenario, limited(requests_per_minute=1))


def test_nothing_is_limited_or_told_unless_asked_for() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post(CHAT, chat(max_tokens=1))
        assert not [name for name in answer.headers if "ratelimit" in name]

    run(scenario)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, b"0s"), (0.0001, b"1ms"), (0.12, b"120ms"), (1, b"1s"), (8.64, b"8.64s"), (360, b"6m0s"), (60.5, b"1m0.5s"),
     (86_391.36, b"23h59m51.36s"), (3600, b"1h0m0s"), (10, b"10s"), (100, b"1m40s")],
)  # fmt: skip
def test_durations_are_said_as_openai_says_them(seconds: float, said: bytes) -> None:
    assert duration(seconds) == said
