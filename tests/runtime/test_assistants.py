"""Assistants, threads, runs, their steps and their streams."""

import json
from typing import Any

import jsonschema_rs
import pytest
import yaml

from fakeai.runtime.options import Delay, Options, Patience
from tests.inprocess import EPOCH, ROOT, Answer, Client, run

WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather of a city.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string"},
                "unit": {"enum": ["celsius", "kelvin"]},
                "days": {"type": "integer", "minimum": 2, "maximum": 9},
                "hours": {"type": "array", "minItems": 2, "items": {"type": "number"}},
                "note": {"type": "string"},
            },
            "required": ["city", "unit", "days", "hours"],
        },
    },
}
TIME = {"type": "function", "function": {"name": "getTime", "description": "What the clock says."}}
ASKS = "What is the weather in Paris?"


def _validators() -> dict[str, Any]:
    spec = yaml.safe_load((ROOT / "specs" / "openai" / "assistants.yaml").read_text())
    made = {}
    for name in spec["components"]["schemas"]:
        document = {"$ref": f"#/components/schemas/{name}", "components": spec["components"]}
        made[name] = jsonschema_rs.Draft202012Validator(_without_nullable(document))
    return made


def _without_nullable(value: Any) -> Any:
    """*value* with `nullable`, a word of OpenAPI 3.0, in the words of JSON Schema."""
    if isinstance(value, list):
        return [_without_nullable(part) for part in value]
    if not isinstance(value, dict):
        return value
    made = {name: _without_nullable(part) for name, part in value.items() if name != "nullable"}
    if value.get("nullable") is True and made:
        return {"anyOf": [made, {"type": "null"}]}
    parts = value.get("allOf")
    if isinstance(parts, list) and {"nullable": True} in parts:
        rest = [part for part in made["allOf"] if part]
        return {"anyOf": [{"allOf": rest}, {"type": "null"}]}
    return made


VALIDATORS = _validators()
SHAPES = {
    "thread": "ThreadObject",
    "thread.message": "MessageObject",
    "thread.run": "RunObject",
    "thread.run.step": "RunStepObject",
    "assistant": "AssistantObject",
}


def valid(data: Any) -> Any:
    """*data*, an object of this API or a list of them, which fits the document."""
    for thing in data["data"] if data["object"] == "list" else [data]:
        if thing["object"] in SHAPES:
            VALIDATORS[SHAPES[thing["object"]]].validate(thing)
    return data


def told(answer: Answer) -> list[tuple[str, Any]]:
    """The events of a stream, each of which fits the document, without the `done` that must end it."""
    events = []
    *blocks, last, rest = answer.body.decode().split("\n\n")
    assert (last, rest) == ("event: done\ndata: [DONE]", "")
    for block in blocks:
        name, data = block.split("\n")
        events.append((name.removeprefix("event: "), valid(json.loads(data.removeprefix("data: ")))))
    return events


def said(events: list[tuple[str, Any]]) -> str:
    return "".join(
        data["delta"]["content"][0]["text"]["value"] for name, data in events if name == "thread.message.delta"
    )


async def begin(client: Client, text: str = "Tell me about queues", **fields: Any) -> tuple[str, str]:
    """An assistant, and the path of a thread that starts with *text*."""
    made = await client.post("/v1/assistants", {"model": "gpt-4o", "instructions": "Be terse.", **fields})
    thread = await client.post("/v1/threads", {"messages": [{"role": "user", "content": text}]})
    return valid(made.json)["id"], f"/v1/threads/{valid(thread.json)['id']}"


async def start(client: Client, thread: str, assistant: str, **fields: Any) -> str:
    """The path of a run."""
    made = await client.post(f"{thread}/runs", {"assistant_id": assistant, **fields})
    assert made.status == 200, made.body
    return f"{thread}/runs/{valid(made.json)['id']}"


async def get(client: Client, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status == 200, answer.body
    return valid(answer.json)


async def texts(client: Client, thread: str) -> list[str]:
    listed = await get(client, f"{thread}/messages?order=asc")
    return [message["content"][0]["text"]["value"] if message["content"] else "" for message in listed["data"]]


def test_an_assistant_is_kept_changed_listed_and_deleted() -> None:
    async def scenario(client: Client) -> None:
        full = {
            "model": "gpt-4o", "name": "Ada", "description": "Counts.", "instructions": "Count.",
            "tools": [{"type": "code_interpreter"}, WEATHER], "metadata": {"a": "b"}, "temperature": 0.5, "top_p": 0.9,
            "tool_resources": {"code_interpreter": {"file_ids": ["file-1"]}}, "response_format": {"type": "text"},
            "reasoning_effort": "low",
        }  # fmt: skip
        made = valid((await client.post("/v1/assistants", full)).json)
        assert made == {**full, "id": made["id"], "object": "assistant", "created_at": int(EPOCH)}
        bare = valid((await client.post("/v1/assistants", {"model": "m"})).json)
        assert (bare["tools"], bare["metadata"], bare["name"]) == ([], {}, None)
        path = f"/v1/assistants/{made['id']}"
        changed = valid((await client.post(path, {"name": "Eve", "tools": []})).json)
        assert changed == {**made, "name": "Eve", "tools": []} == await get(client, path)
        listed = await get(client, "/v1/assistants?limit=1")
        assert ([each["id"] for each in listed["data"]], listed["has_more"]) == ([bare["id"]], True)
        assert (await client.delete(path)).json == {"id": made["id"], "object": "assistant.deleted", "deleted": True}
        gone = await client.get(path)
        assert (gone.status, gone.error["message"]) == (404, f"No assistant found with id '{made['id']}'.")
        refused = await client.post("/v1/assistants", {"model": "m", "tools": [WEATHER, WEATHER]})
        assert (refused.status, refused.error["param"]) == (400, "tools")

    run(scenario)


def test_vector_stores_are_made_for_an_assistant_and_a_thread() -> None:
    async def scenario(client: Client) -> None:
        file = await client.upload(b"Queues grow when nobody looks.", "a.txt", "assistants")
        search = {"file_search": {"vector_stores": [{"file_ids": [file]}]}}
        for path in ("/v1/assistants", "/v1/threads"):
            body = {"tool_resources": search, **({"model": "m"} if "assistants" in path else {})}
            made = valid((await client.post(path, body)).json)
            (store,) = made["tool_resources"]["file_search"]["vector_store_ids"]
            assert (await client.get(f"/v1/vector_stores/{store}")).json["file_counts"]["total"] == 1
            search_wrong = {"file_search": {"vector_stores": [{"file_ids": ["file-x"]}]}}
            assert (await client.post(path, {**body, "tool_resources": search_wrong})).status == 404

    run(scenario)


def test_a_thread_keeps_messages_in_their_order() -> None:
    async def scenario(client: Client) -> None:
        parts = [
            {"type": "text", "text": "Look"},
            {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
            {"type": "image_file", "image_file": {"file_id": "file-1", "detail": "low"}},
        ]
        attachments = [{"file_id": "file-2", "tools": [{"type": "file_search"}]}]
        first = {"role": "user", "content": parts, "attachments": attachments, "metadata": {"k": "v"}}
        body = {"messages": [first, {"role": "assistant", "content": "Yes?"}], "metadata": {"t": "1"}}
        thread = valid((await client.post("/v1/threads", body)).json)
        assert thread == {
            "id": thread["id"], "object": "thread", "created_at": int(EPOCH), "tool_resources": {},
            "metadata": {"t": "1"},
        }  # fmt: skip
        path = f"/v1/threads/{thread['id']}"
        last = valid((await client.post(f"{path}/messages", {"role": "user", "content": "Third"})).json)
        listed = (await get(client, f"{path}/messages?order=asc"))["data"]
        assert listed[0] == {
            "id": listed[0]["id"], "object": "thread.message", "created_at": int(EPOCH), "thread_id": thread["id"],
            "status": "completed", "completed_at": int(EPOCH), "incomplete_at": None, "incomplete_details": None,
            "role": "user", "assistant_id": None, "run_id": None, "attachments": attachments, "metadata": {"k": "v"},
            "content": [
                {"type": "text", "text": {"value": "Look", "annotations": []}},
                {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "auto"}},
                {"type": "image_file", "image_file": {"file_id": "file-1", "detail": "low"}},
            ],
        }  # fmt: skip
        assert listed[2] == last
        page = await get(client, f"{path}/messages?limit=1&after={last['id']}")
        assert ([each["id"] for each in page["data"]], page["has_more"]) == ([listed[1]["id"]], True)
        one = f"{path}/messages/{last['id']}"
        assert valid((await client.post(one, {"metadata": {"x": "y"}})).json) == {**last, "metadata": {"x": "y"}}
        deleted = {"id": last["id"], "object": "thread.message.deleted", "deleted": True}
        assert (await client.delete(one)).json == deleted
        assert (await client.get(one)).error["message"] == f"No message found with id '{last['id']}'."
        empty = await client.post(f"{path}/messages", {"role": "user", "content": ""})
        assert (empty.status, empty.error["param"]) == (400, "content")
        assert valid((await client.post(path, {"metadata": {"t": "2"}})).json)["metadata"] == {"t": "2"}
        assert (await client.delete(path)).json["object"] == "thread.deleted"
        gone = await client.get(f"{path}/messages")
        assert gone.error["message"] == f"No thread found with id '{thread['id']}'."
        assert valid((await client.post("/v1/threads")).json)["metadata"] == {}

    run(scenario)


def test_a_run_is_queued_works_and_leaves_its_message() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client)
        path = await start(client, thread, assistant, additional_instructions="Be kind.", metadata={"a": "b"})
        queued = await get(client, path)
        assert (queued["status"], queued["started_at"], queued["usage"]) == ("queued", None, None)
        assert queued["instructions"] == "Be terse.\nBe kind."
        assert queued["expires_at"] == int(EPOCH) + 600
        await client.wait(0.1)
        assert (await get(client, path))["status"] == "in_progress"
        assert (await get(client, f"{path}/steps"))["data"] == []
        assert len(await texts(client, thread)) == 1
        await client.wait(0.2)
        (step,) = (await get(client, f"{path}/steps"))["data"]
        assert (step["status"], step["usage"]) == ("in_progress", None)
        message = (await get(client, f"{thread}/messages"))["data"][0]
        assert (message["status"], message["content"]) == ("in_progress", [])
        await client.wait(9)
        done = await get(client, path)
        tokens = client.app.world.tokens
        text = (await texts(client, thread))[1]
        assert "queues" in text
        prompt = 3 + sum(4 + tokens.count(said) for said in ("Be terse.\nBe kind.", "Tell me about queues"))
        made = tokens.count(text)
        usage = {
            "prompt_tokens": prompt, "completion_tokens": made, "total_tokens": prompt + made,
            "prompt_token_details": {"cached_tokens": 0}, "completion_tokens_details": {"reasoning_tokens": 0},
        }  # fmt: skip
        end = int(EPOCH + 0.2 + 0.01 * (made - 1))
        assert done == {
            **queued, "status": "completed", "started_at": int(EPOCH), "completed_at": end, "expires_at": None,
            "usage": usage,
        }  # fmt: skip
        step = await get(client, f"{path}/steps/{step['id']}")
        details = {"type": "message_creation", "message_creation": {"message_id": message["id"]}}
        assert (step["status"], step["usage"], step["step_details"]) == ("completed", usage, details)
        (only,) = (await get(client, f"{thread}/messages?run_id={done['id']}"))["data"]
        assert (only["id"], only["status"], only["assistant_id"]) == (message["id"], "completed", assistant)
        assert [each["id"] for each in (await get(client, f"{thread}/runs"))["data"]] == [done["id"]]
        changed = valid((await client.post(path, {"metadata": {"c": "d"}})).json)
        assert changed == {**done, "metadata": {"c": "d"}}

    run(scenario)


def test_a_thread_has_one_active_run_and_takes_no_messages_meanwhile() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client)
        path = await start(client, thread, assistant)
        id, name = path.rpartition("/")[2], thread.rpartition("/")[2]
        second = await client.post(f"{thread}/runs", {"assistant_id": assistant})
        assert (second.status, second.error["message"]) == (400, f"Thread {name} already has an active run {id}.")
        added = await client.post(f"{thread}/messages", {"role": "user", "content": "More"})
        assert (added.status, added.error["message"]) == (
            400, f"Can't add messages to {name} while a run {id} is active.",
        )  # fmt: skip
        await client.wait(9)
        assert (await client.post(f"{thread}/messages", {"role": "user", "content": "More"})).status == 200
        more = [{"role": "user", "content": "What about locks?"}]
        await start(client, thread, assistant, additional_messages=more)
        await client.wait(9)
        assert len(await texts(client, thread)) == 5
        assert "locks" in (await texts(client, thread))[-1]
        missing = await client.post(f"{thread}/runs", {"assistant_id": "asst_x"})
        assert (missing.status, missing.error["message"]) == (404, "No assistant found with id 'asst_x'.")

    run(scenario)


def test_a_stream_tells_what_is_kept_at_the_moments_of_its_tokens() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client)
        answer = await client.post(f"{thread}/runs", {"assistant_id": assistant, "stream": True})
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = told(answer)
        names = [name for name, _ in events if name != "thread.message.delta"]
        assert names == [
            "thread.run.created", "thread.run.queued", "thread.run.in_progress", "thread.run.step.created",
            "thread.run.step.in_progress", "thread.message.created", "thread.message.in_progress",
            "thread.message.completed", "thread.run.step.completed", "thread.run.completed",
        ]  # fmt: skip
        assert said(events) == (await texts(client, thread))[1]
        facts = dict(events)
        path = f"{thread}/runs/{facts['thread.run.completed']['id']}"
        assert facts["thread.run.completed"] == await get(client, path)
        step = facts["thread.run.step.completed"]
        assert step == await get(client, f"{path}/steps/{step['id']}")
        message = facts["thread.message.completed"]
        assert message == await get(client, f"{thread}/messages/{message['id']}")
        deltas = len(events) - len(names)
        assert deltas == step["usage"]["completion_tokens"]
        moments = [moment for moment, _ in answer.sends]
        assert moments[:4] == [0.0, 0.005, 0.2, 0.21]
        assert moments[-1] == pytest.approx(0.2 + 0.01 * (deltas - 1))

    run(scenario)


def test_what_a_change_of_a_run_does_not_declare_changes_nothing() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client)
        path = await start(client, thread, assistant)
        before = await get(client, path)
        changed = await client.post(path, {"metadata": {"team": "search"}, "model": 1, "status": "expired", "id": "x"})
        assert valid(changed.json) == {**before, "metadata": {"team": "search"}}

    run(scenario)


def test_a_run_that_takes_no_time_tells_the_same_events() -> None:
    streams: list[list[str]] = []

    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, ASKS, tools=[WEATHER])
        waits = told(await client.post(f"{thread}/runs", {"assistant_id": assistant, "stream": True}))
        facts = dict(waits)
        assert facts["thread.run.step.created"]["step_details"]["tool_calls"] == []
        assert facts["thread.run.in_progress"]["status"] == "in_progress"
        body = {"assistant_id": assistant, "stream": True, "tools": []}
        thread = f"/v1/threads/{(await client.post('/v1/threads')).json['id']}"
        events = told(await client.post(f"{thread}/runs", body))
        assert dict(events)["thread.message.created"]["content"] == []
        assert events[-1][1] == await get(client, f"{thread}/runs/{events[-1][1]['id']}")
        streams.append([name for name, _ in (*waits, *events)])

    run(scenario)
    run(scenario, Options(ttft=Delay(0), itl=Delay(0)))
    assert streams[0] == streams[1]


def test_a_stream_that_nobody_hears_to_its_end_is_kept_whole() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client)
        body = {"assistant_id": assistant, "stream": True}
        left = await client.post(f"{thread}/runs", body, leave_after=0.3)
        assert b"done" not in left.body
        (one,) = (await get(client, f"{thread}/runs"))["data"]
        assert one["status"] == "in_progress"
        await client.wait(9)
        (one,) = (await get(client, f"{thread}/runs"))["data"]
        assert one["status"] == "completed"
        assert (await get(client, f"{thread}/messages"))["data"][0]["status"] == "completed"

    run(scenario)


def test_a_thread_and_its_run_begin_together() -> None:
    async def scenario(client: Client) -> None:
        assistant, _ = await begin(client)
        body = {"assistant_id": assistant, "thread": {"messages": [{"role": "user", "content": "Explain sharding"}]}}
        one = valid((await client.post("/v1/threads/runs", body)).json)
        assert one["status"] == "queued"
        await client.wait(9)
        whole = await texts(client, f"/v1/threads/{one['thread_id']}")
        events = told(await client.post("/v1/threads/runs", {**body, "stream": True}))
        assert events[0][0] == "thread.created"
        assert said(events) == whole[1]

    run(scenario)


async def wait_for_functions(client: Client, path: str) -> list[dict[str, Any]]:
    """The calls that the run at *path* waits for."""
    await client.wait(9)
    one = await get(client, path)
    assert one["status"] == "requires_action", one
    assert one["required_action"]["type"] == "submit_tool_outputs"
    calls: list[dict[str, Any]] = one["required_action"]["submit_tool_outputs"]["tool_calls"]
    return calls


def test_a_run_waits_for_the_functions_that_the_user_means_and_says_what_they_gave() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, ASKS, tools=[TIME, WEATHER])
        path = await start(client, thread, assistant)
        (asked,) = await wait_for_functions(client, path)
        assert asked["function"]["name"] == "get_weather"
        given = json.loads(asked["function"]["arguments"])
        jsonschema_rs.validate(WEATHER["function"]["parameters"], given)  # type: ignore[index]
        assert given["city"] == "Paris"
        (step,) = (await get(client, f"{path}/steps"))["data"]
        assert (step["status"], step["step_details"]["tool_calls"]) == (
            "in_progress",
            [{**asked, "function": {**asked["function"], "output": None}}],
        )
        submit = f"{path}/submit_tool_outputs"
        good = {"tool_call_id": asked["id"], "output": "18 degrees"}
        for wrong, shown in (
            ([], []),
            ([{"tool_call_id": "call_x", "output": ""}], ["call_x"]),
            ([good, good], [asked["id"]] * 2),
            ([{"output": ""}], [None]),
        ):
            refused = await client.post(submit, {"tool_outputs": wrong})
            assert (refused.status, refused.error["message"]) == (
                400, f"Expected tool outputs for call_ids {[asked['id']]}, got {shown}",
            )  # fmt: skip
        went = valid((await client.post(submit, {"tool_outputs": [good]})).json)
        assert (went["status"], went["required_action"]) == ("queued", None)
        await client.wait(9)
        done = await get(client, path)
        assert done["status"] == "completed"
        assert (await texts(client, thread))[1] == "In Paris: 18 degrees."
        steps = (await get(client, f"{path}/steps?order=asc"))["data"]
        assert [each["type"] for each in steps] == ["tool_calls", "message_creation"]
        assert steps[0]["step_details"]["tool_calls"][0]["function"]["output"] == "18 degrees"
        for name in ("prompt_tokens", "completion_tokens", "total_tokens"):
            assert done["usage"][name] == sum(each["usage"][name] for each in steps)
        tokens = client.app.world.tokens
        call = sum(tokens.count(asked["function"][name]) for name in ("name", "arguments"))
        assert steps[0]["usage"]["completion_tokens"] == call
        late = await client.post(submit, {"tool_outputs": [good]})
        assert (late.status, late.error["message"]) == (
            400, 'Runs in status "completed" do not accept tool outputs.',
        )  # fmt: skip

    run(scenario)


@pytest.mark.parametrize(
    ("text", "fields", "called"),
    [
        ("Tell me about queues", {}, []),
        (ASKS, {"tool_choice": "none"}, []),
        ("Tell me about queues", {"tool_choice": "required"}, ["getTime"]),
        ("Hello", {"tool_choice": {"type": "function", "function": {"name": "get_weather"}}}, ["get_weather"]),
        ("Weather and time?", {}, ["get_weather", "getTime"]),
        ("Weather and time?", {"parallel_tool_calls": False}, ["get_weather"]),
    ],
)
def test_the_choice_of_tools_decides_which_functions_are_called(text: str, fields: Any, called: list[str]) -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, text, tools=[TIME, WEATHER])
        path = await start(client, thread, assistant, **fields)
        await client.wait(9)
        one = await get(client, path)
        action = one["required_action"] or {"submit_tool_outputs": {"tool_calls": []}}
        assert [each["function"]["name"] for each in action["submit_tool_outputs"]["tool_calls"]] == called
        assert one["status"] == ("requires_action" if called else "completed")

    run(scenario)


def test_a_choice_that_is_not_among_the_tools_is_refused() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, tools=[TIME])
        for fields in (
            {"tool_choice": {"type": "function", "function": {"name": "x"}}},
            {"tool_choice": {"type": "file_search"}},
            {"tool_choice": "required", "tools": []},
        ):
            refused = await client.post(f"{thread}/runs", {"assistant_id": assistant, **fields})
            assert (refused.status, refused.error["param"]) == (400, "tool_choice")

    run(scenario)


def test_streams_tell_of_calls_and_go_on_when_outputs_are_there() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, "Weather and time?", tools=[TIME, WEATHER])
        events = told(await client.post(f"{thread}/runs", {"assistant_id": assistant, "stream": True}))
        assert [name for name, _ in events if name != "thread.run.step.delta"] == [
            "thread.run.created", "thread.run.queued", "thread.run.in_progress", "thread.run.step.created",
            "thread.run.step.in_progress", "thread.run.requires_action",
        ]  # fmt: skip
        waits = events[-1][1]
        calls = waits["required_action"]["submit_tool_outputs"]["tool_calls"]
        joined = ["", ""]
        for name, data in events:
            if name == "thread.run.step.delta":
                for part in data["delta"]["step_details"]["tool_calls"]:
                    joined[part["index"]] += part["function"]["arguments"]
        assert joined == [each["function"]["arguments"] for each in calls]
        path = f"{thread}/runs/{waits['id']}"
        assert await get(client, path) == waits
        outputs = [{"tool_call_id": each["id"], "output": f"o{at}"} for at, each in enumerate(calls)]
        body = {"tool_outputs": outputs, "stream": True}
        events = told(await client.post(f"{path}/submit_tool_outputs", body))
        assert [name for name, _ in events][:4] == [
            "thread.run.step.completed", "thread.run.queued", "thread.run.in_progress", "thread.run.step.created",
        ]  # fmt: skip
        assert events[-1][1] == await get(client, path)
        assert said(events) == (await texts(client, thread))[1]
        assert "o0" in said(events)
        assert "o1" in said(events)

    run(scenario)


def test_tools_that_the_server_runs_are_steps_before_the_message() -> None:
    async def scenario(client: Client) -> None:
        tools = [{"type": "code_interpreter"}, {"type": "file_search"}]
        assistant, thread = await begin(client, tools=tools)
        events = told(await client.post(f"{thread}/runs", {"assistant_id": assistant, "stream": True}))
        done = events[-1][1]
        path = f"{thread}/runs/{done['id']}"
        steps = (await get(client, f"{path}/steps?order=asc"))["data"]
        assert [each for name, each in events if name == "thread.run.step.completed"] == steps
        code, search = (each["step_details"]["tool_calls"][0] for each in steps[:2])
        assert code["code_interpreter"]["outputs"] == [{"type": "logs", "logs": "[6] 6\n"}]
        parts = [
            part["code_interpreter"]
            for name, data in events
            if name == "thread.run.step.delta" and data["id"] == steps[0]["id"]
            for part in data["delta"]["step_details"]["tool_calls"]
        ]
        assert "".join(part.get("input", "") for part in parts) == code["code_interpreter"]["input"]
        assert parts[-1] == {"outputs": [{"index": 0, "type": "logs", "logs": "[6] 6\n"}]}
        assert search["file_search"] == {
            "ranking_options": {"ranker": "default_2024_08_21", "score_threshold": 0.0}, "results": [],
        }  # fmt: skip
        prompts = [each["usage"]["prompt_tokens"] for each in steps]
        assert prompts == sorted(set(prompts))
        assert done["usage"]["total_tokens"] == sum(each["usage"]["total_tokens"] for each in steps)

    run(scenario)


GUIDE = b"Trains leave at nine. The harbour opens at six in summer. Tickets cost four crowns."


@pytest.mark.parametrize("where", ["assistant", "thread", "message", "later"])
def test_files_are_searched_quoted_and_cited(where: str) -> None:
    async def scenario(client: Client) -> None:
        file = await client.upload(GUIDE, "guide.txt", "assistants")
        reads: dict[str, Any] = {"tool_resources": {"file_search": {"vector_stores": [{"file_ids": [file]}]}}}
        attached = {"attachments": [{"file_id": file, "tools": [{"type": "file_search"}]}]}
        message = {
            "role": "user",
            "content": "When does the harbour open?",
            **(attached if where != "assistant" else {}),
        }
        if where == "thread":
            message.pop("attachments")
        fields = {"model": "gpt-4o", "tools": [{"type": "file_search"}], **(reads if where == "assistant" else {})}
        assistant = (await client.post("/v1/assistants", fields)).json["id"]
        body = {"messages": [] if where == "later" else [message], **(reads if where == "thread" else {})}
        thread = f"/v1/threads/{(await client.post('/v1/threads', body)).json['id']}"
        if where == "later":
            assert (await client.post(f"{thread}/messages", message)).status == 200
        if where != "assistant":
            assert len((await get(client, thread))["tool_resources"]["file_search"]["vector_store_ids"]) == 1
        events = told(await client.post(f"{thread}/runs", {"assistant_id": assistant, "stream": True}))
        done = next(data for name, data in events if name == "thread.message.completed")
        text = done["content"][0]["text"]
        mark = "【4:0†guide.txt】"
        assert text["value"] == said(events) == f"The harbour opens at six in summer. {mark}"
        place = {"start_index": 36, "end_index": 36 + len(mark)}
        cited = {"type": "file_citation", "text": mark, **place, "file_citation": {"file_id": file}}
        assert text["annotations"] == [cited]
        deltas = [data["delta"]["content"][0]["text"] for name, data in events if name == "thread.message.delta"]
        assert deltas[-1] == {"value": "", "annotations": [{"index": 0, **cited}]}
        steps = (await get(client, f"{thread}/runs/{done['run_id']}/steps?order=asc"))["data"]
        (found,) = steps[0]["step_details"]["tool_calls"][0]["file_search"]["results"]
        assert (found["file_id"], found["file_name"]) == (file, "guide.txt")
        assert found["content"] == [{"type": "text", "text": GUIDE.decode()}]

    run(scenario)


def test_a_run_computes_what_is_asked_and_fails_where_its_store_is_gone() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, "What is 12 * 9?", tools=[{"type": "code_interpreter"}])
        await start(client, thread, assistant)
        await client.wait(30)
        assert (await texts(client, thread))[1] == "I ran a program for this. It prints:\n\n```\n108\n```"
        reads = {"file_search": {"vector_store_ids": ["vs_gone"]}}
        assistant, thread = await begin(client, tools=[{"type": "file_search"}], tool_resources=reads)
        path = await start(client, thread, assistant)
        await client.wait(30)
        assert (await get(client, path))["status"] == "failed"

    run(scenario)


def test_a_run_ends_incomplete_at_its_limits() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, ASKS, tools=[WEATHER])
        path = await start(client, thread, assistant, max_completion_tokens=256)
        (asked,) = await wait_for_functions(client, path)
        output = {"tool_call_id": asked["id"], "output": "rain and sun, " * 100}
        events = told(await client.post(f"{path}/submit_tool_outputs", {"tool_outputs": [output], "stream": True}))
        assert [name for name, _ in events[-3:]] == [
            "thread.message.incomplete", "thread.run.step.completed", "thread.run.incomplete",
        ]  # fmt: skip
        one = await get(client, path)
        assert one == events[-1][1]
        assert one["incomplete_details"] == {"reason": "max_completion_tokens"}
        assert one["usage"]["completion_tokens"] == 256
        message = (await get(client, f"{thread}/messages"))["data"][0]
        assert message["incomplete_details"] == {"reason": "max_tokens"}
        assert said(events) == message["content"][0]["text"]["value"]

        assistant, thread = await begin(client, "Tell me about queues. " * 100)
        path = await start(client, thread, assistant, max_prompt_tokens=256)
        await client.wait(9)
        one = await get(client, path)
        assert (one["status"], one["incomplete_details"]) == ("incomplete", {"reason": "max_prompt_tokens"})
        assert (await get(client, f"{path}/steps"))["data"] == []
        more = [{"role": "user", "content": "And locks?"}]
        path = await start(client, thread, assistant, max_prompt_tokens=256, additional_messages=more)
        await client.wait(9)
        tokens = client.app.world.tokens
        read = ["Be terse.", "And locks?"]
        assert (await get(client, path))["usage"]["prompt_tokens"] == 3 + sum(4 + tokens.count(text) for text in read)
        last = {"type": "last_messages", "last_messages": 2}
        path = await start(client, thread, assistant, truncation_strategy=last)
        await client.wait(9)
        read = ["Be terse.", *(await texts(client, thread))[1:3]]
        assert (await get(client, path))["usage"]["prompt_tokens"] == 3 + sum(4 + tokens.count(text) for text in read)

    run(scenario)


def test_a_run_fails_when_a_file_it_reads_is_gone() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client)
        shown = [{"type": "image_file", "image_file": {"file_id": "file-x"}}]
        await client.post(f"{thread}/messages", {"role": "user", "content": shown})
        events = told(await client.post(f"{thread}/runs", {"assistant_id": assistant, "stream": True}))
        name, failed = events[-1]
        assert (name, failed["status"], failed["failed_at"]) == ("thread.run.failed", "failed", int(EPOCH))
        assert failed["last_error"] == {"code": "invalid_prompt", "message": "No such File object: file-x"}
        assert await get(client, f"{thread}/runs/{failed['id']}") == failed

    run(scenario)


def test_a_run_expires_ten_minutes_after_it_began() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, ASKS, tools=[WEATHER])
        path = await start(client, thread, assistant)
        (asked,) = await wait_for_functions(client, path)
        await client.wait(590.9)
        assert (await get(client, path))["status"] == "requires_action"
        await client.wait(0.1)
        one = await get(client, path)
        assert (one["status"], one["required_action"]) == ("expired", None)
        assert (await get(client, f"{path}/steps"))["data"][0]["status"] == "expired"
        output = {"tool_call_id": asked["id"], "output": ""}
        late = await client.post(f"{path}/submit_tool_outputs", {"tool_outputs": [output]})
        assert late.error["message"] == 'Runs in status "expired" do not accept tool outputs.'

    run(scenario)


def test_a_run_that_is_too_slow_expires_in_the_middle_of_its_message() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client)
        answer = await client.post(f"{thread}/runs", {"assistant_id": assistant, "stream": True})
        events = told(answer)
        assert [name for name, _ in events[-3:]] == [
            "thread.message.incomplete", "thread.run.step.expired", "thread.run.expired",
        ]  # fmt: skip
        assert answer.sends[-1][0] == 600
        message = (await get(client, f"{thread}/messages"))["data"][0]
        assert message["incomplete_details"] == {"reason": "run_expired"}
        assert message["content"][0]["text"]["value"] == said(events)

    run(scenario, Options(ttft=Delay(1), itl=Delay(60), patience=Patience(keep_alive=None)))


def test_a_run_is_cancelled_with_all_that_it_has_begun() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client)
        path = await start(client, thread, assistant)
        await client.wait(0.3)
        stopped = valid((await client.post(f"{path}/cancel")).json)
        assert stopped["status"] == "cancelling"
        again = await client.post(f"{path}/cancel")
        assert (again.status, again.error["message"]) == (400, "Cannot cancel run with status 'cancelling'.")
        assert (await client.post(f"{thread}/runs", {"assistant_id": assistant})).status == 400
        await client.wait(0.5)
        one = await get(client, path)
        assert (one["status"], one["cancelled_at"], one["usage"]["completion_tokens"]) == (
            "cancelled", int(EPOCH), 11,
        )  # fmt: skip
        (step,) = (await get(client, f"{path}/steps"))["data"]
        assert (step["status"], step["usage"]) == ("cancelled", one["usage"])
        message = (await get(client, f"{thread}/messages"))["data"][0]
        assert (message["status"], message["incomplete_details"]) == ("incomplete", {"reason": "run_cancelled"})
        assert client.app.world.tokens.count(message["content"][0]["text"]["value"]) == 11

        early = await start(client, thread, assistant)
        await client.wait(0.1)
        await client.post(f"{early}/cancel")
        await client.wait(9)
        assert (await get(client, early))["usage"]["total_tokens"] == 0
        assert (await get(client, f"{early}/steps"))["data"] == []
        assert len(await texts(client, thread)) == 2

        done = await start(client, thread, assistant)
        await client.wait(9)
        late = await client.post(f"{done}/cancel")
        assert late.error["message"] == "Cannot cancel run with status 'completed'."

    run(scenario)


def test_a_run_that_waits_can_be_cancelled() -> None:
    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, ASKS, tools=[WEATHER])
        path = await start(client, thread, assistant)
        await wait_for_functions(client, path)
        await client.post(f"{path}/cancel")
        await client.wait(1)
        one = await get(client, path)
        assert (one["status"], one["required_action"], one["expires_at"]) == ("cancelled", None, None)
        assert (await get(client, f"{path}/steps"))["data"][0]["status"] == "cancelled"

    run(scenario)


def test_the_same_requests_give_the_same_bytes() -> None:
    seen: list[bytes] = []

    async def scenario(client: Client) -> None:
        assistant, thread = await begin(client, ASKS, tools=[WEATHER, {"type": "code_interpreter"}])
        seen.append((await client.post(f"{thread}/runs", {"assistant_id": assistant, "stream": True})).body)

    run(scenario)
    run(scenario)
    assert seen[0] == seen[1]
