"""The admin API beside OpenAI's SDK: a test of an application moves the server's clock and reads its journal."""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from openai import OpenAI


def admin(address: str, method: str, path: str, body: Any = None, **headers: str) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}/_fakeai{path}", data, headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def ask(client: OpenAI, **options: Any) -> Any:
    messages: Any = [{"role": "user", "content": "Why do queues grow?"}]
    return client.chat.completions.create(model="gpt-4o", messages=messages, **options)


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://localhost"}])  # the express lane and ASGI
@pytest.mark.parametrize("stream", [False, True])
def test_what_waits_for_hours_comes_when_the_clock_is_moved(
    serve: Callable[..., str], headers: dict[str, str], stream: bool
) -> None:
    address = serve("--ttft", "7200000:0", "--itl", "0")
    heard: list[Any] = []

    def listen() -> None:
        with OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0, timeout=20) as client:
            answer = ask(client, stream=stream, extra_headers=headers)
            heard.append(list(answer) if stream else answer.choices)

    thread = threading.Thread(target=listen)
    thread.start()
    while not admin(address, "GET", "/requests")["count"]:
        time.sleep(0.01)
    before = admin(address, "GET", "/clock")["now"]
    assert (heard, admin(address, "GET", "/requests")["requests"][0]["ended"]) == ([], "waiting")
    after = admin(address, "POST", "/clock", {"ahead": "2h"})["now"]
    thread.join(10)
    assert len(heard) == 1
    assert heard[0]
    assert after - before >= 7200
    (entry,) = admin(address, "GET", "/requests")["requests"]
    assert (entry["ended"], entry["first"]) == ("whole", 7200)


def test_time_may_pass_faster(serve: Callable[..., str]) -> None:
    address = serve("--ttft", "60000:0", "--itl", "1000:0", "--speed", "1000")
    with OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0, timeout=20) as client:
        assert len(list(ask(client, stream=True, max_tokens=50))) == 52  # within the client's patience
    (entry,) = admin(address, "GET", "/requests")["requests"]
    assert (entry["first"], entry["pieces"]) == (60, {"sent": 52, "of": 52})
    assert admin(address, "GET", "/state")["clock"]["speed"] == 1000


def test_it_is_off_where_others_could_reach_it_and_on_with_a_key(serve: Callable[..., str]) -> None:
    address = serve("--host", "0.0.0.0")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        admin(address, "GET", "/state")
    address = serve("--host", "0.0.0.0", "--admin-key", "secret")
    with pytest.raises(urllib.error.HTTPError, match="401"):
        admin(address, "GET", "/state")
    assert admin(address, "GET", "/state", Authorization="Bearer secret")["requests"] == 0
