"""Translates the port's queries and searches into Firestore requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from memorybank.errors import InvalidArgument
from memorybank.ports.collections import VECTOR_INDEXES
from memorybank.ports.documents import (
    MAX_IN,
    MAX_NEAREST,
    Nearest,
    Query,
    Where,
)
from memorybank.storage.firestore.codec import check_field, encode
from memorybank.storage.firestore.messages import Cursor, Message, StructuredQuery, Value

DISTANCE = "Distance"
"""The field of a result that holds its distance; no field of a document can have this name."""

_NAME = "__name__"
_OPERATORS = {
    "==": "EQUAL",
    "<": "LESS_THAN",
    "<=": "LESS_THAN_OR_EQUAL",
    ">": "GREATER_THAN",
    ">=": "GREATER_THAN_OR_EQUAL",
    "in": "IN",
}
_RANGES = {"<", "<=", ">", ">="}
_LEAST_ID = "__id-9223372036854775808__"  # sorts before every other id, as in Google's own recursive deletes
_LIMITS = range(1, 2**31)
_DECLARED = {(index.collection, index.field): set(index.equality) for index in VECTOR_INDEXES}


def split(path: str) -> tuple[str, str]:
    """Return the path of a document's collection and its id, or raise `InvalidArgument`."""
    segments = path.split("/")
    if len(segments) % 2 or not all(segments):
        raise InvalidArgument(f"{path!r} is not a document path: collection and document ids alternate")
    return path[: -len(segments[-1]) - 1], segments[-2]


def parent_of(query: Query) -> str:
    """Return the path of the document whose subcollections a query reads, empty for the root."""
    segments = query.collection.split("/")
    if not all(segments) or len(segments) % 2 == 0 or (query.group and len(segments) > 1):
        raise InvalidArgument(f"{query.collection!r} is not a collection {'id' if query.group else 'path'}")
    return query.collection.rpartition("/")[0]


def is_empty(where: Sequence[Where]) -> bool:
    """Tell whether no document can meet the conditions: Firestore would refuse them or match null."""
    return any(each.value is None or each.value == [] for each in where)


def selected(query: Query, root: str) -> Message:
    """Return the query that finds a page of documents; `root` is the name of the database's root."""
    if query.limit not in _LIMITS:
        raise InvalidArgument(f"the limit of a query must be at least 1, not {query.limit}")
    found = matched(query)
    found.limit.value = query.limit
    ranges = {where.field for where in query.where if where.op in _RANGES}
    if query.order or not ranges:  # otherwise Firestore wants no order, or one by the field of the range
        last = query.order[-1].descending if query.order else False
        found.order_by.append(_order(_NAME, descending=last))
    if query.after is not None:
        if len(query.after) != len(query.order) + 1:
            raise InvalidArgument(f"a cursor of this query has {len(query.order) + 1} values, not {len(query.after)}")
        *values, path = query.after
        found.start_at.CopyFrom(
            Cursor(values=[*map(encode, values), Value(reference_value=f"{root}/{path}")], before=False)
        )
    if query.fields is not None:
        found.select.CopyFrom(_projection(query.fields))
    return found


def matched(query: Query) -> Message:
    """Return the query for all documents, regardless of the page."""
    collection = {"collection_id": query.collection.rpartition("/")[2], "all_descendants": query.group}
    return StructuredQuery(
        from_=[collection],
        where=_conditions(query.where),
        order_by=[_order(check_field(order.field), descending=order.descending) for order in query.order],
    )


def searched(search: Nearest) -> Message:
    """Return the query of a vector search; raise `InvalidArgument` for a search the port forbids."""
    if not 1 <= search.limit <= MAX_NEAREST:
        raise InvalidArgument(f"the limit of a search is 1 to {MAX_NEAREST}, not {search.limit}")
    collection = search.collection.rpartition("/")[2]
    wanted = {where.field for where in search.where if where.op == "=="}
    if len(search.where) != len(wanted) or wanted != _DECLARED.get((collection, search.field)):
        raise InvalidArgument(
            f"{search.collection} has no vector index for a search of {search.field} by {sorted(wanted)}"
        )
    return StructuredQuery(
        from_=[{"collection_id": collection}],
        where=_conditions(search.where),
        # The distance is silently dropped if a projection does not name it.
        select=None if search.fields is None else _projection((*search.fields,), DISTANCE),
        find_nearest={
            "vector_field": {"field_path": search.field},
            "query_vector": encode(search.vector),
            "distance_measure": "EUCLIDEAN",
            "limit": {"value": search.limit},
            "distance_result_field": DISTANCE,
        },
    )


def descending_from(path: str, *, limit: int, root: str) -> tuple[str, Message]:
    """Return a document, and the query below it that finds the names of all documents below a path."""
    segments = path.split("/")
    if limit not in _LIMITS or not all(segments):
        raise InvalidArgument(f"{path!r} is not a path, or the limit {limit} is less than 1")
    found = StructuredQuery(
        from_=[{"all_descendants": True}],
        select=_projection(()),
        order_by=[_order(_NAME, descending=False)],
        limit={"value": limit},
    )
    if len(segments) % 2 == 0:
        return path, found
    # A collection is a range of names that ends at the next possible collection.
    bounds = {"GREATER_THAN_OR_EQUAL": path, "LESS_THAN": f"{path}\0"}
    found.where.CopyFrom(
        _all(
            [
                _condition(_NAME, operator, Value(reference_value=f"{root}/{bound}/{_LEAST_ID}"))
                for operator, bound in bounds.items()
            ]
        )
    )
    return path.rpartition("/")[0], found


def _conditions(where: Sequence[Where]) -> Message | None:
    return _all([_where(each) for each in where]) if where else None


def _all(conditions: list[dict[str, Any]]) -> Message:
    return StructuredQuery.Filter(composite_filter={"op": "AND", "filters": conditions})


def _where(where: Where) -> dict[str, Any]:
    if where.op not in _OPERATORS or (where.op == "in" and len(where.value) > MAX_IN):
        raise InvalidArgument(f"{where.field}: the operator must be known, and `in` takes at most {MAX_IN} values")
    return _condition(check_field(where.field), _OPERATORS[where.op], encode(where.value))


def _condition(field: str, operator: str, value: Message) -> dict[str, Any]:
    return {"field_filter": {"field": {"field_path": field}, "op": operator, "value": value}}


def _order(field: str, *, descending: bool) -> Message:
    direction = "DESCENDING" if descending else "ASCENDING"
    return StructuredQuery.Order(field={"field_path": field}, direction=direction)


def _projection(fields: Sequence[str], *also: str) -> Message:
    paths = [*map(check_field, fields), *also] or [_NAME]  # an empty projection would read everything
    return StructuredQuery.Projection(fields=[{"field_path": path} for path in paths])
