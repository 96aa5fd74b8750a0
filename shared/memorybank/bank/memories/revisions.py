"""Revisions: get, list, and roll back to one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from memorybank.bank import operations
from memorybank.bank.conflict_retry import commit, retry_on_conflict
from memorybank.bank.listing import LARGE_AT_ONCE, Cursor, page_of
from memorybank.bank.memories import stored
from memorybank.bank.memories.lifetimes import Cause, memory_end
from memorybank.bank.memories.origin import Origin
from memorybank.bank.memories.records import MEMORY_FIELDS, MemoryRecord, record_of
from memorybank.bank.memories.workspace import Workspace
from memorybank.bank.ports import Ports
from memorybank.errors import FailedPrecondition, NotFound
from memorybank.ports.documents import Data, Document, Order, Query, Vector, Where
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.memory import MemoryRevision, RevisionOptions, restored_by
from memorybank.resources.memory_fields import Restored
from memorybank.resources.names import name_of
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import ROLLBACK_MEMORY
from memorybank.resources.stored_data import read_stored

NEWEST = (Order("sequence", descending=True),)
"""The order of the revisions of a memory: the newest comes first."""

_MARK_FIELDS = ("sequence", "deleted", "create_time", "expire_time", "first_sequence")
_FORMER_LABELS = {"memorybank_extraction": "extraction", "memorybank_consolidation": "consolidation"}


def get(ports: Ports, path: str, identifier: str) -> MemoryRevision:
    """Return one revision of the memory at a document path, also of a memory that was deleted not long ago."""
    return _revision_of(_load(ports, path, identifier, first_sequence=life_of(ports, path).first_sequence))


def list_page(
    ports: Ports, path: str, *, accept: Callable[[Mapping[str, Any]], bool] | None, limit: int, after: Cursor | None
) -> tuple[list[MemoryRevision], Cursor | None]:
    """Return a page of the revisions of a memory, newest first."""
    now = ports.clock.now()
    query = Query(
        collection=f"{path}/revisions",
        where=(Where("sequence", ">=", life_of(ports, path).first_sequence),),
        order=NEWEST,
        after=after,
    )

    def read(document: Document) -> MemoryRevision | None:
        revision = _revision_of(document)
        seen = revision.expire_time > now and (accept is None or accept(revision.to_data()))
        return revision if seen else None

    return page_of(ports.store, query, limit=limit, read=read, at_once=LARGE_AT_ONCE)


def rollback(ports: Ports, path: str, target: str) -> Operation:
    """Restore the fact and topics of a memory from one of its revisions; a deleted memory is restored as a whole.

    The rollback is itself a revision. The fact is reembedded with the bank's current model.
    """
    engine, config = stored.engine_config(ports, path)

    def attempt() -> Operation:
        first_sequence = life_of(ports, path).first_sequence
        revision = _load(ports, path, target, first_sequence=first_sequence)
        if revision.data.get("deleted"):
            raise FailedPrecondition(f"revision {target} records the deletion of the memory: choose an earlier one")
        now = ports.clock.now()
        workspace = Workspace(config, now, ports.rules.deleted_retention)
        restored = _restore(ports, workspace, revision)
        answer = restored.memory.model_copy(update={"name": name_of(path)}).to_wire()
        operation, write = operations.finished(
            ports, engine, ROLLBACK_MEMORY, parent=name_of(path), response=answer, scope=restored.memory.scope
        )
        commit(ports.store, [*workspace.writes(), write])
        return operation

    return retry_on_conflict(attempt)


def _restore(ports: Ports, workspace: Workspace, revision: Document) -> MemoryRecord:
    """Restore the memory to the state of a revision, whether or not it still exists."""
    path = revision.path.rpartition("/revisions/")[0]
    current = ports.store.get(path, fields=MEMORY_FIELDS)
    then = record_of(state_in(revision))
    origin = Origin(RevisionOptions(), change="RESTORED", evidence=then.evidence)
    vector = stored.embed(ports, workspace.config, then.fact)
    if current is not None:
        changes = restored_by(Restored.ROLLBACK, then.memory)
        record = record_of(current)
        end = restored_end(workspace.config, record, now=workspace.now)
        return workspace.update(record, origin, changes={**changes, "expire_time": end}, vector=vector)
    return bring_back(ports, workspace, then, origin=origin, vector=vector, after=newest(ports, path))


def bring_back(
    ports: Ports,
    workspace: Workspace,
    then: MemoryRecord,
    *,
    origin: Origin,
    vector: tuple[Vector, str],
    after: Document | None,
) -> MemoryRecord:
    """Restore a deleted memory to its state `then`; `after` is its last revision."""
    workspace.lengthen(stored.revisions_of(ports, then.path))
    end = restored_end(workspace.config, then, now=workspace.now)
    record = replace(
        then,
        memory=then.memory.model_copy(update={"expire_time": end}),
        embedding=vector[0],
        embedding_model=vector[1],
        sequence=after.data["sequence"] if after else then.sequence,
    )
    return workspace.restore(record, origin)


def restored_end(config: MemoryBankConfig, record: MemoryRecord, *, now: datetime) -> datetime | None:
    """Return when a restored memory expires; an expiry time that has passed is not restored."""
    end = record.memory.expire_time
    return memory_end(config, Cause.UPDATED, now=now, current=end if end is None or end > now else None)


@dataclass(frozen=True)
class Life:
    """A memory whose revisions can be read: the memory, or else the revision that records its deletion."""

    first_sequence: int
    record: MemoryRecord | None = None
    deletion: Document | None = None


def life_of(ports: Ports, path: str) -> Life:
    """Return the memory at a document path or its deletion; raise if neither is visible.

    If the memory is gone, its newest revision records the deletion and until when it can be restored.
    """
    now = ports.clock.now()
    document = ports.store.get(path, fields=MEMORY_FIELDS)
    if document is not None and (record := record_of(document)).alive(now):
        return Life(record.first_sequence, record=record)
    mark = newest(ports, path, fields=_MARK_FIELDS) if document is None else None
    if mark is None or not mark.data.get("deleted") or mark.data["expire_time"] <= now:
        raise NotFound(f"memory {name_of(path)} does not exist")
    return Life(int(mark.data.get("first_sequence", 0)), deletion=mark)


def state_in(revision: Document) -> Document:
    """Return the stored memory as a revision holds it, which is no version that can be changed."""
    return Document(revision.path.rpartition("/revisions/")[0], revision.data["snapshot"], None)


def newest(ports: Ports, path: str, *, fields: tuple[str, ...] | None = None) -> Document | None:
    """Return the newest revision of the memory at a document path; for a deleted memory it records the deletion."""
    found = ports.store.query(Query(collection=f"{path}/revisions", order=NEWEST, limit=1, fields=fields))
    return found[0] if found else None


def _load(ports: Ports, path: str, identifier: str, *, first_sequence: int) -> Document:
    document = ports.store.get(f"{path}/revisions/{identifier}")
    now = ports.clock.now()
    if document is None or document.data["sequence"] < first_sequence or document.data["expire_time"] <= now:
        raise NotFound(f"revision {name_of(path)}/revisions/{identifier} does not exist or has expired")
    return document


def _revision_of(document: Document) -> MemoryRevision:
    data, snapshot = document.data, document.data.get("snapshot") or {}
    content = snapshot.get("structured_content")
    extracted = [
        {**each, "structured_data": json.loads(each["structured_data"])} if "structured_data" in each else each
        for each in data["extracted"]
    ]
    labels, produced_by = labels_of(data)
    return read_stored(
        MemoryRevision,
        {
            "name": name_of(document.path),
            "fact": snapshot.get("fact"),
            "context": snapshot.get("context"),
            "structured_data": None if content is None else json.loads(content)["data"],
            "create_time": data["create_time"],
            "expire_time": data["expire_time"],
            "event_time": event_time(data),
            "labels": labels,
            "produced_by": produced_by,
            "extracted_memories": extracted,
        },
    )


def event_time(data: Data) -> datetime:
    """Return when the fact behind a revision was said; earlier versions stored only when the change was made."""
    said: datetime = data.get("event_time") or data["create_time"]
    return said


def labels_of(data: Data) -> tuple[dict[str, str], dict[str, str]]:
    """Return the labels from the request, and the prompts and models that produced the change.

    Earlier versions stored the latter among the labels.
    """
    labels = dict(data["labels"])
    if "produced_by" in data:
        return labels, data["produced_by"]
    return labels, {step: labels.pop(label) for label, step in _FORMER_LABELS.items() if label in labels}
