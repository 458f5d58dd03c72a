"""The admin API: look at the server, reset it, move its clock, give it faults and words, read its journal."""

import ipaddress
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..answer import Answer
from ..call import Call
from ..clock import RealClock, VirtualClock
from ..cluster.faults import BadFault as BadGpuFault
from ..cluster.fleet import Fleet
from ..cluster.gpus import Gpus
from ..content.scripts import BadScript, Script
from ..errors import ApiError
from ..guards.abuse import LONGEST, Abuse, Ban
from ..guards.budgets import Budgets
from ..guards.faults.faults import Faults
from ..guards.faults.kinds import BadFault, seconds
from ..ledger.ledger import Ledger
from ..peers import Peers
from ..telemetry.journal import Journal
from ..thresholds import Thresholds
from ..world import World
from .orders import LIMIT, Orders

FURTHEST = 366 * 86_400.0  # seconds that the clock is moved at once

Doing = Callable[[Call, Mapping[str, Any]], Awaitable[Any]]


async def do(call: Call, what: str, said: Mapping[str, Any]) -> Answer:
    """The answer to a call that does *what*, a name of DOINGS, with the query or body it *said*."""
    if call.world.peers is not None:
        return call.reply(await call.world.lasting(Orders).do(call, what, said))
    return call.reply(await DOINGS[what](call, said))


def join(world: World, peers: Peers, others: Mapping[str, Doing]) -> None:
    """Let *world* do what all processes of its server are told to do, here or by *others*."""
    orders = world.lasting(Orders)
    orders.join(peers, {**DOINGS, **others})
    world.order = orders.do


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
                "worker": worker.instance,
                "dp_rank": worker.rank,
                "running": worker.requests - worker.waiting,
                "waiting": worker.waiting,
                "routed": worker.routed,
                "blocks": {"held": worker.cache.used, "kept": worker.cache.kept, "of": worker.cache.capacity},
            }
            for worker in fleet.workers
        ],
    }


async def _reset(call: Call, _: Mapping[str, Any]) -> Any:
    await _clear_store(call, {})
    await _renew(call, {})
    return await _state(call, {})


async def _clear_store(call: Call, _: Mapping[str, Any]) -> Any:
    world = call.world
    if world.options.kept:
        raise ApiError(
            409,
            "What clients stored is kept outside of this server (--data, --store), and is not deleted by a reset.",
            code="store_is_kept",
        )
    await world.store.clear()


async def _renew(call: Call, _: Mapping[str, Any]) -> Any:
    await _begin_ledger(call)
    await call.world.reset(call.arrived)
    call.world.engine(Faults).reset()
    call.world.engine(Journal).reset()


async def _begin_ledger(call: Call) -> None:
    """Where what is used is written down and not kept: go on in another folder."""
    world = call.world
    folder = world.options.usage_folder
    if folder is None or world.options.kept:
        return
    ledger = world.forget(Ledger)
    if ledger is not None and ledger.settle() == math.inf:  # nobody writes in it any more
        await ledger.close()
    world.options = replace(world.options, usage_folder=str(Path(folder).with_name(call.new_id("usage_"))))


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


async def _set_clock(call: Call, said: Mapping[str, Any]) -> Any:
    clock = call.world.clock
    assert isinstance(clock, RealClock)
    clock.take(said)


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
            added.append(faults.add(rule, call.new_id("fault_")))
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
        call.world.engine(Script).put(said, call.new_id("script_"))
    except BadScript as error:
        raise ApiError(400, f"Invalid script: {error}.", code="invalid_script") from None
    return await _show_script(call, {})


async def _remove_script(call: Call, _: Mapping[str, Any]) -> Any:
    call.world.engine(Script).put(None, call.new_id("script_"))
    return await _show_script(call, {})


async def _seed(call: Call, said: Mapping[str, Any]) -> Any:
    call.world.renew(said["seed"])
    await call.world.engine(Thresholds).restore(call.world.store)
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
    world = call.world
    return {"dropped_blocks": world.engine(Fleet).clear(world.clock.monotonic())}


async def _list_bans(call: Call, _: Mapping[str, Any]) -> Any:
    return {"bans": [_ban_of(ban) for ban in await _abuse(call).bans()]}


async def _add_ban(call: Call, said: Mapping[str, Any]) -> Any:
    try:
        lasts = seconds(said.get("for", 300))
    except BadFault as error:
        raise ApiError(400, f"Invalid 'for': {error}.", param="for") from None
    if not 0 < lasts <= LONGEST:
        raise ApiError(400, "Invalid 'for': a ban lasts a year at most.", param="for")
    try:
        ipaddress.ip_address(said["address"])
    except ValueError:
        raise ApiError(
            400, f"Invalid 'address': {said['address']!r} is no IP address.", code="invalid_value", param="address"
        ) from None
    return _ban_of(await _abuse(call).ban(said["address"], said.get("reason", "admin"), lasts))


async def _lift_ban(call: Call, _: Mapping[str, Any]) -> Any:
    address = call.args["address"]
    if not await _abuse(call).lift(address):
        raise ApiError(404, f"The address {address!r} is not shut out.", param="address", code="ban_not_found")
    return await _list_bans(call, {})


def _abuse(call: Call) -> Abuse:
    if not call.world.options.security.abuse:
        raise ApiError(409, "This server shuts nobody out: start it with --enable-abuse-detection.", code="no_bans")
    return call.world.engine(Abuse)


def _ban_of(ban: Ban) -> dict[str, Any]:
    return {"address": ban.address, "reason": ban.reason, "since": ban.since, "until": ban.until}


async def _requests(call: Call, said: Mapping[str, Any]) -> Any:
    journal = _journal(call)
    wanted = dict(said)
    limit = wanted.pop("limit", LIMIT)
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
    "clear_store": _clear_store,
    "renew": _renew,
    "clock": _clock,
    "turn_clock": _turn,
    "set_clock": _set_clock,
    "list_faults": _list_faults,
    "add_faults": _add_faults,
    "remove_faults": _remove_faults,
    "show_script": _show_script,
    "put_script": _put_script,
    "remove_script": _remove_script,
    "seed": _seed,
    "gpu_fault": _gpu_fault,
    "clear_cache": _clear_cache,
    "list_bans": _list_bans,
    "add_ban": _add_ban,
    "lift_ban": _lift_ban,
    "list_requests": _requests,
    "show_request": _request,
    "forget_requests": _forget_requests,
    "list_alerts": _alerts,
}
