"""A server and its store: what survives it, what it says when there is no room, and ids that nobody gave before."""

import json
import resource
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.inprocess import Client, chat, run
from tests.process import Server, running, until
from tests.store.places import Place
from tests.test_processes import kill, two
from tests.test_serve import post

FORM = "multipart/form-data; boundary=b"
FAST = ("--ttft", "0", "--itl", "0", "--fixed-clock", "0")


def upload(content: str = "Hello") -> bytes:
    disposition = 'content-disposition: form-data; name="{}"'
    return (
        f"--b\r\n{disposition.format('purpose')}\r\n\r\nbatch\r\n"
        f'--b\r\n{disposition.format("file")}; filename="a.jsonl"\r\n\r\n{content}\r\n--b--\r\n'
    ).encode()


def ask(server: Server, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    request = urllib.request.Request(f"{server.address}/v1/{path}", body, {"content-type": FORM, **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_what_was_stored_survives_a_kill_and_ids_are_new(kept: Place, tmp_path: Path) -> None:
    flags = ("--store", str(kept.address)) if not kept.folder else ("--data", str(kept.folder))
    ids = []
    with running(tmp_path, *FAST, *flags) as server:
        ids += [json.loads(post(server, chat(max_tokens=3)))["id"] for _ in range(3)]
        status, file = ask(server, "files", upload())
        assert status == 200
        server.process.kill()
        server.process.wait()
        server.process.returncode = 0
    with running(tmp_path, *FAST, *flags, "--workers", "2") as server:
        ids += [json.loads(post(server, chat(max_tokens=3)))["id"] for _ in range(3)]
        assert ask(server, f"files/{json.loads(file)['id']}") == (200, file)
        assert ask(server, f"files/{json.loads(file)['id']}/content") == (200, b"Hello")
    assert len(set(ids)) == 6


def test_processes_that_keep_things_count_and_obey_together(kept: Place, tmp_path: Path) -> None:
    flags = ("--store", str(kept.address)) if not kept.folder else ("--data", str(kept.folder))
    with running(tmp_path, *FAST, *flags, "--workers", "2") as server, two(server) as (a, b):
        rule = {"fault": "rate_limit", "calls": "1-2", "match": {"path": "/v1/chat/*"}}
        (name,) = a.post("/_fakeai/faults", rule)["added"]
        assert ["error" in caller.chat() for caller in (b, a, b, a)] == [True, True, False, False]
        assert b.post("/_fakeai/reset", {})["error"]["code"] == "store_is_kept"
        assert a.get("/metrics/by-model")["openai/gpt-oss-120b"]["request_count"] == 2
        kill(server, a.pid)
        assert b.get("/metrics/by-model")["openai/gpt-oss-120b"]["request_count"] == 2
        with two(server) as both:
            assert [caller.get("/_fakeai/faults")["rules"][0]["id"] for caller in both] == [name, name]
            assert ["error" in caller.chat() for caller in both] == [False, False]  # the store knows that two came


def test_what_was_used_is_told_by_all_servers_and_survives_a_kill(kept: Place, tmp_path: Path) -> None:
    flags = ("--store", str(kept.address)) if not kept.folder else ("--data", str(kept.folder))
    used: list[Any] = []

    def told(server: Server) -> tuple[int, int]:
        _, body = ask(server, "organization/usage/completions?start_time=0&end_time=60&bucket_width=1m")
        results = [result for bucket in json.loads(body)["data"] for result in bucket["results"]]
        return sum(each["num_model_requests"] for each in results), sum(each["output_tokens"] for each in results)

    def said() -> tuple[int, int]:
        return len(used), sum(each["completion_tokens"] for each in used)

    with running(tmp_path, *FAST, *flags, ends_with=-signal.SIGKILL) as server:
        used += [json.loads(post(server, chat(max_tokens=3 + n)))["usage"] for n in range(20)]
        with running(tmp_path, *FAST, *flags) as other:
            until(lambda: told(other) == said())
        server.process.kill()
        server.process.wait()
    with running(tmp_path, *FAST, *flags) as first, running(tmp_path, *FAST, *flags, "--workers", "2") as second:
        assert (told(first), told(second)) == (said(), said())
        for server in (first, second, second):
            used += [json.loads(post(server, chat(max_tokens=3 + n)))["usage"] for n in range(10)]
        until(lambda: [told(server) for server in (first, second, second, second)] == [said()] * 4)
    with running(tmp_path, *FAST, *flags) as server:
        assert told(server) == said()


def test_without_a_place_nothing_survives(tmp_path: Path) -> None:
    for _ in range(2):
        with running(tmp_path, *FAST) as server:
            assert json.loads(ask(server, "files")[1])["data"] == []
            assert ask(server, "files", upload())[0] == 200
    assert list(tmp_path.iterdir()) == []


def test_two_servers_share_what_one_stored(kept: Place, tmp_path: Path) -> None:
    flags = ("--store", str(kept.address))
    with running(tmp_path, *FAST, *flags) as one, running(tmp_path, *FAST, *flags) as two:
        files = [json.loads(ask(server, "files", upload())[1])["id"] for server in (one, two)]
        assert len(set(files)) == 2
        for server in (one, two):
            assert {file["id"] for file in json.loads(ask(server, "files")[1])["data"]} == set(files)


FULL = {
    "message": "There is no room left to store what your request would keep. Nothing was stored.",
    "type": "server_error",
    "param": None,
    "code": "insufficient_storage",
}


def test_a_request_for_which_there_is_no_room_is_told_so() -> None:
    async def scenario(client: Client) -> None:
        store: Any = client.app.world.store
        assert (await client.call("POST", "/v1/files", upload(), {"content-type": FORM})).status == 200
        listed = (await client.get("/v1/files")).json
        store._db.execute("PRAGMA max_page_count = 1")
        for index in range(1000):
            answer = await client.call("POST", "/v1/files", upload(f"{index}" * 1000), {"content-type": FORM})
            if answer.status != 200:
                break
        assert (answer.status, answer.error) == (507, FULL)
        store._db.execute("PRAGMA max_page_count = 100000")
        assert (await client.call("POST", "/v1/files", upload(), {"content-type": FORM})).status == 200
        assert (await client.get("/v1/files?order=asc&limit=1")).json["data"] == listed["data"]

    run(scenario)


def test_a_full_disk_is_said_on_either_way_to_the_server_and_ends(tmp_path: Path) -> None:
    with running(tmp_path, *FAST, "--data", str(tmp_path / "data")) as server:
        assert ask(server, "files", upload())[0] == 200
        limits = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (50_000, limits[1]))
        for headers in ({}, {"origin": "https://app.example"}):
            status, body = ask(server, "files", upload("x" * 60_000), headers)
            assert (status, json.loads(body)["error"]) == (507, FULL)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, limits)
        assert ask(server, "files", upload("x" * 60_000))[0] == 200
        assert len(json.loads(ask(server, "files")[1])["data"]) == 2


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--data", "file"), "file: nothing can be kept there: Not a directory"),
        (("--store", "sqlite:file", "--workers", "2"), "file: nothing can be kept there: Not a directory"),
        (("--store", "redis://127.0.0.1:{free}/0"), "redis://127.0.0.1:{free}/0: Error 111 connecting to"),
        (("--store", "x"), "--store: 'x' is neither redis://HOST:PORT/NUMBER nor sqlite:DIR"),
    ],
)
def test_a_place_that_cannot_be_used_is_said_in_one_line(tmp_path: Path, flags: tuple[str, ...], said: str) -> None:
    (tmp_path / "file").write_text("x")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        free = taken.getsockname()[1]
        command = [sys.executable, "-m", "fakeai", "serve", "--port", "0", *(f.format(free=free) for f in flags)]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"Error: {said.format(free=free)}")
    assert ran.stderr.count("\n") == 1
