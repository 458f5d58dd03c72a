"""KV events over ZeroMQ: what is published is what the caches do, in vLLM's form, and can be had again."""

import re
import time
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgpack
import pytest
import zmq

from fakeai.runtime.cluster.blocks import chained, own_hashes, seed_of
from fakeai.runtime.cluster.fleet import Fleet
from fakeai.runtime.cluster.kv_events import KvEvents, Line
from fakeai.runtime.options import Delay, Events, Machine, Options
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World
from fakeai.settings.sources import resolve
from fakeai.settings.table import SettingError
from tests.inprocess import EPOCH, Client, chat, run

PROMPT = "Tell me about KV cache routing, in ten sentences, each of which says one thing and says it well."
END = [b"", b"\xff" * 8, b""]


@contextmanager
def socket(kind: int, endpoint: str) -> Iterator["zmq.Socket[bytes]"]:
    with zmq.Context() as context, context.socket(kind) as opened:
        opened.linger = 0
        opened.rcvtimeo = 10_000
        if kind == zmq.SUB:
            opened.subscribe(b"")
        opened.connect(endpoint)
        yield opened


def again(events: KvEvents, worker: int = 0, start: int = 0) -> list[tuple[bytes, int, Any]]:
    """What the replay socket of *worker* sends from batch *start* on: topic, number, batch."""
    found = []
    with socket(zmq.DEALER, events.lines[worker].replay_endpoint) as asking:
        asking.send_multipart((b"", start.to_bytes(8, "big")))
        while (frames := asking.recv_multipart()[1:]) != END:
            found.append((frames[0], int.from_bytes(frames[1], "big"), msgpack.unpackb(frames[2])))
    return found


def events_of(client: Client) -> KvEvents:
    events = client.app.world.engine(Fleet).events
    assert events
    return events


def sent(events: KvEvents, worker: int = 0, batches: int = 1) -> list[Any]:
    """The events of *worker*, waited for until there are so many batches."""
    deadline = time.monotonic() + 10
    while events.lines[worker].sent < batches and time.monotonic() < deadline:
        time.sleep(0.001)
    return [event for _, _, batch in again(events, worker) for event in batch[1]]


def machine(
    blocks: int = 4096, workers: int = 1, latency: str = "constant", model: str = "some-model", **events: Any
) -> Options:
    told = Events("tcp://127.0.0.1:0", "tcp://127.0.0.1:0", **events)
    simulated = Machine(latency=latency, workers=workers, blocks=blocks, model=model, events=told)
    return Options(ttft=Delay(0.2), itl=Delay(0.01), machine=simulated)


@pytest.mark.parametrize("latency", ["constant", "mocker"])
def test_a_chat_is_published_with_the_tokens_of_its_blocks_and_what_they_follow(latency: str) -> None:
    async def scenario(client: Client) -> None:
        events = events_of(client)
        try:
            await client.post("/v1/chat/completions", chat(PROMPT, max_tokens=64, seed=1))
            await client.wait(1)
            prompt, answer = sent(events, batches=2)
            own = own_hashes(array("I", prompt["token_ids"]), 16)
            assert prompt == {
                "type": "BlockStored",
                "block_hashes": chained(own),
                "parent_block_hash": None,
                "token_ids": prompt["token_ids"],
                "block_size": 16,
                "lora_id": None,
                "medium": "GPU",
                "lora_name": None,
            }
            assert len(prompt["token_ids"]) == 16 * len(own) == 16
            more = own_hashes(array("I", answer["token_ids"]), 16)
            assert answer["parent_block_hash"] == prompt["block_hashes"][-1]
            assert answer["block_hashes"] == chained(more, prompt["block_hashes"][-1])
            assert len(more) == 4
            later = again(events)[1][2][0]
            assert later > EPOCH
            assert [(topic, number, batch[0], batch[2]) for topic, number, batch in again(events)] == [
                (b"", 0, EPOCH, 0),
                (b"", 1, later, 0),
            ]
            await client.post("/v1/chat/completions", chat(PROMPT, max_tokens=64, seed=1))
            assert events.lines[0].sent == 2
        finally:
            client.app.world.engine(Fleet).close()

    run(scenario, machine(latency=latency))


def test_blocks_of_another_model_are_those_of_an_adapter() -> None:
    async def scenario(client: Client) -> None:
        fleet = client.app.world.engine(Fleet)
        try:
            await client.post("/v1/chat/completions", chat(PROMPT, max_tokens=1))
            (stored,) = sent(events_of(client))
            own = own_hashes(array("I", stored["token_ids"]), 16, seed_of("some-model"))
            assert (stored["lora_name"], stored["block_hashes"]) == ("some-model", chained(own))
        finally:
            fleet.close()

    run(scenario, machine(model="another/model"))


def test_the_fields_of_an_event_stand_in_order_where_an_array_is_asked_for() -> None:
    async def scenario(client: Client) -> None:
        fleet, events = client.app.world.engine(Fleet), events_of(client)
        try:
            await client.post("/v1/chat/completions", chat(PROMPT, max_tokens=1))
            (stored,) = sent(events)
            fleet.clear(client.app.world.clock.monotonic())
            cleared = sent(events, batches=2)[1]
            assert stored == ["BlockStored", stored[1], None, stored[3], 16, None, "GPU", None]
            assert stored[1] == chained(own_hashes(array("I", stored[3]), 16))
            assert cleared == ["AllBlocksCleared"]
            assert again(events)[0][0] == b"kv@pod-0@some-model"
            assert len(fleet.prefixes) == 0
        finally:
            fleet.close()

    run(scenario, machine(form="array", topic="kv@pod-{worker}@some-model"))


def test_blocks_that_make_room_are_removed() -> None:
    async def scenario(client: Client) -> None:
        events = events_of(client)
        try:
            for number in range(4):
                await client.post("/v1/chat/completions", chat(f"Number {number}. {PROMPT}", max_tokens=1))
            await client.wait(10)
            found = sent(events, batches=7)
            have: set[int] = set()
            for event in found:
                if event["type"] == "BlockStored":
                    have.update(event["block_hashes"])
                else:
                    assert set(event) == {"type", "block_hashes", "medium"}
                    have -= set(event["block_hashes"])
            assert [event["type"] for event in found].count("BlockRemoved") == 3
            assert have == set(client.app.world.engine(Fleet).prefixes)
        finally:
            client.app.world.engine(Fleet).close()

    run(scenario, machine(blocks=4))


def test_subscribers_hear_what_happens_from_the_first_event_on() -> None:
    async def scenario(client: Client) -> None:
        events = events_of(client)
        try:
            with socket(zmq.SUB, events.lines[1].endpoint) as heard:
                time.sleep(0.3)  # a subscription is known when it has arrived
                for number in range(8):
                    await client.post("/v1/chat/completions", chat(f"Number {number}. {PROMPT}", max_tokens=1))
                assert sent(events, 1)
                expected = again(events, 1)
                for topic, number, batch in expected:
                    frames = heard.recv_multipart()
                    assert frames[:2] == [topic, number.to_bytes(8, "big")]
                    assert msgpack.unpackb(frames[2]) == batch
        finally:
            client.app.world.engine(Fleet).close()

    run(scenario, machine(workers=2))


def test_a_replay_starts_where_it_is_asked_to_and_has_what_is_kept() -> None:
    async def scenario(client: Client) -> None:
        events = events_of(client)
        try:
            for number in range(8):
                await client.post("/v1/chat/completions", chat(f"Number {number}. {PROMPT}", max_tokens=1))
            sent(events, batches=8)
            assert [number for _, number, _ in again(events)] == [3, 4, 5, 6, 7]
            assert [number for _, number, _ in again(events, start=6)] == [6, 7]
            assert again(events, start=8) == []
            with socket(zmq.DEALER, events.lines[0].replay_endpoint) as asking:
                asking.send_multipart((b"", b"no number"))
                asking.send_multipart((b"", (8).to_bytes(8, "big")))
                assert asking.recv_multipart()[1:] == END
        finally:
            client.app.world.engine(Fleet).close()

    run(scenario, machine(buffer=5))


def test_a_long_prompt_is_told_in_parts() -> None:
    async def scenario(client: Client) -> None:
        events = events_of(client)
        try:
            await client.post("/v1/chat/completions", chat(PROMPT * 500, max_tokens=1))
            parts = sent(events, batches=2)
            assert [len(part["block_hashes"]) for part in parts[:-1]] == [512] * (len(parts) - 1)
            parents = [part["parent_block_hash"] for part in parts]
            assert parents == [None, *(part["block_hashes"][-1] for part in parts[:-1])]
            ids = array("I", [each for part in parts for each in part["token_ids"]])
            assert chained(own_hashes(ids, 16)) == [each for part in parts for each in part["block_hashes"]]
        finally:
            client.app.world.engine(Fleet).close()

    run(scenario, machine(blocks=16_384))


def test_what_is_kept_is_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fakeai.runtime.cluster.kv_events.KEPT_BYTES", 100)
    with zmq.Context() as context:
        line = Line(0, 1, Events("tcp://127.0.0.1:0", buffer=6), context)
        for size in (30, 30, 30, 30, 5, 5, 90):
            line.send(b"x" * size)
        assert [(number, len(batch)) for number, batch in line.kept] == [(4, 5), (5, 5), (6, 90)]
        line.publisher.close(linger=0)


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("tcp://*", "a port is missing, as in tcp://*:5557"),
        ("tcp://*:free", "a port is missing, as in tcp://*:5557"),
        ("carrier-pigeon://coop", "Protocol not supported"),
    ],
)
def test_an_address_that_cannot_be_used_says_why(address: str, reason: str) -> None:
    options = Options(machine=Machine(events=Events(address)))
    with pytest.raises(OSError, match=re.escape(f"{address}: {reason}")):
        Fleet(World(options, store=SqliteStore(None)))


def test_each_worker_has_a_port_of_its_own_and_all_connect_to_the_same_name() -> None:
    with zmq.Context() as context:
        first = Line(0, 1, Events("tcp://127.0.0.1:0"), context)
        port = int(first.endpoint.rpartition(":")[2])
        third = Line(2, 1, Events(f"tcp://*:{port - 3}"), context)
        assert third.endpoint == f"tcp://0.0.0.0:{port - 1}"
        connected = [Line(number, 1, Events(f"tcp://localhost:{port}"), context) for number in range(2)]
        assert [line.endpoint for line in connected] == [f"tcp://localhost:{port}"] * 2
        context.destroy(linger=0)


def test_settings_that_cannot_be_used_say_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    def events(**flags: Any) -> Events | None:
        return resolve(flags, {}, tmp_path).runtime().machine.events

    assert events() is None
    assert events(kv_events="tcp://*:5557", kv_events_form="array") == Events("tcp://*:5557", form="array")
    with pytest.raises(SettingError, match="--workers is 1 then"):
        events(kv_events="tcp://*:5557", workers=2)
    monkeypatch.setattr("fakeai.settings.settings.find_spec", lambda name: None)
    with pytest.raises(SettingError, match=r"pip install 'fakeai\[kv-events\]'"):
        events(kv_events="tcp://*:5557")
