"""Several processes answer as one: what each of them tells is what all of them did."""

import asyncio
import http.client
import json
import os
import re
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from fakeai.runtime.clock import RealClock
from fakeai.runtime.peers import kept
from fakeai.runtime.telemetry.shares import joined
from fakeai.runtime.telemetry.turns import Turns
from tests.expositions import samples
from tests.inprocess import chat
from tests.process import Server, is_open, running, until
from tests.test_workers import accepted, children

FAST = ("--workers", "2", "--ttft", "0", "--itl", "0")
# What tells of nothing but the machine and its models, which does not change while one looks.
STILL = (
    "/metrics/by-model", "/metrics/by-model/openai/gpt-oss-120b", "/metrics/ranking", "/metrics/costs",
    "/metrics/compare?model1=openai/gpt-oss-120b&model2=other", "/metrics/multi-dimensional", "/metrics/rate-limits",
    "/metrics/rate-limits/tier", "/metrics/by-model/prometheus", "/kv-cache/metrics", "/v1/metrics",
    "/dynamo/metrics/json", "/dcgm/metrics/json",
)  # fmt: skip
# What tells of all calls, those that look at it included.
MOVING = ("/metrics/prometheus", "/prometheus/metrics", "/dynamo/metrics", "/dcgm/metrics")


COUNTERS = r"\w+(_total|_count|_bucket)\{|DCGM_FI_(DEV_FB_USED|DEV_XID_ERRORS|PROF_PCIE_[RT]X_BYTES_TOTAL)\{"


class Caller:
    """A connection to one of the processes."""

    def __init__(self, server: Server) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        self.text("GET", "/health")
        self.pid = accepted(server, self.connection.sock)

    def text(self, method: str, path: str, body: object = None) -> str:
        said = None if body is None else json.dumps(body)
        self.connection.request(method, path, said, {"content-type": "application/json"})
        return self.connection.getresponse().read().decode()

    def get(self, path: str) -> Any:
        return json.loads(self.text("GET", path))

    def post(self, path: str, body: object) -> Any:
        return json.loads(self.text("POST", path, body))

    def chat(self, **more: Any) -> Any:
        return self.post("/v1/chat/completions", chat(model="openai/gpt-oss-120b", max_tokens=5) | more)


@contextmanager
def two(server: Server) -> Iterator[tuple[Caller, Caller]]:
    """A caller of each process."""
    found: dict[int, Caller] = {}
    spare = []
    while len(found) < 2:
        caller = Caller(server)
        if found.setdefault(caller.pid, caller) is not caller:
            spare.append(caller)
    first, second = found.values()
    try:
        yield first, second
    finally:
        for each in (first, second, *spare):
            each.connection.close()


def kill(server: Server, pid: int) -> None:
    """Kill a process, and wait until another has its place and answers."""
    os.kill(pid, signal.SIGKILL)
    wait_for_another(server, pid)


def wait_for_another(server: Server, pid: int) -> None:
    """Wait until another process has the place of one that ended."""
    until(lambda: len(children(server.process.pid) - {pid}) == 2)
    until(lambda: pid not in children(server.process.pid))


def steady(shown: Any) -> Any:
    """What does not change from one moment to the next."""
    moving = ("uptime", "rate", "per_second", "per_sec", "timestamp", "time_in_service", "energy", "power", "temp")
    if isinstance(shown, Mapping):
        return {key: steady(value) for key, value in shown.items() if not any(part in key for part in moving)}
    return [steady(each) for each in shown] if isinstance(shown, list) else shown


def test_each_process_tells_what_all_of_them_did(tmp_path: Path) -> None:
    with running(tmp_path, *FAST, "--rate-limit-enabled") as server, two(server) as (a, b):
        for caller, count in ((a, 3), (b, 4)):
            for _ in range(count):
                caller.chat()
        b.chat(model="other")
        b.chat(messages=[])
        for caller in (a, b):
            models = caller.get("/metrics/by-model")
            assert {name: model["request_count"] for name, model in models.items()} == {
                "openai/gpt-oss-120b": 7,
                "other": 1,
            }
            assert models["openai/gpt-oss-120b"]["tokens"]["completion"] == 35
            assert models["openai/gpt-oss-120b"]["errors"]["count"] == 1
            assert caller.get("/metrics")["requests"]["/v1/chat/completions"]["total"] == 9
            found = samples(caller.text("GET", "/metrics/prometheus"))
            at = 'endpoint="/v1/chat/completions",method="POST",status='
            assert found["fakeai_requests_total"][f'{at}"200"'] == 8
            assert found["fakeai_requests_total"][f'{at}"400"'] == 1
            workers = caller.get("/kv-cache/metrics")["smart_router"]["workers"]
            assert list(workers) == [f"worker-{number}" for number in range(8)]
            assert sum(worker["total_requests"] for worker in workers.values()) == 8
            assert caller.get("/dynamo/metrics/json")["summary"]["total_requests"] == 8
            assert list(caller.get("/dcgm/metrics/json")) == [f"gpu_{number}" for number in range(8)]
            assert list(caller.get("/metrics/costs")["costs_by_model"]) == ["openai/gpt-oss-120b", "other"]
            limits = caller.get("/metrics/rate-limits")
            assert limits["tier_stats"]["tier-1"]["total_requests_allowed"] == 8


@pytest.mark.parametrize("path", STILL)
def test_all_processes_tell_the_same(pair: tuple[Caller, Caller], path: str) -> None:
    a, b = [caller.text("GET", path) for caller in pair]
    assert a
    if a.startswith(("{", "[")):
        assert steady(json.loads(a)) == steady(json.loads(b))
        assert steady(json.loads(a))
    else:
        assert a == b


@pytest.mark.parametrize("path", MOVING)
def test_all_processes_have_the_same_counters(pair: tuple[Caller, Caller], path: str) -> None:
    a, b = [
        {
            line
            for line in caller.text("GET", path).splitlines()
            if re.match(COUNTERS, line) and "/metrics" not in line and "/health" not in line
        }
        for caller in pair
    ]
    assert a == b
    assert a
    if path == "/dcgm/metrics":
        assert {line.split('"')[1] for line in a} == {str(number) for number in range(8)}


def test_health_and_tables_are_those_of_all_processes(pair: tuple[Caller, Caller]) -> None:
    for caller in pair:
        lines = caller.text("GET", "/metrics/csv").splitlines()
        assert [line.split(",")[:2] for line in lines if "/v1/chat" in line] == [
            [kind, "/v1/chat/completions"] for kind in ("requests", "responses", "tokens", "errors")
        ]
        assert caller.get("/health/detailed")["endpoints"]["/v1/chat/completions"]["requests_per_second"] > 0


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Caller, Caller]]:
    with running(tmp_path_factory.mktemp("pair"), *FAST, "--rate-limit-enabled") as server, two(server) as both:
        for caller in both:
            caller.chat()
            caller.chat(model="other")
        yield both


def written_down(folder: Path) -> int:
    """How many requests stand in what the processes wrote down that have their folder below *folder*."""

    async def main() -> int:
        turns = Turns(RealClock())
        shares = [await joined(kept(file), turns) for file in folder.glob("*/*.counted")]
        return sum(record.complete for share in shares for record in share.models.values())

    return asyncio.run(main())


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where servers make their folders; its name is short, for the sockets in it."""
    with tempfile.TemporaryDirectory() as made:
        monkeypatch.setenv("TMPDIR", made)
        yield Path(made)


def test_what_a_killed_process_had_counted_stays_counted(tmp_path: Path, folder: Path) -> None:
    with running(tmp_path, *FAST) as server, two(server) as (a, b):
        for _ in range(10):
            a.chat()
            b.chat()
        energy = [gpu["total_energy_mj"] for gpu in b.get("/dcgm/metrics/json").values()]
        before = b.get("/metrics/by-model")["openai/gpt-oss-120b"]
        assert before["request_count"] == 20
        kill(server, a.pid)
        for _ in range(2):
            with two(server) as (c, d):
                for caller in (c, d):
                    model = caller.get("/metrics/by-model")["openai/gpt-oss-120b"]
                    assert steady(model) == steady(before)
                    routed = caller.get("/kv-cache/metrics")["smart_router"]["workers"].values()
                    assert sum(worker["total_requests"] for worker in routed) == 20
                    after = [gpu["total_energy_mj"] for gpu in caller.get("/dcgm/metrics/json").values()]
                    assert len(after) == 8
                    assert all(now >= then for then, now in zip(energy, after, strict=True))
                    energy = after
                kill(server, c.pid)
        with two(server) as (c, d):
            c.chat()
            until(lambda: written_down(folder) == 21)  # nobody asks
            kill(server, c.pid)
            assert d.get("/metrics/by-model")["openai/gpt-oss-120b"]["request_count"] == 21


def test_streams_of_a_killed_process_are_cut_off_and_no_longer_open(tmp_path: Path) -> None:
    with running(tmp_path, "--workers", "2", "--ttft", "0", "--itl", "60000:0") as server, two(server) as (a, b):
        streams = []
        for caller in (a, b):
            caller.connection.request("POST", "/v1/chat/completions", json.dumps(chat(stream=True)))
            streams.append(caller.connection.getresponse())
            streams[-1].read(10)
        other = Caller(server)
        while other.pid != b.pid:
            other.connection.close()
            other = Caller(server)
        stats = other.get("/metrics")["streaming_stats"]
        assert (stats["active_streams"], stats["failed_streams"]) == (2, 0)
        os.kill(a.pid, signal.SIGKILL)
        until(lambda: other.get("/metrics")["streaming_stats"]["active_streams"] == 1)
        assert other.get("/metrics")["streaming_stats"]["failed_streams"] == 1
        model = other.get("/metrics/by-model")["some-model"]
        assert (model["request_count"], model["active_requests"], model["errors"]["count"]) == (2, 1, 1)
        wait_for_another(server, a.pid)
        stats = other.get("/metrics")["streaming_stats"]
        assert (stats["active_streams"], stats["failed_streams"]) == (1, 1)
        server.process.send_signal(signal.SIGINT)
        until(lambda: not is_open(server))
        server.process.send_signal(signal.SIGINT)
        server.process.communicate(timeout=20)
        for stream in streams:
            stream.close()
        other.connection.close()


def test_a_process_that_does_not_answer_counts_as_it_did_last(tmp_path: Path) -> None:
    with running(tmp_path, *FAST) as server, two(server) as (a, b):
        a.chat()
        b.chat()
        assert b.get("/metrics/by-model")["openai/gpt-oss-120b"]["request_count"] == 2
        os.kill(a.pid, signal.SIGSTOP)
        try:
            assert b.get("/metrics/by-model")["openai/gpt-oss-120b"]["request_count"] == 2
        finally:
            os.kill(a.pid, signal.SIGCONT)


def test_what_the_admin_api_does_reaches_all_processes(tmp_path: Path) -> None:
    with running(tmp_path, *FAST) as server, two(server) as (a, b):
        added = a.post(
            "/_fakeai/faults", {"fault": "service_unavailable", "calls": "1-3", "match": {"path": "/v1/chat/*"}}
        )
        assert [caller.get("/_fakeai/faults")["rules"][0]["id"] for caller in (a, b)] == added["added"] * 2
        statuses = ["error" in caller.chat() for caller in (a, b, b, a, b)]
        assert statuses == [True, True, True, False, False]  # counted together
        a.text("DELETE", f"/_fakeai/faults/{added['added'][0]}")
        assert b.get("/_fakeai/faults") == {"rules": []}

        b.text("PUT", "/_fakeai/script", {"rules": [{"answers": ["one", "two", "three"]}]})
        said = [caller.chat()["choices"][0]["message"]["content"] for caller in (a, b, a, b)]
        assert said == ["one", "two", "three", "three"]
        a.text("DELETE", "/_fakeai/script")
        assert b.get("/_fakeai/script") == {"rules": []}

        first = b.chat()["choices"]
        assert a.text("PUT", "/_fakeai/seed", {"seed": 7}) == '{"seed":7}'
        assert a.chat()["choices"] == b.chat()["choices"] != first

        before = b.get("/_fakeai/clock")["now"]
        a.post("/_fakeai/clock", {"ahead": "1h"})
        a.post("/_fakeai/clock", {"speed": 60})
        times = [caller.get("/_fakeai/clock") for caller in (a, b)]
        assert [time["speed"] for time in times] == [60, 60]
        assert before + 3600 <= times[0]["now"] <= times[1]["now"] < before + 3600 + 600

        a.post("/_fakeai/gpus/6/faults", {"kind": "xid", "value": 79})
        assert a.get("/dcgm/metrics/json")["gpu_6"]["xid"] == b.get("/dcgm/metrics/json")["gpu_6"]["xid"] == 79
        assert a.post("/_fakeai/gpus/8/faults", {"kind": "xid", "value": 79})["error"]["code"] == "invalid_fault"

        long = [{"role": "user", "content": "Tell me about queues. " * 40}]
        for caller in (a, b):
            caller.chat(messages=long)
        held = sum(worker["blocks"]["kept"] for worker in b.get("/_fakeai/state")["workers"])
        assert b.post("/_fakeai/kv-cache/clear", {}) == {"dropped_blocks": held}
        assert held > 20


def test_the_journal_is_that_of_all_processes(tmp_path: Path) -> None:
    with running(tmp_path, *FAST) as server, two(server) as (a, b):
        order = (a, b, b, a, b, a)
        for number, caller in enumerate(order):
            caller.chat(user=f"user-{number}")
        for caller in (a, b):
            found = caller.get("/_fakeai/requests?path=/v1/chat/*")
            assert found["count"] == 6
            assert [each["body"]["user"] for each in found["requests"]] == [f"user-{number}" for number in range(6)]
            numbers = [each["number"] for each in found["requests"]]
            assert numbers == sorted(set(numbers))
            assert {each["worker"] // 4 for each in found["requests"]} == {0, 1}
            last = caller.get(f"/_fakeai/requests?after={numbers[3]}&limit=1")
            assert (last["count"], [each["body"]["user"] for each in last["requests"]]) == (2, ["user-5"])
            assert caller.get(f"/_fakeai/requests/{numbers[1]}")["body"]["user"] == "user-1"
            state = caller.get("/_fakeai/state")
            assert (state["requests"], state["journal"]["entries"], state["processes"]) == (6, 6, 2)
            assert [worker["worker"] for worker in state["workers"]] == list(range(8))
            assert sum(worker["routed"] for worker in state["workers"]) == 6
        a.text("DELETE", "/_fakeai/requests")
        assert b.get("/_fakeai/requests") == {"count": 0, "requests": []}
        assert a.get("/_fakeai/requests/1")["error"]["code"] == "request_not_found"


def test_a_reset_leaves_nothing_in_any_process(tmp_path: Path) -> None:
    with running(tmp_path, *FAST) as server, two(server) as (a, b):
        for caller in (a, b):
            caller.chat(store=True, model="gpt-4o")
        b.post("/_fakeai/faults", {"fault": "internal_error"})
        state, moved = a.post("/_fakeai/reset", {}), {"uptime": 0, "clock": {}}
        for caller in (a, b):
            assert caller.get("/_fakeai/state") | moved == state | moved
            assert caller.get("/metrics/by-model") == {}
            assert caller.get("/metrics/costs")["costs_by_model"] == {}
        assert [caller.get("/v1/chat/completions")["data"] for caller in (a, b)] == [[], []]
        assert (state["requests"], state["faults"], sum(each["routed"] for each in state["workers"])) == (0, 0, 0)
        ids = {caller.chat()["id"] for caller in (a, b, a, b)}
        assert len(ids) == 4
        assert a.get("/metrics/by-model")["openai/gpt-oss-120b"]["request_count"] == 4
        kill(server, a.pid)
        assert b.get("/metrics/by-model")["openai/gpt-oss-120b"]["request_count"] == 4


def test_a_process_that_is_started_again_does_what_was_ordered_before(tmp_path: Path) -> None:
    with running(tmp_path, *FAST) as server, two(server) as (a, b):
        a.post("/_fakeai/clock", {"ahead": "1d"})
        a.post("/_fakeai/reset", {})
        a.post("/_fakeai/faults", {"fault": "internal_error", "match": {"model": "gpt-4o"}})
        b.text("PUT", "/_fakeai/script", {"rules": [{"answer": "as told"}]})
        a.text("PUT", "/_fakeai/seed", {"seed": 3})
        a.chat()
        assert b.get("/metrics/by-model")["openai/gpt-oss-120b"]["request_count"] == 1
        now = b.get("/_fakeai/clock")["now"]
        kill(server, a.pid)
        kill(server, b.pid)
        with two(server) as (c, d):
            for caller in (c, d):
                assert caller.chat()["choices"][0]["message"]["content"] == "as told"
                assert caller.chat(model="gpt-4o")["error"]["type"] == "server_error"
                assert caller.get("/_fakeai/state")["seed"] == 3
                assert now <= caller.get("/_fakeai/clock")["now"] < now + 600
                assert [rule["rule"]["fault"] for rule in caller.get("/_fakeai/faults")["rules"]] == ["internal_error"]
            assert c.get("/metrics/by-model")["openai/gpt-oss-120b"]["request_count"] == 3


def test_several_processes_that_keep_what_is_stored_refuse_a_reset(tmp_path: Path) -> None:
    with running(tmp_path, *FAST, "--data", "data") as server, two(server) as (a, b):
        assert a.post("/_fakeai/reset", {})["error"]["code"] == "store_is_kept"
        a.post("/_fakeai/faults", {"fault": "internal_error"})
        assert b.chat()["error"]["type"] == "server_error"


def is_busy(server: Server, caller: Caller) -> bool:
    """Whether the process of *caller* refuses a request while it has another."""
    other, messages = Caller(server), [{"role": "user", "content": "Tell me about queues. " * 40}]
    while other.pid != caller.pid:
        other.connection.close()
        other = Caller(server)
    body = chat(model="openai/gpt-oss-120b", messages=messages, stream=True)
    other.connection.request("POST", "/v1/chat/completions", json.dumps(body))
    answer = other.connection.getresponse()
    found = answer.status == 529 or "error" in caller.chat(max_tokens=1)
    answer.close()
    other.connection.close()
    until(lambda: not any(worker["running"] for worker in caller.get("/_fakeai/state")["workers"]))
    return found


def test_thresholds_that_one_process_is_told_hold_in_all(tmp_path: Path) -> None:
    options = ("--workers", "2", "--ttft", "0", "--itl", "60000:0", "--kv-cache-num-workers", "1")
    with running(tmp_path, *options) as server, two(server) as (a, b):
        assert [is_busy(server, caller) for caller in (a, b)] == [False, False]
        a.post("/busy_threshold", {"model": "openai/gpt-oss-120b", "active_decode_blocks_threshold": 0})
        assert [is_busy(server, caller) for caller in (a, b)] == [True, True]
        kill(server, a.pid)
        with two(server) as (c, d):
            assert [is_busy(server, caller) for caller in (c, d)] == [True, True]
            c.post("/_fakeai/reset", {})
            assert [is_busy(server, caller) for caller in (c, d)] == [False, False]


def test_adapters_are_loaded_in_all_processes(tmp_path: Path) -> None:
    options = ("--allow-runtime-lora-updating",)
    load, unload = "/v1/load_lora_adapter", "/v1/unload_lora_adapter"
    with running(tmp_path, *FAST, *options) as server, two(server) as (a, b):
        for name in ("law", "sql"):
            assert a.text("POST", load, {"lora_name": name, "lora_path": f"/{name}"}).startswith("Success")
        assert a.get("/v1/models/law") == b.get("/v1/models/law")
        assert b.post(load, {"lora_name": "law", "lora_path": "/x"})["error"]["type"] == "InvalidUserInput"
        assert b.text("POST", unload, {"lora_name": "sql"}).startswith("Success")
        assert [caller.chat(model="sql")["error"]["code"] for caller in (a, b)] == ["model_not_found"] * 2
        shown = a.get("/v1/models/law")
        kill(server, a.pid)
        with two(server) as (c, d):
            assert [caller.get("/v1/models/law") for caller in (c, d)] == [shown] * 2


def test_workers_of_all_processes_tell_what_they_do(tmp_path: Path) -> None:
    options = ("--workers", "2", "--latency", "mocker", "--prefill-workers", "1", "--kv-cache-num-workers", "2")
    with running(tmp_path, *options) as server, two(server) as both:
        for caller in both:
            caller.chat()
        for caller in both:
            found = samples(caller.text("GET", "/dynamo/metrics"))
            workers = found["dynamo_frontend_worker_active_decode_blocks"]
            assert sorted(workers) == [
                f'dp_rank="0",worker_id="{number}",worker_type="{kind}"'
                for number, kind in enumerate(("prefill", "decode") * 2)
            ]
            (router,) = found["dynamo_component_router_kv_selected_cached_prefix_tokens_total"]
            assert 'phase="prefill"' in router
            (choice,) = found["dynamo_component_router_non_max_overlap_selections_total"]
            assert 'worker_type="prefill"' in choice


@pytest.mark.parametrize("journal", ["100", "0"])
def test_the_dashboards_show_all_processes(journal: str, tmp_path: Path) -> None:
    options = ("--workers", "2", "--ttft", "100:0", "--itl", "10:0", "--kv-cache-num-workers", "2")
    ranked = ("--data-parallel-size", "2", "--dcgm-gpu-count", "4", "--journal", journal)
    with running(tmp_path, *options, *ranked) as server, two(server) as (a, b):
        for caller, count in ((a, 2), (b, 3)):
            for _ in range(count):
                caller.chat(max_tokens=3, model=f"model-{count}")
        for caller in (a, b):
            until(lambda: round(sum(caller.get("/dashboard/data")["seconds"]["made"]), 1) == 15)  # noqa: B023
            told = caller.get("/dashboard/data")
            assert (told["summary"]["requests"], told["summary"]["made_tokens"]) == (5, 15)
            assert (sum(told["seconds"]["arrived"]), round(sum(told["seconds"]["made"]), 1)) == (5, 15)
            assert {round(each / 10) for each in told["seconds"]["ttft_p50"] if each is not None} == {10}
            assert {each["model"]: each["requests"] for each in told["models"]} == {"model-2": 2, "model-3": 3}
            assert [each["requests"] for each in told["paths"]] == [5]
            assert [each["model"] for each in told["requests"]] == ["model-3"] * 3 + ["model-2"] * 2
            for row in told["requests"]:
                one = caller.get(f"/dashboard/requests/{row['number']}")
                assert [one[name] for name in ("time", "model", "worker", "dp_rank")] == [
                    row[name] for name in ("time", "model", "worker", "dp_rank")
                ]
            assert caller.get("/dashboard/requests/99")["error"]["code"] == "request_not_found"

            told = caller.get("/dashboard/data?view=dynamo")
            names = [f"worker-{number}-dp{rank}" for number in range(4) for rank in range(2)]
            assert [each["name"] for each in told["workers"]] == names
            assert [(each["worker"], each["dp_rank"]) for each in told["workers"]] == [
                (number, rank) for number in range(4) for rank in range(2)
            ]
            assert sum(each["routed"] for each in told["workers"]) == 5
            rows = told["worker_seconds"]["workers"]
            assert [each["name"] for each in rows] == names
            assert {len(each["made"]) for each in rows} == {len(told["seconds"]["answers"])}
            assert round(sum(value or 0 for each in rows for value in each["made"]), 1) == 15
            assert [each["gpu"] for each in told["gpus"]] == list(range(8))
            assert [name for each in told["gpus"] for name in each["workers"]] == names
            assert len(told["gpu_seconds"]["gpus"]) == 8
            latest = told["router"]["latest"]
            assert sorted(each["model"] for each in latest) == ["model-2"] * 2 + ["model-3"] * 3
            assert all(each["chosen"] in each["workers"] for each in latest)
            assert {tuple(each["workers"]) for each in latest} == {tuple(names[:4]), tuple(names[4:])}
