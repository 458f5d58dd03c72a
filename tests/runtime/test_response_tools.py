"""Tools that responses have from the server: what they find, say and show, whole and as events."""

import base64
import io
from typing import Any

import pytest

from tests.inprocess import Client, run
from tests.runtime.test_perception import picture
from tests.runtime.test_response_items import PLAIN, body, kinds, said, whole_and_streamed
from tests.runtime.test_responses import URL, events, fits

HOSTED = ["web_search", "code_interpreter", "image_generation"]
GUIDE = b"Trains leave at nine. The harbour opens at six in summer. Tickets cost four crowns."


def types(response: dict[str, Any]) -> list[str]:
    return [item["type"] for item in response["output"]]


def part_of(response: dict[str, Any]) -> dict[str, Any]:
    (part,) = response["output"][-1]["content"]
    return dict(part)


async def store_of(client: Client, content: bytes, name: str = "guide.txt") -> tuple[str, str]:
    """A vector store with one file; the ids of both."""
    file = await client.upload(content, name, "assistants")
    store = (await client.post("/v1/vector_stores", {"file_ids": [file]})).json["id"]
    await client.wait(60)
    return store, file


def test_files_are_searched_quoted_and_cited() -> None:
    async def scenario(client: Client) -> None:
        store, file = await store_of(client, GUIDE)
        tool = {"type": "file_search", "vector_store_ids": [store]}
        asked = body("When does the harbour open?", tools=[tool], include=["file_search_call.results"])
        made, found = await whole_and_streamed(client, asked)
        call = made["output"][0]
        assert (call["type"], call["status"], call["queries"]) == (
            "file_search_call", "completed", ["When does the harbour open?"],
        )  # fmt: skip
        (result,) = call["results"]
        assert (result["file_id"], result["filename"], result["text"]) == (file, "guide.txt", GUIDE.decode())
        part = part_of(made)
        assert part["text"] == 'guide.txt says: "The harbour opens at six in summer."'
        assert part["annotations"] == [
            {"type": "file_citation", "file_id": file, "filename": "guide.txt", "index": len(part["text"])}
        ]
        assert kinds(found)[2:-1] == [
            "output_item.added", "file_search_call.in_progress", "file_search_call.searching",
            "file_search_call.completed", "output_item.done", "output_item.added", "content_part.added",
            "output_text.delta", "output_text.annotation.added", "output_text.done", "content_part.done",
            "output_item.done",
        ]  # fmt: skip
        hidden = (await client.post(URL, body("When does the harbour open?", tools=[tool]))).json
        assert hidden["output"][0]["results"] is None
        assert part_of(hidden) == part
        missing = await client.post(URL, body(tools=[{"type": "file_search", "vector_store_ids": ["vs_x"]}]))
        assert missing.status == 404

    run(scenario)


@pytest.mark.parametrize(
    ("prompt", "query", "about"),
    [
        ("Which restaurants are near me?", "Which restaurants are in Bergen?", "restaurants are in Bergen"),
        ("What's the weather like tonight?", "What's the weather like tonight in Bergen?", "the weather in Bergen"),
        ("Search for local news", "Search for news in Bergen", "Bergen"),
        ("What is the weather in Paris?", "What is the weather in Paris?", "the weather in Paris"),
        ("Search for news on sorting", "Search for news on sorting", "sorting"),
    ],
)
def test_a_search_is_about_the_place_where_the_user_is(prompt: str, query: str, about: str) -> None:
    async def scenario(client: Client) -> None:
        where = {"city": "Bergen", "country": "NO"}
        tool = {"type": "web_search", "user_location": {"type": "approximate", **where}}
        made = (await client.post(URL, body(prompt, tools=[tool], tool_choice="required"))).json
        assert made["output"][0]["action"]["query"] == query
        assert about in part_of(made)["text"]
        assert ("Bergen" in part_of(made)["text"]) == ("Bergen" in query)
        if "Bergen" in query:
            unasked = (await client.post(URL, body(prompt, tools=[tool, {"type": "image_generation"}]))).json
            assert types(unasked) == ["web_search_call", "message"]
        options = {"user_location": {"type": "approximate", "approximate": where}}
        talk = [{"role": "user", "content": prompt}]
        asked = {"model": "gpt-4o-search-preview", "messages": talk, "web_search_options": options}
        chat = (await client.post("/v1/chat/completions", asked)).json["choices"][0]["message"]["content"]
        assert ("Bergen" in chat) == ("Bergen" in query)

    run(scenario)


def test_the_web_is_searched_and_cited() -> None:
    async def scenario(client: Client) -> None:
        tool = {"type": "web_search", "filters": {"allowed_domains": ["news.example.com"]}}
        asked = body("Search for the latest news on paged attention", tools=[tool],
                     include=["web_search_call.action.sources"])  # fmt: skip
        made, found = await whole_and_streamed(client, asked)
        assert types(made) == ["web_search_call", "message"]
        action, part = made["output"][0]["action"], part_of(made)
        assert action["query"] == asked["input"]
        assert [source["url"] for source in action["sources"]] == [each["url"] for each in part["annotations"]]
        for each in part["annotations"]:
            cited = part["text"][each["start_index"] : each["end_index"]]
            assert cited == f"([{each['title']}]({each['url']}))"
            assert each["url"].startswith("https://news.example.com/")
        assert kinds(found)[3:5] == ["web_search_call.in_progress", "web_search_call.searching"]
        unasked = (await client.post(URL, body("Tell me a joke", tools=[tool]))).json
        assert types(unasked) == ["message"]
        forced = body("Tell me a joke", tools=[{"type": "web_search_preview"}],
                      tool_choice={"type": "web_search_preview"})  # fmt: skip
        assert types((await client.post(URL, forced)).json) == ["web_search_call", "message"]
        older = {**forced, "tools": [{"type": "web_search"}]}
        assert types((await client.post(URL, older)).json) == ["web_search_call", "message"]
        wrong = await client.post(URL, body("Tell me a joke", tools=[tool], tool_choice={"type": "file_search"}))
        assert (wrong.status, wrong.error["message"]) == (
            400, "Tool choice 'file_search' not found in 'tools' parameter.",
        )  # fmt: skip

    run(scenario)


@pytest.mark.parametrize(
    ("prompt", "logs"),
    [
        ("What is 17 * (23 + 2)?", "425\n"),
        ("Run 2^10 / 4", "256.0\n"),
        ("Compute (2-10) ** 0.5", None),
        ("Compute 9 ** 9 ** 9, or else 7 % 4", "3\n"),
        ("Run python on paged attention", None),
    ],
)
def test_code_prints_what_it_says(prompt: str, logs: str | None) -> None:
    async def scenario(client: Client) -> None:
        tool = {"type": "code_interpreter", "container": {"type": "auto"}}
        asked = body(prompt, tools=[tool], include=["code_interpreter_call.outputs"])
        made, found = await whole_and_streamed(client, asked)
        call = made["output"][0]
        printed: list[str] = []
        exec(call["code"], {"print": lambda *each: printed.append(" ".join(map(str, each)) + "\n")})
        assert call["outputs"] == [{"type": "logs", "logs": "".join(printed)}]
        assert logs in (None, "".join(printed))
        assert "".join(printed) in part_of(made)["text"]
        assert (await client.get(f"/v1/containers/{call['container_id']}")).json["status"] == "running"
        assert kinds(found)[2:9] == [
            "output_item.added", "code_interpreter_call.in_progress", "code_interpreter_call_code.delta",
            "code_interpreter_call_code.done", "code_interpreter_call.interpreting",
            "code_interpreter_call.completed", "output_item.done",
        ]  # fmt: skip
        lost = body(prompt, tools=[{"type": "code_interpreter", "container": "cntr_x"}])
        assert (await client.post(URL, lost)).status == 404

    run(scenario)


def test_a_picture_is_drawn() -> None:
    from PIL import Image

    async def scenario(client: Client) -> None:
        tool = {"type": "image_generation", "size": "1024x1536", "output_format": "webp", "partial_images": 2}
        made, found = await whole_and_streamed(client, body("Draw a lighthouse", tools=[tool]))
        assert types(made) == ["image_generation_call", "message"]
        with Image.open(io.BytesIO(base64.b64decode(made["output"][0]["result"]))) as image:
            assert (image.format, image.size) == ("WEBP", (1024, 1536))
        partial = [event for event in found if event["type"].endswith("partial_image")]
        assert [event["partial_image_index"] for event in partial] == [0, 1]
        assert len({event["partial_image_b64"] for event in partial} | {made["output"][0]["result"]}) == 3
        assert kinds(found)[3:7] == [
            "image_generation_call.in_progress", "image_generation_call.generating",
            "image_generation_call.partial_image", "image_generation_call.completed",
        ]  # fmt: skip
        more = body("Thanks", previous_response_id=made["id"])
        assert (await client.post(URL, more)).json["usage"]["input_tokens"] < 200

    run(scenario)


def mcp(**fields: Any) -> dict[str, Any]:
    return {"type": "mcp", "server_label": "shop", "server_url": "https://shop.example.com/mcp", **fields}


def test_an_mcp_server_is_called() -> None:
    async def scenario(client: Client) -> None:
        secret = {"authorization": "t0ken", "headers": {"x-key": "t0ken"}}
        tool = mcp(allowed_tools=["find_orders", "cancel_order"], require_approval="never", **secret)
        made, found = await whole_and_streamed(client, body("Cancel my order of lamps", tools=[tool]))
        assert types(made) == ["mcp_list_tools", "mcp_call", "message"]
        assert made["tools"] == [{name: value for name, value in tool.items() if name not in secret}]
        listed, call, _ = made["output"]
        assert [each["name"] for each in listed["tools"]] == ["find_orders", "cancel_order"]
        assert (call["server_label"], call["name"], call["error"]) == ("shop", "cancel_order", None)
        assert part_of(made)["text"] == call["output"]
        assert kinds(found)[3:10] == [
            "mcp_list_tools.in_progress", "mcp_list_tools.completed", "output_item.done", "output_item.added",
            "mcp_call.in_progress", "mcp_call_arguments.delta", "mcp_call_arguments.done",
        ]  # fmt: skip
        again = body("And find my orders", tools=[tool], previous_response_id=made["id"])
        assert types((await client.post(URL, again)).json) == ["mcp_call", "message"]

    run(scenario)


@pytest.mark.parametrize("approve", [True, False])
def test_an_mcp_server_is_called_when_that_is_approved(approve: bool) -> None:
    async def scenario(client: Client) -> None:
        tool = mcp(allowed_tools={"tool_names": ["cancel_order"]})
        made, _ = await whole_and_streamed(client, body("Cancel my order", tools=[tool]))
        assert types(made) == ["mcp_list_tools", "mcp_approval_request"]
        asks = made["output"][1]
        answer = {"type": "mcp_approval_response", "approval_request_id": asks["id"], "approve": approve}
        ended = (await client.post(URL, body([answer], tools=[tool], previous_response_id=made["id"]))).json
        fits(ended, "Response")
        if approve:
            assert types(ended) == ["mcp_call", "message"]
            assert (ended["output"][0]["approval_request_id"], ended["output"][0]["arguments"]) == (
                asks["id"], asks["arguments"],
            )  # fmt: skip
        else:
            assert types(ended) == ["message"]
            assert "not approved" in part_of(ended)["text"]
        lost = await client.post(URL, body([{**answer, "approval_request_id": "mcpr_x"}], tools=[tool]))
        assert (lost.status, lost.error["message"]) == (400, "Approval request with id 'mcpr_x' not found.")
        free = mcp(require_approval={"never": {"tool_names": ["search"]}})
        assert "mcp_call" in types((await client.post(URL, body("Search lamps", tools=[free]))).json)

    run(scenario)


@pytest.mark.parametrize(
    ("tool", "field"),
    [
        ({"type": "computer"}, "actions"),
        ({"type": "computer_use_preview", "environment": "browser", "display_width": 800, "display_height": 600},
         "action"),
    ],
)  # fmt: skip
def test_a_computer_is_used_for_some_rounds(tool: dict[str, Any], field: str) -> None:
    async def scenario(client: Client) -> None:
        made, _ = await whole_and_streamed(client, body("Book a table", tools=[tool], truncation="auto"))
        done = []
        while types(made) == ["computer_call"]:
            call = made["output"][0]
            done.append(call[field][0]["type"] if field == "actions" else call[field]["type"])
            screen = {"type": "computer_screenshot", "image_url": picture(800, 600)}
            result = {"type": "computer_call_output", "call_id": call["call_id"], "output": screen}
            made = (await client.post(URL, body([result], tools=[tool], previous_response_id=made["id"]))).json
            fits(made, "Response")
        assert done == ["screenshot", "click", "type"]
        assert types(made) == ["message"]

    run(scenario)


def test_commands_and_patches_are_asked_of_the_client() -> None:
    async def scenario(client: Client) -> None:
        for tool, result in (
            ({"type": "local_shell"}, {"output": "done"}),
            ({"type": "shell", "environment": {"type": "local"}},
             {"output": [{"stdout": "done", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}]}),
            ({"type": "apply_patch"}, {"status": "completed", "output": "done"}),
        ):  # fmt: skip
            made, _ = await whole_and_streamed(client, body("Run a command to edit docs/plan.md", tools=[tool]))
            (call,) = made["output"]
            assert call["type"] == f"{tool['type']}_call"
            output = {
                "type": f"{tool['type']}_call_output",
                "call_id": call["call_id"],
                "id": call["call_id"],
                **result,
            }
            answer = await client.post(URL, body([output], tools=[tool], previous_response_id=made["id"]))
            assert answer.status == 200, answer.body
            assert part_of(answer.json)["text"] == "done"
        assert call["operation"]["path"] == "docs/plan.md"
        tool = {"type": "shell", "environment": {"type": "container_auto"}}
        made = (await client.post(URL, body("Run a command", tools=[tool]))).json
        fits(made, "Response")
        assert types(made) == ["shell_call", "shell_call_output", "message"]
        assert part_of(made)["text"] == "The command printed: a command"

    run(scenario)


def test_several_tools_are_used_as_often_as_that_is_allowed() -> None:
    async def scenario(client: Client) -> None:
        tools = [{"type": "web_search"}, {"type": "code_interpreter", "container": {"type": "auto"}}]
        asked = body("Search the web and compute 3 * 4", model="o9", tools=tools)
        made, _ = await whole_and_streamed(client, asked)
        assert types(made) == ["reasoning", "web_search_call", "code_interpreter_call", "message"]
        assert made["usage"]["output_tokens_details"]["reasoning_tokens"] > 0
        assert types((await client.post(URL, {**asked, "max_tool_calls": 1})).json) == [
            "reasoning", "web_search_call", "message",
        ]  # fmt: skip
        none = (await client.post(URL, {**asked, "tool_choice": "none"})).json
        assert types(none) == ["reasoning", "message"]
        allowed = {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "code_interpreter"}]}
        some = (await client.post(URL, {**asked, "tool_choice": allowed})).json
        assert types(some) == ["reasoning", "code_interpreter_call", "message"]
        cut = await client.post(URL, body("Search the web for paged attention", tools=tools, max_output_tokens=20))
        assert (cut.json["status"], cut.json["usage"]["output_tokens"]) == ("incomplete", 20)

    run(scenario)


def test_a_tool_and_then_a_function_are_used() -> None:
    async def scenario(client: Client) -> None:
        function = {"type": "function", "name": "save_note", "description": "Save a note."}
        made, _ = await whole_and_streamed(
            client, body("Search for lamps and save a note", tools=[{"type": "web_search"}, function])
        )
        assert types(made) == ["web_search_call", "function_call"]
        result = {"type": "function_call_output", "call_id": made["output"][1]["call_id"], "output": "Saved."}
        ended = body([result], tools=[{"type": "web_search"}, function], previous_response_id=made["id"])
        assert part_of((await client.post(URL, ended)).json)["text"] == "Saved."

    run(scenario)


def test_each_turn_of_the_model_has_its_first_token() -> None:
    async def scenario(client: Client) -> None:
        asked = body("Search the web for lamps", tools=[{"type": "web_search"}])
        answer = await client.post(URL, {**asked, "stream": True})
        found = events(answer)
        moments = [moment for moment, part in answer.sends for _ in range(part.count(b"\n\n"))]
        at = {event["type"]: moment for event, moment in zip(reversed(found), reversed(moments), strict=True)}
        query = client.app.world.tokens.count("Search the web for lamps")
        assert at["response.web_search_call.in_progress"] == pytest.approx(0.2)
        assert at["response.web_search_call.searching"] == pytest.approx(0.2 + 0.01 * (query - 1))
        assert at["response.web_search_call.completed"] == pytest.approx(0.4 + 0.01 * (query - 1))
        assert at["response.output_text.delta"] == at["response.web_search_call.completed"]
        size = found[-1]["response"]["usage"]["output_tokens"]
        whole = await client.post(URL, asked)
        assert whole.sends[0][0] == moments[-1] == pytest.approx(0.4 + 0.01 * (size - 2))

    run(scenario)


def test_the_same_tools_say_the_same_on_every_server() -> None:
    outputs: list[Any] = []

    async def scenario(client: Client) -> None:
        await client.wait(len(outputs))
        for _ in outputs:
            await client.post(URL, body())  # other ids
        tool = {"type": "image_generation"}
        first = (await client.post(URL, body("Draw a lamp", tools=[tool, {"type": "web_search"}]))).json
        outputs.append([said(first), said((await client.post(URL, body("Search news", model=PLAIN, tools=[
            {"type": "web_search"}], previous_response_id=first["id"]))).json)])  # fmt: skip

    run(scenario)
    run(scenario)
    assert outputs[0][1] == outputs[1][1]


def test_the_items_of_tools_are_kept_in_a_conversation() -> None:
    async def scenario(client: Client) -> None:
        id = (await client.post("/v1/conversations")).json["id"]
        asked = body("Search the web for lamps", tools=[{"type": "web_search"}], conversation=id)
        made = (await client.post(URL, asked)).json
        kept = (await client.get(f"/v1/conversations/{id}/items?order=asc")).json["data"]
        assert kept[1:] == made["output"]
        own = (await client.get(f"{URL}/{made['id']}/input_items")).json["data"]
        assert [item["content"][0]["text"] for item in own] == ["Search the web for lamps"]
        again = (await client.post(URL, {**asked, "input": "Search again"})).json
        assert again["usage"]["input_tokens"] > made["usage"]["input_tokens"]

    run(scenario)


def test_a_tool_is_used_in_the_background() -> None:
    async def scenario(client: Client) -> None:
        asked = body("Search the web for lamps", tools=[{"type": "web_search"}], background=True, stream=True)
        seen = events(await client.post(URL, asked, leave_after=0.85))
        assert seen[-1]["type"] == "response.web_search_call.searching"
        id = seen[0]["response"]["id"]
        assert (await client.get(f"{URL}/{id}")).json["status"] == "in_progress"
        rest = events(await client.get(f"{URL}/{id}?stream=true&starting_after={len(seen) - 1}"))
        assert [event["sequence_number"] for event in (*seen, *rest)] == list(range(len(seen) + len(rest)))
        assert rest[-1]["response"] == (await client.get(f"{URL}/{id}")).json
        stopped = (await client.post(URL, {**asked, "stream": False})).json["id"]
        await client.wait(0.85)
        assert (await client.post(f"{URL}/{stopped}/cancel")).json["status"] == "cancelled"
        told = events(await client.get(f"{URL}/{stopped}?stream=true"))
        assert [event["type"] for event in told] == [event["type"] for event in seen]

    run(scenario)


@pytest.mark.parametrize(
    "tool",
    [
        mcp(allowed_tools=[]),
        mcp(allowed_tools={"read_only": True}),
        {"type": "file_search", "vector_store_ids": []},
        {"type": "computer_use_preview", "environment": "linux", "display_width": 0, "display_height": -3},
        {"type": "web_search", "filters": {"allowed_domains": []}},
        {"type": "image_generation", "size": "auto", "background": "transparent"},
    ],
)
def test_odd_tools_are_answered(tool: dict[str, Any]) -> None:
    async def scenario(client: Client) -> None:
        for prompt in ("Search and draw the files", ""):
            await whole_and_streamed(client, body(prompt, tools=[tool], tool_choice="required"))
            none = (await client.post(URL, body(prompt, tools=[tool], max_tool_calls=0))).json
            assert types(none)[-1] == "message"

    run(scenario)
