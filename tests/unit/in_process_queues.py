"""What the tests of the in-process queue share: the times of its queues, and a handler that waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from memorybank.ports.tasks import Attempt
from memorybank.storage.sqlite import SqliteStore
from memorybank.tasks.in_process import InProcessQueue
from memorybank.testing.contracts.queue import Deliveries
from tests.waiting import PATIENCE

MOMENT = timedelta(milliseconds=20)
VISIBILITY = timedelta(seconds=0.3)

OpenStore = Callable[[], SqliteStore]
OpenQueue = Callable[..., InProcessQueue]


class Gate:
    """A handler that notes its delivery and then waits to be opened."""

    def __init__(self) -> None:
        self.deliveries = Deliveries()
        self._opened = threading.Event()

    def __call__(self, attempt: Attempt) -> None:
        self.deliveries(attempt)
        assert self._opened.wait(PATIENCE)

    def open(self) -> None:
        self._opened.set()
