"""What the dashboard shows of each process, told by that process: its requests one by one, its workers, its boards.

What is added up, they have from the readings of all processes (`telemetry/together.py`).
"""

from collections.abc import AsyncIterator
from typing import Any

import orjson

from ...errors import ApiError
from ...peers import Peers
from ...world import World
from ..reading import read_own
from . import calls, machine
from .history import History
from .remembered import remembered

Told = dict[str, Any]


def join(world: World, peers: Peers) -> None:
    """Let *world* tell the other processes of its server."""

    async def parts(said: bytes) -> AsyncIterator[bytes]:
        yield orjson.dumps(await _own(world, **orjson.loads(said)))

    async def request(said: bytes) -> AsyncIterator[bytes]:
        try:
            yield orjson.dumps(await calls.one(await read_own(world), said.decode()))
        except ApiError:
            return

    peers.answers["dashboard"] = parts
    peers.answers["dashboard request"] = request


async def shown(world: World, view: str, first: int, count: int, whole: bool) -> list[Told]:
    """What each process shows in a *view*, in their order: *count* seconds from *first* on, those of its boards when
    the *whole* is asked for."""
    said: Told = {"view": view, "first": first, "count": count, "whole": whole}
    found = {world.number: await _own(world, **said)}
    if world.peers is not None:
        heard = await world.peers.ask("dashboard", orjson.dumps(said))
        found |= {number: orjson.loads(b"".join(answer.parts)) for number, answer in heard.items() if answer.parts}
    return [told for _, told in sorted(found.items())]


async def one(world: World, number: str) -> Told | None:
    """The request of that *number* in another process."""
    heard = await world.peers.ask("dashboard request", number.encode()) if world.peers is not None else {}
    return next((orjson.loads(part) for answer in heard.values() for part in answer.parts or ()), None)


async def _own(world: World, view: str, first: int, count: int, whole: bool) -> Told:
    """What this process shows."""
    reading = await read_own(world)
    requests = await remembered(reading)
    told: Told = {"requests": await calls.last(reading, requests)}
    if view == "overview":
        return told
    work = await world.engine(History).workers(reading, requests, first)
    boards = await machine.gpu_seconds(reading, first) if whole else None
    return told | {
        "workers": await machine.workers(reading),
        "worker_seconds": _cut(work, "workers", first, count),
        "decisions": machine.decisions(reading, requests),
        "gpus": await machine.gpus(reading),
        "gpu_seconds": boards and _cut(boards, "gpus", first, count),
    }


def latest(each: list[list[Told]], most: int) -> list[Told]:
    """Of what every process tells, what came last."""
    return sorted((one for told in each for one in told), key=lambda one: -one["time"])[:most]


def together(each: list[Told], kind: str) -> Told:
    """The columns of all processes side by side."""
    return {"first": each[0]["first"], kind: [one for told in each for one in told[kind]]}


def _cut(told: Told, kind: str, first: int, count: int) -> Told:
    """*count* seconds from *first* on of all columns; a second of which nothing is known is None."""
    before, skipped = [None] * (told["first"] - first), max(first - told["first"], 0)

    def cut(column: list[Any]) -> list[Any]:
        found = [*before, *column[skipped:]][:count]
        return found + [None] * (count - len(found))

    rows = [
        {name: cut(value) if isinstance(value, list) else value for name, value in row.items()} for row in told[kind]
    ]
    return {"first": first, kind: rows}
