"""The requests of a trace, given to the fleet one after the other in simulated time."""

import heapq
from array import array
from collections.abc import Callable, Sequence
from struct import Struct

import xxhash

from ..runtime.cluster.batch import BatchWorker
from ..runtime.cluster.blocks import SEED
from ..runtime.cluster.fleet import Fleet
from ..runtime.cluster.latency import Server
from ..runtime.cluster.request import Request
from ..runtime.cluster.worker import NEVER
from ..runtime.world import World
from .tally import Tally
from .trace import Turn

PLACE = "/v1/chat/completions"
PAIR = Struct("<QQ").pack
WORD = (1 << 64) - 1
ROOM = 5  # bits of a hash that make room for counting: the blocks of one id have numbers in a row
UNSAID = 1 << 63  # from here on: ids of prompts of which nobody knows what they say
TOGETHER = 500  # requests between two reports of progress


class Exchange:
    """A request of a trace: its tokens are not known, but how many there are."""

    __slots__ = ("_answer", "_number", "size")

    def __init__(self, turn: Turn) -> None:
        self.size, self._answer, self._number = turn.prompt, turn.answer, turn.number

    def ids(self) -> "array[int]":
        return array("I", bytes(4 * self.size))

    def answer_ids(self) -> "array[int]":
        """Like no other answer's."""
        return array("I", [self._number]) * self._answer


def replay(
    world: World, sessions: Sequence[Sequence[Turn]], model: str, trace_block: int, progress: Callable[[int], None]
) -> tuple[Fleet, Tally]:
    """Simulate *sessions*, whose `blocks` have *trace_block* tokens each; *progress* is told how many are over."""
    fleet, timing, tally = world.engine(Fleet), world.engine(Server).timing, Tally()
    waiting: dict[int, tuple[Sequence[Turn], int]] = {}  # by the number of a request: the session that goes on after it
    start = min(_opening(turns) for turns in sessions)
    coming = [(_opening(turns) - start, turns[0].number, turns, 0) for turns in sessions]
    heapq.heapify(coming)

    def over(request: Request) -> None:
        tally.over(request)
        if request.number in waiting:
            turns, place = waiting.pop(request.number)
            turn = turns[place]
            at = request.end + turn.delay if turn.at is None else max(turn.at - start, request.end)
            heapq.heappush(coming, (at, turn.number, turns, place))

    for worker in fleet.workers:
        tally.watch(worker)
        worker.on_over = over
        if isinstance(worker, BatchWorker):
            worker.on_step = tally.stepped
    reported = 0
    while True:
        arrives = coming[0][0] if coming else NEVER
        happens = min([worker.due for worker in fleet.workers]) if waiting or not coming else NEVER
        if happens <= arrives:
            if happens == NEVER:
                break
            fleet.advance(happens)
        else:
            at, _, turns, place = heapq.heappop(coming)
            turn = turns[place]
            exchange, hashes = Exchange(turn), block_hashes(turn, trace_block, fleet.block_size)
            if place + 1 < len(turns):
                waiting[fleet.count + 1] = (turns, place + 1)
            fleet.take(at, PLACE, timing, model, exchange, (turn.answer,), b"%d" % turn.number, hashes=hashes)
        if len(tally) - reported >= TOGETHER:
            progress(len(tally) - reported)
            reported = len(tally)
    progress(len(tally) - reported)
    return fleet, tally


def _opening(turns: Sequence[Turn]) -> float:
    first = turns[0]
    return first.delay if first.at is None else first.at


def block_hashes(turn: Turn, trace_block: int, block: int) -> list[int]:
    """A sequence hash for each full block of *block* tokens of the prompt of *turn*.

    Each of its ids names *trace_block* tokens that follow those before; what no id names is like nothing else.
    """
    full, each, digest = turn.prompt // block, trace_block // block, xxhash.xxh3_64_intdigest
    hashes: list[int] = []
    above = 0
    for id in turn.blocks:
        above = digest(PAIR(above, id & WORD), SEED) >> ROOM
        hashes.extend(range(above, above + each))
    if len(hashes) < full:
        above = digest(PAIR(above, UNSAID + turn.number), SEED) >> ROOM
        hashes.extend(range(above, above + full - len(hashes)))
    del hashes[full:]
    return hashes
