"""Requests for the rooms of the simulated machine, without HTTP: prompts of made-up ids at given moments."""

from array import array
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from fakeai.runtime.cluster.fleet import Fleet, Served
from fakeai.runtime.cluster.latency import Server, Timing
from fakeai.runtime.cluster.worker import Worker
from fakeai.runtime.options import Delay, Machine, Options
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World

MODEL = "some-model"


class Tokens:
    """A prompt and an answer of given ids."""

    def __init__(self, ids: Sequence[int], answer: Sequence[int] = ()) -> None:
        self.size = len(ids)
        self._ids, self._answer = array("I", ids), array("I", answer)

    @property
    def key(self) -> bytes:
        return self._ids.tobytes() + b"-" + self._answer.tobytes()

    def ids(self) -> "array[int]":
        return self._ids

    def answer_ids(self) -> "array[int]":
        return self._answer


class Ids:
    """Where blocks come from whose ids nobody asks for."""

    adapter = ""

    def ids(self, start: int, stop: int) -> "array[int]":
        raise AssertionError


def fleet(ttft: float = 0.3, itl: float = 0.02, variance: float = 0.0, **machine: Any) -> Fleet:
    """A fleet whose workers hold the weights of MODEL."""
    simulated = Machine(**{"model": MODEL, **machine})
    options = Options(ttft=Delay(ttft, variance), itl=Delay(itl, variance), machine=simulated)
    return Fleet(World(options, store=SqliteStore(None)))


def serve(
    fleet: Fleet,
    now: float,
    prompt: Tokens,
    sizes: Sequence[int] | None = None,
    timing: Timing | None = None,
    **options: Any,
) -> Served:
    """Give *prompt* to *fleet* at *now*: answers of *sizes* tokens, or the one that it has."""
    call: Any = SimpleNamespace(admission=None, arrived=now, endpoint="/v1/chat/completions", headers=[])
    timing = timing or fleet._world.engine(Server).timing
    sizes = [len(prompt.answer_ids())] if sizes is None else sizes
    return fleet.serve(call, timing, MODEL, prompt, sizes, prompt.key, booked=False, **options)


def blocks_of(worker: Worker) -> set[int]:
    """What the cache of *worker* has, whoever holds it."""
    return worker.cache._held.keys() | worker.cache._idle.keys()
