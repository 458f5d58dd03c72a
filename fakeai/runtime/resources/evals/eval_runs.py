"""Runs of evals: items that are answered and graded while time passes.

Whoever reads a run moves it on to this moment: the items that are due are graded in slices, each of which is written
with what the run counts of it, and only when nobody else has moved the run since.
"""

from typing import Any
from urllib.parse import quote

from ...answer import Reply
from ...call import Call
from ...content.grading.graders import ready
from ...errors import ApiError
from ...store import Change, Record
from .. import pages, things
from ..kinds import Kind, kind_of
from ..locks import Locks
from ..things import SINCE, Thing
from . import eval_schemas
from .eval_grades import count, judged
from .eval_items import NoItems, gather
from .eval_samples import NO_ERROR
from .evals import CUSTOM, EVAL

RUN, OUTPUT = "eval.run", "eval.run.output_item"
PACE, ITEMS, PROBLEM = "_pace", "_items", "_problem"  # of a run: seconds for an item, how many, why there are none
ENDS = ("completed", "failed", "canceled")
SLICE = 20  # items that are graded before they are written
READ = 100  # runs that are read at once
REPORT = "https://platform.openai.com/evaluations/{eval}?run_id={run}"


async def create(call: Call, eval_id: str, body: dict[str, Any], pace: float) -> Reply:
    """Begin a run, an item of which takes *pace* seconds.

    Raises:
        ApiError: 404, there is no such eval or file; 400, there are too many items.
    """
    eval = await things.find(call, EVAL, eval_id)
    kind, source = kind_of(call.world, RUN), body["data_source"]
    problem: dict[str, str] | None = None
    items: list[dict[str, Any]] = []
    try:
        items = await gather(call, source["source"])
    except NoItems as error:
        problem = {"code": error.code, "message": str(error)}
    run = things.made(call, kind)
    run |= {
        "eval_id": eval_id,
        "name": body.get("name") or f"Run of {eval['name']}",
        "metadata": body.get("metadata") or {},
        "model": source.get("model") or "",
        "data_source": source,
        "report_url": REPORT.format(eval=quote(eval_id), run=run["id"]),
        "result_counts": dict.fromkeys(("total", "errored", "failed", "passed"), 0),
        "per_model_usage": [],
        "per_testing_criteria_results": [
            {"testing_criteria": criterion["name"], "passed": 0, "failed": 0} for criterion in eval["testing_criteria"]
        ],
        "error": dict(NO_ERROR),
        PACE: pace,
        ITEMS: len(items),
        PROBLEM: problem,
    }
    waiting = [Change(_waiting(eval_id, run["id"]), f"{n}", item, revision=0) for n, item in enumerate(items)]
    await call.world.store.write(Change(kind.collection((eval_id,)), run["id"], run, revision=0), *waiting)
    made = call.reply(things.shown(run))
    made.status = 201
    return made


def _waiting(eval_id: str, run_id: str) -> str:
    """The collection of the items that a run has not graded, in their order."""
    return f"eval/{eval_id}/run/{run_id}/waiting"


async def find(call: Call, eval_id: str, id: str) -> Record:
    """The run, moved on to the moment of *call*.

    Raises:
        ApiError: 404, there is none.
    """
    kind = kind_of(call.world, RUN)
    found = await things.record(call, kind, (eval_id, id))
    if found.data["status"] in ENDS:
        return found
    async with call.world.engine(Locks).of(id):
        while True:
            found = await things.record(call, kind, (eval_id, id))
            run, recorded = found.data, found.data["status"]
            things.settle(kind, run, call.now)
            changes = await _proceed(call, kind, run)
            if not changes and run["status"] == recorded:
                return found
            await call.world.store.write(
                Change(kind.collection((eval_id,)), id, run, revision=found.revision), *changes
            )


async def _proceed(call: Call, kind: Kind, run: Thing) -> list[Change]:
    """Grade the next items of *run* that are due, and end it after the last; what is to be written with it."""
    if run["status"] != "in_progress":
        return []
    since, total, done = run[SINCE], run[ITEMS], run["result_counts"]["total"]
    if run[PROBLEM]:
        run["error"] = run[PROBLEM]
        things.act(kind, run, "fail", since)
        return []
    due = min(total, done + SLICE, int((call.now - since) / run[PACE] + 1e-9))
    changes: list[Change] = []
    if due > done:
        changes = await _grade(call, run, since, done, due - done)
    if run["result_counts"]["total"] == total:
        things.act(kind, run, "complete", since + total * run[PACE])
    return changes


async def _grade(call: Call, run: Thing, since: float, done: int, number: int) -> list[Change]:
    """Grade *number* items after the first *done*: output items that come, and waiting ones that go."""
    eval_id, id = run["eval_id"], run["id"]
    eval = await things.find(call, EVAL, eval_id)
    await ready(call.world, eval["testing_criteria"])
    config, kind = eval["data_source_config"], kind_of(call.world, OUTPUT)
    schema = config["schema"]["properties"]["item"] if config["type"] == CUSTOM else True
    validator = eval_schemas.validator(schema)
    changes: list[Change] = []
    waiting = await call.world.store.page(_waiting(eval_id, id), number)
    for at, record in enumerate(waiting, done):
        moment = since + (at + 1) * run[PACE]
        says, grades = await judged(call, eval, run, validator, record.data, at, moment)
        count(run, says, grades)
        output = call.world.fixed_id(kind.id, id.encode(), b"%d" % at)
        says = {**things.made(call, kind), **says, "id": output}
        changes.append(Change(kind.collection((eval_id, id)), output, says, revision=0))
        changes.append(Change(_waiting(eval_id, id), record.id, None))
    return changes


async def retrieve(call: Call, eval_id: str, id: str) -> Reply:
    """The run as it stands.

    Raises:
        ApiError: 404, there is none.
    """
    return call.reply(things.shown((await find(call, eval_id, id)).data))


async def listing(call: Call, eval_id: str, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of runs as they stand.

    Raises:
        ApiError: 404, there is no such eval; 400, a cursor names nothing.
    """
    kind, place = kind_of(call.world, RUN), None
    while records := await call.world.store.page(kind.collection((eval_id,)), READ, after=place):
        for record in records:
            if record.data["status"] not in ENDS:
                await find(call, eval_id, record.id)
        place = records[-1].place
    found, more = await pages.page(call, RUN, (eval_id,), query, pages.matching(kind, query, {}), "asc")
    return call.reply(pages.answer(found, more, shape))


async def cancel(call: Call, eval_id: str, id: str) -> Reply:
    """End a run with what is done of it.

    Raises:
        ApiError: 404, there is none; 400, it has ended.
    """
    kind = kind_of(call.world, RUN)
    for _ in range(things.TRIES):
        found = await find(call, eval_id, id)
        run = found.data
        things.act(kind, run, "cancel", call.now)
        changed = Change(kind.collection((eval_id,)), id, run, revision=found.revision)
        if await call.world.store.write(changed, clear=[_waiting(eval_id, id)]):
            return call.reply(things.shown(run))
    raise ApiError(409, f"The run '{id}' is being changed by too many requests.", code="conflict")


async def delete(call: Call, eval_id: str, id: str) -> Reply:
    """Delete a run and its output items.

    Raises:
        ApiError: 404, there is none.
    """
    await things.remove(call, RUN, eval_id, id)
    return call.reply({"object": "eval.run.deleted", "deleted": True, "run_id": id})


async def outputs(call: Call, eval_id: str, id: str, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of what a run has graded.

    Raises:
        ApiError: 404, there is no such run; 400, a cursor names nothing.
    """
    await find(call, eval_id, id)
    keep = pages.matching(kind_of(call.world, OUTPUT), query, {})
    found, more = await pages.page(call, OUTPUT, (eval_id, id), query, keep, "asc")
    return call.reply(pages.answer(found, more, shape))


async def output(call: Call, eval_id: str, id: str, output_id: str) -> Reply:
    """One output item.

    Raises:
        ApiError: 404, there is none.
    """
    await find(call, eval_id, id)
    return call.reply(things.shown(await things.find(call, OUTPUT, eval_id, id, output_id)))
