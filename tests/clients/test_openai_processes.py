"""OpenAI's SDK for Python against a server of two processes."""

import json
import urllib.request
from pathlib import Path

from openai import OpenAI
from websockets.sync.client import connect

from tests.process import running

FAST = ("--workers", "2", "--ttft", "0", "--itl", "0")


def test_an_application_need_not_know_how_many_processes_answer(tmp_path: Path) -> None:
    with running(tmp_path, *FAST) as server:
        told = json.dumps({"match": {"path": "/v1/chat/*"}, "calls": "1-2", "fault": "service_unavailable"}).encode()
        request = urllib.request.Request(f"{server.address}/_fakeai/faults", told, {"content-type": "application/json"})
        urllib.request.urlopen(request).close()
        made = []
        for _ in range(10):  # each with connections of its own
            with OpenAI(base_url=f"{server.address}/v1", api_key="sk-1234567890", max_retries=3) as client:
                stream = client.chat.completions.create(
                    model="gpt-4o", max_tokens=5, stream=True, messages=[{"role": "user", "content": "Hi"}]
                )
                assert "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
                made.append(client.files.create(file=("a.jsonl", b"{}"), purpose="batch").id)
                assert [file.id for file in client.files.list(order="asc")] == made
        with OpenAI(base_url=f"{server.address}/v1", api_key="sk-1234567890") as client:
            lines = "\n".join(
                json.dumps({"custom_id": str(n), "method": "POST", "url": "/v1/chat/completions", "body": {
                    "model": "gpt-4o", "max_tokens": 5, "messages": [{"role": "user", "content": f"Question {n}"}],
                }})
                for n in range(20)
            )  # fmt: skip
            file = client.files.create(file=("lines.jsonl", lines.encode()), purpose="batch")
            batch = client.batches.create(
                input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
            )
            ahead = urllib.request.Request(
                f"{server.address}/_fakeai/clock", b'{"ahead": "1h"}', {"content-type": "application/json"}
            )
            urllib.request.urlopen(ahead).close()
        for _ in range(4):
            with OpenAI(base_url=f"{server.address}/v1", api_key="sk-1234567890") as client:
                found = client.batches.retrieve(batch.id)
                assert (found.status, found.request_counts and found.request_counts.completed) == ("completed", 20)
        with connect(server.address.replace("http", "ws", 1) + "/metrics/stream") as socket:
            data = json.loads(socket.recv())["data"]
        assert data["models"]["gpt-4o"]["request_count"] == 30
        assert list(data["fleet"]) == [f"worker-{number}" for number in range(8)]
        with urllib.request.urlopen(f"{server.address}/_fakeai/requests?fault=any") as answer:
            assert [each["status"] for each in json.load(answer)["requests"]] == [503, 503]
        with urllib.request.urlopen(
            f"{server.address}/_fakeai/requests?path=/v1/chat/*&contains=Question&limit=5"
        ) as answer:
            assert json.load(answer)["count"] == 20
