"""The families of vLLM's server, with its names, labels and buckets: the fleet shown as one server.

An engine is a data-parallel rank of all workers together.
"""

from collections import Counter

from ..catalog import Catalog
from ..cluster.records import ModelRecord
from .exposition import Buckets, Family, Rows, labels
from .reading import Reading
from .samples import by_engine, by_engine_load, of_engine

TTFT = Buckets(
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560
)  # fmt: skip
ITL = Buckets(0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80)
LATENCY = Buckets(
    0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680
)  # fmt: skip
TOKENS = Buckets(*[base * 10**power for power in range(6) for base in (1, 2, 5)][:17])  # up to 200,000
ITERATIONS = Buckets(1, *[2**power for power in range(3, 15)])
WIDTHS = Buckets(1, 2, 5, 10, 20)
NAMES = "model_name,engine"
REASONS = {"length": "length"}  # whatever else ends an answer is a stop to vLLM


def usage(reading: Reading, rank: int | None = None) -> float:
    """The share of all workers' KV blocks, or of those of one *rank*, that requests hold, from 0 to 1."""
    caches = [worker.cache for worker in reading.fleet.workers if rank in (None, worker.rank)]
    return sum([min(cache.used, cache.capacity) for cache in caches]) / sum([cache.capacity for cache in caches])


def finishes(record: ModelRecord) -> Counter[str]:
    """How many requests ended for which reason."""
    counts: Counter[str] = Counter()
    for reason, count in record.finishes.items():
        counts[REASONS.get(reason, "stop")] += count
    counts["abort"] += record.cut
    return counts


def _finishes(reading: Reading) -> Rows:
    for rank, model, record in reading.engines:
        for reason, count in finishes(record).items():
            yield of_engine(model, rank, finished_reason=reason), count


def _adapters(reading: Reading) -> Rows:
    """Which adapters compute and wait, at which moment; nothing where there is none."""
    adapters = reading.world.engine(Catalog).adapters
    if not adapters and not reading.world.options.loads_adapters:
        return
    loads = [(name, reading.load(name)) for name in adapters]
    yield (
        labels(
            max_lora=reading.world.options.machine.adapter_slots,
            waiting_lora_adapters=",".join([name for name, load in loads if load.waiting]),
            running_lora_adapters=",".join([name for name, load in loads if load.running > load.waiting]),
        ),
        reading.now + reading.records.since_1970,
    )


def _usage(reading: Reading) -> Rows:
    shares = [usage(reading, rank) for rank in range(len(reading.engine_loads))]
    for rank, model, _ in reading.engines:
        yield of_engine(model, rank), shares[rank]


def _preemptions(reading: Reading) -> Rows:
    for rank, model, record in reading.engines:
        yield of_engine(model, rank), record.preemptions + reading.load(model, rank).preemptions


def _config(reading: Reading) -> Rows:
    machine, fleet = reading.world.options.machine, reading.fleet
    for rank in range(machine.ranks):
        yield (
            labels(
                block_size=fleet.block_size,
                cache_dtype="auto",
                enable_prefix_caching=str(machine.cached),
                gpu_memory_utilization="0.9",
                num_gpu_blocks=fleet.blocks_total,
                engine=rank,
            ),
            1,
        )


def _sources(reading: Reading) -> Rows:
    for rank, model, record in reading.engines:
        for source, count in (
            ("local_compute", record.prompt_tokens - record.cached_tokens),
            ("local_cache_hit", record.cached_tokens),
        ):
            yield of_engine(model, rank, source=source), count


def _places(reading: Reading) -> Rows:
    for rank, model, record in reading.engines:
        for place, count in sorted(record.drafts.by_place.items()):
            yield of_engine(model, rank, position=f"{place}"), count


FAMILIES = (
    Family("vllm:num_requests_running", "gauge", "Requests that are computed.", by_engine_load(lambda load: load.running - load.waiting), labels=NAMES),
    Family("vllm:num_requests_waiting", "gauge", "Requests that wait to be computed.", by_engine_load(lambda load: load.waiting), labels=NAMES),
    Family("vllm:kv_cache_usage_perc", "gauge", "Share of the KV cache that requests hold, from 0 to 1.", _usage, labels=NAMES),
    Family("vllm:gpu_cache_usage_perc", "gauge", "The same, as it was called before.", _usage, labels=NAMES),
    Family("vllm:cache_config_info", "gauge", "How the KV cache is set up.", _config, labels="block_size,cache_dtype,enable_prefix_caching,gpu_memory_utilization,num_gpu_blocks,engine"),
    Family("vllm:lora_requests_info", "gauge", "Which LoRA adapters are used and waited for, and when that was so.", _adapters, labels="max_lora,waiting_lora_adapters,running_lora_adapters"),
    Family("vllm:num_preemptions_total", "counter", "Times that a request gave its blocks back.", _preemptions, labels=NAMES),
    Family("vllm:prefix_cache_queries_total", "counter", "Tokens of prompts that were looked up.", by_engine(lambda record: record.looked_up_tokens), labels=NAMES),
    Family("vllm:prefix_cache_hits_total", "counter", "Tokens of prompts that were found.", by_engine(lambda record: record.cached_tokens), labels=NAMES),
    Family("vllm:prompt_tokens_total", "counter", "Tokens of prompts.", by_engine(lambda record: record.prompt_tokens), labels=NAMES),
    Family("vllm:prompt_tokens_cached_total", "counter", "Tokens of prompts that were found in a cache.", by_engine(lambda record: record.cached_tokens), labels=NAMES),
    Family("vllm:prompt_tokens_by_source_total", "counter", "Tokens of prompts, computed or found.", _sources, labels=f"{NAMES},source"),
    Family("vllm:generation_tokens_total", "counter", "Tokens made.", by_engine(lambda record: record.made_tokens), labels=NAMES),
    Family("vllm:iteration_tokens_total", "histogram", "Tokens of prompts and passes of answers in each step that requests share.", by_engine(lambda record: record.iterations), ITERATIONS, NAMES),
    Family("vllm:spec_decode_num_drafts_total", "counter", "Drafts of predicted tokens that passes checked.", by_engine(lambda record: record.drafts.drafts), labels=NAMES),
    Family("vllm:spec_decode_num_draft_tokens_total", "counter", "Tokens of these drafts.", by_engine(lambda record: record.drafts.tokens), labels=NAMES),
    Family("vllm:spec_decode_num_accepted_tokens_total", "counter", "Tokens of drafts that stayed.", by_engine(lambda record: record.drafts.accepted), labels=NAMES),
    Family("vllm:spec_decode_num_accepted_tokens_per_pos_total", "counter", "Tokens of drafts that stayed, by their place in the draft.", _places, labels=f"{NAMES},position"),
    Family("vllm:request_success_total", "counter", "Requests that are over.", _finishes, labels=f"{NAMES},finished_reason"),
    Family("vllm:time_to_first_token_seconds", "histogram", "From the arrival of a request to its first token.", by_engine(lambda record: record.ttft), TTFT, NAMES),
    Family("vllm:inter_token_latency_seconds", "histogram", "Time between two tokens.", by_engine(lambda record: record.itl), ITL, NAMES),
    Family("vllm:request_time_per_output_token_seconds", "histogram", "Mean time between the tokens of a request.", by_engine(lambda record: record.per_token), ITL, NAMES),
    Family("vllm:e2e_request_latency_seconds", "histogram", "From the arrival of a request to its last token.", by_engine(lambda record: record.duration), LATENCY, NAMES),
    Family("vllm:request_queue_time_seconds", "histogram", "Waiting to be computed.", by_engine(lambda record: record.queue), LATENCY, NAMES),
    Family("vllm:request_prefill_time_seconds", "histogram", "Computing the prompt.", by_engine(lambda record: record.prefill), LATENCY, NAMES),
    Family("vllm:request_decode_time_seconds", "histogram", "From the first token to the last.", by_engine(lambda record: record.decode), LATENCY, NAMES),
    Family("vllm:request_inference_time_seconds", "histogram", "Computing prompt and tokens.", by_engine(lambda record: record.inference), LATENCY, NAMES),
    Family("vllm:request_prompt_tokens", "histogram", "Tokens of prompts.", by_engine(lambda record: record.prompt_sizes), TOKENS, NAMES),
    Family("vllm:request_prefill_kv_computed_tokens", "histogram", "Tokens of prompts that were computed.", by_engine(lambda record: record.computed_sizes), TOKENS, NAMES),
    Family("vllm:request_generation_tokens", "histogram", "Tokens of answers.", by_engine(lambda record: record.made_sizes), TOKENS, NAMES),
    Family("vllm:request_params_n", "histogram", "Answers that a request asks for.", by_engine(lambda record: record.widths), WIDTHS, NAMES),
)  # fmt: skip
