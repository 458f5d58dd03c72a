"""OpenAI's SDKs against faults: what they try again, what they wait for, and what they tell their callers."""

import json
import os
import socket
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import OpenAI
from openai.types.chat import ChatCompletionMessageParam

MODEL = "gpt-4o"
MESSAGES: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Why do queues grow?"}]


@pytest.fixture
def once(server: str) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{server}/v1", api_key="any", max_retries=0, timeout=2) as client:
        yield client


def ask(client: OpenAI, fault: str = "", **options: Any) -> Any:
    headers = {"x-fakeai-fault": fault} if fault else {}
    return client.chat.completions.create(model=MODEL, messages=MESSAGES, extra_headers=headers, **options)


def journal(address: str) -> list[dict[str, Any]]:
    """The calls that the server at *address* has answered."""
    with urllib.request.urlopen(f"{address}/_fakeai/requests") as answer:
        found: list[dict[str, Any]] = json.load(answer)["requests"]
        return found


@pytest.mark.parametrize(
    ("fault", "error", "status", "code"),
    [
        ("internal_error", openai.InternalServerError, 500, None),
        ("bad_gateway", openai.InternalServerError, 502, None),
        ("service_unavailable", openai.InternalServerError, 503, None),
        ("gateway_timeout", openai.InternalServerError, 504, None),
        ("rate_limit_quota", openai.RateLimitError, 429, "insufficient_quota"),
        ("rate_limit", openai.RateLimitError, 429, "rate_limit_exceeded"),
        ("context_length_exceeded", openai.BadRequestError, 400, "context_length_exceeded"),
        ("authentication_error", openai.AuthenticationError, 401, "invalid_api_key"),
    ],
)
def test_each_error_is_the_sdks_own(
    once: OpenAI, fault: str, error: type[openai.APIStatusError], status: int, code: str | None
) -> None:
    with pytest.raises(error) as caught:
        ask(once, fault)
    assert (caught.value.status_code, caught.value.code) == (status, code)


def test_the_sdk_waits_as_long_as_it_is_told_and_then_succeeds(serve: Callable[..., str], tmp_path: Path) -> None:
    (tmp_path / "faults.yaml").write_text(
        "rules: [{match: {path: /v1/chat/*}, calls: 1-2, per: key, fault: {type: rate_limit, retry_after: 1s}}]"
    )
    address = serve("--ttft", "0", "--itl", "0", "--faults", str(tmp_path / "faults.yaml"))
    for key in ("sk-first", "sk-second"):
        with OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=2) as client:
            assert ask(client).choices[0].message.content
    calls = journal(address)
    assert [call["status"] for call in calls] == [429, 429, 200] * 2
    for first, second, third in (calls[:3], calls[3:]):
        assert second["time"] - first["time"] >= 1
        assert third["time"] - second["time"] >= 1
    with (
        OpenAI(base_url=f"{address}/v1", api_key="sk-third", max_retries=1) as client,
        pytest.raises(openai.RateLimitError),
    ):
        ask(client)


@pytest.mark.parametrize("fault", ["internal_error", "service_unavailable", "connection_reset", "connection_closed"])
def test_the_sdk_tries_again_until_it_works(serve: Callable[..., str], tmp_path: Path, fault: str) -> None:
    (tmp_path / "faults.yaml").write_text(f"rules: [{{calls: 1-2, fault: {fault}}}]")
    address = serve("--ttft", "0", "--itl", "0", "--faults", str(tmp_path / "faults.yaml"))
    with OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=2) as client:
        assert ask(client).choices[0].message.content


@pytest.mark.parametrize("fault", ["connection_reset", "connection_closed", "truncated_stream", "malformed_chunk"])
def test_a_connection_that_breaks_is_a_connection_error(once: OpenAI, fault: str) -> None:
    with pytest.raises(openai.APIConnectionError):
        ask(once, fault)
    assert ask(once).choices  # and nothing is left behind


@pytest.mark.parametrize("fault", ["stalled_token; for=10s", "delay; for=10s", "slow_body; for=160s"])
def test_what_takes_too_long_is_a_timeout(once: OpenAI, fault: str) -> None:
    with pytest.raises(openai.APITimeoutError):
        ask(once, fault)


def read(stream: Any) -> tuple[int, Exception | None]:
    """How many chunks came, and what ended them."""
    chunks = 0
    try:
        for _ in stream:
            chunks += 1
    except Exception as error:
        return chunks, error
    return chunks, None


@pytest.mark.parametrize("fault", ["connection_reset", "connection_closed", "truncated_stream", "malformed_chunk"])
def test_a_stream_that_breaks_off_raises_after_what_came(once: OpenAI, fault: str) -> None:
    chunks, error = read(ask(once, f"{fault}; after=5", stream=True))
    assert chunks == 5
    assert isinstance(error, openai.APIConnectionError)


def test_an_error_in_mid_stream_is_an_api_error(once: OpenAI) -> None:
    chunks, error = read(ask(once, "stream_error; after=5; code=oops", stream=True))
    assert chunks == 5
    assert isinstance(error, openai.APIError)
    assert (error.code, error.message) == ("oops", "The server had an error while processing your request.")


def test_a_stream_that_stalls_times_out_in_its_middle(once: OpenAI) -> None:
    chunks, error = read(ask(once, "stalled_token; after=5; for=10s", stream=True))
    assert chunks == 5
    assert isinstance(error, openai.APITimeoutError)


def test_a_stream_that_ends_early_looks_whole_but_for_its_reason(once: OpenAI) -> None:
    chunks = list(ask(once, "early_end; after=5", stream=True))
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None] * 5


def test_a_broken_event_is_no_json(once: OpenAI) -> None:
    chunks, error = read(ask(once, "malformed_json; after=5", stream=True))
    assert chunks == 5
    assert isinstance(error, json.JSONDecodeError)


def raw(server: str, path: str, body: bytes, fault: str) -> tuple[bytes, bool]:
    """All bytes that came of an answer, and whether the connection was reset."""
    host, _, port = server.removeprefix("http://").partition(":")
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\nx-fakeai-fault: {fault}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(head.encode() + body)
        heard = b""
        try:
            while part := connection.recv(65536):
                heard += part
        except ConnectionResetError:
            return heard, True
        return heard, False


def test_a_reset_is_a_reset_and_a_close_is_none(server: str) -> None:
    body = json.dumps({"model": MODEL, "messages": MESSAGES, "stream": True}).encode()
    assert raw(server, "/v1/chat/completions", body, "connection_reset") == (b"", True)
    assert raw(server, "/v1/chat/completions", body, "connection_closed") == (b"", False)
    heard, was_reset = raw(server, "/v1/chat/completions", body, "connection_reset; after=3")
    assert (heard.count(b"data: "), was_reset) == (3, True)
    heard, was_reset = raw(server, "/v1/chat/completions", body, "truncated_stream; after=3")
    assert (heard.count(b"data: "), was_reset, heard.endswith(b"0\r\n\r\n")) == (3, False, False)


@pytest.mark.parametrize("fault", ["stream_error", "truncated_stream", "malformed_json", "malformed_chunk", "delay"])
def test_both_ways_to_the_application_give_the_same_bytes(
    serve: Callable[..., str], tmp_path: Path, fault: str
) -> None:
    """A call of a rule takes the express lane, one of a browser does not."""
    (tmp_path / "faults.yaml").write_text(f"rules: [{{fault: {{type: {fault}, for: 10ms}}}}]")
    options = ("--ttft", "0", "--itl", "0", "--fixed-clock", "2026-01-01T00:00:00Z", "--faults")
    body = json.dumps({"model": MODEL, "messages": MESSAGES, "stream": True}).encode()
    heard = []
    for extra in ("", "origin: http://example.org\r\n"):
        address = serve(*options, str(tmp_path / "faults.yaml"))
        host, _, port = address.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n{extra}\r\n"
            connection.sendall(head.encode() + body)
            got = connection.recv(65536)
            connection.settimeout(0.5)
            try:
                while part := connection.recv(65536):
                    got += part
            except TimeoutError:
                pass
        top, _, rest = got.partition(b"\r\n\r\n")
        lines = [line for line in top.split(b"\r\n") if not line.startswith((b"access-control", b"vary", b"date"))]
        heard.append((lines, rest))
    assert heard[0] == heard[1]
    assert heard[0][0][0] == b"HTTP/1.1 200 OK"


HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def told(server: str) -> Any:
    assert (HERE / "node_modules" / "openai").is_dir(), "run `make clients` first"
    environment = {**os.environ, "NODE_OPTIONS": "--dns-result-order=ipv4first"}
    command = ["node", str(HERE / "faults.mjs"), server]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nodes_sdk_sees_the_same_faults(told: Any) -> None:
    assert told == {
        "rate_limit": ["RateLimitError", 429, "rate_limit_exceeded"],
        "internal_error": ["InternalServerError", 500, None],
        "connection_reset": ["APIConnectionError", None, None],
        "delay; for=10s": ["APIConnectionTimeoutError", None, None],
        "streams": {
            "stream_error; after=5; code=oops": [5, "APIError", "oops"],
            "truncated_stream; after=5": [5, "TypeError", None],
        },
    }
