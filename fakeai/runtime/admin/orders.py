"""The admin API of several processes: what changes the server is an order, which all of them follow.

Orders stand in one file, in the order in which all processes follow them, those that are started later, too. Who was
asked writes one down, follows it and tells the others to look; when it answers, all have followed.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import orjson

from ..call import Call
from ..clock import RealClock
from ..errors import ApiError
from ..peers import Peers, framed, unframed
from ..store import Full
from ..telemetry.together import Together
from ..world import World

Doing = Callable[[Call, Mapping[str, Any]], Awaitable[Any]]
Result = dict[str, Any]  # "answer", or "error"

PATIENCE = 10.0  # seconds that a process may take to follow
LIMIT = 100  # requests that are told, when nobody says how many
REMEMBERED = 64  # orders whose results are known
STORED = ("add_ban", "lift_ban")  # what changes the store alone, which all processes read
ONCE = ("clear_cache", "forget_requests", "gpu_fault")  # done to what was there: nothing for a process that begins


class Orders:
    """How one process does what the admin API asks of all: a lasting engine."""

    doings: Mapping[str, Doing]

    def __init__(self, world: World) -> None:
        assert world.peers is not None
        self._world, self._peers = world, world.peers
        self._file = self._peers.folder / "orders"
        self._at = 0  # up to here this process has followed
        self._lock = asyncio.Lock()
        self._results: dict[str, Result] = {}

    def join(self, peers: Peers, doings: Mapping[str, Doing]) -> None:
        """Follow the orders that there are, and those to come."""
        self.doings = doings
        peers.answers["order"] = self._hear
        peers.answers["question"] = self._tell
        peers.before.append(self._begin)
        peers.after.append(self.follow)

    async def do(self, call: Call, what: str, said: Mapping[str, Any]) -> Any:
        """What the server answers to a call that does *what*.

        Raises:
            ApiError: it cannot be done.
        """
        if what in ANSWERED:
            return ANSWERED[what](await self._ask(call, what, said), said)
        if call.method == "GET" or what in STORED:
            return await self.doings[what](call, said)
        if what == "reset":
            await self.doings["clear_store"](call, said)
            await self._order(call, "renew", {})
            return await self.do(call, "state", {})
        if what == "turn_clock":
            turned, clock = await self.doings[what](call, said), self._world.clock
            assert isinstance(clock, RealClock)
            await self._order(call, "set_clock", clock.state)
            return turned
        return DONE.get(what, _same)(await self._order(call, what, said))

    async def _order(self, call: Call, what: str, said: Mapping[str, Any]) -> list[Result]:
        """Have all processes do *what*; their results, that of this one first.

        Raises:
            Full: there is no room for the order; nobody follows it.
        """
        name = self._world.new_id("order_")
        order = {
            "name": name, "what": what, "said": dict(said), "method": call.method, "path": call.path,
            "args": call.args, "at": call.arrived,
        }  # fmt: skip
        try:
            with open(self._file, "ab", buffering=0) as file:  # one write, which no other process comes between
                file.write(framed(orjson.dumps(order)))
        except OSError as error:
            raise Full(str(error)) from error
        await self.follow()
        heard = await self._peers.ask("order", name.encode(), PATIENCE)
        if what == "renew":
            for number, answer in heard.items():
                if answer.parts is None and not answer.late:
                    (self._peers.folder / f"{number}.counted").unlink(missing_ok=True)
        found = [self._results[name]]
        return found + [orjson.loads(part) for answer in heard.values() for part in answer.parts or ()]

    async def follow(self, begins: bool = False) -> None:
        """Do what was ordered since this was called the last time."""
        async with self._lock:
            if not self._file.exists():
                return
            with open(self._file, "rb") as file:
                file.seek(self._at)
                data = file.read()
            for part in unframed(data):
                self._at += len(framed(part))
                order = orjson.loads(part)
                if begins and order["what"] in ONCE:
                    continue
                call = Call(
                    self._world, order["method"], order["path"], order["args"], b"", [], b"", arrived=order["at"]
                )
                call.key = order["name"].encode()
                self._results[order["name"]] = await _result(self.doings[order["what"]](call, order["said"]))
                if len(self._results) > REMEMBERED:
                    del self._results[next(iter(self._results))]
            if data and not begins:
                await self._world.lasting(Together).save(anew=True)

    async def _begin(self) -> None:
        await self.follow(begins=True)

    async def _hear(self, name: bytes) -> AsyncIterator[bytes]:
        """Follow, and tell how it went with the order called *name*."""
        await self.follow()
        result = self._results.get(name.decode())
        if result is not None:
            yield orjson.dumps(result)

    async def _ask(self, call: Call, what: str, said: Mapping[str, Any]) -> list[Result]:
        """What each process answers to a question, this one first."""
        own = await _result(self.doings[what](call, said))
        question = orjson.dumps({"what": what, "said": dict(said), "path": call.path, "args": call.args})
        heard = await self._peers.ask("question", question)
        return [own, *(orjson.loads(part) for answer in heard.values() for part in answer.parts or ())]

    async def _tell(self, said: bytes) -> AsyncIterator[bytes]:
        question = orjson.loads(said)
        call = Call(self._world, "GET", question["path"], question["args"], b"", [], b"")
        yield orjson.dumps(await _result(self.doings[question["what"]](call, question["said"])))


async def _result(doing: Awaitable[Any]) -> Result:
    try:
        return {"answer": await doing}
    except ApiError as error:
        told = {"message": error.message, "type": error.type, "code": error.code, "param": error.param}
        return {"error": [error.status, told]}


def _first(results: list[Result]) -> Any:
    """The first answer; the first error when there is none.

    Raises:
        ApiError: that error.
    """
    for result in results:
        if "answer" in result:
            return result["answer"]
    status, told = results[0]["error"]
    raise ApiError(status, told.pop("message"), **told)


def _same(results: list[Result]) -> Any:
    """What the process that was asked answers."""
    return _first(results[:1])


def _answers(results: list[Result]) -> list[Any]:
    return [result["answer"] for result in results if "answer" in result]


def _states(results: list[Result], _: Mapping[str, Any]) -> Any:
    state, each = _first(results), _answers(results)
    if state["requests"] is not None:
        state["requests"] = sum(one["requests"] for one in each)
    state["journal"]["entries"] = sum(one["journal"]["entries"] for one in each)
    state["workers"] = sorted((worker for one in each for worker in one["workers"]), key=lambda one: one["worker"])
    state["processes"] = len(each)
    return state


def _requests(results: list[Result], said: Mapping[str, Any]) -> Any:
    _first(results)
    each = _answers(results)
    found = sorted((one for answer in each for one in answer["requests"]), key=lambda one: one["number"])
    return {"count": sum(answer["count"] for answer in each), "requests": found[-said.get("limit", LIMIT) :]}


def _one(results: list[Result], _: Mapping[str, Any]) -> Any:
    return _first(results)


def _dropped(results: list[Result]) -> Any:
    return {"dropped_blocks": sum(answer["dropped_blocks"] for answer in _answers(results))}


ANSWERED: dict[str, Callable[[list[Result], Mapping[str, Any]], Any]] = {
    "state": _states,
    "list_requests": _requests,
    "show_request": _one,
}
DONE: dict[str, Callable[[list[Result]], Any]] = {
    "clear_cache": _dropped,
    "gpu_fault": _first,
}
