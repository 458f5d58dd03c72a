"""Carry calls and answers over ASGI: read the body, find the route, send the answer when it is due."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, MutableMapping
from contextlib import suppress
from typing import Any

from .. import traces
from ..answer import EVENTS, JSON, WHOLE, Answer, Broken, Content, Header, Planned, Reply, Stream, Talk
from ..call import WEBSOCKET, Call
from ..errors import ApiError, insufficient_storage, internal
from ..guards.patience import limited
from ..guards.watch import Watch
from ..inner import Routes
from ..ledger.ledger import Ledger
from ..routes import Table, Target
from ..store import Full, Unusable
from ..tally import CUT, Tally, status_of
from ..world import World
from . import websocket
from .pacing import Pacer, Waiter
from .turns import Turns

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

EXPOSED = (
    "x-request-id", "openai-processing-ms", "openai-version", "retry-after", "retry-after-ms", "traceresponse",
    *(f"x-ratelimit-{what}-{of}" for what in ("limit", "remaining", "reset") for of in ("requests", "tokens")),
)  # fmt: skip

NO_CACHE: Header = (b"cache-control", b"no-cache")
BODILESS = (204, 304)
NEVER = float("inf")
LOADING_AFTER = 0.5  # seconds from start until the vocabulary and all routes are loaded, if no call needs them before
MOST_AT_ONCE = 4096  # pieces of a stream in one write, about 1 MB
ROUNDING = 1e-6  # seconds that a piece may leave early, more than what sums of moments lose
CONTENT_PIECE = 262_144  # bytes of a content that are read and sent at once
EARLY = "fakeai.early"  # key of a scope whose call has its answer already
ALIVE = b": keep-alive\n\n"  # a comment in a stream of events
ENDING = "fakeai.ending"  # key of a function that ends the connection of a scope in one of the ways of `Broken.end`
FAULT = b"x-fakeai-fault"
REQUEST_ID = b"x-request-id"

log = logging.getLogger("fakeai")


class CutOff(ConnectionError):
    """The connection is to end in the middle of an answer, and only the server could do it."""


class Early:
    """A call that was answered, or has begun to be, before it came to the ASGI application."""

    __slots__ = ("_answer", "arrived", "target")

    def __init__(self, arrived: float, target: Target, answer: Answer | Awaitable[Answer]) -> None:
        self.arrived, self.target, self._answer = arrived, target, answer

    async def answer(self) -> Answer:
        """The answer, when there is one."""
        return self._answer if isinstance(self._answer, Answer) else await self._answer


class Application:
    """The ASGI application of one world."""

    def __init__(self, table: Table, world: World) -> None:
        self.table, self.world = table, world
        world.lasting(Routes).table = table
        self.pacer, self.turns = Pacer(world.clock), Turns(world.clock)
        self.watch = Watch(world) if world.options.security.looks else None
        self.names_peers = self.watch is not None  # the express lane says whom a call is from
        self.tally = world.lasting(Tally)
        self._keeps_usage = world.options.usage_folder is not None or world.options.usage_in_store
        patience = world.options.patience
        self._is_impatient = patience.stream is not None or patience.token is not None
        self._cors: Callable[[Scope, Receive, Send], Awaitable[None]] | None = None

    @property
    def streams(self) -> int:
        """How many are open at this moment."""
        return self.tally.streams

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            for name, _ in scope["headers"]:
                if name == b"origin":
                    await self._with_cors(scope, receive, send)
                    return
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self.world.open()
                except (Unusable, Full) as error:
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                if self._keeps_usage:
                    self.world.lasting(Ledger)
                asyncio.get_running_loop().call_later(LOADING_AFTER, self._load)
                await send({"type": "lifespan.startup.complete"})
            else:
                self.pacer.close()
                if self.world.peers is not None:
                    await self.world.peers.close()
                if self._keeps_usage:
                    await self.world.lasting(Ledger).close()
                await self.world.store.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def _load(self) -> None:
        """Load what the first calls would otherwise wait for."""
        self.world.vocabularies.start_loading()
        self._go_on_loading(self.table.loading())

    def _go_on_loading(self, modules: Iterator[None]) -> None:
        """Load one module of routes in each turn of the loop."""
        with suppress(StopIteration):
            next(modules)
            asyncio.get_running_loop().call_soon(self._go_on_loading, modules)

    async def _with_cors(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Only a browser sends an Origin; nobody else pays for the answer to it."""
        if self._cors is None:
            from starlette.middleware.cors import CORSMiddleware

            options = self.world.options
            self._cors = CORSMiddleware(
                self._http,
                allow_origins=options.cors_allowed_origins,
                allow_credentials=options.cors_allow_credentials,
                allow_methods=["*"],
                allow_headers=["*"],
                expose_headers=EXPOSED,
            )
        await self._cors(scope, receive, send)

    def answer(self, target: Target, call: Call) -> Coroutine[Any, Any, Answer]:
        """What is answered, after whoever disturbs calls or notes them."""
        world = self.world
        if world.disturb is None and world.note is None and not self._is_impatient:
            return self._answer(target, call)
        return self._watched(target, call, world.disturb)

    async def _watched(self, target: Target, call: Call, disturb: Callable[..., Any] | None) -> Answer:
        answer: Answer
        answer, fault = (
            await disturb(self._answer, target, call) if disturb else (await self._answer(target, call), None)
        )
        if self._is_impatient and type(answer) is Stream:
            answer = limited(answer, self.world.options.patience, call.path)
        note = self.world.note
        return note(call, answer, fault) if note else answer

    async def _answer(self, target: Target, call: Call) -> Answer:
        """What the route answers; a refusal or a fault of ours as an answer too."""
        try:
            if self.watch is not None:
                await self.watch.look(call)
            answer = await target.function(call)
            if call.admission is not None:
                await call.admission.settle(answer)
            return answer
        except ApiError as error:
            if self.watch is not None:
                await self.watch.note(call, error)
            self.tally.refuse(call, target, error.status)
            answer = _refusal(error, target)
            if call.admission is not None:
                await call.admission.settle(answer)
            return answer
        except Full as error:
            log.error("%s %s: no room in the store: %s", call.method, call.path, error)
            return _refusal(insufficient_storage(), target)
        except Exception:
            log.exception("%s %s failed", call.method, call.path)
            self.tally.refuse(call, target, 500)
            return _refusal(internal(), target)
        finally:
            if call.received is not None:
                await call.received.forget()

    def silence(self, stream: Stream) -> float:
        """Seconds after which a comment is sent where nothing else is."""
        seconds = self.world.options.patience.keep_alive
        return NEVER if seconds is None or stream.content_type != EVENTS else seconds

    def head(self, answer: Answer, target: Target | None) -> list[Header]:
        """The headers of *answer*, with what the API of *target* adds to them."""
        headers, due = [], 0.0
        if not isinstance(answer, Talk | Broken):
            headers = [answer.content_type]
        if type(answer) is Reply:
            due = answer.due
            if answer.status in BODILESS:
                headers = []
            else:
                headers.append((b"content-length", b"%d" % len(answer.body)))
            headers += answer.headers
        elif type(answer) is Content:
            headers.append((b"content-length", b"%d" % answer.size))
            headers += answer.headers
        elif type(answer) is Stream:
            due = answer.schedule.first
            headers.append(NO_CACHE)
            headers += answer.headers
        if not headers or headers[-1][0] != REQUEST_ID:  # who logs or traces answers gives them theirs
            headers.append((REQUEST_ID, self.world.new_id("req_").encode()))
        if target:
            headers += target.headers
            for name in target.timing_headers:
                headers.append((name, b"%d" % round(due * 1000)))
        return headers

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        early: Early | None = scope.get(EARLY)
        if early:
            arrived, target, answer = early.arrived, early.target, await early.answer()
        else:
            arrived, target = self.world.clock.monotonic(), None
            query, headers = scope["query_string"], scope["headers"]
            call = Call(self.world, scope["method"], scope["path"], {}, query, headers, b"", arrived=arrived)
            call.peer = _peer(scope)
            try:
                target, call.args = self._find(call.method, call.path, call.query)
                if self.watch is not None:
                    await self.watch.welcome(call)
                if _announced(scope) > self.world.options.max_request_size and not _is_form(scope):
                    raise _too_large(self.world.options.max_request_size)
                call.chunks = _chunks(receive) if _is_form(scope) else None
                body = b"" if call.chunks else await self._body(receive)
                if body is None:
                    return
            except ApiError as error:
                if self.watch is not None:
                    await self.watch.note(call, error)
                answer = _refusal(error, target or self.table)
                if self.world.note:
                    answer = self.world.note(call, answer, None)
            else:
                call.body, call.endpoint = body, target.path
                if self.world.heed and call.header(FAULT) is not None:
                    answer = await self._watched(target, call, self.world.heed)
                else:
                    answer = await self.answer(target, call)
        if not self.world.traced:
            answer = traces.echoed(self.world, scope["headers"], answer)
        if type(answer) is Reply:
            if (answer.due > 0 or answer.schedule) and not await self._reply_is_due(answer, arrived, target, receive):
                return
            await send({"type": "http.response.start", "status": answer.status, "headers": self.head(answer, target)})
            await send({"type": "http.response.body", "body": answer.body})
            self.tally.end(target, answer.status, arrived, self.world.clock.monotonic(), len(answer.body))
        elif type(answer) is Stream:
            await self._stream(answer, arrived, target, receive, send)
        elif type(answer) is Content:
            await send({"type": "http.response.start", "status": 200, "headers": self.head(answer, target)})
            await _send_content(answer, send)
            self.tally.end(target, 200, arrived, self.world.clock.monotonic(), answer.size)
        elif type(answer) is Broken:
            await self._break(answer, arrived, target, scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # that it connects
        target: Target | None = None
        arrived = self.world.clock.monotonic()
        answer: Answer
        try:
            target, args = self._find(WEBSOCKET, scope["path"], scope["query_string"])
        except ApiError as error:
            answer = _refusal(error, target or self.table)
        else:
            call = Call(self.world, WEBSOCKET, scope["path"], args, scope["query_string"], scope["headers"], b"")
            call.peer, call.endpoint = _peer(scope), target.path
            answer = await self.answer(target, call)
        head = self.head(answer, target)
        if type(answer) is Talk:
            self.tally.sockets += 1
            try:
                await websocket.talk(receive, send, answer, head, self.world.clock, self.pacer, self.turns)
            finally:
                self.tally.sockets -= 1
                self.tally.end(target, 101, arrived, self.world.clock.monotonic(), 0)
        else:
            assert type(answer) is Reply
            await websocket.refuse(scope, send, answer, head)
            self.tally.end(target, answer.status, arrived, self.world.clock.monotonic(), len(answer.body))

    def _find(self, method: str, path: str, query: bytes) -> tuple[Target, dict[str, str]]:
        target, args, allowed = self.table.find("GET" if method == "HEAD" else method, path, query)
        if target:
            return target, args
        if method == "GET" and WEBSOCKET in allowed:
            raise ApiError(
                426,
                f"{path} is a WebSocket: ask for it with 'Upgrade: websocket'.",
                code="upgrade_required",
                headers=((b"upgrade", b"websocket"), (b"connection", b"upgrade")),
            )
        if method == WEBSOCKET and allowed:
            raise ApiError(400, f"{path} is not a WebSocket: ask for it without 'Upgrade'.", code="no_websocket")
        if not allowed:
            raise ApiError(404, f"Invalid URL ({'GET' if method == WEBSOCKET else method} {path}).")
        listed = ", ".join(sorted({"GET" if each == WEBSOCKET else each for each in allowed}))
        raise ApiError(
            405,
            f"Not allowed to {method} on {path}. Allowed here: {listed}.",
            code="method_not_supported",
            headers=((b"allow", listed.encode()),),
        )

    async def _body(self, receive: Receive) -> bytes | None:
        """The whole body, or None when the client left while sending it.

        Raises:
            ApiError: 413, it is larger than the server takes.
        """
        message = await receive()
        body: bytes = message.get("body", b"")
        limit = self.world.options.max_request_size
        if message.get("more_body"):
            parts, size = [body], len(body)
            while message.get("more_body"):
                message = await receive()
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > limit:
                    break
            body = b"".join(parts)
        if message["type"] == "http.disconnect":
            return None
        if len(body) > limit:
            raise _too_large(limit)
        return body

    async def _reply_is_due(self, reply: Reply, arrived: float, target: Target | None, receive: Receive) -> bool:
        """Wait until *reply* is due; False when the client left before it."""
        schedule, clock = reply.schedule or Planned((reply.due,)), self.world.clock
        watch = _Watch(receive, self.pacer)
        self.tally.wait(watch, target, arrived)
        try:
            while True:
                ready, moment = schedule.due(0, clock.monotonic() - arrived + ROUNDING, 1)
                if ready:
                    reply.due = schedule.first
                    return True
                if not await watch.until(arrived + moment):
                    schedule.left(0, clock.monotonic() - arrived)
                    self.tally.end(target, CUT, arrived, clock.monotonic(), 0)
                    return False
        finally:
            watch.close()
            self.tally.drop(watch)

    async def _stream(
        self, stream: Stream, arrived: float, target: Target | None, receive: Receive, send: Send
    ) -> None:
        schedule, write, clock = stream.schedule, stream.pieces.write, self.world.clock
        sent, total, started, size = 0, len(schedule), False, 0
        watch: _Watch | None = None
        silence, alive_at = self.silence(stream), NEVER
        key = object()
        self.tally.wait(key, target, arrived, streams=True)
        try:
            while sent < total:
                upto, moment = schedule.due(sent, clock.monotonic() - arrived + ROUNDING, MOST_AT_ONCE)
                if upto == sent or (watch and watch.gone):
                    watch = watch or _Watch(receive, self.pacer)
                    if not await watch.until(min(arrived + moment, alive_at)):
                        return
                    if clock.monotonic() >= alive_at - ROUNDING and alive_at < arrived + moment:
                        await send({"type": "http.response.body", "body": ALIVE, "more_body": True})
                        alive_at = clock.monotonic() + silence
                    continue
                if not started:
                    started = True
                    await send({"type": "http.response.start", "status": 200, "headers": self.head(stream, target)})
                body = write(sent, upto)
                sent = upto
                size += len(body)
                await send({"type": "http.response.body", "body": body, "more_body": upto < total})
                alive_at = clock.monotonic() + silence
        finally:
            self.tally.finish(key, status_of(stream, sent < total), clock.monotonic(), size)
            if sent < total:
                schedule.left(sent, clock.monotonic() - arrived)
            if watch:
                watch.close()

    async def _break(
        self, broken: Broken, arrived: float, target: Target | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Send what leaves of *broken*, then end it as it says.

        Raises:
            CutOff: only the server could end the connection, and it does not know how.
        """
        answer, schedule, clock = broken.answer, broken.schedule, self.world.clock
        sent, total, watch, size = 0, len(schedule), _Watch(receive, self.pacer), 0
        self.tally.wait(watch, target, arrived, streams=type(answer) is Stream)
        try:
            while sent < total:
                upto, moment = schedule.due(sent, clock.monotonic() - arrived + ROUNDING, MOST_AT_ONCE)
                if upto == sent or watch.gone:
                    if not await watch.until(arrived + moment):
                        return
                    continue
                start, sent = sent, upto
                if answer is None:
                    continue
                if start == 0:
                    if type(answer) is Reply:
                        answer.due = schedule.first
                    head = self.head(answer, target)
                    await send({"type": "http.response.start", "status": status_of(broken, False), "headers": head})
                body, more = broken.pieces.write(start, upto), upto < total or broken.end != WHOLE
                size += len(body)
                await send({"type": "http.response.body", "body": body, "more_body": more})
        finally:
            is_whole = sent == total and broken.end == WHOLE
            self.tally.finish(watch, status_of(broken, not is_whole), clock.monotonic(), size)
            if sent < total:
                schedule.left(sent, clock.monotonic() - arrived)
            watch.close()
        if broken.end != WHOLE:
            if ENDING not in scope:
                raise CutOff(broken.end)
            scope[ENDING](broken.end)


def _peer(scope: Scope) -> str:
    """The address that the connection comes from."""
    return scope["client"][0] if scope.get("client") else ""


def _announced(scope: Scope) -> int:
    """How long the body is, as the head of the request says."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


def _too_large(limit: int) -> ApiError:
    return ApiError(413, f"The body of your request is larger than {limit} bytes.", code="payload_too_large")


def _is_form(scope: Scope) -> bool:
    """Whether the request brings a multipart form, which is read as it arrives."""
    return any(name == b"content-type" and value.startswith(b"multipart/") for name, value in scope["headers"])


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    """The body in the pieces in which it arrives.

    Raises:
        ApiError: 400, the client left before its end.
    """
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ApiError(400, "The body of your request broke off.")
        more = message.get("more_body", False)
        if message.get("body"):
            yield message["body"]


async def _send_content(content: Content, send: Send) -> None:
    """Send the bytes of *content*, a piece at a time, as fast as the client takes them."""
    at = 0
    while at < content.size:
        piece = await content.read(at, CONTENT_PIECE)
        at += len(piece)
        await send({"type": "http.response.body", "body": piece, "more_body": at < content.size})
        if not piece:
            raise RuntimeError("a blob is shorter than its size")
    if not content.size:
        await send({"type": "http.response.body", "body": b""})


class _Watch:
    """Notices that a client left while it is being waited for."""

    __slots__ = ("_pacer", "_task", "_waiter", "gone")

    def __init__(self, receive: Receive, pacer: Pacer) -> None:
        self.gone, self._pacer = False, pacer
        self._waiter: Waiter | None = None
        self._task = asyncio.ensure_future(self._listen(receive))

    async def until(self, moment: float) -> bool:
        """Wait until *moment*; False when the client left before it."""
        if self.gone:
            return False
        self._waiter = self._pacer.until(moment)
        return await self._waiter

    def close(self) -> None:
        self._task.cancel()

    async def _listen(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        if self._waiter:
            self._pacer.abandon(self._waiter)


def _refusal(error: ApiError, said_by: Target | Table) -> Reply:
    return Reply(said_by.envelope(error), status=error.status, content_type=JSON, headers=error.headers)
