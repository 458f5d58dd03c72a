"""How long models take: profiles from the catalog, held to what was measured and to what must be so."""

from typing import Any

import pytest
import yaml

from fakeai.runtime.catalog import Catalog
from fakeai.runtime.clock import FixedClock
from fakeai.runtime.cluster.architectures import Architectures
from fakeai.runtime.cluster.boards import Boards, NoSuchBoard
from fakeai.runtime.cluster.profiles import Profile, profile
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World
from tests.inprocess import EPOCH, ROOT

# The profiles of FakeAI 0.3, and those that its README names.
PROMISED = """
gpt-4 gpt-4-turbo gpt-4-turbo-preview gpt-4o gpt-4o-mini gpt-3.5-turbo gpt-3.5-turbo-16k openai/gpt-oss-120b
gpt-oss-120b openai/gpt-oss-20b gpt-oss-20b
deepseek-ai/DeepSeek-R1 deepseek-ai/DeepSeek-R1-Distill-Qwen-32B deepseek-v3 mixtral-8x7b
mixtral-8x22b claude-3-opus-20240229 claude-3-sonnet-20240229 claude-3-haiku-20240307 meta-llama/Llama-2-7b-chat-hf
meta-llama/Llama-2-13b-chat-hf meta-llama/Llama-2-70b-chat-hf meta-llama/Llama-3.1-8B-Instruct
meta-llama/Llama-3.1-70B-Instruct meta-llama/Llama-3.1-405B-Instruct mistralai/Mistral-7B-Instruct-v0.2
mistralai/Mixtral-8x7B-Instruct-v0.1 gemini-pro gemini-pro-vision command-r command-r-plus
nvidia/llama-3.1-nemotron-70b-instruct 01-ai/Yi-34B-Chat Qwen/Qwen2-7B-Instruct Qwen/Qwen2-72B-Instruct
microsoft/Phi-3-mini-4k-instruct microsoft/Phi-3-medium-4k-instruct meta-llama/Llama-3-8B-Instruct
meta-llama/Llama-3.2-3B-Instruct claude-3-5-sonnet-20240620
""".split()
BOARDS = "A100-40GB A100-80GB H100-80GB H200-141GB B100-192GB B200-180GB GB200-186GB L40S-48GB".split()


def world(**tables: Any) -> World:
    made = World(None, FixedClock(EPOCH), ROOT / "generated", store=SqliteStore(None))
    made.catalog.update(tables)
    return made


def of(model: str, gpu: str = "H100", tp: int = 1) -> Profile:
    return profile(world(), model, gpu, tp)


@pytest.mark.parametrize("model", PROMISED)
def test_every_model_that_was_promised_has_a_row(model: str) -> None:
    found = world().engine(Architectures).find(model)
    assert (found.id in world().engine(Architectures).rows, bool(found.source)) == (True, True)


def test_there_are_more_than_a_hundred_profiles_each_with_its_source() -> None:
    rows = world().engine(Architectures).rows
    assert len(rows) > 100
    assert all(row.source for row in rows.values())


# What somebody measured, in ms: the model, the GPUs, the context, and a token of one stream (vLLM unless said).
MEASURED = (
    ("meta-llama/Llama-3.1-8B-Instruct", "H100", 1, 300, 6.48),  # yobitelcomm.github.io/bench, a sweep on one H100
    ("meta-llama/Llama-3.1-8B-Instruct", "A100-40GB", 1, 1088, 13.3),  # johnmusgrave.com, 75 tokens/s on one A100
)


@pytest.mark.parametrize(("model", "gpu", "tp", "context", "itl"), MEASURED)
def test_a_token_takes_what_was_measured(model: str, gpu: str, tp: int, context: int, itl: float) -> None:
    assert of(model, gpu, tp).decode(1, context) * 1000 == pytest.approx(itl, rel=0.05)


def test_a_short_prompt_takes_what_was_measured() -> None:
    """14.0 ms for the first token of a short chat on one H100 (yobitelcomm.github.io/bench)."""
    assert of("meta-llama/Llama-3.1-8B-Instruct").prefill(100) * 1000 == pytest.approx(14, rel=0.1)


def test_a_roofline_can_be_worked_out_by_hand() -> None:
    """Llama 3.1 70B on four H100: 80 layers, 70.55 billion weights of 16 bits, 8 heads of 128 of keys and values."""
    made = of("meta-llama/Llama-3.1-70B-Instruct", tp=4)
    weights = 70.55e9 * 2 / (4 * 3.35e12 * 0.85)
    layers, hops = 80 * 20e-6, 2 * 80 * 10e-6
    arithmetic = 2 * 70.55e9 / (4 * 989e12 * 0.5)
    shared = 2 * 80 * 2 * 3 / 4 * 8192 * 2 / (450e9 * 0.7)
    kv = 80 * 2 * 8 * 128 * 2
    assert made.kv_bytes_per_token == kv == 327_680
    step = 0.2e-3 + layers + hops + weights
    assert made.decode(3, 5000) == pytest.approx(
        step + 3 * (15e-6 + arithmetic + shared) + 5000 * kv / (4 * 3.35e12 * 0.7)
    )
    pair = 2 * 80 * 64 * 128 / (4 * 989e12 * 0.4)
    prompt = step + 2e-3 + 3 * layers + 1000 * (arithmetic + shared) + 1000 * (1000 + 2 * 500) * pair
    assert made.prefill(1000, cached=500) == pytest.approx(prompt)
    assert made.kv_tokens == int((4 * 81559 * 2**20 * 0.9 - 70.55e9 * 2) / kv)


@pytest.mark.parametrize("board", BOARDS)
@pytest.mark.parametrize("model", ["meta-llama/Llama-3.1-8B-Instruct", "openai/gpt-oss-120b", "deepseek-v3", "gpt-4o"])
def test_more_work_takes_longer_and_nothing_takes_no_time(model: str, board: str) -> None:
    for tp in (1, 2, 4, 8):
        made = of(model, board, tp)
        assert 0 < made.prefill(1) < made.prefill(1000) < made.prefill(1000, 1000) + 1e-9 <= made.prefill(8000)
        assert 0 < made.decode(1, 1000) <= made.decode(1, 9000) < made.decode(64, 9000)
        assert made.kv_tokens > 1000
        assert made.tp >= tp


def test_a_cached_prefix_saves_most_of_the_first_token() -> None:
    for model in ("meta-llama/Llama-3.1-8B-Instruct", "meta-llama/Llama-3.1-70B-Instruct", "openai/gpt-oss-120b"):
        made = of(model)
        assert 0.6 < 1 - made.prefill(16, 1984) / made.prefill(2000) < 0.95, model


def test_better_gpus_and_more_of_them_are_faster() -> None:
    paces = [of("llama-3.1-70b", gpu, 4).decode(1, 1000) for gpu in ("L40S", "A100", "H100", "H200", "B200")]
    assert paces == sorted(paces, reverse=True)
    paces = [of("llama-3.1-70b", "H200", tp).decode(1, 1000) for tp in (1, 2, 4, 8)]
    assert paces == sorted(paces, reverse=True)


def test_weights_that_do_not_fit_get_more_gpus() -> None:
    assert [of(model).tp for model in ("llama-3.1-8b", "llama-3.1-70b", "llama-3.1-405b", "deepseek-v3")] == [
        1,
        4,
        8,
        16,
    ]


def test_a_batch_of_a_mixture_reads_more_experts_than_one_sequence() -> None:
    made = of("openai/gpt-oss-120b")
    assert made.read_weights(1) == pytest.approx(5.13e9 * 4.46 / 8)
    assert made.read_weights(1) < made.read_weights(8) < made.read_weights(64) < made.weights_bytes
    assert made.read_weights(10_000) == pytest.approx(made.weights_bytes)
    dense = of("llama-3.1-8b")
    assert dense.read_weights(1) == dense.read_weights(64) == dense.weights_bytes


def test_a_hosted_model_takes_what_its_maker_takes_on_any_gpu() -> None:
    for gpu, tp in (("H100", 1), ("A100", 8)):
        made = of("gpt-4o-2024-08-06", gpu, tp)
        assert made.prefill(2000) == pytest.approx(0.45 + 2000 / 20_000)
        assert made.decode(1, 100_000) == pytest.approx(0.0076)
        assert made.decode(21, 0) == pytest.approx(0.0076 * 1.1)


def test_what_was_measured_comes_before_what_is_worked_out() -> None:
    row = {"id": "mine", "source": "a calibration", "measured": [
        {"gpu": "H100-80GB", "tp": 2, "prefill": [0.01, 1e-4, 1e-9], "decode": [0.02, 1e-5, 1e-8], "source": "run 7"}
    ]}  # fmt: skip
    here = world(latency=[*world().catalog["latency"], row])
    made = profile(here, "mine", "H100", 2)
    assert (made.prefill(1000), made.decode(2, 1000)) == (
        pytest.approx(0.01 + 0.1 + 1e-3), pytest.approx(0.02 + 2e-5 + 1e-5)
    )  # fmt: skip
    assert (made.source, made.weights_bytes) == ("run 7", pytest.approx(2 * 8.03e9))
    assert profile(here, "mine", "H100", 1).source != "run 7"


NAMES = {
    "llama-3.1-8b": "meta-llama/Llama-3.1-8B-Instruct",
    "meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo": "meta-llama/Llama-3.1-8B-Instruct",
    "ft:gpt-4o-mini:org::id": "gpt-4o-mini",
    "gpt-5.2-codex": "gpt-5",
    "gpt-4-0613": "gpt-4",
    "claude-3-5-sonnet-20241022": "claude-3-5-sonnet",
    "claude-opus-4-6": "claude-opus-4",
    "Qwen/Qwen3-30B-A3B-Thinking-2507": "Qwen/Qwen3-30B-A3B",
    "gemini-2.5-flash-lite": "gemini-2.5-flash-lite",
    "deepseek-ai/DeepSeek-V3.2": "deepseek-ai/DeepSeek-V3",
}


@pytest.mark.parametrize(("name", "row"), NAMES.items())
def test_a_name_finds_its_row(name: str, row: str) -> None:
    assert of(name).model == row


SIZES = {  # an unknown name, and the billions of parameters that there are and that a token uses
    "acme/thing-7b-chat": (7, 7),
    "acme-0.5b": (0.5, 0.5),
    "acme-8x7b": (46.48, 12.88),
    "acme-120b-a12b": (120, 12),
    "acme/thing": (8.03, 8.03),
    "web2b2c": (8.03, 8.03),
}


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_an_unknown_model_is_as_large_as_its_name_says(name: str, size: tuple[float, float]) -> None:
    made = of(name).architecture
    assert (made.parameters / 1e9, made.active / 1e9) == pytest.approx(size)


def test_every_model_of_the_catalog_that_makes_text_has_a_profile_in_good_bounds() -> None:
    here = world()
    for id in here.engine(Catalog).rows:
        made = profile(here, id)
        assert 0.002 < made.prefill(500) < 3, id
        assert made.decode(1, 500) < 0.05, id


def test_a_gpu_is_found_by_all_its_names() -> None:
    boards = world().engine(Boards)
    assert boards.ids == [*BOARDS[:4], "B200-180GB", "B100-192GB", *BOARDS[6:]]
    h100 = boards.find("H100-80GB")
    assert h100 == boards.find("h100") == boards.find("NVIDIA H100 80GB HBM3")
    assert (h100.link_bandwidth, h100.pcie_bandwidth, h100.fp16) == (450e9, 64e9, 989e12)
    with pytest.raises(NoSuchBoard, match="there is no GPU 'H10'; the catalog has A100-40GB, A100-80GB"):
        boards.find("H10")


def test_boards_at_their_limit_stay_below_the_temperature_that_slows_them() -> None:
    for row in yaml.safe_load((ROOT / "specs/catalog/gpus.yaml").read_text()):
        board = world().engine(Boards).find(row["id"])
        settled = board.ambient + board.resistance * board.power_limit
        assert 58 <= settled <= board.slowdown - 15, board.id
