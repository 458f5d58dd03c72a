"""Text completions, embeddings, models, health, keys and everything that is refused before a route is found."""

import base64
import dataclasses
import struct
from typing import Any

import pytest

from fakeai.runtime.options import Options
from tests.inprocess import ROOT, STEADY, Client, chat, run


def prompt(text: Any = "Once upon a time there was a compiler", **fields: Any) -> dict[str, Any]:
    return {"model": "gpt-3.5-turbo-instruct", "prompt": text, **fields}


def test_completions_stop_at_sixteen_tokens_unless_told_otherwise() -> None:
    async def scenario(client: Client) -> None:
        answer = (await client.post("/v1/completions", prompt())).json
        assert answer["object"] == "text_completion"
        assert answer["id"].startswith("cmpl-")
        assert answer["usage"]["completion_tokens"] == 16
        assert answer["usage"]["prompt_tokens"] == 8
        assert answer["choices"][0]["finish_reason"] == "length"
        longer = (await client.post("/v1/completions", prompt(max_tokens=30))).json
        assert longer["choices"][0]["text"].startswith(answer["choices"][0]["text"])

    run(scenario)


def test_a_completion_has_a_context_window() -> None:
    async def scenario(client: Client) -> None:
        wide = client.app.world.tokens.encode("word " * 4090)[:4090]
        refused = await client.post("/v1/completions", prompt([[1, 2], wide]))
        assert (refused.status, refused.error["code"], refused.error["param"]) == (
            400, "context_length_exceeded", "prompt",
        )  # fmt: skip
        assert refused.error["message"].startswith(
            "This model's maximum context length is 4096 tokens, however you requested 4106 tokens (4090 in your "
            "prompt; 16 for the completion)."
        )
        fits = (await client.post("/v1/completions", prompt([[1, 2], wide], max_tokens=6))).json
        assert [choice["finish_reason"] for choice in fits["choices"]] == ["length", "length"]
        other = await client.post("/v1/completions", prompt(wide, model="some-model"))
        assert other.status == 200

    run(scenario)


def test_a_completion_obeys_biases_and_is_one_when_the_likeliest_token_is_taken() -> None:
    async def scenario(client: Client) -> None:
        (yes,) = client.app.world.tokens.encode(" yes")
        forced = (await client.post("/v1/completions", prompt(logit_bias={str(yes): 100}, max_tokens=3))).json
        assert forced["choices"][0]["text"] == " yes yes yes", forced
        texts = (await client.post("/v1/completions", prompt(n=2, temperature=0))).json["choices"]
        assert texts[0]["text"] == texts[1]["text"]

    run(scenario)


def test_a_streamed_completion_joined_is_the_whole_one() -> None:
    async def scenario(client: Client) -> None:
        for fields in ({}, {"n": 2}, {"echo": True}, {"stop": [" a"], "max_tokens": 90}):
            whole = (await client.post("/v1/completions", prompt(["one volcano", "two rivers"], **fields))).json
            body = prompt(["one volcano", "two rivers"], stream=True, stream_options={"include_usage": True}, **fields)
            events = (await client.post("/v1/completions", body)).events
            for choice in whole["choices"]:
                parts = [c for e in events for c in e["choices"] if c["index"] == choice["index"]]
                assert "".join(part["text"] for part in parts) == choice["text"]
                assert [p["finish_reason"] for p in parts if p["finish_reason"]] == [choice["finish_reason"]]
            assert events[-1]["usage"] == whole["usage"]
            assert events[-1]["choices"] == []

    run(scenario)


def test_completions_take_token_ids_for_the_text_they_stand_for() -> None:
    async def scenario(client: Client) -> None:
        text = "a story about the sea"
        ids = client.app.world.tokens.encode(text)
        for form in (ids, [ids]):
            answer = (await client.post("/v1/completions", prompt(form, echo=True))).json
            assert answer["choices"][0]["text"].startswith(text)
            assert answer["usage"]["prompt_tokens"] == len(ids)
            assert answer["usage"]["completion_tokens"] == 16
        refused = await client.post("/v1/completions", prompt([10**9]))
        assert (refused.status, refused.error["param"]) == (400, "prompt")
        refused = await client.post("/v1/completions", prompt([]))
        assert (refused.status, refused.error["code"]) == (400, "empty_array")
        refused = await client.post("/v1/completions", prompt(n=3, best_of=2))
        assert (refused.status, refused.error["param"]) == (400, "best_of")

    run(scenario)


async def embed(client: Client, text: Any, **fields: Any) -> Any:
    return (await client.post("/v1/embeddings", {"model": "text-embedding-3-small", "input": text, **fields})).json


def dot(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def test_embeddings_are_unit_vectors_of_the_models_size() -> None:
    async def scenario(client: Client) -> None:
        answer = await embed(client, ["hello world", "good bye"])
        assert [item["index"] for item in answer["data"]] == [0, 1]
        assert answer["usage"] == {"prompt_tokens": 4, "total_tokens": 4}
        for item in answer["data"]:
            assert len(item["embedding"]) == 1536
            assert dot(item["embedding"], item["embedding"]) == pytest.approx(1, abs=1e-5)
        large = await embed(client, "hello world", model="text-embedding-3-large")
        assert len(large["data"][0]["embedding"]) == 3072
        small = (await embed(client, "hello world", dimensions=256))["data"][0]["embedding"]
        assert len(small) == 256
        assert dot(small, small) == pytest.approx(1, abs=1e-5)

    assert run(scenario) == pytest.approx(0.2 * 3)


def test_similar_texts_are_nearer_than_unrelated_ones() -> None:
    async def scenario(client: Client) -> None:
        texts = [
            "How do I reset my password?",
            "I forgot my password and need to reset it",
            "The volcano erupted over the island last night",
            "Lava from the eruption of a volcano reached the sea",
            "hello",
        ]
        a, b, c, d, e = [item["embedding"] for item in (await embed(client, texts))["data"]]
        assert dot(a, b) > 0.4
        assert dot(c, d) > 0.25
        assert max(abs(dot(a, c)), abs(dot(b, d)), abs(dot(a, e)), abs(dot(c, e))) < 0.15

    run(scenario)


def test_base64_is_the_same_floats_and_token_ids_the_same_text() -> None:
    async def scenario(client: Client) -> None:
        floats = (await embed(client, "hello world"))["data"][0]["embedding"]
        encoded = (await embed(client, "hello world", encoding_format="base64"))["data"][0]["embedding"]
        assert list(struct.unpack("<1536f", base64.b64decode(encoded))) == pytest.approx(floats)
        ids = client.app.world.tokens.encode("hello world")
        assert (await embed(client, ids))["data"][0]["embedding"] == floats
        assert (await embed(client, [ids, ids]))["data"][1]["embedding"] == floats

    run(scenario)


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"input": ""}, "input"),
        ({"input": ["a", ""]}, "input[1]"),
        ({"input": []}, "input"),
        ({"input": "a", "dimensions": 4000}, "dimensions"),
        ({"input": "a", "dimensions": 0}, "dimensions"),
        ({"input": ["a"] * 2049}, "input"),
        ({"input": "a " * 9000}, "input"),
        ({"input": "a", "encoding_format": "hex"}, "encoding_format"),
        ({"input": {"a": 1}}, "input"),
        ({}, "input"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_embedding_request_is_refused(fields: dict[str, Any], param: str) -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post("/v1/embeddings", {"model": "text-embedding-3-small", **fields})
        assert (answer.status, answer.error["param"]) == (400, param)

    run(scenario)


def test_models_are_listed_and_found_whatever_their_name() -> None:
    async def scenario(client: Client) -> None:
        listed = (await client.get("/v1/models")).json
        assert listed["object"] == "list"
        assert len({model["id"] for model in listed["data"]}) == len(listed["data"]) > 40
        for model in listed["data"]:
            assert (await client.get(f"/v1/models/{model['id']}")).json == model
            assert (await client.get(f"/models/{model['id']}")).json == model
        missing = await client.get("/v1/models/no/such/model")
        assert (missing.status, missing.error["code"], missing.error["param"]) == (404, "model_not_found", "model")
        assert "no/such/model" in missing.error["message"]
        refused = await client.call("DELETE", "/v1/models/gpt-4o")
        assert refused.status == 403
        assert (await client.call("DELETE", "/v1/models/nothing")).status == 404

    run(scenario)


def test_operations_without_annotation_answer_with_an_example() -> None:
    async def scenario(client: Client) -> None:
        listed = await client.get("/zoo")
        assert (listed.status, listed.json["either"]) == (200, "fits")

    run(scenario, root=ROOT / "tests" / "generator" / "unannotated")


def test_what_is_not_there_is_named() -> None:
    async def scenario(client: Client) -> None:
        for path in ("/v1/nothing", "/v2/models", "/", "//", "/v1/models/", "/v1/chat/completions/a/b"):
            answer = await client.get(path)
            assert answer.status == 404, path
            assert f"GET {path}" in answer.error["message"]
        wrong = await client.call("PUT", "/v1/models")
        assert (wrong.status, wrong.error["code"], wrong.headers["allow"]) == (405, "method_not_supported", "GET")
        assert (await client.call("HEAD", "/v1/models")).status == 200

    run(scenario)


def test_every_answer_has_a_request_id_and_openais_also_its_version() -> None:
    async def scenario(client: Client) -> None:
        seen = set()
        for answer in [
            await client.get("/v1/models"),
            await client.get("/v1/models/none"),
            await client.get("/nothing"),
            await client.get("/health"),
            await client.post("/v1/chat/completions", chat()),
            await client.post("/v1/chat/completions", chat(stream=True)),
        ]:
            seen.add(answer.headers["x-request-id"])
        assert len(seen) == 6
        assert all(len(id) == 36 and id.startswith("req_") for id in seen)
        models = (await client.get("/v1/models")).headers
        assert (models["openai-version"], models["openai-processing-ms"]) == ("2020-10-01", "0")
        assert "openai-version" not in (await client.get("/health")).headers

    run(scenario)


def test_health_tells_the_time_of_the_servers_clock() -> None:
    async def scenario(client: Client) -> None:
        assert (await client.get("/health")).json == {
            "status": "healthy",
            "ready": True,
            "timestamp": "2026-01-01T00:00:00+00:00",
        }

    run(scenario)


@pytest.mark.parametrize("keys", [frozenset(), frozenset({"key-1-long-enough", "key-2"})], ids=["any key", "two keys"])
def test_keys_are_asked_for_when_configured(keys: frozenset[str]) -> None:
    async def scenario(client: Client) -> None:
        async def status(path: str = "/v1/models", **headers: str) -> tuple[int, Any]:
            answer = await client.get(path, headers=headers)
            return answer.status, answer.error["code"] if answer.status != 200 else ""

        assert await status() == (401, None)
        assert await status(authorization="Basic key-2") == (401, None)
        assert await status(authorization="Bearer ") == (401, None)
        assert await status(authorization="bearer key-2") == (200, "")
        wrong = (401, "invalid_api_key") if keys else (200, "")
        assert await status(authorization="Bearer key-3-long-enough") == wrong
        assert await status(authorization="Bearer kéy") == wrong
        assert await status("/health") == (200, "")
        message = (await client.get("/v1/models", headers={"authorization": "Bearer key-3-long-enough"})).body
        assert b"key-3-long-enough" not in message

    run(scenario, dataclasses.replace(STEADY, require_api_key=True, api_keys=keys))


def test_a_body_that_is_too_large_is_refused() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post("/v1/chat/completions", chat("x" * 3000))
        assert (answer.status, answer.error["code"]) == (413, "payload_too_large")
        assert (await client.post("/v1/chat/completions", chat("x"))).status == 200

    run(scenario, Options(max_request_size=2048))


def test_browsers_get_cors_headers_and_nobody_else() -> None:
    async def scenario(client: Client) -> None:
        plain = await client.get("/v1/models")
        assert not any(name.startswith("access-control") for name in plain.headers)
        asked = await client.call(
            "OPTIONS",
            "/v1/chat/completions",
            headers={"origin": "https://app.example", "access-control-request-method": "POST"},
        )
        assert asked.status == 200
        assert asked.headers["access-control-allow-origin"] == "https://app.example"
        got = await client.get("/v1/models", headers={"origin": "https://app.example", "cookie": "a=b"})
        assert got.headers["access-control-allow-origin"] in ("*", "https://app.example")
        assert "x-request-id" in got.headers["access-control-expose-headers"]

    run(scenario)


def test_text_completions_tell_the_probability_of_each_token() -> None:
    async def scene(client: Client) -> None:
        body = {"model": "m", "prompt": "Tea", "logprobs": 2, "max_tokens": 5, "n": 2}
        whole = (await client.post("/v1/completions", body)).json["choices"]
        streamed = (await client.post("/v1/completions", {**body, "stream": True})).events
        for choice in whole:
            told = choice["logprobs"]
            assert "".join(told["tokens"]) == choice["text"]
            assert [
                choice["text"][at:].startswith(token)
                for at, token in zip(told["text_offset"], told["tokens"], strict=True)
            ] == [True] * 5
            assert all(
                len(top) == 2 and top[token] == value
                for top, token, value in zip(told["top_logprobs"], told["tokens"], told["token_logprobs"], strict=True)
            )
            parts = [e["choices"][0]["logprobs"] for e in streamed if e["choices"][0]["index"] == choice["index"]]
            assert [part["tokens"] for part in parts if part] == [[token] for token in told["tokens"]]

    run(scene)
