"""The GPUs over HTTP: dcgm-exporter's text and our JSON, which tell what the simulated machine did."""

import re
from dataclasses import replace
from typing import Any

import jsonschema_rs
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from fakeai.runtime.cluster.fleet import Fleet
from fakeai.runtime.cluster.gpus import Gpus
from fakeai.runtime.options import Delay, Options
from fakeai.settings.sources import resolve
from tests.inprocess import ROOT, STEADY, Answer, Client, chat, run

FIELDS: list[dict[str, Any]] = yaml.safe_load((ROOT / "specs/catalog/dcgm.yaml").read_text())
NAMES = {row[column] for row in FIELDS for column in ("id", "name")}
GRAFANA = (  # what the panels and variables of NVIDIA's dashboard 12239 ask for
    "DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_POWER_USAGE", "DCGM_FI_DEV_SM_CLOCK", "DCGM_FI_DEV_GPU_UTIL",
    "DCGM_FI_DEV_FB_USED", "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE",
)  # fmt: skip
ENABLED = """
SM_CLOCK MEM_CLOCK MEMORY_TEMP GPU_TEMP POWER_USAGE TOTAL_ENERGY_CONSUMPTION PCIE_REPLAY_COUNTER GPU_UTIL MEM_COPY_UTIL
ENC_UTIL DEC_UTIL XID_ERRORS FB_FREE FB_USED FB_RESERVED NVLINK_BANDWIDTH_TOTAL VGPU_LICENSE_STATUS
UNCORRECTABLE_REMAPPED_ROWS CORRECTABLE_REMAPPED_ROWS ROW_REMAP_FAILURE
""".split()  # of dcgm-exporter's default counters, besides those of profiling
PROFILED = "GR_ENGINE_ACTIVE PIPE_TENSOR_ACTIVE DRAM_ACTIVE PCIE_TX_BYTES PCIE_RX_BYTES".split()
COUNTERS = {"TOTAL_ENERGY_CONSUMPTION", "PCIE_REPLAY_COUNTER", "NVLINK_BANDWIDTH_TOTAL",
            "UNCORRECTABLE_REMAPPED_ROWS", "CORRECTABLE_REMAPPED_ROWS"}  # fmt: skip
QUIET = Options(ttft=Delay(0.2), itl=Delay(0.01))


def samples(answer: Answer) -> dict[str, list[float]]:
    """{name: value of each GPU}, as prometheus_client reads them."""
    assert (answer.status, answer.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    found: dict[str, list[float]] = {}
    for family in text_string_to_metric_families(answer.body.decode()):
        for sample in family.samples:
            name = sample.name if sample.name in NAMES else sample.name.removesuffix("_total")  # which it adds
            found.setdefault(name, []).append(sample.value)
    return found


def test_a_scrape_is_written_as_dcgm_exporter_writes() -> None:
    async def scenario(client: Client) -> None:
        lines = (await client.get("/dcgm/metrics")).body.decode().splitlines()
        gpu = client.app.world.engine(Gpus).gpus[0]
        assert re.fullmatch(r"GPU-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", gpu.uuid)
        labels = (
            f'gpu="0",UUID="{gpu.uuid}",pci_bus_id="00000000:1B:00.0",device="nvidia0",'
            'modelName="NVIDIA H100 80GB HBM3",Hostname="fakeai",DCGM_FI_DRIVER_VERSION="570.172.08"'
        )
        assert lines[:3] == [
            "# HELP DCGM_FI_DEV_SM_CLOCK Clock of the streaming multiprocessors (in MHz).",
            "# TYPE DCGM_FI_DEV_SM_CLOCK gauge",
            f"DCGM_FI_DEV_SM_CLOCK{{{labels}}} 345",
        ]
        assert f"DCGM_FI_DEV_POWER_USAGE{{{labels}}} 70.000000" in lines
        assert f"DCGM_FI_PROF_PIPE_TENSOR_ACTIVE{{{labels}}} 0.000000" in lines

    run(scenario)


def test_there_are_more_than_a_hundred_fields_for_each_gpu_in_groups() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.get("/dcgm/metrics")
        found = samples(answer)
        assert len(found) > 150
        assert {len(values) for values in found.values()} == {4}
        names = [line.split("{")[0] for line in answer.body.decode().splitlines() if line[0] != "#"]
        assert names == [row["id"] for row in FIELDS for _ in range(4)]
        types = dict(line.split()[2:] for line in answer.body.decode().splitlines() if line.startswith("# TYPE"))
        assert types == {row["id"]: row["type"] for row in FIELDS}
        expected = {f"DCGM_FI_DEV_{name}": "counter" if name in COUNTERS else "gauge" for name in ENABLED}
        expected |= {f"DCGM_FI_PROF_{name}": "gauge" for name in PROFILED}
        assert {name: types.get(name) for name in expected} == expected
        assert set(GRAFANA) <= set(found)

    run(scenario)


def test_names_and_labels_are_as_settings_say() -> None:
    async def scenario(client: Client) -> None:
        answer = await client.get("/dcgm/metrics")
        assert [*samples(answer)] == [row["name"] for row in FIELDS]
        assert b',hostname="fakeai",' in answer.body
        assert b"Hostname" not in answer.body

    run(scenario, replace(QUIET, dcgm_names="4.5", dcgm_hostname_label="hostname", gpus=1))


@pytest.mark.parametrize("label", ["Hostname", "hostname"])
def test_the_label_of_the_host_is_written_as_it_was_given(label: str) -> None:
    settings = resolve({"dcgm_hostname_label": label}, {"FAKEAI_DCGM_NAMES": "4.5"}, ROOT / "docs")
    assert (settings.runtime().dcgm_hostname_label, settings.runtime().dcgm_names) == (label, "4.5")


def test_each_field_has_one_number_and_both_names() -> None:
    for column in ("id", "number", "name"):
        assert len({row[column] for row in FIELDS}) == len(FIELDS)


@pytest.mark.parametrize(
    ("board", "name", "count"), [("L40S", "NVIDIA L40S", 0), ("A100-40GB", "NVIDIA A100-SXM4-40GB", 12)]
)
def test_what_a_board_has_not_is_left_out(board: str, name: str, count: int) -> None:
    async def scenario(client: Client) -> None:
        answer = await client.get("/dcgm/metrics")
        found = samples(answer)
        links = [each for each in found if re.fullmatch(r"DCGM_FI_DEV_NVLINK_BANDWIDTH_L\d+", each)]
        assert (len(links), "DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL" in found) == (count, count > 0)
        assert f'modelName="{name}"'.encode() in answer.body
        assert len(found) > 100

    run(scenario, replace(QUIET, gpu_model=board))


def test_a_chat_shows_on_the_gpu_of_its_worker_and_then_it_cools_down() -> None:
    async def scenario(client: Client) -> None:
        idle = samples(await client.get("/dcgm/metrics"))
        answer = await client.post("/v1/chat/completions", chat(max_tokens=300, ignore_eos=True, min_tokens=300))
        assert answer.json["usage"]["completion_tokens"] == 300
        busy = samples(await client.get("/dcgm/metrics"))
        utils = busy["DCGM_FI_DEV_GPU_UTIL"]
        assert sorted(utils) == [0, 0, 0, 100]
        at = utils.index(100)
        for name in ("DEV_POWER_USAGE", "DEV_GPU_TEMP", "DEV_SM_CLOCK", "DEV_FB_USED", "PROF_DRAM_ACTIVE"):
            assert busy[f"DCGM_FI_{name}"][at] > idle[f"DCGM_FI_{name}"][at], name
        worker = client.app.world.engine(Fleet).workers[at]
        made = sum(done.made_tokens for _, done in worker.activity.between(0, 10**6))
        assert made == pytest.approx(300, abs=1.01)  # the last one ends with the answer
        await client.wait(600)
        cold = samples(await client.get("/dcgm/metrics"))
        for name in ("DEV_POWER_USAGE", "DEV_GPU_TEMP", "DEV_SM_CLOCK", "DEV_GPU_UTIL", "PROF_DRAM_ACTIVE"):
            assert cold[f"DCGM_FI_{name}"] == idle[f"DCGM_FI_{name}"], name
        energy = cold["DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"]
        assert energy[at] > energy[at - 1] > 70 * 600_000

    run(scenario)


def test_the_json_has_its_schema_and_the_numbers_of_the_text() -> None:
    components = yaml.safe_load((ROOT / "specs/fakeai/dcgm.yaml").read_text())["components"]
    schema = jsonschema_rs.Draft202012Validator({"$ref": "#/components/schemas/GpuReport", "components": components})

    async def scenario(client: Client) -> None:
        world = client.app.world
        world.engine(Fleet).workers[1].activity.add(0.5, 3.0, prefill=0.5, steps=20, prompt_tokens=9000, made_tokens=99)
        world.engine(Gpus).inject(1, "ecc_single", 5)
        await client.wait(3.0)
        report, text = (await client.get("/dcgm/metrics/json")).json, samples(await client.get("/dcgm/metrics"))
        assert [*report] == ["gpu_0", "gpu_1", "gpu_2", "gpu_3"]
        for index, each in enumerate(report.values()):
            schema.validate(each)
            assert {
                "DCGM_FI_DEV_GPU_UTIL": each["gpu_utilization_pct"],
                "DCGM_FI_DEV_GPU_TEMP": each["temperature_c"],
                "DCGM_FI_DEV_POWER_USAGE": each["power_usage_w"],
                "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION": each["total_energy_mj"],
                "DCGM_FI_DEV_FB_USED": each["memory_used_mib"],
                "DCGM_FI_DEV_ECC_SBE_VOL_TOTAL": each["ecc_sbe_total"],
                "DCGM_FI_DEV_CLOCK_THROTTLE_REASONS": each["throttle_reasons"],
            } == {name: text[name][index] for name in (
                "DCGM_FI_DEV_GPU_UTIL", "DCGM_FI_DEV_GPU_TEMP", "DCGM_FI_DEV_POWER_USAGE",
                "DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "DCGM_FI_DEV_FB_USED", "DCGM_FI_DEV_ECC_SBE_VOL_TOTAL",
                "DCGM_FI_DEV_CLOCK_THROTTLE_REASONS",
            )}  # fmt: skip
        worked = report["gpu_1"]
        assert (worked["gpu_utilization_pct"], worked["ecc_sbe_total"]) == (100, 5)
        assert worked["power_p99"] > worked["power_p50"] > 70
        assert worked["temp_p99"] > worked["temp_p50"] > report["gpu_0"]["temp_p50"] - 3
        assert worked["processes"] == [
            {"pid": 4101, "name": "fakeai::worker1_tp0", "memory_mib": worked["memory_used_mib"], "sm_pct": 100.0}
        ]

    run(scenario)


def test_a_scrape_needs_no_key_and_changes_nothing() -> None:
    async def scenario(client: Client) -> None:
        first, second = await client.get("/dcgm/metrics"), await client.get("/dcgm/metrics")
        assert (first.status, first.body) == (200, second.body)

    run(scenario, replace(STEADY, require_api_key=True))
