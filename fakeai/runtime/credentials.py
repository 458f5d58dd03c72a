"""What a caller proves itself with: the key that a request brings."""

from .call import WEBSOCKET, Call

BROWSER_KEY = "openai-insecure-api-key."  # begins the subprotocol in which a browser's WebSocket brings its key


def key_of(call: Call) -> str:
    """The bearer key of the Authorization header, else of a WebSocket's subprotocols; empty when there is none."""
    scheme, _, key = (call.header(b"authorization") or b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer" and key.strip():
        return key.strip()
    for name in subprotocols(call):
        if name.startswith(BROWSER_KEY):
            return name.removeprefix(BROWSER_KEY)
    return ""


def masked(key: str) -> str:
    """What may be seen of a key: enough to tell it from others."""
    return f"{key[:3]}***{key[-4:]}" if len(key) > 12 else "***" if key else ""


def subprotocols(call: Call) -> list[str]:
    """The subprotocols that the client of a WebSocket offers, in its order."""
    if call.method != WEBSOCKET:
        return []
    said = b",".join(value for name, value in call.headers if name == b"sec-websocket-protocol")
    return [name for name in (part.strip() for part in said.decode("latin-1").split(",")) if name]
