"""Drive a fresh server in virtual time: calls take no real time, and every byte has its exact moment."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fakeai.app import create_app
from fakeai.runtime.clock import VirtualClock, VirtualLoop
from fakeai.runtime.options import Delay, Options
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.wire.asgi import Application
from fakeai.runtime.world import World

ROOT = Path(__file__).parent.parent
EPOCH = 1_767_225_600.0
EDGE = "edge-of-a-part"
STEADY = Options(ttft=Delay(0.2), itl=Delay(0.01))


@dataclass
class Answer:
    """What came back: `sends` has the virtual moment of each write, in seconds after the call."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    sends: list[tuple[float, bytes]] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        return b"".join(part for _, part in self.sends)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> Any:
        return self.json["error"]

    @property
    def events(self) -> list[Any]:
        """The events of a stream, without the [DONE] that must end it."""
        lines = self.body.decode().split("\n\n")
        assert lines[-2:] == ["data: [DONE]", ""]
        return [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]


class Client:
    """Calls one application, with *headers* in all calls. `leave_after` is when the client hangs up; `reads_slowly`
    blocks every write so long."""

    def __init__(self, app: Application) -> None:
        self.app, self.peer = app, "127.0.0.1"
        self.headers: dict[str, str] = {}

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        leave_after: float | None = None,
        reads_slowly: float = 0.0,
        into: Answer | None = None,
    ) -> Answer:
        loop = asyncio.get_running_loop()
        began, answer = loop.time(), into or Answer()
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        sent = asyncio.Event()
        gone = asyncio.Event()
        if leave_after is not None:
            loop.call_later(leave_after, gone.set)

        async def receive() -> dict[str, Any]:
            if not sent.is_set():
                sent.set()
                return {"type": "http.request", "body": raw, "more_body": False}
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if gone.is_set():
                return
            if message["type"] == "http.response.start":
                answer.status = message["status"]
                answer.headers = {k.decode(): v.decode() for k, v in message["headers"]}
            elif message.get("body"):
                answer.sends.append((round(loop.time() - began, 9), message["body"]))
            if reads_slowly:
                await asyncio.sleep(reads_slowly)

        path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [(k.encode(), v.encode()) for k, v in {**self.headers, **(headers or {})}.items()],
            "client": (self.peer, 40_000),
        }
        await self.app(scope, receive, send)
        return answer

    async def get(self, path: str, **options: Any) -> Answer:
        return await self.call("GET", path, **options)

    async def post(self, path: str, body: Any = None, **options: Any) -> Answer:
        return await self.call("POST", path, body, **options)

    async def delete(self, path: str, **options: Any) -> Answer:
        return await self.call("DELETE", path, **options)

    async def wait(self, seconds: float) -> None:
        """Let time pass."""
        await asyncio.sleep(seconds)

    @asynccontextmanager
    async def socket(
        self, path: str, headers: dict[str, str] | None = None, subprotocols: tuple[str, ...] = ()
    ) -> AsyncIterator["Peer"]:
        """A WebSocket at *path*, which the client closes at the end."""
        peer = Peer()
        path, _, query = path.partition("?")
        said = [(k.encode(), v.encode()) for k, v in (headers or {}).items()]
        if subprotocols:
            said.append((b"sec-websocket-protocol", ", ".join(subprotocols).encode()))
        scope = {
            "type": "websocket",
            "path": path,
            "query_string": query.encode(),
            "headers": said,
            "subprotocols": list(subprotocols),
            "extensions": {"websocket.http.response": {}},
        }
        task = asyncio.ensure_future(self.app(scope, peer.give, peer.take))
        try:
            await peer.is_answered.wait()
            yield peer
        finally:
            peer.hang_up()
            await task

    @property
    def blobs(self) -> int:
        """How many blobs the store holds."""
        store: Any = self.app.world.store
        return int(store._db.execute("SELECT count(*) FROM blobs").fetchone()[0])

    async def form(self, path: str, /, **fields: str | tuple[str, bytes]) -> Answer:
        """Post a multipart form: a field is a text, or the name and the bytes of a file."""
        return await self.post(path, form(**fields), headers={"content-type": f"multipart/form-data; boundary={EDGE}"})

    async def upload(self, content: bytes, name: str = "data.jsonl", purpose: str = "batch") -> str:
        """Upload a file; its id."""
        answer = await self.form("/v1/files", purpose=purpose, file=(name, content))
        assert answer.status == 200, answer.body
        return str(answer.json["id"])


class Peer:
    """The client's end of a WebSocket. *heard* has the virtual moment of each message that came."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, Any]] = []
        self.created: Any = None  # the first message, for who reads that
        self.read = 0  # how many of them were looked at
        self.refused: Answer | None = None
        self.subprotocol: str | None = None
        self.closed: tuple[int, str] | None = None
        self.is_answered = asyncio.Event()
        self._said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._said.put_nowait({"type": "websocket.connect"})
        self._news = asyncio.Event()

    async def give(self) -> dict[str, Any]:
        return await self._said.get()

    async def take(self, message: Any) -> None:
        kind = message["type"]
        if kind == "websocket.send":
            self.heard.append((round(asyncio.get_running_loop().time(), 9), json.loads(message["text"])))
        elif kind == "websocket.accept":
            self.subprotocol = message["subprotocol"]
        elif kind == "websocket.close":
            self.closed = message["code"], message["reason"]
        elif kind == "websocket.http.response.start":
            headers = {k.decode(): v.decode() for k, v in message["headers"]}
            self.refused = Answer(message["status"], headers)
        elif kind == "websocket.http.response.body":
            assert self.refused
            self.refused.sends.append((0.0, message["body"]))
        self.is_answered.set()
        self._news.set()

    def hang_up(self) -> None:
        self._said.put_nowait({"type": "websocket.disconnect", "code": 1005})

    def send(self, message: Any) -> None:
        """Send an event, or text or bytes as they are."""
        if isinstance(message, bytes):
            self._said.put_nowait({"type": "websocket.receive", "bytes": message})
        else:
            text = message if isinstance(message, str) else json.dumps(message)
            self._said.put_nowait({"type": "websocket.receive", "text": text})

    async def next(self) -> Any:
        """The next message."""
        while self.read == len(self.heard):
            assert self.closed is None, self.closed
            self._news.clear()
            await self._news.wait()
        self.read += 1
        return self.heard[self.read - 1][1]

    async def until(self, type: str) -> list[Any]:
        """The next messages up to the first event of that *type*."""
        found = [await self.next()]
        while found[-1]["type"] != type:
            found.append(await self.next())
        return found


def uncached(usage: Any) -> Any:
    """*usage* without what was found in a cache: what was asked before is there the second time."""
    return {
        name: {part: count for part, count in value.items() if part != "cached_tokens"}
        if isinstance(value, dict)
        else value
        for name, value in usage.items()
    }


def run(
    scenario: Callable[[Client], Awaitable[None]],
    options: Options = STEADY,
    root: Path = ROOT,
) -> float:
    """Run *scenario* against a fresh world; return the virtual seconds it took."""

    async def main() -> float:
        world = World(options, VirtualClock(EPOCH), store=SqliteStore(None))
        await world.store.open()
        try:
            await world.tokens.ready()
            await scenario(Client(create_app(root, world)))
        finally:
            await world.store.close()
        return asyncio.get_running_loop().time()

    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main())


def form(**fields: str | tuple[str, bytes]) -> bytes:
    """A multipart body whose boundary is EDGE."""
    parts = []
    for name, value in fields.items():
        file, data = value if isinstance(value, tuple) else (None, value.encode())
        filename = "" if file is None else f'; filename="{file}"'
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n\r\n'
        parts.append(head.encode() + data + b"\r\n")
    return b"".join(parts) + f"--{EDGE}--\r\n".encode()


def chat(content: str = "Tell me about KV cache routing", **fields: Any) -> dict[str, Any]:
    """The body of a chat request."""
    return {"model": "some-model", "messages": [{"role": "user", "content": content}], **fields}
