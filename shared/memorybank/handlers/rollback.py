"""The function that rolls a memory back: `memories/{memory}:rollback`."""

from __future__ import annotations

from typing import Any

from memorybank.aip.entry import Call
from memorybank.bank.memories import revisions
from memorybank.handlers.request_context import Service, engine_name, memory_path
from memorybank.resources.retrieval import RollbackMemoryRequest
from memorybank.resources.wire import parse


def rollback_memory(service: Service, call: Call) -> dict[str, Any]:
    """Restore the state of a revision and answer the finished operation with the memory."""
    path = memory_path(engine_name(service, call), call)
    request = parse(RollbackMemoryRequest, call.body)
    return revisions.rollback(service.ports, path, str(request.target_revision_id)).to_wire(call.version)
