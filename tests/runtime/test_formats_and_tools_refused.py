"""Schemas and tools that OpenAI refuses are refused in its words, by chat and by responses."""

from typing import Any

import pytest

from tests.inprocess import Client, run

CHAT, RESPONSES = "/v1/chat/completions", "/v1/responses"
TEXT = {"type": "string"}
USER = [{"role": "user", "content": "Hello"}]


def thing(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def nested(levels: int) -> dict[str, Any]:
    return TEXT if levels == 0 else thing(a=nested(levels - 1))


LISTED = "'required' is required to be supplied and to be an array including every key in properties."
OPEN = "'additionalProperties' is required to be supplied and to be false."
STRICT = [
    ({"type": "object", "properties": {}}, f"In context=(), {OPEN}"),
    (thing(x={"type": "object", "properties": {}}), f"In context=('properties', 'x'), {OPEN}"),
    ({**thing(x=TEXT), "required": []}, f"In context=(), {LISTED} Missing 'x'."),
    ({**thing(x=TEXT), "required": ["x", "y"]}, f"In context=(), {LISTED} Extra required key 'y' supplied."),
    ({"type": "array", "items": TEXT}, "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"array\"'."),
    ({"properties": {}}, "schema must be a JSON Schema of 'type: \"object\"', got 'type: \"None\"'."),
    ({**thing(x=TEXT), "anyOf": [TEXT]}, "schema must have type 'object' and not have "
     "'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level."),
    (thing(x={"oneOf": [TEXT]}), "In context=('properties', 'x'), 'oneOf' is not permitted."),
    (thing(x={"allOf": [TEXT]}), "In context=('properties', 'x'), 'allOf' is not permitted."),
    (thing(x={"type": "object", "patternProperties": {}}),
     "In context=('properties', 'x'), 'patternProperties' is not permitted."),
    (thing(x={"type": "array", "items": thing(y={})}),
     "In context=('properties', 'x', 'items', 'properties', 'y'), schema must have a 'type' key."),
    (thing(x={"type": "array"}), "In context=('properties', 'x'), array schema missing items."),
    (thing(x={"$ref": "#/$defs/y"}), "In context=('properties', 'x'), reference to component '#/$defs/y' which was "
     "not found in the schema."),
    (thing(x={"$ref": "#/properties/y"}, y=TEXT), "In context=('properties', 'x'), reference can only point to "
     "definitions defined at the top level of the schema."),
    (thing(x={"type": "string", "pattern": "("}), "'(' is not a 'regex'."),
    (thing(x={"type": "robot"}), "'robot' is not valid under any of the given schemas."),
    (nested(11), "11 levels of nesting exceeds limit of 10."),
    (thing(x={"enum": [f"v{number}" for number in range(1001)]}), "Expected at most 1000 enum values in total within a "
     "single schema when using structured outputs, but received 1001."),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "problem"), STRICT, ids=lambda value: str(value)[:60])
def test_strict_mode_refuses_a_schema(schema: Any, problem: str) -> None:
    form = {"name": "x", "strict": True, "schema": schema}
    function = {"name": "f", "strict": True, "parameters": schema}
    cases = (
        (CHAT, {"messages": USER, "response_format": {"type": "json_schema", "json_schema": form}},
         f"Invalid schema for response_format 'x': {problem}", "response_format", None),
        (CHAT, {"messages": USER, "tools": [{"type": "function", "function": function}]},
         f"Invalid schema for function 'f': {problem}", "tools[0].function.parameters", "invalid_function_parameters"),
        (RESPONSES, {"input": "Hello", "text": {"format": {"type": "json_schema", **form}}},
         f"Invalid schema for response_format 'x': {problem}", "text.format.schema", "invalid_json_schema"),
        (RESPONSES, {"input": "Hello", "tools": [{"type": "function", **function}]},
         f"Invalid schema for function 'f': {problem}", "tools[0].parameters", "invalid_function_parameters"),
    )  # fmt: skip

    async def scenario(client: Client) -> None:
        for path, body, message, param, code in cases:
            answer = await client.post(path, {"model": "gpt-4o", **body})
            assert (answer.status, answer.error) == (
                400, {"message": message, "type": "invalid_request_error", "param": param, "code": code},
            )  # fmt: skip

    run(scenario)


def test_what_is_not_strict_may_have_more() -> None:
    schema = {"type": "object", "properties": {"x": {"oneOf": [TEXT]}}, "patternProperties": {"^y": TEXT}}
    form = {"name": "x", "schema": schema}

    async def scenario(client: Client) -> None:
        body = {"model": "gpt-4o", "messages": USER, "response_format": {"type": "json_schema", "json_schema": form}}
        assert (await client.post(CHAT, body)).status == 200
        assert (await client.post(CHAT, {**body, "response_format": nested_refs(10)})).status == 200

    run(scenario)


def nested_refs(levels: int) -> dict[str, Any]:
    """A strict format of the most levels there may be, which refers to itself."""
    schema = nested(levels)
    schema["properties"]["again"] = {"anyOf": [{"$ref": "#"}, {"type": "null"}]}
    schema["required"].append("again")
    return {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": schema}}


def tool(name: str, **fields: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, **fields}}


MANY = [tool(f"f{number}") for number in range(129)]
ONLY = "'{0}' is only allowed when 'tools' are specified."
REFUSED = [
    ({"response_format": {"type": "json_object"}}, "'messages' must contain the word 'json' in some form, to use "
     "'response_format' of type 'json_object'.", "messages", None),
    ({"response_format": {"type": "json_schema", "json_schema": {"name": "x"}}},
     "Missing required parameter: 'response_format.json_schema.schema'.", "response_format.json_schema.schema",
     "missing_required_parameter"),
    ({"response_format": {"type": "json_schema", "json_schema": {"name": "a b", "schema": {}}}},
     "Invalid 'response_format.json_schema.name': string does not match pattern. Expected a string that matches the "
     "pattern '^[a-zA-Z0-9_-]+$'.", "response_format.json_schema.name", "invalid_value"),
    ({"tool_choice": "auto"}, f"Invalid value for 'tool_choice': {ONLY.format('tool_choice')}", "tool_choice", None),
    ({"parallel_tool_calls": False}, f"Invalid value for 'parallel_tool_calls': {ONLY.format('parallel_tool_calls')}",
     "parallel_tool_calls", None),
    ({"tools": []}, "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array "
     "instead.", "tools", "empty_array"),
    ({"tools": MANY}, "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array "
     "with length 129 instead.", "tools", "array_above_max_length"),
    ({"tools": [tool("")]}, "Invalid 'tools[0].function.name': empty string. Expected a string with minimum length 1, "
     "but got an empty string instead.", "tools[0].function.name", "empty_string"),
    ({"tools": [tool("f" * 65)]}, "Invalid 'tools[0].function.name': string too long. Expected a string with maximum "
     "length 64, but got a string with length 65 instead.", "tools[0].function.name", "string_above_max_length"),
    ({"tools": [tool("f"), tool("a.b")]}, "Invalid 'tools[1].function.name': string does not match pattern. Expected a "
     "string that matches the pattern '^[a-zA-Z0-9_-]+$'.", "tools[1].function.name", "invalid_value"),
    ({"tools": [tool("f", parameters={"type": "object", "properties": {"x": "string"}})]},
     "Invalid schema for function 'f': 'string' is not of type 'boolean', 'object'.", "tools[0].function.parameters",
     "invalid_function_parameters"),
    ({"tools": [tool("f")], "tool_choice": {"type": "function", "function": {"name": "g"}}},
     "Invalid value for 'tool_choice': no function named 'g' was specified in the 'tools' parameter.", "tool_choice",
     None),
    ({"functions": [{"name": "f"}], "function_call": {"name": "g"}},
     "Invalid value for 'function_call': no function named 'g' was specified in the 'functions' parameter.",
     "function_call", None),
    ({"tools": [{"type": "custom", "custom": {"name": "c", "format": {"type": "grammar", "grammar": {
        "syntax": "lark", "definition": "start: foo"}}}}], "tool_choice": "required"},
     "Invalid grammar for custom tool 'c': Rule 'foo' used but not defined (in rule start)", "tools", "invalid_value"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "message", "param", "code"), REFUSED, ids=lambda value: str(value)[:50])
def test_chat_refuses(fields: Any, message: str, param: str, code: str | None) -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post(CHAT, {"model": "gpt-4o", "messages": USER, **fields})
        assert (answer.status, answer.error) == (
            400, {"message": message, "type": "invalid_request_error", "param": param, "code": code},
        )  # fmt: skip

    run(scenario)


def call(id: str) -> dict[str, Any]:
    return {"id": id, "type": "function", "function": {"name": "f", "arguments": "{}"}}


def result(id: str) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": id, "content": "x"}


PREFACE = "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
UNANSWERED = (
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The "
    "following tool_call_ids did not have response messages: "
)


@pytest.mark.parametrize(
    ("after", "message", "param"),
    [
        ([result("a")], PREFACE, "messages.[1].role"),
        ([{"role": "assistant", "tool_calls": [call("a")]}, result("b")], PREFACE, "messages.[2].role"),
        ([{"role": "assistant", "tool_calls": [call("a")]}], f"{UNANSWERED}a", "messages.[2].role"),
        (
            [
                {"role": "assistant", "tool_calls": [call("a"), call("b")]},
                result("b"),
                {"role": "user", "content": "x"},
            ],
            f"{UNANSWERED}a",
            "messages.[3].role",
        ),
    ],
)
def test_results_belong_to_calls(after: Any, message: str, param: str) -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post(CHAT, {"model": "gpt-4o", "messages": [*USER, *after]})
        assert (answer.status, answer.error["message"], answer.error["param"]) == (400, message, param)

    run(scenario)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"tool_choice": "required"}, "Tool choice 'required' must be specified with 'tools' parameter."),
        ({"tool_choice": {"type": "function", "name": "g"}, "tools": [{"type": "function", "name": "f"}]},
         "Tool choice 'g' not found in 'tools' parameter."),
        ({"tool_choice": {"type": "image_generation"}, "tools": [{"type": "function", "name": "f"}]},
         "Tool choice 'image_generation' not found in 'tools' parameter."),
    ],
)  # fmt: skip
def test_responses_refuse_a_choice_that_is_not_there(fields: Any, message: str) -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post(RESPONSES, {"model": "gpt-4o", "input": "Hello", **fields})
        assert (answer.status, answer.error["message"], answer.error["param"]) == (400, message, "tool_choice")

    run(scenario)


def test_responses_want_the_word_json_in_the_input() -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "gpt-4o", "text": {"format": {"type": "json_object"}}}
        refused = await client.post(RESPONSES, {**body, "input": "Hello", "instructions": "Answer in JSON."})
        assert (refused.status, refused.error["message"]) == (
            400, "Response input messages must contain the word 'json' in some form to use 'text.format' of type "
            "'json_object'.",
        )  # fmt: skip
        assert (await client.post(RESPONSES, {**body, "input": "Hello as JSON"})).status == 200

    run(scenario)
