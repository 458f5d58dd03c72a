"""Scripted answers, echo and fixed texts: an application's test decides what the model says."""

import json
from dataclasses import replace
from typing import Any

import pytest

from fakeai.runtime.content.scripts import BadScript, parse
from tests.inprocess import STEADY, Client, run

CHAT = "/v1/chat/completions"


def ask(text: str, **more: Any) -> dict[str, Any]:
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": text}], **more}


def scripted(*rules: dict[str, Any]) -> Any:
    return replace(STEADY, script={"rules": list(rules)})


def test_the_first_rule_that_matches_answers_with_the_words_of_the_request() -> None:
    async def scene(client: Client) -> None:
        first = await client.call("POST", CHAT, ask("My order 4711 is late"))
        assert first.json["choices"][0]["message"]["content"] == "Order 4711 ships today, says gpt-4o."
        other = await client.call("POST", CHAT, ask("Good day"))
        assert other.json["choices"][0]["message"]["content"] == "Else."
        streamed = await client.call("POST", CHAT, ask("order 12", stream=True))
        text = "".join(e["choices"][0]["delta"].get("content") or "" for e in streamed.events)
        assert text == "Order 12 ships today, says gpt-4o."

    run(
        scene,
        scripted(
            {
                "match": {"user": r"order (\d+)", "model": "gpt-4*"},
                "answer": "Order {{1}} ships today, says {{model}}.",
            },
            {"answer": "Else."},
        ),
    )


def test_a_rule_answers_in_turn_and_only_so_many_times() -> None:
    async def scene(client: Client) -> None:
        said = []
        for _ in range(4):
            answer = await client.call("POST", CHAT, ask("hm"))
            said.append(answer.json["choices"][0]["message"]["content"])
        assert said[:3] == ["one", "two", "two"]
        assert said[3] not in ("one", "two")

    run(scene, scripted({"answers": ["one", "two"], "times": 3}))


def test_a_rule_calls_tools_and_another_answers_their_result() -> None:
    async def scene(client: Client) -> None:
        tool = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}
        body = ask("Who is 7?", tools=[tool])
        message = (await client.call("POST", CHAT, body)).json["choices"][0]
        (call,) = message["message"]["tool_calls"]
        assert (message["finish_reason"], call["function"]) == (
            "tool_calls",
            {"name": "look_up", "arguments": '{"id":7}'},
        )
        body["messages"] += [message["message"], {"role": "tool", "tool_call_id": call["id"], "content": "name: Ada"}]
        last = (await client.call("POST", CHAT, body)).json["choices"][0]
        assert (last["message"]["content"], last["finish_reason"]) == ("It is Ada.", "stop")

    run(
        scene,
        scripted(
            {"match": {"tool_result": "Ada"}, "answer": "It is Ada."},
            {"match": {"user": "who is"}, "answer": {"calls": [{"name": "look_up", "arguments": {"id": 7}}]}},
        ),
    )


def test_a_rule_fails_refuses_and_is_late() -> None:
    async def scene(client: Client) -> None:
        failed = await client.call("POST", CHAT, ask("fail"))
        assert failed.status == 429
        assert failed.headers["retry-after"] == "2"
        assert failed.error == {"message": "Slow down.", "type": "rate_limit_error", "param": None, "code": "slow"}
        refused = (await client.call("POST", CHAT, ask("no"))).json["choices"][0]["message"]
        assert (refused["content"], refused["refusal"]) == (None, "I will not.")
        late = await client.call("POST", CHAT, ask("late", max_tokens=2, stream=True))
        assert late.sends[0][0] == pytest.approx(3.2)
        assert late.events[-1]["choices"][0]["finish_reason"] == "length"
        header = await client.call("POST", CHAT, ask("x"), headers={"x-case": "7"})
        assert header.json["choices"][0]["message"]["content"] == "seven"

    error = {"status": 429, "message": "Slow down.", "code": "slow", "headers": {"Retry-After": 2}}
    run(
        scene,
        scripted(
            {"match": {"user": "^fail"}, "answer": {"error": error}},
            {"match": {"user": "^no$"}, "answer": {"refusal": "I will not."}},
            {"match": {"user": "^late"}, "answer": {"text": "one two three four", "delay": "3s"}},
            {"match": {"headers": {"X-Case": "7"}}, "answer": "seven"},
        ),
    )


def test_text_completions_and_generations_say_what_the_script_says() -> None:
    async def scene(client: Client) -> None:
        body = {"model": "gpt-3.5-turbo-instruct", "prompt": ["order 7", "late", "call"]}
        whole = (await client.call("POST", "/v1/completions", body)).json
        assert [(each["text"], each["finish_reason"]) for each in whole["choices"]] == [
            ("Order 7 ships.", "stop"), ("one two three", "stop"), ("", "stop"),
        ]  # fmt: skip
        assert whole["usage"]["completion_tokens"] == 5 + 3
        streamed = await client.call("POST", "/v1/completions", {**body, "max_tokens": 2, "stream": True})
        assert streamed.sends[0][0] == pytest.approx(3.2)
        said = [choice for event in streamed.events for choice in event["choices"]]
        assert "".join(choice["text"] for choice in said if choice["index"] == 1) == "one two"
        assert [choice["finish_reason"] for choice in said if choice["finish_reason"]] == ["length", "length", "stop"]
        failed = await client.call("POST", "/v1/completions", {**body, "prompt": "fail"})
        assert (failed.status, failed.error["type"]) == (503, "server_error")
        made = await client.call("POST", "/v1/text/generation", {"model": "m", "input": "order 8"})
        assert made.json["output"] == "Order 8 ships."

    run(
        scene,
        scripted(
            {"match": {"user": r"order (\d+)"}, "answer": "Order {{1}} ships."},
            {"match": {"user": "^late"}, "answer": {"text": "one two three", "reasoning": "Hm.", "delay": "3s"}},
            {"match": {"user": "^call"}, "answer": {"calls": [{"name": "look_up"}]}},
            {"match": {"user": "^fail"}, "answer": {"error": {"status": 503}}},
        ),
    )


def test_the_prompt_or_a_text_is_the_answer() -> None:
    async def echoes(client: Client) -> None:
        answer = await client.call("POST", CHAT, ask("Say it\nback 😀."))
        assert answer.json["choices"][0]["message"]["content"] == "Say it\nback 😀."

    async def tells(client: Client) -> None:
        for path, body in ((CHAT, ask("x")), ("/v1/completions", {"model": "m", "prompt": "x"})):
            choice = (await client.call("POST", path, body)).json["choices"][0]
            assert choice.get("text", choice.get("message", {}).get("content")) == "Fixed."

    run(echoes, replace(STEADY, answers="echo"))
    run(tells, replace(STEADY, answers="text:Fixed."))


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ({"rules": [{"answer": "a", "answers": ["b"]}]}, "rules.0"),
        ({"rules": [{"match": {"uzer": "a"}, "answer": "a"}]}, "rules.0.match"),
        ({"rules": [{"match": {"user": "("}, "answer": "a"}]}, "rules.0.match.user"),
        ({"rules": [{"answer": {"text": "a", "delay": "soon"}}]}, "soon"),
        ([], "object"),
    ],
)
def test_a_script_that_cannot_be_used_says_where(script: Any, says: str) -> None:
    with pytest.raises(BadScript, match=says):
        parse(script)


def test_the_script_is_json_as_well() -> None:
    assert parse(json.loads('{"rules": [{"answer": "a"}]}'))[0].answers == [{"text": "a"}]
