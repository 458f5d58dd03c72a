"""Come by what requests refer to: things that are made at the first need, and instances for the paths of operations."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from .hints import Hints, Thing
from .requests import BadRequest, Requests
from .transport import Answer, Request, Transport
from .upstream import Operation, Upstream

FIRST_PAUSE = 0.05  # seconds before the second look at what is not ready; then twice as long each time
SHOWN = 200  # characters of an answer


class NotReachable(Exception):
    """What an operation needs cannot be had; the message says why."""


Arguments = dict[str, str]


class Things:
    """All that was made so far on one server. *patience* is how many seconds what needs time may take."""

    def __init__(
        self, document: Upstream, hints: Hints, requests: Requests, transport: Transport, headers: dict[str, str],
        patience: float,
    ) -> None:  # fmt: skip
        self.document, self.hints, self.requests = document, hints, requests
        self.transport, self.headers, self.patience = transport, headers, patience
        self._ids: dict[str, str | NotReachable] = {}
        self._instances: dict[str, Arguments | NotReachable] = {}
        self._late: dict[str, NotReachable] = {}  # what did not get ready once is not waited for again
        self._open: list[str] = []

    def send(self, request: Request) -> Answer:
        """What the server answers to *request*, which is sent with the headers of all."""
        headers = {**self.headers, **request.headers}
        return self.transport.send(Request(request.method, request.target, headers, request.body))

    def id(self, name: str) -> str:
        """The id of the thing *name*, made at its first use.

        Raises:
            NotReachable: it cannot be made.
        """
        if name not in self.hints.things:
            raise NotReachable(f"the hints know no thing {name!r}")
        thing = self.hints.things[name]
        if not thing.shared:
            return self.made(thing, name)
        if name not in self._ids:
            try:
                self._ids[name] = self.made(thing, name)
            except NotReachable as error:
                self._ids[name] = error
        found = self._ids[name]
        if isinstance(found, NotReachable):
            raise found
        return found

    def made(self, thing: Thing, name: str) -> str:
        if thing.same:
            return list(self.instance(thing.same).values())[-1]
        return self.take(replace(thing, takes={"id": thing.id}), name, thing.body)["id"]

    def arguments(self, operation: Operation, own: bool = False) -> Arguments:
        """Values for the parameters of the operation's path; those of the last one are no other request's when *own*.

        Raises:
            NotReachable: there are none.
        """
        hint = self.hints.of(operation.id)
        template = re.sub(r"[^}]*$", "", operation.plain_path)
        given = {name: self.id(value[1:]) for name, value in hint.path.items()}
        last = re.findall(r"\{([^}]*)\}", template)[-1:]
        if last and last[0] in given:
            return {**self.instance(_parent(template)), **given}
        return self.instance(template, own or bool(hint.new), hint.new)

    def instance(self, template: str, own: bool = False, new: dict[str, Any] | None = None) -> Arguments:
        """Values for the parameters of *template*, a path that ends with one."""
        if not template:
            return {}
        if own:
            return self.instantiate(template, own, new or {})
        if template not in self._instances:
            try:
                self._instances[template] = self.instantiate(template, own, {})
            except NotReachable as error:
                self._instances[template] = error
        found = self._instances[template]
        if isinstance(found, NotReachable):
            raise found
        return found

    def instantiate(self, template: str, own: bool, new: dict[str, Any]) -> Arguments:
        thing = self.hints.paths.get(template) or self.usual(template)
        if thing.same:
            return self.instance(thing.same)
        parameter = re.findall(r"\{([^}]*)\}", template)[-1]
        thing = thing if thing.takes else replace(thing, takes={parameter: thing.id})
        return self.take(thing, template, {**thing.body, **new})

    def usual(self, template: str) -> Thing:
        """What a POST on the collection makes; without one, the first that is listed."""
        collection = template.rpartition("/")[0]
        for method, id in (("POST", ""), ("GET", "data.0.id")):
            if f"{method} {collection}" in self.document.by_name:
                return Thing(by=self.document.by_name[f"{method} {collection}"].id, id=id)
        raise NotReachable(f"nothing makes or lists {template}")

    def take(self, thing: Thing, name: str, body: dict[str, Any]) -> Arguments:
        """Make *thing* and take from the answer what it is known by."""
        if name in self._open or len(self._open) > 20:
            raise NotReachable(f"{name} needs itself")
        self._open.append(name)
        try:
            operation = self.document.by_id.get(thing.by)
            if operation is None:
                raise NotReachable(f"the document has no operation {thing.by!r}")
            arguments = self.arguments(operation, own=bool(self.hints.of(operation.id).own))
            for before in thing.before:
                self.perform(self.document.by_id[before], arguments)
            if operation.method == "GET":
                return self.wait_for(operation, arguments, thing.takes)
            answer = self.perform(operation, arguments, body)
            last = re.findall(r"\{([^}]*)\}", template_of(self.document, operation))
            if thing.until:
                known = {last[-1]: str(taken(answer, ""))} if last else {}
                answer = self.until(thing.until, {**arguments, **known})
            found = _found(answer, thing.takes)
            if found is None:
                raise NotReachable(f"{operation.name} answered without the id of what it made: {shown(answer)}")
            return {**arguments, **found}
        finally:
            self._open.pop()

    def wait_for(self, operation: Operation, arguments: Arguments, takes: dict[str, str]) -> Arguments:
        """Look into a list until it has what is wanted."""
        for last in self.looks():
            answer = self.perform(operation, arguments)
            found = _found(answer, takes)
            if found is not None:
                return {**arguments, **found}
            if last:
                raise NotReachable(f"{operation.name} lists none: {shown(answer)}")
        raise AssertionError

    def until(self, wanted: dict[str, Any], arguments: Arguments) -> Answer:
        """What an operation answers when it says what is *wanted*.

        Raises:
            NotReachable: it does not within the time there is.
        """
        operation = self.document.by_id[wanted["operation"]]
        marks = {place: value for place, value in wanted.items() if place != "operation"}
        key = json.dumps(wanted)
        if key in self._late:
            raise self._late[key]
        for last in self.looks():
            answer = self.perform(operation, arguments)
            if all(taken(answer, place) == value for place, value in marks.items()):
                return answer
            if last:
                said = {place: taken(answer, place) for place in marks}
                late = NotReachable(f"{operation.name} says {said} after {self.patience:g} s, not {marks}")
                self._late[key] = late
                raise late
        raise AssertionError

    def looks(self) -> Iterator[bool]:
        """False for each look with more to come, True for the last; time passes in between."""
        waited, pause = 0.0, FIRST_PAUSE
        while waited + pause <= self.patience:
            yield False
            self.transport.pause(pause)
            waited, pause = waited + pause, pause * 2
        yield True

    def perform(self, operation: Operation, arguments: Arguments, body: dict[str, Any] | None = None) -> Answer:
        """The answer to a minimal request, which must succeed."""
        kind = next(iter(operation.bodies), "")
        resolve = self.resolver(operation, arguments)
        try:
            request = self.requests.write(operation, "minimal", kind, arguments, resolve, body=body)
        except BadRequest as error:
            raise NotReachable(f"{operation.name}: {error}") from None
        answer = self.send(request)
        if answer.status // 100 != 2:
            raise NotReachable(f"{operation.name} answered {answer.status}: {shown(answer)}")
        return answer

    def resolver(self, operation: Operation, arguments: Arguments) -> Callable[[str], Any]:
        """Do what must come before *operation*; what then gives a value for each `$thing` of its requests."""
        hint = self.hints.of(operation.id)
        said: dict[str, Answer] = {}
        for before in hint.before:
            said["before"] = self.perform(self.document.by_id[before], arguments)
        if hint.until:
            said["until"] = self.until(hint.until, arguments)

        def resolve(name: str) -> Any:
            word, _, place = name.partition(":")
            return taken(said[word], place) if word in said else self.id(name)

        return resolve


def template_of(document: Upstream, operation: Operation) -> str:
    """The path of what *operation* makes, with a parameter at its end; empty when it has none."""
    start = f"{operation.plain_path}/{{"
    return next((o.path for o in document.operations if re.fullmatch(re.escape(start) + r"[^}]*\}", o.path)), "")


def taken(answer: Answer, place: str) -> Any:
    """What stands at *place* in the answer; the usual place of an id when that is empty; None when nothing does."""
    if place == "location":
        return answer.headers.get("location", "").rstrip("/").rpartition("/")[2] or None
    try:
        value = json.loads(answer.body)
    except ValueError:
        return None
    if not place:
        found = part(value, "id")
        return part(value, "data.0.id") if found is None else found
    return part(value, place)


def part(value: Any, place: str) -> Any:
    """The part of *value* at *place*, steps joined with dots; None when there is none."""
    for step in place.split("."):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value


def _found(answer: Answer, takes: dict[str, str]) -> Arguments | None:
    """The values that *takes* leads to; None when one is missing."""
    values = {name: taken(answer, place) for name, place in takes.items()}
    return None if None in values.values() else {name: str(value) for name, value in values.items()}


def _parent(template: str) -> str:
    return re.sub(r"[^}]*$", "", template.rpartition("/{")[0])


def shown(answer: Answer) -> str:
    """What the answer says, shortened: the error's message where it has one."""
    text = answer.body[: 4 * SHOWN].decode(errors="replace")
    with suppress(ValueError, KeyError, TypeError):
        text = json.loads(answer.body)["error"]["message"]
    return f"{text[:SHOWN]} ..." if len(text) > SHOWN else text
