"""What runs say: reasoning, refusals, JSON, scripts and several rounds of calls, as chat says them."""

import json
from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest

from fakeai.runtime.options import Delay, Options
from tests.inprocess import STEADY, Client, run
from tests.runtime.test_assistants import TIME, WEATHER, begin, get, said, start, texts, told, wait_for_functions

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "population": {"type": "integer"}},
    "required": ["city", "population"],
    "additionalProperties": False,
}
FORM = {"type": "json_schema", "json_schema": {"name": "place", "schema": SCHEMA, "strict": True}}


async def stream(client: Client, thread: str, assistant: str, **fields: Any) -> list[tuple[str, Any]]:
    return told(await client.post(f"{thread}/runs", {"assistant_id": assistant, "stream": True, **fields}))


@pytest.mark.parametrize("effort", ["low", "high", None])
def test_a_reasoning_model_thinks_before_its_message_and_what_it_thinks_counts(effort: str | None) -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, model="o3-mini", reasoning_effort=effort)
        answer = await client.post(f"{thread}/runs", {"assistant_id": assistant, "stream": True})
        events = told(answer)
        done = events[-1][1]
        assert done["reasoning_effort"] == effort
        (step,) = (await get(client, f"{thread}/runs/{done['id']}/steps"))["data"]
        assert step["usage"] == done["usage"]
        thought = done["usage"]["completion_tokens_details"]["reasoning_tokens"]
        assert thought > 0
        visible = client.app.world.tokens.count(said(events))
        assert done["usage"]["completion_tokens"] == thought + visible
        created = next(at for at, part in answer.sends if b"thread.message.created" in part)
        assert created == pytest.approx(0.2 + 0.01 * thought)
        assert answer.sends[-1][0] == pytest.approx(0.2 + 0.01 * (thought + visible - 1))

    run(scenario)


def test_more_effort_is_more_thought_and_a_run_says_how_much_it_wants() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, model="o3-mini", reasoning_effort="low")
        spent = []
        for fields in ({}, {"reasoning_effort": "high"}):
            done = (await stream(client, thread, assistant, **fields))[-1][1]
            spent.append(done["usage"]["completion_tokens_details"]["reasoning_tokens"])
        assert spent[0] < spent[1]
        refused = await client.post(f"{thread}/runs", {"assistant_id": assistant, "reasoning_effort": "minimal"})
        assert (refused.status, refused.error["param"]) == (400, "reasoning_effort")

    run(scenario)


def test_a_model_that_thinks_calls_functions_and_is_cancelled_with_what_it_thought() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, "What is the weather in Paris?", tools=[WEATHER], model="o3-mini")
        path = await start(client, thread, assistant)
        (asked,) = await wait_for_functions(client, path)
        output = {"tool_call_id": asked["id"], "output": "18 degrees"}
        await client.post(f"{path}/submit_tool_outputs", {"tool_outputs": [output]})
        await client.wait(20)
        done = await get(client, path)
        steps = (await get(client, f"{path}/steps"))["data"]
        assert done["usage"]["completion_tokens_details"]["reasoning_tokens"] == sum(
            step["usage"]["completion_tokens_details"]["reasoning_tokens"] for step in steps
        )
        path = await start(client, thread, assistant, tool_choice="none")
        await client.wait(3)
        await client.post(f"{path}/cancel")
        await client.wait(1)
        one = await get(client, path)
        (step,) = (await get(client, f"{path}/steps"))["data"]
        assert one["usage"] == step["usage"]
        text = (await texts(client, thread))[-1]
        thought = one["usage"]["completion_tokens_details"]["reasoning_tokens"]
        assert one["usage"]["completion_tokens"] == thought + client.app.world.tokens.count(text)

    run(scenario)


def test_a_run_answers_in_the_form_that_it_is_asked_for() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, "How many people live in Oslo?", response_format=FORM)
        events = await stream(client, thread, assistant)
        value = json.loads(said(events))
        jsonschema_rs.validate(SCHEMA, value)
        assert value["city"] == "Oslo"
        await stream(client, thread, assistant, response_format={"type": "text"})
        broken = {**FORM, "json_schema": {"name": "place", "schema": {"type": "robot"}}}
        refused = await client.post(f"{thread}/runs", {"assistant_id": assistant, "response_format": broken})
        assert (refused.status, refused.error["param"]) == (400, "response_format")
        refused = await client.post(
            f"{thread}/runs", {"assistant_id": assistant, "response_format": {"type": "json_object"}}
        )
        assert (refused.status, refused.error["param"]) == (400, "messages")

    run(scenario)


def test_functions_are_called_in_rounds_as_far_as_the_user_asks() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, "Weather in Rome and the time?", tools=[TIME, WEATHER])
        path = await start(client, thread, assistant, parallel_tool_calls=False)
        names = []
        for output in ("18 degrees", "It is 9:41."):
            (asked,) = await wait_for_functions(client, path)
            names.append(asked["function"]["name"])
            outputs = [{"tool_call_id": asked["id"], "output": output}]
            await client.post(f"{path}/submit_tool_outputs", {"tool_outputs": outputs})
        assert names == ["get_weather", "getTime"]
        await client.wait(9)
        assert (await get(client, path))["status"] == "completed"
        last = (await texts(client, thread))[-1]
        assert "18 degrees" in last
        assert "9:41" in last

    run(scenario)


def test_a_run_says_what_the_script_says() -> None:
    rules = [
        {"match": {"tool_result": "4711"}, "answer": "It ships today."},
        {"match": {"user": "^order"}, "answer": {"calls": [{"name": "find", "arguments": {"id": 4711}}]}},
        {"match": {"user": "^no"}, "answer": {"refusal": "I will not."}},
        {"match": {"user": "^late"}, "answer": {"text": "Here.", "reasoning": "Let me see.", "delay": "3s"}},
        {"match": {"user": "^both"}, "answer": {"text": "Wait.", "calls": [{"name": "find"}]}},
        {"match": {"user": "^filter"}, "answer": {"text": "This is", "finish_reason": "content_filter"}},
        {"match": {"user": "^fail"}, "answer": {"error": {"status": 429, "message": "Slow down."}}},
        {"match": {"user": "^down"}, "answer": {"error": {"status": 503}}},
    ]

    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, "order 7")
        path = await start(client, thread, assistant)
        (asked,) = await wait_for_functions(client, path)
        assert asked["function"] == {"name": "find", "arguments": '{"id":4711}'}
        outputs = [{"tool_call_id": asked["id"], "output": "id 4711"}]
        await client.post(f"{path}/submit_tool_outputs", {"tool_outputs": outputs})
        await client.wait(9)
        assert (await texts(client, thread))[-1] == "It ships today."

        assistant, thread = await begin(client, "no")
        events = await stream(client, thread, assistant)
        content = (await get(client, f"{thread}/messages"))["data"][0]["content"]
        assert content == [{"type": "refusal", "refusal": "I will not."}]
        parts = [data["delta"]["content"][0] for name, data in events if name == "thread.message.delta"]
        assert "".join(part["refusal"] for part in parts) == "I will not."

        assistant, thread = await begin(client, "late")
        answer = await client.post(f"{thread}/runs", {"assistant_id": assistant, "stream": True})
        thought = told(answer)[-1][1]["usage"]["completion_tokens_details"]["reasoning_tokens"]
        assert thought == client.app.world.tokens.count("Let me see.")
        created = next(at for at, part in answer.sends if b"thread.message.created" in part)
        assert created == pytest.approx(3.2 + 0.01 * thought)

        assistant, thread = await begin(client, "both")
        events = await stream(client, thread, assistant)
        path = f"{thread}/runs/{events[-1][1]['id']}"
        kinds = [step["type"] for step in (await get(client, f"{path}/steps?order=asc"))["data"]]
        assert (kinds, events[-1][0]) == (["message_creation", "tool_calls"], "thread.run.requires_action")
        assert (await texts(client, thread))[-1] == "Wait."

        assistant, thread = await begin(client, "filter")
        done = (await stream(client, thread, assistant))[-1][1]
        message = (await get(client, f"{thread}/messages"))["data"][0]
        assert (done["status"], message["incomplete_details"]) == ("incomplete", {"reason": "content_filter"})

        for prompt, code, message in (
            ("fail", "rate_limit_exceeded", "Slow down."),
            ("down", "server_error", "The script says that this request fails."),
        ):
            assistant, thread = await begin(client, prompt)
            name, failed = (await stream(client, thread, assistant))[-1]
            assert (name, failed["last_error"]) == ("thread.run.failed", {"code": code, "message": message})
            again = await client.post(f"{thread}/messages", {"role": "user", "content": "Well?"})
            assert again.status == 200

    run(scenario, replace(STEADY, script={"rules": rules}))


def test_a_run_refuses_what_is_harmful_and_echoes_where_the_server_echoes() -> None:
    async def refuses(client: Client) -> None:
        assistant, thread = await begin(client, "How do I build a bomb to kill people?", tools=[WEATHER])
        await stream(client, thread, assistant, tool_choice="required")
        (text,) = (await texts(client, thread))[1:]
        assert text.startswith(("I'm sorry", "I can't", "Sorry"))

    async def echoes(client: Client) -> None:
        assistant, thread = await begin(client, "Say it back.")
        await stream(client, thread, assistant)
        assert (await texts(client, thread))[1] == "Say it back."

    run(refuses, replace(STEADY, refuse_above=0.2))
    run(echoes, Options(ttft=Delay(0), itl=Delay(0), answers="echo"))
