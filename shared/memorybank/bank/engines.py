"""Engines: create, get, list, update, and delete with everything below them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from memorybank.bank import operations
from memorybank.bank.conflict_retry import retry_on_conflict
from memorybank.bank.delivery import Delivery
from memorybank.bank.engine_size import check_size
from memorybank.bank.listing import LARGE_AT_ONCE, Accept, Cursor, page_of
from memorybank.bank.operation_tasks import TASK_FIELDS, enqueue_or_leave, task_of
from memorybank.bank.packing import stored_response
from memorybank.bank.ports import Ports
from memorybank.errors import FailedPrecondition, InvalidArgument, NotFound, Violation
from memorybank.ports.documents import Create, Data, Delete, Document, Order, Patch, Put, Query, Where
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.engine import ReasoningEngine
from memorybank.resources.names import EngineName, engine_of, name_of
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import CREATE_ENGINE, DELETE_ENGINE, REEMBED_MEMORIES, UPDATE_ENGINE
from memorybank.resources.stored_data import read_stored
from memorybank.resources.wire import has_path, parse

FIELDS = frozenset(ReasoningEngine.model_fields) - {"name", "etag", "create_time", "update_time"}
"""The fields of an engine that an update may change."""

MAPS = frozenset({"labels", "spec", "encryption_spec", "traffic_config", "revision_garbage_collection_strategy"})
"""The updatable fields whose keys are chosen by the caller."""

_LONGEST_CALL = timedelta(minutes=15)
"""A time after which no call is running any more that has read an engine before its deletion."""

_CHUNK = 200
_SHOWN = 60


def create(ports: Ports, parent: EngineName, engine: ReasoningEngine) -> Operation:
    """Create an engine in the location of `parent`, with the engine id that `parent` names."""
    now = ports.clock.now()
    stored = engine.model_copy(update={"name": None, "create_time": now, "update_time": now})
    document = Document(parent.path, _data(parent, stored), None)
    answer = _engine_of(document).to_wire()
    check_size(answer)
    operation, write = operations.finished(ports, parent, CREATE_ENGINE, parent=str(parent), response=answer)
    ports.store.commit([Create(document.path, document.data), write])
    return operation


def get(ports: Ports, name: EngineName) -> ReasoningEngine:
    """Return an engine."""
    return _engine_of(_load(ports, name))


def recent_config(ports: Ports, name: EngineName) -> MemoryBankConfig:
    """Return the configuration of an engine, which may be as old as the instance's cache allows."""

    def read() -> MemoryBankConfig:
        document = _load(ports, name)
        return ports.configs.made(name, document.version, lambda: _engine_of(document).config)

    return ports.configs.get(name, read, now=ports.clock.now())


def config_of(document: Document | None) -> MemoryBankConfig | None:
    """Return the configuration in an engine's document, None if there is no such engine."""
    return None if document is None or document.data["deletion"] else _engine_of(document).config


def get_with_config(ports: Ports, path: str) -> tuple[Document | None, Callable[[], MemoryBankConfig]]:
    """Return the document at `path`, and a function that returns its engine's configuration or raises `NotFound`.

    This takes a single read: the engine is read together with the document unless its configuration is cached.
    """
    name, now = engine_of(path), ports.clock.now()
    if ports.configs.is_fresh(name, now=now):
        return ports.store.get(path), lambda: recent_config(ports, name)
    document, engine = ports.store.get_many((path, name.path))
    return document, lambda: ports.configs.get(name, lambda: _engine_of(_living(engine, name)).config, now=now)


def list_page(
    ports: Ports, parent: str | None, *, accept: Accept | None, limit: int, after: Cursor | None
) -> tuple[list[ReasoningEngine], Cursor | None]:
    """Return a page of the engines in the location named `parent` (None: in all locations), newest first."""
    query = Query(
        collection="engines",
        where=() if parent is None else (Where("parent", "==", parent),),
        order=(Order("create_time", descending=True),),
        after=after,
    )

    def read(document: Document) -> ReasoningEngine | None:
        engine = _engine_of(document)
        hidden = document.data["deletion"] or (accept is not None and not accept(engine.to_data()))
        return None if hidden else engine

    return page_of(ports.store, query, limit=limit, read=read, at_once=LARGE_AT_ONCE)


def update(ports: Ports, name: EngineName, changes: ReasoningEngine, *, mask: Sequence[str] | None) -> Operation:
    """Update an engine: the fields in the mask, or without a mask those given; each is replaced as a whole.

    If the embedding model changes, a worker reembeds the engine's memories.
    """

    def attempt() -> tuple[Operation, Document | None]:
        document = _load(ports, name)
        old, new = document.data["resource"], changes.to_data()
        paths = mask if mask is not None else [field for field in changes.model_fields_set if field in FIELDS]
        _check_paths(paths)
        merged = parse(ReasoningEngine, masked(old, new, paths))
        stored = merged.model_copy(
            update={"create_time": document.data["create_time"], "update_time": ports.clock.now()}
        )
        data = _data(name, stored)
        answer = _engine_of(Document(name.path, data, None)).to_wire()
        check_size(answer)
        operation, write = operations.finished(ports, name, UPDATE_ENGINE, parent=str(name), response=answer)
        writes, begun = [Put(name.path, data, version=document.version), write], None
        if stored.config.embedding_model != _engine_of(document).config.embedding_model:
            begun = _reembedding(ports, name)
            writes.append(Create(begun.path, begun.data))
        ports.store.commit(writes)
        return operation, begun

    operation, begun = retry_on_conflict(attempt)
    if begun is not None:
        enqueue_or_leave(ports, task_of(begun))
    return operation


def reembed(ports: Ports, name: EngineName) -> Operation:
    """Have a worker reembed the memories whose vectors are not from the engine's current model."""
    _load(ports, name)
    begun = _reembedding(ports, name)
    ports.store.commit([Create(begun.path, begun.data)])
    enqueue_or_leave(ports, task_of(begun))
    return operations.operation_of(begun)


def _reembedding(ports: Ports, name: EngineName) -> Document:
    """Return an operation that is not created yet."""
    identifier, data = operations.start(ports, REEMBED_MEMORIES, parent=str(name))
    begun = {"count": 0, "response": stored_response({"reembeddedCount": 0})}
    return Document(name.child("operations", identifier), {**data, **begun}, None)


def masked(old: Data, new: Data, paths: Sequence[str]) -> Data:
    """Return `old` with the parts named by `paths` (`a` or `a.b.c`) taken from `new`; absent parts are removed."""
    merged = dict(old)
    for path in paths:
        field, _, rest = path.partition(".")
        if rest and not (field in merged or field in new):
            continue
        if rest:
            merged[field] = masked(_map_at(field, merged), _map_at(field, new), [rest])
        elif field in new:
            merged[field] = new[field]
        else:
            merged.pop(field, None)
    return merged


def _map_at(field: str, data: Data) -> Data:
    inner = data.get(field)
    if inner is not None and not isinstance(inner, Mapping):
        raise InvalidArgument.of(Violation("updateMask", f"{field[:_SHOWN]} has no fields: name it as a whole"))
    return dict(inner or {})


def _check_paths(paths: Sequence[str]) -> None:
    lost = [path for path in paths if not has_path(ReasoningEngine, path)]
    if lost:
        raise InvalidArgument.of(*(Violation("updateMask", f"{path[:_SHOWN]!r} is not a field path") for path in lost))


def delete(ports: Ports, name: EngineName, *, force: bool) -> Operation:
    """Delete an engine. Without `force`, an engine that still has memories or sessions is refused.

    The engine disappears at once; a worker then removes everything below it and finishes the operation, which is kept.
    Deleting the engine again in the meantime returns the same operation.
    """

    def attempt() -> Operation:
        document = ports.store.get(name.path)
        if document is None:
            raise _not_found(name)
        if document.data["deletion"]:
            begun = operations.load(ports, name, document.data["deletion"], parent=str(name), also=TASK_FIELDS)
            # The caller may be repeating the request because the queue could not be reached the first time.
            ports.queue.enqueue(task_of(begun))
            return operations.operation_of(begun)
        if not force:
            _refuse_children(ports, name)
        identifier, data = operations.start(ports, DELETE_ENGINE, parent=str(name))
        begun = Document(name.child("operations", identifier), data, None)
        deleted = Patch(name.path, {"deletion": identifier}, version=document.version)
        ports.store.commit([deleted, Create(begun.path, data)])
        ports.queue.enqueue(task_of(begun))
        return operations.operation_of(begun)

    return retry_on_conflict(attempt)


def finish_delete(delivery: Delivery) -> None:
    """Remove what is below a deleted engine, then the engine, and finish the operation.

    Operations go first: a generation that is still running cannot commit without its own. A call that read the engine
    before its deletion may still create something below it. So everything is removed once more when no such call can be
    running any more, unless there is an engine with that id again.
    """
    ports, operation = delivery.ports, delivery.operation
    engine = operation.path.rpartition("/operations/")[0]
    if operation.data["done"]:
        if ports.store.get(engine, fields=()) is None:
            _remove_below(ports, engine, but=operation.path)
        return
    _remove_below(ports, engine, but=operation.path)
    later = ports.clock.now() + _LONGEST_CALL
    ports.queue.enqueue(task_of(operation, "again", run_at=later))
    outcome = operations.Outcome(response={})
    ports.store.commit([Delete(engine), Patch(operation.path, outcome.data(ports))])


def _remove_below(ports: Ports, engine: str, *, but: str) -> None:
    for start in (f"{engine}/operations", engine):
        while paths := [path for path in ports.store.below(start, limit=_CHUNK) if path != but]:
            ports.store.commit([Delete(path) for path in paths])


def _refuse_children(ports: Ports, name: EngineName) -> None:
    now = ports.clock.now()
    for collection in ("memories", "sessions"):
        query = Query(f"{name.path}/{collection}", fields=("expire_time",), limit=_CHUNK)
        read = page_of(ports.store, query, limit=1, read=lambda found: _unexpired(found, now))
        if read[0]:
            raise FailedPrecondition(
                f"{name} still has {collection}: delete them first, or delete the engine with force=true"
            )


def _unexpired(document: Document, now: Any) -> Document | None:
    end = document.data.get("expire_time")
    return document if end is None or end > now else None


def _load(ports: Ports, name: EngineName) -> Document:
    return _living(ports.store.get(name.path), name)


def _living(document: Document | None, name: EngineName) -> Document:
    if document is None or document.data["deletion"]:
        raise _not_found(name)
    return document


def _not_found(name: EngineName) -> NotFound:
    return NotFound(f"engine {name} does not exist")


def _data(name: EngineName, engine: ReasoningEngine) -> Data:
    resource = engine.to_data()
    times = {field: resource.pop(field) for field in ("create_time", "update_time")}
    return {"parent": name.parent, "resource": resource, "deletion": None, **times}


def _engine_of(document: Document) -> ReasoningEngine:
    data = document.data
    return read_stored(
        ReasoningEngine,
        {
            **data["resource"],
            "name": name_of(document.path),
            "create_time": data["create_time"],
            "update_time": data["update_time"],
        },
    )
