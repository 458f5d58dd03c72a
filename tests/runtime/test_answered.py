"""What a log says of each call that was answered, and the trace that it is part of: exact, in virtual time."""

import http.client
import json
import re
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fakeai.runtime.options import Delay, Options
from fakeai.runtime.telemetry import access_log
from fakeai.runtime.telemetry.answered import Ends
from fakeai.runtime.telemetry.reading import read_own
from fakeai.runtime.telemetry.spans import spans
from tests.inprocess import STEADY, Client, run
from tests.process import running

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CHAT = {"model": "gpt-4o", "max_tokens": 10, "messages": [{"role": "user", "content": "Why cache prefixes?"}]}
PATH = "/v1/chat/completions"


def listening(client: Client) -> list[dict[str, Any]]:
    """What the log will say."""
    said: list[dict[str, Any]] = []
    client.app.world.lasting(Ends).listen(lambda told: said.append(access_log.facts(told)))
    return said


def test_a_call_is_one_line_with_its_ids_and_times() -> None:
    async def calls(client: Client) -> None:
        said = listening(client)
        headers = {"authorization": "Bearer sk-abcdefghijklmnop", "traceparent": f"00-{TRACE}-{PARENT}-01"}
        answer = await client.post(PATH, CHAT, headers=headers)
        (line,) = said
        assert re.fullmatch(f"00-{TRACE}-[0-9a-f]{{16}}-01", answer.headers["traceresponse"])
        assert line == {
            "time": "2026-01-01T00:00:00.000Z",
            "trace_id": TRACE,
            "span_id": answer.headers["traceresponse"].split("-")[2],
            "request_id": answer.headers["x-request-id"],
            "client": "127.0.0.1",
            "key": "sk-***mnop",
            "method": "POST",
            "path": PATH,
            "route": PATH,
            "status": 200,
            "duration_ms": 290.0,
            "first_byte_ms": 290.0,
            "bytes": len(answer.body),
            "streamed": False,
            "model": "gpt-4o",
            "queue_ms": 0.0,
            "ttft_ms": 200.0,
            "prompt_tokens": 11,
            "cached_tokens": 0,
            "completion_tokens": 10,
            "worker": 0,
        }
        assert access_log.text(line) == (
            f"127.0.0.1 POST {PATH} 200 290 ms model=gpt-4o tokens=11+10 cached=0 worker=0 ttft=200ms "
            f"id={answer.headers['x-request-id']} trace={TRACE}"
        )

    run(calls, STEADY)


def test_a_stream_is_told_of_at_its_end_or_when_its_client_left() -> None:
    async def calls(client: Client) -> None:
        said = listening(client)
        whole = await client.post(PATH, {**CHAT, "stream": True})
        assert whole.headers["x-request-id"] == said[0]["request_id"]
        await client.post(PATH, {**CHAT, "stream": True}, leave_after=0.225)
        await client.wait(1)
        facts = [
            (each["status"], each["duration_ms"], each["first_byte_ms"], each["completion_tokens"]) for each in said
        ]
        assert facts == [(200, 290.0, 200.0, 10), (499, 225.0, 200.0, 3)]

    run(calls, STEADY)


def test_a_call_whose_client_left_has_one_status_wherever_it_is_told() -> None:
    for journal in (0, 10):

        async def calls(client: Client) -> None:
            said = listening(client)
            for body in ({**CHAT, "stream": True}, CHAT):  # the one in mid-stream, the other before its answer
                await client.post(PATH, body, leave_after=0.225)
                await client.wait(1)
            told = [
                [each["status"] for each in said],
                [each["status"] for each in (await client.get("/dashboard/data")).json["requests"]],
                [key[1] for path, tally in (await read_own(client.app.world)).tally.paths.items() if path == PATH
                 for key, count in tally.ends.items() for _ in range(count)],
            ]  # fmt: skip
            if client.app.world.options.journal:
                noted = (await client.get("/_fakeai/requests?status=499")).json["requests"]
                told.append([each["status"] for each in noted if each["ended"] == "left"])
            assert told == [[499, 499]] * len(told)

        run(calls, replace(STEADY, journal=journal, admin=True))


def test_a_late_refusal_whose_client_left_and_its_model_are_told_alike() -> None:
    async def calls(client: Client) -> None:
        said = listening(client)
        body = {**CHAT, "messages": [{"role": "user", "content": "Why? " * 8000}]}  # 40 KB
        for leaves in (1.0, None):
            await client.post(PATH, body, headers={"x-fakeai-fault": "internal_error; for=5"}, leave_after=leaves)
            await client.wait(1)
        reading = await read_own(client.app.world)
        noted = (await client.get("/_fakeai/requests")).json["requests"]
        shown = (await client.get("/dashboard/data")).json["requests"][::-1]
        assert [each["ended"] for each in noted] == ["left", "whole"]
        assert [each["last"] for each in noted] == [1.0, pytest.approx(5.0)]
        for told in (said[:2], noted, shown):
            assert [(each["status"], each["model"]) for each in told] == [(499, "gpt-4o"), (500, "gpt-4o")]
        assert reading.tally.paths[PATH].ends == {("POST", 499): 1, ("POST", 500): 1}

    run(calls, replace(STEADY, journal=10, admin=True))


def test_a_refused_call_of_40_kb_counts_for_its_model() -> None:
    async def calls(client: Client) -> None:
        said = listening(client)
        await client.post(PATH, {**CHAT, "messages": [{"role": "user", "content": "Why? " * 8000}], "n": 1000})
        assert [(each["status"], each["model"]) for each in said] == [(400, "gpt-4o")]
        assert (await read_own(client.app.world)).refused == {"gpt-4o": 1}

    run(calls, STEADY)


def test_refusals_faults_and_unknown_paths_are_lines_and_secrets_are_not() -> None:
    async def calls(client: Client) -> None:
        said = listening(client)
        await client.get("/v1/nothing?api_key=sk-verysecretkey&a=1")
        await client.post(PATH, {**CHAT, "temperature": 9})
        await client.post(PATH, CHAT, headers={"x-fakeai-fault": "rate_limit"})
        shown = [(each["status"], each.get("query"), each.get("model"), each.get("fault")) for each in said]
        assert shown == [
            (404, "api_key=***&a=1", None, None),
            (400, None, "gpt-4o", None),
            (429, None, "gpt-4o", "rate_limit"),
        ]

    run(calls, STEADY)


def test_a_file_and_a_socket_are_told_of_when_they_end() -> None:
    async def calls(client: Client) -> None:
        said = listening(client)
        file = await client.form("/v1/files", purpose="batch", file=("a.jsonl", b"abc"))
        await client.get(f"/v1/files/{file.json['id']}/content")
        assert (said[-1]["status"], said[-1]["bytes"], said[-1]["route"]) == (200, 3, "/v1/files/{file_id}/content")
        async with client.socket("/metrics/stream") as socket:
            await socket.next()
            await client.wait(0.5)
            assert len(said) == 2
        await client.wait(0.1)
        assert (said[-1]["status"], said[-1]["path"], "request_id" in said[-1]) == (101, "/metrics/stream", False)

    run(calls, STEADY)


def test_traces_of_calls_without_one_follow_from_the_seed() -> None:
    found: list[list[str]] = []

    async def calls(client: Client) -> None:
        said = listening(client)
        for _ in range(2):
            await client.post(PATH, CHAT)
        found.append([each["trace_id"] for each in said])

    for seed in (0, 0, 1):
        run(calls, Options(seed=seed, ttft=Delay(0.2), itl=Delay(0.01)))
    assert found[0] == found[1]
    assert len({*found[0], *found[2]}) == 4


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-[0-9a-f]{{16}}-01"),
        (f"00-{TRACE}-{PARENT}-00", f"00-{TRACE}-[0-9a-f]{{16}}-00"),
        (f"cc-{TRACE}-{PARENT}-01-what-the-future-will-bring", f"00-{TRACE}-[0-9a-f]{{16}}-01"),
        (f"00-{TRACE}-{PARENT}-01-more", None),
        (f"ff-{TRACE}-{PARENT}-01", None),
        (f"00-{'0' * 32}-{PARENT}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-{PARENT}-01", None),
        ("", None),
    ],
)
def test_a_trace_context_is_echoed_when_it_is_one(sent: str, expected: str | None) -> None:
    async def calls(client: Client) -> None:
        for path, body in ((PATH, CHAT), (PATH, {**CHAT, "stream": True}), ("/v1/nothing", {})):
            answer = await client.post(path, body, headers={"traceparent": sent})
            told = answer.headers.get("traceresponse")
            assert (told is None) if expected is None else (told and re.fullmatch(expected, told)), (path, told)
            assert re.fullmatch("req_[0-9a-f]{32}", answer.headers["x-request-id"])
        assert "traceresponse" not in (await client.post(PATH, CHAT)).headers

    run(calls, STEADY)


def test_stages_that_never_came_have_no_span() -> None:
    async def calls(client: Client) -> None:
        names: list[list[tuple[str, float]]] = []
        client.app.world.lasting(Ends).listen(
            lambda told: names.append([(span.name, round(span.end - span.start, 6)) for span in spans(told)])
        )
        await client.post(PATH, {**CHAT, "stream": True}, leave_after=0.05)
        await client.wait(1)
        assert names == [[(f"POST {PATH}", 0.05), ("queue", 0.0), ("prefill", 0.05)]]

    run(calls, STEADY)


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ("json", ["--log-format", "json"]),
        ("text", ["--log-format", "text"]),
        ("text", ["--debug"]),
        ("json", ["--debug", "--log-format", "json"]),
        ("text", ["--debug", "--http2"]),
    ],
)
def test_the_log_of_a_server_has_a_line_for_each_answer(form: str, options: list[str], tmp_path: Path) -> None:
    ids: list[str] = []
    lines = _logged(
        tmp_path,
        lambda address: ids.extend(_asked(address, f"/v1/models{rest}") for rest in ("", "/gpt-4o")),
        *options,
    )
    if "--debug" in options:
        lines = [line for line in lines if "/v1/models" in line]
    assert len(lines) == 2, lines
    if form == "json":
        said = [json.loads(line) for line in lines]
        assert [
            (each["level"], each["client"], each["message"], each["route"], each["request_id"]) for each in said
        ] == [
            ("info", "127.0.0.1", "GET /v1/models 200", "/v1/models", ids[0]),
            ("info", "127.0.0.1", "GET /v1/models/gpt-4o 200", "/v1/models/{model:path}", ids[1]),
        ]
        assert all(re.fullmatch("[0-9a-f]{32}", each["trace_id"]) for each in said)
    else:
        for line, path, id in zip(lines, ("/v1/models", "/v1/models/gpt-4o"), ids, strict=True):
            assert re.match(rf"INFO 127.0.0.1 GET {path} 200 \d+ ms id={id} trace=[0-9a-f]{{32}}$", line)


def test_the_server_that_is_debugged_is_the_one_that_serves(tmp_path: Path) -> None:
    with running(tmp_path, "--debug") as server, socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(b"GET /v1/models HTTP/1.1\r\nhost: x\r\nx-fakeai-fault: connection_reset\r\n\r\n")
        with pytest.raises(ConnectionResetError):  # which only the express lane can do
            client.recv(1)


def _logged(directory: Path, ask: Callable[[str], None], *options: str) -> list[str]:
    """The lines that a server writes while one asks at its address."""
    command = [sys.executable, "-m", "fakeai", "serve", "--host", "127.0.0.1", "--port", "0", *options]
    log = directory / "log"
    with log.open("w") as file, subprocess.Popen(
        command, cwd=directory, stdout=subprocess.PIPE, stderr=file, text=True
    ) as server:  # fmt: skip
        assert server.stdout is not None
        ask(server.stdout.readline().split(" at ")[1].split()[0])
        server.terminate()
        server.communicate(timeout=20)
    return log.read_text().splitlines()


def _asked(address: str, path: str) -> str:
    """The id of a call to *path*, of which the answer has one alone, on a connection that stays: the express lane's."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"))
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    (id,) = [value for name, value in answer.getheaders() if name == "x-request-id"]
    connection.close()
    return id


def test_without_a_format_nothing_is_logged(tmp_path: Path) -> None:
    def ask(address: str) -> None:
        with urllib.request.urlopen(f"{address}/v1/models/gpt-4o") as answer:
            assert answer.headers["traceresponse"] is None

    assert _logged(tmp_path, ask) == []
