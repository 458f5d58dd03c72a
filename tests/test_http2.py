"""`fakeai serve --http2`: one connection carries many answers at once, and HTTP/1.1 goes on."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx

from tests.inprocess import chat
from tests.process import running


def test_streams_side_by_side_on_one_connection_say_what_http_1_says(tmp_path: Path) -> None:
    async def ask(client: httpx.AsyncClient, url: str, body: dict[str, Any]) -> tuple[str, list[str]]:
        async with client.stream("POST", f"{url}/v1/chat/completions", json=body) as answer:
            said = [line async for line in answer.aiter_lines() if line.startswith("data: {")]
            deltas = [json.loads(line.removeprefix("data: "))["choices"][0]["delta"] for line in said]
            return answer.http_version, [delta.get("content", "") for delta in deltas]

    async def main(url: str) -> None:
        body = chat(stream=True, max_tokens=20)
        async with httpx.AsyncClient(http1=False, http2=True) as client:
            answers = await asyncio.gather(*[ask(client, url, body) for _ in range(20)])
        async with httpx.AsyncClient() as client:
            older = await ask(client, url, body)
        assert {version for version, _ in answers} == {"HTTP/2"}
        assert older == ("HTTP/1.1", answers[0][1])
        assert all(said == answers[0][1] for _, said in answers)

    with running(tmp_path, "--http2", "--ttft", "20:0", "--itl", "2:0") as server:
        asyncio.run(main(server.address))
