"""The messages of ExportMemories and BatchCreateMemories: memories and sessions with all that a bank knows of them.

An export may be given to another bank as it is. Whoever writes such records by hand needs a `fact` and a `scope` only.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from memorybank.resources.explanation import Quote, RefusedDecision, RevisionAction
from memorybank.resources.memory import ExtractedMemory, Labels, Memory
from memorybank.resources.names import SEGMENT
from memorybank.resources.session import Session, SessionEvent
from memorybank.resources.violations import SCOPE_REQUIRED
from memorybank.resources.wire import Base64, Bool, Int64, Timestamp, WireModel, refuse_any

MAX_RECORDS = 2000
"""The most memories, and the most sessions, of one request."""

_MOST_REVISIONS = 5000
_MOST_EVENTS = 5000

Id = Annotated[str, Field(pattern=f"^{SEGMENT}$")]
Number = Annotated[Int64, Field(ge=0)]


class MemoryState(WireModel):
    """What a bank keeps of a memory beside its own fields; see `bank.memories.records.MemoryRecord`."""

    embedding_model: Annotated[str, Field(min_length=1, max_length=512)]
    sequence: Number
    first_sequence: Number = 0
    latest_revision: Annotated[str, Field(pattern=r"^[0-9]{1,19}$")] | None = None
    said_time: Timestamp | None = None
    evidence_count: Annotated[Int64, Field(ge=1)] = 1


class Reasons(WireModel):
    """Why a revision was made; see `resources.explanation`."""

    action: RevisionAction | None = None
    quotes: list[Quote] = []
    relation: str | None = None
    reason: str | None = None
    refused: list[RefusedDecision] = []


class RevisionRecord(WireModel):
    """One revision: the memory after a change, or `deleted`, and where the change came from."""

    sequence: Number
    first_sequence: Number = 0
    create_time: Timestamp
    expire_time: Timestamp
    event_time: Timestamp | None = None
    deleted: Bool = False
    labels: Labels = {}
    produced_by: dict[str, str] = {}
    extracted: list[ExtractedMemory] = []
    reasons: Reasons | None = None
    memory: Memory | None = None
    state: MemoryState | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if not self.deleted and (self.memory is None or self.state is None):
            refuse_any([("memory", "is required with its state, unless the revision is of a deletion")])
        return self


class MemoryRecord(WireModel):
    """One memory. Without `state` it is new: the bank makes its first revision, at `memory.createTime` or now."""

    id: Id | None = None
    memory: Memory
    state: MemoryState | None = None
    embedding: Base64 | None = None
    revisions: Annotated[list[RevisionRecord], Field(max_length=_MOST_REVISIONS)] = []

    @model_validator(mode="after")
    def _fits(self) -> Self:
        memory, found = self.memory, []
        if not memory.fact or not memory.fact.strip():
            found.append(("memory.fact", "is required and must not be blank"))
        if memory.scope is None:
            found.append(("memory.scope", SCOPE_REQUIRED))
        if self.state is None and (self.revisions or self.embedding is not None):
            found.append(("state", "is required with revisions and an embedding"))
        if self.state is not None and None in (self.id, memory.create_time, memory.update_time, memory.memory_type):
            found.append(("state", "is only for a memory with id, createTime, updateTime and memoryType"))
        sequences = [revision.sequence for revision in self.revisions]
        if len(set(sequences)) < len(sequences):
            found.append(("revisions", "must have a sequence each"))
        if any(each.memory is not None and each.memory.scope != memory.scope for each in self.revisions):
            found.append(("revisions", "must have the scope of the memory"))
        refuse_any(found)
        return self


class EventRecord(WireModel):
    """One event of a session under its id."""

    id: Id
    event: SessionEvent


class SessionRecord(WireModel):
    """One session with its events, in their order."""

    id: Id
    session: Session
    events: Annotated[list[EventRecord], Field(max_length=_MOST_EVENTS)] = []

    @model_validator(mode="after")
    def _fits(self) -> Self:
        session = self.session
        given = (session.user_id, session.create_time, session.update_time, session.expire_time)
        found = []
        if None in given:
            found.append(("session", "needs userId, createTime, updateTime and expireTime"))
        if len({event.id for event in self.events}) < len(self.events):
            found.append(("events", "must have an id each"))
        refuse_any(found)
        return self


class BatchCreateMemoriesRequest(WireModel):
    """Asks to create memories and sessions as they were; with `validate_only`, to say what would happen."""

    memories: Annotated[list[MemoryRecord], Field(max_length=MAX_RECORDS)] = []
    sessions: Annotated[list[SessionRecord], Field(max_length=MAX_RECORDS)] = []
    validate_only: Bool = False


class ExportedMemories(WireModel):
    """A page of an export."""

    memories: list[dict[str, Any]] = []
    next_page_token: str | None = None
