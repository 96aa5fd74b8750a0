"""Operations by location: `projects/P/locations/L/operations/O` names one regardless of its parent resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from memorybank.bank import operations
from memorybank.bank.listing import Accept, Cursor, Room, check_cursor
from memorybank.bank.ports import Ports
from memorybank.errors import InvalidArgument, NotFound, Violation
from memorybank.ports.documents import Document, Order, Query, Where
from memorybank.resources.names import EngineName, engine_of
from memorybank.resources.operation import Operation

_CHUNK = 100
_CURSOR_LENGTH = 4

Find: TypeAlias = Callable[[Query], list[str]]
"""Returns the paths of the documents that match a query, including those hidden from the caller."""


def find(
    ports: Ports, location: str, identifier: str, *, paths: Find, is_here: Callable[[EngineName], bool]
) -> tuple[EngineName, str]:
    """Return the engine and the parent of the operation with this id in the location.

    `paths` finds it, and `is_here` tells whether its engine is in the location; it is then read through `ports`, which
    show only what the caller may see.
    """
    query = Query("operations", group=True, where=(Where("operation_id", "==", identifier),), fields=("operation_id",))
    for path in paths(query):
        engine = engine_of(path)
        document = ports.store.get(path, fields=("parent",)) if is_here(engine) else None
        if document is not None:
            return engine, document.data["parent"]
    raise NotFound(f"operation {location}/operations/{identifier} does not exist")


def list_page(
    ports: Ports, location: str, *, accept: Accept | None, limit: int, after: Cursor | None
) -> tuple[list[Operation], Cursor | None]:
    """Return a page of all operations of a location, newest first within each engine, the newest engine first.

    A cursor holds the creation time and the path of an engine, then those of one of its operations.
    """
    at, within = _split(after)
    found: list[tuple[Operation, Cursor]] = []
    room = Room()
    for document in _engines(ports, location, at=at):
        engine, start = engine_of(document.path), (document.data["create_time"], document.path)
        resumed = within if at == start else None
        page, _ = operations.list_page(
            ports, engine, parent=None, accept=accept, limit=limit + 1 - len(found), after=resumed, room=room
        )
        for operation in page:
            path = engine.child("operations", operation.name.rpartition("/")[2])
            found.append((operation, (*start, operation.create_time, path)))
        if len(found) > limit or room.full:
            shown = found[:limit]
            return [operation for operation, _ in shown], shown[-1][1]
    return [operation for operation, _ in found], None


def _split(after: Cursor | None) -> tuple[Cursor | None, Cursor | None]:
    if after is None:
        return None, None
    if len(after) != _CURSOR_LENGTH:
        right = "is not a page token of this list; start again without a page token"
        raise InvalidArgument.of(Violation("pageToken", right))
    return after[:2], after[2:]


def _engines(ports: Ports, location: str, *, at: Cursor | None) -> Iterator[Document]:
    """Yield the engines of a location, starting with the one at a cursor."""
    query = Query(
        "engines",
        where=(Where("parent", "==", location),),
        order=(Order("create_time", descending=True),),
        after=at,
        limit=_CHUNK,
        fields=("create_time",),
    )
    check_cursor(query)
    if at is not None and (first := ports.store.get(at[1], fields=("create_time",))) is not None:
        yield first
    while documents := ports.store.query(query):
        yield from documents
        query = replace(query, after=(documents[-1].data["create_time"], documents[-1].path))
