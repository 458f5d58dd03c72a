"""What the fleet has done until now, requests that are under way included."""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from math import ceil
from typing import Protocol

from ..cluster.fleet import Fleet
from ..cluster.records import ModelRecord, Records
from ..cluster.request import Request
from ..cluster.router import Router
from ..cluster.worker import Worker
from ..tally import Tally
from ..window import SECONDS
from ..world import World
from .portions import Portions

DISORDER = 512  # requests that are remembered together, whatever the order of their ends
TOGETHER = 16  # requests that are counted in one turn


@dataclass(slots=True)
class Load:
    """The requests of one model that are under way."""

    running: int = 0  # all of them
    silent: int = 0  # without a token yet
    waiting: int = 0  # of these, whose prompt is not being computed yet
    preemptions: int = 0


class Known(Protocol):
    """What routers know of caches: blocks, and events that told of them."""

    stores: int
    removals: int

    def __len__(self) -> int: ...


class Machine(Protocol):
    """What a reading shows of a fleet, or of those of all processes as one."""

    block_size: int
    blocks_total: int  # of a worker
    router: Router
    count: int  # requests since the start
    handed_over: int  # of these, to workers that make tokens
    transferred: int  # bytes of keys and values
    transferring: float  # seconds that these took

    @property
    def workers(self) -> Sequence[Worker]:
        """All of them, in the order of their numbers."""
        ...

    @property
    def prefixes(self) -> Known: ...

    def hands_over(self, worker: int) -> bool:
        """Whether the *worker* of that number only computes prompts, which others answer."""
        ...


def complete_from(recent: "deque[Request]") -> int:
    """The second from which on no request is missing among those that are remembered."""
    if len(recent) != recent.maxlen:
        return 0
    return ceil(max([each.end for each in islice(recent, DISORDER)]))


@dataclass
class Reading:
    """The fleet at the monotonic moment *now*."""

    world: World
    fleet: Machine
    records: Records
    now: float
    tally: Tally
    loads: dict[str, Load] = field(default_factory=dict)
    engine_loads: list[dict[str, Load]] = field(default_factory=list)  # the same by the ranks of the workers
    complete_from: int = 0  # the second from which on no request is missing in `records.recent`

    @property
    def models(self) -> list[tuple[str, ModelRecord]]:
        """The record of each model, by name."""
        return list(self.records.models.items())

    @property
    def engines(self) -> list[tuple[int, str, ModelRecord]]:
        """The record of each model at each rank of the workers."""
        ranked = enumerate(self.records.engines)
        return [(rank, model, record) for rank, models in ranked for model, record in list(models.items())]

    @property
    def span(self) -> float:
        """Over how many seconds rates are taken: a minute, or less when the server has not been there so long."""
        return min(float(SECONDS), max(1.0, self.now - self.tally.since))

    @cached_property
    def refused(self) -> Counter[str]:
        """How many requests were refused, by model."""
        counts: Counter[str] = Counter()
        for (model, _, _, _), count in self.tally.refusals.items():
            counts[model] += count
        return counts

    def load(self, model: str, rank: int | None = None) -> Load:
        """What *model* has under way, at one *rank* of the workers or at all of them."""
        loads = self.loads if rank is None else self.engine_loads[rank]
        return loads.get(model) or Load()


async def read(world: World, requests: bool = False) -> Reading:
    """The fleet at this moment, each request counted up to it; where several processes are one server, all fleets.

    Whoever looks at single *requests* of the last minute says so: other processes do not tell of them otherwise.
    """
    reading = await read_own(world)
    if world.gather is None:
        return reading
    whole: Reading = await world.gather(reading, requests)
    return whole


async def read_own(world: World) -> Reading:
    """The fleet of this process."""
    now, fleet, portions = world.clock.monotonic(), world.engine(Fleet), Portions(world.clock)
    ranks = world.options.machine.ranks
    reading = Reading(world, fleet, fleet.records, now, world.engine(Tally))
    reading.engine_loads = [{} for _ in range(ranks)]
    fleet.advance(now)
    for worker in fleet.workers:
        worker.advance(now)
        noted = []
        for request, made, passes in worker.running():
            if not request.over:
                noted.append((request, made, passes))
                if len(noted) == TOGETHER:
                    fleet.records.note(noted, now)
                    noted = []
                for loads in (reading.loads, reading.engine_loads[worker.rank]):
                    load = loads.setdefault(request.model, Load())
                    load.running += 1
                    load.preemptions += request.preemptions
                    load.silent += not 0 <= request.first <= now
                    load.waiting += not 0 <= request.begun <= now
            if not noted:
                await portions.pause()
        fleet.records.note(noted, now)
        await portions.pause()
    fleet.records.fold()
    fleet.records.sum_up()
    reading.complete_from = complete_from(fleet.records.recent)
    reading.tally.fold()
    return reading
