"""Undo: revert all changes of one generation to memories, or report why not and change nothing.

A generation's operation stores its change to each memory (`changes`, see `memory_changes.Change.data`). An undo checks
all of them first. Then it reverts them in one commit, or in several where one is too small: its operation holds what it
has changed and what is still `to_revert`, and a worker does the rest. An undo leaves revisions and an operation with
`changes` of its own, so it can be undone in the same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from memorybank.bank import engines, operations, payloads
from memorybank.bank.conflict_retry import commit, retry_on_conflict
from memorybank.bank.delivery import Delivery
from memorybank.bank.generation.memory_changes import Change, answer_of
from memorybank.bank.generation.undo_steps import Step, obstacle, state_of, steps_of
from memorybank.bank.memories import revisions, stored
from memorybank.bank.memories.origin import Origin
from memorybank.bank.memories.records import MemoryRecord, record_of
from memorybank.bank.memories.workspace import Workspace
from memorybank.bank.operation_tasks import enqueue_or_leave, task_of
from memorybank.bank.packing import changes_in, size_of_changes, stored_changes
from memorybank.bank.ports import Ports
from memorybank.errors import FailedPrecondition, Violation
from memorybank.ports.documents import Create, Data, Document, Patch, Vector, Write
from memorybank.ports.models import Purpose
from memorybank.ports.sizes import MAX_COMMIT, size_of_value
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.memory import RevisionOptions, restored_by
from memorybank.resources.memory_fields import Restored
from memorybank.resources.names import EngineName, engine_of, name_of
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import KINDS, ROLLBACK_OPERATION, kind_of

_UNDOABLE = tuple(kind.name for kind in KINDS.values() if kind.can_be_undone)
_ROOM = MAX_COMMIT // 8 * 7
_SHOWN = 20
"""How many memories a refusal names; it counts the others."""


def undo(ports: Ports, engine: EngineName, identifier: str) -> Operation:
    """Revert all changes that the operation with this id made to memories, and return the operation of the undo.

    It is done unless there is too much for one commit. Raises `FailedPrecondition`, with one violation for each memory
    that cannot be reverted.
    """
    config = engines.get(ports, engine).config

    def attempt() -> Document:
        undone = operations.load(ports, engine, identifier, parent=str(engine), also=("changes", "scope"))
        _check(undone, config)
        own, data = operations.start(ports, ROLLBACK_OPERATION, parent=str(engine), scope=undone.data["scope"])
        data |= {"to_revert": undone.data.get("changes") or [], "changes": []}
        path = engine.child("operations", own)
        batch = _Batch.next(ports, config, Document(path, data, None))
        if batch.obstacles:
            raise _refusal(undone, batch.obstacles)
        data |= batch.progress(ports)
        commit(ports.store, [*batch.writes, Create(path, data), *_retry_no_more(undone)])
        return Document(path, data, None)

    operation = retry_on_conflict(attempt)
    if not operation.data["done"]:
        enqueue_or_leave(ports, task_of(operation))
    return operations.operation_of(operation)


def finish(delivery: Delivery) -> None:
    """Revert what is left, in as many commits as it takes."""
    ports, path = delivery.ports, delivery.operation.path
    config = delivery.config()

    def attempt() -> bool:
        own = ports.store.get(path)
        if own is None or own.data["done"]:
            return True
        batch = _Batch.next(ports, config, own)
        commit(ports.store, [*batch.writes, Patch(path, batch.progress(ports), version=own.version)])
        return batch.is_last

    while not retry_on_conflict(attempt):
        pass


@dataclass
class _Batch:
    """What the next commit of an undo does: it reverts the first memories that are left, as many as fit.

    `obstacles` are those that cannot be reverted, among all that are left.
    """

    own: Document
    workspace: Workspace
    obstacles: list[tuple[Step, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    left: list[Data] = field(default_factory=list)

    @classmethod
    def next(cls, ports: Ports, config: MemoryBankConfig, own: Document) -> _Batch:
        """Prepare the next commit of the undo with this operation."""
        engine = engine_of(own.path)
        batch = cls(own, Workspace(config, ports.clock.now(), ports.rules.deleted_retention))
        steps: list[Step] = []
        left = changes_in(own.data["to_revert"])
        room = _ROOM - size_of_changes(len(changes_in(own.data["changes"]))) - size_of_changes(len(left))
        size = 0
        for step in steps_of(ports, engine, left, now=batch.workspace.now):
            wrong = obstacle(step, batch.workspace.now)
            size += size_of_value(step.previous.data) if step.previous else 0
            if wrong is not None:
                batch.obstacles.append((step, wrong))
            elif batch.left or (steps and size > room):
                batch.left.append(step.change)
            else:
                steps.append(step)
        batch.left = [*batch._revert(ports, steps, room=room), *batch.left]
        return batch

    @property
    def writes(self) -> list[Write]:
        """The writes to memories and revisions."""
        return self.workspace.writes()

    @property
    def is_last(self) -> bool:
        """Whether nothing is left after this commit."""
        return not self.left

    def progress(self, ports: Ports) -> Data:
        """Return the fields of the operation after this commit."""
        engine, now = engine_of(self.own.path), self.workspace.now
        changes = [*(Change.read(engine, data) for data in changes_in(self.own.data["changes"])), *self.changes]
        made = stored_changes([change.data() for change in changes])
        if self.left:
            # What has become impossible meanwhile is left to the last commit, which reports it.
            left = [*self.left, *(step.change for step, _ in self.obstacles)]
            later = {"update_time": now, "stalled_at": now + operations.STALLED_AFTER}
            return {"to_revert": stored_changes(left), "changes": made, **later}
        if self.obstacles:
            outcome = operations.Outcome(error=_refusal(self.own, self.obstacles, reverted=len(changes)), changes=made)
        else:
            outcome = operations.Outcome(response=answer_of(changes), changes=made)
        return {**outcome.data(ports), "to_revert": None}

    def _revert(self, ports: Ports, steps: Sequence[Step], *, room: int) -> list[Data]:
        """Restore the previous state of memories, and return the changes for which there was no room.

        Facts are reembedded, all in one call.
        """
        workspace = self.workspace
        then = {
            step.path: record_of(revisions.state_in(step.previous))
            for step in steps
            if step.previous and step.change["action"] != "CREATED"
        }
        texts = list(dict.fromkeys(record.fact for record in then.values()))
        model = workspace.config.embedding_model
        found = ports.embedder.embed(texts, purpose=Purpose.DOCUMENT, model=model) if texts else []
        vectors = dict(zip(texts, found, strict=True))
        for place, step in enumerate(steps):
            before = self.workspace.copy()
            vector = None
            if (record := then.get(step.path)) is not None:
                vector = vectors[record.fact], ports.embedder.resolve(model)
            change = _reverted(ports, self.workspace, step, operation=self.own.id, then=record, vector=vector)
            if self.changes and not self.workspace.fits(room):
                self.workspace = before
                return [step.change for step in steps[place:]]
            self.changes.append(change)
        return []


def _reverted(
    ports: Ports,
    workspace: Workspace,
    step: Step,
    *,
    operation: str,
    then: MemoryRecord | None,
    vector: tuple[Vector, str] | None,
) -> Change:
    """Restore the state that a memory had before: `then`, or none, in which case it is deleted."""
    restores = state_of(step.previous) if step.previous else None
    origin = Origin(RevisionOptions(), operation=operation, restores=restores)
    if then is not None and vector is not None:
        change = _restore(ports, workspace, step, origin=origin, then=then, vector=vector)
    else:
        assert step.current is not None  # noqa: S101 - anything else is an obstacle
        change = _delete(ports, workspace, record_of(step.current), origin=origin)
    return replace(change, state=restores or workspace.newest(step.path))


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


def _retry_no_more(operation: Document) -> list[Write]:
    """Return the writes by which an operation that failed half-way cannot be retried once it has been reverted."""
    if not operation.data.get("retryable"):
        return []
    content = dict.fromkeys(("request", "chunks", "facts", "options", "spilled", "left"))
    gone = Patch(operation.path, {**content, "parts": 0, "retryable": False}, version=operation.version)
    return [gone, *payloads.removals(operation)]


def _refusal(
    operation: Document, found: Sequence[tuple[Step, str]], *, reverted: int | None = None
) -> FailedPrecondition:
    violations = [Violation(name_of(step.path), wrong) for step, wrong in found[:_SHOWN]]
    told = "; ".join(f"memory {each.field.rpartition('/')[2]}: {each.description}" for each in violations)
    others = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    message = f"operation {operation.id} cannot be rolled back, and nothing was changed: {told}{others}"
    if reverted is not None:
        message = f"{reverted} memories were reverted, but others changed at the same time: {told}{others}"
    return FailedPrecondition(message, violations=violations)


def _delete(ports: Ports, workspace: Workspace, record: MemoryRecord, *, origin: Origin) -> Change:
    workspace.delete(record, origin, revisions=stored.revisions_of(ports, record.path))
    return Change(record.path, "DELETED", record.latest_revision, before=record.memory.update_time)


def _restore(
    ports: Ports, workspace: Workspace, step: Step, *, origin: Origin, then: MemoryRecord, vector: tuple[Vector, str]
) -> Change:
    if step.current is None:
        revisions.bring_back(ports, workspace, then, origin=origin, vector=vector, after=step.latest)
        return Change(step.path, "CREATED", step.latest.id if step.latest else None)
    record = record_of(step.current)
    values = restored_by(Restored.UNDO, then.memory)
    values["expire_time"] = revisions.restored_end(workspace.config, record, now=workspace.now)
    origin = replace(origin, change="RESTORED", evidence=then.evidence)
    workspace.update(record, origin, changes=values, vector=vector)
    return Change(step.path, "UPDATED", record.latest_revision, before=record.memory.update_time)
