"""Assistants: a model with instructions and tools, to be run on threads."""

from typing import Any

from ...answer import Reply
from ...call import Call
from ...errors import ApiError
from .. import things
from ..vector_stores import vector_stores

ASSISTANT = "assistant"
FIELDS = (
    "model", "name", "description", "instructions", "tools", "tool_resources", "metadata", "temperature", "top_p",
    "response_format", "reasoning_effort",
)  # fmt: skip


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Keep an assistant.

    Raises:
        ApiError: 400, it names a function twice; 404, a vector store is to be made of a file that is not there.
    """
    check_tools(body.get("tools"))
    values = {name: body[name] for name in FIELDS if body.get(name) is not None}
    values["tool_resources"] = await resources(call, body, "tool_resources")
    return call.reply(things.shown(await things.add(call, ASSISTANT, **values)))


def check_tools(tools: list[dict[str, Any]] | None) -> None:
    """See that each function of *tools* has a name of its own.

    Raises:
        ApiError: 400, two have the same.
    """
    names = [tool["function"]["name"] for tool in tools or () if tool["type"] == "function"]
    for at, name in enumerate(names):
        if name in names[:at]:
            raise ApiError(400, f"Function names must be unique: '{name}' is there twice.", param="tools")


async def resources(call: Call, said: dict[str, Any], param: str) -> dict[str, Any]:
    """What the tools of *said* read; vector stores that are to be made are made. *param* is where the request says it.

    Raises:
        ApiError: 404, a vector store is to be made of a file that is not there; 400, its chunking contradicts itself.
    """
    found: dict[str, Any] = dict(said.get("tool_resources") or {})
    search = found.get("file_search") or {}
    if "vector_stores" in search:
        where = f"{param}.file_search.vector_stores[0].file_ids"
        made = [await vector_stores.make(call, each, where) for each in search["vector_stores"]]
        found["file_search"] = {"vector_store_ids": made}
    return found
