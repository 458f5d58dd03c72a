"""OpenAI's Python SDK against a served app; its strict mode checks every answer against the SDK's own types."""

import asyncio
from collections.abc import Callable, Iterator
from itertools import islice

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletionMessageParam

MODEL = "gpt-4o"
INSTRUCT = "gpt-3.5-turbo-instruct"
EMBEDDING = "text-embedding-3-small"
MESSAGES: list[ChatCompletionMessageParam] = [
    {"role": "system", "content": "You are terse."},
    {"role": "user", "content": "Why do queues grow?"},
]


@pytest.fixture
def client(server: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0, _strict_response_validation=True) as strict:
        yield strict


@pytest.fixture
def lax(server: str) -> Iterator[OpenAI]:
    """For what the SDK's types do not allow and the API does: base64 vectors, chunks without a finish reason."""
    with OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0) as client:
        yield client


def test_models_are_listed_and_each_is_retrieved_alike(client: OpenAI) -> None:
    listed = list(client.models.list())
    assert MODEL in {model.id for model in listed}
    assert [client.models.retrieve(model.id) for model in listed] == listed


def test_an_unknown_model_is_not_found(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.models.retrieve("openai/no-such-model")
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")


@pytest.mark.parametrize("n", [1, 2])
def test_a_streamed_chat_says_what_the_whole_one_says(client: OpenAI, n: int) -> None:
    whole = client.chat.completions.create(model=MODEL, messages=MESSAGES, n=n)
    with client.chat.completions.create(
        model=MODEL, messages=MESSAGES, n=n, stream=True, stream_options={"include_usage": True}
    ) as stream:
        *chunks, last = stream
    texts = [""] * n
    reasons: list[str | None] = [None] * n
    for chunk in chunks:
        (choice,) = chunk.choices
        assert reasons[choice.index] is None  # nothing follows the end
        texts[choice.index] += choice.delta.content or ""
        reasons[choice.index] = choice.finish_reason
    assert texts == [choice.message.content for choice in whole.choices]
    assert reasons == [choice.finish_reason for choice in whole.choices] == ["stop"] * n
    assert len({chunk.id for chunk in [*chunks, last]}) == 1
    assert len(set(texts)) == n
    assert min(len(text) for text in texts) > 0
    assert (last.choices, last.usage) == ([], whole.usage)
    assert not any(chunk.usage for chunk in chunks)


def test_a_chat_ends_before_a_stop_sequence(client: OpenAI) -> None:
    full = client.chat.completions.create(model=MODEL, messages=MESSAGES)
    text = full.choices[0].message.content or ""
    stop = text[60:64]
    cut = client.chat.completions.create(model=MODEL, messages=MESSAGES, stop=["never said", stop])
    assert cut.choices[0].message.content == text[: text.index(stop)] != ""
    assert cut.choices[0].finish_reason == "stop"
    assert _completion_tokens(cut.usage) < _completion_tokens(full.usage)


@pytest.mark.parametrize("parameter", ["max_tokens", "max_completion_tokens"])
def test_a_chat_is_cut_at_exactly_so_many_tokens(client: OpenAI, parameter: str) -> None:
    whole = client.chat.completions.create(model=MODEL, messages=MESSAGES, extra_body={parameter: 7})
    assert (_completion_tokens(whole.usage), whole.choices[0].finish_reason) == (7, "length")
    with client.chat.completions.create(
        model=MODEL, messages=MESSAGES, stream=True, extra_body={parameter: 7}
    ) as stream:
        chunks = list(stream)
    assert sum(1 for chunk in chunks if chunk.choices[0].delta.content) == 7
    assert chunks[-1].choices[0].finish_reason == "length"


def test_a_streamed_text_completion_says_what_the_whole_one_says(client: OpenAI, lax: OpenAI) -> None:
    whole = client.completions.create(model=INSTRUCT, prompt="Once upon a time")
    assert (_completion_tokens(whole.usage), whole.choices[0].finish_reason) == (16, "length")
    with lax.completions.create(
        model=INSTRUCT, prompt="Once upon a time", stream=True, stream_options={"include_usage": True}
    ) as stream:
        *chunks, last = stream
    assert "".join(chunk.choices[0].text for chunk in chunks) == whole.choices[0].text != ""
    assert chunks[-1].choices[0].finish_reason == "length"
    assert (last.choices, last.usage) == ([], whole.usage)


def test_embeddings_are_unit_vectors_of_the_asked_size(client: OpenAI) -> None:
    inputs = ["queues grow", "queues shrink"]
    whole = client.embeddings.create(model=EMBEDDING, input=inputs, encoding_format="float")
    short = client.embeddings.create(model=EMBEDDING, input=inputs, encoding_format="float", dimensions=256)
    for answer, size in ((whole, 1536), (short, 256)):
        assert [(item.index, len(item.embedding)) for item in answer.data] == [(0, size), (1, size)]
        assert [sum(x * x for x in item.embedding) for item in answer.data] == pytest.approx([1, 1], abs=1e-5)
        assert answer.data[0].embedding != answer.data[1].embedding
    assert whole.usage.prompt_tokens == whole.usage.total_tokens > 0


def test_embeddings_in_base64_are_the_same_numbers(client: OpenAI, lax: OpenAI) -> None:
    plain = client.embeddings.create(model=EMBEDDING, input="queues grow", encoding_format="float")
    packed = lax.embeddings.create(model=EMBEDDING, input="queues grow")  # the SDK asks for base64 and unpacks it
    assert packed.data[0].embedding == pytest.approx(plain.data[0].embedding, abs=1e-7)
    assert packed.usage == plain.usage


@pytest.mark.parametrize(
    ("wrong", "param", "code"),
    [
        ({"temperature": 2.5}, "temperature", "decimal_above_max_value"),
        ({"messages": []}, "messages", "empty_array"),
        ({"messages": [{"role": "robot", "content": "Hi"}]}, "messages[0].role", "invalid_value"),
        ({"model": None}, "model", "invalid_type"),
    ],
)
def test_a_bad_request_names_the_parameter(client: OpenAI, wrong: dict[str, object], param: str, code: str) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model=MODEL, messages=MESSAGES, extra_body=wrong)
    error = caught.value
    assert (error.param, error.code, error.type) == (param, code, "invalid_request_error")


def test_a_quick_start_without_v1_in_the_address_runs(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    client = OpenAI(
        api_key="any-key-works",
        base_url=server,
    )

    # Chat completion
    response = client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "user", "content": "Hello!"}],
    )
    print(response.choices[0].message.content)

    # Streaming
    stream = client.chat.completions.create(
        model="gpt-4o",
        messages=[{"role": "user", "content": "Count to 10"}],
        stream=True,
    )
    for chunk in stream:
        print(chunk.choices[0].delta.content, end="", flush=True)

    client.close()
    answer, streamed = capsys.readouterr().out.split("\n", 1)
    assert answer.startswith(("Hello", "Hi"))
    assert streamed.removesuffix("None") == "1, 2, 3, 4, 5, 6, 7, 8, 9, 10"


def test_a_good_key_passes_and_another_does_not(serve: Callable[..., str]) -> None:
    base_url = f"{serve('--require-api-key', '--api-keys', 'k1')}/v1"
    with OpenAI(base_url=base_url, api_key="k1", max_retries=0) as good:
        assert good.models.retrieve(MODEL).id == MODEL
    with (
        OpenAI(base_url=base_url, api_key="k2", max_retries=0) as bad,
        pytest.raises(openai.AuthenticationError) as caught,
    ):
        bad.models.retrieve(MODEL)
    assert caught.value.code == "invalid_api_key"


def test_the_async_client_gets_ten_streams_at_once(server: str, client: OpenAI) -> None:
    async def one(peer: AsyncOpenAI) -> str:
        async with await peer.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True) as stream:
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    async def ten() -> list[str]:
        async with AsyncOpenAI(
            base_url=f"{server}/v1", api_key="any", max_retries=0, _strict_response_validation=True
        ) as peer:
            return await asyncio.gather(*(one(peer) for _ in range(10)))

    whole = client.chat.completions.create(model=MODEL, messages=MESSAGES)
    assert asyncio.run(ten()) == [whole.choices[0].message.content] * 10


def test_raw_responses_show_the_headers(client: OpenAI) -> None:
    raw = client.chat.completions.with_raw_response
    first, second = (raw.create(model=MODEL, messages=MESSAGES) for _ in range(2))
    assert first.headers["x-request-id"].startswith("req_")
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert first.parse()._request_id == first.headers["x-request-id"]
    assert first.headers["openai-processing-ms"] == "3"  # the fixture's time to first token
    assert first.headers["openai-version"] == "2020-10-01"


def test_a_stream_can_be_left_early(client: OpenAI) -> None:
    with client.chat.completions.create(model=MODEL, messages=MESSAGES, stream=True) as stream:
        assert len(list(islice(stream, 3))) == 3
    assert client.models.retrieve(MODEL).id == MODEL


def _completion_tokens(usage: CompletionUsage | None) -> int:
    assert usage is not None
    return usage.completion_tokens
