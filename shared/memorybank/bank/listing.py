"""Pages of documents that meet a condition which the store itself cannot check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from memorybank.storage.documents import Document, DocumentStore, Query

_CHUNK = 200

T = TypeVar("T")
Accept = Callable[[Mapping[str, Any]], bool]
"""Tells whether a resource, given as a map with snake_case keys, meets the filter of a request."""

Cursor = tuple[Any, ...]


def page_of(
    store: DocumentStore, query: Query, *, limit: int, read: Callable[[Document], T | None]
) -> tuple[list[T], Cursor | None]:
    """Return up to `limit` of the things that `read` makes of the query's documents, and where to go on.

    `read` answers None for a document that is not to be seen. The cursor is None when nothing more can follow.
    """
    found: list[tuple[T, Cursor]] = []
    after = query.after
    while len(found) <= limit:
        size = limit + 1 if limit < _CHUNK else _CHUNK
        documents = store.query(replace(query, after=after, limit=size))
        for document in documents:
            after = (*(document.data[order.field] for order in query.order), document.path)
            item = read(document)
            if item is not None:
                found.append((item, after))
        if len(documents) < size:
            break
    more = len(found) > limit
    return [item for item, _ in found[:limit]], found[limit - 1][1] if more else None
