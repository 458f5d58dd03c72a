"""What vLLM's families tell of drafts and of steps."""

import pytest

from fakeai.runtime.cluster.drafts import Drafts
from fakeai.runtime.options import Machine, Options
from tests.inprocess import Client, chat, run
from tests.runtime.test_metrics import CHAT, scrape

NAMES = 'model_name="some-model",engine="0"'
CODE = "const port = 8000;\nlisten(port);\n"


def test_drafts_are_counted_by_pass_and_place() -> None:
    drafts = Drafts()
    drafts.add([0, 1, 1, 1, 2, 3, 3], 4)
    drafts.add([0, 1, 1, 2, 2], 2)  # its client left
    assert (drafts.drafts, drafts.tokens, drafts.accepted) == (3 + 1, 4 * 4, 3 + 1)
    assert drafts.by_place == {0: 3, 1: 1}


@pytest.mark.parametrize("latency", ["constant", "mocker"])
def test_a_prediction_is_counted_as_drafts_that_were_accepted(latency: str) -> None:
    async def scenario(client: Client) -> None:
        asked = chat("Replace 8000 with 9000", prediction={"type": "content", "content": CODE})
        usage = (await client.post(CHAT, asked)).json["usage"]
        await client.post(CHAT, chat("Say something", max_tokens=20))  # without a draft
        found = await scrape(client, "/metrics")
        accepted = found["vllm:spec_decode_num_accepted_tokens_total"][NAMES]
        drafts = found["vllm:spec_decode_num_drafts_total"][NAMES]
        made = usage["completion_tokens"] - usage["completion_tokens_details"]["rejected_prediction_tokens"]
        assert accepted == made - (drafts + 1)  # a pass makes one token besides
        assert 0 < accepted <= usage["completion_tokens_details"]["accepted_prediction_tokens"]
        assert found["vllm:spec_decode_num_draft_tokens_total"] == {NAMES: 4 * drafts}
        places = found["vllm:spec_decode_num_accepted_tokens_per_pos_total"]
        assert sum(places.values()) == accepted
        counts = list(places.values())
        assert counts == sorted(counts, reverse=True)

    run(scenario, Options(machine=Machine(latency=latency, workers=1)))


def test_each_step_is_counted_with_its_tokens() -> None:
    async def scenario(client: Client) -> None:
        usage = (await client.post(CHAT, chat("Hello", max_tokens=10, ignore_eos=True))).json["usage"]
        found = await scrape(client, "/metrics")
        assert found["vllm:iteration_tokens_total_count"] == {NAMES: 10}
        assert found["vllm:iteration_tokens_total_sum"] == {NAMES: usage["prompt_tokens"] + 10}
        assert found["vllm:iteration_tokens_total_bucket"][f'{NAMES},le="1"'] == 9

    run(scenario, Options(machine=Machine(latency="mocker", workers=1)))


def test_steps_that_are_not_shared_are_not_counted() -> None:
    async def scenario(client: Client) -> None:
        await client.post(CHAT, chat("Hello", max_tokens=10))
        assert (await scrape(client, "/metrics"))["vllm:iteration_tokens_total_count"] == {NAMES: 0}

    run(scenario)
