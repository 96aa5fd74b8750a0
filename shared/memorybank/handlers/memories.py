"""The function for memories: create, get, list, update, delete; purge, erase, reembed many; list scopes, what waits."""

from __future__ import annotations

from typing import Any

from memorybank.access.narrow_ports import unlimited, widened
from memorybank.aip.entry import Call
from memorybank.aip.json_body import parse_json
from memorybank.bank import engines, waiting
from memorybank.bank.memories import as_of, batch_create, crud, erase, exports, purge, scopes
from memorybank.bank.memories import explain as explanations
from memorybank.errors import InvalidArgument, Violation
from memorybank.handlers.filters import MEMORIES, memory_filter, required_scope
from memorybank.handlers.purging import condition_of, stored_form
from memorybank.handlers.request_context import (
    NEWEST_FIRST,
    Service,
    answer_operation,
    engine_name,
    memory_path,
    order_by_time,
    page,
    read_time,
    read_update,
    shown,
    shown_memory,
)
from memorybank.ports.documents import Order
from memorybank.resources.erasure import EraseMemoriesRequest
from memorybank.resources.memory import MAPS, UPDATABLE, Memory, ReembedMemoriesRequest, RevisionOptions
from memorybank.resources.names import check_chosen_id
from memorybank.resources.retrieval import PurgeMemoriesRequest
from memorybank.resources.transfer import BatchCreateMemoriesRequest
from memorybank.resources.waiting import ListWaitingRequest
from memorybank.resources.wire import parse

_FLAGS = {"": False, "false": False, "true": True}


def create_memory(service: Service, call: Call) -> dict[str, Any]:
    """Create a memory and return the finished operation with it."""
    engine = engine_name(service, call)
    chosen = call.query.get("memoryId")
    memory_id = check_chosen_id(chosen, field="memoryId") if chosen else None
    memory = parse(Memory, call.body)
    service.rights.require_scope(engine, memory.scope, write=True)
    if chosen:
        service.rights.require_chosen_id(engine)
    return shown(call, crud.create(service.ports, engine, memory, memory_id=memory_id))


def get_memory(service: Service, call: Call) -> dict[str, Any]:
    """Return a memory."""
    return shown_memory(call, crud.get(service.ports, memory_path(engine_name(service, call), call)))


def explain_memory(service: Service, call: Call) -> dict[str, Any]:
    """Return a memory with its evidence and the reasons of its changes, newest first."""
    path = memory_path(engine_name(service, call), call)
    asked = page(call.query, binding=(path, "explain"))
    explanation, cursor = explanations.explain(service.ports, path, limit=asked.limit, after=asked.after)
    wire = explanation.to_wire()
    return {**wire, **asked.answer("revisions", wire.get("revisions", []), cursor)}


def list_memories(service: Service, call: Call) -> dict[str, Any]:
    """Return a page of memories, newest first unless `orderBy` says otherwise."""
    engine = engine_name(service, call)
    text = call.query.get("filter")
    order = order_by_time(call.query)
    time = read_time(call.query)
    asked = page(call.query, binding=(str(engine), text, order.field, order.descending, time and str(time)))
    scope, accept = required_scope(text), memory_filter(text, MEMORIES)
    if time is not None:
        scope = _past_scope(scope, order)
        found, cursor = as_of.list_page(
            service.ports, engine, scope=scope, time=time, accept=accept, limit=asked.limit, after=asked.after
        )
    else:
        found, cursor = crud.list_page(
            service.ports, engine, scope=scope, accept=accept, order=order, limit=asked.limit, after=asked.after
        )
    return asked.answer("memories", [shown_memory(call, memory.to_wire()) for memory in found], cursor)


def _past_scope(scope: dict[str, str] | None, order: Order) -> dict[str, str]:
    """Return the scope of a list with a read time, or refuse what such a list cannot do."""
    violations = []
    if scope is None:
        right = 'must name one scope as a whole, as in scope="{\\"user_id\\": \\"1\\"}"'
        violations.append(Violation("filter", f"{right}, where readTime is given"))
    if order != NEWEST_FIRST:
        violations.append(Violation("orderBy", "must be left out, or create_time desc, where readTime is given"))
    if scope is None or violations:
        raise InvalidArgument.of(*violations)
    return scope


def update_memory(service: Service, call: Call) -> dict[str, Any]:
    """Update a memory and return the finished operation with it."""
    path = memory_path(engine_name(service, call), call)
    changes, mask = read_update(call, Memory, fields=UPDATABLE, maps=MAPS, beside=RevisionOptions.model_fields)
    return shown(call, crud.update(service.ports, path, changes, mask=mask))


def delete_memory(service: Service, call: Call) -> dict[str, Any]:
    """Delete a memory and return the finished operation."""
    return shown(call, crud.delete(service.ports, memory_path(engine_name(service, call), call)))


def purge_memories(service: Service, call: Call) -> dict[str, Any]:
    """Delete, or count, the memories that match a condition, and return the operation."""
    engine = engine_name(service, call)
    request = parse(PurgeMemoriesRequest, call.body)
    condition, rights = condition_of(request), service.rights
    scope = condition.scope
    sees_all = rights.unlimited(engine, write=True) if scope is None else rights.allows(engine, scope, write=True)
    operation = purge.purge(
        service.ports,
        engine,
        scope=scope,
        within=condition.within,
        accept=condition.accept,
        condition=stored_form(request) if sees_all else None,
        force=request.force,
    )
    return shown(call, operation)


def erase_memories(service: Service, call: Call) -> dict[str, Any]:
    """Remove every trace of a scope and return how many documents were removed."""
    engine = engine_name(service, call)
    request = parse(EraseMemoriesRequest, call.body)
    ports = widened(service.ports, service.rights, engine=engine, scope=request.scope)
    return erase.erase(ports, engine, request).to_wire()


def reembed_memories(service: Service, call: Call) -> dict[str, Any]:
    """Start to reembed the memories whose vectors are not from the engine's current model, and return the operation."""
    engine = engine_name(service, call)
    service.rights.require_engine(engine)
    parse(ReembedMemoriesRequest, call.body)
    return answer_operation(service, engine, call, operation=engines.reembed(service.ports, engine))


def list_scopes(service: Service, call: Call) -> dict[str, Any]:
    """Return a page of the scopes that have memories, each with their number and last change."""
    engine, rights = engine_name(service, call), service.rights
    rights.require_known(engine)
    prefix = call.query.get("prefix", "")
    asked = page(call.query, binding=(str(engine), "scopes", prefix), default=50)
    keys = None if rights.unlimited(engine, write=False) else rights.scope_keys(engine)
    readable = scopes.Readable(keys, lambda scope: rights.allows(engine, scope, write=False))
    found, cursor = scopes.list_page(
        unlimited(service.ports), engine, readable=readable, prefix=prefix, limit=asked.limit, after=asked.after
    )
    return asked.answer("scopes", [scope.to_wire() for scope in found], cursor)


def list_waiting(service: Service, call: Call) -> dict[str, Any]:
    """Return the streams of a scope with waiting events, and its operations that are not done."""
    engine = engine_name(service, call)
    scope = parse(ListWaitingRequest, {"scope": _scope_in(call.query.get("scope"))}).scope
    service.rights.require_scope(engine, scope, write=False)
    found = waiting.waiting(service.ports, engine, scope)
    wire: dict[str, Any] = {
        "streams": [stream.to_wire() for stream in found.streams],
        "operations": [shown(call, operation) for operation in found.operations],
    }
    return wire | ({"more": True} if found.more else {})


def _scope_in(text: str | None) -> Any:
    """Return the JSON of a parameter; what is none is left for the check of the scope to refuse."""
    try:
        return parse_json(text.encode()) if text else None
    except InvalidArgument:
        return text


def batch_create_memories(service: Service, call: Call) -> dict[str, Any]:
    """Create memories and sessions as another bank exported them, and return the operation."""
    engine = engine_name(service, call)
    service.rights.require_engine(engine)
    request = parse(BatchCreateMemoriesRequest, call.body)
    return shown(call, batch_create.batch_create(service.ports, engine, request))


def export_memories(service: Service, call: Call) -> dict[str, Any]:
    """Return a page of the engine's memories with all that the bank knows of them."""
    engine = engine_name(service, call)
    service.rights.require_engine(engine)
    embeddings = _FLAGS.get(call.query.get("includeEmbeddings", "").lower())
    if embeddings is None:
        raise InvalidArgument.of(Violation("includeEmbeddings", "must be true or false"))
    asked = page(call.query, binding=(str(engine), "export", embeddings))
    found, cursor = exports.export_page(service.ports, engine, vectors=embeddings, limit=asked.limit, after=asked.after)
    return asked.answer("memories", [record.to_wire() for record in found], cursor)
