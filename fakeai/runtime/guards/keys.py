"""Who is calling: bearer keys."""

import hmac

from ..call import Call
from ..credentials import key_of
from ..errors import ApiError


def require_bearer(call: Call, always: bool = False, ephemeral: str | None = None) -> None:
    """Let a call with a good key pass. Without --require-api-key every call passes, unless *always*.

    When no keys are configured, any key is good. A key that begins with *ephemeral* passes, to be judged by whoever
    answers.

    Raises:
        ApiError: 401, there is no key or it is not a good one.
    """
    options = call.world.options
    if not (always or options.require_api_key):
        return
    key = key_of(call)
    if not key:
        raise ApiError(
            401,
            "You sent no API key. Send one in an Authorization header with the Bearer scheme: "
            "'Authorization: Bearer YOUR_KEY'.",
        )
    if ephemeral and key.startswith(ephemeral):
        return
    if options.api_keys and not _known(key, options.api_keys):
        raise ApiError(401, f"Incorrect API key provided: {_masked(key)}.", code="invalid_api_key")


def _known(key: str, keys: frozenset[str]) -> bool:
    """Whether *key* is one of *keys*, in a time that does not depend on how near it comes."""
    sent = key.encode()
    return sum(hmac.compare_digest(sent, known.encode()) for known in keys) > 0


def _masked(key: str) -> str:
    return f"{key[:3]}***{key[-4:]}" if len(key) > 12 else "***"
