"""Tools, forms, reasoning and state of responses through the `openai` package."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.responses import FunctionToolParam
from pydantic import BaseModel

MODEL, REASONER = "gpt-4.1", "o9"  # the second is unknown, and guessed to reason
SCREEN = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
WEATHER: FunctionToolParam = {
    "type": "function",
    "name": "get_weather",
    "description": "Tell the weather in a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}


class Meeting(BaseModel):
    """What a text says of a meeting."""

    title: str
    attendees: list[str]
    day: int


@pytest.fixture
def client(server: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0, _strict_response_validation=True) as client:
        yield client


@pytest.mark.parametrize("model", [MODEL, REASONER])
def test_a_loop_of_calls_ends_with_a_text(client: OpenAI, model: str) -> None:
    made = client.responses.create(model=model, input="What is the weather in Oslo?", tools=[WEATHER])
    rounds = 0
    while calls := [item for item in made.output if item.type == "function_call"]:
        rounds += 1
        assert rounds == 1
        made = client.responses.create(
            model=model,
            previous_response_id=made.id,
            tools=[WEATHER],
            input=[
                {
                    "type": "function_call_output",
                    "call_id": call.call_id,
                    "output": f"{json.loads(call.arguments)['city']}: 4 degrees",
                }
                for call in calls
            ],
        )
    assert rounds == 1
    assert "Oslo: 4 degrees" in made.output_text


def test_a_form_is_parsed(client: OpenAI) -> None:
    parsed = client.responses.parse(model=MODEL, input="Ann and Bob meet on day 7", text_format=Meeting)
    assert isinstance(parsed.output_parsed, Meeting)
    with client.responses.stream(model=REASONER, input="Ann and Bob meet", text_format=Meeting) as stream:
        for _ in stream:
            pass
        assert isinstance(stream.get_final_response().output_parsed, Meeting)


def test_the_arguments_of_a_call_are_parsed(client: OpenAI) -> None:
    class GetWeather(BaseModel):
        """Tell the weather in a city."""

        city: str

    tool = openai.pydantic_function_tool(GetWeather, name="get_weather")["function"]
    given: FunctionToolParam = {**WEATHER, "parameters": tool["parameters"]}
    made = client.responses.parse(model=MODEL, input="The weather in Rome?", tools=[given])
    (call,) = made.output
    assert call.type == "function_call"
    assert json.loads(call.arguments) == {"city": "Rome"}


def test_a_stream_tells_what_the_whole_response_says(client: OpenAI) -> None:
    with client.responses.stream(
        model=REASONER, input="What is the weather in Oslo?", tools=[WEATHER], reasoning={"summary": "detailed"}
    ) as stream:
        deltas = {"response.reasoning_summary_text.delta": "", "response.function_call_arguments.delta": ""}
        for event in stream:
            if (
                event.type == "response.reasoning_summary_text.delta"
                or event.type == "response.function_call_arguments.delta"
            ):
                deltas[event.type] += event.delta
        final = stream.get_final_response()
    thought, call = final.output
    assert thought.type == "reasoning"
    assert call.type == "function_call"
    assert [*deltas.values()] == [thought.summary[0].text, call.arguments]
    assert final.usage is not None
    assert final.usage.output_tokens_details.reasoning_tokens > 0


def test_reasoning_is_carried_on_without_a_store(client: OpenAI) -> None:
    asked = "What is the weather in Oslo?"
    made = client.responses.create(
        model=REASONER, input=asked, tools=[WEATHER], store=False, include=["reasoning.encrypted_content"]
    )
    call = made.output[-1]
    assert call.type == "function_call"
    ended = client.responses.create(
        model=REASONER,
        store=False,
        tools=[WEATHER],
        input=[
            {"role": "user", "content": asked},
            *[item.to_dict() for item in made.output],  # type: ignore[list-item]
            {"type": "function_call_output", "call_id": call.call_id, "output": "4 degrees"},
        ],
    )
    assert "4 degrees" in ended.output_text


def test_files_are_searched(client: OpenAI) -> None:
    file = client.files.create(file=("harbour.txt", BytesIO(b"The harbour opens at six.")), purpose="assistants")
    store = client.vector_stores.create(name="guide")
    client.vector_stores.files.create_and_poll(file.id, vector_store_id=store.id, poll_interval_ms=50)
    made = client.responses.create(
        model=MODEL,
        input="When does the harbour open?",
        tools=[{"type": "file_search", "vector_store_ids": [store.id]}],
        include=["file_search_call.results"],
    )
    search, message = made.output
    assert search.type == "file_search_call"
    assert search.results is not None
    assert [result.file_id for result in search.results] == [file.id]
    assert message.type == "message"
    (part,) = message.content
    assert part.type == "output_text"
    assert [(each.type, each.file_id) for each in part.annotations if each.type == "file_citation"] == [
        ("file_citation", file.id)
    ]


def test_hosted_tools_are_streamed(client: OpenAI) -> None:
    with client.responses.stream(
        model=MODEL,
        input="Search the web for lighthouses, compute 6 * 7 and draw a picture",
        tools=[
            {"type": "web_search"},
            {"type": "code_interpreter", "container": {"type": "auto"}},
            {"type": "image_generation", "size": "1024x1024", "partial_images": 1},
            {
                "type": "mcp",
                "server_label": "web",
                "server_url": "https://mcp.example.com",
                "require_approval": "never",
            },
        ],
        include=["code_interpreter_call.outputs"],
    ) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_response()
    assert [item.type for item in final.output] == [
        "mcp_list_tools", "web_search_call", "code_interpreter_call", "image_generation_call", "mcp_call", "message",
    ]  # fmt: skip
    assert kinds.count("response.image_generation_call.partial_image") == 1
    code = final.output[2]
    assert code.type == "code_interpreter_call"
    assert code.outputs is not None
    assert [output.logs for output in code.outputs if output.type == "logs"] == ["42\n"]


def test_a_loop_on_a_computer_ends(client: OpenAI) -> None:
    made = client.responses.create(model=MODEL, input="Book a table", tools=[{"type": "computer"}], truncation="auto")
    rounds = 0
    while made.output[-1].type == "computer_call":
        rounds += 1
        made = client.responses.create(
            model=MODEL,
            previous_response_id=made.id,
            tools=[{"type": "computer"}],
            truncation="auto",
            input=[
                {
                    "type": "computer_call_output",
                    "call_id": made.output[-1].call_id,
                    "output": {"type": "computer_screenshot", "image_url": SCREEN},
                }
            ],
        )
    assert rounds == 3
    assert made.output_text


def test_a_call_made_in_the_background_is_read_and_resumed(client: OpenAI) -> None:
    with client.responses.create(
        model=REASONER, input="What is the weather in Oslo?", tools=[WEATHER], background=True, stream=True
    ) as stream:
        first = next(iter(stream))
    assert first.type == "response.created"
    with client.responses.retrieve(first.response.id, stream=True, starting_after=0) as rest:
        kinds = [event.type for event in rest]
    assert (kinds[0], kinds[-1]) == ("response.queued", "response.completed")
    assert client.responses.retrieve(first.response.id).output[-1].type == "function_call"
    assert client.responses.cancel(first.response.id).status == "completed"


def test_deferred_tools_programs_and_pages_are_of_the_sdks_types(client: OpenAI) -> None:
    crm = {"type": "namespace", "name": "crm", "description": "Orders.", "tools": [{**WEATHER, "defer_loading": True}]}
    tools: Any = [crm, {"type": "tool_search"}]
    made = client.responses.create(model="gpt-5.4", input="What is the weather in Oslo?", tools=tools)
    kinds = ["tool_search_call", "tool_search_output", "function_call"]
    assert [item.type for item in made.output if item.type != "reasoning"] == kinds
    with client.responses.stream(model=MODEL, input="What is the weather in Oslo?", tools=tools) as stream:
        assert [event.item.type for event in stream if event.type == "response.output_item.done"] == kinds
    tools = [{**WEATHER, "allowed_callers": ["programmatic"]}, {"type": "programmatic_tool_calling"}]
    asked = client.responses.create(model=MODEL, input="What is the weather in Oslo and in Rome?", tools=tools)
    assert [item.type for item in asked.output] == ["program", "function_call", "function_call"]
    results: Any = [
        {"type": "function_call_output", "call_id": item.call_id, "output": "4 degrees"}
        for item in asked.output
        if item.type == "function_call"
    ]
    ended = client.responses.create(model=MODEL, input=results, tools=tools, previous_response_id=asked.id)
    assert [item.type for item in ended.output] == ["program_output", "message"]
    read = client.responses.create(model=MODEL, input="Open https://example.com/lamps", tools=[{"type": "web_search"}])
    assert read.output[0].type == "web_search_call"
    assert read.output[0].action.type == "open_page"


def test_a_chat_that_searches_cites_its_pages(client: OpenAI) -> None:
    asked: Any = {"model": "gpt-4o-search-preview", "messages": [{"role": "user", "content": "What is new in Oslo?"}]}
    message = client.chat.completions.create(**asked, web_search_options={}).choices[0].message
    assert message.annotations
    with client.chat.completions.stream(**asked, web_search_options={}) as stream:
        streamed = stream.get_final_completion().choices[0].message
    assert (streamed.content, streamed.annotations) == (message.content, message.annotations)
    for each in message.annotations:
        cited = each.url_citation
        assert cited.url in str(message.content)[cited.start_index : cited.end_index]
