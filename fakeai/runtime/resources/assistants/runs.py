"""Runs: an assistant at work on a thread.

All that a run will do until it ends or waits is worked out when it begins and kept as plans, so its state at any
moment follows from what was recorded, and the stream that tells of it is the same facts in other words.
"""

from typing import Any

from ...answer import Answer, Reply
from ...call import Call
from ...cluster.latency import INSTANT, Timing
from ...content.usage import of_run
from ...errors import ApiError
from ...estimates import guessed
from ...store import Change
from .. import things
from ..files import files
from ..kinds import Kind, kind_of
from ..things import PLAN, SINCE, Thing
from . import run_events, run_steps, searches, threads, turns
from .assistants import ASSISTANT, check_tools
from .run_steps import STEP
from .searches import STORES
from .threads import LATEST, MESSAGE, RUN, THREAD
from .turns import SPENT, TOLD, Leg, Result

LEAD = 0.002  # seconds by which what a stream tells is true before it is sent, so that whoever reads it can rely on it
WAITS = "_waits"  # of a run: the id of the step whose calls the client answers
ITS_OWN = (
    "metadata", "temperature", "top_p", "max_prompt_tokens", "max_completion_tokens", "truncation_strategy",
    "tool_choice", "parallel_tool_calls",
)  # fmt: skip
OF_THE_ASSISTANT = (  # unless the request says otherwise
    "model", "tools", "temperature", "top_p", "response_format", "reasoning_effort",
)  # fmt: skip


async def create(call: Call, thread: str, body: dict[str, Any], timing: Timing = INSTANT) -> Answer:
    """Run an assistant on *thread*.

    Raises:
        ApiError: 404, there is no such thread or assistant; 400, a run is active on it, or the request contradicts
            itself.
    """
    await things.find(call, THREAD, thread)
    assistant = await things.find(call, ASSISTANT, body["assistant_id"])
    return await _begin(call, thread, _values(assistant, body), body, timing, [])


async def create_with_thread(call: Call, body: dict[str, Any], timing: Timing = INSTANT) -> Answer:
    """Begin a thread and run an assistant on it.

    Raises:
        ApiError: 404, there is no such assistant; 400, the request contradicts itself.
    """
    values = _values(await things.find(call, ASSISTANT, body["assistant_id"]), body)
    thread = await threads.begin(call, body.get("thread") or {}, "thread.")
    return await _begin(call, thread["id"], values, body, timing, [("thread.created", thread)])


def _values(assistant: Thing, body: dict[str, Any]) -> dict[str, Any]:
    """What a run of *assistant* says that *body* asks for.

    Raises:
        ApiError: 400, the choice of a tool is not one of the tools.
    """
    said = {name: value for name, value in body.items() if value is not None}
    values = {name: assistant[name] for name in OF_THE_ASSISTANT if assistant[name] is not None}
    values |= {name: said[name] for name in (*OF_THE_ASSISTANT, *ITS_OWN) if name in said}
    instructions = [said.get("instructions", assistant["instructions"]), said.get("additional_instructions")]
    values["instructions"] = "\n".join(text for text in instructions if text)
    check_tools(values["tools"])
    _check_choice(values.get("tool_choice"), values["tools"])
    found = searches.stores(assistant, body)
    return {**values, "assistant_id": assistant["id"], STORES: found, SPENT: [0, 0, 0], TOLD: [], WAITS: None}


def _check_choice(choice: Any, tools: list[dict[str, Any]]) -> None:
    if choice == "required" and not tools:
        raise ApiError(400, "'tool_choice' is only allowed when 'tools' are specified.", param="tool_choice")
    if not isinstance(choice, dict):
        return
    if choice["type"] == "function":
        name = choice.get("function", {}).get("name")
        names = [tool["function"]["name"] for tool in tools if tool["type"] == "function"]
    else:
        name, names = choice["type"], [tool["type"] for tool in tools]
    if name not in names:
        raise ApiError(400, f"Tool choice '{name}' not found in 'tools' parameter.", param="tool_choice")


async def _begin(
    call: Call, thread: str, values: dict[str, Any], body: dict[str, Any], timing: Timing, before: run_events.Facts
) -> Answer:
    """Begin a run on *thread* and answer with it, or with the stream of its events after *before*."""
    store, kind = call.world.store, kind_of(call.world, RUN)
    record = await things.record(call, kind_of(call.world, THREAD), (thread,))
    active = await threads.active(call, record.data)
    if active is not None:
        raise ApiError(400, f"Thread {thread} already has an active run {active}.")
    said = body.get("additional_messages") or []
    threads.check(said, "additional_messages")
    added = threads.unkept(call, thread, said)
    found = [*values[STORES], *searches.stores_of(record.data.get("tool_resources"))]
    run = things.made(call, kind, thread_id=thread, **{**values, STORES: found}, **{SINCE: call.now - LEAD})
    leg = await _leg(call, kind, run, await threads.conversation(call, thread) + added, timing)
    acts = run_steps.acts(call, run, leg)
    _plan(kind, run, leg, acts)
    messages = kind_of(call.world, MESSAGE).collection((thread,))
    if not await store.write(
        Change(THREAD, thread, {**record.data, LATEST: run["id"]}, record.revision),
        *(Change(messages, message["id"], message, 0) for message in added),
        Change(kind.collection((thread,)), run["id"], run, 0),
        *run_steps.kept(call, run, acts),
    ):
        return await _begin(call, thread, values, body, timing, before)
    if body.get("stream") is True:
        return run_events.stream(call, run, leg, acts, [*before, ("thread.run.created", run)])
    return call.reply(things.shown(run))


async def _leg(call: Call, kind: Kind, run: Thing, messages: list[Thing], timing: Timing) -> Leg:
    """What *run* does about *messages*; it fails when a file that a message shows is not there."""
    start = kind.steps["queued"][1]
    for message in messages:
        for id in threads.image_files(message):
            try:
                await files.find(call, id)
            except ApiError as error:
                failure = {"last_error": {"code": "invalid_prompt", "message": error.message}}
                return Leg([], start, "failed", failure)
    chat = [threads.as_chat(message) for message in messages]
    if call.world.admit is not None:
        said = {"messages": chat, "prompt": run["instructions"], "max_tokens": run.get("max_completion_tokens")}
        try:
            await call.world.admit(call, run["model"], guessed(said))
        except ApiError as error:
            return Leg([], start, "failed", {"last_error": {"code": "rate_limit_exceeded", "message": error.message}})
    return await turns.think(call, run, chat, start, timing)


def _plan(kind: Kind, run: Thing, leg: Leg, acts: list[run_steps.Act]) -> None:
    """Let *run* say what *leg* makes of it."""
    run[SPENT] = [
        run[SPENT][0] + sum(turn.prompt for turn in leg.turns),
        run[SPENT][1] + sum(turn.size for turn in leg.turns),
        run[SPENT][2] + sum(turn.thought for turn in leg.turns),
    ]
    run[TOLD] = [*run[TOLD], *([[list(turn.result)], True] for turn in leg.turns if turn.result)]
    spent = {"usage": of_run(*run[SPENT])}
    started, end = run[SINCE] + kind.steps["queued"][1], run[SINCE] + leg.end
    run[PLAN] = [] if run["started_at"] else [[started, {"started_at": int(started)}]]
    if leg.status == "requires_action":
        step = acts[-1].step
        run[WAITS] = step["id"]
        calls = [_without_output(each) for each in acts[-1].turn.calls]
        action = {"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": calls}}
        run[PLAN].append([end, {"status": leg.status, "required_action": action}])
        run[PLAN].append([run["expires_at"], {"status": "expired", "required_action": None, **spent}])
    else:
        expires = run["expires_at"] if leg.status == "expired" else None
        run[PLAN].append([end, {"status": leg.status, "expires_at": expires, **spent, **leg.says}])


def _without_output(call: dict[str, Any]) -> dict[str, Any]:
    function = {name: value for name, value in call["function"].items() if name != "output"}
    return {**call, "function": function}


async def submit(call: Call, thread: str, id: str, body: dict[str, Any], timing: Timing = INSTANT) -> Answer:
    """Go on with the run *id* that waits for what functions give.

    Raises:
        ApiError: 404, there is no such run; 400, it does not wait, or other outputs are given than it waits for.
    """
    kind, steps = kind_of(call.world, RUN), kind_of(call.world, STEP)
    record = await things.record(call, kind, (thread, id))
    run = things.settle(kind, record.data, call.now)
    things.act(kind, run, "continue", call.now)
    waiting = await things.record(call, steps, (thread, id, run[WAITS]))
    step = things.settle(steps, waiting.data, call.now)
    results = _answered(step, body["tool_outputs"])
    things.enter(steps, step, "completed", call.now)
    step["usage"] = run_steps.spent(step, len(step[run_steps.TOKENS]))
    del step[PLAN]
    run["required_action"], run[SINCE] = None, call.now - LEAD
    run[TOLD] = [*run[TOLD], [[list(result) for result in results], False]]
    leg = await _leg(call, kind, run, await threads.conversation(call, thread), timing)
    acts = run_steps.acts(call, run, leg)
    _plan(kind, run, leg, acts)
    if not await call.world.store.write(
        Change(kind.collection((thread,)), id, run, record.revision),
        Change(steps.collection((thread, id)), step["id"], step, waiting.revision),
        *run_steps.kept(call, run, acts),
    ):
        return await submit(call, thread, id, body, timing)
    if body.get("stream") is True:
        return run_events.stream(call, run, leg, acts, [("thread.run.step.completed", step)])
    return call.reply(things.shown(run))


def _answered(step: Thing, outputs: list[dict[str, Any]]) -> list[Result]:
    """What the calls of *step* gave; each says its output from here on.

    Raises:
        ApiError: 400, a call has no output or two, or an output is of no call.
    """
    calls = step["step_details"]["tool_calls"]
    wanted, given = [each["id"] for each in calls], [output.get("tool_call_id") for output in outputs]
    if sorted(wanted) != sorted(map(str, given)):
        raise ApiError(400, f"Expected tool outputs for call_ids {wanted}, got {given}", param="tool_outputs")
    said = {output["tool_call_id"]: output.get("output", "") for output in outputs}
    results = []
    for each in calls:
        function = each["function"]
        function["output"] = said[each["id"]]
        results.append(Result(function["name"], function["arguments"], function["output"]))
    return results


async def cancel(call: Call, thread: str, id: str) -> Reply:
    """Cancel the run *id*: what it has begun ends as it stands, after a moment in which it is `cancelling`.

    Raises:
        ApiError: 404, there is no such run; 400, it is over, or is being cancelled.
    """
    kind = kind_of(call.world, RUN)
    record = await things.record(call, kind, (thread, id))
    run = things.settle(kind, record.data, call.now)
    things.act(kind, run, "cancel", call.now)
    end = call.now + kind.steps["cancelling"][1]
    changes, spent = await run_steps.cancelled(call, run, end)
    run["required_action"] = None
    run[PLAN] = [[end, {"usage": spent, "expires_at": None}]]
    if not await call.world.store.write(Change(kind.collection((thread,)), id, run, record.revision), *changes):
        return await cancel(call, thread, id)
    return call.reply(things.shown(run))
