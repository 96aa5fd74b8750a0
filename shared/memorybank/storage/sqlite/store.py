"""The document store in one SQLite file, for one machine: any number of threads and processes may use it at once."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from memorybank.errors import AlreadyExists, FailedPrecondition
from memorybank.ports.documents import Document, Hit, Nearest, Query, Vector, Version, Write
from memorybank.storage.sqlite.codec import (
    VECTOR,
    check_field,
    decode,
    decode_fields,
    decode_vector,
    dump,
    encode_vector,
)
from memorybank.storage.sqlite.commit import apply, prepare
from memorybank.storage.sqlite.connections import MEMORY, Connections
from memorybank.storage.sqlite.documents import DocumentCache
from memorybank.storage.sqlite.matrices import MatrixCache
from memorybank.storage.sqlite.query import below, count, select
from memorybank.storage.sqlite.schema import SCOPE_ONLY, rows, split
from memorybank.storage.sqlite.vectors import StoredPartition, read_partition, searched

_ONE = "SELECT path, version, data FROM documents WHERE path = ?"
_BY_VECTOR = (
    "SELECT vectors.id, documents.path, documents.version, documents.data FROM json_each(?) AS listed "
    "CROSS JOIN vectors ON vectors.id = listed.value CROSS JOIN documents ON documents.path = vectors.path"
)
_PATH_BY_VECTOR = (
    "SELECT vectors.id, vectors.path FROM json_each(?) AS listed CROSS JOIN vectors ON vectors.id = listed.value"
)


@dataclass(frozen=True)
class _Opened:
    """The state of the store in one process."""

    process: int
    connections: Connections
    matrices: MatrixCache
    documents: DocumentCache = field(default_factory=DocumentCache)

    def found(self, connection: sqlite3.Connection, row: Sequence[Any], fields: tuple[str, ...] | None) -> Document:
        """Return a document that a search has found, with the fields that were asked for."""
        if fields is None:  # its vectors are in another table
            return _document(connection, row, fields)
        return self.documents.get(row, fields, lambda row: _document(connection, row, fields))

    def forget(self) -> None:
        """Drop what was read: it may be of documents that are deleted now."""
        self.matrices.clear()
        self.documents.clear()


class SqliteStore:
    """A `DocumentStore` in the SQLite file at `path`, which is created if missing; `:memory:` is private and temporary.

    `busy_seconds` is how long a call waits for another writer before it fails with `Unavailable`. `cache_bytes` bounds
    the vectors held in memory for searches. Opening fails with `FailedPrecondition` if `path` is something else, or a
    store of a newer version.
    """

    def __init__(self, path: str | Path, *, busy_seconds: float = 10.0, cache_bytes: int = 256 * 2**20) -> None:
        self._path = str(path)
        self._busy_seconds = busy_seconds
        self._cache_bytes = cache_bytes
        self._inherited: list[_Opened] = []
        self._opened = self._open()

    def get(self, path: str, *, fields: Sequence[str] | None = None) -> Document | None:
        """Return the document at `path`, or None."""
        names, connections = _checked(fields), self._here().connections
        if names == ("scope",):
            split(path)
            with connections.reading() as connection:
                return _scope(connection, path)
        row: Sequence[Any] | None = connections.read(lambda connection: connection.execute(_ONE, (path,)).fetchone())
        if row is None:
            split(path)  # refuses what is no document path, where nothing can be found
            return None
        document, vectors = _read(row, names)
        if not vectors:
            return document
        with connections.reading() as connection:  # the document and its vectors, of one state
            row = connection.execute(_ONE, (path,)).fetchone()
            return _document(connection, row, names) if row else None

    def get_many(self, paths: Sequence[str], *, fields: Sequence[str] | None = None) -> list[Document | None]:
        """Return the documents at `paths`, in that order, with None for each that does not exist."""
        if len(paths) == 1:
            return [self.get(paths[0], fields=fields)]
        for path in paths:
            split(path)
        names = _checked(fields)
        with self._here().connections.reading() as connection:
            found = {row[0]: _document(connection, row, names) for row in rows(connection, paths)}
            return [found.get(path) for path in paths]

    def query(self, query: Query) -> list[Document]:
        """Return at most `query.limit` documents."""
        sql, values = select(query)
        names = _checked(query.fields)
        with self._here().connections.reading() as connection:
            return [_document(connection, row, names) for row in connection.execute(sql, values)]

    def count(self, query: Query) -> int:
        """Return how many documents match."""
        sql, values = count(query)
        with self._here().connections.reading() as connection:
            matches: int = connection.execute(sql, values).fetchone()[0]
        return matches

    def nearest(self, search: Nearest) -> list[Hit]:
        """Return the documents nearest to a vector: exact distances of the vectors as stored in single precision."""
        key, target, names = searched(search), encode_vector(search.vector), _checked(search.fields)
        here = self._here()

        def found(connection: sqlite3.Connection) -> list[Hit]:
            connection.execute("BEGIN")  # all see one state of the store, so that every vector found has its document
            partition = read_partition(connection, key)
            if partition is None:
                here.matrices.drop(key)
                return []
            stored = StoredPartition(connection, partition.id)
            matrix = here.matrices.get(key, partition, stored)
            among = None if search.screen is None else stored.screened(search.screen)
            near = matrix.nearest(target, search.limit, among=among)
            if len(near) > search.limit:
                near = _first_by_path(connection, near)[: search.limit]
            distances = {number: distance for distance, number in near}
            rows = connection.execute(_BY_VECTOR, (dump([*distances]),))
            return [Hit(here.found(connection, row, names), distances[number]) for number, *row in rows]

        hits = here.connections.read(found)
        return sorted(hits, key=lambda hit: (hit.distance, hit.document.path))

    def below(self, path: str, *, limit: int) -> list[str]:
        """Return the paths of at most `limit` documents below a document or collection path, at any depth."""
        sql, values = below(path, limit)
        with self._here().connections.reading() as connection:
            return [row[0] for row in connection.execute(sql, values)]

    def commit(self, writes: Sequence[Write]) -> list[Version]:
        """Apply all writes or none; return each document's new version, in order."""
        prepared = prepare(writes)
        if not prepared:
            return []
        here = self._here()
        with here.connections.writing() as connection:
            versions: list[Version] = [*apply(connection, prepared)]
        here.documents.discard(write.path for write in writes)
        return versions

    def scrub(self) -> None:
        """Remove all traces of deleted documents from the file and its log: zero free pages, empty the log."""
        here = self._here()
        try:
            here.connections.truncate_log()
        finally:  # not before: until the log is empty, a search of an older state may keep what it has read
            here.forget()

    def backup(self, target: str | Path) -> None:
        """Copy the store, even while it is in use, into the new file `target`; raise `AlreadyExists` if that exists.

        The copy is one consistent state. Copying the file with another program loses what is still in its log.
        """
        if Path(target).exists():
            raise AlreadyExists(f"{target} already exists: choose another file for the backup")
        self._here().connections.backup(Path(target))

    def close(self) -> None:
        """Close this process's connections."""
        if self._opened.process == os.getpid():
            self._opened.connections.close()
            self._opened.forget()

    def _open(self) -> _Opened:
        connections = Connections(self._path, busy_seconds=self._busy_seconds)
        folder = None if self._path == MEMORY else Path(self._path).absolute().parent
        return _Opened(os.getpid(), connections, MatrixCache(self._cache_bytes, folder=folder))

    def _here(self) -> _Opened:
        """Return the state of this process: a forked child must use neither connections nor locks of its parent."""
        if self._opened.process != os.getpid():
            if self._path == MEMORY:
                raise FailedPrecondition("an in-memory store stays with the process that made it")
            self._inherited.append(self._opened)  # closing it here could disturb the parent
            self._opened = self._open()
        return self._opened


def _first_by_path(connection: sqlite3.Connection, found: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Sort vectors by distance, and those that are as far away by their paths."""
    paths = dict(connection.execute(_PATH_BY_VECTOR, (json.dumps([number for _, number in found]),)))
    return sorted(found, key=lambda hit: (hit[0], paths[hit[1]]))


def _checked(fields: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if fields is None else _names(tuple(fields))


@lru_cache(maxsize=64)
def _names(fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(check_field, fields))


def _scope(connection: sqlite3.Connection, path: str) -> Document | None:
    row = connection.execute(SCOPE_ONLY, (path,)).fetchone()
    if row is None:
        return None
    version, scope = row
    if scope != "null":  # otherwise the document tells whether it has a null there or nothing
        return Document(path, {"scope": decode(json.loads(scope))}, version)
    return _document(connection, connection.execute(_ONE, (path,)).fetchone(), ("scope",))


def _document(connection: sqlite3.Connection, row: Sequence[Any], fields: tuple[str, ...] | None) -> Document:
    document, vectors = _read(row, fields)
    for name in vectors:
        document.data[name] = _vector(connection, document.path, name)
    return document


def _read(row: Sequence[Any], fields: tuple[str, ...] | None) -> tuple[Document, Sequence[str]]:
    """Return a document, and the names of those of its fields that are vectors, without their values."""
    path, version, text = row
    stored = _parsed(text)
    data = decode_fields(stored, names=fields)
    # What is written like a placeholder may also be a text, whose tag is escaped where it is stored.
    vectors = [name for name in data if stored[name] == VECTOR] if VECTOR in data.values() else ()
    return Document(path, data, version), vectors


def _parsed(text: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = from_json(text, cache_strings="keys")  # half of what `json.loads` takes
    except ValueError:  # it reads 200 levels at most
        found = json.loads(text)
    return found


def _vector(connection: sqlite3.Connection, path: str, field: str) -> Vector:
    row = connection.execute("SELECT value FROM vectors WHERE path = ? AND field = ?", (path, field)).fetchone()
    return decode_vector(row[0])
