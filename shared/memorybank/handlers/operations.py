"""The function for operations: get, list, delete, cancel and wait, under any resource, and rollback."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from memorybank.aip.entry import Call
from memorybank.bank import operations
from memorybank.bank.generation import undo
from memorybank.errors import InvalidArgument, Violation
from memorybank.handlers.request_context import Service, engine_name, page, shown
from memorybank.resources.names import EngineName, check_segment
from memorybank.resources.operation import RollbackOperationRequest
from memorybank.resources.wire import parse, parse_duration

_WAIT = timedelta(seconds=10)
_COLLECTIONS = {"memory": "memories", "session": "sessions"}


def get_operation(service: Service, call: Call) -> dict[str, Any]:
    """Answer an operation."""
    engine, parent = _parent(service, call)
    return shown(call, operations.get(service.ports, engine, _identifier(call), parent=parent))


def list_operations(service: Service, call: Call) -> dict[str, Any]:
    """Answer a page of the operations directly under a resource, newest first."""
    engine, parent = _parent(service, call)
    asked = page(call.query, binding=(parent, "operations"))
    found, cursor = operations.list_page(service.ports, engine, parent=parent, limit=asked.limit, after=asked.after)
    return asked.answer("operations", [operation.to_wire(call.version) for operation in found], cursor)


def delete_operation(service: Service, call: Call) -> dict[str, Any]:
    """Forget a finished operation."""
    engine, parent = _parent(service, call)
    operations.delete(service.ports, engine, _identifier(call), parent=parent)
    return {}


def cancel_operation(service: Service, call: Call) -> dict[str, Any]:
    """Stop an operation that has not finished."""
    engine, parent = _parent(service, call)
    operations.cancel(service.ports, engine, _identifier(call), parent=parent)
    return {}


def undo_operation(service: Service, call: Call) -> dict[str, Any]:
    """Undo all that a generation did to memories and answer the finished operation of the undo."""
    engine, _ = _parent(service, call)
    parse(RollbackOperationRequest, call.body)
    return undo.undo(service.ports, engine, _identifier(call)).to_wire(call.version)


def wait_operation(service: Service, call: Call) -> dict[str, Any]:
    """Answer an operation as soon as it is done, or as it is when the time-out (at most 30 s) is over."""
    engine, parent = _parent(service, call)
    timeout = _timeout(call.query.get("timeout", call.body.get("timeout")))
    found = operations.wait(service.ports, engine, _identifier(call), parent=parent, timeout=timeout)
    return shown(call, found)


def _timeout(value: Any) -> timedelta:
    try:
        return _WAIT if value is None else parse_duration(value)
    except ValueError as error:
        raise InvalidArgument.of(Violation("timeout", str(error))) from None


def _parent(service: Service, call: Call) -> tuple[EngineName, str]:
    engine = engine_name(service, call)
    name = str(engine)
    for kind, collection in _COLLECTIONS.items():
        if kind in call.params:
            name += f"/{collection}/{check_segment(call.params[kind], field=kind)}"
    return engine, name


def _identifier(call: Call) -> str:
    return check_segment(call.params["operation"], field="operation")
