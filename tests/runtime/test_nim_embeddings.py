"""Embeddings as NVIDIA NIM takes them: queries and passages, cut inputs, and numbers of other types."""

import base64
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.inprocess import STEADY, Answer, Client, run

MODEL = "nvidia/nv-embedqa-e5-v5"
QUERY = "What is the population of Pittsburgh?"
LONG = "volcano " + "river " * 600 + "glacier"  # more than the 512 tokens of the model


async def post(client: Client, **body: Any) -> Answer:
    return await client.post("/v1/embeddings", {"model": MODEL, "input": QUERY, **body})


async def vector(client: Client, **body: Any) -> list[float]:
    answer = await post(client, **body)
    assert answer.status == 200, answer.body
    return list(answer.json["data"][0]["embedding"])


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True)) / math.hypot(*one) / math.hypot(*other)


def test_the_end_of_a_name_says_what_inputs_are_for() -> None:
    async def scenario(client: Client) -> None:
        query = await vector(client, input_type="query")
        assert query == await vector(client, model=f"{MODEL}-query")
        passage = await vector(client, input_type="passage")
        assert passage == await vector(client, model=f"{MODEL}-passage")
        assert 0.9 < cosine(query, passage) < 0.999
        fits = await vector(client, input="Pittsburgh has a population of 300,000.", input_type="passage")
        other = await vector(client, input="Volcanoes erupt.", input_type="passage")
        assert cosine(query, fits) > 0.5 > cosine(query, other)
        assert (await post(client, model=f"{MODEL}-query")).json["model"] == f"{MODEL}-query"
        assert (await client.get(f"/v1/models/{MODEL}-query")).json["id"] == f"{MODEL}-query"
        assert (await client.get("/v1/models/gpt-4o-query")).status == 404
        assert (await post(client, input_type="neither")).error["param"] == "input_type"

    run(scenario)
    run(scenario, replace(STEADY, strict_models=True))


def test_an_input_that_is_too_long_is_refused_or_loses_its_start_or_end() -> None:
    async def scenario(client: Client) -> None:
        for fields in ({}, {"truncate": "NONE"}):
            refused = await post(client, input=LONG, **fields)
            assert (refused.status, refused.error["code"]) == (400, "context_length_exceeded")
        tokens = client.app.world.tokens
        pieces = tokens.pieces(LONG)
        for cut, kept in (("END", pieces[:512]), ("START", pieces[-512:])):
            answer = await post(client, input=LONG, truncate=cut)
            assert answer.json["usage"] == {"prompt_tokens": 512, "total_tokens": 512}
            assert answer.json["data"][0]["embedding"] == await vector(client, input="".join(kept))
        assert await vector(client, input=LONG, truncate_prompt_tokens=-1) == await vector(
            client, input="".join(pieces[:512])
        )
        assert (await post(client, input=LONG, truncate_prompt_tokens=3)).json["usage"]["prompt_tokens"] == 3

    run(scenario)


@pytest.mark.parametrize("type", ["int8", "uint8", "binary", "ubinary"])
def test_numbers_are_told_in_other_types_which_say_the_same(type: str) -> None:
    async def scenario(client: Client) -> None:
        floats, numbers = await vector(client), await vector(client, embedding_type=type)
        assert all(isinstance(number, int) for number in numbers)
        low, high = (0, 255) if type.startswith("u") else (-128, 127)
        assert all(low <= number <= high for number in numbers)
        packed = base64.b64decode(
            (await post(client, embedding_type=type, encoding_format="base64")).json["data"][0]["embedding"]
        )
        assert [byte - 256 if byte > high else byte for byte in packed] == numbers
        if type.endswith("int8"):
            values = [number - 128 if type == "uint8" else number for number in numbers]
            assert max(map(abs, values)) == 127
            assert cosine(values, floats) > 0.999
        else:
            bits = "".join(f"{number if type == 'ubinary' else number + 128:08b}" for number in numbers)
            assert [bit == "1" for bit in bits] == [value > 0 for value in floats]
        assert await vector(client, embedding_type=type, dimensions=64) != numbers[:64]

    run(scenario)


def test_in_nims_dialect_a_model_that_must_know_what_inputs_are_for_asks() -> None:
    async def scenario(client: Client) -> None:
        refused = await post(client)
        assert (refused.status, refused.error["message"]) == (400, "'input_type' parameter is required")
        assert (await post(client, input_type="query")).status == 200
        assert (await post(client, model=f"{MODEL}-passage")).status == 200
        assert (await post(client, model="text-embedding-3-small")).status == 200
        refused = await post(client, input=LONG, input_type="query")
        assert refused.error["message"] == "Input length 603 exceeds maximum allowed token size 512"

    run(scenario, replace(STEADY, dialect="nim"))
