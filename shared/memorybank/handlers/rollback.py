"""The function that rolls a memory back: `memories/{memory}:rollback`."""

from __future__ import annotations

from typing import Any

from memorybank.aip.entry import Call
from memorybank.bank.memories import revisions
from memorybank.errors import InvalidArgument, Violation
from memorybank.handlers.request_context import Service, engine_name, memory_path, shown
from memorybank.resources.retrieval import RollbackMemoryRequest
from memorybank.resources.wire import parse


def rollback_memory(service: Service, call: Call) -> dict[str, Any]:
    """Restore the state of a revision and return the finished operation with the memory."""
    engine = engine_name(service, call)
    path = memory_path(engine, call)
    request = parse(RollbackMemoryRequest, call.body)
    below_engine = f"reasoningEngines/{engine.engine}/memories/{call.params['memory']}"
    if request.memory is not None and not f"/{request.memory}".endswith(f"/{below_engine}"):
        raise InvalidArgument.of(Violation("targetRevisionId", f"must be a revision of this memory, {below_engine}"))
    return shown(call, revisions.rollback(service.ports, path, request.revision))
