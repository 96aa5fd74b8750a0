"""Every store keeps the contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memorybank.ports.documents import DocumentStore
from memorybank.storage.sqlite import SqliteStore
from memorybank.testing.contracts.store import StoreContract


class TestSqliteFile(StoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[DocumentStore]:
        store = SqliteStore(tmp_path / "bank.sqlite")
        yield store
        store.close()


class TestSqliteMemory(StoreContract):
    @pytest.fixture
    def store(self) -> Iterator[DocumentStore]:
        store = SqliteStore(":memory:")
        yield store
        store.close()
