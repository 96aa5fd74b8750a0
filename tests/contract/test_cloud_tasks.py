"""The queue on Cloud Tasks keeps the contract: Google's client, the double of the service, and a worker behind HTTP.

The contract asks that tasks arrive once. Cloud Tasks promises at least once; the double keeps to once unless told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from memorybank.ports.tasks import Handler
from memorybank.tasks.cloud_tasks import CloudTasksQueue, attempt_of
from memorybank.testing.cloud_tasks.server import CloudTasksServer
from memorybank.testing.contracts.queue import QueueBench, QueueContract
from memorybank.testing.frozen import FrozenClock
from tests.contract.cloud_tasks_worker import CloudTasksWorker
from tests.waiting import LONG

PARENT = "projects/p/locations/europe-west1"
QUEUE = f"{PARENT}/queues/work"


class CloudTasksBench:
    """The queue is paused until the test starts it: the worker has no handler before."""

    max_attempts = 4

    def __init__(self, server: CloudTasksServer, clock: FrozenClock, worker: CloudTasksWorker) -> None:
        self._server = server
        self._clock = clock
        self._worker = worker
        self._client = server.client()
        config = {"name": QUEUE, "retry_config": {"max_attempts": self.max_attempts}}
        self._client.create_queue(parent=PARENT, queue=config)
        self._client.pause_queue(name=QUEUE)
        self.queue = CloudTasksQueue(
            QUEUE,
            worker_url=worker.url,
            service_account_email="tasks@p.iam.gserviceaccount.com",
            audience="worker",
            clock=clock,
            client=self._client,
            timeout=LONG,
        )

    def start(self, handler: Handler) -> None:
        def receive(headers: Mapping[str, str], body: Mapping[str, Any]) -> None:
            handler(attempt_of(headers, body, max_attempts=self.max_attempts))

        self._worker.receiver = receive
        self._client.resume_queue(name=QUEUE)

    def wait_idle(self, timeout: timedelta) -> bool:
        return self._server.wait_idle(timeout)

    def now(self) -> datetime:
        return self._clock.now()

    def advance(self, step: timedelta) -> None:
        self._clock.advance(step)


def refuse(headers: Mapping[str, str], body: Mapping[str, Any]) -> None:
    raise AssertionError("a task was delivered before the start")


class TestCloudTasksQueue(QueueContract):
    @pytest.fixture
    def bench(self) -> Iterator[QueueBench]:
        clock = FrozenClock()
        with CloudTasksWorker(refuse) as worker, CloudTasksServer(clock=clock) as server:
            yield CloudTasksBench(server, clock, worker)
