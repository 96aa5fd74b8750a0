"""The queue port: at-least-once delivery of small named tasks, now or at a time.

The rules are those of Cloud Tasks, so that the same worker runs on both: a task may arrive twice, late, or again after
a crash at any line; a handler that raises is retried with exponential backoff until its last attempt, which is
marked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol, TypeAlias, runtime_checkable

from memorybank.errors import Internal
from memorybank.ports.documents import DocumentStore, Write

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


@dataclass
class Ending:
    """Lets a handler end its task in the commit that finishes its work, which spares the queue a commit of its own.

    The handler may add `writes` to that commit, and tells what it has committed. A queue that keeps its tasks elsewhere
    has none.
    """

    writes: tuple[Write, ...] = ()
    committed: bool = False

    def note(self, committed: Sequence[Write]) -> None:
        """Note that the task has ended if these writes, which were committed, end it."""
        self.committed = self.committed or (bool(self.writes) and all(write in committed for write in self.writes))


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
    ending: Ending = field(default_factory=Ending)


Handler: TypeAlias = Callable[[Attempt], None]
"""Returns when the work is done for good; raises to have the task delivered again later."""


class TaskQueue(Protocol):
    """Accepts tasks. How they are run is up to the adapter."""

    def enqueue(self, task: Task) -> None:
        """Enqueue a task for delivery at least once. If a task of that name already waits, nothing changes."""
        ...


@runtime_checkable
class StoredQueue(TaskQueue, Protocol):
    """A queue that keeps its tasks in a document store, so that a task can be part of a commit of that store."""

    @property
    def store(self) -> DocumentStore:
        """The store of the tasks."""
        ...

    def enqueue_with(self, task: Task, writes: Sequence[Write]) -> None:
        """Enqueue a task in one commit with other writes: all of it happens, or nothing and the error is raised.

        A taken name is `AlreadyExists`, too.
        """
        ...

    def join(self, body: str, timeout: timedelta) -> None:
        """Wait until this process has delivered the task with this body; return at once if it is not doing that."""
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
