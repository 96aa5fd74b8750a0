"""Every queue keeps the contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from memorybank.ports.tasks import Handler
from memorybank.storage.sqlite import SqliteStore
from memorybank.tasks.in_process import InProcessQueue
from memorybank.testing.contracts.queue import QueueBench, QueueContract
from memorybank.testing.frozen import FrozenClock


class InProcessBench:
    max_attempts = 4

    def __init__(self, store: SqliteStore) -> None:
        self._clock = FrozenClock()
        self.queue = InProcessQueue(
            store, clock=self._clock, max_attempts=self.max_attempts, poll=timedelta(milliseconds=20)
        )

    def start(self, handler: Handler) -> None:
        self.queue.start(handler)

    def wait_idle(self, timeout: timedelta) -> bool:
        return self.queue.wait_idle(timeout)

    def now(self) -> datetime:
        return self._clock.now()

    def advance(self, step: timedelta) -> None:
        self._clock.advance(step)


class TestInProcessQueue(QueueContract):
    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[QueueBench]:
        store = SqliteStore(tmp_path / "bank.sqlite")
        bench = InProcessBench(store)
        yield bench
        bench.queue.stop()
        store.close()
