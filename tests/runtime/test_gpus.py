"""GPUs: what they show follows from a written schedule of work, to the digit, and from nothing else."""

import asyncio
import math
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakeai.runtime.cluster.activity import KEPT, SLICE, Activity
from fakeai.runtime.cluster.faults import COUNTED, KINDS, LASTING, BadFault
from fakeai.runtime.cluster.fleet import Fleet
from fakeai.runtime.cluster.gpus import Gpus, deal
from fakeai.runtime.cluster.profiles import all_reduced
from fakeai.runtime.options import Options
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.world import World
from tests.inprocess import ROOT

AMBIENT, RESISTANCE, TIME = 24, 0.06, 20  # of the H100
IDLE, SPAN = 70, 630  # W
MODEL_BYTES = 116.8e9 * 4.46 / 8


@dataclass
class Hand:
    """A clock that stands where the test puts it."""

    at: float = 0.0

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at


class Server:
    """GPUs whose work a test writes down."""

    def __init__(self, **options: Any) -> None:
        self.clock = Hand()
        self.world = World(replace(Options(), **options), self.clock, ROOT / "generated", store=SqliteStore(None))
        self.fleet = self.world.engine(Fleet)
        self.gpus = self.world.engine(Gpus)

    def work(self, start: float, end: float, worker: int = 0, **done: Any) -> None:
        self.fleet.activities[worker].add(start, end, **done)

    def at(self, now: float) -> list[dict[str, Any]]:
        self.clock.at = now
        return asyncio.run(self.gpus.values(now))

    def gpu(self, now: float, index: int = 0) -> dict[str, Any]:
        return self.at(now)[index]

    def warmer(self, index: int = 0) -> float:
        return self.gpus.gpus[index].warmer


def heat(from_: float, power: float, seconds: float) -> float:
    """The temperature after *seconds* at a *power*."""
    goal = AMBIENT + RESISTANCE * power
    return goal + (from_ - goal) * math.exp(-seconds / TIME)


def test_an_idle_server_shows_idle_gpus() -> None:
    server = Server()
    shown = server.gpu(1000.0)
    idle = AMBIENT + RESISTANCE * IDLE
    assert {name: shown[name] for name in (
        "utilisation", "engine", "sm", "tensor", "dram", "power", "power_now", "energy", "sm_clock", "memory_clock",
        "temperature", "performance_state", "clock_reasons", "xid", "power_violation", "pcie_sent", "link_bytes",
    )} == {
        "utilisation": 0, "engine": 0, "sm": 0, "tensor": 0, "dram": 0, "power": pytest.approx(70), "power_now": 70,
        "energy": pytest.approx(70_000_000), "sm_clock": 345, "memory_clock": 2619,
        "temperature": round(idle + server.warmer()), "performance_state": 0, "clock_reasons": 1, "xid": 0,
        "power_violation": 0, "pcie_sent": 0, "link_bytes": 0,
    }  # fmt: skip


def test_a_second_of_prompts_is_predicted_to_the_digit() -> None:
    """20,000 tokens in one pass a tenth of a second, from 100.0 to 101.0, on one of four GPUs."""
    server = Server()
    for k in range(10):
        server.work(100 + k / 10, 100.1 + k / 10, prefill=1.0, steps=1, prompt_tokens=2000)
    shown = server.gpu(101.0)
    tensor = 2000 * 2 * 5.13e9 / (989e12 * 0.1)
    used = 1 - (1 - 4 / 128) ** 2000
    routed = (116.8e9 - 5.13e9) / (1 - 4 / 128) * 4.46 / 8
    read = MODEL_BYTES - routed + routed * used + 2000 * 18 * 2 * 8 * 64 * 2
    dram = read / (3.35e12 * 0.1)
    demand = 0.2 + 1.3 * tensor + 0.45 * dram
    power = IDLE + SPAN * demand
    assert max(tensor, dram, demand) < 1
    near = pytest.approx
    assert {name: shown[name] for name in (
        "utilisation", "engine", "sm", "occupancy", "tensor", "dram", "fp64", "power", "energy", "sm_clock",
        "pcie_received", "pcie_sent", "pcie_received_rate", "link_bytes", "clock_reasons", "memory_utilisation",
    )} == {
        "utilisation": 100, "engine": near(1), "sm": near(0.95), "occupancy": near(0.35), "tensor": near(tensor),
        "dram": near(dram), "fp64": 0, "power": near(power), "energy": near((7000 + power) * 1000, abs=1),
        "sm_clock": 1980, "pcie_received": near(20_000 * 4 + 10 * 65_536, abs=2), "pcie_sent": near(10 * 4096, abs=2),
        "pcie_received_rate": near(20_000 * 4 + 10 * 65_536, abs=2), "link_bytes": 0, "clock_reasons": 0,
        "memory_utilisation": round(dram * 100),
    }  # fmt: skip
    idle = AMBIENT + RESISTANCE * IDLE
    assert shown["temperature"] == round(heat(idle, power, 1.0) + server.warmer())
    others = server.at(101.0)[1:]
    assert [each["utilisation"] for each in others] == [0, 0, 0]
    assert [each["power"] for each in others] == [near(70)] * 3


def test_answers_keep_memory_busy_and_tensor_cores_idle() -> None:
    server = Server()
    server.work(0, 10, steps=1000, made_tokens=64_000, read_tokens=64_000_000)
    shown = server.gpu(9.0)
    assert shown["sm"] == pytest.approx(0.75)
    assert shown["tensor"] < 0.15 < 0.5 < shown["dram"] <= 1
    assert 300 < shown["power"] < 600


def test_utilisation_is_the_share_of_the_last_second() -> None:
    server = Server()
    server.work(10.0, 10.3, made_tokens=3)
    for now, share in ((9.9, 0), (10.3, 30), (10.65, 30), (11.05, 25), (11.25, 5), (11.3, 0), (60, 0)):
        assert server.gpu(now)["utilisation"] == share, now


def test_a_gpu_warms_up_and_cools_down_on_its_curve() -> None:
    server, other = Server(), Server()
    for each in (server, other):
        each.work(0, 100, prefill=1.0, steps=100, prompt_tokens=1_500_000)
    power = other.gpu(50.0)["power"]
    idle = AMBIENT + RESISTANCE * IDLE
    warm = [server.gpu(now)["temperature"] for now in (0, 20, 50, 100)]
    assert warm == [round(heat(idle, power, now) + server.warmer()) for now in (0, 20, 50, 100)]
    hot = heat(idle, power, 100)
    cool = [server.gpu(100 + after)["temperature"] for after in (5, 20, 60, 600)]
    assert cool == [round(heat(hot, IDLE, after) + server.warmer()) for after in (5, 20, 60, 600)]
    assert cool[-1] == warm[0]


def test_energy_is_the_integral_of_power_whenever_one_looks() -> None:
    often, once = Server(), Server()
    for server in (often, once):
        for k in range(200):
            server.work(k, k + 0.55, prefill=0.3, steps=20, prompt_tokens=4000, made_tokens=300, read_tokens=1e6)
    looks = [often.gpu(now / 7) for now in range(1400)]
    energies = [each["energy"] for each in looks]
    assert energies == sorted(energies)
    end, alone = often.gpu(200.0), once.gpu(200.0)
    assert {n: v for n, v in end.items() if isinstance(v, int)} == {
        n: v for n, v in alone.items() if isinstance(v, int)
    }
    assert end["energy_joules"] == pytest.approx(alone["energy_joules"], rel=1e-12)


def test_mean_power_of_the_last_second_is_the_difference_of_energy() -> None:
    server = Server()
    server.work(3.14, 5.9, prefill=0.5, steps=40, prompt_tokens=30_000, made_tokens=200)
    for now in (3.5, 4.0, 4.25, 5.85, 6.41):
        second = server.gpu(now)
        before = Server()
        before.work(3.14, 5.9, prefill=0.5, steps=40, prompt_tokens=30_000, made_tokens=200)
        energy = second["energy_joules"] - before.gpu(now - 1)["energy_joules"]
        assert second["power"] == pytest.approx(energy), now


def test_memory_adds_up_and_follows_the_cache() -> None:
    server = Server()
    empty = server.gpu(1.0)
    server.work(1.0, 1.5, made_tokens=10, blocks=10_000)
    full = server.gpu(2.0)
    for shown in (empty, full):
        assert shown["memory_used"] + shown["memory_free"] + shown["memory_reserved"] == shown["memory_total"] == 81_559
    assert empty["memory_used"] == int(MODEL_BYTES / 2**20 + 620 + 1024)
    block = 16 * 18 * 2 * 8 * 64 * 2
    assert full["memory_used"] == int(MODEL_BYTES / 2**20 + 620 + 1024 + 10_000 * block / 2**20)
    assert server.gpu(2.0, 1)["memory_used"] == empty["memory_used"]
    server.work(3.0, 3.1, made_tokens=1, blocks=10**9)
    assert server.gpu(4.0)["memory_free"] in (0, 1)


def test_tensor_parallel_gpus_share_the_work_and_talk_over_nvlink() -> None:
    server = Server(gpus=8)
    assert [gpu.workers for gpu in server.gpus.gpus] == [(0,), (0,), (1,), (1,), (2,), (2,), (3,), (3,)]
    server.work(5, 6, prefill=1.0, steps=4, prompt_tokens=10_000)
    shown = server.at(6.0)
    sent = 10_000 * 2 * 36 * 2 * 1 / 2 * 2880 * 2
    assert all_reduced(server.gpus.profile.architecture, 2) * 10_000 == sent
    assert [each["link_bytes"] for each in shown] == [pytest.approx(sent, abs=1)] * 2 + [0] * 6
    assert shown[0]["link_kib"] == pytest.approx(2 * sent / 1024, abs=2)
    assert [shown[0][f"link_{link}_kib"] for link in range(18)] == [pytest.approx(2 * sent / 18 / 1024, abs=2)] * 18
    assert shown[0]["tensor"] == pytest.approx(10_000 * 2 * 5.13e9 / 2 / 989e12)
    assert shown[0]["memory_used"] == int(MODEL_BYTES / 2 / 2**20 + 620 + 1024)


def test_a_board_without_nvlink_talks_over_pcie() -> None:
    server = Server(gpu_model="L40S", gpus=8)
    assert server.gpus.profile.tp == 2
    server.work(5, 6, prefill=1.0, steps=4, prompt_tokens=10_000)
    shown = server.gpu(6.0)
    assert (shown["link_bytes"], shown["link_kib"], shown["link_crc"]) == (None, None, None)
    assert shown["pcie_sent"] > 10_000 * 2 * 36 * 2880 * 2
    assert server.gpu(60.0)["memory_clock"] == 405
    assert server.gpu(60.0)["performance_state"] == 8


DEALS = {
    (4, 4): [(0,), (1,), (2,), (3,)],
    (8, 4): [(0,), (0,), (1,), (1,), (2,), (2,), (3,), (3,)],
    (6, 4): [(0,), (1,), (2,), (3,), (), ()],
    (2, 4): [(0, 1), (2, 3)],
    (1, 3): [(0, 1, 2)],
    (3, 4): [(0, 1), (2,), (3,)],
}


@pytest.mark.parametrize(("counts", "hands"), DEALS.items())
def test_gpus_are_dealt_in_order(counts: tuple[int, int], hands: list[tuple[int, ...]]) -> None:
    assert deal(*counts) == hands


def test_workers_that_share_a_gpu_add_up_on_it() -> None:
    server = Server(gpus=1, gpu_model="H200")
    server.work(1.0, 2.0, worker=0, steps=10, made_tokens=100, blocks=1000)
    server.work(1.0, 2.0, worker=1, steps=10, made_tokens=300, blocks=500)
    both = server.gpu(2.0)
    assert (both["utilisation"], both["processes"]) == (100, 4)
    processes = server.gpus.processes(server.gpus.gpus[0], 2.0)
    assert [(each.pid, each.share) for each in processes] == [
        (4100, pytest.approx(0.5)), (4101, pytest.approx(0.5)), (4102, 0), (4103, 0)
    ]  # fmt: skip
    assert sum(each.memory for each in processes) == both["memory_used"]
    assert processes[0].memory > processes[1].memory > processes[2].memory == processes[3].memory


def test_processes_tell_their_share_of_the_last_second() -> None:
    server = Server()
    server.work(1.0, 1.4, steps=10, made_tokens=100)
    (process,) = server.gpus.processes(server.gpus.gpus[0], 2.0)
    assert (process.pid, process.name, process.share) == (4100, "fakeai::worker0_tp0", pytest.approx(0.4))


@pytest.mark.parametrize("intensity", ["low", "medium", "high"])
def test_intensity_is_how_much_work_a_token_is(intensity: str) -> None:
    server = Server(workload_intensity=intensity)
    server.work(0, 10, prefill=1.0, steps=10, prompt_tokens=100_000)
    factor = {"low": 0.5, "medium": 1, "high": 1.5}[intensity]
    assert server.gpu(5.0)["tensor"] == pytest.approx(10_000 * 2 * 5.13e9 / 989e12 * factor)
    assert server.gpu(5.0)["utilisation"] == 100


def test_more_power_than_the_limit_slows_the_clock_and_is_counted() -> None:
    server = Server(workload_intensity="high")
    server.work(0, 10, prefill=1.0, steps=100, prompt_tokens=500_000)
    shown = server.gpu(10.0)
    assert (shown["power"], shown["power_now"], shown["clock_reasons"]) == (pytest.approx(700), 700, 4)
    assert shown["power_violation"] == pytest.approx(10e9, rel=1e-6) == shown["slowed"]
    demand = (0.2 + 1.3 * min(1, 5000 * 2 * 5.13e9 * 1.5 / 98.9e12)) + 0.45 * shown["dram"]
    assert shown["sm_clock"] == round(1980 * (1 / demand) ** (1 / 3)) < 1980
    later = server.gpu(30.0)
    assert (later["sm_clock"], later["clock_reasons"]) == (345, 1)
    assert later["power_violation"] == shown["power_violation"]


def test_a_board_that_is_not_cooled_slows_down_by_itself() -> None:
    server = Server()
    server.work(0, 200, prefill=1.0, steps=2000, prompt_tokens=8_000_000)
    server.at(5.0)
    server.gpus.inject(0, "cooling", 2.2, seconds=150)
    temperatures = [server.gpu(float(now))["temperature"] for now in range(5, 200)]
    assert 84 <= max(temperatures) <= 91  # it hunts about the temperature that slows it
    hot = server.gpu(150.0)
    assert hot["thermal_violation"] > 5e9 > hot["power_violation"] == 0
    assert server.gpu(150.0, 1)["thermal_violation"] == 0
    assert server.gpu(400.0)["temperature"] == round(AMBIENT + RESISTANCE * IDLE + server.warmer())


@pytest.mark.parametrize(
    ("reason", "bit"),
    {"power": 4, "thermal": 0x20, "sync_boost": 0x10, "board_limit": 0x80, "reliability": 8, "low_util": 2}.items(),
)
def test_a_throttle_lasts_as_long_as_it_was_told(reason: str, bit: int) -> None:
    server = Server()
    server.work(0, 20, prefill=1.0, steps=200, prompt_tokens=400_000)
    before = server.gpu(5.0)
    server.gpus.inject(0, reason, seconds=4)
    during, after = server.gpu(8.0), server.gpu(12.0)
    assert (before["clock_reasons"], during["clock_reasons"], after["clock_reasons"]) == (0, bit, 0)
    assert during["sm_clock"] < before["sm_clock"] == after["sm_clock"] == 1980
    assert during["power"] == pytest.approx(IDLE + SPAN / 2)
    assert [each[f"{reason}_violation"] for each in (during, after)] == [pytest.approx(3e9), pytest.approx(4e9)]
    assert server.gpu(12.0, 1)["slowed"] == 0


COUNTS = {
    "ecc_single": {"ecc_single": 3, "ecc_single_memory": 3},
    "ecc_single_cache": {"ecc_single": 3, "ecc_single_cache": 3},
    "ecc_double": {"ecc_double": 3, "ecc_double_memory": 3, "row_remap_uncorrectable": 1, "row_remap_pending": 1,
                   "xid": 48, "xid_count": 1, "banks_full": 511, "banks_high": 1, "recovery_action": 1, "health": 20},
    "pcie_replay": {"pcie_replay": 3},
    "nvlink_crc": {"link_crc": 3},
    "nvlink_recovery": {"link_recovery": 3, "xid": 74, "xid_count": 1, "recovery_action": 1, "health": 20},
    "row_remap": {"row_remap": 3, "banks_full": 509, "banks_high": 3},
    "row_remap_failure": {"row_remap_failure": 1, "recovery_action": 1, "health": 20},
    "page_double": {"page_double": 3},
}  # fmt: skip


@pytest.mark.parametrize(("kind", "changed"), COUNTS.items())
def test_a_fault_shows_on_its_board_and_no_other(kind: str, changed: dict[str, int]) -> None:
    server = Server()
    before = server.at(1.0)
    server.gpus.inject(2, kind, 3)
    after = server.at(1.0)
    assert {name: value for name, value in after[2].items() if value != before[2][name]} == changed
    assert (after[0], after[1], after[3]) == (before[0], before[1], before[3])


def test_the_last_xid_is_shown_and_all_are_counted() -> None:
    server = Server()
    server.gpus.inject(0, "xid", 31)
    assert [server.gpu(1.0)[name] for name in ("xid", "xid_count", "health", "recovery_action")] == [31, 1, 10, 0]
    server.gpus.inject(0, "xid", 79)
    assert [server.gpu(1.0)[name] for name in ("xid", "xid_count", "health", "recovery_action")] == [79, 2, 20, 1]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ((9, "xid", 79), "there is no GPU 9; there are 4"),
        ((0, "melting"), "'melting' is not one of xid, row_remap_failure, ecc_single,"),
        ((0, "ecc_single", 0), "ecc_single: 0 is less than 1"),
        ((0, "thermal", 1, -1), "thermal: its value and its seconds must be more than 0"),
    ],
)
def test_a_fault_that_cannot_be_is_refused(fault: tuple[Any, ...], words: str) -> None:
    with pytest.raises(BadFault, match=f"^{words}"):
        Server().gpus.inject(*fault)


def test_two_servers_with_the_same_past_show_the_same() -> None:
    shown = []
    for _ in range(2):
        server = Server(seed=7)
        server.work(1, 3, prefill=0.5, steps=30, prompt_tokens=999, made_tokens=77, blocks=9)
        server.gpus.inject(1, "xid", 13)
        shown.append((server.at(5.5), [(gpu.uuid, gpu.bus, gpu.serial) for gpu in server.gpus.gpus]))
    assert shown[0] == shown[1]
    assert len({gpu[0] for gpu in shown[0][1]}) == 4
    assert [gpu.uuid for gpu in Server(seed=8).gpus.gpus] != [gpu[0] for gpu in shown[0][1]]


def test_what_is_forgotten_has_been_counted() -> None:
    """Three hours of work, which is more than an activity keeps; one server is looked at, one not until the end."""
    looked, kept, blind = Server(), Server(), Server()
    looked.at(0.0)
    blind.fleet.activities[0].before_loss.clear()  # as if its GPUs were made at the first look
    hours = 3 * KEPT * SLICE
    for server in (looked, kept, blind):
        for k in range(3 * KEPT):
            server.work(k / 10, k / 10 + 0.05, prefill=1.0, prompt_tokens=500)
    expected = looked.gpu(hours)
    assert {n: v for n, v in kept.gpu(hours).items() if isinstance(v, int)} == {
        n: v for n, v in expected.items() if isinstance(v, int)
    }
    late = Server()
    late.fleet.activities[0] = blind.fleet.activities[0]
    assert late.fleet.activities[0].losses == 2 * KEPT
    remade = Gpus(late.world)
    energy = asyncio.run(remade.values(hours))[0]["energy_joules"]
    assert energy == pytest.approx(expected["energy_joules"], rel=1e-9)


work = st.fixed_dictionaries({
    "gap": st.floats(0, 40), "length": st.floats(0.001, 3), "prefill": st.floats(0, 1), "steps": st.floats(1, 300),
    "prompt_tokens": st.floats(0, 1e5), "made_tokens": st.floats(0, 1e4), "read_tokens": st.floats(0, 1e8),
    "blocks": st.integers(0, 10**6),
})  # fmt: skip
fault = st.tuples(st.integers(0, 1), st.sampled_from(KINDS), st.floats(1, 4), st.floats(0.1, 30))
RATIOS = ("engine", "sm", "occupancy", "tensor", "dram", "fp16", "fp32", "integer", "fp64", "memory_share")
COUNTERS = (
    "energy", "energy_joules", "pcie_sent", "pcie_received", "link_bytes", "link_kib", "power_violation",
    "thermal_violation", "slowed", "xid_count", "pcie_replay", "ecc_single", "ecc_double", "row_remap", "link_crc",
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(work, st.none() | fault), min_size=1, max_size=12),
    st.sampled_from(["H100", "A100-40GB", "B200", "L40S"]),
    st.sampled_from([1, 2, 4, 9]),
)
def test_whatever_is_done_the_laws_hold(history: list[Any], board: str, count: int) -> None:
    server = Server(gpu_model=board, gpus=count)
    limit, now = server.gpus.board, 0.0
    before = server.at(0.0)
    for done, broken in history:
        start = now + done.pop("gap")
        end = start + done.pop("length")
        server.work(start, end, worker=int(start) % 4, **done)
        if broken and broken[0] < count:
            server.gpus.inject(*broken)
        for look in (start, (start + end) / 2, end, end + 0.3):
            shown = server.at(look)
            for old, new in zip(before, shown, strict=True):
                assert all(0 <= new[name] <= 1 for name in RATIOS)
                assert {name: old[name] for name in COUNTERS if new[name] is not None and new[name] < old[name]} == {}
                assert new["memory_used"] + new["memory_free"] + new["memory_reserved"] == new["memory_total"]
                assert new["memory_free"] >= 0
                assert limit.idle_power - 1e-6 <= new["power"] <= limit.power_limit + 1e-6
                assert limit.ambient <= new["temperature"] <= 400
                assert limit.idle_clock <= new["sm_clock"] <= limit.clock
                assert 0 <= new["utilisation"] <= 100
            before = shown
        now = end + 0.3
    cold = server.at(now + 36_000)
    assert all(each["utilisation"] == 0 and each["power"] == pytest.approx(limit.idle_power) for each in cold)
    rest = limit.ambient + limit.resistance * limit.idle_power
    assert all(rest - 0.6 <= each["temperature"] <= rest + 3.6 for each in cold)


def test_every_kind_of_fault_is_counted_or_lasts() -> None:
    assert set(KINDS) == {"xid", "row_remap_failure", *COUNTED, *LASTING}


def test_an_activity_gives_its_slices_in_order() -> None:
    activity = Activity()
    activity.add(0.05, 0.25, steps=2)
    activity.add(1.0, 1.0, steps=1, blocks=7)
    numbers = [number for number, _ in activity.between(0, 99)]
    assert numbers == [0, 1, 2, 10]
    assert [number for number, _ in activity.between(2, 10**9)] == [2, 10]
    assert [number for number, _ in activity.between(1, 3)] == [1, 2]
    assert (activity.held(9), activity.held(10), activity.held(99)) == (0, 7, 7)
    assert sum(done.steps for _, done in activity.between(0, 11)) == pytest.approx(3)
