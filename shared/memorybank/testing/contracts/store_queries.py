"""The part of the store contract about queries: conditions, order, cursors, groups, counts."""
# ruff: noqa: D102 (these are tests: names are sentences, numbers are literal)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from memorybank.errors import InvalidArgument
from memorybank.ports.documents import MAX_IN, Create, Document, DocumentStore, Order, Query, Vector, Where
from memorybank.testing.contracts.store_values import Somewhere

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def fill(store: DocumentStore, collection: str, documents: dict[str, dict[str, Any]]) -> None:
    """Write documents by their ids."""
    store.commit([Create(f"{collection}/{name}", data) for name, data in documents.items()])


def ids(documents: Sequence[Document]) -> list[str]:
    """Return the ids of documents, in order."""
    return [document.id for document in documents]


def walk(store: DocumentStore, query: Query) -> list[str]:
    """Return the ids of all documents of a query, read page by page."""
    seen: list[Document] = []
    while page := store.query(query):
        assert len(page) <= query.limit
        seen += page
        assert len(seen) <= 100, "the cursor does not move"
        query = replace(query, after=(*(page[-1].data[order.field] for order in query.order), page[-1].path))
    return ids(seen)


class QueryContract(Somewhere):
    """Finding documents by their fields."""

    @pytest.fixture
    def memories(self, store: DocumentStore, engine: str) -> str:
        """Return the path of a collection in which some documents lack what others have."""
        collection = f"{engine}/memories"
        documents: dict[str, dict[str, Any]] = {
            f"m{n}": {"scope_key": "ab"[n % 2], "create_time": NOON + n // 2 * _MICROSECOND, "number": n}
            for n in range(7)
        }
        documents["null"] = {"scope_key": "a", "create_time": NOON, "number": None}
        documents["missing"] = {"scope_key": "a", "create_time": NOON}
        fill(store, collection, documents)
        return collection

    @pytest.mark.parametrize(
        ("op", "value", "expected"),
        [
            ("==", 3, {"m3"}),
            ("==", 3.0, {"m3"}),
            ("==", 9, set()),
            ("<", 2, {"m0", "m1"}),
            ("<=", 2, {"m0", "m1", "m2"}),
            (">", 4, {"m5", "m6"}),
            (">=", 4.5, {"m5", "m6"}),
            ("in", [1, 9, 6], {"m1", "m6"}),
            ("in", list(range(MAX_IN)), {f"m{n}" for n in range(7)}),
        ],
    )
    def test_a_condition_chooses_and_never_finds_null_or_missing(
        self, *, store: DocumentStore, memories: str, op: Any, value: Any, expected: set[str]
    ) -> None:
        assert set(ids(store.query(Query(memories, where=(Where("number", op, value),))))) == expected

    def test_every_condition_must_be_met(self, store: DocumentStore, memories: str) -> None:
        where = (Where("scope_key", "==", "a"), Where("create_time", ">=", NOON), Where("create_time", "<=", NOON))

        found = store.query(Query(memories, where=where))

        assert set(ids(found)) == {"m0", "null", "missing"}

    def test_times_are_told_apart_by_the_microsecond(self, store: DocumentStore, memories: str) -> None:
        after = Query(memories, where=(Where("create_time", ">", NOON + _MICROSECOND),))
        at = Query(memories, where=(Where("create_time", "==", (NOON + _MICROSECOND).astimezone()),))

        assert set(ids(store.query(after))) == {"m4", "m5", "m6"}
        assert set(ids(store.query(at))) == {"m2", "m3"}

    def test_times_and_text_are_ordered(self, store: DocumentStore, engine: str) -> None:
        times = [datetime(1, 1, 1, tzinfo=UTC), datetime(1969, 12, 31, tzinfo=UTC), NOON, NOON + _MICROSECOND]
        texts = ["", "A", "AA", "B", "a", "a~", "b"]
        fill(store, f"{engine}/memories", {f"m{-n}": {"value": time} for n, time in enumerate(times)})
        fill(store, f"{engine}/sessions", {f"s{-n}": {"value": text} for n, text in enumerate(texts)})

        in_time = store.query(Query(f"{engine}/memories", order=(Order("value"),)))
        in_text = store.query(Query(f"{engine}/sessions", order=(Order("value"),)))

        assert [document.data["value"] for document in in_time] == times
        assert [document.data["value"] for document in in_text] == texts

    def test_numbers_are_ordered_whether_int_or_float(self, store: DocumentStore, engine: str) -> None:
        numbers = [-(2**63), -1.5, -1, 0, 0.25, 1, 10, 2**53, 2**53 + 1, 2**63 - 1]
        fill(store, f"{engine}/memories", {f"m{n}": {"value": value} for n, value in enumerate(numbers)})

        found = store.query(Query(f"{engine}/memories", order=(Order("value", descending=True),)))

        assert [document.data["value"] for document in found] == numbers[::-1]

    def test_documents_without_the_field_of_an_order_are_left_out(self, store: DocumentStore, memories: str) -> None:
        found = ids(store.query(Query(memories, order=(Order("number", descending=True),))))

        assert [name for name in found if name != "null"] == ["m6", "m5", "m4", "m3", "m2", "m1", "m0"]

    def test_ties_are_broken_by_path_in_the_direction_of_the_last_order(
        self, store: DocumentStore, memories: str
    ) -> None:
        query = Query(memories, where=(Where("number", ">=", 0),))
        up, down = Order("create_time"), Order("create_time", descending=True)

        assert ids(store.query(replace(query, order=()))) == [f"m{n}" for n in range(7)]
        assert ids(store.query(Query(memories, order=(up,)))) == ["m0", "m1", "missing", "null", *_m(2, 3, 4, 5, 6)]
        assert ids(store.query(Query(memories, order=(down,)))) == [*_m(6, 5, 4, 3, 2), "null", "missing", *_m(1, 0)]

    def test_a_limit_takes_the_first(self, store: DocumentStore, memories: str) -> None:
        assert ids(store.query(Query(memories, order=(Order("number"),), limit=1, where=(_from(2),)))) == ["m2"]

    @pytest.mark.parametrize("size", [1, 2, 3, 9])
    @pytest.mark.parametrize(
        "order",
        [
            (),
            (Order("create_time"),),
            (Order("create_time", descending=True),),
            (Order("scope_key"), Order("create_time", descending=True)),
            (Order("create_time", descending=True), Order("scope_key")),
        ],
        ids=["path", "up", "down", "up and down", "down and up"],
    )
    def test_a_cursor_walks_over_ties_without_loss_or_repeat(
        self, *, store: DocumentStore, memories: str, order: tuple[Order, ...], size: int
    ) -> None:
        at_once = ids(store.query(Query(memories, order=order)))

        assert len(at_once) == 9
        assert walk(store, Query(memories, order=order, limit=size)) == at_once

    def test_a_cursor_stands_after_a_document_that_is_gone(self, store: DocumentStore, memories: str) -> None:
        query = Query(memories, where=(_from(0),), order=(Order("number"),), after=(3.5, f"{memories}/gone"))

        assert ids(store.query(query)) == ["m4", "m5", "m6"]

    def test_a_cursor_goes_with_conditions(self, store: DocumentStore, memories: str) -> None:
        query = Query(memories, where=(Where("scope_key", "==", "a"),), order=(Order("create_time"),), limit=2)

        assert walk(store, query) == ["m0", "missing", "null", "m2", "m4", "m6"]

    def test_a_query_sees_its_own_collection_only(self, store: DocumentStore, engine: str, memories: str) -> None:
        for other in (f"{engine}/memories/m0/memories", f"{engine}x/memories", f"{engine}/memoriesx"):
            fill(store, other, {"other": {"scope_key": "a", "number": 1}})

        assert "other" not in ids(store.query(Query(memories)))
        assert ids(store.query(Query(memories, where=(Where("number", "==", 1),)))) == ["m1"]
        assert store.query(Query(f"{engine}/nothing")) == []

    def test_a_group_is_every_collection_of_that_id(self, store: DocumentStore, engine: str) -> None:
        group = f"g{uuid4().hex}"
        fill(store, f"{engine}/{group}", {"a": {"expire_time": NOON}, "b": {"expire_time": None}, "c": {}})
        fill(store, f"{engine}/memories/m/{group}", {"d": {"expire_time": NOON - _MICROSECOND}})
        fill(store, f"{engine}/{group}x", {"e": {"expire_time": NOON}})
        due = Where("expire_time", "<=", NOON)
        query = Query(group, group=True, where=(due,), order=(Order("expire_time"),))

        assert ids(store.query(query)) == ["d", "a"]
        assert walk(store, replace(query, limit=1)) == ["d", "a"]
        assert store.count(query) == 2
        assert {document.path for document in store.query(query)} == {
            f"{engine}/memories/m/{group}/d",
            f"{engine}/{group}/a",
        }

    def test_a_cursor_walks_over_ties_of_a_group(self, store: DocumentStore, engine: str) -> None:
        group = f"g{uuid4().hex}"
        for parent in ("a/b", "a-/b", "b/c"):
            fill(store, f"{engine}/{parent}/{group}", {f"{parent[:-2]}{n}": {"expire_time": NOON} for n in range(2)})
        query = Query(group, group=True, order=(Order("expire_time"),))

        at_once = ids(store.query(query))

        assert sorted(at_once) == ["a-0", "a-1", "a0", "a1", "b0", "b1"]
        assert walk(store, replace(query, limit=1)) == at_once

    def test_a_count_ignores_limit_cursor_and_fields(self, store: DocumentStore, memories: str) -> None:
        query = Query(memories, where=(_from(2),), order=(Order("number"),))

        assert store.count(query) == 5
        assert store.count(replace(query, limit=1, after=(4, f"{memories}/m4"), fields=("scope_key",))) == 5
        assert store.count(Query(memories)) == 9
        assert store.count(Query(f"{memories}/m0/revisions")) == 0

    def test_a_projection_reads_only_the_named_fields(self, store: DocumentStore, engine: str) -> None:
        path = f"{engine}/memories/m"
        (version,) = store.commit([Create(path, {"a": 1, "b": 2, "embedding": Vector((1.0, 2.0))})])
        everything = {"a": 1, "b": 2, "embedding": Vector((1.0, 2.0))}

        def found(fields: tuple[str, ...] | None) -> list[Document]:
            return store.query(Query(f"{engine}/memories", where=(Where("a", "==", 1),), fields=fields))

        assert found(("b", "missing")) == [Document(path, {"b": 2}, version)]
        assert found(()) == [Document(path, {}, version)]
        assert found(("embedding",)) == [Document(path, {"embedding": Vector((1.0, 2.0))}, version)]
        assert found(None) == [Document(path, everything, version)]

    @pytest.mark.parametrize("name", ["a') OR 1=1 --", "a.b", "", "Number"])
    def test_a_field_of_another_form_is_refused(self, store: DocumentStore, memories: str, name: str) -> None:
        queries = [
            Query(memories, where=(Where(name, "==", 1),)),
            Query(memories, order=(Order(name),)),
            Query(memories, fields=(name,)),
        ]
        for query in queries:
            with pytest.raises(InvalidArgument):
                store.query(query)


def _m(*numbers: int) -> list[str]:
    return [f"m{n}" for n in numbers]


def _from(number: int) -> Where:
    return Where("number", ">=", number)
