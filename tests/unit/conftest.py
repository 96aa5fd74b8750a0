"""Fixtures of the in-process queue: stores and queues on one file, which end with their test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from memorybank.ports.clock import Clock, SystemClock
from memorybank.storage.sqlite import SqliteStore
from memorybank.tasks.in_process import InProcessQueue
from tests.unit.in_process_queues import MOMENT, VISIBILITY, OpenQueue, OpenStore
from tests.waiting import LONG


@pytest.fixture
def queue_file(tmp_path: Path) -> Path:
    return tmp_path / "bank.sqlite"


@pytest.fixture
def open_store(queue_file: Path) -> Iterator[OpenStore]:
    """Open the test's file once more."""
    stores: list[SqliteStore] = []

    def opened() -> SqliteStore:
        stores.append(SqliteStore(queue_file))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


@pytest.fixture
def open_queue(open_store: OpenStore) -> Iterator[OpenQueue]:
    """Open a queue, by default on its own store of the test's file.

    Claims lapse soon only by a clock that the test moves: a slow machine may stop a process for longer than that.
    """
    queues: list[InProcessQueue] = []

    def opened(*, store: SqliteStore | None = None, clock: Clock | None = None, **options: object) -> InProcessQueue:
        settings: dict[str, object] = {"poll": MOMENT, "visibility": VISIBILITY if clock else LONG, **options}
        queue = InProcessQueue(store or open_store(), clock=clock or SystemClock(), **settings)  # type: ignore[arg-type]  # options are forwarded
        queues.append(queue)
        return queue

    yield opened
    for queue in queues:
        queue.stop()
