"""The same with all guards on and the admin API: whoever brings a good key from a good address meets no fault."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from fakeai.runtime.options import RateLimits, Security
from tests.fuzz import strategies
from tests.fuzz.surface import INSTANT, Operation, Range, check, operations
from tests.fuzz.test_requests import NO_JSON, ODD_HEADERS
from tests.inprocess import Answer

ADMIN = "/_fakeai/"
PLENTY = 10**9
GUARDED = replace(
    INSTANT,
    require_api_key=True,
    api_keys=frozenset(("sk-good",)),
    rate_limits=RateLimits(True, "tier-5", PLENTY, PLENTY, PLENTY, PLENTY, PLENTY, PLENTY, PLENTY),
    security=Security(abuse=True, input_checks=True, injections=True),
    admin=True,
    journal=10,
)
ALL = operations()
ALL = [each for each in ALL if not each.path.startswith(ADMIN)] + [each for each in ALL if each.path.startswith(ADMIN)]
SAID = [each for each in ALL if each.body is not None]  # the admin API last: it moves the clock, and forgets what is


class Guarded(Range):
    """A server with all guards on, which sees each call come from another address, so that none is shut out."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        super().__init__(GUARDED, {"authorization": "Bearer sk-good"})

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        number = next(self._numbers)
        self.client.peer = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        return super().call(method, path, body, headers)


@pytest.fixture(scope="module")
def guarded() -> Iterator[Range]:
    made = Guarded()
    made.fill()
    yield made
    made.close()


def fire(guarded: Range, operation: Operation, body: Any, headers: dict[str, str] | None = None) -> None:
    """Make one call and hold it to the oracle; a good key is refused nowhere but in the administration."""
    answer = guarded.call(operation.method, guarded.path(operation), body, headers)
    assert answer.status < 500, answer.body[:500]
    assert answer.status not in (401, 403) or operation.path.startswith("/v1/organization"), answer.body[:500]
    check(operation, answer)


@pytest.mark.parametrize("operation", SAID, ids=str)
def test_bodies_that_are_right_or_almost_right(guarded: Range, operation: Operation) -> None:
    @settings(max_examples=3)
    @given(strategies.valid(operation.body), strategies.nearly(operation.body))
    def fuzz(right: Any, nearly: Any) -> None:
        fire(guarded, operation, json.dumps(guarded.sensible(right)).encode("utf-8", "surrogatepass"))
        fire(guarded, operation, json.dumps(nearly).encode("utf-8", "surrogatepass"))

    fuzz()


@pytest.mark.parametrize("operation", ALL, ids=str)
def test_what_is_no_request(guarded: Range, operation: Operation) -> None:
    for body in NO_JSON.values() if operation.method != "GET" else [None]:
        fire(guarded, operation, body)
    for headers in ODD_HEADERS:
        if "authorization" not in headers:
            fire(guarded, operation, None if operation.method == "GET" else b"{}", headers)
