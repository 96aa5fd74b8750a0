"""The queues that come with the bank: one in its own process, and Cloud Tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from memorybank.config import Settings, variable
from memorybank.errors import Violation
from memorybank.extras import need
from memorybank.plugins import QueuePlugin

if TYPE_CHECKING:
    from memorybank.ports.clock import Clock
    from memorybank.ports.documents import DocumentStore
    from memorybank.ports.tasks import Attempt, TaskQueue
    from memorybank.tasks.cloud_tasks import CloudTasksQueue


def _in_process(settings: Settings, *, store: Callable[[], DocumentStore], clock: Clock) -> TaskQueue:
    from memorybank.tasks.in_process import InProcessQueue  # noqa: PLC0415 - only a bank in one process needs it

    return InProcessQueue(store(), clock=clock, threads=settings.threads)


IN_PROCESS = QueuePlugin(make=_in_process)


def _cloud_tasks(settings: Settings, *, store: Callable[[], DocumentStore], clock: Clock) -> TaskQueue:
    del store
    from memorybank.tasks.cloud_tasks import CloudTasksQueue  # noqa: PLC0415 - only what enqueues needs it

    worker_url = settings.worker_url or ""
    return CloudTasksQueue(
        settings.tasks_queue or "",
        worker_url=worker_url,
        service_account_email=settings.tasks_account or "",
        audience=settings.worker_audience or worker_url,
        clock=clock,
        emulator=settings.tasks_emulator,
    )


def _received(
    settings: Settings, queue: TaskQueue, *, headers: Mapping[str, str], body: Mapping[str, Any]
) -> Attempt | None:
    from memorybank.tasks.cloud_tasks import attempt_of  # noqa: PLC0415 - only the worker needs it

    attempt = attempt_of(headers, body, max_attempts=settings.max_attempts)
    if attempt.task.run_at is not None and cast("CloudTasksQueue", queue).put_off(attempt):
        return None
    return attempt


def _cloud_tasks_problems(settings: Settings) -> Iterator[Violation]:
    if lacks := need("cloud-tasks"):
        yield Violation(variable("queue"), f"cloud-tasks {lacks}")
    for name in ("tasks_queue", "tasks_account", "worker_url"):
        if getattr(settings, name) is None:
            yield Violation(variable(name), "is needed when the queue is cloud-tasks")


CLOUD_TASKS = QueuePlugin(make=_cloud_tasks, receive=_received, problems=_cloud_tasks_problems)
