"""OpenAI's SDK against rate limits: it waits as long as it is told, and then it succeeds."""

import json
import urllib.request
from collections.abc import Callable

import openai


def ask(client: openai.OpenAI) -> str:
    answer = client.chat.completions.create(
        model="some-model", messages=[{"role": "user", "content": "hi"}], max_tokens=1
    )
    return answer.object


def flood(client: openai.OpenAI) -> openai.RateLimitError:
    """Ask until that is refused."""
    while True:
        try:
            ask(client)
        except openai.RateLimitError as error:
            return error


def test_the_sdk_comes_again_when_it_is_told_to(serve: Callable[..., str]) -> None:
    address = serve("--ttft", "0", "--itl", "0", "--rate-limit-enabled", "--rate-limit-rpm", "60")
    client = openai.OpenAI(base_url=f"{address}/v1", api_key="k", max_retries=1)
    once = client.with_options(max_retries=0)
    error = flood(once)
    assert error.code == "rate_limit_exceeded"
    assert 0 < int(error.response.headers["retry-after-ms"]) <= 1000
    assert ask(client) == "chat.completion"
    with urllib.request.urlopen(f"{address}/_fakeai/requests?path=/v1/chat/*") as answer:
        *_, refused, passed = json.load(answer)["requests"]
    assert (refused["status"], passed["status"]) == (429, 200)
    told = int(refused["response_headers"]["retry-after-ms"])
    assert passed["time"] - refused["time"] >= told / 1000 - 0.001


def test_the_sdk_tells_what_is_left_and_that_a_quota_is_used_up(serve: Callable[..., str]) -> None:
    address = serve("--ttft", "0", "--itl", "0", "--rate-limit-enabled", "--rate-limit-quota", "30")
    client = openai.OpenAI(base_url=f"{address}/v1", api_key="k", max_retries=0)
    raw = client.chat.completions.with_raw_response.create(
        model="m", messages=[{"role": "user", "content": "hi"}], max_tokens=5
    )
    assert raw.headers["x-ratelimit-limit-requests"] == "500"
    assert raw.headers["x-ratelimit-remaining-requests"] == "499"
    assert flood(client).code == "insufficient_quota"
