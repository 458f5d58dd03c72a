"""Tools of an MCP server, which is never asked: what it offers is made up from what the request lets it offer."""

import re

import orjson

from ....content.structured.hints import Hints
from ....content.structured.instances import instance
from ....content.words import SMALL
from ....errors import ApiError
from ..items import Item, type_of
from ..sayings import Saying
from .task import Json, Task, Used

USUAL = ("search", "fetch")  # what a server offers when the request allows all
SCHEMA: Json = {
    "type": "object",
    "properties": {"query": {"type": "string"}},
    "required": ["query"],
    "additionalProperties": False,
}


def names(tool: Json) -> list[str]:
    """The names of what the server offers."""
    allowed = tool.get("allowed_tools")
    if isinstance(allowed, dict):
        allowed = allowed.get("tool_names")
    return list(USUAL if allowed is None else allowed)


def listing(task: Task, tool: Json) -> Used | None:
    """The list of what the server offers; None when it is known already."""
    label = tool["server_label"]
    if any(type_of(item) == "mcp_list_tools" and item.get("server_label") == label for item in task.given):
        return None
    offered = [
        {"name": name, "description": f"{' '.join(_words(name)).capitalize()} at {label}.", "input_schema": SCHEMA,
         "annotations": {"read_only": True}}
        for name in names(tool)
    ]  # fmt: skip
    item = {"type": "mcp_list_tools", "server_label": label, "tools": offered, "error": None}
    return Used([Saying(item, 0)])


async def use(task: Task, tool: Json) -> Used:
    """Call what fits the prompt best, or ask whether that may be done."""
    wanted, said = (task.body.get("tool_choice") or "auto"), set(SMALL.findall(task.prompt.lower()))
    offered = names(tool)
    if not offered:
        return Used([])
    name = max(offered, key=lambda each: len(said & set(_words(each))))
    if isinstance(wanted, dict) and wanted.get("type") == "mcp" and wanted.get("name"):
        name = wanted["name"]
    given = orjson.dumps(instance(SCHEMA, Hints.of(task.topic), task.chance)).decode()
    if _needs_approval(tool.get("require_approval"), name):
        asks = {"type": "mcp_approval_request", "server_label": tool["server_label"], "name": name, "arguments": given}
        return Used([task.saying(asks, given)], waits=True)
    return _called(task, tool["server_label"], name, given, None)


def answered(task: Task, response: Item) -> Used:
    """What comes of the client's *response* to a request for approval.

    Raises:
        ApiError: 400, nothing asked for it.
    """
    id = response["approval_request_id"]
    for item in task.given:
        if type_of(item) == "mcp_approval_request" and item.get("id") == id:
            if response["approve"]:
                return _called(task, item["server_label"], item["name"], item["arguments"], id)
            return Used([], f"I did not call {item['name']}, because it was not approved.")
    raise ApiError(400, f"Approval request with id '{id}' not found.", param="input")


def _called(task: Task, label: str, name: str, given: str, approval: str | None) -> Used:
    output = f"{label} knows {task.chance.below(40) + 2} things about {task.topic}."
    item = {
        "type": "mcp_call",
        "server_label": label,
        "name": name,
        "arguments": given,
        "output": output,
        "error": None,
        "approval_request_id": approval,
    }
    return Used([task.told(item, given)], output)


def _needs_approval(rule: str | Json | None, name: str) -> bool:
    """Whether the client must approve of calls of *name*: always, unless the *rule* says otherwise."""
    if not isinstance(rule, dict):
        return rule != "never"
    never, always = ((rule.get(word) or {}).get("tool_names") for word in ("never", "always"))
    if never is not None and name in never:
        return False
    return always is None or name in always or never is not None


def _words(name: str) -> list[str]:
    return SMALL.findall(re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())
