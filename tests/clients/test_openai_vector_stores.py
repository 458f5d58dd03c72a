"""Vector stores with OpenAI's Python SDK, whose strict mode checks every answer against its own types."""

from collections.abc import Iterator

import openai
import pytest
from openai import OpenAI


@pytest.fixture
def client(server: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0, _strict_response_validation=True) as strict:
        yield strict


def test_a_store_is_filled_polled_searched_and_deleted(client: OpenAI) -> None:
    stores = client.vector_stores
    store = stores.create(name="FAQ", expires_after={"anchor": "last_active_at", "days": 7})
    file = client.files.create(file=("returns.txt", b"Shoes may be returned within thirty days."), purpose="assistants")
    attached = stores.files.create_and_poll(
        file.id, vector_store_id=store.id, attributes={"kind": "policy"}, poll_interval_ms=100
    )
    assert (attached.status, attached.attributes) == ("completed", {"kind": "policy"})
    batch = stores.file_batches.upload_and_poll(
        store.id,
        files=[("volcano.md", b"Lava reached the sea."), ("ports.md", b"Ships wait outside the port.")],
        poll_interval_ms=100,
    )
    assert (batch.status, batch.file_counts.completed) == ("completed", 2)
    found = list(stores.search(store.id, query="how long can shoes be returned?", max_num_results=2))
    assert [found[0].filename, found[0].content[0].text] == [
        "returns.txt", "Shoes may be returned within thirty days.",
    ]  # fmt: skip
    assert len(found) == 2
    (only,) = stores.search(
        store.id, query="lava", filters={"type": "eq", "key": "kind", "value": "policy"}, rewrite_query=True
    )
    assert only.file_id == file.id
    assert [page.text for page in stores.files.content(file.id, vector_store_id=store.id)] == [
        "Shoes may be returned within thirty days."
    ]
    assert len(list(stores.files.list(store.id, limit=2))) == 3
    assert len(list(stores.file_batches.list_files(batch.id, vector_store_id=store.id))) == 2
    assert stores.update(store.id, name="Answers").name == "Answers"
    assert stores.files.delete(file.id, vector_store_id=store.id).deleted
    assert stores.retrieve(store.id).file_counts.total == 2
    assert store.id in {one.id for one in stores.list()}
    assert stores.delete(store.id).deleted
    with pytest.raises(openai.NotFoundError):
        stores.retrieve(store.id)
