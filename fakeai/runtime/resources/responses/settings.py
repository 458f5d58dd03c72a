"""What a response says of the request that it answers."""

from typing import Any

Response = dict[str, Any]

# What a response says when the request does not, in the order in which it is said.
USUAL: Response = {
    "id": "",
    "object": "response",
    "created_at": 0,
    "status": "completed",
    "background": False,
    "completed_at": None,
    "conversation": None,
    "error": None,
    "incomplete_details": None,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "model": "",
    "moderation": None,
    "output": [],
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "reasoning": {"effort": None, "summary": None},
    "service_tier": "default",
    "store": True,
    "temperature": 1.0,
    "text": {"format": {"type": "text"}, "verbosity": "medium"},
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "metadata": {},
}
# Fields of the request that are said as they came.
SAME = frozenset(
    "background instructions max_output_tokens max_tool_calls metadata model parallel_tool_calls previous_response_id "
    "prompt prompt_cache_key prompt_cache_retention safety_identifier store temperature tool_choice top_logprobs top_p "
    "truncation user".split()
)
SECRET = frozenset(("authorization", "headers"))  # of an MCP server
CACHE: dict[str, Any] = {"mode": "implicit", "ttl": "30m"}


def echo(body: dict[str, Any], conversation: str | None) -> Response:
    """A response to the request *body* that says nothing yet but what was asked for."""
    made = USUAL.copy()
    for name, value in body.items():
        if value is None:
            continue
        if name in SAME:
            made[name] = value
        elif name in ("text", "reasoning"):
            made[name] = {**USUAL[name], **value}
        elif name == "tools":
            made[name] = [_tool(tool) for tool in value]
        elif name == "service_tier" and value != "auto":
            made[name] = value
        elif name == "prompt_cache_options":
            made[name] = {**CACHE, **value}
    if conversation is not None:
        made["conversation"] = {"id": conversation}
    return made


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    """*tool* with what an answer must say of a function, and without what only its server may know."""
    if tool["type"] == "function":
        return {"parameters": None, "strict": True, **tool}
    return {name: value for name, value in tool.items() if name not in SECRET}
