"""Stored memories as records of an export, and records as the documents that they were."""

from __future__ import annotations

import json
import math
import struct
import sys
from array import array
from collections.abc import Iterator
from typing import Any

from memorybank.bank.memories import revisions as history
from memorybank.bank.memories.records import MemoryRecord as Stored
from memorybank.bank.memories.records import json_text, record_of
from memorybank.errors import InvalidArgument, Violation
from memorybank.ports.documents import MAX_DIMENSIONS, Data, Document, Vector
from memorybank.resources.memory import ExtractedMemory, Memory, without_request
from memorybank.resources.scopes import scope_key
from memorybank.resources.stored_data import read_stored
from memorybank.resources.transfer import MemoryRecord, MemoryState, Reasons, RevisionRecord

NOT_TRANSFERRED = frozenset(
    {
        *("operation", "restores", "kept_until", "delete_after", "scope", "scope_key", "snapshot"),
        *("deleted_from", "memory_create_time"),  # by which a memory that is still deleted is found
    }
)
"""Fields of a stored revision that a record does not name: of the bank that it was in, or they follow from others."""

_UNIT = 0.1
"""How far the length of a vector may be from 1."""

_FLOAT = struct.calcsize("<f")


def record_from(document: Document, revisions: list[Document], *, vectors: bool) -> MemoryRecord:
    """Return a stored memory and its revisions, oldest first, as a record."""
    stored = record_of(document)
    vector = stored.embedding if vectors else None
    return MemoryRecord.model_construct(
        id=document.id,
        memory=_unnamed(stored),
        state=_state_of(stored),
        embedding=None if vector is None else vector.packed or struct.pack(f"<{len(vector.values)}f", *vector.values),
        revisions=[_revision_from(each) for each in revisions],
    )


def _unnamed(stored: Stored) -> Memory:
    return stored.memory.model_copy(update={"name": None})


def _state_of(stored: Stored) -> MemoryState:
    return MemoryState.model_construct(
        embedding_model=stored.embedding_model,
        sequence=stored.sequence,
        first_sequence=stored.first_sequence,
        latest_revision=stored.latest_revision,
        said_time=stored.said_time,
        evidence_count=stored.evidence,
    )


def _revision_from(document: Document) -> RevisionRecord:
    data = document.data
    labels, produced_by = history.labels_of(data)
    state = None if not data.get("snapshot") else record_of(history.state_in(document))
    extracted = [
        {**each, "structured_data": json.loads(each["structured_data"])} if "structured_data" in each else each
        for each in data["extracted"]
    ]
    reasons = data.get("reasons")
    return RevisionRecord.model_construct(
        sequence=data["sequence"],
        first_sequence=data.get("first_sequence", 0),
        create_time=data["create_time"],
        expire_time=data["expire_time"],
        event_time=data.get("event_time"),
        deleted=bool(data.get("deleted")),
        labels=labels,
        produced_by=dict(produced_by),
        extracted=[read_stored(ExtractedMemory, each) for each in extracted],
        reasons=None if reasons is None else read_stored(Reasons, reasons),
        memory=None if state is None else _unnamed(state),
        state=None if state is None else _state_of(state),
    )


def stored_from(record: MemoryRecord, path: str, *, vector: Vector, model: str) -> Stored:
    """Return the memory that a record with a state describes, as it is stored."""
    return _stored(record.memory, record.state, path, vector=vector, model=model)


def _stored(memory: Memory, state: MemoryState | None, path: str, *, vector: Vector | None, model: str) -> Stored:
    assert state is not None  # noqa: S101 - records without one are made anew
    return Stored(
        path,
        without_request(memory, expire_time=memory.expire_time),
        model,
        first_sequence=state.first_sequence,
        sequence=state.sequence,
        latest_revision=state.latest_revision,
        embedding=vector,
        said_time=state.said_time,
        evidence=state.evidence_count,
    )


def revisions_from(record: MemoryRecord, path: str, present: Stored) -> Iterator[tuple[str, Data]]:
    """Yield path and document of each revision of a record, of which `present` is the memory as it is stored."""
    scope = record.memory.scope or {}
    whose = {"scope": scope, "scope_key": scope_key(scope)}
    for each in record.revisions:
        data: Data = {
            "sequence": each.sequence,
            "first_sequence": each.first_sequence,
            "create_time": each.create_time,
            "expire_time": each.expire_time,
            **(
                {"deleted": True, "kept_until": each.expire_time}
                if each.deleted
                else {"delete_after": each.expire_time}
            ),
            **whose,
            "labels": dict(each.labels),
            "produced_by": dict(each.produced_by),
            "extracted": [_plain(extracted) for extracted in each.extracted],
            "operation": None,
            "restores": None,
        }
        if each.event_time is not None:
            data["event_time"] = each.event_time
        if each.reasons is not None:
            data["reasons"] = each.reasons.to_data()
        if each.memory is not None and each.state is not None:
            data["snapshot"] = _state_in(each, record, path, present=present).snapshot()
        yield f"{path}/revisions/{each.sequence}", data


def _state_in(revision: RevisionRecord, record: MemoryRecord, path: str, *, present: Stored) -> Stored:
    """Return the memory as it was after a revision: `present` itself for the last one, as a rule."""
    assert revision.memory is not None  # noqa: S101 - the caller has looked
    assert revision.state is not None  # noqa: S101 - as above
    model = revision.state.embedding_model
    if model == present.embedding_model and revision.state == record.state and revision.memory == record.memory:
        return present
    return _stored(revision.memory, revision.state, path, vector=None, model=model)


def _plain(extracted: ExtractedMemory) -> Data:
    data: dict[str, Any] = extracted.to_data()
    if "structured_data" in data:
        data["structured_data"] = json_text(data["structured_data"])
    return data


def vector_in(record: MemoryRecord, *, model: str, field: str) -> Vector | None:
    """Return the vector of a record if it is of the bank's `model`, None if the fact must be embedded.

    Names of models end with the length of their vectors, such as `@768`, where that can be chosen.
    """
    if record.embedding is None or record.state is None or record.state.embedding_model != model:
        return None
    count, rest = divmod(len(record.embedding), _FLOAT)
    values = () if rest else _floats(record.embedding)
    length = model.rpartition("@")[2]
    if not values or (length.isdecimal() and count != int(length)) or count > MAX_DIMENSIONS:
        right = "must be the float32 values of a vector, of the length that the bank's model has"
        raise InvalidArgument.of(Violation(f"{field}.embedding", right))
    if not abs(math.hypot(*values) - 1.0) < _UNIT:  # NaN is not, either
        raise InvalidArgument.of(Violation(f"{field}.embedding", "must be a vector of unit length"))
    return Vector(values, packed=record.embedding)


def _floats(packed: bytes) -> tuple[float, ...]:
    """Return little-endian float32 values, faster than `struct` does."""
    values = array("f", packed)
    if sys.byteorder == "big":
        values.byteswap()
    return tuple(values.tolist())
