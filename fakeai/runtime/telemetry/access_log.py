"""A line of the log for each call that was answered: who asked for what, how it went, how long it took."""

import logging
from datetime import UTC, datetime
from typing import Any

from ..credentials import key_of, masked
from .answered import Answered
from .journal import SECRET, SECRET_PARAMETER

log = logging.getLogger("fakeai.access")


def note(told: Answered) -> None:
    """Write *told* down: as text, and as `fields` for a log of JSON."""
    fields = facts(told)
    log.info("%s", text(fields), extra={"fields": fields})


def facts(told: Answered) -> dict[str, Any]:
    """What is known of it, without what is not. Times in milliseconds; nothing secret."""
    call, served, query = told.call, told.served, told.call.query.decode("latin-1")
    fields: dict[str, Any] = {
        "time": datetime.fromtimestamp(call.now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "trace_id": told.context.trace,
        "span_id": told.context.span,
        "request_id": told.request_id,
        "client": call.peer or None,
        "key": masked(key_of(call)) or None,
        "method": call.method,
        "path": SECRET.sub(r"\1***", call.path),
        "route": call.endpoint,
        "query": SECRET.sub(r"\1***", SECRET_PARAMETER.sub(r"\1***", query)) or None,
        "status": told.status,
        "duration_ms": _ms(told.took),
        "first_byte_ms": _ms(told.first),
        "bytes": told.size,
        "streamed": told.streams,
        "fault": told.fault,
        "model": told.model,
    }
    if served is not None:
        request = served.request
        fields |= {
            "queue_ms": _ms(request.begun - request.arrived if request.begun >= 0 else -1.0),
            "ttft_ms": _ms(request.first - request.arrived if request.first >= 0 else -1.0),
            "prompt_tokens": request.prompt,
            "cached_tokens": request.cached,
            "completion_tokens": told.made,
            "worker": served.worker.instance,
            "dp_rank": served.worker.rank if call.world.options.machine.ranks > 1 else None,
        }
    return {name: value for name, value in fields.items() if value is not None}


def _ms(seconds: float) -> float | None:
    return round(seconds * 1000, 3) if seconds >= 0 else None


def text(fields: dict[str, Any]) -> str:
    """The same in a line for people."""
    query = f"?{fields['query']}" if "query" in fields else ""
    parts = [f"{fields.get('client', '-')} {fields['method']} {fields['path']}{query} {fields['status']}"]
    parts.append(f"{fields['duration_ms']:.0f} ms")
    parts += [f"model={fields['model']}"] if "model" in fields else []
    if "prompt_tokens" in fields:
        counts = f"{fields['prompt_tokens']}+{fields['completion_tokens']}"
        parts += [f"tokens={counts}", f"cached={fields['cached_tokens']}", f"worker={fields['worker']}"]
        parts += [f"dp_rank={fields['dp_rank']}"] if "dp_rank" in fields else []
    parts += [f"ttft={fields['ttft_ms']:.0f}ms"] if "ttft_ms" in fields else []
    parts += [f"fault={fields['fault']}"] if "fault" in fields else []
    parts += [f"id={fields['request_id']}"] if "request_id" in fields else []
    return " ".join([*parts, f"trace={fields['trace_id']}"])
