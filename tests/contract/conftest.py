"""One server, called once with every request of the contract."""

import pytest

from fakeai.contract import hints
from fakeai.contract.judge import Verdict, judge
from tests.contract import pristine, virtual

PATIENCE = 1_000_000  # virtual seconds: a fine-tuning job's day is over


@pytest.fixture(scope="session")
def verdicts() -> dict[str, Verdict]:
    """What the judge says of every operation, by `METHOD /path`."""
    with virtual.server() as transport:
        found = judge(pristine.DOCUMENT, hints.load(), transport, key="contract", patience=PATIENCE)
    return {verdict.operation.name: verdict for verdict in found}
