"""Conversations and their items."""

from typing import Any

import pytest

from tests.inprocess import EPOCH, Client, run
from tests.runtime.test_perception import painted
from tests.runtime.test_responses import body, events, schemas_of, text_of

URL = "/v1/conversations"
fits = schemas_of("conversations")


def said(page: dict[str, Any]) -> list[tuple[str, str]]:
    """Role and text of each message on a page."""
    return [(item["role"], item["content"][0]["text"]) for item in page["data"]]


def test_a_conversation_is_made_changed_and_deleted() -> None:
    async def scenario(client: Client) -> None:
        made = (await client.post(URL)).json
        fits(made, "ConversationResource")
        assert made == {"id": made["id"], "object": "conversation", "created_at": int(EPOCH), "metadata": {}}
        assert made["id"].startswith("conv_")
        address = f"{URL}/{made['id']}"
        changed = (await client.post(address, {"metadata": {"topic": "caches"}})).json
        assert changed == {**made, "metadata": {"topic": "caches"}} == (await client.get(address)).json
        assert (await client.delete(address)).json == {
            "id": made["id"], "object": "conversation.deleted", "deleted": True,
        }  # fmt: skip
        for answer in (
            await client.get(address), await client.post(address, {"metadata": {}}), await client.delete(address),
            await client.get(f"{address}/items"), await client.post(f"{address}/items", {"items": []}),
        ):  # fmt: skip
            assert (answer.status, answer.error["message"]) == (
                404, f"Conversation with id '{made['id']}' not found.",
            )  # fmt: skip

    run(scenario)


def test_items_are_listed_in_pages_and_taken_out() -> None:
    async def scenario(client: Client) -> None:
        first = [{"role": "user", "content": f"Question {n}"} for n in range(20)]
        id = (await client.post(URL, {"items": first, "metadata": {"a": "b"}})).json["id"]
        added = (await client.post(f"{URL}/{id}/items", {"items": [{"role": "assistant", "content": "Well."}]})).json
        fits(added, "ConversationItemList")
        (item,) = added["data"]
        assert item == {
            "id": item["id"], "type": "message", "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": "Well.", "annotations": [], "logprobs": []}],
        }  # fmt: skip
        assert (added["first_id"], added["last_id"], added["has_more"]) == (item["id"], item["id"], False)
        page = (await client.get(f"{URL}/{id}/items")).json
        fits(page, "ConversationItemList")
        assert said(page) == [("assistant", "Well."), *(("user", f"Question {n}") for n in range(19, 0, -1))]
        assert page["has_more"] is True
        page = (await client.get(f"{URL}/{id}/items?order=asc&limit=2&after={page['last_id']}")).json
        assert said(page) == [("user", "Question 2"), ("user", "Question 3")]
        assert (await client.get(f"{URL}/{id}/items/{item['id']}")).json == item
        assert (await client.delete(f"{URL}/{id}/items/{item['id']}")).json == (await client.get(f"{URL}/{id}")).json
        for answer in (
            await client.get(f"{URL}/{id}/items/{item['id']}"), await client.delete(f"{URL}/{id}/items/{item['id']}"),
        ):  # fmt: skip
            assert (answer.status, answer.error["message"]) == (404, f"Item with id '{item['id']}' not found.")
        many = await client.post(URL, {"items": [*first, *first]})
        assert (many.status, many.error["code"]) == (400, "array_above_max_length")
        twice = await client.post(f"{URL}/{id}/items", {"items": [{"role": "user", "content": "a", "id": "msg_1"}] * 2})
        assert (twice.status, twice.error["message"]) == (400, "The item 'msg_1' is in the conversation already.")

    run(scenario)


KINDS: dict[str, dict[str, Any]] = {
    "fc_": {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
    "fco_": {"type": "function_call_output", "call_id": "c", "output": [{"type": "input_text", "text": "ok"}]},
    "rs_": {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}]},
    "fs_": {"type": "file_search_call", "id": "fs_1", "queries": ["a"], "status": "completed", "results": None},
    "ws_": {
        "type": "web_search_call", "id": "ws_1", "status": "completed",
        "action": {"type": "search", "query": "a", "queries": ["a"]},
    },
    "cu_": {
        "type": "computer_call", "id": "cu_1", "call_id": "c", "status": "completed", "pending_safety_checks": [],
        "action": {"type": "screenshot"},
    },
    "cuo_": {
        "type": "computer_call_output", "call_id": "c", "output": {"type": "computer_screenshot", "file_id": "file-1"},
    },
    "ig_": {"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": "YQ=="},
    "ci_": {
        "type": "code_interpreter_call", "id": "ci_1", "status": "completed", "container_id": "cntr_1", "code": "1",
        "outputs": None,
    },
    "lsh_": {
        "type": "local_shell_call", "id": "lsh_1", "call_id": "c", "status": "completed",
        "action": {"type": "exec", "command": ["ls"], "env": {}},
    },
    "sh_": {"type": "shell_call", "call_id": "c", "action": {"commands": ["ls"]}},
    "sho_": {
        "type": "shell_call_output", "call_id": "c",
        "output": [{"stdout": "a", "stderr": "", "outcome": {"type": "exit", "exit_code": 0}}],
    },
    "apc_": {
        "type": "apply_patch_call", "call_id": "c", "status": "completed",
        "operation": {"type": "delete_file", "path": "a"},
    },
    "apco_": {"type": "apply_patch_call_output", "call_id": "c", "status": "completed", "output": "ok"},
    "mcpl_": {"type": "mcp_list_tools", "id": "mcpl_1", "server_label": "s", "tools": []},
    "mcpr_": {"type": "mcp_approval_request", "id": "mcpr_1", "server_label": "s", "name": "f", "arguments": "{}"},
    "mcpa_": {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True},
    "mcp_": {"type": "mcp_call", "id": "mcp_1", "server_label": "s", "name": "f", "arguments": "{}"},
    "ctc_": {"type": "custom_tool_call", "call_id": "c", "name": "f", "input": "a"},
    "ctco_": {"type": "custom_tool_call_output", "call_id": "c", "output": "a"},
    "tsc_": {"type": "tool_search_call", "arguments": {}},
    "tso_": {"type": "tool_search_output", "tools": []},
    "cmp_": {"type": "compaction", "encrypted_content": "YQ=="},
}  # fmt: skip


def _has(whole: Any, part: Any) -> bool:
    """Whether *whole* is *part*, with more fields perhaps."""
    if isinstance(part, dict):
        return all(name in whole and _has(whole[name], value) for name, value in part.items())
    return bool(whole == part)


@pytest.mark.parametrize("prefix", KINDS)
def test_an_item_of_every_type_is_kept_as_it_came(prefix: str) -> None:
    async def scenario(client: Client) -> None:
        given = KINDS[prefix]
        if prefix == "cuo_":
            screen = await client.upload(painted(640, 480), "screen.png", "vision")
            given = {**given, "output": {"type": "computer_screenshot", "file_id": screen}}
        id = (await client.post(URL)).json["id"]
        answer = await client.post(f"{URL}/{id}/items", {"items": [given]})
        assert answer.status == 200, answer.body
        (item,) = answer.json["data"]
        fits(item, "ConversationItem")
        assert item["id"].startswith(prefix)
        assert _has(item, given)
        assert item.get("status", "completed") == "completed"
        assert (await client.get(f"{URL}/{id}/items/{item['id']}")).json == item
        counted = await client.post("/v1/responses/input_tokens", {"input": [given]})
        assert counted.json["input_tokens"] > 3

    run(scenario)


def test_what_only_asks_for_a_compaction_is_kept_nowhere() -> None:
    async def scenario(client: Client) -> None:
        given = [{"role": "user", "content": "Call me Al."}, {"type": "compaction_trigger"}]
        id = (await client.post(URL)).json["id"]
        for refused in (
            await client.post(f"{URL}/{id}/items", {"items": given}),
            await client.post(URL, {"items": given}),
        ):
            assert (refused.status, refused.error["code"]) == (400, "invalid_value")
            assert refused.error["param"] == "items[1].type"
        made = (await client.post("/v1/responses", body(conversation=id, input=given))).json
        for path in (f"{URL}/{id}/items?order=asc", f"/v1/responses/{made['id']}/input_items?order=asc"):
            listed = (await client.get(path)).json["data"]
            assert listed[0]["content"][0]["text"] == "Call me Al."
            assert "compaction_trigger" not in [item["type"] for item in listed]

    run(scenario)


def test_a_response_belongs_to_a_conversation() -> None:
    async def scenario(client: Client) -> None:
        id = (await client.post(URL, {"items": [{"role": "user", "content": "Call me Al."}]})).json["id"]
        first = (await client.post("/v1/responses", body(conversation=id))).json
        assert first["conversation"] == {"id": id}
        second = (await client.post("/v1/responses", body(conversation={"id": id}, input="More.", store=False))).json
        alone = (await client.post("/v1/responses", body(input="More."))).json
        assert second["usage"]["input_tokens"] == (
            alone["usage"]["input_tokens"] + first["usage"]["total_tokens"] - 3 + 4
        )
        page = (await client.get(f"{URL}/{id}/items?order=asc")).json
        fits(page, "ConversationItemList")
        assert said(page) == [
            ("user", "Call me Al."), ("user", body()["input"]), ("assistant", text_of(first)),
            ("user", "More."), ("assistant", text_of(second)),
        ]  # fmt: skip
        assert page["data"][2] == first["output"][0]
        again = await client.post(f"{URL}/{id}/items", {"items": first["output"]})
        assert (again.status, again.error["param"]) == (400, "items")

    run(scenario)


def test_what_is_said_later_comes_into_a_conversation_later() -> None:
    async def scenario(client: Client) -> None:
        id = (await client.post(URL)).json["id"]
        items = f"{URL}/{id}/items?order=asc"
        await client.post("/v1/responses", body(conversation=id, background=True))
        assert [role for role, _ in said((await client.get(items)).json)] == ["user"]
        await client.wait(60)
        assert [role for role, _ in said((await client.get(items)).json)] == ["user", "assistant"]
        stopped = (await client.post("/v1/responses", body(conversation=id, background=True))).json["id"]
        await client.post(f"/v1/responses/{stopped}/cancel")
        await client.wait(60)
        assert [role for role, _ in said((await client.get(items)).json)] == ["user", "assistant", "user"]
        streamed = events(await client.post("/v1/responses", body(conversation=id, stream=True)))
        assert (await client.get(items)).json["data"][-1] == streamed[-1]["response"]["output"][0]

    run(scenario)
