"""Data-parallel ranks: each has a cache, a batch and events of its own, and is shown by its worker and its rank."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from fakeai.runtime.cluster.fleet import Fleet
from fakeai.runtime.cluster.gpus import Gpus
from fakeai.runtime.cluster.instances import instances
from fakeai.runtime.cluster.router import Router, Weights
from fakeai.runtime.options import Delay, Events, Machine, Options
from fakeai.runtime.peers import Peers
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.telemetry.access_log import facts, text
from fakeai.runtime.telemetry.answered import Ends
from fakeai.runtime.telemetry.journal import Entry, Journal
from fakeai.runtime.telemetry.spans import spans
from fakeai.runtime.world import World
from fakeai.settings.sources import resolve
from tests.expositions import samples
from tests.inprocess import ROOT, Client, chat, run
from tests.runtime.machine import Tokens, fleet, serve
from tests.runtime.test_kv_events import again, events_of
from tests.runtime.test_router import Busy

CHAT = "/v1/chat/completions"
PROMPT = "Tell me about queues in detail. " * 12
RANKED = Machine(workers=2, ranks=2, blocks=4096)
ENGINE = 'model_name="some-model",engine="{}"'


def options(machine: Machine = RANKED, **more: Any) -> Options:
    return Options(ttft=Delay(0.2), itl=Delay(0.01), machine=machine, **more)


async def scrape(client: Client, path: str) -> Any:
    return samples((await client.get(path, headers={"accept": "text/plain"})).body.decode())


def test_the_router_finds_the_rank_that_has_a_prompt_and_spreads_those_that_nobody_has() -> None:
    machine = fleet(workers=2, ranks=2)
    assert [(each.name, each.instance, each.rank) for each in machine.workers] == [
        ("worker-0-dp0", 0, 0), ("worker-0-dp1", 0, 1), ("worker-1-dp0", 1, 0), ("worker-1-dp1", 1, 1),
    ]  # fmt: skip
    prompts = [Tokens([number] * 100, [9] * 5) for number in range(4)]
    placed = [serve(machine, 0.0, prompt).request.worker for prompt in prompts]
    assert sorted(placed) == [0, 1, 2, 3]
    found = [serve(machine, 10.0, prompt).request for prompt in prompts]
    assert [(each.worker, each.cached) for each in found] == [(worker, 96) for worker in placed]


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("round-robin", [0, 3, 0, 3]), ("least-loaded", [3, 3, 3, 3]), ("power-of-two", [3, 3, 3, 3])],
)
def test_modes_without_costs_choose_a_worker_which_balances_its_ranks_itself(mode: str, expected: list[int]) -> None:
    loads = [Busy(requests=4), Busy(requests=3, waiting=2), Busy(requests=3), Busy(requests=2)]
    router = Router(mode, Weights(), "1.x", 16, 0, ranks=2)
    assert [router.choose(loads, 10, [], {})[0] for _ in range(4)] == expected
    alone = Router(mode, Weights(), "1.x", 16, 0, ranks=4)
    assert {alone.choose(loads, 10, [], {})[0] for _ in range(4)} == {3}


def test_events_of_a_rank_leave_from_a_port_of_its_own_and_say_which_it_is() -> None:
    told = Events("tcp://127.0.0.1:0", "tcp://127.0.0.1:0", topic="kv@{worker}.{rank}")
    ranked = Machine(workers=2, ranks=2, blocks=4096, model="some-model", events=told)

    async def scenario(client: Client) -> None:
        events = events_of(client)
        try:
            assert len({line.endpoint for line in events.lines}) == 4
            await asyncio.gather(*[client.post(CHAT, chat(f"{number} {PROMPT}", max_tokens=2)) for number in range(4)])
            heard = []
            for number in range(4):
                while events.lines[number].sent < 1:
                    await asyncio.to_thread(events.lines[number].publisher.getsockopt, 16)
                heard += [(topic.decode(), batch[2]) for topic, _, batch in again(events, number)]
            assert heard == [("kv@0.0", 0), ("kv@0.1", 1), ("kv@1.0", 0), ("kv@1.1", 1)]
        finally:
            client.app.world.engine(Fleet).close()

    run(scenario, options(ranked))


@pytest.mark.parametrize("latency", ["constant", "mocker"])
def test_metrics_name_ranks_and_add_up_to_what_all_did(latency: str) -> None:
    async def scenario(client: Client) -> None:
        asked = [client.post(CHAT, chat(f"{number} {PROMPT}", max_tokens=10 + number)) for number in range(4)]
        tasks = [asyncio.ensure_future(each) for each in asked]
        await client.wait(0.05)
        running = await scrape(client, "/metrics")
        assert {ENGINE.format(rank): 2 for rank in (0, 1)} == running["vllm:num_requests_running"]
        worker = 'dp_rank="{}",worker_id="{}",worker_type="decode"'
        under_way = await scrape(client, "/dynamo/metrics")
        assert under_way["dynamo_frontend_worker_active_decode_blocks"] == {
            worker.format(rank, instance): 5 for instance in (0, 1) for rank in (0, 1)
        }
        answers = [(await task).json["usage"] for task in tasks]
        found, all_of_it = await scrape(client, "/metrics"), await scrape(client, "/dynamo/metrics")
        assert set(found["vllm:generation_tokens_total"]) == {ENGINE.format(0), ENGINE.format(1)}
        assert sum(found["vllm:generation_tokens_total"].values()) == 10 + 11 + 12 + 13
        assert sum(found["vllm:prompt_tokens_total"].values()) == sum(each["prompt_tokens"] for each in answers)
        for theirs, ours in (
            ("vllm:time_to_first_token_seconds", "time_to_first_token_seconds"),
            ("vllm:inter_token_latency_seconds", "inter_token_latency_seconds"),
            ("vllm:e2e_request_latency_seconds", "request_duration_seconds"),
        ):
            whole = all_of_it[f"dynamo_frontend_{ours}_sum"]['model="some-model"']
            assert sum(found[f"{theirs}_sum"].values()) == pytest.approx(whole)
            assert found[f"{theirs}_count"].keys() == {ENGINE.format(0), ENGINE.format(1)}
        assert all_of_it["dynamo_frontend_output_tokens_total"] == {'model="some-model"': 46}
        assert all_of_it["dynamo_frontend_model_total_kv_blocks"] == {'model="some-model"': 4096}
        told = (await client.get("/kv-cache/metrics")).json["smart_router"]
        assert list(told["workers"]) == ["worker-0-dp0", "worker-0-dp1", "worker-1-dp0", "worker-1-dp1"]
        assert (told["config"]["num_workers"], told["config"]["data_parallel_size"]) == (2, 2)

    run(scenario, options(Machine(latency=latency, workers=2, ranks=2, blocks=4096)))


def test_an_answer_tells_its_rank_and_a_server_as_many_instances_as_workers() -> None:
    async def scenario(client: Client) -> None:
        ids = instances(client.app.world)
        assert len(ids) == 2
        asked = [
            client.post(CHAT, chat(f"{number} {PROMPT}", max_tokens=5, nvext={"extra_fields": ["worker_id"]}))
            for number in range(4)
        ]
        placed = [(await each).json["nvext"]["worker_id"] for each in [asyncio.ensure_future(one) for one in asked]]
        found = {(each["decode_worker_id"], each["decode_dp_rank"]) for each in placed}
        assert found == {(id, rank) for id in ids for rank in (0, 1)}
        assert len((await client.get("/health")).json["instances"]) == 2

    run(scenario, options(dialect="dynamo"))


def test_gpus_are_shared_out_among_ranks_and_tensor_parallel_within_them() -> None:
    world = World(options(gpus=8), data=ROOT / "generated", store=SqliteStore(None))
    gpus = world.engine(Gpus)
    assert [gpu.workers for gpu in gpus.gpus] == [(0,), (0,), (1,), (1,), (2,), (2,), (3,), (3,)]
    assert gpus.profile.tp == 2
    names = [process.name for gpu in gpus.gpus for process in gpus.processes(gpu, 0.0)]
    assert names[2:4] == ["fakeai::worker0_dp1_tp0", "fakeai::worker0_dp1_tp1"]


def test_prefill_workers_are_whole_workers() -> None:
    machine = Machine(latency="mocker", workers=3, prefill_workers=1, ranks=2)

    async def scenario(client: Client) -> None:
        ready = (await client.get("/v1/models/openai/gpt-oss-120b/ready")).json
        assert {kind: each["workers"] for kind, each in ready["namespaces"]["dynamo"]["worker_types"].items()} == {
            "prefill": 1,
            "decode": 2,
        }
        run = client.app.world.engine(Fleet)
        assert [run.hands_over(number) for number in range(6)] == [True, True, False, False, False, False]

    run(scenario, options(machine, dialect="dynamo"))


def test_data_parallel_size_is_a_setting(tmp_path: Path) -> None:
    machine = resolve({"data_parallel_size": 4}, {}, tmp_path).runtime().machine
    assert (machine.ranks, machine.engines) == (4, 16)


def test_a_worker_has_one_number_in_the_journal_the_log_and_spans() -> None:
    async def scenario(client: Client) -> None:
        client.app.world.peers = Peers(Path(), 1, 2, 0.0)  # the second of two processes
        said: list[Any] = []
        client.app.world.lasting(Ends).listen(lambda told: said.append((facts(told), list(spans(told)))))
        await asyncio.gather(*[client.post(CHAT, chat(f"{number} {PROMPT}", max_tokens=5)) for number in range(4)])
        found = [(entry["worker"], entry["dp_rank"]) for entry in map(Entry.shown, client.app.world.engine(Journal))]
        assert sorted(found) == [(2, 0), (2, 1), (3, 0), (3, 1)]
        assert [(fields["worker"], fields["dp_rank"]) for fields, _ in said] == found
        assert f"worker={found[0][0]} dp_rank={found[0][1]} " in text(said[0][0])
        for (_, told), expected in zip(said, found, strict=True):
            named = [(each.attributes["fakeai.worker"], each.attributes["fakeai.dp_rank"]) for each in told]
            assert named == [expected] * 4

    run(scenario, options(journal=10))
