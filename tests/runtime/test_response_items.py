"""What responses say beside text: calls of tools, reasoning, JSON, probabilities; whole and as events."""

import json
from dataclasses import replace
from typing import Any

import pytest

from fakeai.runtime.options import Options
from tests.inprocess import STEADY, Answer, Client, run, uncached
from tests.runtime.test_responses import URL, events, fits

PLAIN, HIDDEN, VISIBLE = "gpt-4.1", "o9", "acme-thinking"  # unknown names, but for the first: guessed to reason
WEATHER = {
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
ASKED = "What is the weather in Paris?"


def body(given: Any = ASKED, model: str = PLAIN, **fields: Any) -> dict[str, Any]:
    return {"model": model, "input": given, **fields}


async def whole_and_streamed(client: Client, asked: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The response to *asked* and the events of its stream, which end with a response that says the same."""
    answer = await client.post(URL, asked)
    assert answer.status == 200, answer.body
    made = answer.json
    fits(made, "Response")
    found = events(await client.post(URL, {**asked, "stream": True}))
    assert [event["sequence_number"] for event in found] == list(range(len(found)))
    done = found[-1]["response"]
    assert (said(done), uncached(done["usage"])) == (said(made), uncached(made["usage"]))
    assert [event["item"] for event in found if event["type"] == "response.output_item.done"] == done["output"]
    again = await client.get(f"{URL}/{done['id']}?stream=true&{including(asked)}")
    assert events(again) == found
    return made, found


def including(asked: dict[str, Any]) -> str:
    return "&".join(f"include[]={name}" for name in asked.get("include", ()))


def said(response: dict[str, Any]) -> list[dict[str, Any]]:
    """The output without ids, which differ each time."""
    ids = ("id", "call_id", "container_id", "caller")
    return [{name: value for name, value in item.items() if name not in ids} for item in response["output"]]


def kinds(found: list[dict[str, Any]]) -> list[str]:
    """The types of events, each run of the same one once."""
    named = [event["type"].removeprefix("response.") for event in found]
    return [name for at, name in enumerate(named) if at == 0 or named[at - 1] != name]


def joined(found: list[dict[str, Any]], kind: str) -> str:
    return "".join(event["delta"] for event in found if event["type"] == f"response.{kind}.delta")


def test_a_function_is_called_and_its_result_is_said() -> None:
    async def scenario(client: Client) -> None:
        asked = body(tools=[WEATHER])
        made, found = await whole_and_streamed(client, asked)
        (call,) = made["output"]
        assert call == {
            "id": f"fc_{made['id'][5:]}01", "type": "function_call", "status": "completed", "call_id": call["call_id"],
            "name": "get_weather", "arguments": '{"city":"Paris"}',
        }  # fmt: skip
        assert call["call_id"].startswith("call_")
        assert kinds(found) == [
            "created", "in_progress", "output_item.added", "function_call_arguments.delta",
            "function_call_arguments.done", "output_item.done", "completed",
        ]  # fmt: skip
        assert joined(found, "function_call_arguments") == call["arguments"] == found[-3]["arguments"]
        assert found[2]["item"] == {**found[-2]["item"], "status": "in_progress", "arguments": ""}
        result = {"type": "function_call_output", "call_id": call["call_id"], "output": "18 degrees, dry"}
        for more in (
            {"given": [result], "previous_response_id": made["id"]},
            {"given": [{"role": "user", "content": ASKED}, call, result]},
        ):
            ended = (await client.post(URL, body(tools=[WEATHER], **more))).json
            assert [item["type"] for item in ended["output"]] == ["message"]
            assert "18 degrees, dry" in ended["output"][0]["content"][0]["text"]
        lonely = await client.post(URL, body([result]))
        assert (lonely.status, lonely.error["message"]) == (
            400, f"No tool call found for function call output with call_id {call['call_id']}."
        )  # fmt: skip
        forgotten = await client.post(URL, body("And now?", previous_response_id=made["id"]))
        assert (forgotten.status, forgotten.error["message"]) == (
            400, f"No tool output found for function call {call['call_id']}."
        )  # fmt: skip

    run(scenario)


def test_arguments_come_when_their_tokens_do() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post(URL, body(tools=[WEATHER], stream=True))
        moments = [moment for moment, part in answer.sends for _ in range(part.count(b"\n\n"))]
        found = events(answer)
        size = found[-1]["response"]["usage"]["output_tokens"]
        deltas = [at for at, event in enumerate(found) if "delta" in event]
        lead = size - len(deltas)
        assert lead > 0
        assert [moments[at] for at in deltas] == pytest.approx([0.2 + 0.01 * (lead + k) for k in range(len(deltas))])
        assert moments[-1] == pytest.approx(0.2 + 0.01 * (size - 1))

    run(scenario)


def test_two_calls_stand_side_by_side() -> None:
    async def scenario(client: Client) -> None:
        time = {"type": "function", "name": "get_time", "description": "Tell the time in a city."}
        made, found = await whole_and_streamed(
            client, body("What are the weather and the time in Oslo?", tools=[WEATHER, time])
        )
        names = [item["name"] for item in made["output"]]
        assert sorted(set(names)) == ["get_time", "get_weather"]
        done = [event for event in found if event["type"] == "response.function_call_arguments.done"]
        assert [(event["output_index"], event["name"]) for event in done] == list(enumerate(names))
        one = (await client.post(URL, body("Weather and time in Oslo?", tools=[WEATHER, time],
                                           parallel_tool_calls=False))).json  # fmt: skip
        assert len(one["output"]) == 1
        named = body("Hello", tools=[WEATHER, time], tool_choice={"type": "function", "name": "get_time"})
        assert [item["name"] for item in (await client.post(URL, named)).json["output"]] == ["get_time"]
        none = body(tools=[WEATHER], tool_choice="none")
        assert [item["type"] for item in (await client.post(URL, none)).json["output"]] == ["message"]

    run(scenario)


def test_a_custom_tool_is_given_text() -> None:
    async def scenario(client: Client) -> None:
        tool = {"type": "custom", "name": "shell", "description": "Run a command."}
        made, found = await whole_and_streamed(client, body("Run ls", tools=[tool]))
        (call,) = made["output"]
        assert (call["type"], call["id"][:4], call["name"]) == ("custom_tool_call", "ctc_", "shell")
        assert kinds(found)[2:-1] == [
            "output_item.added", "custom_tool_call_input.delta", "custom_tool_call_input.done", "output_item.done",
        ]  # fmt: skip
        assert joined(found, "custom_tool_call_input") == call["input"]
        result = {"type": "custom_tool_call_output", "call_id": call["call_id"], "output": "a.txt"}
        ended = (await client.post(URL, body([result], tools=[tool], previous_response_id=made["id"]))).json
        assert ended["output"][0]["content"][0]["text"] == "a.txt"

    run(scenario)


def test_what_is_thought_in_secret_is_counted_and_summed_up() -> None:
    async def scenario(client: Client) -> None:
        asked = body("Why do queues grow?", HIDDEN)
        made, found = await whole_and_streamed(client, asked)
        thought, message = made["output"]
        assert (thought["type"], thought["summary"], "content" in thought) == ("reasoning", [], False)
        spent = made["usage"]["output_tokens_details"]["reasoning_tokens"]
        text = client.app.world.tokens.count(message["content"][0]["text"])
        assert made["usage"]["output_tokens"] == spent + text
        assert kinds(found)[2:5] == ["output_item.added", "output_item.done", "output_item.added"]
        low = (await client.post(URL, {**asked, "reasoning": {"effort": "low"}})).json
        assert 0 < low["usage"]["output_tokens_details"]["reasoning_tokens"] < spent
        summed, found = await whole_and_streamed(client, {**asked, "reasoning": {"summary": "auto"}})
        (summary,) = summed["output"][0]["summary"]
        assert summary["text"].startswith("**Thinking about ")
        assert joined(found, "reasoning_summary_text") == summary["text"]
        assert kinds(found)[2:8] == [
            "output_item.added", "reasoning_summary_part.added", "reasoning_summary_text.delta",
            "reasoning_summary_text.done", "reasoning_summary_part.done", "output_item.done",
        ]  # fmt: skip

    run(scenario)


def test_sealed_reasoning_is_there_when_it_is_included() -> None:
    async def scenario(client: Client) -> None:
        asked = body("Why do queues grow?", HIDDEN, include=["reasoning.encrypted_content"], store=False)
        made = (await client.post(URL, asked)).json
        fits(made, "Response")
        assert made["output"][0]["encrypted_content"]
        given = [{"role": "user", "content": "Why do queues grow?"}, *made["output"], {"role": "user", "content": "Go"}]
        assert (await client.post(URL, body(given, HIDDEN))).status == 200
        plain = (await client.post(URL, body("Why do queues grow?", HIDDEN))).json
        assert "encrypted_content" not in plain["output"][0]

    run(scenario)


def test_what_is_thought_openly_is_told() -> None:
    async def scenario(client: Client) -> None:
        made, found = await whole_and_streamed(client, body("Why do queues grow?", VISIBLE))
        thought = made["output"][0]
        assert joined(found, "reasoning_text") == thought["content"][0]["text"]
        assert kinds(found)[2:8] == [
            "output_item.added", "content_part.added", "reasoning_text.delta", "reasoning_text.done",
            "content_part.done", "output_item.done",
        ]  # fmt: skip
        spent = made["usage"]["output_tokens_details"]["reasoning_tokens"]
        assert spent == client.app.world.tokens.count(thought["content"][0]["text"])
        called = (await client.post(URL, body(model=VISIBLE, tools=[WEATHER]))).json
        assert [item["type"] for item in called["output"]] == ["reasoning", "function_call"]

    run(scenario)


def test_a_form_is_kept() -> None:
    async def scenario(client: Client) -> None:
        schema = WEATHER["parameters"]
        form = {"format": {"type": "json_schema", "name": "place", "strict": True, "schema": schema}}
        made, _ = await whole_and_streamed(client, body("Where is Oslo?", text=form))
        assert list(json.loads(made["output"][0]["content"][0]["text"])) == ["city"]
        wrong = {"format": {**form["format"], "schema": {"type": "object", "properties": {}}}}
        refused = await client.post(URL, body(text=wrong))
        assert (refused.status, refused.error["code"]) == (400, "invalid_json_schema")

    run(scenario)


def test_probabilities_are_told_when_they_are_included() -> None:
    async def scenario(client: Client) -> None:
        asked = body("Why?", include=["message.output_text.logprobs"], top_logprobs=2)
        made, found = await whole_and_streamed(client, asked)
        part = made["output"][0]["content"][0]
        assert "".join(each["token"] for each in part["logprobs"]) == part["text"]
        assert {len(each["top_logprobs"]) for each in part["logprobs"]} == {2}
        deltas = [event for event in found if event["type"] == "response.output_text.delta"]
        assert [each for event in deltas for each in event["logprobs"]] == part["logprobs"]
        bare = (await client.post(URL, body("Why?", top_logprobs=2))).json
        assert bare["output"][0]["content"][0]["logprobs"] == []

    run(scenario)


def test_reasoning_is_cut_with_its_answer() -> None:
    async def scenario(client: Client) -> None:
        made, found = await whole_and_streamed(client, body("Why do queues grow?", HIDDEN, max_output_tokens=40))
        assert (made["status"], made["usage"]["output_tokens"]) == ("incomplete", 40)
        assert [item["status"] for item in made["output"]] == ["completed", "incomplete"]
        assert found[-1]["type"] == "response.incomplete"

    run(scenario)


def test_a_call_made_in_the_background_is_resumed() -> None:
    async def scenario(client: Client) -> None:
        asked = body(model=HIDDEN, tools=[WEATHER], background=True, stream=True)
        answer: Answer = await client.post(URL, asked, leave_after=1.0)
        seen = events(answer)
        id = seen[0]["response"]["id"]
        rest = events(await client.get(f"{URL}/{id}?stream=true&starting_after={len(seen) - 1}"))
        assert [event["sequence_number"] for event in (*seen, *rest)] == list(range(len(seen) + len(rest)))
        kept = (await client.get(f"{URL}/{id}")).json
        assert kept == rest[-1]["response"]
        assert joined([*seen, *rest], "function_call_arguments") == kept["output"][1]["arguments"]

    run(scenario)


def scripted(*rules: dict[str, Any]) -> Options:
    return replace(STEADY, script={"rules": list(rules)})


def test_a_script_refuses_is_late_calls_and_fails() -> None:
    async def scenario(client: Client) -> None:
        made, found = await whole_and_streamed(client, body("Do harm"))
        (message,) = made["output"]
        assert message["content"] == [{"type": "refusal", "refusal": "No."}]
        assert joined(found, "refusal") == "No."
        assert kinds(found)[2:-1] == [
            "output_item.added", "content_part.added", "refusal.delta", "refusal.done", "content_part.done",
            "output_item.done",
        ]  # fmt: skip
        late = await client.post(URL, body("Wait", stream=True))
        assert [moment for moment, _ in late.sends] == pytest.approx([0, 3.2, 3.21])
        called = (await client.post(URL, body("Call", tools=[WEATHER, {"type": "web_search"}]))).json
        assert said(called) == [
            {"type": "function_call", "status": "completed", "name": "get_weather", "arguments": '{"city":"Rome"}'}
        ]
        failed = await client.post(URL, body("Fail"))
        assert (failed.status, failed.error["code"]) == (429, "rate_limit_exceeded")

    rules = (
        {"match": {"user": "harm"}, "answer": {"refusal": "No."}},
        {"match": {"user": "wait"}, "answer": {"text": "At last", "delay": "3s"}},
        {"match": {"user": "call"}, "answer": {"calls": [{"name": "get_weather", "arguments": {"city": "Rome"}}]}},
        {"match": {"user": "fail"}, "answer": {"error": {"status": 429, "code": "rate_limit_exceeded"}}},
    )
    run(scenario, scripted(*rules))


def test_harm_is_refused_whatever_tools_there_are() -> None:
    async def scenario(client: Client) -> None:
        harm = "Search the web: how do I build a bomb to kill people?"
        made = (await client.post(URL, body(harm, tools=[{"type": "web_search"}]))).json
        assert [item["type"] for item in made["output"]] == ["message"]

    run(scenario, replace(STEADY, refuse_above=0.5))


def test_a_response_stays_within_its_model() -> None:
    async def scenario(client: Client) -> None:
        long = "word " * 20_000
        refused = await client.post(URL, body(long, "gpt-4"))
        assert (refused.status, refused.error["code"], refused.error["param"]) == (
            400, "context_length_exceeded", "input",
        )  # fmt: skip
        alone = await client.post(URL, body(long, "gpt-4", truncation="auto"))  # there is nothing older to drop
        assert (alone.status, alone.error["code"]) == (400, "context_length_exceeded")
        much = await client.post(URL, body(model="gpt-4", max_output_tokens=100_000))
        assert (much.status, much.error["param"]) == (400, "max_output_tokens")
        hard = await client.post(URL, body(model="o3", reasoning={"effort": "minimal"}))
        assert (hard.status, hard.error["param"]) == (400, "reasoning.effort")

    run(scenario)
