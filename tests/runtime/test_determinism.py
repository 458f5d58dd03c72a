"""The same seed and the same request give the same bytes, in any process."""

import os
import subprocess
import sys
from pathlib import Path

from fakeai.runtime.options import Options
from tests.inprocess import Client, chat, run

SCRIPT = """
import hashlib
from tests.inprocess import chat, run

digest = hashlib.sha256()

async def scenario(client):
    for body in (chat(), chat(n=3, stream=True), chat("Something else", seed=4, stream=True)):
        digest.update((await client.post("/v1/chat/completions", body)).body)
    digest.update((await client.post("/v1/completions", {"model": "m", "prompt": "x"})).body)
    digest.update((await client.post("/v1/embeddings", {"model": "m", "input": "some words"})).body)
    digest.update((await client.get("/v1/chat/completions")).body)

run(scenario)
print(digest.hexdigest())
"""


def test_two_processes_with_different_hash_seeds_answer_with_the_same_bytes() -> None:
    root = Path(__file__).parent.parent.parent
    outputs = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "4242")
    }
    assert len(outputs) == 1


def test_another_seed_answers_otherwise() -> None:
    texts = set()

    async def scenario(client: Client) -> None:
        texts.add((await client.post("/v1/chat/completions", chat())).json["choices"][0]["message"]["content"])

    for seed in range(4):
        run(scenario, Options(seed=seed))
    assert len(texts) == 4


def test_ids_never_repeat() -> None:
    async def scenario(client: Client) -> None:
        ids = [(await client.post("/v1/chat/completions", chat(max_tokens=1))).json["id"] for _ in range(500)]
        assert len(set(ids)) == 500

    run(scenario)
