"""The vector table and its partitions, which nearest-neighbour searches read.

A partition is all vectors of one length, in one field of one collection, whose documents have the same values in the
equality fields of the declared index. Every commit that changes a partition stores its number there, so a single row
shows whether a matrix in memory is up to date, whichever process wrote.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
_VALUES = "SELECT vectors.id, vectors.value FROM json_each(?) AS listed CROSS JOIN vectors ON vectors.id = listed.value"
_LISTED, _FORGOTTEN_AT_ONCE = 1000, 64
"""How many removals of a partition are listed, and about how often older ones are looked for."""


class Partition(NamedTuple):
    """The state of a partition: the last commit that changed it, and the last whose removals are not listed."""

    id: int
    version: int
    rewritten: int


class _Kept(NamedTuple):
    id: int
    partition: int | None
    value: bytes


class _New(NamedTuple):
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


@dataclass(frozen=True, slots=True)
class StoredPartition:
    """The vectors of a partition, read within one transaction."""

    connection: sqlite3.Connection
    id: int

    def count(self) -> int:
        """Return how many vectors there are."""
        found: int = self.connection.execute("SELECT count(*) FROM vectors WHERE partition = ?", (self.id,)).fetchone()[
            0
        ]
        return found

    def rows(self, since: int) -> Iterator[tuple[int, bytes]]:
        """Yield id and float32 bytes of the vectors that were written after commit `since`, in the order of the ids."""
        return self.connection.execute(
            "SELECT id, value FROM vectors WHERE partition = ? AND changed > ? ORDER BY changed, id", (self.id, since)
        )

    def values(self, ids: Sequence[int]) -> dict[int, bytes]:
        """Return the float32 bytes of some vectors by their ids."""
        return dict(self.connection.execute(_VALUES, (json.dumps(ids),)))

    def removed(self, since: int) -> list[int]:
        """Return the ids of the vectors that were removed after commit `since`."""
        found = self.connection.execute("SELECT id FROM removed WHERE partition = ? AND changed > ?", (self.id, since))
        return [number for (number,) in found]

    def screened(self, screen: Screen) -> list[int] | None:
        """Return the ids of the vectors whose documents a screen lets through; None if it says nothing to SQLite."""
        condition, values = screened(screen)
        if not condition:
            return None
        found = self.connection.execute(
            "SELECT vectors.id FROM vectors CROSS JOIN documents ON documents.path = vectors.path "  # noqa: S608 - placeholders only
            f"WHERE vectors.partition = ?{condition}",
            (self.id, *values),
        )
        return [number for (number,) in found]


def update_vectors(
    connection: sqlite3.Connection, path: str, *, number: int, after: Encoded, had_vectors: bool
) -> None:
    """Update the vectors of a document to its new state `after`: its fields, and the vectors given now."""
    before: dict[str, _Kept] = {}
    if had_vectors:
        rows = connection.execute("SELECT field, id, partition, value FROM vectors WHERE path = ?", (path,))
        before = {field: _Kept(*kept) for field, *kept in rows}
    for field in before.keys() | after.vectors.keys():
        old, new, same = before.get(field), None, False
        if after.fields.get(field) == VECTOR:
            value = after.vectors[field] if field in after.vectors else before[field].value
            key = _key_in(split(path), field, fields=after.fields, dimensions=len(value) // _FLOAT_BYTES)
            new = _New(None if key is None else _partition(connection, key, number), value)
            same = old is not None and new == (old.partition, old.value)
        if not same:
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
    found = connection.execute("SELECT id FROM partitions WHERE key = ?", (key,)).fetchone()
    # A new one counts as rewritten: this very commit may have removed one of the same key, which a cache still holds.
    added = "INSERT INTO partitions (key, version, rewritten) VALUES (?, ?, ?) RETURNING id"
    partition: int = (found or connection.execute(added, (key, number, number)).fetchone())[0]
    return partition


def _replace(
    connection: sqlite3.Connection, at: tuple[str, str], *, old: _Kept | None, new: _New | None, number: int
) -> None:
    if old is not None:
        connection.execute("DELETE FROM vectors WHERE id = ?", (old.id,))
    if new is not None:
        connection.execute(
            "INSERT INTO vectors (path, field, partition, changed, value) VALUES (?, ?, ?, ?, ?)",
            (*at, new.partition, number, new.value),
        )
        connection.execute("UPDATE partitions SET version = ? WHERE id = ?", (number, new.partition))
    if old is not None and old.partition is not None:
        _note_removal(connection, old.partition, removed=old.id, number=number)


def _note_removal(connection: sqlite3.Connection, partition: int, *, removed: int, number: int) -> None:
    connection.execute("UPDATE partitions SET version = ? WHERE id = ?", (number, partition))
    connection.execute("INSERT INTO removed VALUES (?, ?, ?)", (partition, number, removed))
    # An empty partition leaves no trace: its key holds values of documents that may have been purged.
    emptied = connection.execute(
        "DELETE FROM partitions WHERE id = ? AND NOT EXISTS (SELECT 1 FROM vectors WHERE partition = ?)",
        (partition, partition),
    )
    if emptied.rowcount:
        connection.execute("DELETE FROM removed WHERE partition = ?", (partition,))
    elif removed % _FORGOTTEN_AT_ONCE == 0:
        _forget_removals(connection, partition)


def _forget_removals(connection: sqlite3.Connection, partition: int) -> None:
    """Keep only the newest removals of a partition; matrices older than that are read anew."""
    found = connection.execute(
        "SELECT changed FROM removed WHERE partition = ? ORDER BY changed DESC LIMIT 1 OFFSET ?", (partition, _LISTED)
    ).fetchone()
    if found is not None:
        connection.execute("DELETE FROM removed WHERE partition = ? AND changed <= ?", (partition, *found))
        connection.execute("UPDATE partitions SET rewritten = ? WHERE id = ?", (*found, partition))


def _key(collection: str, index: VectorIndex, *, fields: Mapping[str, Any], dimensions: int) -> str:
    return dump([collection, index.field, dimensions, *(fields[name] for name in index.equality)])
