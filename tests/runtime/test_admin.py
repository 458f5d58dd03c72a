"""The admin API and the journal, over HTTP in virtual time, as tests of an application use them."""

from dataclasses import replace
from typing import Any

import pytest

from fakeai.runtime.options import Delay
from fakeai.runtime.wire.asgi import CutOff
from tests.inprocess import EPOCH, STEADY, Answer, Client, chat, run

CHAT = "/v1/chat/completions"
OPEN = replace(STEADY, admin=True, journal=10)


async def requests(client: Client, query: str = "") -> Any:
    answer = await client.get(f"/_fakeai/requests?{query}")
    assert answer.status == 200, answer.body
    return answer.json["requests"]


def test_it_is_off_unless_it_is_wanted() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.get("/_fakeai/state")
        assert (answer.status, answer.error["code"]) == (404, "admin_api_off")

    run(scenario)


def test_it_asks_for_its_own_key() -> None:
    async def scenario(client: Client) -> None:
        statuses = []
        for key in ("", "Bearer sk-user", "Bearer secret"):
            answer = await client.get("/_fakeai/state", headers={"authorization": key, "host": "far.example"})
            statuses.append(answer.status)
        assert statuses == [401, 401, 200]

    run(scenario, replace(OPEN, admin_key="secret", api_keys=frozenset({"sk-user"}), require_api_key=True))


def test_without_a_key_foreign_pages_may_not_use_it() -> None:
    async def scenario(client: Client) -> None:
        for headers, status in (
            ({"host": "localhost:8000"}, 200),
            ({"host": "[::1]:8000"}, 200),
            ({"host": "127.0.0.1"}, 200),
            ({"host": "evil.example:8000"}, 403),
            ({"host": "localhost:8000", "origin": "https://evil.example"}, 403),
            ({"host": "localhost:8000", "origin": "http://localhost:3000"}, 200),
        ):
            assert (await client.get("/_fakeai/state", headers=headers)).status == status, headers

    run(scenario, OPEN)


def test_a_test_sees_in_the_journal_what_its_application_did() -> None:
    async def scenario(client: Client) -> None:
        await client.post("/_fakeai/faults", {"calls": 1, "fault": "rate_limit"})
        headers = {"authorization": "Bearer sk-1234567890abcdef", "x-trace": "t1"}
        for _ in range(2):  # the application tries again
            await client.post(CHAT, chat("Hello there", model="gpt-4o", max_tokens=3), headers=headers)
        failed, answered = await requests(client, "path=/v1/chat/*&method=post")
        assert [failed["status"], answered["status"]] == [429, 200]
        assert [failed["fault"], answered["fault"]] == ["rate_limit", None]
        assert failed["response_headers"]["retry-after"] == "1"
        assert answered["answer"].pop("id").startswith("chatcmpl-")
        assert answered["answer"]["usage"]["completion_tokens"] == 3
        answered["answer"] = None
        assert answered == {
            "number": 2,
            "time": EPOCH,
            "method": "POST",
            "path": CHAT,
            "query": "",
            "key": "sk-***cdef",
            "headers": {"authorization": "Bearer sk-***cdef", "x-trace": "t1"},
            "model": "gpt-4o",
            "body": chat("Hello there", model="gpt-4o", max_tokens=3),
            "body_bytes": answered["body_bytes"],
            "status": 200,
            "response_headers": {"content-type": "application/json"},
            "answer": None,
            "streamed": False,
            "fault": None,
            "ended": "whole",
            "first": 0.22,
            "last": pytest.approx(0.22, abs=1e-5),
            "pieces": {"sent": 1, "of": 1},
            "worker": 0,
            "dp_rank": 0,
            "prompt_tokens": 9,
            "cached_tokens": 0,
        }
        assert (await client.get("/_fakeai/requests/1")).json == failed
        assert (await client.get("/_fakeai/requests/3")).status == 404

    run(scenario, OPEN)


def test_the_journal_knows_streams_that_are_whole_left_and_broken() -> None:
    async def scenario(client: Client) -> None:
        body = chat(stream=True, max_tokens=10)
        await client.post(CHAT, body)
        await client.post(CHAT, body, leave_after=0.235)
        with pytest.raises(CutOff):
            await client.call(
                "POST", CHAT, body, headers={"x-fakeai-fault": "connection_reset; after=3"}, into=Answer()
            )
        with pytest.raises(CutOff):
            await client.call("POST", CHAT, body, headers={"x-fakeai-fault": "connection_closed"}, into=Answer())
        told = await requests(client)
        assert [(each["ended"], each["status"], each["fault"], each["pieces"]) for each in told] == [
            ("whole", 200, None, {"sent": 12, "of": 12}),
            ("left", 499, None, {"sent": 5, "of": 12}),
            ("reset", 200, "connection_reset", {"sent": 4, "of": 4}),
            ("closed", 0, "connection_closed", {"sent": 1, "of": 1}),
        ]
        assert told[0]["answer"].endswith("data: [DONE]\n\n")
        assert told[1]["answer"].count("data: ") == 5
        assert (told[0]["first"], told[0]["streamed"]) == (0.2, True)
        assert told[0]["last"] == pytest.approx(0.29, abs=1e-5)

    run(scenario, OPEN)


def test_the_journal_is_searched_and_forgotten() -> None:
    async def scenario(client: Client) -> None:
        for number in range(3):
            await client.post(CHAT, chat(f"Number {number}", model="gpt-4o"))
        await client.post("/v1/embeddings", {"model": "text-embedding-3-small", "input": "a"})
        await client.get("/v1/nowhere")
        await client.post(CHAT, {"model": "x"}, headers={"authorization": "Bearer sk-one"})

        async def numbers(query: str) -> list[int]:
            return [each["number"] for each in await requests(client, query)]

        assert await numbers("") == [1, 2, 3, 4, 5, 6]
        assert await numbers("model=gpt-*") == [1, 2, 3]
        assert await numbers("model=gpt-*&after=1&limit=1") == [3]
        assert await numbers("contains=Number%201") == [2]
        assert await numbers("status=404") == [5]
        assert await numbers("status=400") == await numbers("key=sk-one") == [6]
        assert await numbers("path=/v1/embeddings") == [4]
        assert await numbers("fault=any") == []
        assert await numbers("fault=none&limit=2") == [5, 6]
        assert (await client.delete("/_fakeai/requests")).json == {"count": 0, "requests": []}
        await client.get("/v1/models")
        assert await numbers("") == [7]

    run(scenario, OPEN)


def test_the_journal_keeps_so_many_requests_and_no_secrets() -> None:
    async def scenario(client: Client) -> None:
        for number in range(12):
            await client.post(CHAT, chat(f"{number}", max_tokens=1))
        assert [each["number"] for each in await requests(client)] == list(range(3, 13))
        secret = "sk-proj-abcdefghijklmnop"
        tool = {"type": "mcp", "server_label": "a", "server_url": "http://x", "authorization": "tok-verysecret"}
        body = {"model": "gpt-4o", "input": f"My key is {secret}", "tools": [tool]}
        await client.post("/v1/responses", body, headers={"cookie": "session=verysecret", "api-key": secret})
        await client.get(f"/v1/models?api-key={secret}")
        answer = await client.get("/_fakeai/requests?limit=2")
        assert b"abcdefghij" not in answer.body
        assert b"verysecret" not in answer.body

    run(scenario, OPEN)


def test_a_server_without_a_journal_says_so() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.get("/_fakeai/requests")
        assert (answer.status, answer.error["code"]) == (409, "no_journal")

    run(scenario, replace(OPEN, journal=0))


def test_faults_are_added_listed_and_removed() -> None:
    async def scenario(client: Client) -> None:
        (first,) = (await client.post("/_fakeai/faults", {"fault": "bad_gateway"})).json["added"]
        rule = {"match": {"path": "/v1/models"}, "fault": {"type": "delay", "for": "1s"}}
        added = (await client.post("/_fakeai/faults", {"rules": [rule, {"fault": "gateway_timeout"}]})).json["added"]
        listed = (await client.get("/_fakeai/faults")).json["rules"]
        assert [each["id"] for each in listed] == [*added, first]
        assert listed[0]["rule"] == rule
        assert (await client.post(CHAT, chat())).status == 504
        assert (await client.delete(f"/_fakeai/faults/{added[1]}")).status == 200
        assert (await client.post(CHAT, chat())).status == 502
        assert (await client.delete("/_fakeai/faults/none")).status == 404
        assert (await client.delete("/_fakeai/faults")).json == {"rules": []}
        assert (await client.post(CHAT, chat())).status == 200
        wrong = await client.post("/_fakeai/faults", {"fault": "nonsense"})
        assert (wrong.status, wrong.error["code"]) == (400, "invalid_fault")

    run(scenario, OPEN)


def test_scripted_answers_are_set_and_removed() -> None:
    async def scenario(client: Client) -> None:
        async def said() -> Any:
            return (await client.post(CHAT, chat())).json["choices"][0]["message"]["content"]

        usual = await said()
        script = {"rules": [{"times": 1, "answer": "Once."}, {"answer": "Ever after."}]}
        for _ in range(2):  # a script that is set again begins again
            assert (await client.call("PUT", "/_fakeai/script", script)).json == script
            assert [await said() for _ in range(3)] == ["Once.", "Ever after.", "Ever after."]
        wrong = await client.call("PUT", "/_fakeai/script", {"rules": [{"answer": 1}]})
        assert (wrong.status, wrong.error["code"]) == (400, "invalid_script")
        assert (await client.get("/_fakeai/script")).json == script
        assert (await client.delete("/_fakeai/script")).json == {"rules": []}
        assert await said() == usual

    run(scenario, OPEN)


def test_a_reset_makes_everything_new() -> None:
    async def scenario(client: Client) -> None:
        async def life() -> list[bytes]:
            file = await client.upload(b"{}\n")
            answers = [await client.post(CHAT, chat("Hello " * 40)) for _ in range(2)]
            assert (await client.get("/v1/files")).json["data"][0]["id"] == file
            return [file.encode(), *(answer.body for answer in answers)]

        first = await life()
        await client.post("/_fakeai/faults", {"fault": "bad_gateway"})
        state = (await client.post("/_fakeai/reset")).json
        assert (state["requests"], state["faults"], state["uptime"]) == (0, 0, 0)
        assert [worker["routed"] for worker in state["workers"]] == [0] * 4
        assert (await client.get("/v1/files")).json["data"] == []
        second = await life()
        usage = [body.partition(b'"usage"')[2] for body in first]
        assert [body.partition(b'"usage"')[2] for body in second] == usage  # what was cached then is cached again
        assert b'"cached_tokens":32' in usage[2]

    run(scenario, OPEN)


def test_what_is_kept_elsewhere_is_not_deleted_by_a_reset() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post("/_fakeai/reset")
        assert (answer.status, answer.error["code"]) == (409, "store_is_kept")

    run(scenario, replace(OPEN, kept=True))


def test_a_seed_changes_what_is_said_and_back() -> None:
    async def scenario(client: Client) -> None:
        async def said() -> Any:
            return (await client.post(CHAT, chat())).json["choices"][0]["message"]["content"]

        usual = await said()
        assert (await client.call("PUT", "/_fakeai/seed", {"seed": 7})).json == {"seed": 7}
        assert await said() != usual
        await client.call("PUT", "/_fakeai/seed", {"seed": 0})
        assert await said() == usual

    run(scenario, OPEN)


def test_the_clock_is_moved_ahead_and_what_waits_is_due() -> None:
    async def scenario(client: Client) -> None:
        assert (await client.get("/_fakeai/clock")).json == {"now": EPOCH, "speed": None}
        assert (await client.post("/_fakeai/clock", {"ahead": "1d"})).json["now"] == EPOCH + 86400
        assert (await client.post(CHAT, chat())).json["created"] == EPOCH + 86400
        for wrong in ({"ahead": "soon"}, {"ahead": -1}, {"ahead": "500d"}):
            assert (await client.post("/_fakeai/clock", wrong)).status == 400

    assert run(scenario, OPEN) >= 86400


def test_gpus_get_faults() -> None:
    async def scenario(client: Client) -> None:
        assert (await client.post("/_fakeai/gpus/1/faults", {"kind": "xid", "value": 79})).status == 200
        report = (await client.get("/dcgm/metrics/json")).json
        assert [gpu["xid"] for gpu in report.values()] == [0, 79, 0, 0]
        for gpu, fault in (("9", {"kind": "xid"}), ("0", {"kind": "nonsense"})):
            assert (await client.post(f"/_fakeai/gpus/{gpu}/faults", fault)).status == 400
        assert (await client.post("/_fakeai/gpus/x/faults", {"kind": "xid"})).status == 404

    run(scenario, OPEN)


def test_the_kv_cache_is_cleared() -> None:
    async def scenario(client: Client) -> None:
        async def cached() -> Any:
            usage = (await client.post(CHAT, chat("Hello " * 40))).json["usage"]
            return usage["prompt_tokens_details"]["cached_tokens"]

        assert [await cached(), await cached()] == [0, 32]
        assert (await client.post("/_fakeai/kv-cache/clear")).json["dropped_blocks"] > 0
        assert await cached() == 0

    run(scenario, replace(OPEN, ttft=Delay(0), itl=Delay(0)))
