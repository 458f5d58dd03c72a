"""Write the reference pages from the source: `make docs`."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import fakeai_generator.behaviors as behaviors
import fakeai_generator.catalog as catalog
from fakeai.cli import SECTIONS
from fakeai.runtime.clock import FixedClock
from fakeai.runtime.cluster.architectures import Architectures
from fakeai.runtime.cluster.profiles import profile
from fakeai.runtime.store.sqlite import SqliteStore
from fakeai.runtime.telemetry import dynamo, families, nim, otel, vllm
from fakeai.runtime.telemetry.exposition import Family
from fakeai.runtime.world import World
from fakeai.settings.table import SETTINGS, Setting

DOCS = Path(__file__).parent
PLACES = {"method": "stands on `{}`", "body": "wants a JSON body: {}", "path": "wants path parameters: {}"}


def pages() -> dict[str, str]:
    """{file name: text} of every page that is written from the source."""
    return {
        "settings.md": _settings(),
        "behaviors.md": _behaviors(),
        "models.md": _models(),
        "metrics.md": _metrics(),
        "latency.md": _latency(),
        "gpus.md": _gpus(),
    }


def _settings() -> str:
    text = (
        "# Settings\n\n"
        "A flag of `fakeai serve` comes before an environment variable, that before the configuration file, that before\n"
        "the default. The file is the one named by `--config-file`, else `fakeai.toml`, `fakeai.yaml`, `fakeai.yml` or\n"
        "`fakeai.json` in the working directory; its keys are the names in small letters without `FAKEAI_`, or the nested\n"
        "form in sections (`[generation]`, `ttft_ms = 20`). `Not built yet` means that the setting is accepted and says so\n"
        "at start, and changes nothing.\n"
    )
    for section, title in SECTIONS.items():
        rows = [_setting(setting) for setting in SETTINGS if setting.section == section]
        text += f"\n## {title}\n\n" + _table(("Flag", "Variable", "Default", "What it does"), rows)
    return text


def _setting(setting: Setting) -> tuple[str, ...]:
    flags = ", ".join(f"`{flag}`" for flag in setting.options)
    variables = ", ".join(f"`{variable}`" for variable in setting.variables)
    default = ",".join(setting.default) if isinstance(setting.default, tuple) else setting.default
    shown = "" if default in (None, "") else f"`{str(default).lower() if setting.kind == 'flag' else default}`"
    waits = f" Not built yet: {setting.waits}." if setting.waits else ""
    return flags, variables, shown, setting.help + waits


def _behaviors() -> str:
    mistakes: list[str] = []
    known = behaviors.load([DOCS.parent / "behaviors"], mistakes)
    assert not mistakes, mistakes
    text = (
        "# Behaviors\n\n"
        "What an operation can be told to do with `x-fakeai` in its spec or overlay. An operation has one behavior of the\n"
        "stage `answer`, named by `use`; others come from `x-fakeai-defaults` and `plus`. Stages run in this order:\n"
        f"{', '.join(behaviors.STAGES)}.\n"
    )
    for stage in behaviors.STAGES:
        for behavior in sorted((b for b in known.values() if b.stage == stage), key=lambda b: b.name):
            text += f"\n## {behavior.name}\n\nStage `{stage}`. {behavior.summary}\n"
            facts = [PLACES[key].format(value) for key, value in behavior.on.items()]
            facts += [f"gives `{behavior.gives}`"] if behavior.gives else []
            facts += [f"takes `{name}`" for name in behavior.takes]
            text += f"It {', '.join([*facts, f'calls `{behavior.calls}`'])}.\n"
            rows = [_parameter(name, schema, behavior) for name, schema in _properties(behavior).items()]
            text += ("\n" + _table(("Parameter", "Kind", "Default", "Meaning"), rows)) if rows else ""
    return text


def _models() -> str:
    mistakes: list[str] = []
    rows = catalog.tables(DOCS.parent, mistakes)["models"]
    assert not mistakes, mistakes
    text = (
        "# Models\n\n"
        "What the server knows of models, from `specs/catalog/models/`. Any other name answers, too: what it can do is\n"
        "guessed from the name (`embed`, `thinking`, `gpt-oss`, `o3` ...), and it has no limits. With `--strict-models` it is\n"
        "refused, and so is a model at an endpoint that it does not serve. A dated name of a known model\n"
        "(`gpt-4o-2031-01-01`) and a tuned one (`ft:gpt-4o:...`) are as the model that they come from.\n\n"
        "A prompt or an answer that is larger than what is written here is refused, as OpenAI refuses it, unless\n"
        "`--no-enable-context-validation` is given. Text that a model thinks is *visible* (`reasoning_content`) or *hidden*,\n"
        "which is only counted. Prices are US dollars for a million tokens in / cached / out. `GET\n"
        "/v1/models/{model}/capabilities` tells all of it. An empty cell is not known, or not what the model does.\n\n"
        "A model of your own is a row in a file of that folder, perhaps `like` one above it; then `fakeai generate`.\n"
    )
    for owner in dict.fromkeys(map(_maker, rows)):
        text += f"\n## {owner}\n\n"
        columns = (
            "Model",
            "Context",
            "Output",
            "Takes",
            "Gives",
            "Reasoning",
            "Efforts",
            "Endpoints",
            "Prices",
            "Cutoff",
        )
        text += _table(columns, [_model(row) for row in rows if _maker(row) == owner])
    return text


METRICS = """# Metrics

Every number is read off the same simulated fleet and the same tally of calls: counters and distributions since the
start, rates over the last minute (or since the start, when that is not so long ago), and requests that are under way as
far as they have come. Streams count like everything else; a client that leaves has got what was sent until then.
Percentiles are within one percent; counts, sums and buckets of histograms are exact.

| Path | What it tells |
| --- | --- |
| `/metrics` | Calls, answers, tokens and errors at each path, as JSON. With `Accept: text/plain` or `application/openmetrics-text`, as Prometheus sends it: FakeAI's own families and vLLM's. |
| `/metrics/prometheus`, `/prometheus/metrics` | The same text, whatever is accepted. AIPerf finds the second by itself. |
| `/metrics/csv` | Rates and latencies of each path. |
| `/metrics/stream` | A WebSocket: all at once when it opens (`historical_data`), then a `metrics_update` every second. |
| `/metrics/by-model`, `/metrics/by-model/{model}`, `/metrics/by-model/prometheus` | Tokens, latencies, errors, costs, endpoints and users of each model. |
| `/metrics/compare?model1=...&model2=...` | One model against another. |
| `/metrics/ranking?metric=...&limit=...` | Models by `request_count`, `latency`, `error_rate`, `cost` or `tokens`. |
| `/metrics/costs` | What all that is over has cost, by model and tool, as the [ledger](usage.md) says; with `--data`, earlier servers' too. All other costs are the same. |
| `/metrics/multi-dimensional` | Requests of each model by endpoint, by user (what may be seen of a key) and by hour. |
| `/metrics/rate-limits`, and below it `tier`, `throttle-analytics`, `abuse-patterns`, `key/{key}` | What rate limits did to keys, where `--rate-limit-enabled` is on. |
| `/kv-cache/metrics` | What prompts found in the workers' caches, and each worker's cache. |
| `/dynamo/metrics`, `/dynamo/metrics/json` | The fleet in Dynamo's families, and latencies, throughput, queue and batch as JSON. |
| `/v1/metrics` | The fleet in the families of NIM 1.x. |
| `/dcgm/metrics`, `/dcgm/metrics/json` | The GPUs ([more](gpus.md)). |
| `/health/detailed` | `degraded` when more than 5 % of the answers of the last minute are errors, `unhealthy` above 10 %. |

A client of `/metrics/stream` says `{"type": "subscribe", "filters": {...}}` with `endpoint`, `model` and `metric_type`
(each one name, or several as `endpoints` and so on; types are `throughput`, `latency`, `errors`, `streaming`, `models` and
`fleet`) and `interval`, 0.1 to 3600 seconds. `unsubscribe` takes all of it back, `ping` is answered with `pong`.

At most 1,000 paths and 256 models are told apart, and 1,000 users of each model; the rest are `others`. A stream that is
cut off has the status 499, a WebSocket 101. With `--workers N` any process tells
what all did ([how](processes.md)).

Prometheus, alerts and Grafana's dashboards are in `deploy/` ([how](deploy.md)); spans and GenAI metrics go to OpenTelemetry
([how](tracing.md)); `fakeai top` shows the same [in the terminal](terminal.md).
"""

LEFT_OUT = """
Left out is what a simulation cannot know or does not do, rather than made up: `dynamo_tokio_*` and
`dynamo_frontend_event_loop_*` (Rust's runtime), `dynamo_transport_tcp_*` and the rest of `dynamo_request_plane_*` (no
request plane lies between frontend and workers), `dynamo_frontend_tokeniz*`, `detokenize_*`, `template_seconds` and
`stage_*` (times of a real preprocessor), `dynamo_router_overhead_*` (times of a real router), `dynamo_frontend_router_*`
(the router admits all and queues nothing), `images_`, `videos_`, `audio_` and `image_tokens_per_request`, the shared cache,
the approximate cache (KV events tell what is there), and `..._zmq_ingress_*` and `active_sequence_ingress_*` (one router).
"""


def _metrics() -> str:
    text = METRICS
    for title, found, note in (
        ("FakeAI's own families", families.SERVER, ""),
        ("Each model", families.MODELS, ""),
        (
            "vLLM",
            vllm.FAMILIES,
            "\nAn engine is a data-parallel rank of all workers together: 0 where workers have none.\n",
        ),
        ("NVIDIA NIM 1.x", nim.FAMILIES, ""),
        ("NVIDIA Dynamo 1.6", dynamo.FAMILIES, LEFT_OUT),
    ):
        rows = [_family(each) for each in found]
        text += f"\n## {title}\n{note}\n" + _table(("Name", "Type", "Labels", "What it is", "Buckets"), rows)
    sent = [
        (f"`{name}`", unit, about, " ".join(f"{edge:.15g}" for edge in edges))
        for name, unit, about, edges in otel.HISTOGRAMS
    ]
    text += "\n## OpenTelemetry\n\nHistograms that `--otel-endpoint` sends ([how](tracing.md)).\n\n"
    return text + _table(("Name", "Unit", "What it is", "Buckets"), sent)


def _family(family: Family) -> tuple[str, ...]:
    said = " ".join(f"`{name}`" for name in family.labels.split(",") if name)
    return f"`{family.name}`", family.kind, said, family.help, " ".join(family.buckets.short)


def _maker(row: dict[str, Any]) -> str:
    return "openai" if row["owned_by"] in ("system", "openai-internal") else str(row["owned_by"])


def _model(row: dict[str, Any]) -> tuple[str, ...]:
    names = ", ".join(f"`{name}`" for name in (row["id"], *row.get("aliases", ())))
    pricing = row.get("pricing", {})
    prices = [pricing.get(f"{kind}_per_million") for kind in ("input", "cached_input", "output")]
    default = row.get("default_effort")
    efforts = " ".join(f"*{effort}*" if effort == default else effort for effort in row.get("efforts", ()))
    limits = [f"{row[name]:,}" if name in row else "" for name in ("context_window", "max_output_tokens")]
    lists = [" ".join(row.get(name, ())) for name in ("input", "output")]
    reasoning = row.get("reasoning", "none").replace("none", "")
    shown = " / ".join("-" if price is None else f"{price:g}" for price in prices) if any(prices) else ""
    return (
        names,
        *limits,
        *lists,
        reasoning,
        efforts,
        " ".join(row["endpoints"]),
        shown,
        row.get("training_cutoff", ""),
    )


def _latency() -> str:
    world = World(data=DOCS.parent / "generated", clock=FixedClock(0.0), store=SqliteStore(None))
    text = (
        "# Latency profiles\n\n"
        "How long models take, from `specs/catalog/latency/`. For one whose weights are public, the table says what it is made\n"
        "of, and the times follow from that and from its GPUs (`specs/catalog/gpus.yaml`) by a roofline: arithmetic at half of\n"
        "a board's peak, reading at 85 % of its bandwidth, all-reduces between GPUs, and what engines cost besides. It is held\n"
        "to measured figures by `tests/runtime/test_profiles.py`. One that only its maker serves takes what was published of\n"
        "it; its size is that of another model, and its own is not public.\n\n"
        "A pass that computes t tokens of a prompt takes fixed + a·t + b·t² seconds, a step that makes a token for each of n\n"
        "sequences whose contexts are K tokens in all takes fixed + a·n + c·K. A mixture of experts reads more of them the more\n"
        "tokens share a pass. Below are the least H100 that hold a model, the time to the first token of a prompt of 1,000, and\n"
        "the time between tokens of one answer on them.\n\n"
        "A model of your own is a row; `measured: [{gpu: H100-80GB, tp: 2, prefill: [fixed, a, b], decode: [fixed, a, c],\n"
        "source: ...}]` in it comes before all else. A name that has no row is as large as it says (`7b`, `8x7b`, `120b-a12b`),\n"
        "else as Llama 3.1 8B.\n\n"
    )
    rows = []
    for name in world.engine(Architectures).rows:
        made = profile(world, name)
        size, active = made.architecture.parameters / 1e9, made.architecture.active / 1e9
        rows.append((
            f"`{name}`",
            "" if made.architecture.hosted else f"{size:g}" + (f" ({active:g})" if active < size else ""),
            "" if made.architecture.hosted else str(made.tp),
            f"{made.prefill(1000) * 1000:.0f}",
            f"{made.decode(1, 1000) * 1000:.1f}",
            f"{made.kv_bytes_per_token / 1024:.0f}",
            made.source,
        ))  # fmt: skip
    columns = ("Model", "Billions of parameters (active)", "H100", "TTFT, ms", "ITL, ms", "KiB a token", "Source")
    return text + _table(columns, rows)


def _gpus() -> str:
    mistakes: list[str] = []
    tables = catalog.tables(DOCS.parent, mistakes)
    assert not mistakes, mistakes
    text = (
        "# GPUs\n\n"
        "The simulated workers compute on simulated GPUs: `--dcgm-gpu-count` of the model `--dcgm-gpu-model`, dealt to the\n"
        "workers in order. A worker with several splits its model among them (tensor parallelism), workers that outnumber\n"
        "them share. `/dcgm/metrics` shows them to Prometheus as NVIDIA's dcgm-exporter does, `/dcgm/metrics/json` to programs;\n"
        "both are open without a key. NVIDIA's Grafana dashboard 12239 works on them.\n\n"
        "Nothing is drawn: each number is worked out when it is read, from what the workers did in slices of a tenth of a\n"
        "second. Tokens computed and made, counted against the board's peaks, are the activity of tensor cores and memory;\n"
        "activity is power between idle and the limit; energy is the integral of power; temperature follows power with the\n"
        "board's time constant; all-reduces are the traffic of NVLink; weights, and the blocks of the KV cache that hold\n"
        "something, are the memory in use. Utilisation and the shares are means of the last second. A board that wants more\n"
        "power than its limit, or gets too hot, lowers its clocks, and counts for how long; answers do not slow down for it.\n"
        "An idle server cools down. `--served-model` says whose weights the GPUs hold; `--latency profile` makes answers take as long as their model takes on these GPUs.\n\n"
        "`Gpus.inject(gpu, kind, value, seconds)` in `fakeai/runtime/cluster/gpus.py` gives a GPU a fault: an XID, errors of\n"
        "ECC, PCIe, NVLink or memory rows, a throttle for a while, or bad cooling. While a throttle lasts, steps of the\n"
        "workers that compute on it (`--latency profile` or `mocker`) take longer by what its clock loses.\n\n"
    )
    rows = [
        (
            f"`{row['id']}`",
            row["name"],
            f"{row['memory']:,}",
            f"{row['bandwidth']:,}",
            f"{row['tflops']['fp16']:,} / {row['tflops']['fp8']:,}",
            f"{row['power']['idle']} / {row['power']['default']}",
            f"{row['nvlink']['links']} / {row['nvlink']['bandwidth']:,}" if "nvlink" in row else "",
            row["source"],
        )
        for row in tables["gpus"]
    ]
    columns = ("GPU", "Name", "MiB", "GB/s", "TFLOPS fp16 / fp8", "W idle / limit", "NVLink links, GB/s", "Source")
    text += _table(columns, rows)
    text += (
        "\n## Metrics\n\n"
        "In the order of the exposition. `--dcgm-names 4.5` shows the second name; `--dcgm-hostname-label hostname` writes that\n"
        "label as dcgm-exporter does since May 2026. A metric of NVLink is left out where a board has none.\n\n"
    )
    rows = [
        (f"`{row['id']}`", f"`{row['name']}`" if row["name"] != row["id"] else "", row["type"], row["help"])
        for row in tables["dcgm"]
    ]
    return text + _table(("Metric", "From DCGM 4.5 on", "Type", "What it is"), rows)


def _properties(behavior: behaviors.Behavior) -> dict[str, dict[str, object]]:
    properties: dict[str, dict[str, object]] = behavior.parameters.get("properties", {})
    return properties


def _parameter(name: str, schema: dict[str, object], behavior: behaviors.Behavior) -> tuple[str, ...]:
    reference = str(schema.get("$ref", "")).rpartition("/")[2]
    options = schema.get("enum")
    kind = reference or (", ".join(f"`{o}`" for o in options) if isinstance(options, list) else str(schema.get("type")))
    required = "required" if name in behavior.parameters.get("required", ()) else ""
    default = f"`{schema['default']}`" if "default" in schema else required
    return f"`{name}`", kind, default, str(schema.get("description", ""))


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")
