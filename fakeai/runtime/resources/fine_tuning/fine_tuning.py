"""Fine-tuning jobs.

A job records what its files hold and what was done to it; `training` tells the rest.
"""

from typing import Any

from ...answer import Reply
from ...call import Call
from ...clock import give_way
from ...errors import ApiError
from ...ledger.ledger import Ledger
from ...ledger.rows import TRAINING as TRAINED
from ...ledger.rows import Amounts
from .. import pages, things
from ..files import files
from ..kinds import Kind, kind_of
from ..things import Thing
from . import training_files
from .training import (
    BEGUN,
    HISTORY,
    HYPERPARAMETERS,
    PAUSED,
    STEP,
    TRAINING,
    VALIDATION,
    Life,
    asked_of,
    life_of,
    problem_of,
    results,
    training_of,
)

JOB = "fine_tuning_job"
OWNER = "fakeai"
UNLISTED = "_unlisted"  # of a job: that its model was deleted
MOST_MODELS = 10_000
LINES_AT_ONCE = 500  # of a table of results, until others have a turn


async def create(call: Call, body: dict[str, Any], step: float) -> Reply:
    """Begin a job whose steps take *step* seconds; what is wrong with its files shows when they are validated.

    Raises:
        ApiError: 400, a file is not there or not for fine-tuning.
    """
    method = body.get("method") or {"type": "supervised"}
    inner = method.get(method["type"]) or {}
    values: dict[str, Any] = {BEGUN: call.now, STEP: step, HISTORY: []}
    for param, name in (("training_file", TRAINING), ("validation_file", VALIDATION)):
        if body.get(param) is not None:
            file = await _file(call, body[param], param)
            values[name] = (await training_files.read(call, file, method["type"], body["model"])).facts()
    for param in ("model", "training_file", "validation_file", "metadata", "integrations"):
        if body.get(param) is not None:
            values[param] = body[param]
    draw = call.world.chance(b"seed", body["model"].encode(), body["training_file"].encode())
    values["seed"] = draw.below(65536) if body.get("seed") is None else body["seed"]
    values["_method"], values["_suffix"] = method, body.get("suffix") or ""
    values["_hyperparameters"] = body.get("hyperparameters") or {}
    values["_method_hyperparameters"] = inner.get("hyperparameters") or {}
    return call.reply(shown(call, await things.add(call, JOB, **values)))


async def _file(call: Call, id: str, param: str) -> Thing:
    try:
        file = await files.find(call, id, param)
    except ApiError:
        raise ApiError(400, f"File '{id}' does not exist.", code="invalid_file", param=param) from None
    if file["purpose"] != "fine-tune":
        sentence = f"File '{id}' has the purpose '{file['purpose']}', and it must be 'fine-tune'."
        raise ApiError(400, sentence, code="invalid_file", param=param)
    return file


def model_of(job: Thing, step: int | None = None) -> str:
    """The name of the model that *job* makes, or of the one that it has after *step*."""
    name = f"ft:{job['model']}:{OWNER}:{job['_suffix']}:{job['id'].removeprefix('ftjob-')[:8]}"
    return name if step is None else f"{name}:ckpt-step-{step}"


def advance(kind: Kind, job: Thing, now: float) -> Life:
    """Write into *job* what became of it until *now*."""
    life, training = life_of(kind, job, now), training_of(job)
    job["status"] = "queued" if life.state == PAUSED else life.state  # the document knows no other word for it
    if life.state in ("succeeded", "failed", "cancelled"):
        job["finished_at"] = int(life.since)
    elif life.state == "running":
        job["estimated_finish"] = int(life.since + training.seconds - life.ran)
    if life.state == "succeeded":
        job["fine_tuned_model"] = model_of(job)
        job["trained_tokens"] = job[TRAINING]["tokens"] * training.epochs
    elif life.state == "failed" and (problem := problem_of(job)):
        job["error"] = dict(zip(("code", "message", "param"), problem, strict=True))
    return life


def shown(call: Call, job: Thing) -> Thing:
    """What a client sees of *job*; parameters that it left open are known when its files are validated."""
    life = advance(kind_of(call.world, JOB), job, call.now)
    training = training_of(job)
    is_open = "validating_files" in (life.state, life.was if life.state == PAUSED else "") or problem_of(job)
    found = ("auto", "auto", "auto") if is_open else (training.batch, training.rate, training.epochs)
    asked = {name: value for name, value in asked_of(job).items() if value != "auto"}
    parameters = {**dict(zip(HYPERPARAMETERS, found, strict=True)), **asked}
    top = {name: value for name, value in parameters.items() if name in (*HYPERPARAMETERS, *job["_hyperparameters"])}
    method = job["_method"]
    inner = {**(method.get(method["type"]) or {}), "hyperparameters": parameters}
    return {**things.shown(job), "hyperparameters": top, "method": {"type": method["type"], method["type"]: inner}}


async def find(call: Call, id: str) -> Thing:
    """The job as it stands.

    Raises:
        ApiError: 404, there is none.
    """
    job = await things.find(call, JOB, id)
    advance(kind_of(call.world, JOB), job, call.now)
    return await _with_results(call, job)


async def _with_results(call: Call, job: Thing) -> Thing:
    """*job* with its file of results, which is made at the first look after its success."""
    if job["status"] != "succeeded" or job["result_files"]:
        return job
    table = bytearray()
    for number, line in enumerate(results(call.world, job)):
        table += line.encode()
        if number % LINES_AT_ONCE == 0:
            await give_way()
    blob = call.world.new_id("blob_")
    await call.world.store.append(blob, bytes(table))
    file = await files.keep(call, "step_metrics.csv", "fine-tune-results", [[blob, len(table)]], "text/csv")

    def record(thing: Thing) -> None:
        thing["result_files"] = thing["result_files"] or [file["id"]]

    kept = await things.change(call, JOB, job["id"], by=record)
    if kept["result_files"] != [file["id"]]:  # another reader was first
        await files.delete(call, file["id"])
    advance(kind_of(call.world, JOB), kept, call.now)
    if kept["result_files"] == [file["id"]]:
        ledger = call.world.engine(Ledger)
        ledger.add(call, TRAINED, Amounts(input_tokens=kept["trained_tokens"]), kept["model"])
    return kept


async def retrieve(call: Call, id: str) -> Reply:
    """The job as it stands.

    Raises:
        ApiError: 404, there is none.
    """
    return call.reply(shown(call, await find(call, id)))


async def listing(call: Call, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """A page of the jobs as they stand."""
    kind, metadata = kind_of(call.world, JOB), query.get("metadata")
    keep = pages.matching(kind, {"metadata": metadata}, {}) if isinstance(metadata, dict) else None
    found, more = await pages.page(call, JOB, (), query, keep)
    for job in found:
        advance(kind, job, call.now)
    return call.reply(pages.answer([shown(call, await _with_results(call, job)) for job in found], more, shape))


async def act(call: Call, id: str, action: str) -> Reply:
    """Cancel, pause or resume the job.

    Raises:
        ApiError: 404, there is none; 400, it is in no state for that.
    """
    kind = kind_of(call.world, JOB)

    def do(job: Thing) -> None:
        life = advance(kind, job, call.now)
        if action == "resume" and life.state != PAUSED:
            sentence = f"Cannot resume a job that is not paused: its status is '{life.state}'."
            raise ApiError(400, sentence, code="invalid_job_state")
        if action != "resume":
            job["status"] = life.was if life.state == PAUSED and action == "cancel" else life.state
            things.act(kind, job, action, call.now)
        job[HISTORY].append([call.now, action])

    return call.reply(shown(call, await things.change(call, JOB, id, by=do)))


async def models(call: Call) -> list[dict[str, Any]]:
    """The models that jobs have made, as the list of models shows them."""
    kind = kind_of(call.world, JOB)
    found, _ = await pages.page(call, JOB, (), {"limit": MOST_MODELS, "order": "asc"})
    return [
        {"id": job["fine_tuned_model"], "object": "model", "created": job["finished_at"], "owned_by": OWNER}
        for job in found
        if advance(kind, job, call.now).state == "succeeded" and UNLISTED not in job
    ]


async def forget_model(call: Call, model: str) -> bool:
    """Delete a model that a job made; False when none did."""
    kind = kind_of(call.world, JOB)
    found, _ = await pages.page(call, JOB, (), {"limit": MOST_MODELS})
    for job in found:
        advance(kind, job, call.now)
        if job["fine_tuned_model"] == model and UNLISTED not in job:
            await things.change(call, JOB, job["id"], by=lambda thing: thing.update({UNLISTED: True}))
            return True
    return False
