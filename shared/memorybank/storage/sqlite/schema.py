"""The tables and indexes of an SQLite store, made or checked when it is opened."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from memorybank.errors import FailedPrecondition, InvalidArgument
from memorybank.ports.collections import INDEXES, Index
from memorybank.storage.sqlite.codec import check_field

VERSION = 3
"""The version of these tables, kept in `PRAGMA user_version`. It must grow when a `VECTOR_INDEXES` entry changes."""

_RENAMED = {"born": "first_sequence", "adrift_at": "stalled_at", "maker": "produced_by"}
"""Fields of documents that had another name in version 1."""

_TABLES = (
    """
    CREATE TABLE IF NOT EXISTS documents (
        path TEXT PRIMARY KEY, collection TEXT NOT NULL, collection_id TEXT NOT NULL,
        version INTEGER NOT NULL, data TEXT NOT NULL)
    """,
    # Vectors have their own table, so reads that do not need them never load their pages. A vector that changes gets a
    # new id, and ids only grow. `changed` is the number of the commit that wrote it.
    """
    CREATE TABLE IF NOT EXISTS vectors (
        id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL, field TEXT NOT NULL, partition INTEGER,
        changed INTEGER NOT NULL, value BLOB NOT NULL, UNIQUE (path, field))
    """,
    "CREATE INDEX IF NOT EXISTS vectors_partition ON vectors (partition, changed)",
    # The ids of vectors that were removed from a partition, by the number of the commit: only of its last ones.
    """
    CREATE TABLE IF NOT EXISTS removed (
        partition INTEGER NOT NULL, changed INTEGER NOT NULL, id INTEGER NOT NULL,
        PRIMARY KEY (partition, changed, id)) WITHOUT ROWID
    """,
    # `version` is the number of the last commit that changed the partition, `rewritten` of the last whose removals
    # are not listed (any more).
    """
    CREATE TABLE IF NOT EXISTS partitions (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, rewritten INTEGER NOT NULL)
    """,
    "CREATE TABLE IF NOT EXISTS commits (number INTEGER NOT NULL)",
    "INSERT INTO commits SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM commits)",
    "CREATE INDEX IF NOT EXISTS documents_collection ON documents (collection, path)",
)


def column(field: str) -> str:
    """Return the SQL of a top-level field. Indexes and queries must share it to the letter for SQLite to match them."""
    return f"json_extract(data, '$.{check_field(field)}')"


def _index(index: Index) -> tuple[str, str]:
    """Return an index's name and the SQL that makes it; it holds only its own collections' documents."""
    name = "_".join((index.collection, *(("group",) if index.group else ("by",)), *index.fields))
    columns = [*(() if index.group else ("collection",)), *map(column, index.fields), "path"]
    sql = (
        f"CREATE INDEX IF NOT EXISTS {name} ON documents ({', '.join(columns)}) "
        f"WHERE collection_id = '{check_field(index.collection)}'"
    )
    return name, sql


_SCOPE_INDEX = "documents_scope"
_SCOPE = f"json_quote({column('scope')})"
_PATHS_AT_ONCE = 200
SCOPE_ONLY = f"SELECT version, {_SCOPE} FROM documents INDEXED BY {_SCOPE_INDEX} WHERE path = ?"  # noqa: S608 - of constants
"""Reads the scope of a document from an index alone, so that its size makes no difference."""

INDEX_SQL: Mapping[str, str] = dict(map(_index, INDEXES))
"""The SQL of every declared index by its name."""


def split(path: str) -> tuple[str, str]:
    """Return the path of a document's collection and its id, or raise `InvalidArgument`."""
    segments = path.split("/")
    if len(segments) % 2 or not all(segments):
        raise InvalidArgument(f"{path!r} is not a document path: collection and document ids alternate")
    return path[: -len(segments[-1]) - 1], segments[-2]


def rows(connection: sqlite3.Connection, paths: Sequence[str]) -> Iterator[tuple[str, int, str]]:
    """Yield path, version and JSON of those documents at `paths` that exist, in any order."""
    for start in range(0, len(paths), _PATHS_AT_ONCE):
        some = paths[start : start + _PATHS_AT_ONCE]
        marks = ", ".join("?" * len(some))
        yield from connection.execute(f"SELECT path, version, data FROM documents WHERE path IN ({marks})", some)  # noqa: S608 - placeholders only


def prepare(connection: sqlite3.Connection, name: str) -> None:
    """Create missing tables and indexes; refuse, with its name, a file that is not a database of this program."""
    if _complete(connection, name):
        return
    connection.execute("BEGIN IMMEDIATE")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if not _complete(connection, name):  # another process may have been quicker
        if version == 1:
            _rename_fields(connection)
        if version in (1, 2):
            connection.execute("ALTER TABLE vectors RENAME TO vectors_before")
            connection.execute("DROP INDEX IF EXISTS vectors_partition")
        scope = f"CREATE INDEX IF NOT EXISTS {_SCOPE_INDEX} ON documents (path, version, {_SCOPE})"
        for sql in (*_TABLES, *INDEX_SQL.values(), scope):
            connection.execute(sql)
        if version in (1, 2):
            columns = "path, field, partition, changed, value"
            connection.execute(f"INSERT INTO vectors ({columns}) SELECT {columns} FROM vectors_before ORDER BY changed")  # noqa: S608 - of constants
            connection.execute("DROP TABLE vectors_before")
            connection.execute("UPDATE partitions SET rewritten = version")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
    if version == 1:
        # That version did not overwrite deleted data: this drops the free pages.
        connection.execute("VACUUM")


def _rename_fields(connection: sqlite3.Connection) -> None:
    indexes = connection.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    for (name,) in indexes:  # indexes on a renamed field are useless now; they are recreated below
        if any(name.endswith(f"_{old}") for old in _RENAMED):
            connection.execute(f"DROP INDEX {name}")
    for old, new in _RENAMED.items():
        moved = f"json_set(data, '$.{new}', json_extract(data, '$.{old}'))"
        where = f"json_type(data, '$.{old}') IS NOT NULL"
        connection.execute(f"UPDATE documents SET data = json_remove({moved}, '$.{old}') WHERE {where}")  # noqa: S608


def _complete(connection: sqlite3.Connection, name: str) -> bool:
    # One statement, so that it sees one state of a file that another process may be creating.
    (version,), *rows = connection.execute(
        "SELECT user_version FROM pragma_user_version UNION ALL SELECT name FROM sqlite_master"
    ).fetchall()
    present = {row[0] for row in rows}
    if version > VERSION:
        raise FailedPrecondition(f"{name} was written by a newer version of this program (schema {version}): update it")
    if version == 0 and present:
        raise FailedPrecondition(f"{name} is an SQLite database that belongs to another program")
    return version == VERSION and present.issuperset({*INDEX_SQL, _SCOPE_INDEX})
