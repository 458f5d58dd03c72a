"""An answered call as spans of a trace, with OpenTelemetry's semantic conventions for HTTP and generative AI.

A server span, and below it what the fleet did: queue, prefill and decode, at the moments of its schedule.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..tally import CUT, SWITCHED
from ..traces import span_id
from .answered import Answered

PROVIDER = "openai"  # whose API is spoken
OPERATIONS = {  # of paths that models answer; all others that do are generate_content
    "/v1/chat/completions": "chat",
    "/v1/responses": "chat",
    "/v1/completions": "text_completion",
    "/v1/embeddings": "embeddings",
}
OTHER = "generate_content"
ASKED = {  # fields of a body, as the conventions name them
    "max_tokens": "max_tokens",
    "max_completion_tokens": "max_tokens",
    "max_output_tokens": "max_tokens",
    "temperature": "temperature",
    "top_p": "top_p",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
    "seed": "seed",
    "n": "choice.count",
}
LEFT = "client_disconnected"

Attributes = dict[str, Any]


@dataclass
class Span:
    """One span. Its moments are seconds since 1970; *error* is what kind of failure it ended with."""

    name: str
    id: str
    parent: str | None
    start: float
    end: float
    attributes: Attributes = field(default_factory=dict)
    is_server: bool = False
    error: str | None = None


def operation(told: Answered) -> str | None:
    """What the call asked of a model, as the conventions say it; None when it asked nothing of one."""
    if told.served is None and told.model is None:
        return None
    return OPERATIONS.get(told.call.endpoint, OTHER)


def error(told: Answered) -> str | None:
    """The type of the error that it was answered with; None when all was well."""
    if told.status == CUT:
        return LEFT
    if told.fault is not None and 0 <= told.status < 400:
        return told.fault
    return str(told.status) if told.status >= 400 else None


def model_attributes(told: Answered) -> Attributes:
    """What spans and metrics say of the model; empty when the call asked nothing of one."""
    kind = operation(told)
    if kind is None:
        return {}
    found = {"gen_ai.operation.name": kind, "gen_ai.provider.name": PROVIDER}
    if told.model is not None:
        found["gen_ai.request.model"] = told.model
    if told.served is not None:
        found["gen_ai.response.model"] = told.served.request.model
    return found


def spans(told: Answered) -> Iterator[Span]:
    """The server span of *told*, then those of its stages."""
    call, context = told.call, told.context
    server = Span(f"{call.method} {call.endpoint}", context.span, context.parent, call.now, call.now + told.took)
    server.attributes, server.is_server, server.error = _attributes(told), True, error(told)
    yield server
    if told.served is not None:
        yield from _stages(told)


def _attributes(told: Answered) -> Attributes:
    call, status = told.call, told.status
    found: Attributes = {
        "http.request.method": "GET" if status == SWITCHED else call.method,
        "url.path": call.path,
        "url.scheme": "https" if call.world.options.secure else "http",
    }
    if status != 404 or "{" in call.endpoint:
        found["http.route"] = call.endpoint
    if 0 < status != CUT:
        found["http.response.status_code"] = status
    agent = call.header(b"user-agent")
    for name, value in (
        ("client.address", call.peer),
        ("user_agent.original", agent.decode("latin-1") if agent else None),
        ("fakeai.request.id", told.request_id),
        ("fakeai.fault", told.fault),
    ):
        if value:
            found[name] = value
    found |= model_attributes(told)
    if found.get("gen_ai.operation.name"):
        for name, said in ASKED.items():
            if isinstance(value := told.body.get(name), int | float) and not isinstance(value, bool):
                found[f"gen_ai.request.{said}"] = value
    if told.served is not None:
        request = told.served.request
        found |= {
            "gen_ai.usage.input_tokens": request.prompt,
            "gen_ai.usage.output_tokens": told.made,
            "gen_ai.usage.cache_read.input_tokens": request.cached,
            **_worker(told),
        }
        if not told.is_cut and told.made >= request.asked > 0:
            found["gen_ai.response.finish_reasons"] = [request.finish] * request.width
    return found


def _worker(told: Answered) -> Attributes:
    """Where it was computed."""
    assert told.served is not None
    worker = told.served.worker
    rank = {"fakeai.dp_rank": worker.rank} if told.call.world.options.machine.ranks > 1 else {}
    return {"fakeai.worker": worker.instance, **rank}


def _stages(told: Answered) -> Iterator[Span]:
    """Those that began, each until the next one, or until the client left."""
    assert told.served is not None
    request, call = told.served.request, told.call
    ended = call.arrived + told.took
    last = min(request.end, ended) if request.end >= 0 else ended
    moments, worker = (request.arrived, request.begun, request.first), _worker(told)
    said: tuple[Attributes, ...] = (
        worker,
        {
            **worker,
            "gen_ai.usage.input_tokens": request.prompt,
            "gen_ai.usage.cache_read.input_tokens": request.cached,
        },
        {**worker, "gen_ai.usage.output_tokens": told.made},
    )
    for at, name in enumerate(("queue", "prefill", "decode")):
        start = moments[at]
        if 0 <= start <= last:
            after = moments[at + 1] if at < 2 and 0 <= moments[at + 1] <= last else last
            id = span_id(call.world, told.request_id or "", name)
            yield Span(
                name, id, told.context.span, call.now + start - call.arrived, call.now + after - call.arrived, said[at]
            )
