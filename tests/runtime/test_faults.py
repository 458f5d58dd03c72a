"""Faults: calls that fail on purpose, before the first byte and in mid-stream, over HTTP in virtual time."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from fakeai.runtime.cluster.fleet import Fleet
from fakeai.runtime.guards.faults.kinds import BREAKS, ERRORS, BadFault
from fakeai.runtime.guards.faults.rules import parse
from fakeai.runtime.wire.asgi import CutOff
from tests.inprocess import ROOT, STEADY, Answer, Client, chat, run

CHAT = "/v1/chat/completions"


def asks(fault: str) -> dict[str, str]:
    return {"x-fakeai-fault": fault}


def rules(*given: Any) -> Any:
    return replace(STEADY, faults={"rules": list(given)})


def said(answer: Answer) -> tuple[int, str, str | None]:
    return answer.status, answer.error["type"], answer.error["code"]


def test_each_kind_of_error_has_the_status_type_and_code_of_openais() -> None:
    expected = {
        "internal_error": (500, "server_error", None),
        "bad_gateway": (502, "server_error", None),
        "service_unavailable": (503, "server_error", None),
        "gateway_timeout": (504, "server_error", None),
        "rate_limit_quota": (429, "insufficient_quota", "insufficient_quota"),
        "context_length_exceeded": (400, "invalid_request_error", "context_length_exceeded"),
        "rate_limit": (429, "requests", "rate_limit_exceeded"),
        "authentication_error": (401, "invalid_request_error", "invalid_api_key"),
        "error": (500, "server_error", None),
    }

    async def scenario(client: Client) -> None:
        found = {kind: said(await client.post(CHAT, chat(), headers=asks(kind))) for kind in ERRORS}
        assert found == expected
        quota = await client.post(CHAT, chat(), headers=asks("rate_limit_quota"))
        assert quota.error["message"] == (
            "You exceeded your current quota, please check your plan and billing details."
        )
        long = await client.post(CHAT, chat(model="gpt-4o-mini"), headers=asks("context_length_exceeded"))
        assert long.error["message"].startswith("This model's maximum context length is 128000 tokens. However,")
        assert long.error["param"] == "messages"

    run(scenario)


def test_a_rate_limit_says_when_to_come_again() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post(CHAT, chat(model="gpt-4o"), headers=asks("rate_limit; retry_after=1500ms"))
        assert answer.error["message"] == (
            "Rate limit reached for gpt-4o on requests per min (RPM): Limit 3, Used 3, Requested 1. "
            "Please try again in 1.5s."
        )
        names = ("retry-after", "retry-after-ms", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests")
        assert [answer.headers[name] for name in names] == ["2", "1500", "0", "1.5s"]

    run(scenario)


def test_a_header_that_asks_for_no_fault_is_refused() -> None:
    async def scenario(client: Client) -> None:
        for wrong in ("nonsense", "rate_limit; soon", "error; status=200", "stalled_token; for=later", ""):
            answer = await client.post(CHAT, chat(), headers=asks(wrong))
            assert said(answer) == (400, "invalid_request_error", "invalid_fault"), wrong

    run(scenario)


def test_a_server_may_be_deaf_to_the_header() -> None:
    async def scenario(client: Client) -> None:
        assert (await client.post(CHAT, chat(), headers=asks("internal_error"))).status == 200

    run(scenario, replace(STEADY, fault_header=False))


def test_the_first_two_calls_of_each_key_fail_then_it_works() -> None:
    first_two = {"match": {"path": CHAT}, "calls": "1-2", "per": "key", "fault": {"type": "rate_limit"}}

    async def scenario(client: Client) -> None:
        for key in ("sk-a", "sk-b"):
            headers = {"authorization": f"Bearer {key}"}
            assert [(await client.post(CHAT, chat(), headers=headers)).status for _ in range(4)] == [429, 429, 200, 200]
        assert (await client.post("/chat/completions", chat())).status == 429  # the bare host is the same route
        assert (await client.get("/v1/models")).status == 200

    run(scenario, rules(first_two))


def test_rules_look_at_path_method_model_stream_header_and_key() -> None:
    five = (
        {"match": {"path": "/v1/embeddings"}, "fault": {"type": "error", "status": 418}},
        {"match": {"model": "gpt-4*", "stream": True}, "fault": {"type": "error", "status": 502}},
        {"match": {"headers": {"X-Case": "boom"}}, "fault": {"type": "error", "status": 503}},
        {"match": {"key": "sk-bad*"}, "fault": {"type": "error", "status": 401}},
        {"match": {"method": "get", "path": "/v1/models*"}, "fault": {"type": "error", "status": 404}},
    )

    async def scenario(client: Client) -> None:
        assert (await client.post("/v1/embeddings", {"model": "e", "input": "a"})).status == 418
        assert (await client.post(CHAT, chat(model="gpt-4o", stream=True))).status == 502
        assert (await client.post(CHAT, chat(model="gpt-4o"))).status == 200
        assert (await client.post(CHAT, chat(), headers={"x-case": "boom"})).status == 503
        assert (await client.post(CHAT, chat(), headers={"authorization": "Bearer sk-bad-1"})).status == 401
        assert (await client.get("/v1/models/gpt-4o")).status == 404
        assert (await client.post(CHAT, chat())).status == 200

    run(scenario, rules(*five))


def test_rules_hold_for_a_while_and_for_every_third_call() -> None:
    async def scenario(client: Client) -> None:
        async def status() -> int:
            return (await client.post(CHAT, chat(max_tokens=1))).status

        assert [await status() for _ in range(4)] == [200, 200, 500, 200]
        await client.wait(60)
        assert [await status() for _ in range(3)] == [503, 503, 503]
        await client.wait(60)
        assert [await status() for _ in range(3)] == [200, 500, 200]  # the fifth call that the other rule sees

    run(
        scenario,
        rules(
            {"from": "1m", "until": "2m", "fault": "service_unavailable"},
            {"every": 3, "fault": "internal_error"},
        ),
    )


def test_chance_lets_the_same_calls_fail_in_any_order_and_does_not_fail_a_call_for_ever() -> None:
    options = replace(STEADY, fault_rate=0.25, fault_types=("internal_error", "bad_gateway"))
    found: list[dict[int, list[int]]] = []

    async def scenario(client: Client) -> None:
        order = list(range(80)) if not found else list(reversed(range(80)))
        told: dict[int, list[int]] = {number: [] for number in range(80)}
        for _ in range(4):
            answers = await asyncio.gather(*[client.post(CHAT, chat(f"{n}", max_tokens=1)) for n in order])
            for number, answer in zip(order, answers, strict=True):
                told[number].append(answer.status)
        found.append(told)

    run(scenario, options)
    run(scenario, options)
    assert found[0] == found[1]
    statuses = [status for told in found[0].values() for status in told]
    assert 50 <= len([status for status in statuses if status >= 500]) <= 110  # 80 are to be expected
    assert {200, 500, 502} == set(statuses)
    assert all(200 in told for told in found[0].values())
    run(scenario, replace(options, seed=1))
    assert found[2] != found[0]


def test_health_and_metrics_are_not_disturbed_unless_a_rule_names_them() -> None:
    async def scenario(client: Client) -> None:
        assert (await client.get("/health")).status == 200
        assert (await client.get("/dcgm/metrics")).status == 503
        assert (await client.get("/v1/models")).status == 500

    run(scenario, rules({"match": {"path": "/dcgm/*"}, "fault": "service_unavailable"}, {"fault": "internal_error"}))


STREAM = chat(stream=True, max_tokens=10)  # twelve pieces: 200 ms, then 10 ms between tokens


async def streams(client: Client, fault: str) -> tuple[Answer, Answer]:
    """A stream, and the same one with a *fault* and without its end where that breaks off."""
    return await client.post(CHAT, STREAM), await client.post(CHAT, STREAM, headers=asks(fault))


def texts(answer: Answer) -> list[bytes]:
    """The events of *answer* without what is different in every one."""
    found = []
    for event in answer.body.split(b"\n\n"):
        data = event.removeprefix(b"data: ")
        if data.startswith(b"{"):
            value = json.loads(data)
            value.pop("id", None)
            data = json.dumps(value.get("choices", value)).encode()
        found.append(data)
    return found


def test_an_error_event_ends_a_stream_in_its_middle() -> None:
    async def scenario(client: Client) -> None:
        whole, failed = await streams(client, "stream_error; after=4")
        assert failed.status == 200
        error = {
            "message": "The server had an error while processing your request.",
            "type": "server_error",
            "param": None,
            "code": None,
        }
        assert texts(failed) == [*texts(whole)[:4], json.dumps({"error": error}).encode(), b""]
        assert [moment for moment, _ in failed.sends] == [moment for moment, _ in whole.sends][:4]

    run(scenario)


def test_the_error_event_of_responses_goes_on_counting() -> None:
    async def scenario(client: Client) -> None:
        body = {"model": "gpt-4o", "input": "Hello", "stream": True}
        answer = await client.post("/v1/responses", body, headers=asks("stream_error; after=6; code=oops"))
        *_, before, last, end = answer.body.split(b"\n\n")
        assert end == b""
        name, _, data = last.partition(b"\ndata: ")
        number = json.loads(before.partition(b"data: ")[2])["sequence_number"]
        assert (name, json.loads(data)) == (
            b"event: error",
            {
                "type": "error",
                "code": "oops",
                "message": "The server had an error while processing your request.",
                "param": None,
                "sequence_number": number + 1,
            },
        )

    run(scenario)


def test_a_stream_may_end_early_as_if_all_were_well() -> None:
    async def scenario(client: Client) -> None:
        whole, short = await streams(client, "early_end; after=3")
        assert texts(short) == [*texts(whole)[:3], b""]

    run(scenario)


def test_a_token_may_stall() -> None:
    async def scenario(client: Client) -> None:
        whole, stalled = await streams(client, "stalled_token; after=6; for=12s")
        assert texts(stalled) == texts(whole)
        moments = [moment for moment, _ in whole.sends]
        late = [round(moment + (12 if at >= 5 else 0), 9) for at, moment in enumerate(moments)]
        assert [moment for moment, _ in stalled.sends] == late

    run(scenario)


def test_a_slow_body_drips_whether_it_is_streamed_or_not() -> None:
    async def scenario(client: Client) -> None:
        whole, slow = await streams(client, "slow_body; for=11s")
        assert texts(slow) == texts(whole)
        assert slow.sends[-1][0] == pytest.approx(whole.sends[-1][0] + 11)
        plain = await client.post(CHAT, chat(max_tokens=10))
        dripping = await client.post(CHAT, chat(max_tokens=10), headers=asks("slow_body; for=8s"))
        assert dripping.json["choices"] == plain.json["choices"]
        assert dripping.headers["content-length"] == str(len(dripping.body))
        first = plain.sends[0][0]
        assert [moment for moment, _ in dripping.sends] == pytest.approx([first + 0.5 * k for k in range(1, 17)])

    run(scenario)


def test_the_json_of_an_event_or_of_a_body_may_be_cut() -> None:
    async def scenario(client: Client) -> None:
        whole, cut = await streams(client, "malformed_json; after=5")
        good, bad = whole.body.split(b"\n\n"), cut.body.split(b"\n\n")
        assert len(bad) == len(good)
        broken = [event for event in bad[:-2] if not _is_json(event.removeprefix(b"data: "))]
        assert broken == [bad[5]]
        body = await client.post(CHAT, chat(), headers=asks("malformed_json"))
        assert body.headers["content-length"] == str(len(body.body))
        assert not _is_json(body.body)

    run(scenario)


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


def test_an_answer_may_call_itself_html() -> None:
    async def scenario(client: Client) -> None:
        for body in (chat(), STREAM):
            answer = await client.post(CHAT, body, headers=asks("wrong_content_type"))
            assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")

    run(scenario)


@pytest.mark.parametrize(
    ("fault", "end", "pieces"),
    [
        ("connection_reset", "reset", 0),
        ("connection_closed", "closed", 0),
        ("connection_reset; after=4", "reset", 4),
        ("truncated_stream; after=2", "closed", 2),
        ("malformed_chunk; after=2", "garbled", 2),
    ],
)
def test_a_connection_may_end_in_the_middle(fault: str, end: str, pieces: int) -> None:
    async def scenario(client: Client) -> None:
        whole, heard = await client.post(CHAT, STREAM), Answer()
        with pytest.raises(CutOff, match=end):
            await client.call("POST", CHAT, STREAM, headers=asks(fault), into=heard)
        assert texts(heard)[:pieces] == texts(whole)[:pieces]
        assert heard.body.count(b"data: ") == pieces
        assert heard.status == (200 if pieces else 0)

    run(scenario)


def test_half_of_a_body_may_be_all_that_comes() -> None:
    async def scenario(client: Client) -> None:
        heard = Answer()
        with pytest.raises(CutOff, match="closed"):
            await client.call("POST", CHAT, chat(), headers=asks("truncated_stream"), into=heard)
        assert int(heard.headers["content-length"]) // 2 == len(heard.body)

    run(scenario)


def test_the_machine_stops_working_on_an_answer_that_was_cut() -> None:
    async def scenario(client: Client) -> None:
        body = chat(stream=True, max_tokens=2000, min_tokens=2000, ignore_eos=True)
        await client.post(CHAT, body, headers=asks("stream_error; after=20"))
        fleet = client.app.world.engine(Fleet)
        fleet.advance(asyncio.get_running_loop().time())
        assert [request for worker in fleet.workers for request in worker.running()] == []

    run(scenario)


def test_a_client_may_leave_a_stalled_stream() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post(CHAT, STREAM, headers=asks("stalled_token; after=3; for=1h"), leave_after=5)
        assert answer.body.count(b"data: ") == 3

    assert run(scenario) == pytest.approx(5)


def test_every_kind_is_one_of_a_chat_that_streams_and_of_one_that_does_not() -> None:
    async def scenario(client: Client) -> None:
        for kind in BREAKS:
            for body in (chat(max_tokens=5), STREAM, {**STREAM, "max_tokens": 1}):
                try:
                    answer = await client.post(CHAT, body, headers=asks(kind))
                except CutOff:
                    continue
                assert answer.status in (200, 500), kind

    run(scenario)


def test_the_page_on_faults_knows_every_kind() -> None:
    page = (ROOT / "docs" / "faults.md").read_text()
    assert [kind for kind in (*ERRORS, *BREAKS) if f"| `{kind}` |" not in page] == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"rule": []}, "Additional properties are not allowed ('rule' was unexpected)"),
        ({"rules": [{"fault": "nonsense"}]}, "rules.0.fault: 'nonsense' is not one of internal_error, "),
        (
            {"rules": [{"fault": {"type": "delay", "for": "soon"}}]},
            "rules.0: 'soon' is no duration such as 200ms or 2s",
        ),
        ({"rules": [{"fault": "delay", "calls": "two"}]}, "rules.0.calls: "),
        ({"rules": [{"fault": "delay", "calls": "3-2"}]}, "rules.0: calls: 3-2 has no call in it"),
    ],
)
def test_a_mistake_in_a_rule_is_named(wrong: Any, message: str) -> None:
    with pytest.raises(BadFault) as caught:
        parse(wrong)
    assert message in str(caught.value)
