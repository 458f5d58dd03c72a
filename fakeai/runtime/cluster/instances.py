"""The workers of a server as frontends and routers name them: numbers of 64 bits in a namespace."""

from ..world import World
from .fleet import Fleet

NAMESPACE, COMPONENT, ENDPOINT = "dynamo", "backend", "generate"
AGGREGATED, PREFILL, DECODE = "aggregated", "prefill", "decode"  # what a worker does


def instance(world: World, worker: int) -> int:
    """The id of *worker* of this process, which depends on the server's seed."""
    return _id(world, world.number * world.options.machine.workers + worker)


def _id(world: World, number: int) -> int:
    return int(world.fixed_id("", b"worker", b"%d" % number)[:15], 16)


def instances(world: World) -> list[int]:
    """The ids of all workers, of all processes."""
    return [_id(world, number) for number in range(world.processes * world.options.machine.workers)]


def types(world: World) -> dict[str, int]:
    """How many workers do what."""
    fleet, times = world.engine(Fleet), world.processes
    apart = times * sum([fleet.hands_over(worker.number) for worker in fleet.workers])
    count = times * len(fleet.workers)
    return {PREFILL: apart, DECODE: count - apart} if apart else {AGGREGATED: count}
