"""Streams of completion chunks: the events of one or more choices, from the first to [DONE]."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from ...answer import Stream
from ...cluster.fleet import Served
from ...sse import DONE, Escapes, TokenEvents
from ..generation import Text
from .choices import TOKEN, Choice

Frame = tuple[bytes, bytes]  # what stands before and after the text of a token

SILENT: Frame = (b"", b"")
ESCAPED = orjson.dumps(TOKEN)[1:-1]


class Style(NamedTuple):
    """How a choice says something, as JSON members: what opens it, what stands around a text, what says nothing."""

    opening: bytes
    before: bytes
    after: bytes
    nothing: bytes


CHAT = Style(b'"delta":{"role":"assistant","content":"","refusal":null}', b'"delta":{"content":"', b'"}', b'"delta":{}')
TEXT = Style(b"", b'"text":"', b'"', b'"text":""')


class _Printer:
    """Prints chunks under *head*, a JSON object that lacks its closing brace."""

    def __init__(self, head: bytes, has_usage: bool) -> None:
        self.start = b"data: " + head
        self._end = b',"usage":null}\n\n' if has_usage else b"}\n\n"

    def chunk(self, index: int, says: bytes, reason: bytes = b"null", logprobs: bytes = b"null") -> bytes:
        """The chunk in which choice *index* says the JSON members *says*."""
        return b'%b,"choices":[{"index":%d,%b,"logprobs":%b,"finish_reason":%b}]%b' % (
            self.start, index, says, logprobs, reason, self._end,
        )  # fmt: skip

    def frame(self, index: int, before: bytes, after: bytes, logprobs: bytes = b"null") -> Frame:
        """What stands before and after the text of a token between *before* and *after*."""
        head, tail = self.chunk(index, before + b"\n" + after, logprobs=logprobs).split(b"\n", 1)
        return head, tail

    def closing(self, ends: Sequence[bytes], spent: bytes | None) -> bytes:
        """The chunks in which each choice *ends*, what was *spent*, and the end of the stream."""
        last = b'%b,"choices":[],"usage":%b}\n\n' % (self.start, spent) if spent else b""
        return b"".join(ends) + last + DONE


def stream(
    head: bytes,
    style: Style,
    texts: Sequence[Text],
    spent: bytes | None,
    served: Served,
    escapes: Escapes,
    logprobs: Sequence[Sequence[dict[str, Any]]] | None = None,
) -> Stream:
    """The chunks of *texts* under *head*, a JSON object that lacks its closing brace.

    With *spent*, a chunk without choices says what was used, and every chunk before it says null. *logprobs* has what
    each token of each text says of its probability.
    """
    printer = _Printer(head, bool(spent))
    chunk, count = printer.chunk, range(len(texts))
    opening = b"".join([chunk(i, style.opening) for i in count]) if style.opening else b""
    closing = printer.closing(
        [chunk(i, style.nothing, b'"%b"' % t.finish_reason.encode()) for i, t in enumerate(texts)], spent
    )
    frames = [printer.frame(i, style.before, style.after) for i in count]
    steps: Sequence[int] | None = None
    if logprobs is not None:
        columns = []
        for i, text in enumerate(texts):
            columns.append([(token, len(frames) + at) for at, token in enumerate(text.tokens)])
            frames += [printer.frame(i, style.before, style.after, orjson.dumps(each)) for each in logprobs[i]]
        tokens, order, steps = _interleaved(columns)
    elif len(texts) == 1:
        tokens, order = texts[0].tokens, None
    else:
        tokens, order, steps = _interleaved([[(token, i) for token in text.tokens] for i, text in enumerate(texts)])
    events = TokenEvents(opening, frames, tokens, order, closing, escapes)
    return Stream(events, served.stream(steps))


def stream_choices(
    head: bytes, choices: Sequence[Choice], spent: bytes | None, served: Served, escapes: Escapes
) -> Stream:
    """The chunks of *choices* with all that they say: reasoning, text or refusal, calls, probabilities."""
    printer = _Printer(head, bool(spent))
    opening = b"".join([printer.chunk(c.number, b'"delta":%b' % orjson.dumps(c.opening())) for c in choices])
    closing = printer.closing(
        [printer.chunk(c.number, CHAT.nothing, b'"%b"' % c.finish_reason.encode()) for c in choices], spent
    )
    frames: list[Frame] = [SILENT]
    columns = [_column(choice, printer, frames) for choice in choices]
    tokens, order, steps = _interleaved(columns)
    events = TokenEvents(opening, frames, tokens, order, closing, escapes)
    return Stream(events, served.stream(steps))


def _column(choice: Choice, printer: _Printer, frames: list[Frame]) -> list[tuple[str, int]]:
    """The tokens of *choice* with their numbers among *frames*, to which those that it needs are added."""
    column: list[tuple[str, int]] = []
    told = choice.logprobs()
    for delta, tokens in choice.lanes():
        if delta is None:
            column += [("", 0) for _ in tokens]
            continue
        before, mark, after = (b'"delta":%b' % orjson.dumps(delta)).partition(ESCAPED)
        if told is None or not mark:
            frames.append(printer.frame(choice.number, before, after) if mark else _once(printer, choice, before))
            column += [(token, len(frames) - 1) for token in tokens]
            continue
        for token in tokens:
            logprobs = orjson.dumps(choice.logprobs_of(len(column), told))
            frames.append(printer.frame(choice.number, before, after, logprobs))
            column.append((token, len(frames) - 1))
    return column


def _once(printer: _Printer, choice: Choice, says: bytes) -> Frame:
    return printer.chunk(choice.number, says), b""


def _interleaved(columns: Sequence[Sequence[tuple[str, int]]]) -> tuple[list[str], list[int], list[int]]:
    """The tokens of several choices as they are made side by side: (tokens, frame of each, step of each)."""
    tokens, frames, steps = [], [], []
    for step in range(max(map(len, columns))):
        for column in columns:
            if step < len(column):
                token, frame = column[step]
                tokens.append(token)
                frames.append(frame)
                steps.append(step)
    return tokens, frames, steps
