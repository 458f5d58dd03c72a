"""The simulated GPUs: which worker has which, and what each shows at a moment."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..clock import give_way
from ..world import World
from .activity import SLICE, Activity
from .boards import MIB, Board, Boards
from .faults import LASTING, BadFault, Faults
from .fleet import Fleet
from .loads import REST, Work
from .meters import HISTORY, WARMEST, WINDOW, Bench, Meter, Sample, Spell

BUSES = (0x1B, 0x43, 0x52, 0x61, 0x9D, 0xC3, 0xD1, 0xDF)  # of the eight boards of a server
PIDS = 4_100  # processes of workers are numbered from here
RESERVED = 0.0067  # of a board's memory that the driver keeps: 546 MiB of 80 GB
CONTEXT, SCRATCH = 620, 1_024  # MiB of a process besides weights and keys and values: CUDA's, and activations
REMAPS = 512  # banks of memory, each of which can replace rows
MOST_LINKS = 18
TURN = 64  # GPUs that are read before others have their turn
PACKET = 128  # bytes of an NVLink packet
DRIVER, NVML, CUDA = "570.172.08", "12.570.172.08", 12_080
HOST = "fakeai"
RATES = ("links", "sent", "received")
Values = dict[str, float | int | str | None]


@dataclass(frozen=True, slots=True)
class Process:
    """A worker's process on one GPU: memory in MiB, and its share of the last second's work."""

    pid: int
    name: str
    memory: int
    share: float


@dataclass(slots=True)
class Gpu:
    """One board: who works on it, and its own faults."""

    index: int
    uuid: str
    serial: str
    bus: str
    warmer: float  # K above the coolest of its server
    workers: tuple[int, ...]
    rank: int  # among the boards of its worker
    bench: Bench
    faults: Faults = field(default_factory=Faults)


@dataclass(frozen=True, slots=True)
class Second:
    """The means of the last second of a bench."""

    engine: float
    sm: float
    occupancy: float
    tensor: float
    memory: float
    fp16: float
    fp32: float
    integer: float
    links: float
    sent: float
    received: float
    power: float

    @classmethod
    def of(cls, samples: list[Sample], idle: float) -> "Second":
        samples = samples or [Sample(1.0, REST, idle, 0.0, 0, 0.0)]  # the very beginning
        total = sum(each.seconds for each in samples)
        loads = [(each.seconds / total, each.load) for each in samples]
        names = [name for name in cls.__slots__ if name != "power"]
        means = {name: sum(share * getattr(load, name) for share, load in loads) for name in names}
        means |= {name: min(1.0, mean) for name, mean in means.items() if name not in RATES}
        return cls(**means, power=sum(each.seconds / total * each.power for each in samples))


class Gpus:
    """All GPUs of a world: an engine, `world.engine(Gpus)`. Moments are of `world.clock.monotonic()`."""

    def __init__(self, world: World) -> None:
        options = world.options
        self._world, self.fleet = world, world.engine(Fleet)
        self.board: Board = world.engine(Boards).find(options.gpu_model)
        self._first = world.number * options.gpus  # boards of other processes come before
        self._ahead = world.number * len(self.fleet.workers)  # workers, too
        self._start = int(world.started / SLICE)
        self.profile = self.fleet.profile
        self._work = Work(self.profile, self.board, options.workload_intensity)
        hands = deal(options.gpus, len(self.fleet.workers))
        benches: dict[tuple[int, ...], Bench] = {}
        self.gpus: list[Gpu] = []
        seats: dict[int, int] = {}
        for index, workers in enumerate(hands, self._first):
            if workers not in benches:
                benches[workers] = self._bench(workers)
            rank = 0
            for worker in workers:
                rank = seats[worker] = seats.get(worker, -1) + 1
            self.gpus.append(self._gpu(index, workers, rank, benches[workers]))
        for activity in self.fleet.activities:
            activity.before_loss.append(partial(self._settle, activity))

    def _bench(self, workers: tuple[int, ...]) -> Bench:
        activities = [self.fleet.activities[worker] for worker in workers]
        bench = Bench(self.board, activities, self._work, self._start)
        for activity in activities:
            bench.make_up(activity)
        return bench

    def _gpu(self, index: int, workers: tuple[int, ...], rank: int, bench: Bench) -> Gpu:
        name = self._world.fixed_id("", b"gpu", b"%d" % index)
        uuid = "-".join((name[:8], name[8:12], name[12:16], name[16:20], name[20:]))
        warmer = (self._world.chance(b"gpu", b"%d" % index).below(7)) * WARMEST / 6
        bus = f"{index // len(BUSES):08X}:{BUSES[index % len(BUSES)]:02X}:00.0"
        return Gpu(index, f"GPU-{uuid}", f"16{int(name[:8], 16):010d}", bus, warmer, workers, rank, bench)

    def _settle(self, activity: Activity, number: int) -> None:
        """Add up what *activity* forgets before slice *number*."""
        for bench in self._benches():
            if activity in bench.activities:
                bench.settle(number)

    def _benches(self) -> list[Bench]:
        return list({id(gpu.bench): gpu.bench for gpu in self.gpus}.values())

    def inject(self, index: int, kind: str, value: float = 1, seconds: float = 30.0) -> None:
        """Give GPU *index* a fault of a *kind* (`faults.KINDS`).

        Of `xid`, *value* is the code, of `cooling` the factor by which the board keeps its heat, of all that is counted
        how many. What lasts, a throttle by its reason or `cooling`, ends after *seconds*.

        Raises:
            BadFault: there is no such GPU or kind, or no such value of it.
        """
        if not self._first <= index < self._first + len(self.gpus):
            count = len(self.gpus) * self._world.processes
            raise BadFault(f"there is no GPU {index}; there are {count}")
        gpu = self.gpus[index - self._first]
        if kind not in LASTING:
            gpu.faults.note(kind, int(value))
            return
        if value <= 0 or seconds <= 0:
            raise BadFault(f"{kind}: its value and its seconds must be more than 0")
        now = int(self._world.clock.monotonic() / SLICE)
        spell = Spell(kind, now, now + max(1, round(seconds / SLICE)), value)
        gpu.bench = gpu.bench.split()
        gpu.bench.spells += (spell,)

    async def values(self, now: float) -> list[Values]:
        """What each GPU shows at *now*, by the names that `specs/catalog/dcgm.yaml` uses; None is not supported."""
        self.fleet.advance(now)
        shown: dict[int, Values] = {}
        for bench in self._benches():
            await bench.catch_up(now)
            shown[id(bench)] = self._shown(*bench.look(now))
            await give_way()
        found = []
        for gpu in self.gpus:
            found.append(self._own(gpu, shown[id(gpu.bench)], now))
            if gpu.index % TURN == TURN - 1:
                await give_way()
        return found

    async def histories(self, now: float) -> list[list[Sample]]:
        """The last minute of each GPU in samples of a tenth of a second; temperatures are those of the coolest."""
        self.fleet.advance(now)
        found: dict[int, list[Sample]] = {}
        for bench in self._benches():
            await bench.catch_up(now, HISTORY)
            found[id(bench)] = bench.history(now)
            await give_way()
        return [found[id(gpu.bench)] for gpu in self.gpus]

    def processes(self, gpu: Gpu, now: float) -> list[Process]:
        """The workers' processes on one GPU at *now*."""
        number = int(now / SLICE)
        busy = []
        for worker in gpu.workers:
            recent = self.fleet.activities[worker].between(number - WINDOW, number)
            busy.append(sum(done.prefill + done.decode for _, done in recent))
        total = max(1.0, sum(busy))
        return [
            Process(
                PIDS + self._ahead + worker, f"fakeai::worker{self._ahead + worker}_tp{gpu.rank}", memory, share / total
            )
            for worker, share, memory in zip(gpu.workers, busy, self._memory(gpu, now), strict=True)
        ]

    def _memory(self, gpu: Gpu, now: float) -> list[int]:
        """MiB that each worker of a GPU uses of it: weights, and the blocks that hold something."""
        profile, number = self.profile, int(now / SLICE)
        block = self.fleet.block_size * profile.kv_bytes_per_token / profile.tp / MIB
        fixed = profile.weights_bytes / profile.tp / MIB + CONTEXT + SCRATCH
        wanted = [fixed + self.fleet.activities[worker].held(number) * block for worker in gpu.workers]
        free = self.board.memory - self.reserved
        return [int(each * min(1.0, free / sum(wanted))) for each in wanted]

    @property
    def reserved(self) -> int:
        """MiB that the driver keeps."""
        return round(self.board.memory * RESERVED)

    def _shown(self, meter: Meter, samples: list[Sample]) -> Values:
        """What all boards of a bench show alike."""
        board = self.board
        mean = Second.of(samples, board.idle_power)
        last = samples[-1] if samples else None
        busy = any(each.load.engine for each in samples)
        reasons = last.reasons if last else 1
        clock = min((each.clock for each in samples if each.load.engine), default=board.idle_clock)
        memory_clock = board.memory_clock if busy else board.idle_memory_clock
        ns = {f"{reason}_violation": _whole(seconds * 1e9) for reason, seconds in meter.throttled.items()}
        links = _whole(meter.links) if board.links else None
        each = links * 2 // 1024 // board.links if links is not None else None
        return {
            "sm_clock": round(clock),
            "sm_clock_hertz": round(clock) * 1_000_000,
            "memory_clock": memory_clock,
            "memory_clock_hertz": memory_clock * 1_000_000,
            "video_clock": round(clock * 0.9),
            "max_sm_clock": board.clock,
            "max_memory_clock": board.memory_clock,
            "clock_reasons": reasons,
            "temperature": meter.temperature,
            "memory_temperature": meter.memory_temperature,
            "power": mean.power,
            "power_now": last.power if last else board.idle_power,
            "energy": _whole(meter.energy * 1000),
            "energy_joules": meter.energy,
            "power_limit": board.power_limit,
            "least_power_limit": board.least_power,
            "most_power_limit": board.most_power,
            "performance_state": 0 if busy else board.idle_state,
            "utilisation": round(mean.engine * 100),
            "memory_utilisation": round(mean.memory * 100),
            "zero": 0,
            "zero_ratio": 0.0,
            "one": 1,
            **ns,
            "slowed": _whole(meter.slowed * 1e9),
            "slowed_base": _whole((meter.throttled["thermal"] + meter.throttled["reliability"]) * 1e9),
            "engine": mean.engine,
            "sm": mean.sm,
            "occupancy": mean.occupancy,
            "tensor": mean.tensor,
            "tensor_int": 0.0,
            "dram": mean.memory,
            "fp16": mean.fp16,
            "fp32": mean.fp32,
            "fp64": 0.0,
            "integer": mean.integer,
            "pcie_sent_rate": int(mean.sent),
            "pcie_received_rate": int(mean.received),
            "pcie_sent_kib": int(mean.sent / 1024),
            "pcie_received_kib": int(mean.received / 1024),
            "pcie_sent": _whole(meter.sent),
            "pcie_received": _whole(meter.received),
            "link_rate": int(mean.links) if board.links else None,
            "link_kib": links * 2 // 1024 if links is not None else None,
            "link_one_way_kib": links // 1024 if links is not None else None,
            **{f"link_{link}_kib": each if link < board.links else None for link in range(MOST_LINKS)},
            "link_bytes": links,
            "link_packets": links // PACKET if links is not None else None,
            "memory_total": board.memory,
            "memory_reserved": self.reserved,
            "bar1_total": 131_072,
            "bar1_used": 2,
            "bar1_free": 131_070,
            "pcie_generation": board.pcie_generation,
            "pcie_width": board.pcie_width,
            "slowdown_temperature": board.slowdown,
            "shutdown_temperature": board.shutdown,
            "most_temperature": board.slowdown - 2,
            "most_memory_temperature": board.memory_limit,
            "compute_capability": _capability(board),
            "cuda_driver": CUDA,
        }

    def _own(self, gpu: Gpu, shown: Values, now: float) -> Values:
        """What one board shows: that of its bench, and its own."""
        faults, counts, board = gpu.faults, gpu.faults.counts, self.board
        used = sum(self._memory(gpu, now))
        free = board.memory - self.reserved - used
        temperature = _number(shown["temperature"]) + gpu.warmer
        single, double = counts["ecc_single"], counts["ecc_double"]
        single_cache, double_cache = counts["ecc_single_cache"], counts["ecc_double_cache"]
        linked = None if not board.links else 0
        remapped = counts["row_remap"] + counts["row_remap_uncorrectable"]
        return shown | {
            "index": gpu.index,
            "temperature": round(temperature),
            "margin": board.slowdown - round(temperature),
            "memory_temperature": round(_number(shown["memory_temperature"]) + gpu.warmer),
            "memory_used": used,
            "memory_free": free,
            "memory_share": used / (board.memory - self.reserved),
            "processes": len(gpu.workers),
            "xid": faults.xid,
            "xid_count": sum(faults.xids.values()),
            "pcie_replay": counts["pcie_replay"],
            "ecc_single": single + single_cache,
            "ecc_double": double + double_cache,
            "ecc_single_memory": single,
            "ecc_double_memory": double,
            "ecc_single_cache": single_cache,
            "ecc_double_cache": double_cache,
            "page_single": counts["page_single"],
            "page_double": counts["page_double"],
            "row_remap": counts["row_remap"],
            "row_remap_uncorrectable": counts["row_remap_uncorrectable"],
            "row_remap_failure": int(faults.remap_failed),
            "row_remap_pending": int(faults.remap_pending),
            "banks_full": REMAPS - min(remapped, REMAPS),
            "banks_high": min(remapped, REMAPS),
            "link_crc": counts["nvlink_crc"] if linked is not None else None,
            "link_replay": counts["nvlink_replay"] if linked is not None else None,
            "link_recovery": counts["nvlink_recovery"] if linked is not None else None,
            "link_zero": linked,
            "fabric": 3 if board.links else None,  # set up
            "recovery_action": 1 if faults.is_ill else 0,
            "health": 20 if faults.is_ill else 10 if faults.xid else 0,
        }


def deal(gpus: int, workers: int) -> list[tuple[int, ...]]:
    """The workers of each GPU: each worker has as many GPUs as all others, or each GPU as many workers as may be.

    GPUs that are left over have none.
    """
    each = gpus // workers
    if each:
        return [(index // each,) if index < each * workers else () for index in range(gpus)]
    return [tuple(w for w in range(workers) if w * gpus // workers == index) for index in range(gpus)]


def _whole(value: float) -> int:
    """*value* rounded down, whatever the last bits of a sum are: a counter never falls."""
    return int(value * (1 + 1e-12) + 1e-6)


def _number(value: Any) -> float:
    return float(value)


def _capability(board: Board) -> int:
    """9.0 as NVML packs it: the major version in the upper half."""
    major, minor = board.compute_capability.split(".")
    return int(major) << 16 | int(minor)
