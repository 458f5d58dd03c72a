"""Chat beyond text: tools, JSON, reasoning, predictions and sampling, whole and streamed."""

import base64
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from fakeai.runtime.content.safety.refusals import TEXTS
from tests.inprocess import STEADY, Answer, Client, run, uncached

CHAT = "/v1/chat/completions"
WEATHER = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "unit": {"type": "string", "enum": ["celsius", "fahrenheit"]}},
    "required": ["city", "unit"],
    "additionalProperties": False,
}
TOOL = {
    "type": "function",
    "function": {"name": "get_weather", "description": "Weather of a city", "parameters": WEATHER},
}
CUSTOM = {"type": "custom", "custom": {"name": "run_sql", "description": "Run a query about the weather"}}
FORMAT = {"type": "json_schema", "json_schema": {"name": "weather", "strict": True, "schema": WEATHER}}
QUESTION = "What is the weather in Paris in celsius?"
PREDICTION = {"type": "content", "content": "const port = 8000;\nlisten(port);\n"}


def body(text: str = QUESTION, **fields: Any) -> dict[str, Any]:
    return {"model": "gpt-4o", "messages": [{"role": "user", "content": text}], **fields}


CASES = {
    "text": body(),
    "tools": body(tools=[TOOL]),
    "two calls": body("Weather in Paris and Rome in celsius?", tools=[TOOL]),
    "functions": body(functions=[TOOL["function"]]),
    "custom tool": body("Run a query about the weather", tools=[CUSTOM], tool_choice="required"),
    "json": body(response_format=FORMAT),
    "any json": body("Give me json about tea", response_format={"type": "json_object"}),
    "reasoning": body(model="some/reasoning-model"),
    "reasoning and tools": body(model="some/reasoning-model", tools=[TOOL]),
    "prediction": body("Replace 8000 with 9000", prediction=PREDICTION),
    "logprobs": body(logprobs=True, top_logprobs=2, max_tokens=9),
    "choices": body(n=3, tools=[TOOL], model="some/reasoning-model"),
    "choices with probabilities": body(n=2, logprobs=True),
}


def joined(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The choices of a stream, put together from its deltas as clients do."""
    choices: dict[int, dict[str, Any]] = {}
    for event in events:
        for part in event["choices"]:
            choice = choices.setdefault(part["index"], {"message": {}, "logprobs": None, "finish_reason": None})
            choice["finish_reason"] = part["finish_reason"] or choice["finish_reason"]
            if part["logprobs"]:
                known = choice["logprobs"] or {}
                choice["logprobs"] = {
                    name: (known.get(name) or []) + more if more else known.get(name)
                    for name, more in part["logprobs"].items()
                }
            add(choice["message"], part["delta"])
    return [choices[index] for index in sorted(choices)]


def add(message: dict[str, Any], delta: dict[str, Any]) -> None:
    for name, value in delta.items():
        if name == "tool_calls":
            calls = message.setdefault("tool_calls", [])
            for part in value:
                if part["index"] == len(calls):
                    calls.append({})
                add(calls[part["index"]], {key: each for key, each in part.items() if key != "index"})
        elif isinstance(value, dict):
            add(message.setdefault(name, {}), value)
        elif isinstance(value, str) and name not in ("role", "id", "type", "name"):
            message[name] = (message.get(name) or "") + value
        else:
            assert name not in message or value is None, f"{name} is said twice"
            message[name] = value


def whole(answer: Answer) -> list[dict[str, Any]]:
    choices = []
    for choice in answer.json["choices"]:
        message = {name: value for name, value in choice["message"].items() if name != "annotations"}
        for call in message.get("tool_calls", ()):
            call["id"] = "call"
        choices.append({"message": message, "logprobs": choice["logprobs"], "finish_reason": choice["finish_reason"]})
    return choices


@pytest.mark.parametrize("name", CASES)
def test_a_stream_put_together_is_the_whole_answer(name: str) -> None:
    async def scene(client: Client) -> None:
        once = await client.call("POST", CHAT, CASES[name])
        streamed = await client.call(
            "POST", CHAT, {**CASES[name], "stream": True, "stream_options": {"include_usage": True}}
        )
        *events, last = streamed.events
        made = joined(events)
        for choice in made:
            for call in choice["message"].get("tool_calls", ()):
                assert call["id"].startswith("call_")
                call["id"] = "call"
        assert made == whole(once)
        assert uncached(last["usage"]) == uncached(once.json["usage"])

    run(scene)


def test_calls_have_valid_arguments_in_words_of_the_prompt() -> None:
    async def scene(client: Client) -> None:
        choice = (await client.call("POST", CHAT, CASES["two calls"])).json["choices"][0]
        given = [json.loads(call["function"]["arguments"]) for call in choice["message"]["tool_calls"]]
        assert given == [{"city": "Paris", "unit": "celsius"}, {"city": "Rome", "unit": "celsius"}]
        assert choice["finish_reason"] == "tool_calls"
        assert choice["message"]["content"] is None

    run(scene)


NAME = str(TOOL["function"]["name"])  # type: ignore[index]
ALLOWED = {"mode": "required", "tools": [{"type": "function", "function": {"name": NAME}}]}
OLDER = {"functions": [TOOL["function"]], "tools": None}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"tool_choice": "auto"}, "tool_calls"),
        ({"tool_choice": "required"}, "tool_calls"),
        ({"tool_choice": {"type": "allowed_tools", "allowed_tools": ALLOWED}}, "tool_calls"),
        ({"tool_choice": {"type": "function", "function": {"name": NAME}}}, "stop"),
        ({**OLDER, "function_call": "auto"}, "function_call"),
        ({**OLDER, "function_call": {"name": NAME}}, "stop"),
    ],
)
def test_an_answer_ends_with_stop_where_a_function_is_chosen_by_its_name(fields: Any, reason: str) -> None:
    async def scene(client: Client) -> None:
        asked = {name: value for name, value in {**body(tools=[TOOL]), **fields}.items() if value is not None}
        choice = (await client.call("POST", CHAT, asked)).json["choices"][0]
        called = choice["message"].get("tool_calls") or choice["message"].get("function_call")
        assert (bool(called), choice["finish_reason"]) == (True, reason)
        streamed = await client.call("POST", CHAT, {**asked, "stream": True})
        assert streamed.events[-1]["choices"][0]["finish_reason"] == reason

    run(scene)


def test_any_json_follows_the_schema_that_the_prompt_writes_out() -> None:
    example = {"properties": {"foo": {"type": "array", "items": {"type": "string"}}}, "required": ["foo"]}
    said = f"As an example, for {json.dumps(example)} the object {json.dumps({'foo': ['bar']})} is right."
    system = {"role": "system", "content": f"{said} Answer in JSON of this schema:\n```\n{json.dumps(WEATHER)}\n```"}
    messages = [system, {"role": "user", "content": QUESTION}]
    broken = [{"role": "user", "content": 'JSON of {"properties": {"a": {"type": "robot"}}} and {"b": {"'}]

    async def scene(client: Client) -> None:
        found = []
        for each in (messages, broken):
            asked = {**body(response_format={"type": "json_object"}), "messages": each}
            answer = await client.call("POST", CHAT, asked)
            found.append(json.loads(answer.json["choices"][0]["message"]["content"]))
        assert list(found[0]) == ["city", "unit"]
        assert found[0]["unit"] == "celsius"
        assert isinstance(found[1], dict)

    run(scene)


def test_results_of_tools_are_answered_in_words() -> None:
    async def scene(client: Client) -> None:
        request = body(tools=[TOOL])
        message = (await client.call("POST", CHAT, request)).json["choices"][0]["message"]
        (call,) = message["tool_calls"]
        request["messages"] += [message, {"role": "tool", "tool_call_id": call["id"], "content": '{"temp_c": 21}'}]
        last = (await client.call("POST", CHAT, request)).json["choices"][0]
        assert last["finish_reason"] == "stop"
        assert "21" in last["message"]["content"]
        request["messages"].pop()
        refused = await client.call("POST", CHAT, request)
        assert refused.status == 400
        assert call["id"] in refused.error["message"]

    run(scene)


def test_no_tool_is_called_that_was_not_offered_or_wanted() -> None:
    async def scene(client: Client) -> None:
        for fields in ({"tool_choice": "none"}, {"messages": [{"role": "user", "content": "Hello!"}]}):
            choice = (await client.call("POST", CHAT, body(tools=[TOOL]) | fields)).json["choices"][0]
            assert choice["finish_reason"] == "stop"
            assert "tool_calls" not in choice["message"]

    run(scene)


def test_reasoning_comes_first_and_grows_with_the_effort() -> None:
    async def scene(client: Client) -> None:
        sizes = []
        for effort in ("none", "low", "medium", "high"):
            request = body(model="some/reasoning-model", reasoning_effort=effort)
            answer = (await client.call("POST", CHAT, request)).json
            thought = answer["choices"][0]["message"].get("reasoning_content", "")
            size = answer["usage"]["completion_tokens_details"]["reasoning_tokens"]
            assert answer["usage"].get("reasoning_tokens", 0) == size
            assert bool(thought) == bool(size)
            sizes.append(size)
        assert sizes[0] == 0
        assert sizes == sorted(set(sizes))
        short = (await client.call("POST", CHAT, body(model="some/reasoning-model", max_tokens=10))).json
        assert short["usage"]["completion_tokens"] == 10
        assert short["choices"][0]["message"]["content"]

    run(scene)


def test_a_prediction_is_followed_and_counted() -> None:
    async def scene(client: Client) -> None:
        answer = (await client.call("POST", CHAT, CASES["prediction"])).json
        assert answer["choices"][0]["message"]["content"] == "const port = 9000;\nlisten(port);\n"
        usage = answer["usage"]
        details = usage["completion_tokens_details"]
        made = usage["completion_tokens"] - details["rejected_prediction_tokens"]
        assert 0 < details["rejected_prediction_tokens"] <= 2
        assert details["accepted_prediction_tokens"] == made - details["rejected_prediction_tokens"]
        assert usage["accepted_prediction_tokens"] == details["accepted_prediction_tokens"]

    run(scene)


def test_probabilities_hold_the_token_that_was_taken_and_sum_to_at_most_one() -> None:
    async def scene(client: Client) -> None:
        request = body(logprobs=True, top_logprobs=20, max_tokens=40)
        choice = (await client.call("POST", CHAT, request)).json["choices"][0]
        entries = choice["logprobs"]["content"]
        assert "".join(entry["token"] for entry in entries) == choice["message"]["content"]
        for entry in entries:
            assert bytes(entry["bytes"]).decode() == entry["token"]
            top = entry["top_logprobs"]
            assert len(top) == len({each["token"] for each in top}) == 20
            assert entry["token"] in [each["token"] for each in top]
            assert sum(2.718281828 ** each["logprob"] for each in top) <= 1.000001
            assert top == sorted(top, key=lambda each: -each["logprob"])

    run(scene)


def test_a_bias_bans_tokens_or_dictates_them() -> None:
    async def scene(client: Client) -> None:
        plain = (await client.call("POST", CHAT, body())).json["choices"][0]["message"]["content"]
        world = client.app.world
        banned = set(world.tokens.encode(plain)[3:9])
        biases = {str(id): -100 for id in banned}
        other = (await client.call("POST", CHAT, body(logit_bias=biases))).json["choices"][0]["message"]["content"]
        assert other
        assert not banned & set(world.tokens.encode(other))
        (yes,) = world.tokens.encode("Yes")
        answer = (await client.call("POST", CHAT, body(logit_bias={str(yes): 100}, max_tokens=1))).json
        assert answer["choices"][0]["message"]["content"] == "Yes"
        refused = await client.call("POST", CHAT, body(logit_bias={"yes": 100}))
        assert (refused.status, refused.error["param"]) == (400, "logit_bias")

    run(scene)


def test_zero_temperature_takes_the_likeliest_whatever_the_seed() -> None:
    async def scene(client: Client) -> None:
        texts = set()
        for seed in (1, 2):
            answer = await client.call("POST", CHAT, body(temperature=0, seed=seed, n=2))
            texts |= {choice["message"]["content"] for choice in answer.json["choices"]}
        assert len(texts) == 1
        warm = [(await client.call("POST", CHAT, body(seed=seed))).json["choices"][0]["message"] for seed in (1, 2)]
        assert warm[0] != warm[1]

    run(scene)


def test_a_penalty_ends_repetition() -> None:
    async def scene(client: Client) -> None:
        request = body(min_tokens=900, max_tokens=1000, frequency_penalty=1.0)
        text = (await client.call("POST", CHAT, request)).json["choices"][0]["message"]["content"]
        sentences = [sentence.strip() for sentence in text.replace("\n", " ").split(".") if sentence.strip()]
        assert len(sentences) == len(set(sentences)) > 20

    run(scene)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"tool_choice": "auto"}, "tool_choice"),
        ({"tools": []}, "tools"),
        ({"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "none"}}}, "tool_choice"),
        ({"response_format": {"type": "json_object"}}, "messages"),
        ({"response_format": {"type": "json_schema", "json_schema": {"name": "a", "strict": True, "schema": {
            "type": "object", "properties": {"a": {"type": "string"}}}}}}, "response_format"),
    ],
)  # fmt: skip
def test_what_cannot_be_given_is_refused(fields: dict[str, Any], param: str) -> None:
    async def scene(client: Client) -> None:
        answer = await client.call("POST", CHAT, body(**fields))
        assert (answer.status, answer.error["param"]) == (400, param)

    run(scene)


def test_an_answer_said_aloud_is_sound_with_its_transcript() -> None:
    async def scene(client: Client) -> None:
        spoken = body("Tell me about tides", model="gpt-4o-audio-preview", modalities=["text", "audio"], max_tokens=12)
        whole = (await client.call("POST", CHAT, spoken | {"audio": {"voice": "alloy", "format": "wav"}})).json
        message = whole["choices"][0]["message"]
        assert message["content"] is None
        data = base64.b64decode(message["audio"]["data"])
        assert data[:4] == b"RIFF"
        assert message["audio"]["expires_at"] == whole["created"] + 3600
        details = whole["usage"]["completion_tokens_details"]
        said = client.app.world.tokens.count(message["audio"]["transcript"])
        assert details["audio_tokens"] == whole["usage"]["completion_tokens"] - said > 0
        form = {"file": ("a.wav", data), "model": "whisper-1"}
        heard = await client.form("/v1/audio/transcriptions", **form)
        assert heard.json["text"] == message["audio"]["transcript"]

        sound = {"audio": {"voice": "alloy", "format": "pcm16"}, "stream": True}
        events = (await client.call("POST", CHAT, spoken | sound)).events
        parts = [event["choices"][0]["delta"].get("audio") or {} for event in events]
        assert "".join(part.get("transcript", "") for part in parts) == message["audio"]["transcript"]
        pcm = b"".join(base64.b64decode(part.get("data", "")) for part in parts)
        assert len(pcm) == pytest.approx(len(data), abs=200)
        for audio, param in ((None, "audio"), ({"voice": "alloy", "format": "mp3"}, "audio.format")):
            refused = await client.call("POST", CHAT, spoken | {"audio": audio, "stream": True})
            assert (refused.status, refused.error["param"]) == (400, param)

    run(scene)


def test_harm_is_refused_where_the_server_is_told_to() -> None:
    async def scene(client: Client) -> None:
        harmful = "How do I make meth at home?"
        plain = (await client.call("POST", CHAT, body(harmful))).json["choices"][0]["message"]
        assert plain["refusal"] is None
        assert "help" in plain["content"] or "assist" in plain["content"]
        message = (await client.call("POST", CHAT, body(harmful, response_format=FORMAT))).json["choices"][0]["message"]
        assert message["content"] is None
        assert message["refusal"]
        fine = (await client.call("POST", CHAT, body("How do I kill a process in Essex?"))).json["choices"][0][
            "message"
        ]
        assert fine["content"] not in TEXTS

    run(scene, replace(STEADY, refuse_above=0.5))


@pytest.mark.parametrize(
    ("model", "fields", "param"),
    [
        ("gpt-4o", {"max_tokens": 5, "max_completion_tokens": 5}, "max_tokens"),
        ("gpt-4o", {"stream_options": {"include_usage": True}}, "stream_options"),
        ("gpt-4o", {"metadata": {"a": "b"}}, "metadata"),
        ("gpt-4o", {"metadata": {"a": "b"}, "store": False}, "metadata"),
        ("o3", {"max_tokens": 5}, "max_tokens"),
        ("o3", {"temperature": 0.5}, "temperature"),
        ("gpt-5", {"top_p": 0.5}, "top_p"),
        ("o4-mini", {"logprobs": True}, "logprobs"),
        ("o3", {"temperature": 1, "max_completion_tokens": 50}, None),
        ("gpt-5.1", {"temperature": 0.5, "max_tokens": 50}, None),
        ("openai/gpt-oss-120b", {"temperature": 0.5, "max_tokens": 50, "max_completion_tokens": 50}, None),
        ("deepseek-ai/DeepSeek-R1", {"temperature": 0.5, "max_tokens": 50}, None),
    ],
)
def test_openais_models_refuse_what_they_do_not_take(model: str, fields: dict[str, Any], param: str | None) -> None:
    async def scenario(client: Client) -> None:
        asked = {"model": model, "messages": [{"role": "user", "content": "Hello"}], **fields}
        answer = await client.post(CHAT, asked)
        assert answer.status == (200 if param is None else 400), answer.body
        if param is not None:
            assert answer.error["param"] == param

    run(scenario)
