"""The items of a conversation as the messages that a model reads, in the form of chat completions."""

from collections.abc import Iterable
from typing import Any

import orjson

from ...content.asking import Message
from ...content.messages import text_of
from ...errors import ApiError
from .item_kinds import kind_of
from .items import Item, opened, type_of

CALLS = ("function_call", "custom_tool_call")


def messages_of(items: Iterable[Item], instructions: Any = None) -> list[Message]:
    """The messages of *items*; *instructions* come first. What a model thought or the server ran says nothing."""
    messages: list[Message] = []
    if isinstance(instructions, str) and instructions:
        messages.append({"role": "system", "content": instructions})
    for item in items:
        kind = type_of(item)
        if kind == "message":
            messages.append({"role": item["role"], "content": item["content"]})
        elif kind in CALLS:
            call = _call(item, kind)
            if messages and messages[-1].get("tool_calls"):
                messages[-1]["tool_calls"].append(call)
            else:
                messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
        elif kind_of(kind).result:
            messages.append({"role": "tool", "tool_call_id": item.get("call_id"), "content": result_of(item)})
        elif kind == "compaction":
            messages.append({"role": "system", "content": opened(item["encrypted_content"])})
    return messages


def turns_of(items: Iterable[Item], instructions: Any = None) -> list[tuple[str, str]]:
    """The role and the text of each message of *items*, after the *instructions*."""
    return [
        (str(message["role"]), text_of(message["content"]) or orjson.dumps(message.get("tool_calls")).decode())
        for message in messages_of(items, instructions)
    ]


def _call(item: Item, kind: str) -> dict[str, Any]:
    given = item[kind_of(kind).told]
    if kind == "custom_tool_call":
        return {"id": item["call_id"], "type": "custom", "custom": {"name": item["name"], "input": given}}
    return {"id": item["call_id"], "type": "function", "function": {"name": item["name"], "arguments": given}}


def result_of(item: Item) -> str:
    """The text of the result of a tool."""
    output = item.get("output")
    if item["type"] == "shell_call_output":
        return "\n".join(part.get("stdout") or part.get("stderr") or "" for part in output or ()).strip()
    if item["type"] == "apply_patch_call_output":
        return str(output or f"The patch is {item['status']}.")
    return text_of(output)


def expect_paired(past: list[Item], given: list[Item]) -> None:
    """Pass items *given* whose results of functions belong to calls that are there, and the calls to results.

    Raises:
        ApiError: 400, one does not.
    """
    asked: dict[Any, bool] = {}  # whether the call was cut, and needs no result
    answered = set()
    for item in (*past, *given):
        kind = type_of(item)
        if kind in CALLS:
            asked[item["call_id"]] = item.get("status") == "incomplete"
        elif kind in ("function_call_output", "custom_tool_call_output"):
            if item["call_id"] not in asked:
                raise ApiError(400, f"No tool call found for {kind_of(kind).result} with call_id {item['call_id']}.",
                               param="input")  # fmt: skip
            answered.add(item["call_id"])
    for id, is_cut in asked.items():
        if not is_cut and id not in answered:
            raise ApiError(400, f"No tool output found for function call {id}.", param="input")
