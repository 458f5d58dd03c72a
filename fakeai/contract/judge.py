"""Call every operation of a document and judge the answers: create first, delete last."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .answers import Fault, explained, faults
from .hints import Hints
from .requests import BadRequest, Requests
from .things import Arguments, NotReachable, Things, part, template_of
from .transport import Answer, Request, Transport
from .upstream import Operation, Upstream
from .values import Values


@dataclass
class Exchange:
    """One request of one operation, what came back, and what is wrong with that."""

    case: str
    request: Request
    answer: Answer
    faults: list[Fault]
    explained: list[tuple[Fault, str]]


@dataclass
class Verdict:
    """What was found about one operation; *faults* are those of no exchange."""

    operation: Operation
    exchanges: list[Exchange] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.faults and not any(exchange.faults for exchange in self.exchanges)


def judge(
    document: Upstream,
    hints: Hints,
    transport: Transport,
    *,
    key: str,
    patience: float,
    wanted: Callable[[Operation], bool] = lambda operation: True,
) -> list[Verdict]:
    """Judge the *wanted* operations of *document*, in its order.

    *key* is the API key. *patience* is how many seconds what takes time on the server may take.
    """
    judged = _Judge(document, hints, transport, key, patience)
    verdicts = {o.name: judged.verdict(o) for o in in_order(o for o in document.operations if wanted(o))}
    return [verdicts[o.name] for o in document.operations if o.name in verdicts]


def in_order(operations: Iterable[Operation]) -> list[Operation]:
    """Creations before what they create, deletions last and the deepest first."""
    found = list(operations)
    last = [o for o in found if o.method == "DELETE"]
    first = [o for o in found if o.method != "DELETE"]
    first.sort(key=lambda o: (len(o.plain_path.split("/")), o.method != "POST"))
    return first + sorted(last, key=lambda o: -len(o.plain_path.split("/")))


class _Judge:
    def __init__(self, document: Upstream, hints: Hints, transport: Transport, key: str, patience: float) -> None:
        self.document, self.hints = document, hints
        self.requests = Requests(Values(document), hints)
        headers = {"authorization": f"Bearer {key}"}
        self.things = Things(document, hints, self.requests, transport, headers, patience)
        self.made: dict[tuple[str, str], Arguments] = {}  # (template, id) of what was made, and where

    def verdict(self, operation: Operation) -> Verdict:
        verdict = Verdict(operation)
        cursor = None
        sent: set[tuple[str, bytes]] = set()
        for case, kind in self.requests.cases(operation):
            label = f"{case} {kind}" if len(operation.bodies) > 1 else case
            try:
                exchange, arguments = self.exchange(operation, case, kind, label, cursor)
            except (NotReachable, BadRequest) as error:
                word = "not reachable" if isinstance(error, NotReachable) else "request"
                fault = Fault(word, "", str(error))
                verdict.faults += [fault] if fault not in verdict.faults else []
                continue
            shape = _shape(exchange.request, arguments)
            if shape in sent:  # nothing is optional
                continue
            sent.add(shape)
            verdict.exchanges.append(exchange)
            if not exchange.faults:
                exchange.faults += self.identity(operation, arguments, exchange)
            cursor = cursor or _first_id(exchange.answer)
        return verdict

    def exchange(
        self, operation: Operation, case: str, kind: str, label: str, cursor: str | None
    ) -> tuple[Exchange, Arguments]:
        hint = self.hints.of(operation.id)
        own = hint.own if hint.own is not None else self.changes_instance(operation)
        arguments = self.things.arguments(operation, own) if "{" in operation.plain_path else {}
        resolve = self.things.resolver(operation, arguments)
        request = self.requests.write(operation, case, kind, arguments, resolve, cursor)
        answer = self.things.send(request)
        found = faults(self.document, operation, hint, answer, case == "stream")
        reasons = [(fault, explained(fault, operation.id, self.hints.departures)) for fault in found]
        return Exchange(
            label,
            request,
            answer,
            [fault for fault, reason in reasons if reason is None],
            [(fault, reason) for fault, reason in reasons if reason is not None],
        ), arguments

    def changes_instance(self, operation: Operation) -> bool:
        """Whether the operation changes the instance in its path, so that it needs one of its own."""
        if operation.method == "GET":
            return False
        collection = f"GET {operation.plain_path}" in self.document.by_name
        return operation.plain_path.endswith("}") or not collection

    def identity(self, operation: Operation, arguments: Arguments, exchange: Exchange) -> Iterator[Fault]:
        """Whether what was made has an id of its own and is listed, what was asked for came, what was deleted went."""
        template = template_of(self.document, operation)
        id = part(_data(exchange.answer), "id")
        if operation.method == "POST" and template and isinstance(id, str) and template not in self.hints.paths:
            if (template, id) in self.made:
                yield Fault("identity", "id", f"{id!r} is also the id of what an earlier request made")
            self.made[template, id] = arguments
        if operation.method == "GET" and template and "?" not in exchange.request.target:
            yield from self.unlisted(template, arguments, _data(exchange.answer))
        parameter = re.search(r"\{([^}]*)\}$", operation.plain_path)
        if operation.method == "GET" and parameter and operation.plain_path not in self.hints.paths:
            asked = arguments[parameter[1]]
            if isinstance(id, str) and id != asked:
                yield Fault("identity", "id", f"asked for {asked!r}, got {id!r}")
        if operation.method == "DELETE" and parameter:
            yield from self.still_there(operation, arguments)

    def unlisted(self, template: str, arguments: Arguments, listed: Any) -> Iterator[Fault]:
        """What was made here and is not in the list, when that is whole."""
        items = part(listed, "data")
        if isinstance(items, list) and not part(listed, "has_more"):
            ids = {part(item, "id") for item in items}
            for (made, id), where in self.made.items():
                if made == template and where == arguments and id not in ids:
                    yield Fault("identity", "data", f"{id!r}, which was made before, is not listed")

    def still_there(self, operation: Operation, arguments: Arguments) -> Iterator[Fault]:
        get = self.document.by_name.get(f"GET {operation.path}")
        if get is not None:
            request = self.requests.write(get, "minimal", "", arguments, self.things.id)
            status = self.things.send(request).status
            if status != 404:
                yield Fault("identity", "", f"{get.name} answers {status} after the deletion, not 404")


def _shape(request: Request, arguments: Arguments) -> tuple[str, bytes]:
    """What tells a request from others of its operation: not the ids and numbers that are made for it."""
    target, body = request.target, request.body
    for value in arguments.values():
        target = target.replace(value, "")
    return target, re.sub(rb"contract-\d+", b"", body)


def _data(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except ValueError:
        return None


def _first_id(answer: Answer) -> str | None:
    found = part(_data(answer), "data.0.id")
    return found if isinstance(found, str) else None
