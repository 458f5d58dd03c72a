"""What all processes of a server have counted, as one reading; and what each leaves to the one that replaces it.

Each process is a machine of its own, with its workers, router and caches, behind one address: workers are numbered
through. Whoever is asked asks the others. Before a process tells anything it writes it down, and soon in any case,
so that a counter never falls: of one that is gone, what it wrote last counts until another has its place and goes on
from there.
"""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from ..cluster.fleet import Fleet
from ..cluster.gpu_states import restore
from ..cluster.gpus import Gpus
from ..cluster.records import Records
from ..peers import Peers, keep, kept
from ..tally import Tally
from ..throttles import Throttle, Throttles
from ..world import World
from .adding import add, add_all
from .portions import Portions
from .reading import Load, Machine, Reading, read_own
from .shares import Share, joined, parts, requests_of, share_of

SOON, LATEST = 0.1, 1.0  # seconds between two looks whether there is something to write down, at least and at most
RARELY = 50  # times what it took to write down pass until it is done again
REQUESTS = b"requests"  # who says that wants to hear of those of the last minute, too

log = logging.getLogger("fakeai")


class Machines:
    """The fleets of all processes as one: workers numbered through, and counts added up."""

    def __init__(self, own: Machine, shares: list[Share]) -> None:
        self._own = own  # of the process that was asked: all are set up alike
        self.block_size, self.blocks_total, self.router = own.block_size, own.blocks_total, own.router
        self.workers = [each for share in shares for _, each in sorted(share.machines.items())]
        totals = {name: sum([share.fleet[name] for share in shares]) for name in shares[0].fleet}
        self.prefixes = Prefixes(*[int(totals[name]) for name in ("nodes", "stores", "removals")])
        self.count, self.handed_over = int(totals["count"]), int(totals["handed_over"])
        self.transferred, self.transferring = int(totals["transferred"]), totals["transferring"]

    def hands_over(self, worker: int) -> bool:
        """Whether the *worker* of that number, among those of all processes, only computes prompts."""
        return self._own.hands_over(worker % len(self._own.workers))


@dataclass
class Prefixes:
    """What the routers of all processes know."""

    nodes: int
    stores: int
    removals: int

    def __len__(self) -> int:
        return self.nodes


class Together:
    """How one process takes part in the readings of its server: a lasting engine."""

    def __init__(self, world: World) -> None:
        assert world.peers is not None
        self._world, self._peers = world, world.peers
        self._file = self._file_of(self._peers.number)
        self._lock = asyncio.Lock()
        self._stamp: object = None
        self._parts: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[Any] | None = None

    def join(self, peers: Peers) -> None:
        """Answer to the others, and go on from what this process's predecessor wrote down."""
        peers.answers["share"] = self.tell
        peers.before.append(self.restore)
        peers.after.append(self.follow)
        peers.last.append(self.stop)
        self._world.gather = together

    async def shares(self, requests: bool = False) -> list[Share]:
        """The shares of all processes, in their order; with the *requests* of the last minute."""
        said, clock = REQUESTS if requests else b"", self._world.clock
        told, heard = await asyncio.gather(self._told(said), self._peers.ask("share", said))
        found = {self._peers.number: await joined(told, Portions(clock))}
        for number, answer in heard.items():
            written = kept(self._file_of(number)) if answer.parts is None else answer.parts
            share = found[number] = await joined(written, Portions(clock))
            if answer.parts is None and not answer.late:
                share.end(clock.monotonic())
        return [share for _, share in sorted(found.items()) if share.machines]

    async def tell(self, said: bytes) -> AsyncIterator[bytes]:
        """This process's share, as it was just written down."""
        for part in await self.save():
            yield part
        if said == REQUESTS:
            async for part in requests_of(await read_own(self._world)):
                yield part

    async def _told(self, said: bytes) -> list[bytes]:
        return [part async for part in self.tell(said)]

    async def save(self, anew: bool = False) -> list[bytes]:
        """Write this process's share down when there is something new, or *anew* in any case; its parts."""
        async with self._lock:
            world = self._world
            reading = await read_own(world)
            tally, fleet = reading.tally, reading.fleet
            stamp = (tally.ended, fleet, fleet.count, tally.sockets, tally.refusals.total(), world.known(Gpus))
            if stamp != self._stamp or reading.loads or tally.streams or anew or not self._parts:
                share = await share_of(reading)
                self._parts = [part async for part in parts(share, Portions(world.clock))]
                try:
                    keep(self._file, self._parts)
                    self._stamp = stamp
                except OSError as error:
                    log.error("What was counted cannot be written down: %s", error)
            return self._parts

    async def restore(self) -> None:
        """Begin with what a process wrote down that had this place before."""
        world = self._world
        fleet, tally, now = world.engine(Fleet), world.engine(Tally), world.clock.monotonic()
        tally.since = self._peers.since
        share = await joined(kept(self._file), Portions(world.clock))
        if not share.machines:
            return
        share.end(now)
        records, first = fleet.records, world.number * len(fleet.workers)
        for rank, models in enumerate(records.engines):
            models.update(share.of_rank(share.models, rank))
        records.sum_up()
        records.places.update(share.places)
        records.workers.update({number - first: record for number, record in share.workers.items()})
        records.savings, records.since_1970 = share.savings, share.since_1970
        tally.paths.update(share.paths)
        tally.refusals.update(share.refusals)
        world.engine(Throttles).keys.update(share.keys)
        fleet.handed_over, fleet.transferred = int(share.fleet["handed_over"]), int(share.fleet["transferred"])
        fleet.transferring = share.fleet["transferring"]
        fleet.prefixes.stores, fleet.prefixes.removals = int(share.fleet["stores"]), int(share.fleet["removals"])
        for worker in fleet.workers:
            before = share.machines[first + worker.number]
            worker.routed, worker.cache.evicted = before.routed, before.cache.evicted
        if share.gpus is not None:
            restore(world.engine(Gpus), share.gpus)

    async def follow(self) -> None:
        """Write down what is new, soon after it was counted."""
        await self.save()
        self._timer = asyncio.get_running_loop().call_later(SOON, self._look)

    def stop(self) -> None:
        """Write nothing more."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _look(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._saved())

    async def _saved(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self.save()
        self._timer = loop.call_later(min(max(SOON, RARELY * (loop.time() - began)), LATEST), self._look)

    def _file_of(self, number: int) -> Path:
        return self._peers.folder / f"{number}.counted"


async def together(reading: Reading, requests: bool = False) -> Reading:
    """What all processes have counted; *reading* is that of this one."""
    world, portions = reading.world, Portions(reading.world.clock)
    each = await world.lasting(Together).shares(requests)
    records, tally = Records(reading.fleet.block_size, each[0].since_1970, len(reading.engine_loads)), Tally(world)
    now = world.clock.monotonic()
    whole = Reading(world, Machines(reading.fleet, each), records, now, tally)
    whole.engine_loads = [{} for _ in reading.engine_loads]
    tally.since = reading.tally.since
    for share in each:
        for rank, models in enumerate(records.engines):
            await add_all(models, share.of_rank(share.models, rank), portions)
        await add_all(records.places, share.places, portions)
        await add_all(tally.paths, share.paths, portions)
        records.workers.update(share.workers)
        add(records.savings, share.savings)
        whole.complete_from = max(whole.complete_from, share.complete_from)
        tally.refusals.update(share.refusals)
        tally.streams += share.streams
        tally.sockets += share.sockets
        tally.take(share.waiting)
        for rank, loads in enumerate(whole.engine_loads):
            await add_all(loads, share.of_rank(share.loads, rank), portions)
    requests_of_all = [each for share in each for each in share.requests]
    records.recent = deque(sorted(requests_of_all, key=attrgetter("end")))
    for loads in whole.engine_loads:
        for name, load in loads.items():
            add(whole.loads.setdefault(name, Load()), load)
    records.sum_up()
    in_order = sorted(records.models.items(), key=lambda item: item[1].first)
    records.models.clear()
    records.models.update(in_order)
    return whole


async def throttles(world: World) -> dict[str, Throttle]:
    """What limits did to each key, in all processes."""
    if world.peers is None:
        return world.engine(Throttles).keys
    found: dict[str, Throttle] = {}
    portions = Portions(world.clock)
    for share in await world.lasting(Together).shares():
        await add_all(found, share.keys, portions)
    return found
