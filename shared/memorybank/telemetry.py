"""OpenTelemetry spans and metrics of calls, named by the GenAI memory conventions.

Source of the names: https://github.com/open-telemetry/semantic-conventions-genai (docs/gen-ai/gen-ai-spans.md, Memory).
An engine is the memory store: `gen_ai.memory.store.id` is its resource name. The text of memories and queries is
recorded only if the deployment opts in.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from memorybank.errors import MemoryBankError
from memorybank.handlers.rpcs import telemetry_name

if TYPE_CHECKING:
    from opentelemetry.metrics import MeterProvider
    from opentelemetry.trace import Span, TracerProvider

    from memorybank.aip.entry import Call

_SCOPE = "memorybank"


class Telemetry:
    """Records one span and one duration per call."""

    def __init__(
        self, *, tracers: TracerProvider | None = None, meters: MeterProvider | None = None, content: bool = False
    ) -> None:
        from opentelemetry import metrics, propagate, trace  # noqa: PLC0415 - only where telemetry is wanted

        self._tracer = trace.get_tracer(_SCOPE, tracer_provider=tracers)
        meter = metrics.get_meter(_SCOPE, meter_provider=meters)
        self._durations = meter.create_histogram(
            "gen_ai.client.operation.duration", unit="s", description="Duration of memory operations."
        )
        self._extract = propagate.extract
        self._kind, self._status = trace.SpanKind.SERVER, trace.StatusCode.ERROR
        self._content = content

    @contextmanager
    def observe(self, name: str, call: Call) -> Iterator[Callable[[Any], None]]:
        """Observe one call, given the name of its method."""
        operation = telemetry_name(name)
        attributes: dict[str, str] = {"gen_ai.operation.name": operation}
        began = time.monotonic()
        details = {**attributes, **_place(call)}
        parent = self._extract(dict(call.headers))
        with self._tracer.start_as_current_span(
            operation,
            context=parent,
            kind=self._kind,
            attributes=details,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield lambda answer: self._tell(span, call, answer)
            except Exception as error:
                # Never the text of an error: it may quote the request.
                attributes["error.type"] = error.status if isinstance(error, MemoryBankError) else "INTERNAL"
                span.set_attribute("error.type", attributes["error.type"])
                span.set_status(self._status)
                raise
            finally:
                self._durations.record(time.monotonic() - began, attributes)

    def _tell(self, span: Span, call: Call, answer: Any) -> None:
        found = answer.get("retrievedMemories") if isinstance(answer, dict) else None
        if found is None:
            return
        span.set_attribute("gen_ai.memory.record.count", len(found))
        if self._content:
            params = call.body.get("similaritySearchParams") or call.body.get("similarity_search_params") or {}
            span.set_attribute(
                "gen_ai.memory.query.text", str(params.get("searchQuery", params.get("search_query", "")))
            )
            span.set_attribute("gen_ai.memory.records", json.dumps([_record(hit) for hit in found]))


def _place(call: Call) -> dict[str, str]:
    """Return the store, and the memory in it, that a call concerns."""
    params = call.params
    if "engine" not in params:
        return {}
    location = f"projects/{params['project']}/locations/{params['location']}/" if "project" in params else ""
    place = {"gen_ai.memory.store.id": f"{location}reasoningEngines/{params['engine']}"}
    return place | ({"gen_ai.memory.record.id": params["memory"]} if "memory" in params else {})


def _record(hit: Mapping[str, Any]) -> dict[str, Any]:
    memory = hit["memory"]
    return {"id": memory["name"], "content": memory["fact"], "score": hit.get("distance")}


def otlp(*, content: bool) -> Telemetry:
    """Return telemetry that is exported by OTLP over HTTP to OTEL_EXPORTER_OTLP_ENDPOINT."""
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415 - as above
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - as above
    from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415 - as above
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader  # noqa: PLC0415 - as above
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - as above
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - as above
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415 - as above

    resource = Resource.create({"service.name": "open-memory-bank"})
    tracers = TracerProvider(resource=resource)
    tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    meters = MeterProvider(resource=resource, metric_readers=[PeriodicExportingMetricReader(OTLPMetricExporter())])
    return Telemetry(tracers=tracers, meters=meters, content=content)
