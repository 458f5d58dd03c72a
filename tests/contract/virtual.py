"""A fresh server in virtual time as the judge calls one: what takes a day there takes no time here."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from fakeai.app import create_app
from fakeai.contract.transport import Answer, Request
from fakeai.runtime.clock import VirtualClock, VirtualLoop
from fakeai.runtime.options import Options
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World
from tests.inprocess import EPOCH, ROOT, STEADY, Client


class Virtual:
    """Calls one application below *base* in one virtual loop."""

    def __init__(self, runner: asyncio.Runner, client: Client, base: str) -> None:
        self._runner, self._client, self._base = runner, client, base

    def send(self, request: Request) -> Answer:
        path, _, query = request.target.partition("?")
        target = f"{self._base}{unquote(path)}" + (
            f"?{query}" if query else ""
        )  # as a server hands it to an application
        call = self._client.call(request.method, target, request.body or None, headers=request.headers)
        got = self._runner.run(call)
        return Answer(got.status, got.headers, got.body)

    def pause(self, seconds: float) -> None:
        self._runner.run(asyncio.sleep(seconds))


@contextmanager
def server(options: Options = STEADY, base: str = "/v1") -> Iterator[Virtual]:
    """A server with a world of its own."""

    async def start() -> Client:
        world = World(options, VirtualClock(EPOCH), store=SqliteStore(None))
        await world.store.open()
        await world.tokens.ready()
        return Client(create_app(ROOT, world))

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        client = runner.run(start())
        yield Virtual(runner, client, base)
        runner.run(client.app.world.store.close())
