"""The fifth step of a generation: commit, and on conflict go back to matching without repeating what has been paid for.

Whoever gets the lease of a scope settles all operations that wait there. Whoever does not has nothing to do: its facts
lie beside the lease. It only asks for a look back when the lease ends, should the holder have died.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from memorybank.bank import generate, operations, scope_lease
from memorybank.bank.consolidation import Consolidation
from memorybank.bank.contention import until_settled
from memorybank.bank.decisions import Decider
from memorybank.bank.matching import Matcher, Pending
from memorybank.bank.ports import Ports
from memorybank.errors import Aborted, AlreadyExists, MemoryBankError, NotFound
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.names import engine_of
from memorybank.storage.documents import Document, Order, Patch, Query, Where, Write
from memorybank.tasks.port import Task

_log = logging.getLogger(__name__)
_MOST_OPERATIONS = 25
_MOST_FACTS = generate.MAX_FACTS
_LOOK_BACK_AFTER = timedelta(seconds=1)


def drain(ports: Ports, operation: Document, config: MemoryBankConfig) -> None:
    """Settle whatever waits for the scope of an operation, until nothing does or somebody else is at it."""
    engine, key = engine_of(operation.path), operation.data["scope_key"]
    matcher = Matcher(ports, engine, config, key)
    settler = _Settler(ports, matcher, Decider(matcher), f"{engine.path}/operations")
    while settler.waiting():
        lease = scope_lease.acquire(ports, engine.child("scopes", key), owner=operation.id)
        if isinstance(lease, scope_lease.Held):
            name = f"{operation.id}-{lease.generation}-{int(lease.until.timestamp())}"
            ports.queue.enqueue(Task(name, operation.data["name"], run_at=lease.until + _LOOK_BACK_AFTER))
            return
        try:
            settler.settle(lease)
        except Exception:
            others = [document.path for document in settler.waiting() if document.path != operation.path]
            if not others:
                raise
            _settle_apart(settler, lease.path, operation, others)
            return


def _settle_apart(settler: _Settler, path: str, operation: Document, others: Sequence[str]) -> None:
    """Settle each alone what has failed in company: one bad operation must not take the others down.

    One's own comes first. If it fails too, more calls would only add to an outage: the others have their own tasks.
    """
    for only in (operation.path, *others):
        lease = scope_lease.acquire(settler.ports, path, owner=operation.id)
        if isinstance(lease, scope_lease.Held):
            break
        try:
            settler.settle(lease, only=only)
        except Exception:
            if only == operation.path:
                raise
            _log.warning("an operation is left to its own task", extra={"operation": only}, exc_info=True)
    if settler.waits(operation.path):
        raise Aborted("the lease was lost while the operation was settled alone")


@dataclass(frozen=True)
class _Settler:
    ports: Ports
    matcher: Matcher
    decider: Decider
    collection: str

    def settle(self, lease: scope_lease.Lease, *, only: str | None = None) -> None:
        """Consolidate and commit, again and again while memories change underneath; stop when the lease is lost.

        The commit ends the lease too: whatever came to wait meanwhile needs another one.
        """
        try:
            until_settled(lambda: self._attempt(lease, only))
        except Exception:
            with contextlib.suppress(MemoryBankError):
                self.ports.store.commit([lease.release()])
            raise

    def _attempt(self, lease: scope_lease.Lease, only: str | None) -> None:
        # Operations may have been cancelled, and others have joined, since the last look.
        present = self.waiting() if only is None else self.waits(only)
        consolidation = Consolidation(self.matcher, self.decider, self.ports.clock.now())
        consolidation.run([new for document in present for new in self._pending(document)])
        writes: list[Write] = [lease.release(), *consolidation.workspace.writes()]
        for document in present:
            outcome = operations.Outcome(response=consolidation.response(document.path))
            writes.append(Patch(document.path, outcome.data(self.ports), version=document.version))
        try:
            self.ports.store.commit(writes)
        except (Aborted, AlreadyExists, NotFound) as conflict:
            scope = self.ports.store.get(lease.path)
            if scope is not None and scope.version == lease.version:
                raise Aborted("memories changed while they were consolidated") from conflict

    def waiting(self) -> list[Document]:
        """Return the operations whose facts wait for the scope, oldest first, as many as one commit can take."""
        query = Query(
            collection=self.collection,
            where=(Where("waiting_scope", "==", self.matcher.scope_key),),
            order=(Order("create_time"),),
            limit=_MOST_OPERATIONS,
        )
        found = self.ports.store.query(query)
        total, most = 0, 1
        for count, document in enumerate(found, start=1):
            total += len(document.data["facts"])
            if total <= _MOST_FACTS:
                most = max(most, count)
        return found[:most]

    def waits(self, path: str) -> list[Document]:
        """Return the operation at `path` alone, if its facts wait."""
        document = self.ports.store.get(path)
        return [] if document is None or document.data["waiting_scope"] is None else [document]

    def _pending(self, document: Document) -> list[Pending]:
        options = generate.options_of(document)
        return [
            Pending(document.path, self.matcher.engine.child("memories", self.ports.ids.new()), options, fact)
            for fact in generate.facts_of(document.data["facts"])
        ]
