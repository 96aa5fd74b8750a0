"""What waits in a scope: streams whose events no generation has read yet, and operations that are not done.

Both are found by the scope alone, so what belongs to others costs nothing, and neither do operations that are done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from memorybank.bank import engines, operations
from memorybank.bank.ingestion import streams
from memorybank.bank.listing import documents_of
from memorybank.bank.ports import Ports
from memorybank.ports.documents import Document, Order, Query, Where
from memorybank.resources.names import EngineName, name_of
from memorybank.resources.operation import Operation
from memorybank.resources.scopes import scope_key
from memorybank.resources.waiting import WaitingStream

MOST_READ = 2_000
"""How many streams of a scope are looked at."""

MOST_SHOWN = 100
"""How many of each are returned."""

_AT_ONCE = 500


@dataclass(frozen=True)
class Waiting:
    """What waits: the streams that are due first, the newest operations, and whether there may be `more`."""

    streams: list[WaitingStream]
    operations: list[Operation]
    more: bool


def waiting(ports: Ports, engine: EngineName, scope: Mapping[str, str]) -> Waiting:
    """Return what waits in exactly that scope."""
    engines.get(ports, engine)
    search = _Search(ports, engine, scope_key(scope))
    found = sorted(search.streams(), key=lambda stream: stream.flush_time)
    running = list(islice(search.operations(), MOST_SHOWN + 1))
    more = search.cut or max(len(found), len(running)) > MOST_SHOWN
    return Waiting(found[:MOST_SHOWN], running[:MOST_SHOWN], more)


@dataclass
class _Search:
    """Reads what belongs to a scope; `cut` tells whether it has stopped early."""

    ports: Ports
    engine: EngineName
    key: str
    cut: bool = False

    def streams(self) -> Iterator[WaitingStream]:
        """Yield the streams in which events wait."""
        for document in self._streams():
            data: Mapping[str, Any] = document.data
            if data["count"] and data["due"]:
                operation = name_of(self.engine.child("operations", data["operation"]))
                yield WaitingStream(data["stream_id"], data["count"], data["opened"], data["due"], operation)

    def operations(self) -> Iterator[Operation]:
        """Yield the operations that are not done, newest first."""
        now = self.ports.clock.now()
        query = Query(
            f"{self.engine.path}/operations",
            where=(Where("scope_key", "==", self.key), Where("done", "==", False)),
            order=(Order("create_time", descending=True),),
            fields=operations.STATE_FIELDS,
        )
        for document, _ in documents_of(self.ports.store, query, at_once=MOST_SHOWN + 1):
            if document.data["expire_time"] > now:
                yield operations.operation_of(document)

    def _streams(self) -> Iterator[Document]:
        where = (Where("scope_key", "==", self.key),)
        query = Query(f"{self.engine.path}/streams", where=where, fields=streams.STATE_FIELDS)
        found = (document for document, _ in documents_of(self.ports.store, query, at_once=_AT_ONCE))
        yield from islice(found, MOST_READ)
        self.cut = next(found, None) is not None
