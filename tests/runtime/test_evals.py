"""Evals, their runs and what a run has graded."""

from typing import Any

import pytest

from tests.inprocess import EPOCH, Client, chat, run

MODEL = "gpt-4.1"
SAME = {
    "type": "string_check",
    "name": "same",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
    "operation": "eq",
}
LONG = {
    "type": "text_similarity",
    "name": "alike",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
    "evaluation_metric": "rouge_1",
    "pass_threshold": 0.5,
}
LABEL = {
    "type": "label_model",
    "name": "mood",
    "model": "gpt-4o",
    "input": [{"role": "user", "content": "Which mood has {{sample.output_text}}?"}],
    "labels": ["good", "bad"],
    "passing_labels": ["good"],
}
SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}, "required": ["answer"]}
CUSTOM = {"type": "custom", "item_schema": SCHEMA, "include_sample_schema": True}


def lines(*answers: Any) -> dict[str, Any]:
    """A source of items whose samples say `yes`."""
    content = [{"item": {"answer": answer}, "sample": {"output_text": "yes"}} for answer in answers]
    return {"type": "jsonl", "source": {"type": "file_content", "content": content}}


async def made(client: Client, *criteria: dict[str, Any], **fields: Any) -> str:
    body = {"data_source_config": CUSTOM, "testing_criteria": list(criteria), **fields}
    answer = await client.post("/v1/evals", body)
    assert answer.status == 201, answer.body
    return str(answer.json["id"])


async def begun(client: Client, eval: str, source: dict[str, Any]) -> str:
    answer = await client.post(f"/v1/evals/{eval}/runs", {"data_source": source})
    assert (answer.status, answer.json["status"]) == (201, "queued"), answer.body
    return f"/v1/evals/{eval}/runs/{answer.json['id']}"


async def outputs(client: Client, path: str, query: str = "") -> list[Any]:
    data: list[Any] = (await client.get(f"{path}/output_items{query}")).json["data"]
    return data


def test_an_eval_is_kept_changed_listed_and_deleted() -> None:
    async def scenario(client: Client) -> None:
        body = {"name": "first", "data_source_config": CUSTOM, "testing_criteria": [SAME, LONG, LABEL]}
        answer = await client.post("/v1/evals", body)
        first = answer.json
        sample = first["data_source_config"]["schema"]["properties"].pop("sample")
        assert sample["required"] == ["model", "output_text"]
        assert first == {
            "id": first["id"], "object": "eval", "name": "first", "created_at": int(EPOCH), "metadata": {},
            "testing_criteria": [SAME, LONG, LABEL],
            "data_source_config": {
                "type": "custom",
                "schema": {"type": "object", "properties": {"item": SCHEMA}, "required": ["item", "sample"]},
            },
        }  # fmt: skip
        second = await made(client, SAME)
        await client.wait(5)
        changed = (await client.post(f"/v1/evals/{first['id']}", {"name": "new", "metadata": {"a": "b"}})).json
        assert (changed["name"], changed["metadata"]) == ("new", {"a": "b"})
        for order, ids in (("", [first["id"], second]), ("&order_by=updated_at", [second, first["id"]])):
            page = (await client.get(f"/v1/evals?limit=1{order}")).json
            assert ([eval["id"] for eval in page["data"]], page["has_more"]) == (ids[:1], True)
            page = (await client.get(f"/v1/evals?after={ids[0]}{order}")).json
            assert ([eval["id"] for eval in page["data"]], page["has_more"]) == (ids[1:], False)
        gone = (await client.delete(f"/v1/evals/{second}")).json
        assert gone == {"object": "eval.deleted", "deleted": True, "eval_id": second}
        assert (await client.get(f"/v1/evals/{second}")).status == 404

    run(scenario)


@pytest.mark.parametrize(
    ("param", "config", "criterion"),
    [
        ("testing_criteria[0]", CUSTOM, {**SAME, "input": "{{nothing.here}}"}),
        ("testing_criteria[0]", CUSTOM, {**LABEL, "passing_labels": ["ugly"]}),
        ("testing_criteria[0].input[0].role", CUSTOM, {**LABEL, "input": [{"role": "robot", "content": "?"}]}),
        ("data_source_config.item_schema", {**CUSTOM, "item_schema": {"type": "nothing"}}, SAME),
        ("data_source_config.item_schema", {**CUSTOM, "item_schema": {"$ref": "http://localhost/x"}}, SAME),
    ],
)
def test_an_eval_that_cannot_grade_is_refused(param: str, config: Any, criterion: Any) -> None:
    async def scenario(client: Client) -> None:
        answer = await client.post("/v1/evals", {"data_source_config": config, "testing_criteria": [criterion]})
        assert (answer.status, answer.error["param"]) == (400, param)

    run(scenario)


def test_a_run_grades_its_items_one_after_another() -> None:
    async def scenario(client: Client) -> None:
        eval = await made(client, SAME, LONG)
        path = await begun(client, eval, lines("yes", "no", "yes or no", 7))
        await client.wait(1.6)
        half = (await client.get(path)).json
        assert (half["status"], half["result_counts"]) == (
            "in_progress", {"total": 2, "errored": 0, "failed": 1, "passed": 1},
        )  # fmt: skip
        await client.wait(0.4)
        done = (await client.get(path)).json
        assert (done["status"], done["error"]) == ("completed", {"code": "", "message": ""})
        assert done["result_counts"] == {"total": 4, "errored": 1, "failed": 2, "passed": 1}
        assert done["per_testing_criteria_results"] == [
            {"testing_criteria": "same", "passed": 1, "failed": 2},
            {"testing_criteria": "alike", "passed": 2, "failed": 1},
        ]
        assert done["per_model_usage"] == []
        assert done["report_url"].endswith(f"/{eval}?run_id={done['id']}")
        found = await outputs(client, path)
        assert [item["status"] for item in found] == ["pass", "fail", "fail", "error"]
        assert [item["created_at"] - int(EPOCH) for item in found] == [1, 1, 1, 2]
        assert found[2]["results"] == [
            {"name": "same", "type": "string_check", "score": 0, "passed": False, "sample": None},
            {"name": "alike", "type": "text_similarity", "score": 0.5, "passed": True, "sample": None},
        ]
        assert found[3]["sample"]["error"]["code"] == "invalid_item"
        assert "'answer'" in found[3]["sample"]["error"]["message"]
        assert await outputs(client, path, "?status=fail") == found[1:3]
        assert await outputs(client, path, f"?limit=1&after={found[0]['id']}") == found[1:2]
        assert (await client.get(f"{path}/output_items/{found[1]['id']}")).json == found[1]
        gone = (await client.delete(path)).json
        assert gone == {"object": "eval.run.deleted", "deleted": True, "run_id": done["id"]}
        assert (await client.get(f"{path}/output_items")).status == 404

    run(scenario)


@pytest.mark.parametrize("kind", ["completions", "responses"])
def test_a_run_asks_the_endpoint_that_a_client_asks(kind: str) -> None:
    async def scenario(client: Client) -> None:
        eval = await made(client, LABEL)
        source = {
            "type": kind,
            "model": MODEL,
            "input_messages": {
                "type": "template",
                "template": [{"role": "user", "content": {"type": "input_text", "text": "About {{item.answer}}"}}],
            },
            "sampling_params": {"max_completion_tokens": 16, "temperature": 0.5},
            "source": {"type": "file_content", "content": [{"item": {"answer": "tides"}}]},
        }
        path = await begun(client, eval, source)
        await client.wait(10)
        (found,) = await outputs(client, path)
        sample = found["sample"]
        if kind == "completions":
            body = chat("About tides", model=MODEL, max_completion_tokens=16, temperature=0.5)
            live = (await client.post("/v1/chat/completions", body)).json
            text, used = live["choices"][0]["message"]["content"], live["usage"]["total_tokens"]
        else:
            body = {"model": MODEL, "input": [{"role": "user", "content": "About tides"}], "max_output_tokens": 16}
            live = (await client.post("/v1/responses", {**body, "temperature": 0.5})).json
            text, used = live["output"][0]["content"][0]["text"], live["usage"]["total_tokens"]
        assert sample["input"] == [{"role": "user", "content": "About tides"}]
        assert sample["output"] == [{"role": "assistant", "content": text}]
        assert (sample["temperature"], sample["max_completion_tokens"], sample["finish_reason"]) == (0.5, 16, "length")
        done = (await client.get(path)).json
        usage = {row["model_name"]: row for row in done["per_model_usage"]}
        assert set(usage) == {MODEL, "gpt-4o"}
        assert usage[MODEL]["total_tokens"] == sample["usage"]["total_tokens"] == used
        assert usage["gpt-4o"]["invocation_count"] == 1
        assert found["results"][0]["sample"]["output"][0]["content"] in LABEL["labels"]

    run(scenario)


def test_a_run_grades_a_file_and_what_was_stored() -> None:
    async def scenario(client: Client) -> None:
        eval = await made(client, SAME)
        content = b'{"item": {"answer": "yes"}, "sample": {"output_text": "yes"}}\n\n{"item": {"answer": "no"}}\n'
        file = await client.upload(content, "items.jsonl", "evals")
        path = await begun(client, eval, {"type": "jsonl", "source": {"type": "file_id", "id": file}})
        await client.delete(f"/v1/files/{file}")
        await client.wait(10)
        counts = (await client.get(path)).json["result_counts"]
        assert counts == {"total": 2, "errored": 0, "failed": 1, "passed": 1}

        logs = {"data_source_config": {"type": "stored_completions", "metadata": {"use": "a"}}}
        asked = {**SAME, "input": "{{item.input[0].content}}", "reference": "Tides?"}
        eval = await made(client, asked, **logs)
        for use in "ab":
            await client.post("/v1/chat/completions", chat("Tides?", model=MODEL, store=True, metadata={"use": use}))
        stored = {"type": "stored_completions", "metadata": {"use": "a"}}
        path = await begun(client, eval, {"type": "completions", "source": stored})
        await client.wait(10)
        (found,) = await outputs(client, path)
        assert (found["status"], found["sample"]["model"]) == ("pass", MODEL)

        await client.post("/v1/responses", {"model": MODEL, "input": "Tides?"})
        path = await begun(client, eval, {"type": "responses", "source": {"type": "responses", "model": MODEL}})
        await client.wait(10)
        assert (await client.get(path)).json["result_counts"]["passed"] == 1

    run(scenario)


def test_a_run_without_items_fails_and_says_why() -> None:
    async def scenario(client: Client) -> None:
        eval = await made(client, SAME)
        file = await client.upload(b'{"item": {"answer": "yes"}}\nnot JSON\n', "items.jsonl", "evals")
        bad = await begun(client, eval, {"type": "jsonl", "source": {"type": "file_id", "id": file}})
        none = await begun(client, eval, {"type": "completions", "source": {"type": "stored_completions"}})
        await client.wait(1)
        failed = (await client.get(bad)).json
        assert (failed["status"], failed["error"]["code"]) == ("failed", "invalid_file")
        assert failed["error"]["message"].startswith(f"Line 2 of '{file}' is not valid JSON")
        assert (await client.get(none)).json["error"]["code"] == "no_items"
        missing = {"data_source": {"type": "jsonl", "source": {"type": "file_id", "id": "file-x"}}}
        assert (await client.post(f"/v1/evals/{eval}/runs", missing)).status == 404
        assert (await client.post("/v1/evals/eval_x/runs", {"data_source": lines("yes")})).status == 404

    run(scenario)


def test_a_refusal_of_the_endpoint_is_an_error_of_the_item() -> None:
    async def scenario(client: Client) -> None:
        source = {
            "type": "completions",
            "model": MODEL,
            "input_messages": {"type": "item_reference", "item_reference": "item.turns"},
            "source": {
                "type": "file_content",
                "content": [
                    {"item": {"answer": "a", "turns": [{"role": "user", "content": 7}]}},
                    {"item": {"answer": "a", "turns": "none"}},
                    {"item": {"answer": "a", "turns": [{"role": "user", "content": "Hi"}]}},
                ],
            },
        }
        path = await begun(client, await made(client, LONG), source)
        await client.wait(10)
        counts = (await client.get(path)).json["result_counts"]
        assert (counts["total"], counts["errored"]) == (3, 2)

    run(scenario)


def test_a_cancelled_run_keeps_what_it_has_graded() -> None:
    async def scenario(client: Client) -> None:
        eval = await made(client, SAME)
        path = await begun(client, eval, lines(*["yes"] * 100))
        other = await begun(client, eval, lines("yes"))
        await client.wait(1 + 50 * 0.25)
        ended = (await client.post(path)).json
        assert (ended["status"], ended["result_counts"]["total"]) == ("canceled", 50)
        await client.wait(100)
        assert (await client.get(path)).json == ended
        assert len(await outputs(client, path, "?limit=100")) == 50
        again = await client.post(path)
        assert (again.status, again.error["message"]) == (
            400, f"Cannot cancel eval run '{ended['id']}': its status is 'canceled'.",
        )  # fmt: skip
        for status, runs in (("canceled", [path]), ("completed", [other]), ("queued", [])):
            listed = (await client.get(f"/v1/evals/{eval}/runs?status={status}")).json["data"]
            assert [f"/v1/evals/{eval}/runs/{each['id']}" for each in listed] == runs

    run(scenario)
