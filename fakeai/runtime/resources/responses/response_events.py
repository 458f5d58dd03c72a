"""The events of a response that is streamed: one piece of the stream for each, numbered from 0."""

from collections.abc import Sequence
from itertools import repeat
from typing import Any, NamedTuple

import orjson

from ...answer import Stream
from ...sse import Escapes
from ...world import World
from .lives import GRACE, Response, unfinished

EVENT = b'event: %b\ndata: {"type":"%b","sequence_number":%d,%b}\n\n'
DELTA = (
    b'event: response.output_text.delta\ndata: {"type":"response.output_text.delta","item_id":"%b","output_index":0,'
    b'"content_index":0,"logprobs":[],"sequence_number":'
)
WIDTH = 16  # characters; a delta and its obfuscation together have a multiple of that
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
STRIDE, PERIOD = 7, 997  # of the places in the noise where obfuscations begin
ENDING = 4  # events that end a response of one message


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


class Pieces:
    """The events of a response that says one message. The first *skipped* of them are not sent."""

    __slots__ = ("_ending", "_escapes", "_frame", "_noise", "_opening", "_response", "_skipped", "_tokens")

    def __init__(
        self,
        opening: list[bytes],
        tokens: Sequence[str],
        response: Response,
        escapes: Escapes,
        noise: Noise | None,
        skipped: int,
    ) -> None:
        self._opening, self._tokens, self._response = opening, tokens, response
        self._frame = DELTA % response["output"][0]["id"].encode()
        self._escapes, self._noise, self._skipped = escapes, noise, skipped
        self._ending: list[bytes] = []

    def write(self, start: int, stop: int) -> bytes:
        start, stop = start + self._skipped, stop + self._skipped
        said = len(self._opening)
        ended = said + len(self._tokens)
        written = self._opening[start:stop]
        first, last = max(start, said), min(stop, ended)
        frame, escapes, noise = self._frame, self._escapes, self._noise
        for number, token in zip(range(first, last), self._tokens[first - said : last - said], strict=False):
            if noise is None:
                written.append(b'%b%d,"delta":"%b"}\n\n' % (frame, number, escapes[token]))
            else:
                hidden = noise.beside(len(token), number)
                written.append(b'%b%d,"delta":"%b","obfuscation":"%b"}\n\n' % (frame, number, escapes[token], hidden))
        if stop > ended:
            if not self._ending:
                self._ending = ending(self._response, ended)
            written += self._ending[max(start - ended, 0) : stop - ended]
        return b"".join(written)


class Course(NamedTuple):
    """When a response is made, is queued no longer, and says each token; in seconds after the call."""

    made: float
    begins: float
    tokens: Sequence[float]


def stream(
    world: World,
    response: Response,
    tokens: Sequence[str],
    course: Course,
    escapes: Escapes,
    *,
    obfuscated: bool,
    skipped: int = 0,
    until: float | None = None,
) -> Stream:
    """The events of *response*, as it is in the end, that says *tokens* in its one message.

    The first *skipped* events are left out, and those that come after the moment *until*, when the response was
    cancelled. What is due in the past leaves at once.
    """
    opening = beginning(response)
    first, last = course.tokens[0], course.tokens[-1]
    due = [course.made] * (len(opening) - 3) + [course.begins, first, first, *course.tokens[: len(tokens)]]
    due += repeat(last, ENDING)
    if until is not None:
        due = [moment for moment in due if moment <= until]
    noise = world.engine(Noise) if obfuscated else None
    sent = [moment if moment > GRACE else 0.0 for moment in due[skipped:]]
    if not sent:
        return Stream(Nothing(), [0.0])
    return Stream(Pieces(opening, tokens, response, escapes, noise, skipped), sent)


class Nothing:
    """No events at all."""

    def write(self, start: int, stop: int) -> bytes:
        return b""


def beginning(response: Response) -> list[bytes]:
    """The events before the first token."""
    item = response["output"][0]
    states = ["queued", "in_progress"] if response["background"] else ["in_progress"]
    events = [("created", states[0]), *((state, state) for state in states)]
    written = [
        event(f"response.{name}", number, {"response": unfinished(response, state)})
        for number, (name, state) in enumerate(events)
    ]
    started = {**item, "status": "in_progress", "content": []}
    place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
    empty = {**item["content"][0], "text": ""}
    number = len(written)
    written.append(event("response.output_item.added", number, {"output_index": 0, "item": started}))
    written.append(event("response.content_part.added", number + 1, {**place, "part": empty}))
    return written


def ending(response: Response, number: int) -> list[bytes]:
    """The events after the last token; the first has that *number*."""
    item = response["output"][0]
    part = item["content"][0]
    place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
    said = [
        ("response.output_text.done", {**place, "text": part["text"], "logprobs": part["logprobs"]}),
        ("response.content_part.done", {**place, "part": part}),
        ("response.output_item.done", {"output_index": 0, "item": item}),
        (f"response.{response['status']}", {"response": response}),
    ]
    return [event(name, number + at, data) for at, (name, data) in enumerate(said)]


def event(name: str, number: int, data: dict[str, Any]) -> bytes:
    """One event."""
    kind = name.encode()
    return EVENT % (kind, kind, number, orjson.dumps(data)[1:-1])
