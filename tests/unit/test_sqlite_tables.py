"""How the SQLite store lays out its tables: indexes that are used, vectors apart."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from memorybank.errors import Internal
from memorybank.ports.collections import INDEXES, Index
from memorybank.ports.documents import Create, Delete, Order, Patch, Query, Where
from memorybank.storage.sqlite import SqliteStore
from memorybank.storage.sqlite.query import select
from memorybank.storage.sqlite.schema import INDEX_SQL
from memorybank.testing.contracts.store_nearest import at, found, near

MEMORIES = "engines/e/memories"
NOW = datetime(2026, 1, 31, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bank.sqlite"


@pytest.fixture
def store(file: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(file, busy_seconds=0.05)
    yield store
    store.close()


@pytest.fixture
def raw(file: Path, store: SqliteStore) -> Iterator[sqlite3.Connection]:
    """Open the same file as somebody else would."""
    with closing(sqlite3.connect(file, isolation_level=None, timeout=0.05)) as connection:
        yield connection


def explain(connection: sqlite3.Connection, query: Query) -> str:
    sql, values = select(query)
    return "\n".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values))


class TestIndexes:
    @pytest.mark.parametrize("descending", [False, True])
    @pytest.mark.parametrize(("index", "name"), [*zip(INDEXES, INDEX_SQL, strict=True)], ids=INDEX_SQL)
    def test_every_declared_index_serves_its_query_in_order(
        self, *, raw: sqlite3.Connection, index: Index, name: str, descending: bool
    ) -> None:
        *equal, last = index.fields
        query = Query(
            index.collection if index.group else f"engines/e/{index.collection}",
            group=index.group,
            where=tuple(Where(name, "==", "value") for name in equal),
            order=(Order(last, descending),),
            after=(NOW, "engines/e"),
        )

        plan = explain(raw, query)

        assert f"USING INDEX {name} (" in plan
        assert "TEMP B-TREE" not in plan
        assert plan.count("<expr>") == len(index.fields), "every field bounds the scan"

    @pytest.mark.parametrize("after", [None, (f"{MEMORIES}/m",)], ids=["first page", "next page"])
    @pytest.mark.parametrize(
        ("query", "search"),
        [
            (
                Query(MEMORIES, where=(Where("scope_key", "==", "s"), Where("fact_hash", "in", ["a", "b"]))),
                r"memories_by_scope_key_fact_hash \(collection=\? AND <expr>=\? AND <expr>=\?\)",
            ),
            (
                Query(MEMORIES, where=(Where("scope_key", "==", "s"), Where("expire_time", ">", NOW))),
                r"memories_by_scope_key_\w+ \(collection=\? AND <expr>=\?\)",
            ),
            (
                Query("memories", group=True, where=(Where("expire_time", "<=", NOW),)),
                r"memories_group_expire_time \(<expr><\?\)",
            ),
        ],
        ids=["equality", "prefix", "group"],
    )
    def test_conditions_without_an_order_use_an_index(
        self, *, raw: sqlite3.Connection, query: Query, search: str, after: tuple[str] | None
    ) -> None:
        assert re.search(f"USING INDEX {search}", explain(raw, replace(query, after=after)))

    def test_the_first_memory_of_the_next_scope_is_found_without_sorting(self, raw: sqlite3.Connection) -> None:
        order = (Order("scope_key"), Order("update_time"))
        plan = explain(raw, Query(MEMORIES, where=(Where("scope_key", ">", "s"),), order=order, limit=1))

        assert "USING INDEX memories_by_scope_key_update_time (collection=? AND <expr>>?)" in plan
        assert "TEMP B-TREE" not in plan

    def test_a_collection_without_a_declared_index_is_not_searched_whole_file(self, raw: sqlite3.Connection) -> None:
        plan = explain(raw, Query("engines/e/others", where=(Where("a", "==", 1),), after=("engines/e/others/s",)))

        assert "USING INDEX documents_collection (collection=? AND path>?)" in plan
        assert "TEMP B-TREE" not in plan


class TestVectors:
    def test_reads_that_do_not_ask_for_vectors_never_touch_them(
        self, store: SqliteStore, raw: sqlite3.Connection
    ) -> None:
        store.commit([Create(f"{MEMORIES}/m", at(1.0, fact="f"))])
        raw.execute("DROP TABLE vectors")

        assert [document.data for document in store.query(Query(MEMORIES, fields=("fact",)))] == [{"fact": "f"}]
        with pytest.raises(Internal):
            store.get(f"{MEMORIES}/m")

    def test_ties_are_broken_by_path(self, store: SqliteStore) -> None:
        store.commit([Create(f"{MEMORIES}/m{n}", at(3.0, 4.0)) for n in (4, 1, 3, 0, 2)])

        assert found(store.nearest(near(MEMORIES, 0.0, 0.0, limit=3))) == {"m0": 5.0, "m1": 5.0, "m2": 5.0}

    def test_an_emptied_partition_leaves_no_trace(self, store: SqliteStore, raw: sqlite3.Connection) -> None:
        store.commit([Create(f"{MEMORIES}/m", at(1.0, scope_key="gone"))])
        store.commit([Patch(f"{MEMORIES}/m", {"scope_key": "new"})])
        assert raw.execute("SELECT count(*) FROM partitions").fetchone() == (1,)

        store.commit([Delete(f"{MEMORIES}/m")])
        assert raw.execute("SELECT count(*) FROM partitions").fetchone() == (0,)
        assert raw.execute("SELECT count(*) FROM vectors").fetchone() == (0,)

    def test_a_store_without_room_for_a_cache_searches_all_the_same(self, file: Path) -> None:
        with closing(SqliteStore(file, cache_bytes=0)) as store:
            store.commit([Create(f"{MEMORIES}/m{n}", at(float(n))) for n in range(3)])

            for _ in range(2):
                assert list(found(store.nearest(near(MEMORIES, 5.0, limit=2)))) == ["m2", "m1"]
