"""`fakeai verdict`: each rule on a journal made for it, and the careful and careless clients that real ones are."""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

import openai
import pytest

from fakeai.verdict.rules import Limits, judge
from tests.process import running
from tests.test_cli import fakeai

BODY = {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hi"}]}


def entry(number: int, at: float, status: int = 200, **said: Any) -> dict[str, Any]:
    """An entry of a journal: a chat that came *at* a moment and was answered at once."""
    return {
        "number": number, "time": at, "method": "POST", "path": "/v1/chat/completions", "query": "", "key": "sk-***",
        "body": BODY, "status": status, "response_headers": {}, "answer": {}, "streamed": False, "fault": None,
        "ended": "whole", "last": 0.0, **said,
    }  # fmt: skip


def found(*entries: dict[str, Any], **limits: Any) -> dict[str, list[int]]:
    """The calls in which each rule found something."""
    rulings = judge(entries, Limits(**limits))
    return {r.rule.name: [finding.number for finding in r.findings] for r in rulings if r.findings}


def test_a_client_that_does_all_well_breaks_no_rule() -> None:
    wait = {"retry-after": "1", "retry-after-ms": "1000"}
    assert found(entry(1, 0, 429, response_headers=wait), entry(2, 1.0), entry(3, 1.0, body={}), entry(4, 1.0)) == {}


def test_a_retry_before_its_time_is_found_and_that_of_another_key_is_none() -> None:
    wait = entry(1, 0, 429, response_headers={"retry-after": "2"})
    assert found(wait, entry(2, 1.5)) == {"retry-after": [2]}
    assert found(wait, entry(2, 0.5, key="sk-other")) == {"given-up": [1]}
    assert found({**wait, "last": 1.0}, entry(2, 2.9)) == {"retry-after": [2]}  # the answer came after a second


def test_what_is_refused_for_good_is_not_asked_again() -> None:
    quota = {"error": {"code": "insufficient_quota"}}
    for status in (400, 401, 403, 404, 422):
        assert found(entry(1, 0, status), entry(2, 5)) == {"not-retryable": [2]}
    assert found(entry(1, 0, 429, answer=quota), entry(2, 5)) == {"not-retryable": [2]}
    for status in (0, 408, 409, 429, 500, 503):
        assert found(entry(1, 0, status), entry(2, 5)) == {}


def test_a_client_that_leaves_and_asks_again_breaks_no_rule() -> None:
    assert found(entry(1, 0, 499, ended="left", last=1.0), entry(2, 1.5)) == {}


def test_calls_side_by_side_each_have_their_own_retry() -> None:
    failed = [entry(number, 0.001 * number, 500, last=0.1) for number in range(1, 5)]
    assert found(*failed, *[entry(number, 1 + number) for number in range(5, 9)]) == {}
    assert found(*failed, *[entry(number, 1 + number) for number in range(5, 8)]) == {"given-up": [4]}


def test_a_call_whose_client_says_that_it_is_the_first_tries_nothing_again() -> None:
    first = {"headers": {"x-stainless-retry-count": "0"}}
    assert found(entry(1, 0, 400), entry(2, 1, **first)) == {}
    assert found(entry(1, 0, 400), entry(2, 1, headers={"x-stainless-retry-count": "1"})) == {"not-retryable": [2]}


def test_a_storm_is_more_retries_than_allowed_and_a_retry_at_once_is_hasty() -> None:
    storm = [entry(number, number * 0.05, 500) for number in range(1, 8)]
    assert found(*storm, entry(8, 1)) == {"retry-storm": [1], "pause": [2, 3, 4, 5, 6, 7]}
    assert found(*storm, entry(8, 1), retries=7, pause=0.05) == {}


def test_a_broken_answer_that_is_sent_as_one_later_was_taken_for_whole() -> None:
    said = "".join(
        f'data: {{"choices":[{{"delta":{{"content":"{word} "}}}}]}}\n\n' for word in "Queues grow when".split()
    )
    broken = entry(1, 0, streamed=True, answer=said, ended="closed", fault="truncated_stream")
    turns = [
        *BODY["messages"],
        {"role": "assistant", "content": "Queues grow when "},
        {"role": "user", "content": "And?"},
    ]
    assert found(broken, entry(2, 1)) == {}
    assert found(broken, entry(2, 1, body={"messages": turns})) == {"truncated": [2], "given-up": [1]}
    ended = {**broken, "ended": "whole", "fault": "early_end"}
    assert found(ended, entry(2, 1, body={"messages": turns})) == {"truncated": [2], "given-up": [1]}


def test_a_stream_that_nobody_reads_leaks() -> None:
    waiting = entry(1, 0, streamed=True, ended="waiting", last=2.0)
    assert found(waiting, now=20.0) == {}
    assert found(waiting, now=33.0) == {"leaked": [1]}
    assert found({**waiting, "fault": "stalled_token"}, now=100.0) == {}


FAULTS = """
rules:
- {match: {model: gpt-busy}, calls: 1-2, per: key, fault: {type: rate_limit, retry_after: 500ms}}
- {match: {model: gpt-shy}, fault: {type: context_length_exceeded}}
"""


def impatient(address: str) -> None:
    """Asks again at once, whatever it is told."""
    for model in ("gpt-busy", "gpt-shy"):
        for _ in range(3):
            request = urllib.request.Request(
                f"{address}/v1/chat/completions", json.dumps({**BODY, "model": model}).encode(),
                {"content-type": "application/json", "authorization": "Bearer sk-hasty-client"},
            )  # fmt: skip
            try:
                urllib.request.urlopen(request).close()
            except urllib.error.HTTPError as error:
                error.close()


def careful(address: str) -> None:
    """OpenAI's own client."""
    with openai.OpenAI(base_url=f"{address}/v1", api_key="sk-careful-client") as client:
        client.chat.completions.create(model="gpt-busy", messages=[{"role": "user", "content": "Hi"}])
        with pytest.raises(openai.BadRequestError):
            client.chat.completions.create(model="gpt-shy", messages=[{"role": "user", "content": "Hi"}])


@pytest.mark.parametrize(
    ("client", "code", "broken"), [(careful, 0, []), (impatient, 1, ["retry-after", "not-retryable"])]
)
def test_real_clients_are_judged(client: Callable[[str], None], code: int, broken: list[str], tmp_path: Path) -> None:
    (tmp_path / "faults.yaml").write_text(FAULTS, encoding="utf-8")
    with running(tmp_path, "--faults", "faults.yaml", "--ttft", "0", "--itl", "0") as server:
        thread = threading.Thread(target=client, args=(server.address,))
        thread.start()
        thread.join(30)
        judged, shown = fakeai(tmp_path, "verdict", "--url", server.address, "--junit", "verdict.xml", "--json")
        _, journal = fakeai(tmp_path, "requests", "--url", server.address, "--json", "--limit", "100")
        (tmp_path / "journal.json").write_text(journal, encoding="utf-8")
        read, text = fakeai(tmp_path, "verdict", "journal.json")
    verdict = json.loads(shown)
    assert [rule["name"] for rule in verdict["rules"] if rule["verdict"] == "guilty"] == broken
    assert (judged, read, verdict["guilty"]) == (code, code, bool(code))
    suite = xml.parse(tmp_path / "verdict.xml").getroot()
    assert (suite.get("failures"), len(suite.findall("testcase"))) == (str(len(broken)), len(verdict["rules"]))
    assert [case.get("name") for case in suite if case.find("failure") is not None] == broken
    assert text.splitlines()[-1].startswith("Guilty: 6 calls" if code else "Not guilty: 4 calls")
