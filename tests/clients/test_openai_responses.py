"""Responses, conversations and kept chat completions through the `openai` package."""

from collections.abc import Iterator
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.responses import CompactedResponse

MODEL = "gpt-4.1"
QUESTION = "How do queues grow?"


@pytest.fixture
def client(server: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0, _strict_response_validation=True) as client:
        yield client


@pytest.fixture
def lax(server: str) -> Iterator[OpenAI]:
    """The SDK's types know neither a user's message in an output nor one among kept messages; the document does."""
    with OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0) as client:
        yield client


def test_a_response_lives_through_the_client(client: OpenAI) -> None:
    made = client.responses.create(model=MODEL, input=QUESTION, metadata={"a": "b"})
    assert made.status == "completed"
    assert made.output_text
    assert client.responses.retrieve(made.id) == made
    more = client.responses.create(model=MODEL, input="And shrink?", previous_response_id=made.id)
    listed = client.responses.input_items.list(more.id, order="asc", limit=2)
    assert [item.id for item in listed][1] == made.output[0].id
    assert client.responses.input_tokens.count(model=MODEL, input=QUESTION).input_tokens == made.usage.input_tokens  # type: ignore[union-attr]
    client.responses.delete(made.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(made.id)


def test_an_input_is_compacted(lax: OpenAI) -> None:
    compacted = lax.responses.compact(model=MODEL, input=QUESTION)
    assert [item.type for item in compacted.output] == ["message", "compaction"]
    message, compaction = [item.to_dict(warnings=False) for item in compacted.output]
    assert (message["role"], message["content"]) == ("user", [{"type": "input_text", "text": QUESTION}])
    # But for the user's message, which OpenAI's server sends as well, it is what the SDK's strict type says.
    CompactedResponse.model_validate({**compacted.to_dict(warnings=False), "output": [compaction]}, strict=True)
    shorter: list[Any] = [item.to_dict(warnings=False) for item in compacted.output]
    assert lax.responses.create(model=MODEL, input=shorter).output_text


def test_a_streamed_response_says_what_the_whole_one_says(client: OpenAI) -> None:
    whole = client.responses.create(model=MODEL, input=QUESTION)
    with client.responses.create(model=MODEL, input=QUESTION, stream=True) as stream:
        text = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
    assert text == whole.output_text
    with client.responses.stream(model=MODEL, input=QUESTION) as events:
        kinds = [event.type for event in events]
        final = events.get_final_response()
    assert (kinds[0], kinds[-1]) == ("response.created", "response.completed")
    assert (final.output_text, final.usage) == (whole.output_text, whole.usage)
    with client.responses.retrieve(final.id, stream=True, starting_after=3) as again:
        assert "".join(event.delta for event in again if event.type == "response.output_text.delta") == text


def test_a_response_in_the_background_is_cancelled(client: OpenAI) -> None:
    made = client.responses.create(model=MODEL, input=QUESTION, background=True)
    assert made.status == "queued"
    assert client.responses.cancel(made.id).status == "cancelled"


def test_a_conversation_lives_through_the_client(client: OpenAI) -> None:
    made = client.conversations.create(items=[{"type": "message", "role": "user", "content": "Call me Al."}])
    client.conversations.update(made.id, metadata={"a": "b"})
    assert client.conversations.retrieve(made.id).metadata == {"a": "b"}
    said = client.responses.create(model=MODEL, input=QUESTION, conversation=made.id)
    items = list(client.conversations.items.list(made.id, order="asc", limit=1))
    assert [item.type for item in items] == ["message"] * 3
    assert items[2].id == said.output[0].id
    client.conversations.items.create(made.id, items=[{"role": "user", "content": "Thanks."}])
    client.conversations.items.delete(said.output[0].id or "", conversation_id=made.id)
    assert len(list(client.conversations.items.list(made.id))) == 3
    assert client.conversations.delete(made.id).deleted


def test_a_kept_chat_completion_lives_through_the_client(client: OpenAI) -> None:
    made = client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": QUESTION}], store=True, metadata={"walk": "kept"}
    )
    kept = client.chat.completions
    assert kept.retrieve(made.id).choices == made.choices
    assert [one.id for one in kept.list(metadata={"walk": "kept"}, model=MODEL)] == [made.id]
    kept.update(made.id, metadata={"walk": "on"})
    assert list(kept.list(metadata={"walk": "kept"})) == []
    assert kept.delete(made.id).deleted


def test_the_messages_of_a_kept_chat_completion_are_listed(lax: OpenAI) -> None:
    kept = lax.chat.completions
    made = kept.create(model=MODEL, messages=[{"role": "user", "content": QUESTION}], store=True)
    assert [message.content for message in kept.messages.list(made.id)] == [QUESTION]
