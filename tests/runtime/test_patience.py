"""Streams that are silent for long, and what ends those that last too long."""

import json
from dataclasses import replace

from fakeai.runtime.options import Delay, Options, Patience
from tests.inprocess import Client, chat, run

SLOW = Options(ttft=Delay(1.0), itl=Delay(10.0))
ALIVE = b": keep-alive\n\n"


def patient(**seconds: float | None) -> Options:
    return replace(SLOW, patience=Patience(**seconds))


def test_a_silent_stream_sends_a_comment_now_and_then_and_the_answer_is_the_same() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post("/v1/chat/completions", chat(stream=True, max_tokens=2))
        comments = [moment for moment, part in answer.sends if part == ALIVE]
        assert comments == [5.0, 9.0]
        assert answer.sends[-1][0] == 11.0
        bodies.append(answer.body.replace(ALIVE, b""))

    async def never(client: Client) -> None:
        answer = await client.post("/v1/chat/completions", chat(stream=True, max_tokens=2))
        assert ALIVE not in answer.body
        bodies.append(answer.body)

    bodies: list[bytes] = []
    run(scenario, patient(keep_alive=4.0))
    run(never, patient(keep_alive=None))
    run(never, SLOW)
    assert bodies[0] == bodies[1] == bodies[2]


def test_a_stream_that_lasts_too_long_ends_with_an_error_event_and_frees_its_worker() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post("/v1/chat/completions", chat(stream=True, max_tokens=50))
        *sent, last = answer.body.decode().strip().split("\n\n")
        assert len(sent) == 4  # the role, and the tokens at 1, 11 and 21 seconds
        assert json.loads(last.removeprefix("data: ")) == {
            "error": {
                "message": "The stream lasted longer than 25 seconds.",
                "type": "timeout",
                "param": None,
                "code": "stream_timeout",
            }
        }
        assert answer.sends[-1][0] == 25.0
        metrics = (await client.get("/metrics/by-model")).json["some-model"]
        assert metrics["tokens"]["completion"] == 3
        assert metrics["errors"]["count"] == 1

    run(scenario, patient(stream=25.0))


def test_a_token_that_takes_too_long_ends_the_stream_but_the_first_one_may_take_its_time() -> None:
    async def scenario(client: Client) -> None:
        body = chat(stream=True, max_tokens=5)
        headers = {"x-fakeai-fault": "stalled_token; for=60s; after=2"}
        answer = await client.post("/v1/chat/completions", body, headers=headers)
        assert b'"code":"stream_token_timeout"' in answer.body
        assert answer.body.count(b"data: ") == 3
        whole = await client.post("/v1/chat/completions", body)
        assert whole.body.endswith(b"data: [DONE]\n\n")

    run(scenario, replace(patient(token=0.5), ttft=Delay(5.0), itl=Delay(0.1)))


def test_a_response_ends_with_an_event_of_its_own_form() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post(
            "/v1/responses", {"model": "gpt-4o", "input": "Hi", "stream": True, "max_output_tokens": 50}
        )
        *_, before, last = answer.body.decode().strip().split("\n\n")
        assert last.startswith("event: error\n")
        said, earlier = (json.loads(event.partition("data: ")[2]) for event in (last, before))
        assert said["code"] == "stream_timeout"
        assert said["sequence_number"] == earlier["sequence_number"] + 1

    run(scenario, patient(stream=25.0))
