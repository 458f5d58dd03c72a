"""What was promised to users of FakeAI 0.3, with the model and in the form in which it was promised."""

import json

import jsonschema_rs
from openai import OpenAI

MODEL = "openai/gpt-oss-120b"


def test_reasoning_is_shown_and_counted(server: str) -> None:
    client = OpenAI(base_url=f"{server}/v1", api_key="any")
    response = client.chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "Solve this problem step by step"}]
    )
    said = response.model_dump()
    assert said["choices"][0]["message"]["reasoning_content"]
    assert said["usage"]["reasoning_tokens"] == said["usage"]["completion_tokens_details"]["reasoning_tokens"] > 0


def test_a_prediction_is_accepted_and_rejected_in_the_usage(server: str) -> None:
    client = OpenAI(base_url=f"{server}/v1", api_key="any")
    response = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "The capital of France is"}],
        prediction={"type": "content", "content": "Paris, and the capital of Germany is Berlin"},
    )
    usage = response.model_dump()["usage"]
    assert usage["accepted_prediction_tokens"] > usage["rejected_prediction_tokens"] >= 0


def test_open_models_take_any_schema_in_strict_mode(server: str) -> None:
    client = OpenAI(base_url=f"{server}/v1", api_key="any")
    schema: dict[str, object] = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "age": {"type": "integer"},
            "skills": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["name", "age"],
    }
    response = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "Generate a person profile"}],
        response_format={"type": "json_schema", "json_schema": {"name": "person", "strict": True, "schema": schema}},
    )
    content = response.choices[0].message.content
    assert content
    jsonschema_rs.validate(schema, json.loads(content))


def test_the_weather_of_two_cities_is_asked_for_twice(server: str) -> None:
    client = OpenAI(base_url=f"{server}/v1", api_key="any")
    response = client.chat.completions.create(
        model=MODEL,
        messages=[{"role": "user", "content": "What's the weather in SF and NYC?"}],
        tools=[
            {
                "type": "function",
                "function": {
                    "name": "get_weather",
                    "description": "Get weather for a location",
                    "parameters": {"type": "object", "properties": {"location": {"type": "string"}}},
                },
            }
        ],
        tool_choice="auto",
    )
    calls = response.choices[0].message.tool_calls or []
    given = [json.loads(call.function.arguments) for call in calls if call.type == "function"]
    assert given == [{"location": "SF"}, {"location": "NYC"}]


def test_pictures_and_films_are_read(server: str) -> None:
    client = OpenAI(base_url=f"{server}/v1", api_key="any")
    used = {}
    for model, part in (
        (MODEL, {"type": "image_url", "image_url": {"url": "https://example.com/image.jpg", "detail": "high"}}),
        (
            "nvidia/cosmos-vision",
            {
                "type": "video_url",
                "video_url": {"url": "https://example.com/video.mp4?width=512&height=288&duration=5.0&fps=4"},
            },
        ),
    ):
        for parts in ([], [part]):
            content = [{"type": "text", "text": "Describe this"}, *parts]
            messages = [{"role": "user", "content": content}]
            response = client.chat.completions.create(model=model, messages=messages)  # type: ignore[call-overload]
            used[model, len(parts)] = response.usage.prompt_tokens
    assert used[MODEL, 1] - used[MODEL, 0] >= 85
    frames = 5 * 4
    assert 85 + 10 * frames <= used["nvidia/cosmos-vision", 1] - used["nvidia/cosmos-vision", 0] <= 85 + 50 * frames
