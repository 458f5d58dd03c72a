"""Tools that are loaded when they are needed: which a request offers, which of them a search must find, and the search.

A tool with `defer_loading` cannot be called until a search of tools has brought it into the conversation. The server
searches itself, or asks the client to (`execution: client`), who may bring tools that the request does not name.
"""

from collections.abc import Sequence
from typing import Any

import orjson

from ...call import Call
from ...content.asking import Asked
from ...content.messages import last_user_text
from ...content.structured.hints import Hints
from ...content.structured.instances import Instances
from ...content.tools.toolbox import Tool
from ...tokens import Tokens
from .items import Item, type_of
from .sayings import Saying

Json = dict[str, Any]

SEARCH, PROGRAM = "tool_search", "programmatic_tool_calling"
BROUGHT = ("tool_search_output", "additional_tools")  # items that bring tools
PROGRAMS = ["programmatic"]  # as the callers of a tool
CALLED = ("function", "custom")  # types of tools that the client runs
SMALL_TALK = 2  # words of a prompt for which nobody looks for tools
PATHS: Json = {
    "type": "object",
    "properties": {"paths": {"type": "array", "items": {"type": "string"}}},
    "required": ["paths"],
    "additionalProperties": False,
}


def search_of(body: Json) -> Json | None:
    """The tool of the request *body* that searches tools."""
    return next((tool for tool in body.get("tools") or () if tool["type"] == SEARCH), None)


def offering(body: Json, items: Sequence[Item]) -> Json:
    """*body* with the tools that a model may call after *items*: those are deferred that it would have to look for."""
    given = body.get("tools") or []
    brought = [tool for item in items if type_of(item) in BROUGHT for tool in item["tools"]]
    if not (brought or any(_is_deferred(tool) or tool["type"] == PROGRAM for tool in given)):
        return body
    known = {key for tool in brought for key in _keys(tool)}
    searches = search_of(body) is not None
    late = not searches or is_done(items)  # nothing is looked for any more
    tools = [each for tool in given if (each := _left(tool, known, searches, late)) is not None]
    there = {key for tool in tools for key in _keys(tool)}
    tools += [_loaded(tool) for tool in brought if not there & set(_keys(tool))]
    made = {**body, "tools": tools}
    choice = body.get("tool_choice")
    if isinstance(choice, dict) and choice["type"] == PROGRAM:
        made["tools"] = [_programmed(tool) for tool in tools]
        named = [each for tool in made["tools"] for each in inner(tool) if callers(each) == PROGRAMS]
        allowed = [{"type": each["type"], "name": each["name"]} for each in named]
        made["tool_choice"] = {"type": "allowed_tools", "mode": "required", "tools": allowed}
    return made


def is_done(items: Sequence[Item]) -> bool:
    """Whether tools were looked for since the user last spoke."""
    for item in reversed(items):
        if type_of(item) == "tool_search_output":
            return True
        if type_of(item) == "message" and item["role"] == "user":
            return False
    return False


def inner(tool: Json) -> list[Json]:
    """The functions and custom tools that *tool* is or has."""
    if tool["type"] == "namespace":
        return list(tool["tools"])
    return [tool] if tool["type"] in CALLED else []


def callers(tool: Json) -> list[str]:
    """Who may call *tool*."""
    return tool.get("allowed_callers") or ["direct"]


def read(tools: list[Json]) -> list[Json]:
    """What a model reads of *tools* at the beginning: of those that it must look for, what they are called."""
    if not any(tool["type"] == SEARCH for tool in tools):
        return tools
    shown = []
    for tool in tools:
        if tool["type"] == "namespace":
            shown.append({**tool, "tools": [each for each in tool["tools"] if not each.get("defer_loading")]})
        elif tool.get("defer_loading") and tool["type"] in CALLED:
            shown.append({name: tool[name] for name in ("type", "name", "description") if name in tool})
        else:
            shown.append(tool)
    return shown


def looks_for(body: Json, asked: Asked, items: Sequence[Item]) -> bool:
    """Whether a model that calls nothing asks the client for tools, because the request has none to be looked for."""
    search = search_of(body)
    if search is None or search.get("execution") != "client" or body.get("tool_choice") == "none" or is_done(items):
        return False
    if not items or type_of(items[-1]) != "message" or any(_is_deferred(tool) for tool in body["tools"]):
        return False
    return len(last_user_text(asked.messages).split()) > SMALL_TALK


def searched(
    call: Call, asked: Asked, body: Json, tokens: Tokens, wanted: Sequence[Tool], servers: Sequence[Json] = ()
) -> tuple[list[Saying], bool]:
    """The search that finds the tools *wanted* and MCP *servers*, and whether it waits for the client."""
    search = search_of(body) or {}
    paths = [tool.namespace or tool.name for tool in wanted] + [server["server_label"] for server in servers]
    paths = list(dict.fromkeys(paths))
    given: Any = {"paths": paths}
    waits = search.get("execution") == "client"
    if waits and (search.get("parameters") or not paths):
        hints = Hints.of(last_user_text(asked.messages))
        chance = call.world.chance(asked.key, b"search")
        instances = call.world.engine(Instances)
        given = instances.instance(search.get("parameters") or PATHS, hints, chance, name=SEARCH)
    item: Item = {"type": "tool_search_call", "arguments": given}
    if waits:
        item |= {"call_id": call.new_id("call_"), "execution": "client"}
    size = max(tokens.count(orjson.dumps(given).decode()), 1)
    if waits:
        return [Saying(item, size)], True
    found = [tool for tool in body["tools"] if _path(tool) in paths]
    return [Saying(item, size), Saying({"type": "tool_search_output", "tools": found}, 0)], False


def _path(tool: Json) -> str | None:
    """What a search calls *tool*."""
    path: str | None = tool.get("server_label") or tool.get("name")
    return path


def _programmed(tool: Json) -> Json:
    """*tool*, and those in it, which programs alone call when they may."""
    if tool["type"] == "namespace":
        return {**tool, "tools": [_programmed(each) for each in tool["tools"]]}
    return {**tool, "allowed_callers": PROGRAMS} if PROGRAMS[0] in callers(tool) else tool


def _is_deferred(tool: Json) -> bool:
    return any(each.get("defer_loading") for each in (tool, *inner(tool)))


def _keys(tool: Json) -> list[tuple[str, str]]:
    """What tells *tool*, or those in it, from others: namespace and name, or that of a server."""
    if tool["type"] == "namespace":
        return [(tool["name"], each["name"]) for each in tool["tools"]]
    return [("", str(_path(tool)))] if tool["type"] in (*CALLED, "mcp") else []


def _left(tool: Json, known: set[tuple[str, str]], searches: bool, late: bool) -> Json | None:
    """*tool* as it is offered when those *known* are loaded; None when it cannot be called any more."""
    if tool["type"] == "namespace":
        within = [_left_of(each, (tool["name"], each["name"]) in known, searches, late) for each in tool["tools"]]
        rest = [each for each in within if each is not None]
        return {**tool, "tools": rest} if rest else None
    if tool["type"] in (*CALLED, "mcp"):
        return _left_of(tool, ("", str(_path(tool))) in known, searches, late)
    return tool


def _left_of(tool: Json, is_known: bool, searches: bool, late: bool) -> Json | None:
    if not tool.get("defer_loading"):
        return tool
    if is_known or not searches:
        return {name: value for name, value in tool.items() if name != "defer_loading"}
    return None if late else tool


def _loaded(tool: Json) -> Json:
    """*tool*, and those in it, without what says that they are deferred."""
    made = {name: value for name, value in tool.items() if name != "defer_loading"}
    if tool["type"] == "namespace":
        made["tools"] = [_loaded(each) for each in tool["tools"]]
    return made
