"""Similarity search that respects expiry and filters, however few memories match.

A store cannot check expiry or a filter while it searches. So the search is widened until enough of its hits match; if
even the widest search does not suffice, every memory of the scope can be compared.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from dataclasses import replace

from memorybank.bank.memories.records import MEMORY_FIELDS, MemoryRecord, record_of
from memorybank.bank.ports import Ports
from memorybank.ports.documents import MAX_NEAREST, Nearest, Order, Query, Vector

_WIDER = 8
_PAGE, _VECTORS_AT_ONCE = 500, 100

Hits = list[tuple[float, MemoryRecord]]
"""Memories, each preceded by its Euclidean distance."""


def nearest(ports: Ports, search: Nearest, *, may: Callable[[MemoryRecord], bool], exhaustive: bool) -> Hits:
    """Return the nearest unexpired memories that `may` be found, nearest first.

    Unless `exhaustive`, only the thousand nearest are searched.
    """
    now, limit = ports.clock.now(), search.limit

    def seen(record: MemoryRecord) -> bool:
        return record.alive(now) and may(record)

    while True:
        hits = ports.store.nearest(replace(search, fields=MEMORY_FIELDS, limit=limit))
        records = [(hit.distance, record_of(hit.document)) for hit in hits]
        found = [(distance, record) for distance, record in records if seen(record)]
        widest = limit == MAX_NEAREST
        if len(found) >= search.limit or len(hits) < limit or (widest and not exhaustive):
            return found[: search.limit]
        if widest:
            compared = _compare(ports, search, seen=seen)
            return heapq.nsmallest(search.limit, compared, key=lambda hit: (hit[0], hit[1].path))
        limit = min(limit * _WIDER, MAX_NEAREST)


def _compare(
    ports: Ports, search: Nearest, *, seen: Callable[[MemoryRecord], bool]
) -> Iterator[tuple[float, MemoryRecord]]:
    """Yield every matching memory with its distance; only their vectors are read."""
    paths = list(_paths(ports, search, seen=seen))
    for start in range(0, len(paths), _VECTORS_AT_ONCE):
        fields = (*MEMORY_FIELDS, search.field)
        for document in ports.store.get_many(paths[start : start + _VECTORS_AT_ONCE], fields=fields):
            vector = document.data.get(search.field) if document else None
            if document is None or not isinstance(vector, Vector) or len(vector.values) != len(search.vector.values):
                continue
            record = record_of(document)
            if seen(record):  # it may have changed since it was listed
                yield math.dist(search.vector.values, vector.values), record


def _paths(ports: Ports, search: Nearest, *, seen: Callable[[MemoryRecord], bool]) -> Iterator[str]:
    # Only the listing of a scope has an index; the other conditions are checked here.
    scope = tuple(where for where in search.where if where.field == "scope_key")
    others = [where for where in search.where if where not in scope]
    order = (Order("create_time", descending=True),)
    query = Query(search.collection, where=scope, order=order, limit=_PAGE, fields=MEMORY_FIELDS)
    while found := ports.store.query(query):
        for document in found:
            fits = all(document.data.get(other.field) == other.value for other in others)
            if fits and seen(record_of(document)):
                yield document.path
        if len(found) < _PAGE:
            return
        query = replace(query, after=(found[-1].data["create_time"], found[-1].path))
