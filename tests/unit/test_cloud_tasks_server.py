"""What the double of Cloud Tasks does beyond the queue contract: names, retries, headers, tokens and faults."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import google.auth.transport.requests
import pytest
from google.api_core.exceptions import AlreadyExists, InvalidArgument, NotFound, ServiceUnavailable
from google.auth.exceptions import GoogleAuthError
from google.cloud import tasks_v2
from google.oauth2 import id_token

from memorybank.testing.cloud_tasks.server import CloudTasksServer
from memorybank.testing.frozen import START, FrozenClock
from tests.contract.cloud_tasks_worker import CloudTasksWorker
from tests.waiting import LONG, PATIENCE, until

PARENT = "projects/p/locations/europe-west1"
QUEUE = f"{PARENT}/queues/work"
EMAIL = "tasks@p.iam.gserviceaccount.com"


class Requests:
    """Notes the headers of every request, and refuses the first `failures` of them."""

    def __init__(self) -> None:
        self.headers: list[Mapping[str, str]] = []
        self.failures = 0
        self._lock = threading.Lock()

    def __call__(self, headers: Mapping[str, str], _: Mapping[str, Any]) -> None:
        with self._lock:
            self.headers.append(headers)
            if len(self.headers) <= self.failures:
                raise RuntimeError("told to fail")

    def counts(self, header: str) -> list[str | None]:
        with self._lock:
            return [headers.get(f"x-cloudtasks-{header}") for headers in self.headers]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def requests() -> Requests:
    return Requests()


@pytest.fixture
def url(requests: Requests) -> Iterator[str]:
    with CloudTasksWorker(requests) as worker:
        yield worker.url


@pytest.fixture
def server(clock: FrozenClock) -> Iterator[CloudTasksServer]:
    with CloudTasksServer(clock=clock) as server:
        yield server


@pytest.fixture
def client(server: CloudTasksServer) -> Any:
    client = server.client()
    config = {"max_attempts": 9, "min_backoff": "10s", "max_backoff": "300s", "max_doublings": 3}
    client.create_queue(parent=PARENT, queue={"name": QUEUE, "retry_config": config})
    return client


@pytest.fixture
def create(client: Any, url: str) -> Callable[..., Any]:
    """Make a task of a given id that is posted to the worker."""

    def created(identifier: str = "t", **fields: Any) -> Any:
        request = {"url": url, "body": b"{}", "oidc_token": {"service_account_email": EMAIL, "audience": "worker"}}
        task = {"name": f"{QUEUE}/tasks/{identifier}", "http_request": request, **fields}
        return client.create_task(parent=QUEUE, task=task, retry=None)

    return created


Create = Callable[..., Any]


def settle(server: CloudTasksServer) -> None:
    assert server.wait_idle(LONG)


def test_the_name_of_a_task_that_ended_stays_taken_for_a_day(
    server: CloudTasksServer, clock: FrozenClock, create: Create
) -> None:
    create()
    settle(server)
    with pytest.raises(AlreadyExists):
        create()
    clock.advance(timedelta(hours=24))
    create()


def test_the_name_of_a_deleted_task_stays_taken(client: Any, create: Create) -> None:
    client.pause_queue(name=QUEUE)
    client.delete_task(name=create().name)
    with pytest.raises(AlreadyExists):
        create()


def test_what_does_not_exist_is_not_found(client: Any) -> None:
    for call in (client.get_queue, client.pause_queue, client.resume_queue, client.purge_queue):
        with pytest.raises(NotFound):
            call(name=f"{PARENT}/queues/other")
    for call in (client.get_task, client.delete_task, client.run_task):
        with pytest.raises(NotFound):
            call(name=f"{QUEUE}/tasks/none")
    with pytest.raises(NotFound):
        client.create_task(parent=f"{PARENT}/queues/other", task={"http_request": {"url": "http://worker.example"}})


def test_a_queue_exists_once(client: Any) -> None:
    with pytest.raises(AlreadyExists):
        client.create_queue(parent=PARENT, queue={"name": QUEUE})
    assert client.get_queue(name=QUEUE).retry_config.max_attempts == 9


@pytest.mark.parametrize(
    "fields",
    [
        {"dispatch_deadline": "14s"},
        {"dispatch_deadline": "1801s"},
        {"schedule_time": START + timedelta(days=30, seconds=1)},
        {"name": f"{QUEUE}/tasks/a.b"},
        {"name": f"{PARENT}/queues/other/tasks/t"},
        {"http_request": {"url": "worker.example"}},
        {"http_request": {"url": "http://worker.example", "body": b"b" * 1024 * 1024}},
    ],
)
def test_what_cloud_tasks_would_not_take_is_refused(create: Create, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidArgument):
        create(**fields)


def test_a_task_without_a_name_is_given_one(client: Any) -> None:
    client.pause_queue(name=QUEUE)
    task = client.create_task(parent=QUEUE, task={"http_request": {"url": "http://worker.example"}})
    assert task.name.startswith(f"{QUEUE}/tasks/")
    assert task.dispatch_deadline == timedelta(minutes=10)


def test_the_body_of_a_task_is_shown_only_in_the_full_view(client: Any, create: Create) -> None:
    client.pause_queue(name=QUEUE)
    name = create().name
    full = tasks_v2.Task.View.FULL
    assert client.get_task(name=name).http_request.body == b""
    assert client.get_task({"name": name, "response_view": full}).http_request.body == b"{}"


def test_a_paused_queue_delivers_when_it_is_resumed(
    server: CloudTasksServer, client: Any, create: Create, requests: Requests
) -> None:
    assert client.pause_queue(name=QUEUE).state == tasks_v2.Queue.State.PAUSED
    create()
    settle(server)
    assert requests.headers == []
    client.resume_queue(name=QUEUE)
    settle(server)
    assert len(requests.headers) == 1


def test_a_purged_queue_delivers_nothing(
    server: CloudTasksServer, client: Any, create: Create, requests: Requests
) -> None:
    client.pause_queue(name=QUEUE)
    create()
    client.purge_queue(name=QUEUE)
    client.resume_queue(name=QUEUE)
    settle(server)
    assert requests.headers == []
    assert list(client.list_tasks(parent=QUEUE)) == []


def test_a_task_can_be_run_before_its_time_and_in_a_paused_queue(
    server: CloudTasksServer, client: Any, create: Create, requests: Requests
) -> None:
    client.pause_queue(name=QUEUE)
    client.run_task(name=create(schedule_time=START + timedelta(days=1)).name)
    settle(server)
    assert len(requests.headers) == 1


def test_backoff_doubles_then_grows_by_steps_up_to_its_cap(
    server: CloudTasksServer, client: Any, create: Create, clock: FrozenClock, requests: Requests
) -> None:
    """The numbers are the example in Google's description of max_doublings; the ninth attempt is the last."""
    requests.failures = 100
    name, waits = create().name, []
    for _ in range(8):
        settle(server)
        task = client.get_task(name=name)
        waits.append((task.schedule_time - clock.now()).total_seconds())
        clock.set(task.schedule_time)
    assert waits == [10, 20, 40, 80, 160, 240, 300, 300]
    settle(server)
    assert len(requests.headers) == 9
    with pytest.raises(NotFound):
        client.get_task(name=name)


def test_a_task_ends_only_when_both_limits_are_used_up(
    server: CloudTasksServer, client: Any, create: Create, clock: FrozenClock, requests: Requests
) -> None:
    other = f"{PARENT}/queues/other"
    config = {"max_attempts": 2, "max_retry_duration": "60s", "min_backoff": "20s", "max_backoff": "20s"}
    client.create_queue(parent=PARENT, queue={"name": other, "retry_config": config})
    request = {"url": create("on-the-first-queue").http_request.url, "body": b"{}"}
    settle(server)
    requests.failures = 100
    client.create_task(parent=other, task={"http_request": request})
    for _ in range(6):
        settle(server)
        clock.advance(timedelta(seconds=20))
    assert requests.counts("queuename") == ["work", *["other"] * 4]


def test_headers_tell_of_the_attempts_before(
    server: CloudTasksServer, create: Create, clock: FrozenClock, requests: Requests
) -> None:
    """Answers of 5xx count as retries and not as executions."""
    requests.failures = 2
    create("task-1")
    for _ in range(3):
        settle(server)
        clock.advance(timedelta(hours=1))
    assert requests.counts("queuename") == ["work"] * 3
    assert requests.counts("taskname") == ["task-1"] * 3
    assert requests.counts("taskretrycount") == ["0", "1", "2"]
    assert requests.counts("taskexecutioncount") == ["0", "0", "0"]
    assert requests.counts("taskpreviousresponse") == [None, "500", "500"]
    etas = [float(eta or 0) - START.timestamp() for eta in requests.counts("tasketa")]
    assert etas == [0, 10, 3600 + 20]
    assert requests.headers[0]["user-agent"] == "Google-Cloud-Tasks"


def test_the_token_says_who_it_is_for_and_by_and_can_be_verified(
    server: CloudTasksServer, create: Create, requests: Requests
) -> None:
    create()
    settle(server)
    token = requests.headers[0]["authorization"].removeprefix("Bearer ")
    with google.auth.transport.requests.requests.Session() as session:
        transport = google.auth.transport.requests.Request(session)
        claims = id_token.verify_token(token, transport, audience="worker", certs_url=server.certs_url)
        assert (claims["email"], claims["email_verified"], claims["aud"]) == (EMAIL, True, "worker")
        assert claims["iss"] == "https://accounts.google.com"
        with pytest.raises(GoogleAuthError):
            id_token.verify_token(token, transport, audience="another", certs_url=server.certs_url)
        head, payload, signature = token.split(".")
        forged = ".".join((head, payload, signature[::-1]))
        with pytest.raises(GoogleAuthError):
            id_token.verify_token(forged, transport, audience="worker", certs_url=server.certs_url)


def test_a_task_can_be_delivered_twice(server: CloudTasksServer, create: Create, requests: Requests) -> None:
    server.deliver_twice()
    create("twice")
    settle(server)
    create("once")
    settle(server)
    assert requests.counts("taskname") == ["twice", "twice", "once"]
    assert requests.counts("taskretrycount") == ["0", "0", "0"]


def test_a_lost_answer_is_followed_by_another_attempt(
    server: CloudTasksServer, create: Create, clock: FrozenClock, requests: Requests
) -> None:
    server.drop_responses()
    create()
    for _ in range(3):
        settle(server)
        clock.advance(timedelta(hours=1))
    assert requests.counts("taskretrycount") == ["0", "1"]
    assert requests.counts("taskpreviousresponse") == [None, None]


@pytest.mark.parametrize("stored", [False, True])
def test_creating_fails_before_or_after_the_task_is_stored(
    server: CloudTasksServer, create: Create, requests: Requests, *, stored: bool
) -> None:
    server.fail_creates(stored=stored)
    with pytest.raises(ServiceUnavailable):
        create()
    settle(server)
    assert len(requests.headers) == stored


def test_a_worker_that_is_not_there_has_failed(server: CloudTasksServer, client: Any, clock: FrozenClock) -> None:
    with CloudTasksWorker(Requests()) as worker:
        url = worker.url
    task = client.create_task(parent=QUEUE, task={"http_request": {"url": url}})
    settle(server)
    task = client.get_task(name=task.name)
    assert (task.dispatch_count, task.response_count) == (1, 0)
    assert task.schedule_time == clock.now() + timedelta(seconds=10)


def test_stopping_breaks_off_deliveries_and_leaves_no_thread() -> None:
    before, arrived, release = set(threading.enumerate()), threading.Event(), threading.Event()
    released: list[bool] = []

    def hang(headers: Mapping[str, str], body: Mapping[str, Any]) -> None:
        arrived.set()
        released.append(release.wait(PATIENCE))

    with CloudTasksWorker(hang) as worker:
        server = CloudTasksServer()
        server.start()
        client = server.client()
        client.create_queue(parent=PARENT, queue={"name": QUEUE})
        client.create_task(parent=QUEUE, task={"http_request": {"url": worker.url, "body": b"{}"}})
        assert arrived.wait(PATIENCE)
        assert not server.wait_idle(timedelta(milliseconds=20))
        assert server.certs_url
        server.stop()
        assert released == []  # nobody waited for the delivery
        release.set()
    until(lambda: not set(threading.enumerate()) - before, state=threading.enumerate)
