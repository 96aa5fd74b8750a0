"""A project by its number or by its id: Google's clients use either, and a local bank is told neither.

Both name the same project where an engine's id settles it: it has been created in one of them, and in no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from memorybank.ports.documents import DocumentStore, Order, Query
from memorybank.resources.names import EngineName, engine_of

_MOST_KNOWN = 10_000
_CHUNK = 1_000


class ProjectNames:
    """Remembers by which name each engine is stored. Only for banks whose callers may all do everything."""

    def __init__(self) -> None:
        self._known: dict[EngineName, EngineName] = {}

    def stored(self, store: DocumentStore, name: EngineName) -> EngineName:
        """Return the name by which an engine is stored: `name` itself unless only its counterpart exists."""
        known = self._known.get(name)
        if known is None:
            known = _stored(store, name)
            if known is None:
                return name  # not remembered: it may be created later
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[name] = known
        return known


def _stored(store: DocumentStore, name: EngineName) -> EngineName | None:
    if store.get(name.path, fields=()) is not None:
        return name
    place = (name.location, name.engine)
    counterparts = [
        other
        for other in _engines(store)
        if (other.location, other.engine) == place and _is_number(other) != _is_number(name)
    ]
    return counterparts[0] if len(counterparts) == 1 else None


def _is_number(name: EngineName) -> bool:
    return name.project.isdecimal()


def _engines(store: DocumentStore) -> Iterator[EngineName]:
    query = Query("engines", order=(Order("create_time"),), limit=_CHUNK, fields=("create_time",))
    while documents := store.query(query):
        yield from (engine_of(document.path) for document in documents)
        query = replace(query, after=(documents[-1].data["create_time"], documents[-1].path))
