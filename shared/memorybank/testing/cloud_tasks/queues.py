"""The state of the Cloud Tasks double: its queues, their waiting tasks, and the names that are taken.

Methods named after calls of the API take and return the library's own messages, and raise `Refused`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Condition
from typing import Any
from uuid import uuid4

import grpc
from google.cloud import tasks_v2
from google.protobuf.empty_pb2 import Empty

from memorybank.ports.clock import Clock

_QUEUE = re.compile(r"projects/[^/]+/locations/[^/]+/queues/[A-Za-z0-9-]{1,100}")
_TASK_ID = re.compile(r"[A-Za-z0-9_-]{1,500}")
_FURTHEST = timedelta(days=30)
_SHORTEST_DISPATCH, _LONGEST_DISPATCH = timedelta(seconds=15), timedelta(minutes=30)
_MOST_BYTES = 1024 * 1024
_SERVER_ERRORS = 500


class Refused(Exception):
    """A call that Cloud Tasks would refuse, with the gRPC status code that it would use."""

    def __init__(self, code: grpc.StatusCode, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(eq=False)
class HeldTask:
    """A task in its queue. `responses` counts all answers of the worker, `executions` those that were not 5xx."""

    message: Any
    due: datetime
    attempts: int = 0
    responses: int = 0
    executions: int = 0
    previous: int | None = None
    first_attempt: datetime | None = None
    forced: bool = False
    running: bool = False

    def shown(self, view: Any) -> Any:
        """Return the task as the API shows it: without the body unless the full view was asked for."""
        shown = tasks_v2.Task(self.message)
        shown.schedule_time = self.due
        shown.dispatch_count, shown.response_count = self.attempts, self.responses
        shown.view = view or tasks_v2.Task.View.BASIC
        if shown.view != tasks_v2.Task.View.FULL:
            shown.http_request.body = b""
        return shown


@dataclass(eq=False)
class HeldQueue:
    """A queue, its tasks by full name, and how long the names of ended tasks stay taken."""

    message: Any
    tasks: dict[str, HeldTask] = field(default_factory=dict)
    used_up: dict[str, datetime] = field(default_factory=dict)

    def ready(self, now: datetime) -> list[HeldTask]:
        """Return the tasks that may be delivered now."""
        paused = self.message.state == tasks_v2.Queue.State.PAUSED
        return [
            task for task in self.tasks.values() if task.forced or (task.due <= now and not task.running and not paused)
        ]

    def exhausted(self, task: HeldTask, now: datetime) -> bool:
        """Say whether a failed task gets no further attempt: only when both limits of the queue are reached."""
        config = self.message.retry_config
        began = task.first_attempt or now
        return 0 < (config.max_attempts or 100) <= task.attempts and now - began >= config.max_retry_duration

    def backoff(self, attempts: int) -> timedelta:
        """Return the delay after this many attempts: it doubles up to max_doublings times, then grows linearly."""
        config = self.message.retry_config
        doublings = min(attempts - 1, config.max_doublings or 16)
        first: timedelta = config.min_backoff or timedelta(seconds=0.1)
        longest: timedelta = config.max_backoff or timedelta(hours=1)
        return min(first * (1 << doublings) * max(1, attempts - doublings), longest)


@dataclass(frozen=True)
class Delivery:
    """One attempt on its way to the worker, with its headers."""

    queue: HeldQueue
    task: HeldTask
    headers: Mapping[str, str]


class Queues:
    """All queues, by the time of `clock`; `changed` guards them, and is notified of every change."""

    def __init__(self, clock: Clock, *, concurrent: int, names_kept: timedelta) -> None:
        self.changed = Condition()
        self._clock = clock
        self._concurrent = concurrent
        self._names_kept = names_kept
        self._queues: dict[str, HeldQueue] = {}
        self._in_flight = 0

    def create_queue(self, request: Any) -> Any:
        """Make a queue; its retry configuration has the defaults of Cloud Tasks: 100 attempts, 0.1 s, 1 h."""
        name = request.queue.name
        if _QUEUE.fullmatch(name) is None or not name.startswith(f"{request.parent}/queues/"):
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, f"{name!r} names no queue of {request.parent!r}")
        with self.changed:
            if name in self._queues:
                raise Refused(grpc.StatusCode.ALREADY_EXISTS, "Queue already exists")
            message = tasks_v2.Queue(request.queue)
            message.state = tasks_v2.Queue.State.RUNNING
            self._queues[name] = HeldQueue(message)
            return message

    def get_queue(self, request: Any) -> Any:
        """Return a queue."""
        with self.changed:
            return tasks_v2.Queue(self._queue(request.name).message)

    def pause_queue(self, request: Any) -> Any:
        """Deliver nothing of a queue until it is resumed, except by `run_task`."""
        return self._turn(request.name, tasks_v2.Queue.State.PAUSED)

    def resume_queue(self, request: Any) -> Any:
        """Deliver again what is due in a queue."""
        return self._turn(request.name, tasks_v2.Queue.State.RUNNING)

    def purge_queue(self, request: Any) -> Any:
        """Delete all tasks of a queue."""
        with self.changed:
            queue = self._queue(request.name)
            for task in list(queue.tasks.values()):
                self._forget(queue, task)
            return tasks_v2.Queue(queue.message)

    def create_task(self, request: Any) -> Any:
        """Create a task, unless its name is taken by a waiting task or by one that ended recently."""
        with self.changed:
            queue, now = self._queue(request.parent), self._clock.now()
            message = tasks_v2.Task(request.task)
            message.name = message.name or f"{request.parent}/tasks/{uuid4().hex}"
            message.dispatch_deadline = message.dispatch_deadline or timedelta(minutes=10)
            message.http_request.http_method = message.http_request.http_method or tasks_v2.HttpMethod.POST
            message.create_time = now
            due = max(message.schedule_time or now, now)
            _check(message, parent=request.parent, ahead=due - now)
            if message.name in queue.tasks or queue.used_up.get(message.name, now) > now:
                raise Refused(grpc.StatusCode.ALREADY_EXISTS, "Requested entity already exists")
            queue.tasks[message.name] = task = HeldTask(message, due)
            self.changed.notify_all()
            return task.shown(request.response_view)

    def get_task(self, request: Any) -> Any:
        """Return a task that has not ended."""
        with self.changed:
            return self._task(request.name)[1].shown(request.response_view)

    def list_tasks(self, request: Any) -> Any:
        """Return all tasks of a queue that have not ended, on one page."""
        with self.changed:
            tasks = [task.shown(request.response_view) for task in self._queue(request.parent).tasks.values()]
        return tasks_v2.ListTasksResponse(tasks=tasks)

    def delete_task(self, request: Any) -> Any:
        """End a task; an attempt that runs is not stopped, but no other follows."""
        with self.changed:
            self._forget(*self._task(request.name))
        return Empty()

    def run_task(self, request: Any) -> Any:
        """Deliver a task now, even if the queue is paused or the task is running."""
        with self.changed:
            _, task = self._task(request.name)
            task.forced, task.due = True, self._clock.now()
            self.changed.notify_all()
            return task.shown(request.response_view)

    def idle(self) -> bool:
        """Say whether nothing is due and nothing is being delivered."""
        with self.changed:
            now = self._clock.now()
            return not self._in_flight and not any(queue.ready(now) for queue in self._queues.values())

    def claim(self) -> Delivery | None:
        """Start the delivery of the task that has been due for longest, if there is one and a slot is free."""
        with self.changed:
            now = self._clock.now()
            ready = [(task.due, queue, task) for queue in self._queues.values() for task in queue.ready(now)]
            if not ready or self._in_flight >= self._concurrent:
                return None
            due, queue, task = min(ready, key=lambda entry: entry[0])
            headers = {
                "X-CloudTasks-QueueName": queue.message.name.rpartition("/")[2],
                "X-CloudTasks-TaskName": task.message.name.rpartition("/")[2],
                "X-CloudTasks-TaskRetryCount": str(task.attempts),
                "X-CloudTasks-TaskExecutionCount": str(task.executions),
                "X-CloudTasks-TaskETA": f"{due.timestamp():.6f}",
            }
            if task.previous is not None:
                headers["X-CloudTasks-TaskPreviousResponse"] = str(task.previous)
            self._in_flight += 1
            task.attempts += 1
            task.first_attempt = task.first_attempt or now
            task.running, task.forced = True, False
            return Delivery(queue, task, headers)

    def finish(self, delivery: Delivery, status: int | None) -> None:
        """Record the worker's answer, None if none came in time: the task ends, or waits for its next attempt."""
        queue, task = delivery.queue, delivery.task
        with self.changed:
            now = self._clock.now()
            self._in_flight -= 1
            task.running, task.previous = False, status
            if status is not None:
                task.responses += 1
                task.executions += status < _SERVER_ERRORS
            succeeded = status is not None and status // 100 == 2  # any 2xx
            if succeeded or queue.exhausted(task, now):
                self._forget(queue, task)
            else:
                task.due = now + queue.backoff(task.attempts)
            self.changed.notify_all()

    def _turn(self, name: str, state: Any) -> Any:
        with self.changed:
            queue = self._queue(name)
            queue.message.state = state
            self.changed.notify_all()
            return tasks_v2.Queue(queue.message)

    def _queue(self, name: str) -> HeldQueue:
        if name not in self._queues:
            raise Refused(grpc.StatusCode.NOT_FOUND, "Requested entity was not found.")
        return self._queues[name]

    def _task(self, name: str) -> tuple[HeldQueue, HeldTask]:
        queue = self._queue(name.partition("/tasks/")[0])
        if name not in queue.tasks:
            raise Refused(grpc.StatusCode.NOT_FOUND, "Requested entity was not found.")
        return queue, queue.tasks[name]

    def _forget(self, queue: HeldQueue, task: HeldTask) -> None:
        name = task.message.name
        if queue.tasks.get(name) is task:  # not deleted while it ran
            del queue.tasks[name]
            queue.used_up[name] = self._clock.now() + self._names_kept
            self.changed.notify_all()


def _check(task: Any, *, parent: str, ahead: timedelta) -> None:
    queue, _, identifier = task.name.partition("/tasks/")
    url = task.http_request.url
    wrong = {
        "the name of the task": queue != parent or _TASK_ID.fullmatch(identifier) is None,
        "schedule_time: at most 30 days ahead": ahead > _FURTHEST,
        "dispatch_deadline: 15 s to 30 min": not _SHORTEST_DISPATCH <= task.dispatch_deadline <= _LONGEST_DISPATCH,
        "url: http:// only, in this double": not url.startswith("http://"),
        "the size of the task": len(tasks_v2.Task.serialize(task)) > _MOST_BYTES,
    }
    for what, is_wrong in wrong.items():
        if is_wrong:
            raise Refused(grpc.StatusCode.INVALID_ARGUMENT, f"Invalid value: {what}")
