"""openapi-core, which has nothing of ours in it, finds no fault either in the answers that it can judge."""

from collections import Counter
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from fakeai.contract.judge import Exchange, Verdict
from fakeai.contract.upstream import EVENTS
from tests.contract import pristine

BASE = "https://api.openai.com/v1"
LEAST = 200  # answers that it can judge
LOST = "could not be resolved"  # a discriminator without a mapping, which it takes for the name of a schema


class Asked:
    """A request as openapi-core wants to see it."""

    def __init__(self, exchange: Exchange) -> None:
        parts = urlsplit(exchange.request.target)
        self.host_url, self.path = "https://api.openai.com", f"/v1{parts.path}"
        self.method = exchange.request.method.lower()
        self.content_type = exchange.request.headers.get("content-type", "")
        self.body = exchange.request.body or None
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(parts.query)), header=Headers(exchange.request.headers)
        )


class Answered:
    """An answer as openapi-core wants to see it."""

    def __init__(self, exchange: Exchange) -> None:
        self.status_code, self.data = exchange.answer.status, exchange.answer.body
        self.content_type = exchange.answer.headers.get("content-type", "")
        self.headers = Headers(exchange.answer.headers)


def test_openapi_core_agrees(verdicts: dict[str, Verdict], capsys: pytest.CaptureFixture[str]) -> None:
    document: dict[str, Any] = {
        **pristine.DOCUMENT.raw,
        "servers": [{"url": BASE}],
        "components": {**pristine.DOCUMENT.raw["components"], "schemas": pristine.DOCUMENT.components},
    }
    # The document says `string` of bytes, too; openapi-core hands over as bytes what it does not know.
    texts = {
        kind: lambda data, **_: data.decode("latin-1")
        for kind in {exchange.answer.kind for verdict in verdicts.values() for exchange in verdict.exchanges}
        if not kind.endswith("json")
    }
    judge = OpenAPI.from_dict(document, config=Config(spec_validator_cls=None, extra_media_type_deserializers=texts))
    opinions: Counter[str] = Counter()
    disagreements = []
    for verdict in verdicts.values():
        for exchange in verdict.exchanges:
            if exchange.faults or exchange.explained or exchange.answer.kind == EVENTS or "?" in verdict.operation.path:
                continue
            try:
                judge.validate_response(Asked(exchange), Answered(exchange))
                opinions["agrees"] += 1
            except OpenAPIError as error:
                reason = str(error.__cause__ or error)
                if LOST in reason:
                    opinions["cannot judge"] += 1
                else:
                    opinions["disagrees"] += 1
                    disagreements.append(f"{verdict.operation.name} {exchange.case}: {reason}")
    with capsys.disabled():
        print("\nopenapi-core:", ", ".join(f"{count} {opinion}" for opinion, count in opinions.most_common()))
    assert disagreements == []
    assert opinions["agrees"] >= LEAST
