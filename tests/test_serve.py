"""The server as a process: where it listens, how it stops, and that two of them agree to the byte."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.inprocess import ROOT, chat
from tests.process import Server, has_read, is_open, running, until


def post(server: Server, body: dict[str, Any], path: str = "/v1/chat/completions") -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request("POST", path, json.dumps(body), {"content-type": "application/json"})
        return connection.getresponse().read()
    finally:
        connection.close()


def test_two_processes_with_a_fixed_clock_answer_the_same_bytes_ids_and_all(tmp_path: Path) -> None:
    seen = []
    for _ in range(2):
        with running(tmp_path, "--fixed-clock", "2026-01-01T00:00:00Z", "--seed", "3") as server:
            seen.append([post(server, chat()), post(server, chat(stream=True)), post(server, chat())])
    assert seen[0] == seen[1]
    first, third = json.loads(seen[0][0]), json.loads(seen[0][2])
    assert first["created"] == 1_767_225_600
    assert first["choices"] == third["choices"]
    assert first["id"] != third["id"]


def test_without_a_fixed_clock_only_id_and_created_differ(tmp_path: Path) -> None:
    answers = []
    for _ in range(2):
        with running(tmp_path) as server:
            answers.append(json.loads(post(server, chat())))
    ids = {answer.pop("id") for answer in answers}
    assert len(ids) == 2
    for answer in answers:
        del answer["created"]
    assert answers[0] == answers[1]


def test_the_express_lane_and_asgi_answer_the_same_bytes(tmp_path: Path) -> None:
    """An Origin header takes a call off the express lane; CORS headers are then all that differs."""

    def asked(server: Server, headers: dict[str, str]) -> list[tuple[int, list[tuple[str, str]], bytes]]:
        answers = []
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for method, path, body in (
            ("POST", "/v1/chat/completions", chat(max_tokens=20)),
            ("POST", "/v1/chat/completions", chat(max_tokens=20, stream=True)),
            ("POST", "/chat/completions", chat(n=3, stream=True, stream_options={"include_usage": True})),
            ("POST", "/v1/chat/completions", {"model": "m"}),
            ("POST", "/v1/completions", {"model": "m", "prompt": "x", "stream": True}),
            ("POST", "/v1/embeddings", {"model": "m", "input": "x"}),
            ("GET", "/v1/models", None),
            ("PUT", "/v1/models", None),
            ("GET", "/v1/models/gpt-4o", None),
            ("GET", "/nothing", None),
            ("GET", "/health", None),
        ):
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            kept = [
                (k, v) for k, v in response.getheaders() if k != "date" and k != "vary" and "access-control" not in k
            ]
            answers.append((response.status, kept, response.read()))
        connection.close()
        return answers

    for latency in (("--ttft", "0", "--itl", "0"), ("--ttft", "5:0", "--itl", "1:0")):
        seen = []
        for headers in ({}, {"origin": "https://app.example"}):
            with running(tmp_path, "--fixed-clock", "1767225600", *latency) as server:
                seen.append(asked(server, headers))
        for express, asgi in zip(*seen, strict=True):
            assert express == asgi


def test_pipelined_requests_are_answered_in_order(tmp_path: Path) -> None:
    def request(limit: int, stream: bool) -> bytes:
        body = json.dumps(chat(max_tokens=limit, stream=stream, ignore_eos=True)).encode()
        return b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)

    with running(tmp_path, "--ttft", "20:0", "--itl", "1:0") as server:
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(
                request(1, stream=False) + request(2, stream=False) + request(3, stream=True) + b"?\r\n\r\n"
            )
            together = b"".join(iter(lambda: connection.recv(65536), b""))
        one, two, three = together.split(b"HTTP/1.1 200 OK")[1:]
        assert b'"completion_tokens":1' in one
        assert b'"completion_tokens":2' in two
        assert three.count(b'"delta":{"content":') == 3
        assert three.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(request(30, stream=True))
            time.sleep(0.03)  # the stream has begun
            connection.sendall(request(2, stream=False))
            received = b""
            while received.count(b"HTTP/1.1 200 OK") < 2 or not received.endswith(b"}"):
                received += connection.recv(65536)
        first, second = received.split(b"HTTP/1.1 200 OK")[1:]
        assert first.count(b'"delta":{"content":') == 30
        assert first.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")
        assert b'"completion_tokens":2' in second


def test_ctrl_c_lets_open_streams_end_and_exits_cleanly(tmp_path: Path) -> None:
    with running(tmp_path, "--ttft", "200:0", "--itl", "50:0") as server:
        body = json.dumps(chat(stream=True, max_tokens=60, ignore_eos=True))
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        connection.request("POST", "/v1/chat/completions", body)
        response = connection.getresponse()
        first = response.readline()
        server.process.send_signal(signal.SIGINT)
        rest = response.read()
        connection.close()
        assert (first + rest).count(b'"content":"') == 61
        assert rest.endswith(b"data: [DONE]\n\n")
        printed, _ = server.process.communicate(timeout=20)
        assert "Finishing 1 open streams; Ctrl-C again stops at once." in printed
        assert server.process.returncode == 0


def test_a_request_that_is_still_arriving_is_answered_before_the_server_stops(tmp_path: Path) -> None:
    body = json.dumps(chat(max_tokens=2)).encode()
    request = b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
    for latency in ("0", "50:0"):
        with running(tmp_path, "--ttft", latency, "--itl", "0") as server:
            with socket.create_connection(("127.0.0.1", server.port)) as connection:
                connection.sendall(request[:-5])
                until(lambda: has_read(server, connection))
                server.process.terminate()
                until(lambda: not is_open(server))
                connection.sendall(request[-5:])
                received = b"".join(iter(lambda: connection.recv(65536), b""))
            assert b'"completion_tokens":2' in received
            assert server.process.wait(timeout=20) == 0


def test_sigterm_stops_it_too(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        server.process.terminate()
        assert server.process.wait(timeout=20) == 0


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "fakeai", "serve", "--host", "127.0.0.1", "--port", port]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 1
    assert ran.stderr == (
        f"Error: cannot listen on 127.0.0.1 port {port}: Address already in use; --port 0 picks a free one\n"
    )


def test_a_tier_is_one_of_the_projects_catalog(tmp_path: Path) -> None:
    generated = tmp_path / "generated"
    generated.mkdir()
    (tmp_path / "fakeai.toml").write_text('[project]\nname = "own"\n')
    for path in (ROOT / "generated").iterdir():
        if path.name != "catalog.json":
            (generated / path.name).symlink_to(path)
    catalog = json.loads((ROOT / "generated" / "catalog.json").read_text())
    catalog["tiers"].append({"id": "Gold_Plus", "rpm": 7, "tpm": 70_000})
    (generated / "catalog.json").write_text(json.dumps(catalog))
    for said, limit in (("gold-plus", "7"), ("TIER_2", "5000")):
        with running(tmp_path, "--rate-limit-enabled", "--rate-limit-tier", said) as server:
            body = json.dumps(chat(max_tokens=1)).encode()
            with urllib.request.urlopen(f"{server.address}/v1/chat/completions", body) as answer:
                assert answer.headers["x-ratelimit-limit-requests"] == limit
    command = [sys.executable, "-m", "fakeai", "serve", "--port", "0", "--rate-limit-tier", "tier-9"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (
        1,
        "Error: --rate-limit-tier: 'tier-9' is not one of free, tier-1, tier-2, tier-3, tier-4, tier-5, Gold_Plus\n",
    )


def open_streams(server: Server) -> int:
    with urllib.request.urlopen(f"{server.address}/health/detailed") as answer:
        return int(json.load(answer)["metrics_summary"]["active_streams"])


def test_a_client_that_hangs_up_or_talks_nonsense_harms_nobody(tmp_path: Path) -> None:
    with running(tmp_path, "--ttft", "0", "--itl", "1:0") as server:
        body = json.dumps(chat(stream=True, max_tokens=5000, ignore_eos=True)).encode()
        head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n" % len(body)
        asgi = head.replace(b"completions HTTP", b"completions?a=b HTTP") + body
        for sent in (head + body, head + body[:20], asgi, asgi + asgi):
            with socket.create_connection(("127.0.0.1", server.port)) as rude:
                rude.sendall(sent)
                time.sleep(0.05)
        for sent in (b"\x00\xff nonsense\r\n\r\n", b"POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n"):
            with socket.create_connection(("127.0.0.1", server.port)) as rude:
                rude.sendall(sent)
                status, _, said = b"".join(iter(lambda: rude.recv(65536), b"")).partition(b"\r\n\r\n")
                assert status.startswith(b"HTTP/1.1 400 Bad Request")
                assert json.loads(said)["error"]["type"] == "invalid_request_error"
        assert json.loads(post(server, chat(max_tokens=3)))["usage"]["completion_tokens"] == 3
        while open_streams(server):  # those whose clients left before the vocabulary was loaded have just begun
            time.sleep(0.01)
        server.process.send_signal(signal.SIGINT)
        printed, _ = server.process.communicate(timeout=20)
        assert "Finishing" not in printed  # no stream was left open


def test_a_slow_reader_gets_everything_and_others_are_served_meanwhile(tmp_path: Path) -> None:
    with running(tmp_path, "--ttft", "0", "--itl", "0") as server:
        body = json.dumps(chat(stream=True, max_tokens=20_000, ignore_eos=True)).encode()
        with socket.create_connection(("127.0.0.1", server.port)) as slow:
            slow.sendall(
                b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n" % len(body) + body
            )
            slow.recv(1)
            assert json.loads(post(server, chat(max_tokens=3)))["usage"]["completion_tokens"] == 3
            received = b""
            while not received.endswith(b"\r\n0\r\n\r\n"):
                received += slow.recv(1 << 20)
        assert received.count(b'"delta":{"content":') == 20_000
