"""Similarity search that respects expiry and filters, however few memories match.

The nearest are read first, and usually enough of them match. If not, the search is repeated with the filter's screen,
so that a store which can use it compares only what matches, and widened, because a store may check neither expiry nor
filters. If even the widest search does not suffice, every memory of the scope can be compared.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator
from dataclasses import replace

from memorybank.bank.memories.records import MEMORY_FIELDS, lives
from memorybank.bank.ports import Ports
from memorybank.ports.documents import MAX_NEAREST, Document, Nearest, Order, Query, Vector
from memorybank.ports.screens import Screen

_WIDER = 8
_PAGE, _VECTORS_AT_ONCE = 500, 100

Hits = list[tuple[float, Document]]
"""Stored memories, each preceded by its Euclidean distance."""

_Seen = Callable[[Document], bool]


def nearest(
    ports: Ports,
    search: Nearest,
    *,
    may: Callable[[Document], bool],
    exhaustive: bool,
    screen: Screen | None = None,
    enough: int | None = None,
    within: float = math.inf,
) -> Hits:
    """Return the nearest unexpired memories that `may` be found, nearest first; all of them meet `screen`.

    The search must ask for `MEMORY_FIELDS`. None is farther away than `within`. They are at most as many as its limit;
    if `enough` were found, it is not widened for more. Unless `exhaustive`, only the thousand nearest are searched.
    """
    now, most, screened = ports.clock.now(), search.limit, False

    def seen(document: Document) -> bool:
        return lives(document.data.get("expire_time"), now) and may(document)

    while True:
        hits = ports.store.nearest(search)
        close = [(hit.distance, hit.document) for hit in hits if hit.distance <= within]
        found = [hit for hit in close if seen(hit[1])][:most]
        widest = search.limit == MAX_NEAREST and (screened or screen is None)
        no_more = len(hits) < search.limit or len(close) < len(hits)
        if len(found) >= (enough or most) or no_more or (widest and not exhaustive):
            return found
        if widest:
            every = _compare(ports, search, seen=seen)
            compared = (hit for hit in every if hit[0] <= within)
            return heapq.nsmallest(most, compared, key=lambda hit: (hit[0], hit[1].path))
        search, screened = replace(search, limit=min(search.limit * _WIDER, MAX_NEAREST), screen=screen), True


def _compare(ports: Ports, search: Nearest, *, seen: _Seen) -> Iterator[tuple[float, Document]]:
    """Yield every matching memory with its distance; only their vectors are read."""
    paths = list(_paths(ports, search, seen=seen))
    for start in range(0, len(paths), _VECTORS_AT_ONCE):
        fields = (*MEMORY_FIELDS, search.field)
        for document in ports.store.get_many(paths[start : start + _VECTORS_AT_ONCE], fields=fields):
            vector = document.data.get(search.field) if document else None
            if document is None or not isinstance(vector, Vector) or len(vector.values) != len(search.vector.values):
                continue
            if seen(document):  # it may have changed since it was listed
                yield math.dist(search.vector.values, vector.values), document


def _paths(ports: Ports, search: Nearest, *, seen: _Seen) -> Iterator[str]:
    # Only the listing of a scope has an index; the other conditions are checked here.
    scope = tuple(where for where in search.where if where.field == "scope_key")
    others = [where for where in search.where if where not in scope]
    order = (Order("create_time", descending=True),)
    fields = MEMORY_FIELDS
    query = Query(search.collection, where=scope, order=order, limit=_PAGE, fields=fields, screen=search.screen)
    while found := ports.store.query(query):
        for document in found:
            if all(document.data.get(other.field) == other.value for other in others) and seen(document):
                yield document.path
        if len(found) < _PAGE:
            return
        query = replace(query, after=(found[-1].data["create_time"], found[-1].path))
