"""The fleet as it is: its workers, what the router decided, and its GPUs."""

import math
from typing import Any

from ...cluster.activity import SLICE
from ...cluster.batch import BatchWorker
from ...cluster.gpus import Gpus
from ...cluster.meters import Sample
from ...cluster.request import Request
from ...cluster.worker import Worker
from ..portions import Portions
from ..reading import Reading
from .remembered import Remembered

DECISIONS = 24  # of the router that are shown
SLICES = round(1 / SLICE)  # of a second


def named(reading: Reading, worker: Worker) -> dict[str, Any]:
    """Which worker it is, of those of all processes; without a rank where workers have none."""
    rank = worker.rank if reading.world.options.machine.ranks > 1 else None
    return {"name": worker.name, "worker": worker.instance, "dp_rank": rank}


def number_of(reading: Reading, request: Request) -> int:
    """The number of *request* among those of all processes, where there is no journal that numbers them."""
    world = reading.world
    return request.number if world.peers is None else request.number * world.processes + world.number


async def workers(reading: Reading) -> list[dict[str, Any]]:
    """Each worker at this moment: its batch, queue and KV cache; its work in the last whole second."""
    portions, found = Portions(reading.world.clock), []
    for worker in reading.fleet.workers:
        found.append(_worker(reading, worker))
        await portions.pause()
    return found


def _worker(reading: Reading, worker: Worker) -> dict[str, Any]:
    fleet, record = reading.fleet, reading.records.by(worker.number)
    last, latest = int(reading.now) * SLICES, record.latest
    slices = [done for _, done in worker.activity.between(last - SLICES, last)]
    is_apart = reading.world.options.machine.prefill_workers and any(map(fleet.hands_over, range(len(fleet.workers))))
    role = "prefill" if fleet.hands_over(worker.number) else "decode" if is_apart else "both"
    is_batched = isinstance(worker, BatchWorker)
    return {
        **named(reading, worker),
        "role": role,
        "running": worker.requests - worker.waiting,
        "waiting": worker.waiting,
        "decoding": worker.decoding,
        "most": reading.world.options.machine.sequences if is_batched else None,
        "routed": worker.routed,
        "complete": record.complete,
        "blocks": {"held": worker.cache.used, "kept": worker.cache.kept, "of": worker.cache.capacity},
        "evicted": worker.cache.evicted,
        "preemptions": worker.preemptions if isinstance(worker, BatchWorker) else 0,
        "prefill_tokens": worker.prefill_tokens,
        "prompt_tokens": record.prompt_tokens,
        "cached_tokens": record.cached_tokens,
        "made_tokens": record.made_tokens,
        "made_rate": round(sum([done.made_tokens for done in slices]), 3),
        "prefill_percent": round(sum([done.prefill for done in slices]) * 100, 3),
        "decode_percent": round(sum([done.decode for done in slices]) * 100, 3),
        "ttft": round((latest.first - latest.arrived) * 1000, 4) if latest and latest.first >= 0 else None,
    }


def decisions(reading: Reading, requests: Remembered) -> list[dict[str, Any]]:
    """The last requests that had a choice, each with what every worker would have cost."""
    latest = [each for each in requests.newest(2 * DECISIONS) if each.costs][:DECISIONS]
    return [decision(reading, each) for each in latest]


def router(reading: Reading) -> dict[str, Any]:
    """How requests are routed."""
    fleet, options = reading.fleet, reading.world.options.machine
    return {
        "mode": fleet.router.mode,
        "formula": options.formula,
        "block_size": fleet.block_size,
        "overlap_score_credit": options.overlap_score_credit,
        "prefill_load_scale": options.prefill_load_scale,
        "temperature": options.temperature,
        "not_best": sum([record.not_best for _, record in reading.models]),
        "hit_rate": _percent(
            sum([record.hits for _, record in reading.models]), sum([record.looked_up for _, record in reading.models])
        ),
        "handed_over": fleet.handed_over,
    }


def decision(reading: Reading, request: Request) -> dict[str, Any]:
    """Where *request* went, and why: costs in blocks, of each of the *workers* that it could have gone to.

    The one that was chosen computes its prompt; where prompts are computed apart, another makes its tokens. A cost is
    what of the prompt the worker would have to compute, and its load; the oldest formula has no such parts. Who was
    too busy has none.
    """
    fleet, options, costs = reading.fleet, reading.world.options.machine, request.costs
    size = fleet.block_size
    overlaps = [request.overlaps.get(place, 0) for place in range(len(costs))]
    scale, credit = options.prefill_load_scale, options.overlap_score_credit
    front = options.prefill_workers * options.ranks if fleet.hands_over(0) else 0
    is_moved = 0 < front <= request.worker and (request.is_transferred or request.preemptions > 0)
    first = 0 if is_moved or request.worker < front else front
    chosen = first + costs.index(min(costs)) if is_moved else request.worker
    own = [scale * max(0.0, request.prompt / size - credit * overlap) for overlap in overlaps]
    return {
        "number": number_of(reading, request),
        "time": request.arrived + reading.records.since_1970,
        "model": request.model,
        "blocks": round(request.prompt / size, 2),
        "worker": fleet.workers[request.worker].name,
        "chosen": fleet.workers[chosen].name,
        "workers": [worker.name for worker in fleet.workers[first : first + len(costs)]],
        "overlap": request.overlap,
        "best": request.best,
        "costs": [_blocks(cost) for cost in costs],
        "overlaps": overlaps,
        "loads": []
        if options.formula == "0.1"
        else [_blocks(cost - part) for cost, part in zip(costs, own, strict=True)],
    }


def _blocks(cost: float) -> float | None:
    """A *cost* as it is shown: None is that of a worker that was too busy."""
    return round(cost, 3) if cost < math.inf else None


async def gpus(reading: Reading) -> list[dict[str, Any]]:
    """Each GPU at this moment. Shares in percent of the last second, temperatures in °C, power in W, memory in MiB."""
    engine, portions, found = reading.world.engine(Gpus), Portions(reading.world.clock), []
    board = engine.board
    for gpu, shown in zip(engine.gpus, await engine.values(reading.now), strict=True):
        found.append(
            {
                "gpu": gpu.index,
                "name": board.name,
                "uuid": gpu.uuid,
                "workers": [reading.fleet.workers[number].name for number in gpu.workers],
                "utilisation": shown["utilisation"],
                "tensor": _share(shown["tensor"]),
                "dram": _share(shown["dram"]),
                "power": shown["power"],
                "power_limit": board.power_limit,
                "temperature": shown["temperature"],
                "memory_temperature": shown["memory_temperature"],
                "slowdown": board.slowdown,
                "memory_used": shown["memory_used"],
                "memory_total": shown["memory_total"],
                "sm_clock": shown["sm_clock"],
                "clock_reasons": shown["clock_reasons"],
                "xid": shown["xid"],
                "energy": shown["energy_joules"],
            }
        )
        await portions.pause()
    return found


async def gpu_seconds(reading: Reading, first: int) -> dict[str, Any]:
    """Power, temperature and utilisation of each GPU in each whole second from *first* on, of the last minute."""
    engine, portions, found = reading.world.engine(Gpus), Portions(reading.world.clock), []
    count = int(reading.now) - first
    for gpu, samples in zip(engine.gpus, await engine.histories(reading.now), strict=True):
        whole = samples[: len(samples) - int((reading.now - int(reading.now)) / SLICE) - 1]
        seconds: list[list[Sample] | None] = [
            whole[at : at + SLICES] for at in range(len(whole) % SLICES, len(whole), SLICES)
        ]
        seconds = ([None] * count + seconds)[-count:] if count > 0 else []
        found.append(
            {
                "gpu": gpu.index,
                "power": [_mean([one.power for one in each]) if each else None for each in seconds],
                "temperature": [round(each[-1].temperature + gpu.warmer, 2) if each else None for each in seconds],
                "utilisation": [_mean([one.load.engine * 100 for one in each]) if each else None for each in seconds],
            }
        )
        await portions.pause()
    return {"first": first, "gpus": found}


def _mean(values: list[float]) -> float:
    return round(sum(values) / len(values), 2)


def _share(value: Any) -> float:
    return round(float(value) * 100, 2)


def _percent(part: int, whole: int) -> float | None:
    return part / whole * 100 if whole else None
