"""What the worker answers Cloud Tasks: done, again, again but slower, or never again."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from memorybank.access.access import OPEN
from memorybank.adapters import Adapters
from memorybank.aip.http import Request, Response
from memorybank.application import application_of
from memorybank.bank.retries import RETRY_FOR
from memorybank.config import Settings
from memorybank.errors import Aborted, DeadlineExceeded, ResourceExhausted, Unavailable
from memorybank.models.offline import OfflineEmbedder
from memorybank.ports.models import ExtractedFact, ExtractionRequest
from memorybank.ports.tasks import Task
from memorybank.storage.sqlite import SqliteStore
from memorybank.tasks.cloud_tasks import CloudTasksQueue
from memorybank.testing.frozen import CountingIds, FrozenClock
from memorybank.testing.scripted import ScriptedModel

MAX_ATTEMPTS = 3
SETTINGS = Settings(
    queue="cloud-tasks",
    tasks_queue="projects/p/locations/l/queues/q",
    tasks_account="a@p",
    worker_url="http://worker",
    max_attempts=MAX_ATTEMPTS,
)
EVENT = {"content": {"role": "user", "parts": [{"text": "I like tea."}]}}
ENGINES = "projects/p/locations/l/reasoningEngines"


class Waiting(CloudTasksQueue):
    """A queue that remembers its tasks instead of sending them, and puts them off as the real one does."""

    def __init__(self, clock: FrozenClock) -> None:
        super().__init__("q", worker_url="w", service_account_email="a", audience="b", clock=clock)
        self.tasks: list[Task] = []

    def enqueue(self, task: Task) -> None:
        """Remember."""
        self.tasks.append(task)


class Failing:
    """A script that fails with `error` as long as there is one."""

    def __init__(self) -> None:
        self.error: Exception | None = None

    def __call__(self, _request: ExtractionRequest) -> Sequence[ExtractedFact]:
        if self.error is not None:
            raise self.error
        return []


class Worker:
    """A worker and what it works on: one operation, whose task waits to be delivered by hand."""

    def __init__(self, store: SqliteStore) -> None:
        self.clock, self.extract = FrozenClock(), Failing()
        self.queue = Waiting(self.clock)
        model = ScriptedModel(extract=self.extract)
        adapters = Adapters(
            SETTINGS,
            store=store,
            queue=self.queue,
            model=model,
            embedder=OfflineEmbedder(),
            clock=self.clock,
            ids=CountingIds(),
        )
        self._others = application_of(SETTINGS, adapters, ["engines", "generate", "operations"], access=OPEN)
        self.application = application_of(SETTINGS, adapters, ["worker"], access=OPEN)
        engine = self.call("POST", ENGINES, {})["response"]["name"]
        body = {"scope": {"user_id": "ada"}, "directContentsSource": {"events": [EVENT]}}
        self.operation = self.call("POST", f"{engine}/memories:generate", body)["name"]
        [self.task] = self.queue.tasks
        self.queue.tasks.clear()

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Call a public function."""
        sent = b"" if body is None else json.dumps(body).encode()
        answer = self._others.handle(Request(method, f"/v1/{path}", (), {}, sent))
        found: dict[str, Any] = json.loads(answer.body)
        assert answer.status == 200, found
        return found

    def deliver(self, *, retries: int = 0, run_at: datetime | None = None) -> Response:
        """Deliver the task and return the answer."""
        body = {"task": self.task.name, "operation": self.task.body}
        body |= {"runAt": run_at.isoformat()} if run_at else {}
        headers = {"x-cloudtasks-taskretrycount": str(retries)}
        return self.application.handle(Request("POST", "/", (), headers, json.dumps(body).encode()))

    def outcome(self) -> dict[str, Any]:
        """Return the operation."""
        return self.call("GET", self.operation)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    with closing(SqliteStore(str(tmp_path / "bank.db"))) as store:
        yield Worker(store)


def test_work_that_is_done_is_a_success_and_so_is_doing_it_again(worker: Worker) -> None:
    assert [worker.deliver(retries=retries).status for retries in (0, 0, 7)] == [200, 200, 200]
    assert worker.outcome()["done"]
    assert "error" not in worker.outcome()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unavailable("away"), 200),
        (ResourceExhausted("the model's quota"), 200),
        (Aborted("somebody was faster"), 500),
        (DeadlineExceeded("slow"), 200),
        (RuntimeError("secret"), 500),
    ],
    ids=lambda value: type(value).__name__,
)
def test_work_that_failed_comes_again_by_the_queue_or_in_an_outage_by_a_task_of_its_own(
    worker: Worker, error: Exception, status: int
) -> None:
    worker.extract.error = error
    for retries in range(MAX_ATTEMPTS - 1):
        answer = worker.deliver(retries=retries)
        assert answer.status == status
        assert b"secret" not in answer.body
        assert "done" not in worker.outcome() or not worker.outcome()["done"]
    worker.extract.error = None
    assert worker.deliver(retries=MAX_ATTEMPTS - 1).status == 200
    assert "error" not in worker.outcome()


def test_the_last_attempt_writes_the_failure_into_the_operation(worker: Worker) -> None:
    worker.extract.error = ResourceExhausted("the model's quota is used up")
    worker.clock.advance(RETRY_FOR)
    assert worker.deliver(retries=MAX_ATTEMPTS - 1).status == 200
    assert worker.outcome()["error"]["message"] == "the model's quota is used up"


def test_a_task_that_came_too_early_is_put_off_and_not_done(worker: Worker) -> None:
    worker.extract.error = AssertionError("nothing is to be done yet")
    run_at = datetime(2030, 3, 1, tzinfo=UTC)
    assert worker.deliver(run_at=run_at).status == 200
    assert worker.queue.tasks == [Task(worker.task.name, worker.task.body, run_at)]
    worker.extract.error = None
    worker.clock.advance(timedelta(days=60))
    assert worker.deliver(run_at=run_at).status == 200
    assert worker.outcome()["done"]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, {"task": "t", "operation": "o"}),
        ({"x-cloudtasks-taskretrycount": "0"}, {"task": "t"}),
        ({"x-cloudtasks-taskretrycount": "x"}, {"task": "t", "operation": "o"}),
        ({"x-cloudtasks-taskretrycount": "0"}, {"task": "t", "operation": "o", "runAt": "tomorrow"}),
    ],
)
def test_what_cloud_tasks_would_not_send_is_refused(
    worker: Worker, headers: dict[str, str], body: dict[str, str]
) -> None:
    answer = worker.application.handle(Request("POST", "/", (), headers, json.dumps(body).encode()))
    assert answer.status == 400


def test_a_deployment_that_keeps_its_queue_in_the_process_takes_no_tasks() -> None:
    settings = Settings()
    application = application_of(settings, Adapters(settings), ["worker"], access=OPEN)
    body = json.dumps({"task": "t", "operation": "o"}).encode()
    assert application.handle(Request("POST", "/", (), {"x-cloudtasks-taskretrycount": "0"}, body)).status == 501
