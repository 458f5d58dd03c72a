"""OpenAI's SDK asks what was used and what it cost, and meets a spend limit."""

import time
from collections.abc import Callable
from typing import Any

import openai
import pytest
from openai import OpenAI

from tests.process import until


def ask(client: OpenAI, **more: Any) -> Any:
    messages: Any = [{"role": "user", "content": "Why do queues grow?"}]
    return client.chat.completions.create(**{"model": "gpt-5-mini", "messages": messages, **more})


def results(page: Any) -> list[Any]:
    """The results of all buckets of all pages."""
    return [result for bucket in page for result in bucket.results]


def test_the_sdk_is_told_what_it_used_and_what_it_cost(serve: Callable[..., str]) -> None:
    address = serve("--ttft", "0", "--itl", "1:0")
    client = OpenAI(base_url=f"{address}/v1", api_key="sk-app", admin_api_key="sk-admin-x", max_retries=0)
    start = int(time.time()) // 86_400 * 86_400
    whole = ask(client).usage
    streamed = [chunk.usage for chunk in ask(client, stream=True, stream_options={"include_usage": True})][-1]
    with ask(client, stream=True, max_completion_tokens=5000, extra_body={"ignore_eos": True}) as stream:
        for _, _ in zip(stream, range(5), strict=False):
            pass
    embedded = client.embeddings.create(model="text-embedding-3-small", input="Queues grow.").usage.prompt_tokens
    usage = client.admin.organization.usage

    def requests() -> int:
        (told,) = results(usage.completions(start_time=start).data)
        return int(told.num_model_requests)

    until(lambda: requests() == 3)  # the server has seen that the client left
    (told,) = results(usage.completions(start_time=start, group_by=["model"]).data)
    assert (told.model, told.num_model_requests, told.input_tokens) == ("gpt-5-mini", 3, 3 * whole.prompt_tokens)
    cut = told.output_tokens - whole.completion_tokens - streamed.completion_tokens
    assert 0 < cut < 2000
    (read,) = results(usage.embeddings(start_time=start, bucket_width="1h").data)
    assert (read.input_tokens, read.num_model_requests) == (embedded, 1)
    costs = results(usage.costs(start_time=start, group_by=["line_item"]).data)
    bill = {line.line_item: (line.amount.value, line.quantity) for line in costs}
    assert bill == {
        "gpt-5-mini, input": (pytest.approx(told.input_tokens * 0.25e-6), told.input_tokens),
        "gpt-5-mini, output": (pytest.approx(told.output_tokens * 2e-6), told.output_tokens),
        "text-embedding-3-small, input": (pytest.approx(embedded * 0.02e-6), embedded),
    }


def test_the_sdk_does_not_come_again_when_all_is_spent(serve: Callable[..., str]) -> None:
    address = serve("--ttft", "0", "--itl", "0")
    client = OpenAI(base_url=f"{address}/v1", api_key="sk-app", admin_api_key="sk-admin-x", max_retries=0)
    client.admin.organization.spend_limit.update(threshold_amount=1, currency="USD", interval="month")
    refused = None
    while refused is None:
        try:
            ask(client, model="gpt-4", max_tokens=100)
        except openai.RateLimitError as error:
            refused = error
    assert refused.code == "insufficient_quota"
    assert client.admin.organization.spend_limit.retrieve().enforcement.status == "enforcing"
    client.admin.organization.spend_limit.delete()
    assert ask(client).usage.completion_tokens > 0
