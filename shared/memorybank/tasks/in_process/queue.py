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
- A task that is due at once, while a thread is free and nothing else waits, is stored as claimed and delivered by the
  process that enqueued it. That saves the commit of the claim, and the dispatcher's look at the store.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from queue import SimpleQueue
from threading import Event, Thread
from typing import Self

from memorybank.errors import AlreadyExists, MemoryBankError
from memorybank.ports.clock import Clock
from memorybank.ports.documents import Create, Data, Delete, Document, DocumentStore, Order, Query, Where, Write
from memorybank.ports.tasks import Attempt, Ending, Handler, Task
from memorybank.tasks.in_process.backoff import Backoff
from memorybank.tasks.in_process.claim import NEW, Claim, Record
from memorybank.tasks.in_process.running import Running
from memorybank.tasks.in_process.selection import chosen, lane_limit

_COLLECTION = "tasks"
_LOOK_AHEAD = 512
"""How many of the earliest tasks are considered at a time; tasks behind them wait longer."""

_FIELDS = ("body", "lane", "run_at", "attempts", "failed", "lost", "lost_alone", "running", "alone", "exhausted")
_HEART = "task-heartbeat"

_logger = logging.getLogger(__name__)


class InProcessQueue:
    """Delivers tasks from `store` on `threads` threads of this process; see the module's docstring for the rules.

    After a failed attempt the task waits as `backoff.py` says. `poll` is the longest time between two reads of the
    store, which is how tasks of other processes, and a `clock` that was moved, are noticed. Call `stop` to end the
    threads, or use the queue as a context manager. The caller closes the `store`, after `stop`.
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
        self.store = store
        self._clock = clock
        self._threads = threads
        self._max_attempts = max_attempts
        self._backoff = Backoff(min_backoff, max_backoff)
        self._visibility = visibility
        self._poll = poll
        self._running = Running(threads)
        self._handler: Handler | None = None
        self._dispatcher: Thread | None = None
        self._helpers: dict[str, Thread] = {}
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
        with contextlib.suppress(AlreadyExists):
            self.enqueue_with(task, ())

    def enqueue_with(self, task: Task, writes: Sequence[Write]) -> None:
        """Store a task in one commit with other writes, and deliver it here if a thread is free.

        A name that is taken is the error `AlreadyExists`. No error leaves a part of the commit.
        """
        now = self._clock.now()
        data: Data = {"body": task.body, "lane": task.lane, "run_at": task.run_at or now, "attempts": 0, "created": now}
        document = Document(f"{_COLLECTION}/{task.name}", data, None)
        claim = Claim(self.store, document, term=NEW.term(self._visibility))
        if task.run_at or not self._running.reserve(claim):
            self.store.commit([Create(document.path, data), *writes])
            self._running.wake()
            return
        data |= {"run_at": now + claim.term, **NEW.beginning()}
        try:
            version, *_ = self.store.commit([Create(document.path, data), *writes])
        except BaseException:
            self._running.release(claim)
            raise
        claim.stored(version)
        with self._running.changed:
            if not self._running.stopping:
                self._claimed.put((claim, self._attempt_of(claim, NEW), NEW))
                return
        with contextlib.suppress(MemoryBankError):  # it falls due again by itself
            claim.settle({"run_at": now, "attempts": 0, "running": False})
        self._running.release(claim)

    def join(self, body: str, timeout: timedelta) -> None:
        """Wait until this process has delivered the task with this body; return at once if it is not doing that."""
        self._running.join(body, timeout)

    def start(self, handler: Handler) -> None:
        """Start delivering tasks to `handler`, several at a time; a queue can be started once.

        The task of an attempt has its name and body; its `run_at` is None.
        """
        with self._running.changed:
            if self._dispatcher or self._running.stopping:
                raise RuntimeError("the queue was started or stopped before")
            self._handler = handler
            self._dispatcher = self._started("task-dispatcher", self._dispatch)
            self._running.started = True

    def revive(self) -> list[str]:
        """Restart the dispatcher of a running queue if it has died, and return the names of what was restarted."""
        with self._running.changed:
            if self._running.stopping or self._dispatcher is None or self._dispatcher.is_alive():
                return []
            _logger.error("the task dispatcher died; restarting it")
            self._dispatcher = self._started("task-dispatcher", self._dispatch)
            return ["task-dispatcher"]

    def stop(self, timeout: timedelta | None = None) -> bool:
        """Take no more tasks, wait for the running handlers, and say whether they finished within `timeout`.

        Without `timeout` it waits as long as needed, so no handler may call it. A handler that outlives the timeout
        keeps its task until it is done. Calling `stop` again is safe.
        """
        self._running.stop()
        if self._dispatcher is None:
            return True
        self._dispatcher.join(None if timeout is None else timeout.total_seconds())
        return not self._dispatcher.is_alive()

    def idle(self) -> bool:
        """Say whether no task is due and no handler of this process runs.

        Tasks that wait for their time, or for their next attempt, are not counted.
        """
        due = Where("run_at", "<=", self._clock.now())
        with self._running.changed:  # held during the count, or a task could pass from due to running unseen
            return not self._running.claims and self.store.count(Query(_COLLECTION, where=(due,))) == 0

    def wait_idle(self, timeout: timedelta) -> bool:
        """Wait until `idle`, at most `timeout`; say whether the queue became idle."""
        return self._running.wait_until(self.idle, timeout, poll=self._poll)

    def _started(self, name: str, target: Callable[[], None]) -> Thread:
        # No ThreadPoolExecutor: it refuses work once the main thread has ended, while tasks are still claimed.
        # Daemon threads: a process may end at any moment, and its tasks are delivered again.
        thread = Thread(target=target, name=name, daemon=True)
        thread.start()
        return thread

    def _dispatch(self) -> None:
        while not self._running.stopping:
            wait = self._poll
            try:
                self._help()
                wait = self._deliver_due()
            except Exception:  # whatever the store raises, later tasks must still be delivered
                _logger.exception("tasks could not be read; retrying in %s", wait)
            self._running.wait_for_work(wait)
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
        with self._running.changed:
            self._running.woken = False
            self._running.behind = True
            running = dict(self._running.claims)
        free = self._threads - len(running)
        if not free or self._running.alone in running:
            return self._poll
        # The earliest ones, due or not, so that one query also tells when the next is due.
        query = Query(_COLLECTION, order=(Order("run_at"),), limit=_LOOK_AHEAD, fields=_FIELDS)
        waiting = [document for document in self.store.query(query) if document.path not in running]
        now = self._clock.now()
        due = [document for document in waiting if document.data["run_at"] <= now]
        suspects = [document for document in due if Record.of(document.data).suspect]
        self._running.alone = suspects[0].path if suspects else None
        if suspects:
            if not running:
                self._deliver(suspects[0])
            return self._poll  # nothing else starts until it is alone, and while it runs
        lanes = [claim.lane for claim in running.values()]
        taken = chosen(due, running=lanes, free=free, limit=lane_limit(self._threads))
        for document in taken:
            self._deliver(document)
        with self._running.changed:
            self._running.behind = self._running.woken or len(taken) < len(due)
        if len(due) == len(waiting):
            return self._poll
        early: timedelta = waiting[len(due)].data["run_at"] - now
        return min(early, self._poll)

    def _deliver(self, document: Document) -> None:
        record = Record.of(document.data)
        claim = Claim(self.store, document, term=record.term(self._visibility))
        if record.exhausted:
            if claim.settle(None):
                _logger.error("task %s is dropped: no attempt survived", document.id)
            return
        if not self._running.add(claim):  # before the store knows, so that `idle` sees it in one or the other
            return
        taken = False
        try:
            taken = claim.keep({"run_at": self._clock.now() + claim.term, **record.beginning()})
        finally:
            if not taken:
                self._running.release(claim)
        if taken:
            self._claimed.put((claim, self._attempt_of(claim, record), record))

    def _attempt_of(self, claim: Claim, record: Record) -> Attempt:
        task = Task(claim.path.rpartition("/")[2], claim.body)
        final = record.guilty or record.failed + 1 >= self._max_attempts
        ending = Ending((Delete(claim.path),))  # whoever else has taken the task meanwhile finds its work done
        return Attempt(task, record.begun + 1, final=final, exhausted=record.guilty, ending=ending)

    def _work(self) -> None:
        while claimed := self._claimed.get():
            self._run(*claimed)

    def _run(self, claim: Claim, attempt: Attempt, record: Record) -> None:
        again = None
        try:
            again = self._attempt(attempt, record)
            if not attempt.ending.committed and not claim.settle(again):
                _logger.warning("task %s was taken over by another process", attempt.task.name)
        except Exception:  # the store failed: the task falls due again by itself
            _logger.exception("task %s will be delivered again: its result could not be stored", attempt.task.name)
        finally:
            self._running.release(claim)
            if again is not None or self._running.behind:
                self._running.wake()

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
                run_at = self._clock.now() + self._backoff.after(failed, error)
                return {"run_at": run_at, "failed": failed, "running": False}
        return None

    def _beat(self) -> None:
        while not self._ended.wait(self._visibility.total_seconds() / 3):
            self._running.extend(self._clock.now())
