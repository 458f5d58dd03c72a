"""Nothing gets lost: whoever leaves when, the tokens of streams, usages and metrics are the same."""

import asyncio
import json
import random
from dataclasses import replace

import pytest

from fakeai.runtime.options import Delay, Machine, Options
from tests.inprocess import Answer, Client, chat, run

CALLS = 1000
OPTIONS = {
    "constant": Options(ttft=Delay(0.2, 0.3), itl=Delay(0.02, 0.3)),
    "profile": Options(machine=Machine(latency="profile", sequences=16, blocks=400)),
    "apart": Options(machine=Machine(latency="profile", prefill_workers=2)),
}


def streamed(answer: Answer) -> int:
    """How many tokens of text an answer brought before its client left; every one has a chunk."""
    events = [event.removeprefix("data: ") for event in answer.body.decode().split("\n\n")]
    deltas = [json.loads(event)["choices"][0]["delta"] for event in events if event.startswith("{")]
    return sum("content" in delta and delta["content"] != "" for delta in deltas)


@pytest.mark.parametrize("name", OPTIONS)
def test_a_thousand_clients_of_which_many_leave_lose_no_token(name: str) -> None:
    async def scenario(client: Client) -> None:
        draw = random.Random(7)

        async def one(number: int) -> tuple[int, int]:
            """The prompt's tokens and those that were made, as this client can know them."""
            await asyncio.sleep(draw.uniform(0, 20))
            size = draw.randint(1, 60)
            streams, leaves = draw.random() < 0.7, draw.random() < 0.5
            body = chat(f"Case {number}", model="gpt-4o", max_tokens=size, min_tokens=size, ignore_eos=True)
            if not streams:
                answer = await client.post("/v1/chat/completions", body)
                usage = answer.json["usage"]
                return usage["prompt_tokens"], usage["completion_tokens"]
            body["stream"] = True
            after = draw.uniform(0, 2) if leaves else None
            got = streamed(await client.post("/v1/chat/completions", body, leave_after=after))
            assert leaves or got == size
            return 0, got

        answers = await asyncio.gather(*[one(number) for number in range(CALLS)])
        model = (await client.get("/metrics/by-model")).json["gpt-4o"]
        assert model["request_count"] == CALLS
        assert model["tokens"]["completion"] == sum(made for _, made in answers)
        assert model["tokens"]["prompt"] >= sum(prompt for prompt, _ in answers)
        assert model["active_requests"] == 0
        text = (await client.get("/dynamo/metrics")).body.decode()
        state = [line for line in text.splitlines() if line.startswith("dynamo_frontend_inflight_requests")]
        assert [float(line.rpartition(" ")[2]) for line in state] == [0.0] * len(state) != []
        kv = (await client.get("/kv-cache/metrics")).json["smart_router"]["workers"].values()
        assert sum(worker["active_requests"] for worker in kv) == 0

    run(scenario, replace(OPTIONS[name], seed=3))
