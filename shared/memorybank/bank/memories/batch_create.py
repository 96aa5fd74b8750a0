"""BatchCreateMemories: memories and sessions as another bank, or this one earlier, exported them.

What exists already stays as it is, so a request that is repeated, in whole or in part, changes nothing the second time.
Each step is one commit of whole memories; one with more revisions than fit is written last, after them. A call does
what it can in its time and leaves the rest, with a count of what is done, to a worker.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from memorybank.bank import engines, operations, payloads
from memorybank.bank.conflict_retry import commit, retry_on_conflict
from memorybank.bank.delivery import Delivery
from memorybank.bank.memories.lifetimes import Cause, memory_end
from memorybank.bank.memories.origin import Origin
from memorybank.bank.memories.records import MEMORY_FIELDS, NATURAL, lives
from memorybank.bank.memories.transfer import revisions_from, stored_from, vector_in
from memorybank.bank.memories.workspace import Workspace
from memorybank.bank.operation_tasks import enqueue_or_leave, task_of
from memorybank.bank.ports import Ports
from memorybank.bank.session_transfer import create_session
from memorybank.ports.clock import id_of
from memorybank.ports.documents import Create, Data, Document, Patch, Put, Vector, Write
from memorybank.ports.models import Purpose
from memorybank.ports.sizes import in_commits
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.memory import without_request
from memorybank.resources.names import EngineName, engine_of
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import BATCH_CREATE_MEMORIES
from memorybank.resources.transfer import BatchCreateMemoriesRequest, MemoryRecord, SessionRecord
from memorybank.resources.wire import parse

_TIME = timedelta(seconds=20)
"""How long one call may take; the rest is left to a worker."""

_TURN = timedelta(minutes=10)
"""How long one delivery of the worker's task may run, out of its 15 minutes; the next delivery does the rest."""

_AT_ONCE = 100
_MOST_NAMED = 20


@dataclass
class Counts:
    """What has become of the records so far. `conflicts` are the ids, or some of them, of those that differ."""

    created: int = 0
    unchanged: int = 0
    expired: int = 0
    conflicting: int = 0
    sessions_created: int = 0
    sessions_unchanged: int = 0
    conflicts: list[str] = field(default_factory=list)

    def conflict(self, identifier: str) -> None:
        """Count something that exists and differs: it is left as it is."""
        self.conflicting += 1
        if len(self.conflicts) < _MOST_NAMED:
            self.conflicts.append(identifier)

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
        }


def batch_create(ports: Ports, engine: EngineName, request: BatchCreateMemoriesRequest) -> Operation:
    """Create what is not there; return the finished operation, not stored, or the one that a worker finishes."""
    config = engines.get(ports, engine).config
    work = _Work(ports, engine, config, request, counts=Counts())
    until = ports.clock.now() + _TIME
    while work.left:
        if not request.validate_only and ports.clock.now() >= until:
            return _leave(ports, engine, request, work=work)
        work.step(commits=not request.validate_only)
    response = work.counts.told(work.total)
    return operations.finished(ports, engine, BATCH_CREATE_MEMORIES, parent=str(engine), response=response)[0]


def finish(delivery: Delivery) -> None:
    """Create the rest; each step is followed by a commit that counts it, and is repeated at no harm."""
    ports, operation = delivery.ports, delivery.operation
    request = parse(BatchCreateMemoriesRequest, json.loads(payloads.load(ports, operation)))
    engine, until = engine_of(operation.path), ports.clock.now() + _TURN
    state = ports.store.get(operation.path, fields=("done", "next", "counts", "parts", "parts_name"))
    if state is None or state.data["done"]:
        return
    counts = Counts(**json.loads(state.data["counts"]))
    work = _Work(ports, engine, engines.recent_config(ports, engine), request, counts=counts, done=state.data["next"])
    while work.left:
        if ports.clock.now() >= until:
            ports.queue.enqueue(task_of(operation, work.done))
            return
        work.step(commits=True)
        [version] = ports.store.commit([Patch(operation.path, _progress(ports, work), version=state.version)])
        state = Document(state.path, state.data, version)
    outcome = operations.Outcome(response=counts.told(work.total)).data(ports) | {"counts": None}
    ports.store.commit([Patch(operation.path, outcome, version=state.version), *payloads.removals(state)])


def _leave(ports: Ports, engine: EngineName, request: BatchCreateMemoriesRequest, *, work: _Work) -> Operation:
    """Hand the rest over to a worker."""
    identifier, data = operations.start(ports, BATCH_CREATE_MEMORIES, parent=str(engine))
    path = engine.child("operations", identifier)
    payload = json.dumps(request.to_wire(), ensure_ascii=False).encode()
    stored = payloads.store(ports, path, payload, scope_key=None)
    begun = Document(path, {**data, **stored, **_progress(ports, work)}, None)
    ports.store.commit([Create(path, begun.data)])
    enqueue_or_leave(ports, task_of(begun))
    return operations.operation_of(begun)


def _progress(ports: Ports, work: _Work) -> Data:
    now = ports.clock.now()
    return {
        "next": work.done,
        "counts": json.dumps(asdict(work.counts)),
        "response": operations.response_text(work.counts.told(work.total)),
        "update_time": now,
        "stalled_at": now + operations.STALLED_AFTER,
    }


@dataclass
class _Work:
    """The records of a request, of which the first `done` have been dealt with: first memories, then sessions."""

    ports: Ports
    engine: EngineName
    config: MemoryBankConfig
    request: BatchCreateMemoriesRequest
    counts: Counts
    done: int = 0

    def __post_init__(self) -> None:
        self.model = self.ports.embedder.resolve(self.config.embedding_model)
        # Vectors that cannot be the model's are refused here, before anything is written.
        self._given = [
            vector_in(record, model=self.model, field=f"memories[{number}]")
            for number, record in enumerate(self.request.memories)
        ]

    @property
    def total(self) -> int:
        """How many records there are."""
        return len(self.request.memories) + len(self.request.sessions)

    @property
    def left(self) -> int:
        """How many are left."""
        return self.total - self.done

    def step(self, *, commits: bool) -> None:
        """Deal with the next records."""
        records = self.request.memories[self.done : self.done + _AT_ONCE]
        if not records:
            session = self.request.sessions[self.done - len(self.request.memories)]
            self._session(session, commits=commits)
            self.done += 1
            return
        paths = [self.engine.child("memories", record.id or _id_of(record)) for record in records]
        given = zip(paths, self._given[self.done :], strict=False)
        vectors = {path: vector for path, vector in given if vector is not None}
        named, made = list(zip(paths, records, strict=True)), set[str]()
        counts = retry_on_conflict(lambda: self._memories(named, vectors, made, commits=commits))
        self.counts.created += counts.created
        self.counts.unchanged += counts.unchanged
        self.counts.expired += counts.expired
        for identifier in counts.conflicts:
            self.counts.conflict(identifier)
        self.done += len(records)

    def _session(self, session: SessionRecord, *, commits: bool) -> None:
        outcome = create_session(self.ports, self.engine, session, commits=commits)
        if outcome == "created":
            self.counts.sessions_created += 1
        elif outcome == "unchanged":
            self.counts.sessions_unchanged += 1
        elif outcome == "expired":
            self.counts.expired += 1
        else:
            self.counts.conflict(session.id)

    def _memories(
        self, named: Sequence[tuple[str, MemoryRecord]], vectors: dict[str, Vector], made: set[str], *, commits: bool
    ) -> Counts:
        """Create those records, given with their paths, that are not there.

        What was embedded is kept in `vectors` for another attempt, and in `made` the paths of what was created.
        """
        now, counts = self.ports.clock.now(), Counts(created=len(made))
        left = [(path, record) for path, record in named if path not in made]
        found = self.ports.store.get_many([path for path, _ in left], fields=MEMORY_FIELDS)
        new: dict[str, tuple[MemoryRecord, Document | None]] = {}
        for (path, record), present in zip(left, found, strict=True):
            if not lives(record.memory.expire_time, now):
                counts.expired += 1
            elif path in new or (present is not None and lives(present.data.get("expire_time"), now)):
                held = new[path][0].memory if path in new else None
                if _same(record, present) if held is None else held == record.memory:
                    counts.unchanged += 1
                else:
                    counts.conflicts.append(path.rpartition("/")[2])
            else:
                new[path] = (record, present)
        counts.created += len(new)
        if commits:
            self._embed({path: record.memory.fact or "" for path, (record, _) in new.items()}, vectors)
            memories = (self._writes(path, *each, vector=vectors[path], now=now) for path, each in new.items())
            for writes in in_commits(memories):
                commit(self.ports.store, writes)
                made.update(write.path for write in writes if write.path in new)
        return counts

    def _embed(self, facts: dict[str, str], vectors: dict[str, Vector]) -> None:
        """Add the vectors of those facts that have none of the bank's model, by the paths of their memories."""
        missing = {path: fact for path, fact in facts.items() if path not in vectors}
        texts = list(dict.fromkeys(missing.values()))
        if texts:
            embedder, model = self.ports.embedder, self.config.embedding_model
            made = dict(zip(texts, embedder.embed(texts, purpose=Purpose.DOCUMENT, model=model), strict=True))
            vectors.update({path: made[fact] for path, fact in missing.items()})

    def _writes(
        self, path: str, record: MemoryRecord, present: Document | None, *, vector: Vector, now: datetime
    ) -> list[Write]:
        """Return the writes of a new memory: its revisions first, itself last."""
        if record.state is None:
            return self._first(path, record, vector=vector, now=now)
        data = stored_from(record, path, vector=vector, model=self.model).document()
        found: list[Write] = [
            Put(revision, document)
            for revision, document in revisions_from(record, path)
            if document["expire_time"] > now
        ]
        found.append(Create(path, data) if present is None else Put(path, data, version=present.version))
        return found

    def _first(self, path: str, record: MemoryRecord, *, vector: Vector, now: datetime) -> list[Write]:
        """Return the writes of a memory that no bank has had before."""
        workspace = Workspace(self.config, min(record.memory.create_time or now, now))
        end = record.memory.expire_time or memory_end(self.config, Cause.CREATED, now=now)
        memory = without_request(record.memory, name=None, expire_time=end, memory_type=NATURAL)
        workspace.create(path, memory, vector=vector, model=self.model, origin=Origin(record.memory))
        return sorted(workspace.writes(), key=lambda write: write.path == path)


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
