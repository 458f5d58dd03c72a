"""Every operation of OpenAI's document keeps its contract: each request accepted, each answer as documented."""

from pathlib import Path

import pytest

from fakeai.contract import drift, hints, report
from fakeai.contract.judge import Verdict
from fakeai.contract.requests import Requests
from fakeai.contract.values import Values
from tests.contract import pristine

SPECS = Path(__file__).parent.parent.parent / "specs" / "openai"
NEWEST = 288  # operations of the document that the specs were imported from


@pytest.mark.parametrize("name", [operation.name for operation in pristine.DOCUMENT.operations])
def test_operation_keeps_its_contract(name: str, verdicts: dict[str, Verdict]) -> None:
    verdict = verdicts[name]
    assert verdict.passed, report.text(pristine.DOCUMENT, [verdict], "a server in virtual time")


def test_every_operation_was_judged(verdicts: dict[str, Verdict]) -> None:
    assert list(verdicts) == [operation.name for operation in pristine.DOCUMENT.operations]


def test_every_hint_is_of_something_that_the_document_has() -> None:
    document, table = pristine.DOCUMENT, hints.load()
    if len(document.operations) < NEWEST:
        pytest.skip(f"hints are for the document with {NEWEST} operations, this one has {len(document.operations)}")
    named = {*table.operations, *(departure.operation for departure in table.departures)}
    rows = (*table.things.values(), *table.paths.values())
    for row in (*rows, *table.operations.values()):
        named |= {*row.before, *([row.until["operation"]] if row.until else [])}
    named |= {row.by for row in rows if row.by}
    assert named - set(document.by_id) == set()
    requests = Requests(Values(document), table)
    for id, hint in table.operations.items():
        operation = document.by_id[id]
        parameters = {parameter.name for parameter in operation.parameters}
        properties = {name for schema in operation.bodies.values() for name in requests.values.properties(schema)}
        first = {place.split(".")[0] for place in (*hint.body, *hint.full, *hint.stream, *hint.query)}
        assert first - parameters - properties == set(), id


def test_specs_differ_from_the_document_only_where_a_correction_says_why() -> None:
    if len(pristine.DOCUMENT.operations) < NEWEST:
        pytest.skip(f"the specs were imported from a document with {NEWEST} operations")
    found = drift.drift(pristine.DOCUMENT.raw, SPECS)
    assert found.unexplained == []
    assert found.operations == NEWEST
