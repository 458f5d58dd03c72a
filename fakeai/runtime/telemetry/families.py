"""FakeAI's own families: what goes on at each path and with each model; and all that `/metrics` shows."""

from collections.abc import Callable

from ..cluster.records import MADE, PROMPT
from ..distribution import Distribution
from ..tally import CAME, FAILED, LEFT, PathTally
from . import vllm
from .exposition import Buckets, Family, Rows, labels
from .reading import Reading
from .samples import Rowed, by_model, of_all

SECONDS = Buckets(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250)
MODEL, PATH = "model", "endpoint"


def _by_path(show: Callable[[PathTally], int | Distribution]) -> Rowed:
    """A row for each path."""

    def rows(reading: Reading) -> Rows:
        for path, tally in list(reading.tally.paths.items()):
            value = show(tally)
            yield labels(endpoint=path), value

    return rows


def _rate(kind: int) -> Rowed:
    """What was counted of a kind in the last minute, per second, at each path."""

    def rows(reading: Reading) -> Rows:
        came = reading.tally.came(reading.now) if kind == CAME else {}
        for path in {**reading.tally.paths, **came}:
            tally = reading.tally.paths.get(path)
            count = tally.window.sums(reading.now)[kind] if tally else 0
            yield labels(endpoint=path), (count + came.get(path, 0)) / reading.span

    return rows


def _token_rate(reading: Reading) -> Rows:
    for path, record in list(reading.records.places.items()):
        sums = record.window.sums(reading.now)
        yield labels(endpoint=path), (sums[PROMPT] + sums[MADE]) / reading.span


def _calls(reading: Reading) -> Rows:
    for path, tally in list(reading.tally.paths.items()):
        for (method, status), count in list(tally.ends.items()):
            yield labels(endpoint=path, method=method, status=status), count


def _streams(reading: Reading) -> Rows:
    for path, tally in list(reading.tally.paths.items()):
        for outcome, count in (("complete", tally.streams), ("cut", tally.broken)):
            if tally.streams or tally.broken:
                yield labels(endpoint=path, outcome=outcome), count


def _model_tokens(reading: Reading) -> Rows:
    for model, record in reading.models:
        yield labels(model=model, type="prompt"), record.prompt_tokens
        yield labels(model=model, type="completion"), record.made_tokens


def _model_errors(reading: Reading) -> Rows:
    for model, record in reading.models:
        yield labels(model=model), record.cut + reading.refused[model]


def _model_costs(reading: Reading) -> Rows:
    for model in list(reading.costs):
        spent = reading.cost(model)
        if spent is not None:
            yield labels(model=model), spent


def _model_paths(reading: Reading) -> Rows:
    for model, record in reading.models:
        for path, count in record.places.items():
            yield labels(endpoint=path, model=model), count


SERVER = (
    Family("fakeai_requests_total", "counter", "Calls that were answered.", _calls, labels="endpoint,method,status"),
    Family("fakeai_request_duration_seconds", "histogram", "From the arrival of a call to the end of its answer.", _by_path(lambda tally: tally.durations), SECONDS, PATH),
    Family("fakeai_response_bytes_total", "counter", "Bytes of the bodies of answers.", _by_path(lambda tally: tally.sent), labels=PATH),
    Family("fakeai_streams_total", "counter", "Streams that ended, or were cut off.", _streams, labels="endpoint,outcome"),
    Family("fakeai_requests_per_second", "gauge", "Calls that came in the last minute.", _rate(CAME), labels=PATH),
    Family("fakeai_responses_per_second", "gauge", "Answers that left in the last minute.", _rate(LEFT), labels=PATH),
    Family("fakeai_errors_per_second", "gauge", "Errors that left in the last minute.", _rate(FAILED), labels=PATH),
    Family("fakeai_tokens_per_second", "gauge", "Tokens of the last minute.", _token_rate, labels=PATH),
    Family("fakeai_latency_seconds", "summary", "From the arrival of a call to the end of its answer.", _by_path(lambda tally: tally.durations), labels=f"{PATH},quantile"),
    Family("fakeai_active_streams", "gauge", "Streams that are open.", lambda reading: [("", reading.tally.streams)]),
    Family("fakeai_completed_streams", "gauge", "Streams that ended.", lambda reading: [("", sum([each.streams for each in reading.tally.paths.values()]))]),
    Family("fakeai_failed_streams", "gauge", "Streams that were cut off.", lambda reading: [("", sum([each.broken for each in reading.tally.paths.values()]))]),
    Family("fakeai_websockets", "gauge", "WebSockets that are open.", lambda reading: [("", reading.tally.sockets)]),
    Family("fakeai_ttft_seconds", "summary", "From the arrival of a request to its first token.", of_all(lambda record: record.ttft), labels="quantile"),
    Family("fakeai_stream_tokens_per_second", "summary", "Tokens of a stream after its first.", of_all(lambda record: record.speeds), labels="quantile"),
    Family("fakeai_uptime_seconds", "gauge", "Since the start.", lambda reading: [("", reading.now - reading.tally.since)]),
)  # fmt: skip

MODELS = (
    Family("fakeai_model_requests_total", "counter", "Requests of the model.", by_model(lambda record: record.started), labels=MODEL),
    Family("fakeai_model_tokens_total", "counter", "Tokens of prompts and answers.", _model_tokens, labels=f"{MODEL},type"),
    Family("fakeai_model_latency_milliseconds", "summary", "From the arrival of a request to its last token.", by_model(lambda record: record.duration), labels=f"{MODEL},quantile", factor=1000),
    Family("fakeai_model_errors_total", "counter", "Requests that were refused, or whose client left.", _model_errors, labels=MODEL),
    Family("fakeai_model_cost_usd_total", "counter", "What all that is over has cost, as the ledger says.", _model_costs, labels=MODEL),
    Family("fakeai_model_endpoint_requests_total", "counter", "Requests of the model at a path.", _model_paths, labels="endpoint,model"),
)  # fmt: skip

ALL = (*SERVER, *MODELS, *vllm.FAMILIES)
