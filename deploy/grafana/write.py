"""Write Grafana's dashboards from what is said here: `make docs`."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "dashboards"
SCHEMA = 39  # of Grafana 11
WIDTH = 24  # columns of a dashboard
SOURCE = {"type": "prometheus", "uid": "${source}"}
RATE = "$__rate_interval"


@dataclass(frozen=True)
class Panel:
    """One panel: each of its queries is an expression and how its series are called."""

    title: str
    queries: tuple[tuple[str, str], ...]
    unit: str = "short"
    about: str = ""
    kind: str = "timeseries"  # or stat, gauge
    width: int = 8
    most: float | None = None
    stacked: bool = False
    limits: tuple[float, float] | None = None  # from which it is yellow, and red


@dataclass(frozen=True)
class Dashboard:
    """Rows of panels; *choices* are variables, whose values are those of a label of a metric."""

    uid: str
    title: str
    about: str
    choices: tuple[tuple[str, str, str], ...]  # name, metric, label
    rows: tuple[tuple[str, tuple[Panel, ...]], ...] = field(default=())


def stat(title: str, expression: str, unit: str = "short", about: str = "", **more: Any) -> Panel:
    """One number, large."""
    return Panel(title, ((expression, ""),), unit, about, "stat", 4, **more)


def lines(title: str, *queries: tuple[str, str], unit: str = "short", about: str = "", **more: Any) -> Panel:
    """Lines over time."""
    return Panel(title, queries, unit, about, **more)


def rate(metric: str, by: str = "", where: str = "") -> str:
    """How much of a counter there is a second, summed up *by* labels."""
    chosen, grouped = f"{{{where}}}" if where else "", f" by ({by})" if by else ""
    return f"sum{grouped} (rate({metric}{chosen}[{RATE}]))"


def quantiles(title: str, metric: str, unit: str = "s", by: str = "", where: str = "", about: str = "") -> Panel:
    """Percentiles of a histogram over time."""
    labels = f"le, {by}" if by else "le"
    called = f" {{{{{by}}}}}" if by else ""
    shares = ((0.5, "p50"), (0.9, "p90"), (0.99, "p99"))
    queries = [
        (f"histogram_quantile({share}, {rate(f'{metric}_bucket', labels, where)})", name + called)
        for share, name in shares
    ]
    return lines(title, *queries, unit=unit, about=about)


MODEL = 'model=~"$model"'
VLLM = 'model_name=~"$model"'
CALLS = "fakeai_requests_total"
FAILED = 'status=~"5.."'

FAKEAI = Dashboard(
    "fakeai",
    "FakeAI",
    "Calls, latencies, streams, models and costs of a FakeAI server.",
    (("model", "fakeai_model_requests_total", "model"), ("endpoint", CALLS, "endpoint")),
    (
        ("At a glance", (
            stat("Calls a second", rate(CALLS), "reqps"),
            stat("Calls that fail", f"({rate(CALLS, where=FAILED)} or vector(0)) / {rate(CALLS)}", "percentunit", most=1, limits=(0.01, 0.05)),
            stat("Open streams", "fakeai_active_streams"),
            stat("Tokens made a second", rate("vllm:generation_tokens_total", where=VLLM), about="Of all answers, streamed or not."),
            stat("First token, p99", f"histogram_quantile(0.99, {rate('vllm:time_to_first_token_seconds_bucket', 'le', VLLM)})", "s", limits=(1, 2)),
            stat("Cost an hour", f"sum(rate(fakeai_model_cost_usd_total{{{MODEL}}}[{RATE}])) * 3600", "currencyUSD", "What all that is over has cost, by the prices of the catalog."),
        )),
        ("Calls", (
            lines("Calls by endpoint", (rate(CALLS, "endpoint", 'endpoint=~"$endpoint"'), "{{endpoint}}"), unit="reqps", stacked=True),
            lines("Answers by status", (rate(CALLS, "status", 'endpoint=~"$endpoint"'), "{{status}}"), unit="reqps", stacked=True, about="499: the client left before the end."),
            quantiles("How long calls take", "fakeai_request_duration_seconds", where='endpoint=~"$endpoint"'),
            lines("Errors of the last minute", ("fakeai_errors_per_second", "{{endpoint}}"), unit="reqps"),
            lines("Bytes answered", (rate("fakeai_response_bytes_total", "endpoint", 'endpoint=~"$endpoint"'), "{{endpoint}}"), unit="Bps", stacked=True),
            lines("Open connections", ("fakeai_active_streams", "streams"), ("fakeai_websockets", "WebSockets")),
        )),
        ("Tokens", (
            quantiles("Time to first token", "vllm:time_to_first_token_seconds", where=VLLM),
            quantiles("Time between tokens", "vllm:inter_token_latency_seconds", where=VLLM),
            quantiles("Whole requests", "vllm:e2e_request_latency_seconds", where=VLLM),
            lines("Tokens a second", (rate("fakeai_model_tokens_total", "type", MODEL), "{{type}}"), stacked=True),
            lines("Streams", (rate("fakeai_streams_total", "outcome"), "{{outcome}}"), unit="reqps", about="That ended a second, or were cut off."),
            lines("Tokens a second of a stream", ('fakeai_stream_tokens_per_second{quantile="0.5"}', "p50"), ('fakeai_stream_tokens_per_second{quantile="0.99"}', "p99"), about="After its first token, since the start."),
        )),
        ("Models", (
            lines("Requests by model", (rate("fakeai_model_requests_total", "model", MODEL), "{{model}}"), unit="reqps", stacked=True),
            lines("Tokens by model", (rate("fakeai_model_tokens_total", "model", MODEL), "{{model}}"), stacked=True),
            lines("Cost by model", (f"sum by (model) (increase(fakeai_model_cost_usd_total{{{MODEL}}}[1h]))", "{{model}}"), unit="currencyUSD", about="In the last hour."),
            lines("Refused, or left by clients", (rate("fakeai_model_errors_total", "model", MODEL), "{{model}}"), unit="reqps"),
            lines("Latency by model, p99", (f'fakeai_model_latency_milliseconds{{{MODEL}, quantile="0.99"}}', "{{model}}"), unit="ms", about="Since the start."),
            lines("Models by endpoint", (rate("fakeai_model_endpoint_requests_total", "endpoint, model", MODEL), "{{model}} {{endpoint}}"), unit="reqps", stacked=True),
        )),
        ("Engine, as vLLM tells it", (
            lines("Requests", (f"sum(vllm:num_requests_running{{{VLLM}}})", "running"), (f"sum(vllm:num_requests_waiting{{{VLLM}}})", "waiting")),
            lines("KV cache in use", ("max(vllm:kv_cache_usage_perc)", "held"), unit="percentunit", most=1),
            lines("Prompts found in the cache", (f"{rate('vllm:prefix_cache_hits_total', where=VLLM)} / {rate('vllm:prefix_cache_queries_total', where=VLLM)}", "share of tokens"), unit="percentunit", most=1),
            quantiles("Waiting", "vllm:request_queue_time_seconds", where=VLLM),
            quantiles("Prefill", "vllm:request_prefill_time_seconds", where=VLLM),
            quantiles("Decode", "vllm:request_decode_time_seconds", where=VLLM),
            lines("Why answers end", (rate("vllm:request_success_total", "finished_reason", VLLM), "{{finished_reason}}"), unit="reqps", stacked=True),
            quantiles("Tokens of prompts", "vllm:request_prompt_tokens", "short", where=VLLM),
            quantiles("Tokens of answers", "vllm:request_generation_tokens", "short", where=VLLM),
        )),
    ),
)  # fmt: skip

F, R = "dynamo_frontend_", "dynamo_component_router_"
DYNAMO = Dashboard(
    "fakeai-dynamo",
    "Dynamo",
    "Frontend, router and workers of an NVIDIA Dynamo deployment.",
    (("model", f"{F}requests_started_total", "model"), ("worker", f"{F}worker_active_decode_blocks", "worker_id")),
    (
        ("At a glance", (
            stat("Requests a second", rate(f"{F}requests_total", where=MODEL), "reqps"),
            stat("Under way", f"sum({F}inflight_requests{{{MODEL}}})"),
            stat("Without a token yet", f"sum({F}queued_requests{{{MODEL}}})"),
            stat("Tokens a second", rate(f"{F}output_tokens_total", where=MODEL)),
            stat("First token, p99", f"histogram_quantile(0.99, {rate(f'{F}time_to_first_token_seconds_bucket', 'le', MODEL)})", "s", limits=(1, 2)),
            stat("Cache hit rate", f"{rate(f'{R}kv_hit_rate_sum')} / {rate(f'{R}kv_hit_rate_count')}", "percentunit", most=1),
        )),
        ("Frontend", (
            lines("Requests by model", (rate(f"{F}requests_total", "model, status", MODEL), "{{model}} {{status}}"), unit="reqps", stacked=True),
            lines("Requests by kind", (rate(f"{F}requests_started_total", "request_type", MODEL), "{{request_type}}"), unit="reqps", stacked=True),
            lines("Under way", (f"sum by (model) ({F}inflight_requests{{{MODEL}}})", "{{model}}"), stacked=True),
            quantiles("Time to first token", f"{F}time_to_first_token_seconds", where=MODEL),
            quantiles("Time between tokens", f"{F}inter_token_latency_seconds", where=MODEL),
            quantiles("Whole requests", f"{F}request_duration_seconds", where=MODEL),
            quantiles("Tokens of prompts", f"{F}input_sequence_tokens", "short", where=MODEL),
            quantiles("Tokens of answers", f"{F}output_sequence_tokens", "short", where=MODEL),
            lines("Answers whose client left", (f"{F}disconnected_clients", "since the start")),
        )),
        ("Router", (
            lines("Share of a prompt that its worker had", (f"{rate(f'{R}kv_hit_rate_sum')} / {rate(f'{R}kv_hit_rate_count')}", "mean"), unit="percentunit", most=1),
            lines("Cached tokens a second", (rate(f"{R}kv_best_eligible_cached_prefix_tokens_total", where=MODEL), "that the best worker had"), (rate(f"{R}kv_selected_cached_prefix_tokens_total", where=MODEL), "that the chosen one had")),
            lines("Chosen although another had more", (rate(f"{R}non_max_overlap_selections_total"), "requests"), unit="reqps"),
            lines("Events of caches", (rate("dynamo_component_kv_cache_events_applied", "event_type"), "{{event_type}}"), about="That the router took in, a second."),
            quantiles("From handing over to the first token", "dynamo_request_plane_roundtrip_ttft_seconds"),
            lines("Workers that it knows", (f"sum({R}worker_registered)", "workers")),
        )),
        ("Workers", (
            lines("Blocks of running requests", (f'{F}worker_active_decode_blocks{{worker_id=~"$worker"}}', "worker {{worker_id}}")),
            lines("Prompt tokens yet to compute", (f'{F}worker_active_prefill_tokens{{worker_id=~"$worker"}}', "worker {{worker_id}}")),
            lines("First token of the last request", (f'{F}worker_last_time_to_first_token_seconds{{worker_id=~"$worker"}}', "worker {{worker_id}}"), unit="s"),
            lines("Time between its tokens", (f'{F}worker_last_inter_token_latency_seconds{{worker_id=~"$worker"}}', "worker {{worker_id}}"), unit="s"),
            lines("Its prompt", (f'{F}worker_last_input_sequence_tokens{{worker_id=~"$worker"}}', "worker {{worker_id}}"), about="Tokens of the request that ended last."),
            lines("Up for", ("dynamo_component_uptime_seconds", "deployment"), unit="s"),
        )),
    ),
)  # fmt: skip

D, P = "DCGM_FI_DEV_", "DCGM_FI_PROF_"
GPU = 'gpu=~"$gpu"'


def each(metric: str, factor: str = "") -> tuple[str, str]:
    """A line for each GPU."""
    return f"{metric}{{{GPU}}}{factor}", "GPU {{gpu}}"


DCGM = Dashboard(
    "fakeai-dcgm",
    "GPUs (DCGM)",
    "GPUs as NVIDIA's dcgm-exporter shows them.",
    (("gpu", f"{D}GPU_UTIL", "gpu"),),
    (
        ("At a glance", (
            stat("GPUs", f"count({D}GPU_UTIL{{{GPU}}})"),
            stat("Busy", f"avg({D}GPU_UTIL{{{GPU}}})", "percent", most=100),
            stat("Power", f"sum({D}POWER_USAGE{{{GPU}}})", "watt"),
            stat("Hottest", f"max({D}GPU_TEMP{{{GPU}}})", "celsius", limits=(80, 85)),
            stat("Memory in use", f"sum({D}FB_USED{{{GPU}}}) / sum({D}FB_TOTAL{{{GPU}}})", "percentunit", most=1),
            stat("Energy of an hour", f"sum(increase({D}TOTAL_ENERGY_CONSUMPTION{{{GPU}}}[1h])) / 3.6e9", "kwatth"),
        )),
        ("What they do", (
            lines("Busy", each(f"{D}GPU_UTIL"), unit="percent", most=100),
            lines("Multiprocessors", each(f"{P}SM_ACTIVE"), unit="percentunit", most=1),
            lines("Tensor cores", each(f"{P}PIPE_TENSOR_ACTIVE"), unit="percentunit", most=1),
            lines("Memory moves", each(f"{P}DRAM_ACTIVE"), unit="percentunit", most=1),
            lines("Memory in use", each(f"{D}FB_USED"), unit="decmbytes"),
            lines("Memory that is free", each(f"{D}FB_FREE"), unit="decmbytes"),
        )),
        ("Power and heat", (
            lines("Power", each(f"{D}POWER_USAGE"), (f"min({D}POWER_MGMT_LIMIT{{{GPU}}})", "limit"), unit="watt"),
            lines("Heat", each(f"{D}GPU_TEMP"), unit="celsius"),
            lines("Heat of the memory", each(f"{D}MEMORY_TEMP"), unit="celsius"),
            lines("Clock", each(f"{D}SM_CLOCK", " * 1000000"), unit="hertz"),
            lines("Held down by the power limit", (f"rate({D}POWER_VIOLATION{{{GPU}}}[{RATE}]) / 1e9", "GPU {{gpu}}"), unit="percentunit", most=1, about="Share of the time."),
            lines("Held down by heat", (f"rate({D}THERMAL_VIOLATION{{{GPU}}}[{RATE}]) / 1e9", "GPU {{gpu}}"), unit="percentunit", most=1, about="Share of the time."),
        )),
        ("Traffic", (
            lines("Sent over NVLink", each(f"{P}NVLINK_TX_BYTES"), unit="Bps"),
            lines("Sent over PCIe", each(f"{P}PCIE_TX_BYTES"), unit="Bps"),
            lines("Received over PCIe", each(f"{P}PCIE_RX_BYTES"), unit="Bps"),
        )),
        ("Errors", (
            lines("Last XID", each(f"{D}XID_ERRORS")),
            lines("Bit errors", (f"{D}ECC_SBE_VOL_TOTAL{{{GPU}}}", "GPU {{gpu}}, one bit"), (f"{D}ECC_DBE_VOL_TOTAL{{{GPU}}}", "GPU {{gpu}}, two bits"), about="Since the start."),
            lines("Rows remapped", (f"{D}CORRECTABLE_REMAPPED_ROWS{{{GPU}}}", "GPU {{gpu}}, corrected"), (f"{D}UNCORRECTABLE_REMAPPED_ROWS{{{GPU}}}", "GPU {{gpu}}, not corrected")),
        )),
    ),
)  # fmt: skip

DASHBOARDS = {"fakeai.json": FAKEAI, "dynamo.json": DYNAMO, "dcgm.json": DCGM}


def files() -> dict[str, str]:
    """{file name: text} of every dashboard."""
    return {name: json.dumps(_dashboard(said), indent=1) + "\n" for name, said in DASHBOARDS.items()}


def _dashboard(said: Dashboard) -> dict[str, Any]:
    return {
        "uid": said.uid,
        "title": said.title,
        "description": said.about,
        "tags": ["fakeai"],
        "schemaVersion": SCHEMA,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "5s",
        "time": {"from": "now-15m", "to": "now"},
        "links": [{"type": "dashboards", "tags": ["fakeai"], "title": "FakeAI", "asDropdown": False, "keepTime": True}],
        "templating": {"list": [_source(), *(_choice(*choice) for choice in said.choices)]},
        "panels": list(_panels(said)),
    }


def _source() -> dict[str, Any]:
    return {"name": "source", "label": "Data source", "type": "datasource", "query": "prometheus", "hide": 0}


def _choice(name: str, metric: str, label: str) -> dict[str, Any]:
    query = f"label_values({metric}, {label})"
    return {
        "name": name, "label": name.capitalize(), "type": "query", "datasource": SOURCE, "definition": query,
        "query": {"query": query, "refId": name}, "refresh": 2, "multi": True, "includeAll": True, "allValue": ".*",
        "current": {"text": ["All"], "value": ["$__all"]}, "sort": 1,
    }  # fmt: skip


def _panels(said: Dashboard) -> Any:
    """Panels from left to right, below a head for each row."""
    y = number = 0
    for title, panels in said.rows:
        number += 1
        yield {"id": number, "type": "row", "title": title, "collapsed": False, "panels": [],
               "gridPos": {"x": 0, "y": y, "w": WIDTH, "h": 1}}  # fmt: skip
        x, y = 0, y + 1
        height = 4 if panels[0].kind == "stat" else 8
        for panel in panels:
            if x + panel.width > WIDTH:
                x, y = 0, y + height
            number += 1
            place = {"x": x, "y": y, "w": panel.width, "h": height}
            yield {"id": number, "gridPos": place, **_panel(panel)}
            x += panel.width
        y += height


def _panel(panel: Panel) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.limits:
        steps += [
            {"color": colour, "value": value} for colour, value in zip(("yellow", "red"), panel.limits, strict=True)
        ]
    defaults: dict[str, Any] = {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}}
    if panel.most is not None:
        defaults["max"] = panel.most
    options: dict[str, Any]
    if panel.kind == "stat":
        options = {"reduceOptions": {"calcs": ["lastNotNull"]}, "graphMode": "area", "colorMode": "value"}
    else:
        stacking = {"mode": "normal" if panel.stacked else "none"}
        defaults["custom"] = {"lineWidth": 1, "fillOpacity": 30 if panel.stacked else 8, "showPoints": "never",
                              "stacking": stacking}  # fmt: skip
        options = {"legend": {"displayMode": "table", "placement": "bottom", "calcs": ["mean", "max"]},
                   "tooltip": {"mode": "multi", "sort": "desc"}}  # fmt: skip
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": options,
        "targets": [
            {"refId": chr(ord("A") + at), "datasource": SOURCE, "expr": expression, "legendFormat": legend or "__auto"}
            for at, (expression, legend) in enumerate(panel.queries)
        ],
    }


if __name__ == "__main__":
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
