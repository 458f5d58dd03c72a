"""What was promised to users of FakeAI 0.3, with the model and in the form in which it was promised."""

import json
from typing import Any
from urllib.request import Request, urlopen

import jsonschema_rs
from openai import OpenAI

MODEL = "openai/gpt-oss-120b"


def post(url: str, body: dict[str, Any]) -> Any:
    """What is answered to *body* as JSON."""
    request = Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    with urlopen(request) as answer:
        return json.load(answer)


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


def test_documents_are_ranked(server: str) -> None:
    answer = post(
        f"{server}/v1/ranking",
        {
            "model": "nvidia/nv-rerank-qa-mistral-4b",
            "query": "What is machine learning?",
            "documents": [
                {"text": "Machine learning is a subset of AI..."},
                {"text": "Deep learning uses neural networks..."},
                {"text": "Python is a programming language..."},
            ],
            "top_n": 2,
        },
    )
    rankings = answer["rankings"]
    assert [ranking["index"] for ranking in rankings] == [0, 1]
    assert rankings[0]["document"]["text"].startswith("Machine learning")
    catalog = {model.id for model in OpenAI(base_url=f"{server}/v1", api_key="any").models.list()}
    assert {
        "nvidia/cosmos-vision",
        "nvidia/llama-3.1-nemotron-70b-instruct",
        "nvidia/nv-rerank-qa-mistral-4b",
    } <= catalog


def test_documents_are_retrieved_and_answered_from(server: str) -> None:
    result = post(
        f"{server}/rag/api/prompt",
        {
            "query": "What is PVTMC?",
            "filters": {"family": "Solido", "tool": "SDE"},
            "inference_model": "meta-llama/Llama-3.1-70B-Instruct",
            "top_k": 5,
        },
    )
    assert result["content"].startswith("PVTMC is ")
    assert len(result["retrieved_docs"]) == 5


def test_text_is_generated_as_azure_does(server: str) -> None:
    body = {"model": MODEL, "input": "Tell me about volcanoes", "max_output_tokens": 20}
    said = post(f"{server}/v1/text/generation", body)
    assert sorted(said) == ["created", "id", "model", "output", "usage"]
    assert said["usage"]["completion_tokens"] == 20


def test_the_server_says_that_it_is_well(server: str) -> None:
    with urlopen(f"{server}/health") as answer:
        said = json.load(answer)
    assert (said["status"], said["ready"]) == ("healthy", True)
