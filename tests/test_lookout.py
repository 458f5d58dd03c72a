"""Clients that send slowly, or without end, are given up; those that only wait are not."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from tests.inprocess import chat
from tests.process import Server, running

BODY = json.dumps(chat(max_tokens=3)).encode()
HEAD = b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n" % len(BODY)
ORIGIN = b"origin: http://localhost\r\n"  # keeps a request off the express lane
HASTY = ("--header-timeout", "0.4", "--body-timeout", "0.4")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("hasty"), *HASTY, "--ttft", "1500:0", "--itl", "0") as server:
        yield server


@contextmanager
def connected(server: Server) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        yield connection


def answer(connection: socket.socket) -> tuple[int, str]:
    """The status and the code of the refusal that ends *connection*."""
    received = b""
    while part := connection.recv(65536):
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"connection: close" in head
    return int(head.split()[1]), json.loads(body)["error"]["code"]


@pytest.mark.parametrize(
    "begun",
    [
        b"POST /v1/chat",
        HEAD,
        HEAD + b"x: y",
        HEAD + b"\r\n",
        HEAD + b"\r\n" + BODY[:9],
        HEAD + ORIGIN + b"\r\n" + BODY[:9],
        b"POST /v1/files HTTP/1.1\r\nhost: a\r\ncontent-length: 900\r\ncontent-type: multipart/form-data; boundary=b"
        b"\r\n\r\n--b\r\n",
        b"POST /v1/files HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\n",
    ],
)
def test_a_request_that_stops_in_its_middle_is_given_up(server: Server, begun: bytes) -> None:
    with connected(server) as connection:
        connection.sendall(begun)
        assert answer(connection) == (408, "request_timeout")


@pytest.mark.parametrize("begun", [b"GET / HTTP/1.1\r\nx: ", HEAD + b"\r\n", HEAD + ORIGIN + b"\r\n"])
def test_a_request_that_comes_a_byte_at_a_time_is_given_up(server: Server, begun: bytes) -> None:
    with connected(server) as connection:
        connection.sendall(begun)
        connection.settimeout(0.05)
        for _ in range(60):
            with suppress(TimeoutError):
                assert connection.recv(1, socket.MSG_PEEK)
                break
            connection.sendall(b"x")
        connection.settimeout(20)
        with suppress(ConnectionResetError):  # what was sent after the end may reset it
            assert answer(connection) == (408, "request_timeout")


def test_a_head_without_end_is_refused(server: Server) -> None:
    with connected(server) as connection:
        with suppress(ConnectionError):
            for _ in range(64):
                connection.sendall(b"GET / HTTP/1.1\r\n" if not _ else b"x-more: " + b"x" * 65536 + b"\r\n")
        with suppress(ConnectionResetError):
            assert answer(connection) == (431, "headers_too_large")


def test_who_waits_for_an_answer_or_between_two_requests_is_not_given_up(server: Server) -> None:
    for extra in (b"", ORIGIN):
        with connected(server) as connection:
            for _ in range(2):
                connection.sendall(HEAD + extra + b"\r\n" + BODY)
                received = b""
                while not received.endswith(b"}}}"):
                    part = connection.recv(65536)
                    assert part
                    received += part
                assert received.startswith(b"HTTP/1.1 200 ")


def test_a_request_that_waits_behind_another_is_not_given_up(server: Server) -> None:
    with connected(server) as connection:
        connection.sendall(HEAD + ORIGIN + b"\r\n" + BODY + HEAD + b"\r\n" + BODY[:5])
        received = b""
        while received.count(b"}}}") < 1:
            received += connection.recv(65536)
        connection.sendall(BODY[5:])
        while received.count(b"}}}") < 2:
            part = connection.recv(65536)
            assert part
            received += part
        assert received.count(b"HTTP/1.1 200 ") == 2


def test_a_body_that_is_too_large_is_refused_before_it_comes(server: Server) -> None:
    for extra in (b"", ORIGIN):
        with connected(server) as connection:
            connection.sendall(
                b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: 999999999\r\n" + extra + b"\r\n{}"
            )
            assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")
