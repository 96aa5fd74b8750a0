"""The scopes of an engine that have memories, each with how many and when the newest of them changed.

Nothing is kept for this list: a count on each scope would be one more write to every memory, and to one document of its
scope. Instead it skips from the first memory of one scope to the first of the next along an index, so a scope costs two
reads and a count, however many memories it has, and scopes of earlier versions are in it, too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from memorybank.bank import engines
from memorybank.bank.listing import Cursor
from memorybank.bank.ports import Ports
from memorybank.errors import InvalidArgument, Violation
from memorybank.ports.documents import Document, Order, Query, Where
from memorybank.resources.names import EngineName
from memorybank.resources.wire import format_timestamp

MOST_SKIPPED = 500
"""How many scopes that do not match are passed over before a page ends early.

Those that the caller may not see are passed over without being counted: short pages would tell how many there are.
"""

_FIELDS = ("scope", "scope_key", "update_time", "expire_time")
_KEY = 40
"""The length of a scope's key."""


@dataclass(frozen=True)
class Readable:
    """Which scopes a caller may see: `keys` is all of them, or None where only `allows` can tell."""

    keys: Collection[str] | None
    allows: Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True)
class ScopeSummary:
    """A scope. `count` includes memories that have expired and are not removed yet."""

    scope: Mapping[str, str]
    count: int
    update_time: datetime

    def to_wire(self) -> dict[str, Any]:
        """Return it as it is answered."""
        return {
            "scope": dict(self.scope),
            "memoryCount": self.count,
            "updateTime": format_timestamp(self.update_time),
        }


def list_page(
    ports: Ports, engine: EngineName, *, readable: Readable, prefix: str, limit: int, after: Cursor | None
) -> tuple[list[ScopeSummary], Cursor | None]:
    """Return a page of the scopes that `readable` allows and whose values match the prefix, in the order of their keys.

    `ports` must see all of the engine. A page may be short, even empty, and have a cursor all the same.
    """
    engines.get(ports, engine)
    listing = _Listing(ports, engine, ports.clock.now())
    found: list[ScopeSummary] = []
    last, skipped = _checked(after), 0
    for key, scope in listing.walk(readable.keys, after=last):
        if not readable.allows(scope):
            continue
        if len(found) == limit or skipped == MOST_SKIPPED:
            return found, (last,)
        if not matches(scope, prefix):
            skipped += 1
        elif (updated := listing.updated(key)) is not None:
            found.append(ScopeSummary(scope, listing.count(key), updated))
        last = key
    return found, None


def matches(scope: Mapping[str, str], prefix: str) -> bool:
    """Tell whether a value of the scope begins with the prefix, by itself or as `key=value`."""
    return any(value.startswith(prefix) or f"{key}={value}".startswith(prefix) for key, value in scope.items())


def _checked(after: Cursor | None) -> str:
    if after is None:
        return ""
    if len(after) != 1 or not isinstance(after[0], str) or len(after[0]) != _KEY:
        right = "is not a page token of this list; start again without a page token"
        raise InvalidArgument.of(Violation("pageToken", right))
    return after[0]


@dataclass(frozen=True)
class _Listing:
    ports: Ports
    engine: EngineName
    now: datetime

    def walk(self, keys: Collection[str] | None, *, after: str) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Yield each scope after that key once, with its key."""
        if keys is not None:
            for key in sorted(key for key in keys if key > after):
                for first in self._query(Where("scope_key", "==", key), order=(Order("update_time"),)):
                    yield key, first.data["scope"]
            return
        while first_of_next := self._query(
            Where("scope_key", ">", after), order=(Order("scope_key"), Order("update_time"))
        ):
            data = first_of_next[0].data
            after = data["scope_key"]
            yield after, data["scope"]

    def updated(self, key: str) -> datetime | None:
        """Return when the newest change of a scope's memories was made; None if all of them have expired."""
        where, order, limit = Where("scope_key", "==", key), (Order("update_time", descending=True),), 1
        cursor: tuple[Any, ...] | None = None
        while documents := self._query(where, order=order, after=cursor, limit=limit):
            for document in documents:
                end = document.data.get("expire_time")
                if end is None or end > self.now:
                    return _time(document)
            cursor, limit = (_time(documents[-1]), documents[-1].path), 100
        return None

    def count(self, key: str) -> int:
        return self.ports.store.count(Query(self._collection, where=(Where("scope_key", "==", key),)))

    def _query(
        self, where: Where, *, order: tuple[Order, ...], after: tuple[Any, ...] | None = None, limit: int = 1
    ) -> list[Document]:
        query = Query(self._collection, where=(where,), order=order, after=after, limit=limit, fields=_FIELDS)
        return self.ports.store.query(query)

    @property
    def _collection(self) -> str:
        return f"{self.engine.path}/memories"


def _time(document: Document) -> datetime:
    found: datetime = document.data["update_time"]
    return found
