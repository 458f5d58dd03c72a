"""The event with which an API says in the middle of a stream that it failed."""

import re

import orjson

from ..errors import ApiError

SEQUENCE = re.compile(rb'"sequence_number":(\d+)')


def error_event(error: ApiError, path: str, before: bytes) -> bytes:
    """*error* as an event of a stream at *path*; *before* is what was written before it."""
    fields = {"message": error.message, "type": error.type, "param": error.param, "code": error.code}
    if path.endswith("/responses"):
        numbers = SEQUENCE.findall(before)
        number = int(numbers[-1]) + 1 if numbers else 0
        code = error.code or error.type
        event = {"type": "error", "code": code, "message": error.message, "param": None, "sequence_number": number}
        return b"event: error\ndata: %b\n\n" % orjson.dumps(event)
    if "/threads" in path:
        return b"event: error\ndata: %b\n\n" % orjson.dumps(fields)
    return b"data: %b\n\n" % orjson.dumps({"error": fields})
