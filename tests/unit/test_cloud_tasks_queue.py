"""What the adapter for Cloud Tasks sends, how it fails, and what a worker reads from a delivery."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import grpc
import pytest
from google.auth.exceptions import DefaultCredentialsError, TransportError
from google.cloud import tasks_v2

from memorybank.errors import Internal, InvalidArgument, ResourceExhausted, Unavailable
from memorybank.ports.tasks import Task
from memorybank.tasks.cloud_tasks import CloudTasksQueue, attempt_of
from memorybank.testing.cloud_tasks.server import CloudTasksServer, client_for
from memorybank.testing.frozen import START, FrozenClock

PARENT = "projects/p/locations/europe-west1"
QUEUE = f"{PARENT}/queues/work"
OPERATION = "projects/p/locations/l/reasoningEngines/1/operations/2"
FULL = tasks_v2.Task.View.FULL


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def server(clock: FrozenClock) -> Iterator[CloudTasksServer]:
    with CloudTasksServer(clock=clock) as server:
        yield server


@pytest.fixture
def client(server: CloudTasksServer) -> Any:
    """Return a client of the double, in which the queue exists and delivers nothing."""
    client = server.client()
    client.create_queue(parent=PARENT, queue={"name": QUEUE})
    client.pause_queue(name=QUEUE)
    return client


def queue_on(client: Any, clock: FrozenClock, **options: Any) -> CloudTasksQueue:
    return CloudTasksQueue(
        options.pop("queue", QUEUE),
        worker_url="http://worker.example/tasks",
        service_account_email="tasks@p.iam.gserviceaccount.com",
        audience="worker",
        clock=clock,
        client=client,
        **options,
    )


@pytest.fixture
def queue(client: Any, clock: FrozenClock) -> CloudTasksQueue:
    return queue_on(client, clock)


@pytest.fixture
def waiting(client: Any) -> Callable[[], list[Any]]:
    """List the tasks that wait, with their bodies."""
    return lambda: list(client.list_tasks({"parent": QUEUE, "response_view": FULL}))


Waiting = Callable[[], list[Any]]


def test_a_task_tells_the_worker_its_name_and_operation_and_nothing_else(
    queue: CloudTasksQueue, waiting: Waiting
) -> None:
    queue.enqueue(Task("extract-1", OPERATION))
    [task] = waiting()
    assert json.loads(task.http_request.body) == {"operation": OPERATION, "task": "extract-1"}
    assert task.http_request.http_method == tasks_v2.HttpMethod.POST
    assert task.http_request.url == "http://worker.example/tasks"
    assert dict(task.http_request.headers) == {"Content-Type": "application/json"}
    assert task.http_request.oidc_token.service_account_email == "tasks@p.iam.gserviceaccount.com"
    assert task.http_request.oidc_token.audience == "worker"
    assert task.dispatch_deadline == timedelta(minutes=15)


def test_ids_are_hashes_of_the_names(queue: CloudTasksQueue, waiting: Waiting) -> None:
    for number in range(3):
        queue.enqueue(Task(f"task-{number}", OPERATION))
    assert [task.name for task in waiting()] == [
        f"{QUEUE}/tasks/{sha256(f'task-{number}'.encode()).hexdigest()}" for number in range(3)
    ]


@pytest.mark.parametrize(
    ("ahead", "scheduled"),
    [(timedelta(hours=1), timedelta(hours=1)), (timedelta(days=29), timedelta(days=29)), (-timedelta(hours=1), None)],
)
def test_a_task_is_scheduled_for_its_time_and_one_from_the_past_for_now(
    queue: CloudTasksQueue, waiting: Waiting, ahead: timedelta, scheduled: timedelta | None
) -> None:
    queue.enqueue(Task("t", OPERATION, START + ahead))
    [task] = waiting()
    assert task.schedule_time == START + (scheduled or timedelta())
    assert "runAt" not in json.loads(task.http_request.body)


def test_a_task_far_ahead_goes_in_legs_until_its_time_has_come(
    queue: CloudTasksQueue, waiting: Waiting, client: Any, clock: FrozenClock
) -> None:
    """75 days are three legs, the last of which Cloud Tasks can keep by itself."""
    run_at = START + timedelta(days=75)
    task = Task("far", OPERATION, run_at)
    queue.enqueue(task)
    legs = []
    for _ in range(3):
        [held] = waiting()
        legs.append(held.schedule_time)
        clock.set(held.schedule_time)
        body = json.loads(held.http_request.body)
        attempt = attempt_of({"x-cloudtasks-taskretrycount": "0"}, body, max_attempts=8)
        delivered_early = queue.put_off(attempt)  # while its own task still has its name
        assert delivered_early == (held.schedule_time < run_at)
        client.delete_task(name=held.name)
    assert legs[0] < legs[1] < legs[2] == run_at
    assert legs[0] - START < timedelta(days=30)
    assert waiting() == []


def test_a_task_far_ahead_that_waits_is_left_as_it_is(queue: CloudTasksQueue, waiting: Waiting) -> None:
    for _ in range(2):
        queue.enqueue(Task("far", OPERATION, START + timedelta(days=75)))
    assert len(waiting()) == 1


def test_a_delivery_whose_time_has_come_is_not_put_off(queue: CloudTasksQueue, waiting: Waiting) -> None:
    headers, body = {"x-cloudtasks-taskretrycount": "0"}, {"operation": OPERATION, "task": "t"}
    assert not queue.put_off(attempt_of(headers, body, max_attempts=8))
    past = {**body, "runAt": START.isoformat()}
    assert not queue.put_off(attempt_of(headers, past, max_attempts=8))
    assert waiting() == []


@pytest.mark.parametrize(("seconds", "fits"), [(14, False), (15, True), (1800, True), (1801, False)])
def test_the_dispatch_deadline_is_one_that_cloud_tasks_takes(
    client: Any, clock: FrozenClock, waiting: Waiting, *, seconds: int, fits: bool
) -> None:
    deadline = timedelta(seconds=seconds)
    if not fits:
        with pytest.raises(ValueError, match="15 seconds"):
            queue_on(client, clock, dispatch_deadline=deadline)
        return
    queue_on(client, clock, dispatch_deadline=deadline).enqueue(Task("t", OPERATION))
    assert [task.dispatch_deadline for task in waiting()] == [deadline]


def test_a_missing_queue_is_a_fault_of_the_deployment(client: Any, clock: FrozenClock) -> None:
    """Not a `NotFound`, which would tell callers that what they asked for does not exist."""
    with pytest.raises(Internal) as raised:
        queue_on(client, clock, queue=f"{PARENT}/queues/other").enqueue(Task("t", OPERATION))
    assert raised.value.__cause__
    assert "NOT_FOUND" in repr(raised.value.__cause__.grpc_status_code)  # type: ignore[attr-defined]  # Google's


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (grpc.StatusCode.PERMISSION_DENIED, Internal),
        (grpc.StatusCode.UNAUTHENTICATED, Internal),
        (grpc.StatusCode.FAILED_PRECONDITION, Internal),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, ResourceExhausted),
        (grpc.StatusCode.DEADLINE_EXCEEDED, Unavailable),
        (grpc.StatusCode.INTERNAL, Unavailable),
        (grpc.StatusCode.ABORTED, Unavailable),
    ],
)
def test_errors_of_cloud_tasks_become_ours_with_their_cause(
    server: CloudTasksServer, queue: CloudTasksQueue, code: grpc.StatusCode, error: type[Exception]
) -> None:
    server.fail_creates(code=code)
    with pytest.raises(error) as raised:
        queue.enqueue(Task("t", OPERATION))
    assert raised.value.__cause__


class Unconnected:
    """A client that cannot even get a token."""

    def __init__(self, error: Exception) -> None:
        self._error = error
        self.limits: list[tuple[float, float]] = []

    def create_task(self, _: object, *, retry: Any, timeout: float) -> None:
        self.limits.append((retry.timeout, timeout))
        raise self._error


@pytest.mark.parametrize(
    ("cause", "error"),
    [(DefaultCredentialsError("none"), Internal), (TransportError("busy", retryable=True), Unavailable)],
)
def test_errors_of_credentials_become_ours(clock: FrozenClock, cause: Exception, error: type[Exception]) -> None:
    with pytest.raises(error) as raised:
        queue_on(Unconnected(cause), clock).enqueue(Task("t", OPERATION))
    assert raised.value.__cause__ is cause


def test_neither_a_call_nor_all_its_repetitions_may_take_longer_than_the_timeout(clock: FrozenClock) -> None:
    client = Unconnected(TransportError("busy", retryable=True))
    with pytest.raises(Unavailable):
        queue_on(client, clock, timeout=timedelta(seconds=7)).enqueue(Task("t", OPERATION))
    assert client.limits == [(7, 7)]


@pytest.mark.parametrize("stored", [False, True])
def test_an_outage_of_moments_is_not_noticed(
    server: CloudTasksServer, queue: CloudTasksQueue, waiting: Waiting, *, stored: bool
) -> None:
    """Whether the first calls were heard or not, the task is there once."""
    server.fail_creates(2, stored=stored)
    queue.enqueue(Task("t", OPERATION))
    assert len(waiting()) == 1


def test_a_server_that_is_down_is_unavailable(clock: FrozenClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    client = client_for(address)
    with pytest.raises(Unavailable):
        queue_on(client, clock, timeout=timedelta(seconds=0.5)).enqueue(Task("t", OPERATION))
    client.transport.close()


def test_a_server_that_never_answers_is_unavailable(clock: FrozenClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client = client_for(f"127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(Unavailable):
            queue_on(client, clock, timeout=timedelta(seconds=0.5)).enqueue(Task("t", OPERATION))
        client.transport.close()


def test_importing_the_adapter_does_not_import_googles_library() -> None:
    code = "import sys, memorybank.tasks.cloud_tasks; sys.exit(any(n.split('.')[0] == 'grpc' for n in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": "shared"}, check=False).returncode == 0


BODY = {"operation": OPERATION, "task": "t"}


@pytest.mark.parametrize(
    ("retries", "number", "final"), [("0", 1, False), ("6", 7, False), ("7", 8, True), ("9", 10, True)]
)
def test_every_attempt_from_the_last_one_on_is_final(retries: str, number: int, *, final: bool) -> None:
    """Even one that follows a final attempt which never arrived."""
    attempt = attempt_of({"x-cloudtasks-taskretrycount": retries}, BODY, max_attempts=8)
    assert (attempt.task, attempt.number, attempt.final) == (Task("t", OPERATION), number, final)


def test_attempts_without_an_answer_of_the_worker_count() -> None:
    """Execution counts leave out 5xx, which the queue's limit does not."""
    headers = {"x-cloudtasks-taskretrycount": "7", "x-cloudtasks-taskexecutioncount": "0"}
    assert attempt_of(headers, BODY, max_attempts=8).final


@pytest.mark.parametrize("retries", [None, "", "-1", "1.0", "²", "9" * 5_000])
def test_a_request_without_a_count_of_retries_is_not_from_cloud_tasks(retries: str | None) -> None:
    headers = {} if retries is None else {"x-cloudtasks-taskretrycount": retries}
    with pytest.raises(InvalidArgument, match="X-CloudTasks-TaskRetryCount"):
        attempt_of(headers, BODY, max_attempts=8)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"operation": OPERATION},
        {"task": "t"},
        {"operation": 1, "task": "t"},
        {"operation": OPERATION, "task": "no/name"},
        {"operation": "o" * 10_001, "task": "t"},
        {**BODY, "runAt": 5},
        {**BODY, "runAt": "tomorrow"},
        {**BODY, "runAt": "2030-01-01T00:00:00"},
    ],
)
def test_a_body_that_no_queue_of_ours_wrote_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        attempt_of({"x-cloudtasks-taskretrycount": "0"}, body, max_attempts=8)


def test_the_true_time_of_a_task_far_ahead_is_read() -> None:
    body = {**BODY, "runAt": "2030-03-01T00:00:00+00:00"}
    attempt = attempt_of({"x-cloudtasks-taskretrycount": "0"}, body, max_attempts=8)
    assert attempt.task.run_at == datetime.fromisoformat("2030-03-01T00:00:00+00:00")
