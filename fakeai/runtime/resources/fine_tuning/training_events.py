"""What is told of a fine-tuning job: events as a list or while they happen, and checkpoints."""

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import orjson

from ...answer import Answer, Planned, Reply, Stream
from ...call import Call
from ...errors import ApiError
from ...sse import DONE
from ..kinds import kind_of
from ..pages import USUAL
from ..things import Thing
from . import fine_tuning
from .fine_tuning import JOB, model_of
from .training import ENDED, TRAINING, Training, life_of, metrics, problem_of, training_of

MOST_STEPS = 500  # steps that events tell of
LAST = 1e12  # a moment after all others, seconds since 1970

SENTENCES = {
    "queued": "Files validated, moving job to queued state",
    "running": "Fine-tuning job started",
    "paused": "Fine-tuning job paused",
    "cancelled": "The job was cancelled",
}


@dataclass
class Event:
    """Something that happened at a moment, seconds since 1970."""

    at: float
    message: str
    level: str = "info"
    data: dict[str, Any] | None = None

    def shown(self, job: str, number: int) -> dict[str, Any]:
        """The event as clients see it, the *number*th of its *job*."""
        made = {"object": "fine_tuning.job.event", "id": _id("ftevent-", job, number), "created_at": int(self.at)}
        kind = "message" if self.data is None else "metrics"
        return {**made, "level": self.level, "message": self.message, "type": kind, "data": self.data or {}}


def _id(prefix: str, job: str, number: int) -> str:
    return prefix + hashlib.sha256(f"{job}/{number}".encode()).hexdigest()[:24]


def events_of(call: Call, job: Thing, until: float) -> list[Event]:
    """All that happens in *job* *until* a moment, the first first."""
    life, training = life_of(kind_of(call.world, JOB), job, until), training_of(job)
    begun = job["_begun"]
    found = [
        Event(begun, f"Created fine-tuning job: {job['id']}"),
        Event(begun, f"Validating training file: {job['training_file']}"),
    ]
    turns = [*life.turns, (until, "", life.progress(until))]
    for (at, state, ran), (_, _, then) in pairwise(turns):
        if state in SENTENCES:
            found.append(Event(at, SENTENCES[state]))
        if state == "running":
            found += _steps(call, job, training, at, ran, then)
        if state == "succeeded":
            found += [
                Event(at, f"New fine-tuned model created: {model_of(job)}"),
                Event(at, "The job has successfully completed"),
            ]
        if state == "failed" and (problem := problem_of(job)):
            found.append(
                Event(at, f"The job failed due to an invalid {problem[2].replace('_', ' ')}. {problem[1]}", "error")
            )
    return found


def _steps(call: Call, job: Thing, training: Training, at: float, ran: float, then: float) -> list[Event]:
    """The steps that are done between *ran* and *then* seconds of training, when that goes on since *at*."""
    every, kept = -(-training.steps // MOST_STEPS), training.checkpoints
    first, last = int(ran / training.step + 1e-9) + 1, int(then / training.step + 1e-9)
    found = []
    for step in sorted({*range(-(-first // every) * every, last + 1, every), *kept}):
        if not first <= step <= last:
            continue
        said, moment = metrics(call.world, job, training, step), at + step * training.step - ran
        sentence = f"Step {step}/{training.steps}: training loss={said['train_loss']:.2f}"
        found.append(Event(moment, sentence, data={**said, "total_steps": training.steps}))
        if step in kept[:-1]:
            found.append(Event(moment, f"Checkpoint created at step {step} with Snapshot ID: {model_of(job, step)}"))
    return found


async def answer(call: Call, id: str, query: dict[str, Any], shape: dict[str, Any]) -> Answer:
    """The events of a job, newest first; when the client accepts `text/event-stream`, as they happen until its end.

    Raises:
        ApiError: 404, there is no such job; 400, the cursor names nothing.
    """
    job = await fine_tuning.find(call, id)
    if b"text/event-stream" in (call.header(b"accept") or b""):
        return _stream(call, job)
    events = events_of(call, job, call.now)
    return _page(call, [event.shown(id, n) for n, event in enumerate(events)][::-1], query, shape)


def _stream(call: Call, job: Thing) -> Stream:
    """All events of *job*, those to come when they are due; one that is paused has no more to come."""
    life = life_of(kind_of(call.world, JOB), job, call.now)
    events = events_of(call, job, call.now if life.state in (*ENDED, "paused") else LAST)
    pieces = [b"data: %b\n\n" % orjson.dumps(event.shown(job["id"], n)) for n, event in enumerate(events)]
    due = [max(event.at - call.now, 0.0) for event in events]
    return Stream(_Pieces([*pieces, DONE]), Planned([*due, due[-1]]))


class _Pieces:
    """Events that are written already."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces

    def write(self, start: int, stop: int) -> bytes:
        return b"".join(self._pieces[start:stop])


async def checkpoints(call: Call, id: str, query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """The models that a job has kept so far, newest first.

    Raises:
        ApiError: 404, there is no such job; 400, the cursor names nothing.
    """
    job = await fine_tuning.find(call, id)
    life, training = life_of(kind_of(call.world, JOB), job, call.now), training_of(job)
    moments = {event.data["step"]: event.at for event in events_of(call, job, call.now) if event.data}
    found = []
    for number, step in enumerate(training.checkpoints):
        if job[TRAINING]["problem"] or step * training.step > life.progress(call.now) + 1e-9:
            break
        model = job["fine_tuned_model"] if step == training.steps and job["fine_tuned_model"] else model_of(job, step)
        said = metrics(call.world, job, training, step)
        full = {f"full_{name}": value for name, value in said.items() if name.startswith("valid_")}
        found.append(
            {
                "object": "fine_tuning.job.checkpoint",
                "id": _id("ftckpt_", id, number),
                "created_at": int(moments.get(step, life.since)),
                "fine_tuning_job_id": id,
                "fine_tuned_model_checkpoint": model,
                "step_number": step,
                "metrics": {**said, **full},
            }
        )
    return _page(call, found[::-1], query, shape)


def _page(call: Call, listed: list[dict[str, Any]], query: dict[str, Any], shape: dict[str, Any]) -> Reply:
    """The part of what is *listed* that *query* asks for."""
    after, limit = query.get("after"), query.get("limit", USUAL)
    ids = [each["id"] for each in listed]
    if after is not None and after not in ids:
        raise ApiError(400, f"There is no '{after}' to list from.", param="after")
    start = ids.index(after) + 1 if after is not None else 0
    data, more = listed[start : start + limit], len(listed) > start + limit
    made = {**shape, "data": data, "has_more": more}
    if data and "first_id" in shape:
        made |= {"first_id": data[0]["id"], "last_id": data[-1]["id"]}
    return call.reply(made)
