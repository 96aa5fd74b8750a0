"""Spans and metrics of calls: named by the conventions, and silent about content."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from memorybank.aip.entry import Application, Call
from memorybank.aip.http import Request
from memorybank.aip.routing import Route
from memorybank.errors import NotFound
from memorybank.handlers.rpcs import all_rpcs
from memorybank.telemetry import Telemetry

ENGINE = "projects/p/locations/l/reasoningEngines/e"
HIT = {"memory": {"name": f"{ENGINE}/memories/1", "fact": "I like tea"}, "distance": 0.5}


class Seen:
    """What was recorded."""

    def __init__(self) -> None:
        self._spans, self._metrics = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracers, self.meters = TracerProvider(), MeterProvider(metric_readers=[self._metrics])
        self.tracers.add_span_processor(SimpleSpanProcessor(self._spans))

    @property
    def span(self) -> ReadableSpan:
        """The only span."""
        [span] = self._spans.get_finished_spans()
        return span

    @property
    def durations(self) -> list[Any]:
        """The points of the durations' histogram."""
        data: Any = self._metrics.get_metrics_data()
        [metric] = data.resource_metrics[0].scope_metrics[0].metrics
        assert metric.name == "gen_ai.client.operation.duration"
        return list(metric.data.data_points)


@pytest.fixture
def seen() -> Iterator[Seen]:
    seen = Seen()
    yield seen
    seen.tracers.shutdown()
    seen.meters.shutdown()


def _application(seen: Seen, answer: Any, *, content: bool = False) -> Application[None]:
    def handle(_: None, __: Call) -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    template = "reasoningEngines/{engine}/memories:retrieve"
    route = Route("POST", template, handle, "RetrieveMemories", needs="nothing")
    telemetry = Telemetry(tracers=seen.tracers, meters=seen.meters, content=content)
    return Application([route], None, max_body=1000, admit=lambda *_: None, observe=telemetry.observe)


def _search(application: Application[None], **headers: str) -> int:
    body = b'{"similaritySearchParams": {"searchQuery": "what do I like"}}'
    return application.handle(Request("POST", f"/v1/{ENGINE}/memories:retrieve", (), headers, body)).status


def test_a_search_is_a_span_of_the_conventions_without_content(seen: Seen) -> None:
    assert _search(_application(seen, {"retrievedMemories": [HIT, HIT]})) == 200
    assert seen.span.name == "search_memory"
    assert dict(seen.span.attributes or {}) == {
        "gen_ai.operation.name": "search_memory",
        "gen_ai.memory.store.id": ENGINE,
        "gen_ai.memory.record.count": 2,
    }
    [point] = seen.durations
    assert point.count == 1
    assert dict(point.attributes) == {"gen_ai.operation.name": "search_memory"}


def test_content_is_recorded_only_when_switched_on(seen: Seen) -> None:
    _search(_application(seen, {"retrievedMemories": [HIT]}, content=True))
    attributes = dict(seen.span.attributes or {})
    assert attributes["gen_ai.memory.query.text"] == "what do I like"
    assert "I like tea" in str(attributes["gen_ai.memory.records"])


@pytest.mark.parametrize(("error", "kind"), [(NotFound("I like tea"), "NOT_FOUND"), (KeyError("tea"), "INTERNAL")])
def test_an_error_is_named_by_its_kind_and_never_quoted(seen: Seen, error: Exception, kind: str) -> None:
    _search(_application(seen, error))
    assert (seen.span.attributes or {})["error.type"] == kind
    assert not seen.span.status.is_ok
    assert "tea" not in seen.span.to_json()
    assert seen.durations[0].attributes["error.type"] == kind


def test_a_call_goes_on_with_the_trace_of_its_caller(seen: Seen) -> None:
    _search(_application(seen, {}), traceparent=f"00-{'ab' * 16}-{'cd' * 8}-01")
    context = seen.span.get_span_context()
    assert context is not None
    assert f"{context.trace_id:032x}" == "ab" * 16


def test_methods_have_names_of_the_conventions_only() -> None:
    names = {rpc.telemetry for rpc in all_rpcs() if rpc.public} - {None}
    actions = {"create_memory", "update_memory", "upsert_memory", "delete_memory", "search_memory"}
    assert names == actions | {"create_memory_store", "delete_memory_store"}
