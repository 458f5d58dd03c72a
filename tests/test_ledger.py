"""The ledger on disk, with real processes: it survives kill -9, is shared by workers, and is added up by hours."""

import asyncio
import json
import os
import signal
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from openai import OpenAI, RateLimitError

from fakeai.runtime.clock import FixedClock
from fakeai.runtime.guards.sharing import BEHIND
from fakeai.runtime.ledger import ledger as ledgers
from fakeai.runtime.ledger.ledger import Ledger
from fakeai.runtime.ledger.rows import COMPLETIONS, Amounts, Use, unpacked
from fakeai.runtime.options import Options
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World
from tests.inprocess import EPOCH, chat
from tests.process import Server, running, until

DAY = 86_400
FAST = ("--ttft", "0", "--itl", "0")
NAMES = ("num_model_requests", "input_tokens", "input_cached_tokens", "output_tokens")


def told(server: Server) -> dict[str, int]:
    """The usage of completions since yesterday."""
    start = int(time.time()) // DAY * DAY - DAY
    url = f"{server.address}/v1/organization/usage/completions?start_time={start}"
    with urllib.request.urlopen(url) as answer:
        results = [result for bucket in json.load(answer)["data"] for result in bucket["results"]]
    return {name: sum(result[name] for result in results) for name in NAMES}


def ask(server: Server, number: int, streams: bool = False) -> dict[str, int]:
    """What one answer says that it used."""
    client = OpenAI(base_url=f"{server.address}/v1", api_key=f"key {number % 3}", max_retries=0)
    body: Any = chat(f"Question {number % 11} " * 300, model="gpt-4o", max_tokens=number % 40 + 1)
    if streams:
        pieces = client.chat.completions.create(**body, stream=True, stream_options={"include_usage": True})
        used = [piece.usage for piece in pieces if piece.usage][-1]
    else:
        used = client.chat.completions.create(**body).usage
    assert used.prompt_tokens_details
    return dict(
        zip(
            NAMES,
            (1, used.prompt_tokens, used.prompt_tokens_details.cached_tokens or 0, used.completion_tokens),
            strict=True,
        )
    )


def total(parts: list[dict[str, int]]) -> dict[str, int]:
    return {name: sum(part[name] for part in parts) for name in NAMES}


def test_what_was_answered_is_in_the_ledger_after_kill_9(tmp_path: Path) -> None:
    """Each run is killed right after its last answer; what all of them answered is told by the next."""
    said: list[dict[str, int]] = []
    options = ("--data", str(tmp_path / "data"))
    for run in range(3):
        with running(tmp_path, *options, *FAST, ends_with=-signal.SIGKILL) as server:
            with ThreadPoolExecutor(8) as pool:
                said += pool.map(lambda number: ask(server, number), range(run * 100, run * 100 + 40))
            said.append(ask(server, run))
            os.kill(server.process.pid, signal.SIGKILL)
            server.process.wait()
    with running(tmp_path, *options, *FAST) as server:
        assert told(server) == total(said)
        assert told(server) == total(said)  # it is not read twice
    with running(tmp_path, *options, *FAST) as server:
        assert told(server) == total(said)


def test_a_stream_that_took_its_time_is_in_the_ledger_after_kill_9(tmp_path: Path) -> None:
    options = ("--data", str(tmp_path / "data"), "--ttft", "30:0", "--itl", "2:0")
    with running(tmp_path, *options, ends_with=-signal.SIGKILL) as server:
        with ThreadPoolExecutor(8) as pool:
            said = list(pool.map(lambda number: ask(server, number, number % 2 == 0), range(24)))
        until(lambda: kept(tmp_path / "data" / "usage", time.time(), 0)[0] == len(said))
        server.process.kill()
        server.process.wait()
    with running(tmp_path, *options) as server:
        assert told(server) == total(said)


def test_workers_tell_what_all_of_them_answered(tmp_path: Path) -> None:
    with running(tmp_path, "--workers", "3", *FAST) as server:
        with ThreadPoolExecutor(8) as pool:
            said = list(pool.map(lambda number: ask(server, number), range(60)))
        until(lambda: [told(server) for _ in range(6)] == [total(said)] * 6)
        assert [told(server) for _ in range(6)] == [total(said)] * 6


def kept(folder: Path, at: float, requests: int, *, is_read: bool = True) -> tuple[int, list[str]]:
    """Open the ledger in *folder* at a moment, note so many requests; how many it knows, and the files there."""

    async def main() -> tuple[int, list[str]]:
        world = World(Options(usage_folder=str(folder)), FixedClock(at), store=SqliteStore(None))
        ledger = world.engine(Ledger)
        if is_read:
            await ledger.refresh()
        for _ in range(requests):
            number = ledger._number(Use(COMPLETIONS, "p", "u", model="gpt-4o"))
            ledger._note(int(at) // 60, number, list(Amounts(1, 10)))
        found = sum(cost.requests for cost in ledger.costs()[0].values())
        await ledger.close()
        return found, sorted(path.name for path in folder.iterdir() if path.suffix == ".jsonl")

    return asyncio.run(main())


def test_hours_that_are_over_are_added_up_in_one_file(tmp_path: Path) -> None:
    hour = "2026-01-01T0"
    assert kept(tmp_path, EPOCH, 3) == (3, [f"{hour}0.0.jsonl"])
    assert kept(tmp_path, EPOCH + 60, 2) == (5, [f"{hour}0.0.jsonl", f"{hour}0.1.jsonl"])
    assert kept(tmp_path, EPOCH + 3600, 1) == (6, [f"{hour}0.jsonl", f"{hour}1.0.jsonl"])
    lines = (tmp_path / f"{hour}0.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"holds": 2},
        {"at": EPOCH, "kind": "completions", "project_id": "p", "user_id": "u", "model": "gpt-4o", "requests": 3,
         "input_tokens": 30},
        {"at": EPOCH + 60, "kind": "completions", "project_id": "p", "user_id": "u", "model": "gpt-4o", "requests": 2,
         "input_tokens": 20},
    ]  # fmt: skip
    # A clock that was set back writes a file of the same hour, which is not taken for one that was added up.
    assert kept(tmp_path, EPOCH, 4) == (10, [f"{hour}0.2.jsonl", f"{hour}0.jsonl", f"{hour}1.0.jsonl"])
    assert kept(tmp_path, EPOCH + 7200, 0) == (10, [f"{hour}0.jsonl", f"{hour}1.jsonl"])


def test_a_crash_while_hours_are_added_up_counts_nothing_twice(tmp_path: Path) -> None:
    hour = "2026-01-01T0"
    kept(tmp_path, EPOCH, 3)
    before = (tmp_path / f"{hour}0.0.jsonl").read_bytes()
    assert kept(tmp_path, EPOCH + 3600, 0) == (3, [f"{hour}0.jsonl"])
    (tmp_path / f"{hour}0.0.jsonl").write_bytes(before)  # as if it had died before it removed the file
    assert kept(tmp_path, EPOCH + 3600, 0) == (3, [f"{hour}0.jsonl"])


def test_a_row_that_was_torn_off_is_left_out(tmp_path: Path) -> None:
    kept(tmp_path, EPOCH, 3)
    file = tmp_path / "2026-01-01T00.0.jsonl"
    file.write_bytes(file.read_bytes()[:-20])
    assert kept(tmp_path, EPOCH, 0)[0] == 2
    assert kept(tmp_path, EPOCH + 3600, 1)[0] == 3


def test_what_cannot_be_written_waits(tmp_path: Path, monkeypatch: Any) -> None:
    real, room = os.write, [0, 37, 10_000]

    def write(file: int, data: bytes) -> int:
        most = room.pop(0)
        if not most:
            raise OSError(28, "No space left on device")
        return real(file, data[:most])

    async def main() -> None:
        world = World(Options(usage_folder=str(tmp_path)), FixedClock(EPOCH), store=SqliteStore(None))
        ledger = world.engine(Ledger)
        use = Use(COMPLETIONS, "p", "u")
        assert ledger._book is not None
        monkeypatch.setattr(os, "write", write)
        for number, is_whole in enumerate((False, False, True), start=1):
            ledger._note(int(EPOCH) // 60, ledger._number(use), list(Amounts(number)))
            assert ledger._book.write() is is_whole
        await ledger.close()

    asyncio.run(main())
    assert kept(tmp_path, EPOCH, 0)[0] == 6


def test_minutes_are_forgotten_when_there_are_too_many_and_no_sum_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "MOST_CELLS", 100)
    start = int(EPOCH)

    async def main() -> None:
        world = World(Options(), FixedClock(EPOCH), store=SqliteStore(None))
        ledger = world.engine(Ledger)
        number = ledger._number(Use(COMPLETIONS, "p", "u", model="gpt-4o"))
        for minute in range(300):
            ledger._note(start // 60 + minute, number, Amounts(1, 10))

        def counted(begin: int, end: int, width: int) -> list[int]:
            return [
                sum(unpacked(cells[number]).requests for cells in ledger.cells(at, at + width))
                for at in range(start + begin, start + end, width)
            ]

        assert counted(0, DAY, DAY) == [300]
        assert counted(0, 18_000, 3600) == [60] * 5
        assert counted(0, 7200, 60) == [60, *[0] * 59] * 2  # of hours that are coarse
        assert counted(14_400, 18_000, 60) == [1] * 60
        assert ledger._cells <= 100

    asyncio.run(main())


def test_uses_that_are_too_many_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledgers, "MOST_USES", 10)

    async def main() -> None:
        ledger = World(Options(), FixedClock(EPOCH), store=SqliteStore(None)).engine(Ledger)
        for model in range(50):
            use = Use(COMPLETIONS, "p", "u", model=f"made up {model}")
            ledger._note(int(EPOCH) // 60, ledger._number(use), Amounts(1))
        models, tools = ledger.costs()
        assert (len(models), tools) == (11, {})
        assert sum(cost.requests for cost in models.values()) == 50
        assert models["others"].requests == 40

    asyncio.run(main())


def ahead(server: Server) -> None:
    """Let more time pass than another process may be behind."""
    body, headers = json.dumps({"ahead": BEHIND + 0.1}).encode(), {"content-type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{server.address}/_fakeai/clock", body, headers)) as answer:
        answer.read()


def test_a_spend_limit_holds_for_all_workers_together(tmp_path: Path) -> None:
    """Each of three processes sees within a second what the others' answers cost."""
    limit = {"threshold_amount": 2, "currency": "USD", "interval": "month"}
    with running(tmp_path, "--workers", "3", *FAST) as server:
        request = urllib.request.Request(
            f"{server.address}/v1/organization/spend_limit",
            json.dumps(limit).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer)["enforcement"] == {"status": "inactive"}
        ahead(server)
        clients = [OpenAI(base_url=f"{server.address}/v1", api_key="k", max_retries=0) for _ in range(6)]

        def refused(client: OpenAI) -> bool:
            body: Any = chat("Question", model="gpt-4", max_tokens=10)
            try:
                client.chat.completions.create(**body)
            except RateLimitError as error:
                return error.code == "insufficient_quota"
            return False

        passed = 0
        with ThreadPoolExecutor(6) as pool:
            while not all(found := list(pool.map(refused, clients))):
                passed += found.count(False)
                ahead(server)
        ahead(server)
        assert all(map(refused, clients))
        used = told(server)
        spent = used["input_tokens"] * 30e-6 + used["output_tokens"] * 60e-6
        assert used["num_model_requests"] == passed
        assert 0.02 <= spent < 0.02 + 6 * spent / passed  # what six clients ask for at once
