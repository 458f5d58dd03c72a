"""The functions and custom tools that a request offers, and which of them it lets or makes the model call."""

import re
from typing import Any, NamedTuple

from ...errors import ApiError
from ..structured.formats import expect_name
from ..structured.strict import Place, expect_strict, expect_valid

MOST_TOOLS = 128
VERSION = re.compile(r"_use|_preview|_20\d\d")
CODE = "invalid_function_parameters"


class Tool(NamedTuple):
    """One tool. *parameters* is a JSON Schema, or None; a *custom* tool takes text, perhaps of a *grammar*.

    It may stand in a *namespace*. A *deferred* one must be looked for before it is called. *callers* are `direct`, the
    model itself, and `programmatic`, a program that it writes.
    """

    name: str
    description: str = ""
    parameters: dict[str, Any] | None = None
    strict: bool = False
    custom: bool = False
    grammar: dict[str, Any] | None = None  # {"syntax": "lark" | "regex", "definition": text}
    namespace: str = ""
    deferred: bool = False
    callers: tuple[str, ...] = ("direct",)


class Toolbox(NamedTuple):
    """The *tools* on offer; *choice* is `none`, `auto` or `required`.

    *names*, if any, are the only ones that may be called; it is *forced* when the choice is one of them by its name.
    Without *parallel* there is one call at a time. *legacy* is the form of `functions` and `function_call`.
    """

    tools: tuple[Tool, ...]
    choice: str = "auto"
    names: frozenset[str] | None = None
    parallel: bool = True
    legacy: bool = False
    forced: bool = False

    @property
    def ends_with(self) -> str:
        """Why an answer ends that calls some: OpenAI says `stop` where a tool was chosen by its name."""
        return "stop" if self.forced else "tool_calls"

    @property
    def offered(self) -> list[Tool]:
        """The tools that may be called."""
        if self.choice == "none":
            return []
        return [tool for tool in self.tools if self.names is None or tool.name in self.names]

    @classmethod
    def of_chat(cls, body: dict[str, Any], is_ruled: bool = True) -> "Toolbox | None":
        """What a chat request offers; None when it offers nothing.

        A model that is not *is_ruled* takes any schema in strict mode, as servers of open models do.

        Raises:
            ApiError: 400, a tool cannot be offered as it is, or the choice names one that is not there.
        """
        given, functions = body.get("tools"), body.get("functions")
        if given is None and functions is not None:
            return _legacy(functions, body.get("function_call"))
        choice = body.get("tool_choice")
        if given is None:
            if choice is not None:
                raise _no("Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
                          "tool_choice")  # fmt: skip
            if body.get("parallel_tool_calls") is not None:
                raise _no("Invalid value for 'parallel_tool_calls': 'parallel_tool_calls' is only allowed when 'tools' "
                          "are specified.", "parallel_tool_calls")  # fmt: skip
            return None
        if not given:
            raise _no("Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array "
                      "instead.", "tools", "empty_array")  # fmt: skip
        _expect_few(given, "tools")
        tools = tuple(_of_chat(each, f"tools[{at}]", is_ruled) for at, each in enumerate(given))
        _expect_distinct(tools, "tools")
        choice, names = _chosen_in_chat(choice, tools)
        forced = isinstance(body.get("tool_choice"), dict) and body["tool_choice"].get("type") != "allowed_tools"
        return cls(tools, choice, names, body.get("parallel_tool_calls") is not False, forced=forced)

    @classmethod
    def of_responses(cls, body: dict[str, Any], is_ruled: bool = True) -> "Toolbox | None":
        """The functions and custom tools that a response's request offers; None when there are none.

        Tools that the server runs are nobody's business here: a choice of one of those leaves none to be called.

        Raises:
            ApiError: 400, as for chat.
        """
        given, choice = body.get("tools") or [], body.get("tool_choice")
        _expect_few(given, "tools")
        tools = tuple(
            tool for at, each in enumerate(given) for tool in _all_of_responses(each, f"tools[{at}]", is_ruled)
        )
        _expect_distinct(tools, "tools")
        choice, names = _chosen_in_responses(choice, given)
        if not tools:
            return None
        return cls(tools, choice, names, body.get("parallel_tool_calls") is not False)


def expect_paired(messages: list[dict[str, Any]]) -> None:
    """Pass *messages* of chat in which calls of tools and their results belong together.

    Raises:
        ApiError: 400, a result is not one of a call, or a call has no result.
    """
    waiting: dict[str, None] = {}
    for at, message in enumerate(messages):
        role = message.get("role")
        if role == "tool":
            if not _follows_calls(messages, at):
                raise _no("Invalid parameter: messages with role 'tool' must be a response to a preceeding message "
                          "with 'tool_calls'.", f"messages.[{at}].role")  # fmt: skip
            waiting.pop(str(message.get("tool_call_id")), None)
            continue
        _expect_answered(waiting, at)
        calls = message.get("tool_calls") if role == "assistant" else None
        waiting = {str(call.get("id")): None for call in calls or ()}
    _expect_answered(waiting, len(messages))


def _follows_calls(messages: list[dict[str, Any]], at: int) -> bool:
    """Whether the result at *at* belongs to a call of the message before it and its fellow results."""
    first = at
    while first > 0 and messages[first].get("role") == "tool":
        first -= 1
    ids = [call.get("id") for call in messages[first].get("tool_calls") or ()]
    return messages[at].get("tool_call_id") in ids


def _expect_answered(waiting: dict[str, None], at: int) -> None:
    if waiting:
        raise _no("An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                  f"'tool_call_id'. The following tool_call_ids did not have response messages: {', '.join(waiting)}",
                  f"messages.[{at}].role")  # fmt: skip


def _legacy(functions: list[dict[str, Any]], call: Any) -> Toolbox:
    if not functions:
        raise _no("Invalid 'functions': empty array. Expected an array with minimum length 1, but got an empty array "
                  "instead.", "functions", "empty_array")  # fmt: skip
    _expect_few(functions, "functions")
    tools = tuple(_function(each, f"functions[{at}]", False) for at, each in enumerate(functions))
    _expect_distinct(tools, "functions")
    if isinstance(call, dict):
        name = call.get("name")
        if name not in {tool.name for tool in tools}:
            raise _no(f"Invalid value for 'function_call': no function named '{name}' was specified in the "
                      "'functions' parameter.", "function_call")  # fmt: skip
        return Toolbox(tools, "required", frozenset((str(name),)), False, True, True)
    return Toolbox(tools, call or "auto", None, False, True)


def _of_chat(given: dict[str, Any], where: str, is_ruled: bool) -> Tool:
    if given.get("type") == "custom":
        form = given["custom"].get("format") or {}
        return _custom(given["custom"], form.get("grammar") or {}, form.get("type"), f"{where}.custom")
    return _function(given["function"], f"{where}.function", is_ruled)


def _all_of_responses(given: dict[str, Any], where: str, is_ruled: bool) -> list[Tool]:
    """The tools that one of a response's is: those in it when it is a namespace, none when the server runs it."""
    if given.get("type") == "namespace":
        expect_name(given["name"], f"{where}.name")
        return [
            _of_responses(each, f"{where}.tools[{at}]", is_ruled)._replace(namespace=given["name"])
            for at, each in enumerate(given["tools"])
        ]
    return [_of_responses(given, where, is_ruled)] if given.get("type") in ("function", "custom") else []


def _of_responses(given: dict[str, Any], where: str, is_ruled: bool) -> Tool:
    if given["type"] == "custom":
        form = given.get("format") or {}
        tool = _custom(given, form, form.get("type"), where)
    else:
        tool = _function(given, where, is_ruled)
    called_by = tuple(given.get("allowed_callers") or ("direct",))
    return tool._replace(deferred=given.get("defer_loading") is True, callers=called_by)


def _function(given: dict[str, Any], where: str, is_ruled: bool) -> Tool:
    name = given["name"]
    expect_name(name, f"{where}.name")
    parameters, strict = given.get("parameters"), given.get("strict")
    if parameters:
        at = Place(f"function '{name}'", f"{where}.parameters", CODE)
        if strict is True and is_ruled:
            expect_strict(parameters, at)
        else:
            expect_valid(parameters, at)
    return Tool(name, given.get("description") or "", parameters or None, strict is True)


def _custom(given: dict[str, Any], grammar: dict[str, Any], form: Any, where: str) -> Tool:
    expect_name(given["name"], f"{where}.name")
    kept = {"syntax": grammar["syntax"], "definition": grammar["definition"]} if form == "grammar" else None
    return Tool(given["name"], given.get("description") or "", None, False, True, kept)


def _chosen_in_chat(choice: Any, tools: tuple[Tool, ...]) -> tuple[str, frozenset[str] | None]:
    if not isinstance(choice, dict):
        return choice or "auto", None
    kind = choice.get("type")
    if kind == "allowed_tools":
        allowed = choice.get("allowed_tools") or {}
        return str(allowed.get("mode") or "auto"), _allowed(allowed.get("tools") or (), tools)
    name = (choice.get(str(kind)) or {}).get("name")
    if name not in {tool.name for tool in tools if tool.custom == (kind == "custom")}:
        noun = "custom tool" if kind == "custom" else "function"
        raise _no(f"Invalid value for 'tool_choice': no {noun} named '{name}' was specified in the 'tools' parameter.",
                  "tool_choice")  # fmt: skip
    return "required", frozenset((str(name),))


def _allowed(named: Any, tools: tuple[Tool, ...]) -> frozenset[str]:
    known, allowed = {tool.name for tool in tools}, []
    for each in named:
        kind = str(each.get("type"))
        name = each.get("name") or (each.get(kind) or {}).get("name")
        if kind in ("function", "custom"):
            if name not in known:
                raise _no(f"Tool choice '{name}' not found in 'tools' parameter.", "tool_choice")
            allowed.append(str(name))
    return frozenset(allowed)


def _chosen_in_responses(choice: Any, given: list[dict[str, Any]]) -> tuple[str, frozenset[str] | None]:
    if not isinstance(choice, dict):
        if choice == "required" and not given:
            raise _no("Tool choice 'required' must be specified with 'tools' parameter.", "tool_choice")
        return choice or "auto", None
    kind = str(choice.get("type"))
    if kind == "allowed_tools":
        for each in choice.get("tools") or ():
            _expect_there(each, given)
        names = [str(each["name"]) for each in choice.get("tools") or () if each.get("type") in ("function", "custom")]
        return str(choice.get("mode") or "auto"), frozenset(names)
    _expect_there(choice, given)
    return "required", frozenset((str(choice["name"]),)) if kind in ("function", "custom") else frozenset()


def _expect_there(choice: dict[str, Any], given: list[dict[str, Any]]) -> None:
    """Pass a *choice* of a tool that is among *given*."""
    kind, label = choice.get("type"), "server_label" if choice.get("type") == "mcp" else "name"
    inside = [tool for each in given if each.get("type") == "namespace" for tool in each["tools"]]
    for each in (*given, *inside):
        if _family(each.get("type")) == _family(kind) and (label not in choice or each.get(label) == choice[label]):
            return
    shown = choice.get("name") or kind
    raise _no(f"Tool choice '{shown}' not found in 'tools' parameter.", "tool_choice")


def _family(kind: Any) -> str:
    """A type of tools without its version: web_search_preview and web_search_2025_08_26 are web_search."""
    return VERSION.split(str(kind))[0]


def _expect_few(given: list[Any], param: str) -> None:
    if len(given) > MOST_TOOLS:
        raise _no(f"Invalid '{param}': array too long. Expected an array with maximum length {MOST_TOOLS}, but got an "
                  f"array with length {len(given)} instead.", param, "array_above_max_length")  # fmt: skip


def _expect_distinct(tools: tuple[Tool, ...], param: str) -> None:
    seen: set[tuple[str, str]] = set()
    for tool in tools:
        if (tool.namespace, tool.name) in seen:
            raise _no(f"Invalid '{param}': tool names must be unique, but '{tool.name}' occurs more than once.",
                      param, "invalid_value")  # fmt: skip
        seen.add((tool.namespace, tool.name))


def _no(message: str, param: str, code: str | None = None) -> ApiError:
    return ApiError(400, message, code=code, param=param)
