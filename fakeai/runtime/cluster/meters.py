"""The physics of a GPU over time: power from its load, energy as the integral of power, heat that follows power.

Everything is worked out when somebody looks, from the slices of work and the moment. Within a slice power is constant,
so that its integral and the way of the temperature are exact; a time without work is one step, however long. What is
older than `SETTLING` is added up once and kept.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from heapq import merge
from itertools import groupby, islice

from ..clock import give_way
from .activity import SLICE, Activity, Slice, times, together
from .boards import Board
from .loads import REST, Load, Work

SETTLING = 100  # slices, of which work may still be told; older ones are added up
WINDOW = 10  # slices that gauges are averaged over: a second
HISTORY = 600  # slices that percentiles are taken of: a minute
TURN = 200  # slices that are added up before others have their turn
WARMEST = 3.0  # K that the warmest board of a server is above the coolest
SLOWED = 0.5  # share of the power between idle and the limit that a board too hot or told to slow down may take
MEMORY_HEAT, MEMORY_ABOVE, MEMORY_SPREAD = (
    0.9,
    4.0,
    8.0,
)  # its memory: share of the board's heat, and K at rest and at work
CLOCK_POWER = 1 / 3  # clocks follow power by this exponent: voltage falls with frequency
THROTTLES = {  # what slows a board: the bit of the clocks' event reasons
    "power": 0x4,
    "thermal": 0x20,
    "sync_boost": 0x10,
    "board_limit": 0x80,
    "reliability": 0x8,
    "low_util": 0x2,
}
GPU_IDLE = 0x1
NOTHING = 1e-9  # seconds


@dataclass(frozen=True, slots=True)
class Spell:
    """A fault of slices *first* to before *last*: a throttle, or `cooling` with *factor* times the resistance."""

    kind: str
    first: int
    last: int
    factor: float = 1.0


@dataclass(slots=True)
class Meter:
    """What has been added up before the slice *at*. Energy in J, temperatures in °C, traffic in bytes, times in s."""

    at: int
    temperature: float
    memory_temperature: float
    energy: float = 0.0
    links: float = 0.0
    sent: float = 0.0
    received: float = 0.0
    throttled: dict[str, float] = field(default_factory=lambda: dict.fromkeys(THROTTLES, 0.0))
    slowed: float = 0.0  # by whatever


@dataclass(slots=True)
class Sample:
    """One slice as it was: what it weighs in an average is seconds of it."""

    seconds: float
    load: Load
    power: float
    clock: float  # MHz
    reasons: int
    temperature: float  # at its end


class Bench:
    """Boards that do the same work and have the same faults, so that one reckoning serves them all."""

    def __init__(
        self, board: Board, activities: Sequence[Activity], work: Work, start: int, spells: tuple[Spell, ...] = ()
    ) -> None:
        self.board, self.activities, self.work, self.spells = board, activities, work, spells
        self._span = board.power_limit - board.idle_power
        self._decay = math.exp(-SLICE / board.time)
        cool = board.ambient + board.resistance * board.idle_power
        memory = board.ambient + MEMORY_HEAT * board.resistance * board.idle_power + MEMORY_ABOVE
        self.recent = Meter(start, cool, memory)
        self.old = replace(self.recent, throttled=dict(self.recent.throttled))

    def split(self) -> "Bench":
        """Another bench with the same past, for a board that will have a fault of its own."""
        twin = Bench(self.board, self.activities, self.work, self.recent.at, self.spells)
        twin.recent, twin.old = _copy(self.recent), _copy(self.old)
        return twin

    def go_on(self, meter: Meter, spells: tuple[Spell, ...]) -> None:
        """Go on from what a *meter* of another process has added up."""
        self.recent, self.old, self.spells = meter, _copy(meter), spells

    def settle(self, number: int) -> None:
        """Add up all before slice *number*, whose work may be forgotten then."""
        for meter in (self.recent, self.old):
            if meter.at < number:
                self._walk(meter, number)

    def make_up(self, activity: Activity) -> None:
        """Count what an *activity* forgot before anybody looked: so many slices of its mean."""
        if activity.losses:
            count = activity.losses
            mean = times(activity.lost, 1 / count)
            for meter in (self.recent, self.old):
                self._pass(meter, self.work.load(mean), count * SLICE, meter.at)
                meter.at += count

    async def catch_up(self, now: float, settling: int = SETTLING) -> None:
        """Settle what is to be settled before a look at *now*, and let others have their turns meanwhile."""
        meter, end = self.recent if settling == SETTLING else self.old, int(now / SLICE) - settling
        while (done := [at for at, _ in islice(self._slices(meter.at, end), TURN)]) and len(done) == TURN:
            self._walk(meter, done[-1])
            await give_way()

    def look(self, now: float) -> tuple[Meter, list[Sample]]:
        """The meter at *now* (seconds of the clock that activities use), and the second before it in samples."""
        return self._look(self.recent, now, SETTLING, WINDOW)

    def history(self, now: float) -> list[Sample]:
        """The minute before *now* in samples, or as much as there was of it."""
        return self._look(self.old, now, HISTORY, HISTORY)[1]

    def _look(self, kept: Meter, now: float, settling: int, window: int) -> tuple[Meter, list[Sample]]:
        number = max(int(now / SLICE), kept.at)
        if kept.at < number - settling:
            self._walk(kept, number - settling)
        meter = _copy(kept)
        part = min(SLICE, max(0.0, now - number * SLICE))
        samples: list[Sample] = []
        self._walk(meter, number, max(number - window, meter.at), samples)
        if part > 0:
            done = next((done for _, done in self._slices(number, number + 1)), None)
            if done and done.prefill + done.decode <= part + NOTHING:  # told up to now
                done = times(done, SLICE / part)
            held, slowed = dict(meter.throttled), meter.slowed
            self._pass(meter, self.work.load(done) if done else REST, part, number, samples)
            meter.throttled, meter.slowed = held, slowed  # of a slice that goes on, it is not known yet
        if samples and len(samples) > window:  # the window begins within its first slice
            samples[0] = replace(samples[0], seconds=max(0.0, SLICE - part))
        return meter, samples

    def _walk(self, meter: Meter, end: int, since: int = 0, samples: list[Sample] | None = None) -> None:
        """Add up to slice *end*; those from *since* on are noted in *samples*, each for itself."""
        for number, done in self._slices(meter.at, end):
            if number > meter.at:
                self._rest(meter, number, since, samples)
            noted = samples if number >= since else None
            self._pass(meter, self.work.load(done), SLICE, number, noted)
            meter.at = number + 1
        self._rest(meter, end, since, samples)

    def _rest(self, meter: Meter, end: int, since: int, samples: list[Sample] | None) -> None:
        """No work up to slice *end*."""
        while meter.at < end:
            stop = end
            for spell in self.spells:
                stop = min([stop, *(edge for edge in (spell.first, spell.last) if edge > meter.at)])
            noted = None
            if samples is not None:
                noted = samples if meter.at >= since else None
                stop = min(stop, since if meter.at < since else meter.at + 1)
            self._pass(meter, REST, (stop - meter.at) * SLICE, meter.at, noted)
            meter.at = stop

    def _pass(self, meter: Meter, load: Load, seconds: float, number: int, samples: list[Sample] | None = None) -> None:
        """Let *seconds* with a *load* pass, and note them in *samples*."""
        board, demand = self.board, load.demand
        share, reasons, resistance = min(demand, 1.0), 0, board.resistance
        if load.engine:
            if demand > 1:
                reasons |= self._slow(meter, "power", load.engine * seconds)
            if meter.temperature + WARMEST >= board.slowdown:
                share = min(share, SLOWED)
                reasons |= self._slow(meter, "thermal", load.engine * seconds)
        else:
            reasons |= GPU_IDLE
        for spell in self.spells:
            if spell.first <= number < spell.last:
                if spell.kind == "cooling":
                    resistance *= spell.factor
                elif load.engine:
                    share = min(share, SLOWED)
                    reasons |= self._slow(meter, spell.kind, load.engine * seconds)
        if reasons & ~GPU_IDLE:
            meter.slowed += load.engine * seconds
        power = board.idle_power + self._span * share
        decay = self._decay if seconds == SLICE else math.exp(-seconds / board.time)
        heat = resistance * power
        goal = board.ambient + heat
        meter.temperature = goal + (meter.temperature - goal) * decay
        goal = board.ambient + MEMORY_HEAT * heat + MEMORY_ABOVE + MEMORY_SPREAD * load.memory
        meter.memory_temperature = goal + (meter.memory_temperature - goal) * decay
        meter.energy += power * seconds
        clock: float = board.idle_clock
        if load.engine:
            meter.links += load.links * seconds
            meter.sent += load.sent * seconds
            meter.received += load.received * seconds
            clock = board.clock * (1.0 if share >= demand else (share / demand) ** CLOCK_POWER)
        if samples is not None:
            samples.append(Sample(seconds, load, power, clock, reasons, meter.temperature))

    def _slow(self, meter: Meter, reason: str, seconds: float) -> int:
        meter.throttled[reason] += seconds
        return THROTTLES[reason]

    def _slices(self, first: int, end: int) -> Iterable[tuple[int, Slice]]:
        """The slices with work from *first* to before *end*; those of workers that share a board are one."""
        each = [activity.between(first, end) for activity in self.activities]
        if len(each) == 1:
            return each[0]
        numbered = groupby(merge(*each, key=lambda at: at[0]), key=lambda at: at[0])
        return ((number, together(*(done for _, done in group))) for number, group in numbered)


def _copy(meter: Meter) -> Meter:
    return replace(meter, throttled=dict(meter.throttled))
