"""Calls whose answers have left: whoever logs or traces them is told once, when all is known.

Nothing of this is there while nobody listens. A call costs a few microseconds when somebody does.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

from ..answer import Answer, Broken, Content, Reply, Stream, Talk
from ..call import Call
from ..cluster.fleet import Served
from ..socket import Socket
from ..tally import status_of
from ..traces import TraceContext, begun, with_headers
from ..world import World
from .departure import Departure, departure_of

REQUEST_ID = b"x-request-id"


class Answered:
    """One call, and how its answer left. Times are seconds after it arrived; -1 is a moment that never came."""

    __slots__ = ("_body", "answer", "call", "context", "fault", "first", "is_cut", "request_id", "took")

    def __init__(
        self, call: Call, answer: Answer, fault: str | None, request_id: str | None, context: TraceContext
    ) -> None:
        self.call, self.answer, self.fault = call, answer, fault
        self.request_id, self.context = request_id, context
        self.first = self.took = -1.0  # when its first byte left, and its last
        self.is_cut = False  # the client left before the end
        self._body: dict[str, Any] | None = None

    @property
    def status(self) -> int:
        """The HTTP status, or 499 when the client left before the end."""
        return status_of(self.answer, self.is_cut)

    @property
    def size(self) -> int | None:
        """Bytes of its body, where that is known: not of a stream."""
        answer = self.answer
        return len(answer.body) if isinstance(answer, Reply) else answer.size if isinstance(answer, Content) else None

    @property
    def streams(self) -> bool:
        """Whether it leaves piece by piece."""
        return isinstance(self.answer.answer if isinstance(self.answer, Broken) else self.answer, Stream)

    @property
    def served(self) -> Served | None:
        """What the fleet made of it."""
        return self.call.served if isinstance(self.call.served, Served) else None

    @property
    def made(self) -> int:
        """Tokens made until its end."""
        served = self.served
        if served is None:
            return 0
        request, passes = served.request, served.passes_by(self.call.arrived + self.took)
        return request.made if request.over else request.tokens_by(passes)

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object that came; empty when none did."""
        if self._body is None:
            self._body = self.call.told()
        return self._body

    @property
    def model(self) -> str | None:
        """The model that was asked for."""
        return self.call.model


class Ends:
    """Notices that answers have left, and tells those who listen: an engine that lasts."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._listeners: list[Callable[[Answered], None]] = []

    def listen(self, listener: Callable[[Answered], None]) -> None:
        """Tell *listener* of every answer from here on."""
        if not self._listeners:
            self._world.traced = True
            before = self._world.note
            self._world.note = self._note if before is None else _after(before, self._note)
        self._listeners.append(listener)

    def _note(self, call: Call, answer: Answer, fault: str | None) -> Answer:
        """*answer*, with the headers that name it, and as one that is noticed when it has left."""
        world = self._world
        request_id = world.new_id("req_")
        context = begun(world, call.headers, request_id)
        told = Answered(call, answer, fault, None if isinstance(answer, Talk) else request_id, context)
        if isinstance(answer, Talk):
            return replace(answer, talk=self._watched(answer, told))
        answer = told.answer = with_headers(answer, context.header, (REQUEST_ID, request_id.encode()))
        if isinstance(answer, Content):
            return replace(answer, read=self._counted(answer, told))
        assert isinstance(answer, Reply | Stream | Broken)
        departure = departure_of(answer)
        if departure is None:
            self._over(told, False)
        else:
            departure.tell(partial(self._left, told, departure))
        return answer

    def _watched(self, answer: Talk, told: Answered) -> Callable[[Socket], Awaitable[None]]:
        async def talk(socket: Socket) -> None:
            told.first = self._now(told)
            try:
                await answer.talk(socket)
            finally:
                self._over(told, False)

        return talk

    def _counted(self, answer: Content, told: Answered) -> Callable[[int, int], Awaitable[bytes]]:
        async def read(start: int, size: int) -> bytes:
            piece = await answer.read(start, size)
            if start + len(piece) >= answer.size or not piece:
                self._over(told, False)
            return piece

        if not answer.size:
            self._over(told, False)
        return read

    def _now(self, told: Answered) -> float:
        return self._world.clock.monotonic() - told.call.arrived

    def _left(self, told: Answered, departure: Departure, is_cut: bool) -> None:
        if departure.sent:
            told.first = departure.first
        self._over(told, is_cut)

    def _over(self, told: Answered, is_cut: bool) -> None:
        if told.took < 0:
            told.took, told.is_cut = self._now(told), is_cut
            if told.first < 0 and not is_cut:
                told.first = told.took
            self._tell(told)

    def _tell(self, told: Answered) -> None:
        for listener in self._listeners:
            listener(told)


def _after(first: Callable[..., Answer], second: Callable[..., Answer]) -> Callable[..., Answer]:
    """Both notes, one after the other."""
    return lambda call, answer, fault: second(call, first(call, answer, fault), fault)
