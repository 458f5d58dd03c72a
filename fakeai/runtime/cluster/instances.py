"""The workers of a server as frontends and routers name them: numbers of 64 bits in a namespace.

The data-parallel ranks of a worker are one instance.
"""

from ..world import World
from .fleet import Fleet

NAMESPACE, COMPONENT, ENDPOINT = "dynamo", "backend", "generate"
AGGREGATED, PREFILL, DECODE = "aggregated", "prefill", "decode"  # what a worker does


def instance(world: World, worker: int) -> int:
    """The id of *worker*, numbered among those of all processes, which depends on the server's seed."""
    return int(world.fixed_id("", b"worker", b"%d" % worker)[:15], 16)


def instances(world: World) -> list[int]:
    """The ids of all workers, of all processes."""
    return [instance(world, number) for number in range(world.processes * world.options.machine.workers)]


def types(world: World) -> dict[str, int]:
    """How many workers do what."""
    fleet, times = world.engine(Fleet), world.processes
    count = times * world.options.machine.workers
    apart = times * len({worker.instance for worker in fleet.workers if fleet.hands_over(worker.number)})
    return {PREFILL: apart, DECODE: count - apart} if apart else {AGGREGATED: count}
