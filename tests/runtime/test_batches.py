"""Batches: their lives, their results, and what happens when others read, write or die in between."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from fakeai.app import create_app
from fakeai.runtime.clock import VirtualClock, VirtualLoop
from fakeai.runtime.store import Change
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World
from tests.inprocess import EPOCH, ROOT, STEADY, Client, chat, run

AT = int(EPOCH)
DAY = 86_400
RATE = 50  # requests a second, unless the project says otherwise
NOTHING = {
    "input_tokens": 0, "input_tokens_details": {"cached_tokens": 0}, "output_tokens": 0,
    "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 0,
}  # fmt: skip


def line(number: int, **fields: Any) -> dict[str, Any]:
    body = chat(f"Question {number}", max_tokens=8)
    return {"custom_id": f"q{number}", "method": "POST", "url": "/v1/chat/completions", "body": body, **fields}


def jsonl(lines: list[Any]) -> bytes:
    return "\n".join(each if isinstance(each, str) else json.dumps(each) for each in lines).encode()


async def begin(client: Client, lines: list[Any], endpoint: str = "/v1/chat/completions", **fields: Any) -> Any:
    id = await client.upload(jsonl(lines))
    body = {"input_file_id": id, "endpoint": endpoint, "completion_window": "24h", **fields}
    answer = await client.post("/v1/batches", body)
    assert answer.status == 200, answer.body
    return answer.json


async def read(client: Client, batch: Any) -> Any:
    answer = await client.get(f"/v1/batches/{batch['id']}")
    assert answer.status == 200, answer.body
    counts = answer.json["request_counts"]
    assert counts["completed"] + counts["failed"] <= counts["total"]
    validator().validate(answer.json)
    return answer.json


def validator() -> Any:
    components = yaml.safe_load((ROOT / "specs/openai/batch.yaml").read_text())["components"]
    return jsonschema_rs.validator_for({"$ref": "#/components/schemas/Batch", "components": components})


async def content(client: Client, batch: Any, kind: str = "output") -> list[Any]:
    answer = await client.get(f"/v1/files/{batch[f'{kind}_file_id']}/content")
    assert answer.status == 200
    return [json.loads(each) for each in answer.body.splitlines()]


async def slow_down(client: Client, batch: Any, rate: float) -> None:
    """Give *batch* another rate, as a project's own annotation would."""
    store = client.app.world.store
    record = await store.get("batch", batch["id"])
    assert record
    await store.write(Change("batch", batch["id"], {**record.data, "_rate": rate}))


def test_a_batch_lives_from_validating_to_completed() -> None:
    async def scenario(client: Client) -> None:
        made = await begin(client, [line(n) for n in range(100)], metadata={"a": "b"})
        assert made == {
            "id": made["id"], "object": "batch", "endpoint": "/v1/chat/completions", "status": "validating",
            "input_file_id": made["input_file_id"], "completion_window": "24h", "created_at": AT,
            "expires_at": AT + DAY, "request_counts": {"total": 0, "completed": 0, "failed": 0}, "usage": NOTHING,
            "metadata": {"a": "b"},
        }  # fmt: skip
        assert made["id"].startswith("batch_")
        await client.wait(0.5)
        assert await read(client, made) == made
        await client.wait(1.5)
        batch = await read(client, made)
        assert batch["request_counts"] == {"total": 100, "completed": 50, "failed": 0}
        assert (batch["status"], batch["in_progress_at"]) == ("in_progress", AT + 1)
        assert (batch["model"], "output_file_id" in batch) == ("some-model", False)
        await client.wait(1)
        batch = await read(client, made)
        assert (batch["status"], batch["request_counts"]["completed"]) == ("finalizing", 100)
        await client.wait(1)
        batch = await read(client, made)
        assert batch["status"] == "completed"
        stamps = {name: batch[name] - AT for name in batch if name.endswith("_at")}
        assert stamps == {
            "created_at": 0, "in_progress_at": 1, "finalizing_at": 3, "completed_at": 4, "expires_at": DAY,
        }  # fmt: skip
        assert "error_file_id" not in batch
        results = await content(client, batch)
        assert [result["custom_id"] for result in results] == [f"q{n}" for n in range(100)]
        assert len({result["id"] for result in results} | {r["response"]["request_id"] for r in results}) == 200
        first = results[0]
        live = (await client.post("/v1/chat/completions", line(0)["body"])).json
        answered = first["response"]["body"]
        assert answered == {**live, "id": answered["id"], "created": AT + 1}
        assert first == {
            "id": first["id"], "custom_id": "q0", "error": None,
            "response": {"status_code": 200, "request_id": first["response"]["request_id"], "body": answered},
        }  # fmt: skip
        assert first["id"].startswith("batch_req_")
        assert [r["response"]["body"]["created"] - AT for r in results] == [1 + (n + 1) // RATE for n in range(100)]
        used = [result["response"]["body"]["usage"] for result in results]
        assert batch["usage"] == {
            **NOTHING, "input_tokens": sum(u["prompt_tokens"] for u in used), "output_tokens": 800,
            "total_tokens": sum(u["total_tokens"] for u in used),
        }  # fmt: skip
        file = (await client.get(f"/v1/files/{batch['output_file_id']}")).json
        assert (file["purpose"], file["filename"]) == ("batch_output", f"{batch['id']}_output.jsonl")
        assert (file["created_at"], "expires_at" in file) == (AT + 4, False)
        await client.wait(30 * DAY)
        assert await read(client, made) == batch
        refused = await client.post(f"/v1/batches/{batch['id']}/cancel")
        assert refused.status == 409
        assert refused.error["message"] == "Cannot cancel a batch with status 'completed'."

    run(scenario)


def test_counts_are_those_of_every_moment() -> None:
    async def scenario(client: Client) -> None:
        batch = await begin(client, [line(n) for n in range(20)])
        await client.wait(1)
        for done in range(20):
            assert (await read(client, batch))["request_counts"] == {"total": 20, "completed": done, "failed": 0}
            await client.wait(1 / RATE)
        assert (await read(client, batch))["status"] == "finalizing"
        await client.wait(1)
        assert len(await content(client, await read(client, batch))) == 20

    run(scenario)


def test_a_refused_request_is_in_the_error_file() -> None:
    async def scenario(client: Client) -> None:
        bad = line(1, body={"model": "some-model", "messages": [{"role": "robot", "content": "x"}]})
        batch = await begin(
            client, [line(0), bad, line(2)], output_expires_after={"anchor": "created_at", "seconds": 3600}
        )
        await client.wait(60)
        batch = await read(client, batch)
        assert batch["request_counts"] == {"total": 3, "completed": 2, "failed": 1}
        (error,) = await content(client, batch, "error")
        live = await client.post("/v1/chat/completions", bad["body"])
        assert (error["custom_id"], error["error"]) == ("q1", None)
        assert (error["response"]["status_code"], error["response"]["body"]) == (400, live.json)
        assert [result["custom_id"] for result in await content(client, batch)] == ["q0", "q2"]
        for kind in ("output", "error"):
            file = (await client.get(f"/v1/files/{batch[f'{kind}_file_id']}")).json
            assert file["expires_at"] == file["created_at"] + 3600
        alone = await begin(client, [bad])
        await client.wait(60)
        assert "output_file_id" not in await read(client, alone)

    run(scenario)


def test_a_file_that_is_no_batch_fails_with_its_lines() -> None:
    async def scenario(client: Client) -> None:
        async def errors(*lines: Any, endpoint: str = "/v1/chat/completions") -> list[Any]:
            batch = await begin(client, list(lines), endpoint)
            await client.wait(1)
            batch = await read(client, batch)
            assert (batch["status"], batch["failed_at"]) == ("failed", batch["created_at"] + 1)
            assert batch["request_counts"] == {"total": 0, "completed": 0, "failed": 0}
            assert batch["errors"]["object"] == "list"
            return [(e["code"], e["param"], e["line"]) for e in batch["errors"]["data"]]

        lacking = [{k: v for k, v in line(n).items() if k != name} for n, name in enumerate(line(0))]
        missing = "missing_required_parameter"
        assert await errors(*lacking) == [(missing, name, n + 1) for n, name in enumerate(line(0))]
        assert await errors(line(0), "{no", "[]", "", line(1)) == [
            ("invalid_json_line", None, 2), ("invalid_request", None, 3),
        ]  # fmt: skip
        assert await errors(line(0), line(1), line(0)) == [("duplicate_custom_id", "custom_id", 3)]
        assert await errors(line(0, url="/v1/embeddings"), line(1, method="GET"), line(2, body=[])) == [
            ("invalid_url", "url", 1), ("invalid_method", "method", 2), ("invalid_type", "body", 3),
        ]  # fmt: skip
        assert await errors(line(0, body=chat(stream=True)), line(1, body={"messages": []})) == [
            ("streaming_unsupported", "body.stream", 1), ("invalid_request", "body.model", 2),
        ]  # fmt: skip
        assert await errors(line(0), line(1, body=chat(model="other"))) == [("mismatched_model", "body.model", 2)]
        assert await errors("  ", "") == [("empty_file", None, None)]
        assert await errors(*["{}"] * 200) == [(missing, "custom_id", n) for n in range(1, 101)]
        tiny = [{"custom_id": str(n), "method": "POST", "url": "/v1/moderations", "body": {"input": ""}}
                for n in range(50_001)]  # fmt: skip
        assert await errors(*tiny, endpoint="/v1/moderations") == [("too_many_requests", None, None)]
        assert client.blobs == 9  # the input files

    run(scenario)


def test_what_cannot_begin_is_refused() -> None:
    async def scenario(client: Client) -> None:
        good = {"input_file_id": await client.upload(jsonl([line(0)])), "endpoint": "/v1/chat/completions",
                "completion_window": "24h"}  # fmt: skip
        other = await client.upload(b"{}", purpose="fine-tune")
        for wrong, status, param in (
            ({"input_file_id": "file-x"}, 404, "input_file_id"),
            ({"input_file_id": other}, 400, "input_file_id"),
            ({"endpoint": "/v1/models"}, 400, "endpoint"),
            ({"completion_window": "1h"}, 400, "completion_window"),
            ({"metadata": {"a": ["b"]}}, 400, "metadata.a"),
            ({"output_expires_after": {"anchor": "created_at", "seconds": 1}}, 400, "output_expires_after.seconds"),
        ):
            answer = await client.post("/v1/batches", {**good, **wrong})
            assert (answer.status, answer.error["param"]) == (status, param)
        for answer in (await client.get("/v1/batches/batch_x"), await client.post("/v1/batches/batch_x/cancel")):
            assert (answer.status, answer.error["message"]) == (404, "No batch found with id 'batch_x'.")
        assert (await client.get("/v1/batches")).json["data"] == []

    run(scenario)


def test_a_cancelled_batch_keeps_what_was_done() -> None:
    async def scenario(client: Client) -> None:
        batch = await begin(client, [line(n) for n in range(100)])
        await client.wait(1.5)
        cancelled = (await client.post(f"/v1/batches/{batch['id']}/cancel")).json
        assert (cancelled["status"], cancelled["cancelling_at"]) == ("cancelling", AT + 1)
        assert cancelled["request_counts"] == {"total": 100, "completed": 25, "failed": 0}
        await client.wait(1)
        assert await read(client, batch) == cancelled
        assert (await client.post(f"/v1/batches/{batch['id']}/cancel")).json == cancelled
        await client.wait(100)
        ended = await read(client, batch)
        assert ended == {
            **cancelled, "status": "cancelled", "cancelled_at": AT + 3, "output_file_id": ended["output_file_id"],
        }  # fmt: skip
        assert [result["custom_id"] for result in await content(client, ended)] == [f"q{n}" for n in range(25)]
        assert (await client.post(f"/v1/batches/{batch['id']}/cancel")).json == ended
        early = await begin(client, [line(0)])
        assert (await client.post(f"/v1/batches/{early['id']}/cancel")).json["status"] == "cancelling"
        await client.wait(2)
        early = await read(client, early)
        assert (early["status"], "in_progress_at" in early, "output_file_id" in early) == ("cancelled", False, False)

    run(scenario)


@pytest.mark.parametrize("reads", [1, 7])
def test_what_is_not_done_after_a_day_expires(reads: int) -> None:
    async def scenario(client: Client) -> None:
        batch = await begin(client, [line(n) for n in range(10)])
        await slow_down(client, batch, 6 / DAY)
        for _ in range(reads):
            await client.wait(DAY / reads)
            last = await read(client, batch)
        assert (last["status"], last["expired_at"]) == ("expired", AT + DAY)
        assert last["request_counts"] == {"total": 10, "completed": 5, "failed": 5}
        assert [result["custom_id"] for result in await content(client, last)] == [f"q{n}" for n in range(5)]
        errors = await content(client, last, "error")
        assert [(e["custom_id"], e["response"], e["error"]["code"]) for e in errors] == [
            (f"q{n}", None, "batch_expired") for n in range(5, 10)
        ]
        assert (await client.post(f"/v1/batches/{batch['id']}/cancel")).status == 409

    run(scenario)


def test_the_same_seed_and_file_give_the_same_bytes_however_they_are_read() -> None:
    outputs = set()
    for waits in ([10.0], [1.0, 0.5, 0.01, 2.0, 4.0], [0.3] * 12):

        async def scenario(client: Client, waits: list[float] = waits) -> None:
            batch = await begin(client, [line(n) for n in range(60)])
            for wait in waits:
                await client.wait(wait)
                await client.post("/v1/chat/completions", chat())  # which has an id from the counter
                batch = await read(client, batch)
            outputs.add((await client.get(f"/v1/files/{batch['output_file_id']}/content")).body)

        run(scenario)
    assert len(outputs) == 1


def test_readers_at_once_answer_every_request_once() -> None:
    async def scenario(client: Client) -> None:
        batch = await begin(client, [line(n) for n in range(2_000)])
        await client.wait(20)
        found = await asyncio.gather(*(read(client, batch) for _ in range(20)))
        assert {each["request_counts"]["completed"] for each in found} == {950}
        await client.wait(100)
        ended, page, _ = await asyncio.gather(read(client, batch), client.get("/v1/batches"), read(client, batch))
        assert page.json["data"] == [ended]
        assert [result["custom_id"] for result in await content(client, ended)] == [f"q{n}" for n in range(2_000)]
        assert client.blobs == 2

    run(scenario)


def test_others_have_their_turns_while_a_long_batch_catches_up() -> None:
    async def scenario(client: Client) -> None:
        batch = await begin(client, [line(n) for n in range(300)])
        await client.wait(100)
        reading, others = asyncio.create_task(read(client, batch)), 0
        while not reading.done():
            await client.get("/v1/models")
            await asyncio.sleep(0)
            others += 1
        assert others > 200

    run(scenario)


def kept(directory: Path, scenario: Callable[[list[Client]], Awaitable[None]], worlds: int) -> None:
    """Run *scenario* with clients of several servers on one store, which open it one after another."""

    async def main() -> None:
        stores = [SqliteStore(directory) for _ in range(worlds)]
        clients = []
        for store in stores:
            world = World(STEADY, VirtualClock(EPOCH), store=store)
            await world.open()
            await world.tokens.ready()
            clients.append(Client(create_app(ROOT, world)))
        try:
            await scenario(clients)
        finally:
            for store in stores:
                await store.close()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        runner.run(main())


def test_two_servers_on_one_store_neither_lose_nor_repeat_a_request(tmp_path: Path) -> None:
    async def scenario(clients: list[Client]) -> None:
        batch = await begin(clients[0], [line(n) for n in range(1_500)])
        for wait in (3.0, 11.0, 40.0):
            await clients[0].wait(wait)
            first, second = await asyncio.gather(*(read(client, batch) for client in clients))
            assert first == second
        results = await content(clients[1], first)
        assert [result["custom_id"] for result in results] == [f"q{n}" for n in range(1_500)]
        for id in (batch["input_file_id"], first["output_file_id"]):
            await clients[0].delete(f"/v1/files/{id}")
        assert clients[0].blobs == 0

    kept(tmp_path, scenario, 2)


def test_a_batch_goes_on_where_a_server_died(tmp_path: Path) -> None:
    outputs = []
    for dies in (False, True):
        directory = tmp_path / str(dies)
        made: list[Any] = []

        async def before(clients: list[Client], made: list[Any] = made, dies: bool = dies) -> None:
            made.append(await begin(clients[0], [line(n) for n in range(120)]))
            await clients[0].wait(2)
            made.append(await read(clients[0], made[0]))
            if dies:  # after a slice was written, before the batch said so
                await clients[0].app.world.store.append(f"{made[0]['id']}_output", b'{"custom_id": "q50"')

        async def after(clients: list[Client], made: list[Any] = made) -> None:
            await clients[0].wait(2.5)
            batch = await read(clients[0], made[0])
            assert batch["request_counts"] == {"total": 120, "completed": 75, "failed": 0}
            await clients[0].wait(10)
            batch = await read(clients[0], made[0])
            assert batch["status"] == "completed"
            outputs.append((await clients[0].get(f"/v1/files/{batch['output_file_id']}/content")).body)
            for id in (batch["input_file_id"], batch["output_file_id"]):
                await clients[0].delete(f"/v1/files/{id}")
            assert clients[0].blobs == 0

        kept(directory, before, 1)
        kept(directory, after, 1)
    assert outputs[0] == outputs[1]
    assert [json.loads(each)["custom_id"] for each in outputs[0].splitlines()] == [f"q{n}" for n in range(120)]


def test_a_batch_does_not_need_its_input_file_any_more() -> None:
    async def scenario(client: Client) -> None:
        lines = [line(n) for n in range(100)]
        batch = await begin(client, lines)
        await client.delete(f"/v1/files/{batch['input_file_id']}")
        await client.wait(2)
        assert (await read(client, batch))["request_counts"]["completed"] == 50
        await client.wait(100)
        batch = await read(client, batch)
        assert len(await content(client, batch)) == 100
        assert client.blobs == 1
        await client.delete(f"/v1/files/{batch['output_file_id']}")
        assert client.blobs == 0

    run(scenario)


def test_every_endpoint_can_be_asked() -> None:
    bodies: dict[str, Any] = {
        "/v1/responses": {"model": "some-model", "input": "x"},
        "/v1/chat/completions": chat(),
        "/v1/embeddings": {"model": "text-embedding-3-small", "input": ["a", "b"]},
        "/v1/completions": {"model": "gpt-3.5-turbo-instruct", "prompt": "x"},
        "/v1/moderations": {"input": "I hate you"},
        "/v1/images/generations": {"model": "dall-e-3", "prompt": "x"},
        "/v1/images/edits": {"model": "gpt-image-1", "prompt": "x", "images": [{"file_id": "file-x"}]},
        "/v1/videos": {"prompt": "x"},
    }

    async def scenario(client: Client) -> None:
        for endpoint, body in bodies.items():
            batch = await begin(client, [line(0, url=endpoint, body=body)], endpoint)
            await client.wait(5)
            batch = await read(client, batch)
            assert (batch["status"], endpoint) == ("completed", endpoint)
            live = await client.post(endpoint, body)
            (result,) = await content(client, batch, "output" if live.status == 200 else "error")
            assert result["response"]["status_code"] == live.status
            assert set(result["response"]["body"]) == set(live.json)

    run(scenario)


def test_batches_are_listed_newest_first() -> None:
    async def scenario(client: Client) -> None:
        ids = [(await begin(client, [line(n)]))["id"] for n in range(5)]
        await client.wait(10)
        page = (await client.get("/v1/batches?limit=2")).json
        assert [batch["id"] for batch in page["data"]] == ids[:2:-1]
        assert {batch["status"] for batch in page["data"]} == {"completed"}
        assert (page["first_id"], page["last_id"], page["has_more"]) == (ids[4], ids[3], True)
        page = (await client.get(f"/v1/batches?after={page['last_id']}")).json
        assert ([batch["id"] for batch in page["data"]], page["has_more"]) == (ids[2::-1], False)

    run(scenario)


def test_lines_are_noted_in_the_journal_and_can_be_disturbed() -> None:
    async def scenario(client: Client) -> None:
        for rule in (
            {
                "match": {"path": "/v1/chat/completions"},
                "calls": "2",
                "fault": {"type": "rate_limit", "retry_after": 1},
            },
            {"match": {"path": "/v1/chat/completions"}, "calls": "4", "fault": "connection_reset"},
            {"match": {"path": "/v1/chat/completions"}, "calls": "6", "fault": "malformed_json"},
            {"match": {"path": "/v1/chat/completions"}, "calls": "8", "fault": {"type": "slow_body", "for": "3s"}},
        ):
            assert (await client.post("/_fakeai/faults", rule)).status == 200
        batch = await begin(client, [line(number) for number in range(8)])
        await asyncio.sleep(60)
        batch = await read(client, batch)
        assert batch["request_counts"] == {"total": 8, "completed": 5, "failed": 3}
        failed = await content(client, batch, "error")
        assert [(each["custom_id"], each["response"]["status_code"]) for each in failed] == [
            ("q1", 429), ("q3", 500), ("q5", 500),
        ]  # fmt: skip
        noted = (await client.get("/_fakeai/requests?path=/v1/chat/*")).json["requests"]
        assert [(each["body"]["messages"][0]["content"], each["status"], each["ended"]) for each in noted] == [
            (f"Question {number}", status, "whole")
            for number, status in enumerate((200, 429, 200, 500, 200, 500, 200, 200))
        ]
        assert {each["fault"] for each in noted} == {
            None, "rate_limit", "connection_reset", "malformed_json", "slow_body",
        }  # fmt: skip

    run(scenario, replace(STEADY, admin=True, journal=20))
