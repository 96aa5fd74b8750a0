"""Purge: delete, or count, the memories that match a condition.

Only the memories found at the time of the request are deleted; later ones stay. If there are too many for one call, a
worker gets a list of the rest in their state at that time, so that it deletes nothing that the caller could not have.
If one call cannot even look through all memories, a worker does that, too (`purge_search`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from memorybank.bank import engines, operations, payloads
from memorybank.bank.delivery import TURN, Delivery
from memorybank.bank.listing import Accept
from memorybank.bank.memories import purge_search
from memorybank.bank.memories.purge_search import query_for
from memorybank.bank.memories.purge_steps import Step, commit_step, step_of
from memorybank.bank.memories.records import lives
from memorybank.bank.operation_tasks import enqueue_or_leave, task_of
from memorybank.bank.ports import Ports
from memorybank.errors import DeadlineExceeded, PermissionDenied
from memorybank.ports.documents import Create, Data, Document, Patch, Query, Where, Write
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.names import EngineName, engine_of
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import PURGE_MEMORIES

_TIME = timedelta(seconds=20)
"""How long one call may take; the rest is left to a worker."""

_LISTING_TIME = timedelta(seconds=20)
"""How long one call may look for memories."""

_TOO_MANY = (
    "there are too many memories to look through in one call; nothing was deleted: name a scope, or a span of "
    "create_time, in the filter and purge it in parts"
)


def purge(
    ports: Ports,
    engine: EngineName,
    *,
    scope: Mapping[str, str] | None,
    within: Sequence[Where] = (),
    accept: Accept,
    condition: Data | None = None,
    force: bool,
) -> Operation:
    """Delete the memories that match the condition, each as DeleteMemory does, or without `force` count them.

    The returned operation is finished, with their number, and not stored, unless it takes too long. `scope` is the only
    scope in which memories can match, None if any can; `within` are the condition's bounds on create_time. `condition`
    is what a worker needs to go on looking; None if the caller may not see all that it would look through.
    """
    config = engines.get(ports, engine).config
    requested = ports.clock.now()
    found = _matching(ports, engine, scope=scope, within=within, accept=accept)
    if found is None:
        if condition is None:
            raise DeadlineExceeded(_TOO_MANY)
        return purge_search.begin(ports, engine, condition, scope=scope, requested=requested, force=force)
    until = ports.clock.now() + _TIME
    gone, paths = (0, list(found.marks)) if force else (len(found.marks), [])

    def delete(most: int) -> tuple[Sequence[Write], Step]:
        step = step_of(ports, config, paths[:most], still=lambda document: accept(document.data))
        return step.writes, step

    while paths:
        if ports.clock.now() >= until:
            return _leave(ports, engine, {path: found.marks[path] for path in paths}, gone=gone, scope=found.scope)
        step = commit_step(ports, delete)
        gone, paths = gone + step.gone, paths[step.looked :]
    operation, _ = operations.finished(ports, engine, PURGE_MEMORIES, parent=str(engine), response={"purgeCount": gone})
    return operation


def finish(delivery: Delivery) -> None:
    """Delete the listed memories that have not changed since, and finish the operation; each step commits its count."""
    ports, operation = delivery.ports, delivery.operation
    listed = list(json.loads(payloads.load(ports, operation)))
    config, until = engines.recent_config(ports, engine_of(operation.path)), ports.clock.now() + TURN
    while (
        reached := commit_step(ports, lambda most: _go_on(ports, config, operation.path, listed=listed, most=most))
    ) is not None:
        if ports.clock.now() >= until:
            ports.queue.enqueue(task_of(operation, reached))
            return


def _go_on(
    ports: Ports, config: MemoryBankConfig, path: str, *, listed: Sequence[tuple[str, str]], most: int
) -> tuple[Sequence[Write], int | None]:
    """Return the writes of an operation's next step and how many memories are done after it, None for all."""
    state = ports.store.get(path, fields=("done", "gone", "next", "parts"))
    if state is None or state.data["done"]:
        return (), None
    start = state.data["next"]
    marks = dict(listed[start : start + most])
    step = step_of(ports, config, [*marks], still=lambda document: _mark(document) == marks[document.path])
    reached, gone = start + step.looked, state.data["gone"] + step.gone
    if reached < len(listed):
        now = ports.clock.now()
        progress = {"gone": gone, "next": reached, "update_time": now, "stalled_at": now + operations.STALLED_AFTER}
        return [Patch(path, progress, version=state.version), *step.writes], reached
    outcome = operations.Outcome(response={"purgeCount": gone}).data(ports)
    return [Patch(path, outcome, version=state.version), *payloads.removals(state), *step.writes], None


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
) -> _Found | None:
    """Return the memories that match, None if there is no time to look through all of them."""
    now, found = ports.clock.now(), _Found()
    until = now + _LISTING_TIME
    query = query_for(engine, scope=scope, within=within, accept=accept)
    while page := _read(ports, query):
        for document in page:
            if lives(document.data.get("expire_time"), now) and accept(document.data):
                found.marks[document.path] = _mark(document)
                own = document.data.get("scope") or {}
                found.scopes.setdefault(frozenset(own.items()), own)
        if len(page) < purge_search.PAGE:
            break
        if ports.clock.now() >= until:
            return None
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
    """Return a mark that changes whenever the memory changes, or gives way to one that is imported."""
    data = document.data
    imported = data.get("import_time")
    return f"{data['sequence']} {data['update_time']}" + (f" {imported}" if imported else "")
