"""A task queue inside the process. Tasks are kept in the document store, so they survive the process.

A waiting task is the document `tasks/{name}`: `body`, `lane`, `run_at`, `created`, and the record of its deliveries
(`claim.Record`). All processes of a store share its tasks. A process claims a task by compare-and-set
before it delivers it. This counts the attempt and moves `run_at` forward by `visibility`; a heartbeat keeps moving it
while the handler runs. If the process is killed, the task falls due again, and another process takes it.

Choices:
- A name is taken until its task has ended: a task of the same name is dropped meanwhile. Cloud Tasks keeps names for
  hours longer, so the bank never reuses them.
- An attempt that dies with its process does not prove the task guilty: another task may have killed the process. After
  several such deaths a task is delivered alone, and each death alone doubles the wait for the next delivery. After
  `GUILTY_AFTER` of them it is delivered one last time, marked as exhausted, so that the handler can record the failure
  without doing the work. If that delivery is lost too, the task is dropped with an error in the log.
- Lanes (`Task.lane`, one scope of one engine) take turns, and one lane never gets all threads.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from queue import SimpleQueue
from threading import Condition, Event, Thread
from typing import Self

from memorybank.errors import AlreadyExists
from memorybank.ports.clock import Clock
from memorybank.ports.documents import Create, Data, Document, DocumentStore, Order, Query, Where
from memorybank.ports.tasks import Attempt, Handler, Task
from memorybank.retrying import decision_of
from memorybank.tasks.in_process.claim import Claim, Record
from memorybank.tasks.in_process.selection import chosen, lane_limit

_COLLECTION = "tasks"
_LOOK_AHEAD = 512
"""How many of the earliest tasks are considered at a time; tasks behind them wait longer."""

_FIELDS = ("body", "lane", "run_at", "attempts", "failed", "lost", "lost_alone", "running", "alone", "exhausted")
_HEART = "task-heartbeat"

_MOST_ASKED = timedelta(hours=1)
"""The longest delay that an error can ask for: a quota used up for a day may be raised sooner."""

_MAX_DOUBLINGS = 30  # far beyond any sensible limit, and within the range of a timedelta

_logger = logging.getLogger(__name__)


class InProcessQueue:
    """Delivers tasks from `store` on `threads` threads of this process; see the module's docstring for the rules.

    After failed attempt n the task waits `min_backoff * 2**(n - 1)`, at most `max_backoff`, or as long as the error
    says (`retrying.py`) if that is longer. `poll` is the longest time between two reads of the store, which is how
    tasks of other processes, and a `clock` that was moved, are noticed. Call `stop` to end the threads, or use the
    queue as a context manager. The caller closes the store, after `stop`.
    """

    def __init__(
        self,
        store: DocumentStore,
        *,
        clock: Clock,
        threads: int = 16,
        max_attempts: int = 8,
        min_backoff: timedelta = timedelta(seconds=0.2),
        max_backoff: timedelta = timedelta(seconds=30),
        visibility: timedelta = timedelta(seconds=5),
        poll: timedelta = timedelta(seconds=0.5),
    ) -> None:
        self._store = store
        self._clock = clock
        self._threads = threads
        self._max_attempts = max_attempts
        self._min_backoff = min_backoff
        self._max_backoff = max_backoff
        self._visibility = visibility
        self._poll = poll
        self._changed = Condition()  # guards the next four fields, and is notified of their changes
        self._running: dict[str, Claim] = {}
        self._woken = False
        self._stopping = False
        self._handler: Handler | None = None
        self._dispatcher: Thread | None = None
        self._helpers: dict[str, Thread] = {}
        self._alone: str | None = None  # the path of a task that runs alone, or is about to
        self._claimed: SimpleQueue[tuple[Claim, Attempt, Record] | None] = SimpleQueue()  # None ends a worker
        self._ended = Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def enqueue(self, task: Task) -> None:
        """Store a task, to be delivered at least once by this or another process. The queue need not be started.

        A task whose name is already waiting or running is dropped. Errors of the store are raised; retrying is safe.
        """
        now = self._clock.now()
        data: Data = {"body": task.body, "lane": task.lane, "run_at": task.run_at or now, "attempts": 0, "created": now}
        try:
            self._store.commit([Create(f"{_COLLECTION}/{task.name}", data)])
        except AlreadyExists:
            return
        self._wake()

    def start(self, handler: Handler) -> None:
        """Start delivering tasks to `handler`, several at a time; a queue can be started once.

        The task of an attempt has its name and body; its `run_at` is None.
        """
        with self._changed:
            if self._dispatcher or self._stopping:
                raise RuntimeError("the queue was started or stopped before")
            self._handler = handler
            self._dispatcher = self._started("task-dispatcher", self._dispatch)

    def revive(self) -> list[str]:
        """Restart the dispatcher of a running queue if it has died, and return the names of what was restarted."""
        with self._changed:
            if self._stopping or self._dispatcher is None or self._dispatcher.is_alive():
                return []
            _logger.error("the task dispatcher died; restarting it")
            self._dispatcher = self._started("task-dispatcher", self._dispatch)
            return ["task-dispatcher"]

    def stop(self, timeout: timedelta | None = None) -> bool:
        """Take no more tasks, wait for the running handlers, and say whether they finished within `timeout`.

        Without `timeout` it waits as long as needed, so no handler may call it. A handler that outlives the timeout
        keeps its task until it is done. Calling `stop` again is safe.
        """
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._dispatcher is None:
            return True
        self._dispatcher.join(None if timeout is None else timeout.total_seconds())
        return not self._dispatcher.is_alive()

    def idle(self) -> bool:
        """Say whether no task is due and no handler of this process runs.

        Tasks that wait for their time, or for their next attempt, are not counted.
        """
        due = Where("run_at", "<=", self._clock.now())
        with self._changed:  # held during the count, or a task could pass from due to running unseen
            return not self._running and self._store.count(Query(_COLLECTION, where=(due,))) == 0

    def wait_idle(self, timeout: timedelta) -> bool:
        """Wait until `idle`, at most `timeout`; say whether the queue became idle."""
        deadline = time.monotonic() + timeout.total_seconds()
        with self._changed:
            while not self.idle():
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self._changed.wait(min(left, self._poll.total_seconds()))
        return True

    def _wake(self) -> None:
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def _started(self, name: str, target: Callable[[], None]) -> Thread:
        # No ThreadPoolExecutor: it refuses work once the main thread has ended, while tasks are still claimed.
        # Daemon threads: a process may end at any moment, and its tasks are delivered again.
        thread = Thread(target=target, name=name, daemon=True)
        thread.start()
        return thread

    def _dispatch(self) -> None:
        while not self._stopping:
            wait = self._poll
            try:
                self._help()
                wait = self._deliver_due()
            except Exception:  # whatever the store raises, later tasks must still be delivered
                _logger.exception("tasks could not be read; retrying in %s", wait)
            with self._changed:
                self._changed.wait_for(lambda: self._woken or self._stopping, wait.total_seconds())
        workers = [thread for name, thread in self._helpers.items() if name != _HEART]
        for _ in workers:
            self._claimed.put(None)
        for thread in workers:
            thread.join()
        self._ended.set()
        if _HEART in self._helpers:
            self._helpers[_HEART].join()

    def _help(self) -> None:
        """Start the workers and the heartbeat that are not running: all at first, later those that have died."""
        for name in (_HEART, *(f"task-worker-{number}" for number in range(self._threads))):
            known = self._helpers.get(name)
            if known is None or not known.is_alive():
                if known is not None:
                    _logger.error("the thread %s died; restarting it", name)
                self._helpers[name] = self._started(name, self._beat if name == _HEART else self._work)

    def _deliver_due(self) -> timedelta:
        """Claim due tasks for the free threads and hand them over; return how long to wait before looking again."""
        with self._changed:
            self._woken = False
            running = dict(self._running)
        free = self._threads - len(running)
        if not free or self._alone in running:
            return self._poll
        # The earliest ones, due or not, so that one query also tells when the next is due.
        query = Query(_COLLECTION, order=(Order("run_at"),), limit=_LOOK_AHEAD, fields=_FIELDS)
        waiting = [document for document in self._store.query(query) if document.path not in running]
        now = self._clock.now()
        due = [document for document in waiting if document.data["run_at"] <= now]
        suspects = [document for document in due if Record.of(document.data).suspect]
        self._alone = suspects[0].path if suspects else None
        if suspects:
            if not running:
                self._deliver(suspects[0])
            return self._poll  # nothing else starts until it is alone, and while it runs
        lanes = [claim.lane for claim in running.values()]
        for document in chosen(due, running=lanes, free=free, limit=lane_limit(self._threads)):
            self._deliver(document)
        if len(due) == len(waiting):
            return self._poll
        early: timedelta = waiting[len(due)].data["run_at"] - now
        return min(early, self._poll)

    def _deliver(self, document: Document) -> None:
        record = Record.of(document.data)
        claim = Claim(self._store, document, term=record.term(self._visibility))
        if record.exhausted:
            if claim.settle(None):
                _logger.error("task %s is dropped: no attempt survived", document.id)
            return
        with self._changed:
            if self._stopping:
                return
            self._running[document.path] = claim  # before the store knows, so that `idle` sees it in one or the other
        taken = False
        try:
            taken = claim.keep({"run_at": self._clock.now() + claim.term, **record.beginning()})
        finally:
            if not taken:
                self._release(document.path)
        if taken:
            task = Task(document.id, document.data["body"])
            final = record.guilty or record.failed + 1 >= self._max_attempts
            attempt = Attempt(task, record.begun + 1, final=final, exhausted=record.guilty)
            self._claimed.put((claim, attempt, record))

    def _work(self) -> None:
        while claimed := self._claimed.get():
            self._run(*claimed)

    def _run(self, claim: Claim, attempt: Attempt, record: Record) -> None:
        try:
            if not claim.settle(self._attempt(attempt, record)):
                _logger.warning("task %s was taken over by another process", attempt.task.name)
        except Exception:  # the store failed: the task falls due again by itself
            _logger.exception("task %s will be delivered again: its result could not be stored", attempt.task.name)
        finally:
            self._release(claim.path)
            self._wake()

    def _attempt(self, attempt: Attempt, record: Record) -> Data | None:
        """Call the handler; return the changes to the document for another attempt, None if there is none."""
        handler = self._handler
        assert handler is not None  # noqa: S101 - nothing is delivered before a handler is known
        try:
            handler(attempt)
        except BaseException as error:  # even sys.exit() must not end the worker thread
            told = attempt.task.name, attempt.number, self._max_attempts
            _logger.exception("task %s failed in attempt %d of %d", *told)
            if not attempt.final:
                failed = record.failed + 1
                asked = timedelta(seconds=min(decision_of(error).after, _MOST_ASKED.total_seconds()))
                run_at = self._clock.now() + max(self._backoff(failed), asked)
                return {"run_at": run_at, "failed": failed, "running": False}
        return None

    def _backoff(self, number: int) -> timedelta:
        doublings = min(number - 1, _MAX_DOUBLINGS)
        return min(self._min_backoff * (1 << doublings), self._max_backoff)

    def _release(self, path: str) -> None:
        with self._changed:
            del self._running[path]

    def _beat(self) -> None:
        while not self._ended.wait(self._visibility.total_seconds() / 3):
            with self._changed:
                claims = list(self._running.values())
            for claim in claims:
                try:
                    claim.keep({"run_at": self._clock.now() + claim.term})
                except Exception:  # two more heartbeats fit into the visibility
                    _logger.exception("the claim on %s could not be extended", claim.path)
