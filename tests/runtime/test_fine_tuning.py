"""Fine-tuning jobs, their events, checkpoints and models."""

import csv
import io
import json
from typing import Any

import pytest

from tests.inprocess import EPOCH, Client, run

LINE = {"messages": [{"role": "user", "content": "Say hello"}, {"role": "assistant", "content": "Hello there"}]}
GOOD = b"".join(json.dumps(LINE).encode() + b"\n" for _ in range(10))
TRAINS = 2 + 10 * 10 * 0.2  # seconds: until it runs, then 10 epochs of 10 steps of 200 ms


async def begin(client: Client, content: bytes = GOOD, **fields: Any) -> dict[str, Any]:
    file = await client.upload(content, purpose="fine-tune")
    answer = await client.post("/v1/fine_tuning/jobs", {"model": "gpt-4o-mini", "training_file": file, **fields})
    assert answer.status == 200, answer.body
    return dict(answer.json)


def test_a_job_goes_its_way_and_leaves_a_model() -> None:
    async def scenario(client: Client) -> None:
        job = await begin(
            client, suffix="mine", seed=7, metadata={"a": "b"}, hyperparameters={"n_epochs": 2, "lora_rank": 8}
        )
        path = f"/v1/fine_tuning/jobs/{job['id']}"
        assert job == {
            "id": job["id"], "object": "fine_tuning.job", "created_at": int(EPOCH), "model": "gpt-4o-mini",
            "training_file": job["training_file"], "validation_file": None, "status": "validating_files", "error": None,
            "fine_tuned_model": None, "finished_at": None, "trained_tokens": None, "estimated_finish": None,
            "organization_id": "org-fakeai", "result_files": [], "seed": 7, "metadata": {"a": "b"},
            "integrations": None,
            "hyperparameters": {
                "batch_size": "auto", "learning_rate_multiplier": "auto", "n_epochs": 2, "lora_rank": 8,
            },
            "method": {
                "type": "supervised",
                "supervised": {
                    "hyperparameters": {
                        "batch_size": "auto", "learning_rate_multiplier": "auto", "n_epochs": 2, "lora_rank": 8,
                    }
                },
            },
        }  # fmt: skip
        states = []
        for seconds in (1, 1, 3.9, 0.1):
            await client.wait(seconds)
            states.append((await client.get(path)).json["status"])
        assert states == ["queued", "running", "running", "succeeded"]
        done = (await client.get(path)).json
        model = f"ft:gpt-4o-mini:fakeai:mine:{job['id'][6:14]}"
        assert (done["fine_tuned_model"], done["finished_at"]) == (model, int(EPOCH) + 6)
        assert done["trained_tokens"] == 2 * 10 * 4
        assert done["hyperparameters"] == {
            "batch_size": 1, "learning_rate_multiplier": 1.8, "n_epochs": 2, "lora_rank": 8,
        }  # fmt: skip
        table = (await client.get(f"/v1/files/{done['result_files'][0]}/content")).body.decode()
        rows = list(csv.DictReader(io.StringIO(table)))
        assert [row["step"] for row in rows] == [str(step) for step in range(1, 21)]
        assert float(rows[-1]["train_loss"]) < float(rows[9]["train_loss"]) < float(rows[0]["train_loss"])
        assert (await client.get("/v1/fine_tuning/jobs")).json["data"] == [(await client.get(path)).json]

        assert model in [row["id"] for row in (await client.get("/v1/models")).json["data"]]
        chat = {"model": model, "messages": [{"role": "user", "content": "Hello"}]}
        assert (await client.post("/v1/chat/completions", chat)).json["model"] == model
        assert (await client.get(f"/v1/models/{model}")).json["owned_by"] == "fakeai"
        assert (await client.delete(f"/v1/models/{model}")).json == {"id": model, "object": "model", "deleted": True}
        assert (await client.get(f"/v1/models/{model}")).status == 404

    run(scenario)


def test_events_are_told_in_pages_and_as_they_happen() -> None:
    async def scenario(client: Client) -> None:
        job = await begin(client)
        path = f"/v1/fine_tuning/jobs/{job['id']}/events"
        stream = await client.get(path, headers={"accept": "text/event-stream"})
        assert stream.sends[-1][0] == TRAINS
        told = [event["message"] for event in stream.events]
        assert told[:5] == [
            f"Created fine-tuning job: {job['id']}", f"Validating training file: {job['training_file']}",
            "Files validated, moving job to queued state", "Fine-tuning job started",
            told[4],
        ]  # fmt: skip
        assert told[4].startswith("Step 1/100: training loss=")
        assert told[-1] == "The job has successfully completed"
        listed: list[Any] = []
        page = (await client.get(f"{path}?limit=40")).json
        listed += page["data"]
        while page["has_more"]:
            page = (await client.get(f"{path}?limit=40&after={listed[-1]['id']}")).json
            listed += page["data"]
        assert listed[::-1] == stream.events
        again = await client.get(path, headers={"accept": "text/event-stream"})
        assert (again.body, again.sends[-1][0]) == (stream.body, 0)
        checkpoints = (await client.get(f"/v1/fine_tuning/jobs/{job['id']}/checkpoints")).json
        assert [c["step_number"] for c in checkpoints["data"]] == [100, 90, 80]
        assert checkpoints["data"][0]["fine_tuned_model_checkpoint"].startswith("ft:gpt-4o-mini:fakeai::")
        losses = [c["metrics"]["train_loss"] for c in checkpoints["data"]]
        assert losses == sorted(losses)

    run(scenario)


def test_a_job_waits_goes_on_and_is_cancelled() -> None:
    async def scenario(client: Client) -> None:
        job = await begin(client)
        path = f"/v1/fine_tuning/jobs/{job['id']}"
        assert (await client.post(f"{path}/resume")).error["code"] == "invalid_job_state"
        await client.wait(7)
        assert (await client.post(f"{path}/pause")).json["status"] == "queued"
        await client.wait(1000)
        assert (await client.get(path)).json["status"] == "queued"
        assert (await client.post(f"{path}/resume")).json["status"] == "running"
        await client.wait(TRAINS - 7 - 0.1)
        assert (await client.get(path)).json["status"] == "running"
        await client.wait(0.1)
        assert (await client.get(path)).json["status"] == "succeeded"
        late = await client.post(f"{path}/cancel")
        assert (late.status, late.error["message"]) == (400, "Job has already completed: its status is 'succeeded'.")

        other = await begin(client)
        cancelled = (await client.post(f"/v1/fine_tuning/jobs/{other['id']}/cancel")).json
        assert (cancelled["status"], cancelled["finished_at"]) == ("cancelled", cancelled["created_at"])
        await client.wait(1000)
        events = (await client.get(f"/v1/fine_tuning/jobs/{other['id']}/events")).json["data"]
        assert events[0]["message"] == "The job was cancelled"

    run(scenario)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (GOOD * 2 + b"{oops\n", "Invalid file format. Line 21: it is not JSON"),
        (GOOD + b"[]\n", "Invalid file format. Line 11: it is not a JSON object."),
        (GOOD + b'{"prompt": "a"}\n', "Invalid file format. Line 11: 'messages' is not a list of messages."),
        (
            GOOD + b'{"messages": [{"role": "robot", "content": ""}]}\n',
            "Invalid file format. Line 11: 'messages[0].role' is none of",
        ),
        (
            GOOD + b'{"messages": [{"role": "user", "content": "a"}]}\n',
            "Invalid file format. Line 11: 'messages' has no message of the assistant.",
        ),
        (GOOD[: len(GOOD) // 10], "has 1 example(s), but must have at least 10."),
    ],
)
def test_a_malformed_file_fails_the_job_with_its_line(content: bytes, problem: str) -> None:
    async def scenario(client: Client) -> None:
        job = await begin(client, content)
        await client.wait(1)
        failed = (await client.get(f"/v1/fine_tuning/jobs/{job['id']}")).json
        assert (failed["status"], failed["error"]["param"]) == ("failed", "training_file")
        assert problem in failed["error"]["message"]
        events = (await client.get(f"/v1/fine_tuning/jobs/{job['id']}/events")).json["data"]
        assert (events[0]["level"], problem in events[0]["message"]) == ("error", True)

    run(scenario)


def test_a_file_that_is_not_there_or_for_something_else_is_refused() -> None:
    async def scenario(client: Client) -> None:
        batch = await client.upload(GOOD)
        for file in ("file-x", batch):
            answer = await client.post("/v1/fine_tuning/jobs", {"model": "gpt-4o-mini", "training_file": file})
            assert (answer.status, answer.error["code"], answer.error["param"]) == (
                400,
                "invalid_file",
                "training_file",
            )
        missing = await client.get("/v1/fine_tuning/jobs/ftjob-x")
        assert (missing.status, missing.error["code"]) == (404, "fine_tune_not_found")

    run(scenario)


def test_projects_are_let_to_a_checkpoint() -> None:
    async def scenario(client: Client) -> None:
        path = "/v1/fine_tuning/checkpoints/ft:gpt-4o-mini:fakeai::abc:ckpt-step-10/permissions"
        made = (await client.post(path, {"project_ids": ["proj_a", "proj_b"]})).json
        assert [permission["project_id"] for permission in made["data"]] == ["proj_a", "proj_b"]
        assert (await client.get(path)).json["data"] == made["data"][::-1]
        assert (await client.get(f"{path}?project_id=proj_a")).json["data"] == made["data"][:1]
        assert (await client.get(path.replace("abc", "def"))).json["data"] == []
        id = made["data"][0]["id"]
        assert (await client.delete(f"{path}/{id}")).json == {
            "id": id, "object": "checkpoint.permission", "deleted": True,
        }  # fmt: skip
        assert (await client.delete(f"{path}/{id}")).status == 404

    run(scenario)
