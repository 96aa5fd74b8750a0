"""The queue port: at-least-once delivery of small named tasks, now or at a time.

The rules are those of Cloud Tasks, so that the same worker runs on both: a task may arrive twice, late, or again after
a crash at any line; a handler that raises is retried with exponential backoff until its last attempt, which is
marked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol, TypeAlias

from memorybank.errors import Internal

_NAME = re.compile(r"[A-Za-z0-9_-]{1,500}")
_MOST_BODY = 10_000


@dataclass(frozen=True)
class Task:
    """A unit of work. `name` ([A-Za-z0-9_-]{1,500}) makes it unique while it waits; `body` is under 10 KB.

    `body` names the work (an operation's resource name) and never carries content. `run_at` None means at once. Tasks
    of one `lane` take turns with those of other lanes in our own queues; a task without a lane is a lane of its own.
    """

    name: str
    body: str
    run_at: datetime | None = None
    lane: str = ""

    def __post_init__(self) -> None:
        """Refuse names and bodies that Cloud Tasks would refuse."""
        if _NAME.fullmatch(self.name) is None or len(self.body) > _MOST_BODY:
            raise Internal(f"a task needs a name of {_NAME.pattern} and a body of at most {_MOST_BODY} characters")


def lane_of(scope_key: str | None) -> str:
    """Return the lane of a scope: a short digest, which tells lanes apart and leaves no trace of an erased scope."""
    return sha256(scope_key.encode()).hexdigest()[:8] if scope_key else ""


@dataclass(frozen=True)
class Attempt:
    """One delivery of a task to the handler. `number` counts from 1; `final` says that no other attempt will follow.

    `exhausted` says that every attempt was lost because its process died: the handler must record that and must not
    start the work again, which may be what kills the process.
    """

    task: Task
    number: int
    final: bool
    exhausted: bool = False


Handler: TypeAlias = Callable[[Attempt], None]
"""Returns when the work is done for good; raises to have the task delivered again later."""


class TaskQueue(Protocol):
    """Accepts tasks. How they are run is up to the adapter."""

    def enqueue(self, task: Task) -> None:
        """Enqueue a task for delivery at least once. If a task of that name already waits, nothing changes."""
        ...


class RunningQueue(TaskQueue, Protocol):
    """A queue that delivers its tasks in this process, between `start` and `stop`."""

    def start(self, handler: Handler) -> None:
        """Begin to deliver tasks; called once."""
        ...

    def revive(self) -> list[str]:
        """Restart the queue's threads that have died, and return their names."""
        ...

    def stop(self) -> object:
        """Stop taking tasks and let the running handlers finish."""
        ...

    def wait_idle(self, timeout: timedelta) -> bool:
        """Wait until nothing is due and no handler runs; return whether that happened within `timeout`."""
        ...
