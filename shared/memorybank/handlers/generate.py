"""The function that accepts conversations: `memories:generate` and `memories:ingestEvents`."""

from __future__ import annotations

from typing import Any

from memorybank.aip.entry import Call
from memorybank.bank import session_events
from memorybank.bank.generation import accept
from memorybank.bank.ingestion import ingest
from memorybank.handlers.request_context import Service, answer_operation, engine_name, session_of_engine, shown
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.ingestion import IngestEventsRequest
from memorybank.resources.wire import parse

_EVENTS = "directContentsSource.events"
_SESSION = "vertexSessionSource.session"


def generate_memories(service: Service, call: Call) -> dict[str, Any]:
    """Accept a generation and return its operation."""
    engine = engine_name(service, call)
    request = parse(GenerateMemoriesRequest, call.body)
    if request.direct_contents_source is not None:
        service.media.require(request.direct_contents_source.events, field=_EVENTS)
    if request.vertex_session_source is not None:
        session_id = session_of_engine(service, engine, request.vertex_session_source.session, field=_SESSION)
        request = session_events.resolved(
            service.ports, engine, request, session_id=session_id, readable=service.media.without_refused
        )
    service.rights.require_scope(engine, request.scope, write=True)
    operation = accept.accept(service.ports, engine, request)
    return answer_operation(service, engine, call, operation=operation)


def ingest_events(service: Service, call: Call) -> dict[str, Any]:
    """Add events to their stream and return the operation of the waiting events, without waiting for it."""
    engine = engine_name(service, call)
    request = parse(IngestEventsRequest, call.body)
    service.media.require(request.events, field=_EVENTS)
    service.rights.require_scope(engine, request.scope, write=True)
    return shown(call, ingest.ingest(service.ports, engine, request))
