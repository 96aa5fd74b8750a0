"""The fifth step of a generation: commit; on a conflict, match again without repeating model calls already paid for.

One commit may be too small for the changes of a generation. Then it takes those of as many facts as fit and records on
the operation which are left; the next ones do the rest, and the last one finishes the operation.

The worker that gets the lease of a scope commits all operations waiting there. Any other worker has nothing to do: its
facts are stored with the operation. It only schedules a check for when the lease ends, in case the holder has died.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from memorybank.bank import engines, operations, payloads
from memorybank.bank.conflict_retry import retry_on_conflict
from memorybank.bank.generation import extract
from memorybank.bank.generation.apply import Consolidation
from memorybank.bank.generation.checkpoint import extracted, facts_left
from memorybank.bank.generation.decide import Decider
from memorybank.bank.generation.lease import Held, Lease, acquire, refresh
from memorybank.bank.generation.left_out import combined
from memorybank.bank.generation.match import Matcher, Pending
from memorybank.bank.generation.memory_changes import Change, answer_of
from memorybank.bank.memories import profiles
from memorybank.bank.operation_tasks import task_of
from memorybank.bank.packing import changes_in, size_of_changes, stored_changes
from memorybank.bank.ports import Ports
from memorybank.errors import Aborted, AlreadyExists, MemoryBankError, NotFound
from memorybank.ports.documents import Data, Document, Order, Patch, Query, Where, Write
from memorybank.ports.models import ExtractedFact
from memorybank.ports.sizes import MAX_COMMIT, size_of_value
from memorybank.ports.tasks import Ending
from memorybank.resources.names import engine_of

_log = logging.getLogger(__name__)
_MOST_OPERATIONS = 25
_MOST_FACTS = extract.MAX_FACTS
_RESERVED = 2**18
"""The bytes of a commit that are left free."""

_SIZE_OF_OUTCOME = 10_000
_LOOK_BACK_AFTER = timedelta(seconds=1)
_MOST_NEWCOMERS = 100
"""How often in a row a commit is repeated because somebody has come to wait; then the whole attempt is."""


def commit_scope(
    ports: Ports,
    operation: Document,
    *,
    checkpoint: Data | None = None,
    also: tuple[Write, ...] = (),
    ending: Ending,
) -> None:
    """Commit an operation whose facts are extracted, and all others that wait for its scope.

    `checkpoint` holds the operation's fields with its facts if they are not written yet. They are written, together
    with `also`, in the commit that takes the lease or registers the operation as waiting for it. The commit that
    finishes the operation ends its task.
    """
    engine, key = engine_of(operation.path), operation.data["scope_key"]
    writes = (Patch(operation.path, checkpoint, version=operation.version), *also) if checkpoint else ()
    proof = () if checkpoint else (operations.require_exists(ports, operation.path),)
    # Extraction may have taken a while; the vectors compared from here on must come from the model configured now.
    scope, recent = engines.get_with_config(ports, engine.child("scopes", key))
    config = recent()
    lease, versions = acquire(
        ports, engine.child("scopes", key), owner=operation.id, also=writes, proof=proof, read=(scope,)
    )
    if versions:
        operation = replace(operation, data={**operation.data, **(checkpoint or {})}, version=versions[0])
    if isinstance(lease, Held):
        step = "scope", lease.generation, int(lease.until.timestamp())
        ports.queue.enqueue(task_of(operation, *step, run_at=lease.until + _LOOK_BACK_AFTER))
        return
    matcher = Matcher(ports, engine, config, key)
    _Committer(ports, matcher, Decider(matcher), operation, ending).drain(lease)


@dataclass(frozen=True)
class _Committer:
    ports: Ports
    matcher: Matcher
    decider: Decider
    own: Document
    ending: Ending

    def drain(self, lease: Lease) -> None:
        """Commit until no operation waits any more; the last commit releases the lease."""
        held: Lease | None = lease
        while held is not None:
            try:
                held = self._consolidate(held)
            except Exception:
                others = [document.path for document in self._waiting() if document.path != self.own.path]
                if not others:
                    raise
                _log.warning("operations failed together: each is committed alone", exc_info=True)
                self._commit_apart(lease.path, others)
                return

    def _consolidate(self, lease: Lease, *, only: str | None = None) -> Lease | None:
        """Consolidate and commit, retrying while memories change concurrently.

        Return the lease if it is still held because others wait or facts are left, None if it was released or lost.
        """
        tries = itertools.count()
        try:
            return retry_on_conflict(lambda: self._attempt(lease, only, again=next(tries) > 0))
        except Exception:
            self._give_back(lease)
            raise

    def _attempt(self, lease: Lease, only: str | None, *, again: bool) -> Lease | None:
        # Since the last read, operations may have been cancelled and others may have joined.
        present, more = [self.own], False
        if only is not None:
            present = self._waits(only)
        elif lease.has_waiters:
            waiting = self._waiting()
            present = _that_fit(waiting)
            more = len(present) < len(waiting) or len(waiting) == _MOST_OPERATIONS
        elif again:
            present = self._waits(self.own.path)
        pending = {document.path: self._pending(document) for document in present}
        room = MAX_COMMIT - _RESERVED - sum(map(_size_of_progress, present))
        consolidation = Consolidation(self.matcher, self.decider, self.ports.clock.now(), room=room)
        consolidation.run(_at_most([new for found in pending.values() for new in found], room))
        writes = consolidation.workspace.writes()
        for document in present:
            applied = consolidation.applied(document.path)
            left = [new.index for new in pending[document.path] if new.index not in applied]
            writes += self._progress(document, consolidation, left=left)
            more = more or bool(left)
        return self._commit(lease, writes, hold=more, emptied=not more and only is None)

    def _progress(self, document: Document, consolidation: Consolidation, *, left: list[int]) -> list[Write]:
        """Return the writes that finish an operation, or record what it has done while facts of it are `left`."""
        earlier = self._earlier(document)
        changes = consolidation.changes(document.path, earlier=earlier)
        done: Data = {"changes": stored_changes([change.data() for change in changes])}
        removed: list[Write] = []
        if not left:
            done = operations.Outcome(response=answer_of(changes), changes=done["changes"]).data(self.ports)
            removed = [*payloads.removals(document), *(self.ending.writes if document.path == self.own.path else ())]
        elif changes == earlier and not consolidation.applied(document.path):
            return []
        else:
            now = self.ports.clock.now()
            done |= {"left": left, "update_time": now, "stalled_at": now + operations.STALLED_AFTER}
        done["left_out"] = combined(document.data.get("left_out"), consolidation.left_out(document.path))
        if document.path == self.own.path:  # the lease holder is charged for all
            done |= operations.cost()
        return [Patch(document.path, done, version=document.version), *removed]

    def _commit(self, lease: Lease, writes: Sequence[Write], *, hold: bool, emptied: bool) -> Lease | None:
        """Commit the results and release the lease with them, or keep it for operations that still wait."""
        for _ in range(_MOST_NEWCOMERS):
            turn = lease.keep(self.ports.clock.now()) if hold else lease.release(emptied=emptied)
            try:
                version, *_ = self.ports.store.commit([turn, *writes])
            except (Aborted, AlreadyExists, NotFound) as conflict:
                present = refresh(self.ports, lease)
                if present is None:
                    return None
                if present.version == lease.version:
                    raise Aborted("memories changed during consolidation") from conflict
                lease, hold = present, True  # the only change is a new waiting operation, which is next
            else:
                self.ending.note(writes)
                return lease.kept(version) if hold else None
        raise Aborted("new operations kept joining before the commit")

    def _commit_apart(self, path: str, others: Sequence[str]) -> None:
        """Commit the operations of a failed batch one by one, so that one bad operation does not fail the others.

        The worker's own operation comes first. If it fails too, further calls would only add to an outage; the other
        operations have their own tasks.
        """
        for only in (self.own.path, *others):
            try:
                proof = (operations.require_exists(self.ports, only),)
                lease, _ = acquire(self.ports, path, owner=self.own.id, proof=proof)
            except NotFound:
                break  # the scope has been erased in the meantime
            if isinstance(lease, Held):
                break
            held: Lease | None = lease
            try:
                while held is not None and self._waits(only):
                    held = self._consolidate(held, only=only)
            except Exception:
                if only == self.own.path:
                    raise
                _log.warning("an operation is left to its own task", extra={"operation": only}, exc_info=True)
            else:
                if held is not None:
                    self._give_back(held)
        if self._waits(self.own.path):
            raise Aborted("the lease was lost while the operation was committed alone")

    def _give_back(self, lease: Lease) -> None:
        present = refresh(self.ports, lease)
        if present is not None:
            with contextlib.suppress(MemoryBankError):
                self.ports.store.commit([present.release(emptied=False)])

    def _waiting(self) -> list[Document]:
        """Return the operations whose facts wait for the scope, oldest first."""
        query = Query(
            collection=f"{self.matcher.engine.path}/operations",
            where=(Where("waiting_scope", "==", self.matcher.scope_key),),
            order=(Order("create_time"),),
            limit=_MOST_OPERATIONS,
        )
        return self.ports.store.query(query)

    def _waits(self, path: str) -> list[Document]:
        """Return only the operation at `path`, if its facts are still waiting."""
        document = self.ports.store.get(path)
        return [] if document is None or document.data["waiting_scope"] is None else [document]

    def _pending(self, document: Document) -> list[Pending]:
        options, facts = extracted(self.ports, document)
        left = document.data.get("left")
        # Facts of one chunk are distinct, also from what earlier commits made of the others.
        is_one_chunk = len({fact.chunk for fact in facts}) == 1
        made = {change.path for change in self._earlier(document) if change.action == "CREATED" and is_one_chunk}
        return [
            Pending(
                document.path,
                self._place(fact),
                options,
                fact,
                produced_by=document.data.get("produced_by"),
                index=index,
                arrived=document.data["create_time"],
                siblings=frozenset(made),
            )
            for index, fact in enumerate(facts)
            if left is None or index in left
        ]

    def _earlier(self, document: Document) -> list[Change]:
        """Return the changes of an operation in earlier commits."""
        return [Change.read(self.matcher.engine, data) for data in changes_in(document.data.get("changes"))]

    def _place(self, fact: ExtractedFact) -> str:
        if fact.profile is not None:
            return profiles.path_of(self.matcher.engine, self.matcher.scope_key, fact.profile)
        return self.matcher.engine.child("memories", self.ports.ids.new())


def _that_fit(waiting: Sequence[Document]) -> list[Document]:
    """Return as many operations as fit one commit, at least one."""
    total, most = 0, 1
    for count, document in enumerate(waiting, start=1):
        total += facts_left(document)
        if total <= _MOST_FACTS:
            most = max(most, count)
    return list(waiting[:most])


def _at_most(pending: Sequence[Pending], room: int) -> list[Pending]:
    """Return the facts that may fit, at least one; those beyond would only be matched for nothing."""
    total = 0
    taken: list[Pending] = []
    options = {id(new.request): size_of_value(new.request.to_data()) for new in pending}
    for new in pending:
        total += options[id(new.request)] + size_of_value(new.fact.fact)
        if taken and total > room:
            break
        taken.append(new)
    return taken


def _size_of_progress(operation: Document) -> int:
    """Return about how many bytes a commit needs for an operation, without the changes that it is about to make."""
    return _SIZE_OF_OUTCOME + size_of_changes(len(changes_in(operation.data.get("changes"))))
