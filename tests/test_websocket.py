"""WebSockets of a real server: refused as HTTP refuses, closed when the server stops, forgotten when they are lost."""

import json
import signal
import socket
from pathlib import Path
from urllib.request import urlopen

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.process import running, until

QUICK = ("--ttft", "3:0", "--itl", "0")


def url(address: str, path: str = "/v1/realtime?model=gpt-realtime") -> str:
    return address.replace("http", "ws", 1) + path


def test_a_server_that_stops_closes_its_websockets(tmp_path: Path) -> None:
    with running(tmp_path, *QUICK) as server, connect(url(server.address)) as peer:
        assert json.loads(peer.recv())["type"] == "session.created"
        server.process.send_signal(signal.SIGINT)
        with pytest.raises(ConnectionClosed) as caught:
            peer.recv(timeout=10)
        assert caught.value.rcvd is not None
        assert caught.value.rcvd.code == 1012
        assert server.process.wait(timeout=10) == 0


def test_a_websocket_follows_other_requests_on_its_connection(tmp_path: Path) -> None:
    upgrade = (
        b"GET /v1/realtime?model=m HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
        b"sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    with running(tmp_path, *QUICK) as server:
        plain = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"
        for before in (b"", plain):
            with socket.create_connection(("127.0.0.1", server.port), timeout=10) as peer:
                peer.sendall(before)
                if before:
                    assert peer.recv(4096).startswith(b"HTTP/1.1 200")
                peer.sendall(upgrade)
                assert peer.recv(4096).startswith(b"HTTP/1.1 101")
        body = b'{"model": "m", "messages": [{"role": "user", "content": "Hi"}]}'
        head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        timed = head + b"content-length: %d\r\n\r\n" % len(body) + body
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as peer:
            peer.sendall(timed + upgrade)
            received = b""
            while received.count(b"HTTP/1.1 ") < 2 and (more := peer.recv(65536)):
                received += more
            assert received.startswith(b"HTTP/1.1 200")
            assert b"HTTP/1.1 101" not in received.partition(b'"usage"')[0]


def test_what_is_refused_says_why_and_what_is_lost_is_forgotten(tmp_path: Path) -> None:
    with running(tmp_path, *QUICK) as server:
        for path, status in (("/v1/models", 400), ("/v1/nothing", 404)):
            with pytest.raises(InvalidStatus) as caught, connect(url(server.address, path)):
                pass
            assert caught.value.response.status_code == status
            assert json.loads(caught.value.response.body)["error"]["type"] == "invalid_request_error"
        for _ in range(3):
            peer = connect(url(server.address))
            assert json.loads(peer.recv())["type"] == "session.created"
            peer.send(json.dumps({"type": "response.create", "response": {"instructions": "Tell me of the sea."}}))
            peer.recv()
            assert b"\nfakeai_websockets 0\n" not in urlopen(f"{server.address}/metrics/prometheus").read()
            peer.socket.close()
        until(lambda: b"\nfakeai_websockets 0\n" in urlopen(f"{server.address}/metrics/prometheus").read())
