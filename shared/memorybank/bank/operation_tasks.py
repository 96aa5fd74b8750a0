"""The tasks that carry operations on: their names, and what enqueues those that were lost.

Queues remember the names of tasks for hours after they ended, and the id of a generation may come again, because it
follows from the request. So every name also holds the operation's `acceptance`, and the step that the task is for.
"""

from __future__ import annotations

import contextlib
import logging
from datetime import datetime, timedelta

from memorybank.bank.ports import Ports
from memorybank.errors import Aborted, MemoryBankError, NotFound
from memorybank.ports.documents import Document, Order, Patch, Query, Where
from memorybank.ports.tasks import StoredQueue, Task, lane_of

TASK_FIELDS = ("acceptance", "scope_key")
"""The fields that `task_of` needs besides the name of the operation."""

_CHUNK = 100
_log = logging.getLogger(__name__)


def task_of(operation: Document, *step: object, run_at: datetime | None = None) -> Task:
    """Return the task for a step of an operation, which no other step is called; without `step`, the first task."""
    data = operation.data
    parts = [operation.id, *filter(None, [data.get("acceptance")]), *step]
    return Task("-".join(map(str, parts)), data["name"], run_at=run_at, lane=lane_of(data.get("scope_key")))


def joint_queue(ports: Ports) -> StoredQueue | None:
    """Return the queue if it keeps its tasks in the bank's own store, so that a commit can enqueue a task as well."""
    queue = ports.queue
    return queue if isinstance(queue, StoredQueue) and queue.store is ports.store else None


def is_of_another_acceptance(task: Task, operation: Document) -> bool:
    """Tell whether a task was made for a request that was withdrawn, and the operation for its repetition.

    The operation has a task of its own; this one would do the same work at the same time.
    """
    acceptance = operation.data.get("acceptance")
    made_for = task.name.removeprefix(f"{operation.id}-").partition("-")[0]
    return bool(acceptance) and task.name.startswith(f"{operation.id}-") and made_for != acceptance


def enqueue_or_leave(ports: Ports, task: Task) -> None:
    """Enqueue the task of an operation that is stored already; if the queue fails, the task is left to the sweep.

    The caller does not see the failure: what is reported as failed must not run later.
    """
    try:
        ports.queue.enqueue(task)
    except MemoryBankError:
        _log.warning("a task is left to the sweep", extra={"operation": task.body}, exc_info=True)


def resume(ports: Ports, *, early: timedelta = timedelta(0)) -> None:
    """Enqueue stalled operations: the process that accepted them may have died before enqueueing them.

    This happens once per step, so that work that kills its worker comes to an end. `early` is how much sooner than
    usual operations count as stalled: a process that has just started knows that no other one is working on them.
    """
    query = Query(
        collection="operations",
        group=True,
        where=(Where("stalled_at", "<=", ports.clock.now() + early),),
        order=(Order("stalled_at"),),
        limit=_CHUNK,
        fields=("name", "stalled_at", *TASK_FIELDS),
    )
    while found := ports.store.query(query):
        for document in found:
            # Early, its first task may be waiting still, and must not get a twin that is paid for, too.
            step = () if early else ("stalled", int(document.data["stalled_at"].timestamp()))
            ports.queue.enqueue(task_of(document, *step))
            with contextlib.suppress(Aborted, NotFound):
                ports.store.commit([Patch(document.path, {"stalled_at": None}, version=document.version)])
