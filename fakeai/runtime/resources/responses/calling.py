"""How calls of functions come about: the model makes them itself, looks for their tools first, or writes a program.

A program's calls are run by the client, as all others are; when their results are there, the program ends.
"""

from collections.abc import Sequence

import orjson

from ...call import Call
from ...catalog import Model
from ...content.asking import Asked
from ...content.said import Said, ToolCall, within
from ...content.tools.toolbox import Tool
from ...tokens import Tokens
from . import items, loading
from .items import Item, type_of
from .loading import Json
from .sayings import Saying, reasoned, sayings_of
from .transcript import result_of

Turn = list[Saying]


def turns_of(
    call: Call, asked: Asked, body: Json, said: Said, model: Model, tokens: Tokens, given: Sequence[Item] = ()
) -> tuple[list[Turn], str]:
    """What is said in each turn of the model when it says what is *said* after the items *given*; and why it ends."""
    ended = _ended(given)
    wanted = [_tool(asked, each) for each in said.calls]
    deferred = [tool for tool in wanted if tool.deferred]
    looks = bool(deferred) or (not said.calls and loading.looks_for(body, asked, given))
    if not (looks or _is_programmed(body, wanted)):
        return [[*ended, *sayings_of(call, asked, body, said, model)]], said.finish_reason
    thought = [*ended, *reasoned(body, asked, said.reasoning, model)]
    program = ""
    if looks:
        before, waits = loading.searched(call, asked, body, tokens, deferred)
    else:
        program, waits = call.new_id("call_"), False
        before = [_program(program, _code(said.calls), tokens)]
    left = asked.limits.most - sum(saying.size for saying in before)
    if left < said.reasoning.size:
        return [thought], "length"
    if waits:
        return [[*thought, *before]], "stop"
    said = within(said, left)
    calls = sayings_of(call, asked, body, said, model)[len(thought) - len(ended) :]
    if program:
        for saying in calls:
            saying.item["caller"] = {"type": "program", "caller_id": program}
        return [[*thought, *before, *calls]], said.finish_reason
    return [[*thought, *before], calls], said.finish_reason


def _tool(asked: Asked, made: ToolCall) -> Tool:
    """The tool that is called."""
    tools = asked.tools.tools if asked.tools is not None else ()
    named = [tool for tool in tools if tool.name == made.name]
    return next((tool for tool in named if tool.namespace == made.namespace), named[0] if named else Tool(made.name))


def _is_programmed(body: Json, wanted: Sequence[Tool]) -> bool:
    """Whether a program calls the tools *wanted*: all let it, and they are several, or one lets nobody else."""
    if not wanted or not any(tool["type"] == loading.PROGRAM for tool in body.get("tools") or ()):
        return False
    several = len(wanted) > 1 or any("direct" not in tool.callers for tool in wanted)
    return several and all("programmatic" in tool.callers for tool in wanted)


def _program(id: str, code: str, tokens: Tokens) -> Saying:
    item: Item = {"type": "program", "call_id": id, "code": code, "fingerprint": items.sealed(code)}
    return Saying(item, max(tokens.count(code), 1))


def _code(calls: Sequence[ToolCall]) -> str:
    made = [f"tools.{each.name}({_argument(each)})" for each in calls]
    if len(made) == 1:
        return f"const result = await {made[0]};\ntext(result);"
    listed = "".join(f"  {each},\n" for each in made)
    return f"const results = await Promise.all([\n{listed}]);\ntext(JSON.stringify(results));"


def _argument(made: ToolCall) -> str:
    text = str(made.arguments)
    return orjson.dumps(text).decode() if made.custom else text


def _ended(given: Sequence[Item]) -> Turn:
    """The outputs of programs all of whose calls have results, and that have not ended yet."""
    programs: dict[str, list[str | None]] = {item["call_id"]: [] for item in given if type_of(item) == "program"}
    if not programs:
        return []
    results = {item["call_id"]: result_of(item) for item in given if type_of(item).endswith("_call_output")}
    for item in given:
        caller = item.get("caller") or {}
        if type_of(item).endswith("_call") and caller.get("caller_id") in programs:
            programs[caller["caller_id"]].append(results.get(item["call_id"]))
        elif type_of(item) == "program_output":
            programs.pop(item["call_id"], None)
    return [
        Saying({"type": "program_output", "call_id": id, "result": _result(found), "status": "completed"}, 0)
        for id, gave in programs.items()
        if (found := [each for each in gave if each is not None]) and len(found) == len(gave)
    ]


def _result(found: list[str]) -> str:
    """What the program prints when its calls gave what is *found*."""
    return found[0] if len(found) == 1 else orjson.dumps(found).decode()
