"""Which paths only look at the server: the same for the journal, dashboards, faults, bans and `fakeai top`."""

import json
from typing import Any

from fakeai.runtime.looks import is_look
from fakeai.runtime.options import Options, Security
from fakeai.terminal.top import _paths
from tests.inprocess import ROOT, Client, run

TAGS = {"Admin", "Dashboards", "Documentation", "Health", "Metrics", "Telemetry"}
ELSEWHERE = {"/live", "/v1/health/live", "/v1/health/ready"}  # as Dynamo and NIM have them
METRICS = ("/dcgm/metrics", "/dynamo/metrics", "/kv-cache/metrics", "/metrics", "/prometheus/metrics", "/v1/metrics")
KEYS = {"require_api_key": True, "api_keys": frozenset({"sk-good"})}


def test_what_the_specs_tag_so_are_looks_and_nothing_else() -> None:
    described = json.loads((ROOT / "generated" / "openapi.json").read_text())["paths"]
    tagged = {
        path
        for path, operations in described.items()
        for operation in operations.values()
        if isinstance(operation, dict) and TAGS & set(operation.get("tags", ()))
    }
    assert {path for path in described if is_look(path)} == tagged | ELSEWHERE
    assert not any(is_look(path) for path in ("/documents", "/livestreams", "/metrics-of-mine", "/v1/healthy", "/"))


def test_metrics_are_neither_noted_nor_disturbed_nor_shown() -> None:
    async def scenario(client: Client) -> None:
        await client.post("/_fakeai/faults", {"fault": "internal_error"})
        for path in (*METRICS, "/docs", "/redoc", "/openapi.json", "/dashboard", "/live", "/v1/health/live"):
            assert (await client.get(path)).status == 200, path
        assert (await client.get("/v1/models")).status == 500
        told = (await client.get("/_fakeai/requests")).json
        assert [(each["path"], each["fault"]) for each in told["requests"]] == [("/v1/models", "internal_error")]
        assert [each["path"] for each in (await client.get("/dashboard/data")).json["paths"]] == ["/v1/models"]
        assert rows(_paths((await client.get("/metrics")).json)) == ["/v1/models"]

    run(scenario, Options(journal=10, admin=True))


def test_who_is_shut_out_may_still_ask_for_health_and_metrics() -> None:
    async def scenario(client: Client) -> None:
        for _ in range(5):
            await client.get("/v1/models", headers={"authorization": "Bearer sk-bad"})
        for path in (*METRICS, "/health", "/v1/health/live", "/live"):
            assert (await client.get(path)).status == 200, path
        assert {(await client.get(path)).status for path in ("/docs", "/dashboard", "/v1/models")} == {403}

    run(scenario, Options(security=Security(abuse=True), **KEYS))  # type: ignore[arg-type]


def rows(table: Any) -> list[str]:
    """The first column of a table."""
    return list(table.columns[0].cells)
