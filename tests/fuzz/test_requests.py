"""Requests made from the schemas, and requests that no schema knows: never a fault, never a changed thing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from tests.fuzz import strategies
from tests.fuzz.surface import FORM_HEADERS, Operation, Range, check, multipart, operations

BODIES = [operation for operation in operations() if operation.body is not None]
FORMS = [operation for operation in operations() if operation.form is not None]
QUERIES = [operation for operation in operations() if operation.query]


@pytest.fixture(scope="module")
def range_() -> Iterator[Range]:
    made = Range()
    made.fill()
    yield made
    made.close()


def fire(
    range_: Range, operation: Operation, body: Any, headers: dict[str, str] | None = None, query: str = ""
) -> None:
    """Make one call and hold it to the oracle: what it refuses stays as it was."""
    before = range_.thing(operation) if operation.method != "GET" else None
    answer = range_.call(operation.method, range_.path(operation) + query, body, headers)
    check(operation, answer)
    if before is not None and answer.status >= 400:
        after = range_.thing(operation)
        assert after is not None
        assert after.body == before.body


@pytest.mark.parametrize("operation", BODIES, ids=str)
def test_bodies_made_from_the_schema(range_: Range, operation: Operation) -> None:
    @given(strategies.valid(operation.body))
    def fuzz(body: Any) -> None:
        fire(range_, operation, json.dumps(range_.sensible(body)).encode("utf-8", "surrogatepass"))

    fuzz()


@pytest.mark.parametrize("operation", BODIES, ids=str)
def test_bodies_that_are_almost_right(range_: Range, operation: Operation) -> None:
    @given(strategies.nearly(operation.body))
    def fuzz(body: Any) -> None:
        fire(range_, operation, json.dumps(body).encode("utf-8", "surrogatepass"))

    fuzz()


@pytest.mark.parametrize("operation", FORMS, ids=str)
def test_forms_that_are_almost_right(range_: Range, operation: Operation) -> None:
    @given(strategies.nearly_form(operation.form))
    def fuzz(form: dict[str, Any]) -> None:
        fire(range_, operation, multipart(form), FORM_HEADERS)

    fuzz()


@pytest.mark.parametrize("operation", QUERIES, ids=str)
def test_queries(range_: Range, operation: Operation) -> None:
    @given(strategies.query(operation.query))
    def fuzz(query: str) -> None:
        body = None if operation.body is None else {}
        fire(range_, operation, body, query=f"?{query}")

    fuzz()


DEEP = 10_000
NO_JSON = {
    "nothing": b"", "half": b"{", "list": b"[]", "null": b"null", "text": b'"text"', "number": b"1", "nan": b"NaN",
    "nan inside": b'{"model": NaN}', "huge": b'{"n": 1e999}', "digits": b'{"n": 1' + b"0" * 5000 + b"}",
    "not utf-8": b'{"model": "\xff\xfe"}', "surrogate": b'{"model": "\\ud800"}', "zeros": b"\0" * 100,
    "deep lists": b"[" * DEEP + b"]" * DEEP, "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "rather deep": b'{"a":' * 900 + b"1.0" + b"}" * 900, "numbers": b'{"n": 1.0, "limit": 2.0, "seconds": 1e1}',
    "twice": b'{"model": "a", "model": 1}', "bom": b"\xef\xbb\xbf{}", "form": b"model=a&n=1",
}  # fmt: skip


@pytest.mark.parametrize("operation", [o for o in operations() if o.method != "GET"], ids=str)
def test_what_is_no_request(range_: Range, operation: Operation) -> None:
    for body in NO_JSON.values():
        fire(range_, operation, body)
        fire(range_, operation, body, {"content-type": "text/plain"})
        fire(range_, operation, body, FORM_HEADERS)


ODD_HEADERS = [
    {"content-type": "multipart/form-data"}, {"content-type": "multipart/form-data; boundary="},
    {"content-type": "multipart/form-data; boundary=" + "x" * 2000}, {"content-type": "\xff"},
    {"content-type": 'multipart/form-data; boundary="a\\"b"'}, {"content-encoding": "gzip"},
    {"authorization": "Bearer"}, {"authorization": "\xe9" * 100}, {"accept": "image/png"},
    {"openai-beta": "x" * 5000}, {"x-request-id": "\x01"},
]  # fmt: skip


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_odd_headers_and_paths(range_: Range, operation: Operation) -> None:
    for headers in ODD_HEADERS:
        fire(range_, operation, None if operation.method == "GET" else b"{}", headers)
    for id in ("", "..", "%00", "\0", "a" * 10_000, "😀", "' OR 1=1", "{id}", "none"):
        path = operation.path
        for name in operation.parameters:
            path = path.replace("{" + name + "}", id)
        answer = range_.call(operation.method, path, None if operation.method == "GET" else b"{}")
        assert answer.status < 500, (path[:100], answer.body[:300])


def test_a_large_body_is_refused_or_read(range_: Range) -> None:
    body = b'{"model": "m", "input": "' + b"a" * 50_000_000 + b'"}'
    for path in ("/v1/embeddings", "/v1/files", "/v1/moderations"):
        answer = range_.call("POST", path, body)
        assert answer.status < 500
