"""A collector of OpenTelemetry: takes OTLP over HTTP, and reads it with the protocol's own protobuf classes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Collector:
    """What arrived: resources, spans and the last metrics."""

    def __init__(self) -> None:
        self.address = ""
        self.resources: list[dict[str, Any]] = []
        self.spans: list[Any] = []
        self.metrics: dict[str, Any] = {}

    def take(self, path: str, data: bytes) -> None:
        if path == "/v1/traces":
            for group in ExportTraceServiceRequest.FromString(data).resource_spans:
                self.resources.append(attributes(group.resource))
                self.spans += [span for scope in group.scope_spans for span in scope.spans]
        else:
            assert path == "/v1/metrics", path
            for group in ExportMetricsServiceRequest.FromString(data).resource_metrics:
                self.metrics |= {metric.name: metric for scope in group.scope_metrics for metric in scope.metrics}

    def trace(self, trace: str) -> list[Any]:
        """The spans of a trace, the first first."""
        found = [span for span in self.spans if span.trace_id.hex() == trace]
        return sorted(found, key=lambda span: (span.start_time_unix_nano, span.parent_span_id.hex() != ""))


def attributes(holder: Any) -> dict[str, Any]:
    """The attributes of a span, a resource or a data point."""
    return {each.key: _value(each.value) for each in holder.attributes}


def _value(value: Any) -> Any:
    kind = value.WhichOneof("value")
    return [_value(each) for each in value.array_value.values] if kind == "array_value" else getattr(value, kind)


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that listens."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["content-type"] == "application/x-protobuf"
            collector.take(self.path, self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        collector.address = f"http://127.0.0.1:{server.server_port}"
        yield collector
        server.shutdown()
        thread.join()
