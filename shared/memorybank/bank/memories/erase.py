"""Erase: remove every trace of one scope, for good.

Whoever writes something of a scope on behalf of what is known there (a generation, a flush, a rollback, a change of a
memory) names in its commit a document that it has read, so it fails once that is erased. Whatever it wrote before that
is found by the next look. So this looks again and again, until a whole look finds nothing: then nothing is on its way
either. What is accepted after that is a new request, which this knows nothing of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from memorybank.bank import engines
from memorybank.bank.ports import Ports
from memorybank.errors import Aborted, DeadlineExceeded, Unavailable
from memorybank.ports.documents import Delete, Document, Query, Where
from memorybank.resources.erasure import ErasedCounts, EraseMemoriesRequest, ErasureReceipt
from memorybank.resources.names import EngineName
from memorybank.resources.scopes import scope_key

_TIME = timedelta(seconds=30)
"""How long one call may take; the next one goes on where it stopped."""

_CHUNK = 200
_COUNTED = frozenset(ErasedCounts.model_fields) - {"other"}


def erase(ports: Ports, engine: EngineName, request: EraseMemoriesRequest) -> ErasureReceipt:
    """Remove what there is of a scope, as far as the time of one call goes, and return how much that was.

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
    except Unavailable:  # others are in the middle of something: the next call does it
        return False
    return True


class TimeBudgetExceeded(DeadlineExceeded):
    """The call has used up its time; not to be mixed up with a store that was too slow."""


@dataclass(frozen=True)
class _Erasure:
    ports: Ports
    engine: EngineName
    key: str
    sessions: bool
    until: datetime
    gone: Counter[str] = field(default_factory=Counter)

    def look(self) -> bool:
        """Remove what is there, and tell whether there was anything.

        Operations go first: a generation that is running cannot commit without its own. Parts are looked for by
        themselves, because an acceptance that died leaves parts without an operation.
        """
        trees = ("streams", "sessions") if self.sessions else ("streams",)
        found = [
            self._remove_all("operations"),
            self._remove_all("parts", group=True),
            *(self._remove_trees(collection) for collection in trees),
            self._remove_all("memories"),
            self._remove_all("revisions", group=True),
            self._remove_lease(),
        ]
        return any(found)

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
                continue  # something has been added meanwhile: the next look takes it along
        return found

    def _remove_lease(self) -> bool:
        path = self.engine.child("scopes", self.key)
        return self.ports.store.get(path, fields=()) is not None and self._delete([path])

    def _pages(self, collection: str, *, group: bool = False) -> Iterator[list[Document]]:
        """Yield the documents of the scope in a collection of the engine, or in every one of that id below it."""
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
        """Tell what is meant from what a group finds: other engines may know the scope, and sessions have parts."""
        engine = f"{self.engine.path}/"
        return path.startswith(engine) and (self.sessions or not path.startswith(f"{engine}sessions/"))

    def _delete(self, paths: Sequence[str], *, version: object = None) -> bool:
        if self.ports.clock.now() >= self.until:
            raise TimeBudgetExceeded("the time of this call is over")
        if paths:
            self.ports.store.commit([Delete(path, version=version) for path in paths])
        kinds = (path.split("/")[-2] for path in paths)
        self.gone.update(kind if kind in _COUNTED else "other" for kind in kinds)
        return bool(paths)
