"""The vector table and its partitions, which nearest-neighbour searches read.

A partition is all vectors of one length, in one field of one collection, whose documents have the same values in the
equality fields of the declared index. Every commit that changes a partition stores its number there, so a single row
shows whether a matrix in memory is up to date, whichever process wrote.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, NamedTuple

from memorybank.errors import InvalidArgument
from memorybank.ports.collections import VECTOR_INDEXES, VectorIndex
from memorybank.ports.documents import MAX_NEAREST, Nearest
from memorybank.ports.screens import Screen
from memorybank.storage.sqlite.codec import VECTOR, Encoded, dump, encode_scalar
from memorybank.storage.sqlite.schema import split
from memorybank.storage.sqlite.screens import screened

_DECLARED: Mapping[tuple[str, str], VectorIndex] = {(index.collection, index.field): index for index in VECTOR_INDEXES}
_FLOAT_BYTES = 4


class Partition(NamedTuple):
    """The state of a partition: numbers of the last commits that changed it, and that did more than add to it."""

    id: int
    version: int
    rewritten: int


class _Kept(NamedTuple):
    partition: int | None
    value: bytes


def searched(search: Nearest) -> str:
    """Return the key of the partition that a search reads; raise `InvalidArgument` for a search the port forbids."""
    if not 1 <= search.limit <= MAX_NEAREST:
        raise InvalidArgument(f"the limit of a search is 1 to {MAX_NEAREST}, not {search.limit}")
    declared = _DECLARED.get((search.collection.rpartition("/")[2], search.field))
    wanted = {where.field: encode_scalar(where.value) for where in search.where if where.op == "=="}
    if declared is None or len(search.where) != len(wanted) or wanted.keys() != set(declared.equality):
        raise InvalidArgument(f"{search.collection} has no vector index for a search of {search.field} by {[*wanted]}")
    return _key(search.collection, declared, fields=wanted, dimensions=len(search.vector.values))


def read_partition(connection: sqlite3.Connection, key: str) -> Partition | None:
    """Return the state of the partition of that key; None when it is empty."""
    row = connection.execute("SELECT id, version, rewritten FROM partitions WHERE key = ?", (key,)).fetchone()
    return Partition(*row) if row else None


def read_vectors(connection: sqlite3.Connection, partition: int, *, since: int) -> list[tuple[str, bytes]]:
    """Return path and float32 bytes of a partition's vectors that were written after commit number `since`."""
    return connection.execute(
        "SELECT path, value FROM vectors WHERE partition = ? AND changed > ?", (partition, since)
    ).fetchall()


def screened_paths(connection: sqlite3.Connection, partition: int, screen: Screen) -> set[str] | None:
    """Return the paths of a partition's documents that a screen lets through; None if it says nothing to SQLite."""
    condition, values = screened(screen)
    if not condition:
        return None
    found = connection.execute(
        "SELECT documents.path FROM vectors CROSS JOIN documents ON documents.path = vectors.path "  # noqa: S608 - placeholders only
        f"WHERE vectors.partition = ?{condition}",
        (partition, *values),
    )
    return {path for (path,) in found}


def update_vectors(connection: sqlite3.Connection, path: str, *, number: int, after: Encoded) -> None:
    """Update the vectors of a document to its new state `after`: its fields, and the vectors given now."""
    rows = connection.execute("SELECT field, partition, value FROM vectors WHERE path = ?", (path,))
    before = {field: _Kept(partition, value) for field, partition, value in rows}
    for field in before.keys() | after.vectors.keys():
        old, new = before.get(field), None
        if after.fields.get(field) == VECTOR:
            value = after.vectors[field] if field in after.vectors else before[field].value
            key = _key_in(split(path), field, fields=after.fields, dimensions=len(value) // _FLOAT_BYTES)
            new = _Kept(None if key is None else _partition(connection, key, number), value)
        if new != old:
            _replace(connection, (path, field), old=old, new=new, number=number)


def _key_in(parent: tuple[str, str], field: str, *, fields: Mapping[str, Any], dimensions: int) -> str | None:
    """Return the key of the partition that a document's vector belongs to; None if no search may find it."""
    collection, collection_id = parent
    declared = _DECLARED.get((collection_id, field))
    if declared is None or any(fields.get(name) is None for name in declared.equality):
        return None
    return _key(collection, declared, fields=fields, dimensions=dimensions)


def _partition(connection: sqlite3.Connection, key: str, number: int) -> int:
    """Return the id of the partition of that key; create it if it is missing."""
    # A new one counts as rewritten: this very commit may have removed one of the same key, which a cache still holds.
    connection.execute(
        "INSERT INTO partitions (key, version, rewritten) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (key, number, number),
    )
    partition: int = connection.execute("SELECT id FROM partitions WHERE key = ?", (key,)).fetchone()[0]
    return partition


def _replace(
    connection: sqlite3.Connection, at: tuple[str, str], *, old: _Kept | None, new: _Kept | None, number: int
) -> None:
    if new is None:
        connection.execute("DELETE FROM vectors WHERE path = ? AND field = ?", at)
    else:
        connection.execute(
            "INSERT OR REPLACE INTO vectors (path, field, partition, changed, value) VALUES (?, ?, ?, ?, ?)",
            (*at, new.partition, number, new.value),
        )
        connection.execute("UPDATE partitions SET version = ? WHERE id = ?", (number, new.partition))
    if old is not None:
        connection.execute(
            "UPDATE partitions SET version = ?, rewritten = ? WHERE id = ?", (number, number, old.partition)
        )
        # An empty partition leaves no trace: its key holds values of documents that may have been purged.
        connection.execute(
            "DELETE FROM partitions WHERE id = ? AND NOT EXISTS (SELECT 1 FROM vectors WHERE partition = ?)",
            (old.partition, old.partition),
        )


def _key(collection: str, index: VectorIndex, *, fields: Mapping[str, Any], dimensions: int) -> str:
    return dump([collection, index.field, dimensions, *(fields[name] for name in index.equality)])
