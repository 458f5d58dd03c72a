"""W3C trace context: the trace that a call is part of, and the header that tells its caller so."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from .answer import Answer, Broken, Content, Header, Reply, Stream
from .world import World

TRACEPARENT, TRACESTATE, TRACERESPONSE = b"traceparent", b"tracestate", b"traceresponse"
FORM = re.compile(rb"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
SAMPLED = 1  # the flag


@dataclass(frozen=True, slots=True)
class TraceContext:
    """A *span* of a *trace*, both in hexadecimal, below that of the caller when it has one."""

    trace: str
    span: str
    parent: str | None = None
    sampled: bool = True
    state: str = ""

    @property
    def header(self) -> Header:
        """What the caller is told."""
        return TRACERESPONSE, f"00-{self.trace}-{self.span}-{int(self.sampled):02x}".encode()


def given(headers: Iterable[Header], span: str) -> TraceContext | None:
    """The context of a call with these *headers*, whose own span is *span*; None when they name no trace."""
    parent, states = None, []
    for name, value in headers:
        if name == TRACEPARENT:
            parent = value.strip()
        elif name == TRACESTATE:
            states.append(value.decode("latin-1").strip())
    found = FORM.fullmatch(parent) if parent else None
    if found is None:
        return None
    version, trace, caller, flags, rest = found.groups()
    if version == b"ff" or (version == b"00" and rest) or not trace.strip(b"0") or not caller.strip(b"0"):
        return None
    return TraceContext(trace.decode(), span, caller.decode(), bool(int(flags, 16) & SAMPLED), ",".join(states))


def begun(world: World, headers: Iterable[Header], request_id: str) -> TraceContext:
    """The context of the call with that id: of its caller's trace, else of one of its own that the id decides."""
    span = span_id(world, request_id)
    return given(headers, span) or TraceContext(world.fixed_id("", b"trace", request_id.encode()), span)


def span_id(world: World, request_id: str, name: str = "") -> str:
    """The id of the span called *name* of a call."""
    return world.fixed_id("", b"span", request_id.encode(), name.encode())[:16]


def echoed(world: World, headers: Iterable[Header], answer: Answer) -> Answer:
    """*answer*, with the header that says of which trace it is, when the call's *headers* name one."""
    if not any(name == TRACEPARENT for name, _ in headers):
        return answer
    found = given(headers, world.new_id("")[:16])
    return with_headers(answer, found.header) if found else answer


def with_headers(answer: Answer, *headers: Header) -> Answer:
    """A copy of *answer* that has these, too, at the end."""
    if isinstance(answer, Broken):
        if isinstance(answer.answer, Reply | Stream):
            return replace(answer, answer=replace(answer.answer, headers=(*answer.answer.headers, *headers)))
    elif isinstance(answer, Reply | Stream | Content):
        return replace(answer, headers=(*answer.headers, *headers))
    return answer
