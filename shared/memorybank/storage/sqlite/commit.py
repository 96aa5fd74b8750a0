"""How a commit is applied to an SQLite store, inside its one write transaction."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from memorybank.errors import Aborted, AlreadyExists, InvalidArgument, NotFound
from memorybank.ports.documents import Create, Delete, Patch, Put, Write
from memorybank.storage.sqlite.codec import VECTOR, Encoded, dump, encode_data
from memorybank.storage.sqlite.schema import rows, split
from memorybank.storage.sqlite.vectors import update_vectors

_ABSENT: tuple[int | None, dict[str, Any]] = None, {}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A write that has been checked and encoded before the transaction begins."""

    write: Write
    collection: str
    collection_id: str
    encoded: Encoded


def prepare(writes: Sequence[Write]) -> list[Prepared]:
    """Check and encode everything that does not depend on the store's state."""
    if len({write.path for write in writes}) < len(writes):
        raise InvalidArgument("a path may occur only once in a commit")
    return [
        Prepared(write, *split(write.path), encode_data({} if isinstance(write, Delete) else write.data))
        for write in writes
    ]


def apply(connection: sqlite3.Connection, writes: Sequence[Prepared]) -> list[int]:
    """Check every precondition, then write everything; return the new versions."""
    states = {
        path: (version, json.loads(data))
        for path, version, data in rows(connection, [each.write.path for each in writes])
    }
    for prepared in writes:
        version, _ = states.get(prepared.write.path, _ABSENT)
        _check(prepared.write, version)
    (number,) = connection.execute("UPDATE commits SET number = number + 1 RETURNING number").fetchone()
    for prepared in writes:
        _, fields = states.get(prepared.write.path, _ABSENT)
        _store(connection, prepared, number=number, before=fields)
    return [number] * len(writes)


def _check(write: Write, version: int | None) -> None:
    if isinstance(write, Create):
        if version is not None:
            raise AlreadyExists(f"{write.path} already exists")
        return
    if isinstance(write, Patch) and version is None:
        raise NotFound(f"{write.path} does not exist")
    if write.version is not None and write.version != version:
        raise Aborted(f"{write.path} was changed in the meantime")


def _store(connection: sqlite3.Connection, prepared: Prepared, *, number: int, before: dict[str, Any]) -> None:
    write, fields = prepared.write, prepared.encoded.fields
    match write:
        case Delete():
            connection.execute("DELETE FROM documents WHERE path = ?", (write.path,))
        case Create() | Put():
            connection.execute(
                "INSERT INTO documents (path, collection, collection_id, version, data) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (path) DO UPDATE SET version = excluded.version, data = excluded.data",
                (write.path, prepared.collection, prepared.collection_id, number, dump(fields)),
            )
        case Patch():
            fields = before | fields
            connection.execute(
                "UPDATE documents SET version = ?, data = ? WHERE path = ?", (number, dump(fields), write.path)
            )
    had_vectors = VECTOR in before.values()
    if had_vectors or prepared.encoded.vectors:
        after = Encoded(fields, prepared.encoded.vectors)
        update_vectors(connection, write.path, number=number, after=after, had_vectors=had_vectors)
