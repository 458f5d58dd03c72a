"""What GPUs have been through, for a process that goes on with those of another: a counter of a board never falls."""

from dataclasses import dataclass

from .activity import Slice
from .faults import Faults
from .gpus import Gpus
from .meters import Bench, Meter, Spell


@dataclass(slots=True)
class State:
    """The GPUs of one process. What workers did lately stands in slices, the rest is in the meters of the benches.

    A bench is told by the places of its boards, of which *faults* has those that ever had one.
    """

    benches: list[tuple[list[int], Meter, tuple[Spell, ...]]]
    work: list[list[tuple[int, Slice]]]
    faults: dict[int, Faults]


async def state_of(gpus: Gpus, now: float) -> State:
    """What *gpus* have been through until *now*."""
    benches: dict[int, tuple[list[int], Bench]] = {}
    for place, gpu in enumerate(gpus.gpus):
        benches.setdefault(id(gpu.bench), ([], gpu.bench))[0].append(place)
    gpus.fleet.advance(now)
    for _, bench in benches.values():
        await bench.catch_up(now)
    first = min([bench.recent.at for _, bench in benches.values()])
    return State(
        [(places, bench.recent, bench.spells) for places, bench in benches.values()],
        [activity.since(first) for activity in gpus.fleet.activities],
        {place: gpu.faults for place, gpu in enumerate(gpus.gpus) if gpu.faults.is_noted},
    )


def restore(gpus: Gpus, state: State) -> None:
    """Let *gpus*, which did nothing yet, go on from *state*: until now they were at rest."""
    for activity, slices in zip(gpus.fleet.activities, state.work, strict=True):
        activity.take(slices)
    for places, meter, spells in state.benches:
        bench = gpus.gpus[places[0]].bench
        if len(places) < sum([gpu.bench is bench for gpu in gpus.gpus]):
            bench = bench.split()
        bench.go_on(meter, spells)
        for place in places:
            gpus.gpus[place].bench = bench
    for place, faults in state.faults.items():
        gpus.gpus[place].faults = faults
