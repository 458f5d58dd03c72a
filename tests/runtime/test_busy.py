"""Busy thresholds: requests go to workers that are not too busy for them, and are refused when all are."""

import asyncio
from typing import Any

import pytest

from fakeai.runtime.cluster.fleet import Fleet
from fakeai.runtime.options import Delay, Machine, Options
from fakeai.runtime.thresholds import Limits, Thresholds
from tests.inprocess import Answer, Client, chat, run
from tests.runtime.test_metrics import scrape

CHAT, MODEL = "/v1/chat/completions", "openai/gpt-oss-120b"
PROMPT = "Tell me about queues in detail. " * 12  # 5 full blocks and more
BLOCKS, TOKENS, BATCHES = (
    f"active_{name}"
    for name in ("decode_blocks_threshold", "prefill_tokens_threshold", "prefill_tokens_threshold_frac")
)


def options(**machine: Any) -> Options:
    made = Machine(**{"workers": 2, "blocks": 100, **machine})
    return Options(ttft=Delay(0.2), itl=Delay(0.01), machine=made, dialect="dynamo")


def ask(client: Client, text: str = "", **more: Any) -> "asyncio.Task[Answer]":
    return asyncio.ensure_future(client.post(CHAT, chat(text + PROMPT, model=MODEL, max_tokens=20, **more)))


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (Limits(), [False] * 4),
        (Limits(decode_blocks=0.5), [False, False, True, False]),
        (Limits(prefill_tokens=1000), [False, False, False, True]),
        (Limits(prefill_batches=0.25), [False, False, False, True]),
        (Limits(decode_blocks=0.0, prefill_tokens=0), [False, True, True, True]),
    ],
)
def test_a_worker_is_busy_with_more_than_any_limit(limits: Limits, expected: list[bool]) -> None:
    loads = [(0, 0), (50, 1000), (51, 1000), (0, 2049)]
    assert [limits.are_exceeded(blocks, 100, tokens, 8192) for blocks, tokens in loads] == expected


@pytest.mark.parametrize("latency", ["constant", "mocker"])
def test_requests_are_refused_while_all_workers_are_busy_and_counted(latency: str) -> None:
    async def scenario(client: Client) -> None:
        await client.post("/busy_threshold", {"model": MODEL, TOKENS: 90})
        first, second = ask(client, "One. "), ask(client, "Two. ")
        await client.wait(0.001)
        refused = await ask(client, "Three. ")
        assert (refused.status, refused.json) == (
            529, {"message": "All workers are busy, please retry later", "type": "UnknownError", "code": 529},
        )  # fmt: skip
        other = await client.post(CHAT, chat(PROMPT, model="another", max_tokens=2))  # which has no threshold
        assert other.status == 200
        assert [(await each).status for each in (first, second)] == [200, 200]
        assert (await ask(client, "Four. ")).status == 200
        found = await scrape(client)
        said = f'endpoint="chat_completions",error_type="overload",model="{MODEL}",request_type="unary",status="error"'
        assert found["dynamo_frontend_requests_total"][said] == 1

    run(scenario, options(latency=latency))


def test_openais_envelope_has_the_refusal_too() -> None:
    async def scenario(client: Client) -> None:
        client.app.world.engine(Thresholds).set(MODEL, {TOKENS: 0})
        first = ask(client, stream=True)
        await client.wait(0.001)
        refused = await ask(client, "Two. ")
        assert (refused.status, refused.error["type"], refused.error["code"]) == (529, "overloaded_error", "overloaded")
        await first

    run(scenario, Options(machine=Machine(workers=1)))


def test_a_busy_worker_is_passed_over_even_if_it_has_the_prompt() -> None:
    async def scenario(client: Client) -> None:
        fleet = client.app.world.engine(Fleet)
        await placed(client, fleet, 1)
        served = [request.worker for request in (await placed(client, fleet, 2))]
        assert served[0] == served[1]  # where the prompt is
        await client.post("/busy_threshold", {"model": MODEL, BLOCKS: 0.04})
        found = await placed(client, fleet, 2)
        assert [request.worker for request in found] == [served[0], 1 - served[0]]
        told = (await client.get("/dashboard/data?view=dynamo")).json["router"]["latest"]
        latest, before = told[:2]
        other = 1 - served[0]
        assert [latest[name][served[0]] for name in ("costs", "loads", "overlaps")] == [None, None, 5]
        assert [latest[name][other] for name in ("costs", "loads", "overlaps")] == [5 + latest["blocks"], 5, 0]
        assert None not in before["costs"]

    async def placed(client: Client, fleet: Fleet, count: int) -> list[Any]:
        before = fleet.count
        for _ in range(count):
            task = ask(client)
            await client.wait(0.001)
            tasks.append(task)
        found = [request for worker in fleet.workers for request, _, _ in worker.running()]
        found = sorted((each for each in found if each.number > before), key=lambda each: each.number)
        await asyncio.gather(*tasks)
        return found

    tasks: list[asyncio.Task[Answer]] = []
    run(scenario, options(router="kv"))


def test_a_worker_is_busy_when_all_its_ranks_are() -> None:
    async def scenario(client: Client) -> None:
        await client.post("/busy_threshold", {"model": MODEL, BATCHES: 0.01})  # 81 tokens
        tasks = [ask(client, f"{number}. ") for number in range(5)]
        statuses = [(await each).status for each in tasks]
        assert sorted(statuses) == [200, 200, 200, 200, 529]

    run(scenario, options(workers=2, ranks=2, latency="mocker"))


def test_thresholds_that_are_kept_hold_for_the_next_server() -> None:
    async def scenario(client: Client) -> None:
        world = client.app.world
        await client.post("/busy_threshold", {"model": MODEL, TOKENS: 5, BLOCKS: 0.5})
        world.engine(Thresholds).limits.clear()
        await world.engine(Thresholds).restore(world.store)
        assert world.engine(Thresholds).limits == {MODEL: Limits(0.5, 5, None)}

    run(scenario)
