"""Every store keeps the contract."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from memorybank.ports.documents import DocumentStore
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.contracts.store import StoreContract
from memorybank.testing.contracts.store_faults import FaultContract, Outage
from tests.waiting import PATIENCE


class TestSqliteFile(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[DocumentStore]:
        store = SqliteStore(tmp_path / "bank.sqlite")
        yield store
        store.close()


class TestSqliteFaults(FaultContract):
    """Somebody else writes to the file, and does not come to an end: reads go on beside that."""

    STOPPED = frozenset({"commit"})

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[DocumentStore]:
        store = SqliteStore(tmp_path / "bank.sqlite", busy_seconds=0.05)
        yield store
        store.close()

    @pytest.fixture
    def outage(self, tmp_path: Path) -> Outage:
        @contextmanager
        def held() -> Iterator[None]:
            with closing(sqlite3.connect(tmp_path / "bank.sqlite", isolation_level=None, timeout=PATIENCE)) as other:
                other.execute("BEGIN IMMEDIATE")
                yield
                other.execute("ROLLBACK")

        return held


class TestSqliteMemory(StoreContract):
    @pytest.fixture
    def store(self) -> Iterator[DocumentStore]:
        store = SqliteStore(":memory:")
        yield store
        store.close()
