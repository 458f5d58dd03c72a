"""The families of NVIDIA Dynamo's frontend and router, as its version 1.6 names them, read off the simulated fleet."""

from collections.abc import Callable

from ..answer import Reply
from ..call import Call
from ..catalog import Catalog
from ..cluster.instances import AGGREGATED, DECODE, PREFILL
from ..cluster.records import ModelRecord
from ..cluster.request import Request
from ..cluster.worker import Worker
from ..distribution import Distribution
from ..tally import CUT
from . import exposition
from .exposition import Buckets, Family, Rows, labels
from .reading import Reading, read
from .samples import Rowed, by_load, by_model, by_worker, of_all

TTFT = Buckets(0, 0.0022, 0.0047, 0.01, 0.022, 0.047, 0.1, 0.22, 0.47, 1, 2.2, 4.7, 10, 22, 48, 100, 220, 480)
ITL = Buckets(
    0, 0.0018, 0.0033, 0.0059, 0.011, 0.02, 0.035, 0.064, 0.12, 0.21, 0.38, 0.69, 1.2, 2.3, 4.1, 7.4, 13, 24, 44, 80
)  # fmt: skip
ROUTER_ITL = Buckets(0, 0.0019, 0.0035, 0.0067, 0.013, 0.024, 0.045, 0.084, 0.16, 0.3, 0.56, 1.1, 2)
DURATION = Buckets(0, 2, 4, 8, 16, 32, 64, 130, 260, 510)
INPUT = Buckets(0, 100, 210, 430, 870, 1800, 3600, 7400, 15000, 31000, 63000, 130000)
OUTPUT = Buckets(0, 100, 210, 430, 880, 1800, 3700, 7600, 16000, 32000)
SHARES = Buckets(*[number / 20 for number in range(21)])
LOST = Buckets(*[2**power / 4 for power in range(16)])
ROUNDTRIP = Buckets(0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)

HIERARCHY = {"dynamo_component": "router", "dynamo_namespace": "dynamo"}
ROUTER = HIERARCHY | {"router_id": "0", "worker_id": "0"}
ERROR_TYPES = {
    404: "not_found", 408: "response_timeout", 429: "overload", CUT: "cancelled", 501: "not_implemented",
    503: "unavailable", 504: "response_timeout", 529: "overload",
}  # fmt: skip


def endpoint(path: str) -> str:
    """What Dynamo calls the endpoint at *path*: `chat_completions`."""
    return path.removeprefix("/v1/").strip("/").replace("/", "_")


def _starts(reading: Reading) -> Rows:
    for model, record in reading.models:
        for (place, streams), count in list(record.starts.items()):
            yield labels(endpoint=endpoint(place), model=model, request_type=_type(streams)), count


def _ends(reading: Reading) -> Rows:
    for model, record in reading.models:
        for (place, streams, complete), count in list(record.ends.items()):
            said = labels(
                endpoint=endpoint(place),
                error_type="" if complete else "cancelled",
                model=model,
                request_type=_type(streams),
                status="success" if complete else "error",
            )
            yield said, count
    for (model, path, streams, status), count in list(reading.tally.refusals.items()):
        said = labels(
            endpoint=endpoint(path),
            error_type=error_type(status),
            model=model,
            request_type=_type(streams),
            status="error",
        )
        yield said, count


def error_type(status: int) -> str:
    """What Dynamo calls the error that is answered with *status*."""
    return ERROR_TYPES.get(status) or ("internal" if status >= 500 else "validation")


def _type(streams: bool) -> str:
    return "stream" if streams else "unary"


def _contexts(reading: Reading) -> Rows:
    for model, _ in reading.models:
        window = reading.world.engine(Catalog).look_up(model).context_window
        if window:
            yield labels(model=model), window


def _machine(show: Callable[[Reading], int]) -> Rowed:
    """What the workers are like, which is the same for all models."""

    def rows(reading: Reading) -> Rows:
        for model, _ in reading.models:
            yield labels(model=model), show(reading)

    return rows


def _router_sizes(reading: Reading) -> Rows:
    for model, record in reading.models:
        yield _of_router(reading, model), record.prompt_sizes


def _of_router(reading: Reading, model: str) -> str:
    phase = PREFILL if reading.fleet.hands_over(0) else AGGREGATED
    return labels(**HIERARCHY, model=model, phase=phase, router_id="0", worker_id="0")


def _router_tokens(name: str) -> Rowed:
    def rows(reading: Reading) -> Rows:
        for model, record in reading.models:
            yield _of_router(reading, model), int(getattr(record, name))

    return rows


def _of_choice(show: Callable[[ModelRecord], int | Distribution]) -> Rowed:
    """What the router did when it chose who computes a prompt."""

    def rows(reading: Reading) -> Rows:
        return of_all(show, **ROUTER, worker_type=_does(reading, 0))(reading)

    return rows


def _does(reading: Reading, worker: int) -> str:
    """What a worker does; Dynamo says of one that does both that it decodes."""
    return PREFILL if reading.fleet.hands_over(worker) else DECODE


def _worker(reading: Reading, worker: Worker) -> str:
    return labels(dp_rank=worker.rank, worker_id=worker.instance, worker_type=_does(reading, worker.number))


def _latest(reading: Reading, worker: Worker) -> Request | None:
    record = reading.records.workers.get(worker.number)
    return record.latest if record else None


def _last_ttft(reading: Reading, worker: Worker) -> float | None:
    latest = _latest(reading, worker)
    return latest.first - latest.arrived if latest and latest.first >= 0 else None


def _last_itl(reading: Reading, worker: Worker) -> float | None:
    latest = _latest(reading, worker)
    if latest is None or latest.first < 0 or latest.passes_made < 2:
        return None
    return (latest.end - latest.first) / (latest.passes_made - 1)


def _last_size(reading: Reading, worker: Worker) -> float | None:
    latest = _latest(reading, worker)
    return latest.prompt if latest else None


def _gone(reading: Reading) -> int:
    return sum(
        [count for path in reading.tally.paths.values() for (_, status), count in path.ends.items() if status == CUT]
    )


def _registered(reading: Reading, worker: Worker) -> str:
    said = labels(dp_rank=worker.rank, **HIERARCHY, router_worker_id=worker.instance, worker_id=0)
    return f"{said},{labels(worker_type=_does(reading, worker.number))}"


def _events(reading: Reading) -> Rows:
    prefixes = reading.fleet.prefixes
    for kind, count in (("stored", prefixes.stores), ("removed", prefixes.removals)):
        yield labels(**HIERARCHY, event_type=kind, status="ok", worker_id="0"), count


F, R = "dynamo_frontend_", "dynamo_component_router_"
MODEL, ROUTED = "model", "dynamo_component,dynamo_namespace,router_id,worker_id"
WORKER = "dp_rank,worker_id,worker_type"

FAMILIES = (
    Family(f"{F}requests_started_total", "counter", "Requests that came.", _starts, labels="endpoint,model,request_type"),
    Family(f"{F}requests_total", "counter", "Requests that are over.", _ends,
           labels="endpoint,error_type,model,request_type,status"),
    Family(f"{F}active_requests", "gauge", "Requests under way.", by_load(lambda load: load.running), labels=MODEL),
    Family(f"{F}inflight_requests", "gauge", "Requests that the workers have.", by_load(lambda load: load.running),
           labels=MODEL),
    Family(f"{F}queued_requests", "gauge", "Requests without a token yet.", by_load(lambda load: load.silent), labels=MODEL),
    Family(f"{F}request_duration_seconds", "histogram", "From the arrival of a request to its last token.",
           by_model(lambda record: record.duration), DURATION, MODEL),
    Family(f"{F}time_to_first_token_seconds", "histogram", "From the arrival of a request to its first token.",
           by_model(lambda record: record.ttft), TTFT, MODEL),
    Family(f"{F}inter_token_latency_seconds", "histogram", "Time between two tokens.",
           by_model(lambda record: record.itl), ITL, MODEL),
    Family(f"{F}input_sequence_tokens", "histogram", "Tokens of prompts.",
           by_model(lambda record: record.prompt_sizes), INPUT, MODEL),
    Family(f"{F}output_sequence_tokens", "histogram", "Tokens of answers.",
           by_model(lambda record: record.made_sizes), OUTPUT, MODEL),
    Family(f"{F}cached_tokens", "histogram", "Tokens of prompts that were found in a cache.",
           by_model(lambda record: record.cached_sizes), INPUT, MODEL),
    Family(f"{F}output_tokens_total", "counter", "Tokens made.", by_model(lambda record: record.made_tokens), labels=MODEL),
    Family(f"{F}model_context_length", "gauge", "Tokens that the model reads at once.", _contexts, labels=MODEL),
    Family(f"{F}model_kv_cache_block_size", "gauge", "Tokens of a block.", _machine(lambda reading: reading.fleet.block_size), labels=MODEL),
    Family(f"{F}model_total_kv_blocks", "gauge", "Blocks in the cache of a worker.", _machine(lambda reading: reading.fleet.blocks_total), labels=MODEL),
    Family(f"{F}model_max_num_seqs", "gauge", "Answers that share a step.", _machine(lambda reading: reading.world.options.machine.sequences), labels=MODEL),
    Family(f"{F}model_max_num_batched_tokens", "gauge", "Tokens computed in a step.",
           _machine(lambda reading: reading.world.options.machine.batched_tokens), labels=MODEL),
    Family(f"{F}model_migration_limit", "gauge", "How often a request moves to another worker: never.",
           by_model(lambda record: 0), labels=MODEL),
    Family(f"{F}model_ready", "gauge", "Whether the model answers: always.", by_model(lambda record: 1), labels=MODEL),
    Family(f"{F}worker_active_decode_blocks", "gauge", "Blocks of the prompts of a worker's requests.",
           by_worker(lambda reading, worker: worker.blocks, _worker), labels=WORKER),
    Family(f"{F}worker_active_prefill_tokens", "gauge", "Tokens of prompts that a worker has yet to compute.",
           by_worker(lambda reading, worker: worker.prefill_tokens, _worker), labels=WORKER),
    Family(f"{F}worker_last_time_to_first_token_seconds", "gauge", "Of the request that ended last.",
           by_worker(_last_ttft, _worker), labels=WORKER),
    Family(f"{F}worker_last_inter_token_latency_seconds", "gauge", "Of the request that ended last, on average.",
           by_worker(_last_itl, _worker), labels=WORKER),
    Family(f"{F}worker_last_input_sequence_tokens", "gauge", "Of the request that ended last.",
           by_worker(_last_size, _worker), labels=WORKER),
    Family(f"{F}disconnected_clients", "gauge", "Answers whose client left.", lambda reading: [("", _gone(reading))]),
    Family("dynamo_component_uptime_seconds", "gauge", "Since the start.", lambda reading: [(labels(worker_id=0), reading.now - reading.tally.since)], labels="worker_id"),
    Family("dynamo_request_plane_inflight_requests", "gauge", "Requests that the workers have.",
           lambda reading: [("", sum([load.running for load in reading.loads.values()]))]),
    Family("dynamo_request_plane_roundtrip_ttft_seconds", "histogram", "From handing a request over to its first token.",
           of_all(lambda record: record.ttft), ROUNDTRIP),
    Family(f"{R}requests_started_total", "counter", "Requests that were routed.",
           of_all(lambda record: record.started, **ROUTER), labels=ROUTED),
    Family(f"{R}requests_total", "counter", "Requests that are over.",
           of_all(lambda record: record.complete + record.cut, **ROUTER), labels=ROUTED),
    Family(f"{R}time_to_first_token_seconds", "histogram", "From the arrival of a request to its first token.",
           of_all(lambda record: record.ttft, **ROUTER), TTFT, ROUTED),
    Family(f"{R}inter_token_latency_seconds", "histogram", "Mean time between the tokens of a request.",
           of_all(lambda record: record.per_token, **ROUTER), ROUTER_ITL, ROUTED),
    Family(f"{R}input_sequence_tokens", "histogram", "Tokens of prompts.", _router_sizes, INPUT,
           "dynamo_component,dynamo_namespace,model,phase,router_id,worker_id"),
    Family(f"{R}output_sequence_tokens", "histogram", "Tokens of answers.",
           of_all(lambda record: record.made_sizes, **ROUTER), OUTPUT, ROUTED),
    Family(f"{R}kv_hit_rate", "histogram", "Share of the blocks of a prompt that its worker had, when it was routed.",
           of_all(lambda record: record.hit_shares, **ROUTER), SHARES, ROUTED),
    Family(f"{R}kv_best_eligible_cached_prefix_tokens_total", "counter", "Tokens of prompts that the best worker had.",
           _router_tokens("best_tokens"), labels="dynamo_component,dynamo_namespace,model,phase,router_id,worker_id"),
    Family(f"{R}kv_selected_cached_prefix_tokens_total", "counter", "Tokens of prompts that their workers had.",
           _router_tokens("cached_tokens"), labels="dynamo_component,dynamo_namespace,model,phase,router_id,worker_id"),
    Family(f"{R}kv_worker_reused_tokens_total", "counter", "Tokens of prompts that were not computed again.",
           _router_tokens("cached_tokens"), labels="dynamo_component,dynamo_namespace,model,phase,router_id,worker_id"),
    Family(f"{R}non_max_overlap_selections_total", "counter", "Requests that went to a worker which had less than the best.",
           _of_choice(lambda record: record.not_best), labels=f"{ROUTED},worker_type"),
    Family(f"{R}overlap_blocks_lost", "histogram", "Blocks that the best worker had more.",
           _of_choice(lambda record: record.lost_blocks), LOST, f"{ROUTED},worker_type"),
    Family(f"{R}worker_registered", "gauge", "Workers that the router knows.",
           by_worker(lambda reading, worker: 1, _registered),
           labels="dp_rank,dynamo_component,dynamo_namespace,router_worker_id,worker_id,worker_type"),
    Family("dynamo_component_kv_cache_events_applied", "counter", "Events of caches that the router took in.", _events,
           labels="dynamo_component,dynamo_namespace,event_type,status,worker_id"),
)  # fmt: skip


async def metrics(call: Call) -> Reply:
    """What Prometheus scrapes."""
    return await exposition.reply(call, await read(call.world), FAMILIES)
