"""The families of NVIDIA NIM for language models 1.x, which are vLLM's without a prefix."""

from ..answer import Reply
from ..call import Call
from . import exposition, vllm
from .exposition import Family, Rows, labels
from .reading import Reading, read
from .samples import Rowed, by_load, by_model

MODEL = "model_name"


def _m(show: str) -> Rowed:
    return by_model(lambda record: getattr(record, show), MODEL)


def _usage(reading: Reading) -> Rows:
    for model, _ in reading.models:
        yield labels(model_name=model), vllm.usage(reading)


def _most(reading: Reading) -> Rows:
    most = reading.world.options.machine.sequences * len(reading.fleet.workers)
    for model, _ in reading.models:
        yield labels(model_name=model), most


def _finishes(reading: Reading) -> Rows:
    for model, record in reading.models:
        for reason, count in vllm.finishes(record).items():
            yield labels(model_name=model, finished_reason=reason), count


def _failures(reading: Reading) -> Rows:
    known = dict(reading.models)
    for model in {**known, **reading.refused}:
        yield labels(model_name=model), (known[model].cut if model in known else 0) + reading.refused[model]


FAMILIES = (
    Family("num_requests_running", "gauge", "Requests that are computed.", by_load(lambda load: load.running - load.waiting, MODEL), labels=MODEL),
    Family("num_requests_waiting", "gauge", "Requests that wait to be computed.", by_load(lambda load: load.waiting, MODEL), labels=MODEL),
    Family("num_request_max", "gauge", "Requests that can be computed at once.", _most, labels=MODEL),
    Family("gpu_cache_usage_perc", "gauge", "Share of the KV cache that requests hold, from 0 to 1.", _usage, labels=MODEL),
    Family("prompt_tokens_total", "counter", "Tokens of prompts.", _m("prompt_tokens"), labels=MODEL),
    Family("generation_tokens_total", "counter", "Tokens made.", _m("made_tokens"), labels=MODEL),
    Family("time_to_first_token_seconds", "histogram", "From the arrival of a request to its first token.", _m("ttft"), vllm.TTFT, MODEL),
    Family("time_per_output_token_seconds", "histogram", "Time between two tokens.", _m("itl"), vllm.ITL, MODEL),
    Family("e2e_request_latency_seconds", "histogram", "From the arrival of a request to its last token.", _m("duration"), vllm.LATENCY, MODEL),
    Family("request_prompt_tokens", "histogram", "Tokens of prompts.", _m("prompt_sizes"), vllm.TOKENS, MODEL),
    Family("request_generation_tokens", "histogram", "Tokens of answers.", _m("made_sizes"), vllm.TOKENS, MODEL),
    Family("request_finish_total", "counter", "Requests that are over.", _finishes, labels=f"{MODEL},finished_reason"),
    Family("request_success_total", "counter", "Requests that were answered to their end.", _m("complete"), labels=MODEL),
    Family("request_failure_total", "counter", "Requests that were refused, or whose client left.", _failures, labels=MODEL),
)  # fmt: skip


async def metrics(call: Call) -> Reply:
    """What Prometheus scrapes."""
    return await exposition.reply(call, await read(call.world), FAMILIES)
