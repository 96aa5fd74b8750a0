"""A method that the package does not know, with an operation that a worker finishes: what adding one takes."""

from __future__ import annotations

from typing import Any

from memorybank.aip.entry import Call
from memorybank.bank import engines, operations
from memorybank.bank.delivery import Delivery
from memorybank.errors import InvalidArgument
from memorybank.handlers.request_context import Service, engine_name
from memorybank.handlers.rpcs import Rpc
from memorybank.ports.documents import Create, Document, Patch
from memorybank.ports.tasks import Task
from memorybank.resources.operation_kinds import OperationKind

WIND_TOY = OperationKind("WindToy", outcome_in_metadata=True, finisher="tests.functions.toys:finish")
RPC = Rpc(
    "WindToy",
    function="toys",
    method="POST",
    template="reasoningEngines/{engine}/toys/{toy}:wind",
    handler="tests.functions.toys:wind_toy",
    telemetry="wind_toy",
    operation=WIND_TOY,
)


def wind_toy(service: Service, call: Call) -> dict[str, Any]:
    """Have a worker wind a toy; without `turns`, it never gets it done."""
    engine, scope = engine_name(service, call), call.body["scope"]
    service.rights.require_scope(engine, scope, write=True)
    engines.get(service.ports, engine)
    identifier, data = operations.start(service.ports, WIND_TOY, parent=str(engine), scope=scope)
    path, data = engine.child("operations", identifier), {**data, "turns": call.body.get("turns", 0)}
    service.ports.store.commit([Create(path, data)])
    service.ports.queue.enqueue(Task(identifier, data["name"]))
    return operations.operation_of(Document(path, data, None)).to_wire(call.version)


def finish(delivery: Delivery) -> None:
    """Wind the toy."""
    ports, operation = delivery.ports, delivery.operation
    turns = operation.data["turns"]
    if turns < 0:
        raise InvalidArgument("turns must be positive: a toy cannot be unwound")
    if turns:
        outcome = operations.Outcome(response={"turns": turns})
        ports.store.commit([Patch(operation.path, outcome.data(ports), version=operation.version)])
