"""Requests that are read and judged, and answered without a token: rankings, moderations, classes."""

from array import array
from typing import Any

import orjson

from ..answer import Reply
from ..call import Call
from ..cluster.fleet import Fleet
from ..cluster.latency import Timing
from .generation import identity


class Counted:
    """A prompt of *size* tokens that no cache looks for: it has no ids."""

    __slots__ = ("size",)

    def __init__(self, size: int) -> None:
        self.size = size

    def ids(self) -> "array[int]":
        return array("I", bytes(4 * self.size))

    def answer_ids(self) -> "array[int]":
        return array("I")


def judged(call: Call, timing: Timing, model: str, size: int, body: dict[str, Any], answer: Any) -> Reply:
    """The *answer* to *body*, when a worker has read its *size* tokens."""
    served = call.world.engine(Fleet).serve(
        call, timing, model, Counted(size), (), identity(body), looked_up=False, booked=False
    )
    due, schedule = served.whole()
    return Reply(orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY), due, schedule=schedule)
