"""Purge: delete, or count, the memories that match a condition.

Only the memories found at the time of the request are deleted; later ones stay. If there are too many for one call, a
worker gets a list of the rest in their state at that time, so that it deletes nothing that the caller could not have.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TypeVar

from memorybank.bank import engines, operations, payloads
from memorybank.bank.conflict_retry import commit, retry_on_conflict
from memorybank.bank.delivery import Delivery
from memorybank.bank.listing import Accept, screen_in
from memorybank.bank.memories import stored
from memorybank.bank.memories.origin import Origin
from memorybank.bank.memories.records import FILTERED_FIELDS, MEMORY_FIELDS, lives, record_of
from memorybank.bank.memories.workspace import Workspace
from memorybank.bank.operation_tasks import enqueue_or_leave, task_of
from memorybank.bank.ports import Ports
from memorybank.errors import DeadlineExceeded, PermissionDenied
from memorybank.ports.documents import Create, Data, Document, Order, Patch, Query, Where, Write
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.memory import RevisionOptions
from memorybank.resources.names import EngineName, engine_of
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import PURGE_MEMORIES
from memorybank.resources.scopes import scope_key

_TIME = timedelta(seconds=20)
"""How long one call may take; the rest is left to a worker."""

_LISTING_TIME = timedelta(seconds=20)
"""How long one call may look for memories: the condition is the caller's, so no worker can go on looking."""

_TURN = timedelta(minutes=10)
"""How long one delivery of the worker's task may run, out of its 15 minutes; the next delivery does the rest."""

_PAGE, _AT_ONCE, _WRITES = 500, 10, 200
"""How many memories are listed, and deleted, at once, and how many writes end a commit: no memory is added after that,
as each may bring 200 revisions whose life is shortened."""

_LISTED_FIELDS = tuple(dict.fromkeys((*FILTERED_FIELDS, "scope", "sequence", "create_time", "update_time")))

T = TypeVar("T")


def purge(
    ports: Ports,
    engine: EngineName,
    *,
    scope: Mapping[str, str] | None,
    within: Sequence[Where] = (),
    accept: Accept,
    force: bool,
) -> Operation:
    """Delete the memories that match the condition, each as DeleteMemory does, or without `force` count them.

    The returned operation is finished, with their number, and not stored, unless deleting takes too long. `scope` is
    the only scope in which memories can match, None if any can; `within` are the condition's bounds on create_time.
    """
    config = engines.get(ports, engine).config
    found = _matching(ports, engine, scope=scope, within=within, accept=accept)
    until = ports.clock.now() + _TIME
    gone, paths = (0, list(found.marks)) if force else (len(found.marks), [])

    def delete(most: int) -> tuple[Sequence[Write], _Step]:
        step = _step(ports, config, paths[:most], still=lambda document: accept(document.data))
        return step.writes, step

    while paths:
        if ports.clock.now() >= until:
            return _leave(ports, engine, {path: found.marks[path] for path in paths}, gone=gone, scope=found.scope)
        step = _commit_step(ports, delete)
        gone, paths = gone + step.gone, paths[step.looked :]
    operation, _ = operations.finished(ports, engine, PURGE_MEMORIES, parent=str(engine), response={"purgeCount": gone})
    return operation


def finish(delivery: Delivery) -> None:
    """Delete the listed memories that have not changed since, and finish the operation; each step commits its count."""
    ports, operation = delivery.ports, delivery.operation
    listed = dict(json.loads(payloads.load(ports, operation)))
    config, until = engines.recent_config(ports, engine_of(operation.path)), ports.clock.now() + _TURN
    while (
        reached := _commit_step(ports, lambda most: _go_on(ports, config, operation.path, listed=listed, most=most))
    ) is not None:
        if ports.clock.now() >= until:
            ports.queue.enqueue(task_of(operation, reached))
            return


def _go_on(
    ports: Ports, config: MemoryBankConfig, path: str, *, listed: Mapping[str, str], most: int
) -> tuple[Sequence[Write], int | None]:
    """Return the writes of an operation's next step and how many memories are done after it, None for all."""
    state = ports.store.get(path, fields=("done", "gone", "next", "parts"))
    if state is None or state.data["done"]:
        return (), None
    start, paths = state.data["next"], list(listed)
    step = _step(
        ports, config, paths[start : start + most], still=lambda document: _mark(document) == listed[document.path]
    )
    reached, gone = start + step.looked, state.data["gone"] + step.gone
    if reached < len(paths):
        now = ports.clock.now()
        progress = {"gone": gone, "next": reached, "update_time": now, "stalled_at": now + operations.STALLED_AFTER}
        return [Patch(path, progress, version=state.version), *step.writes], reached
    outcome = operations.Outcome(response={"purgeCount": gone}).data(ports)
    return [Patch(path, outcome, version=state.version), *payloads.removals(state), *step.writes], None


@dataclass(frozen=True)
class _Step:
    """The writes that delete `gone` memories of the first `looked` on the list."""

    writes: list[Write]
    gone: int
    looked: int


def _step(ports: Ports, config: MemoryBankConfig, paths: Sequence[str], *, still: Callable[[Document], bool]) -> _Step:
    """Prepare the deletion of existing memories that are `still` to be deleted, as many as fit one commit."""
    now = ports.clock.now()
    workspace, gone, looked, size = Workspace(config, now, ports.rules.deleted_retention), 0, 0, 0
    for document in ports.store.get_many(paths, fields=MEMORY_FIELDS):
        if size >= _WRITES:
            break
        looked += 1
        if document is None or not (lives(document.data.get("expire_time"), now) and still(document)):
            continue
        record = record_of(document)
        revisions = stored.revisions_of(ports, record.path)
        workspace.delete(record, Origin(RevisionOptions()), revisions=revisions)
        gone, size = gone + 1, size + 2 + len(revisions)
    return _Step(workspace.writes(), gone, looked)


def _commit_step(ports: Ports, prepare: Callable[[int], tuple[Sequence[Write], T]]) -> T:
    """Commit a step for this many memories, or fewer and fewer as long as concurrent changes conflict."""
    tries = itertools.count()

    def attempt() -> T:
        writes, outcome = prepare(max(1, _AT_ONCE >> next(tries)))
        if writes:
            commit(ports.store, writes)
        return outcome

    return retry_on_conflict(attempt)


@dataclass
class _Found:
    """Memories by path, each with its mark, and their scopes."""

    marks: dict[str, str] = field(default_factory=dict)
    scopes: dict[frozenset[tuple[str, str]], dict[str, str]] = field(default_factory=dict)

    @property
    def scope(self) -> dict[str, str] | None:
        """The scope that all of them share, if there is one: whoever may see that scope may see the purge."""
        return next(iter(self.scopes.values())) if len(self.scopes) == 1 else None


def _matching(
    ports: Ports, engine: EngineName, *, scope: Mapping[str, str] | None, within: Sequence[Where], accept: Accept
) -> _Found:
    now, found = ports.clock.now(), _Found()
    until = now + _LISTING_TIME
    where = () if scope is None else (Where("scope_key", "==", scope_key(scope)),)
    query = Query(
        collection=f"{engine.path}/memories",
        where=(*where, *within),
        order=(Order("create_time"),),
        limit=_PAGE,
        fields=_LISTED_FIELDS,
        screen=screen_in(accept),
    )
    while page := _read(ports, query):
        for document in page:
            if lives(document.data.get("expire_time"), now) and accept(document.data):
                found.marks[document.path] = _mark(document)
                own = document.data.get("scope") or {}
                found.scopes.setdefault(frozenset(own.items()), own)
        if len(page) < _PAGE:
            break
        if ports.clock.now() >= until:
            right = "name a scope, or a span of create_time, in the filter and purge it in parts"
            raise DeadlineExceeded(
                f"there are too many memories to look through in one call; nothing was deleted: {right}"
            )
        query = replace(query, after=(page[-1].data["create_time"], page[-1].path))
    return found


def _read(ports: Ports, query: Query) -> list[Document]:
    try:
        return ports.store.query(query)
    except PermissionDenied as error:
        right = 'name a scope that you may write as a whole, as in scope="{\\"user_id\\": \\"1\\"}"'
        raise PermissionDenied(
            f"{error.message} The filter matches memories that you may only read: {right}"
        ) from error


def _leave(
    ports: Ports, engine: EngineName, rest: Mapping[str, str], *, gone: int, scope: Mapping[str, str] | None
) -> Operation:
    """Hand the rest over to a worker."""
    identifier, data = operations.start(ports, PURGE_MEMORIES, parent=str(engine), scope=scope)
    path = engine.child("operations", identifier)
    payload = json.dumps(list(rest.items())).encode()
    try:
        stored: Data = payloads.store(ports, path, payload, scope_key=data["scope_key"], scope=scope)
        data |= {"gone": gone, "next": 0, **stored}
        ports.store.commit([Create(path, data)])
    except PermissionDenied as error:
        # A caller limited to scopes cannot see the operation of a purge that covers several.
        left = f"{gone} memories of several scopes were deleted and {len(rest)} are left"
        raise DeadlineExceeded(f"{left}: call again, or name one scope in the filter") from error
    begun = Document(path, data, None)
    enqueue_or_leave(ports, task_of(begun))
    return operations.operation_of(begun)


def _mark(document: Document) -> str:
    """Return a mark that changes whenever the memory changes."""
    return f"{document.data['sequence']} {document.data['update_time']}"
