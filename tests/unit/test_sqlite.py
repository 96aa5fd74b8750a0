"""What the SQLite store does beyond the contract: its file and its faults."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from memorybank.errors import AlreadyExists, FailedPrecondition, Internal, InvalidArgument, Unavailable
from memorybank.ports.documents import (
    MAX_IN,
    Create,
    Delete,
    DocumentStore,
    Patch,
    Put,
    Query,
    Vector,
    Where,
)
from memorybank.storage.sqlite import SqliteStore
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


CALLS: dict[str, Callable[[DocumentStore], object]] = {
    "get": lambda store: store.get(f"{MEMORIES}/m"),
    "get_many": lambda store: store.get_many([f"{MEMORIES}/m"]),
    "query": lambda store: store.query(Query(MEMORIES)),
    "count": lambda store: store.count(Query(MEMORIES)),
    "nearest": lambda store: store.nearest(near(MEMORIES, 0.0)),
    "below": lambda store: store.below(MEMORIES, limit=1),
    "commit": lambda store: store.commit([Put(f"{MEMORIES}/m", {})]),
}


class TestFile:
    def test_a_closed_store_can_be_opened_again(self, file: Path, store: SqliteStore) -> None:
        (version,) = store.commit([Create(f"{MEMORIES}/m", at(1.0))])
        store.close()

        assert not file.with_name("bank.sqlite-wal").exists(), "a connection is still open"
        with closing(SqliteStore(file)) as again:
            document = again.get(f"{MEMORIES}/m")
            assert document is not None
            assert (document.data, document.version) == (at(1.0), version)
            assert again.commit([Put(f"{MEMORIES}/m", {})]) != [version]

    def test_a_closed_store_says_so(self, store: SqliteStore) -> None:
        store.close()

        with pytest.raises(FailedPrecondition, match="closed"):
            store.get(f"{MEMORIES}/m")

    def test_the_file_keeps_a_write_ahead_log(self, raw: sqlite3.Connection) -> None:
        assert raw.execute("PRAGMA journal_mode").fetchone() == ("wal",)

    def test_what_is_no_database_is_refused_by_name(self, file: Path) -> None:
        file.write_bytes(b"I am a text file, and rather a long one. " * 100)

        with pytest.raises(FailedPrecondition, match=r"bank\.sqlite is not an SQLite database"):
            SqliteStore(file)

    def test_a_missing_directory_is_refused_by_name(self, tmp_path: Path) -> None:
        with pytest.raises(FailedPrecondition, match=r"nowhere/bank\.sqlite.*directory"):
            SqliteStore(tmp_path / "nowhere" / "bank.sqlite")

    def test_a_directory_cannot_be_opened(self, tmp_path: Path) -> None:
        with pytest.raises(FailedPrecondition, match="cannot be opened") as caught:
            SqliteStore(tmp_path)

        assert isinstance(caught.value.__cause__, sqlite3.OperationalError)

    def test_a_database_of_another_program_is_refused_and_left_alone(self, file: Path) -> None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("CREATE TABLE theirs (a)")

            with pytest.raises(FailedPrecondition, match=r"bank\.sqlite.*another program"):
                SqliteStore(file)

            assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]

    def test_a_newer_version_is_refused(self, file: Path, raw: sqlite3.Connection) -> None:
        raw.execute("PRAGMA user_version = 99")

        with pytest.raises(FailedPrecondition, match=r"bank\.sqlite.*newer version.*99"):
            SqliteStore(file)

    def test_a_file_of_version_1_keeps_its_documents_under_the_fields_new_names(
        self, file: Path, raw: sqlite3.Connection
    ) -> None:
        old = '{"fact":"I like tea","born":7,"maker":null,"adrift_at":"\\u0001t2031-01-02T03:04:05.000000"}'
        raw.execute("DROP INDEX operations_group_stalled_at")
        raw.execute(
            "CREATE INDEX operations_group_adrift_at ON documents (json_extract(data, '$.adrift_at'), path) "
            "WHERE collection_id = 'operations'"
        )
        raw.execute(
            "INSERT INTO documents VALUES ('engines/e/memories/m', 'engines/e/memories', 'memories', 1, ?)", (old,)
        )
        raw.execute("PRAGMA user_version = 1")

        with closing(SqliteStore(file)) as store:
            found = store.get("engines/e/memories/m")

        assert found is not None
        moment = datetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC)
        assert found.data == {"fact": "I like tea", "first_sequence": 7, "produced_by": None, "stalled_at": moment}
        names = {name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
        assert "operations_group_stalled_at" in names
        assert "operations_group_adrift_at" not in names

    @pytest.mark.parametrize("version", [1, 2])
    def test_vectors_of_earlier_versions_are_searched_and_removed(self, file: Path, version: int) -> None:
        with closing(SqliteStore(file)) as store:
            store.commit([Create(f"{MEMORIES}/m{number}", at(float(number))) for number in range(3)])
            store.commit([Put(f"{MEMORIES}/m1", at(5.0))])
        with closing(sqlite3.connect(file, isolation_level=None)) as raw:
            raw.execute("CREATE TABLE old (path, field, partition, changed, value, PRIMARY KEY (path, field))")
            raw.execute("INSERT INTO old SELECT path, field, partition, changed, value FROM vectors")
            raw.execute("DROP TABLE vectors")
            raw.execute("DROP TABLE removed")
            raw.execute("ALTER TABLE old RENAME TO vectors")
            raw.execute("CREATE INDEX vectors_partition ON vectors (partition, changed)")
            raw.execute(f"PRAGMA user_version = {version}")

        with closing(SqliteStore(file)) as store:
            assert [*found(store.nearest(near(MEMORIES, 0.0)))] == ["m0", "m2", "m1"]
            store.commit([Delete(f"{MEMORIES}/m0"), Put(f"{MEMORIES}/m2", at(9.0))])
            assert [*found(store.nearest(near(MEMORIES, 0.0)))] == ["m1", "m2"]

    @pytest.mark.parametrize("name", [next(iter(INDEX_SQL)), "documents_scope"])
    def test_an_index_that_a_later_version_declares_is_made_on_opening(
        self, file: Path, raw: sqlite3.Connection, name: str
    ) -> None:
        raw.execute(f"DROP INDEX {name}")

        SqliteStore(file).close()

        assert (name,) in raw.execute("SELECT name FROM sqlite_master").fetchall()

    def test_a_scope_alone_is_read_as_it_is_with_the_other_fields(self, store: SqliteStore) -> None:
        for scope in ({"a": "x\0\1"}, {}, "text", '{"a":1}', "null", None, 5, [1], True):
            store.commit([Put(f"{MEMORIES}/m", {"scope": scope, "fact": "f" * 10_000})])
            alone, whole = (store.get(f"{MEMORIES}/m", fields=fields) for fields in (("scope",), ("scope", "fact")))
            assert alone is not None
            assert whole is not None
            assert (alone.data, alone.version) == ({"scope": whole.data["scope"]}, whole.version)
        store.commit([Put(f"{MEMORIES}/m", {"fact": "I like tea"})])
        assert getattr(store.get(f"{MEMORIES}/m", fields=("scope",)), "data", None) == {}
        assert store.get(f"{MEMORIES}/none", fields=("scope",)) is None

    def test_a_corrupt_file_is_an_internal_error_with_its_cause(self, file: Path, store: SqliteStore) -> None:
        store.commit([Create(f"{MEMORIES}/m{n}", {"fact": "f" * 2000}) for n in range(100)])
        store.close()
        size = file.stat().st_size
        with file.open("r+b") as damaged:
            damaged.seek(4096)
            damaged.write(b"\xff" * (size - 4096))

        with pytest.raises(Internal, match="damaged") as caught, closing(SqliteStore(file)) as again:
            again.query(Query(MEMORIES))

        assert isinstance(caught.value.__cause__, sqlite3.DatabaseError)


class TestFaults:
    @pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
    def test_a_drivers_error_becomes_ours_with_its_cause(
        self, store: SqliteStore, raw: sqlite3.Connection, call: Callable[[DocumentStore], object]
    ) -> None:
        raw.execute("DROP TABLE documents")
        raw.execute("DROP TABLE partitions")

        with pytest.raises(Internal) as caught:
            call(store)

        assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
        assert "bank.sqlite" not in caught.value.message, "callers of a bank are not shown where its file is"

    def test_a_commit_is_unavailable_while_another_holds_the_file(
        self, store: SqliteStore, raw: sqlite3.Connection
    ) -> None:
        store.commit([Create(f"{MEMORIES}/m", {"n": 1})])
        raw.execute("BEGIN IMMEDIATE")

        with pytest.raises(Unavailable) as caught:
            store.commit([Patch(f"{MEMORIES}/m", {"n": 2})])

        assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
        assert store.count(Query(MEMORIES, where=(Where("n", "==", 1),))) == 1, "reads go on"
        raw.execute("ROLLBACK")
        store.commit([Patch(f"{MEMORIES}/m", {"n": 3})])

    def test_a_store_opens_while_another_holds_the_file(self, file: Path, raw: sqlite3.Connection) -> None:
        raw.execute("BEGIN IMMEDIATE")

        with closing(SqliteStore(file, busy_seconds=0.05)) as other:
            assert other.get("engines/e") is None

    def test_a_full_disk_is_reported(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        connect = sqlite3.connect

        def narrow(*arguments: Any, **options: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*arguments, **options)
            connection.execute("PRAGMA max_page_count = 100")
            return connection

        monkeypatch.setattr(sqlite3, "connect", narrow)
        with closing(SqliteStore(file)) as store:
            with pytest.raises(Unavailable, match="the data file cannot grow, because its disk is full: make room"):
                store.commit([Put(f"{MEMORIES}/m", {"fact": "tea" * 300_000})])
            assert store.get(f"{MEMORIES}/m") is None

    def test_an_error_halfway_through_a_commit_undoes_it(self, store: SqliteStore, raw: sqlite3.Connection) -> None:
        raw.execute("DROP TABLE partitions")

        with pytest.raises(Internal):
            store.commit([Create(f"{MEMORIES}/first", {"n": 1}), Create(f"{MEMORIES}/second", at(1.0))])

        assert store.below(MEMORIES, limit=9) == []

    @pytest.mark.parametrize(
        "value",
        [2**63, datetime(2026, 1, 1), "\ud800", {1: 2}, {1}, object(), Vector((float("nan"),)), Vector((1e39,))],  # noqa: DTZ001 - that is what is wrong
        ids=["too large", "no zone", "half a pair", "key", "set", "object", "not a number", "not float32"],
    )
    def test_a_value_that_cannot_be_kept_is_refused(self, store: SqliteStore, value: Any) -> None:
        with pytest.raises(InvalidArgument):
            store.commit([Create("engines/e", {"value": value})])

    @pytest.mark.parametrize("path", ["", "engines", "engines/e/memories", "engines//memories/m", "/engines/e/m"])
    def test_what_is_no_path_is_refused(self, store: SqliteStore, path: str) -> None:
        with pytest.raises(InvalidArgument):
            store.get(path)
        with pytest.raises(InvalidArgument):
            store.commit([Delete(path)])

    @pytest.mark.parametrize(
        "query",
        [
            Query("engines/e"),
            Query(MEMORIES, group=True),
            Query(MEMORIES, limit=0),
            Query(MEMORIES, after=(1, 2)),
            Query(MEMORIES, where=(Where("a", "in", list(range(MAX_IN + 1))),)),
            Query(MEMORIES, where=(Where("a", "==", {"a": 1}),)),
            Query(MEMORIES, where=(Where("a", "!=", 1),)),  # type: ignore[arg-type] # that is what is wrong
        ],
    )
    def test_a_query_outside_the_port_is_refused(self, store: SqliteStore, query: Query) -> None:
        with pytest.raises(InvalidArgument):
            store.query(query)


class TestTheFileUnderTheStore:
    """What happens to the file, and what stays in it."""

    @pytest.mark.parametrize("act", ["delete", "replace", "move"])
    def test_a_file_that_is_deleted_or_replaced_is_noticed_before_anything_is_lost(
        self, file: Path, store: SqliteStore, act: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        store.commit([Create(f"{MEMORIES}/m1", {"fact": "kept"})])
        kept = file.with_name("kept")
        file.rename(kept)
        if act == "delete":
            kept.unlink()
        if act == "replace":
            SqliteStore(file).close()

        for call in (lambda: store.commit([Create(f"{MEMORIES}/m2", {})]), lambda: store.get(f"{MEMORIES}/m1")):
            with pytest.raises(Unavailable, match="deleted or replaced"):
                call()
        assert "deleted or replaced" in caplog.text

        if act == "move":  # back where it was, it is the same file
            kept.rename(file)
            store.commit([Create(f"{MEMORIES}/m2", {})])
            assert store.get(f"{MEMORIES}/m1") is not None

    def test_nothing_of_a_deleted_document_is_left_in_the_files_after_a_scrub(
        self, file: Path, store: SqliteStore
    ) -> None:
        word = b"zanzibar"
        for size in (20, 5_000, 200_000):
            store.commit([Create(f"{MEMORIES}/m{size}", {"fact": "zanzibar " * size})])
        store.commit([Create(f"{MEMORIES}/other", {"fact": "kept"}), Patch(f"{MEMORIES}/m20", {"fact": "short"})])
        store.commit([Delete(f"{MEMORIES}/m{size}") for size in (20, 5_000, 200_000)])
        files = [path for path in file.parent.iterdir() if path.name.startswith(file.name)]
        assert any(word in path.read_bytes() for path in files)  # the log has it still

        store.scrub()

        assert [path.name for path in files if word in path.read_bytes()] == []
        assert store.get(f"{MEMORIES}/other") is not None

    def test_a_scrub_that_others_hold_up_is_told_and_can_be_tried_again(self, file: Path, store: SqliteStore) -> None:
        store.commit([Create(f"{MEMORIES}/m1", {"fact": "x"})])
        with closing(sqlite3.connect(file, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM documents").fetchall()
            store.commit([Delete(f"{MEMORIES}/m1")])
            with pytest.raises(Unavailable, match="in use"):
                store.scrub()
            reader.execute("COMMIT")
        store.scrub()

    def test_a_backup_is_one_state_of_the_store_and_overwrites_nothing(self, file: Path, store: SqliteStore) -> None:
        store.commit([Create(f"{MEMORIES}/m1", {"fact": "kept"})])
        copy = file.with_name("copy.db")

        store.backup(copy)
        store.commit([Delete(f"{MEMORIES}/m1")])

        with closing(SqliteStore(copy)) as restored:
            assert [found.id for found in restored.query(Query(MEMORIES))] == ["m1"]
        with pytest.raises(AlreadyExists, match=r"copy\.db already exists"):
            store.backup(copy)
