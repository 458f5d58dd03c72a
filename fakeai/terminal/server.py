"""A running server, as the commands that look at it ask it."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from typing import Any

import click

PATIENCE = 10  # seconds that a server has to answer what it is asked about itself
PATIENCE_OF_CHATS = 600


class Server:
    """A running server, as a client sees it; *key* proves who asks."""

    def __init__(self, url: str, key: str | None) -> None:
        self.url = url.rstrip("/").removesuffix("/v1")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def get(self, path: str) -> Any:
        """The JSON at *path*.

        Raises:
            ClickException: there is no answer, or it is a refusal.
        """
        return json.loads(self.text(path))

    def text(self, path: str) -> str:
        """The text at *path*; raises as `get`."""
        with self._opened(path, None, PATIENCE) as answer:
            return str(answer.read().decode())

    def send(self, path: str, body: bytes, kind: str = "application/json") -> Any:
        """The JSON that *body* is answered with at *path*; raises as `get`."""
        with self._opened(path, body, PATIENCE, kind) as answer:
            return json.loads(answer.read())

    def find(self, path: str) -> Any:
        """The JSON at *path*, or None when the server has no such thing or does not tell it."""
        try:
            return self.get(path)
        except Refused:
            return None

    def words(self, path: str, body: Mapping[str, Any]) -> Iterable[str]:
        """The pieces of text of a chat that streams; raises as `get`."""
        with self._opened(path, json.dumps({**body, "stream": True}).encode(), PATIENCE_OF_CHATS) as answer:
            for line in answer:
                data = line.decode().removeprefix("data: ").strip()
                if data.startswith("{"):
                    event = json.loads(data)
                    if "error" in event:
                        raise Refused(event["error"]["message"])
                    yield from (choice["delta"].get("content") or "" for choice in event["choices"])

    def _opened(self, path: str, body: bytes | None, patience: float, kind: str = "application/json") -> Any:
        headers = {**self._headers, "Content-Type": kind}
        try:
            return urllib.request.urlopen(urllib.request.Request(self.url + path, body, headers), timeout=patience)
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(f"{self.url}{path} answers {error.code}: {_reason(error.read())}") from None
        except (urllib.error.URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            raise click.ClickException(f"{self.url} does not answer: {reason}") from None
        except ValueError as error:
            raise click.ClickException(f"{self.url}: {error}") from None


class Refused(click.ClickException):
    """The server answers that it will not."""


def _reason(body: bytes) -> str:
    try:
        said = json.loads(body)
        return str(said["error"]["message"] if isinstance(said.get("error"), dict) else said.get("message", said))
    except (ValueError, AttributeError, KeyError):
        return body.decode("utf-8", "replace")[:200]
