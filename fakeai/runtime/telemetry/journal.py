"""The journal: the last requests and what was answered, for tests that look at what an application did.

A request is noted in a few microseconds; how it is shown is worked out when somebody reads. Secrets are masked.
"""

import fnmatch
import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from ..answer import WHOLE, Answer, Broken, Content, Reply, Stream, Talk
from ..call import Call
from ..cluster.fleet import Served
from ..credentials import key_of, masked
from ..looks import is_look
from ..tally import status_of
from ..world import World
from .departure import Departure, departure_of

LEFT = "left"  # how an answer ended whose client left
LARGEST_BODY = 65_536  # bytes of a body that are kept
MOST = 33_554_432  # bytes that all entries hold, about
ENTRY, PIECE = 2000, 48  # bytes of an entry, and of a piece of a stream, about
SECRET_HEADERS = ("authorization", "api-key", "x-api-key", "cookie", "proxy-authorization", "set-cookie")
SECRET = re.compile(r"\b((?:sk|ek|rk|pk|sess|admin)[-_])[\w-]{6,}")
SECRET_FIELD = re.compile(
    r'("(?:authorization|api_key|apikey|client_secret|password|secret|token)"\s*:\s*")(?:[^"\\]|\\.)*'
)
SECRET_PARAMETER = re.compile(r"((?:^|&)(?:api[-_]key|key|token)=)[^&]*", re.IGNORECASE)


class Entry:
    """One request and its answer."""

    __slots__ = ("answer", "body", "call", "departure", "fault", "number", "size")

    def __init__(self, number: int, call: Call, answer: Answer, fault: str | None) -> None:
        self.number, self.call, self.answer, self.fault = number, call, answer, fault
        self.body = call.body if len(call.body) <= LARGEST_BODY else call.body[:LARGEST_BODY]
        self.departure = departure_of(answer) if isinstance(answer, Reply | Stream | Broken) else None
        self.size = ENTRY + len(self.body)
        if type(answer) is Reply:
            self.size += len(answer.body)
        elif self.departure is not None:
            self.size += PIECE * len(self.departure)

    @property
    def status(self) -> int:
        """The HTTP status; 499 when the client left before the end, 0 when the connection ended before one was sent."""
        return status_of(self.answer, self.ended == LEFT)

    @property
    def model(self) -> str | None:
        """The model that was asked for."""
        return self.call.model

    def shown(self) -> dict[str, Any]:
        """The entry as JSON."""
        call, answer, left = self.call, self.answer, self.departure
        served = call.served if isinstance(call.served, Served) else None
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in call.headers}
        said = answer.answer if isinstance(answer, Broken) else answer
        due = answer.due if isinstance(answer, Reply) else 0.0
        text = _text(answer, left)
        return {
            "number": self.number,
            "time": call.now,
            "method": call.method,
            "path": call.path,
            "query": SECRET_PARAMETER.sub(r"\1***", call.query.decode("latin-1")),
            "key": masked(key_of(call)) or None,
            "headers": {name: _header(name, value) for name, value in headers.items()},
            "model": self.model,
            "body": _shown(self.body),
            "body_bytes": len(call.body),
            "status": self.status,
            "response_headers": {name.decode(): value.decode("latin-1") for name, value in _headers(said)},
            "answer": _shown(text[:LARGEST_BODY]),
            "streamed": isinstance(said, Stream),
            "fault": self.fault,
            "ended": self.ended,
            "first": left.first if left and left.sent else None if left else due,
            "last": left.last if left and (left.sent or left.gone) else None if left else due,
            "pieces": {"sent": left.sent, "of": len(left)} if left else None,
            "worker": served.worker.instance if served else None,
            "dp_rank": served.worker.rank if served else None,
            "prompt_tokens": served.request.prompt if served else None,
            "cached_tokens": served.cached if served else None,
        }

    @property
    def ended(self) -> str:
        """How far it is: `waiting`, `whole`, `left` by the client, or ended as a fault says."""
        departure = self.departure
        if departure and departure.sent < len(departure):
            return LEFT if departure.gone else "waiting"
        return self.answer.end if isinstance(self.answer, Broken) else WHOLE


class Journal:
    """The last requests of one world: as many as the settings say, and no more than MOST bytes of them."""

    def __init__(self, world: World) -> None:
        self._world, self._most = world, world.options.journal
        self._number = 0
        self._entries: deque[Entry] = deque()
        self._size = 0
        self.count = 0  # requests since the start, or the last reset

    def reset(self) -> None:
        """Forget all of it."""
        self._entries.clear()
        self._size = self.count = 0

    def forget(self) -> None:
        """Forget the entries, and go on counting."""
        self._entries.clear()
        self._size = 0

    def note(self, call: Call, answer: Answer, fault: str | None) -> Answer:
        """Take *answer* down, and give it back."""
        if is_look(call.path):
            return answer
        self.count += 1
        entry = Entry(self._next(), call, answer, fault)
        entries = self._entries
        entries.append(entry)
        self._size += entry.size
        while len(entries) > self._most or (self._size > MOST and len(entries) > 1):
            self._size -= entries.popleft().size
        return answer

    def _next(self) -> int:
        """The number of another entry, greater than that of any before it: of several processes, by the time."""
        peers = self._world.peers
        if peers is None:
            return self.count
        now = int((self._world.clock.monotonic() - peers.since) * 1e6) * peers.count + peers.number
        self._number = max(self._number + peers.count, now)
        return self._number

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def find(self, number: int) -> Entry | None:
        """The entry of that number."""
        return next((entry for entry in self._entries if entry.number == number), None)

    def matching(
        self,
        *,
        method: str | None = None,
        path: str | None = None,
        status: int | None = None,
        model: str | None = None,
        key: str | None = None,
        fault: str | None = None,
        contains: str | None = None,
        after: int = 0,
    ) -> Sequence[Entry]:
        """The entries that are all of this, the oldest first: *path* and *model* are patterns, *fault* may be `any`
        or `none`, *contains* is a part of the body."""
        wanted = contains.encode() if contains is not None else None
        return [
            entry
            for entry in self._entries
            if entry.number > after
            and (method is None or entry.call.method == method.upper())
            and (path is None or fnmatch.fnmatchcase(entry.call.path, path))
            and (status is None or entry.status == status)
            and (model is None or fnmatch.fnmatchcase(entry.model or "", model))
            and (key is None or key_of(entry.call) == key)
            and (fault is None or (entry.fault or "none") == fault or (fault == "any" and entry.fault is not None))
            and (wanted is None or wanted in entry.body)
        ]


def _header(name: str, value: str) -> str:
    if name in SECRET_HEADERS:
        scheme, mark, secret = value.partition(" ")
        return f"{scheme} {masked(secret)}" if mark else masked(value)
    return SECRET.sub(r"\1***", value)


def _headers(said: Answer | None) -> Sequence[tuple[bytes, bytes]]:
    if said is None or isinstance(said, Talk | Broken):
        return ()
    return (said.content_type, *(() if isinstance(said, Stream) else said.headers))


def _text(answer: Answer, departure: Departure | None) -> bytes:
    """What was sent of an answer until now."""
    if type(answer) is Reply:
        return answer.body
    if isinstance(answer, Stream | Broken) and departure and departure.sent:
        return answer.pieces.write(0, departure.sent)
    return f"{answer.size} bytes".encode() if type(answer) is Content else b""


def _value(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _shown(data: bytes) -> Any:
    """*data* as JSON or as text, without secrets; None when there is none."""
    if not data:
        return None
    text = SECRET_FIELD.sub(r"\1***", SECRET.sub(r"\1***", data.decode("utf-8", "replace")))
    value = _value(text.encode())
    return text if value is None else value
