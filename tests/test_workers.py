"""Several processes that answer as one server."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.inprocess import chat
from tests.process import Server, running, until
from tests.test_serve import post

FAST = ("--ttft", "0", "--itl", "0")


def children(pid: int) -> set[int]:
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def accepted(server: Server, connection: socket.socket) -> int:
    """The process that holds the other end of *connection*, once it has answered there."""
    ours, theirs = (f"{name[1]:04X}" for name in (connection.getsockname(), connection.getpeername()))
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if (fields[1].rpartition(":")[2], fields[2].rpartition(":")[2]) == (theirs, ours):
            inode = f"socket:[{fields[9]}]"
    for child in children(server.process.pid):
        for link in Path(f"/proc/{child}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                if os.readlink(link) == inode:
                    return child
    raise AssertionError("nobody has it")


def ask(connection: socket.socket) -> str:
    """The id of an answer."""
    body = json.dumps(chat(max_tokens=3)).encode()
    connection.sendall(
        b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
    )
    received = b""
    while not received.endswith(b"}}}"):
        part = connection.recv(65536)
        assert part, received
        received += part
    return str(json.loads(received.partition(b"\r\n\r\n")[2])["id"])


def test_two_processes_answer_and_repeat_no_id(tmp_path: Path) -> None:
    with running(tmp_path, "--workers", "2", "--fixed-clock", "0", *FAST) as server:
        assert len(children(server.process.pid)) == 2
        answered: Counter[int] = Counter()
        ids = []
        while len(ids) < 200 or len(answered) < 2:
            with contextlib.ExitStack() as stack:
                opened = [stack.enter_context(socket.create_connection(("127.0.0.1", server.port))) for _ in range(20)]
                for connection in opened:
                    ids.append(ask(connection))
                    answered[accepted(server, connection)] += 1
        assert len(set(ids)) == len(ids)
        assert set(answered) == children(server.process.pid)


def test_a_killed_process_is_replaced(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fakeai", "serve", "--host", "127.0.0.1", "--port", "0", "--workers", "2", *FAST]
    with subprocess.Popen(
        command, cwd=tmp_path, env=clean(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        server = Server(process, process.stdout.readline().split()[3])
        assert process.stdout.readline().endswith("seed 0, 2 processes\n")
        assert "Ctrl-C" in process.stdout.readline()
        first = children(process.pid)
        ids = []
        for count, killed in enumerate(first, 1):
            os.kill(killed, signal.SIGKILL)
            until(lambda count=count: len(children(process.pid) - first) == count)  # type: ignore[misc]
            ids += [json.loads(post(server, chat(max_tokens=3)))["id"] for _ in range(20)]
        assert len(set(ids)) == 40
        process.send_signal(signal.SIGINT)
        printed, errors = process.communicate(timeout=20)
        assert (process.returncode, printed) == (0, "")
        assert errors.splitlines() == [line for line in errors.splitlines() if line.endswith("ended with code -9.")]
        assert len(errors.splitlines()) == 2


def clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.upper().startswith("FAKEAI_")}


def test_nothing_is_left_behind_and_open_streams_end(tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    command = [sys.executable, "-m", "fakeai", "serve", "--host", "127.0.0.1", "--port", "0", "--workers", "2"]
    command += ["--ttft", "200:0", "--itl", "150:0"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=clean() | {"TMPDIR": str(tmp_path / "tmp")}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        port = int(process.stdout.readline().split()[3].rpartition(":")[2])
        assert len(list((tmp_path / "tmp").iterdir())) == 1
        with socket.create_connection(("127.0.0.1", port)) as connection:
            body = json.dumps(chat(stream=True, max_tokens=20, ignore_eos=True)).encode()
            connection.sendall(
                b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
            )
            received = connection.recv(65536)
            process.send_signal(signal.SIGINT)
            while part := connection.recv(65536):
                received += part
        assert received.count(b'"delta":{"content":') == 20
        assert received.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")
        printed, _ = process.communicate(timeout=20)
        assert "Finishing 1 open streams" in printed
        assert process.returncode == 0
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_second_ctrl_c_stops_at_once(tmp_path: Path) -> None:
    with running(tmp_path, "--workers", "2", "--ttft", "0", "--itl", "60000:0") as server:
        body = json.dumps(chat(stream=True)).encode()
        with socket.create_connection(("127.0.0.1", server.port)) as connection:
            connection.sendall(
                b"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
            )
            connection.recv(1)
            server.process.send_signal(signal.SIGINT)
            assert server.process.stdout
            while "Finishing 1 open streams" not in (line := server.process.stdout.readline()):
                assert line
            server.process.send_signal(signal.SIGINT)
            assert server.process.wait(timeout=20) == 0


def test_workers_stop_when_the_process_that_started_them_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fakeai", "serve", "--host", "127.0.0.1", "--port", "0", "--workers", "2"]
    command += ["--data", str(tmp_path / "data")]
    with subprocess.Popen(command, cwd=tmp_path, env=clean(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        workers = children(process.pid)
        assert len(workers) == 2
        process.kill()
        process.wait()
        until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def test_workers_that_cannot_start_end_the_server(tmp_path: Path) -> None:
    code = """
from pathlib import Path
import fakeai.serve
from fakeai.settings.sources import resolve
from fakeai.project import find

def application(settings, project, place, *clock):
    if place != settings.place():
        raise SystemExit(3)
    return made(settings, project, place, *clock)

made, fakeai.serve._application = fakeai.serve._application, application
flags = {"workers": 2, "port": 0, "host": "127.0.0.1"}
print(fakeai.serve.serve(resolve(flags, {}, Path.cwd()), find(Path.cwd())))
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=clean(), capture_output=True, text=True)
    assert ran.stdout == "1\n", ran.stderr
    assert "ended with code 3." in ran.stderr


def test_two_processes_share_the_limits_of_a_key_to_the_unit(tmp_path: Path) -> None:
    options = ("--workers", "2", "--ttft", "0", "--itl", "0", "--rate-limit-enabled", "--rate-limit-rpm", "60000")
    body = b'{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"hi"}]}'

    def flood(address: str, number: int) -> list[int]:
        found = []
        for _ in range(number):
            request = urllib.request.Request(
                f"{address}/v1/chat/completions", body, {"content-type": "application/json"}
            )
            try:
                with urllib.request.urlopen(request) as answer:
                    found.append(answer.status)
            except urllib.error.HTTPError as error:
                found.append(error.code)
        return found

    with running(tmp_path, *options, "--rate-limit-rpd", "40") as server, ThreadPoolExecutor(8) as threads:
        statuses = [s for found in threads.map(lambda _: flood(server.address, 12), range(8)) for s in found]
    assert {status: statuses.count(status) for status in set(statuses)} == {200: 40, 429: 56}
