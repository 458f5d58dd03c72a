"""Files, uploads, fine-tuning and containers with OpenAI's Python SDK in strict mode."""

import hashlib
import json
import time
from collections.abc import Iterator

import openai
import pytest
from openai import OpenAI

LINE = {"messages": [{"role": "user", "content": "Say hello"}, {"role": "assistant", "content": "Hello there"}]}
EXAMPLES = b"".join(json.dumps(LINE).encode() + b"\n" for _ in range(10))


@pytest.fixture
def client(server: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0, _strict_response_validation=True) as strict:
        yield strict


def test_files_come_back_and_go(client: OpenAI) -> None:
    made = client.files.create(file=("lines.jsonl", b'{"a": 1}\n'), purpose="batch")
    assert client.files.retrieve(made.id) == made
    assert client.files.content(made.id).read() == b'{"a": 1}\n'
    assert made.id in [file.id for file in client.files.list(purpose="batch", limit=1)]
    for file in client.files.list(limit=1):  # a page at a time, while they go
        client.files.delete(file.id)
    assert list(client.files.list()) == []
    with pytest.raises(openai.NotFoundError, match=f"No such File object: {made.id}"):
        client.files.retrieve(made.id)


def test_an_upload_in_parts(client: OpenAI) -> None:
    content = bytes(range(256)) * 4000
    upload = client.uploads.create(filename="a.jsonl", purpose="batch", bytes=len(content), mime_type="text/jsonl")
    parts = [client.uploads.parts.create(upload.id, data=content[at : at + 500_000]) for at in (0, 500_000, 1_000_000)]
    done = client.uploads.complete(
        upload.id, part_ids=[part.id for part in parts], md5=hashlib.md5(content).hexdigest()
    )
    assert done.file is not None
    assert client.files.content(done.file.id).read() == content
    whole = client.uploads.upload_file_chunked(
        file=content, filename="b.jsonl", bytes=len(content), mime_type="text/jsonl", purpose="batch", part_size=300_000
    )
    assert whole.status == "completed"


def test_a_model_is_tuned_and_answers(client: OpenAI) -> None:
    file = client.files.create(file=("train.jsonl", EXAMPLES), purpose="fine-tune")
    job = client.fine_tuning.jobs.create(
        model="gpt-4o-mini",
        training_file=file.id,
        suffix="mine",
        method={"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 1}}},
    )
    while job.status not in ("succeeded", "failed"):
        time.sleep(0.5)
        job = client.fine_tuning.jobs.retrieve(job.id)
    assert job.fine_tuned_model is not None
    events = list(client.fine_tuning.jobs.list_events(job.id, limit=5))
    assert events[0].message == "The job has successfully completed"
    (checkpoint,) = client.fine_tuning.jobs.checkpoints.list(job.id)
    assert checkpoint.fine_tuned_model_checkpoint == job.fine_tuned_model
    assert job.id in [each.id for each in client.fine_tuning.jobs.list()]
    assert job.fine_tuned_model in [model.id for model in client.models.list()]
    chat = client.chat.completions.create(model=job.fine_tuned_model, messages=[{"role": "user", "content": "Hi"}])
    assert chat.model == job.fine_tuned_model
    assert client.models.delete(job.fine_tuned_model).deleted


def test_a_container_keeps_files(client: OpenAI) -> None:
    container = client.containers.create(name="room")
    file = client.containers.files.create(container.id, file=("a.txt", b"in the room"))
    assert client.containers.files.content.retrieve(file.id, container_id=container.id).read() == b"in the room"
    assert [each.path for each in client.containers.files.list(container.id)] == ["/mnt/data/a.txt"]
    client.containers.delete(container.id)
    with pytest.raises(openai.NotFoundError):
        client.containers.retrieve(container.id)
