"""The express lane of HTTP: a call is read, answered and written without a task, a scope or messages of its own.

It is uvicorn's protocol with a short way through it. An answer that is due at once leaves in the turn of the loop in
which its call arrived; one that is due later is written by the pacer. What the lane does not take (paths with
parameters, queries, browsers, large bodies) goes on as ASGI; the bytes are the same.
"""

import asyncio
import os
import socket
import struct
from collections.abc import Coroutine, Generator
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from ..answer import GARBLED, RESET, Answer, Broken, Content, Planned, Reply, Stream
from ..call import Call
from ..errors import ApiError, openai
from ..routes import Target
from ..tally import CUT
from . import lookout
from .asgi import ALIVE, EARLY, ENDING, FAULT, MOST_AT_ONCE, NEVER, ROUNDING, Application, Early, Receive, Scope, Send

LENGTH = b"content-length"
SPECIAL = frozenset((b"expect", b"origin", b"upgrade", LENGTH, FAULT))  # headers that may need more than an answer
OK = 200
PLAIN_HEAD = (  # what `Application.head` gives for most answers
    STATUS_LINE[OK] + b"%bcontent-type: %b\r\ncontent-length: %d\r\n%bx-request-id: %b\r\n%b\r\n"
)
REFUSAL = b"%bcontent-type: application/json\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%b"
KEEP_ALIVE = 75  # seconds that an idle connection is kept: longer than clients' pools keep theirs
ALIVE_CHUNK = b"%x\r\n%b\r\n" % (len(ALIVE), ALIVE)
NO_CHUNK = b"no size\r\n\r\n"  # where a chunk would begin
FLUSHED = 0.001  # seconds after which what was written before has left
LARGEST_HEAD = 65_536  # bytes of a request's head that come after its first piece
LARGEST_BODY = 65_536  # bytes; a larger one goes to the ASGI application, which has limits and backpressure


class ExpressProtocol(HttpToolsProtocol):
    """One connection to an `Application`."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        assert isinstance(config.loaded_app, ExpressApplication)
        self.application = config.loaded_app.application
        self._lanes, self._lookout = config.loaded_app.lanes, config.loaded_app.lookout
        self._lane: tuple[str, str, Target] | None = None
        self._parts: list[bytes] = []
        self.received = 0  # bytes of the body
        self.reading = lookout.FRESH
        self.since: float | None = None  # which a look of the lookout sets
        self._head = 0  # bytes
        self._is_plain = True  # nothing about the request is out of the ordinary
        self._idle_since: float | None = None
        self._timed: TimedReply | TimedStream | None = None
        self._fd = -1
        self._held = b""  # what the client sends while it waits
        self._closes = False  # after the response that is being written
        self._running: RequestResponseCycle | None = None  # the call that is being answered as ASGI

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        sock = transport.get_extra_info("socket")
        self._fd = sock.fileno() if sock and transport.get_extra_info("sslcontext") is None else -1
        self._lookout.watch(self.connections, self.loop)

    def data_received(self, data: bytes) -> None:
        if self._timed is None:
            before = self.reading
            super().data_received(data)
            if before == lookout.HEAD == self.reading:
                self._head += len(data)
                if self._head > LARGEST_HEAD and self.is_held:
                    self.transport.abort()
                elif self._head > LARGEST_HEAD:
                    self._refuse(ApiError(431, "The head of your request is too large.", code="headers_too_large"))
            return
        self._held += data
        if len(self._held) > LARGEST_BODY:
            self.flow.pause_reading()

    def on_message_begin(self) -> None:
        self.reading, self.since, self._head = lookout.HEAD, None, 0
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._is_plain = True

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name in SPECIAL:  # a body that is too large for the lane may be refused before it comes
            is_small = name == LENGTH and (len(value) < 5 or (value.isdigit() and int(value) <= LARGEST_BODY))
            self._is_plain &= is_small
            self.expect_100_continue |= name == b"expect" and value.lower() == b"100-continue"
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self.reading, self.since, self.received = lookout.BODY, None, 0
        if self._timed and (self.cycle is None or self.cycle.response_complete):
            self.cycle = _Unfinished()  # type: ignore[assignment]  # so that uvicorn queues what comes behind it
        lane = self._lanes.get((self.parser.get_method(), self.url))
        if lane and self._is_plain and self._is_free():
            self._lane, self._parts = lane, []
        else:
            self._lane = None
            self._go_on_as_asgi(None)

    def on_body(self, body: bytes) -> None:
        self.received += len(body)
        if self._lane is None:
            super().on_body(body)
            return
        self._parts.append(body)
        if self.received > LARGEST_BODY:
            self._lane = None
            self._go_on_as_asgi(None)
            super().on_body(b"".join(self._parts))

    def on_message_complete(self) -> None:
        self.reading = lookout.NOTHING
        if self._lane is None:
            super().on_message_complete()
            return
        (method, path, target), self._lane = self._lane, None
        application = self.application
        arrived = application.world.clock.monotonic()
        call = Call(application.world, method, path, {}, b"", self.headers, b"".join(self._parts), arrived=arrived)
        if application.watch is not None and self.client is not None:
            call.peer = self.client[0]
        call.endpoint = target.path
        answering = application.answer(target, call)
        try:
            waits_for = answering.send(None)
        except StopIteration as done:
            answer: Answer = done.value
            if type(answer) is Reply and answer.due <= 0 and answer.schedule is None:
                self.write(self.head_of(answer, target) + answer.body)
                now = application.world.clock.monotonic()
                application.tally.end(target, answer.status, arrived, now, len(answer.body))
                if self._closes:
                    self.transport.close()
                self.on_response_complete()
                return
            if type(answer) is Content or type(answer) is Broken:
                self._go_on_as_asgi(Early(arrived, target, answer))
                super().on_message_complete()
                return
            if type(answer) is Reply:
                self._timed = TimedReply(self, answer, target, arrived)
            else:
                assert type(answer) is Stream
                self._timed = TimedStream(self, answer, target, arrived)
            moment = self._timed.moment if self._timed.moment > arrived else self._timed.wake(arrived)
            if moment is not None:
                application.pacer.add(moment, self._timed)
        else:
            self._go_on_as_asgi(Early(arrived, target, _Resumed(answering, waits_for)))
            super().on_message_complete()

    def cut(self, end: str) -> None:
        """End the connection in the middle of the answer that goes on as ASGI, in one of the ways of `Broken.end`."""
        assert self._running
        self._running.disconnected = True  # nothing of it is missed
        if self.transport.is_closing():
            return
        if end == RESET:
            self.loop.call_later(FLUSHED, self._reset)
            return
        if end == GARBLED:
            self.transport.write(NO_CHUNK)
        self.transport.close()

    def _reset(self) -> None:
        """Close the connection with a RST instead of a FIN."""
        if self._fd >= 0:
            with socket.socket(fileno=os.dup(self._fd)) as sock:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _is_free(self) -> bool:
        """Whether the connection is at rest and stays open after this request."""
        return (
            (self.cycle is None or self.cycle.response_complete)
            and self._timed is None
            and not self.pipeline
            and not self.flow.write_paused
            and self.parser.should_keep_alive()
            and self.parser.get_http_version() == "1.1"
        )

    def head_of(self, answer: Answer, target: Target) -> bytes:
        """The head of a response, as uvicorn writes it."""
        defaults = b"".join([b"%b: %b\r\n" % header for header in self.server_state.default_headers])
        if type(answer) is Reply and answer.status == OK:
            return PLAIN_HEAD % (
                defaults,
                answer.content_type[1],
                len(answer.body),
                b"".join([b"%b: %b\r\n" % header for header in answer.headers]) if answer.headers else b"",
                self.application.world.new_id("req_").encode(),
                target.lines(answer.due),
            )
        lines = b"".join([b"%b: %b\r\n" % header for header in self.application.head(answer, target)])
        if type(answer) is Reply:
            return b"%b%b%b\r\n" % (STATUS_LINE[answer.status], defaults, lines)
        return b"%b%b%btransfer-encoding: chunked\r\n\r\n" % (STATUS_LINE[OK], defaults, lines)

    def write(self, data: bytes) -> None:
        """Send *data* at once when nothing waits to be sent before it; the loop's transport would queue it."""
        if self._fd >= 0 and not self.transport.get_write_buffer_size():
            try:
                sent = os.write(self._fd, data)
            except OSError:  # the socket is full, or the transport will meet the same error and end the connection
                sent = 0
            if sent == len(data):
                return
            data = data[sent:]
        self.transport.write(data)

    def on_timed_response_complete(self) -> None:
        """The response was written: take up what came meanwhile, or close."""
        self._timed = None
        if self._closes and self.pipeline:
            self.cycle.keep_alive = False  # after the last that is queued
        elif self._closes:
            self.transport.close()
        self.on_response_complete()
        if self._held and not self.transport.is_closing():
            held, self._held = self._held, b""
            self.data_received(held)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._timed and self._timed.gone:  # it waits for the client to read
            self._timed.gone = False
            self.application.pacer.add(self._timed.moment, self._timed)

    def shutdown(self) -> None:
        if self._timed is None and self._lane is None:
            super().shutdown()
        else:
            self._closes = True

    def send_400_response(self, msg: str) -> None:
        if self._timed:  # what was asked before is answered first
            self._closes = True
            return
        if self.cycle and not self.cycle.response_complete:
            self.cycle.keep_alive = False
            return
        self._refuse(ApiError(400, "What was received is not an HTTP request."))

    def _refuse(self, error: ApiError) -> None:
        """Answer what never became a request, and close."""
        self.reading = lookout.NOTHING
        body = openai(error)
        self.transport.write(REFUSAL % (STATUS_LINE[error.status], len(body), body))
        self.transport.close()
        now = self.application.world.clock.monotonic()
        self.application.tally.end(None, error.status, now, now, len(body))

    @property
    def is_held(self) -> bool:
        """Whether the client waits for an answer, or for us to read on."""
        is_answering = self._running is not None and not self._running.response_complete
        is_its_own = self.reading == lookout.BODY and self._running is self.cycle and not self.pipeline
        return self._timed is not None or self.flow.read_paused or (is_answering and not is_its_own)

    def give_up(self) -> None:
        """Close the connection, on which a request does not come to its end."""
        cycle, is_begun = self.cycle, self.reading == lookout.BODY and self._lane is None
        if self.reading == lookout.FRESH or (is_begun and cycle.response_started):
            self.reading = lookout.NOTHING
            self.transport.close()
            return
        if is_begun:
            cycle.disconnected = True
            cycle.message_event.set()
        part = "head" if self.reading == lookout.HEAD else "body"
        self._refuse(ApiError(408, f"The {part} of your request took too long to arrive.", code="request_timeout"))

    def _should_upgrade(self) -> bool:
        return (
            super()._should_upgrade() and self._timed is None and (self.cycle is None or self.cycle.response_complete)
        )

    def _unsupported_upgrade_warning(self) -> None:
        """A client that asks for another protocol is told by the answer that there is none; the log need not know."""

    # uvicorn makes and cancels a timer for each request of a connection. Here one timer looks after it.

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.flow.read_paused:
            self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
            return
        self._idle_since = self.application.world.clock.monotonic()
        if self.timeout_keep_alive_task is None:
            self._look_again_in(self.timeout_keep_alive)

    def timeout_keep_alive_handler(self) -> None:
        self.timeout_keep_alive_task = None
        if self._idle_since is not None and not self.transport.is_closing():
            left = self._idle_since + self.timeout_keep_alive - self.application.world.clock.monotonic()
            if left > 0:
                self._look_again_in(left)
            else:
                self.transport.close()

    def _look_again_in(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def _unset_keepalive_if_required(self) -> None:
        self._idle_since = None

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    def connection_lost(self, exc: Exception | None) -> None:
        self._fd = -1
        self.pipeline.clear()
        if self._running and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None
        if self._timed:
            self.application.pacer.abandon(self._timed)
            self._timed.end()
            self._timed = None
        super().connection_lost(exc)

    def _go_on_as_asgi(self, early: Early | None) -> None:
        """Let uvicorn make a scope and start the ASGI application, with what was read so far."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expects
        self.headers.extend(headers)
        if early:
            self.scope[EARLY] = early  # type: ignore[literal-required]  # a key of our own
        self.scope[ENDING] = self.cut  # type: ignore[literal-required]  # another
        super().on_headers_complete()
        if self._closes:
            self.cycle.keep_alive = False


def open_websocket(**parts: Any) -> asyncio.Protocol:
    """uvicorn's protocol of a WebSocket, imported at the first handshake: it takes 50 ms."""
    from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

    return WebSocketsSansIOProtocol(**parts)


class _Unfinished:
    """What uvicorn sees in place of the call that is being answered by a sleeper."""

    def __init__(self) -> None:
        self.response_complete = self.disconnected = False
        self.keep_alive = True
        self.message_event = asyncio.Event()


class TimedReply:
    """A reply on its way: a sleeper that is written when it is due."""

    __slots__ = ("_answer", "_arrived", "_protocol", "_schedule", "_target", "gone", "moment")

    def __init__(self, protocol: ExpressProtocol, answer: Reply, target: Target, arrived: float) -> None:
        self._protocol, self._answer, self._target, self._arrived = protocol, answer, target, arrived
        self._schedule = answer.schedule or Planned((answer.due,))
        self.moment = arrived + self._schedule.due(0, -1.0, 1)[1]
        self.gone = False
        protocol.application.tally.wait(self, target, arrived)

    def wake(self, now: float) -> float | None:
        """Write the reply, or say when to ask again."""
        schedule, answer = self._schedule, self._answer
        ready, moment = schedule.due(0, now - self._arrived + ROUNDING, 1)
        if not ready:
            self.moment = self._arrived + moment
            return self.moment
        answer.due = schedule.first
        self._protocol.write(self._protocol.head_of(answer, self._target) + answer.body)
        self._protocol.application.tally.finish(self, answer.status, now, len(answer.body))
        self._protocol.on_timed_response_complete()
        return None

    def end(self) -> None:
        """The client left."""
        now = self._protocol.application.world.clock.monotonic()
        self._protocol.application.tally.finish(self, CUT, now, 0)
        self._schedule.left(0, now - self._arrived)

    def fail(self) -> None:
        """Let the client see that there is no answer."""
        self._protocol.transport.abort()


class TimedStream:
    """A stream on its way: a sleeper that writes what is due and says when more is.

    It is `gone` while the client does not read as fast as it is written to.
    """

    __slots__ = (
        "_alive_at", "_answer", "_arrived", "_bytes", "_pieces", "_protocol", "_schedule", "_sent", "_silence",
        "_target", "_total", "gone", "moment",
    )  # fmt: skip

    def __init__(self, protocol: ExpressProtocol, answer: Stream, target: Target, arrived: float) -> None:
        self._protocol, self._pieces, self._schedule = protocol, answer.pieces, answer.schedule
        self._arrived, self._answer, self._target = arrived, answer, target
        self._sent, self._total, self._bytes = 0, len(answer.schedule), 0
        self._silence, self._alive_at = protocol.application.silence(answer), NEVER
        self.moment = arrived + answer.schedule.due(0, -1.0, 1)[1]
        self.gone = False
        protocol.application.tally.wait(self, target, arrived, streams=True)

    def wake(self, now: float) -> float | None:
        """Write what is due at *now*; the next moment, or None when all is written or the client must read first."""
        start, total, protocol = self._sent, self._total, self._protocol
        stop, moment = self._schedule.due(start, now - self._arrived + ROUNDING, MOST_AT_ONCE)
        moment += self._arrived
        if stop == start:
            if now >= self._alive_at - ROUNDING and self._alive_at < moment:
                protocol.write(ALIVE_CHUNK)
                self._alive_at = now + self._silence
            self.moment = min(moment, self._alive_at)
            return self.moment
        body = self._pieces.write(start, stop)
        frame = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
        if start == 0:
            frame = protocol.head_of(self._answer, self._target) + frame
        self._sent = stop
        self._bytes += len(body)
        if stop == total:
            protocol.write(frame + b"0\r\n\r\n")
            protocol.application.tally.finish(self, OK, now, self._bytes)
            protocol.on_timed_response_complete()
            return None
        protocol.write(frame)
        self._alive_at = now + self._silence
        self.moment = moment = min(moment, self._alive_at)
        if protocol.flow.write_paused:
            self.gone = True
            return None
        return moment

    def end(self) -> None:
        """The client left."""
        now = self._protocol.application.world.clock.monotonic()
        self._protocol.application.tally.finish(self, CUT, now, self._bytes)
        self._schedule.left(self._sent, now - self._arrived)

    def fail(self) -> None:
        """Let the client see that the stream is broken."""
        self._protocol.transport.abort()


class ExpressApplication:
    """An ASGI application with what `ExpressProtocol` needs to find a route by the bytes of a request line."""

    def __init__(self, application: Application) -> None:
        self.application = application
        security = application.world.options.security
        self.lookout = lookout.Lookout(security.head_timeout, security.body_timeout, KEEP_ALIVE)
        self.lanes = {
            (method.encode(), path.encode()): (method, path, target)
            for method, path, target in application.table.exact()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.application(scope, receive, send)


class _Resumed:
    """A coroutine that was begun outside a task, to be awaited in one: it goes on with what it waits for."""

    __slots__ = ("_coroutine", "_waits_for")

    def __init__(self, coroutine: Coroutine[Any, Any, Answer], waits_for: Any) -> None:
        self._coroutine, self._waits_for = coroutine, waits_for

    def __await__(self) -> Generator[Any, Any, Answer]:
        waits_for = self._waits_for
        while True:
            try:
                value = yield waits_for
            except BaseException as error:
                try:
                    waits_for = self._coroutine.throw(error)
                except StopIteration as done:
                    return done.value  # type: ignore[no-any-return]  # of a coroutine that gives an Answer
                continue
            try:
                waits_for = self._coroutine.send(value)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]
