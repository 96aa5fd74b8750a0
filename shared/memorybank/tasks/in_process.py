"""A task queue inside the process, kept in the document store, so that no task dies with the process.

A waiting task is the document `tasks/{name}`: `body`, `run_at`, `attempts` (deliveries begun) and `created`. Every
process that opens the same store shares the tasks. Whoever delivers one first claims it by compare-and-set, which
counts the attempt and moves `run_at` forward by `visibility`; while the handler runs, a heartbeat keeps moving it. When
the process is killed the heartbeat ends, the task falls due, and another process, or the same one restarted, takes it.

The rules, where they could be otherwise:

- A name waits until its task is done for good, so a task enqueued while its namesake runs is left out like any other
  duplicate. After that the name is free again; Cloud Tasks keeps it for hours, so the bank does not use names twice.
- Attempts lost to crashes count. When even the attempt numbered `max_attempts` was lost, the task is delivered one last
  time, numbered `max_attempts + 1`, final and exhausted, so that the handler can record the failure. If that is lost as
  well the task is dropped with an error in the log: a task that kills its process ends.
- A handler whose claim was lost meanwhile (the process stood still for longer than `visibility`) leaves the task to
  the new holder.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from queue import SimpleQueue
from threading import Condition, Event, Lock, Thread
from typing import Self

from memorybank.errors import Aborted, AlreadyExists, NotFound
from memorybank.ports.clock import Clock
from memorybank.ports.documents import (
    Create,
    Data,
    Delete,
    Document,
    DocumentStore,
    Order,
    Patch,
    Query,
    Where,
    Write,
)
from memorybank.ports.tasks import Attempt, Handler, Task

_COLLECTION = "tasks"
_MAX_DOUBLINGS = 30  # far beyond any sensible cap, and short of what a timedelta can hold

_logger = logging.getLogger(__name__)


class InProcessQueue:
    """Delivers tasks from `store` on `threads` threads of this process; see the module's docstring for the rules.

    After a failed attempt n the task waits `min_backoff * 2**(n - 1)`, at most `max_backoff`. `poll` is the longest
    wait between two looks at the store, which is how tasks of other processes, and a `clock` that was moved, are seen.
    Once started, the process lives until `stop`; as a context manager the queue stops on the way out. The store stays
    the caller's to close, after `stop`.
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
        self._changed = Condition()  # guards the next four, and is notified of their changes
        self._running: dict[str, _Claim] = {}
        self._woken = False
        self._stopping = False
        self._dispatcher: Thread | None = None
        self._claimed: SimpleQueue[tuple[_Claim, Attempt] | None] = SimpleQueue()  # None ends a worker
        self._ended = Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def enqueue(self, task: Task) -> None:
        """Keep a task to be delivered at least once, by this process or by another one, started or not.

        A name that waits or runs is left as it is. Errors of the store are the caller's, who may just try again.
        """
        now = self._clock.now()
        data: Data = {"body": task.body, "run_at": task.run_at or now, "attempts": 0, "created": now}
        try:
            self._store.commit([Create(f"{_COLLECTION}/{task.name}", data)])
        except AlreadyExists:
            return
        self._wake()

    def start(self, handler: Handler) -> None:
        """Begin to deliver tasks to `handler`, several at a time; a queue can be started once.

        The task that an attempt carries has its name and body; `run_at` is None.
        """
        with self._changed:
            if self._dispatcher or self._stopping:
                raise RuntimeError("the queue was started or stopped before")
            self._dispatcher = Thread(target=self._dispatch, args=(handler,), name="task-dispatcher", daemon=True)
            self._dispatcher.start()

    def stop(self, timeout: timedelta | None = None) -> bool:
        """Take no more tasks, let the running handlers finish, and say whether they did within `timeout`.

        Without `timeout` it waits as long as it takes, so no handler may call it. A handler that outlives the timeout
        keeps its task until it is done. Stopping again is fine.
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
        with self._changed:  # held over the count, or a task could pass from due to running unseen
            return not self._running and self._store.count(Query(_COLLECTION, where=(due,))) == 0

    def wait_idle(self, timeout: timedelta) -> bool:
        """Wait until `idle`, at most `timeout`; say whether it came to that."""
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

    def _dispatch(self, handler: Handler) -> None:
        # No ThreadPoolExecutor: it refuses work once the main thread has ended, while this thread still claims tasks.
        # Daemons: a process may end at any moment, and what it was at is delivered again.
        threads = [
            Thread(target=self._work, args=(handler,), name="task-worker", daemon=True) for _ in range(self._threads)
        ]
        heart = Thread(target=self._beat, name="task-heartbeat", daemon=True)
        for thread in (*threads, heart):
            thread.start()
        while not self._stopping:
            wait = self._poll
            try:
                wait = self._deliver_due()
            except Exception:  # whatever the store raises, later tasks must still be delivered
                _logger.exception("tasks could not be taken; trying again in %s", wait)
            with self._changed:
                self._changed.wait_for(lambda: self._woken or self._stopping, wait.total_seconds())
        for _ in threads:
            self._claimed.put(None)
        for thread in threads:
            thread.join()
        self._ended.set()
        heart.join()

    def _deliver_due(self) -> timedelta:
        """Claim due tasks for the free threads and hand them over; return how long to wait before looking again."""
        with self._changed:
            self._woken = False
            running = set(self._running)
        free = self._threads - len(running)
        if not free:
            return self._poll
        # The earliest ones, due or not, so that one query also tells when the next is due.
        query = Query(_COLLECTION, order=(Order("run_at"),), limit=self._threads, fields=("body", "run_at", "attempts"))
        waiting = [document for document in self._store.query(query) if document.path not in running]
        for document in waiting[:free]:
            early: timedelta = document.data["run_at"] - self._clock.now()
            if early > timedelta():
                return min(early, self._poll)
            self._deliver(document)
        return self._poll

    def _deliver(self, document: Document) -> None:
        number = document.data["attempts"] + 1
        claim = _Claim(self._store, document)
        if number > self._max_attempts + 1:
            if claim.settle(None):
                _logger.error("task %s is dropped: no attempt survived", document.id)
            return
        with self._changed:
            if self._stopping:
                return
            self._running[document.path] = claim  # before the store knows, so that `idle` sees it in one or the other
        taken = False
        try:
            taken = claim.keep({"run_at": self._clock.now() + self._visibility, "attempts": number})
        finally:
            if not taken:
                self._release(document.path)
        if taken:
            task = Task(document.id, document.data["body"])
            most = self._max_attempts
            attempt = Attempt(task, number, final=number >= most, exhausted=number > most)
            self._claimed.put((claim, attempt))

    def _work(self, handler: Handler) -> None:
        while claimed := self._claimed.get():
            self._run(*claimed, handler=handler)

    def _run(self, claim: _Claim, attempt: Attempt, *, handler: Handler) -> None:
        try:
            if not claim.settle(self._attempt(attempt, handler)):
                _logger.warning("task %s was taken over by another process", attempt.task.name)
        except Exception:  # the store failed: the task falls due again by itself
            _logger.exception("the end of task %s could not be kept; it will be delivered again", attempt.task.name)
        finally:
            self._release(claim.path)
            self._wake()

    def _attempt(self, attempt: Attempt, handler: Handler) -> Data | None:
        """Call the handler; return what to change in the document for another attempt, None when there is none."""
        try:
            handler(attempt)
        except BaseException:  # even sys.exit() must not end the worker thread
            _logger.exception(
                "task %s failed in attempt %d of %d", attempt.task.name, attempt.number, self._max_attempts
            )
            if not attempt.final:
                return {"run_at": self._clock.now() + self._backoff(attempt.number)}
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
                    claim.keep({"run_at": self._clock.now() + self._visibility})
                except Exception:  # two more beats fit into the visibility
                    _logger.exception("the claim of %s could not be prolonged", claim.path)


class _Claim:
    """The right to deliver one task, as long as nobody else has changed its document."""

    def __init__(self, store: DocumentStore, document: Document) -> None:
        self.path = document.path
        self._store = store
        self._lock = Lock()  # the heartbeat and the handler's thread both write, each on the other's version
        self._version = document.version
        self._held = True

    def keep(self, data: Data) -> bool:
        """Change the document and say whether the claim still holds."""
        with self._lock:
            return self._commit(Patch(self.path, data, self._version))

    def settle(self, data: Data | None) -> bool:
        """Change the document, or with None delete it, and let go of it; say whether the claim still held."""
        with self._lock:
            write = Delete(self.path, self._version) if data is None else Patch(self.path, data, self._version)
            held = self._commit(write)
            self._held = False
            return held

    def _commit(self, write: Write) -> bool:
        if self._held:
            try:
                [self._version] = self._store.commit([write])
            except (Aborted, NotFound):
                self._held = False
        return self._held
