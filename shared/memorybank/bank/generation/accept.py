"""The first step of a generation: accept the request and enqueue its work."""

from __future__ import annotations

import json

from memorybank.bank import engines, operations, payloads
from memorybank.bank.ports import Ports
from memorybank.errors import Aborted, MemoryBankError
from memorybank.ports.documents import Create, Delete, Document, Version
from memorybank.ports.tasks import Task, lane_of
from memorybank.resources.generation import GenerateMemoriesRequest
from memorybank.resources.names import EngineName
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import GENERATE_MEMORIES


def accept(ports: Ports, engine: EngineName, request: GenerateMemoriesRequest) -> Operation:
    """Store a validated request as an operation and enqueue its work."""
    engines.get(ports, engine)
    assert request.scope is not None  # noqa: S101 - sessions are resolved before, and anything else has one
    operation = prepare(ports, engine, request)
    version: Version | None = None
    try:
        [version] = ports.store.commit([Create(operation.path, operation.data)])
        ports.queue.enqueue(
            Task(name=operation.id, body=operation.data["name"], lane=lane_of(operation.data["scope_key"]))
        )
    except MemoryBankError:
        # The caller will retry. A request reported as failed must not run as well, least of all from a later sweep.
        if not _taken_up(ports, Document(operation.path, operation.data, version)):
            raise
    return operations.operation_of(operation)


def prepare(ports: Ports, engine: EngineName, request: GenerateMemoriesRequest) -> Document:
    """Return the operation of a validated request, not yet created; the parts of a large request are stored here."""
    identifier, data = operations.start(ports, GENERATE_MEMORIES, parent=str(engine), scope=request.scope)
    path = engine.child("operations", identifier)
    payload = json.dumps(request.to_wire(), separators=(",", ":")).encode()
    data |= {"stage": "accepted", "waiting_scope": None}
    data |= payloads.store(ports, path, payload, scope_key=data["scope_key"])
    return Document(path, data, None)


def _taken_up(ports: Ports, operation: Document) -> bool:
    """Withdraw an operation whose acceptance failed half-way, and tell whether a worker has already worked on it."""
    try:
        ports.store.commit([Delete(operation.path, version=operation.version), *payloads.removals(operation)])
    except Aborted:
        return True
    except MemoryBankError:
        pass  # the store is down; the sweep will find the operation
    return False


def request_of(ports: Ports, operation: Document) -> GenerateMemoriesRequest:
    """Read the request of a stored operation."""
    return GenerateMemoriesRequest.model_validate(json.loads(payloads.load(ports, operation)))
