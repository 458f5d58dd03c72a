"""Streams of completion chunks: the events of one or more choices, from the first to [DONE]."""

from collections.abc import Sequence
from typing import NamedTuple

from ...answer import Stream
from ...chance import Chance
from ...cluster.latency import Timing
from ...sse import DONE, Escapes, TokenEvents
from ..generation import Text


class Style(NamedTuple):
    """How a choice says something, as JSON members: what opens it, what stands around a text, what says nothing."""

    opening: bytes
    before: bytes
    after: bytes
    nothing: bytes


CHAT = Style(b'"delta":{"role":"assistant","content":"","refusal":null}', b'"delta":{"content":"', b'"}', b'"delta":{}')
TEXT = Style(b"", b'"text":"', b'"', b'"text":""')


def stream(
    head: bytes,
    style: Style,
    texts: Sequence[Text],
    spent: bytes | None,
    timing: Timing,
    pace: Chance,
    escapes: Escapes,
) -> Stream:
    """The chunks of *texts* under *head*, a JSON object that lacks its closing brace.

    With *spent*, a chunk without choices says what was used, and every chunk before it says null.
    """
    start = b"data: " + head
    end = b',"usage":null}\n\n' if spent else b"}\n\n"

    def chunk(index: int, says: bytes, reason: bytes = b"null") -> bytes:
        return b'%b,"choices":[{"index":%d,%b,"logprobs":null,"finish_reason":%b}]%b' % (
            start,
            index,
            says,
            reason,
            end,
        )

    def frame(index: int) -> tuple[bytes, bytes]:
        before, after = chunk(index, style.before + b"\n" + style.after).split(b"\n", 1)
        return before, after

    opening = b"".join([chunk(i, style.opening) for i in range(len(texts))]) if style.opening else b""
    closing = b"".join([chunk(i, style.nothing, b'"%b"' % t.finish_reason.encode()) for i, t in enumerate(texts)])
    if spent:
        closing += b'%b,"choices":[],"usage":%b}\n\n' % (start, spent)
    frames = [frame(i) for i in range(len(texts))]
    moments = timing.moments(max([text.size for text in texts]), pace)
    if len(texts) == 1:
        tokens, order = texts[0].tokens, None
        due = moments[: len(tokens)]
    else:
        tokens, order, steps = _interleaved(texts)
        due = [moments[step] for step in steps]
    events = TokenEvents(opening, frames, tokens, order, closing + DONE, escapes)
    return Stream(events, [moments[0], *due, moments[-1]])


def _interleaved(texts: Sequence[Text]) -> tuple[list[str], list[int], list[int]]:
    """The tokens of several choices as they are made side by side: (tokens, choice of each, step of each)."""
    tokens, choices, steps = [], [], []
    columns = [text.tokens for text in texts]
    for step in range(max(map(len, columns))):
        for choice, column in enumerate(columns):
            if step < len(column):
                tokens.append(column[step])
                choices.append(choice)
                steps.append(step)
    return tokens, choices, steps
