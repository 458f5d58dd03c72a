"""The kinds of fault: errors before the first byte, and answers that break on their way."""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)?")
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, None: 1.0}


class BadFault(ValueError):
    """A fault that cannot be; the message says where and why."""


class Refusal(NamedTuple):
    """The error of a kind, as OpenAI words it; `{model}`, `{window}` and `{after}` are filled in."""

    status: int
    message: str
    type: str = "server_error"
    code: str | None = None
    param: str | None = None


ERRORS = {
    "internal_error": Refusal(500, "The server had an error while processing your request."),
    "bad_gateway": Refusal(502, "The server had no valid response from what stands behind it."),
    "service_unavailable": Refusal(503, "The engine is currently overloaded, please try again later."),
    "gateway_timeout": Refusal(504, "The server timed out while it waited for the model."),
    "rate_limit_quota": Refusal(
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        "insufficient_quota",
        "insufficient_quota",
    ),
    "context_length_exceeded": Refusal(
        400,
        "This model's maximum context length is {window} tokens. However, your messages resulted in more than {window} "
        "tokens. Please reduce the length of the messages.",
        "invalid_request_error",
        "context_length_exceeded",
        "messages",
    ),
    "rate_limit": Refusal(
        429,
        "Rate limit reached for {model} on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in "
        "{after}.",
        "requests",
        "rate_limit_exceeded",
    ),
    "authentication_error": Refusal(
        401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key"
    ),
    "error": Refusal(500, "A rule says that this request fails."),
}  # fmt: skip
BREAKS = {
    "connection_reset": "The connection is reset (RST): before the first byte, or in mid-stream with `after`.",
    "connection_closed": "The connection is closed without an answer, or in mid-stream with `after`.",
    "truncated_stream": "Half of the answer leaves, then the connection is closed: no last chunk, or a short body.",
    "early_end": "Half of a stream leaves and ends well as HTTP: no finish_reason, no [DONE]. A body is truncated.",
    "stream_error": "Half of a stream leaves, then an error event ends it. A whole answer is the error.",
    "stalled_token": "A stream pauses in its middle `for` 10s, then goes on. A whole answer is late.",
    "slow_body": "The answer drips out, and takes `for` 5s longer.",
    "malformed_chunk": "Half of the answer leaves, then a chunk whose size is no number.",
    "malformed_json": "The JSON of one event of a stream, or of a whole body, is cut in half.",
    "wrong_content_type": "The answer calls itself text/html.",
    "delay": "The answer begins `for` 5s later.",
}
KINDS = (*ERRORS, *BREAKS)
FOR = {"stalled_token": 10.0, "slow_body": 5.0, "delay": 5.0}  # seconds, when nothing else is said
RETRY_AFTER = {"rate_limit": 1.0}


@dataclass(frozen=True)
class Fault:
    """One fault. *after* is how many pieces of a stream leave before it (half without), *lasts* is seconds."""

    kind: str
    after: int | None = None
    lasts: float = 0.0
    retry_after: float | None = None
    status: int | None = None
    message: str | None = None
    type: str | None = None
    code: str | None = None
    param: str | None = None
    headers: tuple[tuple[bytes, bytes], ...] = field(default=())


_TEXT = {"type": "string", "maxLength": 2000}
DURATIONS = {"type": ["string", "number"]}
PARAMETERS: dict[str, Any] = {
    "type": {"enum": list(KINDS)},
    "after": {"type": "integer", "minimum": 0},
    "for": DURATIONS,
    "retry_after": DURATIONS,
    "status": {"type": "integer", "minimum": 400, "maximum": 599},
    "message": _TEXT,
    "error_type": _TEXT,
    "code": _TEXT,
    "param": _TEXT,
    "headers": {
        "type": "object",
        "propertyNames": {"pattern": "^[A-Za-z0-9-]+$"},
        "additionalProperties": {"type": ["string", "integer"], "pattern": "^[\\x20-\\x7e]*$"},
    },
}
SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"enum": list(KINDS)},
        {"type": "object", "additionalProperties": False, "required": ["type"], "properties": PARAMETERS},
    ]
}
IN_A_HEADER = ("after", "for", "retry_after", "status", "message", "code")  # what a header can say of a fault


def seconds(said: Any) -> float:
    """`200ms`, `2s`, `1h` or a number of seconds.

    Raises:
        BadFault: it is none of them.
    """
    found = DURATION.fullmatch(str(said))
    if not found:
        raise BadFault(f"{said!r} is no duration such as 200ms or 2s")
    return float(found[1]) * UNITS[found[2]]


def made(said: Any) -> Fault:
    """The fault that a file or the admin API *said*, which fits SCHEMA.

    Raises:
        BadFault: one of its durations is none.
    """
    given: dict[str, Any] = {"type": said} if isinstance(said, str) else said
    kind = given["type"]
    retry = given.get("retry_after", RETRY_AFTER.get(kind))
    return Fault(
        kind,
        given.get("after"),
        seconds(given.get("for", FOR.get(kind, 0.0))),
        None if retry is None else seconds(retry),
        given.get("status"),
        given.get("message"),
        given.get("error_type"),
        given.get("code"),
        given.get("param"),
        tuple((name.lower().encode(), str(value).encode()) for name, value in given.get("headers", {}).items()),
    )


def read(header: str) -> Fault:
    """The fault that a header asks for: `rate_limit; retry_after=2s`.

    Raises:
        BadFault: it says something else.
    """
    kind, *parts = [part.strip() for part in header.split(";")]
    if kind not in KINDS:
        raise BadFault(f"{kind!r} is not one of {', '.join(KINDS)}")
    given: dict[str, Any] = {"type": kind}
    for part in parts:
        name, mark, value = part.partition("=")
        name, value = name.strip().replace("-", "_"), value.strip()
        if not mark or name not in IN_A_HEADER:
            raise BadFault(f"{part!r} is not NAME=VALUE with one of the names {', '.join(IN_A_HEADER)}")
        if name in ("after", "status") and not (value.isascii() and value.isdigit()):
            raise BadFault(f"{name}: {value!r} is not a whole number")
        given[name] = int(value) if name in ("after", "status") else value
    if not 400 <= given.get("status", 500) <= 599:
        raise BadFault(f"status: {given['status']} is not between 400 and 599")
    return made(given)
