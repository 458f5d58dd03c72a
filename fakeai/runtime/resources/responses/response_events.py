"""The events of a response that is streamed: one piece of the stream for each, numbered from 0."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import orjson

from ...answer import Planned, Stream
from ...sse import Escapes
from ...world import World
from .lives import GRACE

EVENT = b'event: %b\ndata: {"type":"%b","sequence_number":%d,%b}\n\n'
FRAME = b'event: %b\ndata: {"type":"%b",%b,"sequence_number":'
WIDTH = 16  # characters; a delta and its obfuscation together have a multiple of that
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
STRIDE, PERIOD = 7, 997  # of the places in the noise where obfuscations begin
MADE, BEGINS = -2, -1  # steps before the first token


class Noise:
    """Random letters of one world, to hide how long a token is."""

    def __init__(self, world: World) -> None:
        chance = world.chance(b"obfuscation")
        drawn = [LETTERS[chance.below(len(LETTERS))] for _ in range(PERIOD + WIDTH)]
        self.letters = "".join(drawn).encode()

    def beside(self, size: int, number: int) -> bytes:
        """The obfuscation of a delta of *size* characters in the event *number*."""
        at = number * STRIDE % PERIOD
        return self.letters[at : at + (-size % WIDTH or WIDTH)]


class Run(NamedTuple):
    """Events called *name*: one that says *data*, or one for each of *tokens*, perhaps with its probability."""

    name: str
    data: dict[str, Any]
    tokens: Sequence[str] | None = None
    logprobs: Sequence[Any] | None = None


class Script:
    """The events of a response in their order, and the step at which each is said: the number of a token, or before."""

    def __init__(self) -> None:
        self.runs: list[Run] = []
        self.starts: list[int] = []  # number of the first event of each run
        self.steps: list[int] = []  # of each event

    def once(self, step: int, name: str, /, **data: Any) -> None:
        """One event more."""
        self._add(Run(name, data), [step])

    def deltas(
        self,
        steps: Sequence[int],
        name: str,
        tokens: Sequence[str],
        place: dict[str, Any],
        logprobs: Sequence[Any] | None = None,
    ) -> None:
        """An event more for each of *tokens*, with what is said of its *place*."""
        if tokens:
            self._add(Run(name, place, tokens, logprobs), steps)

    def _add(self, run: Run, steps: Sequence[int]) -> None:
        self.starts.append(len(self.steps))
        self.runs.append(run)
        self.steps += steps


class Pieces:
    """The events of a script. The first *skipped* of them are not sent."""

    __slots__ = ("_escapes", "_noise", "_script", "_skipped")

    def __init__(self, script: Script, escapes: Escapes, noise: Noise | None, skipped: int) -> None:
        self._script, self._escapes, self._noise, self._skipped = script, escapes, noise, skipped

    def write(self, start: int, stop: int) -> bytes:
        start, stop = start + self._skipped, stop + self._skipped
        script = self._script
        at = bisect_right(script.starts, start) - 1
        written: list[bytes] = []
        while start < stop:
            run, first = script.runs[at], script.starts[at]
            if run.tokens is None:
                written.append(event(run.name, start, run.data))
                start += 1
            else:
                end = min(stop, first + len(run.tokens))
                self._tell(written, run, first, start, end)
                start = end
            at += 1
        return b"".join(written)

    def _tell(self, written: list[bytes], run: Run, first: int, start: int, stop: int) -> None:
        """The events *start* to *stop* - 1 of a *run* of tokens whose first is the event *first*."""
        assert run.tokens is not None
        name, escapes, noise = run.name.encode(), self._escapes, self._noise
        frame = FRAME % (name, name, orjson.dumps(run.data)[1:-1])
        for number, token in zip(range(start, stop), run.tokens[start - first : stop - first], strict=True):
            more = b""
            if run.logprobs is not None:
                more = b',"logprobs":%b' % orjson.dumps(run.logprobs[number - first : number - first + 1])
            if noise is not None:
                more += b',"obfuscation":"%b"' % noise.beside(len(token), number)
            written.append(b'%b%d,"delta":"%b"%b}\n\n' % (frame, number, escapes[token], more))


class Course(NamedTuple):
    """When a response is made, is queued no longer, and says each token; in seconds after the call."""

    made: float
    begins: float
    tokens: Sequence[float]

    def moment(self, step: int) -> float:
        """When the *step* of a script is."""
        return self.tokens[step] if step >= 0 else self.made if step == MADE else self.begins


def stream(
    world: World,
    script: Script,
    course: Course,
    escapes: Escapes,
    *,
    obfuscated: bool,
    skipped: int = 0,
    until: float | None = None,
    leave: Callable[[int, float], None] | None = None,
) -> Stream:
    """The events of *script*.

    The first *skipped* events are left out, and those that come after the moment *until*, when the response was
    cancelled. What is due in the past leaves at once. *leave* is told when the client does.
    """
    due = [course.moment(step) for step in script.steps]
    if until is not None:
        due = [moment for moment in due if moment <= until]
    noise = world.engine(Noise) if obfuscated else None
    sent = [moment if moment > GRACE else 0.0 for moment in due[skipped:]]
    if not sent:
        return Stream(Nothing(), Planned([0.0]))
    return Stream(Pieces(script, escapes, noise, skipped), Planned(sent, leave))


class Nothing:
    """No events at all."""

    def write(self, start: int, stop: int) -> bytes:
        return b""


def event(name: str, number: int, data: dict[str, Any]) -> bytes:
    """One event."""
    kind = name.encode()
    return EVENT % (kind, kind, number, orjson.dumps(data)[1:-1])
