"""Find what in an answer does not fit the document: its status, its media type, its body, each event of its stream."""

import fnmatch
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fakeai_generator import media

from .hints import Departure, Hint
from .things import shown
from .transport import Answer
from .upstream import EVENTS, Operation, Upstream

DONE = "[DONE]"
LONGEST_SENTENCE = 300
MOST_FAULTS = 20  # of one answer


@dataclass(frozen=True)
class Fault:
    """What is wrong: a *kind*, the *place* in the answer (steps joined with dots), and a sentence."""

    kind: str
    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.place}: {self.sentence}" if self.place else f"{self.kind}: {self.sentence}"


def faults(document: Upstream, operation: Operation, hint: Hint, answer: Answer, streamed: bool) -> list[Fault]:
    """All that is wrong with *answer*; *streamed* says that the request asked for a stream."""
    if answer.status >= 500:
        return [Fault("server error", "", f"{answer.status}: {shown(answer)}")]
    if answer.status not in operation.answers:
        documented = " or ".join(map(str, operation.answers)) or "no success"
        return [Fault("status", "", f"{answer.status} where {documented} is documented: {shown(answer)}")]
    content = operation.answers[answer.status]
    if streamed:
        return _stream(document, operation, hint, answer)
    if not content:
        return []
    if answer.kind not in content or answer.kind == EVENTS:
        documented = " or ".join(kind for kind in content if kind != EVENTS)
        return [Fault("content type", "", f"{answer.kind or 'none'} where {documented} is documented")]
    if not media.is_json(answer.kind):
        return [] if answer.body else [Fault("body", "", "the body is empty")]
    return _json(document, content[answer.kind], answer.body, "body")


def explained(fault: Fault, operation: str, departures: tuple[Departure, ...]) -> str | None:
    """Why *fault* is no fault of the server's, where that is known."""
    for departure in departures:
        if (
            departure.operation == operation
            and departure.kind == fault.kind
            and fnmatch.fnmatchcase(fault.place.partition("].")[2] or fault.place, departure.place)
            and fnmatch.fnmatchcase(fault.sentence, departure.says)
        ):
            return departure.reason
    return None


def _stream(document: Upstream, operation: Operation, hint: Hint, answer: Answer) -> list[Fault]:
    """What is wrong with a streamed answer and with each of its events."""
    if answer.kind != EVENTS:
        return [Fault("content type", "", f"{answer.kind or 'none'} where the request asked for {EVENTS}")]
    found: list[Fault] = []
    if operation.events is None:
        said = " or ".join(operation.answers[answer.status]) or "nothing"
        found.append(Fault("content type", "", f"{EVENTS} where {said} is documented"))
    schema = operation.events or {"$ref": f"#/components/schemas/{hint.events}"}
    if operation.events is None and not hint.events:
        return found
    events = list(sse(answer.body))
    if not events:
        return [*found, Fault("event", "", "the stream has no event")]
    if hint.done and events[-1][1] != DONE:
        found.append(Fault("event", f"[{len(events) - 1}]", f"the stream does not end with {DONE}"))
    for number, (name, data) in enumerate(events):
        if data == DONE and hint.done and number == len(events) - 1:
            continue
        for fault in _event(document, schema, name, data, hint.named):
            found.append(Fault("event", f"[{number}]" + (f".{fault.place}" if fault.place else ""), fault.sentence))
    return found[:MOST_FAULTS]


def _event(document: Upstream, schema: Any, name: str, data: str, named: bool) -> list[Fault]:
    try:
        value = json.loads(data)
    except ValueError:
        return [Fault("event", "", f"not JSON: {data[:80]!r}")]
    found = list(violations(document, schema, {"event": name, "data": value} if named else value))
    if not named and name and isinstance(value, dict) and value.get("type", name) != name:
        found.append(Fault("event", "type", f"the event is called {name!r}, its type is {value['type']!r}"))
    return found


def sse(body: bytes) -> Iterator[tuple[str, str]]:
    """(name, data) of each event of a `text/event-stream`."""
    text = body.decode(errors="replace").replace("\r\n", "\n")
    for block in text.split("\n\n"):
        fields: dict[str, list[str]] = {"event": [], "data": []}
        for line in block.split("\n"):
            field, _, value = line.partition(":")
            fields.setdefault(field, []).append(value.removeprefix(" "))
        if fields["data"]:
            yield "".join(fields["event"]), "\n".join(fields["data"])


def _json(document: Upstream, schema: Any, body: bytes, kind: str) -> list[Fault]:
    try:
        value = json.loads(body)
    except ValueError as error:
        return [Fault(kind, "", f"not JSON: {error}")]
    return list(violations(document, schema, value))[:MOST_FAULTS]


def violations(document: Upstream, schema: Any, value: Any) -> Iterator[Fault]:
    """Each place in *value* that does not fit *schema*: of alternatives, what is wrong with the one that was meant."""
    seen = set()
    for error in document.validator(schema).iter_errors(value):
        for cause in _causes(error):
            sentence = cause.message
            if len(sentence) > LONGEST_SENTENCE:  # the value comes first, and says little
                sentence = f"{sentence[: LONGEST_SENTENCE // 2]} ... {sentence[-LONGEST_SENTENCE // 2 :]}"
            fault = Fault("body", ".".join(map(str, cause.instance_path)), sentence)
            if fault not in seen:
                seen.add(fault)
                yield fault


def _causes(error: Any) -> list[Any]:
    """The violations that explain *error*: of `anyOf` and `oneOf`, those of the branch that was meant.

    That is the branch whose words that tell it apart (`const` and `enum` right below) fit; of several, the one with
    the fewest violations, the deepest first.
    """
    branches = [branch for branch in getattr(error.kind, "context", None) or () if branch]
    if not branches:
        return [error]
    level = len(error.instance_path)
    meant = [branch for branch in branches if not any(_tells_apart(cause, level) for cause in branch)]
    if not meant:
        return [error]
    explained = [[cause for part in branch for cause in _causes(part)] for branch in meant]
    return min(explained, key=lambda causes: (len(causes), -max(len(cause.instance_path) for cause in causes)))


def _tells_apart(error: Any, level: int) -> bool:
    """Whether *error* says that another branch was meant: another type of value, or another word that names one."""
    depth = len(error.instance_path)
    if error.kind.name == "type":
        return depth == level
    return error.kind.name in ("const", "enum") and depth == level + 1
