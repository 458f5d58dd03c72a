"""Say what the judge found: a table by tag, every failure with its place, and the same as JSON."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from .judge import Verdict
from .transport import Answer, Request
from .upstream import Upstream

LONGEST_BODY = 400  # characters of a request that is shown
WIDTH = 36


def text(document: Upstream, verdicts: list[Verdict], address: str) -> str:
    """The whole report for people."""
    return "\n".join(
        [*_failures(verdicts), *_explained(document, verdicts), *_table(verdicts), _summary(verdicts, address)]
    )


def _failures(verdicts: list[Verdict]) -> Iterator[str]:
    for verdict in verdicts:
        if not verdict.passed:
            yield f"{verdict.operation.name}  ({verdict.operation.id})"
            yield from (f"  {fault}" for fault in verdict.faults)
            for exchange in verdict.exchanges:
                if exchange.faults:
                    request, answer = exchange.request, exchange.answer
                    yield f"  {exchange.case}: {request.method} {request.target} -> {answer.status} {answer.kind}"
                    if request.body:
                        yield f"    sent {_sent(request)}"
                    yield from (f"    {fault}" for fault in exchange.faults)
            yield ""


def _explained(document: Upstream, verdicts: list[Verdict]) -> Iterator[str]:
    """What the document says and nobody can keep, each reason once."""
    reasons: dict[str, int] = defaultdict(int)
    for verdict in verdicts:
        for exchange in verdict.exchanges:
            for fault, reason in exchange.explained:
                reasons[f"{verdict.operation.name}: {fault.kind}: {reason}"] += 1
    if reasons:
        yield "Explained departures:"
        yield from (f"  {count:>4} x {reason}" for reason, count in reasons.items())
    if document.mended:
        yield "Schemas made loadable:"
        yield from (f"  {count:>4} x {reason}" for reason, count in document.mended.items())
    if reasons or document.mended:
        yield ""


def _table(verdicts: list[Verdict]) -> Iterator[str]:
    rows: dict[str, list[bool]] = defaultdict(list)
    for verdict in verdicts:
        rows[verdict.operation.tag].append(verdict.passed)
    yield f"{'tag':<{WIDTH}} operations  passed  failed"
    for tag, passed in sorted(rows.items(), key=lambda row: row[0].lower()):
        yield f"{tag:<{WIDTH}} {len(passed):>10}  {sum(passed):>6}  {len(passed) - sum(passed):>6}"


def _summary(verdicts: list[Verdict], address: str) -> str:
    passed = sum(verdict.passed for verdict in verdicts)
    exchanges = sum(len(verdict.exchanges) for verdict in verdicts)
    return f"{passed} of {len(verdicts)} operations at {address} keep the contract ({exchanges} requests judged)."


def _sent(request: Request) -> str:
    shown = request.body.decode(errors="backslashreplace")
    shown = "".join(letter if letter.isprintable() else " " for letter in shown)
    return f"{shown[:LONGEST_BODY]} ..." if len(shown) > LONGEST_BODY else shown


def data(document: Upstream, verdicts: list[Verdict], address: str) -> dict[str, Any]:
    """The whole report for machines."""
    return {
        "document": {"title": document.title, "version": document.version, "made_loadable": dict(document.mended)},
        "server": address,
        "operations": len(verdicts),
        "passed": sum(verdict.passed for verdict in verdicts),
        "verdicts": [_verdict(verdict) for verdict in verdicts],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    operation = verdict.operation
    return {
        "operation": operation.name,
        "id": operation.id,
        "tag": operation.tag,
        "passed": verdict.passed,
        "faults": [vars(fault) for fault in verdict.faults],
        "requests": [
            {
                "case": exchange.case,
                "request": _request(exchange.request),
                "answer": _answer(exchange.answer),
                "faults": [vars(fault) for fault in exchange.faults],
                "explained": [{**vars(fault), "reason": reason} for fault, reason in exchange.explained],
            }
            for exchange in verdict.exchanges
        ],
    }


def _request(request: Request) -> dict[str, Any]:
    body = request.body.decode(errors="backslashreplace")
    return {"method": request.method, "target": request.target, "body": body}


def _answer(answer: Answer) -> dict[str, Any]:
    return {"status": answer.status, "content_type": answer.kind, "bytes": len(answer.body)}
