"""How a training goes: its states, steps and losses follow from what a job records and the moment of the question."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ...world import World
from ..kinds import Kind
from ..things import Thing

BEGUN = "_begun"  # of a job: when it was made, seconds since 1970
STEP = "_step"  # of a job: seconds that a step takes
TRAINING, VALIDATION = "_training", "_validation"  # of a job: what its files hold
HISTORY = "_history"  # of a job: [[moment, what was done to it], ...]
HYPERPARAMETERS = ("batch_size", "learning_rate_multiplier", "n_epochs")
PAUSED = "paused"
ENDED = ("succeeded", "failed", "cancelled")
CHECKPOINTS = 3  # epochs, the last ones, whose models are kept


@dataclass(frozen=True)
class Training:
    """The *steps* of a training, each of *step* seconds."""

    epochs: int
    batch: int
    rate: float
    steps: int
    step: float

    @property
    def seconds(self) -> float:
        return self.steps * self.step

    @property
    def checkpoints(self) -> list[int]:
        """The steps at which a model is kept: the ends of the last epochs."""
        per_epoch = self.steps // self.epochs
        return [per_epoch * epoch for epoch in range(1, self.epochs + 1)][-CHECKPOINTS:]


def training_of(job: Thing) -> Training:
    """The training of *job*: what was asked for, and for the rest what fits the number of examples."""
    asked = {name: value for name, value in asked_of(job).items() if value != "auto"}
    count = max(job[TRAINING]["count"], 1)
    epochs = asked.get("n_epochs") or min(max(100 // count, 3), 10)
    batch = min(asked.get("batch_size") or max(count // 500, 1), count, 256)
    return Training(epochs, batch, asked.get("learning_rate_multiplier") or 1.8, -(-count // batch) * epochs, job[STEP])


def asked_of(job: Thing) -> dict[str, Any]:
    """The hyperparameters that were asked for, also those that only some trainers know."""
    said = {**job["_hyperparameters"], **job["_method_hyperparameters"]}
    return {name: value for name, value in said.items() if value is not None}


def problem_of(job: Thing) -> tuple[str, str, str] | None:
    """What is wrong with the files of *job*: a code, a sentence and the parameter that names the file."""
    for name, param in ((TRAINING, "training_file"), (VALIDATION, "validation_file")):
        if name in job and job[name]["problem"]:
            code, sentence = job[name]["problem"]
            return code, sentence, param
    return None


@dataclass
class Life:
    """What became of a job: its *state* since a moment, the seconds it *ran* until then, and how it came there.

    *turns* has every state that it entered: (moment, state, seconds it had run).
    """

    state: str
    since: float
    ran: float = 0.0
    was: str = ""  # before it was paused
    turns: list[tuple[float, str, float]] = field(default_factory=list)

    def enter(self, state: str, at: float) -> None:
        if self.state == "running":
            self.ran += at - self.since
        self.state, self.since = state, at
        self.turns.append((at, state, self.ran))

    def progress(self, now: float) -> float:
        """Seconds of training until *now*."""
        return self.ran + (now - self.since if self.state == "running" else 0.0)


def life_of(kind: Kind, job: Thing, now: float) -> Life:
    """The life of *job* until *now*."""
    life = Life(kind.initial or "", job[BEGUN])
    for moment, action in (*job[HISTORY], (now, "")):
        _pass(life, kind, job, moment)
        if action == "pause":
            life.was = life.state
            life.enter(PAUSED, moment)
        elif action == "resume":
            life.enter(life.was, moment)
        elif action:
            life.enter(kind.actions[action].target, moment)
    return life


def _pass(life: Life, kind: Kind, job: Thing, until: float) -> None:
    """Let *life* go on by itself *until* a moment."""
    while True:
        if life.state in kind.steps:
            state, after = kind.steps[life.state]
            state = "failed" if problem_of(job) else state
        elif life.state == "running":
            state, after = "succeeded", training_of(job).seconds - life.ran
        else:
            return
        if life.since + after > until:
            return
        life.enter(state, life.since + after)


def metrics(world: World, job: Thing, training: Training, step: int) -> dict[str, float]:
    """Loss and accuracy after *step*: the loss falls towards a floor, and a validation's stays a little above."""
    draw = world.chance(b"loss", str(job["seed"]).encode(), job["training_file"].encode(), b"%d" % step)
    first, floor = 2.6, 0.35
    share = math.exp(-3.5 * step / training.steps)
    made: dict[str, float] = {"step": step}
    for name, lift in (("train", 0.0), ("valid", 0.12)):
        if name == "valid" and VALIDATION not in job:
            break
        wobble = 1 + 0.06 * (draw.below(2001) / 1000 - 1) * share
        loss = (floor + lift * (1 - share) + (first - floor) * share) * wobble
        made[f"{name}_loss"] = round(loss, 5)
        made[f"{name}_mean_token_accuracy"] = round(math.exp(-loss * 0.45), 5)
    return made


def results(world: World, job: Thing) -> Iterator[str]:
    """The lines of the table of results: one for each step."""
    training = training_of(job)
    names = list(metrics(world, job, training, 1))
    yield ",".join(names) + "\n"
    for step in range(1, training.steps + 1):
        yield ",".join(str(value) for value in metrics(world, job, training, step).values()) + "\n"
