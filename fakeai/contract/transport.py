"""Send requests to a server over HTTP: one connection, reused."""

import http.client
import time
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

TIMEOUT = 60  # seconds without a byte


@dataclass(frozen=True)
class Request:
    """*target* is path and query below the base URL."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """Header names are in small letters."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The media type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Unreachable(Exception):
    """The server does not answer."""


class Transport(Protocol):
    """How requests reach a server, and how time passes there."""

    def send(self, request: Request) -> Answer: ...

    def pause(self, seconds: float) -> None: ...


class Http:
    """A server at a base URL such as http://localhost:8000/v1."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unreachable(f"{url!r} is not an http or https URL")
        self.base = parts.path.rstrip("/")
        self._connection = kind(parts.hostname, parts.port, timeout=TIMEOUT)

    def send(self, request: Request) -> Answer:
        """The server's answer.

        Raises:
            Unreachable: there is none, twice.
        """
        for last in (False, True):  # a server may close a connection between two requests
            try:
                self._connection.request(request.method, self.base + request.target, request.body, request.headers)
                got = self._connection.getresponse()
                headers = {name.lower(): value for name, value in got.getheaders()}
                return Answer(got.status, headers, got.read())
            except (http.client.HTTPException, OSError) as error:
                self._connection.close()
                if last:
                    raise Unreachable(f"{type(error).__name__}: {error}") from None
        raise AssertionError

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def close(self) -> None:
        self._connection.close()
