"""Dialects: how OpenAI, the frontend of NVIDIA Dynamo and NVIDIA NIM say no, where they say it each in its own way."""

from collections.abc import Callable
from http import HTTPStatus

import orjson

from .errors import ApiError, openai

Envelope = Callable[[ApiError], bytes]

DIALECTS = ("openai", "dynamo", "nim")
SERVERS = "dialect"  # an API whose envelope is this one has that of the server's dialect
SENTENCE = "sentence"  # the same, but for Dynamo's, which says no in a sentence alone there

NO_SUCH_MODEL = "Model not found"
CHECKED = "Validation: "  # before what Dynamo says of a value
NO_JSON = "Failed to deserialize the JSON body into the target type: "
TYPES = {400: "BadRequestError", 401: "AuthenticationError", 403: "PermissionDeniedError", 404: "NotFoundError",
         413: "RequestEntityTooLargeError", 422: "UnprocessableEntityError", 429: "RateLimitError",
         503: "ServiceUnavailableError"}  # fmt: skip


def dynamo(error: ApiError) -> bytes:
    """The body of *error* as Dynamo's frontend writes it: the words of the status as type, and its number as code."""
    message = error.message
    if error.code == "model_not_found":
        message = NO_SUCH_MODEL
    elif error.status == HTTPStatus.BAD_REQUEST:
        head, mark, reason = message.partition("is not valid JSON: ")
        message = f"{NO_JSON}{reason}" if mark and head.startswith("The body") else f"{CHECKED}{message}"
    return orjson.dumps({"message": message, "type": _phrase(error.status), "code": error.status})


def nim(error: ApiError) -> bytes:
    """The body of *error* as NIM writes it, which has a type for each status and the status as code."""
    usual = "BadRequestError" if error.status < HTTPStatus.INTERNAL_SERVER_ERROR else "InternalServerError"
    kind = TYPES.get(error.status, usual)
    fields = {"message": error.message, "type": kind, "param": error.param, "code": error.status}
    return orjson.dumps({"error": fields})


def sentence(error: ApiError) -> bytes:
    """The body of *error* as a sentence alone, as parts of Dynamo's frontend write it."""
    return orjson.dumps({"error": error.message})


ENVELOPES: dict[str, Envelope] = {"openai": openai, "dynamo": dynamo, "nim": nim}


def envelope(said: str, dialect: str) -> Envelope:
    """The envelope of an API whose spec *said* which, on a server of that *dialect*."""
    if said == SENTENCE and dialect == "dynamo":
        return sentence
    return ENVELOPES[dialect if said in (SERVERS, SENTENCE) else said]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "UnknownError"
