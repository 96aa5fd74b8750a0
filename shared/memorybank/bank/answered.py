"""Operations whose response is a memory or a session: they store only its name and look it up when they are read.

Otherwise the operation would keep the content for its own 30 days: past the deletion of the resource, past its TTL,
and past the hours in which a deleted memory can be restored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from memorybank.bank import sessions
from memorybank.bank.listing import LARGE_AT_ONCE, Cursor, Room, weight
from memorybank.bank.memories.records import MEMORY_FIELDS, record_of
from memorybank.bank.ports import Ports
from memorybank.ports.documents import Document
from memorybank.resources.names import path_of
from memorybank.resources.operation import Operation
from memorybank.resources.operation_kinds import kind_of


def completed(ports: Ports, found: Sequence[Operation]) -> list[Operation]:
    """Return operations with their response resources filled in; a resource that is gone is shown by name only."""
    answers: dict[str, dict[str, Any]] = {}
    for message, (fields, shown) in _READERS.items():
        names = [name for each in found if kind_of(each.kind).response == message and (name := _name(each))]
        documents = ports.store.get_many([path_of(name) for name in names], fields=fields)
        for name, document in zip(names, documents, strict=True):
            if document is not None and (answer := shown(ports, document)) is not None:
                answers[name] = answer
    return [
        replace(each, response=answers[name]) if (name := _name(each)) is not None and name in answers else each
        for each in found
    ]


def completed_page(
    ports: Ports, page: Callable[[int], tuple[list[Operation], Cursor | None]], *, limit: int
) -> tuple[list[Operation], Cursor | None]:
    """Return a page of completed operations that ends where the next one would make the answer too large.

    `page` lists up to so many of them as they are stored, and where to go on.
    """
    found, cursor = page(limit)
    complete: list[Operation] = []
    room = Room()
    for start in range(0, len(found), LARGE_AT_ONCE):
        for each in completed(ports, found[start : start + LARGE_AT_ONCE]):
            if not room.take(weight(each.response)):
                return complete, page(len(complete))[1]
            complete.append(each)
    return complete, cursor


def _name(operation: Operation) -> str | None:
    """Return the name of an operation's response resource, None if its response is not looked up by name."""
    if kind_of(operation.kind).response not in _READERS or not operation.response:
        return None
    name = operation.response.get("name")
    return name if isinstance(name, str) else None


def _memory(ports: Ports, document: Document) -> dict[str, Any] | None:
    record = record_of(document)
    if not record.alive(ports.clock.now()):
        return None
    return record.memory.model_copy(update={"name": record.name}).to_wire()


def _session(ports: Ports, document: Document) -> dict[str, Any] | None:
    if document.data["expire_time"] <= ports.clock.now():
        return None
    return sessions.session_of(document).to_wire()


_Reader = tuple[tuple[str, ...] | None, Callable[[Ports, Document], dict[str, Any] | None]]
_READERS: Mapping[str, _Reader] = {"Memory": (MEMORY_FIELDS, _memory), "Session": (None, _session)}
