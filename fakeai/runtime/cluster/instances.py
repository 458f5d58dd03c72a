"""The workers of a server as frontends and routers name them: numbers of 64 bits in a namespace."""

from ..world import World
from .fleet import Fleet

NAMESPACE, COMPONENT, ENDPOINT = "dynamo", "backend", "generate"
AGGREGATED, PREFILL, DECODE = "aggregated", "prefill", "decode"  # what a worker does


def instance(world: World, worker: int) -> int:
    """The id of *worker*, which depends on the server's seed."""
    return int(world.fixed_id("", b"worker", b"%d" % worker)[:15], 16)


def instances(world: World) -> list[int]:
    """The ids of all workers."""
    return [instance(world, worker.number) for worker in world.engine(Fleet).workers]


def types(world: World) -> dict[str, int]:
    """How many workers do what."""
    fleet = world.engine(Fleet)
    apart = sum([fleet.hands_over(worker.number) for worker in fleet.workers])
    return {PREFILL: apart, DECODE: len(fleet.workers) - apart} if apart else {AGGREGATED: len(fleet.workers)}
