"""Guided decoding, and the other fields that servers of open models take beyond OpenAI's."""

import json
import re
from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest

from fakeai.runtime.content.tools.gbnf import lark_of
from fakeai.runtime.content.tools.grammars import parser_of
from tests.inprocess import STEADY, Client, chat, run

THINKS = "openai/gpt-oss-120b"
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
QUERY = """
root ::= "SELECT " cols " FROM " table (" WHERE " col " = " num)?  # a query
cols ::= col ("," col)*
col ::= "id" | "user-name"
table ::= [a-z]+
num ::= [0-9]{1,3}
"""
IS_QUERY = re.compile(r"SELECT (id|user-name)(,(id|user-name))* FROM [a-z]+( WHERE (id|user-name) = \d{1,3})?")


async def said(client: Client, prompt: str = "Tell me something", **fields: Any) -> str:
    """What a chat answers, in the same words whether whole or streamed, and so does a text completion."""
    answer = await client.post("/v1/chat/completions", chat(prompt, **fields))
    assert answer.status == 200, answer.body
    text = answer.json["choices"][0]["message"]["content"]
    events = (await client.post("/v1/chat/completions", chat(prompt, **fields, stream=True))).events
    assert "".join(event["choices"][0]["delta"].get("content") or "" for event in events) == text
    assert answer.json["usage"]["completion_tokens"] == client.app.world.tokens.count(text)
    return str(text)


@pytest.mark.parametrize(
    ("prompt", "choices", "answer"),
    [
        ("Is the sky blue?", ["yes", "no"], "yes"),
        ("What do you feel about: I love this movie, it is great", ["negative", "positive"], "positive"),
        ("The package came late and broken. Whose department?", ["billing", "shipping"], "shipping"),
    ],
)
def test_an_answer_is_the_choice_that_fits(prompt: str, choices: list[str], answer: str) -> None:
    async def scenario(client: Client) -> None:
        assert await said(client, prompt, guided_choice=choices) == answer
        body = {"model": "m", "prompt": prompt, "guided_choice": choices}
        completed = (await client.post("/v1/completions", body)).json["choices"][0]
        assert (completed["text"], completed["finish_reason"]) == (answer, "stop")

    run(scenario)


EXPRESSIONS = (
    r"\d+", r"(\d{1,3}\.){3}\d{1,3}", r"[A-Z]{3}-\d{4}", r"(yes|no|maybe)", r"\w+@\w+\.com", r"\d{4}-\d{2}-\d{2}",
    r"#[0-9a-f]{6}", r".*", r"[^\n]+", r"(?:ab)*c?", r"Answer: \w+\.", r"\s{2}x",
    r"\+?[1-9][0-9]{7,14}", r"(a|b)(c|d){2,5}",
)  # fmt: skip


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_answer_matches_an_expression_from_its_start_to_its_end(expression: str) -> None:
    async def scenario(client: Client) -> None:
        for prompt in ("Tell me something", "What is 12 * 12?", "Write to ann@example.com about AAA-1234"):
            text = await said(client, prompt, guided_regex=expression)
            assert re.fullmatch(expression, text), text

    run(scenario)


def test_an_expression_is_given_what_the_answer_would_have_been() -> None:
    async def scenario(client: Client) -> None:
        assert await said(client, "What is 12 * 12?", guided_regex=r"\d+") == "144"
        assert await said(client, "Order AAA-1234 is late", guided_regex=r"[A-Z]{3}-\d{4}") == "AAA-1234"
        assert await said(client, "Is the sky blue?", guided_regex="(Yes|No)") == "Yes"

    run(scenario)


@pytest.mark.parametrize("place", ["body", "nvext", "structured_outputs"])
def test_an_answer_is_a_sentence_of_a_grammar_wherever_that_stands(place: str) -> None:
    fields: dict[str, Any] = {
        "body": {"guided_grammar": QUERY},
        "nvext": {"nvext": {"guided_grammar": QUERY}},
        "structured_outputs": {"structured_outputs": {"grammar": QUERY}},
    }[place]

    async def scenario(client: Client) -> None:
        texts = {await said(client, f"Query number {number}", **fields) for number in range(12)}
        for text in texts:
            assert IS_QUERY.fullmatch(text), text
        assert len(texts) > 6

    run(scenario)


def test_a_grammar_may_be_in_the_words_of_lark() -> None:
    async def scenario(client: Client) -> None:
        grammar = 'start: greeting " " NAME "!"\ngreeting: "Hello" | "Hi"\nNAME: /[A-Z][a-z]+/'
        assert re.fullmatch(r"(Hello|Hi) [A-Z][a-z]+!", await said(client, "Greet Ann", guided_grammar=grammar))

    run(scenario)


@pytest.mark.parametrize(
    ("grammar", "good", "bad"),
    [
        (r'root ::= "a" | "b" root', ["a", "bba"], ["", "ab"]),
        (r'root ::= [^"\\/\[] "\"" # quotes', ['x"'], ['/"', '["', "x"]),
        (r'root ::= item{2,3} "."?' + "\nitem ::= [0-9]", ["12", "123."], ["1", "1234"]),
        ('root ::= ("" | "x") Big-Name\nBig-Name ::= "\\n" . ', ["\ny", "x\n?"], ["x", "y"]),
        ('value ::= "1"\nroot ::= value ("," value)*', ["1", "1,1"], ["", "1,"]),
    ],
)
def test_a_grammar_in_gbnf_keeps_its_meaning_in_lark(grammar: str, good: list[str], bad: list[str]) -> None:
    parser = parser_of(lark_of(grammar))
    for text in good:
        parser.parse(text)
    for text in bad:
        with pytest.raises(Exception, match=r"(?i)unexpected|no terminal"):
            parser.parse(text)


@pytest.mark.parametrize("given", [SCHEMA, json.dumps(SCHEMA)], ids=["object", "text"])
def test_an_answer_is_valid_against_a_guiding_schema(given: Any) -> None:
    async def scenario(client: Client) -> None:
        for fields in (
            {"guided_json": given},
            {"nvext": {"guided_json": given}},
            {"structured_outputs": {"json": given}},
        ):
            made = json.loads(await said(client, "Ann is 33 years old", **fields))
            jsonschema_rs.validate(SCHEMA, made)
            assert made == {"name": "Ann", "age": 33}
        many = {"type": "array", "items": {"enum": [1, 2, 3]}, "minItems": 2}
        jsonschema_rs.validate(many, json.loads(await said(client, guided_json=many)))

    run(scenario)


@pytest.mark.parametrize(
    ("fields", "param", "message"),
    [
        ({"guided_regex": "a", "guided_choice": ["b"]}, "guided_regex",
         "Only one guided-decoding constraint can be set; received: regex, choice"),
        ({"guided_regex": "a("}, "guided_regex", "Invalid 'guided_regex': it is not a regular expression"),
        ({"guided_choice": []}, "guided_choice", "Invalid 'guided_choice': empty array"),
        ({"guided_json": "{"}, "guided_json", "Invalid 'guided_json': it is not valid JSON"),
        ({"guided_json": {"type": "thing"}}, "guided_json", "Invalid 'guided_json': "),
        ({"guided_grammar": "start: ("}, "guided_grammar", "Invalid 'guided_grammar': "),
        ({"nvext": {"guided_grammar": "root ::= other"}}, "guided_grammar", "Invalid 'guided_grammar': "),
        ({"min_p": 3}, "min_p", "Invalid 'min_p': decimal above maximum value"),
        ({"top_k": -2}, "top_k", "Invalid 'top_k': integer below minimum value"),
        ({"repetition_penalty": 2.5}, "repetition_penalty", "Invalid 'repetition_penalty'"),
        ({"min_tokens": 9, "max_tokens": 5}, "min_tokens", "min_tokens (9) is larger than max_tokens (5)."),
    ],
)  # fmt: skip
def test_a_guide_that_is_none_is_refused(fields: dict[str, Any], param: str, message: str) -> None:
    async def scenario(client: Client) -> None:
        for path, body in (
            ("/v1/chat/completions", chat(**fields)),
            ("/v1/completions", {"model": "m", "prompt": "a", **fields}),
        ):
            refused = await client.post(path, body)
            assert (refused.status, refused.error["param"]) == (400, param), refused.body
            assert refused.error["message"].startswith(message)

    run(scenario)


def test_a_guide_comes_before_tools_and_a_limit_still_cuts() -> None:
    tool = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}}

    async def scenario(client: Client) -> None:
        assert await said(client, "Get the weather: sun?", tools=[tool], guided_choice=["sun", "rain"]) == "sun"
        body = chat(guided_regex="a b c d e f g h", max_tokens=3)
        cut = (await client.post("/v1/chat/completions", body)).json["choices"][0]
        assert (cut["message"]["content"], cut["finish_reason"]) == ("a b c", "length")

    run(scenario)


def test_a_model_thinks_as_much_as_it_is_let() -> None:
    async def scenario(client: Client) -> None:
        async def thought(**fields: Any) -> int:
            answer = await client.post("/v1/chat/completions", {**chat("Why?", **fields), "model": THINKS})
            details = answer.json["usage"]["completion_tokens_details"]
            assert ("reasoning_content" in answer.json["choices"][0]["message"]) == (details["reasoning_tokens"] > 0)
            return int(details["reasoning_tokens"])

        assert await thought() > 40
        for off in (
            {"chat_template_kwargs": {"enable_thinking": False}},
            {"chat_template_args": {"thinking": False}},
            {"thinking": {"type": "disabled"}},
            {"thinking_token_budget": 0},
        ):
            assert await thought(**off) == 0, off
        assert await thought(thinking_token_budget=12) == 12
        assert await thought(nvext={"max_thinking_tokens": 7}) == 7
        assert await thought(thinking={"type": "enabled", "budget_tokens": 9}) == 9

    run(scenario)


def test_nvext_stands_in_for_fields_of_the_body_which_come_first() -> None:
    async def scenario(client: Client) -> None:
        async def size(**fields: Any) -> int:
            answer = await client.post("/v1/chat/completions", chat("Hello", max_tokens=90, **fields))
            return int(answer.json["usage"]["completion_tokens"])

        assert await size(nvext={"ignore_eos": True}) == 90
        assert await size(nvext={"ignore_eos": True}, ignore_eos=False) < 90
        plain = (await client.post("/v1/chat/completions", chat("Hello"))).json
        asked = {"annotations": ["token_ids"], "extra_fields": ["worker_id", "timing"], "agent_hints": {"osl": 5}}
        told = (await client.post("/v1/chat/completions", chat("Hello", nvext=asked))).json
        assert told["choices"] == plain["choices"]
        assert "nvext" not in plain
        assert sorted(told["nvext"]) == ["timing", "worker_id"]
        streamed = (await client.post("/v1/chat/completions", chat("Hello", nvext=asked, stream=True))).events
        assert [event["nvext"]["worker_id"] for event in streamed] == [told["nvext"]["worker_id"]] * len(streamed)
        body = {"model": "m", "prompt": "Hello", "nvext": asked}
        assert "decode_worker_id" in (await client.post("/v1/completions", body)).json["nvext"]["worker_id"]

    run(scenario)


def test_greedy_sampling_is_top_k_of_one_by_any_name() -> None:
    async def scenario(client: Client) -> None:
        for greedy in ({"top_k": 1}, {"min_p": 1}, {"nvext": {"greed_sampling": True}}):
            answer = (await client.post("/v1/chat/completions", chat("Tell me of rivers", n=2, **greedy))).json
            first, second = [choice["message"]["content"] for choice in answer["choices"]]
            assert first == second, greedy

    run(scenario)


def test_what_stops_an_answer_is_part_of_it_when_that_is_asked_for() -> None:
    async def scenario(client: Client) -> None:
        async def text(path: str, **fields: Any) -> str:
            body = (
                chat("Tell me of rivers")
                if "chat" in path
                else {"model": "m", "prompt": "Tell me of rivers", "max_tokens": 99}
            )
            choice = (await client.post(path, {**body, "stop": ["."], **fields})).json["choices"][0]
            assert choice["finish_reason"] == "stop"
            return str(choice["message"]["content"] if "chat" in path else choice["text"])

        for path in ("/v1/chat/completions", "/v1/completions"):
            bare = await text(path)
            assert "." not in bare
            assert await text(path, include_stop_str_in_output=True) == f"{bare}."
        assert await text("/v1/completions", no_stop_trim=True) == f"{await text('/v1/completions')}."

    run(scenario)


def test_a_server_that_echoes_is_guided_too() -> None:
    async def scenario(client: Client) -> None:
        assert await said(client, "blue", guided_choice=["red", "blue"]) == "blue"
        assert await said(client, "it is 42", guided_regex=r"\d+") == "42"

    run(scenario, replace(STEADY, answers="echo"))
