"""The workers that answer, as a frontend finds them."""

from dataclasses import dataclass

from ..world import World

NAMESPACE, COMPONENT, ENDPOINT = "dynamo", "backend", "generate"


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker; *id* is a 64-bit number, and *types* what it does."""

    id: int
    types: tuple[str, ...] = ("aggregated",)


class Workers:
    """The workers of a world: an engine, `world.engine(Workers)`.

    As long as no cluster is simulated, it is one that does everything: the server itself.
    """

    def __init__(self, world: World) -> None:
        self.all: tuple[Worker, ...] = (Worker(int(world.fixed_id("", b"worker", b"0")[:15], 16)),)
