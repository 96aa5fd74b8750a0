"""Exports: pages of an engine's memories, with all their revisions, in the order of their ids."""

from __future__ import annotations

from datetime import datetime

from memorybank.bank import engines
from memorybank.bank.listing import LARGE_AT_ONCE, Cursor, documents_of, page_of, weight
from memorybank.bank.memories.records import MEMORY_FIELDS, lives
from memorybank.bank.memories.transfer import record_from
from memorybank.bank.ports import Ports
from memorybank.ports.documents import Document, Order, Query, Where
from memorybank.resources.names import EngineName
from memorybank.resources.transfer import MemoryRecord

_OLDEST = (Order("sequence"),)
_VECTOR_BYTES = 6
"""How many bytes a number of a vector has in an answer."""


def export_page(
    ports: Ports, engine: EngineName, *, vectors: bool, limit: int, after: Cursor | None
) -> tuple[list[MemoryRecord], Cursor | None]:
    """Return a page of an engine's memories, as large as an answer may be, and the cursor for the next."""
    engines.get(ports, engine)
    now = ports.clock.now()
    fields = (*MEMORY_FIELDS, "embedding") if vectors else MEMORY_FIELDS
    query = Query(f"{engine.path}/memories", after=after, fields=fields)
    weights: dict[str, int] = {}

    def read(document: Document) -> MemoryRecord | None:
        if not lives(document.data.get("expire_time"), now):
            return None
        found = _revisions(ports, document, now=now)
        weights[document.path] = weight(document.data) + sum(2 * weight(each.data) for each in found)
        if (vector := document.data.get("embedding")) is not None:
            weights[document.path] += _VECTOR_BYTES * len(vector.values)
        return record_from(document, found, vectors=vectors)

    return page_of(ports.store, query, limit=limit, read=read, weigh=lambda document: weights[document.path])


def _revisions(ports: Ports, memory: Document, *, now: datetime) -> list[Document]:
    """Return the revisions of a memory that have not expired, oldest first."""
    first = memory.data.get("first_sequence") or 0
    query = Query(f"{memory.path}/revisions", where=(Where("sequence", ">=", first),), order=_OLDEST)
    found = documents_of(ports.store, query, at_once=LARGE_AT_ONCE)
    return [document for document, _ in found if document.data["expire_time"] > now]
