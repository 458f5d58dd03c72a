"""Send spans and metrics of answered calls to an OpenTelemetry collector, with OpenTelemetry's own SDK.

Spans are made when an answer has left, from what is known then, and handed to the SDK's batches; its threads send them.
What its OTEL_* variables say holds: endpoints, headers, sampling, resource, intervals, exporters that are `none`.
"""

import os
from typing import TYPE_CHECKING, Any

from ..world import World
from .answered import Answered
from .spans import Span, error, model_attributes, spans

if TYPE_CHECKING:
    from opentelemetry.metrics import Histogram
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.trace import ReadableSpan

SERVICE = "fakeai"
OFF = "none"
NANOSECONDS = 1_000_000_000
LAST_CALL = 5_000  # milliseconds that the end of the server waits for what is left to be sent

# Upper bounds of buckets, as the conventions advise them.
SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
TOKENS = tuple(float(4**power) for power in range(14))
FIRST = (0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
EACH = (0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5)
WEB = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)

HISTOGRAMS = (
    ("gen_ai.client.token.usage", "{token}", "Tokens of prompts and of answers, by gen_ai.token.type.", TOKENS),
    ("gen_ai.client.operation.duration", "s", "From the arrival of a model's call to the end of its answer.", SECONDS),
    ("gen_ai.server.request.duration", "s", "The same, as servers call it.", SECONDS),
    ("gen_ai.server.time_to_first_token", "s", "From the arrival of a request to its first token.", FIRST),
    ("gen_ai.server.time_per_output_token", "s", "Mean time between two tokens of a request.", EACH),
    ("http.server.request.duration", "s", "From the arrival of any call to the end of its answer.", WEB),
)


class Telemetry:
    """What is sent of one world: `note` takes each answered call. *endpoint* is a collector's base URL."""

    def __init__(self, world: World, endpoint: str | None, version: str) -> None:
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.util.instrumentation import InstrumentationScope

        self._world, base = world, endpoint.rstrip("/") if endpoint else None
        self._resource = Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME") or SERVICE,
                                          "service.version": version})  # fmt: skip
        self._scope = InstrumentationScope(SERVICE, version)
        self._sampler = TracerProvider(resource=self._resource, shutdown_on_exit=False).sampler
        self._spans = None if os.environ.get("OTEL_TRACES_EXPORTER") == OFF else _sender(base)
        self._meters = None if os.environ.get("OTEL_METRICS_EXPORTER") == OFF else _meters(base, self._resource)
        self._histograms = _histograms(self._meters, version) if self._meters else {}

    def note(self, told: Answered) -> None:
        """Send what *told* says."""
        if self._spans is not None:
            self._trace(told)
        if self._histograms:
            self._measure(told)

    def close(self) -> None:
        """Send what is left."""
        if self._spans is not None:
            self._spans.force_flush(LAST_CALL)
            self._spans.shutdown()
        if self._meters is not None:
            self._meters.shutdown(LAST_CALL)

    def _trace(self, told: Answered) -> None:
        from opentelemetry import trace
        from opentelemetry.sdk.trace.sampling import Decision

        context = told.context
        flags = trace.TraceFlags(context.sampled)
        state = trace.TraceState.from_header([context.state]) if context.state else trace.TraceState()
        number = int(context.trace, 16)

        def place(id: str, is_remote: bool = False) -> trace.SpanContext:
            return trace.SpanContext(number, int(id, 16), is_remote, flags, state)

        above = None
        if context.parent:
            above = trace.set_span_in_context(trace.NonRecordingSpan(place(context.parent, True)))
        decided = self._sampler.should_sample(above, number, told.call.path).decision
        if decided is not Decision.RECORD_AND_SAMPLE:
            return
        flags = trace.TraceFlags(trace.TraceFlags.SAMPLED)
        for span in spans(told):
            parent = None if span.parent is None else place(span.parent, span.is_server)
            assert self._spans is not None
            self._spans.on_end(self._readable(span, place(span.id), parent))

    def _readable(self, span: Span, context: Any, parent: Any) -> "ReadableSpan":
        from opentelemetry.sdk.trace import ReadableSpan
        from opentelemetry.trace import SpanKind, Status, StatusCode

        attributes = span.attributes | ({"error.type": span.error} if span.error else {})
        failed = span.error is not None and not (span.error.isdigit() and int(span.error) < 500)
        return ReadableSpan(
            name=span.name,
            context=context,
            parent=parent,
            resource=self._resource,
            attributes=attributes,
            kind=SpanKind.SERVER if span.is_server else SpanKind.INTERNAL,
            status=Status(StatusCode.ERROR) if failed else Status(),
            start_time=round(span.start * NANOSECONDS),
            end_time=round(span.end * NANOSECONDS),
            instrumentation_scope=self._scope,
        )

    def _measure(self, told: Answered) -> None:
        kind = error(told)
        failure = {"error.type": kind} if kind else {}
        call, add = told.call, self._add
        add("http.server.request.duration", told.took, {
            "http.request.method": call.method,
            "url.scheme": "https" if self._world.options.secure else "http",
            **({"http.route": call.endpoint} if told.status != 404 or "{" in call.endpoint else {}),
            "http.response.status_code": told.status,
            **failure,
        })  # fmt: skip
        said = model_attributes(told)
        if not said:
            return
        add("gen_ai.client.operation.duration", told.took, said | failure)
        add("gen_ai.server.request.duration", told.took, said | failure)
        if told.served is None:
            return
        request, made = told.served.request, told.made
        add("gen_ai.client.token.usage", request.prompt, {**said, "gen_ai.token.type": "input"})
        if request.first < 0 or not made:
            return
        add("gen_ai.client.token.usage", made, {**said, "gen_ai.token.type": "output"})
        add("gen_ai.server.time_to_first_token", request.first - request.arrived, said)
        if not told.is_cut and request.passes > 1:
            add("gen_ai.server.time_per_output_token", (request.end - request.first) / (request.passes - 1), said)

    def _add(self, name: str, value: float, attributes: dict[str, Any]) -> None:
        self._histograms[name].record(value, attributes)


def _sender(base: str | None) -> Any:
    """What sends spans, many at once."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    return BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{base}/v1/traces" if base else None))


def _meters(base: str | None, resource: Any) -> "MeterProvider":
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    exporter = OTLPMetricExporter(endpoint=f"{base}/v1/metrics" if base else None)
    return MeterProvider([PeriodicExportingMetricReader(exporter)], resource=resource, shutdown_on_exit=False)


def _histograms(meters: "MeterProvider", version: str) -> dict[str, "Histogram"]:
    meter = meters.get_meter(SERVICE, version)
    return {
        name: meter.create_histogram(name, unit, about, explicit_bucket_boundaries_advisory=list(buckets))
        for name, unit, about, buckets in HISTOGRAMS
    }
