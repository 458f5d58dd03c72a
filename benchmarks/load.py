"""A client that keeps connections busy, and the chat requests that it sends."""

import os
import select
import socket
from collections.abc import Iterator
from itertools import count
from time import monotonic

HEAD = (
    b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer sk-benchmark\r\n"
    b"content-type: application/json\r\ncontent-length: %d\r\n\r\n"
)
BODY = (
    b'{"model":"gpt-4o","messages":[{"role":"system","content":"You are a patient teacher who answers in a few plain '
    b'sentences."},{"role":"user","content":"Question %08d: why does a hash table have to grow before it is full, and '
    b'how does it keep the average cost of inserting an item constant while it does so?"}],"max_tokens":%d,'
    b'"min_tokens":%d,"ignore_eos":true,"temperature":0.7,"stream":%b}'
)


def chat_requests(tokens: int, stream: bool) -> Iterator[bytes]:
    """Requests for *tokens* tokens, no two alike, so that no cache of answers can help."""
    for number in count(10_000_001 if stream else 1):  # nor like those of the other kind
        body = BODY % (number, tokens, tokens, b"true" if stream else b"false")
        yield HEAD % len(body) + body


class Load:
    """Open connections to one server, each with one request at a time."""

    def __init__(self, port: int, requests: Iterator[bytes], connections: int) -> None:
        self._requests = requests
        self._sockets = [connect(port) for _ in range(connections)]
        self._poll = select.epoll()
        for connection in self._sockets:
            self._poll.register(connection, select.EPOLLIN)

    def drive(self, seconds: float) -> int:
        """Send until *seconds* are over, wait for what is open; how many answers came."""
        end, answers, open_ = monotonic() + seconds, 0, len(self._sockets)
        parts = {connection.fileno(): bytearray() for connection in self._sockets}
        for fd in parts:
            os.write(fd, next(self._requests))
        while open_:
            for fd, _ in self._poll.poll(0):
                data = os.read(fd, 1 << 18)
                answer = parts[fd]
                answer += data
                if not answer.startswith(b"HTTP/1.1 200"):
                    raise RuntimeError(f"the server answered {bytes(answer[:1000])!r}")
                if not is_whole(answer):
                    continue
                answers += 1
                answer.clear()
                if monotonic() < end:
                    os.write(fd, next(self._requests))
                else:
                    open_ -= 1
        return answers


def connect(port: int) -> socket.socket:
    """A non-blocking connection to this machine."""
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setblocking(False)
    return connection


def fetch(port: int, request: bytes) -> bytes:
    """The whole answer to one *request*, head and body."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(request)
        answer = bytearray()
        while not is_whole(answer):
            data = connection.recv(1 << 18)
            if not data:
                raise ConnectionError("the server closed the connection")
            answer += data
        return bytes(answer)


def is_whole(answer: bytes | bytearray) -> bool:
    """Whether *answer* has come to its end, by its length or by its last chunk."""
    head = answer.find(b"\r\n\r\n")
    if head < 0:
        return False
    at = answer.find(b"content-length: ", 0, head)
    if at < 0:
        return answer.endswith(b"\r\n0\r\n\r\n")
    return len(answer) == head + 4 + int(answer[at + 16 : answer.index(b"\r", at)])
