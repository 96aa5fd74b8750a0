"""Erase: remove every trace of one scope, for good.

Every write that builds on a scope's existing data (a generation, a flush, a rollback, an update of a memory) has a
document that it has read as a precondition, so it fails once that document is erased. Anything written before that is
found by the next pass. So passes are repeated until a whole pass finds nothing: then no write can be in progress
either. Anything accepted later is a new request, which the erasure does not cover.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from memorybank.bank import engines
from memorybank.bank.memories import batch_erasure
from memorybank.bank.ports import Ports
from memorybank.errors import Aborted, DeadlineExceeded, Unavailable
from memorybank.ports.documents import Delete, Document, Query, Where
from memorybank.resources.erasure import ErasedCounts, EraseMemoriesRequest, ErasureReceipt
from memorybank.resources.names import EngineName
from memorybank.resources.scopes import scope_key
from memorybank.text import kept

_TIME = timedelta(seconds=30)
"""How long one call may take; the next one continues where it stopped."""

_CHUNK = 200
_COUNTED = frozenset(ErasedCounts.model_fields) - {"other"}


def erase(ports: Ports, engine: EngineName, request: EraseMemoriesRequest) -> ErasureReceipt:
    """Remove the data of a scope within the time limit of one call, and return how many documents were removed.

    `ports` must show all of that scope. Raises `NotFound` if there is no such engine.
    """
    engines.get(ports, engine)
    sessions = request.include_sessions
    erasure = _Erasure(ports, engine, scope_key(request.scope), sessions=sessions, until=ports.clock.now() + _TIME)
    try:
        while erasure.look():
            pass
        finished = _scrubbed(ports)
    except TimeBudgetExceeded:
        finished = False
    counts = dict.fromkeys(ErasedCounts.model_fields, 0) | erasure.gone
    return ErasureReceipt(erased=ErasedCounts(**counts), erase_time=ports.clock.now(), finished=finished)


def _scrubbed(ports: Ports) -> bool:
    try:
        ports.store.scrub()
    except Unavailable:  # concurrent writes are in progress; the next call continues
        return False
    kept.forget()
    return True


class TimeBudgetExceeded(DeadlineExceeded):
    """The call has used up its time; this is distinct from a store that was too slow."""


@dataclass(frozen=True)
class _Erasure:
    ports: Ports
    engine: EngineName
    key: str
    sessions: bool
    until: datetime
    gone: Counter[str] = field(default_factory=Counter)

    def look(self) -> bool:
        """Remove everything found, and tell whether there was anything.

        Operations are removed first: a running generation cannot commit without its own. Imports keep theirs, without
        the records of the scope, and cannot commit what they have read before either. Parts are searched separately,
        because a crash while accepting a request leaves parts without an operation.
        """
        trees = ("streams", "sessions") if self.sessions else ("streams",)
        found = [
            self._take_out_of_imports(),
            self._remove_all("operations"),
            self._remove_all("parts", group=True),
            *(self._remove_trees(collection) for collection in trees),
            self._remove_all("memories"),
            self._remove_all("revisions", group=True),
            self._remove_lease(),
        ]
        return any(found)

    def _take_out_of_imports(self) -> bool:
        found = False
        for gone in batch_erasure.erase(
            self.ports, self.engine, self.key, sessions=self.sessions, require_time=self._require_time
        ):
            self.gone["other"] += gone
            found = found or gone > 0
        return found

    def _remove_all(self, collection: str, *, group: bool = False) -> bool:
        pages = [self._delete([document.path for document in page]) for page in self._pages(collection, group=group)]
        return any(pages)

    def _remove_trees(self, collection: str) -> bool:
        found = False
        for document in (document for page in self._pages(collection) for document in page):
            found = True
            while below := self.ports.store.below(document.path, limit=_CHUNK):
                self._delete(below)
            try:
                self._delete([document.path], version=document.version)
            except Aborted:
                continue  # something was added in the meantime; the next pass removes it
        return found

    def _remove_lease(self) -> bool:
        path = self.engine.child("scopes", self.key)
        return self.ports.store.get(path, fields=()) is not None and self._delete([path])

    def _pages(self, collection: str, *, group: bool = False) -> Iterator[list[Document]]:
        """Yield the documents of the scope in a collection of the engine, or in all with that id below it."""
        query = Query(
            collection if group else f"{self.engine.path}/{collection}",
            group=group,
            where=(Where("scope_key", "==", self.key),),
            limit=_CHUNK,
            fields=("scope_key",),
        )
        found = self.ports.store.query(query)
        while found:
            yield [document for document in found if self._is_meant(document.path)]
            more = len(found) == _CHUNK
            found = self.ports.store.query(replace(query, after=(found[-1].path,))) if more else []

    def _is_meant(self, path: str) -> bool:
        """Tell whether a document found in a group is to be erased: it may be another engine's or part of a session."""
        engine = f"{self.engine.path}/"
        return path.startswith(engine) and (self.sessions or not path.startswith(f"{engine}sessions/"))

    def _delete(self, paths: Sequence[str], *, version: object = None) -> bool:
        self._require_time()
        if paths:
            self.ports.store.commit([Delete(path, version=version) for path in paths])
        kinds = (path.split("/")[-2] for path in paths)
        self.gone.update(kind if kind in _COUNTED else "other" for kind in kinds)
        return bool(paths)

    def _require_time(self, seconds: float = 0.0) -> None:
        """Raise `TimeBudgetExceeded` unless the call has more than so many seconds left."""
        if self.ports.clock.now() + timedelta(seconds=seconds) >= self.until:
            raise TimeBudgetExceeded("the time limit of this call was reached")
