"""What one process of a server has counted: its share, in parts that another process can read and add to its own.

A part is a pickle of some entries of one field. What is still going on comes last, so that what ends meanwhile is
missed rather than counted twice. Only processes of the same server ever read it, in a folder that is theirs alone.
"""

import io
import pickle
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar

from .. import tally
from ..cluster import records
from ..cluster.gpu_states import State, state_of
from ..cluster.gpus import Gpus
from ..cluster.records import ModelRecord, PlaceRecord, Savings, WorkerRecord
from ..cluster.request import Request
from ..distribution import Scale
from ..tally import CUT, FAILED, LEFT, PathTally, Waiting
from ..throttles import Throttle, Throttles
from ..window import SECONDS
from .portions import Portions
from .reading import Load, Reading

T = TypeVar("T")

TOGETHER = 16  # entries of a part
REQUESTS = 512  # of a part
SIMPLE = (int, float, str, bool, type(None))
# What is told of a request of the last minute.
TOLD = (
    "number", "model", "place", "worker", "arrived", "begun", "first", "end", "over", "prompt", "cached", "made",
    "passes_made", "last_pass", "asked", "streams", "finish", "preemptions",
)  # fmt: skip
IDLE = ("requests", "waiting", "blocks", "prefill_tokens", "usage", "held", "decoding", "used", "kept", "open")
SCALES = {
    name: scale for module in (records, tally) for name, scale in vars(module).items() if isinstance(scale, Scale)
}
NAMES = {id(scale): name for name, scale in SCALES.items()}


class Seen:
    """What could be seen of a thing of another process: its numbers and texts, by their names."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"{name} is not told to other processes")

    def running(self) -> Iterator[tuple[Any, int, int]]:
        """The requests that a worker has are told among those of the last minute."""
        return iter(())


@dataclass
class Share:
    """What the process of a *number* has counted since the moment *since*, and what it has under way."""

    number: int = 0
    since: float = 0.0
    since_1970: float = 0.0  # what its records' moments lack to those of its clock
    models: dict[tuple[int, str], ModelRecord] = field(default_factory=dict)  # by the rank of workers
    places: dict[str, PlaceRecord] = field(default_factory=dict)
    workers: dict[int, WorkerRecord] = field(default_factory=dict)
    savings: Savings = field(default_factory=Savings)
    paths: dict[str, PathTally] = field(default_factory=dict)
    refusals: Counter[tuple[str, str, bool, int]] = field(default_factory=Counter)
    keys: dict[str, Throttle] = field(default_factory=dict)
    fleet: dict[str, float] = field(default_factory=dict)  # what its router and its transfers count
    machines: dict[int, Any] = field(default_factory=dict)  # its workers, numbered among those of all processes
    gpus: State | None = None  # what its boards have been through, once somebody looked at them
    requests: list[Any] = field(default_factory=list)  # of the last minute, when they are asked for
    complete_from: int = 0  # the second from which on none of these is missing
    streams: int = 0
    sockets: int = 0
    waiting: list[Waiting] = field(default_factory=list)
    loads: dict[tuple[int, str], Load] = field(default_factory=dict)  # by the rank of workers

    @staticmethod
    def of_rank(values: dict[tuple[int, str], T], rank: int) -> dict[str, T]:
        """Those of one rank of the workers."""
        return {name: value for (at, name), value in values.items() if at == rank}

    def end(self, now: float) -> None:
        """Its process is gone: what was under way is cut off."""
        for path, method, _, streams in self.waiting:
            found = self.paths.setdefault(path, PathTally())
            found.ends[method, CUT] += 1
            found.broken += streams
            found.window.add(int(now), LEFT, 1)
            found.window.add(int(now), FAILED, 1)
        for record in self.models.values():
            open = Counter(record.starts)
            for (place, streams, _), count in record.ends.items():
                open[place, streams] -= count
            for (place, streams), count in open.items():
                record.ends[place, streams, False] += max(count, 0)
            record.cut += max(record.started - record.complete - record.cut, 0)
        for machine in self.machines.values():
            for thing in (machine, machine.cache):
                thing.__dict__.update({name: 0 for name in IDLE if name in thing.__dict__})
        self.streams = self.sockets = 0
        self.waiting, self.loads = [], {}


async def share_of(reading: Reading) -> Share:
    """The share of the process that made *reading*, without requests."""
    world, fleet, portions = reading.world, reading.fleet, Portions(reading.world.clock)
    first = world.number * len(fleet.workers)
    share = Share(world.number, reading.tally.since, reading.records.since_1970)
    recorded, counted, prefixes = reading.records, reading.tally, fleet.prefixes
    share.models = {(rank, name): record for rank, name, record in reading.engines}
    share.places, share.savings = dict(recorded.places), recorded.savings
    for number, record in recorded.workers.items():
        told = WorkerRecord()
        told.__dict__.update(record.__dict__)
        told.latest = None if record.latest is None else told_of(record.latest)
        share.workers[first + number] = told
    share.paths, share.refusals = dict(counted.paths), Counter(counted.refusals)
    share.keys = dict(world.engine(Throttles).keys)
    share.fleet = {
        "nodes": len(prefixes), "stores": prefixes.stores, "removals": prefixes.removals,
        "handed_over": fleet.handed_over, "transferred": fleet.transferred, "transferring": fleet.transferring,
        "count": fleet.count,
    }  # fmt: skip
    for worker in fleet.workers:
        machine = share.machines[first + worker.number] = seen(worker)
        machine.number, machine.cache = first + worker.number, seen(worker.cache)
        await portions.pause()
    gpus = world.known(Gpus)
    share.gpus = await state_of(gpus, reading.now) if gpus is not None else None
    share.streams, share.sockets, share.waiting = counted.streams, counted.sockets, counted.under_way()
    for rank, loads in enumerate(reading.engine_loads):
        share.loads.update({(rank, name): load for name, load in loads.items()})
    return share


def seen(thing: object) -> Any:
    """All simple values that *thing* shows."""
    names = {*dir(type(thing)), *vars(thing)} if hasattr(thing, "__dict__") else dir(thing)
    values = {name: getattr(thing, name) for name in names if not name.startswith("_")}
    return Seen(**{name: value for name, value in values.items() if isinstance(value, SIMPLE)})


_told = attrgetter(*TOLD)


def told_of(request: Request) -> Any:
    """What other processes may know of *request*."""
    return request if isinstance(request, Seen) else Seen(**dict(zip(TOLD, _told(request), strict=True)))


async def requests_of(reading: Reading) -> AsyncIterator[bytes]:
    """The parts of the requests of the last minute, those that are under way included."""
    portions = Portions(reading.world.clock)
    yield _dumped(("complete_from", reading.complete_from))
    found = [each for each in reading.records.recent if each.end > reading.now - SECONDS]
    for worker in reading.fleet.workers:
        found += [request for request, _, _ in worker.running()]
        await portions.pause()
    for some in _some(found, REQUESTS):
        yield _dumped(("requests", [told_of(each) for each in some]))
        await portions.pause()


async def parts(share: Share, portions: Portions) -> AsyncIterator[bytes]:
    """*share*, each part when it is wanted."""
    for name in [each.name for each in fields(share)]:
        value = getattr(share, name)
        size = 2 if name == "models" else TOGETHER
        if isinstance(value, dict) and not isinstance(value, Counter):
            for some in _some(value.items(), size):
                yield _dumped((name, dict(some)))
                await portions.pause()
        elif isinstance(value, list):
            for some in _some(value, REQUESTS):
                yield _dumped((name, some))
                await portions.pause()
        else:
            yield _dumped((name, value))
            await portions.pause()


async def joined(told: Iterable[bytes], portions: Portions) -> Share:
    """The share that was told in parts."""
    share = Share()
    for part in told:
        name, value = pickle.loads(part)
        mine = getattr(share, name)
        if isinstance(value, dict) and not isinstance(value, Counter):
            mine.update(value)
        elif isinstance(value, list):
            mine.extend(value)
        else:
            setattr(share, name, value)
        await portions.pause()
    return share


def _some(values: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """*values* in lists of *size*."""
    listed = list(values)
    return (listed[at : at + size] for at in range(0, len(listed), size))


def _dumped(value: object) -> bytes:
    written = io.BytesIO()
    pickler = pickle.Pickler(written, protocol=pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = {Scale: _named}
    pickler.dump(value)
    return written.getvalue()


def _named(scale: Scale) -> tuple[Any, ...]:
    return scale_of, (NAMES[id(scale)],)


def scale_of(name: str) -> Scale:
    """The scale that *name* stands for in a part."""
    return SCALES[name]
