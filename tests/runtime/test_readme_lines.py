"""Endpoints of FakeAI 0.3 that OpenAI's document does not have."""

from typing import Any

import jsonschema_rs
import pytest
import yaml

from tests.inprocess import ROOT, Client, run


def schema(file: str, name: str) -> Any:
    components = yaml.safe_load((ROOT / "specs/fakeai" / file).read_text())["components"]
    return jsonschema_rs.Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": components})


def test_a_model_tells_what_it_can_do_and_costs() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.get("/v1/models/openai/gpt-oss-120b/capabilities")
        assert (answer.status, answer.json) == (200, {
            "id": "openai/gpt-oss-120b",
            "object": "model.capabilities",
            "context_window": 128_000,
            "max_output_tokens": 16_384,
            "supports_vision": True,
            "supports_audio": True,
            "supports_tools": True,
            "training_cutoff": "2023-10",
            "pricing": {"input_per_million": 2.5, "output_per_million": 10, "cached_input_per_million": 1.25},
        })  # fmt: skip
        assert (await client.get("/models/tts-1/capabilities")).json == {
            "id": "tts-1",
            "object": "model.capabilities",
            "context_window": 4096,
            "max_output_tokens": 0,
            "supports_vision": False,
            "supports_audio": False,
            "supports_tools": False,
            "training_cutoff": None,
            "pricing": None,
        }
        assert (await client.get("/v1/models/openai/gpt-oss-120b")).json["object"] == "model"

    run(scenario)


def test_every_model_of_the_list_tells_its_capabilities() -> None:
    async def scenario(client: Client) -> None:
        said = schema("models.yaml", "ModelCapabilities")
        for model in (await client.get("/v1/models")).json["data"]:
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
