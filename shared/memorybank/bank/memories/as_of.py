"""Memories as they were: what the bank knew about a scope at an earlier time.

A memory that has not changed since is read as it is. Of one that has, the newest revision of that time is read: one
read each. Deleted memories are found by the revisions that record their deletion, for as long as these live. So what is
gone by now stays gone: what has expired, what was erased, and states whose revisions have expired or were never kept.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import islice

from memorybank.bank import engines
from memorybank.bank.listing import Accept, Cursor, check_cursor, documents_of, page_from, weight
from memorybank.bank.memories import revisions, searching
from memorybank.bank.memories.lifetimes import revision_life
from memorybank.bank.memories.records import MEMORY_FIELDS, lives, record_of
from memorybank.bank.memories.searching import Hits
from memorybank.bank.memories.workspace import deletions_of, first_sequence_after
from memorybank.bank.ports import Ports
from memorybank.errors import FailedPrecondition, InvalidArgument, Violation
from memorybank.ports.documents import Document, Nearest, Order, Query, Vector, Where
from memorybank.ports.models import Purpose
from memorybank.resources.config import MemoryBankConfig
from memorybank.resources.memory import Memory
from memorybank.resources.names import EngineName
from memorybank.resources.scopes import scope_key
from memorybank.resources.wire import format_timestamp

_AT_ONCE = 100
_MARK_FIELDS = ("first_sequence", "create_time", "expire_time", "memory_create_time")

CANDIDATES = 50
"""How many memories a search by similarity looks at, at least: they may have said something else then."""

MAX_DELETED = 100
"""How many deleted memories a search by similarity looks at, at most: those created last."""

Test = Callable[[Document], bool]
"""Tells whether a stored memory is asked for."""


@dataclass(frozen=True)
class Past:
    """The memories of one scope at `time`, as documents of the form in which memories are stored."""

    ports: Ports
    engine: EngineName
    scope_key: str
    time: datetime

    def page(self, *, accept: Test, limit: int, after: Cursor | None) -> tuple[list[Document], Cursor | None]:
        """Return a page of the memories, newest first."""
        query = Query(
            collection=f"{self.engine.path}/memories",
            where=(Where("scope_key", "==", self.scope_key), Where("create_time", "<=", self.time)),
            order=(Order("create_time", descending=True),),
            after=after,
            fields=MEMORY_FIELDS,
        )
        check_cursor(query)
        merged = heapq.merge(
            self._present(query, limit=limit), self._deleted(after), key=lambda found: found.key, reverse=True
        )
        return page_from(
            _states(merged),
            limit=limit,
            after=after,
            read=lambda document: document if accept(document) else None,
            weigh=lambda document: weight(document.data),
        )

    def nearest(self, search: Nearest, *, model: str | None, accept: Test, enough: int, within: float) -> Hits:
        """Return the memories whose facts were nearest to the vector of a search, none farther away than `within`.

        Those that changed since are found by what they say now, and compared by what they said then; those that were
        deleted since are compared one by one. If `enough` were found, the search is not widened for more.
        """
        states: dict[str, Document | None] = {}

        def may(document: Document) -> bool:
            if document.data["create_time"] > self.time:
                return False
            if document.path not in states:
                states[document.path] = self._then(document)
            then = states[document.path]
            return then is not None and accept(then)

        wide = replace(search, limit=max(search.limit, CANDIDATES))
        hits = searching.nearest(self.ports, wide, may=may, exhaustive=True, enough=enough)
        found = [(distance, document, then) for distance, document in hits if (then := states[document.path])]
        kept = [(distance, then) for distance, document, then in found if document.data["fact"] == then.data["fact"]]
        changed = [then for _, document, then in found if document.data["fact"] != then.data["fact"]]
        types = [where.value for where in search.where if where.field == "memory_type"]
        deleted = _states(islice(self._deleted(None), MAX_DELETED))
        changed += [then for then, _ in deleted if then.data["memory_type"] in types and accept(then)]
        every = [*kept, *self._compared(changed, search.vector, model=model)]
        return sorted((hit for hit in every if hit[0] <= within), key=lambda hit: (hit[0], hit[1].path))

    def _then(self, document: Document) -> Document | None:
        """Return the state of an unexpired memory at the time, None if it is not known any more."""
        if document.data["update_time"] > self.time:
            return self._state(document.path, document.data.get("first_sequence", 0))
        return document if lives(document.data.get("expire_time"), self.time) else None

    def _state(self, path: str, first_sequence: int) -> Document | None:
        """Return the state of a memory that has changed since, from its newest revision of the time."""
        query = Query(
            f"{path}/revisions",
            where=(
                Where("sequence", ">=", first_sequence),
                Where("sequence", "<", first_sequence_after(self.time)),
            ),
            order=revisions.NEWEST,
            limit=1,
        )
        for document in self.ports.store.query(query):
            if document.data["expire_time"] > self.ports.clock.now() and not document.data.get("deleted"):
                then = revisions.state_in(document)
                return then if lives(then.data.get("expire_time"), self.time) else None
        return None

    def _compared(self, documents: list[Document], vector: Vector, *, model: str | None) -> Hits:
        if not documents:
            return []
        texts = list(dict.fromkeys(document.data["fact"] for document in documents))
        found = self.ports.embedder.embed(texts, purpose=Purpose.DOCUMENT, model=model)
        vectors = dict(zip(texts, found, strict=True))
        return [(math.dist(vector.values, vectors[each.data["fact"]].values), each) for each in documents]

    def _present(self, query: Query, *, limit: int) -> Iterator[_Found]:
        now = self.ports.clock.now()
        for document, _ in documents_of(self.ports.store, query, at_once=min(limit + 1, _AT_ONCE)):
            state = partial(self._then, document) if lives(document.data.get("expire_time"), now) else _none
            yield _Found((document.data["create_time"], document.path), state)

    def _deleted(self, after: Cursor | None) -> Iterator[_Found]:
        """Yield what was deleted since, newest first; another memory may have its id by now."""
        now = self.ports.clock.now()
        query = Query(
            collection="revisions",
            group=True,
            where=(
                Where("deleted_from", "==", deletions_of(self.engine, self.scope_key)),
                Where("memory_create_time", "<=", self.time),
            ),
            order=(Order("memory_create_time", descending=True),),
            # No revision has the number 0, so this is after those of the last memory seen and before all others.
            after=after and (after[0], f"{after[1]}/revisions/0"),
            fields=_MARK_FIELDS,
        )
        for document, _ in documents_of(self.ports.store, query, at_once=_AT_ONCE):
            data, path = document.data, document.path.rpartition("/revisions/")[0]
            if data["create_time"] > self.time and data["expire_time"] > now:
                yield _Found((data["memory_create_time"], path), partial(self._state, path, data["first_sequence"]))


def _none() -> None:
    """Return the state of what has expired."""


@dataclass(frozen=True)
class _Found:
    """A memory that existed then: its place in the order, and how to read its state."""

    key: tuple[datetime, str]
    state: Callable[[], Document | None]


def _states(found: Iterator[_Found]) -> Iterator[tuple[Document, Cursor]]:
    """Yield the states of memories, each with its cursor; a memory that was found twice is read once."""
    last = None
    for each in found:
        if each.key != last and (then := each.state()) is not None:
            yield then, each.key
        last = each.key


def past(ports: Ports, engine: EngineName, config: MemoryBankConfig, *, scope_key: str, time: datetime) -> Past:
    """Return a scope's past; refuse a time of which the bank cannot know."""
    now = ports.clock.now()
    if time > now:
        raise InvalidArgument.of(Violation("readTime", f"must not be in the future: it is {format_timestamp(now)} now"))
    if config.disable_memory_revisions:
        raise FailedPrecondition("readTime needs revisions, and the bank keeps none (disableMemoryRevisions)")
    oldest = now - revision_life(config)
    if time < oldest:
        known = f"revisions are kept since {format_timestamp(oldest)}, so what the bank knew before is not known"
        raise FailedPrecondition(f"readTime is too early: {known}")
    return Past(ports, engine, scope_key, time)


def list_page(
    ports: Ports,
    engine: EngineName,
    *,
    scope: Mapping[str, str],
    time: datetime,
    accept: Accept | None,
    limit: int,
    after: Cursor | None,
) -> tuple[list[Memory], Cursor | None]:
    """Return a page of the memories of a scope as they were at a time, newest first."""
    then = past(ports, engine, engines.get(ports, engine).config, scope_key=scope_key(scope), time=time)
    found, cursor = then.page(accept=accepts(accept), limit=limit, after=after)
    return [record_of(document).memory for document in found], cursor


def accepts(accept: Accept | None, *, types: Sequence[str] = ()) -> Test:
    """Return the test whether a memory is of one of the types, if given, and matches a filter, if there is one."""

    def test(document: Document) -> bool:
        seen = not types or document.data["memory_type"] in types
        return seen and (accept is None or accept(document.data))

    return test
