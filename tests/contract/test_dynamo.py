"""The operations of Dynamo's own document that are served keep to it, in its dialect; the document has no sentences."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fakeai.contract import report
from fakeai.contract.hints import Hint, Hints, Thing
from fakeai.contract.judge import Verdict, judge
from fakeai.contract.upstream import load
from tests.contract import virtual
from tests.inprocess import STEADY

DOCUMENT = load(Path(__file__).with_name("dynamo-1.6.1.openapi.json"))
MODEL = "openai/gpt-oss-120b"
TEXT = {"model": MODEL, "input": "Hello"}
MEDIA = {"model": "gpt-image-1", "prompt": "A river"}
GUIDES = ("guided_regex", "guided_choice", "guided_grammar", "guided_json")


def asked(body: dict[str, Any], guide: str = "", **full: Any) -> Hint:
    """Requests with *body*, of which the full one is guided by *guide* alone."""
    return Hint(body=body, full=full, without=tuple(name for name in GUIDES if name != guide))


HINTS = Hints(
    paths={"/v1/models/{*model_id}": Thing(by="get_v1_models", id="data.0.id"),
           "/v1/models/{model_id}/ready": Thing(by="get_v1_models", id="data.0.id")},
    operations={
        "post_busy_threshold": asked({"model": MODEL, "active_decode_blocks_threshold": 0.5}),
        "post_v1_audio_speech": asked({"model": "tts-1", "input": "Hello", "voice": "alloy"}),
        "post_v1_chat_completions": asked(
            {"model": MODEL, "messages": [{"role": "user", "content": "Hello"}]}, "guided_regex", guided_regex="[a-z]+",
            min_p=0.5, repetition_penalty=1.5, min_tokens=1, top_k=2,
        ),
        "post_v1_classify": asked(TEXT),
        "post_v1_completions": asked(
            {"model": MODEL, "prompt": "Hello"}, "guided_choice", guided_choice=["yes", "no"],
            min_p=0.5, repetition_penalty=1.5, min_tokens=1, top_k=2,
        ),
        "post_v1_embeddings": asked(TEXT, truncate_prompt_tokens=3),
        "post_v1_images_generations": asked(MEDIA),
        "post_v1_pooling": asked(TEXT),
        "post_v1_rerank": asked({"model": MODEL, "query": "a", "documents": ["a", "b"]}),
        "post_v1_responses": asked(TEXT),
        "post_v1_responses_input_tokens": asked(TEXT),
    },
)  # fmt: skip
# What is not judged, and why.
ELSEWHERE = {
    "get_metrics": "telemetry",
    "get_v1_realtime": "a WebSocket",
    "post_v1_images_edits": "a form, of which the document says nothing",
    "post_v1_videos": "a thing with a life in OpenAI's API, which answers at once in Dynamo's",
    "post_v1_videos_stream": "not served",
}


@pytest.fixture(scope="module")
def verdicts() -> Iterator[dict[str, Verdict]]:
    with virtual.server(replace(STEADY, dialect="dynamo"), base="") as transport:
        found = judge(DOCUMENT, HINTS, transport, key="any", patience=0, wanted=lambda each: each.id not in ELSEWHERE)
        yield {verdict.operation.id: verdict for verdict in found}


@pytest.mark.parametrize("id", [operation.id for operation in DOCUMENT.operations if operation.id not in ELSEWHERE])
def test_an_operation_keeps_to_dynamos_document(id: str, verdicts: dict[str, Verdict]) -> None:
    verdict = verdicts[id]
    assert verdict.exchanges
    assert verdict.passed, report.text(DOCUMENT, [verdict], "a server in Dynamo's dialect")


def test_what_is_not_judged_is_in_the_document() -> None:
    assert set(ELSEWHERE) < set(DOCUMENT.by_id)
