"""Assistants through OpenAI's Python SDK, which polls, streams and answers functions itself."""

from collections.abc import Iterator

import pytest
from openai import AssistantEventHandler, OpenAI
from openai.types.beta.threads import Text, TextDelta

pytestmark = pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")


@pytest.fixture
def client(server: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0, _strict_response_validation=True) as strict:
        yield strict


class Listener(AssistantEventHandler):
    """Keeps the deltas of a stream."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = ""

    def on_text_delta(self, delta: TextDelta, snapshot: Text) -> None:
        self.heard += delta.value or ""
        assert snapshot.value == self.heard


def test_a_thread_goes_through_polled_runs_functions_and_a_stream(client: OpenAI) -> None:
    beta = client.beta
    assistant = beta.assistants.create(
        model="gpt-4o",
        tools=[{"type": "code_interpreter"}, {"type": "function", "function": {"name": "get_weather"}}],
    )
    thread = beta.threads.create(messages=[{"role": "user", "content": "What is the weather?"}])
    run = beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id, poll_interval_ms=20)
    assert run.status == "requires_action"
    assert run.required_action
    run = beta.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id,
        thread_id=thread.id,
        poll_interval_ms=20,
        tool_outputs=[
            {"tool_call_id": call.id, "output": "Rain."} for call in run.required_action.submit_tool_outputs.tool_calls
        ],
    )
    assert run.status == "completed"
    steps = list(beta.threads.runs.steps.list(run.id, thread_id=thread.id, order="asc"))
    assert [step.type for step in steps] == ["tool_calls", "tool_calls", "message_creation"]
    assert run.usage
    assert run.usage.total_tokens == sum(step.usage.total_tokens for step in steps if step.usage)

    beta.threads.messages.create(thread.id, role="user", content="Explain queues")
    listener = Listener()
    with beta.threads.runs.stream(thread_id=thread.id, assistant_id=assistant.id, event_handler=listener) as stream:
        stream.until_done()
    (streamed,) = listener.get_final_messages()
    last = next(iter(beta.threads.messages.list(thread.id)))
    assert last == streamed
    assert last.content[0].type == "text"
    assert last.content[0].text.value == listener.heard
    assert listener.get_final_run().status == "completed"
    assert beta.threads.delete(thread.id).deleted
    assert beta.assistants.delete(assistant.id).deleted
