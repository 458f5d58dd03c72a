"""Assistants: a model with instructions and tools, to be run on threads."""

from typing import Any

from ..answer import Reply
from ..call import Call
from ..errors import ApiError
from . import things

ASSISTANT = "assistant"
FIELDS = (
    "model", "name", "description", "instructions", "tools", "tool_resources", "metadata", "temperature", "top_p",
    "response_format",
)  # fmt: skip


async def create(call: Call, body: dict[str, Any]) -> Reply:
    """Keep an assistant.

    Raises:
        ApiError: 400, it names a function twice, or wants vector stores made.
    """
    check_tools(body.get("tools"))
    check_resources(body, "tool_resources")
    values = {name: body[name] for name in FIELDS if body.get(name) is not None}
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


def check_resources(said: dict[str, Any], param: str) -> None:
    """See that what the tools of *said* read is there already; *param* is where the request says it.

    Raises:
        ApiError: 400, vector stores are to be made on the way.
    """
    search = (said.get("tool_resources") or {}).get("file_search") or {}
    if "vector_stores" in search:
        raise ApiError(
            400,
            "This server makes no vector stores on the way. Make the vector store first, and name it in "
            "'vector_store_ids'.",
            param=f"{param}.file_search.vector_stores",
        )
