"""OpenAI's Python SDK runs a batch, from its file to the deletion of its results, and moderates."""

import json
from time import monotonic, sleep

import pytest
from openai import ConflictError, OpenAI

LINES = [
    {
        "custom_id": f"request-{number}",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {"model": "gpt-4o", "messages": [{"role": "user", "content": f"Question {number}"}], "max_tokens": 9},
    }
    for number in range(20)
]


def test_a_batch_from_its_file_to_its_results(server: str) -> None:
    with OpenAI(base_url=f"{server}/v1", api_key="any", _strict_response_validation=True) as client:
        file = client.files.create(file=("in.jsonl", "\n".join(map(json.dumps, LINES)).encode()), purpose="batch")
        batch = client.batches.create(
            input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h", metadata={"run": "1"}
        )
        assert batch.status == "validating"
        end = monotonic() + 60
        while batch.status not in ("completed", "failed") and monotonic() < end:
            sleep(0.1)
            batch = client.batches.retrieve(batch.id)
        assert batch.status == "completed"
        assert batch.output_file_id
        assert batch.request_counts
        assert (batch.request_counts.total, batch.request_counts.completed) == (20, 20)
        assert batch.usage
        assert batch.usage.output_tokens == 20 * 9
        results = [json.loads(line) for line in client.files.content(batch.output_file_id).text.splitlines()]
        assert [result["custom_id"] for result in results] == [line["custom_id"] for line in LINES]
        assert batch.id in {each.id for each in client.batches.list(limit=1)}
        with pytest.raises(ConflictError):
            client.batches.cancel(batch.id)
        for id in (file.id, batch.output_file_id):
            assert client.files.delete(id).deleted


def test_moderations(server: str) -> None:
    with OpenAI(base_url=f"{server}/v1", api_key="any", _strict_response_validation=True) as client:
        answer = client.moderations.create(model="omni-moderation-latest", input=["I want to kill them.", "Good day"])
        assert [result.flagged for result in answer.results] == [True, False]
        assert answer.results[0].categories.violence
        assert answer.results[0].category_applied_input_types.violence == ["text"]
