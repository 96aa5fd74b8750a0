"""The records of a BatchCreateMemories become memories and sessions, a few at a time, with a count of what is done.

What exists already stays as it is, so a request that is repeated, in whole or in part, changes nothing the second time.
Memories are written in the order of their records; one with more revisions than fit a commit is written after them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from memorybank.bank.conflict_retry import retry_on_conflict
from memorybank.bank.memories.lifetimes import Cause, memory_end
from memorybank.bank.memories.origin import Origin
from memorybank.bank.memories.records import MEMORY_FIELDS, NATURAL, lives
from memorybank.bank.memories.transfer import revisions_from, stored_from, vector_in
from memorybank.bank.memories.workspace import Workspace
from memorybank.bank.ports import Ports
from memorybank.bank.session_transfer import Outcome, session_commits
from memorybank.ports.clock import id_of
from memorybank.ports.documents import Create, Data, Document, Put, Vector, Write
from memorybank.ports.models import Purpose
from memorybank.ports.sizes import in_commits
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.memory import without_request
from memorybank.resources.names import EngineName
from memorybank.resources.transfer import BatchCreateMemoriesRequest, MemoryRecord

_AT_ONCE = 200
"""Memories of a step: with a revision each they fit one commit."""

_MOST_NAMED = 20


@dataclass
class Counts:
    """What has become of the records so far. `conflicts` are the ids, or some of them, of those that differ.

    Those that were `erased` before they were created were taken out of the rest of a request (`batch_rest`).
    """

    created: int = 0
    unchanged: int = 0
    expired: int = 0
    conflicting: int = 0
    sessions_created: int = 0
    sessions_unchanged: int = 0
    erased: int = 0
    conflicts: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome, identifier: str) -> None:
        """Count a memory."""
        if outcome == "created":
            self.created += 1
        elif outcome == "unchanged":
            self.unchanged += 1
        else:
            self._add_other(outcome, identifier)

    def add_session(self, outcome: Outcome, identifier: str) -> None:
        """Count a session."""
        if outcome == "created":
            self.sessions_created += 1
        elif outcome == "unchanged":
            self.sessions_unchanged += 1
        else:
            self._add_other(outcome, identifier)

    def _add_other(self, outcome: Outcome, identifier: str) -> None:
        if outcome == "expired":
            self.expired += 1
            return
        self.conflicting += 1
        if len(self.conflicts) < _MOST_NAMED:
            self.conflicts.append(identifier)

    def copy(self) -> Counts:
        """Return a copy to go on counting in."""
        return replace(self, conflicts=list(self.conflicts))

    def told(self, total: int) -> Data:
        """Return the counts as they are on the wire."""
        return {
            "totalCount": total,
            "createdCount": self.created,
            "unchangedCount": self.unchanged,
            "expiredCount": self.expired,
            "conflictCount": self.conflicting,
            "sessionsCreatedCount": self.sessions_created,
            "sessionsUnchangedCount": self.sessions_unchanged,
            "conflicts": self.conflicts,
            **({"erasedCount": self.erased} if self.erased else {}),
        }


Save: TypeAlias = Callable[[Sequence[Write], int, Counts], None]
"""Commits writes, after which so many records are done, with these counts."""


def counting(_writes: Sequence[Write], _done: int, _counts: Counts) -> None:
    """Commit nothing, to see what would become of the records."""


@dataclass(frozen=True)
class _Known:
    """A record by its number, the place of its memory, what is there now, and what becomes of the record."""

    number: int
    path: str
    record: MemoryRecord
    present: Document | None
    outcome: Outcome


@dataclass
class Records:
    """The records of a request, of which the first `done` have been dealt with: first memories, then sessions."""

    ports: Ports
    engine: EngineName
    config: MemoryBankConfig
    request: BatchCreateMemoriesRequest
    counts: Counts = field(default_factory=Counts)
    done: int = 0
    _made: dict[str, Vector] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.model = self.ports.embedder.resolve(self.config.embedding_model)
        # Vectors that cannot be the model's are refused here, before anything is written.
        self._given = [
            vector_in(record, model=self.model, field=f"memories[{number}]")
            for number, record in enumerate(self.request.memories)
        ]

    @property
    def left(self) -> int:
        """How many are left."""
        return len(self.request.memories) + len(self.request.sessions) - self.done

    def step(self, save: Save) -> None:
        """Deal with the next records."""
        end = min(self.done + _AT_ONCE, len(self.request.memories))
        if self.done < end:
            retry_on_conflict(lambda: self._memories(save, end))
        else:
            retry_on_conflict(lambda: self._session(save))
        self._made.clear()

    def _memories(self, save: Save, end: int) -> None:
        """Create those records before `end` that are left and not there; an attempt after a conflict does the rest."""
        now, known = self.ports.clock.now(), self._known(end)
        new = {each.path: each for each in known if each.outcome == "created"}
        if save is counting or not new:
            self._advance(save, (), known, written={*new})
            return
        vectors = self._vectors(new)
        written: set[str] = set()
        for writes in in_commits(
            self._writes(path, each.record, each.present, vector=vectors[path], now=now) for path, each in new.items()
        ):
            written.update(write.path for write in writes if write.path in new)
            known = self._advance(save, writes, known, written=written)

    def _advance(self, save: Save, writes: Sequence[Write], known: list[_Known], *, written: set[str]) -> list[_Known]:
        """Commit writes with all records that are done by them, and return the others."""
        counts, done = self.counts.copy(), 0
        for each in known:
            if each.outcome == "created" and each.path not in written:
                break
            counts.add(each.outcome, each.path.rpartition("/")[2])
            done += 1
        save(writes, self.done + done, counts)
        self.done, self.counts = self.done + done, counts
        return known[done:]

    def _known(self, end: int) -> list[_Known]:
        """Return what becomes of each record before `end` that is left."""
        now = self.ports.clock.now()
        records = self.request.memories[self.done : end]
        paths = [self._path(record) for record in records]
        stored = self.ports.store.get_many(paths, fields=MEMORY_FIELDS)
        found: list[_Known] = []
        new: dict[str, MemoryRecord] = {}
        for number, (path, record, present) in enumerate(zip(paths, records, stored, strict=True), start=self.done):
            outcome: Outcome = "created"
            if not lives(record.memory.expire_time, now):
                outcome = "expired"
            elif path in new:
                outcome = "unchanged" if new[path].memory == record.memory else "conflict"
            elif present is not None and lives(present.data.get("expire_time"), now):
                outcome = "unchanged" if _same(record, present) else "conflict"
            else:
                new[path] = record
            found.append(_Known(number, path, record, present, outcome))
        return found

    def _session(self, save: Save) -> None:
        """Create the next session, if it is not there: the last commit has it."""
        record = self.request.sessions[self.done - len(self.request.memories)]
        outcome, commits = session_commits(self.ports, self.engine, record, commits=save is not counting)
        counts = self.counts.copy()
        counts.add_session(outcome, record.id)
        last: Sequence[Write] = ()
        for number, writes in enumerate(commits):
            if number:
                save(last, self.done, self.counts)
            last = writes
        save(last, self.done + 1, counts)
        self.done, self.counts = self.done + 1, counts

    def _path(self, record: MemoryRecord) -> str:
        return self.engine.child("memories", record.id or _id_of(record))

    def _vectors(self, new: Mapping[str, _Known]) -> dict[str, Vector]:
        """Return the vectors of new memories, by path. What was embedded is kept for another attempt."""
        found = {path: vector for path, each in new.items() if (vector := self._given[each.number]) is not None}
        facts = {path: each.record.memory.fact or "" for path, each in new.items() if path not in found}
        texts = [text for text in dict.fromkeys(facts.values()) if text not in self._made]
        if texts:
            embedder, model = self.ports.embedder, self.config.embedding_model
            self._made.update(zip(texts, embedder.embed(texts, purpose=Purpose.DOCUMENT, model=model), strict=True))
        return found | {path: self._made[fact] for path, fact in facts.items()}

    def _writes(
        self, path: str, record: MemoryRecord, present: Document | None, *, vector: Vector, now: datetime
    ) -> list[Write]:
        """Return the writes of a new memory: its revisions first, itself last."""
        if record.state is None:
            found, data = self._first(path, record, vector=vector, now=now)
        else:
            stored = stored_from(record, path, vector=vector, model=self.model)
            revisions = revisions_from(record, path, stored)
            found = [Put(revision, each) for revision, each in revisions if each["expire_time"] > now]
            data = stored.document()
        data |= {"import_time": self.ports.clock.now()}
        found.append(Create(path, data) if present is None else Put(path, data, version=present.version))
        return found

    def _first(self, path: str, record: MemoryRecord, *, vector: Vector, now: datetime) -> tuple[list[Write], Data]:
        """Return the writes of a memory that no bank has had before, but the last one, and its document."""
        made = min(record.memory.create_time or now, now)
        workspace = Workspace(self.config, made, self.ports.rules.deleted_retention)
        end = record.memory.expire_time or memory_end(self.config, Cause.CREATED, now=now)
        memory = without_request(record.memory, name=None, expire_time=end, memory_type=NATURAL)
        workspace.create(path, memory, vector=vector, model=self.model, origin=Origin(record.memory))
        *revisions, stored = workspace.writes()
        assert isinstance(stored, Create)  # noqa: S101 - the workspace has made it
        return revisions, dict(stored.data)


def _same(record: MemoryRecord, present: Document | None) -> bool:
    """Tell whether a stored memory is the one that a record describes."""
    if present is None:
        return False
    data = present.data
    if record.state is None:
        return bool(data["fact"] == record.memory.fact and data["scope"] == record.memory.scope)
    return bool(
        data["sequence"] == record.state.sequence
        and data["update_time"] == record.memory.update_time
        and data["fact"] == record.memory.fact
    )


def _id_of(record: MemoryRecord) -> str:
    """Return the id of a new memory, which follows from what it says of whom: so it is created once."""
    memory = record.memory
    told = json.dumps([sorted((memory.scope or {}).items()), memory.fact], ensure_ascii=False)
    return id_of(hashlib.sha256(told.encode()).hexdigest())
