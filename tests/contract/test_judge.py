"""The judge can fail: a server that keeps a small contract, and one with each kind of fault."""

import copy
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from fakeai.contract.hints import Departure, Hint, Hints
from fakeai.contract.judge import judge
from fakeai.contract.transport import Answer, Http, Request
from fakeai.contract.upstream import upstream

POEM = {
    "type": "object",
    "required": ["id", "mood"],
    "properties": {"id": {"type": "string"}, "mood": {"type": "string", "enum": ["glad", "sad"]}},
}
LINE = {"type": "object", "required": ["line"], "properties": {"line": {"type": "string"}}}
NEW = {
    "type": "object",
    "required": ["title"],
    "properties": {
        "title": {"type": "string"},
        "lines": {"type": "integer", "minimum": 1},
        "stream": {"type": "boolean"},
    },
}


def json_of(name: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}


SPEC: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Poems", "version": "1"},
    "paths": {
        "/poems": {
            "post": {
                "operationId": "write",
                "requestBody": {"required": True, "content": json_of("New")},
                "responses": {
                    "201": {
                        "content": {
                            **json_of("Poem"),
                            "text/event-stream": {"schema": {"$ref": "#/components/schemas/Line"}},
                        }
                    }
                },
            }
        },
        "/poems/{poem_id}": {
            "get": {"operationId": "read", "responses": {"200": {"content": json_of("Poem")}}},
            "delete": {"operationId": "burn", "responses": {"200": {}}},
        },
    },
    "components": {"schemas": {"Poem": POEM, "New": NEW, "Line": LINE}},
}
JSON = {"content-type": "application/json; charset=utf-8"}


class Poems:
    """A server that keeps the contract, except for what *change* makes of its answers."""

    def __init__(self, change: Callable[[Request, Answer], Answer] = lambda _request, answer: answer) -> None:
        self.change, self.poems, self.seen = change, dict[str, Any](), list[Request]()

    def send(self, request: Request) -> Answer:
        self.seen.append(request)
        return self.change(request, self.answer(request))

    def answer(self, request: Request) -> Answer:
        if request.method == "POST":
            if json.loads(request.body).get("stream"):
                return Answer(201, {"content-type": "text/event-stream"}, b'data: {"line": "Snow"}\n\ndata: [DONE]\n\n')
            id = f"poem_{len(self.poems)}"
            self.poems[id] = {"id": id, "mood": "glad"}
            return Answer(201, JSON, json.dumps(self.poems[id]).encode())
        id = request.target.rpartition("/")[2]
        if id not in self.poems:
            return Answer(404, JSON, b'{"error": {"message": "There is no such poem."}}')
        found = self.poems[id] if request.method == "GET" else self.poems.pop(id)
        return Answer(200, JSON, json.dumps(found).encode())

    def pause(self, seconds: float) -> None:
        raise AssertionError("nothing here takes time")


HINTS = Hints(operations={"write": Hint(done=True)})


def judged(server: Poems, hints: Hints = HINTS, spec: dict[str, Any] = SPEC) -> dict[str, list[str]]:
    """{operation: its faults, each after its case}."""
    found = {}
    for verdict in judge(upstream(spec), hints, server, key="k", patience=0):
        lines = [str(fault) for fault in verdict.faults]
        lines += [f"{exchange.case}: {fault}" for exchange in verdict.exchanges for fault in exchange.faults]
        found[verdict.operation.id] = lines
    return found


def changed(method: str, **words: Any) -> Poems:
    """A server whose answers to *method* that are no streams have other *words*."""

    def change(request: Request, answer: Answer) -> Answer:
        if request.method != method or b"stream" in request.body:
            return answer
        return Answer(**{**vars(answer), **words})

    return Poems(change)


def test_a_server_that_keeps_the_contract_passes_and_was_asked_everything() -> None:
    server = Poems()
    assert judged(server) == {"write": [], "read": [], "burn": []}
    bodies = [json.loads(request.body) for request in server.seen if request.method == "POST"]
    assert {"title": "example"} in bodies
    assert {"title": "example", "lines": 1} in bodies
    assert {"title": "example", "stream": True} in bodies
    assert server.seen[0].headers["authorization"] == "Bearer k"


def test_another_status_is_a_fault_even_if_it_is_a_success() -> None:
    sentence = 'status: 200 where 201 is documented: {"id": "poem_0", "mood": "glad"}'
    assert judged(changed("POST", status=200))["write"][0] == f"minimal: {sentence}"


def test_a_refusal_is_a_fault_and_what_it_prevents_is_not_reachable() -> None:
    body = b'{"error": {"message": "No."}}'
    found = judged(changed("POST", status=400, body=body))
    assert found["write"][0] == "minimal: status: 400 where 201 is documented: No."
    assert found["read"] == ["not reachable: POST /poems answered 400: No."]


def test_a_server_error_is_a_fault() -> None:
    assert judged(changed("GET", status=500, body=b"oops"))["read"] == ["minimal: server error: 500: oops"]


def test_a_missing_property_is_a_fault() -> None:
    found = judged(changed("GET", body=b'{"id": "poem_0"}'))
    assert found["read"] == ['minimal: body: "mood" is a required property']


def test_a_value_outside_an_enum_is_a_fault_with_its_place() -> None:
    found = judged(changed("GET", body=b'{"id": "poem_0", "mood": "odd"}'))
    assert found["read"] == ['minimal: body: mood: "odd" is not one of "glad" or "sad"']


def test_what_is_not_json_is_a_fault() -> None:
    found = judged(changed("GET", body=b"glad"))
    assert found["read"] == ["minimal: body: not JSON: Expecting value: line 1 column 1 (char 0)"]


def test_another_content_type_is_a_fault() -> None:
    found = judged(changed("GET", headers={"content-type": "text/html"}))
    assert found["read"] == ["minimal: content type: text/html where application/json is documented"]


@pytest.mark.parametrize(
    ("stream", "faults"),
    [
        ('data: {"line": 1}\n\ndata: [DONE]\n\n', ['event: [0].line: 1 is not of type "string"']),
        ('data: {"line": "a"}\n\ndata: {}\n\ndata: [DONE]\n\n', ['event: [1]: "line" is a required property']),
        ('data: {"line": "a"}\n\n', ["event: [0]: the stream does not end with [DONE]"]),
        ("data: [DONE]\n\ndata: [DONE]\n\n", ["event: [0]: not JSON: '[DONE]'"]),
        (
            'event: x\ndata: {"line": "a", "type": "y"}\n\ndata: [DONE]\n\n',
            ["event: [0].type: the event is called 'x', its type is 'y'"],
        ),
        (": only a comment\n\n", ["event: the stream has no event"]),
    ],
)
def test_a_bad_event_is_a_fault(stream: str, faults: list[str]) -> None:
    def change(request: Request, answer: Answer) -> Answer:
        return Answer(answer.status, answer.headers, stream.encode()) if b"stream" in request.body else answer

    assert judged(Poems(change))["write"] == [f"stream: {fault}" for fault in faults]


def test_json_instead_of_a_stream_is_a_fault() -> None:
    def change(request: Request, answer: Answer) -> Answer:
        return Answer(201, JSON, b"{}") if b"stream" in request.body else answer

    sentence = "application/json where the request asked for text/event-stream"
    assert judged(Poems(change))["write"] == [f"stream: content type: {sentence}"]


def test_an_id_that_cannot_be_retrieved_is_a_fault() -> None:
    class Forgetful(Poems):
        def answer(self, request: Request) -> Answer:
            made = super().answer(request)
            self.poems = {}
            return made

    found = judged(Forgetful())
    assert found["read"] == ["minimal: status: 404 where 200 is documented: There is no such poem."]


def test_another_thing_than_was_asked_for_is_a_fault() -> None:
    found = judged(changed("GET", body=b'{"id": "poem_9", "mood": "sad"}'))
    assert found["read"] == ["minimal: identity: id: asked for 'poem_2', got 'poem_9'"]


def test_the_same_id_for_two_things_is_a_fault() -> None:
    found = judged(changed("POST", body=b'{"id": "poem_0", "mood": "sad"}'))
    assert found["write"] == ["full: identity: id: 'poem_0' is also the id of what an earlier request made"]


def test_what_was_made_and_is_not_listed_is_a_fault() -> None:
    listing = {"type": "object", "required": ["data"], "properties": {"data": {"type": "array"}}}
    poems = SPEC["paths"]["/poems"]
    get = {"operationId": "list", "responses": {"200": {"content": {"application/json": {"schema": listing}}}}}
    spec = {**SPEC, "paths": {**SPEC["paths"], "/poems": {**poems, "get": get}}}

    class Listing(Poems):
        def answer(self, request: Request) -> Answer:
            if (request.method, request.target) == ("GET", "/poems"):
                return Answer(200, JSON, json.dumps({"data": list(self.poems.values())[1:]}).encode())
            return super().answer(request)

    sentence = "identity: data: 'poem_0', which was made before, is not listed"
    assert judged(Listing(), spec=spec)["list"] == [f"minimal: {sentence}"]


def test_what_is_still_there_after_its_deletion_is_a_fault() -> None:
    class Fireproof(Poems):
        def answer(self, request: Request) -> Answer:
            kept = dict(self.poems)
            made = super().answer(request)
            self.poems |= kept
            return made

    sentence = "GET /poems/{poem_id} answers 200 after the deletion, not 404"
    assert judged(Fireproof())["burn"] == [f"minimal: identity: {sentence}"]


def test_a_departure_that_is_accepted_is_explained_and_no_fault() -> None:
    server = changed("GET", body=b'{"id": "poem_0", "mood": "odd"}')
    accepted = Departure("read", "body", "Nobody knows.", place="mood")
    (verdict,) = judge(
        upstream(SPEC), Hints(departures=(accepted,)), server, key="k", patience=0, wanted=lambda o: o.id == "read"
    )
    assert verdict.passed
    ((fault, reason),) = verdict.exchanges[0].explained
    assert (fault.place, reason) == ("mood", "Nobody knows.")


def test_a_path_that_nothing_leads_to_is_not_reachable() -> None:
    paths = {"/poems/{poem_id}": SPEC["paths"]["/poems/{poem_id}"]}
    assert judged(Poems(), spec={**SPEC, "paths": paths}) == {
        "read": ["not reachable: nothing makes or lists /poems/{poem_id}"],
        "burn": ["not reachable: nothing makes or lists /poems/{poem_id}"],
    }


def test_of_alternatives_the_one_that_was_meant_is_explained() -> None:
    kinds = [
        {"type": "object", "required": ["kind", "n"], "properties": {"kind": {"const": kind}, "n": {"type": kind}}}
        for kind in ("string", "integer")
    ]
    spec = {**SPEC, "components": {"schemas": {**SPEC["components"]["schemas"], "Poem": {"anyOf": kinds}}}}
    found = judged(changed("GET", body=b'{"kind": "integer", "n": "1"}'), spec=spec)
    assert found["read"] == ['minimal: body: n: "1" is not of type "integer"']


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        answer = server.poems.send(Request(self.command, self.path.removeprefix("/v1"), dict(self.headers), body))
        server.connections.add(self.client_address)
        self.send_response(answer.status)
        for name, value in {**answer.headers, "content-length": str(len(answer.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_DELETE = answer

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def poems() -> Iterator[Any]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_over_http_one_connection_serves_all_requests(poems: Any) -> None:
    poems.poems, poems.connections = Poems(), set()
    with closing(Http(f"http://127.0.0.1:{poems.server_port}/v1")) as transport:
        verdicts = judge(upstream(SPEC), HINTS, transport, key="k", patience=0)
    assert all(verdict.passed for verdict in verdicts)
    assert len(poems.connections) == 1


def test_the_command_says_what_is_wrong_and_fails(poems: Any, tmp_path: Path) -> None:
    spec = copy.deepcopy(SPEC)
    del spec["components"]["schemas"]["New"]["properties"]["stream"]
    (tmp_path / "poems.yaml").write_text(yaml.safe_dump(spec))
    poems.poems, poems.connections = changed("GET", status=500, body=b"oops"), set()
    url = f"http://127.0.0.1:{poems.server_port}/v1"
    code, shown = fakeai(tmp_path, "contract", "--upstream", "poems.yaml", "--url", url, "--json", "report.json")
    assert code == 1
    assert "GET /poems/{poem_id}  (read)\n  minimal: GET /poems/poem_2 -> 500 application/json\n" in shown
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["operations"], report["passed"], len(report["verdicts"])) == (3, 1, 3)
    (read,) = [verdict for verdict in report["verdicts"] if verdict["id"] == "read"]
    assert read["requests"][0]["faults"] == [{"kind": "server error", "place": "", "sentence": "500: oops"}]


def test_the_command_says_why_it_cannot_judge(tmp_path: Path) -> None:
    (tmp_path / "poems.yaml").write_text(yaml.safe_dump(SPEC))
    (tmp_path / "not.yaml").write_text("openapi: 3.1.0\n")
    for arguments, sentence in (
        (("--upstream", "not.yaml"), "not.yaml:1: not an OpenAPI document with paths"),
        (("--upstream", "poems.yaml", "--tag", "poem"), "no operation has the tag 'poem', did you mean 'poems'?"),
        (("--upstream", "poems.yaml", "--url", "http://127.0.0.1:9/v1"), "http://127.0.0.1:9/v1 does not answer: "),
        (("--upstream", "poems.yaml", "--url", "here"), "here does not answer: 'here' is not an http or https URL"),
        (("--upstream", "poems.yaml", "--drift"), "no folder of "),
    ):
        code, shown = fakeai(tmp_path, "contract", *arguments)
        assert code == 1
        assert shown.startswith(f"Error: {sentence}"), shown


def fakeai(directory: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and everything printed."""
    command = [sys.executable, "-m", "fakeai", *arguments]
    ran = subprocess.run(command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return ran.returncode, ran.stdout
