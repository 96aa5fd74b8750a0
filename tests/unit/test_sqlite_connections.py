"""A pool has as many connections as are needed at once, and gives up those that nobody has needed for a while."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from memorybank.storage.sqlite import connections
from memorybank.storage.sqlite.connections import MEMORY, Connections


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[Connections]:
    with closing(Connections(str(tmp_path / "bank.db"), busy_seconds=1)) as pool:
        yield pool


def used_at_once(pool: Connections, count: int) -> list[sqlite3.Connection]:
    with ExitStack() as stack:
        return [stack.enter_context(pool.reading()) for _ in range(count)]


def works(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return False
    return True


def test_connections_are_kept_for_the_next_calls(pool: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_UNUSED_SECONDS", float("inf"))
    first = used_at_once(pool, 3)
    assert {*used_at_once(pool, 3)} == {*first}
    used_at_once(pool, 1)
    assert all(map(works, first))


def test_what_nobody_has_needed_for_a_while_is_closed(pool: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(connections, "_UNUSED_SECONDS", float("inf"))
        first = used_at_once(pool, 3)
    monkeypatch.setattr(connections, "_UNUSED_SECONDS", 0.0)
    for left in (2, 1, 1):
        used_at_once(pool, 1)
        assert sum(map(works, first)) == left
    assert all(map(works, used_at_once(pool, 3)[:1])), "the pool grows again"


def test_a_database_in_memory_keeps_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "_UNUSED_SECONDS", 0.0)
    with closing(Connections(MEMORY, busy_seconds=1)) as pool:
        with pool.writing() as connection:
            connection.execute("INSERT INTO documents VALUES ('a/b', 'a', 'a', 1, '{}')")
        for _ in range(3):
            with pool.reading() as connection:
                assert connection.execute("SELECT count(*) FROM documents").fetchone() == (1,)


def test_a_connection_that_is_returned_while_the_pool_closes_is_closed_too(pool: Connections) -> None:
    class ClosedMeanwhile(list[tuple[sqlite3.Connection, float]]):
        def append(self, returned: tuple[sqlite3.Connection, float]) -> None:
            pool.close()
            super().append(returned)

    with pool.reading() as connection:
        pool._idle = ClosedMeanwhile()  # noqa: SLF001 - another thread closes the pool at just that moment
    assert not works(connection)
