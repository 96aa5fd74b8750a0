"""Undo: revert all changes of one generation to memories in one commit, or report why not and change nothing.

A generation's operation stores its change to each memory (`changes`, see `memory_changes.Change.data`). A memory can be
reverted only while it is as the operation left it. Its newest revision must be the one that the operation made, or one
by which a later undo restored that state (`restores`). The memory must also match that revision, because changes may be
made without leaving revisions. An undo leaves revisions and an operation with `changes` of its own, so it can be undone
in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from memorybank.bank import engines, operations
from memorybank.bank.conflict_retry import commit, retry_on_conflict
from memorybank.bank.generation.memory_changes import Change, answer_of
from memorybank.bank.memories import revisions, stored
from memorybank.bank.memories.records import MEMORY_FIELDS, MemoryRecord, record_of
from memorybank.bank.memories.workspace import Origin, Workspace
from memorybank.bank.ports import Ports
from memorybank.errors import FailedPrecondition, Violation
from memorybank.ports.documents import Create, Data, Document, Vector
from memorybank.ports.models import Purpose
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.memory import RevisionOptions, restored_by
from memorybank.resources.memory_fields import Restored
from memorybank.resources.names import EngineName, name_of
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import KINDS, ROLLBACK_OPERATION, kind_of

_UNDOABLE = tuple(kind.name for kind in KINDS.values() if kind.can_be_undone)
_SHOWN = 20
"""How many memories a refusal names; it counts the others."""


def undo(ports: Ports, engine: EngineName, identifier: str) -> Operation:
    """Revert all changes that the operation with this id made to memories, and return the operation of the undo.

    Raises `FailedPrecondition`, with one violation for each memory that cannot be reverted.
    """
    config = engines.get(ports, engine).config

    def attempt() -> Operation:
        undone = operations.load(ports, engine, identifier, parent=str(engine), also=("changes", "scope"))
        _check(undone, config)
        workspace = Workspace(config, ports.clock.now())
        steps = _steps(ports, engine, undone.data.get("changes") or [], now=workspace.now)
        _refuse(undone, [(step, wrong) for step in steps for wrong in islice(_obstacles(step, workspace.now), 1)])
        own, data = operations.start(ports, ROLLBACK_OPERATION, parent=str(engine), scope=undone.data["scope"])
        changes = _revert(ports, workspace, steps, operation=own)
        data |= {"done": True, "stalled_at": None, "response": operations.response_text(answer_of(changes))}
        data |= {"changes": [change.data() for change in changes]}
        path = engine.child("operations", own)
        commit(ports.store, [*workspace.writes(), Create(path, data)])
        return operations.operation_of(Document(path, data, None))

    return retry_on_conflict(attempt)


@dataclass(frozen=True)
class _Step:
    """One memory to revert: the change, the current memory, its newest revision, and the revision to go back to.

    Revisions that have expired are None.
    """

    path: str
    change: Data
    current: Document | None
    latest: Document | None
    previous: Document | None


def _check(operation: Document, config: MemoryBankConfig) -> None:
    data = operation.data
    wrong = None
    if not kind_of(data["kind"]).can_be_undone:
        wrong = f"it is a {data['kind']} operation: only {' and '.join(_UNDOABLE)} can be rolled back"
    elif not data["done"]:
        wrong = "it is still running: wait for it, or cancel it"
    elif data.get("error") is not None and not data.get("changes"):
        wrong = "it failed and changed no memory"
    elif config.disable_memory_revisions:
        wrong = "the bank keeps no revisions (disableMemoryRevisions), so the rollback could not be recorded"
    if wrong:
        raise FailedPrecondition(f"operation {operation.id} cannot be rolled back: {wrong}")


def _steps(ports: Ports, engine: EngineName, changes: Sequence[Data], *, now: datetime) -> list[_Step]:
    paths = [engine.child("memories", change["memory"]) for change in changes]
    found = ports.store.get_many(paths, fields=MEMORY_FIELDS)
    newest = [document and document.data["latest_revision"] for document in found]
    read = _revisions(ports, [f"{path}/revisions/{latest}" for path, latest in zip(paths, newest, strict=True)], now)
    for place, (path, document) in enumerate(zip(paths, found, strict=True)):
        if document is None:
            read[place] = _living(revisions.newest(ports, path), now)
    before = [f"{path}/revisions/{change['previous']}" for path, change in zip(paths, changes, strict=True)]
    rows = zip(paths, changes, found, read, _revisions(ports, before, now), strict=True)
    return [_Step(*row) for row in rows]


def _revisions(ports: Ports, paths: Sequence[str], now: datetime) -> list[Document | None]:
    return [_living(document, now) for document in ports.store.get_many(paths)]


def _living(revision: Document | None, now: datetime) -> Document | None:
    return revision if revision and revision.data["expire_time"] > now else None


def _state(revision: Document) -> str:
    """Return the id of the revision whose state this one holds: its own, unless it restored another's."""
    return str(revision.data["restores"] or revision.id)


def _obstacles(step: _Step, now: datetime) -> Iterator[str]:
    """Yield why a memory cannot be reverted and what to do instead; only the first reason is certain to apply."""
    change, latest = step.change, step.latest
    created, previous = change["action"] == "CREATED", change["previous"]
    alone = "delete it" if created else f"roll it back alone, to revision {previous}"
    if change["state"] is None:
        yield f"the change left no revision of its own: {alone}"
    yield from _absences(step, now)
    if latest is None or _state(latest) != change["state"]:
        by = latest and latest.data["operation"]
        first = f"roll operation {by} back first" if by else "revert that first"
        yield f"it has been changed since, by revision {latest and latest.id}: {first}, or {alone}"
    elif step.current and any(step.current.data[field] != then for field, then in latest.data["snapshot"].items()):
        yield f"it has been changed since without leaving a revision: {alone}"
    if created:
        return
    if step.previous is None:
        yield "the revision with its earlier state has expired or was never written"
    elif step.previous.data["snapshot"]["update_time"] != change["before"]:
        yield f"it was changed earlier without leaving a revision: {alone}, which is older"


def _absences(step: _Step, now: datetime) -> Iterator[str]:
    """Yield what is missing but should exist, and what exists again but should not."""
    latest = step.latest
    if step.change["action"] == "DELETED":
        if step.current is not None:
            yield "it has been restored since: there is nothing left to revert"
        elif latest is None:
            yield "it was deleted more than 48 hours ago"
    elif step.current is None:
        by = latest and latest.data["operation"]
        yield "it has been deleted since" + (f" by operation {by}: roll that back first" if by else "")
    elif not record_of(step.current).alive(now):
        yield "it has expired since"
    elif latest is None:
        yield "its newest revision has expired, so it is unknown whether it has been changed since"


def _refuse(operation: Document, found: Sequence[tuple[_Step, str]]) -> None:
    if not found:
        return
    violations = [Violation(name_of(step.path), wrong) for step, wrong in found[:_SHOWN]]
    told = "; ".join(f"memory {each.field.rpartition('/')[2]}: {each.description}" for each in violations)
    others = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    message = f"operation {operation.id} cannot be rolled back, and nothing was changed: {told}{others}"
    raise FailedPrecondition(message, violations=violations)


def _revert(ports: Ports, workspace: Workspace, steps: Sequence[_Step], *, operation: str) -> list[Change]:
    """Restore the previous state of every memory; facts are reembedded, all in one call."""
    then = {
        step.path: record_of(Document(step.path, step.previous.data["snapshot"], None))
        for step in steps
        if step.previous and step.change["action"] != "CREATED"
    }
    texts = list(dict.fromkeys(record.fact for record in then.values()))
    model = workspace.config.embedding_model
    found = ports.embedder.embed(texts, purpose=Purpose.DOCUMENT, model=model) if texts else []
    vectors = dict(zip(texts, found, strict=True))
    changes = []
    for step in steps:
        restores = _state(step.previous) if step.previous else None
        origin = Origin(RevisionOptions(), operation=operation, restores=restores)
        record = then.get(step.path)
        if record is not None:
            vector = vectors[record.fact], ports.embedder.resolve(model)
            change = _restore(ports, workspace, step, origin=origin, then=record, vector=vector)
        elif step.current is not None:
            change = _delete(ports, workspace, record_of(step.current), origin=origin)
        else:
            continue  # not after `_refuse`
        changes.append(replace(change, state=restores or workspace.newest(step.path)))
    return changes


def _delete(ports: Ports, workspace: Workspace, record: MemoryRecord, *, origin: Origin) -> Change:
    workspace.delete(record, origin, revisions=stored.revisions_of(ports, record.path))
    return Change(record.path, "DELETED", record.latest_revision, before=record.memory.update_time)


def _restore(
    ports: Ports, workspace: Workspace, step: _Step, *, origin: Origin, then: MemoryRecord, vector: tuple[Vector, str]
) -> Change:
    if step.current is None:
        revisions.bring_back(ports, workspace, then, origin=origin, vector=vector, after=step.latest)
        return Change(step.path, "CREATED", step.latest.id if step.latest else None)
    record = record_of(step.current)
    values = restored_by(Restored.UNDO, then.memory)
    values["expire_time"] = revisions.restored_end(workspace.config, record, now=workspace.now)
    workspace.update(record, origin, changes=values, vector=vector)
    return Change(step.path, "UPDATED", record.latest_revision, before=record.memory.update_time)
