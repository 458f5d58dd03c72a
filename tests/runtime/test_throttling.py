"""A GPU that is told to slow down makes the worker slower that computes on it."""

import asyncio
from typing import Any

import pytest

from fakeai.runtime.cluster.gpus import Gpus
from fakeai.runtime.cluster.meters import CLOCK_POWER, SLOWED
from fakeai.runtime.options import Delay, Machine, Options
from tests.inprocess import Client, chat, run

CHAT = "/v1/chat/completions"
LONG = "word " * 6000  # a prompt that keeps a board at its limit


def options(latency: str = "profile") -> Options:
    return Options(
        itl=Delay(0.005),
        machine=Machine(
            latency=latency, workers=1, model="meta-llama/Llama-3.1-8B-Instruct", cached=False, batched_tokens=100_000
        ),
        gpus=1,
    )


async def first_token(client: Client, **more: Any) -> float:
    sends = (
        await client.post(CHAT, chat(LONG, max_tokens=2, stream=True, model="meta-llama/Llama-3.1-8B-Instruct", **more))
    ).sends
    return float(sends[0][0])


@pytest.mark.parametrize("kind", ["thermal", "power", "board_limit"])
def test_a_throttle_slows_prompts_by_what_the_clock_loses_and_ends(kind: str) -> None:
    async def scenario(client: Client) -> None:
        cool = await first_token(client)
        gpus = client.app.world.engine(Gpus)
        gpus.inject(0, kind, seconds=5.0)
        slow = await first_token(client)
        assert 1.1 < slow / cool <= (1 / SLOWED) ** CLOCK_POWER + 0.001
        asked = asyncio.ensure_future(
            client.post(CHAT, chat(LONG, max_tokens=2, model="meta-llama/Llama-3.1-8B-Instruct"))
        )
        await client.wait(slow * 0.9)
        (shown,) = await gpus.values(client.app.world.clock.monotonic())
        lost = float(str(shown["sm_clock"])) / gpus.board.clock
        assert cool / slow == pytest.approx(lost, abs=0.06)
        await asked
        await client.wait(6)
        assert await first_token(client) == pytest.approx(cool)

    run(scenario, options())


def test_a_board_that_is_badly_cooled_or_ill_is_as_fast_as_before() -> None:
    async def scenario(client: Client) -> None:
        cool = await first_token(client)
        client.app.world.engine(Gpus).inject(0, "cooling", 1.5)
        client.app.world.engine(Gpus).inject(0, "xid", 63)
        assert await first_token(client) == pytest.approx(cool)

    run(scenario, options())
