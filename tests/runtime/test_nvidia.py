"""What the frontend of NVIDIA Dynamo and NVIDIA NIM answer beyond OpenAI's API, and how a dialect changes answers."""

import base64
import hashlib
import io
import json
import re
import struct
from dataclasses import replace
from importlib import metadata
from typing import Any

import jsonschema_rs
import pytest
import yaml
from PIL import Image

from tests.inprocess import ROOT, STEADY, Answer, Client, chat, run

DYNAMO, NIM = replace(STEADY, dialect="dynamo"), replace(STEADY, dialect="nim")
DOCUMENT = json.loads((ROOT / "generated/openapi.json").read_text())
MODEL = "openai/gpt-oss-120b"


def expect_documented(answer: Answer, method: str, path: str) -> None:
    """See that *answer* is a success that its operation documents, and valid against its schema."""
    operation = DOCUMENT["paths"][path][method]
    schema = operation["responses"][str(answer.status)]["content"]["application/json"]["schema"]
    jsonschema_rs.Draft202012Validator({**schema, "components": DOCUMENT["components"]}).validate(answer.json)


POSTED: dict[str, list[dict[str, Any]]] = {
    "/v1/ranking": [
        {
            "model": "nvidia/llama-3.2-nv-rerankqa-1b-v2",
            "query": {"text": "a"},
            "passages": [{"text": "a"}, {"text": "b"}],
        }
    ],
    "/v1/retrieval/nvidia/reranking": [{"model": "r", "query": {"text": "a"}, "passages": [{"text": "b"}]}],
    "/v1/rerank": [
        {"model": "r", "query": "a", "documents": ["a", {"text": "b"}]},
        {"model": "r", "query": "a", "documents": ["a", "b"], "top_n": 1, "return_documents": False},
    ],
    "/v1/classify": [{"model": "some-nli", "input": ["a", "b"]}, {"model": "reward", "input": [[1, 2], [3]]}],
    "/v1/pooling": [
        {"model": "m", "input": "two words"},
        {"model": "m", "input": ["a", "b"], "task": "embed"},
        {"model": "m", "input": "a", "task": "classify", "encoding_format": "base64"},
        {"model": "m", "input": [1, 2], "task": "token_classify", "use_activation": False},
    ],
    "/busy_threshold": [{"model": MODEL, "active_prefill_tokens_threshold": 1000}],
}
ASKED = (
    "/health", "/live", "/busy_threshold", "/v1/models", "/v1/health/live", "/v1/health/ready", "/v1/version",
    "/v1/metadata", "/v1/license", "/v1/manifest",
)  # fmt: skip


@pytest.mark.parametrize("options", [STEADY, DYNAMO, NIM], ids=["openai", "dynamo", "nim"])
def test_every_answer_is_as_the_specs_say_in_every_dialect(options: Any) -> None:
    async def scenario(client: Client) -> None:
        for path in ASKED:
            expect_documented(await client.get(path), "get", path)
        expect_documented(await client.get(f"/v1/models/{MODEL}/ready"), "get", "/v1/models/{model_id}/ready")
        for path, bodies in POSTED.items():
            for body in bodies:
                answer = await client.post(path, body)
                assert answer.status == 200, answer.body
                expect_documented(answer, "post", path)

    run(scenario, options)


def test_a_refusal_has_the_envelope_of_the_dialect() -> None:
    async def refusals(client: Client) -> None:
        for method, path, body in (
            ("POST", "/v1/chat/completions", chat(temperature=9)),
            ("POST", "/v1/chat/completions", b"{"),
            ("GET", "/v1/models/none", None),
            ("GET", "/nowhere", None),
        ):
            told.append((await client.call(method, path, body)).json)

    told: list[Any] = []
    run(refusals, DYNAMO)
    assert [(sorted(one), one["type"], one["code"]) for one in told] == [
        (["code", "message", "type"], "Bad Request", 400),
        (["code", "message", "type"], "Bad Request", 400),
        (["code", "message", "type"], "Not Found", 404),
        (["code", "message", "type"], "Not Found", 404),
    ]
    assert told[0]["message"].startswith("Validation: Invalid 'temperature'")
    assert told[1]["message"].startswith("Failed to deserialize the JSON body into the target type: ")
    assert told[2]["message"] == "Model not found"
    told.clear()
    run(refusals, NIM)
    assert [(one["error"]["type"], one["error"]["param"], one["error"]["code"]) for one in told] == [
        ("BadRequestError", "temperature", 400),
        ("BadRequestError", None, 400),
        ("NotFoundError", "model", 404),
        ("NotFoundError", None, 404),
    ]
    told.clear()
    run(refusals)
    assert [one["error"]["code"] for one in told] == ["decimal_above_max_value", None, "model_not_found", None]


def test_health_and_models_are_told_as_the_dialect_tells_them() -> None:
    async def dynamo(client: Client) -> None:
        health = (await client.get("/health")).json
        ids = [instance["instance_id"] for instance in health["instances"]]
        assert len(set(ids)) == len(ids) == client.app.world.options.machine.workers
        assert health == {
            "status": "healthy",
            "endpoints": ["dyn://dynamo.backend.generate"],
            "instances": [
                {"component": "backend", "endpoint": "generate", "namespace": "dynamo", "instance_id": id} for id in ids
            ],
        }
        asked = chat(nvext={"extra_fields": ["worker_id", "timing"]})
        told = (await client.post("/v1/chat/completions", asked)).json["nvext"]
        placed, timing = told["worker_id"], told["timing"]
        assert (
            timing["ttft_ms"] == timing["prefill_wait_time_ms"] + timing["prefill_time_ms"] <= timing["total_time_ms"]
        )
        assert placed["decode_worker_id"] in ids
        shown = (await client.get("/v1/models/nvidia/nv-embedqa-e5-v5")).json
        assert shown == {
            "id": "nvidia/nv-embedqa-e5-v5", "object": "model", "created": 1724112000, "owned_by": "nvidia",
            "context_window": 512,
        }  # fmt: skip

    async def nim(client: Client) -> None:
        shown = (await client.get("/v1/models/nvidia/nv-embedqa-e5-v5")).json
        assert (shown["root"], shown["parent"], shown["max_model_len"]) == ("nvidia/nv-embedqa-e5-v5", None, 512)
        assert (await client.get("/health")).json["ready"] is True

    run(dynamo, DYNAMO)
    run(nim, NIM)


def test_a_model_is_ready_with_the_workers_there_are_and_an_unknown_one_is_not_there() -> None:
    async def scenario(client: Client) -> None:
        there = {
            "ready": True,
            "worker_types": {"aggregated": {"workers": client.app.world.options.machine.workers, "needs": []}},
            "present": ["aggregated"],
            "missing_worker_types": [],
        }
        answer = await client.get(f"/v1/models/{MODEL}/ready")
        assert answer.json == {"model": MODEL, "ready": True, "namespaces": {"dynamo": there}}
        assert (await client.get("/v1/models/none/ready")).status == 404

    run(scenario)


def test_busy_thresholds_are_set_one_by_one_told_and_listed() -> None:
    async def scenario(client: Client) -> None:
        async def change(**body: Any) -> Answer:
            return await client.post("/busy_threshold", body)

        nothing = {"active_decode_blocks_threshold": None, "active_prefill_tokens_threshold": None,
                   "active_prefill_tokens_threshold_frac": None}  # fmt: skip
        assert (await change(model="unknown")).json == {"model": "unknown", **nothing}
        assert (await client.get("/busy_threshold")).json == {"thresholds": []}
        await change(model=MODEL, active_decode_blocks_threshold=0.5)
        both = {"model": MODEL, **nothing, "active_decode_blocks_threshold": 0.5, "active_prefill_tokens_threshold": 90}
        assert (await change(model=MODEL, active_prefill_tokens_threshold=90)).json == both
        assert (await change(model=MODEL)).json == both
        assert (await client.get("/busy_threshold")).json == {"thresholds": [both]}
        refused = await change(model="unknown", active_decode_blocks_threshold=0.5)
        assert (refused.status, refused.json) == (
            404, {"error": "Model 'unknown' not found. Thresholds can only be set for discovered models."},
        )  # fmt: skip
        assert (await change(model=MODEL, active_decode_blocks_threshold=1.5)).status == 400
        assert (await change(active_decode_blocks_threshold=0.5)).json[
            "error"
        ] == "Missing required parameter: 'model'."

    run(scenario, DYNAMO)


def test_a_threshold_is_refused_in_the_envelope_of_other_dialects() -> None:
    async def scenario(client: Client) -> None:
        refused = await client.post("/busy_threshold", {"model": MODEL, "active_decode_blocks_threshold": 1.5})
        assert refused.error["param"] == "active_decode_blocks_threshold"

    run(scenario)
    run(scenario, NIM)


def test_documents_are_reranked_as_an_object_or_in_dynamos_array() -> None:
    texts = ["Volcanoes erupt.", "A cached prefix is not computed again.", "Caches hold prefixes."]
    body = {"model": "BAAI/bge-reranker-v2-m3", "query": "Why cache prefixes?", "documents": texts, "top_n": 2}
    scores: list[Any] = []

    async def usual(client: Client) -> None:
        said = (await client.post("/v1/rerank", body)).json
        assert [one["index"] for one in said["results"]] == [2, 1]
        assert [one["document"]["text"] for one in said["results"]] == [texts[2], texts[1]]
        assert said["usage"]["prompt_tokens"] == said["usage"]["total_tokens"] > 0
        scores.extend(one["relevance_score"] for one in said["results"])
        blank = await client.post("/v1/rerank", {**body, "documents": ["fine", "  "]})
        assert (blank.status, blank.error["param"]) == (400, "documents[1]")

    async def dynamo(client: Client) -> None:
        assert (await client.post("/v1/rerank", body)).json == [
            {"score": scores[0], "index": 2, "document": texts[2]},
            {"score": scores[1], "index": 1, "document": texts[1]},
        ]
        bare = (await client.post("/v1/rerank", {**body, "return_documents": False})).json
        assert [sorted(one) for one in bare] == [["index", "score"]] * 2

    run(usual)
    run(dynamo, DYNAMO)


def test_a_ranker_reads_as_much_as_its_model_takes_and_sees_images() -> None:
    def asked(model: str, passage: dict[str, str], **fields: Any) -> dict[str, Any]:
        return {"model": model, "query": {"text": "a red picture"}, "passages": [passage], **fields}

    small, large = "nvidia/nv-rerankqa-mistral-4b-v3", "nvidia/llama-3.2-nv-rerankqa-1b-v2"
    long = {"text": "river " * 600}
    held = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(held, "PNG")
    red = base64.b64encode(held.getvalue()).decode()

    async def scenario(client: Client) -> None:
        assert (await client.post("/v1/ranking", asked(large, long))).status == 200
        refused = await client.post("/v1/ranking", asked(small, long))
        assert "at most 512 tokens" in refused.error["message"]
        cut = (await client.post("/v1/ranking", asked(small, long, truncate="END"))).json
        assert cut["usage"]["prompt_tokens"] == 512
        seen = (await client.post("/v1/ranking", asked(large, {"image": f"data:image/png;base64,{red}"}))).json
        assert seen["rankings"][0]["logit"] > 0

    async def nim(client: Client) -> None:
        refused = await client.post("/v1/ranking", asked(small, long))
        assert re.fullmatch(r"Input length \d+ exceeds maximum allowed token size 512", refused.error["message"])

    run(scenario)
    run(nim, NIM)


def test_classes_follow_what_the_name_of_a_model_suggests() -> None:
    async def scenario(client: Client) -> None:
        async def classes(model: str, *texts: str) -> list[str]:
            said = (await client.post("/v1/classify", {"model": model, "input": list(texts)})).json
            for one in said["data"]:
                assert sum(one["probs"]) == pytest.approx(1.0)
                assert len(one["probs"]) == one["num_classes"]
            return [one["label"] for one in said["data"]]

        feelings = ("I love this, it is wonderful", "Terrible, a waste of money")
        assert await classes("distilbert-sst-2", *feelings) == ["POSITIVE", "NEGATIVE"]
        assert await classes("toxicity-guard", "Good morning", "I will kill you") == ["safe", "unsafe"]
        assert await classes("some-emotion-model", "I am so furious and angry") == ["anger"]
        assert set(await classes("other", *feelings)) <= {"LABEL_0", "LABEL_1"}
        same = [(await client.post("/v1/classify", {"model": "other", "input": "a"})).json["data"] for _ in range(2)]
        assert same[0] == same[1]

    run(scenario)


def test_pooling_gives_a_row_for_each_token_or_what_its_task_says() -> None:
    async def scenario(client: Client) -> None:
        async def pooled(**body: Any) -> Any:
            answer = await client.post("/v1/pooling", {"model": "m", **body})
            assert answer.status == 200, answer.body
            return answer.json

        whole = await pooled(input="Why cache prefixes?")
        (rows,) = [one["data"] for one in whole["data"]]
        assert len(rows) == whole["usage"]["prompt_tokens"] == client.app.world.tokens.count("Why cache prefixes?")
        assert {len(row) for row in rows} == {128}
        for row in rows:
            assert sum(value * value for value in row) == pytest.approx(1.0, abs=1e-5)
        packed = (await pooled(input="Why cache prefixes?", encoding_format="base64"))["data"][0]["data"]
        values = struct.unpack(f"<{len(rows) * 128}f", base64.b64decode(packed))
        assert list(values[:128]) == pytest.approx(rows[0])
        embedded = (await client.post("/v1/embeddings", {"model": "m", "input": "a"})).json["data"][0]["embedding"]
        assert (await pooled(input="a", task="embed"))["data"][0]["data"] == embedded
        sure = (await pooled(input="a", task="classify"))["data"][0]["data"]
        assert sum(sure) == pytest.approx(1.0)
        assert (await pooled(input="a", task="classify", use_activation=False))["data"][0]["data"] != sure
        refused = await client.post("/v1/pooling", {"model": "m", "input": "a", "task": "plugin"})
        assert (refused.status, refused.error["param"]) == (400, "task")
        refused = await client.post("/v1/pooling", {"model": "m", "input": "river " * 40_000})
        assert (refused.status, refused.error["param"]) == (400, "input")
        refused = await client.post("/v1/pooling", {"model": "m", "input": "a", "dimensions": 8})
        assert (refused.status, refused.error["param"]) == (400, "dimensions")

    run(scenario)


def test_a_nim_tells_its_license_with_a_true_sum_and_size_and_its_manifest_as_yaml() -> None:
    async def scenario(client: Client) -> None:
        license = (await client.get("/v1/license")).json
        content = license["content"]
        assert content == (ROOT / "LICENSE").read_text()
        assert (license["sha"], license["size"]) == (hashlib.sha1(content.encode()).hexdigest(), len(content))
        release = metadata.version("fakeai")
        assert (await client.get("/v1/version")).json == {"release": release, "api": "1.0.0"}
        manifest = yaml.safe_load((await client.get("/v1/manifest")).json["manifest_file"])
        told = (await client.get("/v1/metadata")).json
        assert [profile["id"] for profile in manifest["profiles"]] == [told["selectedModelProfileId"]]
        assert (told["version"], told["licenseInfo"]) == (release, license)
        served = [model["id"] for model in (await client.get("/v1/models")).json["data"]]
        assert [model["shortName"] for model in told["modelInfo"]] == served
        assert (await client.get(told["modelInfo"][0]["modelUrl"])).json["id"] == served[0]
        assert (await client.get("/v1/health/live")).json == {
            "object": "health.response",
            "message": "Service is live.",
            "status": "live",
        }

    run(scenario)


def test_who_asks_how_the_server_is_needs_no_key() -> None:
    async def scenario(client: Client) -> None:
        for path in ("/health", "/live", "/v1/health/live", "/v1/health/ready"):
            assert (await client.get(path)).status == 200, path
        for path in ("/busy_threshold", "/v1/metadata", f"/v1/models/{MODEL}/ready"):
            assert (await client.get(path)).status == 401, path

    run(scenario, replace(STEADY, require_api_key=True))
