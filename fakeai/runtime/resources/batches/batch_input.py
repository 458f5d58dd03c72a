"""The input file of a batch: one request a line, read and checked before any is answered."""

from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any

import orjson

from ...call import Call
from ...clock import give_way
from ...estimates import read
from ..files import files
from ..things import Thing

MOST_REQUESTS = 50_000
MOST_ERRORS = 100  # that are told of one file
TURN = 65_536  # bytes that are checked before other calls have a turn

# What a body must say, by the endpoint that takes it: {parameter: as the refusal calls it}.
MODEL = {"model": "Model"}
NEEDED = {
    "/v1/chat/completions": {**MODEL, "messages": "Messages"},
    "/v1/completions": MODEL,
    "/v1/embeddings": {**MODEL, "input": "Input"},
    "/v1/moderations": {"input": "Input"},
}


@dataclass
class Checked:
    """What is known of an input file: how many requests it has, of which model, and what is wrong with them."""

    requests: int = 0
    tokens: int = 0  # that they seem to read
    model: str | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)

    def wrong(self, code: str, message: str, param: str | None = None, line: int | None = None) -> None:
        self.errors.append({"code": code, "message": message, "param": param, "line": line})


class Problem(Exception):
    """What is wrong with one line: code, message and parameter."""


async def check(call: Call, file: Thing, endpoint: str) -> Checked:
    """Read all of *file*, whose requests are for *endpoint*."""
    checked, ids = Checked(), set[str]()
    number = turned = 0
    async with aclosing(files.lines_from(call, file, 0)) as lines:
        async for at, line in lines:
            number += 1
            if at - turned > TURN:
                turned = at
                await give_way()
            if not line.strip():
                continue
            checked.requests += 1
            if checked.requests > MOST_REQUESTS:
                checked.wrong(
                    "too_many_requests", f"The file has more requests than a batch may have: at most {MOST_REQUESTS}."
                )
                break
            try:
                _check_line(line, endpoint, checked, ids)
            except Problem as problem:
                code, message, param = problem.args
                checked.wrong(code, message, param, number)
                if len(checked.errors) == MOST_ERRORS:
                    break
    if not checked.requests:
        checked.wrong("empty_file", "The input file is empty: a batch must have at least one request.")
    return checked


def _check_line(line: bytes, endpoint: str, checked: Checked, ids: set[str]) -> None:
    """See that a line is a request that a batch for *endpoint* takes.

    Raises:
        Problem: it is not.
    """
    try:
        request = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise Problem("invalid_json_line", "This line is not parseable as valid JSON.", None) from None
    if not isinstance(request, dict):
        raise Problem("invalid_request", "Each line must be a JSON object.", None)
    for name, kind, shown in (
        ("custom_id", str, "a string"),
        ("method", str, "a string"),
        ("url", str, "a string"),
        ("body", dict, "an object"),
    ):
        if request.get(name) is None:
            raise Problem("missing_required_parameter", f"Missing required parameter: '{name}'.", name)
        if not isinstance(request[name], kind):
            raise Problem("invalid_type", f"Invalid type for '{name}': expected {shown}.", name)
    id, body = request["custom_id"], request["body"]
    if id in ids:
        raise Problem(
            "duplicate_custom_id",
            f"The custom_id '{id}' for this request is a duplicate of another request. The custom_id parameter must be "
            "unique for each request in a batch.",
            "custom_id",
        )
    ids.add(id)
    if request["method"] != "POST":
        raise Problem(
            "invalid_method", f"Invalid value: '{request['method']}'. Supported values are: 'POST'.", "method"
        )
    if request["url"] != endpoint:
        raise Problem("invalid_url", "The URL provided for this request does not match the batch endpoint.", "url")
    for name, word in NEEDED.get(endpoint, {}).items():
        if body.get(name) is None:
            raise Problem("invalid_request", f"{word} parameter is required.", f"body.{name}")
    if body.get("stream") is True:
        raise Problem("streaming_unsupported", "Streaming is not supported in the Batch API.", "body.stream")
    checked.tokens += read(body)
    model = body.get("model")
    if isinstance(model, str):
        checked.model = checked.model or model
        if model != checked.model:
            raise Problem(
                "mismatched_model",
                f"The model '{model}' for this request does not match the rest of the batch. Each batch must contain "
                "requests for a single model.",
                "body.model",
            )
