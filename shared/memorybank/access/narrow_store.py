"""A store restricted to one caller: it hides what they may not read and refuses what they may not write.

Handlers only ever get this store, so none can forget to check. Documents that belong to a scope have a field `scope`;
`ports.collections` lists their collections. Everything else below an engine is only visible to callers who are not
limited to scopes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from memorybank.access.rights import Rights
from memorybank.errors import PermissionDenied
from memorybank.ports.collections import COLLECTIONS, collection_of
from memorybank.ports.documents import (
    MAX_IN,
    Create,
    Delete,
    Document,
    DocumentStore,
    Hit,
    Nearest,
    Put,
    Query,
    Version,
    Where,
    Write,
)
from memorybank.resources.names import EngineName, engine_of, path_of

_CHUNK = 50
"""How many documents are read at once after the first ones: each may have nearly 1 MiB."""
_ENGINES = COLLECTIONS["engines"]


class NarrowStore:
    """The part of a store that a caller may access. With `write`, it serves a request that changes documents.

    Such a request may commit new documents in scopes that the caller may write, and changes to documents that it has
    read or written before. A request to change what the caller may only read is refused as soon as it reads that.
    """

    def __init__(self, store: DocumentStore, rights: Rights, *, write: bool) -> None:
        self._store, self._rights, self._write = store, rights, write
        self._seen: set[str] = set()

    def get(self, path: str, *, fields: Sequence[str] | None = None) -> Document | None:
        """Return the document at `path`; None also if the caller may not read it."""
        return self.get_many((path,), fields=fields)[0]

    def get_many(self, paths: Sequence[str], *, fields: Sequence[str] | None = None) -> list[Document | None]:
        """Return the documents at `paths`; None also for those that the caller may not read.

        What is hidden costs what is absent costs. So an engine that the caller does not know is not read at all, and
        of a document whose id may be guessed, only the scope until it turns out to be theirs: it may be large.
        """
        readable = [path for path in paths if self._rights.knows(engine_of(path))]
        guessable = [path for path in readable if collection_of(path).chosen_ids and not self._all(path)]
        hidden = {path for path, scope in self._read(guessable, fields=("scope",)).items() if scope is None}
        found = self._read([path for path in readable if path not in hidden], fields=fields)
        return [found.get(path) for path in paths]

    def _read(self, paths: Sequence[str], *, fields: Sequence[str] | None) -> dict[str, Document | None]:
        if not paths:
            return {}
        if len(paths) == 1:
            found = [self._store.get(paths[0], fields=_with_scope(paths[0], fields))]
        else:
            found = self._store.get_many(paths, fields=_with_scope(paths[0], fields))
        return {path: document and self._shown(document) for path, document in zip(paths, found, strict=True)}

    def query(self, query: Query) -> list[Document]:
        """Return at most `query.limit` documents that the caller may read, fewer only if there are no more."""
        narrowed = self._narrowed(query)
        if narrowed is None:
            return []
        found: list[Document] = []
        size = query.limit
        while True:
            documents = self._store.query(replace(narrowed, limit=size))
            found += [shown for document in documents if (shown := self._shown(document)) is not None]
            stop = len(found) < len(documents) and _stops_at_hidden(query)
            if len(documents) < size or len(found) >= query.limit or stop:
                return found[: query.limit]
            after = (*(documents[-1].data[order.field] for order in query.order), documents[-1].path)
            narrowed, size = replace(narrowed, after=after), max(query.limit, _CHUNK)

    def count(self, query: Query) -> int:
        """Count, only where the caller may read everything: elsewhere the count would reveal others' documents."""
        self._require_all(query.collection)
        return self._store.count(query)

    def nearest(self, search: Nearest) -> list[Hit]:
        """Return the hits that the caller may read."""
        if not self._all(search.collection) and self._excluded(search.collection, search.where):
            return []
        screen = search.screen if self._may_screen(search.collection, search.where) else None
        fields = _with_scope(search.collection, search.fields)
        hits = self._store.nearest(replace(search, fields=fields, screen=screen))
        return [hit for hit in hits if self._shown(hit.document) is not None]

    def below(self, path: str, *, limit: int) -> list[str]:
        """List the documents below a path, only where the caller may read everything."""
        self._require_all(path)
        return self._store.below(path, limit=limit)

    def commit(self, writes: Sequence[Write]) -> list[Version]:
        """Apply all writes, or refuse them all if the caller may not make any one of them."""
        if not (self._write and all(map(self._may, writes))):
            raise self._denied()
        versions = self._store.commit(writes)
        self._seen.update(write.path for write in writes)  # a request may undo its own writes
        return versions

    def scrub(self) -> None:
        """Refuse, because this affects everybody's data."""
        raise self._denied()

    def close(self) -> None:
        """Leave the store open: it belongs to the process."""

    def _shown(self, document: Document) -> Document | None:
        engine = engine_of(document.path)
        collection = collection_of(document.path)
        if collection is _ENGINES:
            if not self._rights.knows(engine):
                return None
            if self._rights.unlimited(engine, write=True):
                self._seen.add(document.path)
            return document
        scope = document.data.get("scope") if collection.scoped else None
        if not self._covers(engine, scope, write=False):
            return None
        if self._write and not self._covers(engine, scope, write=True):
            raise self._denied()
        self._seen.add(document.path)
        return document

    def _covers(self, engine: EngineName, scope: object, *, write: bool) -> bool:
        if self._rights.unlimited(engine, write=write):
            return True
        return isinstance(scope, Mapping) and self._rights.allows(engine, scope, write=write)

    def _may(self, write: Write) -> bool:
        engine = engine_of(write.path)
        if self._rights.unlimited(engine, write=True):
            return True
        data, collection = {} if isinstance(write, Delete) else write.data, collection_of(write.path)
        if isinstance(write, Put) and collection.precedes_owner:
            return True
        new = isinstance(write, Create)
        if collection is _ENGINES or (new and not collection.scoped):
            return False
        mine = self._covers(engine, data.get("scope"), write=True) if new or "scope" in data else True
        return mine and (new or write.path in self._seen)

    def _narrowed(self, query: Query) -> Query | None:
        """Return a query that reads as little as possible for the caller, or None if they may read none of it."""
        return self._of_one_scope(query) if query.group else self._of_one_engine(query)

    def _of_one_engine(self, query: Query) -> Query | None:
        if self._all(query.collection):
            return query
        if query.fields is not None:
            orders = [order.field for order in query.order if order.field not in query.fields]
            query = replace(query, fields=_with_scope(query.collection, (*query.fields, *orders)))
        if not self._may_screen(query.collection, query.where):
            query = replace(query, screen=None)
        if not collection_of(query.collection).by_scope:
            return query
        if any(where.field == "scope_key" for where in query.where):
            return None if self._excluded(query.collection, query.where) else query
        keys = self._rights.scope_keys(engine_of(query.collection))
        if keys is None or len(keys) > MAX_IN:
            return query
        if not keys:
            return None
        mine = Where("scope_key", "==", *keys) if len(keys) == 1 else Where("scope_key", "in", sorted(keys))
        return replace(query, where=(*query.where, mine))

    def _may_screen(self, collection: str, conditions: Sequence[Where]) -> bool:
        """Tell whether conditions name only scopes that the caller may read.

        Elsewhere a screen would tell, by the time that a listing takes, what is in documents that are hidden.
        """
        if self._all(collection):
            return True
        asked = {where.value for where in conditions if where.field == "scope_key" and where.op == "=="}
        return bool(asked) and self._rights.includes(engine_of(collection), asked)

    def _of_one_scope(self, query: Query) -> Query | None:
        """Return a query over a group if all that it finds was deleted from one scope, None if the scope is hidden."""
        scopes = [where.value for where in query.where if where.field == "deleted_from" and where.op == "=="]
        if len(scopes) != 1:
            raise self._denied()
        engine, key = engine_of(scopes[0]), scopes[0].rpartition("/")[2]
        if self._rights.unlimited(engine, write=self._write):
            return query
        if not self._rights.knows(engine) or self._rights.excludes(engine, {key}):
            return None
        return replace(query, fields=_with_scope(query.collection, query.fields))

    def _excluded(self, collection: str, conditions: Sequence[Where]) -> bool:
        """Tell whether conditions name a scope that the caller is certain not to be allowed to read."""
        asked = {where.value for where in conditions if where.field == "scope_key"}
        return self._rights.excludes(engine_of(collection), asked)

    def _all(self, path: str) -> bool:
        return "/" in path and self._rights.unlimited(engine_of(path), write=self._write)

    def _require_all(self, path: str) -> None:
        if not self._all(path):
            raise self._denied()

    def _denied(self) -> PermissionDenied:
        return PermissionDenied(f"{self._rights.caller} may not do this.")


def _stops_at_hidden(query: Query) -> bool:
    """Tell whether everything that a query lists belongs to one scope, so that one hidden document means all are."""
    parents = [where.value for where in query.where if where.field == "parent"]  # of operations, or of engines
    below_engines = [path_of(name) for name in parents if "/reasoningEngines/" in name]
    return collection_of(query.collection).stops_at_hidden or any(
        collection_of(path).chosen_ids for path in below_engines
    )


def _with_scope(path: str, fields: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the fields to read, including the scope where documents have one."""
    if fields is None:
        return None
    return (*fields, "scope") if collection_of(path).scoped and "scope" not in fields else tuple(fields)
