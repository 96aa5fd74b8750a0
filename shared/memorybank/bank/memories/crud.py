"""Memories one at a time: create, get, list, update and delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from memorybank.bank import engines, operations
from memorybank.bank.conflict_retry import commit, retry_on_conflict
from memorybank.bank.listing import Accept, Cursor, page_of, screen_in
from memorybank.bank.memories.lifetimes import Cause, memory_end, requested_end
from memorybank.bank.memories.origin import Origin
from memorybank.bank.memories.records import (
    MEMORY_FIELDS,
    NATURAL,
    PROFILE,
    MemoryRecord,
    lives,
    record_of,
    wire_memory,
)
from memorybank.bank.memories.stored import embed, engine_config, living, load, remove_expired, revisions_of
from memorybank.bank.memories.workspace import Workspace
from memorybank.bank.ports import Ports
from memorybank.errors import AlreadyExists, InvalidArgument, Violation
from memorybank.ports.documents import Document, Order, Query, Where
from memorybank.resources.masks import merged_map, named_fields
from memorybank.resources.memory import (
    FIELDS,
    MAX_PAIRS,
    STORED,
    UPDATABLE,
    Memory,
    MetadataValue,
    RevisionOptions,
    without_request,
)
from memorybank.resources.names import EngineName, name_of
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import CREATE_MEMORY, DELETE_MEMORY, UPDATE_MEMORY, OperationKind
from memorybank.resources.scopes import scope_key
from memorybank.resources.violations import SCOPE_REQUIRED


def create(ports: Ports, engine: EngineName, memory: Memory, *, memory_id: str | None) -> Operation:
    """Create a memory as given, without consolidation, with the caller's id or a new numeric one."""
    config = engines.get(ports, engine).config
    _check_new(memory)
    path = engine.child("memories", memory_id or ports.ids.new())
    vector, model = embed(ports, config, memory.fact or "")
    now = ports.clock.now()
    end = requested_end(memory, now=now) or memory_end(config, Cause.CREATED, now=now)
    stored = without_request(memory, expire_time=end, memory_type=NATURAL)
    workspace = Workspace(config, now, ports.rules.deleted_retention)
    record = workspace.create(path, stored, vector=vector, model=model, origin=Origin(memory))
    operation, write = _finished(ports, engine, record, kind=CREATE_MEMORY)
    try:
        ports.store.commit([*workspace.writes(), write])
    except AlreadyExists:
        if not remove_expired(ports, path):
            raise AlreadyExists(f"memory {name_of(path)} already exists") from None
        ports.store.commit([*workspace.writes(), write])
    return operation


def get(ports: Ports, path: str) -> dict[str, Any]:
    """Return the memory at a document path, in its wire format."""
    return wire_memory(living(ports, path, fields=STORED))


def list_page(
    ports: Ports,
    engine: EngineName,
    *,
    scope: Mapping[str, str] | None,
    accept: Accept | None,
    order: Order,
    limit: int,
    after: Cursor | None,
) -> tuple[list[Memory], Cursor | None]:
    """Return a page of the memories of an engine, or of one scope of it, by creation or update time."""
    engines.get(ports, engine)
    now = ports.clock.now()
    query = Query(
        collection=f"{engine.path}/memories",
        where=() if scope is None else (Where("scope_key", "==", scope_key(scope)),),
        order=(order,),
        after=after,
        fields=MEMORY_FIELDS,
        screen=screen_in(accept),
    )

    def read(document: Document) -> Memory | None:
        # What is stored has all the fields that a filter may name, so only what is shown becomes a memory.
        seen = lives(document.data.get("expire_time"), now) and (accept is None or accept(document.data))
        return record_of(document).memory if seen else None

    return page_of(ports.store, query, limit=limit, read=read)


def update(ports: Ports, path: str, changes: Memory, *, mask: Sequence[str] | None) -> Operation:
    """Update a memory: the fields in the mask, or without a mask those given. The scope never changes."""
    engine, config = engine_config(ports, path)
    fields = named_fields(mask) if mask is not None else changes.model_fields_set & UPDATABLE
    _check_changes(changes, fields)

    def attempt() -> Operation:
        record = load(ports, path)
        if changes.scope is not None and changes.scope != record.memory.scope:
            right = "leave it out, or create a new memory"
            raise InvalidArgument.of(Violation("scope", f"is immutable and differs from the memory's: {right}"))
        if record.memory.memory_type == PROFILE and "fact" in fields:
            right = "says what the profile holds: let a conversation change that, or delete the memory"
            raise InvalidArgument.of(Violation("fact", right))
        now = ports.clock.now()
        values: dict[str, Any] = {field: getattr(changes, field) for field in fields if FIELDS[field].stored}
        if "metadata" in fields:
            values["metadata"] = _metadata(mask, old=record.memory.metadata, new=changes.metadata)
        if fields & {"ttl", "expire_time"}:
            values["expire_time"] = requested_end(changes, now=now)
        else:
            values["expire_time"] = memory_end(config, Cause.UPDATED, now=now, current=record.memory.expire_time)
        vector = None
        if values.get("fact", record.fact) != record.fact:
            vector = embed(ports, config, values["fact"])
        workspace = Workspace(config, now, ports.rules.deleted_retention)
        changed = workspace.update(record, Origin(changes), changes=values, vector=vector)
        operation, write = _finished(ports, engine, changed, kind=UPDATE_MEMORY)
        commit(ports.store, [*workspace.writes(), write])
        return operation

    return retry_on_conflict(attempt)


def delete(ports: Ports, path: str) -> Operation:
    """Delete a memory; its revisions, and one without a fact, stay for as long as the deployment wants."""
    engine, config = engine_config(ports, path)

    def attempt() -> Operation:
        record = load(ports, path)
        workspace = Workspace(config, ports.clock.now(), ports.rules.deleted_retention)
        workspace.delete(record, Origin(RevisionOptions()), revisions=revisions_of(ports, path))
        operation, write = operations.finished(
            ports, engine, DELETE_MEMORY, parent=name_of(path), scope=record.memory.scope
        )
        commit(ports.store, [*workspace.writes(), write])
        return operation

    return retry_on_conflict(attempt)


def _finished(ports: Ports, engine: EngineName, record: MemoryRecord, *, kind: OperationKind) -> tuple[Operation, Any]:
    answer = record.memory.model_copy(update={"name": record.name}).to_wire()
    return operations.finished(ports, engine, kind, parent=record.name, response=answer, scope=record.memory.scope)


def _check_new(memory: Memory) -> None:
    found = []
    if not memory.fact or not memory.fact.strip():
        found.append(Violation("fact", "is required and must not be blank"))
    if memory.scope is None:
        found.append(Violation("scope", SCOPE_REQUIRED))
    if memory.structured_content is not None or memory.memory_type not in (None, NATURAL):
        found.append(Violation("memoryType", f"only {NATURAL} memories can be created directly"))
    if found:
        raise InvalidArgument.of(*found)


def _metadata(
    mask: Sequence[str] | None, *, old: Mapping[str, MetadataValue], new: Mapping[str, MetadataValue]
) -> dict[str, MetadataValue]:
    merged = merged_map("metadata", mask, old=old, new=new)
    if len(merged) > MAX_PAIRS:
        raise InvalidArgument.of(Violation("metadata", f"would have {len(merged)} entries: at most {MAX_PAIRS}"))
    return merged


def _check_changes(changes: Memory, fields: set[str]) -> None:
    found = []
    if "fact" in fields and not (changes.fact and changes.fact.strip()):
        found.append(Violation("fact", "must not be blank; delete the memory instead"))
    if not fields:
        found.append(Violation("updateMask", f"nothing to change: give one of {', '.join(sorted(UPDATABLE))}"))
    if found:
        raise InvalidArgument.of(*found)
