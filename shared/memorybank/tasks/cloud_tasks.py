"""The task queue on Google Cloud Tasks, which delivers each task to a worker as an HTTP POST with an OIDC token.

Design choices:

- A task's id is the SHA-256 of its name: Cloud Tasks slows down when ids are sequential.
- A task whose name is waiting or running is dropped. Cloud Tasks keeps names for up to 24 hours more, so the bank never
  reuses names. It does not rely on that window either: it deduplicates by the state of its operations.
- Cloud Tasks schedules no task more than 30 days ahead. A later one is delivered after 30 days with its real time as
  `runAt`; the worker then postpones it (`CloudTasksQueue.put_off`).
- The number of an attempt is X-CloudTasks-TaskRetryCount + 1. X-CloudTasks-TaskExecutionCount leaves out attempts
  answered with 5xx or not at all, which the queue's max_attempts does count, so it might never reach the final attempt.
- Cloud Tasks gives up on a task only when the queue's `max_attempts` and its `max_retry_duration` are both reached.
- A final attempt that never reaches the worker is lost, and the task with it. The queue should therefore allow a few
  more attempts than the worker is told: every attempt from `max_attempts` on is marked as final.

Sources: https://cloud.google.com/tasks/docs/creating-http-target-tasks,
https://cloud.google.com/tasks/docs/reference/rpc/google.cloud.tasks.v2, https://cloud.google.com/tasks/docs/quotas
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import Any

from memorybank.errors import Internal, InvalidArgument, MemoryBankError, ResourceExhausted, Unavailable
from memorybank.ports.clock import Clock
from memorybank.ports.tasks import Attempt, Task

_FURTHEST = timedelta(days=30) - timedelta(hours=1)  # the hour allows for clock skew
_SHORTEST_DISPATCH, _LONGEST_DISPATCH = timedelta(seconds=15), timedelta(minutes=30)
_COUNT = re.compile(r"[0-9]{1,9}")


class CloudTasksQueue:
    """Creates tasks in `queue` (projects/P/locations/L/queues/Q) that are posted to `worker_url`.

    The requests carry an OIDC token of `service_account_email` for `audience`. The worker must answer a delivery within
    `dispatch_deadline` (15 s to 30 min, else `ValueError`). An `enqueue` takes at most `timeout`, retries included:
    10 s, or minutes where an emulator serves tests, which must not fail because a machine is slow.
    Without `client` (a `tasks_v2.CloudTasksClient`) one is made on first use, which needs credentials, unless
    `emulator` (host:port) names a server to talk to without them.
    """

    def __init__(  # noqa: PLR0913  # each is a fact of the deployment
        self,
        queue: str,
        *,
        worker_url: str,
        service_account_email: str,
        audience: str,
        clock: Clock,
        dispatch_deadline: timedelta = timedelta(minutes=15),
        timeout: timedelta | None = None,
        client: Any = None,
        emulator: str | None = None,
    ) -> None:
        if not _SHORTEST_DISPATCH <= dispatch_deadline <= _LONGEST_DISPATCH:
            raise ValueError(f"a dispatch deadline of {dispatch_deadline} is not between 15 seconds and 30 minutes")
        self._queue = queue
        self._worker_url = worker_url
        self._service_account_email = service_account_email
        self._audience = audience
        self._clock = clock
        self._dispatch_deadline = dispatch_deadline
        self._timeout = (timeout or timedelta(minutes=5 if emulator else 0, seconds=10)).total_seconds()
        self._lock = Lock()  # guards the making of the client
        self._client = client
        self._emulator = emulator

    def enqueue(self, task: Task) -> None:
        """Create the task in Cloud Tasks; one whose name is taken is dropped without an error.

        After `Unavailable` and `ResourceExhausted` a retry may help. `Internal` is a fault of the deployment: no such
        queue, no permission, no credentials.
        """
        # The library takes a third of a second to import, so only functions that enqueue load it.
        from google.api_core.exceptions import AlreadyExists, GoogleAPIError, ServiceUnavailable  # noqa: PLC0415
        from google.api_core.retry import Retry, if_exception_type  # noqa: PLC0415
        from google.auth.exceptions import GoogleAuthError  # noqa: PLC0415

        # Safe to repeat: if the first call succeeded, the second finds the name taken.
        retry = Retry(
            initial=0.1, maximum=1, multiplier=2, timeout=self._timeout, predicate=if_exception_type(ServiceUnavailable)
        )
        try:
            request = {"parent": self._queue, "task": self._message(task)}
            self._connected().create_task(request, retry=retry, timeout=self._timeout)
        except AlreadyExists:
            return
        except (GoogleAPIError, GoogleAuthError) as error:
            raise _translated(error) from error

    def put_off(self, attempt: Attempt) -> bool:
        """Enqueue the task of an attempt again if its real time has not come yet; say whether it was.

        If it was, this delivery is over: the worker reports success without doing the work.
        """
        run_at = attempt.task.run_at
        if run_at is None or run_at <= self._clock.now():
            return False
        self.enqueue(attempt.task)
        return True

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = _connect(self._emulator)
            return self._client

    def _message(self, task: Task) -> Any:
        from google.cloud import tasks_v2  # noqa: PLC0415  # see `enqueue`

        body = {"operation": task.body, "task": task.name}
        identity, run_at, now = task.name, task.run_at, self._clock.now()
        if run_at is not None and run_at - now > _FURTHEST:
            body["runAt"] = run_at.astimezone(UTC).isoformat()
            # Each postponement needs its own id: during a delivery, the old id is still taken.
            identity += f" {(run_at - now) // _FURTHEST}"
            run_at = now + _FURTHEST
        return tasks_v2.Task(
            name=f"{self._queue}/tasks/{sha256(identity.encode()).hexdigest()}",
            schedule_time=run_at,  # a time in the past means now
            dispatch_deadline=self._dispatch_deadline,
            http_request=tasks_v2.HttpRequest(
                url=self._worker_url,
                http_method=tasks_v2.HttpMethod.POST,
                headers={"Content-Type": "application/json"},
                body=json.dumps(body).encode(),
                oidc_token=tasks_v2.OidcToken(
                    service_account_email=self._service_account_email, audience=self._audience
                ),
            ),
        )


def _connect(emulator: str | None) -> Any:
    from google.cloud.tasks_v2 import CloudTasksClient  # noqa: PLC0415  # see `CloudTasksQueue.enqueue`

    if emulator is None:
        return CloudTasksClient()
    import grpc  # noqa: PLC0415  # as above
    from google.cloud.tasks_v2.services.cloud_tasks.transports import CloudTasksGrpcTransport  # noqa: PLC0415

    return CloudTasksClient(transport=CloudTasksGrpcTransport(channel=grpc.insecure_channel(emulator)))


def attempt_of(headers: Mapping[str, str], body: Mapping[str, Any], *, max_attempts: int) -> Attempt:
    """Parse a delivery: `headers` by lower-case names, and the JSON of the body.

    Each attempt from `max_attempts` on, the first being 1, is final; see the module's docstring for why the queue
    should allow a few more. Raises `InvalidArgument` if the request does not look like a delivery of a
    `CloudTasksQueue`. That does not prove who sent it: check the token first.
    """
    retries = headers.get("x-cloudtasks-taskretrycount", "")
    if _COUNT.fullmatch(retries) is None:
        raise InvalidArgument("a delivery of Cloud Tasks has its count of retries in X-CloudTasks-TaskRetryCount")
    number = int(retries) + 1
    return Attempt(_task_of(body), number, final=number >= max_attempts)


def _task_of(body: Mapping[str, Any]) -> Task:
    name, operation, run_at = body.get("task"), body.get("operation"), body.get("runAt")
    if not isinstance(name, str) or not isinstance(operation, str):
        raise InvalidArgument("the body of a task has the strings operation and task")
    try:
        task = Task(name, operation, None if run_at is None else datetime.fromisoformat(run_at))
    except (Internal, TypeError, ValueError) as error:
        raise InvalidArgument(f"the body of a task is malformed: {error}") from error
    if task.run_at is not None and task.run_at.tzinfo is None:
        raise InvalidArgument("runAt needs a time zone")
    return task


def _translated(error: Exception) -> MemoryBankError:
    from google.api_core import exceptions  # noqa: PLC0415  # see `CloudTasksQueue.enqueue`

    if isinstance(error, exceptions.TooManyRequests):
        return ResourceExhausted("the quota of the task queue is used up")
    transient = isinstance(error, exceptions.RetryError | exceptions.ServerError | exceptions.Aborted)
    if transient or getattr(error, "retryable", False):  # errors of google.auth have this flag
        return Unavailable("the task queue cannot be reached now")
    return Internal("the task queue refuses tasks: its deployment is misconfigured")
