"""Models: what the catalog says of each, by any of its names, and what an unknown name may do."""

from typing import Any

import jsonschema_rs
import pytest
import yaml

from fakeai.runtime.catalog import Catalog, Model
from fakeai.runtime.clock import FixedClock
from fakeai.runtime.options import Options
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World
from tests.inprocess import EPOCH, ROOT, STEADY, Client, chat, run

STRICT = Options(ttft=STEADY.ttft, itl=STEADY.itl, strict_models=True)
UPSTREAM = (  # what OpenAI's document names for chat and responses, some of each kind
    "gpt-5.6-sol gpt-5.5-2026-04-23 gpt-5.4-nano gpt-5.3-chat-latest gpt-5.2-pro gpt-5.1-codex gpt-5-chat-latest "
    "gpt-4.1-nano-2025-04-14 o4-mini o3-pro-2025-06-10 o1-preview gpt-4o-audio-preview gpt-4o-search-preview "
    "codex-mini-latest computer-use-preview gpt-4-32k-0314 gpt-3.5-turbo-16k gpt-daybreak-blue-latest"
).split()


def catalog(**options: Any) -> Catalog:
    world = World(Options(**options), FixedClock(EPOCH), ROOT / "generated", store=SqliteStore(None))
    return world.engine(Catalog)


def capabilities() -> Any:
    components = yaml.safe_load((ROOT / "specs/fakeai/models.yaml").read_text())["components"]
    return jsonschema_rs.Draft202012Validator(
        {"$ref": "#/components/schemas/ModelCapabilities", "components": components}
    )


def test_a_model_tells_what_it_can_do_and_costs() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.get("/v1/models/openai/gpt-oss-120b/capabilities")
        assert (answer.status, answer.json) == (200, {
            "id": "openai/gpt-oss-120b",
            "object": "model.capabilities",
            "context_window": 131_072,
            "max_output_tokens": 131_072,
            "supports_vision": True,
            "supports_audio": True,
            "supports_tools": True,
            "training_cutoff": "2024-06",
            "pricing": {"input_per_million": 2.5, "output_per_million": 10, "cached_input_per_million": 1.25},
            "modalities": {"input": ["audio", "image", "text"], "output": ["text"]},
            "features": ["json_mode", "parallel_tools", "predictions", "streaming", "structured_outputs", "tools"],
            "reasoning": {"text": "visible", "efforts": ["low", "medium", "high"], "default_effort": "medium"},
            "endpoints": ["chat", "completions", "responses"],
            "tokenizer": "o200k_harmony",
            "dimensions": None,
        })  # fmt: skip
        assert (await client.get("/models/tts-1/capabilities")).json == {
            "id": "tts-1",
            "object": "model.capabilities",
            "context_window": 4096,
            "max_output_tokens": 0,
            "supports_vision": False,
            "supports_audio": True,
            "supports_tools": False,
            "training_cutoff": None,
            "pricing": {"per_million_characters": 15},
            "modalities": {"input": ["text"], "output": ["audio"]},
            "features": [],
            "reasoning": {"text": "none", "efforts": [], "default_effort": None},
            "endpoints": ["speech"],
            "tokenizer": None,
            "dimensions": None,
        }
        assert (await client.get("/v1/models/openai/gpt-oss-120b")).json["object"] == "model"

    run(scenario)


def test_every_model_of_the_list_tells_its_capabilities() -> None:
    async def scenario(client: Client) -> None:
        said = capabilities()
        listed = (await client.get("/v1/models")).json["data"]
        assert len(listed) > 300
        for model in listed:
            answer = await client.get(f"/v1/models/{model['id']}/capabilities")
            assert (answer.status, answer.json["id"]) == (200, model["id"])
            said.validate(answer.json)

    run(scenario)


@pytest.mark.parametrize("model", ["no-such-model", "openai/no-such-model", "ft:gpt-4o:org::1"])
def test_a_model_that_is_not_there_has_no_capabilities(model: str) -> None:
    async def scenario(client: Client) -> None:
        refused = await client.get(f"/v1/models/{model}/capabilities")
        assert (refused.status, refused.error["code"], refused.error["param"]) == (404, "model_not_found", "model")
        assert model in refused.error["message"]

    run(scenario)


def test_a_model_is_found_by_each_of_its_names_and_shown_by_the_one_that_was_asked_for() -> None:
    async def scenario(client: Client) -> None:
        for name, created in (
            ("claude-3-opus-20240229", 1709510400),
            ("meta/llama-3.1-8b-instruct", 1721692800),
            ("gpt-5.4-nano-2027-01-01", 1773705600),  # a snapshot that nobody has listed
        ):
            shown = (await client.get(f"/v1/models/{name}")).json
            assert (shown["id"], shown["object"], shown["created"]) == (name, "model", created)

    run(scenario)


def test_the_list_says_when_a_model_goes() -> None:
    async def scenario(client: Client) -> None:
        assert (await client.get("/v1/models/gpt-4-0613")).json == {
            "id": "gpt-4-0613", "object": "model", "created": 1686588896, "owned_by": "openai",
            "shutdown_date": "2026-10-23",
        }  # fmt: skip
        assert "shutdown_date" not in (await client.get("/v1/models/gpt-oss-20b")).json

    run(scenario)


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("gpt4o", " Did you mean 'gpt-4o'?"),
        ("GPT-5-MINI", " Did you mean 'gpt-5-mini'?"),
        ("claude-3-opsu", " Did you mean 'claude-3-opus'?"),
        ("Llama-3.1-8B-Instruct", " Did you mean 'meta-llama/Llama-3.1-8B-Instruct'?"),
        ("DeepSeek-R1-0528", " Did you mean 'deepseek-ai/DeepSeek-R1-0528'?"),
        ("zebra", ""),
        ("x" * 100_000, ""),
    ],
    ids=lambda text: text[:20],
)
def test_a_name_that_is_not_there_is_answered_with_the_one_that_was_meant(asked: str, hint: str) -> None:
    async def scenario(client: Client) -> None:
        refused = await client.get(f"/v1/models/{asked}")
        assert (refused.status, refused.error) == (404, {
            "message": f"The model `{asked}` does not exist or you do not have access to it.{hint}",
            "type": "invalid_request_error", "param": "model", "code": "model_not_found",
        })  # fmt: skip

    run(scenario)


def test_any_name_generates_where_nobody_is_strict() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post("/v1/chat/completions", chat(model="my/own-model"))
        assert (answer.status, answer.json["model"]) == (200, "my/own-model")

    run(scenario)


REQUESTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("/v1/chat/completions", chat()),
    ("/v1/completions", {"prompt": "Once"}),
    ("/v1/responses", {"input": "Hello"}),
    ("/v1/responses/input_tokens", {"input": "Hello"}),
    ("/v1/embeddings", {"input": "Hello"}),
    ("/v1/images/generations", {"prompt": "A fox"}),
    ("/v1/audio/speech", {"input": "Hello", "voice": "alloy"}),
    ("/v1/moderations", {"input": "Hello"}),
    ("/v1/videos", {"prompt": "A fox"}),
    ("/v1/ranking", {"query": "river", "documents": [{"text": "A river"}]}),
    ("/v1/text/generation", {"input": "Hello"}),
    ("/v1/assistants", {}),
    ("/v1/threads/runs", {"assistant_id": "asst_1"}),
)


@pytest.mark.parametrize(("path", "body"), REQUESTS, ids=[path for path, _ in REQUESTS])
def test_under_strict_models_an_unknown_model_is_refused_everywhere(path: str, body: dict[str, Any]) -> None:
    async def scenario(client: Client) -> None:
        refused = await client.post(path, {**body, "model": "gpt4o"})
        assert (refused.status, refused.error) == (404, {
            "message": "The model `gpt4o` does not exist or you do not have access to it. Did you mean 'gpt-4o'?",
            "type": "invalid_request_error", "param": None, "code": "model_not_found",
        })  # fmt: skip

    run(scenario, STRICT)


@pytest.mark.parametrize("path", ["/v1/audio/transcriptions", "/v1/audio/translations"])
def test_under_strict_models_a_form_is_held_to_it_too(path: str) -> None:
    async def scenario(client: Client) -> None:
        refused = await client.form(path, model="whisper-2", file=("a.wav", b"RIFF"))
        assert (refused.status, refused.error["code"]) == (404, "model_not_found")
        assert refused.error["message"].endswith(" Did you mean 'whisper-1'?")

    run(scenario, STRICT)


@pytest.mark.parametrize(
    ("path", "body", "status", "message"),
    [
        ("/v1/chat/completions", chat(model="gpt-3.5-turbo-instruct"), 404,
         "This is not a chat model and thus not supported in the v1/chat/completions endpoint. "
         "Did you mean to use v1/completions?"),
        ("/v1/chat/completions", chat(model="text-embedding-3-small"), 404,
         "This is not a chat model and thus not supported in the v1/chat/completions endpoint. "
         "Did you mean to use v1/embeddings?"),
        ("/v1/chat/completions", chat(model="tts-1"), 404,
         "This is not a chat model and thus not supported in the v1/chat/completions endpoint."),
        ("/v1/chat/completions", chat(model="o3-pro"), 404,
         "This model is only supported in v1/responses and not in v1/chat/completions."),
        ("/v1/completions", {"model": "gpt-4o", "prompt": "Once"}, 404,
         "This is a chat model and not supported in the v1/completions endpoint. "
         "Did you mean to use v1/chat/completions?"),
        ("/v1/responses", {"model": "gpt-4o-audio-preview", "input": "Hello"}, 400,
         "The requested model 'gpt-4o-audio-preview' cannot be used with the Responses API."),
        ("/v1/embeddings", {"model": "gpt-4o", "input": "Hello"}, 403,
         "You are not allowed to generate embeddings from this model"),
        ("/v1/moderations", {"model": "gpt-4o", "input": "Hello"}, 400,
         "Invalid value: 'gpt-4o'. Supported values are: 'omni-moderation-latest', 'omni-moderation-2024-09-26', "
         "'text-moderation-latest', 'text-moderation-stable' and 'text-moderation-007'."),
    ],
)  # fmt: skip
def test_under_strict_models_a_model_is_asked_only_where_it_answers(
    path: str, body: dict[str, Any], status: int, message: str
) -> None:
    async def scenario(client: Client) -> None:
        refused = await client.post(path, body)
        assert (refused.status, refused.error["message"]) == (status, message)
        assert refused.error["type"] == "invalid_request_error"

    run(scenario, STRICT)


@pytest.mark.parametrize("model", ["gpt-4o", "claude-3-opus-20240229", "gpt-4o-mini-2031-01-01", "ft:gpt-4o-mini:a::b"])
def test_under_strict_models_known_ones_answer_by_each_name(model: str) -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post("/v1/chat/completions", chat(model=model))
        assert (answer.status, answer.json["model"]) == (200, model)

    run(scenario, STRICT)


def test_the_catalog_knows_what_documents_and_documents_before_them_name() -> None:
    found = catalog()
    assert [name for name in UPSTREAM if found.find(name) is None] == []
    for name, reasoning, efforts, default in (
        ("gpt-5", "hidden", ("minimal", "low", "medium", "high"), "medium"),
        ("gpt-5.1", "hidden", ("none", "low", "medium", "high"), "none"),
        ("gpt-5-pro", "hidden", ("high",), "high"),
        ("gpt-5-chat-latest", "none", (), None),
        ("o3-mini", "hidden", ("low", "medium", "high"), "medium"),
        ("gpt-4o", "none", (), None),
        ("gpt-oss-20b", "visible", ("low", "medium", "high"), "medium"),
        ("deepseek-ai/DeepSeek-R1", "visible", (), None),
        ("Qwen/Qwen3-235B-A22B-Thinking-2507", "visible", (), None),
        ("Qwen/Qwen3-235B-A22B-Instruct-2507", "none", (), None),
    ):
        model = found.look_up(name)
        assert (model.reasoning, model.efforts, model.default_effort) == (reasoning, efforts, default), name


@pytest.mark.parametrize(
    ("name", "reasoning", "efforts", "default"),
    [
        ("gpt-oss-990b", "visible", ("low", "medium", "high"), "medium"),
        ("acme/deepseek-r7", "visible", (), None),
        ("acme/some-Thinking-model", "visible", (), None),
        ("acme/gpt-oss-120b", "visible", ("low", "medium", "high"), "medium"),  # as openai/gpt-oss-120b
        ("o9-mini", "hidden", ("low", "medium", "high"), "medium"),
        ("gpt-7", "hidden", ("minimal", "low", "medium", "high"), "medium"),
        ("gpt-7-chat-latest", "none", (), None),
        ("my-model", "none", (), None),
    ],
)
def test_an_unknown_name_suggests_what_its_model_does_and_has_no_limits(
    name: str, reasoning: str, efforts: tuple[str, ...], default: str | None
) -> None:
    found = catalog()
    model = found.look_up(name)
    assert found.find(name) is None
    assert (model.id, model.known, model.context_window, model.max_output_tokens) == (name, False, None, None)
    assert (model.reasoning, model.efforts, model.default_effort) == (reasoning, efforts, default)
    assert found.look_up(name) is model


def test_names_of_clients_do_not_pile_up() -> None:
    found = catalog()
    for number in range(10_000):
        found.look_up(f"model-{number}")
    assert len(found._looked_up) <= 4096
    assert found.look_up("gpt-4o").context_window == 128_000


def test_without_context_validation_no_model_has_limits() -> None:
    found = catalog(context_validation=False)
    assert found.look_up("gpt-4o").context_window is None
    known = found.find("gpt-4o")
    assert isinstance(known, Model)
    assert known.context_window == 128_000


def test_a_world_without_a_catalog_takes_every_model_for_unknown() -> None:
    world = World(store=SqliteStore(None))
    assert world.engine(Catalog).look_up("gpt-4o").known is False
