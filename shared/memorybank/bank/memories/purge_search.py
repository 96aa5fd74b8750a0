"""The part of a purge that looks through more memories than one call can: page by page, by a worker.

The operation keeps the condition until it ends, and how far the search has come. A memory that has not changed since
the request is as it was then, so judging it later makes no difference; what has changed since stays, and what was
created or imported.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from memorybank.bank import engines, operations
from memorybank.bank.conflict_retry import commit, retry_on_conflict
from memorybank.bank.delivery import TURN, Delivery
from memorybank.bank.listing import Accept, screen_in
from memorybank.bank.memories.purge_steps import commit_step, step_of
from memorybank.bank.memories.records import FILTERED_FIELDS, lives, unchanged_since
from memorybank.bank.operation_tasks import enqueue_or_leave, task_of
from memorybank.bank.ports import Ports
from memorybank.ports.documents import Create, Data, Document, Order, Patch, Query, Where, Write
from memorybank.resources.names import EngineName, engine_of
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import PURGE_MEMORIES
from memorybank.resources.scopes import scope_key

PAGE = 500
"""How many memories are listed at once."""

_LISTED_FIELDS = tuple(
    dict.fromkeys((*FILTERED_FIELDS, "scope", "sequence", "create_time", "update_time", "import_time"))
)
_STATE = ("done", "gone", "after", "requested", "force")


@dataclass(frozen=True)
class Condition:
    """Which memories match: only in `scope`, if there is one, `within` bounds on create_time, and as `accept` says."""

    accept: Accept
    scope: Mapping[str, str] | None = None
    within: Sequence[Where] = ()


def query_for(engine: EngineName, *, scope: Mapping[str, str] | None, within: Sequence[Where], accept: Accept) -> Query:
    """Return the query for the memories that may match, oldest first."""
    where = () if scope is None else (Where("scope_key", "==", scope_key(scope)),)
    return Query(
        collection=f"{engine.path}/memories",
        where=(*where, *within),
        order=(Order("create_time"),),
        limit=PAGE,
        fields=_LISTED_FIELDS,
        screen=screen_in(accept),
    )


def begin(
    ports: Ports,
    engine: EngineName,
    condition: Data,
    *,
    scope: Mapping[str, str] | None,
    requested: datetime,
    force: bool,
) -> Operation:
    """Store the operation of a purge whose `condition` a worker is to look for, and queue its task."""
    identifier, data = operations.start(ports, PURGE_MEMORIES, parent=str(engine), scope=scope)
    looking = {"looking": json.dumps(condition), "requested": requested, "after": None, "gone": 0, "force": force}
    begun = Document(engine.child("operations", identifier), {**data, **looking, "parts": 0}, None)
    ports.store.commit([Create(begun.path, begun.data)])
    enqueue_or_leave(ports, task_of(begun))
    return operations.operation_of(begun)


def condition_in(operation: Document) -> Data | None:
    """Return the condition that an operation is to look for; None if it has a list already."""
    text = operation.data.get("looking")
    return None if text is None else dict(json.loads(text))


def finish(delivery: Delivery, condition: Condition) -> None:
    """Look through the rest, and delete or count what matches; each commit counts what it deletes."""
    search = _Search(delivery.ports, delivery.operation, condition)
    until = delivery.ports.clock.now() + TURN
    while search.page():
        if delivery.ports.clock.now() >= until:
            delivery.ports.queue.enqueue(task_of(delivery.operation, "look", int(until.timestamp())))
            return


@dataclass(frozen=True)
class _Search:
    ports: Ports
    operation: Document
    condition: Condition

    def page(self) -> bool:
        """Deal with the next page of memories, and tell whether anything is left."""
        state = self._state()
        if state is None:
            return False
        engine, accept = engine_of(self.operation.path), self.condition.accept
        query = query_for(engine, scope=self.condition.scope, within=self.condition.within, accept=accept)
        after = None if state.data["after"] is None else tuple(state.data["after"])
        found = self.ports.store.query(replace(query, after=after))
        paths = [document.path for document in found if self._matches(document, state.data["requested"])]
        if state.data["force"] and not self._delete(paths, requested=state.data["requested"]):
            return False
        more = len(found) == PAGE
        last = [found[-1].data["create_time"], found[-1].path] if more else None
        return self._end_page(last, counted=0 if state.data["force"] else len(paths))

    def _state(self) -> Document | None:
        """Return how far the search has come, None if it has ended."""
        state = self.ports.store.get(self.operation.path, fields=_STATE)
        return None if state is None or state.data["done"] else state

    def _matches(self, document: Document, requested: datetime) -> bool:
        data = document.data
        is_as_it_was = unchanged_since(data, requested) and lives(data.get("expire_time"), self.ports.clock.now())
        return is_as_it_was and self.condition.accept(data)

    def _delete(self, paths: list[str], *, requested: datetime) -> bool:
        """Delete what still matches, and tell whether the operation goes on."""
        config = engines.recent_config(self.ports, engine_of(self.operation.path))

        def next_step(most: int) -> tuple[Sequence[Write], int | None]:
            state = self._state()
            if state is None:
                return (), None
            step = step_of(self.ports, config, paths[:most], still=lambda each: self._matches(each, requested))
            counted = Patch(state.path, self._progress(state.data["gone"] + step.gone), version=state.version)
            return [counted, *step.writes], step.looked

        while paths:
            looked = commit_step(self.ports, next_step)
            if looked is None:
                return False
            paths = paths[looked:]
        return True

    def _end_page(self, last: list[object] | None, *, counted: int) -> bool:
        """Note how far the search has come, or finish the operation, and tell whether anything is left."""

        def attempt() -> bool:
            state = self._state()
            if state is None:
                return False
            gone = state.data["gone"] + counted
            done = operations.Outcome(response={"purgeCount": gone}).data(self.ports) | {"after": None}
            noted = done if last is None else self._progress(gone) | {"after": last}
            commit(self.ports.store, [Patch(state.path, noted, version=state.version)])
            return last is not None

        return retry_on_conflict(attempt)

    def _progress(self, gone: int) -> Data:
        now = self.ports.clock.now()
        return {"gone": gone, "update_time": now, "stalled_at": now + operations.STALLED_AFTER}
