"""The SQL of the port's queries. Names are checked; every value is a bound parameter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from memorybank.errors import InvalidArgument
from memorybank.ports.collections import INDEXES
from memorybank.ports.documents import MAX_IN, Order, Query, Where
from memorybank.storage.sqlite.codec import encode_scalar
from memorybank.storage.sqlite.schema import column
from memorybank.storage.sqlite.screens import screened

_OPERATORS = {"==": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_INDEXED = {index.collection for index in INDEXES}

Statement = tuple[str, list[Any]]
"""A piece of SQL and the values bound to its placeholders, in order."""


def select(query: Query) -> Statement:
    """Return the statement that reads `path, version, data` of a query's documents."""
    if query.limit < 1:
        raise InvalidArgument(f"the limit of a query must be at least 1, not {query.limit}")
    condition, values = _condition(query)
    last = bool(query.order) and query.order[-1].descending
    # The plus keeps SQLite from walking a collection in the order of paths instead of using an index of its conditions.
    indexed = query.collection.rpartition("/")[2] in _INDEXED
    path = "+path" if indexed and query.where and not query.order else "path"
    keys = [*((column(order.field), order.descending) for order in query.order), (path, last)]
    if query.after is not None:
        cursor, cursor_values = _cursor(keys, query.after)
        condition, values = f"{condition} AND {cursor}", [*values, *cursor_values]
    screen, screen_values = screened(query.screen)
    ranking = ", ".join(f"{sql} DESC" if descending else sql for sql, descending in keys)
    sql = f"SELECT path, version, data FROM documents WHERE {condition}{screen} ORDER BY {ranking} LIMIT ?"  # noqa: S608 - checked names and placeholders only
    return sql, [*values, *screen_values, query.limit]


def count(query: Query) -> Statement:
    """Return the statement that counts a query's documents."""
    condition, values = _condition(query)
    return f"SELECT count(*) FROM documents WHERE {condition}", values  # noqa: S608 - checked names and placeholders only


def below(path: str, limit: int) -> Statement:
    """Return the statement that reads the paths of the documents below a path."""
    if limit < 1 or not all(path.split("/")):
        raise InvalidArgument(f"{path!r} is not a path, or the limit {limit} is less than 1")
    return (
        "SELECT path FROM documents WHERE path > ? AND path < ? ORDER BY path LIMIT ?",
        [f"{path}/", f"{path}0", limit],  # 0 is the character after the slash
    )


def _condition(query: Query) -> Statement:
    parts = [_collection(query), *map(_where, query.where), *map(_has, query.order)]
    return " AND ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]


def _collection(query: Query) -> Statement:
    segments = query.collection.split("/")
    if not all(segments) or len(segments) % 2 == 0 or (query.group and len(segments) > 1):
        raise InvalidArgument(f"{query.collection!r} is not a collection {'id' if query.group else 'path'}")
    # A partial index is used only if its condition is in the query literally. Declared ids are constants.
    named: Statement = (
        (f"collection_id = '{segments[-1]}'", []) if segments[-1] in _INDEXED else ("collection_id = ?", segments[-1:])
    )
    return named if query.group else (f"{named[0]} AND collection = ?", [*named[1], query.collection])


def _where(where: Where) -> Statement:
    sql = column(where.field)
    if where.op in _OPERATORS:
        return f"{sql} {_OPERATORS[where.op]} ?", [encode_scalar(where.value)]
    if where.op != "in" or len(where.value) > MAX_IN:
        raise InvalidArgument(f"{where.field}: the operator must be known, and `in` takes at most {MAX_IN} values")
    return f"{sql} IN ({', '.join('?' * len(where.value))})", [encode_scalar(value) for value in where.value]


def _has(order: Order) -> Statement:
    return f"{column(order.field)} IS NOT NULL", []


def _cursor(keys: Sequence[tuple[str, bool]], after: Sequence[Any]) -> Statement:
    """Return the condition of coming after the cursor `after`; nested, so that the first key bounds an index scan."""
    if len(after) != len(keys):
        raise InvalidArgument(f"a cursor of this query has {len(keys)} values, not {len(after)}")
    (sql, descending), *rest = keys
    beyond, value = "<" if descending else ">", encode_scalar(after[0])
    if not rest:
        return f"{sql} {beyond} ?", [value]
    inner, values = _cursor(rest, after[1:])
    return f"{sql} {beyond}= ? AND ({sql} {beyond} ? OR ({inner}))", [value, value, *values]
