"""The function for operations: get, list, delete, cancel and wait, under any resource, and rollback."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from memorybank.access.narrow_ports import paths_of
from memorybank.aip.entry import Call
from memorybank.bank import operations, operations_of_location, retries
from memorybank.bank.answered import completed, completed_page
from memorybank.bank.generation import undo
from memorybank.errors import InvalidArgument, Unimplemented, Violation
from memorybank.handlers.filters import OPERATIONS, acceptance
from memorybank.handlers.request_context import (
    Service,
    answer_operation,
    engine_name,
    page,
    shown,
    stored_name,
    wait_for,
)
from memorybank.resources.names import EngineName, check_segment
from memorybank.resources.operation import RetryOperationRequest, RollbackOperationRequest
from memorybank.resources.wire import parse, parse_duration

_WAIT = timedelta(seconds=10)
_COLLECTIONS = {"memory": "memories", "session": "sessions"}


def get_operation(service: Service, call: Call) -> dict[str, Any]:
    """Return an operation."""
    engine, parent = _parent(service, call)
    found = operations.get(service.ports, engine, _identifier(call), parent=parent)
    return shown(call, *completed(service.ports, [found]))


def list_operations(service: Service, call: Call) -> dict[str, Any]:
    """Return a page of the operations directly under a resource, newest first, or of all in a location."""
    if call.query.get("returnPartialSuccess", "false").lower() not in ("", "false", "0"):
        raise Unimplemented("returnPartialSuccess is not supported: leave it out.")
    text = call.query.get("filter")
    accept = acceptance(text, OPERATIONS)
    if "engine" in call.params:
        engine, parent = _parent(service, call)
        asked = page(call.query, binding=(parent, "operations", text))
        found = partial(operations.list_page, service.ports, engine, parent=parent)
    else:
        location = _location(service, call)
        asked = page(call.query, binding=(location, "operations", text))
        found = partial(operations_of_location.list_page, service.ports, location)
    complete, cursor = completed_page(
        service.ports, lambda limit: found(accept=accept, limit=limit, after=asked.after), limit=asked.limit
    )
    return asked.answer("operations", [shown(call, operation) for operation in complete], cursor)


def delete_operation(service: Service, call: Call) -> dict[str, Any]:
    """Delete a finished operation."""
    engine, parent = _parent(service, call)
    operations.delete(service.ports, engine, _identifier(call), parent=parent)
    return {}


def cancel_operation(service: Service, call: Call) -> dict[str, Any]:
    """Stop an operation that has not finished."""
    engine, parent = _parent(service, call)
    operations.cancel(service.ports, engine, _identifier(call), parent=parent)
    return {}


def undo_operation(service: Service, call: Call) -> dict[str, Any]:
    """Undo all changes of a generation to memories and return the operation of the undo, which is usually finished."""
    engine, _ = _parent(service, call)
    parse(RollbackOperationRequest, call.body)
    operation = undo.undo(service.ports, engine, _identifier(call))
    return answer_operation(service, engine, call, operation=operation)


def retry_operation(service: Service, call: Call) -> dict[str, Any]:
    """Restart a failed operation and return it."""
    engine, parent = _parent(service, call)
    parse(RetryOperationRequest, call.body)
    return shown(call, retries.retry(service.ports, engine, _identifier(call), parent=parent))


def wait_operation(service: Service, call: Call) -> dict[str, Any]:
    """Return an operation as soon as it is done, or in its current state after the timeout (at most 30 s).

    It is answered soon while many calls wait: clients ask again, as they do after any time-out.
    """
    engine, parent = _parent(service, call)
    timeout = _timeout(call.query.get("timeout", call.body.get("timeout")))
    found = wait_for(service, engine, _identifier(call), parent=parent, timeout=timeout)
    return shown(call, *completed(service.ports, [found]))


def _timeout(value: Any) -> timedelta:
    try:
        return _WAIT if value is None else parse_duration(value)
    except ValueError as error:
        raise InvalidArgument.of(Violation("timeout", str(error))) from None


def _location(service: Service, call: Call) -> str:
    return engine_name(service, call, identifier="any").parent


def _parent(service: Service, call: Call) -> tuple[EngineName, str]:
    """Return the engine of an operation and the name of its parent resource.

    If a call names only a location, the operation is searched in all of the location's engines.
    """
    if "engine" not in call.params:
        return _found_in_location(service, call)
    engine = engine_name(service, call)
    name = str(engine)
    for kind, collection in _COLLECTIONS.items():
        if kind in call.params:
            name += f"/{collection}/{check_segment(call.params[kind], field=kind)}"
    return engine, name


def _found_in_location(service: Service, call: Call) -> tuple[EngineName, str]:
    location = engine_name(service, call, identifier="any")
    return operations_of_location.find(
        service.ports,
        location.parent,
        _identifier(call),
        paths=partial(paths_of, service.ports),
        is_here=lambda engine: stored_name(service, replace(location, engine=engine.engine)) == engine,
    )


def _identifier(call: Call) -> str:
    return check_segment(call.params["operation"], field="operation")
