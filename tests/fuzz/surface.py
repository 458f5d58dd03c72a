"""What the fuzz tests fire at: every operation of the served document, with things that are there to fire at."""

import asyncio
import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jsonschema_rs

from fakeai.app import create_app
from fakeai.runtime.clock import VirtualClock, VirtualLoop
from fakeai.runtime.options import Delay, Options
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World
from fakeai_generator import examples
from fakeai_generator.references import closure
from tests.inprocess import EDGE, EPOCH, ROOT, Answer, Client

INSTANT = Options(ttft=Delay(0), itl=Delay(0))
METHODS = ("get", "post", "put", "patch", "delete")
FORM, JSON = "multipart/form-data", "application/json"
REFUSED = range(400, 500)


@dataclass(frozen=True)
class Operation:
    """One operation: *body* and *form* are the schemas of what it takes, *answers* those of its success by status."""

    method: str
    path: str
    body: Any = None
    form: Any = None
    query: dict[str, Any] = field(default_factory=dict, hash=False)
    answers: dict[int, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> list[str]:
        return re.findall(r"\{([^}]*)\}", self.path)


@cache
def document() -> dict[str, Any]:
    """The document that the server serves."""
    found: dict[str, Any] = json.loads((ROOT / "generated" / "openapi.json").read_text())
    return found


def components() -> dict[str, Any]:
    found: dict[str, Any] = document()["components"]["schemas"]
    return found


@cache
def operations() -> list[Operation]:
    """All operations, in the order of the document."""
    found = []
    for path, item in document()["paths"].items():
        for method in METHODS:
            if method in item:
                found.append(_operation(method, path, item))
    return found


def _operation(method: str, path: str, item: dict[str, Any]) -> Operation:
    spec = item[method]
    content = spec.get("requestBody", {}).get("content", {})
    said = [*item.get("parameters", []), *spec.get("parameters", [])]
    answers = {}
    for status, response in spec["responses"].items():
        kinds = response.get("content", {})
        if status.startswith("2"):
            answers[int(status)] = kinds[JSON].get("schema", {}) if JSON in kinds else None
    return Operation(
        method=method.upper(),
        path=path,
        body=content.get(JSON, {}).get("schema"),
        form=content.get(FORM, {}).get("schema"),
        query={p["name"]: p["schema"] for p in said if p["in"] == "query"},
        answers=answers,
    )


@cache
def validator(text: str) -> Any:
    """The validator of the schema that *text* is in JSON."""
    schema = json.loads(text)
    needed = closure([schema], components())
    whole = {"$ref": "#/$defs/root", "$defs": {"root": schema}, "components": {"schemas": needed}}
    return jsonschema_rs.Draft202012Validator(whole)


def example(schema: Any) -> Any:
    """A valid value of *schema*: the smallest that can be made."""
    return examples.make(schema, components())


class Range:
    """A server in virtual time, filled with one thing of each kind that can be made with the smallest request.

    All calls bring *headers*.
    """

    def __init__(self, options: Options = INSTANT, headers: dict[str, str] | None = None) -> None:
        self._options, self._headers = options, headers or {}
        self.loop = VirtualLoop()
        self.loop.run_until_complete(self._start())
        self.ids: dict[str, str] = {}  # by the path of the list that the thing is in

    async def _start(self) -> None:
        self.world = World(self._options, VirtualClock(EPOCH), store=SqliteStore(None))
        self.client = Client(create_app(ROOT, self.world))
        self.client.headers = self._headers
        await self.world.store.open()
        await self.world.tokens.ready()

    def close(self) -> None:
        self.loop.run_until_complete(self.world.store.close())
        self.loop.close()

    def call(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        """One call, which must not take longer than a simulated day."""
        calling = self.client.call(method, path, body, headers=headers)
        return self.loop.run_until_complete(asyncio.wait_for(calling, 86_400))

    def fill(self) -> None:
        """Make one thing of each kind whose making needs no more than its schema says."""
        file = b'{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]}\n'
        self.ids["/v1/files"] = self.loop.run_until_complete(self.client.upload(file))
        for operation in sorted(operations(), key=lambda operation: len(operation.parameters)):
            if operation.method == "POST" and operation.body is not None and operation.path not in self.ids:
                path = self.path(operation)
                answer = self.call("POST", path, self.sensible(example(operation.body)))
                if answer.status in operation.answers and answer.body.startswith(b"{") and "id" in answer.json:
                    self.ids[operation.path] = str(answer.json["id"])

    def sensible(self, value: Any) -> Any:
        """*value* with names of things that are there where it names things."""
        known = {"file_id": "/v1/files", "input_file_id": "/v1/files", "training_file": "/v1/files",
                 "assistant_id": "/v1/assistants", "project_id": "/v1/organization/projects"}  # fmt: skip
        if isinstance(value, dict):
            return {
                key: self.ids.get(known[key], part) if key in known and isinstance(part, str) else self.sensible(part)
                for key, part in value.items()
            }
        return [self.sensible(part) for part in value] if isinstance(value, list) else value

    def path(self, operation: Operation) -> str:
        """The operation's path with the ids of things that are there, where there are."""
        steps: list[str] = []
        template: list[str] = []
        for step in operation.path.split("/"):
            steps.append(self.ids.get("/".join(template), "none") if step.startswith("{") else step)
            template.append(step)
        return "/".join(steps)

    def thing(self, operation: Operation) -> Answer | None:
        """What an operation is about, as a GET of its path tells; None when that tells nothing."""
        if not operation.path.endswith("}") or not any(
            other.method == "GET" and other.path == operation.path for other in operations()
        ):
            return None
        return self.call("GET", self.path(operation))


def check(operation: Operation, answer: Answer) -> None:
    """The oracle: a success that fits its schema, or a refusal in the envelope; never a fault."""
    if answer.status in operation.answers:
        schema = operation.answers[answer.status]
        if schema is not None and answer.headers.get("content-type", "").startswith(JSON):
            found = [
                f"{list(e.instance_path)}: {e.message}"[:300]
                for e in validator(json.dumps(schema)).iter_errors(answer.json)
            ]
            assert found == [], found
        return
    assert answer.status in REFUSED, answer.body[:500]
    error = answer.error
    assert set(error) == {"message", "type", "param", "code"}
    assert error["message"]


def multipart(value: dict[str, Any]) -> bytes:
    """*value* as a form whose fields are texts, or files where the value is bytes."""
    parts = []
    for name, part in value.items():
        for each in part if isinstance(part, list) else [part]:
            filename = '; filename="a.jsonl"' if isinstance(each, bytes) else ""
            head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n\r\n'.encode()
            text = (
                each
                if isinstance(each, bytes)
                else each.encode("utf-8", "surrogatepass")
                if isinstance(each, str)
                else json.dumps(each).encode()
            )
            parts.append(head + text + b"\r\n")
    return b"".join(parts) + f"--{EDGE}--\r\n".encode()


FORM_HEADERS = {"content-type": f"{FORM}; boundary={EDGE}"}
