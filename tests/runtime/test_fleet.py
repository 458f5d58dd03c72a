"""When answers come: the router, the caches and the steps of the simulated workers, over HTTP in virtual time."""

import asyncio
from itertools import pairwise
from typing import Any

import pytest

from fakeai.runtime.options import Delay, Machine, Options
from fakeai.runtime.telemetry.reading import read_own
from tests.inprocess import Answer, Client, run

CHAT = "/v1/chat/completions"
OSS, GPT = "meta-llama/Llama-3.1-8B-Instruct", "gpt-4o"
LONG = "Tell me about the history of queues in cities, and what they say about trust. " * 40
STEADY = {"ttft": Delay(0.1), "itl": Delay(0.01)}


def asked(text: str = LONG, model: str = OSS, **fields: Any) -> dict[str, Any]:
    return {"model": model, "messages": [{"role": "user", "content": text}], "max_tokens": 30, **fields}


def streamed(text: str = LONG, model: str = OSS, **fields: Any) -> dict[str, Any]:
    return asked(text, model, stream=True, stream_options={"include_usage": True}, **fields)


def usage(answer: Answer) -> Any:
    is_stream = answer.headers["content-type"].startswith("text/event-stream")
    return answer.events[-1]["usage"] if is_stream else answer.json["usage"]


def cached(answer: Answer) -> int:
    return int(usage(answer)["prompt_tokens_details"]["cached_tokens"])


def ttft(answer: Answer) -> float:
    return answer.sends[0][0]


def itl(answer: Answer) -> float:
    moments = [moment for moment, _ in answer.sends[1:]]
    gaps = [after - before for before, after in pairwise(moments) if after > before]
    return sum(gaps) / len(gaps)


def test_a_prompt_that_was_read_before_is_found_and_comes_sooner() -> None:
    async def scenario(client: Client) -> None:
        first = await client.post(CHAT, streamed())
        second = await client.post(CHAT, streamed())
        size = first.events[-1]["usage"]["prompt_tokens"]
        assert (cached(first), cached(second)) == (0, (size - 1) // 16 * 16)
        assert ttft(first) == pytest.approx(0.1)
        assert ttft(second) == pytest.approx(0.1 * (1 - 0.8 * cached(second) / size))
        other = await client.post(CHAT, streamed("Something else. " + LONG))
        assert cached(other) == 0
        assert cached(await client.post(CHAT, streamed(model="other/model"))) == 0  # models share no blocks

    run(scenario, Options(**STEADY))


def test_openais_models_find_long_prompts_in_steps_of_128() -> None:
    async def scenario(client: Client) -> None:
        for text, found in (("short " * 200, 0), ("long " * 1200, 1152)):
            assert cached(await client.post(CHAT, asked(text, GPT))) == 0
            assert cached(await client.post(CHAT, asked(text, GPT))) == found

    run(scenario, Options(**STEADY))


def test_a_conversation_goes_on_from_what_was_said() -> None:
    async def scenario(client: Client) -> None:
        opening = [{"role": "user", "content": LONG}]
        answer = await client.post(CHAT, {"model": OSS, "messages": opening, "max_tokens": 200})
        size, said = answer.json["usage"]["total_tokens"], answer.json["choices"][0]["message"]["content"]
        longer = [*opening, {"role": "assistant", "content": said}, {"role": "user", "content": "Go on."}]
        again = await client.post(CHAT, {"model": OSS, "messages": longer, "max_tokens": 30})
        assert cached(again) == (size - 1) // 16 * 16  # the prompt and the answer but its last token

    run(scenario, Options(**STEADY))


def test_without_a_cache_nothing_is_found() -> None:
    async def scenario(client: Client) -> None:
        await client.post(CHAT, asked())
        assert cached(await client.post(CHAT, asked())) == 0

    run(scenario, Options(machine=Machine(cached=False), **STEADY))


def test_responses_and_completions_find_their_prompts_too() -> None:
    async def scenario(client: Client) -> None:
        for path, body in (
            ("/v1/completions", {"model": OSS, "prompt": LONG}),
            ("/v1/responses", {"model": "openai/gpt-oss-20b", "input": LONG, "max_output_tokens": 30}),
        ):
            first, second = await client.post(path, body), await client.post(path, body)
            details = [
                answer.json["usage"].get("prompt_tokens_details") or answer.json["usage"]["input_tokens_details"]
                for answer in (first, second)
            ]
            assert details[0]["cached_tokens"] == 0
            assert details[1]["cached_tokens"] > 500

    run(scenario, Options(**STEADY))


@pytest.mark.parametrize("latency", ["profile", "mocker"])
def test_requests_that_come_together_share_steps_and_slow_each_other(latency: str) -> None:
    async def scenario(client: Client) -> None:
        alone = await client.post(CHAT, streamed("Alone. " + LONG))
        together = await asyncio.gather(*[client.post(CHAT, streamed(f"{number}. {LONG}")) for number in range(64)])
        assert max(ttft(answer) for answer in together) > 2 * ttft(alone)
        assert max(itl(answer) for answer in together) > 1.5 * itl(alone)
        longer = await client.post(CHAT, streamed("Longer. " + LONG * 4))
        assert ttft(longer) > 1.5 * ttft(alone)

    run(scenario, Options(itl=Delay(0.005), machine=Machine(latency=latency)))


def test_a_high_temperature_slows_the_tokens_a_little() -> None:
    async def scenario(client: Client) -> None:
        cool = await client.post(CHAT, streamed("Cool. " + LONG, temperature=1))
        hot = await client.post(CHAT, streamed("Warm. " + LONG, temperature=2))
        assert itl(hot) / itl(cool) == pytest.approx(1.02, abs=0.001)

    run(scenario, Options(itl=Delay(0.005), machine=Machine(latency="profile")))


def test_a_full_hit_saves_most_of_the_time_to_first_token_of_a_profile() -> None:
    async def scenario(client: Client) -> None:
        first = await client.post(CHAT, streamed())
        second = await client.post(CHAT, streamed())
        assert 0.6 <= 1 - ttft(second) / ttft(first) <= 0.8

    run(scenario, Options(itl=Delay(0.005), machine=Machine(latency="profile")))


def test_a_good_prediction_is_three_to_five_times_faster() -> None:
    async def scenario(client: Client) -> None:
        code = "".join(f"value_{number} = compute({number})\n" for number in range(60))
        body = asked("Rename nothing, repeat the file.", "gpt-4o", stream=True, max_tokens=2000)
        body["prediction"] = {"type": "content", "content": code}
        answer = await client.post(CHAT, body)
        tokens = len(answer.events)
        took = answer.sends[-1][0] - answer.sends[0][0]
        plain = 0.01 * (tokens - 3)
        assert 3 <= plain / took <= 5
        assert ttft(answer) == pytest.approx(0.1)

    run(scenario, Options(**STEADY))


def test_prompts_that_are_computed_apart_are_handed_over() -> None:
    async def scenario(client: Client) -> None:
        answers = await asyncio.gather(*[client.post(CHAT, streamed(f"{number}. {LONG}")) for number in range(12)])
        assert all(len(answer.events) == 33 for answer in answers)
        fleet = (await read_own(client.app.world)).fleet
        prompt = [worker.activity for worker in fleet.workers[:2]]
        assert sum(each.prompt_tokens for activity in prompt for _, each in activity.between(0, 10_000)) > 5000
        for worker in fleet.workers[2:]:
            done = [each for _, each in worker.activity.between(0, 10_000)]
            assert sum(each.prompt_tokens for each in done) < sum(each.made_tokens for each in done)
        record = fleet.records.of(OSS)
        assert (record.complete, record.made_tokens) == (12, 12 * 30)
        assert record.ttft.mean == pytest.approx(sum(map(ttft, answers)) / 12, rel=0.03)

    run(scenario, Options(itl=Delay(0.005), machine=Machine(latency="profile", prefill_workers=2)))


@pytest.mark.parametrize("latency", ["constant", "per-token", "profile", "mocker"])
def test_the_same_requests_at_the_same_moments_give_the_same_schedule(latency: str) -> None:
    seen: list[list[Any]] = []

    async def scenario(client: Client) -> None:
        answers = await asyncio.gather(*[client.post(CHAT, streamed(f"{n % 5}. {LONG}")) for n in range(30)])
        seen.append([[moment for moment, _ in answer.sends] for answer in answers])

    for _ in range(2):
        run(scenario, Options(machine=Machine(latency=latency, seconds_per_prompt_token=0.0001)))
    assert seen[0] == seen[1]


def test_what_is_recorded_is_what_was_told() -> None:
    async def scenario(client: Client) -> None:
        bodies = [
            streamed(f"{number % 7}. {LONG}") if number % 2 else asked(f"{number % 7}. {LONG}") for number in range(40)
        ]
        answers = await asyncio.gather(*[client.post(CHAT, body) for body in bodies])
        usages = [usage(answer) for answer in answers]
        record = (await read_own(client.app.world)).records.of(OSS)
        assert record.complete == record.started == 40
        assert record.prompt_tokens == sum(each["prompt_tokens"] for each in usages)
        assert record.made_tokens == sum(each["completion_tokens"] for each in usages)
        assert record.cached_tokens == sum(each["prompt_tokens_details"]["cached_tokens"] for each in usages)
        assert record.itl.count == sum(each["completion_tokens"] - 1 for each in usages)
        assert record.ttft.count == record.duration.count == 40

    for latency in ("constant", "profile"):
        run(scenario, Options(machine=Machine(latency=latency)))
