"""What a run leaves behind: its steps and messages, kept with the plan of what they say from which moment on."""

from typing import Any, NamedTuple

from ...call import Call
from ...content.usage import of_run
from ...store import Change
from .. import things
from ..kinds import kind_of
from ..things import FROM, PLAN, SINCE, Thing
from .searches import annotations
from .threads import MESSAGE
from .turns import Leg, Turn

STEP = "thread.run.step"
TOKENS, MOMENTS = "_tokens", "_moments"  # of a step: what the model says in it, and when (seconds since 1970)
PROMPT = "_prompt"  # of a step: the tokens that the model reads for it
SILENT = "_silent"  # of a step: the tokens before those that it says, and how many of them are thought
REFUSED = "_refused"  # of a step: whether its message declines


class Act(NamedTuple):
    """One turn of a run as it is kept: a step, and the message that it creates."""

    turn: Turn
    step: Thing
    message: Thing | None


def acts(call: Call, run: Thing, leg: Leg) -> list[Act]:
    """The turns of *leg*, which *run* takes after it waited in the queue, as they are to be kept."""
    return [_act(call, run, leg, turn) for turn in leg.turns]


def _act(call: Call, run: Thing, leg: Leg, turn: Turn) -> Act:
    since, is_expired = run[SINCE], leg.is_expired(turn)
    began, ended = since + turn.moments[0], since + (leg.end if is_expired else turn.moments[-1])
    common = {
        "thread_id": run["thread_id"],
        "assistant_id": run["assistant_id"],
        "run_id": run["id"],
        "created_at": int(began),
        FROM: began,
    }
    said = {TOKENS: turn.tokens, MOMENTS: [since + moment for moment in turn.moments], PROMPT: turn.prompt}
    said |= {SILENT: [turn.silent, turn.thought], REFUSED: turn.refused}
    last: dict[str, Any] = {"status": "expired" if is_expired else "completed", "usage": turn.usage}
    if turn.calls:
        done = {"step_details": {"type": "tool_calls", "tool_calls": turn.calls}}
        waits = turn.calls[0]["type"] == "function" and not is_expired
        plan = [[ended, done], [run["expires_at"], {"status": "expired"}]] if waits else [[ended, {**done, **last}]]
        step = things.made(
            call, kind_of(call.world, STEP), type="tool_calls",
            step_details={"type": "tool_calls", "tool_calls": []}, **common, **said, **{PLAN: plan},
        )  # fmt: skip
        return Act(turn, step, None)
    content = {"content": _content("".join(turn.tokens), turn.refused, turn.cited)}
    ends = {"status": "completed"} if turn.whole else _incomplete(turn.cut)
    message = things.made(
        call, kind_of(call.world, MESSAGE), role="assistant", **common, **{PLAN: [[ended, {**content, **ends}]]}
    )
    details = {"type": "message_creation", "message_creation": {"message_id": message["id"]}}
    step = things.made(
        call, kind_of(call.world, STEP), type="message_creation", step_details=details, **common, **said,
        **{PLAN: [[ended, last]]},
    )  # fmt: skip
    return Act(turn, step, message)


def spent(step: Thing, said: int) -> dict[str, Any]:
    """The usage of *step* once so many of its tokens are *said*."""
    silent, thought = step[SILENT]
    return of_run(step[PROMPT], silent + said, thought)


def _content(text: str, refused: bool, cited: dict[str, str] | None = None) -> list[dict[str, Any]]:
    if refused:
        return [{"type": "refusal", "refusal": text}]
    return [{"type": "text", "text": {"value": text, "annotations": annotations(text, cited or {})}}]


def _incomplete(reason: str) -> dict[str, Any]:
    return {"status": "incomplete", "incomplete_details": {"reason": reason}}


def kept(call: Call, run: Thing, acts: list[Act]) -> list[Change]:
    """What keeps *acts* of *run*."""
    steps = kind_of(call.world, STEP).collection((run["thread_id"], run["id"]))
    messages = kind_of(call.world, MESSAGE).collection((run["thread_id"],))
    changes = []
    for act in acts:
        if act.message is not None:
            changes.append(Change(messages, act.message["id"], act.message, revision=0))
        changes.append(Change(steps, act.step["id"], act.step, revision=0))
    return changes


async def cancelled(call: Call, run: Thing, end: float) -> tuple[list[Change], dict[str, Any]]:
    """What ends all that *run* has begun at *end* (seconds since 1970) and nothing is said of from this moment on.

    Also, the tokens of the run so far.
    """
    store, thread = call.world.store, run["thread_id"]
    kind, messages = kind_of(call.world, STEP), kind_of(call.world, MESSAGE).collection((thread,))
    collection = kind.collection((thread, run["id"]))
    changes: list[Change] = []
    prompt = completion = thought = 0
    at: int | None = None
    while records := await store.page(collection, 100, after=at):
        at = records[-1].place
        for record in records:
            step = record.data
            message = step["step_details"].get("message_creation", {}).get("message_id")
            if step[FROM] > call.now:
                changes.append(Change(collection, record.id, None, record.revision))
                changes += [Change(messages, message, None)] if message else []
                continue
            step = things.settle(kind, step, call.now)
            tokens = step[TOKENS][: sum(moment <= call.now for moment in step[MOMENTS])]
            silent, thoughts = step[SILENT]
            prompt, completion = prompt + step[PROMPT], completion + silent + len(tokens)
            thought += thoughts
            if step["status"] != "in_progress":
                continue
            step[PLAN] = [[end, {"status": "cancelled", "usage": spent(step, len(tokens))}]]
            changes.append(Change(collection, record.id, step, record.revision))
            found = await store.get(messages, message) if message else None
            if found is not None:
                says = {**_incomplete("run_cancelled"), "content": _content("".join(tokens), step[REFUSED])}
                changes.append(Change(messages, found.id, {**found.data, PLAN: [[end, says]]}, found.revision))
    return changes, of_run(prompt, completion, thought)
