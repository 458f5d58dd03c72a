"""What a caller proves itself with, the key that a request brings, and what a key is told from others by."""

import hashlib
from collections.abc import Sequence

from .call import WEBSOCKET, Call

Headers = Sequence[tuple[bytes, bytes]]

PROVING = frozenset((b"authorization", b"sec-websocket-protocol"))  # headers that bring a key
BROWSER_KEY = "openai-insecure-api-key."  # begins the subprotocol in which a browser's WebSocket brings its key


def key_of(call: Call) -> str:
    """The bearer key of the Authorization header, else of a WebSocket's subprotocols; empty when there is none."""
    return key_in(call.headers, call.method == WEBSOCKET)


def key_in(headers: Headers, of_websocket: bool = True) -> str:
    """The same for a call of which only the *headers* are known, and whether they are those of a WebSocket."""
    said = next((value for name, value in headers if name == b"authorization"), b"")
    scheme, _, key = said.decode("latin-1").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        return key.strip()
    for name in _offered(headers) if of_websocket else ():
        if name.startswith(BROWSER_KEY):
            return name.removeprefix(BROWSER_KEY)
    return ""


def digest_of(key: str) -> str:
    """The SHA-256 of *key* in hexadecimal."""
    return hashlib.sha256(key.encode()).hexdigest()


def id_of(digest: str) -> str:
    """The id of a key that the organization did not make, by its hash."""
    return f"key_{digest[:24]}"


def masked(key: str) -> str:
    """What may be seen of a key: enough to tell it from others."""
    return f"{key[:3]}***{key[-4:]}" if len(key) > 12 else "***" if key else ""


def subprotocols(call: Call) -> list[str]:
    """The subprotocols that the client of a WebSocket offers, in its order."""
    return _offered(call.headers) if call.method == WEBSOCKET else []


def _offered(headers: Headers) -> list[str]:
    said = b",".join(value for name, value in headers if name == b"sec-websocket-protocol")
    return [name for name in (part.strip() for part in said.decode("latin-1").split(",")) if name]
