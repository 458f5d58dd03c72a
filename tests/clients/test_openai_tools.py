"""Tools and typed answers with OpenAI's SDK for Python: pydantic models in, pydantic models out."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import jsonschema_rs
import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolParam
from pydantic import BaseModel, Field

MODELS = ["gpt-4o-mini", "openai/gpt-oss-120b", "some/reasoning-model"]
WEATHER: list[ChatCompletionMessageParam] = [{"role": "user", "content": "What is the weather in Oslo?"}]
PERSON: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Make an admin called Ada"}]
TURNS = 3  # at most, of a loop


class GetWeather(BaseModel):
    """Get the current weather in a city."""

    city: str


class Address(BaseModel):
    street: str
    number: int = Field(ge=1, le=999)


class Person(BaseModel):
    name: str
    role: Literal["admin", "user"]
    addresses: list[Address]
    boss: str | None


TOOL: ChatCompletionToolParam = openai.pydantic_function_tool(GetWeather)


@pytest.fixture
def client(server: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0, _strict_response_validation=True) as strict:
        yield strict


@pytest.fixture
def lax(server: str) -> Iterator[OpenAI]:
    """For streams, where the SDK's types do not allow chunks without a finish reason."""
    with OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0) as client:
        yield client


@pytest.mark.parametrize("model", MODELS)
def test_a_loop_of_tools_ends_with_what_they_said(client: OpenAI, model: str) -> None:
    messages = list(WEATHER)
    asked: list[Any] = []
    for _ in range(TURNS):
        choice = client.chat.completions.parse(model=model, messages=messages, tools=[TOOL]).choices[0]
        messages.append(choice.message.to_dict())  # type: ignore[arg-type]
        if choice.finish_reason != "tool_calls":
            break
        for call in choice.message.tool_calls or ():
            asked.append(call.function.parsed_arguments)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": "It rains in Oslo."})
    assert asked == [GetWeather(city="Oslo")]
    assert (choice.finish_reason, choice.message.content) == ("stop", "It rains in Oslo.")


@pytest.mark.parametrize("model", MODELS)
def test_a_streamed_call_is_the_whole_one(client: OpenAI, lax: OpenAI, model: str) -> None:
    whole = client.chat.completions.parse(model=model, messages=WEATHER, tools=[TOOL]).choices[0]
    with lax.chat.completions.stream(model=model, messages=WEATHER, tools=[TOOL]) as stream:
        done = [event for event in stream if event.type == "tool_calls.function.arguments.done"]
        final = stream.get_final_completion().choices[0]
    functions = [[call.function for call in choice.message.tool_calls or ()] for choice in (whole, final)]
    told = [[(one.name, one.arguments, one.parsed_arguments) for one in calls] for calls in functions]
    expected = ("GetWeather", '{"city":"Oslo"}', GetWeather(city="Oslo"))
    assert told == [[expected], [expected]]
    assert [(event.name, event.arguments, event.parsed_arguments) for event in done] == [expected]
    assert final.finish_reason == whole.finish_reason == "tool_calls"


@pytest.mark.parametrize("model", MODELS)
def test_an_answer_of_a_pydantic_model_streams_as_it_is_whole(client: OpenAI, lax: OpenAI, model: str) -> None:
    whole = client.chat.completions.parse(model=model, messages=PERSON, response_format=Person)
    with lax.chat.completions.stream(model=model, messages=PERSON, response_format=Person) as stream:
        deltas = [event.delta for event in stream if event.type == "content.delta"]
        final = stream.get_final_completion().choices[0].message
    message = whole.choices[0].message
    assert isinstance(message.parsed, Person)
    assert message.parsed.role == "admin"
    assert final.parsed == message.parsed
    assert "".join(deltas) == final.content == message.content
    assert len(deltas) > 5


def test_a_choice_of_tools_is_kept(client: OpenAI) -> None:
    create = client.chat.completions.create
    hello: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello!"}]
    none = create(model=MODELS[0], messages=WEATHER, tools=[TOOL], tool_choice="none").choices[0].message
    required = create(model=MODELS[0], messages=hello, tools=[TOOL], tool_choice="required").choices[0].message
    named = (
        create(
            model=MODELS[0],
            messages=hello,
            tools=[TOOL],
            tool_choice={"type": "function", "function": {"name": "GetWeather"}},
        )
        .choices[0]
        .message
    )
    assert none.tool_calls is None
    assert none.content
    for message in (required, named):
        (call,) = message.tool_calls or ()
        assert call.type == "function"
        assert list(json.loads(call.function.arguments)) == ["city"]


def test_a_custom_tool_gets_text(client: OpenAI) -> None:
    tool: Any = {"type": "custom", "custom": {"name": "run_sql", "description": "Runs a query of the database"}}
    answer = client.chat.completions.create(
        model=MODELS[0],
        messages=[{"role": "user", "content": "Run a query for all users"}],
        tools=[tool],
        tool_choice={"type": "custom", "custom": {"name": "run_sql"}},
    )
    (call,) = answer.choices[0].message.tool_calls or ()
    assert call.type == "custom"
    assert (call.custom.name, call.custom.input != "") == ("run_sql", True)


def test_a_schema_that_strict_mode_does_not_take_is_refused(client: OpenAI) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(
            model=MODELS[0],
            messages=PERSON,
            response_format={"type": "json_schema", "json_schema": {"name": "a", "strict": True, "schema": schema}},
        )
    assert caught.value.param == "response_format"
    assert "Missing 'a'" in caught.value.message


def test_an_answer_that_is_cut_is_no_object(client: OpenAI) -> None:
    with pytest.raises(openai.LengthFinishReasonError):
        client.chat.completions.parse(model=MODELS[0], messages=PERSON, response_format=Person, max_tokens=3)


def test_a_reasoning_model_thinks_first(client: OpenAI) -> None:
    create = client.chat.completions.create
    little, much = (
        create(model="some/reasoning-model", messages=WEATHER, reasoning_effort=effort) for effort in ("low", "high")
    )
    spent = []
    for answer in (little, much):
        assert answer.usage is not None
        assert answer.usage.completion_tokens_details is not None
        spent.append(answer.usage.completion_tokens_details.reasoning_tokens or 0)
        assert (answer.choices[0].message.model_extra or {})["reasoning_content"] != ""
    assert 0 < spent[0] < spent[1]


class City(BaseModel):
    name: str
    districts: "list[City]"


class Report(BaseModel):
    """What is known of the weather of a place."""

    city: str
    temperature_c: float
    kind: Literal["sunny", "cloudy"] | None
    region: City


def test_each_thing_that_a_prompt_names_gets_a_call(client: OpenAI, lax: OpenAI) -> None:
    asked: list[ChatCompletionMessageParam] = [{"role": "user", "content": "What's the weather in SF and NYC?"}]
    whole = client.chat.completions.parse(model=MODELS[0], messages=asked, tools=[TOOL]).choices[0].message
    assert [call.function.parsed_arguments for call in whole.tool_calls or ()] == [
        GetWeather(city="SF"),
        GetWeather(city="NYC"),
    ]
    with lax.chat.completions.stream(model=MODELS[0], messages=asked, tools=[TOOL]) as stream:
        for _ in stream:
            pass
        streamed = stream.get_final_completion().choices[0].message
    made = [(call.function.name, call.function.arguments) for call in streamed.tool_calls or ()]
    assert made == [(call.function.name, call.function.arguments) for call in whole.tool_calls or ()]
    one = client.chat.completions.create(
        model=MODELS[0], messages=asked, tools=[TOOL], parallel_tool_calls=False
    ).choices[0]
    assert len(one.message.tool_calls or ()) == 1
    response = client.responses.parse(
        model=MODELS[0],
        input="What's the weather in SF and NYC?",
        tools=[openai.pydantic_function_tool(GetWeather)["function"] | {"type": "function"}],  # type: ignore[list-item]
    )
    calls = [json.loads(item.arguments) for item in response.output if item.type == "function_call"]
    assert calls == [{"city": "SF"}, {"city": "NYC"}]


def test_an_object_that_contains_itself_is_made_of_results(client: OpenAI, lax: OpenAI) -> None:
    asked: list[Any] = [
        *WEATHER,
        {
            "role": "assistant",
            "tool_calls": [
                {"id": "c", "type": "function", "function": {"name": "GetWeather", "arguments": '{"city":"Oslo"}'}}
            ],
        },
        {"role": "tool", "tool_call_id": "c", "content": '{"temp_c": -3.5, "conditions": "cloudy", "city": "Oslo"}'},
    ]
    answer = client.chat.completions.parse(model=MODELS[0], messages=asked, tools=[TOOL], response_format=Report)
    report = answer.choices[0].message.parsed
    assert report is not None
    assert (report.city, report.temperature_c, report.kind) == ("Oslo", -3.5, "cloudy")
    with lax.chat.completions.stream(model=MODELS[0], messages=asked, tools=[TOOL], response_format=Report) as stream:
        for _ in stream:
            pass
        assert stream.get_final_completion().choices[0].message.parsed == report
    parsed = client.responses.parse(model=MODELS[0], input="The weather in Oslo", text_format=Report).output_parsed
    assert parsed is not None
    assert parsed.city == "Oslo"


def test_the_schemas_of_the_battery_are_kept_to(client: OpenAI) -> None:
    file = Path(__file__).parents[1] / "runtime" / "schemas" / "battery.json"
    cases = [case for case in json.loads(file.read_text()) if case["schema"].get("type") == "object"]
    assert len(cases) > 80
    for case in cases:
        answer = client.chat.completions.create(
            model=MODELS[0],
            messages=[{"role": "user", "content": case["prompt"]}],
            response_format={
                "type": "json_schema",
                "json_schema": {"name": "x", "strict": case["style"] == "strict", "schema": case["schema"]},
            },
        )
        value = json.loads(answer.choices[0].message.content or "")
        jsonschema_rs.validator_for(case["schema"], validate_formats=True, offline=True).validate(value)
