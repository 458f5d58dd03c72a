"""The GPUs as NVIDIA's dcgm-exporter shows them to Prometheus, and as FakeAI's own JSON."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import orjson

from ..answer import Header, Reply
from ..call import Call
from ..clock import give_way
from ..cluster.gpus import DRIVER, HOST, Gpu, Gpus, Values
from ..cluster.meters import Sample
from ..peers import Peers
from ..world import World
from .together import Together

TEXT: Header = (b"content-type", b"text/plain; version=0.0.4; charset=utf-8")
SOME = 16  # GPUs that are told of at once
TURN = 500  # lines that are written before others have their turn
THERMAL, POWER = 0x20 | 0x40, 0x4 | 0x80  # bits of what holds clocks down
HOTSPOT = 8.0  # K that the hottest spot of a board at its limit is above the rest
PERCENTILES = (50, 90, 99)

Telling = Callable[[World], AsyncIterator[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Field:
    """One metric: what stands before its samples, and the quantity that it shows."""

    name: str
    head: str
    shows: str


class Exposition:
    """The fields and labels of a world's GPUs: an engine, `world.engine(Exposition)`."""

    def __init__(self, world: World) -> None:
        column = "id" if world.options.dcgm_names == "legacy" else "name"
        self.fields = [
            Field(
                row[column], f"# HELP {row[column]} {row['help']}\n# TYPE {row[column]} {row['type']}\n", row["shows"]
            )
            for row in world.catalog.get("dcgm", [])
        ]
        gpus = world.engine(Gpus)
        label = world.options.dcgm_hostname_label
        self.labels: list[str] = [
            f'{{gpu="{gpu.index}",UUID="{gpu.uuid}",pci_bus_id="{gpu.bus}",device="nvidia{gpu.index}",'
            f'modelName="{gpus.board.name}",{label}="{HOST}",DCGM_FI_DRIVER_VERSION="{DRIVER}"}} '
            for gpu in gpus.gpus
        ]

    async def write(self, labels: list[str], shown: list[Values]) -> bytes:
        """What all GPUs show, each field with a line for each GPU that has it."""
        parts: list[str] = []
        lines = 0
        for field in self.fields:
            name = field.name
            samples = [
                f"{name}{said}{value}\n" if isinstance(value, int) else f"{name}{said}{value:.6f}\n"
                for said, values in zip(labels, shown, strict=True)
                if (value := values[field.shows]) is not None
            ]
            if samples:
                parts.append(field.head)
                parts += samples
            lines += len(samples)
            if lines > TURN:
                lines = 0
                await give_way()
        return "".join(parts).encode()


async def metrics(call: Call) -> Reply:
    """What Prometheus scrapes."""
    world = call.world
    labels, shown = [], []
    for part in await everywhere(world, "gpu_values", _values):
        labels += part["labels"]
        shown += part["values"]
    return Reply(await world.engine(Exposition).write(labels, shown), content_type=TEXT)


async def report(call: Call) -> Reply:
    """The same for programs, an object for each GPU, with percentiles of the last minute and the workers' processes."""
    body = {}
    for part in await everywhere(call.world, "gpu_objects", _objects):
        body.update(part)
    return call.reply(body)


async def _values(world: World) -> AsyncIterator[dict[str, Any]]:
    """Labels and values of this process's GPUs, some at a time."""
    labels = world.engine(Exposition).labels
    shown = await world.engine(Gpus).values(world.clock.monotonic())
    for at in range(0, len(shown), SOME):
        yield {"labels": labels[at : at + SOME], "values": shown[at : at + SOME]}


async def _objects(world: World) -> AsyncIterator[dict[str, Any]]:
    """An object for each of this process's GPUs."""
    gpus, now = world.engine(Gpus), world.clock.monotonic()
    shown, histories = await gpus.values(now), await gpus.histories(now)
    for gpu, values, samples in zip(gpus.gpus, shown, histories, strict=True):
        yield {f"gpu_{gpu.index}": _object(gpus, gpu, values, samples, now)}
        await give_way()


def join(world: World, peers: Peers) -> None:
    """Tell other processes of this one's GPUs."""
    for name, tell in (("gpu_values", _values), ("gpu_objects", _objects)):
        peers.answers[name] = partial(_told, world, tell)


async def _told(world: World, tell: Telling, _: bytes) -> AsyncIterator[bytes]:
    parts = [part async for part in tell(world)]
    await world.lasting(Together).save()
    for part in parts:
        yield orjson.dumps(part)


async def everywhere(world: World, what: str, tell: Telling) -> list[dict[str, Any]]:
    """What all processes *tell*, in their order; the boards of one that is being replaced are missing."""
    found = {world.number: [part async for part in tell(world)]}
    if world.peers is not None:
        await world.lasting(Together).save()
    for number, heard in (await world.peers.ask(what)).items() if world.peers else ():
        found[number] = []
        for part in heard.parts or ():
            found[number].append(orjson.loads(part))
            await give_way()
    return [part for _, told in sorted(found.items()) for part in told]


def _object(gpus: Gpus, gpu: Gpu, values: Values, samples: list[Sample], now: float) -> dict[str, Any]:
    shown: dict[str, Any] = dict(values)
    reasons, board = shown["clock_reasons"], gpus.board
    warm = sorted(each.temperature + gpu.warmer for each in samples) or [float(shown["temperature"])]
    drawn = sorted(each.power for each in samples) or [board.idle_power]
    return {
        "gpu_id": gpu.index,
        "uuid": gpu.uuid,
        "name": board.name,
        "architecture": board.architecture,
        "sm_clock_mhz": shown["sm_clock"],
        "memory_clock_mhz": shown["memory_clock"],
        "temperature_c": shown["temperature"],
        "memory_temp_c": shown["memory_temperature"],
        "hotspot_temp_c": shown["temperature"] + round(HOTSPOT * shown["power"] / board.power_limit),
        "power_usage_w": round(shown["power"], 6),
        "total_energy_mj": shown["energy"],
        "gpu_utilization_pct": shown["utilisation"],
        "memory_utilization_pct": shown["memory_utilisation"],
        "memory_free_mib": shown["memory_free"],
        "memory_used_mib": shown["memory_used"],
        "memory_total_mib": shown["memory_total"],
        "memory_reserved_mib": shown["memory_reserved"],
        "ecc_sbe_total": shown["ecc_single"],
        "ecc_sbe_l1": 0,
        "ecc_sbe_l2": shown["ecc_single_cache"],
        "ecc_dbe_total": shown["ecc_double"],
        "performance_state": shown["performance_state"],
        "sm_active_pct": shown["sm"] * 100,
        "sm_occupancy_pct": shown["occupancy"] * 100,
        "tensor_active_pct": shown["tensor"] * 100,
        "dram_active_pct": shown["dram"] * 100,
        "pcie_tx_bytes": shown["pcie_sent"],
        "pcie_rx_bytes": shown["pcie_received"],
        "nvlink_tx_bytes": shown["link_bytes"] or 0,
        "nvlink_rx_bytes": shown["link_bytes"] or 0,
        "fan_speed_pct": 0,
        "throttle_reasons": reasons,
        "thermal_throttle": int(bool(reasons & THERMAL)),
        "power_throttle": int(bool(reasons & POWER)),
        "xid": shown["xid"],
        **{f"temp_p{rank}": _percentile(warm, rank) for rank in PERCENTILES},
        **{f"power_p{rank}": _percentile(drawn, rank) for rank in PERCENTILES},
        "processes": [
            {"pid": each.pid, "name": each.name, "memory_mib": each.memory, "sm_pct": each.share * 100}
            for each in gpus.processes(gpu, now)
        ],
    }


def _percentile(ordered: list[float], rank: float) -> float:
    """Between the two values that are nearest to *rank* percent of the way."""
    place = (len(ordered) - 1) * rank / 100
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
