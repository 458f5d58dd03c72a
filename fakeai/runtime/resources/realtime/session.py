"""One realtime session: its settings, what it holds, and how it speaks."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import orjson

from ...call import Call
from ...cluster.latency import Timing
from ...errors import ApiError
from ...schemas import Validator
from ...socket import Socket
from ...tokens import Tokens
from . import beta
from .agenda import Agenda, Errand
from .conversation import Conversation
from .input_buffer import InputBuffer
from .spending import Allowance, Cache

LASTS = 3600  # seconds

Settings = dict[str, Any]


class Ongoing(Protocol):
    """A response on its way."""

    id: str

    def cancel(self, reason: str) -> None:
        """End it before its end."""
        ...


class Session:
    """What a socket's events are about. All that it says goes through `say`, and leaves with `flush`."""

    def __init__(
        self, call: Call, settings: Settings, messages: Mapping[str, Validator], timing: Timing, is_beta: bool
    ) -> None:
        self.call, self.world = call, call.world
        self.messages, self.timing, self.is_beta = messages, timing, is_beta
        self.id = call.new_id("sess_")
        self._key, self._made = self.id.encode(), 0
        self.settings: Settings = {**settings, "id": self.id, "expires_at": int(call.now) + LASTS}
        self.conversation_id = self.new_id("conv_")
        self.items = Conversation()
        self.agenda = Agenda()
        self.buffer = InputBuffer(self.settings["audio"]["input"])
        self.active: Ongoing | None = None  # what writes to the conversation
        self.responses: dict[str, Ongoing] = {}  # all that go on
        self.cache, self.allowance = Cache(), Allowance()
        self.when_quiet: Callable[[float], None] | None = None  # after an answer that plays for so many seconds
        self.idling: Errand | None = None  # what happens when nobody speaks
        self.socket: Socket | None = None
        self._outbox: list[str] = []
        self.is_over = False

    @property
    def now(self) -> float:
        """The moment, in seconds of monotonic time."""
        return self.world.clock.monotonic()

    @property
    def talks(self) -> bool:
        """Whether the session answers; else it writes down what it hears."""
        return bool(self.settings["type"] == "realtime")

    @property
    def tokens(self) -> Tokens:
        """Those of the session's model."""
        return self.world.tokens_for(self.settings.get("model") or "")

    def new_id(self, prefix: str) -> str:
        """An id that depends on the session and on how many it made before."""
        self._made += 1
        return self.world.fixed_id(prefix, self._key, b"%d" % self._made)

    def say(self, type: str, **fields: Any) -> None:
        """Send an event."""
        name: str | None = type
        if self.is_beta:
            name, fields = beta.fields(type, fields)
        if name is not None:
            event = {"type": name, "event_id": self.new_id("event_"), **fields}
            self._outbox.append(orjson.dumps(event).decode())

    def head(self, type: str, **fields: Any) -> str:
        """The beginning of an event of *type* that says *fields* and a delta: what `say_delta` and `say_sound` take."""
        name = beta.name(type) if self.is_beta else type
        return orjson.dumps({"type": name, **fields}).decode()[:-1]

    def say_delta(self, head: str, delta: str) -> None:
        """Send an event with the text *delta*."""
        self.say_sound(head, orjson.dumps(delta)[1:-1].decode())

    def say_sound(self, head: str, delta: str) -> None:
        """Send an event whose `delta` needs no escapes."""
        self._outbox.append(f'{head},"event_id":"{self.new_id("event_")}","delta":"{delta}"}}')

    def complain(self, error: ApiError, event_id: str | None = None) -> None:
        """Send *error*, which the event *event_id* of the client made."""
        said = {"type": error.type, "code": error.code, "message": error.message, "param": error.param}
        self.say("error", error={**said, "event_id": event_id})

    async def flush(self) -> None:
        """Let leave what was said."""
        said, self._outbox = self._outbox, []
        if self.socket:
            for text in said:
                await self.socket.send(text)
