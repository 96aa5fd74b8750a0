"""A workspace that collects changes to memories for one atomic commit.

Every change of a memory leaves one immutable revision. A workspace takes any number of changes, also several to one
memory, and returns the writes: one per memory, guarded by the version that was read, and one per revision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from memorybank.bank.memories.lifetimes import keeps_revisions, revision_end
from memorybank.bank.memories.origin import CONFIRMING, Origin
from memorybank.bank.memories.records import MemoryRecord, json_text
from memorybank.ports.documents import Create, Data, Delete, Document, Patch, Put, Vector, Write
from memorybank.ports.sizes import size_of
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.explanation import RevisionAction
from memorybank.resources.memory import ExtractedMemory, Memory
from memorybank.resources.names import EngineName, engine_of
from memorybank.resources.scopes import scope_key

_MOST_WRITES = 450
_CUT_SIZE = 100
"""How many bytes a deletion later in the same commit adds to a revision: its earlier expiry time."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPARE_BITS = 11
"""A microsecond has as many revision numbers as these bits can tell apart."""


@dataclass
class Workspace:
    """Changes of one engine's memories, all made at `now`.

    The revisions of a memory that is deleted are kept for `retention`.
    """

    config: MemoryBankConfig
    now: datetime
    retention: timedelta
    _current: dict[str, MemoryRecord | None] = field(default_factory=dict)
    _original: dict[str, MemoryRecord | None] = field(default_factory=dict)
    _revisions: list[Create] = field(default_factory=list)
    _ends: list[Patch] = field(default_factory=list)
    _sizes: dict[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many writes there are."""
        return len(self._revisions) + len(self._ends) + len(self._current)

    @property
    def size(self) -> int:
        """How many bytes the writes have in a commit, rounded up."""
        return sum(self._sizes.values())

    def fits(self, room: int) -> bool:
        """Tell whether the writes are few enough for one commit, and have at most `room` bytes."""
        return self.size <= room and self.count <= _MOST_WRITES

    def copy(self) -> Self:
        """Return a workspace with the same changes, so far."""
        return replace(
            self,
            _current=dict(self._current),
            _original=dict(self._original),
            _revisions=list(self._revisions),
            _ends=list(self._ends),
            _sizes=dict(self._sizes),
        )

    def newest(self, path: str) -> str | None:
        """Return the id of the last revision made in this workspace of the memory at `path`."""
        start = f"{path}/revisions/"
        made = [revision.path.removeprefix(start) for revision in self._revisions if revision.path.startswith(start)]
        return made[-1] if made else None

    def living(self) -> list[MemoryRecord]:
        """Return the changed memories that are not deleted, oldest change first."""
        return [record for record in self._current.values() if record is not None]

    def create(self, path: str, memory: Memory, *, vector: Vector, model: str, origin: Origin) -> MemoryRecord:
        """Add a memory; its document must not exist at commit time, unless this workspace has deleted it."""
        sequence = self._sequence(int(self.newest(path) or 0))
        said = origin.said or self.now
        times = {"create_time": self.now, "update_time": self.now, **_validity(memory.fact or "", said)}
        stamped = memory.model_copy(update=times)
        record = MemoryRecord(
            path,
            stamped,
            model,
            first_sequence=sequence,
            sequence=sequence - 1,
            embedding=vector,
            said_time=said,
        )
        self._original.setdefault(path, None)
        return self._keep(record, origin, change="CREATED")

    def restore(self, record: MemoryRecord, origin: Origin) -> MemoryRecord:
        """Restore a deleted memory; its document must not exist at commit time."""
        self._original.setdefault(record.path, None)
        return self.update(record, replace(origin, change="RESTORED"), changes={})

    def update(
        self, record: MemoryRecord, origin: Origin, *, changes: dict[str, Any], vector: tuple[Vector, str] | None = None
    ) -> MemoryRecord:
        """Change fields of a memory; a new fact needs its `vector` and the name of the model that made it."""
        self._original.setdefault(record.path, record)
        fact = changes.get("fact", record.fact)
        if fact != record.fact and "since" not in changes:
            changes = changes | _validity(fact, origin.said or self.now)
        memory = record.memory.model_copy(update={**changes, "update_time": self.now})
        embedding, model = vector or (record.embedding, record.embedding_model)
        said = _later(origin.said or (None if memory.fact == record.fact else self.now), record.said)
        change = origin.change or ("KEPT" if origin.extracted and memory.fact == record.fact else "UPDATED")
        changed = replace(
            record,
            memory=memory,
            embedding=embedding,
            embedding_model=model,
            said_time=said,
            evidence=_evidence(record, memory, origin, change=change),
        )
        return self._keep(changed, origin, change=change)

    def delete(self, record: MemoryRecord, origin: Origin, *, revisions: Sequence[Document]) -> None:
        """Remove a memory; `revisions` are its revisions, which from now on expire soon after the deletion."""
        self._original.setdefault(record.path, record)
        self._current[record.path] = None
        end = self.now + self.retention
        start = f"{record.path}/revisions/"
        self._revisions = [
            Create(made.path, {**made.data, **_cut(made.data, end)}) if made.path.startswith(start) else made
            for made in self._revisions
        ]
        if keeps_revisions(self.config, origin.options):
            # Without `delete_after`: the marker leads the sweep to revisions too old to be among those given here.
            sequence = self._sequence(record.sequence)
            data: Data = {
                "sequence": sequence,
                "create_time": self.now,
                "expire_time": end,
                "kept_until": end,
            }
            data |= {"first_sequence": record.first_sequence, **_whose(record), "deleted": True}
            data |= self._why(origin, change="DELETED")
            deleted_from = deletions_of(engine_of(record.path), data["scope_key"])
            data |= {"deleted_from": deleted_from, "memory_create_time": record.memory.create_time}
            self._add_revision(record.path, sequence, data)
        self._sizes[record.path] = size_of(Delete(record.path))
        for document in revisions:
            self._add_end(Patch(document.path, _cut(document.data, end)))

    def lengthen(self, revisions: Sequence[Document]) -> None:
        """Restore the expiry times of revisions that a deletion had shortened; it is not looked for any more."""
        for document in revisions:
            kept_until = document.data.get("kept_until")
            if kept_until is not None:
                found = {"deleted_from": None} if document.data.get("deleted_from") else {}
                life = {**_end(kept_until), "kept_until": None, **found}
                self._add_end(Patch(document.path, life, version=document.version))

    def writes(self) -> list[Write]:
        """Return the writes to commit."""
        found: list[Write] = [*self._revisions, *self._ends]
        for path, record in self._current.items():
            original = self._original[path]
            if record is not None:
                found.append(_stored(record, original))
            elif original is not None:
                found.append(Delete(path, version=original.version))
        return found

    def _add_revision(self, path: str, sequence: int, data: Data) -> None:
        write = Create(f"{path}/revisions/{sequence}", data)
        self._revisions.append(write)
        self._sizes[write.path] = size_of(write) + _CUT_SIZE

    def _add_end(self, write: Patch) -> None:
        self._ends.append(write)
        self._sizes[write.path] = size_of(write)

    def _sequence(self, last: int) -> int:
        """Return a revision's number: microseconds since 1970 times 2,048, or the next after the memory's last one."""
        return max(_sequence_at(self.now), last + 1)

    def _keep(self, record: MemoryRecord, origin: Origin, *, change: RevisionAction) -> MemoryRecord:
        if keeps_revisions(self.config, origin.options):
            sequence = self._sequence(record.sequence)
            record = replace(record, sequence=sequence, latest_revision=str(sequence))
            data: Data = {
                "sequence": sequence,
                "first_sequence": record.first_sequence,
                "create_time": self.now,
                **_end(revision_end(self.config, origin.options, now=self.now)),
                "snapshot": record.snapshot(),
                **_whose(record),
                **self._why(origin, change=change),
            }
            self._add_revision(record.path, sequence, data)
        self._current.pop(record.path, None)
        self._current[record.path] = record
        self._sizes[record.path] = size_of(_stored(record, self._original[record.path]))
        return record

    def _why(self, origin: Origin, *, change: RevisionAction) -> Data:
        """Return the fields of a revision that say where its change comes from."""
        known = {
            "quotes": [quote.to_data() for quote in origin.quotes],
            "relation": origin.relation,
            "reason": origin.reason,
            "refused": [each.to_data() for each in origin.refused],
        }
        return {
            "labels": dict(origin.options.revision_labels),
            "produced_by": dict(origin.produced_by),
            "extracted": [_plain(extracted) for extracted in origin.extracted],
            "operation": origin.operation,
            "restores": origin.restores,
            "event_time": origin.said or self.now,
            "reasons": {"action": change, **{name: value for name, value in known.items() if value}},
        }


def _validity(fact: str, said: datetime) -> dict[str, str | None]:
    """Return the fields that say when a fact holds."""
    from memorybank.languages.meanings.validity import validity_of  # noqa: PLC0415 - reads need no words of languages

    found = validity_of(fact, said)
    return {"since": found.since, "until": found.until}


def _evidence(record: MemoryRecord, memory: Memory, origin: Origin, *, change: RevisionAction) -> int:
    """Return how many times the fact of a changed memory was said.

    Saying it again raises the count, and so does what completes it; a fact that takes its place was said once.
    """
    if origin.evidence is not None:
        return origin.evidence
    if memory.fact == record.fact:
        return record.evidence + (change == "KEPT")
    return record.evidence + 1 if origin.relation in CONFIRMING else 1


def _sequence_at(moment: datetime) -> int:
    return ((moment - _EPOCH) // timedelta(microseconds=1)) << _SPARE_BITS


def first_sequence_after(moment: datetime) -> int:
    """Return the first number of a revision made after a moment."""
    return _sequence_at(moment) + (1 << _SPARE_BITS)


def deletions_of(engine: EngineName, scope_key: str) -> str:
    """Return the value of `deleted_from` by which the revisions that record deletions from a scope are found."""
    return engine.child("scopes", scope_key)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


def _stored(record: MemoryRecord, original: MemoryRecord | None) -> Write:
    """Return the write that stores a memory; `original` is what was read, None for a new one."""
    if original is None:
        return Create(record.path, record.document())
    if record.embedding is None:
        return Patch(record.path, record.snapshot(), version=original.version)
    return Put(record.path, record.document(), version=original.version)


def _cut(revision: Data, end: datetime) -> Data:
    """Return the fields that shorten a revision's life, and its previous expiry time."""
    return {**_end(min(revision["expire_time"], end)), "kept_until": revision["expire_time"]}


def _end(moment: datetime) -> Data:
    """Return the fields that end a revision's life: `delete_after` is when Firestore may delete it by itself."""
    return {"expire_time": moment, "delete_after": moment}


def _whose(record: MemoryRecord) -> Data:
    """Return the fields that identify a revision's scope even after its memory is gone."""
    return {"scope": record.memory.scope, "scope_key": scope_key(record.memory.scope or {})}


def _plain(extracted: ExtractedMemory) -> Data:
    """Return what was extracted in stored form: profile values as text, because they may have any shape."""
    data = extracted.to_data()
    if "structured_data" in data:
        data["structured_data"] = json_text(data["structured_data"])
    return data
