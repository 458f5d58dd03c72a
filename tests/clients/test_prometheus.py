"""A real Prometheus scrapes the GPUs, and answers what NVIDIA's Grafana dashboard 12239 asks."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.clients.prometheus import PROMETHEUS, READY_WITHIN, ask, scraping
from tests.inprocess import ROOT
from tests.process import running

PANELS = (
    "DCGM_FI_DEV_GPU_TEMP{chosen}",
    "avg(DCGM_FI_DEV_GPU_TEMP{chosen})",
    "DCGM_FI_DEV_POWER_USAGE{chosen}",
    "sum(DCGM_FI_DEV_POWER_USAGE{chosen})",
    "DCGM_FI_DEV_SM_CLOCK{chosen} * 1000000",
    "DCGM_FI_DEV_GPU_UTIL{chosen}",
    "DCGM_FI_DEV_FB_USED{chosen}",
    "DCGM_FI_PROF_PIPE_TENSOR_ACTIVE{chosen}",
    "increase(DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION[1m])",
)

pytestmark = pytest.mark.skipif(PROMETHEUS is None, reason="prometheus is not installed (Debian package prometheus)")


def configured(target: int, directory: Path) -> Path:
    """A configuration that scrapes the server at port *target* each second."""
    config = directory / "prometheus.yml"
    job = {
        "job_name": "gpus",
        "scrape_interval": "1s",
        "metrics_path": "/dcgm/metrics",
        "static_configs": [{"targets": [f"127.0.0.1:{target}"]}],
    }
    config.write_text(json.dumps({"scrape_configs": [job]}))
    return config


def test_prometheus_scrapes_the_gpus_and_has_what_the_dashboard_asks_for(tmp_path: Path) -> None:
    with (
        running(ROOT, "--dcgm-gpu-count", "2") as server,
        scraping(configured(server.port, tmp_path), tmp_path) as prometheus,
    ):
        end = time.monotonic() + READY_WITHIN
        while not (up := ask(prometheus, "query", query="up == 1")["result"]) or len(_scraped(prometheus)) < 2:
            assert time.monotonic() < end, ask(prometheus, "targets")
            time.sleep(0.5)
        assert [each["metric"]["job"] for each in up] == ["gpus"]
        chosen = f'{{instance=~"127.0.0.1:{server.port}", gpu=~"0|1"}}'
        for panel in PANELS:
            found = ask(prometheus, "query", query=panel.replace("{chosen}", chosen))["result"]
            assert len(found) == (1 if panel.startswith(("avg", "sum")) else 2), panel
            assert all(float(each["value"][1]) >= 0 for each in found), panel
        for label, values in (("instance", [f"127.0.0.1:{server.port}"]), ("gpu", ["0", "1"])):
            series = {"match[]": "DCGM_FI_DEV_GPU_TEMP"}
            assert ask(prometheus, f"label/{label}/values", **series) == values
        (target,) = ask(prometheus, "targets")["activeTargets"]
        assert (target["health"], target["lastError"]) == ("up", "")
        kinds = ask(prometheus, "metadata", metric="DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION")
        assert [each["type"] for each in kinds["DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"]] == ["counter"]


def _scraped(prometheus: str) -> list[Any]:
    """The scrapes of the last minute."""
    found = ask(prometheus, "query", query="up[1m]")["result"]
    return list(found[0]["values"]) if found else []
