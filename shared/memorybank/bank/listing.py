"""Pages of documents, filtered by conditions that the store itself cannot check."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from memorybank.errors import InvalidArgument, Violation
from memorybank.ports.documents import Document, DocumentStore, Query

_CHUNK = 200
_ID = re.compile(r"[A-Za-z0-9._:-]{1,302}")

T = TypeVar("T")
Accept = Callable[[Mapping[str, Any]], bool]
"""Tells whether a resource, given as a map with snake_case keys, matches the filter of a request."""

Cursor = tuple[Any, ...]


def page_of(
    store: DocumentStore, query: Query, *, limit: int, read: Callable[[Document], T | None]
) -> tuple[list[T], Cursor | None]:
    """Return up to `limit` of the items that `read` makes of the query's documents, and the cursor for the next page.

    `read` returns None for a document that is to be skipped. The cursor is None when nothing more can follow.
    """
    check_cursor(query)
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


def check_cursor(query: Query) -> None:
    """Refuse a cursor that this query cannot have issued; a forged token may contain anything."""
    if query.after is None:
        return
    *values, path = query.after or (None,)
    collection, _, identifier = path.rpartition("/") if isinstance(path, str) else ("", "", "")
    wanted = [int if order.field == "sequence" else datetime for order in query.order]
    fits = collection == query.collection and _ID.fullmatch(identifier) and [type(value) for value in values] == wanted
    if not fits or not all(map(_in_range, values)):
        right = "is not a page token of this list; start again without a page token"
        raise InvalidArgument.of(Violation("pageToken", right))


def _in_range(value: Any) -> bool:
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    try:
        return bool(value.astimezone(UTC))
    except OverflowError:
        return False
