"""LoRA adapters: which there are, when a worker has them, and what is told of them."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fakeai.runtime.cluster.fleet import Fleet
from fakeai.runtime.cluster.profiles import profile
from fakeai.runtime.cluster.slots import Slots
from fakeai.runtime.options import Delay, Machine, Options
from fakeai.settings.sources import resolve
from fakeai.settings.table import SettingError
from tests.inprocess import EPOCH, Client, chat, run
from tests.runtime.test_metrics import scrape

CHAT, LOAD, UNLOAD = "/v1/chat/completions", "/v1/load_lora_adapter", "/v1/unload_lora_adapter"
BASE = "meta-llama/Llama-3.1-8B-Instruct"
PAIR = (("sql", BASE), ("law", BASE))


def options(adapters: Any = PAIR, latency: str = "constant", loads: bool = False, **machine: Any) -> Options:
    made = Machine(latency=latency, workers=1, model=BASE, **machine)
    return Options(ttft=Delay(0.2), itl=Delay(0.01), machine=made, adapters=adapters, loads_adapters=loads)


def test_slots_keep_what_was_used_last_and_what_is_active() -> None:
    slots = Slots(2, 0.5)
    assert [slots.use(name) for name in ("a", "b", "a", "c")] == [0.5, 0.5, 0.0, 0.5]
    assert [name in slots for name in "abc"] == [True, False, True]
    assert slots.use("b", active={"a"}) == 0.5
    assert [name in slots for name in "abc"] == [True, True, False]
    assert slots.has_room("a", {"a", "b"})
    assert not slots.has_room("c", {"a", "b"})
    assert slots.loads == 4


def test_an_adapter_is_listed_after_its_base_and_is_as_that_is() -> None:
    async def scenario(client: Client) -> None:
        shown = {
            "id": "sql", "object": "model", "created": 0, "owned_by": "vllm", "root": "sql", "parent": BASE,
        }  # fmt: skip
        assert (await client.get("/v1/models")).json["data"][-2] == shown
        assert (await client.get("/v1/models/sql")).json == shown
        can = (await client.get("/v1/models/sql/capabilities")).json
        assert can == (await client.get(f"/v1/models/{BASE}/capabilities")).json | {"id": "sql"}
        assert profile(client.app.world, "sql") is profile(client.app.world, BASE)
        answer = await client.post(CHAT, chat(model="sql", max_tokens=3))
        assert (answer.status, answer.json["model"]) == (200, "sql")
        assert (await client.delete("/v1/models/sql")).status == 403

    run(scenario, options())


def test_a_worker_loads_an_adapter_that_it_does_not_hold() -> None:
    async def scenario(client: Client) -> None:
        async def first(model: str) -> float:
            sends = (await client.post(CHAT, chat(model=model, max_tokens=2, stream=True))).sends
            return sends[0][0]

        told = [await first(name) for name in (BASE, "sql", "sql", "law", "sql")]
        assert told == pytest.approx([0.2, 0.3, 0.2, 0.3, 0.3])

    run(scenario, options(adapter_slots=1))


def test_nothing_is_waited_for_where_answers_take_no_time() -> None:
    async def scenario(client: Client) -> None:
        assert (await client.post(CHAT, chat(model="sql", max_tokens=2))).sends[0][0] == 0.0

    run(scenario, replace(options(), ttft=Delay(0.0), itl=Delay(0.0)))


def test_prompts_of_two_adapters_have_no_block_in_common() -> None:
    prompt = "Tell me about queues in detail. " * 12

    async def scenario(client: Client) -> None:
        async def cached(model: str) -> int:
            usage = (await client.post(CHAT, chat(prompt, model=model, max_tokens=2))).json["usage"]
            return int(usage["prompt_tokens_details"]["cached_tokens"])

        assert [await cached(name) for name in (BASE, "sql", "law", "sql")] == [0, 0, 0, 80]

    run(scenario, options())


def test_a_step_has_as_many_adapters_as_there_are_slots_and_is_longer_when_one_comes() -> None:
    async def scenario(client: Client) -> None:
        names = ["sql", "law", "sql", BASE]
        tasks = [
            asyncio.ensure_future(client.post(CHAT, chat(model=name, max_tokens=100, ignore_eos=True)))
            for name in names
        ]
        await client.wait(0.3)
        fleet = client.app.world.engine(Fleet)
        fleet.advance(client.app.world.clock.monotonic())
        assert (fleet.workers[0].requests, fleet.workers[0].waiting) == (4, 1)  # law waits, who came later do not
        found = await scrape(client, "/metrics")
        said = 'max_lora="1",waiting_lora_adapters="law",running_lora_adapters="sql"'
        assert found["vllm:lora_requests_info"] == {said: pytest.approx(EPOCH + 0.3)}
        ends = [(await task).sends[-1][0] for task in tasks]
        assert ends[0] < ends[2] == ends[3] < ends[1]
        assert ends[1] - ends[0] > ends[0] - 0.1  # it is computed alone then
        said = 'max_lora="1",waiting_lora_adapters="",running_lora_adapters=""'
        assert list((await scrape(client, "/metrics"))["vllm:lora_requests_info"]) == [said]

    run(scenario, options(latency="mocker", adapter_slots=1))


def test_requests_of_adapters_share_a_pass_of_their_base() -> None:
    def end(models: list[str]) -> float:
        found: list[float] = []

        async def scenario(client: Client) -> None:
            asked = [client.post(CHAT, chat(model=name, max_tokens=50)) for name in models]
            found.extend([each.sends[-1][0] for each in await asyncio.gather(*asked)])

        run(scenario, options(latency="profile", seconds_per_adapter=0.0))
        return max(found)

    apart, same = end([BASE, "sql", "law"]), end([BASE, BASE, BASE])
    assert apart == pytest.approx(same, rel=0.01)


@pytest.mark.parametrize("is_kept", [False, True])
def test_adapters_are_loaded_and_unloaded_while_the_server_runs(is_kept: bool, tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text(json.dumps({"r": 16, "base_model_name_or_path": "some/base-7b"}))

    async def scenario(client: Client) -> None:
        body = {"lora_name": "law", "lora_path": "/adapters/law"}
        done = await client.post(LOAD, body)
        assert (done.status, done.body) == (200, b"Success: LoRA adapter 'law' added successfully.")
        assert done.headers["content-type"] == "text/plain; charset=utf-8"
        shown = (await client.get("/v1/models")).json["data"][-1]
        assert (shown["id"], shown["root"], shown["parent"], shown["created"]) == (
            "law", "/adapters/law", BASE, int(EPOCH),
        )  # fmt: skip
        again = await client.post(LOAD, body)
        assert (again.status, again.error["type"]) == (400, "InvalidUserInput")
        assert (await client.post(LOAD, body | {"lora_path": str(tmp_path), "load_inplace": True})).status == 200
        assert (await client.get("/v1/models/law")).json["parent"] == "some/base-7b"
        assert (await client.post(CHAT, chat(model="law", max_tokens=2))).status == 200
        gone = await client.post(UNLOAD, {"lora_name": "law"})
        assert (gone.status, gone.body) == (200, b"Success: LoRA adapter 'law' removed successfully.")
        refused = await client.post(CHAT, chat(model="law", max_tokens=2))
        assert (refused.status, refused.error["code"]) == (404, "model_not_found")
        assert (await client.get("/v1/models/law")).status == 404
        found = await scrape(client, "/metrics")  # where it is still counted
        assert found["vllm:generation_tokens_total"] == {'model_name="law",engine="0"': 2}
        missing = await client.post(UNLOAD, {"lora_name": "law"})
        assert (missing.status, missing.error["message"]) == (404, "The lora adapter 'law' cannot be found.")
        assert (await client.post(LOAD, body)).status == 200
        assert (await client.post(CHAT, chat(model="law", max_tokens=2))).status == 200

    run(scenario, replace(options((), loads=True), shared=is_kept))


def test_an_adapter_of_too_high_a_rank_or_with_the_name_of_a_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "adapter_config.json").write_text(json.dumps({"r": 64}))

    async def scenario(client: Client) -> None:
        large = await client.post(LOAD, {"lora_name": "large", "lora_path": str(tmp_path)})
        assert large.error["message"] == "LoRA rank 64 is greater than max_lora_rank 16."
        named = await client.post(LOAD, {"lora_name": BASE, "lora_path": "/x"})
        assert named.error["message"] == f"The lora adapter '{BASE}' has the name of a model."

    run(scenario, options((), loads=True))


def test_nothing_is_loaded_where_that_is_not_allowed() -> None:
    async def scenario(client: Client) -> None:
        for path, body in ((LOAD, {"lora_name": "a", "lora_path": "b"}), (UNLOAD, {"lora_name": "sql"})):
            refused = await client.post(path, body)
            assert (refused.status, refused.error["type"]) == (404, "NotFoundError")
        assert "vllm:lora_requests_info" in await scrape(client, "/metrics")

    async def without(client: Client) -> None:
        assert "vllm:lora_requests_info" not in await scrape(client, "/metrics")

    run(scenario, options())
    run(without)


def test_adapters_are_a_setting(tmp_path: Path) -> None:
    said = resolve({"lora": ("sql=some/base", "law=other"), "max_loras": 2, "lora_load_ms": 50.0}, {}, tmp_path)
    runtime = said.runtime()
    assert runtime.adapters == (("sql", "some/base"), ("law", "other"))
    assert (runtime.machine.adapter_slots, runtime.machine.seconds_per_adapter) == (2, 0.05)
    with pytest.raises(SettingError, match="--lora: 'sql' must be NAME=BASE"):
        resolve({"lora": ("sql",)}, {}, tmp_path).runtime()
