"""Context windows: requests that are too large for their model are refused in OpenAI's words."""

import pytest

from fakeai.runtime.catalog import Model
from fakeai.runtime.content import windows
from fakeai.runtime.errors import ApiError
from fakeai.runtime.options import Options
from tests.inprocess import Client, run

SMALL = Model("small", context_window=100, max_output_tokens=20)
ENDLESS = Model("endless")


@pytest.mark.parametrize(
    ("prompt", "most", "param", "message"),
    [
        (101, None, "messages", "This model's maximum context length is 100 tokens. However, your messages resulted in "
         "101 tokens. Please reduce the length of the messages."),
        (90, 11, "messages", "This model's maximum context length is 100 tokens. However, you requested 101 tokens "
         "(90 in the messages, 11 in the completion). Please reduce the length of the messages or completion."),
        (90, 11, "prompt", "This model's maximum context length is 100 tokens, however you requested 101 tokens "
         "(90 in your prompt; 11 for the completion). Please reduce your prompt; or completion length."),
        (101, 5, "input", "Your input exceeds the context window of this model. Please adjust your input and try "
         "again."),
    ],
)  # fmt: skip
def test_a_prompt_that_has_no_room_is_refused(prompt: int, most: int | None, param: str, message: str) -> None:
    with pytest.raises(ApiError) as caught:
        windows.expect_room(SMALL, prompt, most, param)
    error = caught.value
    assert (error.status, error.message, error.type) == (400, message, "invalid_request_error")
    assert (error.code, error.param) == ("context_length_exceeded", param)


@pytest.mark.parametrize(("prompt", "most", "param"), [(100, None, "messages"), (90, 10, "prompt"), (100, 50, "input")])
def test_what_just_fits_passes(prompt: int, most: int | None, param: str) -> None:
    windows.expect_room(SMALL, prompt, most, param)
    windows.expect_room(ENDLESS, 10**9, most, param)


def test_more_output_than_the_model_gives_is_refused() -> None:
    windows.expect_output(SMALL, 20, "max_tokens")
    windows.expect_output(SMALL, None, "max_tokens")
    windows.expect_output(ENDLESS, 10**9, "max_tokens")
    with pytest.raises(ApiError) as caught:
        windows.expect_output(SMALL, 21, "max_completion_tokens")
    assert caught.value.message == (
        "max_completion_tokens is too large: 21. This model supports at most 20 completion tokens, whereas you "
        "provided 21."
    )
    assert (caught.value.code, caught.value.param) == ("invalid_value", "max_completion_tokens")


def test_an_answer_has_the_room_that_the_prompt_leaves() -> None:
    assert [windows.room(SMALL, prompt) for prompt in (0, 85, 100, 200)] == [20, 15, 0, 0]
    assert windows.room(ENDLESS, 5) is None


def test_an_input_that_is_too_long_to_embed_is_refused() -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "text-embedding-3-small", "input": ["short", "river " * 9000]}
        refused = await client.post("/v1/embeddings", body)
        assert (refused.status, refused.error) == (400, {
            "message": "This model's maximum context length is 8192 tokens, however you requested 9001 tokens (9001 in "
            "your prompt; 0 for the completion). Please reduce your prompt; or completion length.",
            "type": "invalid_request_error", "param": "input", "code": "context_length_exceeded",
        })  # fmt: skip
        answer = await client.post("/v1/embeddings", {**body, "model": "my-embedder"})
        assert (answer.status, answer.json["usage"]["prompt_tokens"]) == (200, 9002)

    run(scenario)


def test_without_context_validation_it_is_embedded() -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "text-embedding-3-small", "input": "river " * 9000}
        assert (await client.post("/v1/embeddings", body)).status == 200

    run(scenario, Options(context_validation=False))
