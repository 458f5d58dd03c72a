"""The admin API: look at the server, reset it, move its clock, give it faults and words, read its journal."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from ..answer import Answer
from ..call import Call
from ..clock import RealClock, VirtualClock
from ..cluster.faults import BadFault as BadGpuFault
from ..cluster.fleet import Fleet
from ..cluster.gpus import Gpus
from ..content.scripts import BadScript, Script
from ..errors import ApiError
from ..guards.budgets import Budgets
from ..guards.faults.faults import Faults
from ..guards.faults.kinds import BadFault, seconds
from ..telemetry.journal import Journal
from ..world import World

FURTHEST = 366 * 86_400.0  # seconds that the clock is moved at once

Doing = Callable[[Call, Mapping[str, Any]], Awaitable[Any]]


async def do(call: Call, what: str, said: Mapping[str, Any]) -> Answer:
    """The answer to a call that does *what*, a name of DOINGS, with the query or body it *said*."""
    return call.reply(await DOINGS[what](call, said))


async def _state(call: Call, _: Mapping[str, Any]) -> Any:
    world = call.world
    fleet, now = world.engine(Fleet), world.clock.monotonic()
    fleet.advance(now)
    for worker in fleet.workers:
        worker.advance(now)
    return {
        "seed": world.options.seed,
        "clock": _clock_of(world),
        "uptime": now - world.started,
        "requests": world.engine(Journal).count if world.options.journal else None,
        "journal": {"entries": len(list(world.engine(Journal))), "most": world.options.journal},
        "faults": len(world.engine(Faults).rules),
        "script": {"rules": len(world.engine(Script).rules)},
        "workers": [
            {
                "worker": worker.number,
                "running": worker.requests - worker.waiting,
                "waiting": worker.waiting,
                "routed": worker.routed,
                "blocks": {"held": worker.cache.used, "kept": worker.cache.kept, "of": worker.cache.capacity},
            }
            for worker in fleet.workers
        ],
    }


async def _reset(call: Call, _: Mapping[str, Any]) -> Any:
    world = call.world
    if world.options.kept:
        raise ApiError(
            409,
            "What clients stored is kept outside of this server (--data, --store), and is not deleted by a reset.",
            code="store_is_kept",
        )
    await world.reset()
    world.engine(Faults).reset()
    world.engine(Journal).reset()
    return await _state(call, {})


async def _clock(call: Call, _: Mapping[str, Any]) -> Any:
    return _clock_of(call.world)


async def _turn(call: Call, said: Mapping[str, Any]) -> Any:
    clock = call.world.clock
    try:
        ahead = seconds(said.get("ahead", 0))
    except BadFault as error:
        raise ApiError(400, f"Invalid 'ahead': {error}.", param="ahead") from None
    if not 0 <= ahead <= FURTHEST:
        raise ApiError(400, "Invalid 'ahead': the clock is moved by a year at most.", param="ahead")
    if "speed" in said:
        if not isinstance(clock, RealClock):
            raise ApiError(409, "This clock has no speed.", code="no_speed")
        clock.run(float(said["speed"]))
    if ahead:
        assert isinstance(clock, RealClock | VirtualClock)
        clock.ahead(ahead)
    return _clock_of(call.world)


def _clock_of(world: World) -> dict[str, Any]:
    clock = world.clock
    return {"now": clock.now(), "speed": clock.speed if isinstance(clock, RealClock) else None}


async def _list_faults(call: Call, _: Mapping[str, Any]) -> Any:
    rules = call.world.engine(Faults).rules
    return {"rules": [{"id": name, "rule": rule.said} for name, rule in rules.items()]}


async def _add_faults(call: Call, said: Mapping[str, Any]) -> Any:
    faults, added = call.world.engine(Faults), []
    try:
        for rule in reversed(said["rules"]) if "rules" in said else [said]:
            added.append(faults.add(rule))
    except BadFault as error:
        for name in added:
            faults.remove(name)
        raise ApiError(400, f"Invalid fault: {error}.", code="invalid_fault") from None
    return {"added": added[::-1]}


async def _remove_faults(call: Call, _: Mapping[str, Any]) -> Any:
    name = call.args.get("id")
    if not call.world.engine(Faults).remove(name):
        raise ApiError(404, f"There is no rule of faults {name!r}.", param="id", code="fault_not_found")
    return await _list_faults(call, {})


async def _show_script(call: Call, _: Mapping[str, Any]) -> Any:
    return {"rules": call.world.engine(Script).said}


async def _put_script(call: Call, said: Mapping[str, Any]) -> Any:
    try:
        call.world.engine(Script).put(said)
    except BadScript as error:
        raise ApiError(400, f"Invalid script: {error}.", code="invalid_script") from None
    return await _show_script(call, {})


async def _remove_script(call: Call, _: Mapping[str, Any]) -> Any:
    call.world.engine(Script).put(None)
    return await _show_script(call, {})


async def _seed(call: Call, said: Mapping[str, Any]) -> Any:
    call.world.renew(said["seed"])
    return {"seed": call.world.options.seed}


async def _gpu_fault(call: Call, said: Mapping[str, Any]) -> Any:
    gpu = call.args["gpu"]
    if not (gpu.isascii() and gpu.isdigit() and len(gpu) < 6):
        raise ApiError(404, f"There is no GPU {gpu!r}.", param="gpu")
    try:
        lasts = seconds(said.get("for", 30))
        call.world.engine(Gpus).inject(int(gpu), said["kind"], said.get("value", 1), lasts)
    except (BadGpuFault, BadFault) as error:
        raise ApiError(400, f"Invalid fault: {error}.", code="invalid_fault") from None
    return {"gpu": int(gpu), "kind": said["kind"]}


async def _clear_cache(call: Call, _: Mapping[str, Any]) -> Any:
    fleet = call.world.engine(Fleet)
    fleet.advance(call.world.clock.monotonic())
    before = sum(worker.cache.kept for worker in fleet.workers)
    for worker in fleet.workers:
        worker.cache.clear()
    return {"dropped_blocks": before - sum(worker.cache.kept for worker in fleet.workers)}


async def _requests(call: Call, said: Mapping[str, Any]) -> Any:
    journal = _journal(call)
    wanted = dict(said)
    limit = wanted.pop("limit", 100)
    found = journal.matching(**wanted)
    return {"count": len(found), "requests": [entry.shown() for entry in found[-limit:]]}


async def _request(call: Call, _: Mapping[str, Any]) -> Any:
    number = call.args["number"]
    entry = _journal(call).find(int(number)) if number.isascii() and number.isdigit() and len(number) < 16 else None
    if entry is None:
        raise ApiError(404, f"The journal has no request {number}.", param="number", code="request_not_found")
    return entry.shown()


async def _forget_requests(call: Call, _: Mapping[str, Any]) -> Any:
    _journal(call).forget()
    return {"count": 0, "requests": []}


def _journal(call: Call) -> Journal:
    if not call.world.options.journal:
        raise ApiError(409, "This server keeps no journal: start it with --journal N.", code="no_journal")
    return call.world.engine(Journal)


async def _alerts(call: Call, _: Mapping[str, Any]) -> Any:
    return {"alerts": await call.world.engine(Budgets).triggered(call)}


DOINGS: dict[str, Doing] = {
    "state": _state,
    "reset": _reset,
    "clock": _clock,
    "turn_clock": _turn,
    "list_faults": _list_faults,
    "add_faults": _add_faults,
    "remove_faults": _remove_faults,
    "show_script": _show_script,
    "put_script": _put_script,
    "remove_script": _remove_script,
    "seed": _seed,
    "gpu_fault": _gpu_fault,
    "clear_cache": _clear_cache,
    "list_requests": _requests,
    "show_request": _request,
    "forget_requests": _forget_requests,
    "list_alerts": _alerts,
}
