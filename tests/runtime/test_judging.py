"""Rankings, moderations, classes and vectors are read by workers, and wait and count as all requests do."""

import asyncio
from typing import Any

import pytest

from fakeai.runtime.options import Delay, Machine, Options
from tests.inprocess import Client, chat, run
from tests.runtime.test_metrics import scrape

TEXTS = ["Queues wait.", "Caches keep prefixes."]
ASKED: dict[str, dict[str, Any]] = {
    "/v1/ranking": {"query": {"text": "What waits?"}, "passages": [{"text": text} for text in TEXTS]},
    "/v1/rerank": {"query": "What waits?", "documents": TEXTS},
    "/v1/moderations": {"input": TEXTS},
    "/v1/classify": {"input": TEXTS},
    "/v1/pooling": {"input": TEXTS},
}


@pytest.mark.parametrize("path", ASKED)
def test_what_is_judged_is_computed_by_a_worker_and_counted(path: str) -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post(path, {"model": "some-model", **ASKED[path]})
        assert (answer.status, answer.sends[0][0]) == (200, 0.2)
        found = await scrape(client)
        place = path.removeprefix("/v1/")
        said = f'endpoint="{place}",error_type="",model="some-model",request_type="unary",status="success"'
        assert found["dynamo_frontend_requests_total"] == {said: 1}
        used = answer.json.get("usage", {}).get("prompt_tokens", 7) if isinstance(answer.json, dict) else 0
        assert found["dynamo_frontend_input_sequence_tokens_sum"] == {'model="some-model"': used}
        assert found["dynamo_frontend_output_tokens_total"] == {'model="some-model"': 0}

    run(scenario, Options(ttft=Delay(0.2), itl=Delay(0.01), dialect="openai"))


@pytest.mark.parametrize("path", ["/v1/ranking", "/v1/moderations"])
def test_a_busy_worker_judges_later(path: str) -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "some-model", **ASKED[path]}
        alone = (await client.post(path, body)).sends[0][0]
        long = asyncio.ensure_future(client.post("/v1/chat/completions", chat("word " * 8000, max_tokens=2)))
        await client.wait(0.001)
        assert (await client.post(path, body)).sends[0][0] > alone + 0.05
        await long

    run(scenario, Options(machine=Machine(latency="mocker", workers=1)))
