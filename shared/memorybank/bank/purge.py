"""Purge: delete, or count, the memories that meet a condition.

What is found when it is asked for is what goes: later memories stay. What does not fit into one answer is left to a
worker as a list of memories as they were then, so that it deletes nothing that the caller could not have.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from memorybank.bank import engines, memories, operations, payloads
from memorybank.bank.contention import until_settled
from memorybank.bank.listing import Accept
from memorybank.bank.ports import Ports
from memorybank.bank.records import MEMORY_FIELDS, MemoryRecord, record_of
from memorybank.bank.workspace import Origin, Workspace
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.memory import RevisionOptions
from memorybank.resources.names import EngineName, engine_of
from memorybank.resources.operation import Operation
from memorybank.resources.scopes import scope_key
from memorybank.storage.documents import Create, Data, Document, Order, Patch, Query, Version, Where, Write
from memorybank.tasks.port import Task

KIND = "PurgeMemories"
_TIME = timedelta(seconds=20)
"""How long one answer may take; what is left then is a worker's."""

_PAGE, _AT_ONCE = 500, 10
"""How many memories are listed, and deleted, at once; each may bring up to 200 revisions whose life is cut."""


def purge(
    ports: Ports, engine: EngineName, *, scope: Mapping[str, str] | None, accept: Accept, force: bool
) -> Operation:
    """Delete the memories that meet the condition, each as DeleteMemory does, or without `force` count them.

    The operation is finished, with their number, and kept nowhere, unless deleting takes too long. `scope` is the only
    one in which the condition can be met, None if it can be in any.
    """
    config, until = engines.get(ports, engine).config, ports.clock.now() + _TIME
    found = _matching(ports, engine, scope=scope, accept=accept)
    gone = 0 if force else len(found)
    for start in range(0, len(found) if force else 0, _AT_ONCE):
        if ports.clock.now() >= until:
            return _leave(ports, engine, found[start:], gone=gone, scope=_shared_scope(found))
        paths = [record.path for record in found[start : start + _AT_ONCE]]
        gone += _delete(ports, config, paths, still=lambda record: accept(record.memory.to_data()))[0]
    operation, _ = operations.finished(ports, engine, KIND, parent=str(engine), response={"purgeCount": gone})
    return operation


def finish(ports: Ports, operation: Document) -> None:
    """Delete what an operation lists and has not changed since, and finish it; each step counts in its own commit."""
    listed = dict(json.loads(payloads.load(ports, operation)))
    config, paths = engines.get(ports, engine_of(operation.path)).config, list(listed)
    gone, version = operation.data["gone"], operation.version

    def unchanged(record: MemoryRecord) -> bool:
        return bool(_mark(record) == listed[record.path])

    for start in range(operation.data["next"], len(paths), _AT_ONCE):
        end = start + _AT_ONCE
        counted, versions = _delete(
            ports,
            config,
            paths[start:end],
            still=unchanged,
            also=lambda count, gone=gone, end=end, version=version: Patch(  # type: ignore[misc]  # defaults bind the loop
                operation.path, {"gone": gone + count, "next": end}, version=version
            ),
        )
        gone, version = gone + counted, versions[0]
    outcome = operations.Outcome(response={"purgeCount": gone})
    writes = [Patch(operation.path, outcome.data(ports), version=version), *payloads.removals(operation)]
    ports.store.commit(writes)


def _delete(
    ports: Ports,
    config: MemoryBankConfig,
    paths: Sequence[str],
    *,
    still: Callable[[MemoryRecord], bool],
    also: Callable[[int], Write] | None = None,
) -> tuple[int, list[Version]]:
    """Delete those of some memories that are there and `still` to go, in one commit with the write of `also`."""

    def attempt() -> tuple[int, list[Version]]:
        now = ports.clock.now()
        workspace = Workspace(config, now)
        documents = ports.store.get_many(paths, fields=MEMORY_FIELDS)
        present = [record_of(document) for document in documents if document is not None]
        going = [record for record in present if record.alive(now) and still(record)]
        for record in going:
            revisions = memories.revisions_of(ports, record.path)
            workspace.delete(record, Origin(RevisionOptions()), revisions=revisions)
        writes = [*([also(len(going))] if also else []), *workspace.writes()]
        return len(going), ports.store.commit(writes) if writes else []

    return until_settled(attempt)


def _matching(
    ports: Ports, engine: EngineName, *, scope: Mapping[str, str] | None, accept: Accept
) -> list[MemoryRecord]:
    now, found = ports.clock.now(), []
    after = None
    while True:
        query = Query(
            collection=f"{engine.path}/memories",
            where=() if scope is None else (Where("scope_key", "==", scope_key(scope)),),
            order=(Order("create_time"),),
            after=after,
            limit=_PAGE,
            fields=MEMORY_FIELDS,
        )
        page = ports.store.query(query)
        records = map(record_of, page)
        found += [record for record in records if record.alive(now) and accept(record.memory.to_data())]
        if len(page) < _PAGE:
            return found
        after = (page[-1].data["create_time"], page[-1].path)


def _leave(
    ports: Ports, engine: EngineName, rest: Sequence[MemoryRecord], *, gone: int, scope: Mapping[str, str] | None
) -> Operation:
    """Leave the rest to a worker."""
    identifier, data = operations.start(ports, KIND, parent=str(engine), scope=scope)
    path = engine.child("operations", identifier)
    payload = json.dumps([[record.path, _mark(record)] for record in rest]).encode()
    stored: Data = payloads.store(ports, path, payload, scope_key=data["scope_key"], scope=scope)
    data |= {"gone": gone, "next": 0, **stored}
    ports.store.commit([Create(path, data)])
    ports.queue.enqueue(Task(name=identifier, body=data["name"]))
    return operations.operation_of(Document(path, data, None))


def _shared_scope(found: Sequence[MemoryRecord]) -> dict[str, str] | None:
    """Return the scope of all these memories if they have one and the same: whoever may see that, may see the purge."""
    scopes = {scope_key(record.memory.scope or {}): record.memory.scope for record in found}
    return next(iter(scopes.values())) if len(scopes) == 1 else None


def _mark(record: MemoryRecord) -> str:
    """Return what changes whenever the memory does."""
    return f"{record.sequence} {record.memory.update_time}"
