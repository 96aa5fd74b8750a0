"""Pages of documents, filtered by conditions that the store itself cannot check, and bounded by bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from memorybank.errors import InvalidArgument, Violation
from memorybank.ports.documents import Document, DocumentStore, Query
from memorybank.ports.screens import Screen

MAX_PAGE = 8_000_000
"""About the most bytes of a page. Only a single item that is larger goes beyond it."""

LARGE_AT_ONCE = 20
"""How many documents are read at once where each may have nearly 1 MiB."""

_AT_ONCE = 100
"""How many are read at once otherwise: a memory without its vector has at most about 300 KB."""

_ID = re.compile(r"[A-Za-z0-9._:-]{1,302}")

S = TypeVar("S")
T = TypeVar("T")
Accept = Callable[[Mapping[str, Any]], bool]
"""Tells whether a resource, given as a map with snake_case keys, matches the filter of a request."""

Cursor = tuple[Any, ...]


@dataclass(frozen=True)
class Filter:
    """The test of a request's filter, with the screen by which a store may leave out what fails it."""

    test: Accept
    screen: Screen

    def __call__(self, data: Mapping[str, Any]) -> bool:
        """Tell whether a resource matches."""
        return self.test(data)


def screen_in(accept: Accept | None) -> Screen | None:
    """Return the screen of a test, if it has one."""
    return accept.screen if isinstance(accept, Filter) else None


class Room:
    """What is left of the bytes of one answer. The first thing always fits."""

    def __init__(self, most: int = MAX_PAGE) -> None:
        self._most, self._used = most, 0
        self.full = False

    def take(self, size: int) -> bool:
        """Take that many bytes and tell whether they were there; if not, the answer is full."""
        self.full = self.full or (self._used > 0 and self._used + size > self._most)
        if not self.full:
            self._used += size
        return not self.full


def page_of(
    store: DocumentStore,
    query: Query,
    *,
    limit: int,
    read: Callable[[Document], T | None],
    at_once: int = _AT_ONCE,
    weigh: Callable[[Document], int] = lambda document: weight(document.data),
    room: Room | None = None,
) -> tuple[list[T], Cursor | None]:
    """Return up to `limit` of the items that `read` makes of the query's documents, and the cursor for the next page.

    `read` returns None for a document that is to be skipped. The page ends early where the next item does not fit into
    `room`, by what `weigh` returns for its document. The cursor is None when nothing more can follow.
    """
    check_cursor(query)
    documents = documents_of(store, query, at_once=min(limit + 1, at_once))
    return page_from(documents, limit=limit, after=query.after, read=read, weigh=weigh, room=room)


def page_from(
    items: Iterator[tuple[S, Cursor]],
    *,
    limit: int,
    after: Cursor | None,
    read: Callable[[S], T | None],
    weigh: Callable[[S], int],
    room: Room | None = None,
) -> tuple[list[T], Cursor | None]:
    """Return a page as `page_of` does, of items that come with their cursors; `after` is where it begins."""
    room = room or Room()
    found: list[T] = []
    last = after
    for each, cursor in items:
        item = read(each)
        if item is None:
            continue
        if len(found) == limit or not room.take(weigh(each)):
            return found, last
        found.append(item)
        last = cursor
    return found, None


def documents_of(store: DocumentStore, query: Query, *, at_once: int) -> Iterator[tuple[Document, Cursor]]:
    """Yield all documents that meet a query, each with the cursor that leads on from it, reading a few at a time."""
    documents = store.query(replace(query, limit=at_once))
    while documents:
        for document in documents:
            after = (*(document.data[order.field] for order in query.order), document.path)
            yield document, after
        if len(documents) < at_once:
            return
        documents = store.query(replace(query, after=after, limit=at_once))


def weight(value: Any) -> int:
    """Return about how many bytes a stored value has in an answer, from which empty fields are left out."""
    total, left = 0, [value]  # in a loop: a call for each field would take longer than the rest of a search
    while left:
        each = left.pop()
        if isinstance(each, str):
            total += (len(each) if each.isascii() else len(each.encode(errors="surrogatepass"))) + 3
        elif isinstance(each, bytes):
            total += len(each) + 3
        elif isinstance(each, dict):
            total += 2
            for name, held in each.items():
                if held is not None:
                    left += (name, held)
        elif isinstance(each, list | tuple):
            total += 2
            left += each
        else:
            total += 8
    return total


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
